"""Amounts of money: exact decimals with a currency, and the digits that each currency has."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
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


def round_to(number: Decimal, digits: int, rounding: str = ROUND_HALF_UP) -> Decimal:
    """The number with so many digits after the point, exact however many digits stand before it."""
    return number.quantize(Decimal(1).scaleb(-digits), rounding=rounding, context=_WIDE)


_WIDE = Context(prec=250)
"""Decimal's usual 28 digits would refuse to round a longer number."""


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
