"""Why a record says what it says, drawn and as data."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from crossfoot.app.names import name_in
from crossfoot.app.opening import TITLES
from crossfoot.cli import words
from crossfoot.cli.show_log import writes
from crossfoot.model.fields import as_text
from crossfoot.model.identity import Ref, Side
from crossfoot.model.subjects import SubjectState
from crossfoot.runtime.explain import Explanation, FieldExplained
from crossfoot.runtime.joined import Joined
from crossfoot.settings.choices import ConflictRule
from crossfoot.settings.mappings import Direction
from crossfoot.store.reviews import Review, ReviewKind

_RECENT = 8  # operations and lines of history shown


def explained(joined: Joined, ref: Ref, found: Sequence[Explanation]) -> list[RenderableType]:
    """Every sync that covers the record; only those where it has a partner, if there are any, and else those that take care of it."""
    telling = (
        [each for each in found if each.link is not None]
        or [each for each in found if each.decision.state is not SubjectState.ELSEWHERE]
        or list(found)
    )
    return [part for each in telling for part in _one(joined, ref, each)]


def _one(joined: Joined, ref: Ref, each: Explanation) -> Iterator[RenderableType]:
    own = each.seen.get(ref.side)
    name = (own and name_in(ref.side, ref.kind, own.fields)) or ref.id
    yield Text(f"{name}, in the sync '{each.sync.replace('_', ' ')}'", "bold")
    for side, seen in each.seen.items():
        looked = f", last looked at {words.moment(each.looked_at[side])}" if side in each.looked_at else ""
        url = _page(joined, seen.ref)
        yield Text(
            f"{TITLES[side]}: {words.reference(seen.ref)}, {seen.standing}{looked}"
            + (f"\n  {url}" if url else "")
        )
    line = Text("It is ")
    line.append_text(words.state(each.decision.state))
    line.append(f": {words.why(each.decision.reason or each.decision.state.sentence, ref.side)}")
    if each.decision.problem:
        line.append(f" {each.decision.problem.fix}")
    yield line
    if each.stood and each.stood.problem:
        yield Text(f"When it was last tried: {each.stood.problem}", "red")
    if each.fields:
        yield _fields(each)
    elif each.link is None:
        yield Text("It has no partner in this sync.\n")
    if each.operations:
        yield writes(each.operations[:_RECENT], "What was written, newest first")
    for question in (question for question in each.questions if question.open):
        yield Text(
            f"Open question {question.id[-8:]}: {words.why(str(question.subject.get('why', '')), _asks(question))}",
            "yellow",
        )
    if each.history:
        drawn = words.table("History, newest first", "When", "What")
        for told in each.history[:_RECENT]:
            drawn.add_row(words.clock_time(told.at), told.text)
        yield drawn


def _page(joined: Joined, ref: Ref) -> str | None:
    """Where the record is shown in HubSpot or Xero."""
    return joined.systems[ref.side].url(joined.descriptions[ref.side].identity, ref.kind, ref.id)


def _fields(each: Explanation) -> RenderableType:
    rules = [_rule(field) for field in each.fields]
    usual = max(rules, key=rules.count)
    special = any(rule != usual for rule in rules)
    columns = ["Field", "Last agreed", "HubSpot says", "Xero says", "So", *(["Rule"] if special else [])]
    drawn = words.table("Field by field", *columns)
    drawn.caption = f"{'Where nothing else is said' if special else 'For every field'}: {usual}."
    drawn.caption_justify = "left"
    for field, rule in zip(each.fields, rules, strict=True):
        agrees = field.verdict == "both sides agree"
        drawn.add_row(
            field.field.replace("_", " "),
            words.value(field.base) if field.agreed_before else Text("never yet", "dim"),
            words.value(field.crm),
            words.value(field.ledger),
            Text("both agree", "green") if agrees else Text(_said(field.verdict), "yellow"),
            *([rule if rule != usual else ""] if special else []),
        )
    return drawn


def _rule(field: FieldExplained) -> str:
    return f"{words.DIRECTIONS[Direction(field.direction)]}, {words.CONFLICTS[ConflictRule(field.rule)]} in a conflict"


def _said(verdict: str) -> str:
    for side in Side:
        verdict = verdict.replace(f"goes to {side}:", f"goes to {TITLES[side]}:")
    return words.why(verdict)


def _asks(question: Review) -> Side | None:
    """Where the record is that a question about likeness comes from."""
    if question.kind is not ReviewKind.DOUBTFUL:
        return None
    return Side.CRM if question.crm_id else Side.LEDGER


def explained_data(joined: Joined, ref: Ref, found: Sequence[Explanation]) -> dict[str, Any]:
    """The same as data."""
    return {
        "record": ref,
        "syncs": [
            {
                "sync": each.sync,
                "linked": each.link is not None,
                "records": [
                    {
                        "record": seen.ref,
                        "standing": seen.standing,
                        "name": name_in(side, seen.ref.kind, seen.fields),
                        "url": _page(joined, seen.ref),
                        "looked_at": each.looked_at.get(side),
                        "fields": {path: as_text(value) for path, value in seen.fields.items()},
                    }
                    for side, seen in each.seen.items()
                ],
                "state": each.decision.state,
                "reason": each.decision.reason,
                "problem": each.decision.problem or (each.stood.problem if each.stood else None),
                "fields": [
                    {
                        "field": field.field,
                        "agreed_before": field.agreed_before,
                        "base": field.base,
                        "hubspot": field.crm,
                        "xero": field.ledger,
                        "direction": field.direction,
                        "rule": field.rule,
                        "verdict": _said(field.verdict),
                    }
                    for field in each.fields
                ],
                "planned": each.decision.operations,
                "operations": each.operations,
                "questions": each.questions,
                "history": each.history,
            }
            for each in found
        ],
    }
