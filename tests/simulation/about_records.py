"""The invariants about records: what became of what people typed."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import combinations

from tests.simulation.about_conduct import FRESH
from tests.simulation.about_money import left_out
from tests.simulation.about_people import told_of_line
from tests.simulation.books import DOCUMENTS, FIELDS, LINE_WORDS, Entry, plain
from tests.simulation.evidence import Linked, View
from tests.simulation.words import Typed


def agree(view: View) -> str | None:
    """Every linked pair agrees on every mapped field; every record that takes part has exactly one partner."""
    for link in view.links:
        crm, ledger = view.entry("crm", link.kind, link.crm), view.entry("ledger", link.kind, link.ledger)
        if link.state != "active" or crm is None or ledger is None or not (crm.live and ledger.live):
            continue
        if _out(crm) or _out(ledger):
            continue
        for word in FIELDS[link.kind]:
            here, there = crm.values.get(word, ""), ledger.values.get(word, "")
            if here != there and not _listed(view, link, word) and not _one_way(link, ledger, word):
                return f"{view.alias(crm)}: {word} is '{here}' in the CRM and '{there}' in the ledger, and nobody is told why"
    partners = {("crm", link.kind, link.crm) for link in view.links if link.state == "active"}
    partners |= {("ledger", link.kind, link.ledger) for link in view.links if link.state == "active"}
    for entry in view.entries:
        if not entry.live or (entry.side, entry.kind, entry.id) in partners or _explained(view, entry):
            continue
        other = "ledger" if entry.side == "crm" else "crm"
        return f"{view.alias(entry)} in the {entry.side} ({entry.title}) has no partner in the {other}, and nobody is told why"
    return None


def keep(view: View) -> str | None:
    """For each person's edit that is the last on its record and field: it stands, a person replaced it, or it is told why not."""
    last: dict[tuple[str, str, str, str], Typed] = {}
    for typed in view.typed:
        last[typed.side, typed.kind, typed.record, typed.word] = typed
    for (side, kind, _, word), typed in sorted(last.items()):
        if word not in FIELDS[kind]:
            continue
        wanted = plain(kind, word, typed.value)
        mine, since = _bearer(view, typed, wanted)
        if mine is None or not mine.live:
            continue
        final = mine.values.get(word, "")
        after = [edit for edit in mine.edits if edit.at >= since and word in edit.values]
        if final == wanted or not after:
            continue
        if any(not edit.ours and edit.values[word] != wanted for edit in after):
            continue  # a person replaced it, by an edit of the record that it became part of, or by a merge
        if _overruled(view, kind, word, wanted) or view.decided_against(mine, typed.at, after[-1].at):
            continue
        others = view.partners(mine)
        if not wanted and not any(_agreed_before(view, typed, mine, other) for other in others):
            continue  # before the first agreement emptiness overwrites nothing
        if any(_replaced_across(view, other, word, wanted) for other in others):
            continue
        if not view.remembers(after[-1].at):
            view.counters["overruled in a time that was forgotten"] += 1
            continue
        if any(other.erased for other in others):
            view.counters["told in a history that was erased"] += 1
            continue
        if _in_the_gap(mine, word, typed.at):
            view.counters["edits in the gap"] += 1
            continue
        return f"{typed.alias}: the {word} '{typed.value}' that a person typed in the {side} became '{final}', and history does not say why"
    return None


def once(view: View) -> str | None:
    """At most one record per origin and side is ours, archived ones included; and none where a person's was there to be seen."""
    for alias, sides in sorted(view.stories().items()):
        for side, entries in sides.items():
            ours = [entry for entry in entries if entry.ours and not entry.merged_into]
            for first, second in combinations(ours, 2):
                if first.origin and second.origin and first.origin != second.origin:
                    continue  # made from two records of one story
                if _without_key(view, first, second):
                    view.counters["items made in a time that was forgotten, and renamed since"] += 1
                    continue
                if first.live_at(second.created_at) or _known_before(view, second, first):
                    return f"{alias} was created twice in the {side}: {first.id}, {second.id}"
                view.counters["gone before they were ever shown"] += 1
            for mine in ours:
                for other in entries:
                    if other.ours or not other.live_at(mine.created_at) or not _recognisable(mine, other):
                        continue
                    if view.kept_apart(mine, other):
                        continue
                    if _to_be_seen(view, mine, other):
                        return f"{alias} was there in the {side}, and Crossfoot made a second one {mine.created_at - other.created_at} later"
                    view.counters["twins typed before they could be seen"] += 1
    return None


