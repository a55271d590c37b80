"""A sales document as it is added up: an invoice or a credit note whose lines know the rates of their taxes. Values only.

What travels between the sides is `lines`; `counting` makes a document of it, and `arithmetic` adds that up. Nothing of it is written back.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from crossfoot.model.taxes import Tax

DIGITS_MAX = 30
"""Digits before or after the point that a number may have: far more than any system holds, and few enough for exact sums."""


class Prices(StrEnum):
    """What the prices of a document say about tax (in Xero: LineAmountTypes)."""

    EXCLUSIVE = "exclusive"  # tax comes on top
    INCLUSIVE = "inclusive"  # tax is within
    NO_TAX = "no_tax"  # there is none


@dataclass(frozen=True, slots=True)
class Discount:
    """A discount of one line: either percent, or an amount for the whole line."""

    percent: Decimal | None = None
    amount: Decimal | None = None

    def __post_init__(self) -> None:
        if (self.percent is None) == (self.amount is None):
            raise ValueError("A discount is either percent or an amount.")
        _exact("A discount", self.percent)
        _exact("A discount", self.amount)


@dataclass(frozen=True, slots=True)
class CountedLine:
    """What of a line counts. With neither quantity nor price it only describes, and has no amount (Xero fact 7.4)."""

    description: str = ""
    """What it is called when it is spoken of."""
    quantity: Decimal | None = None
    price: Decimal | None = None
    """The price of one, in the document's currency, with or without tax as the document's prices say."""
    discount: Discount | None = None
    tax: Tax | None = None
    tax_override: Decimal | None = None
    """The tax that a person set in place of the calculated one."""

    def __post_init__(self) -> None:
        _exact("A quantity", self.quantity)
        _exact("A price", self.price)
        _exact("A tax", self.tax_override)

    @property
    def only_describes(self) -> bool:
        """Whether the line is text without an amount."""
        numbers = (self.quantity, self.price, self.discount, self.tax_override)
        return all(number is None for number in numbers)


class AdjustmentKind(StrEnum):
    """What an adjustment of a whole document is. They apply in this order (HubSpot fact 7.2)."""

    DISCOUNT = "discount"
    FEE = "fee"
    TAX = "tax"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A discount, fee or tax of a whole document rather than of a line: either percent, or an amount. Not negative."""

    kind: AdjustmentKind
    percent: Decimal | None = None
    amount: Decimal | None = None
    label: str = ""
    tax: Tax | None = None
    """For a tax: the ledger's rate of the same percentage, once it is known which that is."""

    def __post_init__(self) -> None:
        if (self.percent is None) == (self.amount is None):
            raise ValueError(f"A {self.kind} of a document is either percent or an amount.")
        _exact(f"A {self.kind}", self.percent)
        _exact(f"A {self.kind}", self.amount)


@dataclass(frozen=True, slots=True)
class Document:
    """What is invoiced or credited: a currency, what its prices say about tax, and lines in their order."""

    currency: str
    """ISO 4217."""
    lines: tuple[CountedLine, ...] = ()
    prices: Prices = Prices.EXCLUSIVE
    adjustments: tuple[Adjustment, ...] = ()
    """What applies to the document as a whole, in the order in which it applies inside its kind."""

    def __post_init__(self) -> None:
        if self.adjustments and self.prices is not Prices.EXCLUSIVE:
            raise ValueError(
                "Only a document with prices without tax has discounts, fees and taxes of its own."
            )


def _exact(what: str, number: Decimal | None) -> None:
    """Raises for what cannot be added up to the cent."""
    if number is None:
        return
    if not isinstance(number, Decimal):
        raise TypeError(f"{what} needs a Decimal, not {type(number).__name__} {number!r}.")
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -DIGITS_MAX or number.adjusted() > DIGITS_MAX:
        raise ValueError(f"{what} of {number} is no number that a document can hold.")
