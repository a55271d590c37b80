# ruff: noqa: T201 - a command line program talks to people
"""The command line of the simulation::

python -m tests.simulation.run --seeds 3000 --jobs 2       a campaign
python -m tests.simulation.run --replay 4711               one seed, told as a story
python -m tests.simulation.run --shrink 4711 --save        its shortest form, kept for ever in seeds/
python -m tests.simulation.run --story "edit on both sides" every single mishap of a story
python -m tests.simulation.run --guards --seeds 200        each safeguard removed
"""

import argparse
import gc
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.simulation import timeline
from tests.simulation.guards import GUARDS, play_without
from tests.simulation.play import Verdict, drawn, play
from tests.simulation.scenario import Scenario, load, to_toml
from tests.simulation.shrink import shrink
from tests.simulation.stories import STORIES, mishaps
from tests.witnesses.court import sit

SEEDS = Path(__file__).parent / "seeds"

SOMETIMES = (
    "applied",
    "unknown",
    "superseded",
    "refused",
    "busy",
    "reply lost on create",
    "crash",
    "crash at a commit",
    "conflict resolved",
    "halted",
    "released",
    "slow",
    "unseen",
    "throttled",
    "garbled",
    "error after",
    "answered",
    "person merge",
    "person archive",
    "person restore",
)
"""What must have happened in a campaign; one that never saw it proves nothing about it."""


@dataclass
class Campaign:
    """What came of many runs."""

    runs: int = 0
    failed: list[tuple[int, str, str, str]] = field(default_factory=list)
    """(seed, invariant, evidence, trace)."""
    counters: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def never(self) -> list[str]:
        """What never happened, though it must."""
        return [name for name in SOMETIMES if not self.counters[name]]

    @property
    def unjudged(self) -> bool:
        """Whether Xero's own files are present, and yet not one call was judged by them."""
        return sit() is not None and not self.counters["judged"]


Short = tuple[int, str, str, str, dict[str, int]]


def one(seed: int) -> Short:
    """One seed, in short."""
    verdict = play(drawn(seed))
    first = verdict.violations[0] if verdict.violations else None
    return (
        seed,
        first.invariant if first else "",
        first.evidence if first else "",
        verdict.trace,
        {name: count for name, count in verdict.counters.items() if count},
    )


def campaign(
    seeds: Iterable[int], *, jobs: int = 1, minutes: float = 0.0, progress: bool = False
) -> Campaign:
    """Play seeds until they, or the minutes, are used up."""
    sit()  # before there are other processes, which inherit it
    found, began = Campaign(), time.monotonic()
    for seed, invariant, evidence, trace, counters in _played(seeds, jobs):
        found.runs += 1
        found.counters.update(counters)
        if invariant:
            found.failed.append((seed, invariant, evidence, trace))
            if progress:
                print(f"\nseed {seed}: {invariant}: {evidence}", file=sys.stderr)
        spent = time.monotonic() - began
        if progress and found.runs % 20 == 0:
            print(
                f"\r{found.runs} runs, {len(found.failed)} failed, {found.runs / spent:.1f} a second ",
                end="",
                file=sys.stderr,
            )
        if minutes and spent > minutes * 60:
            break
    found.seconds = time.monotonic() - began
    if progress:
        print(file=sys.stderr)
    return found


def _played(seeds: Iterable[int], jobs: int) -> Iterator[Short]:
    if jobs <= 1:
        was = gc.isenabled()
        gc.disable()  # nothing that matters is left to finalisers, so the collector need not come by within a run
        try:
            for number, seed in enumerate(seeds):
                yield one(seed)
                if number % 20 == 19:
                    gc.collect()
        finally:
            if was:
                gc.enable()
        return
    with multiprocessing.get_context("fork").Pool(jobs, initializer=gc.disable) as pool:
        yield from pool.imap_unordered(_one_and_collect, seeds, chunksize=4)


def _one_and_collect(seed: int) -> Short:
    found = one(seed)
    if seed % 20 == 0:
        gc.collect()
    return found


def shrunk(scenario: Scenario, most: int = 400) -> tuple[Scenario, Verdict, int]:
    """The shortest form of a failing scenario, its verdict, and how many replays it took."""
    first = play(scenario)
    if not first.violations:
        raise ValueError(f"seed {scenario.seed} breaks nothing")
    exact = scenario.exactly(first.happened)
    if play(exact).invariant != first.invariant:
        raise RuntimeError(
            "with its faults written down the run went another way: a fault is missing from the list"
        )
    result = shrink(exact, first.invariant, lambda candidate: play(candidate).invariant, most)
    verdict = play(result.scenario)
    return replace(result.scenario, invariant=first.invariant), verdict, result.replays


def report(seed: int, verdict: Verdict) -> str:
    """A failure for people: the promise, the evidence, the story, how to see it again."""
    if not verdict.violations:
        return f"Seed {seed}: every promise was kept. Trace {verdict.trace}."
    first = verdict.violations[0]
    return "\n".join(
        [
            f"Seed {seed} breaks {first.invariant}: {timeline.SENTENCES[first.invariant]}",
            f"  {first.evidence}",
            *(f"  also {other}" for other in verdict.violations[1:]),
            f"Trace {verdict.trace}, {verdict.calls} calls, {verdict.seconds:.0f} virtual seconds.",
            f"Replay: python -m tests.simulation.run --replay {seed}",
        ]
    )


