"""How documents are shown, filtered and refused: what invoices, credit notes and prepaid money have in common."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from crossfoot_sandbox.xero.books.book import XeroRecord
from crossfoot_sandbox.xero.books.organisation import Organisation
from crossfoot_sandbox.xero.kinds.days import instant, show_day
from crossfoot_sandbox.xero.kinds.document_contact import CONTACTS, stub
from crossfoot_sandbox.xero.kinds.documents import DocumentKind
from crossfoot_sandbox.xero.kinds.resource import Form
from crossfoot_sandbox.xero.shape import ZERO_ID, Json
from crossfoot_sandbox.xero.where import Column


def columns(texts: Iterable[str], money: Iterable[str], days: Iterable[str]) -> dict[str, Column]:
    """Columns of `where` and `order`; those of the contact are made per call, see `document_calls.py`."""
    return {
        **{name: Column("String", _value(name)) for name in texts},
        **{name: Column("Decimal", _value(name)) for name in money},
        **{name: Column("DateTime", _instant(name)) for name in days},
        "Status": Column("String", lambda record: record.status),
        "BrandingThemeID": Column("Guid", _value("BrandingThemeID")),
        "UpdatedDateUTC": Column("DateTime", lambda record: record.updated),
        "Contact.ContactID": Column("Guid", lambda record: record.values["Contact"]["ContactID"]),
    }


def _value(name: str) -> Callable[[Any], Any]:
    return lambda record: record.values.get(name)


def _instant(name: str) -> Callable[[Any], Any]:
    return lambda record: instant(record.values.get(name))


def contact_of(organisation: Organisation, record: XeroRecord, *, full: bool, written: bool) -> Json:
    """The embedded contact: whole by id and after a write, id and name in lists (recorded)."""
    if not full:
        return stub(organisation, record)
    contact = organisation.contacts[record.values["Contact"]["ContactID"]]
    row = CONTACTS.shown(organisation, contact, Form.WRITTEN if written else Form.ONE, 2)
    for name in ("HasAttachments", "Attachments", "Balances"):
        row.pop(name, None)
    return row


def echo(kind: DocumentKind, sent: Json, record: XeroRecord | None, *, marked: bool) -> Json:
    """A refused document as it comes back: what is stored and what was sent over it; zero id for a creation (recorded)."""
    merged = {**(record.values if record else {}), **sent}
    row: Json = {kind.id_field: record.id if record else ZERO_ID}
    copied(merged, ("Type", kind.number_field, "Reference"), row)
    row |= {"InvoiceAddresses": [], "HasErrors": True}
    row["Contact"] = {**merged.get("Contact", {}), "HasValidationErrors": False, "ValidationErrors": []}
    for name in ("Date", "DueDate"):
        show_day(row, name, merged.get(name) or None)
    row["Status"] = sent.get("Status") or (record.status if record else "DRAFT")
    copied(merged, ("LineAmountTypes",), row)
    row["LineItems"] = merged.get("LineItems", [])
    copied(merged, ("SubTotal", "TotalTax", "Total", "CurrencyCode"), row)
    if marked:
        row["StatusAttributeString"] = "ERROR"
    return row


def copied(source: Mapping[str, Any], names: Iterable[str], target: Json) -> None:
    """Copy the fields that are there."""
    for name in names:
        value = source.get(name)
        if value is not None:
            target[name] = value
