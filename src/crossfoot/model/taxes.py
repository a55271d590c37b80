"""Tax rates as people see them: a code, and the parts that make up its percentage."""

from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import lru_cache

from crossfoot.model.money import EXACT

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True, order=True)
class TaxPart:
    """One tax of a rate: GST 5 %, or a provincial tax that is taken on top of it."""

    name: str
    rate: Decimal
    """Percent, up to four decimals (Xero fact 7.9): 15 is fifteen in a hundred."""
    compound: bool = False
    """Taken of the net amount and the taxes before it, not of the net amount alone."""

    def __post_init__(self) -> None:
        if not isinstance(self.rate, Decimal):
            raise TypeError(f"A tax rate needs a Decimal, not {type(self.rate).__name__} {self.rate!r}.")
        if not self.rate.is_finite() or abs(self.rate) >= 10**6:
            raise ValueError(f"{self.rate} is no rate of tax. Write percent, for example 15.")


@dataclass(frozen=True, slots=True, order=True)
class Tax:
    """A rate of tax under its code, as a line carries it. `Tax("OUTPUT2", (TaxPart("GST", Decimal(15)),))`."""

    code: str
    """The ledger's tax type. Never hard-coded: a country has its own, and people make more (Xero fact 8.2)."""
    parts: tuple[TaxPart, ...] = ()

    def __post_init__(self) -> None:
        if self.rate <= -HUNDRED:
            raise ValueError(f"Tax {self.code} would take back the whole amount and more: {self.rate} %.")

    @property
    def rate(self) -> Decimal:
        """The percentage of the net amount that all parts come to together, exact.

        Simple parts are taken of the net amount. Compound ones follow, in their order, each of the net amount and all taxes before it.
        """
        return _together(self.parts)


@lru_cache(maxsize=4096)
def _together(parts: tuple[TaxPart, ...]) -> Decimal:
    with localcontext(EXACT):
        rate = sum((part.rate for part in parts if not part.compound), Decimal(0))
        for part in parts:
            if part.compound:
                rate += ((HUNDRED + rate) * part.rate).scaleb(-2)
        return rate
