"""Invoices: draft, open, paid, voided; what may change when, and totals that follow a moment later (HubSpot fact 7.3, B1)."""

from decimal import Decimal

from crossfoot_sandbox.hubspot.behaviours.amounts import invoice_totals, linked, paid
from crossfoot_sandbox.hubspot.behaviours.behaviour import Behaviour, Changes, Leaving, Write
from crossfoot_sandbox.hubspot.behaviours.sums import ZERO, text
from crossfoot_sandbox.hubspot.books.account import Account
from crossfoot_sandbox.hubspot.books.book import HubRecord
from crossfoot_sandbox.hubspot.errors import invalid
from crossfoot_sandbox.hubspot.times import iso

_MOVES = {
    "draft": frozenset({"open", "voided"}),
    "open": frozenset({"voided"}),
    "paid": frozenset[str](),
    "voided": frozenset[str](),
}
_NEEDED = {"contacts": "INVOICE_TO_CONTACT", "line_items": "INVOICE_TO_LINE_ITEM"}
_COMPUTED = ("hs_number", "hs_amount_billed")
_LOCKED_WHEN_OPEN = frozenset({"hs_currency", "hs_invoice_billable"})
_LOCKED_AFTER = _LOCKED_WHEN_OPEN | {
    "hs_invoice_date",
    "hs_due_date",
    "hs_purchase_order_number",
    "hs_comments",
    "hs_tax_id",
}
_AMOUNTS = (
    "hs_subtotal",
    "hs_discounts_total",
    "hs_fees_total",
    "hs_taxes_total",
    "hs_amount_billed",
    "hs_amount_paid",
    "hs_balance_due",
)
HANGERS = frozenset({"line_items", "discounts", "fees", "taxes"})
"""What an invoice's total is made of."""
COUNTED = HANGERS | {"commerce_payments"}
"""What decides how much is due."""
_RECIPIENT = {
    "contacts": {
        "hs_recipient_shipping_address": "address",
        "hs_recipient_shipping_city": "city",
        "hs_recipient_shipping_state": "state",
        "hs_recipient_shipping_zip": "zip",
        "hs_recipient_shipping_country": "country",
    },
    "companies": {
        "hs_recipient_company_address": "address",
        "hs_recipient_company_address2": "address2",
        "hs_recipient_company_city": "city",
        "hs_recipient_company_state": "state",
        "hs_recipient_company_zip": "zip",
        "hs_recipient_company_country": "country",
    },
}


class Invoices(Behaviour):
    """The state machine and its locks."""

    def admit(self, write: Write) -> None:
        """Defaults for a new draft; then status, locks and numbers."""
        account = write.account
        sent = dict(write.changes)
        if write.creating:
            now = iso(account.now())
            write.default("hs_invoice_status", "draft")
            for name in ("hs_invoice_date", "hs_due_date"):
                write.default(name, now)
            write.default("hs_invoice_billable", "true")
            write.changes["hs_invoice_source"] = "HUBSPOT"
            write.default("hs_tax_id", next(iter(account.commerce.tax_ids), None))
            for name in _AMOUNTS:
                write.default(name, "0")
        self._computed(write, sent)
        self._locks(write)
        tax_id = sent.get("hs_tax_id")
        if tax_id and tax_id not in account.commerce.tax_ids:
            write.refuse("INVALID_OPTION", "hs_tax_id", f"{tax_id} is not a tax ID of this account")
        self._status(write)

    def derived(self, account: Account, record: HubRecord) -> Changes:
        """A number, from the first draft on or once it is finalised."""
        early = account.around.switches.invoice_number_from == "draft"
        if "hs_number" in record.values or (not early and record.values["hs_invoice_status"] == "draft"):
            return {}
        return {"hs_number": account.commerce.number()}

    def removable(self, leaving: Leaving) -> None:
        """Drafts go; open ones where the portal allows it; paid and voided ones stay."""
        status = leaving.record.values.get("hs_invoice_status")
        if status == "draft" or (status == "open" and leaving.account.commerce.deletes_open_invoices):
            return
        raise invalid(f"Invoice {leaving.record.id} with status {status} cannot be deleted")

    def linkable(self, account: Account, record: HubRecord, other: str) -> None:
        """What makes up the total is fixed once the invoice is finalised."""
        if other in HANGERS:
            unlocked(account, record, other.replace("_", " "))

    def linked(self, record: HubRecord, other: HubRecord, plural: str) -> Changes:
        """A contact and a company leave their addresses on the invoice."""
        return {
            name: other.values[source]
            for name, source in _RECIPIENT.get(plural, {}).items()
            if source in other.values and name not in record.values
        }

    def _computed(self, write: Write, sent: Changes) -> None:
        """Refuse values that were sent through the API where HubSpot computes them itself."""
        ours = write.version == "ui" or (
            write.after("hs_invoice_billable") == "false"
            and write.account.around.switches.nonbillable_amounts
        )
        for name in _COMPUTED:
            if name in sent and not ours:
                write.refuse(
                    "READ_ONLY_VALUE", name, f'"{name}" is a read only property; its value cannot be set.'
                )

    def _locks(self, write: Write) -> None:
        status = write.before.get("hs_invoice_status", "draft")
        if (
            write.creating
            or status == "draft"
            or not locks(write.account, write.before.get("hs_invoice_billable"))
        ):
            return
        fixed = _LOCKED_WHEN_OPEN if status == "open" else _LOCKED_AFTER
        for name in sorted(fixed & write.changes.keys()):
            if write.changes[name] != write.before.get(name):
                write.refuse(
                    "READ_ONLY_VALUE", name, f'"{name}" cannot be changed on an invoice that is {status}.'
                )

    def _status(self, write: Write) -> None:
        switches = write.account.around.switches
        old = write.before.get("hs_invoice_status", "draft")
        new = write.changes.get("hs_invoice_status", old)
        if new == old:
            return
        billable = write.after("hs_invoice_billable") != "false"
        allowed = _MOVES[old]
        if not billable and switches.nonbillable_status == "any":
            allowed = frozenset({"draft", "open", "paid", "voided"})
        elif switches.api_pays_invoices and write.version != "ui" and old == "open":
            allowed |= {"paid"}
        if new is None or new not in allowed:
            write.refuse("INVALID_OPTION", "hs_invoice_status", f"An invoice cannot go from {old} to {new}")
            return
        strict = billable or switches.nonbillable_status == "as billable"
        if new == "open" and strict:
            self._needs(write, ("contacts", "line_items"), new)
        elif new != "draft" and not billable and switches.nonbillable_needs_lines:
            self._needs(write, ("line_items",), new)
        if new == "paid":
            write.changes["hs_amount_paid"] = write.after("hs_amount_billed")
        if new in ("paid", "voided"):
            write.changes["hs_balance_due"] = "0"

    def _needs(self, write: Write, plurals: tuple[str, ...], status: str) -> None:
        record = write.record
        missing = [
            _NEEDED[plural]
            for plural in plurals
            if plural not in write.wished
            and (record is None or not any(linked(write.account, record, plural)))
        ]
        if missing:
            raise invalid(
                f"Invoice cannot be moved to {status}: required associations are missing: {', '.join(missing)}",
                context={"missingAssociations": missing},
            )


