"""The contract between Crossfoot and a system: describe, list, read, find, write.

A system turns its vendor's answers into observations and answers, and nothing else. It knows no links, no settings, no other system.
Everything it needs from outside comes through a door: `Send` (the network), `Clock` (time), `Budget` (API limits), `Tokens` (credentials).
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from crossfoot.model.abilities import KindAbilities
from crossfoot.model.identity import Kind, Side
from crossfoot.model.problems import Problem
from crossfoot.model.records import Fields, Known, Observation, nothing_known

# ── the wire ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Request:
    """Bytes to a vendor. `url` is complete, with its query; `what` is a short name for logs ("read contacts"), free of personal data."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    what: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """Bytes from a vendor. Header names are lower-case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class NotSent(Exception):
    """The request certainly never reached the vendor (no connection could be made): nothing happened there."""


class NoAnswer(Exception):
    """The request may have reached the vendor; no usable answer came back. What happened there is unknown."""


Send = Callable[[Request], Awaitable[Response]]
"""The one seam to the network. Raises `NotSent` or `NoAnswer`; an HTTP error status is a Response, never an exception."""


class Clock(Protocol):
    """The door to time."""

    def now(self) -> datetime:
        """Aware UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait without holding up others."""
        ...


@dataclass(frozen=True, slots=True)
class Allowance:
    """At most `calls` calls in any `seconds` seconds."""

    calls: int
    seconds: float


class Budget(Protocol):
    """The door to API limits, shared by everything that calls the same vendor account, in every process."""

    async def spend(self, key: str, allowance: Allowance, calls: int = 1) -> None:
        """Wait until `calls` more calls under `key` fit into the allowance, and count them. Calls reserved earlier go at once."""
        ...

    async def reserve(self, key: str, allowance: Allowance, calls: int) -> None:
        """Wait until `calls` calls could go at once, and keep them for this holder's next `spend`s."""
        ...

    async def hold(self, key: str, seconds: float) -> None:
        """The vendor said "too many": nobody calls under `key` for so long."""
        ...

    async def held_for(self, key: str) -> float:
        """For how many seconds nobody may call under `key` because the vendor said "too many"; 0.0 where it did not."""
        ...

    async def told(self, key: str, allowance: Allowance, left: int, sent: datetime) -> None:
        """The answer to a call made at `sent` says that `left` more fit. The vendor's count is the truth: its window may have begun anew."""
        ...


class Tokens(Protocol):
    """The door to credentials of one connection and system."""

    async def bearer(self) -> str:
        """A valid access token. Refreshes ahead of expiry, one refresher at a time over all processes."""
        ...

    async def expired(self, used: str) -> str:
        """The vendor refused `used` as expired: a newer one. Raises `Trouble` (CONSENT) when there is none."""
        ...


# ── what a system tells about itself ───────────────────────────────────────────────────────────────────────────────────


class ValueType(StrEnum):
    """What a native field holds."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    BOOLEAN = "boolean"
    DATE = "date"
    MOMENT = "moment"
    OPTION = "option"  # one of `FieldInfo.options`
    OPTIONS = "options"  # several of them
    REFERENCE = "reference"  # the id of a record of kind `FieldInfo.refers_to`
    LINES = "lines"  # the lines of a document, `model.lines.Lines`


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """A native field of a kind, as the connected account has it."""

    path: str
    label: str
    type: ValueType = ValueType.TEXT
    writable: bool = True
    max_length: int | None = None
    forbidden: str = ""
    """Characters that a text may not contain."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Stored value to label, for OPTION and OPTIONS."""
    unique: bool = False
    refers_to: Kind | None = None
    custom: bool = False
    """Made by the account's own people (or by us), not by the vendor."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Which portal or organisation the credentials belong to."""

    key: str
    """Unique over all systems and for ever, for example `hubspot:12345678` or `xero:<tenant id>`."""
    name: str
    currency: str
    """The base currency, ISO 4217."""
    country: str | None = None
    """ISO 3166 alpha-2, where the system tells; the default region for phone numbers."""
    time_zone: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class TaxRate:
    """A tax as the account knows it."""

    id: str
    """How lines name it."""
    name: str
    percent: Decimal
    active: bool = True
    for_sales: bool = True


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the ledger's chart."""

    code: str
    name: str
    sales: bool = False
    """Whether lines of sales documents may be booked to it."""
    payments: bool = False
    """Whether payments may be booked to it."""
    active: bool = True