def story(name: str, *, progress: bool = False) -> list[tuple[Scenario, Verdict]]:
    """Every single mishap of a story; those that break a promise."""
    calm = play(STORIES[name], every_call=True)
    broken = [(STORIES[name], calm)] if calm.violations else []
    total = 0
    for scenario in mishaps(STORIES[name], calm.effects):
        total += 1
        verdict = play(scenario)
        if verdict.violations:
            broken.append((scenario, verdict))
            if progress:
                print(f"{name}, {scenario.faults}: {verdict.violations[0]}", file=sys.stderr)
    if progress:
        print(f"{name}: {total} single mishaps, {len(broken)} of them break a promise", file=sys.stderr)
    return broken


def guards(seeds: Iterable[int], names: Iterable[str] = (), *, enough: int = 0) -> Iterator[str]:
    """The table of removed safeguards, row by row. `enough` failures end a row early."""
    wanted = list(seeds)
    chosen = [GUARDS[name] for name in names] or list(GUARDS.values())
    yield f"{'safeguard removed':<42}{'runs that fail':>15}{'first seed':>12}  seen as"
    for guard in chosen:
        seen: Counter[str] = Counter()
        first, runs = None, 0
        for seed in wanted:
            runs += 1
            invariant = play_without(guard, drawn(seed))
            if invariant:
                seen[invariant] += 1
                first = seed if first is None else first
                if enough and sum(seen.values()) >= enough:
                    break
        share = f"{sum(seen.values())} of {runs} ({sum(seen.values()) / max(1, runs):.1%})"
        told = (
            ", ".join(f"{name} {count}" for name, count in seen.most_common())
            or "nothing: something else covers it"
        )
        yield f"{guard.name:<42}{share:>15}{first if first is not None else '-':>12}  {told}"


def main(arguments: list[str] | None = None) -> int:
    """The exit code is 0 only if every promise was kept."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.simulation.run",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seeds", type=int, default=300, help="how many seeds to play")
    parser.add_argument("--first", type=int, default=1, help="the first of them")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--minutes", type=float, default=0.0, help="stop after so many minutes")
    parser.add_argument("--replay", type=int, help="play one seed and tell its story")
    parser.add_argument("--file", type=Path, help="play a scenario file and tell its story")
    parser.add_argument("--shrink", type=int, help="find the shortest form of a failing seed")
    parser.add_argument("--save", action="store_true", help="with --shrink: keep it in seeds/")
    parser.add_argument("--story", choices=[*STORIES, "all"], help="every single mishap of a story")
    parser.add_argument("--guards", action="store_true", help="remove each safeguard in turn")
    parser.add_argument(
        "--guard", action="append", default=[], choices=list(GUARDS), help="remove this one only"
    )
    chosen = parser.parse_args(arguments)
    if chosen.replay is not None or chosen.file is not None:
        scenario = load(chosen.file) if chosen.file else drawn(chosen.replay)
        verdict = play(scenario, every_call=True)
        print(timeline.told(verdict))
        print(report(scenario.seed, verdict))
        return 1 if verdict.violations else 0
    if chosen.shrink is not None:
        scenario, verdict, replays = shrunk(drawn(chosen.shrink))
        print(timeline.told(verdict))
        print(report(chosen.shrink, verdict))
        print(
            f"Shrunk to {len(scenario.acts)} acts and {len(scenario.faults or {})} mishaps in {replays} replays:\n"
        )
        print(to_toml(scenario))
        if chosen.save:
            path = SEEDS / f"{verdict.invariant.lower()}-{chosen.shrink}.toml"
            path.write_text(to_toml(scenario), encoding="utf-8")
            print(f"Kept as {path.name}; give it a sentence that tells the story.")
        return 1
    if chosen.story:
        names = list(STORIES) if chosen.story == "all" else [chosen.story]
        return 1 if sum(len(story(name, progress=True)) for name in names) else 0
    seeds = range(chosen.first, chosen.first + chosen.seeds)
    if chosen.guards or chosen.guard:
        for row in guards(seeds, chosen.guard):
            print(row, flush=True)
        return 0
    found = campaign(seeds, jobs=chosen.jobs, minutes=chosen.minutes, progress=True)
    for seed, *_ in found.failed[:5]:
        print(report(seed, play(drawn(seed))))
    print(
        f"{found.runs} runs in {found.seconds:.0f} s ({found.runs / found.seconds:.1f} a second), {len(found.failed)} broke a promise: "
        f"{dict(Counter(invariant for _, invariant, _, _ in found.failed))}"
    )
    if found.unjudged:
        print("Xero's OpenAPI files are present, yet not one call was judged by them.")
    print("What happened: " + ", ".join(f"{name} {count}" for name, count in sorted(found.counters.items())))
    if found.never and found.runs >= 200:
        print(f"Never happened, though it must: {', '.join(found.never)}")
    return 1 if found.failed or found.unjudged or (found.runs >= 200 and found.never) else 0


if __name__ == "__main__":
    sys.exit(main())
