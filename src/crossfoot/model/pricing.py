"""A price with its tax, and the same price without: from one to the other and back, each rounded once and from its exact value.

A price of at most four digits comes back exactly from six: half of the sixth digit, with any tax below 9,900 %, is less than half of the
fourth. So a price that nobody touched never drifts, however often it goes to and fro.
"""

from decimal import ROUND_HALF_UP, Decimal, localcontext

from crossfoot.model.money import EXACT, round_ratio, round_to
from crossfoot.model.taxes import HUNDRED

DISCOUNT_DIGITS = 4
"""Digits after the point that an amount of discount of a whole line travels with; either system rounds it to cents in the end."""


def without_tax(amount: Decimal, rate: Decimal, digits: int, half: str = ROUND_HALF_UP) -> Decimal:
    """What an amount that includes a tax of `rate` percent is without it, with so many digits after the point.

    Raises ValueError for a rate that takes back the whole amount or more.
    """
    if rate <= -HUNDRED:
        raise ValueError(f"No amount includes a tax of {rate} %.")
    with localcontext(EXACT):
        return round_ratio(amount * HUNDRED, HUNDRED + rate, digits, half)


def with_tax(amount: Decimal, rate: Decimal, digits: int) -> Decimal:
    """What an amount without tax is with a tax of `rate` percent, with so many digits after the point; half goes up, away from nothing."""
    with localcontext(EXACT):
        return round_to((amount * (HUNDRED + rate)).scaleb(-2), digits)
