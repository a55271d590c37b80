"""How a system counts its documents, and from what it tells of one to a document that can be added up.

Travelling lines name a tax by its code and tell what their side computed. To be added up a line must know its rate; and where a side that
takes taxes set by hand tells another tax than its own arithmetic makes, somebody has set it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext

from crossfoot.model.arithmetic import ZERO, Arithmetic, add_up
from crossfoot.model.documents import (
    Adjustment,
    AdjustmentKind,
    CountedLine,
    Discount,
    Document,
    Prices,
)
from crossfoot.model.lines import Line, Lines
from crossfoot.model.money import EXACT
from crossfoot.model.records import Fields
from crossfoot.model.taxes import Tax
from crossfoot.model.variance import Reckoned, Said


@dataclass(frozen=True, slots=True)
class Counting:
    """How a system counts its documents of a kind, and where it tells what they come to. All names are native paths."""

    arithmetic: Arithmetic
    currency: str
    lines: str
    tax: str
    total: str
    """With tax."""
    paid: str
    due: str
    credited: str | None = None
    """None where the system knows no credit notes."""
    discounts: str | None = None
    """Of the whole document; None where there are none but those of lines."""
    fees: str | None = None
    """Of the whole document."""
    sale: str | None = None
    """The sale that it is for, where people can say so."""
    prices: str | None = None
    """What the prices say about tax; None where they are always without."""
    words: Mapping[str, Prices] = field(default_factory=dict)
    """The values of `prices`."""

    @property
    def sums(self) -> frozenset[str]:
        """Where the system tells what a document comes to, and for which sale. No sync writes any of it."""
        named = (
            self.tax,
            self.total,
            self.paid,
            self.due,
            self.credited,
            self.discounts,
            self.fees,
            self.sale,
        )
        return frozenset(path for path in named if path)

    @property
    def given(self) -> frozenset[str]:
        """The sums that are nothing until people give the document something as a whole: no write of ours moves them."""
        return frozenset(path for path in (self.discounts, self.fees) if path)


def reckoned(counting: Counting, fields: Fields, taxes: Mapping[str, Tax]) -> Reckoned | None:
    """A document as its system holds it and adds it up, with the sums that the system itself says; None where it does not tell enough.

    `taxes` are the side's by code.
    """
    lines, total, tax = (fields.get(path) for path in (counting.lines, counting.total, counting.tax))
    if not isinstance(total, Decimal) or not isinstance(tax, Decimal):
        return None
    told = lines if isinstance(lines, Lines) else Lines()
    prices = counting.words.get(str(fields.get(counting.prices or "")), Prices.EXCLUSIVE)
    currency = str(fields.get(counting.currency) or "")
    try:
        document = document_of(told, currency, prices, taxes, counting.arithmetic)
    except ValueError:
        return None
    with localcontext(EXACT):
        said = Said(total - tax, tax)
        if total and counting.arithmetic.adjustments and prices is Prices.EXCLUSIVE:
            document = replace(document, adjustments=_adjustments(counting, fields, told, tax))
    return Reckoned(document, counting.arithmetic, said)


def _adjustments(counting: Counting, fields: Fields, lines: Lines, tax: Decimal) -> tuple[Adjustment, ...]:
    """Discounts, fees and taxes of the whole, as far as the sums betray them: of a tax, what no line accounts for."""
    of_lines = sum((line.tax_amount or ZERO for line in lines), ZERO)
    amounts = {
        AdjustmentKind.DISCOUNT: fields.get(counting.discounts or ""),
        AdjustmentKind.FEE: fields.get(counting.fees or ""),
        AdjustmentKind.TAX: tax - of_lines,
    }
    return tuple(
        Adjustment(kind, amount=amount)
        for kind, amount in amounts.items()
        if isinstance(amount, Decimal) and amount > 0
    )


def document_of(
    told: Lines, currency: str, prices: Prices, taxes: Mapping[str, Tax], arithmetic: Arithmetic
) -> Document:
    """The document that has these lines on a side. `taxes` are the side's by code; of one that is not among them the told tax is taken.

    Raises ValueError for a currency that does not exist.
    """
    document = Document(currency, tuple(_counted(line, taxes) for line in told), prices)
    if not arithmetic.overrides or prices is Prices.NO_TAX:
        return document
    said = [line.tax_amount for line in told]
    other = ROUND_HALF_EVEN if arithmetic.half == ROUND_HALF_UP else ROUND_HALF_UP
    for half in (arithmetic.half, other):
        made = [line.tax for line in add_up(document, replace(arithmetic, half=half)).lines]
        if all(one in (None, two) for one, two in zip(said, made, strict=True)):
            # Nobody set anything. If it is the other half of a cent, the sums will say so.
            return document
    made = [line.tax for line in add_up(document, arithmetic).lines]
    return replace(
        document,
        lines=tuple(
            line if one in (None, two) else replace(line, tax_override=one)
            for line, one, two in zip(document.lines, said, made, strict=True)
        ),
    )


def _counted(line: Line, taxes: Mapping[str, Tax]) -> CountedLine:
    discount = None
    if line.discount_percent is not None:
        discount = Discount(percent=line.discount_percent)
    elif line.discount_amount is not None:
        discount = Discount(amount=line.discount_amount)
    return CountedLine(
        line.description or "",
        line.quantity,
        line.price,
        discount,
        None if line.tax is None else taxes.get(line.tax, Tax(line.tax)),
    )
