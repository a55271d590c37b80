"""What payments and allocations make of a document: what is paid, credited and still open, and whether it is paid (fact 7.4 to 7.7).

Worked out anew from the payments and allocations that stand, each time one of them comes or goes.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from crossfoot_sandbox.xero.books.act import Act
from crossfoot_sandbox.xero.books.book import XeroRecord
from crossfoot_sandbox.xero.books.organisation import Organisation
from crossfoot_sandbox.xero.kinds.days import show_day
from crossfoot_sandbox.xero.kinds.document_rules import AUTHORISED, PAID
from crossfoot_sandbox.xero.kinds.sums import ZERO
from crossfoot_sandbox.xero.shape import Json

OPEN_FIELD: Mapping[str, str] = {
    "Invoices": "AmountDue",
    "CreditNotes": "RemainingCredit",
    "Overpayments": "RemainingCredit",
    "Prepayments": "RemainingCredit",
}
CREDITS = ("CreditNotes", "Prepayments", "Overpayments")
_PURCHASES = ("ACCPAY", "ACCPAYCREDIT", "SPEND-OVERPAYMENT", "SPEND-PREPAYMENT")


def sells(document: XeroRecord) -> bool:
    """Whether a document stands on the customers' side."""
    return document.values["Type"] not in _PURCHASES


def standing(records: Iterable[XeroRecord]) -> list[XeroRecord]:
    """The payments or allocations that were not deleted, oldest first."""
    return sorted((one for one in records if one.status == AUTHORISED), key=lambda one: one.serial)


def settle(act: Act, key: str, document: XeroRecord) -> None:
    """Bring a document of the kind `key` up to date with what stands against it; its UpdatedDateUTC moves."""
    organisation = act.organisation
    payments = standing(organisation.payments.grouped(document.id))
    allocations = standing(organisation.allocations.grouped(document.id))
    paid = _sum(payments)
    allocated = _sum(allocations)
    open_amount = document.values["Total"] - paid - allocated
    changes: Json = {
        OPEN_FIELD[key]: open_amount + ZERO,
        "Payments": [_payment_row(one) for one in payments],
        "FullyPaidOnDate": None
        if open_amount
        else max(one.values["Date"] for one in (*payments, *allocations)),
    }
    if key == "Invoices":
        changes |= {"AmountPaid": paid, "AmountCredited": allocated}
        changes |= {kind: _credit_rows(organisation, kind, allocations) for kind in CREDITS}
    else:
        changes["Allocations"] = [_allocation_row(organisation, one) for one in allocations]
    told = key != "Invoices" or organisation.switches.payment_fires_invoice_update
    act.change(key, document, changes, status=AUTHORISED if open_amount else PAID, told=told)


def _sum(records: Iterable[XeroRecord]) -> Decimal:
    return sum((one.values["Amount"] for one in records), ZERO)


def _payment_row(payment: XeroRecord) -> Json:
    values = payment.values
    row = {"PaymentID": payment.id, "Date": values["Date"], "Amount": values["Amount"]}
    if "Reference" in values:
        row["Reference"] = values["Reference"]
    return {**row, "CurrencyRate": values["CurrencyRate"]}


def _credit_rows(organisation: Organisation, kind: str, allocations: list[XeroRecord]) -> list[Json]:
    id_field = organisation.book(kind).id_field
    rows = []
    for one in allocations:
        if one.values["Credit"]["Kind"] != kind:
            continue
        credit = organisation.book(kind)[one.values["Credit"]["ID"]]
        row: Json = {id_field: credit.id}
        if "CreditNoteNumber" in credit.values:
            row["CreditNoteNumber"] = credit.values["CreditNoteNumber"]
        row |= {"AppliedAmount": one.values["Amount"], "Date": credit.values["Date"]}
        rows.append({**row, "CurrencyRate": credit.values["CurrencyRate"], "Total": credit.values["Total"]})
    return rows


def _allocation_row(organisation: Organisation, allocation: XeroRecord) -> Json:
    values = allocation.values
    invoice = organisation.invoices[values["Invoice"]["InvoiceID"]]
    row: Json = {"InvoiceID": invoice.id}
    if "InvoiceNumber" in invoice.values:
        row["InvoiceNumber"] = invoice.values["InvoiceNumber"]
    return {"AllocationID": allocation.id, "Amount": values["Amount"], "Date": values["Date"], "Invoice": row}


# How the rows are shown within a document


def show_payments(rows: Iterable[Mapping[str, Any]]) -> list[Json]:
    """Payments as a document carries them: no account, no status (recorded)."""
    return [_dated(row, {"HasAccount": False, "HasValidationErrors": False}) for row in rows]


def show_credits(kind: str, rows: Iterable[Mapping[str, Any]], *, one: bool) -> list[Json]:
    """Credit notes and prepaid money as an invoice carries them; the rate by id only (recorded for credit notes)."""
    shown = []
    for row in rows:
        known = {
            name: value for name, value in row.items() if name != "Date" and (one or name != "CurrencyRate")
        }
        dated: Json = {}
        show_day(dated, "Date", row["Date"])
        id_field = next(iter(row))
        extra: Json = {"ID": row[id_field], "LineItems": []}
        if kind == "CreditNotes":
            extra |= {"HasErrors": False, "InvoiceAddresses": []}
        shown.append({**known, **extra, **dated})
    return shown


def show_allocations(rows: Iterable[Mapping[str, Any]]) -> list[Json]:
    """Allocations as a credit note or prepaid money carries them (recorded)."""
    return [{**_dated(row, {}), "Invoice": invoice_stub(row["Invoice"])} for row in rows]


def invoice_stub(named: Mapping[str, Any]) -> Json:
    """An invoice by id, as allocations carry it (recorded)."""
    return {
        **named,
        "Payments": [],
        "CreditNotes": [],
        "Prepayments": [],
        "Overpayments": [],
        "IsDiscounted": False,
        "InvoiceAddresses": [],
        "HasErrors": False,
        "InvoicePaymentServices": [],
        "LineItems": [],
    }


def _dated(row: Mapping[str, Any], extra: Json) -> Json:
    found: Json = {}
    for name, value in row.items():
        if isinstance(value, date):
            show_day(found, name, value, twin=False)
        else:
            found[name] = value
    return {**found, **extra}
