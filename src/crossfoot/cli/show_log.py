"""Runs and writes, drawn."""

from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text

from crossfoot.app.opening import TITLES
from crossfoot.cli import words
from crossfoot.model.operations import Act
from crossfoot.store.history import Line
from crossfoot.store.operations import Recorded
from crossfoot.store.runs import Run

_FIELDS = 3  # fields told of one write


def runs(found: Sequence[Run]) -> RenderableType:
    """Runs, newest first."""
    counted = ["Read", "Written", "Refused"]
    drawn = words.table(
        "Runs, newest first", "Run", "When", "Started", "Ended", *counted, "Note", numbers=counted
    )
    for run in found:
        drawn.add_row(
            Text(run.id[-8:], "bold"),
            words.clock_time(run.started_at),
            run.trigger,
            words.run_state(run.state),
            *(_counted(run, *each) for each in (("listed", ""), ("applied", "green"), ("refused", "red"))),
            str(run.problem or ""),
        )
    return drawn if found else Text("No run yet.")


def _counted(run: Run, what: str, style: str) -> Text:
    """A number of a run; one that did not come to its end has not told any."""
    if run.ended_at is None:
        return Text("not told", "dim")
    return words.number(int(run.counts.get(what, 0)), style)


def writes(found: Sequence[Recorded], title: str, names: Sequence[str] = ()) -> RenderableType:
    """Operations and what became of them."""
    columns = ["No.", "When", *(["Record"] if names else []), "What", "Became", "Fields"]
    drawn = words.table(title, *columns)
    for place, each in enumerate(found):
        operation = each.operation
        where = "" if operation.act in (Act.LINK, Act.UNLINK) else f" in {TITLES[operation.side]}"
        drawn.add_row(
            Text(operation.id[-8:], "bold"),
            words.clock_time(each.settled_at or each.made_at),
            *([words.short(names[place], 28)] if names else []),
            f"{words.ACTS[operation.act]}{where}" + (" (undo)" if operation.undoes else ""),
            words.outcome(each.state),
            _told(each),
        )
    return drawn if found else Text("Nothing was written yet.")


def _told(each: Recorded) -> str:
    operation = each.operation
    if operation.problem is not None:
        return str(operation.problem)
    changes = [
        f"{change.field.replace('_', ' ')}: {words.change(change.before, change.after, 24)}"
        for change in operation.fields[:_FIELDS]
    ]
    more = len(operation.fields) - len(changes)
    told = "; ".join(changes) if operation.act is Act.UPDATE else operation.reason
    return f"{told}; and {more} more" if more > 0 and operation.act is Act.UPDATE else told or each.note


def lines(found: Sequence[Line], names: Sequence[str] = ()) -> RenderableType:
    """What happened, in sentences."""
    drawn = words.table("What happened", "When", "Sync", *(["Record"] if names else []), "What")
    for place, line in enumerate(found):
        drawn.add_row(
            words.clock_time(line.at),
            line.sync.replace("_", " "),
            *([words.short(names[place], 28)] if names else []),
            words.sentence(line.text),
        )
    return drawn if found else Text("Nothing happened yet.")


def cut(shown: int, all_: int) -> RenderableType:
    """That there is more than is shown."""
    return Text(f"… and {all_ - shown:,} more; --limit shows more of them.", "dim")
