# ruff: noqa: T201 - a command line program talks to people
"""The command line of the simulation::

python -m tests.simulation.run --seeds 3000 --jobs 2       a campaign
python -m tests.simulation.run --replay 4711               one seed, told as a story
python -m tests.simulation.run --shrink 4711 --save        its shortest form, kept for ever in seeds/
python -m tests.simulation.run --story "edit on both sides" every single mishap of a story
python -m tests.simulation.run --guards --seeds 200        each safeguard removed
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tests.simulation import table, timeline
from tests.simulation.campaign import Campaign, campaign
from tests.simulation.guards import GUARDS
from tests.simulation.play import Verdict, drawn, play
from tests.simulation.scenario import Scenario, load, to_toml
from tests.simulation.shrink import shrink
from tests.simulation.stories import STORIES, mishaps

SEEDS = Path(__file__).parent / "seeds"


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
    parser.add_argument("--json", action="store_true", help="with --guards: the table for programs")
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
        return _guards(seeds, chosen.guard, chosen.jobs, as_json=chosen.json)
    found = campaign(seeds, jobs=chosen.jobs, minutes=chosen.minutes, progress=True)
    for seed, *_ in found.failed[:5]:
        print(report(seed, play(drawn(seed))))
    print(told(found))
    return 0 if found.sound else 1


def _guards(seeds: Sequence[int], names: Sequence[str], jobs: int, *, as_json: bool) -> int:
    if not as_json:
        print(table.head(), flush=True)
    found = []
    for row in table.rows(seeds, names, jobs):
        found.append(row)
        if not as_json:
            print(table.line(row), flush=True)
    if as_json:
        print(table.as_json(found))
    return 0 if all(row.noticed for row in found) else 1


def told(found: Campaign) -> str:
    """What a campaign showed, for people."""
    kinds = dict(Counter(invariant for _, invariant, _, _ in found.failed))
    lines = [
        f"{found.runs} runs in {found.seconds:.0f} s ({found.runs / found.seconds:.1f} a second), {len(found.failed)} broke a promise: {kinds}",
        "What happened: " + ", ".join(f"{name} {count}" for name, count in sorted(found.counters.items())),
        f"{found.repeated} seeds were played again in fresh processes, and {len(found.differing)} were another run there"
        + (f": {found.differing}" if found.differing else ""),
        f"Canaries: {found.canaries} times a safeguard was removed, and {len(found.blind)} times nobody noticed"
        + (f": {', '.join(found.blind)}" if found.blind else ""),
    ]
    if found.unjudged:
        lines.append("Vendors' own words are present, yet not one call was judged by them.")
    if found.never and found.runs >= 200:
        lines.append(f"Never happened, though it must: {', '.join(found.never)}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
