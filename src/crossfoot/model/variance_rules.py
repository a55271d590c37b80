"""The rules in which two systems' arithmetic may differ, in the words in which a difference is explained to people."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from enum import StrEnum

from crossfoot.model.arithmetic import Arithmetic, Discounts, TaxRounding


class VarianceCause(StrEnum):
    """What makes two totals differ."""

    DIGITS = "digits"  # how many digits an amount has after the point
    PRICE_DIGITS = "price_digits"  # how many a price has
    TAX_IN_PRICES = "tax_in_prices"  # one is told prices without tax, and a price has so many digits only
    DISCOUNT = "discount"  # when a discount is rounded
    TAX_BY_HAND = "tax_by_hand"  # a person set the tax in one of them
    WHOLE_DOCUMENT = (
        "whole_document"  # discounts, fees and taxes of the document, which the other holds as lines
    )
    TAX_ROUNDING = "tax_rounding"  # what the tax is rounded on
    HALF_CENT = "half_cent"  # what becomes of half a cent
    LINES = "lines"  # the lines do not say the same
    EXTRAS = "extras"  # one has discounts, fees or taxes of the whole that the other has not
    NOT_YET = "not_yet"  # a system has not added up yet what it was told
    UNEXPLAINED = "unexplained"  # a system says something else than its lines come to

    @property
    def rounding(self) -> bool:
        """Whether the lines are the same on both sides, and only the arithmetic differs."""
        return self not in _NO_ROUNDING


_NO_ROUNDING = frozenset(
    {
        VarianceCause.TAX_BY_HAND,
        VarianceCause.LINES,
        VarianceCause.EXTRAS,
        VarianceCause.NOT_YET,
        VarianceCause.UNEXPLAINED,
    }
)


def _by_digits(one: Arithmetic, other: Arithmetic) -> str:
    said = [
        "the digits of the currency" if each.digits is None else f"{each.digits} digits"
        for each in (other, one)
    ]
    return f"{other.title} rounds to {said[0]}; {one.title} to {said[1]}"


def _by_price_digits(one: Arithmetic, other: Arithmetic) -> str:
    return f"{other.title} keeps {other.unit_digits} digits of a price; {one.title} keeps {one.unit_digits}"


def _by_tax_in_prices(one: Arithmetic, other: Arithmetic) -> str:
    return f"{(one if other.inclusive else other).title} knows only prices without tax, and rounds them"


def _by_discount(one: Arithmetic, other: Arithmetic) -> str:
    return f"{other.title} {_discounting(other)}; {one.title} {_discounting(one)}"


_DISCOUNTING = {
    Discounts.APART: "rounds a discount by itself",
    Discounts.TOGETHER: "rounds a line after its discount",
}


def _discounting(rules: Arithmetic) -> str:
    said = _DISCOUNTING[rules.discounts]
    return f"{said}, kept for one unit" if rules.discount_per_unit else said


def _by_hand(one: Arithmetic, other: Arithmetic) -> str:
    setting, calculating = (one, other) if one.overrides else (other, one)
    return f"The tax was set by hand in {setting.title}; {calculating.title} calculates it"


def _by_whole_document(one: Arithmetic, other: Arithmetic) -> str:
    whole, lines = (other, one) if other.adjustments else (one, other)
    return (
        f"{whole.title} takes a discount, fee or tax of the whole document; {lines.title} holds it in lines"
    )


_TAXING = {
    TaxRounding.LINE: "the tax of each line",
    TaxRounding.RATE: "the tax of all lines of a rate",
    TaxRounding.DOCUMENT: "the tax of the whole document",
}


def _by_tax_rounding(one: Arithmetic, other: Arithmetic) -> str:
    return f"{other.title} rounds {_TAXING[other.tax]}; {one.title} rounds {_TAXING[one.tax]}"


_HALF = {ROUND_HALF_UP: "half a cent up", ROUND_HALF_EVEN: "half a cent to the even one"}


def _by_half_cent(one: Arithmetic, other: Arithmetic) -> str:
    return f"{other.title} rounds {_HALF[other.half]}; {one.title} rounds {_HALF[one.half]}"


RULES: Sequence[tuple[VarianceCause, tuple[str, ...], Callable[[Arithmetic, Arithmetic], str]]] = (
    (VarianceCause.DIGITS, ("digits",), _by_digits),
    (VarianceCause.PRICE_DIGITS, ("unit_digits",), _by_price_digits),
    (VarianceCause.TAX_IN_PRICES, ("inclusive",), _by_tax_in_prices),
    (VarianceCause.DISCOUNT, ("discounts", "discount_per_unit"), _by_discount),
    (VarianceCause.TAX_BY_HAND, ("overrides",), _by_hand),
    (VarianceCause.WHOLE_DOCUMENT, ("adjustments", "running"), _by_whole_document),
    (VarianceCause.TAX_ROUNDING, ("tax",), _by_tax_rounding),
    (VarianceCause.HALF_CENT, ("half",), _by_half_cent),
)
"""What is exchanged, in this order: the cause, the names in `Arithmetic`, and the words, told the ledger's rules and the CRM's."""


def _other_half(rules: Arithmetic) -> Arithmetic:
    return replace(rules, half=ROUND_HALF_EVEN if rules.half == ROUND_HALF_UP else ROUND_HALF_UP)


GUESSES: Sequence[tuple[VarianceCause, str, Callable[[Arithmetic], Arithmetic]]] = (
    (VarianceCause.HALF_CENT, "half a cent is rounded the other way", _other_half),
    *(
        (VarianceCause.TAX_ROUNDING, f"it rounds {said}", lambda rules, tax=tax: replace(rules, tax=tax))
        for tax, said in _TAXING.items()
    ),
    *(
        (
            VarianceCause.DISCOUNT,
            f"it {said}",
            lambda rules, discounts=discounts: replace(rules, discounts=discounts),
        )
        for discounts, said in _DISCOUNTING.items()
    ),
    (VarianceCause.DIGITS, "it keeps two digits", lambda rules: replace(rules, digits=2)),
    (
        VarianceCause.DIGITS,
        "it keeps the digits of the currency",
        lambda rules: replace(rules, digits=None),
    ),
)
"""Rules that no vendor documents, and that what a system says may betray."""


def how_much(net: Decimal, tax: Decimal, currency: str, title: str) -> str:
    """What a step moves, for people: `HubSpot comes to 0.01 NZD more`."""
    if net + tax:
        return f"{title} comes to {abs(net + tax):,f} {currency} {'more' if net + tax > 0 else 'less'}"
    moves = "more tax and less net" if tax > 0 else "less tax and more net"
    return f"{title} has {abs(tax):,f} {currency} {moves}"


LINES_NAMED = 6
"""More lines than this are counted, not named."""


def on_lines(lines: Sequence[int]) -> str:
    """Where, for people: `, on lines 2 and 5`."""
    if not lines:
        return ""
    if len(lines) == 1:
        return f", on line {lines[0]}"
    if len(lines) > LINES_NAMED:
        return f", on {len(lines)} lines"
    return f", on lines {', '.join(map(str, lines[:-1]))} and {lines[-1]}"
