"""Adding up a document, exactly as a system does it: what it rounds, when, and to how many digits.

Two systems that are told the same lines may come to totals that are cents apart, because one rounds each line and the other the sum. Such
rules are values here, an `Arithmetic` for each system, so that one function adds up for all of them and a difference can be explained rule
by rule (`variance`). Rounding happens where a rule says so and nowhere else; everything between is exact.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum

from crossfoot.model.documents import Adjustment, AdjustmentKind, CountedLine, Discount, Document, Prices
from crossfoot.model.money import EXACT, currency_digits, round_ratio, round_to
from crossfoot.model.pricing import DISCOUNT_DIGITS, without_tax
from crossfoot.model.shares import ONE, apportion, round_together
from crossfoot.model.taxes import HUNDRED, Tax

ZERO = Decimal(0)


class Discounts(StrEnum):
    """How a discount is taken off a line."""

    TOGETHER = "together"  # quantity, price and discount make one amount, rounded once
    APART = "apart"  # the amount before the discount and the discount are each rounded, then subtracted


class TaxRounding(StrEnum):
    """What the tax is rounded on."""

    LINE = "line"  # each line's, then added
    RATE = "rate"  # the lines of each tax code together
    DOCUMENT = "document"  # all lines together, once


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """The rules by which a system adds up a document."""

    title: str
    """The system as people write it: `Xero`."""
    digits: int | None = 2
    """Digits of every amount after the point, whatever the currency; None: as many as the currency has (JPY 0, KWD 3)."""
    half: str = ROUND_HALF_UP
    """What becomes of half a cent: `decimal.ROUND_HALF_UP`, away from nothing, or `decimal.ROUND_HALF_EVEN`."""
    unit_digits: int = 4
    """Digits of a price after the point; a longer one is rounded first."""
    inclusive: bool = True
    """Whether prices may include tax. Where not, such a document is told with prices without tax, rounded to `unit_digits`."""
    discounts: Discounts = Discounts.TOGETHER
    discount_per_unit: bool = False
    """Whether an amount of discount is kept for one unit, rounded to `unit_digits`, and multiplied by the quantity again."""
    tax: TaxRounding = TaxRounding.LINE
    overrides: bool = True
    """Whether a tax that a person set is taken in place of the calculated one."""
    adjustments: bool = False
    """Whether a document may have discounts, fees and taxes of its own. Where not, they are told as lines and taxes of lines."""
    running: bool = True
    """Whether a percentage of the whole counts from what the adjustments of its kind before it left; otherwise all of a kind count alike."""
    delayed: bool = False
    """Whether the system adds up a while after it was told: until then it says the old sums, or nothing."""

    def digits_of(self, currency: str) -> int:
        """Digits after the point of an amount in this currency. Raises ValueError for what is no currency."""
        return currency_digits(currency) if self.digits is None else self.digits


@dataclass(frozen=True, slots=True)
class LineTotals:
    """What one line comes to."""

    amount: Decimal
    """After the discount, with or without tax as the document's prices say (in Xero: LineAmount)."""
    discount: Decimal
    """What the discount took off the amount."""
    net: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        """With tax."""
        return EXACT.add(self.net, self.tax)


@dataclass(frozen=True, slots=True)
class Totals:
    """What a document comes to, line by line and in all."""

    currency: str
    lines: tuple[LineTotals, ...]
    adjustments: tuple[Decimal, ...]
    """What each adjustment adds to the total; a discount is negative."""
    net: Decimal
    tax: Decimal
    total: Decimal
    discount: Decimal
    """Of the lines and of the document, together."""


