"""A plan, drawn: what would be done in each system, examples field by field, what waits for a person, what is left alone, what it costs."""

from collections.abc import Iterator
from itertools import islice, zip_longest

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from crossfoot.app.opening import TITLES
from crossfoot.app.planned import EXAMPLES, Count, PlanReport, Shown
from crossfoot.cli import words
from crossfoot.cli.show_review import conflicts, doubtful
from crossfoot.model.identity import Side
from crossfoot.model.operations import Act, FieldChange
from crossfoot.model.subjects import SubjectState
from crossfoot.store.reviews import ReviewKind

EXAMPLE_FIELDS = 3
"""Fields shown of one operation."""

REASONS = 8
"""Reasons shown for what is left alone."""

EXCERPT_FIELDS, EXCERPT_DOUBTS = 3, 2
"""Fields and doubtful matches in an excerpt."""

EXCERPT_WIDTH = 18
"""Characters of a name or a value in an excerpt."""

QUESTIONS = 5
"""Questions shown of each sort; `crossfoot review list` shows all."""


def plan(report: PlanReport, *, brief: bool = False) -> RenderableType:
    """The whole plan; `brief` with fewer examples."""
    return Group(*_parts(report, brief=brief))


def excerpt(report: PlanReport) -> RenderableType:
    """As much of it as fits the top of a page: the sums, three fields, two doubtful matches, the cost."""
    doubts = [question for question in report.questions if question.kind is ReviewKind.DOUBTFUL]
    pairs = [question for question in reversed(doubts) if len(question.twins) == 1]
    pairs.sort(key=lambda question: question.records[0].name != question.twins[0].name)
    telling = {question.why: question for question in pairs}
    return Group(
        _head(report),
        *([_what(report)] if report.counts else []),
        *_few_fields(report),
        *([doubtful(list(telling.values())[:EXCERPT_DOUBTS])] if telling else []),
        *([Text(_cost(report).rstrip())] if report.counts else []),
    )


def _head(report: PlanReport) -> RenderableType:
    return Text(
        f"Plan for '{report.connection}', {words.moment(report.made_at)}. Nothing has been written yet.\n",
        "bold",
    )


def _parts(report: PlanReport, *, brief: bool) -> Iterator[RenderableType]:
    yield _head(report)
    if report.counts:
        yield _what(report)
        if any(count.act in (Act.CREATE, Act.LINK, Act.UNLINK) for count in report.counts):
            yield _names(report, 2 if brief else EXAMPLES)
        if report.money:
            yield _money(report)
        yield from _fields(report, 1 if brief else EXAMPLES)
    else:
        yield Text("Nothing to do: HubSpot and Xero agree, as far as the settings go.\n", "green")
    yield from _waiting(report, 3 if brief else QUESTIONS)
    yield from _left_alone(report, 4 if brief else REASONS)
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


def _names(report: PlanReport, most: int) -> RenderableType:
    """What would be new or linked, by name."""
    drawn = words.table("New and linked, for example", "Sync", "What", "Records", "Why")
    for count in report.counts:
        if count.act in (Act.UPDATE, Act.ARCHIVE):
            continue
        found = _of(report, count)[:most]
        where = "" if count.act is Act.LINK else f" in {TITLES[count.side]}"
        more = count.number - len(found)
        names = [words.short(shown.name, 28) for shown in found]
        reasons = dict.fromkeys(shown.operation.reason for shown in found)
        drawn.add_row(
            count.sync.replace("_", " "),
            f"{words.ACTS[count.act]}{where}",
            ", ".join(names) + (f" and {more:,} more" if more else ""),
            ", ".join(reasons),
        )
    return drawn


def _money(report: PlanReport) -> RenderableType:
    """What the new documents come to."""
    drawn = words.table(
        "Money of the new documents",
        "Sync",
        "Made in",
        "",
        "Documents",
        "Total",
        "",
        numbers=["Documents", "Total"],
    )
    for each in report.money:
        drawn.add_row(
            each.sync.replace("_", " "),
            TITLES[each.side],
            each.currency,
            words.number(each.number),
            words.amount(each.total, each.currency),
            Text("with tax, as Xero has it" if each.with_tax else "before tax, which Xero adds", "dim"),
        )
    return drawn


