"""The ground that the benchmarks stand on: a connection over two full books, virtual time, and a note of every call."""

import asyncio
import heapq
import itertools
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from benchmarks.books import SETTLED, START, Books

from crossfoot.model.identity import Side
from crossfoot.runtime.budget import LocalBudget
from crossfoot.runtime.cycle import Cycle
from crossfoot.runtime.joined import Joined
from crossfoot.runtime.report import Report
from crossfoot.settings.presets import default_settings
from crossfoot.store import connections
from crossfoot.store.database import Database, open_database
from crossfoot.systems.hubspot import defaults as hubspot_defaults
from crossfoot.systems.hubspot.system import HubSpotSystem
from crossfoot.systems.port import Request, Response
from crossfoot.systems.xero import defaults as xero_defaults
from crossfoot.systems.xero.system import XeroSystem


class VirtualClock:
    """Time that only waiting moves. Who waits at the same time waits together."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._now = START + timedelta(seconds=SETTLED)
        self._sleepers: list[datetime] = []

    def now(self) -> datetime:
        """Virtual now."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Until everybody waits; then time goes on to the first who wakes."""
        wakes = self._now + timedelta(seconds=max(0.0, seconds))
        heapq.heappush(self._sleepers, wakes)
        while self._now < wakes:
            for _ in range(8):
                await asyncio.sleep(0)
            if self._sleepers[0] == wakes and self._now < wakes:
                self.advance((wakes - self._now).total_seconds())
        self._sleepers.remove(wakes)
        heapq.heapify(self._sleepers)

    def advance(self, seconds: float) -> None:
        """Time goes by, here and in the books."""
        self._now += timedelta(seconds=seconds)
        self._books.advance(seconds)


class OneToken:
    """A token that never expires within a benchmark."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def bearer(self) -> str:
        """The token."""
        return self._token

    async def expired(self, used: str) -> str:
        """The same, for there is no other."""
        return used


@dataclass(frozen=True, slots=True)
class Called:
    """One call and its answer."""

    system: str
    what: str
    status: int
    at: datetime
    body: bytes


@dataclass
class Wire:
    """The seam to the systems, with a note of what went through it."""

    books: Books
    clock: VirtualClock
    answer_seconds: Mapping[str, float] = field(default_factory=dict)
    """By system, the virtual seconds that it thinks about an answer; no time where nothing is said."""
    keep_bodies: bool = False
    calls: list[Called] = field(default_factory=list)
    sandbox_seconds: float = 0.0
    """CPU that the sandbox spent in this process: not ours."""

    async def send(self, request: Request) -> Response:
        """The systems' answer, in its time."""
        began = time.process_time()
        response = self.books.answer(request)
        self.sandbox_seconds += time.process_time() - began
        system = "xero" if request.url.startswith(f"{self.books.base}/xero") else "hubspot"
        body = response.body if self.keep_bodies else b""
        self.calls.append(Called(system, request.what, response.status, self.clock.now(), body))
        if seconds := self.answer_seconds.get(system):
            await self.clock.sleep(seconds)
        return response

    def counts(self, since: int = 0) -> Counter[tuple[str, str]]:
        """The calls since a mark (a length of `calls`), by system and what they did."""
        return Counter((call.system, call.what) for call in self.calls[since:])


@dataclass
class Ground:
    """A connection that was never synced, with everything around it at hand."""

    wire: Wire
    clock: VirtualClock
    joined: Joined
    cycle: Cycle
    database: Database

    async def first_sync(self) -> Report:
        """What a user does: see the plan, apply it, and let a run look at what the writes left to do."""
        plan, seen = await self.cycle.preview()
        applied = await self.cycle.apply(plan)
        closing = await self.cycle.run()
        for report in (seen, applied, closing):
            if not report.ok:
                raise RuntimeError(f"The first sync did not come to its end: {report}")
        return applied


@asynccontextmanager
async def ground(
    books: Books,
    *,
    database_url: str = "sqlite://",
    answer_seconds: Mapping[str, float] | None = None,
    keep_bodies: bool = False,
) -> AsyncIterator[Ground]:
    """A connection over these books, as `crossfoot connect` leaves it."""
    clock = VirtualClock(books)
    wire = Wire(books, clock, answer_seconds or {}, keep_bodies)
    budget = LocalBudget(clock)
    crm = HubSpotSystem(wire.send, OneToken(books.crm_token), clock, budget, base_url=f"{books.base}/hubspot")
    ledger = XeroSystem(
        send=wire.send,
        tokens=OneToken(books.ledger_token),
        clock=clock,
        budget=budget,
        tenant=books.tenant,
        base_url=f"{books.base}/xero",
    )
    for kind, fields in hubspot_defaults.CUSTOM_FIELDS.items():
        await crm.mend_fields(kind, fields)
    descriptions = {Side.CRM: await crm.describe(), Side.LEDGER: await ledger.describe()}
    settings = default_settings(
        "bench", "NZ", "people", crm_carries=hubspot_defaults.CARRIES, ledger_carries=xero_defaults.CARRIES
    )
    syncs = settings.compile(hubspot_defaults.CARRIES, xero_defaults.CARRIES)
    database = await open_database(database_url, durable=False)
    ids = itertools.count(1)
    joined = Joined(
        "bench",
        tuple(sync for sync in syncs if sync.name == "people"),
        settings.brakes,
        {Side.CRM: crm, Side.LEDGER: ledger},
        descriptions,
        database,
        clock,
        lambda: f"{next(ids):012d}",
    )
    connection = connections.Connection(
        "bench",
        "bench",
        clock.now(),
        crm_identity=descriptions[Side.CRM].identity.key,
        ledger_identity=descriptions[Side.LEDGER].identity.key,
    )
    async with database.write() as tx:
        await connections.put(tx, connection)
    # Connecting has used up some of the minute's calls; the figures begin with full budgets.
    clock.advance(SETTLED)
    wire.calls.clear()
    wire.sandbox_seconds = 0.0
    try:
        yield Ground(wire, clock, joined, Cycle(joined, "bench"), database)
    finally:
        await database.close()