@dataclass(frozen=True, slots=True)
class Description:
    """What was found when looking at the connected account."""

    identity: Identity
    fields: Mapping[Kind, Mapping[str, FieldInfo]]
    """Per kind, native path to field."""
    currencies: tuple[str, ...] = ()
    taxes: tuple[TaxRate, ...] = ()
    accounts: tuple[Account, ...] = ()
    makes: Mapping[Kind, bool] = field(default_factory=dict)
    """Whether records of a kind can be made, where that hangs on how the account is set up. A kind that is absent: nobody knows."""
    closed_until: date | None = None
    """The last day of the books that are closed: nothing of this day or earlier is posted or changed any more."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Plain facts worth showing ("plan", "tier", "version")."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a system can do."""

    kinds: Mapping[Kind, KindAbilities]
    creates_fields: bool = False
    """Whether `create_field` works."""
    index_lag_seconds: float = 0.0
    """A listing may miss changes younger than this; listings overlap by at least as much."""
    tells_field_times: bool = False


# ── reading ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a listing. `cursor` continues after this page, now or in another process; the last page's cursor starts the next listing."""

    observations: tuple[Observation, ...]
    cursor: str
    last: bool


# ── writing ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Action(StrEnum):
    """What a write does."""

    CREATE = "create"
    UPDATE = "update"
    ARCHIVE = "archive"


@dataclass(frozen=True, slots=True)
class Write:
    """One write to one record, with only the fields that change."""

    operation: str
    """The operation's id: idempotency key and trace id. At most 60 characters."""
    action: Action
    kind: Kind
    id: str | None
    """None for a create, and only then."""
    values: Fields = field(default_factory=dict)
    """Native path to the new value; None clears."""
    key: str | None = None
    """For a create: the creation key to store in the kind's `key_path`."""
    seen: Fields = field(default_factory=dict)
    """What the record was just seen to hold, for systems that must write a group of fields as a whole."""
    new_until: datetime | None = None
    """For a create where `makes_twice`: until then it is known to be the first. After that, or without it, the system looks before it makes it."""


@dataclass(frozen=True, slots=True)
class Applied:
    """The system confirms the write. `observation` is what the record holds now, by the system's own answer; None if it did not tell."""

    id: str
    observation: Observation | None = None
    warnings: tuple[str, ...] = ()
    """What the system remarked on it, in its own words, for people."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The system refused, and certainly did nothing. `twin` is the record in the way, where the system names it."""

    problem: Problem
    twin: str | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """The write may or may not have happened. Resolved by looking, never by repeating blindly."""

    why: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Certainly not done, and worth trying again after `seconds`."""

    why: str
    seconds: float


Answer = Applied | Refused | Unknown | Wait


class Trouble(Exception):
    """The whole connection cannot go on: consent gone, wrong account, scope lacking, limit of the day used up, system down.

    `retry_after` seconds say when trying again makes sense; None means that a person must act first.
    """

    def __init__(self, problem: Problem, retry_after: float | None = None) -> None:
        super().__init__(str(problem))
        self.problem = problem
        self.retry_after = retry_after


class System(Protocol):
    """One connected account of one system."""

    name: str
    """`hubspot`, `xero`: as in settings."""
    title: str
    """`HubSpot`, `Xero`: as people write it."""
    side: Side
    capabilities: Capabilities

    async def describe(self) -> Description:
        """Look at the account: who it is, which fields each kind has. Raises `Trouble`."""
        ...

    async def create_field(self, kind: Kind, info: FieldInfo) -> None:
        """Make a custom field, if it is not there. Raises `Trouble` where it cannot."""
        ...

    async def read(
        self, kind: Kind, ids: Sequence[str], paths: Mapping[Kind, Collection[str]], *, times: bool = False
    ) -> list[Observation]:
        """One observation per id, in the order asked, as of now and without index lag; at most `read_batch` ids. Raises `Trouble`."""
        ...

    async def find(
        self, kind: Kind, path: str, values: Sequence[str], paths: Mapping[Kind, Collection[str]]
    ) -> list[Observation]:
        """Live records whose `path` equals one of `values`; by the kind's `key_path` archived ones too, and merged ones that still bear the key, for what we made is ours wherever it is. Without index lag only for the kind's `key_path` and unique paths. Raises `Trouble`."""
        ...

    async def write(self, writes: Sequence[Write]) -> list[Answer]:
        """Do writes of one kind and one action, at most a batch of them. One answer per write, in the order given. Raises `Trouble` before any was sent."""
        ...

    async def ready(self, calls: int) -> None:
        """Wait until this many calls may be made at once, so that a write can follow its read without a pause."""
        ...

    def url(self, account: Identity, kind: Kind, record_id: str) -> str | None:
        """Where a person sees a record of an account in the system's own pages. Calls nobody."""
        ...

    def list(
        self,
        kind: Kind,
        paths: Mapping[Kind, Collection[str]],
        cursor: str | None,
        known: Known = nothing_known,
    ) -> AsyncIterator[Page]:
        """Every live record (`cursor` None), or every record changed since the listing that ended with `cursor`.

        May repeat records, never misses one that changed before the listing began and outside the index lag. `paths` tells which fields to
        observe, for the kind itself and for kinds embedded in it or listed with it. What `known` holds need not be asked for again. Records that the side hides from listings (archived) may be absent.
        Raises `Trouble`.
        """
        ...
