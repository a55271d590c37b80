"""The invariants about people's word: whose record is whose, what they typed while we worked, and that a conflict has two sides."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from tests.simulation.about_conduct import FRESH
from tests.simulation.books import FIELDS, LINE_WORDS, Edit, Entry, plain
from tests.simulation.evidence import View
from tests.simulation.words import Typed

_CONFLICT = "both sides changed it"


def same(view: View) -> str | None:
    """Only records of one thing are linked. Where people merged records, the survivor is all of them."""
    for link in view.links:
        crm, ledger = (
            view.survivor("crm", link.kind, link.crm),
            view.survivor("ledger", link.kind, link.ledger),
        )
        if link.state == "ended" or crm is None or ledger is None:
            continue
        here = {view.alias(each) for each in view.ancestry(crm)}
        there = {view.alias(each) for each in view.ancestry(ledger)}
        if not here & there:
            return f"{view.alias(crm)} in the CRM is linked with {view.alias(ledger)} in the ledger ({ledger.title})"
    return None


def overwritten(view: View) -> str | None:
    """What a person typed is never replaced by us in silence, not even for a while: somebody wrote something newer across, or history tells."""
    for mine, before, now, word in _replaced(view):
        was, became = before.values[word], now.values[word]
        others = view.partners(mine)
        if len(others) != 1 or len(view.ancestry(mine)) > 1 or len(view.ancestry(others[0])) > 1:
            continue  # who merges records chooses what the survivor holds
        if (
            mine.erased
            or others[0].erased
            or now.at - before.at <= FRESH
            or not view.remembers(now.at)
            or _told(view, mine.kind, word, was)
            or view.decided_against(mine, before.at, now.at)
        ):
            continue
        reached = next((edit.at for edit in others[0].edits if edit.values.get(word) == was), None)
        newer = [
            edit
            for edit in others[0].edits
            if not edit.ours and word in edit.values and reached is not None and edit.at >= reached
        ]
        if not newer:
            return f"{view.alias(mine)}: the {word} '{was}' that a person typed in the {mine.side} was replaced by '{became}' {now.at - before.at} later, and nobody had typed anything newer"
    return None


def _replaced(view: View) -> Iterator[tuple[Entry, Edit, Edit, str]]:
    """Every value of a person that we replaced: the record, the person's edit, ours, the field."""
    for entry in view.entries:
        for word in FIELDS[entry.kind]:
            edits = [edit for edit in entry.edits if word in edit.values]
            for before, now in pairwise(edits):
                seen = any(
                    not edit.ours and edit.at > now.at for edit in edits
                )  # whoever edits it next, sees it
                archived = word in LINE_WORDS and any(
                    each.values.get("archived") == "yes" and each.at >= now.at for each in entry.edits
                )  # an archived document takes its lines with it
                if now.ours and not before.ours and before.values[word] and not (seen or archived):
                    yield entry, before, now, word


def contested(view: View) -> str | None:
    """An edit loses a conflict only to somebody else's edit, never to what its own side held before: our copy of it, or what both had agreed on."""
    for typed in view.typed:
        mine = view.entry(typed.side, typed.kind, typed.record)
        if mine is None or typed.word not in FIELDS[typed.kind] or len(view.ancestry(mine)) > 1:
            continue
        lost = plain(typed.kind, typed.word, typed.value)
        sentence = _told(view, typed.kind, typed.word, lost, because=_CONFLICT)
        others = view.partners(mine)
        if not sentence or not lost or len(others) != 1 or len(view.ancestry(others[0])) > 1:
            continue
        before = mine.held(typed.word, typed.at - timedelta(milliseconds=1))
        here, there = _since(mine, typed, before), _since(others[0], typed, before)
        if here is None or there is None or _lines_as_a_whole(typed, others[0], there):
            continue
        copied = (
            there.ours and here.at <= there.at and view.remembers(there.at) and _shown(view, others[0], there)
        )
        if copied or _seen_together(view, mine, others[0], max(here.at, there.at), typed.at):
            return f"{typed.alias}: the {typed.word} '{typed.value}' lost a conflict to '{before}', which nobody across had typed since: {sentence}"
    return None


