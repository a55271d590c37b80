"""The invariants, each a function that returns evidence or None. They read the sandbox's own books and what was on the wire; links, base and
history come through the store, as a person would see them. The words are those of the promises.

Everything that is true "always" is checked here at the end from the books' own versions, which forget nothing.
"""

import re
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.simulation.books import CRM_NAMES, FIELDS, Entry, plain
from tests.simulation.scenario import Config
from tests.simulation.wire import Exchange
from tests.simulation.words import Ran, Typed, Violation

FRESH = timedelta(seconds=1.3)
"""A look is at most a second old when the write that rests on it is sent; the rest is the way there."""
RACE = timedelta(seconds=120)
"""Two people (or a person and Crossfoot) who make the same record within the search lag cannot know of each other."""
FLAPS = 2
"""Writes by us per field: at most so many per edit by a person."""


@dataclass(frozen=True, slots=True)
class Linked:
    """A link as the store has it, in the words of the stories."""

    id: str
    kind: str
    crm: str
    ledger: str
    state: str
    base: Mapping[str, str | None] = field(default_factory=dict)
    sync: str = ""


@dataclass
class View:
    """Everything that the oracle looks at."""

    entries: list[Entry] = field(default_factory=list)
    aliases: dict[tuple[str, str, str], str] = field(default_factory=dict)
    """(side, kind, id) to the story that the record belongs to."""
    typed: list[Typed] = field(default_factory=list)
    links: list[Linked] = field(default_factory=list)
    standings: dict[tuple[str, str, str], tuple[str, str]] = field(default_factory=dict)
    """(side, kind, id) to (state, reason), as status shows it."""
    questions: list[tuple[str, str, str]] = field(default_factory=list)
    """Open questions: (crm id, ledger id, field)."""
    apart: set[tuple[str, str]] = field(default_factory=set)
    """Records that a person keeps apart: (crm id, ledger id)."""
    told: list[str] = field(default_factory=list)
    """The sentences of history."""
    memory: dict[tuple[str, str, str], Mapping[str, str]] = field(default_factory=dict)
    """What Crossfoot remembers of live records."""
    wire: list[Exchange] = field(default_factory=list)
    runs: list[Ran] = field(default_factory=list)
    merged: set[str] = field(default_factory=set)
    unsettled: list[str] = field(default_factory=list)
    config: Config = field(default_factory=Config)
    again: Mapping[str, list[str]] = field(default_factory=dict)
    """What was written when everything was examined once more (CALM), and when every signal was repeated (AGAIN)."""
    dry: tuple[int, int, int] | None = None
    """A preview: writes during it, operations planned, operations applied afterwards."""
    counters: Counter[str] = field(default_factory=Counter)

    def alias(self, entry: Entry) -> str:
        """The story of a record."""
        return self.aliases.get((entry.side, entry.kind, entry.id), entry.id)

    def stories(self) -> dict[str, dict[str, list[Entry]]]:
        """By story and side: its records."""
        found: dict[str, dict[str, list[Entry]]] = defaultdict(lambda: {"crm": [], "ledger": []})
        for entry in self.entries:
            found[self.alias(entry)][entry.side].append(entry)
        return found

    def entry(self, side: str, kind: str, record_id: str) -> Entry | None:
        """One record."""
        if not hasattr(self, "_index"):
            self._index = {(each.side, each.kind, each.id): each for each in self.entries}
        return self._index.get((side, kind, record_id))


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
            if here != there and not _listed(view, link, word):
                return f"{view.alias(crm)}: {word} is '{here}' in the CRM and '{there}' in the ledger, and nobody is told why"
    partners = {("crm", link.kind, link.crm): link for link in view.links if link.state == "active"}
    partners |= {("ledger", link.kind, link.ledger): link for link in view.links if link.state == "active"}
    for alias, sides in sorted(view.stories().items()):
        if alias in view.merged or any(_out(entry) for side in sides.values() for entry in side):
            continue
        for side, other in (("crm", "ledger"), ("ledger", "crm")):
            live = [entry for entry in sides[side] if entry.live]
            across = sides[other]
            for entry in live:
                if (side, entry.kind, entry.id) in partners or any(not each.live for each in across):
                    continue  # linked, or its partner was archived by a person: remembered and left alone
                if not _explained(view, entry):
                    return f"{alias} in the {side} ({entry.title}) has no partner in the {other}, and nobody is told why"
    return None


