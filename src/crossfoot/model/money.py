"""Amounts of money: exact decimals with a currency, and the digits that each currency has."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow
from functools import lru_cache


@lru_cache(maxsize=512)
def currency_digits(currency: str) -> int:
    """How many digits an amount in this currency has after the point (ISO 4217): NZD 2, JPY 0, KWD 3.

    Raises ValueError for a text that is no currency code.
    """
    from babel.core import get_global  # noqa: PLC0415 - Babel's tables are loaded when the first amount is rounded

    if currency not in get_global("all_currencies"):
        raise ValueError(
            f"'{currency}' is not a currency. Write the three capital letters of ISO 4217, for example NZD."
        )
    fractions = get_global("currency_fractions")
    digits: int = fractions.get(currency, fractions["DEFAULT"])[0]
    return digits


def quantize(amount: Decimal, currency: str, rounding: str = ROUND_HALF_UP) -> Decimal:
    """The amount rounded to the currency's digits; half a cent goes up, away from nothing, unless told otherwise."""
    return round_to(amount, currency_digits(currency), rounding)


def spelled(amount: Decimal, currency: str) -> str:
    """The amount for people, with the digits of its currency: 1,234.50. What it has beyond them is shown too: nothing of it may vanish."""
    try:
        digits = currency_digits(currency)
    except ValueError:
        digits = 2
    for more in (digits, max(digits, 2)):
        if (rounded := round_to(amount, more)) == amount:
            return f"{rounded:,f}"
    return f"{amount:,f}"


def round_to(number: Decimal, digits: int, rounding: str = ROUND_HALF_UP) -> Decimal:
    """The number with so many digits after the point, exact however many digits stand before it. Nothing has no sign: 0.00, never -0.00."""
    rounded = number.quantize(Decimal(1).scaleb(-digits), rounding=rounding, context=_WIDE)
    return rounded or rounded.copy_abs()


def round_ratio(
    numerator: Decimal, denominator: Decimal, digits: int, rounding: str = ROUND_HALF_UP
) -> Decimal:
    """The quotient with so many digits after the point, rounded once and from its exact value.

    Dividing first and rounding then would round twice. `rounding` is ROUND_HALF_UP (away from nothing) or ROUND_HALF_EVEN. Raises
    `decimal.DivisionByZero`.
    """
    if not denominator:
        raise DivisionByZero(f"{numerator} cannot be divided by nothing.")
    whole, rest = EXACT.divmod(EXACT.scaleb(numerator, digits), denominator)
    twice, unit = EXACT.multiply(rest.copy_abs(), Decimal(2)), denominator.copy_abs()
    if twice > unit or (twice == unit and (rounding == ROUND_HALF_UP or EXACT.remainder(whole, Decimal(2)))):
        away = Decimal(1) if numerator.is_signed() == denominator.is_signed() else Decimal(-1)
        whole = EXACT.add(whole, away)
    return round_to(EXACT.scaleb(whole, -digits), digits)


_WIDE = Context(prec=450)
"""Decimal's usual 28 digits would refuse to round a longer number."""

EXACT = Context(prec=100_000, traps=[Inexact, InvalidOperation, DivisionByZero, Overflow])
"""For adding and multiplying money. An operation that cannot be exact raises, and never loses a digit in silence. Unused digits cost nothing."""


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in one currency. Adding different currencies is a bug, and says so."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise TypeError(f"Money needs a Decimal, not {type(self.amount).__name__} {self.amount!r}.")

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._like(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._like(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __str__(self) -> str:
        return f"{self.currency} {self.amount:,f}"

    def rounded(self, rounding: str = ROUND_HALF_UP) -> "Money":
        """The same in the digits of its currency."""
        return Money(quantize(self.amount, self.currency, rounding), self.currency)

    def _like(self, other: "Money") -> Decimal:
        if other.currency != self.currency:
            raise ValueError(f"{self} and {other} are in different currencies.")
        return other.amount
