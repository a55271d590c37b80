"""What a credit note is to Xero: of sales (ACCRECCREDIT) or of bills (ACCPAYCREDIT), set against invoices or paid out (fact 7.5)."""

from collections.abc import Mapping
from typing import ClassVar

from crossfoot_sandbox.xero import fields
from crossfoot_sandbox.xero.books.act import Act
from crossfoot_sandbox.xero.books.book import Book, XeroRecord
from crossfoot_sandbox.xero.books.organisation import Organisation
from crossfoot_sandbox.xero.kinds import document_shapes as shapes
from crossfoot_sandbox.xero.kinds import documents
from crossfoot_sandbox.xero.kinds.days import show_day
from crossfoot_sandbox.xero.kinds.document_contact import mark
from crossfoot_sandbox.xero.kinds.lines import shown_lines
from crossfoot_sandbox.xero.kinds.resource import Form, Plan
from crossfoot_sandbox.xero.kinds.settling import show_allocations, show_payments
from crossfoot_sandbox.xero.shape import Json, is_guid, ms_date, second
from crossfoot_sandbox.xero.where import Column

KIND = documents.DocumentKind(
    "CreditNotes",
    "Credit Note",
    "CreditNoteID",
    "CreditNoteNumber",
    "CN-",
    "ACCRECCREDIT",
    "ACCPAYCREDIT",
    due=False,
    open_field="RemainingCredit",
)
_MARKS = {"ACCRECCREDIT": mark("IsCustomer"), "ACCPAYCREDIT": mark("IsSupplier")}
_TEXTS = ("CreditNoteNumber", "Reference", "Type", "CurrencyCode", "LineAmountTypes")
_MONEY = ("RemainingCredit", "SubTotal", "TotalTax", "Total", "CurrencyRate")


def _event_data(record: XeroRecord) -> Json:
    """Type and status (OpenAPI)."""
    return {"Type": record.values["Type"], "Status": record.status}


class CreditNotes:
    """The credit note's half of `api/writing.py` and `api/listing.py`."""

    key: ClassVar[str] = "CreditNotes"
    type_name: ClassVar[str] = "CreditNote"
    columns: ClassVar[Mapping[str, Column]] = {
        **shapes.columns(_TEXTS, _MONEY, ("Date", "FullyPaidOnDate")),
        "CreditNoteID": Column("Guid", lambda record: record.id),
    }

    read = staticmethod(fields.reader(documents.reader_of(KIND)))

    @staticmethod
    def new_book(owner: str) -> Book:
        """Credit notes of sales are found by number."""
        return documents.new_book(KIND, owner, "CREDITNOTE", _event_data)

    @staticmethod
    def named(book: Book, key: str) -> XeroRecord | None:
        """The credit note that a path means: by id or, for those of sales, by number."""
        return book.live(key) if is_guid(key) else book.find("CreditNoteNumber", key)

    @staticmethod
    def match(organisation: Organisation, changes: Json) -> XeroRecord | None:
        """The credit note that a POST without id in the path edits."""
        return documents.match(KIND, organisation, changes)

    @staticmethod
    def plan(organisation: Organisation, record: XeroRecord | None, changes: Json, places: int) -> Plan:
        """See `documents.plan`."""
        return documents.plan(KIND, organisation, record, changes, places)

    @staticmethod
    def follow(act: Act, record: XeroRecord, _changes: Json) -> None:
        """The contact becomes a customer or supplier."""
        _MARKS[record.values["Type"]](act, record)

    @staticmethod
    def shown(organisation: Organisation, record: XeroRecord, form: Form, places: int) -> Json:
        """The credit note as the given kind of answer carries it (recorded for pages)."""
        values, written = record.values, form is Form.WRITTEN
        full = written or form is Form.ONE
        row: Json = {"CreditNoteID": record.id}
        shapes.copied(values, ("CreditNoteNumber",), row)
        row["SentToContact"] = values.get("SentToContact", False)
        if not written:
            row["Payments"] = show_payments(values["Payments"])
        row |= {"ID": record.id, "HasErrors": False}
        if not full:
            row["InvoiceAddresses"] = []
        row |= {"CurrencyRate": values["CurrencyRate"], "Type": values["Type"]}
        shapes.copied(values, ("Reference",), row)
        row["RemainingCredit"] = values["RemainingCredit"]
        row["Allocations"] = show_allocations(values["Allocations"])
        if not written:
            row["HasAttachments"] = False
        row["UpdatedDateUTCString"] = second(record.updated_ms)
        row["Contact"] = shapes.contact_of(organisation, record, full=full, written=written)
        show_day(row, "Date", values["Date"])
        shapes.copied(values, ("BrandingThemeID",), row)
        row |= {"Status": record.status, "LineAmountTypes": values["LineAmountTypes"]}
        lines = values["LineItems"] if form is not Form.LIST else []
        row["LineItems"] = shown_lines(organisation, lines, places=places, one=full)
        shapes.copied(values, ("SubTotal", "TotalTax", "Total"), row)
        row |= {"UpdatedDateUTC": ms_date(record.updated_ms), "CurrencyCode": values["CurrencyCode"]}
        show_day(row, "FullyPaidOnDate", values.get("FullyPaidOnDate"), twin=False)
        return row

    @staticmethod
    def echo(sent: Json, record: XeroRecord | None, *, marked: bool) -> Json:
        """A refused element as it comes back."""
        return shapes.echo(KIND, sent, record, marked=marked)