def keep(view: View) -> str | None:
    """For each person's edit that is the last on its side and field: it stands, or it is told why not."""
    last: dict[tuple[str, str, str], Typed] = {}
    for typed in view.typed:
        last[typed.side, typed.alias, typed.word] = typed
    stories = view.stories()
    pairs = {(link.kind, link.crm): link for link in view.links if link.state == "active"}
    for (side, alias, word), typed in sorted(last.items()):
        kind = typed.kind
        if alias in view.merged or word not in FIELDS[kind]:
            continue
        sides = stories.get(alias)
        if sides is None or any(not entry.live or _out(entry) for each in sides.values() for entry in each):
            continue
        if len(sides["crm"]) != 1 or len(sides["ledger"]) != 1:
            continue
        crm, ledger = sides["crm"][0], sides["ledger"][0]
        if crm.archivings or ledger.archivings:
            continue  # while it was in the bin nobody could see what became of a write
        mine, other = (crm, ledger) if side == "crm" else (ledger, crm)
        wanted = plain(kind, word, typed.value)
        final = mine.values.get(word, "")
        link = pairs.get((kind, crm.id))
        if link is None or link.ledger != ledger.id or final == wanted:
            continue
        if _listed(view, link, word) or _overruled(view, kind, word, wanted):
            continue
        if not wanted and not (
            _agreed_before(mine, other, word, typed.at) and _settled_before(view, typed.at, crm, ledger)
        ):
            continue  # before the first agreement emptiness overwrites nothing
        reached = [edit.at for edit in other.edits if edit.values.get(word) == wanted]
        later = last.get((other.side, alias, word))
        if later is not None and any(at <= later.at for at in reached):
            continue  # somebody across saw it and wrote something newer
        if _in_the_gap(mine, word, typed.at):
            view.counters["edits in the gap"] += 1
            continue
        return f"{alias}: the {word} '{typed.value}' that a person typed in the {side} became '{final}', and history does not say why"
    return None


def gap(view: View) -> str | None:
    """Every write to an existing record follows a look at it that is at most a second old, and sends only what differs.

    The look may be another process's: what it saw is in the common memory, with its moment.
    """
    looks: dict[tuple[str, str], datetime] = {}
    first: dict[tuple[str, str], datetime] = {}
    for call in view.wire:
        for record_id, values in call.targets:
            if not record_id:
                continue
            idle = _needless(view, call, record_id, values)
            if idle:
                return f"{call.label}: {idle} of record {record_id} was written though it did not change"
            place = (call.system, record_id)
            seen = looks.get(place)
            # A batch that was refused as a whole is sent again in halves, at once: it is the same write.
            sent = first.get(place, call.at)
            if call.at - sent > FRESH:
                sent = call.at
            if 400 <= call.status < 500 and call.status != 429:
                first.setdefault(place, call.at)
            if seen is None or sent - seen > FRESH + timedelta(seconds=view.config.answers):
                age = (
                    "never looked at"
                    if seen is None
                    else f"looked at {(call.at - seen).total_seconds():.1f} s before"
                )
                return f"{call.label}: record {record_id} was written and {age}"
        for record_id in call.shown:
            looks[call.system, record_id] = call.at
            first.pop((call.system, record_id), None)
    return None


def _needless(view: View, call: Exchange, record_id: str, values: Mapping[str, object]) -> str:
    """A property that was sent to the CRM with the value that it had: the answer to an edit of another field, or worse."""
    entry = view.entry(call.system, call.kind, record_id)
    if call.system != "crm" or entry is None or record_id not in call.shown:
        return ""
    changed = {word for edit in entry.edits if edit.ours and edit.at == call.at for word in edit.values}
    return next(
        (
            name
            for word, name in CRM_NAMES[call.kind].items()
            if name in values and word not in changed and word != "company"
        ),
        "",
    )