def add_up(document: Document, arithmetic: Arithmetic) -> Totals:
    """The totals of a document by a system's arithmetic. Raises ValueError for a currency that does not exist."""
    with localcontext(EXACT):
        document = as_told(document, arithmetic)
        lines = _lines(document, arithmetic)
        nothing = round_to(ZERO, arithmetic.digits_of(document.currency))
        net = sum((line.net for line in lines), nothing)
        adjusted = adjust(document, arithmetic, net)
        by_kind = dict.fromkeys(AdjustmentKind, nothing)
        for adjustment, amount in zip(document.adjustments, adjusted, strict=True):
            by_kind[adjustment.kind] += amount
        net += by_kind[AdjustmentKind.DISCOUNT] + by_kind[AdjustmentKind.FEE]
        tax = sum((line.tax for line in lines), by_kind[AdjustmentKind.TAX])
        discount = sum((line.discount for line in lines), -by_kind[AdjustmentKind.DISCOUNT])
        return Totals(document.currency, lines, adjusted, net, tax, net + tax, discount)


def adjust(document: Document, arithmetic: Arithmetic, net: Decimal) -> tuple[Decimal, ...]:
    """What each adjustment adds to the total of a document whose lines come to `net`, in the document's order.

    Discounts apply first, then fees to what they left, then taxes (HubSpot fact 7.2).
    """
    digits = arithmetic.digits_of(document.currency)
    amounts = [round_to(ZERO, digits)] * len(document.adjustments)
    with localcontext(EXACT):
        for kind in AdjustmentKind:
            base = net
            for at, adjustment in enumerate(document.adjustments):
                if adjustment.kind is kind:
                    whole = net if arithmetic.running else base
                    exact = whole * adjustment.percent.scaleb(-2) if adjustment.percent else adjustment.amount
                    amount = round_to(exact or ZERO, digits, arithmetic.half)
                    amounts[at] = -amount if kind is AdjustmentKind.DISCOUNT else amount
                    net += amounts[at]
    return tuple(amounts)


def _lines(document: Document, arithmetic: Arithmetic) -> tuple[LineTotals, ...]:
    digits = arithmetic.digits_of(document.currency)
    amounts = [_amount(line, arithmetic, digits) for line in document.lines]
    taxes = _taxes(document, arithmetic, digits, [amount for amount, _ in amounts])
    inclusive = document.prices is Prices.INCLUSIVE
    return tuple(
        LineTotals(amount, discount, amount - tax if inclusive else amount, tax)
        for (amount, discount), tax in zip(amounts, taxes, strict=True)
    )


def as_told(document: Document, arithmetic: Arithmetic) -> Document:
    """The document in the words that a system has: without tax in prices, without adjustments, where it knows none."""
    if document.prices is Prices.INCLUSIVE and not arithmetic.inclusive:
        return _without_tax_in_prices(document, arithmetic)
    if document.adjustments and not arithmetic.adjustments:
        return _with_adjustments_as_lines(document, arithmetic)
    return document


def _without_tax_in_prices(document: Document, arithmetic: Arithmetic) -> Document:
    def told(line: CountedLine) -> CountedLine:
        rate = line.tax.rate if line.tax else ZERO

        price, discount = line.price, line.discount
        if price is not None:
            price = without_tax(price, rate, arithmetic.unit_digits, arithmetic.half)
        if discount is not None and discount.amount is not None:
            discount = Discount(amount=without_tax(discount.amount, rate, DISCOUNT_DIGITS))
        return replace(line, price=price, discount=discount)

    return replace(document, lines=tuple(map(told, document.lines)), prices=Prices.EXCLUSIVE)


def _with_adjustments_as_lines(document: Document, arithmetic: Arithmetic) -> Document:
    """Discounts and fees become lines, a discount one for each tax among the lines; a tax becomes the lines' tax."""
    with localcontext(EXACT):
        by_tax: dict[Tax | None, Decimal] = {}
        for line, counted in zip(document.lines, _lines(document, arithmetic), strict=True):
            by_tax[line.tax] = by_tax.get(line.tax, ZERO) + counted.net
        by_tax = by_tax or {None: ZERO}
        lines, taxes = list(document.lines), []
        adjusted = adjust(document, arithmetic, sum(by_tax.values(), ZERO))
        for adjustment, amount in zip(document.adjustments, adjusted, strict=True):
            name = adjustment.label or adjustment.kind.capitalize()
            if adjustment.kind is AdjustmentKind.TAX:
                taxes.append((adjustment, amount))
            elif adjustment.kind is AdjustmentKind.FEE:
                lines.append(CountedLine(name, ONE, amount))
            else:
                parts = apportion(amount, list(by_tax.values()), arithmetic.digits_of(document.currency))
                lines += [
                    CountedLine(name, ONE, part, tax=tax) for tax, part in zip(by_tax, parts, strict=True)
                ]
        plain = replace(document, lines=tuple(lines), adjustments=())
        return _with_taxes_on_lines(plain, taxes, arithmetic) if taxes else plain


