"""One life of the program: all its doors to the outside, and death at any of them.

A crash is raised at a door, before or after what goes through it. From then on every door of that life refuses, so nothing that a dying program
would still like to do (give a lease back, write a line) reaches the world. The next life begins on what was committed.
"""

import asyncio
import contextlib
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any

from tests.simulation import halves
from tests.simulation.faults import COMMIT, CRASH_AFTER, CRASH_BEFORE, HALF, LATE, OWN, SLOW, UNSEEN, UNTOLD
from tests.simulation.wire import Exchange, unseen
from tests.simulation.words import Violation
from tests.witnesses.court import sit

from crossfoot.store.database import Database, Tx
from crossfoot.systems.port import NoAnswer, NotSent, Request, Response
from crossfoot_sandbox.direct import BASE
from crossfoot_sandbox.faults import draw
from crossfoot_sandbox.wire import Dropped, Refused
from crossfoot_sandbox.wire import Response as Answer

if TYPE_CHECKING:
    from tests.simulation.world import World

LATENESS: Mapping[str, float] = {SLOW: 200.0, LATE: 60.0}
"""How much longer an answer takes than usual, in seconds. A lease lasts for two minutes."""


class Crash(BaseException):
    """The program dies here. Nothing may catch it but the world."""


class Life:
    """A process of Crossfoot from start to death."""

    def __init__(self, world: "World", name: str) -> None:
        self.world = world
        self.name = name
        self.dead = False
        self.calls = 0
        self.run = 0
        """The number of the run under way, over all lives."""
        self.runs = 0
        """How many runs this life has begun."""
        self._ids = 0
        self.heard: dict[str, list[Exchange]] = {}
        """By task: what was answered to it since its last commit."""

    @property
    def where(self) -> str:
        """Which run of which life this is."""
        return f"{self.name} run {self.runs}"

    def check(self) -> None:
        """Every door asks first whether we live."""
        if self.dead:
            raise Crash(f"{self.name} is dead")

    def die(self, where: str) -> Crash:
        """The moment of death."""
        self.dead = True
        self.world.tell("", f"{self.name} crashes {where}")
        self.world.counters["crash"] += 1
        return Crash(f"{self.name} crashes {where}")

    def new_id(self) -> str:
        """Ids as the program makes them, but repeatable."""
        self._ids += 1
        return f"{self.name}-{self._ids:05d}"

    # ── time ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def now(self) -> datetime:
        """The world's time."""
        self.check()
        return self.world.clock.now()

    async def sleep(self, seconds: float) -> None:
        """Wait in virtual time."""
        self.check()
        await asyncio.sleep(seconds)
        self.check()

    # ── credentials ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def send(self, request: Request) -> Response:
        """One call, by function call, with the time that it takes on the way there and back."""
        world = self.world
        self.check()
        system = "crm" if request.url.startswith(f"{BASE}/hubspot") else "ledger"
        label = world.fates.label(f"{system} {request.what}", self.where)
        sent = world.now()
        delay = 0.01 + 0.06 * draw(world.scenario.seed, "delay", label)
        await asyncio.sleep(delay)
        await world.meanwhile(label)
        self.check()
        batch = halves.elements(request)
        fate = world.fates.own(label, _possible(request, len(batch)))
        if fate == CRASH_BEFORE:
            raise self.die(f"before it could {request.what} ({label})")
        world.seam.label = "" if fate else label
        exchange = world.exchange(self, system, label, request, sent)
        tenant = world.organisation.tenant_id if system == "ledger" else ""
        in_flight = world.sandbox.xero.in_flight
        in_flight[tenant] += bool(tenant)
        try:
            answer = self._asked(request, exchange, fate, batch)
            exchange.injected = label in world.fates.happened
            exchange.answered(answer)
            if fate == CRASH_AFTER:
                exchange.unheard = True
                raise self.die(f"after it had asked to {request.what} ({label})")
            await asyncio.sleep(delay + world.scenario.config.answers + LATENESS.get(fate, 0.0))
        finally:
            in_flight[tenant] -= bool(tenant)
            self._judged()
        exchange.unheard = self.dead
        self.check()
        self.heard.setdefault(_task(), []).append(exchange)
        return Response(
            answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.body
        )

    def _asked(self, request: Request, exchange: Exchange, fate: str, batch: Sequence[Any]) -> Answer:
        """The vendor's answer, as far as one comes; halves of a batch may be missing from what it does or tells."""
        seed, label = self.world.scenario.seed, exchange.label
        place = int(draw(seed, "element", label) * len(batch))
        asked = halves.without(request, place) if fate == HALF else request
        try:
            answer = self.world.sandbox.call(
                asked.method, asked.url.removeprefix(BASE), asked.headers, asked.body
            )
        except Refused as refused:
            exchange.lost = "refused"
            raise NotSent(str(refused)) from None
        except Dropped as dropped:
            exchange.lost = "dropped"
            raise NoAnswer(str(dropped)) from None
        if fate == UNSEEN:
            return unseen(answer)
        if fate == UNTOLD:
            return halves.untold(answer, place)
        if fate == HALF:
            word = halves.UNKNOWN if draw(seed, "word", label) < 0.5 else halves.INVALID
            return halves.refusing(answer, batch[place], place, word)
        return answer

    def _judged(self) -> None:
        """What the vendors' own words say of the calls since the last time, where they are present."""
        court = sit()
        if court is not None:
            sandbox = self.world.sandbox
            self.world.counters["judged"] = court.heard_of(sandbox.xero) + court.heard_of(sandbox.hubspot)
            self.world.violations += [Violation("SPEC", verdict) for verdict in court.taken()]