def dead(view: View) -> str | None:
    """What a person archived never comes back, nor gets a new twin, by our hand."""
    for alias, sides in sorted(view.stories().items()):
        for side, entries in sides.items():
            for entry in entries:
                for edit in entry.edits:
                    if (
                        edit.ours
                        and edit.values.get("archived") == ""
                        and any(gone.at < edit.at for gone in entry.archivings)
                    ):
                        return f"{alias} in the {side} was archived, and Crossfoot brought it back"
                gone = [*entry.archivings, *entry.mergings]
                if view.partners(entry):
                    gone += (
                        entry.erasings
                    )  # of one that had no partner nothing is left by which it could be recognised
                gone_at = [edit.at for edit in gone if not edit.ours]
                if not gone_at or entry.live:
                    continue
                for twin in entries:
                    if not twin.ours or twin.id == entry.id or twin.created_at < gone_at[-1]:
                        continue
                    if not _recognisable(twin, entry) or view.kept_apart(twin, entry):
                        continue
                    if _known_before(view, twin, entry):
                        return f"{alias} in the {side} was archived, merged away or erased by a person, and Crossfoot made another one"
                    view.counters["gone before they were ever shown"] += 1
    return None


def spare(view: View) -> str | None:
    """We archive only what a person archived on the other side, and only where the rule says so."""
    for alias, sides in sorted(view.stories().items()):
        for side, entries in sides.items():
            for entry in entries:
                for edit in entry.archivings:
                    if not edit.ours:
                        continue
                    other = "ledger" if side == "crm" else "crm"
                    across = [
                        *sides[other],
                        *(each for one in view.partners(entry) for each in view.ancestry(one)),
                    ]
                    reasons = [
                        gone
                        for each in across
                        for gone in each.archivings
                        if not gone.ours and gone.at <= edit.at
                    ]
                    if not _may_archive(view, entry):
                        return f"{alias} in the {side} was archived by Crossfoot, though the rule is to ignore deletions"
                    ours = [
                        gone
                        for each in across
                        for gone in each.archivings
                        if gone.ours and gone.at <= edit.at
                    ]
                    if not reasons and any(
                        start <= gone.at <= end for gone in ours for start, end in view.forgotten
                    ):
                        view.counters["archived by us, and forgotten with a backup"] += 1
                    elif not reasons:
                        return f"{alias} in the {side} was archived by Crossfoot, and nobody had archived its partner"
    return None


def _may_archive(view: View, entry: Entry) -> bool:
    """Whether the rule is that deletions travel to this record's side. Of a payment the books say whether it is there, of a deal nobody else."""
    if entry.kind == "payment":
        return entry.side == "crm"
    return entry.kind != "deal" and view.config.deletion == "archive"


def base(view: View) -> str | None:
    """Every value of the base was held by both sides; what we wrote to one side had been on the other before."""
    for link in view.links:
        crm, ledger = view.entry("crm", link.kind, link.crm), view.entry("ledger", link.kind, link.ledger)
        if crm is None or ledger is None:
            continue
        for word, value in link.base.items():
            wanted = plain(link.kind, word, value or "")
            for entry, other in ((crm, ledger), (ledger, crm)):
                held = _since(view, [entry], word, wanted)
                if held is None:
                    return f"{view.alias(crm)}: the base says both sides agreed on {word} = '{wanted}', but the {entry.side} never held it"
                # Where people merged records, the value may have come from a partner that one of them had before.
                across = _since(view, [other, *view.partners(entry)], word, wanted)
                if held[1] and (across is None or (across[1] and held[0] < across[0] - timedelta(seconds=1))):
                    return f"{view.alias(crm)}: {word} = '{wanted}' was written to the {entry.side} before the {other.side} ever held it"
    return None


