"""API budgets: never more than so many calls in any window, over everything that calls the same vendor account.

A log of calls, as a sliding window. Each call claims the earliest moment at which it fits, and its caller sleeps until then. A reserved call
may be made at any moment up to the end of its reservation, so until it is made it counts at that end, the worst that can happen.

Where a vendor tells how many calls are left, its count corrects ours. If it has counted fewer (its minute is a fixed one and has begun anew), the
oldest calls leave the log before their time; if it has counted more (somebody else calls with the same app), so many are added.
"""

import bisect
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from crossfoot.store.database import Database, Tx
from crossfoot.store.values import micros
from crossfoot.systems.port import Allowance, Clock

KEPT_SECONDS = 15.0
"""For how long a reservation is kept. Who reserves is about to write what was just read."""

UNDERWAY_SECONDS = 5.0
"""A call may reach the vendor so much later than one that was sent after it; what is younger is not taken for counted."""

_SLACK = 20_000  # microseconds: a sleeper wakes a little late, and two machines' clocks differ a little


def earliest(now: int, latest: int, held_until: int, crowding: int | None, window: int) -> int:
    """When the next calls may go, in microseconds since 1970, as all arguments.

    `latest` is the latest moment given to any call before: nobody overtakes, so windows need only be looked at backwards. `crowding` is the
    moment of that earlier call which, together with everything after it and the new calls, would be one too many in a window; None while
    there are not that many. `window` is the length of the window.
    """
    return max(now, latest, held_until, 0 if crowding is None else crowding + window)


class Ledger(Protocol):
    """Where the log of one budget is kept."""

    async def claim(self, key: str, allowance: Allowance, calls: int, now: int, kept: int) -> "Claim":
        """Give `calls` calls their moment; each counts at that moment plus `kept` microseconds."""
        ...

    async def settle(self, key: str, slots: list[int], at: int | None) -> None:
        """Claimed calls are made at `at`, or not at all (None)."""
        ...

    async def correct(self, key: str, used: int, sent: int, window: int) -> None:
        """The vendor counted `used` calls when it answered the one made at `sent`."""
        ...

    async def held(self, key: str) -> int:
        """Until when nobody may call."""
        ...

    async def hold(self, key: str, until: int) -> None:
        """Nobody may call until then."""
        ...


@dataclass(frozen=True, slots=True)
class Claim:
    """The moment of some calls, all at once, and their numbers in the log."""

    at: int
    slots: list[int]


@dataclass(slots=True)
class _Kept:
    """A reserved call that was not made yet."""

    slot: int
    until: int


