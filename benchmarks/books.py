"""The books that the benchmarks sync: contacts in both systems, a part of them the same people, in this process or in another one."""

import multiprocessing
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from typing import Protocol

from crossfoot.systems.port import NoAnswer, NotSent, Request, Response
from crossfoot_sandbox import defaults
from crossfoot_sandbox.clock import Clock
from crossfoot_sandbox.direct import BASE
from crossfoot_sandbox.wire import Dropped, Refused

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

SETTLED = 600.0
"""Seconds between the last edit in the books and the first sync."""

SYLLABLES = ("ka", "ro", "mi", "tu", "ne", "la", "so", "vi", "da", "pe", "ho", "gi", "wa", "lu", "fe", "ni")


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is in the books."""

    contacts: int
    """On each side."""
    same: int
    """So many of them are the same people, with equal fields."""

    @classmethod
    def of(cls, contacts: int) -> "Size":
        """The mixture of the figures: six in ten are the same."""
        return cls(contacts, contacts * 6 // 10)

    @property
    def new(self) -> int:
        """How many each side lacks."""
        return self.contacts - self.same


def person(number: int) -> tuple[str, str, str]:
    """First name, last name and e-mail of the n-th person. First names repeat, last names only resemble each other, e-mails are unique."""
    drawn = random.Random(number).getrandbits(12)
    first = "".join(SYLLABLES[drawn >> shift & 15] for shift in (0, 4, 8)).capitalize()
    last = "".join(SYLLABLES[number >> shift & 15] for shift in (0, 8, 4, 12, 16)).capitalize()
    return first, last, f"{first}.{last}.{number}@post.example".lower()


def fill(world: defaults.World, size: Size) -> None:
    """Put the people into both books."""
    crm, ledger = [], []
    for number in range(size.contacts):
        first, last, email = person(number)
        crm.append(
            {"firstname": first, "lastname": last, "email": email, "phone": f"+64 9 {2000000 + number}"}
        )
    for number in range(size.new, size.new + size.contacts):
        first, last, email = person(number)
        phone = {
            "PhoneType": "DEFAULT",
            "PhoneCountryCode": "64",
            "PhoneAreaCode": "9",
            "PhoneNumber": str(2000000 + number),
        }
        ledger.append(
            {
                "Name": f"{first} {last}",
                "FirstName": first,
                "LastName": last,
                "EmailAddress": email,
                "Phones": [phone],
            }
        )
    world.portal.bulk_load("contacts", crm)
    world.organisation.bulk_load("Contacts", ledger)


class Books(Protocol):
    """Both systems behind the seam of the connectors."""

    base: str
    crm_token: str
    ledger_token: str
    tenant: str

    def answer(self, request: Request) -> Response:
        """What a system answers at once. Raises `NotSent`, `NoAnswer`."""
        ...

    def advance(self, seconds: float) -> None:
        """Time goes by."""
        ...


class Here:
    """The sandbox in this process."""

    def __init__(self, size: Size, *, limits: bool = True, rolling: bool = False) -> None:
        self._clock = Clock(source=START.timestamp)
        world = defaults.world(self._clock)
        hubspot, xero = world.sandbox.hubspot, world.sandbox.xero
        hubspot.switches = replace(hubspot.switches, limits=limits)
        xero.switches = replace(xero.switches, limits=limits, rolling_windows=rolling)
        fill(world, size)
        self._clock.advance(SETTLED)
        self._sandbox = world.sandbox
        self.base = BASE
        self.crm_token = defaults.HUBSPOT_TOKEN
        grant = xero.grant(defaults.XERO_CLIENT_ID, [world.organisation], defaults.XERO_SCOPES)
        self.ledger_token = grant.access_token
        self.tenant = world.organisation.tenant_id

    def answer(self, request: Request) -> Response:
        """The sandbox's answer, by a function call."""
        try:
            told = self._sandbox.call(
                request.method, request.url.removeprefix(BASE), request.headers, request.body
            )
        except Refused as refused:
            raise NotSent(str(refused)) from None
        except Dropped as dropped:
            raise NoAnswer(str(dropped)) from None
        return Response(told.status, {name.lower(): value for name, value in told.headers.items()}, told.body)

    def advance(self, seconds: float) -> None:
        """Time goes by in the sandbox."""
        self._clock.advance(seconds)


class Elsewhere:
    """The sandbox in another process, so that its books do not count as ours."""

    def __init__(self, wire: Connection) -> None:
        self._wire = wire
        self.base, self.crm_token, self.ledger_token, self.tenant = wire.recv()

    def answer(self, request: Request) -> Response:
        """The sandbox's answer, over a pipe."""
        self._wire.send(request)
        answered: Response = self._wire.recv()
        return answered

    def advance(self, seconds: float) -> None:
        """Time goes by over there."""
        self._wire.send(seconds)


@contextmanager
def elsewhere(size: Size, *, limits: bool = True) -> Iterator[Elsewhere]:
    """Books in a process of their own."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(theirs, size, limits), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Elsewhere(ours)
    finally:
        ours.close()
        process.join(10)


def _serve(wire: Connection, size: Size, limits: bool) -> None:
    books = Here(size, limits=limits)
    wire.send((books.base, books.crm_token, books.ledger_token, books.tenant))
    while True:
        try:
            asked = wire.recv()
        except EOFError:
            return
        if isinstance(asked, float):
            books.advance(asked)
        else:
            wire.send(books.answer(asked))