def one2one(view: View) -> str | None:
    """A record is in at most one link, also after merges."""
    for side in ("crm", "ledger"):
        seen: dict[tuple[str, str], str] = {}
        for link in view.links:
            if link.state == "ended":
                continue
            record_id = link.crm if side == "crm" else link.ledger
            # The ledger keeps people and companies in one book, so a record is one record whatever the sync.
            book = link.kind if side == "crm" or link.kind not in ("person", "company") else "contact"
            entry = view.entry(side, link.kind, record_id)
            survivor = (
                view.entry(side, link.kind, entry.merged_into)
                if entry is not None and entry.merged_into
                else None
            )
            if survivor is not None and survivor.live:
                record_id = survivor.id
            before = seen.setdefault((book, record_id), link.id)
            if before != link.id and link.state == "active":
                return f"{link.kind} {record_id} in the {side} is in two links, {before} and {link.id}"
    return None


def _out(entry: Entry) -> bool:
    """Whether a filter leaves it out: a supplier that is no customer."""
    return entry.values.get("out") == "yes" or bool(entry.values.get("company"))


def _to_be_seen(view: View, mine: Entry, other: Entry) -> bool:
    """Whether the last listing before we made a record could show another one: it was there, and in the CRM its search had heard of it."""
    call = view.creation(mine)
    looked = mine.created_at if call is None else view.listed(call)
    return looked is None or other.visible_at <= looked


def _without_key(view: View, first: Entry, second: Entry) -> bool:
    """Whether nothing told any more that we had made an item: an item has no room for our key (Xero fact 7.3)."""
    made_then = not view.remembers(first.created_at)
    alike = any(
        first.held(word, second.created_at) == second.edits[0].values.get(word) for word in ("code", "name")
    )
    return first.side == "ledger" and first.kind == "product" and made_then and not alike


def _named_by_its_origin(view: View, mine: Entry, gone: Entry) -> bool:
    """Whether the record that we made one from bears the key of another one: we had made it from that one, which can be read even when it is archived."""
    origin = view.entry("ledger" if mine.side == "crm" else "crm", mine.kind, mine.origin)
    return origin is not None and not gone.erased and origin.key.endswith(f":{gone.id}")


def _known_before(view: View, mine: Entry, gone: Entry) -> bool:
    """Whether anything had told us of an archived record when we looked for the last time before we made another one.

    Xero lists archived contacts; HubSpot lists nothing that is archived, and nobody lists a deleted item.
    """
    call = view.creation(mine)
    looked = mine.created_at if call is None else view.listed(call)
    if looked is None or _named_by_its_origin(view, mine, gone):
        return True
    listed = (
        gone.side == "ledger" and gone.kind != "product" and not gone.erased and gone.created_at <= looked
    )
    linked = any(gone.id in (link.crm, link.ledger) and gone.kind == link.kind for link in view.links)
    return listed or linked or view.knew(gone, looked)


def _recognisable(mine: Entry, other: Entry) -> bool:
    """Whether the other one bore, all the while, what would have told that both are the same."""
    if mine.kind in DOCUMENTS:
        return True  # a copy bears the key of what it was made from, and both are told apart by nothing else
    word = {"person": "email", "company": "name", "product": "code"}[mine.kind]
    value = mine.edits[0].values.get(word)
    return bool(value) and all(
        edit.values.get(word, value) == value
        for edit in other.edits
        if edit.at <= mine.created_at and "erased" not in edit.values
    )


def _one_way(link: Linked, ledger: Entry, word: str) -> bool:
    """Whether a deal's invoice holds what somebody typed in the ledger: lines of deals go that way only."""
    last = [edit for edit in ledger.edits if word in edit.values]
    return link.kind == "deal" and bool(last) and not last[-1].ours


def _listed(view: View, link: Linked, word: str) -> bool:
    """Whether a person is asked about this field of this pair, or is told that something stands in the way."""
    if any(crm == link.crm and ledger == link.ledger and asked for crm, ledger, asked in view.questions):
        return True
    for side, record_id in (("crm", link.crm), ("ledger", link.ledger)):
        state, _ = view.standings.get((side, link.kind, record_id), ("", ""))
        if state in ("not_ready", "failed", "conflict"):
            return True
    return False


