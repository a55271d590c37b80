"""A shop that invoices: both stand-ins, both connectors, the default syncs with invoices, deals and payments, and real runs in virtual time."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.systems.doors import BASE, FixedTokens, RealBudget, VirtualClock, sandbox_send, stopped

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.operations import OperationState
from crossfoot.model.problems import Problem
from crossfoot.model.records import Fields
from crossfoot.proof.causes import Difference
from crossfoot.proof.prove import Proof, prove
from crossfoot.runtime.cycle import Cycle
from crossfoot.runtime.joined import Joined
from crossfoot.runtime.report import Report
from crossfoot.settings.connection import ConnectionSettings
from crossfoot.settings.document_defaults import DocumentSettings
from crossfoot.settings.rules import ConflictRule
from crossfoot.settings.shape import SyncSettings
from crossfoot.store import connections, history, links, operations, reviews, subjects
from crossfoot.store.database import open_database
from crossfoot.systems.hubspot.defaults import CARRIES as HUBSPOT
from crossfoot.systems.hubspot.defaults import CUSTOM_FIELDS
from crossfoot.systems.hubspot.system import HubSpotSystem
from crossfoot.systems.port import Request, Response, System
from crossfoot.systems.xero.defaults import CARRIES as XERO
from crossfoot.systems.xero.system import XeroSystem
from crossfoot_sandbox import defaults
from crossfoot_sandbox.faults import Faults

CONNECTION = "shop"


class KilledError(BaseException):
    """The program was killed at a call; nothing after it happened."""


@dataclass
class Killer:
    """Kills the program at the n-th call that writes, or asks for what was written: before it is sent, or after it was done."""

    countdown: int = 0
    after: bool = False
    killed: str = ""

    def meets(self, request: Request, *, after: bool) -> None:
        """A call is about to be sent, or was answered."""
        writes = request.method != "GET" and not request.url.endswith(("/read", "/search"))
        if not self.countdown or not (writes or "Invoices" in request.url):
            return
        self.countdown -= after is self.after
        if not self.countdown and after is self.after:
            self.killed = request.what
            raise KilledError(request.what)


@dataclass
class Shop:
    """The world of one test, in the words of the domain."""

    world: defaults.World
    joined: Joined
    clock: VirtualClock
    sent: list[Request]
    """Every call, in order."""
    killer: Killer

    @property
    def portal(self) -> Any:
        return self.world.portal

    @property
    def books(self) -> Any:
        return self.world.organisation

    # ── runs ──

    async def look_again(self) -> None:
        """Both accounts are looked at, as at the beginning of every run of the program."""
        described = {side: await system.describe() for side, system in self.joined.systems.items()}
        self.joined = replace(self.joined, descriptions=described)

    async def forgets_everything(self) -> None:
        """The memory is lost, and a new one begins with nothing but the settings."""
        database = await open_database("sqlite://", durable=False)
        async with self.joined.database.read() as tx:
            kept = await connections.get(tx, CONNECTION)
        async with database.write() as tx:
            assert kept is not None
            await connections.put(tx, kept)
        self.joined = replace(self.joined, database=database)

    def written(self, *words: str) -> list[str]:
        """The names of all calls that would write and have one of these words (ids, numbers) in them."""
        return [
            call.what
            for call in self.sent
            if call.method != "GET"
            and not call.url.partition("?")[0].endswith(("/read", "/search"))
            and any(word in call.url or word.encode() in call.body for word in words)
        ]

    def days_pass(self, days: int) -> None:
        self.clock.clock.advance(days * 86_400)

    async def run(self) -> Report:
        """A minute passes, and a run."""
        self.clock.clock.advance(60)
        report = await Cycle(self.joined, "a worker").run()
        assert report.ok, report
        return report

    async def quiet(self) -> int:
        """Runs until one has nothing left to do; how many operations were applied."""
        applied = 0
        for _ in range(12):
            report = await self.run()
            applied += report.tally.applied
            if not report.tally.applied and not report.tally.unknown and not report.tally.superseded:
                return applied
        raise AssertionError("the two sides never came to rest")

    async def proof(self) -> tuple[Proof, list[Difference]]:
        found: list[Difference] = []
        self.clock.clock.advance(60)
        return await prove(self.joined, found.append, lambda *_: None), found

    # ── what HubSpot's and Xero's pages show ──

    def hubspot(self, kind: str, record_id: str) -> Mapping[str, str | None]:
        values: Mapping[str, str | None] = self.portal.books[kind][record_id].values
        return values

    async def seen(self, side: Side, kind: Kind, *ids: str) -> list[Fields]:
        """What the systems say of records, read afresh."""
        found = await self.joined.systems[side].read(
            kind, ids, {kind: self.joined.paths(side, kind).get(kind, frozenset())}
        )
        return [each.fields for each in found]

    async def all(self, side: Side, kind: Kind) -> dict[str, Fields]:
        """Every live record of a kind, listed afresh."""
        self.clock.clock.advance(60)
        found: dict[str, Fields] = {}
        async for page in self.joined.systems[side].list(kind, self.joined.paths(side, kind), None):
            found |= {each.ref.id: each.fields for each in page.observations if each.live}
        return found

    async def state(self, sync: str, ref: Ref) -> tuple[str, str]:
        """How a record stands, and why."""
        async with self.joined.database.read() as tx:
            told = await subjects.get(tx, CONNECTION, sync, [ref])
        stood = told[ref]
        return str(stood.state), stood.reason

    async def problem(self, sync: str, ref: Ref) -> Problem:
        """What is wrong with a record."""
        async with self.joined.database.read() as tx:
            told = await subjects.get(tx, CONNECTION, sync, [ref])
        problem = told[ref].problem
        assert problem is not None, told[ref]
        return problem

    async def linked(self, sync: str) -> dict[str, str]:
        async with self.joined.database.read() as tx:
            return {each.crm_id: each.ledger_id for each in await links.page(tx, CONNECTION, sync, "", 1000)}

    async def questions(self) -> list[reviews.Review]:
        async with self.joined.database.read() as tx:
            return await reviews.waiting(tx, CONNECTION)


class _Granted:
    """The consent to Xero, renewed before its token of half an hour expires."""

    def __init__(self, world: defaults.World, clock: VirtualClock) -> None:
        self._world, self._clock = world, clock
        self._grant()

    def _grant(self) -> None:
        xero = self._world.sandbox.xero
        self._token = xero.grant(defaults.XERO_CLIENT_ID, [self._world.organisation]).access_token
        self._until = self._clock.now() + timedelta(minutes=25)

    async def bearer(self) -> str:
        if self._clock.now() > self._until:
            self._grant()
        return self._token

    async def expired(self, used: str) -> str:
        if used == self._token:
            self._grant()
        return self._token


async def shop(
    *,
    syncs: tuple[str, ...] = ("people", "companies", "company_people", "products", "invoices", "deals"),
    documents: Mapping[str, Any] | None = None,
    faults: Faults | None = None,
    switches: Mapping[str, Any] | None = None,
    answer_seconds: Mapping[str, float] | None = None,
) -> Shop:
    """`answer_seconds`: by system, how long its answers take; no time where nothing is said."""
    clock = VirtualClock(stopped())
    world = defaults.world(clock.clock, faults)
    world.sandbox.hubspot.switches = replace(
        world.sandbox.hubspot.switches, lag_min=0.0, lag_max=2.0, **(switches or {})
    )
    sent: list[Request] = []
    killer = Killer()
    direct = sandbox_send(world.sandbox)

    async def send(request: Request) -> Response:
        killer.meets(request, after=False)
        sent.append(request)
        response = await direct(request)
        system = "xero" if request.url.startswith(f"{BASE}/xero") else "hubspot"
        clock.clock.advance((answer_seconds or {}).get(system, 0.0))
        killer.meets(request, after=True)
        return response

    hubspot = HubSpotSystem(
        send, FixedTokens(defaults.HUBSPOT_TOKEN), clock, RealBudget(clock), base_url=f"{BASE}/hubspot"
    )
    systems: dict[Side, System] = {
        Side.CRM: hubspot,
        Side.LEDGER: XeroSystem(
            send=send,
            tokens=_Granted(world, clock),
            clock=clock,
            budget=RealBudget(clock),
            tenant=world.organisation.tenant_id,
            base_url=f"{BASE}/xero",
        ),
    }
    for kind, infos in CUSTOM_FIELDS.items():
        assert await hubspot.mend_fields(kind, infos) == []
    settings = ConnectionSettings(
        name="shop",
        region="NZ",
        syncs={name: SyncSettings(conflicts=ConflictRule.ASK) for name in syncs},
        documents=DocumentSettings.model_validate({"account": "200", **(documents or {})}),
    )
    assert list(settings.completed(HUBSPOT, XERO).mistakes()) == []
    described = {side: await system.describe() for side, system in systems.items()}
    database = await open_database("sqlite://", durable=False)
    counter = itertools.count(1)
    joined = Joined(
        CONNECTION,
        settings.compile(HUBSPOT, XERO),
        settings.brakes,
        systems,
        described,
        database,
        clock,
        lambda: f"{next(counter):08d}",
    )
    async with database.write() as tx:
        await connections.put(
            tx,
            connections.Connection(
                CONNECTION,
                "shop",
                clock.now(),
                crm_identity=described[Side.CRM].identity.key,
                ledger_identity=described[Side.LEDGER].identity.key,
            ),
        )
    return Shop(world, joined, clock, sent, killer)


def amount(text: str) -> Decimal:
    return Decimal(text)


__all__ = ["OperationState", "Shop", "amount", "history", "operations", "shop"]
