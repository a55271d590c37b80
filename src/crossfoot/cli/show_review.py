"""Questions for people, drawn."""

from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text

from crossfoot.app.asked import Named, Question
from crossfoot.app.opening import TITLES
from crossfoot.cli import words
from crossfoot.store.reviews import ReviewKind


def doubtful(found: Sequence[Question]) -> RenderableType:
    """Records that may be the same as one in the other system. Until someone says, nothing is created."""
    drawn = words.table(
        "Doubtful matches: the same thing, or not?", "No.", "Record", "May be the same as", "Why"
    )
    for question in found:
        drawn.add_row(
            Text(question.short, "bold"),
            "\n".join(named(record) for record in question.records),
            "\n".join(named(twin) for twin in question.twins) or "-",
            words.why(question.why, question.records[0].ref.side),
        )
    return drawn


def conflicts(found: Sequence[Question]) -> RenderableType:
    """Fields that both systems changed, to different values."""
    drawn = words.table(
        "Conflicts: which value stays?", "No.", "Record", "Field", "Was", "HubSpot says", "Xero says", "Why"
    )
    for question in found:
        drawn.add_row(
            Text(question.short, "bold"),
            words.short(next((record.name for record in question.records), ""), 30),
            question.field.replace("_", " "),
            words.value(question.base),
            words.value(question.hubspot),
            words.value(question.xero),
            words.why(question.why),
        )
    return drawn


def questions(found: Sequence[Question]) -> list[RenderableType]:
    """All open questions, and how to answer them."""
    if not found:
        return [Text("No questions are open.", "green")]
    doubts = [question for question in found if question.kind is ReviewKind.DOUBTFUL]
    others = [question for question in found if question.kind is not ReviewKind.DOUBTFUL]
    drawn: list[RenderableType] = []
    if doubts:
        drawn += [
            doubtful(doubts),
            Text(
                "Answer with 'crossfoot review accept NO' (they are the same) or 'crossfoot review keep-apart NO'.\n"
            ),
        ]
    if others:
        drawn += [
            conflicts(others),
            Text("Answer with 'crossfoot review choose NO hubspot' or '... xero'.\n"),
        ]
    return drawn


def named(record: Named) -> str:
    """A record with its system and the start of its id."""
    return f"{words.short(record.name, 34)} ({TITLES[record.ref.side]} {words.short(record.ref.id.rpartition('/')[2], 14)})"
