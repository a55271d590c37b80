"""Brings invented invoices into Xero's books, as if colleagues had made, paid and credited them over the past year."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from crossfoot_sandbox.invented.choices import Choices
from crossfoot_sandbox.invented.documents import STORIES, Deed, Desk, Paper, invent
from crossfoot_sandbox.invented.goods import Accounts
from crossfoot_sandbox.invented.manifest import Document
from crossfoot_sandbox.xero.books.act import Act
from crossfoot_sandbox.xero.books.book import ACTIVE, XeroRecord
from crossfoot_sandbox.xero.kinds.days import today
from crossfoot_sandbox.xero.kinds.resource import carry_out
from crossfoot_sandbox.xero.kinds.settling import standing
from crossfoot_sandbox.xero.kinds.table import RESOURCES
from crossfoot_sandbox.xero.pages.bookkeepers import BANK
from crossfoot_sandbox.xero.pages.office import Office
from crossfoot_sandbox.xero.shape import ms_of

_CENT = Decimal("0.01")
_NOON = 12 * 3_600_000  # milliseconds


def add_invoices(
    organisation: Office,
    *,
    count: int,
    seed: int | str,
    awkward: float,
    accounts: Accounts,
    contacts: Sequence[str],
    items: Sequence[str],
) -> tuple[Document, ...]:
    """Make `count` invoices for these contacts and of these items, the share `awkward` of them anything but plain.

    Only customers that can be invoiced are taken. No webhook tells of any of it. Raises `ValueError` without such a customer.
    """
    customers = [one for one in contacts if _customer(organisation.book("Contacts")[one])]
    if count and not customers:
        raise ValueError(f"{count} invoices need at least one active customer in Xero")
    desk = _desk(organisation, accounts, items)
    clerk = _Clerk(organisation, desk.today)
    made = []
    turns = 0
    for index in range(count):
        due = int((index + 1) * awkward) > turns
        kind = list(STORIES)[turns % len(STORIES)] if due else "plain"
        turns += due
        choices = Choices(seed, "invoice", index)
        contact = customers[choices.below(len(customers))]
        made.append(clerk.makes(invent(index, kind, desk, choices), contact))
    return tuple(made)


def _customer(record: XeroRecord) -> bool:
    return record.status == ACTIVE and not record.values.get("IsSupplier")


def _desk(organisation: Office, accounts: Accounts, items: Sequence[str]) -> Desk:
    sold = [organisation.book("Items")[one].values for one in items]
    codes = [
        str(item["Code"])
        for item in sold
        if item.get("IsSold") and "UnitPrice" in item.get("SalesDetails", {}) and item.get("Name")
    ]
    category = next(iter(organisation.tracking.values()), None)
    tracking = {"Name": category["Name"], "Option": category["Options"][0]["Name"]} if category else None
    return Desk(
        items=codes,
        sales=accounts.sales,
        purchases=accounts.purchases,
        currencies=frozenset(organisation.currencies),
        tracking=tracking,
        untaxed=next(
            str(rate["TaxType"])
            for rate in organisation.tax_rates.values()
            if rate["Status"] == ACTIVE and rate["CanApplyToRevenue"] and not rate["EffectiveRate"]
        ),
        today=today(organisation.details, organisation.now_ms()),
    )


class _Clerk:
    """Writes by the rules of Xero's pages, at the time when it is said to have happened."""

    def __init__(self, organisation: Office, now: date) -> None:
        self._organisation = organisation
        self._today = now

    def makes(self, paper: Paper, contact: str) -> Document:
        """One invoice with everything that became of it."""
        issued = date.fromisoformat(str(paper.values["Date"]))
        invoice = self._write("Invoices", {**paper.values, "Contact": {"ContactID": contact}}, issued)
        for deed in paper.deeds:
            on = min(issued + timedelta(days=deed.after), self._today)
            self._does(deed, invoice, contact, on)
        return Document(paper.kind, invoice.id, contact)

    def _does(self, deed: Deed, invoice: XeroRecord, contact: str, on: date) -> None:
        amount = self._part(invoice, deed.share)
        match deed.act:
            case "approve":
                self._write("Invoices", {"Status": "AUTHORISED"}, on, invoice)
            case "void":
                status = "DELETED" if invoice.status == "DRAFT" else "VOIDED"
                self._write("Invoices", {"Status": status}, on, invoice)
            case "pay":
                self._pays(invoice, amount, on)
            case "remove payment":
                last = standing(self._organisation.payments.grouped(invoice.id))[-1]
                self._write("Payments", {"Status": "DELETED"}, on, last)
            case "credit":
                note = self._write("CreditNotes", self._credit(invoice, contact, amount, on), on)
                self._allocates("CreditNotes", note, invoice, amount, on)
            case "overpay":
                self._pays(invoice, invoice.values["AmountDue"], on)
                self._receives("OVERPAYMENT", contact, amount or _CENT, invoice, on)
            case "prepay":
                credit = self._receives("PREPAYMENT", contact, amount, invoice, on)
                self._allocates("Prepayments", credit, invoice, credit.values["Total"], on)

    @staticmethod
    def _part(invoice: XeroRecord, share: Decimal) -> Decimal:
        return Decimal(invoice.values["AmountDue"] * share).quantize(_CENT, ROUND_HALF_UP)

    def _pays(self, invoice: XeroRecord, amount: Decimal, on: date) -> None:
        if amount:
            values = {"Invoice": {"InvoiceID": invoice.id}, "Account": {"Code": BANK}, "Amount": amount}
            self._write("Payments", {**values, "Date": on.isoformat(), "Reference": "Direct credit"}, on)

    def _credit(self, invoice: XeroRecord, contact: str, amount: Decimal, on: date) -> dict[str, Any]:
        coded = next(line for line in invoice.values["LineItems"] if "LineAmount" in line)
        return {
            "Type": "ACCRECCREDIT",
            "Contact": {"ContactID": contact},
            "Date": on.isoformat(),
            "Status": "AUTHORISED",
            "Reference": invoice.values["InvoiceNumber"],
            "LineAmountTypes": "Inclusive",
            "CurrencyCode": invoice.values["CurrencyCode"],
            "LineItems": [
                {
                    "Description": "Credit",
                    "Quantity": 1,
                    "UnitAmount": amount,
                    "AccountCode": coded["AccountCode"],
                }
            ],
        }

    def _receives(
        self, kind: str, contact: str, amount: Decimal, invoice: XeroRecord, on: date
    ) -> XeroRecord:
        line = {"Description": "Received", "Quantity": 1, "UnitAmount": amount}
        values = {
            "Type": f"RECEIVE-{kind}",
            "Contact": {"ContactID": contact},
            "BankAccount": {"Code": BANK},
            "Date": on.isoformat(),
            "LineAmountTypes": "Inclusive",
            "LineItems": [{**line, "AccountCode": invoice.values["LineItems"][0]["AccountCode"]}],
        }
        made = self._write("BankTransactions", values, on)
        kinds = {"OVERPAYMENT": "Overpayments", "PREPAYMENT": "Prepayments"}
        book = self._organisation.book(kinds[kind])
        return book[made.values[book.id_field]]

    def _allocates(
        self, kind: str, credit: XeroRecord, invoice: XeroRecord, amount: Decimal, on: date
    ) -> None:
        values = {"Amount": amount, "Invoice": {"InvoiceID": invoice.id}}
        self._write("Allocations", values, on, context={"Credit": {"Kind": kind, "ID": credit.id}})

    def _write(
        self,
        kind: str,
        values: dict[str, Any],
        on: date,
        record: XeroRecord | None = None,
        context: dict[str, Any] | None = None,
    ) -> XeroRecord:
        at = min(ms_of(on) + _NOON, self._organisation.now_ms())
        act = Act(self._organisation, at, "person:import")
        resource = RESOURCES[kind]
        changes = {**resource.read(values), **(context or {})}
        plan = resource.plan(self._organisation, record, changes, 4)
        if plan.problems:
            raise ValueError(f"an invented record of {kind} is refused: {' '.join(plan.problems)}")
        return carry_out(act, resource, record, changes, plan)
