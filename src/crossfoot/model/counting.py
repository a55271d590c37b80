"""From the lines that travel from side to side to a document that can be added up.

Travelling lines name a tax by its code and tell what their side computed. To be added up a line must know its rate; and where a side that
takes taxes set by hand tells another tax than its own arithmetic makes, somebody has set it.
"""

from collections.abc import Mapping
from dataclasses import replace

from crossfoot.model.arithmetic import Arithmetic, add_up
from crossfoot.model.documents import CountedLine, Discount, Document, Prices, Tracking
from crossfoot.model.lines import Line, Lines
from crossfoot.model.taxes import Tax


def document_of(
    told: Lines, currency: str, prices: Prices, rates: Mapping[str, Tax], arithmetic: Arithmetic
) -> Document:
    """The document that has these lines on a side. `rates` are the side's taxes by code; of one that is not among them the told tax is taken.

    Raises ValueError for a currency that does not exist.
    """
    document = Document(currency, tuple(_counted(line, rates) for line in told), prices)
    if not arithmetic.overrides or prices is Prices.NO_TAX:
        return document
    calculated = add_up(document, arithmetic).lines
    return replace(
        document,
        lines=tuple(
            replace(line, tax_override=one.tax_amount)
            if one.tax_amount is not None and one.tax_amount != made.tax
            else line
            for line, one, made in zip(document.lines, told, calculated, strict=True)
        ),
    )


def _counted(line: Line, rates: Mapping[str, Tax]) -> CountedLine:
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
        None if line.tax is None else rates.get(line.tax, Tax(line.tax)),
        item_code=line.item or "",
        account_code=line.account or "",
        tracking=tuple(Tracking(*each) for each in line.tracking),
        id=line.ledger_id or line.crm_id,
    )


def lines_of(document: Document) -> Lines:
    """The lines of a document as they travel, without ids: those of a new one. A tax set by hand travels as the line's tax."""
    return Lines(
        tuple(
            Line(
                description=line.description or None,
                quantity=line.quantity,
                price=line.unit_amount,
                discount_percent=line.discount.percent if line.discount else None,
                discount_amount=line.discount.amount if line.discount else None,
                item=line.item_code or None,
                account=line.account_code or None,
                tax=line.tax.code if line.tax else None,
                tracking=tuple((each.category, each.option) for each in line.tracking),
                tax_amount=line.tax_override,
            )
            for line in document.lines
        )
    )
