"""The document of a payment as the payment shows it: under the name Invoice, whatever it is (OpenAPI examples of `/Payments`)."""

from collections.abc import Mapping

from crossfoot_sandbox.xero.books.book import XeroRecord
from crossfoot_sandbox.xero.books.organisation import Organisation
from crossfoot_sandbox.xero.kinds.days import show_day
from crossfoot_sandbox.xero.kinds.lines import shown_lines
from crossfoot_sandbox.xero.kinds.settling import OPEN_FIELD, show_credits, show_payments
from crossfoot_sandbox.xero.kinds.sums import ZERO
from crossfoot_sandbox.xero.shape import Json, ms_date, second

_AS_INVOICE: Mapping[str, str] = {
    "RECEIVE-OVERPAYMENT": "AROVERPAYMENT",
    "RECEIVE-PREPAYMENT": "ARPREPAYMENT",
    "SPEND-OVERPAYMENT": "APOVERPAYMENT",
    "SPEND-PREPAYMENT": "APPREPAYMENT",
}
_PAYMENT_TYPE: Mapping[str, str] = {
    "ACCREC": "ACCRECPAYMENT",
    "ACCPAY": "ACCPAYPAYMENT",
    "ACCRECCREDIT": "ARCREDITPAYMENT",
    "ACCPAYCREDIT": "APCREDITPAYMENT",
    **{name: f"{as_invoice}PAYMENT" for name, as_invoice in _AS_INVOICE.items()},
}


def payment_type(document: XeroRecord) -> str:
    """PaymentType: of invoices and bills a payment, of all others a refund (fact 7.6)."""
    return _PAYMENT_TYPE[document.values["Type"]]


def embedded(organisation: Organisation, kind: str, record_id: str, *, full: bool, places: int) -> Json:
    """The document `record_id` of a kind such as "CreditNotes", whole or by its names only."""
    record = organisation.book(kind)[record_id]
    values = record.values
    contact = organisation.contacts[values["Contact"]["ContactID"]]
    row: Json = {"Type": _AS_INVOICE.get(values["Type"], values["Type"]), "InvoiceID": record.id}
    number = values.get("InvoiceNumber") or values.get("CreditNoteNumber")
    if number:
        row["InvoiceNumber"] = number
    named: Json = {"ContactID": contact.id, "Name": contact.values.get("Name", "")}
    if not full:
        row |= {"Payments": [], "CreditNotes": [], "Prepayments": [], "Overpayments": []}
        row |= {"HasErrors": False, "IsDiscounted": False}
        slots: Json = {"Addresses": [], "Phones": [], "ContactGroups": []}
        row["Contact"] = {**named, **slots, "ContactPersons": [], "HasValidationErrors": False}
        return {**row, "LineItems": [], "CurrencyCode": values["CurrencyCode"]}
    row["Reference"] = values.get("Reference", "")
    row["Payments"] = show_payments(values["Payments"])
    for name in ("CreditNotes", "Prepayments", "Overpayments"):
        row[name] = show_credits(name, values.get(name, []), one=True)
    row["AmountDue"] = values[OPEN_FIELD[kind]]
    row["AmountPaid"] = values.get("AmountPaid", values["Total"] - values[OPEN_FIELD[kind]])
    row["AmountCredited"] = values.get("AmountCredited", ZERO)
    row["SentToContact"] = values.get("SentToContact", False)
    row |= {
        "CurrencyRate": values["CurrencyRate"],
        "IsDiscounted": "TotalDiscount" in values,
        "HasErrors": False,
    }
    row["Contact"] = {**named, "ContactPersons": [], "HasValidationErrors": False}
    for name in ("Date", "DueDate"):
        show_day(row, name, values.get(name))
    row |= {"Status": record.status, "LineAmountTypes": values["LineAmountTypes"]}
    row["LineItems"] = shown_lines(organisation, values["LineItems"], places=places, one=True)
    row |= {name: values[name] for name in ("SubTotal", "TotalTax", "Total")}
    row |= {"UpdatedDateUTC": ms_date(record.updated_ms), "UpdatedDateUTCString": second(record.updated_ms)}
    row["CurrencyCode"] = values["CurrencyCode"]
    show_day(row, "FullyPaidOnDate", values.get("FullyPaidOnDate"), twin=False)
    return row