def _fields(report: PlanReport, most: int) -> Iterator[RenderableType]:
    """What would change in records that are there, field by field: so many records of each sort."""
    drawn = _changes()
    for count in report.counts:
        if count.act not in (Act.UPDATE, Act.ARCHIVE):
            continue
        for shown in _of(report, count)[:most]:
            fields = shown.operation.fields[:EXAMPLE_FIELDS]
            if not fields:
                drawn.add_row(
                    shown.name, TITLES[count.side], "the record", "live", "archived", shown.operation.reason
                )
            for place, change in enumerate(fields):
                drawn.add_row(
                    words.short(shown.name, 28) if place == 0 else "",
                    TITLES[count.side] if place == 0 else "",
                    *_change(change),
                    words.why(change.why) if place == 0 or change.why != fields[place - 1].why else "",
                )
            more = len(shown.operation.fields) - len(fields)
            if more:
                drawn.add_row("", "", Text(f"and {more} more", "dim"))
    if drawn.row_count:
        yield drawn


def _few_fields(report: PlanReport) -> Iterator[RenderableType]:
    """A few changes that need no more than a line each, of every sort before two of one."""
    sorts = [
        [
            (shown, change)
            for shown in _of(report, count)
            for change in shown.operation.fields
            if max(len(shown.name), *(len(words.value(each).plain) for each in (change.before, change.after)))
            <= EXCERPT_WIDTH
        ]
        for count in report.counts
        if count.act is Act.UPDATE
    ]
    drawn = _changes()
    in_turn = (each for row in zip_longest(*sorts) for each in row if each is not None)
    for shown, change in islice(in_turn, EXCERPT_FIELDS):
        drawn.add_row(shown.name, TITLES[shown.operation.side], *_change(change), words.why(change.why))
    if drawn.row_count:
        yield drawn


def _changes() -> Table:
    return words.table("Changes, field by field, for example", "Record", "In", "Field", "Now", "Then", "Why")


def _change(change: FieldChange) -> tuple[str, Text, Text]:
    return change.field.replace("_", " "), words.value(change.before), words.value(change.after)


def _of(report: PlanReport, count: Count) -> list[Shown]:
    """The examples of one sort."""
    return [
        shown
        for shown in report.examples
        if (shown.operation.sync, shown.operation.act, shown.operation.side)
        == (count.sync, count.act, count.side)
    ]


def _waiting(report: PlanReport, most: int) -> Iterator[RenderableType]:
    doubts = [question for question in report.questions if question.kind is ReviewKind.DOUBTFUL]
    others = [question for question in report.questions if question.kind is not ReviewKind.DOUBTFUL]
    for found, draw in ((doubts, doubtful), (others, conflicts)):
        if found:
            yield draw(found[:most])
            if len(found) > most:
                yield Text(f"… and {len(found) - most} more; 'crossfoot review list' shows all.\n", "dim")


def _left_alone(report: PlanReport, most: int) -> Iterator[RenderableType]:
    cannot = [left for left in report.left if left.state in (SubjectState.NOT_READY, SubjectState.FAILED)]
    rest = [left for left in report.left if left not in cannot]
    for title, found in (("What cannot be done, and why", cannot), ("What is left out, and why", rest)):
        if not found:
            continue
        found.sort(key=lambda left: -left.number)
        drawn = words.table(title, "Sync", "Records", "Why", "For example", numbers=["Records"])
        for left in found[:most]:
            drawn.add_row(
                left.sync.replace("_", " "),
                f"{left.number:,} in {TITLES[left.side]}",
                words.why(left.reason, left.side),
                words.short(left.example, 30),
            )
        if len(found) > most:
            more = sum(left.number for left in found[most:])
            drawn.add_row("", f"{more:,}", Text("for other reasons", "dim"))
        yield drawn


def _cost(report: PlanReport) -> str:
    calls = " and ".join(
        f"{words.count(number, 'call')} to {TITLES[side]}" for side, number in report.calls.items()
    )
    return (
        f"{words.count(report.total, 'step')} in all. Writing takes {calls}; looking at the records before "
        "and after comes on top.\n"
    )