def _lines_as_a_whole(typed: Typed, other: Entry, since: Edit) -> bool:
    """Whether somebody across edited lines that belong to that side as a whole: those of what the books have approved, and a deal's in the CRM."""
    theirs = (
        other.kind == "deal"
        if other.side == "crm"
        else any(edit.values.get("state") in ("AUTHORISED", "PAID") for edit in other.edits)
    )
    return (
        theirs
        and typed.word in LINE_WORDS
        and any(
            not edit.ours and edit.at > since.at and not _LINES.isdisjoint(edit.values)
            for edit in other.edits
        )
    )


_LINES = frozenset(LINE_WORDS)


def _since(entry: Entry, typed: Typed, value: str) -> Edit | None:
    """The edit by which a record came to hold a value that it still held at an edit; on the other side, for good."""
    edits = [edit for edit in entry.edits if typed.word in edit.values]
    if entry.side == typed.side:
        edits = [edit for edit in edits if edit.at < typed.at]
    last = edits[-1] if edits else None
    return last if last is not None and last.values[typed.word] == value and last.at < typed.at else None


def _shown(view: View, other: Entry, written: Edit) -> bool:
    """Whether it could be told that a value was our copy: no, where somebody edited the record that we had made before we were ever shown it.

    Xero tells only when a whole record changed.
    """
    edited = next((edit.at for edit in other.edits if not edit.ours and edit.at > written.at), None)
    made = other.side == "ledger" and written is other.edits[0]
    return edited is None or not made or view.knew(other, edited)


def _seen_together(view: View, mine: Entry, other: Entry, since: datetime, until: datetime) -> bool:
    """Whether a run that ended well saw two records that were linked already agree on a value."""
    lag = timedelta(seconds=view.config.lag + 1)
    linked = [edit.at for each in (mine, other) for edit in each.edits if edit.ours]
    return any(
        run.ok
        and run.ended is not None
        and run.began > since + lag
        and run.ended < until
        and view.remembers(run.ended)
        and any(at < run.began for at in linked)
        for run in view.runs
    )


def _told(view: View, kind: str, word: str, value: str, because: str = "") -> str:
    """The sentence of history that names a value as one that lost."""
    if word in LINE_WORDS:
        return told_of_line(view, word, value, because)
    for sentence in view.told:
        found = re.search(r": '(.*)' in \w+ was replaced by '", sentence)
        if found is None or because not in sentence:
            continue
        # A person's name is told as a whole.
        if plain(kind, word, found[1]) == value or (word in ("first", "last") and value in found[1].split()):
            return sentence
    return ""


def told_of_line(view: View, word: str, value: str, because: str = "") -> str:
    """The sentence of history that names what a line said, or that it had been taken out, as what lost."""
    at, _, part = word.partition(" ")
    for sentence in view.told:
        flat = " ".join(sentence.split())  # a description may have several lines
        found = re.search(r"^lines: '(.*)' in \w+ was replaced by '(.*)' \(", flat)
        if found is None or because not in sentence:
            continue
        lost, won = (_lines_told(text).get(at) for text in found.groups())
        if not value and lost is None and won is not None:
            return sentence
        # Discount, tax and item of a line are not told; where the whole line goes, they go with it.
        if lost is not None and (lost.get(part) == value if part in lost else won is None):
            return sentence
    return ""


def _lines_told(text: str) -> dict[str, dict[str, str]]:
    """Lines as history writes them, "#1 Mirror: 2 x 10.125; #2 ...", by their marks."""
    found = {}
    for line in text.split("; "):
        words, _, amounts = line.rpartition(": ")
        quantity, _, price = amounts.partition(" x ")
        told = {"": words, "quantity": quantity, "price": price}
        at = words.split(" ", 1)[0]
        found[at] = {part: plain("invoice", f"{at} {part}".strip(), each) for part, each in told.items()}
    return found