class _Budget:
    """Waiting, reserving and holding, over either ledger."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock
        self._kept: dict[str, list[_Kept]] = {}
        self._heard: dict[str, int] = {}

    async def spend(self, key: str, allowance: Allowance, calls: int = 1) -> None:
        """Wait until `calls` more calls under `key` fit into the allowance, and count them. Calls reserved earlier go at once.

        Raises ValueError when so many calls never fit.
        """
        now = micros(self._clock.now())
        kept = [one for one in self._kept.get(key, ()) if one.until > now]
        used, self._kept[key] = [one.slot for one in kept[:calls]], kept[calls:]
        # Others may have been told to hold off since; what was reserved is no right to ignore the vendor.
        if used and len(used) == calls and await self._ledger.held(key) <= now:
            await self._ledger.settle(key, used, now)
            return
        if used:
            # These calls go together, so the reserved ones among them wait with the others, and count from when they go.
            await self._ledger.settle(key, used, None)
        await self._wait(key, allowance, calls, kept=0)

    async def reserve(self, key: str, allowance: Allowance, calls: int) -> None:
        """Wait until `calls` calls could go at once, and keep them, `KEPT_SECONDS` long, for this budget object's next `spend`s."""
        now = micros(self._clock.now())
        ready = [one for one in self._kept.get(key, ()) if one.until > now]
        self._kept[key] = ready
        missing = calls - len(ready)
        if missing > 0:
            kept = int(KEPT_SECONDS * 1_000_000)
            claim = await self._wait(key, allowance, missing, kept)
            self._kept[key] += [_Kept(slot, claim.at + kept) for slot in claim.slots]

    async def hold(self, key: str, seconds: float) -> None:
        """The vendor said "too many": nobody calls under `key` for so long. What already waits for its moment waits anew."""
        await self._ledger.hold(key, micros(self._clock.now() + timedelta(seconds=seconds)))

    async def held_for(self, key: str) -> float:
        """For how many seconds nobody may call under `key` because the vendor said "too many"; 0.0 where it did not."""
        left = await self._ledger.held(key) - micros(self._clock.now())
        return max(0, left) / 1_000_000

    async def told(self, key: str, allowance: Allowance, left: int, sent: datetime) -> None:
        """The answer to a call made at `sent` says that `left` more fit: correct the log. What already waits for its moment keeps it."""
        at = micros(sent)
        if at >= self._heard.get(key, at):
            self._heard[key] = at
            await self._ledger.correct(key, max(0, allowance.calls - left), at, _window(allowance))

    async def _wait(self, key: str, allowance: Allowance, calls: int, kept: int) -> Claim:
        if calls > allowance.calls:
            raise ValueError(
                f"{calls} calls at once never fit into {allowance.calls} in {allowance.seconds:g} s."
            )
        while True:
            now = micros(self._clock.now())
            claim = await self._ledger.claim(key, allowance, calls, now, kept)
            if claim.at <= now:
                return claim
            try:
                await self._sleep_until(claim.at)
                if await self._ledger.held(key) <= claim.at:
                    return claim
            except BaseException:
                await self._ledger.settle(key, claim.slots, None)
                raise
            # A hold came while we slept, and it covers our moment.
            await self._ledger.settle(key, claim.slots, None)

    async def _sleep_until(self, moment: int) -> None:
        while (left := moment - micros(self._clock.now())) > 0:
            await self._clock.sleep(left / 1_000_000)


class SharedBudget(_Budget):
    """A budget in the database: shared by all processes. Implements `systems.port.Budget`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__(_TableLedger(database), clock)


class LocalBudget(_Budget):
    """A budget in memory: shared by whoever holds this object. Implements `systems.port.Budget`."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(_MemoryLedger(), clock)


def _window(allowance: Allowance) -> int:
    return int(allowance.seconds * 1_000_000) + _SLACK


_UNDERWAY = int(UNDERWAY_SECONDS * 1_000_000)


class _TableLedger:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, key: str, allowance: Allowance, calls: int, now: int, kept: int) -> Claim:
        window = _window(allowance)
        async with self._database.write() as tx:
            head, latest, held_until = await _state(tx, key)
            crowded = await tx.one("budget.crowding", key=key, rank=allowance.calls - calls)
            at = earliest(now, latest, held_until, None if crowded is None else crowded["at"], window)
            slots = list(range(head, head + calls))
            await tx.many("budget.claim", [{"key": key, "slot": slot, "at": at + kept} for slot in slots])
            await tx.run("budget.put", key=key, head=head + calls, latest=at, held_until=held_until)
            if at > latest:
                await tx.run("budget.trim", key=key, before=at - window)
        return Claim(at, slots)

    async def settle(self, key: str, slots: list[int], at: int | None) -> None:
        async with self._database.write() as tx:
            if at is None:
                await tx.many("budget.withdraw", [{"key": key, "slot": slot} for slot in slots])
            else:
                await tx.many("budget.claim", [{"key": key, "slot": slot, "at": at} for slot in slots])

    async def correct(self, key: str, used: int, sent: int, window: int) -> None:
        where = {"key": key, "arrived": sent - _UNDERWAY, "sent": sent, "since": sent - window}
        async with self._database.read() as tx:
            known = await tx.one("budget.known", **where)
        # Nearly always both counts agree, and a look is cheaper than a write.
        if known is None or (known["arrived"] <= _earlier(used) and known["made"] >= used):
            return
        async with self._database.write() as tx:
            known = await tx.one("budget.known", **where)
            assert known is not None, "a count is one row"
            excess, others = known["arrived"] - _earlier(used), used - known["made"]
            if excess > 0:
                await tx.run("budget.drop_oldest", key=key, number=excess)
            if others > 0:
                head, latest, held_until = await _state(tx, key)
                slots = range(head, head + others)
                await tx.many("budget.claim", [{"key": key, "slot": slot, "at": sent} for slot in slots])
                await tx.run("budget.put", key=key, head=head + others, latest=latest, held_until=held_until)

    async def held(self, key: str) -> int:
        async with self._database.read() as tx:
            return (await _state(tx, key))[2]

    async def hold(self, key: str, until: int) -> None:
        async with self._database.write() as tx:
            head, latest, held_until = await _state(tx, key)
            await tx.run("budget.put", key=key, head=head, latest=latest, held_until=max(held_until, until))


