"""Repeating invoices: templates from which Xero makes invoices by itself. Apps can only read them here (Xero fact 7.10)."""

from collections.abc import Mapping
from typing import ClassVar

from crossfoot_sandbox.xero import fields
from crossfoot_sandbox.xero.books.act import Act
from crossfoot_sandbox.xero.books.book import Book, XeroRecord
from crossfoot_sandbox.xero.books.organisation import Organisation
from crossfoot_sandbox.xero.kinds import document_shapes as shapes
from crossfoot_sandbox.xero.kinds import documents, lines
from crossfoot_sandbox.xero.kinds.days import day, show_day
from crossfoot_sandbox.xero.kinds.document_contact import chosen
from crossfoot_sandbox.xero.kinds.document_rules import AUTHORISED, DELETED, DRAFT
from crossfoot_sandbox.xero.kinds.resource import Form, Plan
from crossfoot_sandbox.xero.kinds.sums import EXCLUSIVE, INCLUSIVE, NO_TAX, totals
from crossfoot_sandbox.xero.shape import ZERO_ID, Json, is_guid
from crossfoot_sandbox.xero.where import Column

_DAYS = ("StartDate", "NextScheduledDate", "EndDate")
_TERMS = (
    "DAYSAFTERBILLDATE",
    "DAYSAFTERBILLMONTH",
    "DAYSAFTERINVOICEDATE",
    "DAYSAFTERINVOICEMONTH",
    "OFCURRENTMONTH",
    "OFFOLLOWINGMONTH",
)
_SCHEDULE = {
    **dict.fromkeys(("Period", "DueDate"), fields.whole),
    "Unit": fields.enum("RepeatingInvoiceUnit", ("WEEKLY", "MONTHLY")),
    "DueDateType": fields.enum("DueDateType", _TERMS),
    **dict.fromkeys(_DAYS, day),
}


class RepeatingInvoices:
    """The template's half of `api/listing.py`; people make templates, apps do not."""

    key: ClassVar[str] = "RepeatingInvoices"
    type_name: ClassVar[str] = "RepeatingInvoice"
    columns: ClassVar[Mapping[str, Column]] = {
        **shapes.columns(("Type", "Reference", "CurrencyCode"), ("SubTotal", "TotalTax", "Total"), ()),
        "RepeatingInvoiceID": Column("Guid", lambda record: record.id),
    }

    read = staticmethod(
        fields.reader(
            {
                "Type": fields.enum("InvoiceType", ("ACCREC", "ACCPAY")),
                "Contact": documents.read_contact_block,
                "Schedule": fields.nested(_SCHEDULE),
                "LineItems": lines.read_lines,
                "LineAmountTypes": fields.enum("LineAmountTypes", (EXCLUSIVE, INCLUSIVE, NO_TAX)),
                "Reference": fields.text,
                "Status": fields.enum("RepeatingInvoiceStatus", (DRAFT, AUTHORISED, DELETED)),
            }
        )
    )

    @staticmethod
    def new_book(owner: str) -> Book:
        """Those of one contact are together."""
        return Book("RepeatingInvoices", owner, {}, groups=lambda values: (values["Contact"]["ContactID"],))

    @staticmethod
    def named(book: Book, key: str) -> XeroRecord | None:
        """The template with this id."""
        return book.live(key) if is_guid(key) else None

    @staticmethod
    def match(_organisation: Organisation, _changes: Json) -> XeroRecord | None:
        """Templates are made and named by people only."""
        return None

    @staticmethod
    def plan(organisation: Organisation, record: XeroRecord | None, changes: Json, places: int) -> Plan:
        """A new template, or another status of one."""
        if record is not None:
            return Plan([], {}, changes.get("Status"))
        who, problems = chosen(organisation, changes.get("Contact"))
        basis = changes.get("LineAmountTypes", EXCLUSIVE)
        selling = changes.get("Type", "ACCREC") == "ACCREC"
        kind = lines.Kind("SalesDetails" if selling else "PurchaseDetails", discounts=selling)
        setting = lines.Setting(organisation, kind, basis, basis, DRAFT, places)
        planned = lines.planned(setting, [], changes.get("LineItems", []))
        sums = totals(planned.rows, basis, organisation.switches.half_cent)
        problems += planned.problems
        if "Schedule" not in changes:
            problems.append("A Schedule must be specified.")
        if problems or who is None:
            return Plan(problems)
        values: Json = {
            "Type": changes.get("Type", "ACCREC"),
            "Schedule": changes["Schedule"],
            "Reference": changes.get("Reference") or None,
            "LineAmountTypes": basis,
            "LineItems": planned.rows,
            "SubTotal": sums.sub_total,
            "TotalTax": sums.total_tax,
            "Total": sums.total,
            "CurrencyCode": organisation.details["BaseCurrency"],
        }
        return Plan([], values, changes.get("Status", DRAFT), first=who.settle)

    @staticmethod
    def follow(act: Act, record: XeroRecord, changes: Json) -> None:
        """Nothing else changes."""

    @staticmethod
    def shown(organisation: Organisation, record: XeroRecord, _form: Form, places: int) -> Json:
        """As the OpenAPI example has it."""
        values = record.values
        schedule: Json = {name: value for name, value in values["Schedule"].items() if name not in _DAYS}
        for name in _DAYS:
            show_day(schedule, name, values["Schedule"].get(name), twin=False)
        row: Json = {"Schedule": schedule, "RepeatingInvoiceID": record.id, "Type": values["Type"]}
        shapes.copied(values, ("Reference",), row)
        flags = ("HasAttachments", "ApprovedForSending", "SendCopy", "MarkAsSent", "IncludePDF")
        row |= {**dict.fromkeys(flags, False), "ID": record.id}
        row["Contact"] = shapes.contact_of(organisation, record, full=False, written=False)
        row |= {"Status": record.status, "LineAmountTypes": values["LineAmountTypes"]}
        row["LineItems"] = lines.shown_lines(organisation, values["LineItems"], places=places, one=False)
        shapes.copied(values, ("SubTotal", "TotalTax", "Total", "CurrencyCode"), row)
        return row

    @staticmethod
    def echo(sent: Json, record: XeroRecord | None, *, marked: bool) -> Json:
        """A refused template as it would come back."""
        row: Json = {"RepeatingInvoiceID": record.id if record else ZERO_ID, **sent}
        return {**row, "StatusAttributeString": "ERROR"} if marked else row
