"""A plan, drawn: what would be done in each system, examples field by field, what waits for a person, what is left alone, what it costs."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from crossfoot.app.opening import TITLES
from crossfoot.app.planned import PlanReport
from crossfoot.cli import words
from crossfoot.cli.show_review import conflicts, doubtful
from crossfoot.model.identity import Side
from crossfoot.model.operations import Act
from crossfoot.model.subjects import SubjectState
from crossfoot.store.reviews import ReviewKind

EXAMPLE_FIELDS = 4
"""Fields shown of one operation."""

REASONS = 8
"""Reasons shown for what is left alone."""

QUESTIONS = 5
"""Questions shown of each sort; `crossfoot review` shows all."""


def plan(report: PlanReport) -> RenderableType:
    """The whole plan."""
    return Group(*_parts(report))


def _parts(report: PlanReport) -> Iterator[RenderableType]:
    yield Text(
        f"Plan for '{report.connection}', {words.moment(report.made_at)}. Nothing has been written yet.",
        "bold",
    )
    if report.counts:
        yield _what(report)
        yield _examples(report)
    else:
        yield Text("Nothing to do: HubSpot and Xero agree, as far as the settings go.\n", "green")
    yield from _waiting(report)
    yield from _left_alone(report)
    if report.counts:
        yield Text(_cost(report))


def _what(report: PlanReport) -> RenderableType:
    writes = [(act, side) for side in Side for act in (Act.CREATE, Act.UPDATE, Act.ARCHIVE)]
    used = [
        (act, side)
        for act, side in writes
        if act is not Act.ARCHIVE or any((c.act, c.side) == (act, side) for c in report.counts)
    ]
    heads = {Act.CREATE: "new", Act.UPDATE: "changed", Act.ARCHIVE: "archived"}
    columns = [f"{TITLES[side]}\n{heads[act]}" for act, side in used]
    drawn = words.table("What would be done", "Sync", *columns, "Linked", numbers=[*columns, "Linked"])
    styles = {Act.CREATE: "green", Act.UPDATE: "cyan", Act.ARCHIVE: "red", Act.LINK: ""}
    sums: dict[tuple[Act, Side | None], int] = {}
    places = [*used, (Act.LINK, None)]
    for sync in dict.fromkeys(count.sync for count in report.counts):
        row = []
        for act, side in places:
            found = sum(
                count.number
                for count in report.counts
                if count.sync == sync and count.act is act and side in (None, count.side)
            )
            sums[act, side] = sums.get((act, side), 0) + found
            row.append(words.number(found, styles[act]))
        drawn.add_row(sync.replace("_", " "), *row)
    drawn.add_section()
    drawn.add_row("total", *(words.number(sums.get(place, 0), "bold") for place in places))
    return drawn


def _examples(report: PlanReport) -> RenderableType:
    drawn = words.table("For example", "Record", "Field", "Now", "Then", "Why")
    drawn.columns[0].min_width = 18
    for shown in report.examples:
        operation = shown.operation
        if operation.act is Act.LINK:
            drawn.add_row(
                f"link {shown.name}",
                "",
                Text(f"HubSpot {operation.crm_id}", "dim"),
                Text(f"Xero {(operation.ledger_id or '')[:8]}…", "dim"),
                operation.reason,
            )
            continue
        head = f"{words.ACTS[operation.act]} in {TITLES[operation.side]}: {shown.name}"
        fields = operation.fields[:EXAMPLE_FIELDS]
        for place, change in enumerate(fields):
            before = Text("") if operation.act is Act.CREATE else words.value(change.before)
            drawn.add_row(
                words.short(head, 44) if place == 0 else "",
                change.field.replace("_", " "),
                before,
                words.value(change.after),
                (operation.reason if operation.act is Act.CREATE else change.why)
                if place == 0 or change.why != fields[0].why
                else "",
            )
        more = len(operation.fields) - len(fields)
        if more > 0:
            drawn.add_row("", Text(f"and {more} more", "dim"))
        if not operation.fields:
            drawn.add_row(words.short(head, 44), "", "", "", operation.reason)
    return drawn


def _waiting(report: PlanReport) -> Iterator[RenderableType]:
    doubts = [question for question in report.questions if question.kind is ReviewKind.DOUBTFUL]
    others = [question for question in report.questions if question.kind is not ReviewKind.DOUBTFUL]
    for found, draw in ((doubts, doubtful), (others, conflicts)):
        if found:
            yield draw(found[:QUESTIONS])
            if len(found) > QUESTIONS:
                yield Text(f"… and {len(found) - QUESTIONS} more; 'crossfoot review' shows all.\n", "dim")


def _left_alone(report: PlanReport) -> Iterator[RenderableType]:
    cannot = [left for left in report.left if left.state in (SubjectState.NOT_READY, SubjectState.FAILED)]
    rest = [left for left in report.left if left not in cannot]
    for title, found in (("What cannot be done, and why", cannot), ("What is left out, and why", rest)):
        if not found:
            continue
        drawn = words.table(title, "Sync", "Records", "Why", "For example", numbers=["Records"])
        for left in found[:REASONS]:
            drawn.add_row(
                left.sync.replace("_", " "),
                f"{left.number:,} in {TITLES[left.side]}",
                words.sentence(left.reason),
                words.short(left.example, 30),
            )
        if len(found) > REASONS:
            more = sum(left.number for left in found[REASONS:])
            drawn.add_row("", f"{more:,}", Text("for other reasons", "dim"))
        yield drawn


def _cost(report: PlanReport) -> str:
    calls = " and ".join(
        f"{words.count(number, 'call')} to {TITLES[side]}" for side, number in report.calls.items()
    )
    return (
        f"Applying it does {words.count(report.total, 'thing')} with {calls}, in batches as large as each allows; "
        "a few more calls read what was written.\n"
    )
