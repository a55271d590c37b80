"""The arithmetic of documents: line amounts, tax per line, totals (Xero facts 7.4 and 8.1). Pure; every amount is a Decimal.

Tax is computed and rounded line by line and then summed, never on the total. Where exactly half a cent is to be rounded Xero
says nothing; `mode` is "up" (away from zero) or "even", as the switch `half_cent` has it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from crossfoot_sandbox.xero.shape import Json, rounded

Mode = Literal["up", "even"]
ZERO = Decimal("0.0")
EXCLUSIVE, INCLUSIVE, NO_TAX = "Exclusive", "Inclusive", "NoTax"
LARGEST_LINE = Decimal("9999999999.99")
_HUNDRED = Decimal(100)


def cents(value: Decimal, mode: Mode) -> Decimal:
    """An amount of money; in Xero all currencies have two decimals, JPY too (fact 8.3)."""
    return rounded(value, 2, mode)


def line_amount(
    quantity: Decimal, unit_amount: Decimal, rate: Decimal | None, discount: Decimal | None, mode: Mode
) -> Decimal:
    """Quantity times price, less a discount in percent or in money; a discount in percent goes before one in money."""
    gross = quantity * unit_amount
    if rate is not None:
        return cents(gross * (_HUNDRED - rate) / _HUNDRED, mode)
    return cents(gross - (discount or 0), mode)


def discount_of(line: Json, mode: Mode) -> Decimal:
    """What a line's discount takes off, 0.0 without one."""
    if "DiscountRate" not in line and "DiscountAmount" not in line:
        return ZERO
    return cents(line["Quantity"] * line["UnitAmount"] - line["LineAmount"], mode)


def tax_amount(amount: Decimal, percent: Decimal, basis: str, mode: Mode) -> Decimal:
    """The tax on (Exclusive) or within (Inclusive) the amount of a line."""
    if basis == NO_TAX:
        return ZERO
    if basis == INCLUSIVE:
        return cents(amount * percent / (_HUNDRED + percent), mode)
    return cents(amount * percent / _HUNDRED, mode)


@dataclass(frozen=True, slots=True)
class Totals:
    """What the lines of a document come to."""

    sub_total: Decimal
    total_tax: Decimal
    total: Decimal
    total_discount: Decimal


def totals(lines: Iterable[Json], basis: str, mode: Mode) -> Totals:
    """The sums of the lines; a line that is only a description counts nothing."""
    amount = tax = discount = ZERO
    for line in lines:
        amount += line.get("LineAmount", ZERO)
        tax += line.get("TaxAmount", ZERO)
        discount += discount_of(line, mode)
    net = amount - tax if basis == INCLUSIVE else amount
    return Totals(*(rounded(value, 2, mode) for value in (net, tax, net + tax, discount)))
