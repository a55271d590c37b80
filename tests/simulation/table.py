"""The table of removed safeguards: how often drawn seeds notice each removal, what its story breaks, or which tests fail."""

import json
import multiprocessing
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass

from tests.simulation.guard import Guard
from tests.simulation.guards import GUARDS, play_without, scene
from tests.simulation.play import play


@dataclass(frozen=True, slots=True)
class Row:
    """What happened without one safeguard."""

    safeguard: str
    prevents: str
    runs: int
    failed: int
    first: int | None
    """The first seed that noticed."""
    seen_as: dict[str, int]
    """Broken invariant to the number of seeds."""
    story: str
    """What its story breaks; empty for one that a test is about."""
    tests: tuple[str, ...]

    @property
    def noticed(self) -> bool:
        """Whether anything notices its removal, as far as this table has looked."""
        return bool(self.failed or self.story or self.tests)


def rows(seeds: Sequence[int], names: Iterable[str] = (), jobs: int = 1) -> Iterator[Row]:
    """One row for each safeguard, or for those of these names. Seeds are played only where the simulation reaches the safeguard."""
    for guard in [GUARDS[name] for name in names] or GUARDS.values():
        story, broken = guard.story, ""
        if story is not None:
            with guard.remove():
                broken = play(story).invariant
        seen = dict(_played(guard, seeds if story is not None else (), jobs))
        failed = {seed: invariant for seed, invariant in sorted(seen.items()) if invariant}
        yield Row(
            guard.name,
            guard.prevents,
            len(seen),
            len(failed),
            min(failed, default=None),
            dict(Counter(failed.values()).most_common()),
            broken,
            guard.tests,
        )


def _played(guard: Guard, seeds: Sequence[int], jobs: int) -> Iterator[tuple[int, str]]:
    if jobs <= 1:
        yield from ((seed, play_without(guard, scene(guard, seed))) for seed in seeds)
        return
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        yield from pool.imap_unordered(_one, [(guard.name, seed) for seed in seeds], chunksize=4)


def _one(what: tuple[str, int]) -> tuple[int, str]:
    name, seed = what
    return seed, play_without(GUARDS[name], scene(GUARDS[name], seed))


def head() -> str:
    """The line above the rows."""
    return f"{'safeguard removed':<56}{'runs that fail':<20}{'first seed':<12}{'seen as':<34}its story breaks, its test"


def line(row: Row) -> str:
    """A row for people."""
    if not row.runs:
        share, seen = "", "out of the simulation's reach"
    elif row.failed:
        share = f"{row.failed} of {row.runs} ({row.failed / row.runs:.1%})"
        seen = ", ".join(f"{name} {count}" for name, count in row.seen_as.items())
    else:
        share, seen = f"0 of {row.runs}", "only in its story" if row.story else "NOTHING"
    home = row.story or ", ".join(_short(test) for test in row.tests) or "NOTHING"
    return f"{row.safeguard:<56}{share:<20}{row.first or '':<12}{seen:<34}{home}".rstrip()


def as_json(found: Iterable[Row]) -> str:
    """The whole table for programs."""
    return json.dumps([asdict(row) for row in found], indent=2, ensure_ascii=False)


def _short(test: str) -> str:
    return test.partition("::")[0].removeprefix("tests/")
