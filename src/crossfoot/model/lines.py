"""The lines of a sales document: one value with an inner life, for lines are merged one by one."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from decimal import Decimal

from crossfoot.model.identity import Side


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an invoice, credit note or deal. None is "empty", as in every field."""

    crm_id: str = ""
    """Its id in the CRM; "" where it has none (yet)."""
    ledger_id: str = ""
    """Its id in the ledger; "" where it has none (yet)."""
    description: str | None = None
    quantity: Decimal | None = None
    price: Decimal | None = None
    """What one unit costs before discount, in the document's currency: of a side's own line with or without tax, as its document says; of a
    line that both sides share without."""
    discount_percent: Decimal | None = None
    """0 to 100. A line has a share or an amount of discount, not both."""
    discount_amount: Decimal | None = None
    """Taken off the whole line."""
    item: str | None = None
    """Item code, or SKU."""
    account: str | None = None
    """Code of the account that it is booked to."""
    tax: str | None = None
    """The side's own word for the tax: a ledger's tax type, a CRM's tax rate."""
    tracking: tuple[tuple[str, str], ...] = ()
    """Category and option, as the ledger's people named them."""
    net: Decimal | None = None
    """The line's amount as its side computed it, after discount, with or without tax as the document says. Told, never written."""
    tax_amount: Decimal | None = None
    """The line's tax as its side computed it. Told, never written."""

    def id_on(self, side: Side) -> str:
        """Its id on a side."""
        return self.crm_id if side is Side.CRM else self.ledger_id

    def with_id(self, side: Side, line_id: str) -> "Line":
        """The line under an id of a side."""
        return replace(self, crm_id=line_id) if side is Side.CRM else replace(self, ledger_id=line_id)

    def __str__(self) -> str:
        amount = f"{self.quantity or 0:f} x {self.price or 0:f}"
        return f"{self.description or self.item or 'line'}: {amount}"


@dataclass(frozen=True, slots=True)
class Lines:
    """All lines of a document, in their order."""

    all: tuple[Line, ...] = ()

    def __iter__(self) -> Iterator[Line]:
        return iter(self.all)

    def __len__(self) -> int:
        return len(self.all)

    def __str__(self) -> str:
        return "; ".join(map(str, self.all)) or "no lines"


CONTENT = tuple(
    each.name for each in fields(Line) if each.name not in ("crm_id", "ledger_id", "net", "tax_amount")
)
"""The parts of a line that people write; the others are ids, or computed."""
