"""How a connection stands, drawn."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from crossfoot.app.opening import TITLES
from crossfoot.app.standing import Standing, SyncStanding
from crossfoot.cli import words
from crossfoot.model.subjects import SubjectState
from crossfoot.settings.choices import SyncState
from crossfoot.store.runs import RunState

_SYNCS = {SyncState.ACTIVE: "green", SyncState.PAUSED: "yellow", SyncState.DISABLED: "dim"}


def status(found: Standing) -> RenderableType:
    """The whole picture."""
    return Group(*_parts(found))


def _parts(found: Standing) -> Iterator[RenderableType]:
    accounts = ", ".join(f"{TITLES[side]} is {key or 'not known'}" for side, key in found.accounts.items())
    yield Text(f"Connection '{found.connection}': {accounts}.", "bold")
    for halt in found.halts:
        yield Panel(
            Text(f"{halt.detail.get('what', halt.reason)}\n{halt.detail.get('fix', '')}".strip()),
            title=f"Stopped since {words.moment(halt.since)}",
            border_style="red",
        )
    yield syncs(found)
    if found.unknown:
        yield Text(
            f"{words.count(found.unknown, 'write')} got no usable answer; the next run looks before it does anything else.",
            "yellow",
        )
    questions = sum(each.questions for each in found.syncs)
    if questions:
        yield Text(f"{words.count(questions, 'question')} for you: 'crossfoot review list'.", "yellow")
    yield from (Text(each, "yellow") for each in found.remarks)
    run = found.last_run
    if run is None:
        yield Text("No run yet. 'crossfoot plan' shows what one would do.")
    else:
        line = Text(f"Last run {words.moment(run.ended_at or run.started_at)}, {run.trigger}: ")
        line.append_text(words.run_state(run.state))
        if run.problem:
            line.append(f". {run.problem}")
        if run.state is RunState.INTERRUPTED:
            line.append(
                f". Nothing is lost: the next run looks at what it had begun; "
                f"'crossfoot log --run {run.id[-8:]}' shows what it wrote."
            )
        yield line


def syncs(found: Standing) -> RenderableType:
    """One row per sync."""
    counted = ["Linked", "In step", "To look\nat", "For you", "Not\nready", "Failed", "Left out"]
    drawn = words.table("Syncs", "Sync", "State", *counted, "Looked at", numbers=counted)
    for each in found.syncs:
        drawn.add_row(
            each.sync.replace("_", " "),
            Text(each.state.value, _SYNCS[each.state]),
            words.number(each.linked),
            words.number(each.number(SubjectState.IN_STEP), "green"),
            words.number(_on_way(each), "cyan"),
            words.number(each.questions, "yellow"),
            words.number(each.number(SubjectState.NOT_READY), "yellow"),
            words.number(each.number(SubjectState.FAILED), "red"),
            words.number(each.number(SubjectState.EXCLUDED), "dim"),
            _looked_at(each),
        )
    return words.Fitting(drawn, Group(*map(_line, found.syncs)))


def _line(each: SyncStanding) -> Text:
    """One sync in a sentence, where the screen is too narrow for columns."""
    numbers = [
        (each.linked, "linked"),
        (each.number(SubjectState.IN_STEP), "in step"),
        (_on_way(each), "to look at"),
        (each.questions, "for you"),
        (each.number(SubjectState.NOT_READY), "not ready"),
        (each.number(SubjectState.FAILED), "failed"),
        (each.number(SubjectState.EXCLUDED), "left out"),
    ]
    told = ", ".join(f"{number:,} {what}" for number, what in numbers if number) or "nothing yet"
    return Text.assemble(
        (each.sync.replace("_", " "), "bold"),
        f" ({each.state.value}): {told}; looked at: {_looked_at(each)}",
    )


def _looked_at(each: SyncStanding) -> str:
    return words.clock_time(each.looked_at)[:-3] if each.looked_at else "never"


def _on_way(each: SyncStanding) -> int:
    return max(each.waiting, each.number(SubjectState.PENDING))
