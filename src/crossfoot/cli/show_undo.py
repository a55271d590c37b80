"""What would be taken back, and what was, drawn and as data."""

from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from crossfoot.app.opening import TITLES
from crossfoot.cli import words
from crossfoot.model.operations import Act, Operation
from crossfoot.runtime.report import Tally
from crossfoot.runtime.undo import Refusal, UndoPlan

_MOST = 40  # operations shown


def would(plan: UndoPlan, names: Sequence[str]) -> RenderableType:
    """What would be taken back; `names` are those of the operations, then of the refusals."""
    parts: list[RenderableType] = []
    if plan.inverse:
        drawn = words.table("This would be taken back", "Record", "What", "Field", "Now", "Then")
        for name, operation in zip(names[:_MOST], plan.inverse, strict=False):
            changes = operation.fields or (None,)
            for place, change in enumerate(changes):
                drawn.add_row(
                    words.short(name, 30) if place == 0 else "",
                    _what(operation) if place == 0 else "",
                    change.field.replace("_", " ") if change else "",
                    words.value(change.before) if change else "",
                    words.value(change.after) if change else "",
                )
        parts.append(drawn)
        if len(plan.inverse) > _MOST:
            parts.append(Text(f"… and {len(plan.inverse) - _MOST} more.\n", "dim"))
    else:
        parts.append(Text("There is nothing that can be taken back.", "yellow"))
    if plan.refusals:
        drawn = words.table("This cannot be taken back", "Record", "What", "Why")
        for name, refusal in zip(names[len(plan.inverse) :][:_MOST], plan.refusals, strict=False):
            drawn.add_row(words.short(name, 30), _done(refusal.operation), refusal.why)
        parts.append(drawn)
        if len(plan.refusals) > _MOST:
            parts.append(Text(f"… and {len(plan.refusals) - _MOST} more.\n", "dim"))
    return Group(*parts)


def undone(tally: Tally, refused: Sequence[Refusal]) -> RenderableType:
    """What was taken back."""
    parts: list[RenderableType] = [Text(f"{words.count(tally.applied, 'write')} taken back.", "green")]
    if tally.refused or refused:
        parts.append(
            Text(f"{words.count(tally.refused + len(refused), 'write')} could not be taken back:", "yellow")
        )
        parts += [Text(f"  {refusal.why}") for refusal in refused[:_MOST]]
    if tally.unknown:
        parts.append(
            Text(f"{words.count(tally.unknown, 'write')} got no usable answer; the next run looks.", "yellow")
        )
    return Group(*parts)


def undone_data(plan: UndoPlan, tally: Tally | None, refused: Sequence[Refusal]) -> dict[str, Any]:
    """The same as data. `done` is null where nothing was done."""
    return {"planned": plan.inverse, "refused": [*plan.refusals, *refused], "done": tally}


def _what(operation: Operation) -> str:
    match operation.act:
        case Act.UNLINK:
            return "unlink, and keep apart"
        case Act.ARCHIVE:
            return f"archive in {TITLES[operation.side]}"
        case _:
            return f"change back in {TITLES[operation.side]}"


def _done(operation: Operation) -> str:
    if not operation.act.calls:
        return words.ACTS[operation.act]
    return f"{words.ACTS[operation.act]} in {TITLES[operation.side]}"
