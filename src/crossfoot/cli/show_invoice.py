"""The invoice that would be made of a deal, drawn and as data."""

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from crossfoot.app.opening import TITLES
from crossfoot.cli import words
from crossfoot.model.identity import Side
from crossfoot.model.lines import Lines
from crossfoot.model.splitting import amount_of, worth
from crossfoot.model.subjects import SubjectState
from crossfoot.runtime.asking import Asked


def drawn(asked: Asked) -> Iterator[RenderableType]:
    """Its lines and what they come to; or why it cannot be made, and what to do."""
    operation, billing = asked.operation, asked.sync.billing
    assert billing is not None
    which = (
        f"Invoice {billing.place + 1} of {len(billing.bills)} of the deal"
        if billing.parted
        else "The invoice"
    )
    if operation is None:
        problem = asked.decision.problem
        doubtful = asked.decision.state is SubjectState.DOUBTFUL
        fix = "See 'crossfoot review list'." if doubtful else problem.fix if problem else ""
        why = words.why(asked.decision.reason or asked.decision.state.sentence, Side.CRM)
        yield Text(f"{which} cannot be made: {why} {fix}".rstrip(), "red")
        return
    told = {each.field: each.after for each in operation.fields}
    lines = told.get("lines")
    table = words.table(
        f"{which}, in {TITLES[Side.LEDGER]}",
        "Line",
        "Quantity",
        "Price",
        "Amount",
        numbers=["Quantity", "Price", "Amount"],
    )
    for line in lines if isinstance(lines, Lines) else ():
        table.add_row(
            line.description or line.item or "",
            words.value(line.quantity),
            words.value(line.price),
            f"{amount_of(line):,f}",
        )
    if isinstance(lines, Lines):
        table.add_section()
        table.add_row("without tax", "", str(told.get("currency") or ""), f"{worth(lines):,f}")
    yield table


def invoice_data(asked: Asked, *, asked_for: bool = False) -> dict[str, Any]:
    """The same as data."""
    billing = asked.sync.billing
    assert billing is not None
    return {
        "number": billing.place + 1,
        "of": len(billing.bills),
        "asked": asked_for,
        "state": asked.decision.state,
        "reason": asked.decision.reason,
        "problem": asked.decision.problem,
        "operation": asked.operation,
    }
