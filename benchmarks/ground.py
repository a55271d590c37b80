"""The ground that the benchmarks stand on: two full books, a connection over them, virtual time, and a count of every call."""

import itertools
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from crossfoot.model.identity import Side
from crossfoot.runtime.budget import LocalBudget
from crossfoot.runtime.cycle import Cycle
from crossfoot.runtime.joined import Joined
from crossfoot.settings.presets import default_settings
from crossfoot.store import connections
from crossfoot.store.database import Database, open_database
from crossfoot.systems.hubspot import defaults as hubspot_defaults
from crossfoot.systems.hubspot.system import HubSpotSystem
from crossfoot.systems.port import NoAnswer, NotSent, Request, Response
from crossfoot.systems.xero import defaults as xero_defaults
from crossfoot.systems.xero.system import XeroSystem
from crossfoot_sandbox import defaults
from crossfoot_sandbox.clock import Clock as SandboxClock
from crossfoot_sandbox.direct import BASE, Direct
from crossfoot_sandbox.wire import Dropped, Refused

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class VirtualClock:
    """Time that only sleeping moves."""

    def __init__(self, clock: SandboxClock) -> None:
        self.clock = clock

    def now(self) -> datetime:
        return self.clock.now()

    async def sleep(self, seconds: float) -> None:
        self.clock.advance(max(0.0, seconds))


class OneToken:
    """A token that never expires within a benchmark."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def bearer(self) -> str:
        return self._token

    async def expired(self, used: str) -> str:
        return used


_SYLLABLES = ("ka", "ro", "mi", "tu", "ne", "la", "so", "vi", "da", "pe", "ho", "gi", "wa", "lu", "fe", "ni")


def _word(number: int) -> str:
    """A pronounceable word that no other number gives."""
    return "".join(_SYLLABLES[number >> shift & 15] for shift in (0, 8, 4, 12, 16)).capitalize()


def person(number: int) -> tuple[str, str, str]:
    """First name, last name and e-mail of the n-th person; no two are alike."""
    first, last = _word(number * 40_503 % 1_048_573), _word(number)
    return first, last, f"{first}.{last}.{number}@post.example".lower()


@dataclass
class Ground:
    """A connection with its sandbox at hand."""

    world: defaults.World
    clock: VirtualClock
    joined: Joined
    cycle: Cycle
    database: Database
    bytes_read: list[bytes]

    def calls(self, since: int = 0) -> Counter[tuple[str, str]]:
        """The calls since a mark, by system and operation."""
        return Counter(
            (entry.system, entry.operation) for entry in self.world.sandbox.journal.calls(since=since)
        )

    @property
    def mark(self) -> int:
        """The number of calls so far."""
        return self.world.sandbox.journal.count


@asynccontextmanager
async def ground(
    contacts: int,
    same: int,
    *,
    database_url: str = "sqlite://",
    limits: bool = True,
    keep_bytes: bool = False,
) -> AsyncIterator[Ground]:
    """`contacts` people in each book, `same` of them the same person with equal fields, on a connection that was never synced."""
    sandbox_clock = SandboxClock(source=START.timestamp)
    world = defaults.world(sandbox_clock)
    if not limits:
        world.sandbox.hubspot.switches = _without_limits(world.sandbox.hubspot.switches)
        world.sandbox.xero.switches = _without_limits(world.sandbox.xero.switches)
    crm, ledger = [], []
    for number in range(contacts):
        first, last, email = person(number)
        crm.append(
            {"firstname": first, "lastname": last, "email": email, "phone": f"+64 9 {2000000 + number}"}
        )
    for number in range(contacts - same, 2 * contacts - same):
        first, last, email = person(number)
        ledger.append(
            {
                "Name": f"{first} {last}",
                "FirstName": first,
                "LastName": last,
                "EmailAddress": email,
                "Phones": [
                    {
                        "PhoneType": "DEFAULT",
                        "PhoneCountryCode": "64",
                        "PhoneAreaCode": "9",
                        "PhoneNumber": str(2000000 + number),
                    }
                ],
            }
        )
    world.portal.bulk_load("contacts", crm)
    world.organisation.bulk_load("Contacts", ledger)
    sandbox_clock.advance(600)
    clock = VirtualClock(sandbox_clock)
    direct = Direct(world.sandbox)
    bytes_read: list[bytes] = []

    async def send(request: Request) -> Response:
        try:
            status, headers, body = await direct.send(
                request.method, request.url, request.headers, request.body
            )
        except Refused as refused:
            raise NotSent(str(refused)) from None
        except Dropped as dropped:
            raise NoAnswer(str(dropped)) from None
        if keep_bytes:
            bytes_read.append(body)
        return Response(status, {name.lower(): value for name, value in headers.items()}, body)

    budget = LocalBudget(clock)
    crm_system = HubSpotSystem(
        send, OneToken(defaults.HUBSPOT_TOKEN), clock, budget, base_url=f"{BASE}/hubspot"
    )
    grant = world.sandbox.xero.grant(defaults.XERO_CLIENT_ID, [world.organisation], defaults.XERO_SCOPES)
    ledger_system = XeroSystem(
        send=send,
        tokens=OneToken(grant.access_token),
        clock=clock,
        budget=budget,
        tenant=world.organisation.tenant_id,
        base_url=f"{BASE}/xero",
    )
    for kind, fields in hubspot_defaults.CUSTOM_FIELDS.items():
        for info in fields:
            await crm_system.create_field(kind, info)
    descriptions = {Side.CRM: await crm_system.describe(), Side.LEDGER: await ledger_system.describe()}
    settings = default_settings(
        "bench", "NZ", "people", crm_carries=hubspot_defaults.CARRIES, ledger_carries=xero_defaults.CARRIES
    )
    syncs = tuple(
        sync
        for sync in settings.compile(hubspot_defaults.CARRIES, xero_defaults.CARRIES)
        if sync.name == "people"
    )
    database = await open_database(database_url, durable=False)
    ids = itertools.count(1)
    joined = Joined(
        "bench",
        syncs,
        settings.brakes,
        {Side.CRM: crm_system, Side.LEDGER: ledger_system},
        descriptions,
        database,
        clock,
        lambda: f"{next(ids):012d}",
    )
    async with database.write() as tx:
        await connections.put(
            tx,
            connections.Connection(
                "bench",
                "bench",
                clock.now(),
                crm_identity=descriptions[Side.CRM].identity.key,
                ledger_identity=descriptions[Side.LEDGER].identity.key,
            ),
        )
    try:
        yield Ground(world, clock, joined, Cycle(joined, "bench"), database, bytes_read)
    finally:
        await database.close()


def _without_limits(switches):  # type: ignore[no-untyped-def]
    from dataclasses import replace

    return replace(switches, limits=False)
