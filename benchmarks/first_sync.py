"""Calls and virtual time of a first sync against the least possible, and the calls of the run after it.

The world: N contacts in each book, six in ten the same people. A user sees the plan, applies it, and a run closes it by listing what changed
meanwhile; that closing sweep is part of the first sync.

Least calls: HubSpot read by pages of 100, Xero by pages of 1,000; what each side lacks written by batches of 100 and of 50.

Least time: Xero allows 60 calls in a minute, so our calls to Xero take ceil(calls / 60) - 1 full minutes however fast everything else is.
HubSpot allows 190 calls in 10 s and 5 searches in a second; the slower system counts, for both are called at the same time.

Three worlds are measured. In the first, answers take no time, so that only the limits count: that is the figure for time. In the second an answer
takes HubSpot 0.4 s and Xero 2 s, which is about what batches of 100 and 50 take them in life (an assumption, not a measurement): that is the figure
for the second run. Without it Xero would stamp 1,500 new contacts with the very second in which the closing sweep begins, and that second must be
read once more, two pages of it; the first world shows that too. In the third, Xero counts the last 60 seconds instead of fixed minutes, which nobody
outside Xero knows: there must be no call too many either, however long it takes.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from math import ceil

from benchmarks.books import Here, Size
from benchmarks.ground import ground
from benchmarks.shown import Table, options, show

LIFELIKE = {"hubspot": 0.4, "xero": 2.0}
"""Seconds that an answer takes."""

HUBSPOT_PAGE, XERO_PAGE = 100, 1000
HUBSPOT_BATCH, XERO_BATCH = 100, 50
XERO_MINUTE = 60
HUBSPOT_TEN_SECONDS = 190
SEARCHES_A_SECOND = 5


@dataclass(frozen=True, slots=True)
class First:
    """What a first sync and the run after it took."""

    contacts: int
    created: int
    linked: int
    calls: dict[str, int]
    least_calls: int
    seconds: float
    least_seconds: float
    second_run: dict[str, int]
    second_run_wrote: int
    refused_by_limits: int
    """Calls that met a limit (429): there must be none."""

    @property
    def calls_ratio(self) -> float:
        """Calls to the least possible."""
        return sum(self.calls.values()) / self.least_calls

    @property
    def time_ratio(self) -> float:
        """Virtual time to what the limits alone allow."""
        return self.seconds / self.least_seconds if self.least_seconds else 1.0


def least_calls(size: Size) -> dict[str, int]:
    """The fewest calls that read everything and write what is lacking."""
    return {
        "read HubSpot": ceil(size.contacts / HUBSPOT_PAGE),
        "read Xero": ceil(size.contacts / XERO_PAGE),
        "write HubSpot": ceil(size.new / HUBSPOT_BATCH),
        "write Xero": ceil(size.new / XERO_BATCH),
    }


def least_seconds(calls: Counter[tuple[str, str]]) -> float:
    """What the limits alone make of these calls, in seconds."""
    xero = sum(number for (system, _), number in calls.items() if system == "xero")
    searches = sum(number for (_, what), number in calls.items() if what.startswith("search"))
    others = sum(number for (system, _), number in calls.items() if system == "hubspot") - searches
    return max(
        (ceil(xero / XERO_MINUTE) - 1) * 60.0,
        (ceil(others / HUBSPOT_TEN_SECONDS) - 1) * 10.0,
        (ceil(searches / SEARCHES_A_SECOND) - 1) * 1.0,
        0.0,
    )


async def measured(
    size: Size, *, answer_seconds: Mapping[str, float] | None = None, rolling: bool = False
) -> First:
    """One first sync under the real limits, and another run a minute later. `rolling`: Xero counts the last 60 seconds instead of fixed minutes."""
    async with ground(Here(size, rolling=rolling), answer_seconds=answer_seconds) as at:
        began = at.clock.now()
        applied = await at.first_sync()
        seconds = (at.clock.now() - began).total_seconds()
        calls, mark = at.wire.counts(), len(at.wire.calls)
        at.clock.advance(60)
        again = await at.cycle.run()
        done = applied.tally.applied_by
        return First(
            size.contacts,
            sum(number for name, number in done.items() if name.startswith("create")),
            sum(number for name, number in done.items() if name.startswith("link")),
            _named(calls),
            sum(least_calls(size).values()),
            seconds,
            least_seconds(calls),
            _named(at.wire.counts(mark)),
            again.tally.applied,
            sum(1 for call in at.wire.calls if call.status == 429),
        )


def _named(calls: Counter[tuple[str, str]]) -> dict[str, int]:
    return {f"{system}: {what}": number for (system, what), number in sorted(calls.items())}


def report(bare: First, lifelike: First, rolling: First) -> Iterator[Table]:
    """The tables."""
    worlds = (bare, lifelike, rolling)
    heads = ("", "limits alone", "answers take time", "rolling minutes")
    least = " + ".join(f"{number} {name}" for name, number in least_calls(Size.of(bare.contacts)).items())
    names = sorted({name for world in worlds for name in world.calls})
    yield Table(
        f"First sync of {bare.contacts:,} contacts a side: {bare.linked:,} linked, {bare.created:,} created",
        heads,
        [
            *((name, *(str(world.calls.get(name, 0)) for world in worlds)) for name in names),
            ("calls", *(str(sum(world.calls.values())) for world in worlds)),
            ("least calls", *(str(world.least_calls) for world in worlds)),
            ("calls to least", *(f"{world.calls_ratio:.2f} times" for world in worlds)),
            ("virtual seconds", *(f"{world.seconds:.1f}" for world in worlds)),
            ("seconds by the limits alone", *(f"{world.least_seconds:.0f}" for world in worlds)),
            ("time to limits", *(f"{world.time_ratio:.2f} times" for world in worlds)),
            ("calls refused by limits", *(str(world.refused_by_limits) for world in worlds)),
        ],
    )
    runs = sorted({name for world in worlds for name in world.second_run})
    yield Table(
        "The run after it",
        heads,
        [
            *((name, *(str(world.second_run.get(name, 0)) for world in worlds)) for name in runs),
            ("writes", *(str(world.second_run_wrote) for world in worlds)),
        ],
    )
    yield Table("Least calls", ("sum",), [(f"{least} = {bare.least_calls}",)])


def main() -> None:
    """Run from the command line. Virtual time has no spread, so one run of each world is enough."""
    asked = options(__doc__, contacts=10_000, runs=1)
    size = Size.of(asked.contacts)
    bare = asyncio.run(measured(size))
    lifelike = asyncio.run(measured(size, answer_seconds=LIFELIKE))
    rolling = asyncio.run(measured(size, rolling=True))
    data = {
        name: asdict(world) | {"calls_ratio": world.calls_ratio, "time_ratio": world.time_ratio}
        for name, world in (("limits alone", bare), ("lifelike", lifelike), ("rolling", rolling))
    }
    show(asked, data, report(bare, lifelike, rolling))


if __name__ == "__main__":
    main()