def _possible(request: Request, elements: int) -> tuple[str, ...]:
    """What may go wrong with a call in itself, beside what the vendor or the network does with any call."""
    if "/batch/read" in request.url or "IDs=" in request.url:
        return (*OWN, UNSEEN)
    return OWN + (UNTOLD,) * (elements > 0) + (HALF,) * (elements > 1)


def _task() -> str:
    task = asyncio.current_task()
    return "" if task is None else task.get_name()


class GuardedDatabase:
    """The database through a life's door: a commit is an effect, and a dead life cannot even read."""

    def __init__(self, life: Life, database: Database) -> None:
        self.life = life
        self.database = database
        self.url = database.url

    def write(self) -> "_Turn":
        """A transaction that may be the last thing we do, on either side of its commit."""
        return _Turn(self.life, self.database.write(), sys._getframe(1).f_code.co_qualname)

    def read(self) -> "_Turn":
        """A look."""
        return _Turn(self.life, self.database.read(), "")

    async def close(self) -> None:
        """The world keeps the database."""


class _Turn:
    __slots__ = ("_inner", "_life", "_name")

    def __init__(self, life: Life, inner: Any, name: str) -> None:
        self._life = life
        self._inner = inner
        self._name = name

    async def __aenter__(self) -> Tx:
        self._life.check()
        tx: Tx = await self._inner.__aenter__()
        return tx

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        if error is not None or not self._name:
            left: bool | None = await self._inner.__aexit__(kind, error, trace)
            return left
        life = self._life
        label = life.world.fates.label(f"commit {self._name}", life.where)
        fate = life.world.fates.own(label, COMMIT)
        if life.dead or fate == CRASH_BEFORE:
            crash = Crash(f"{life.name} is dead") if life.dead else life.die(f"before {label}")
            with contextlib.suppress(Crash):
                await self._inner.__aexit__(Crash, crash, None)
            raise crash
        await self._inner.__aexit__(None, None, None)
        for exchange in life.heard.pop(_task(), ()):
            exchange.stored = True
        life.world.loop.note(label)
        if fate == CRASH_AFTER:
            raise life.die(f"after {label}")
        return None
