"""What the general parts (`api/writing.py`, `api/listing.py`, `api/record_calls.py`) ask of a kind of record that is kept in a book."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import ClassVar, Protocol

from crossfoot_sandbox.xero.books.act import Act
from crossfoot_sandbox.xero.books.book import ACTIVE, Book, XeroRecord
from crossfoot_sandbox.xero.books.organisation import Organisation
from crossfoot_sandbox.xero.shape import Json
from crossfoot_sandbox.xero.where import Column


class Form(Enum):
    """The kind of answer that a record is shown in; Xero shows more or less in each."""

    LIST = auto()  # a list without `page`
    PAGE = auto()
    SUMMARY = auto()  # summaryOnly=true
    ONE = auto()  # GET by id
    WRITTEN = auto()  # the answer to PUT and POST


class UnknownIdError(Exception):
    """A POST names an id that no record has."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`problems` is why Xero refuses; without any, `values` are the new values (None: cleared) and `status` the new status."""

    problems: list[str]
    values: Json = field(default_factory=dict)
    status: str | None = None
    warnings: list[str] = field(default_factory=list)
    touch: bool = True  # whether the change moves UpdatedDateUTC
    first: Callable[[Act], Json] | None = (
        None  # writes to other records that come first, and the values that they give
    )


class Resource(Protocol):
    """One kind of record."""

    key: ClassVar[str]  # of the envelope, and the path
    type_name: ClassVar[str]
    columns: ClassVar[Mapping[str, Column]]
    read: Callable[[Json], Json]

    @staticmethod
    def new_book(owner: str) -> Book:
        """An empty book for them."""
        ...

    @staticmethod
    def named(book: Book, key: str) -> XeroRecord | None:
        """The record that a path means."""
        ...

    @staticmethod
    def match(organisation: Organisation, changes: Json) -> XeroRecord | None:
        """The record that a POST edits, None to create one. Raises `UnknownIdError`."""
        ...

    @staticmethod
    def plan(organisation: Organisation, record: XeroRecord | None, changes: Json, places: int) -> Plan:
        """What the changes would do to the record (None: a new one). `places`: decimals of unit prices, 2 or 4."""
        ...

    @staticmethod
    def follow(act: Act, record: XeroRecord, changes: Json) -> None:
        """What else changes once the record is written, such as an invoice by its payment."""
        ...

    @staticmethod
    def shown(organisation: Organisation, record: XeroRecord, form: Form, places: int) -> Json:
        """The record as an answer carries it."""
        ...

    @staticmethod
    def echo(sent: Json, record: XeroRecord | None, *, marked: bool) -> Json:
        """A refused element as it comes back, without its messages."""
        ...


def carry_out(
    act: Act, resource: Resource, record: XeroRecord | None, changes: Json, plan: Plan
) -> XeroRecord:
    """Do what was planned for the changes that were sent, and what follows from it; the record (None: a new one) as written."""
    values = {**plan.values, **plan.first(act)} if plan.first else plan.values
    if record is None:
        assert plan.status is not None
        record = act.create(resource.key, values, plan.status)
    else:
        different = {name: value for name, value in values.items() if record.values.get(name) != value}
        same = not different and plan.status in (None, record.status)
        if same and not act.organisation.switches.unchanged_write_touches:
            return record
        act.change(resource.key, record, different, status=plan.status, touch=plan.touch)
    resource.follow(act, record, changes)
    return record


class Simple:
    """Half of a resource for kinds without warnings, whose changes touch no other record."""

    @staticmethod
    def problems(organisation: Organisation, record: XeroRecord | None, changes: Json) -> list[str]:
        """Why Xero refuses the changes."""
        raise NotImplementedError

    @staticmethod
    def merged(organisation: Organisation, record: XeroRecord | None, changes: Json, places: int) -> Json:
        """The new values of the changed fields, None for cleared ones."""
        raise NotImplementedError

    @staticmethod
    def status(changes: Json) -> str | None:
        """The status that the changes ask for."""
        raise NotImplementedError

    @classmethod
    def plan(cls, organisation: Organisation, record: XeroRecord | None, changes: Json, places: int) -> Plan:
        """Problems first; a record is made active, whatever status is asked for."""
        problems = cls.problems(organisation, record, changes)
        if problems:
            return Plan(problems)
        status = ACTIVE if record is None else cls.status(changes)
        return Plan([], cls.merged(organisation, record, changes, places), status)

    @staticmethod
    def follow(act: Act, record: XeroRecord, changes: Json) -> None:
        """Nothing else changes."""