def _earlier(used: int) -> int:
    """How many of the counted calls can have been made long before the one whose answer tells: all but itself."""
    return max(0, used - 1)


async def _state(tx: Tx, key: str) -> tuple[int, int, int]:
    row = await tx.one("budget.get", key=key)
    return (0, 0, 0) if row is None else (row["head"], row["latest"], row["held_until"])


@dataclass(slots=True)
class _Log:
    head: int = 0
    latest: int = 0
    held_until: int = 0
    moments: dict[int, int] = field(default_factory=dict)
    ordered: list[int] = field(default_factory=list)


class _MemoryLedger:
    def __init__(self) -> None:
        self._logs: dict[str, _Log] = {}

    async def claim(self, key: str, allowance: Allowance, calls: int, now: int, kept: int) -> Claim:
        log, window, rank = self._log(key), _window(allowance), allowance.calls - calls
        crowding = log.ordered[-1 - rank] if rank < len(log.ordered) else None
        at = earliest(now, log.latest, log.held_until, crowding, window)
        slots = list(range(log.head, log.head + calls))
        for slot in slots:
            _place(log, slot, at + kept)
        log.head, log.latest = log.head + calls, at
        while log.ordered and log.ordered[0] <= at - window:
            del log.ordered[0]
        if len(log.moments) > 2 * len(log.ordered) + 64:
            log.moments = {slot: moment for slot, moment in log.moments.items() if moment > at - window}
        return Claim(at, slots)

    async def settle(self, key: str, slots: list[int], at: int | None) -> None:
        log = self._log(key)
        for slot in slots:
            if at is None:
                _remove(log, slot)
            else:
                _place(log, slot, at)

    async def correct(self, key: str, used: int, sent: int, window: int) -> None:
        log = self._log(key)
        made = bisect.bisect_right(log.ordered, sent) - bisect.bisect_right(log.ordered, sent - window)
        excess = bisect.bisect_right(log.ordered, sent - _UNDERWAY) - _earlier(used)
        if excess > 0:
            first = log.ordered[0]
            oldest = sorted((at, slot) for slot, at in log.moments.items() if at >= first)
            for _, slot in oldest[:excess]:
                _remove(log, slot)
        for _ in range(used - made):
            _place(log, log.head, sent)
            log.head += 1

    async def held(self, key: str) -> int:
        return self._log(key).held_until

    async def hold(self, key: str, until: int) -> None:
        log = self._log(key)
        log.held_until = max(log.held_until, until)

    def _log(self, key: str) -> _Log:
        return self._logs.setdefault(key, _Log())


def _place(log: _Log, slot: int, at: int) -> None:
    _remove(log, slot)
    log.moments[slot] = at
    bisect.insort(log.ordered, at)


def _remove(log: _Log, slot: int) -> None:
    moment = log.moments.pop(slot, None)
    if moment is None:
        return
    place = bisect.bisect_left(log.ordered, moment)
    if place < len(log.ordered) and log.ordered[place] == moment:
        del log.ordered[place]
