"""What a colleague does with documents in Xero's own pages, by the rules of the API and a little beyond them."""

from datetime import date
from decimal import Decimal
from typing import Any

from crossfoot_sandbox.xero.books.book import ACTIVE, ARCHIVED, XeroRecord
from crossfoot_sandbox.xero.kinds import allocations
from crossfoot_sandbox.xero.kinds.days import due_by_terms, lock_problems, today
from crossfoot_sandbox.xero.kinds.document_rules import AUTHORISED, DELETED, DRAFT, SUBMITTED, VOIDED
from crossfoot_sandbox.xero.kinds.resource import carry_out
from crossfoot_sandbox.xero.kinds.settling import OPEN_FIELD, sells
from crossfoot_sandbox.xero.kinds.sums import INCLUSIVE, NO_TAX
from crossfoot_sandbox.xero.kinds.table import RESOURCES
from crossfoot_sandbox.xero.pages.office import Office
from crossfoot_sandbox.xero.shape import Json, ms_date

BANK, SALES = "090", "200"


class Bookkeeper:
    """Every method raises `ValueError` with Xero's own words where its page would refuse."""

    def __init__(self, organisation: Office, by: str = "ben") -> None:
        self._organisation = organisation
        self._by = by

    def approves(self, kind: str, document_id: str, **changes: Any) -> None:
        """A draft becomes an approved document; `changes` are made with it, such as a DueDate."""
        self._organisation.person_edits(kind, document_id, {**changes, "Status": AUTHORISED}, self._by)

    def voids(self, kind: str, document_id: str) -> None:
        """An approved document becomes void, a draft is deleted."""
        _, record = self._document(document_id)
        status = DELETED if record.status in (DRAFT, SUBMITTED) else VOIDED
        self._organisation.person_edits(kind, document_id, {"Status": status}, self._by)

    def pays(
        self,
        document_id: str,
        amount: Decimal | None = None,
        *,
        account: str = BANK,
        on: date | None = None,
        reference: str = "",
        reconciled: bool = False,
    ) -> str:
        """A payment of a document (of a credit: a refund), all that is open unless told otherwise; returns its id."""
        kind, record = self._document(document_id)
        field = kind.removesuffix("s")
        values: Json = {
            field: {f"{field}ID": document_id},
            "Account": {"Code": account},
            "Amount": record.values[OPEN_FIELD[kind]] if amount is None else amount,
            "IsReconciled": reconciled,
            "Reference": reference,
        }
        if on is not None:
            values["Date"] = on.isoformat()
        return self._organisation.person_creates("Payments", values, self._by)

    def removes_payment(self, payment_id: str) -> None:
        """A payment is deleted; people may remove reconciled ones too, which takes the reconciliation with it."""
        payment = self._found("Payments", payment_id)
        problems = lock_problems(self._organisation.details, payment.values["Date"])
        if payment.status == DELETED or problems:
            raise ValueError(" ".join(problems) or "the payment is deleted already")
        act = self._organisation.act_of(self._by)
        act.change("Payments", payment, {"IsReconciled": False}, status=DELETED)
        RESOURCES["Payments"].follow(act, payment, {})
        act.tell()

    def reconciles(self, payment_id: str, *, reconciled: bool = True) -> None:
        """A payment is matched with the bank's statement, or no longer is. Its document does not change (assumed)."""
        payment = self._found("Payments", payment_id)
        if payment.status == DELETED:
            raise ValueError("the payment is deleted")
        act = self._organisation.act_of(self._by)
        act.change("Payments", payment, {"IsReconciled": reconciled})
        act.tell()

    def allocates(self, credit_id: str, invoice_id: str, amount: Decimal | None = None) -> str:
        """A credit note or prepaid money is set against an invoice, as much as both allow unless told otherwise; returns the allocation's id."""
        kind, credit = self._document(credit_id)
        invoice = self._found("Invoices", invoice_id)
        resource, act = RESOURCES["Allocations"], self._organisation.act_of(self._by)
        most: Decimal = min(credit.values["RemainingCredit"], invoice.values["AmountDue"])
        changes: Json = {
            "Amount": most if amount is None else amount,
            "Invoice": {"InvoiceID": invoice_id},
            "Credit": {"Kind": kind, "ID": credit_id},
        }
        plan = resource.plan(self._organisation, None, changes, 4)
        if plan.problems:
            raise ValueError(" ".join(plan.problems))
        record = carry_out(act, resource, None, changes, plan)
        act.tell()
        return record.id

    def removes_allocation(self, allocation_id: str) -> None:
        """An allocation is taken back."""
        allocation = self._found("Allocations", allocation_id)
        act = self._organisation.act_of(self._by)
        problems = (
            allocations.undo(act, allocation)
            if allocation.status == AUTHORISED
            else ["it is deleted already"]
        )
        if problems:
            raise ValueError(" ".join(problems))
        act.tell()

    def credits(self, invoice_id: str, amount: Decimal | None = None) -> str:
        """A credit note for an invoice, approved and allocated: its lines again, or one line of an amount with tax in it.

        Returns the credit note's id.
        """
        invoice = self._found("Invoices", invoice_id)
        lines, basis = invoice.values["LineItems"], invoice.values["LineAmountTypes"]
        if amount is not None:
            first = next(line for line in lines if "LineAmount" in line)
            coded = {name: first[name] for name in ("AccountCode", "TaxType") if name in first}
            lines = [{"Description": "Credit", "Quantity": 1, "UnitAmount": amount, **coded}]
            basis = INCLUSIVE if basis != NO_TAX else NO_TAX
        kept = (
            "Quantity",
            "UnitAmount",
            "LineAmount",
            "TaxAmount",
            "TaxType",
            "AccountCode",
            "Description",
            "ItemCode",
        )
        values: Json = {
            "Type": "ACCRECCREDIT" if sells(invoice) else "ACCPAYCREDIT",
            "Contact": invoice.values["Contact"],
            "LineItems": [_credited({name: line[name] for name in kept if name in line}) for line in lines],
            "LineAmountTypes": basis,
            "CurrencyCode": invoice.values["CurrencyCode"],
            "Status": AUTHORISED,
        }
        if "InvoiceNumber" in invoice.values:
            values["Reference"] = invoice.values["InvoiceNumber"]
        note = self._organisation.person_creates("CreditNotes", values, self._by)
        self.allocates(note, invoice_id)
        return note

    def receives(
        self,
        contact_id: str,
        amount: Decimal,
        kind: str = "OVERPAYMENT",
        *,
        currency: str = "",
        account: str = BANK,
    ) -> str:
        """Money that no invoice is there for: an OVERPAYMENT, or a PREPAYMENT with tax in it; returns the credit's id."""
        values: Json = {
            "Type": f"RECEIVE-{kind}",
            "Contact": {"ContactID": contact_id},
            "BankAccount": {"Code": account},
            "LineAmountTypes": INCLUSIVE,
            "LineItems": [
                {"Description": "Received", "Quantity": 1, "UnitAmount": amount, "AccountCode": SALES}
            ],
        }
        if currency:
            values["CurrencyCode"] = currency
        made = self._organisation.person_creates("BankTransactions", values, self._by)
        credit = self._organisation.book({"PREPAYMENT": "Prepayments"}.get(kind, "Overpayments"))
        return str(self._organisation.book("BankTransactions")[made].values[credit.id_field])

    def repeats(self, template_id: str, on: date | None = None) -> str:
        """Xero makes the next invoice of a repeating one, in the template's status; returns its id."""
        template = self._found("RepeatingInvoices", template_id)
        issued = on or today(self._organisation.details, self._organisation.now_ms())
        schedule = template.values["Schedule"]
        terms = {"Day": schedule.get("DueDate", 0), "Type": schedule.get("DueDateType", "DAYSAFTERBILLDATE")}
        due = due_by_terms({**terms, "Type": terms["Type"].replace("INVOICE", "BILL")}, issued) or issued
        kept = ("Type", "Contact", "LineItems", "LineAmountTypes", "Reference")
        changes: Json = {name: template.values[name] for name in kept if name in template.values}
        changes |= {"Date": issued, "DueDate": due, "Status": template.status}
        resource, act = RESOURCES["Invoices"], self._organisation.act_of(self._by)
        act.author = "vendor"
        plan = resource.plan(self._organisation, None, changes, 4)
        if plan.problems:
            raise ValueError(" ".join(plan.problems))
        plan.values["RepeatingInvoiceID"] = template.id
        record = carry_out(act, resource, None, changes, plan)
        act.tell()
        return record.id

    def locks(self, period: date | None = None, year: date | None = None) -> None:
        """Lock dates: nothing may be posted or changed up to and including them. None opens the books again."""
        self._organisation.change_organisation(PeriodLockDate=period, EndOfYearLockDate=year)

    def archives_account(self, code: str, *, archived: bool = True) -> None:
        """An account can no longer be used, or can be again. System accounts stay."""
        account = self._organisation.account(code)
        if account is None or account.get("SystemAccount"):
            raise ValueError(f"no account {code} that could be archived")
        moved = {
            "Status": ARCHIVED if archived else ACTIVE,
            "UpdatedDateUTC": ms_date(self._organisation.now_ms()),
        }
        self._organisation.accounts[account["AccountID"]] = {**account, **moved}

    def _document(self, record_id: str) -> tuple[str, XeroRecord]:
        for kind in OPEN_FIELD:
            record = self._organisation.book(kind).live(record_id)
            if record is not None:
                return kind, record
        raise ValueError(f"no document {record_id}")

    def _found(self, kind: str, record_id: str) -> XeroRecord:
        record = self._organisation.book(kind).live(record_id)
        if record is None:
            raise ValueError(f"{kind} has no record {record_id}")
        return record


def _credited(line: Json) -> Json:
    """A line of an invoice on its credit note, which has no discounts: the price is what it came to."""
    if "LineAmount" in line and line["Quantity"] * line["UnitAmount"] != line["LineAmount"]:
        return {**line, "Quantity": 1, "UnitAmount": line["LineAmount"]}
    return line