def once(view: View) -> str | None:
    """At most one record per origin and side is ours, archived ones included."""
    for alias, sides in sorted(view.stories().items()):
        for side, entries in sides.items():
            # A deleted item leaves no trace in Xero: whoever looks for it cannot know that it was ever there (Xero fact 7.3).
            ours = [
                entry
                for entry in entries
                if entry.ours
                and not entry.merged_into
                and not (side == "ledger" and entry.kind == "product" and entry.archived)
            ]
            if len(ours) > 1:
                return f"{alias} was created {len(ours)} times in the {side}: {', '.join(entry.id for entry in ours)}"
            if alias in view.merged:
                continue
            typed = [entry for entry in entries if not entry.ours]
            for mine in ours:
                for other in typed:
                    if (
                        mine.created_at - other.created_at > RACE
                        and not other.archivings
                        and not _outside(other)
                        and _recognisable(mine, other)
                    ):
                        return f"{alias} was there in the {side}, and Crossfoot made a second one {mine.created_at - other.created_at} later"
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
                gone_at = [edit.at for edit in entry.archivings if not edit.ours]
                if not gone_at or entry.live or alias in view.merged:
                    continue
                if not any(
                    entry.id in (link.crm, link.ledger) and link.kind == entry.kind for link in view.links
                ):
                    continue  # archived before Crossfoot knew whose partner it was
                for twin in entries:
                    if (
                        twin.ours
                        and twin.id != entry.id
                        and twin.created_at > gone_at[-1]
                        and _recognisable(twin, entry)
                    ):
                        return (
                            f"{alias} in the {side} was archived by a person, and Crossfoot made another one"
                        )
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
                        each
                        for name, both in view.stories().items()
                        if name == alias or {name, alias} <= view.merged
                        for each in both[other]
                    ]
                    reasons = [
                        gone
                        for each in across
                        for gone in each.archivings
                        if not gone.ours and gone.at <= edit.at
                    ]
                    if view.config.deletion != "archive":
                        return f"{alias} in the {side} was archived by Crossfoot, though the rule is to ignore deletions"
                    if not reasons:
                        return f"{alias} in the {side} was archived by Crossfoot, and nobody had archived its partner"
    return None


def calm(view: View) -> str | None:
    """A full re-examination right after quiet writes nothing; nothing flaps by our hand."""
    if view.again.get("CALM"):
        return f"a full re-examination in peace wrote again: {', '.join(view.again['CALM'][:3])}"
    edits = Counter((typed.alias, typed.word) for typed in view.typed)
    for entry in view.entries:
        for word in FIELDS[entry.kind]:
            told = [(edit.ours, edit.values[word]) for edit in entry.edits if word in edit.values]
            ours = sum(1 for mine, _ in told if mine)
            alias = view.alias(entry)
            if ours > FLAPS * edits[alias, word] + 2 and alias not in view.merged:
                return f"{alias}: Crossfoot wrote {word} in the {entry.side} {ours} times for {edits[alias, word]} edits by people"
            if word in ("first", "last"):
                continue  # people bear the same first name twice
            for first, second, third in zip(told, told[1:], told[2:], strict=False):
                if first[0] and second[0] and third[0] and first[1] == third[1] != second[1]:
                    return f"{alias}: Crossfoot wrote {word} = '{first[1]}', '{second[1]}', '{first[1]}' in the {entry.side}"
    return None


def again(view: View) -> str | None:
    """Repeating every signal changes nothing."""
    wrote = view.again.get("AGAIN")
    return f"repeated signals led to writes: {', '.join(wrote[:3])}" if wrote else None


def base(view: View) -> str | None:
    """Every value of the base was held by both sides; what we wrote to one side had been on the other before."""
    for link in view.links:
        crm, ledger = view.entry("crm", link.kind, link.crm), view.entry("ledger", link.kind, link.ledger)
        if (
            crm is None
            or ledger is None
            or view.alias(crm) in view.merged
            or view.alias(ledger) in view.merged
        ):
            continue
        for word, value in link.base.items():
            wanted = plain(link.kind, word, value or "")
            held = {}
            for entry in (crm, ledger):
                since = _since(entry, word, wanted)
                if since is None:
                    return f"{view.alias(crm)}: the base says both sides agreed on {word} = '{wanted}', but the {entry.side} never held it"
                held[entry.side] = since
            for entry, other in ((crm, ledger), (ledger, crm)):
                at, ours = held[entry.side]
                if ours and at < held[other.side][0] - timedelta(seconds=1) and held[other.side][1]:
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
            book = link.kind if side == "crm" or link.kind == "product" else "contact"
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


