"""The demo's own pictures: what the colleagues did, and what was carried over."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.text import Text

from crossfoot.app.opening import TITLES
from crossfoot.cli import words
from crossfoot.cli.demo_people import Edit
from crossfoot.model.operations import FieldChange
from crossfoot.store.operations import Recorded


def step(number: int, title: str) -> RenderableType:
    """A heading."""
    return Group(
        *([""] if number > 1 else []), Rule(f"[bold]{number}  {title}[/bold]", align="left", style="cyan")
    )


def edit(done: Edit) -> RenderableType:
    """One edit, as it happens."""
    line = Text(f"  {done.who} in {TITLES[done.system]}: ", "bold")
    if done.field:
        line.append(f"{done.name}, {done.field}: ", "")
        line.append(words.change(done.before, done.after, 34), "cyan")
        if done.conflict:
            line.append("   both of them!", "yellow")
    else:
        line.append(f"{done.after}, {done.name}", "green")
    return line


def conflict(name: str, operation: Recorded, change: FieldChange) -> RenderableType:
    """How a conflict was decided."""
    side = operation.operation.side
    return Text.assemble(
        ("The conflict: ", "bold"),
        f"{name}, {change.field}: {words.value(change.before).plain} in {TITLES[side]} against "
        f"{words.value(change.after).plain} in {TITLES[side.other]}. {words.why(change.why)} "
        "The value that lost is kept in the log, and 'crossfoot undo' brings it back.\n",
    )


def overruled(found: Sequence[Recorded]) -> list[tuple[Recorded, FieldChange]]:
    """The edits that lost a conflict."""
    return [
        (operation, change)
        for operation in found
        for change in operation.operation.fields
        if change.overrules
    ]
