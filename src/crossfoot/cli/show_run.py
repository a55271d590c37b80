"""What a run did, drawn."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from crossfoot.app.opening import TITLES
from crossfoot.cli import words
from crossfoot.model.identity import Side
from crossfoot.runtime.report import Report

_DONE = {
    "create": "created",
    "update": "changed",
    "archive": "archived",
    "link": "linked",
    "unlink": "unlinked",
}


def run(report: Report) -> RenderableType:
    """The whole run."""
    return Group(*_parts(report))


def _parts(report: Report) -> Iterator[RenderableType]:
    if report.busy:
        yield Text("Another run of this connection is under way; this one did nothing.", "yellow")
        return
    yield Text(done(report))
    tally = report.tally
    if tally.refused:
        yield Text(
            f"{words.count(tally.refused, 'record')} refused; 'crossfoot status' counts them, "
            "'crossfoot log' says why. The others went on.",
            "yellow",
        )
    if tally.superseded:
        yield Text(f"{words.count(tally.superseded, 'record')} had moved on, and will be planned again.")
    if tally.unknown or report.unresolved:
        yield Text(
            f"{words.count(tally.unknown + report.unresolved, 'write')} got no usable answer; the next run looks "
            "before it does anything else.",
            "yellow",
        )
    if tally.waiting:
        yield Text(
            f"{words.count(tally.waiting, 'write')} must wait a moment, as the system asked; run again."
        )
    if report.halt is not None:
        yield Panel(Text(f"{report.halt.what}\n{report.halt.fix}"), title="Stopped", border_style="red")
    if report.trouble is not None:
        yield Panel(Text(str(report.trouble)), title="Stopped", border_style="red")


def done(report: Report) -> str:
    """What was written, in one sentence."""
    parts = []
    for name, number in report.tally.applied_by.items():
        act, _, side = name.partition(" ")
        where = "" if act in ("link", "unlink") else f" in {TITLES[Side(side)]}"
        parts.append(f"{number:,} {_DONE[act]}{where}")
    return words.sentence(", ".join(parts)) if parts else "Nothing had to be written."
