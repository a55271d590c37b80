"""What the records of a portal amount to: a line, an invoice with all that hangs on it, the payments that count."""

from collections.abc import Iterator
from decimal import Decimal

from crossfoot_sandbox.hubspot.behaviours.sums import ZERO, Extra, LineSums, Totals, line_sums, number, totals
from crossfoot_sandbox.hubspot.books.account import Account
from crossfoot_sandbox.hubspot.books.book import HubRecord

_COUNTING = frozenset({"succeeded", "partially_refunded", "processing_refund", "disputed_won"})
"""The states of a payment in which its money is there."""


def currency_of(account: Account, record: HubRecord) -> str:
    """A line's currency: its own, or that of what it stands on, or the portal's."""
    own = record.values.get("hs_line_item_currency_code")
    if own is not None:
        return own
    for plural, name in (("invoices", "hs_currency"), ("deals", "deal_currency_code")):
        for parent_id, _ in account.links.of(("line_items", plural), record.id):
            code = account.books[plural][parent_id].values.get(name)
            if code is not None:
                return code
    return account.currencies.home


def sums_of(account: Account, record: HubRecord) -> LineSums | None:
    """A line's amounts; None while it has no price."""
    rate = account.commerce.tax_rates.get(record.values.get("hs_tax_rate_group_id", ""))
    exact = account.around.switches.exact_line_amounts
    return line_sums(record.values, currency_of(account, record), rate.rate if rate else None, exact=exact)


def invoice_totals(account: Account, invoice: HubRecord) -> Totals:
    """An invoice's amounts, from the lines, discounts, fees and taxes that are associated with it now."""
    lines = [found for line in linked(account, invoice, "line_items") if (found := sums_of(account, line))]
    discounts, fees, taxes = (
        [_extra(one) for one in linked(account, invoice, plural)] for plural in ("discounts", "fees", "taxes")
    )
    code = invoice.values["hs_currency"]
    return totals(lines, discounts, fees, taxes, code, compound=account.around.switches.extras_compound)


def paid(account: Account, invoice: HubRecord) -> Decimal:
    """What the payments on an invoice come to, refunds taken off."""
    return sum((counting(payment) for payment in linked(account, invoice, "commerce_payments")), ZERO)


def counting(payment: HubRecord) -> Decimal:
    """How much of a payment is there to stay."""
    if payment.values.get("hs_latest_status") not in _COUNTING:
        return ZERO
    amount, refunded = (number(payment.values, name) for name in ("hs_initial_amount", "hs_refunds_amount"))
    return (amount or ZERO) - (refunded or ZERO)


def linked(account: Account, record: HubRecord, plural: str) -> Iterator[HubRecord]:
    """The live records of a type that are associated with an invoice."""
    for other_id, _ in account.links.of(("invoices", plural), record.id):
        yield account.books[plural][other_id]


def _extra(record: HubRecord) -> Extra:
    values = record.values
    return Extra(
        values.get("hs_type") == "PERCENT",
        number(values, "hs_value") or ZERO,
        number(values, "hs_sort_order") or ZERO,
    )