def locks(account: Account, billable: str | None) -> bool:
    """Whether a finalised invoice is fixed: not when HubSpot leaves the validation of non-billable ones out."""
    switches = account.around.switches
    return switches.finalised_invoices_locked and not (
        billable == "false" and switches.nonbillable_status == "any"
    )


def unlocked(account: Account, invoice: HubRecord, what: str) -> None:
    """Raise the Problem of changing what makes up a finalised invoice."""
    status = invoice.values.get("hs_invoice_status", "draft")
    if status != "draft" and locks(account, invoice.values.get("hs_invoice_billable")):
        raise invalid(f"The {what} of invoice {invoice.id} cannot be changed: it is {status}")


def recalculated(account: Account, invoice: HubRecord) -> Changes:
    """An invoice's totals as they are now, and with them its state: paid when nothing is due any more."""
    switches = account.around.switches
    values = invoice.values
    code, status = values["hs_currency"], values.get("hs_invoice_status", "draft")
    found = invoice_totals(account, invoice)
    received = paid(account, invoice) if switches.payments_reduce_balance else ZERO
    covered_before = account.commerce.received.get(invoice.id, ZERO) >= found.billed
    account.commerce.received[invoice.id] = received
    by_hand = (
        status == "paid" and received < found.billed and not (covered_before and switches.unpaid_reopens)
    )
    due = found.billed - received
    if by_hand:
        received, due = found.billed, ZERO
    if status == "voided" or (due < 0 and switches.overpaid_balance == "zero"):
        due = ZERO

    def shown(amount: Decimal) -> str:
        return text(amount, code, short=switches.short_sums)

    changes: Changes = {
        "hs_subtotal": shown(found.subtotal),
        "hs_discounts_total": shown(found.discounts),
        "hs_fees_total": shown(found.fees),
        "hs_taxes_total": shown(found.taxes),
        "hs_amount_billed": shown(found.billed),
        "hs_amount_paid": shown(received),
        "hs_balance_due": shown(due),
    }
    if status == "open" and received > 0 and found.billed <= received:
        changes |= {"hs_invoice_status": "paid", "hs_payment_date": _last_payment(account, invoice)}
    elif status == "paid" and received < found.billed:
        changes |= {"hs_invoice_status": "open", "hs_payment_date": None}
    return changes


def _last_payment(account: Account, invoice: HubRecord) -> str | None:
    dates = [
        payment.values.get("hs_initiated_date", "")
        for payment in linked(account, invoice, "commerce_payments")
    ]
    return max(dates, default="") or None
