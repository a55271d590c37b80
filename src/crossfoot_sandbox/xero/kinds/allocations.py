"""What an allocation is to Xero: a part of a credit note, overpayment or prepayment set against an invoice (facts 7.5 and 7.7)."""

from collections.abc import Mapping
from typing import ClassVar

from crossfoot_sandbox.xero import fields
from crossfoot_sandbox.xero.books.act import Act
from crossfoot_sandbox.xero.books.book import Book, XeroRecord
from crossfoot_sandbox.xero.books.organisation import Organisation
from crossfoot_sandbox.xero.kinds.days import day, lock_problems, show_day
from crossfoot_sandbox.xero.kinds.document_rules import AUTHORISED, DELETED, PAID
from crossfoot_sandbox.xero.kinds.resource import Form, Plan
from crossfoot_sandbox.xero.kinds.settling import invoice_stub, sells, settle
from crossfoot_sandbox.xero.kinds.sums import ZERO, cents
from crossfoot_sandbox.xero.shape import Json
from crossfoot_sandbox.xero.where import Column

NOUNS: Mapping[str, str] = {
    "CreditNotes": "Credit Note",
    "Overpayments": "Overpayment",
    "Prepayments": "Prepayment",
}


class Allocations:
    """The allocation's half of `api/writing.py`. Its changes name the credit as `{"Kind": "CreditNotes", "ID": ...}`, from the path."""

    key: ClassVar[str] = "Allocations"
    type_name: ClassVar[str] = "Allocation"
    columns: ClassVar[Mapping[str, Column]] = {}

    read = staticmethod(
        fields.reader(
            {
                "Amount": fields.number,
                "Date": day,
                "Invoice": fields.nested(dict.fromkeys(("InvoiceID", "InvoiceNumber"), fields.text)),
            }
        )
    )

    @staticmethod
    def new_book(owner: str) -> Book:
        """Allocations are found by their invoice and by their credit."""
        return Book(
            "Allocations",
            owner,
            {},
            documents=True,
            groups=lambda values: (values["Invoice"]["InvoiceID"], values["Credit"]["ID"]),
        )

    @staticmethod
    def named(book: Book, key: str) -> XeroRecord | None:
        """The allocation with this id that was not deleted."""
        record = book.live(key)
        return record if record is not None and record.status == AUTHORISED else None

    @staticmethod
    def match(_organisation: Organisation, _changes: Json) -> XeroRecord | None:
        """Allocations are only made, and deleted by id."""
        return None

    @staticmethod
    def plan(organisation: Organisation, _record: XeroRecord | None, changes: Json, _places: int) -> Plan:
        """A new allocation. Its date is the later one of the two documents', whatever was sent."""
        kind = changes["Credit"]["Kind"]
        noun, credit = NOUNS[kind], organisation.book(kind)[changes["Credit"]["ID"]]
        named = changes.get("Invoice", {})
        invoices = organisation.invoices
        invoice = (
            invoices.live(named["InvoiceID"])
            if named.get("InvoiceID")
            else invoices.find("InvoiceNumber", named.get("InvoiceNumber", ""))
        )
        if invoice is None:
            return Plan(["An existing Invoice with the specified InvoiceID could not be found"])
        amount = cents(changes.get("Amount", ZERO), organisation.switches.half_cent)
        problems = _invoice_problems(noun, credit, invoice)
        if amount <= 0:
            problems.append("Allocation amount must be greater than zero")
        if credit.status not in (AUTHORISED, PAID):
            problems.append(f"{noun} must be authorised before it can be allocated")
        elif amount > credit.values["RemainingCredit"] or amount > invoice.values["AmountDue"]:
            problems.append(f"{noun} cannot be allocated as amount is greater than amount outstanding")
        later = max(credit.values["Date"], invoice.values["Date"])
        problems += lock_problems(organisation.details, later)
        values = {
            "Amount": amount,
            "Date": later,
            "Invoice": {"InvoiceID": invoice.id},
            "Credit": changes["Credit"],
        }
        return Plan(problems, values, AUTHORISED)

    @staticmethod
    def follow(act: Act, record: XeroRecord, _changes: Json) -> None:
        """Both documents are settled anew."""
        credit, invoice_id = record.values["Credit"], record.values["Invoice"]["InvoiceID"]
        settle(act, credit["Kind"], act.organisation.book(credit["Kind"])[credit["ID"]])
        settle(act, "Invoices", act.organisation.invoices[invoice_id])

    @staticmethod
    def shown(organisation: Organisation, record: XeroRecord, _form: Form, _places: int) -> Json:
        """The allocation with its invoice and its credit, both by id."""
        row: Json = {"AllocationID": record.id, "Amount": record.values["Amount"]}
        show_day(row, "Date", record.values["Date"], twin=False)
        row["Invoice"] = {**invoice_stub(record.values["Invoice"]), "ValidationErrors": []}
        kind, credit_id = record.values["Credit"]["Kind"], record.values["Credit"]["ID"]
        id_field = organisation.book(kind).id_field
        row[kind.removesuffix("s")] = {id_field: credit_id, "ID": credit_id, "LineItems": []}
        return {**row, "ValidationErrors": []}

    @staticmethod
    def echo(sent: Json, _record: XeroRecord | None, *, marked: bool) -> Json:
        """A refused allocation as it comes back."""
        row: Json = {"Amount": sent.get("Amount", ZERO), "Invoice": sent.get("Invoice", {})}
        show_day(row, "Date", sent.get("Date") or None, twin=False)
        return {**row, "StatusAttributeString": "ERROR"} if marked else row


def undo(act: Act, allocation: XeroRecord) -> list[str]:
    """Delete an allocation; the reasons why not, if there are any."""
    problems = lock_problems(act.organisation.details, allocation.values["Date"])
    if not problems:
        act.change(Allocations.key, allocation, {}, status=DELETED)
        Allocations.follow(act, allocation, {})
    return problems


def _invoice_problems(noun: str, credit: XeroRecord, invoice: XeroRecord) -> list[str]:
    if sells(credit) is not sells(invoice):
        return [f"{noun} cannot be allocated to an incorrect invoice type"]
    problems = []
    if invoice.status == PAID:
        problems.append("The invoice you are trying to allocate to has already been paid off")
    elif invoice.status != AUTHORISED:
        problems.append("Credits can only be allocated to Authorised documents")
    if credit.values["Contact"] != invoice.values["Contact"]:
        problems.append(f"{noun} cannot be allocated to an invoice of another contact")
    if credit.values["CurrencyCode"] != invoice.values["CurrencyCode"]:
        problems.append(f"{noun} cannot be allocated to an invoice in another currency")
    return problems