def _explained(view: View, entry: Entry) -> bool:
    if entry.kind in DOCUMENTS and left_out(view, entry):
        return True
    state, reason = view.standings.get((entry.side, entry.kind, entry.id), ("", ""))
    apart = any(entry.id in pair for pair in view.apart)
    return apart or (
        state in ("doubtful", "not_ready", "failed", "excluded", "elsewhere", "ended")
        and (state != "excluded" or entry.kind not in DOCUMENTS)
        and bool(reason)
    )


def _overruled(view: View, kind: str, word: str, wanted: str) -> bool:
    """Whether history lists the value as one that lost."""
    if word in LINE_WORDS:
        return told_of_line(view, word, wanted) != ""
    for sentence in view.told:
        for quoted in re.findall(r"'([^']*)'", sentence):
            if quoted == "nothing" and not wanted:
                return True
            if wanted and plain(kind, word, quoted) == wanted:
                return True
        if wanted and word not in ("phone", "price") and wanted in sentence:
            return True  # a name is also told as a whole, and may hold an apostrophe
    return False


def _agreed_before(view: View, typed: Typed, mine: Entry, other: Entry) -> bool:
    """Whether what was emptied had been on the other side too, the two were linked, and a run had seen both, so that there was an agreement to change."""
    word, moment = typed.word, typed.at
    before = [
        edit.values[word] for edit in view.edits(mine, moment) if word in edit.values and edit.at < moment
    ]
    linked_at = view.linked_at(typed.record, mine, other)
    both = max(mine.visible_at, other.visible_at)
    return (
        bool(before)
        and any(edit.values.get(word) == before[-1] and edit.at < moment for edit in view.edits(other))
        and linked_at is not None
        and linked_at < moment
        and any(
            run.ok
            and run.began > both
            and run.ended is not None
            and run.ended < moment
            and view.remembers(run.ended)
            for run in view.runs
        )
    )


def _bearer(view: View, typed: Typed, wanted: str) -> tuple[Entry | None, datetime]:
    """The record that bears what a person typed, and since when: where records were merged, the survivor, if the merging person kept the value."""
    mine, since = view.entry(typed.side, typed.kind, typed.record), typed.at
    while mine is not None and mine.merged_into:
        survivor, since = view.entry(typed.side, typed.kind, mine.merged_into), mine.mergings[-1].at
        if survivor is not None and survivor.held(typed.word, since) != wanted:
            return None, since
        mine = survivor
    return mine, since


def _replaced_across(view: View, other: Entry, word: str, wanted: str) -> bool:
    """Whether the value reached the other side, and a person there wrote something newer."""
    edits = view.edits(other)
    reached = next((edit.at for edit in edits if edit.values.get(word) == wanted), None)
    if reached is None:
        return False
    if any(
        not edit.ours and edit.values.get(word, wanted) != wanted and edit.at >= reached for edit in edits
    ):
        return True
    merged = [(each, each.mergings[-1].at) for each in view.ancestry(other) if each.merged_into]
    # Who merges two records chooses what the survivor holds.
    return any(each.held(word, at) == wanted and other.held(word, at) != wanted for each, at in merged)


def _in_the_gap(entry: Entry, word: str, moment: datetime) -> bool:
    return any(
        edit.ours and word in edit.values and timedelta(0) <= edit.at - moment <= FRESH
        for edit in entry.edits
    )


def _since(view: View, entries: Iterable[Entry], word: str, wanted: str) -> tuple[datetime, bool] | None:
    """When one of these records, or one that became part of it, first held a value, and whether we wrote it."""
    found: list[tuple[datetime, bool]] = []
    for each in (each for entry in entries for each in view.ancestry(entry)):
        if not wanted and word not in each.edits[0].values:
            found.append((each.created_at, each.ours))
        else:
            found += [(edit.at, edit.ours) for edit in each.edits if edit.values.get(word) == wanted][:1]
    return min(found, default=None)
