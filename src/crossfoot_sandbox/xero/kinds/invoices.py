"""What an invoice is to Xero: sales invoices (ACCREC) and bills (ACCPAY), in the shapes in which they are shown (Xero fact 7.4)."""

from collections.abc import Mapping
from typing import Any, ClassVar

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
from crossfoot_sandbox.xero.kinds.settling import show_credits, show_payments
from crossfoot_sandbox.xero.shape import Json, is_guid, ms_date, second
from crossfoot_sandbox.xero.where import Column

KIND = documents.DocumentKind(
    "Invoices",
    "Invoice",
    "InvoiceID",
    "InvoiceNumber",
    "INV-",
    "ACCREC",
    "ACCPAY",
    due=True,
    open_field="AmountDue",
)
_MARKS = {"ACCREC": mark("IsCustomer"), "ACCPAY": mark("IsSupplier")}
_LISTS = ("Payments", "CreditNotes", "Prepayments", "Overpayments")
_TEXTS = ("InvoiceNumber", "Reference", "Type", "CurrencyCode", "LineAmountTypes", "Url")
_MONEY = (
    "AmountDue",
    "AmountPaid",
    "AmountCredited",
    "SubTotal",
    "TotalTax",
    "Total",
    "TotalDiscount",
    "CurrencyRate",
)
_DAYS = ("Date", "DueDate", "FullyPaidOnDate", "ExpectedPaymentDate", "PlannedPaymentDate")


class Invoices:
    """The invoice's half of `api/writing.py` and `api/listing.py`."""

    key: ClassVar[str] = "Invoices"
    type_name: ClassVar[str] = "Invoice"
    columns: ClassVar[Mapping[str, Column]] = {
        **shapes.columns(_TEXTS, _MONEY, _DAYS),
        "InvoiceID": Column("Guid", lambda record: record.id),
        "SentToContact": Column("Boolean", lambda record: record.values.get("SentToContact", False)),
        "RepeatingInvoiceID": Column("Guid", lambda record: record.values.get("RepeatingInvoiceID")),
    }

    read = staticmethod(fields.reader(documents.reader_of(KIND)))

    @staticmethod
    def new_book(owner: str) -> Book:
        """Sales invoices are found by number."""
        return documents.new_book(KIND, owner, "INVOICE")

    @staticmethod
    def named(book: Book, key: str) -> XeroRecord | None:
        """The invoice that a path means: by id or, for sales invoices, by number."""
        return book.live(key) if is_guid(key) else book.find("InvoiceNumber", key)

    @staticmethod
    def match(organisation: Organisation, changes: Json) -> XeroRecord | None:
        """The invoice that a POST without id in the path edits: by InvoiceID, else by the number of a sales invoice."""
        return documents.match(KIND, organisation, changes)

    @staticmethod
    def plan(organisation: Organisation, record: XeroRecord | None, changes: Json, places: int) -> Plan:
        """See `documents.plan`."""
        return documents.plan(KIND, organisation, record, changes, places)

    @staticmethod
    def follow(act: Act, record: XeroRecord, _changes: Json) -> None:
        """The contact becomes a customer or supplier; items on the lines are in use."""
        _MARKS[record.values["Type"]](act, record)

    @staticmethod
    def shown(organisation: Organisation, record: XeroRecord, form: Form, places: int) -> Json:
        """The invoice as the given kind of answer carries it (recorded; embeddings differ per call, fact 4.3)."""
        values, written = record.values, form is Form.WRITTEN
        full = written or form is Form.ONE
        row: Json = {"Type": values["Type"], "InvoiceID": record.id}
        _copy(values, ("InvoiceNumber", "Reference", "Url"), row)
        for name in _LISTS:
            if not _lists(form, name, values):
                continue
            if name == "Payments":
                row[name] = show_payments(values[name])
            else:
                row[name] = show_credits(name, values[name], one=full)
        row["AmountDue"], row["AmountPaid"] = values["AmountDue"], values["AmountPaid"]
        if not written:
            row["AmountCredited"] = values["AmountCredited"]
        row["SentToContact"] = values.get("SentToContact", False)
        row["CurrencyRate"] = values["CurrencyRate"]
        row["IsDiscounted"] = "TotalDiscount" in values
        if not written and form is not Form.SUMMARY:
            row["HasAttachments"] = False
        if not full:
            row["InvoiceAddresses"] = []
        row["HasErrors"] = False
        if form is Form.ONE:
            row["Attachments"] = []
        _copy(values, ("RepeatingInvoiceID",), row)
        row["InvoicePaymentServices"] = []
        row["UpdatedDateUTCString"] = second(record.updated_ms)
        row["Contact"] = shapes.contact_of(organisation, record, full=full, written=written)
        for name in _DAYS[:2]:
            show_day(row, name, values.get(name))
        for name in _DAYS[3:]:
            show_day(row, name, values.get(name), twin=False)
        _copy(values, ("BrandingThemeID",), row)
        row["Status"] = record.status
        row["LineAmountTypes"] = values["LineAmountTypes"]
        if form is not Form.SUMMARY:
            lines = values["LineItems"] if form is not Form.LIST else []
            row["LineItems"] = shown_lines(organisation, lines, places=places, one=full)
        _copy(values, ("SubTotal", "TotalTax", "Total", "TotalDiscount"), row)
        row["UpdatedDateUTC"] = ms_date(record.updated_ms)
        row["CurrencyCode"] = values["CurrencyCode"]
        show_day(row, "FullyPaidOnDate", values.get("FullyPaidOnDate"), twin=False)
        return row

    @staticmethod
    def echo(sent: Json, record: XeroRecord | None, *, marked: bool) -> Json:
        """A refused element as it comes back: merged with what is stored, with the requested status (recorded)."""
        row = shapes.echo(KIND, sent, record, marked=marked)
        return {**row, **{name: [] for name in _LISTS}, "IsDiscounted": False, "InvoicePaymentServices": []}


def _lists(form: Form, name: str, values: Mapping[str, Any]) -> bool:
    """Which lists an answer has: after a write no payments and credit notes, by id only those that have entries (recorded)."""
    if form is Form.SUMMARY:
        return name != "Payments"
    if form in (Form.PAGE, Form.LIST) or name in ("Prepayments", "Overpayments"):
        return True
    return form is Form.ONE and bool(values[name])


_copy = shapes.copied