def _with_taxes_on_lines(
    document: Document, taxes: Sequence[tuple[Adjustment, Decimal]], arithmetic: Arithmetic
) -> Document:
    """Taxes of the whole document, put on its lines.

    One percentage whose rate the ledger knows, on lines without a tax of their own, becomes their rate. Any other tax is shared out among
    the lines and set on them in place of the calculated one.
    """
    lines = document.lines or (CountedLine(quantity=ONE, price=ZERO),)
    (adjustment, _), rate = taxes[0], taxes[0][0].tax
    untaxed = all(line.tax is None and line.tax_override is None for line in lines)
    if untaxed and len(taxes) == 1 and rate is not None and rate.rate == adjustment.percent:
        return replace(
            document, lines=tuple(line if line.only_describes else replace(line, tax=rate) for line in lines)
        )
    document = replace(document, lines=lines)
    counted = _lines(document, arithmetic)
    whole = sum((amount for _, amount in taxes), ZERO)
    parts = apportion(whole, [each.net for each in counted], arithmetic.digits_of(document.currency))
    shared = zip(lines, counted, parts, strict=True)
    return replace(
        document,
        lines=tuple(
            replace(line, tax_override=each.tax + part) if part else line for line, each, part in shared
        ),
    )


def _amount(line: CountedLine, arithmetic: Arithmetic, digits: int) -> tuple[Decimal, Decimal]:
    """The line's amount after its discount, and what the discount took off. A line that lacks its quantity or price comes to nothing."""
    unit = round_to(line.price or ZERO, arithmetic.unit_digits, arithmetic.half)
    quantity = line.quantity or ZERO
    before = round_to(quantity * unit, digits, arithmetic.half)
    if line.discount is None:
        return before, round_to(ZERO, digits)
    if line.discount.percent is not None:
        off = (before if arithmetic.discounts is Discounts.APART else quantity * unit) * line.discount.percent
        off = off.scaleb(-2)
    else:
        off = line.discount.amount or ZERO
        if arithmetic.discount_per_unit:
            each = round_ratio(off, quantity, arithmetic.unit_digits, arithmetic.half) if quantity else ZERO
            off = quantity * each
    if arithmetic.discounts is Discounts.APART:
        amount = before - round_to(off, digits, arithmetic.half)
    else:
        amount = round_to(quantity * unit - off, digits, arithmetic.half)
    return amount, before - amount


def _taxes(
    document: Document, arithmetic: Arithmetic, digits: int, amounts: Sequence[Decimal]
) -> list[Decimal]:
    """The tax of each line. What is rounded on several lines together is shared out among them, so that it adds up to the cent."""
    taxes = [round_to(ZERO, digits)] * len(amounts)
    if document.prices is Prices.NO_TAX:
        return taxes
    groups: dict[object, list[int]] = {}
    for at, line in enumerate(document.lines):
        if line.tax_override is not None and arithmetic.overrides:
            taxes[at] = round_to(line.tax_override, digits, arithmetic.half)
        elif line.tax is not None:
            group = {TaxRounding.LINE: at, TaxRounding.RATE: line.tax, TaxRounding.DOCUMENT: None}
            groups.setdefault(group[arithmetic.tax], []).append(at)
    inclusive = document.prices is Prices.INCLUSIVE
    for members in groups.values():
        rates = [tax.rate for at in members if (tax := document.lines[at].tax)]
        within = [HUNDRED + rate if inclusive else HUNDRED for rate in rates]
        exact = [amounts[at] * rate for at, rate in zip(members, rates, strict=True)]
        shares = round_together(exact, within, digits, arithmetic.half)
        for at, share in zip(members, shares, strict=True):
            taxes[at] = share
    return taxes
