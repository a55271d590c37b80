"""Splitting a document into a deposit and instalments that come to the whole, to the cent: net, tax and total, line by line.

Every part keeps the lines of the whole, each with its share of the line as the price of one. A part takes its share of what the parts before
it left, so the last one takes what remains. Where a share of a line's tax is not what its system would calculate, the tax is set by hand.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, localcontext

from crossfoot.model.arithmetic import Arithmetic, add_up, as_told
from crossfoot.model.documents import CountedLine, Document, Prices
from crossfoot.model.money import EXACT, round_to
from crossfoot.model.shares import ONE, apportion, share_out
from crossfoot.model.taxes import HUNDRED


def split_by_percent(
    document: Document, percents: Sequence[Decimal], arithmetic: Arithmetic
) -> tuple[Document, ...]:
    """Parts of so many percent each, which must make 100. A part's total is its percentage of the whole, within a cent.

    Raises ValueError with a sentence for people if they do not, or if the system takes no tax set by hand.
    """
    if sum(percents) != HUNDRED or any(each < 0 for each in percents):
        raise ValueError(f"Parts of {_listed(percents)} percent do not make 100. Write shares that do.")
    whole = add_up(document, arithmetic)
    totals = apportion(whole.total, percents, arithmetic.digits_of(document.currency))
    return _split(document, percents, totals, arithmetic)


def split_by_amount(
    document: Document, amounts: Sequence[Decimal], arithmetic: Arithmetic
) -> tuple[Document, ...]:
    """Parts with exactly these totals, which must make the whole total and have its sign.

    Raises ValueError with a sentence for people if they do not, or if the system takes no tax set by hand.
    """
    whole = add_up(document, arithmetic).total
    digits = arithmetic.digits_of(document.currency)
    if not whole:
        raise ValueError("A document that comes to nothing cannot be split by amounts. Split it by percent.")
    if any(round_to(each, digits) != each or each * whole < 0 for each in amounts) or sum(amounts) != whole:
        raise ValueError(
            f"Parts of {_listed(amounts)} do not make {whole:,f} {document.currency}. Write amounts that do."
        )
    return _split(document, amounts, amounts, arithmetic)


def _split(
    document: Document, weights: Sequence[Decimal], totals: Sequence[Decimal], arithmetic: Arithmetic
) -> tuple[Document, ...]:
    if not arithmetic.overrides:
        raise ValueError(
            f"{arithmetic.title} takes no tax set by hand, and its parts would not make the whole. Split in the other system."
        )
    with localcontext(EXACT):
        document = as_told(document, arithmetic)
        digits = arithmetic.digits_of(document.currency)
        whole = add_up(document, arithmetic)
        left = [line.gross for line in whole.lines]
        cells = []
        for at, total in enumerate(totals):
            ahead = sum(weights[at:], Decimal(0))
            cells.append(share_out([each * weights[at] for each in left], ahead or ONE, total, digits))
            left = [each - taken for each, taken in zip(left, cells[-1], strict=True)]
        taxes = [
            apportion(line.tax, [row[at] for row in cells], digits) for at, line in enumerate(whole.lines)
        ]
        return tuple(
            _part(document, row, [tax[number] for tax in taxes], arithmetic)
            for number, row in enumerate(cells)
        )


def _part(
    document: Document, gross: Sequence[Decimal], taxes: Sequence[Decimal], arithmetic: Arithmetic
) -> Document:
    """The document with lines that come to these amounts, and these taxes set by hand where they would come out otherwise."""
    inclusive = document.prices is Prices.INCLUSIVE
    lines = tuple(
        line if line.only_describes else _priced(line, amount if inclusive else amount - tax)
        for line, amount, tax in zip(document.lines, gross, taxes, strict=True)
    )
    part = replace(document, lines=lines)
    calculated = add_up(part, arithmetic).lines
    mended = zip(lines, calculated, taxes, strict=True)
    return replace(
        part,
        lines=tuple(
            line if each.tax == tax else replace(line, tax_override=tax) for line, each, tax in mended
        ),
    )


def _priced(line: CountedLine, amount: Decimal) -> CountedLine:
    return replace(line, quantity=ONE, unit_amount=amount, discount=None, tax_override=None, id="")


def _listed(numbers: Sequence[Decimal]) -> str:
    return " + ".join(f"{each:f}" for each in numbers)
