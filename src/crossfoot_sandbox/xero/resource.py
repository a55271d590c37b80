"""What the general parts (`writing.py`, `listing.py`, `endpoints.py`) ask of a kind of record that is kept in a book."""

from collections.abc import Callable, Mapping
from enum import Enum, auto
from typing import TYPE_CHECKING, ClassVar, Protocol

from crossfoot_sandbox.xero.book import Book, XeroRecord
from crossfoot_sandbox.xero.shape import Json
from crossfoot_sandbox.xero.where import Column

if TYPE_CHECKING:
    from crossfoot_sandbox.xero.organisation import Organisation


class Form(Enum):
    """The kind of answer that a record is shown in; Xero shows more or less in each."""

    LIST = auto()  # a list without `page`
    PAGE = auto()
    SUMMARY = auto()  # summaryOnly=true
    ONE = auto()  # GET by id
    WRITTEN = auto()  # the answer to PUT and POST


class UnknownIdError(Exception):
    """A POST names an id that no record has."""


class Resource(Protocol):
    """One kind of record."""

    key: ClassVar[str]  # of the envelope, and the path
    type_name: ClassVar[str]
    id_field: ClassVar[str]
    event: ClassVar[str]  # webhook category, "" for kinds without webhooks
    columns: ClassVar[Mapping[str, Column]]
    read: Callable[[Json], Json]

    @staticmethod
    def named(book: Book, key: str) -> XeroRecord | None:
        """The record that a path means."""
        ...

    @staticmethod
    def match(organisation: "Organisation", changes: Json) -> XeroRecord | None:
        """The record that a POST edits, None to create one. Raises `UnknownIdError`."""
        ...

    @staticmethod
    def problems(organisation: "Organisation", record: XeroRecord | None, changes: Json) -> list[str]:
        """Why Xero refuses the changes."""
        ...

    @staticmethod
    def merged(organisation: "Organisation", record: XeroRecord | None, changes: Json, places: int) -> Json:
        """The new values of the changed fields, None for cleared ones. `places`: decimals of unit prices, 2 or 4."""
        ...

    @staticmethod
    def status(changes: Json) -> str | None:
        """The status that the changes ask for."""
        ...

    @staticmethod
    def shown(organisation: "Organisation", record: XeroRecord, form: Form, places: int) -> Json:
        """The record as an answer carries it."""
        ...

    @staticmethod
    def echo(sent: Json, record: XeroRecord | None, *, marked: bool) -> Json:
        """A refused element as it comes back, without its messages."""
        ...