def heard(view: View) -> str | None:
    """What Crossfoot remembers of a live record is what its side holds: no change was passed over."""
    for entry in view.entries:
        known = view.memory.get((entry.side, entry.kind, entry.id))
        if not entry.live:
            continue
        if known is None:
            return f"{view.alias(entry)} in the {entry.side} was never heard of"
        for word in FIELDS[entry.kind]:
            if word in known and known[word] != entry.values.get(word, ""):
                return f"{view.alias(entry)}: {word} is '{entry.values.get(word, '')}' in the {entry.side}, and Crossfoot still believes '{known[word]}'"
    return None


def durable(view: View) -> str | None:
    """Whatever died, nothing is left for a human to repair."""
    return f"in peace there is still: {', '.join(view.unsettled[:3])}" if view.unsettled else None


def stop(view: View) -> str | None:
    """Without a person's word no sweep changes or archives more than max(5, 10 %) of a kind."""
    approved = {number + 1 for number, run in enumerate(view.runs) if run.approved}
    turns: dict[tuple[str, str], set[str]] = defaultdict(set)
    listing: dict[str, bool] = {}
    kinds = {(entry.side, entry.id): entry.kind for entry in view.entries}
    linked = Counter(link.kind for link in view.links)
    for call in view.wire:
        if call.lists and not listing.get(call.life, False):
            for key in [key for key in turns if key[0].startswith(f"{call.life}|")]:
                turns[key].clear()
        listing[call.life] = call.lists
        if not call.targets or call.run in approved:
            continue
        for record_id, _ in call.targets:
            if not record_id:
                continue
            kind = kinds.get((call.system, record_id), call.kind)
            reached = turns[f"{call.life}|{call.system}", kind]
            reached.add(record_id)
            if len(reached) > max(5, linked[kind] // 10):
                return f"{len(reached)} {kind} records were changed in the {call.system} in one sweep without a person's word ({call.label})"
    return None


WINDOWS: Mapping[str, tuple[int, float]] = {"search": (5, 1.0), "crm": (110, 10.0), "ledger": (60, 60.0)}
"""Calls per seconds: HubSpot's search, HubSpot's other calls, Xero (HubSpot fact 5.2, Xero fact 2.1)."""


def polite(view: View) -> str | None:
    """Never over a vendor's limit by our own count; after a 429 no call before the time that it names."""
    until: dict[str, tuple[datetime, datetime, str]] = {}
    recent: dict[str, deque[datetime]] = defaultdict(deque)
    for call in sorted(view.wire, key=lambda each: each.sent):
        name = "search" if call.system == "crm" and call.lists else call.system
        calls, seconds = WINDOWS[name]
        window = recent[name]
        window.append(call.sent)
        while (call.sent - window[0]).total_seconds() >= seconds:
            window.popleft()
        if len(window) > calls:
            return f"{call.label} was call number {len(window)} within {seconds:g} s"
        wait = until.get(call.system)
        if wait is not None and wait[0] < call.sent < wait[1]:
            return f"{call.label} was sent {(wait[1] - call.sent).total_seconds():.1f} s too early after {wait[2]} was refused with 'too many'"
        if call.status == 429 and call.retry_after and not call.unheard:
            told = call.at + timedelta(seconds=0.2)  # when the refusal has arrived
            until[call.system] = (told, call.at + timedelta(seconds=call.retry_after - 0.2), call.label)
    return None


def fair(view: View) -> str | None:
    """No record stands aside, refused or not ready, for a reason that is not its own."""
    for alias, sides in sorted(view.stories().items()):
        if alias in view.merged or len(sides["crm"]) > 1 or len(sides["ledger"]) > 1:
            continue
        for entry in (*sides["crm"], *sides["ledger"]):
            state, reason = view.standings.get((entry.side, entry.kind, entry.id), ("", ""))
            if any(not each.live for each in (*sides["crm"], *sides["ledger"])):
                continue  # its partner is gone: "not found" is not "deleted", so it waits
            if entry.live and state in ("failed", "not_ready", "pending") and not _neighbour(view, reason):
                return f"{alias} in the {entry.side} stands as '{state}' in peace: {reason}"
    return None


def dry(view: View) -> str | None:
    """A preview writes nothing, and applying it does what it showed."""
    if view.dry is None:
        return None
    wrote, planned, applied = view.dry
    if wrote:
        return f"a preview made {wrote} writes"
    if planned != applied:
        return f"a preview showed {planned} operations, and applying it did {applied}"
    return None


INVARIANTS: Mapping[str, Callable[[View], str | None]] = {
    "ONCE": once,
    "SPARE": spare,
    "DEAD": dead,
    "GAP": gap,
    "STOP": stop,
    "POLITE": polite,
    "ONE2ONE": one2one,
    "BASE": base,
    "DRY": dry,
    "DURABLE": durable,
    "HEARD": heard,
    "AGREE": agree,
    "KEEP": keep,
    "FAIR": fair,
    "CALM": calm,
    "AGAIN": again,
}
"""In the order in which they are reported: a cause before its consequences."""

ALWAYS = ("ONCE", "SPARE", "DEAD", "GAP", "STOP", "POLITE", "BASE", "DRY")
"""Those that hold at every moment, whether or not the world came to rest."""


def judge(view: View, names: Iterable[str] = INVARIANTS) -> list[Violation]:
    """Every invariant that is broken."""
    return [Violation(name, evidence) for name in names if (evidence := INVARIANTS[name](view))]


# ── reasons that count ─────────────────────────────────────────────────────────────────────────────────────────────────


def _out(entry: Entry) -> bool:
    """Whether a filter leaves it out: a supplier that is no customer."""
    return entry.values.get("out") == "yes" or bool(entry.values.get("company"))


def _outside(entry: Entry) -> bool:
    return any("out" in edit.values for edit in entry.edits)


def _recognisable(mine: Entry, other: Entry) -> bool:
    """Whether the other one bore, all the while, what would have told that both are the same."""
    word = {"person": "email", "company": "name", "product": "code"}[mine.kind]
    value = mine.edits[0].values.get(word)
    return bool(value) and all(
        edit.values.get(word, value) == value for edit in other.edits if edit.at <= mine.created_at
    )


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
    state, reason = view.standings.get((entry.side, entry.kind, entry.id), ("", ""))
    apart = any(entry.id in pair for pair in view.apart)
    return apart or (
        state in ("doubtful", "not_ready", "failed", "excluded", "elsewhere", "ended") and bool(reason)
    )


def _neighbour(view: View, reason: str) -> bool:
    """Whether the reason names a record of a story in which people themselves made a muddle."""
    return any(
        entry.id in reason and (view.alias(entry) in view.merged or not entry.live or _twice(view, entry))
        for entry in view.entries
    )


def _twice(view: View, entry: Entry) -> bool:
    return (
        sum(1 for each in view.entries if each.side == entry.side and view.alias(each) == view.alias(entry))
        > 1
    )


def _overruled(view: View, kind: str, word: str, wanted: str) -> bool:
    """Whether history lists the value as one that lost."""
    for sentence in view.told:
        for quoted in re.findall(r"'([^']*)'", sentence):
            if quoted == "nothing" and not wanted:
                return True
            if wanted and plain(kind, word, quoted) == wanted:
                return True
        if wanted and word not in ("phone", "price") and wanted in sentence:
            return True  # a name is also told as a whole, and may hold an apostrophe
    return False


def _settled_before(view: View, moment: datetime, crm: Entry, ledger: Entry) -> bool:
    """Whether a run had seen both records before that moment, so that they could be linked."""
    both = max(crm.created_at, ledger.created_at) + RACE
    return any(
        run.ok and run.began > both and run.ended is not None and run.ended < moment for run in view.runs
    )


def _agreed_before(mine: Entry, other: Entry, word: str, moment: datetime) -> bool:
    """Whether what was emptied had been on the other side too, so that there was an agreement to change."""
    before = [edit.values[word] for edit in mine.edits if word in edit.values and edit.at < moment]
    return bool(before) and any(
        edit.values.get(word) == before[-1] and edit.at < moment for edit in other.edits
    )


def _in_the_gap(entry: Entry, word: str, moment: datetime) -> bool:
    return any(
        edit.ours and word in edit.values and timedelta(0) <= edit.at - moment <= FRESH
        for edit in entry.edits
    )


def _since(entry: Entry, word: str, wanted: str) -> tuple[datetime, bool] | None:
    """When a record first held a value, and whether we wrote it."""
    if not wanted and word not in entry.edits[0].values:
        return entry.created_at, entry.ours
    for edit in entry.edits:
        if edit.values.get(word) == wanted:
            return edit.at, edit.ours
    return None
