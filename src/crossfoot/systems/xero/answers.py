"""What Xero answers, as far as Crossfoot reads it. Unknown fields are passed over, enumerations stay open texts, numbers are exact.

Null fields are left out of an answer (Xero fact 4.3), so every field has a default.
"""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Generic, TypeVar

import msgspec

_UPPER = frozenset({"id", "utc", "cogs"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DATE = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")

T = TypeVar("T")


def _xero_name(name: str) -> str:
    return "".join(
        part.upper() if part in _UPPER else part[:1].upper() + part[1:] for part in name.split("_")
    )


class Answer(msgspec.Struct, frozen=True, gc=False, rename=_xero_name):
    """Anything that Xero answers, under Xero's names."""


class Message(Answer, frozen=True):
    """One validation error or warning."""

    message: str = ""


class Phone(Answer, frozen=True):
    """One of a contact's four phone slots."""

    phone_type: str = ""
    phone_number: str | None = None
    phone_area_code: str | None = None
    phone_country_code: str | None = None


class Address(Answer, frozen=True):
    """One of a contact's address slots."""

    address_type: str = ""
    address_line1: str | None = None
    address_line2: str | None = None
    address_line3: str | None = None
    address_line4: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None
    attention_to: str | None = None


class Person(Answer, frozen=True):
    """One of at most five further people of a contact (Xero fact 7.1)."""

    first_name: str | None = None
    last_name: str | None = None
    email_address: str | None = None
    include_in_emails: bool | None = None


class Element(Answer, frozen=True):
    """What every element of a write's answer may carry when `summarizeErrors=false` (Xero fact 5)."""

    status_attribute_string: str | None = None
    validation_errors: tuple[Message, ...] = ()
    warnings: tuple[Message, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether Xero did not do this element. Its other fields then are an echo, never state."""
        return self.status_attribute_string == "ERROR" or bool(self.validation_errors)


class Row(Element, frozen=True):
    """A record as lists, reads by id and writes show it."""

    updated_date_utc: str | None = None


class Contact(Row, frozen=True):
    """A contact."""

    contact_id: str = ""
    merged_to_contact_id: str | None = None
    contact_number: str | None = None
    account_number: str | None = None
    contact_status: str | None = None
    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email_address: str | None = None
    company_number: str | None = None
    tax_number: str | None = None
    website: str | None = None
    default_currency: str | None = None
    is_customer: bool | None = None
    is_supplier: bool | None = None
    phones: tuple[Phone, ...] = ()
    addresses: tuple[Address, ...] = ()
    contact_persons: tuple[Person, ...] = ()


R = TypeVar("R", bound=Row)


class Details(Answer, frozen=True):
    """An item's sales or purchase side."""

    unit_price: Decimal | None = None
    account_code: str | None = None
    cogs_account_code: str | None = None
    tax_type: str | None = None


class Item(Row, frozen=True):
    """An item of the price list."""

    item_id: str = ""
    code: str | None = None
    name: str | None = None
    description: str | None = None
    purchase_description: str | None = None
    is_sold: bool | None = None
    is_purchased: bool | None = None
    is_tracked_as_inventory: bool | None = None
    inventory_asset_account_code: str | None = None
    quantity_on_hand: Decimal | None = None
    sales_details: Details | None = None
    purchase_details: Details | None = None


class Pagination(Answer, frozen=True, rename="camel"):
    """Told when a page was asked for (Xero fact 4.1)."""

    page_count: int = 0


class Pages(Answer, Generic[R], frozen=True):
    """The envelope of what is listed in pages. `date_time_utc` is Xero's own clock when it answered."""

    date_time_utc: str | None = None
    pagination: Pagination | None = msgspec.field(default=None, name="pagination")

    @property
    def rows(self) -> tuple[R, ...]:
        """The records in it, under whichever name."""
        raise NotImplementedError


class Contacts(Pages[Contact], frozen=True):
    """The envelope of contacts."""

    contacts: tuple[Contact, ...] = ()

    @property
    def rows(self) -> tuple[Contact, ...]:
        """The contacts."""
        return self.contacts


class Items(Answer, frozen=True):
    """The envelope of items."""

    date_time_utc: str | None = None
    items: tuple[Item, ...] = ()


class Organisation(Answer, frozen=True):
    """The organisation behind a tenant."""

    name: str = ""
    base_currency: str = ""
    country_code: str | None = None
    timezone: str | None = None
    short_code: str | None = None
    version: str | None = None
    period_lock_date: str | None = None
    end_of_year_lock_date: str | None = None
    is_demo_company: bool | None = None
    plan: str | None = msgspec.field(default=None, name="Class")


class Organisations(Answer, frozen=True):
    """The envelope of the one organisation."""

    organisations: tuple[Organisation, ...] = ()


class Failed(Element, frozen=True):
    """A failed element of a 400."""


class Failure(Answer, frozen=True):
    """Xero's error bodies, of all shapes (Xero fact 6)."""

    type: str | None = None
    title: str | None = None
    detail: str | None = None
    message: str | None = None
    elements: tuple[Failed, ...] = ()

    @property
    def messages(self) -> tuple[str, ...]:
        """Every message there is, the elements' before the general one."""
        own = tuple(error.message for element in self.elements for error in element.validation_errors)
        return own or tuple(text for text in (self.message, self.detail, self.title) if text)


_decoders: dict[type[Any], msgspec.json.Decoder[Any]] = {}


def decoded(body: bytes, shape: type[T]) -> T:
    """The answer in `body`. Raises `msgspec.MsgspecError` when it is not that."""
    decoder = _decoders.get(shape)
    if decoder is None:
        decoder = _decoders[shape] = msgspec.json.Decoder(shape)
    answer: T = decoder.decode(body)
    return answer


def failure(body: bytes) -> Failure:
    """The error in `body`; plain text (Xero fact 6: 503) becomes the message."""
    try:
        return decoded(body, Failure)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return Failure(message=body[:500].decode("utf-8", "replace").strip())


def moment(text: str | None) -> datetime | None:
    """`/Date(1494201600000+0000)/` as aware UTC. The number is UTC already; the offset is never added (Xero fact 4.2)."""
    if not text:
        return None
    found = _DATE.fullmatch(text)
    return _EPOCH + timedelta(milliseconds=int(found[1])) if found else None


def day(text: str | None, stamp: str | None = None) -> date | None:
    """A calendar date: from `2026-09-14T00:00:00`, else from the stamp, which is midnight UTC of that day (Xero fact 4.2)."""
    if text:
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            pass
    at = moment(stamp or text)
    return at.date() if at else None
