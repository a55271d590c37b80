"""Overpayments and prepayments: money that came before or beyond its invoice, made by bank transactions only (Xero fact 7.7)."""

from collections.abc import Mapping
from typing import ClassVar

from crossfoot_sandbox.xero import fields
from crossfoot_sandbox.xero.books.act import Act
from crossfoot_sandbox.xero.books.book import Book, XeroRecord
from crossfoot_sandbox.xero.books.organisation import Organisation
from crossfoot_sandbox.xero.errors import MethodNotAllowed
from crossfoot_sandbox.xero.kinds import document_shapes as shapes
from crossfoot_sandbox.xero.kinds.days import show_day
from crossfoot_sandbox.xero.kinds.lines import shown_lines
from crossfoot_sandbox.xero.kinds.resource import Form, Plan
from crossfoot_sandbox.xero.kinds.settling import show_allocations, show_payments
from crossfoot_sandbox.xero.shape import Json, is_guid, ms_date, second
from crossfoot_sandbox.xero.where import Column

_TEXTS = ("Reference", "InvoiceNumber", "Type", "CurrencyCode", "LineAmountTypes")
_MONEY = ("RemainingCredit", "SubTotal", "TotalTax", "Total", "CurrencyRate")


def _event_data(record: XeroRecord) -> Json:
    """Type, status and the date (fact 9)."""
    return {
        "Type": record.values["Type"],
        "Status": record.status,
        "UpdatedDateUTCString": second(record.updated_ms),
    }


class _Prepaid:
    """What both kinds have in common."""

    key: ClassVar[str]
    id_field: ClassVar[str]
    columns: ClassVar[Mapping[str, Column]] = {
        **shapes.columns(_TEXTS, _MONEY, ("Date",)),
        "OverpaymentID": Column("Guid", lambda record: record.id),
        "PrepaymentID": Column("Guid", lambda record: record.id),
    }

    read = staticmethod(fields.reader({}))  # nothing is ever sent to these paths

    @classmethod
    def new_book(cls, owner: str) -> Book:
        """Those of one contact are together."""
        return Book(
            cls.key,
            owner,
            {},
            documents=True,
            groups=lambda values: (values["Contact"]["ContactID"],),
            event=cls.key.removesuffix("s").upper(),
            event_data=_event_data,
        )

    @staticmethod
    def named(book: Book, key: str) -> XeroRecord | None:
        """The one with this id."""
        return book.live(key) if is_guid(key) else None

    @staticmethod
    def match(_organisation: Organisation, _changes: Json) -> XeroRecord | None:
        """They are not written to."""
        raise MethodNotAllowed

    @staticmethod
    def plan(_organisation: Organisation, _record: XeroRecord | None, _changes: Json, _places: int) -> Plan:
        """They are not written to."""
        raise MethodNotAllowed

    @staticmethod
    def follow(act: Act, record: XeroRecord, changes: Json) -> None:
        """Nothing follows."""

    @classmethod
    def shown(cls, organisation: Organisation, record: XeroRecord, form: Form, places: int) -> Json:
        """As the OpenAPI examples have it; without page no lines."""
        values, one = record.values, form is Form.ONE
        row: Json = {cls.id_field: record.id, "ID": record.id, "Type": values["Type"]}
        shapes.copied(values, ("Reference", "InvoiceNumber", "CurrencyRate", "RemainingCredit"), row)
        row["Allocations"] = show_allocations(values["Allocations"])
        row["Payments"] = show_payments(values["Payments"])
        row["HasAttachments"] = False
        row["Contact"] = shapes.contact_of(organisation, record, full=one, written=False)
        show_day(row, "Date", values["Date"])
        row |= {"Status": record.status, "LineAmountTypes": values["LineAmountTypes"]}
        lines = values["LineItems"] if form is not Form.LIST else []
        row["LineItems"] = shown_lines(organisation, lines, places=places, one=one)
        shapes.copied(values, ("SubTotal", "TotalTax", "Total"), row)
        row |= {
            "UpdatedDateUTC": ms_date(record.updated_ms),
            "UpdatedDateUTCString": second(record.updated_ms),
        }
        return {**row, "CurrencyCode": values["CurrencyCode"]}

    @staticmethod
    def echo(sent: Json, _record: XeroRecord | None, *, marked: bool) -> Json:
        """They are not written to, so nothing is ever refused."""
        return {**sent, "StatusAttributeString": "ERROR"} if marked else sent


class Overpayments(_Prepaid):
    """Money beyond what was due, without tax."""

    key: ClassVar[str] = "Overpayments"
    type_name: ClassVar[str] = "Overpayment"
    id_field: ClassVar[str] = "OverpaymentID"


class Prepayments(_Prepaid):
    """Money before there is an invoice, with tax."""

    key: ClassVar[str] = "Prepayments"
    type_name: ClassVar[str] = "Prepayment"
    id_field: ClassVar[str] = "PrepaymentID"
