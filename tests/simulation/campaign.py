"""Many seeds, and the proofs that the harness sees and repeats itself.

A *canary* is a seed played with a safeguard removed: it must fail, or the harness has gone blind. Every failing seed, and some of those that passed,
are played once more in a fresh process after other work: the hash of everything that happened must be the same.
"""

import gc
import json
import multiprocessing
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.simulation.guards import GUARDS, play_without
from tests.simulation.play import drawn, play
from tests.witnesses.court import sit

QUICKLY_CAUGHT = (
    "send only changed fields",
    "fresh look before an update",
    "clear the signal last",
    "lease",
    "overlap of listings",
    "fence",
)
"""Safeguards whose loss shows within a few seeds."""

CANARY_EVERY = 1000
CANARY_SEEDS = 60
"""So many seeds, one after the other, are tried without the safeguard; one of them must fail."""
REPEAT_EVERY = 50
REPEATED_AT_ONCE = 20
"""So many seeds are played in one fresh process."""

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
    "person erase",
    "backup put back",
    "untold",
    "half refused",
)
"""What must have happened in a campaign; one that never saw it proves nothing about it."""

Short = tuple[int, str, str, str, dict[str, int]]
"""Seed, invariant, evidence, trace, counters."""


@dataclass
class Campaign:
    """What came of many runs."""

    runs: int = 0
    failed: list[tuple[int, str, str, str]] = field(default_factory=list)
    """(seed, invariant, evidence, trace)."""
    counters: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    canaries: int = 0
    blind: list[str] = field(default_factory=list)
    """Safeguards that were removed, and nobody noticed."""
    repeated: int = 0
    differing: list[int] = field(default_factory=list)
    """Seeds that were another run in another process."""

    @property
    def never(self) -> list[str]:
        """What never happened, though it must."""
        return [name for name in SOMETIMES if not self.counters[name]]

    @property
    def unjudged(self) -> bool:
        """Whether vendors' own words are present, and yet not one call was judged by them."""
        return sit() is not None and not self.counters["judged"]

    @property
    def sound(self) -> bool:
        """Whether every promise was kept, and the harness proved that it would have seen a broken one."""
        met = self.runs < 200 or not self.never
        return met and not (self.failed or self.blind or self.differing or self.unjudged)


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
    seeds: Sequence[int], *, jobs: int = 1, minutes: float = 0.0, progress: bool = False
) -> Campaign:
    """Play seeds until they, or the minutes, are used up; then prove that the harness is neither blind nor fickle."""
    sit()  # before there are other processes, which inherit it
    found, began = Campaign(), time.monotonic()
    again: dict[int, str] = {}
    for seed, invariant, evidence, trace, counters in _played(seeds, jobs):
        found.runs += 1
        found.counters.update(counters)
        if invariant:
            found.failed.append((seed, invariant, evidence, trace))
            if progress:
                print(f"\nseed {seed}: {invariant}: {evidence}", file=sys.stderr)  # noqa: T201
        if invariant or seed % REPEAT_EVERY == 0:
            again[seed] = trace
        spent = time.monotonic() - began
        if progress and found.runs % 20 == 0:
            told = f"\r{found.runs} runs, {len(found.failed)} failed, {found.runs / spent:.1f} a second "
            print(told, end="", file=sys.stderr)  # noqa: T201
        if minutes and spent > minutes * 60:
            break
    found.seconds = time.monotonic() - began
    found.repeated = len(again)
    found.differing = differing(again, jobs)
    if found.runs >= CANARY_EVERY // 5:
        for number in range(max(1, found.runs // CANARY_EVERY)):
            found.canaries += 1
            guard = QUICKLY_CAUGHT[number % len(QUICKLY_CAUGHT)]
            if canary(guard, seeds[0] + number * CANARY_EVERY) is None:
                found.blind.append(guard)
    if progress:
        print(file=sys.stderr)  # noqa: T201
    return found


def canary(guard: str, first: int) -> int | None:
    """The first seed, from `first` on, that fails without a safeguard; None if the harness does not miss it."""
    return next(
        (seed for seed in range(first, first + CANARY_SEEDS) if play_without(GUARDS[guard], drawn(seed))),
        None,
    )


def differing(traces: dict[int, str], jobs: int = 1) -> list[int]:
    """The seeds that are another run in a fresh process, after other seeds and with another hash seed."""
    # The last are played first there, so that nothing was done before that was done before here.
    seeds = sorted(traces, reverse=True)
    batches = [seeds[start : start + REPEATED_AT_ONCE] for start in range(0, len(seeds), REPEATED_AT_ONCE)]
    with ThreadPoolExecutor(max(1, jobs)) as pool:
        told = pool.map(elsewhere, batches, range(len(batches)))
        return sorted(
            seed
            for batch, elsewheres in zip(batches, told, strict=True)
            for seed, trace in zip(batch, elsewheres, strict=True)
            if trace != traces[seed]
        )


def elsewhere(seeds: Sequence[int], hash_seed: int = 1) -> list[str]:
    """The traces of seeds, played one after the other in a fresh process."""
    code = (
        "import json; from tests.simulation.play import drawn, play; "
        f"print(json.dumps([play(drawn(s)).trace for s in {list(seeds)}]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": str(hash_seed + 1)},
        capture_output=True,
        text=True,
        check=True,
    )
    traces: list[str] = json.loads(done.stdout)
    return traces


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
