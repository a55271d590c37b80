"""What lines, discounts, fees and taxes add up to (HubSpot facts 7.1 to 7.3). Decimals only; the wire gives texts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from crossfoot_sandbox.hubspot.books.currencies import rounded

ZERO = Decimal(0)
HUNDRED = Decimal(100)


def number(values: Mapping[str, str], name: str) -> Decimal | None:
    """A number property's value, if it has one."""
    text = values.get(name)
    return None if text is None else Decimal(text)


def text(amount: Decimal, code: str, *, short: bool) -> str:
    """An amount as HubSpot writes what it computed: with the digits of its currency, or the shortest (A15)."""
    amount += ZERO  # there is no minus zero
    fixed = f"{rounded(amount, code):f}" if _fits(amount, code) else f"{amount:f}"
    return fixed.rstrip("0").rstrip(".") if short and "." in fixed else fixed


def _fits(amount: Decimal, code: str) -> bool:
    return amount == rounded(amount, code)


@dataclass(frozen=True, slots=True)
class LineSums:
    """The computed amounts of one line item."""

    before: Decimal  # price times quantity
    discount: Decimal
    net: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        """With tax."""
        return self.net + self.tax


def line_sums(values: Mapping[str, str], code: str, rate: Decimal | None, *, exact: bool) -> LineSums | None:
    """A line's amounts; None while it has no price. A percentage of discount wins over an amount per unit.

    The discount is rounded by itself: 15 % of 11.90 USD are 1.79, and 10.11 are left
    (knowledge.hubspot.com/payments/understand-payment-discounts).

    `rate` is the percentage of its tax; `exact` keeps amounts with more digits than the currency has.
    """
    price = number(values, "price")
    if price is None:
        return None
    quantity = number(values, "quantity")
    count = Decimal(1) if quantity is None else quantity
    before = price * count if exact else rounded(price * count, code)
    percentage = number(values, "hs_discount_percentage")
    unit = number(values, "discount") or ZERO
    discount = before * percentage / HUNDRED if percentage else unit * count
    if not exact:
        discount = rounded(discount, code)
    net = before - discount
    tax = rounded(net * rate / HUNDRED, code) if rate is not None else ZERO
    return LineSums(before, discount, net, tax)


@dataclass(frozen=True, slots=True)
class Extra:
    """A discount, fee or tax of a whole invoice."""

    percent: bool
    value: Decimal
    order: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """The computed amounts of one invoice."""

    subtotal: Decimal
    discounts: Decimal
    fees: Decimal
    taxes: Decimal

    @property
    def billed(self) -> Decimal:
        """What is to be paid."""
        return self.subtotal - self.discounts + self.fees + self.taxes


def totals(
    lines: Iterable[LineSums],
    discounts: Iterable[Extra],
    fees: Iterable[Extra],
    taxes: Iterable[Extra],
    code: str,
    *,
    compound: bool,
) -> Totals:
    """An invoice's amounts: first discounts, then fees, then taxes, each kind in its own order (fact 7.2).

    With `compound` a percentage counts from what the extras of its kind before it left; otherwise all of a kind count
    from the same amount.
    """
    found = list(lines)
    subtotal = rounded(sum((line.net for line in found), ZERO), code)
    cut = -_applied(discounts, subtotal, code, sign=-1, compound=compound)
    added = _applied(fees, subtotal - cut, code, sign=1, compound=compound)
    tax = _applied(taxes, subtotal - cut + added, code, sign=1, compound=compound)
    tax += sum((line.tax for line in found), ZERO)
    return Totals(subtotal, cut, added, tax)


def _applied(extras: Iterable[Extra], base: Decimal, code: str, *, sign: int, compound: bool) -> Decimal:
    """What the extras of one kind change, with its sign."""
    running = base
    for extra in sorted(extras, key=lambda one: one.order):
        part = (running if compound else base) * extra.value / HUNDRED if extra.percent else extra.value
        running += sign * rounded(part, code)
    return running - base
