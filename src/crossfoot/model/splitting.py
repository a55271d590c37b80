"""Billing a deal in parts that come to the whole, to the cent: deposits first, and a last invoice for what is left.

A deposit bills each line's share of an amount, as the price of one. The last invoice bills every line as it was sold, and takes off, line by
line, what was billed before. So each line's tax is calculated on what the line costs, and taken off as it was calculated before: net, tax
and total of all parts are those of one invoice for the whole, whatever a bookkeeper did to a deposit meanwhile. Amounts are without tax
where the prices are.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext

from crossfoot.model.lines import Line, Lines
from crossfoot.model.money import EXACT, round_to
from crossfoot.model.shares import ONE, apportion
from crossfoot.model.taxes import HUNDRED

ZERO = Decimal(0)

BOOKS_DIGITS = 2
"""Digits of a line's amount in the books, whatever the currency (Xero fact 8.1)."""

BEFORE = "-"
"""Begins the id of a line that takes off what was billed before."""


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a deal one of its invoices bills: percent or an amount, without tax."""

    percent: Decimal | None = None
    amount: Decimal | None = None

    def of(self, whole: Decimal, digits: int) -> Decimal:
        """What it comes to, in the digits of the currency."""
        if self.percent is None:
            return round_to(self.amount or ZERO, digits)
        with localcontext(EXACT):
            return round_to(whole * self.percent / HUNDRED, digits)

    def __str__(self) -> str:
        return f"{self.amount or ZERO:f}" if self.percent is None else f"{self.percent:f} %"


@dataclass(frozen=True, slots=True)
class Taken:
    """What another invoice bills of a line."""

    id: str
    """Of the line, or of the invoice's own line where that is none of the deal's."""
    description: str
    amount: Decimal
    tax: str | None = None


def amount_of(line: Line) -> Decimal:
    """What a line comes to, after discount, as the books compute it."""
    if line.price is None:
        return ZERO
    with localcontext(EXACT):
        whole = line.price * (ONE if line.quantity is None else line.quantity)
        if line.discount_percent is not None:
            whole = whole * (HUNDRED - line.discount_percent) / HUNDRED
        return round_to(whole - (line.discount_amount or ZERO), BOOKS_DIGITS)


def worth(lines: Iterable[Line]) -> Decimal:
    """What lines come to together."""
    return sum((amount_of(line) for line in lines), ZERO)


def deposit(lines: Lines, amount: Decimal, label: str) -> Lines:
    """Lines that come to exactly this amount, each with its share of it. What is sold is named, and not counted as sold: no item, no quantity."""
    sold = [line for line in lines if amount_of(line)]
    if not sold or not amount:
        return Lines()
    digits = max(0, -int(amount.as_tuple().exponent))
    shares = apportion(amount, [amount_of(line) for line in sold], digits)
    return Lines(
        tuple(
            _of_one(line, f"{line.description or line.item or 'Line'} ({label})", share)
            for line, share in zip(sold, shares, strict=True)
            if share
        )
    )


def rest(lines: Lines, taken: Iterable[Taken]) -> Lines:
    """Every line as it was sold, and behind them what was billed before, with the opposite sign."""
    before = (
        Line(
            crm_id=BEFORE + each.id,
            description=each.description,
            quantity=ONE,
            price=-each.amount,
            tax=each.tax,
        )
        for each in taken
        if each.amount
    )
    return Lines((*lines, *before))


def _of_one(line: Line, description: str, amount: Decimal) -> Line:
    return replace(
        line,
        description=description,
        quantity=ONE,
        price=amount,
        discount_percent=None,
        discount_amount=None,
        item=None,
        net=None,
        tax_amount=None,
    )
