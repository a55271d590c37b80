"""Everything that the oracle looks at: the sandbox's own books, what was on the wire, and what any user could read of Crossfoot's memory."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property

from tests.simulation.books import Edit, Entry
from tests.simulation.scenario import Config
from tests.simulation.wire import Exchange
from tests.simulation.words import Ran, Typed


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


@dataclass(frozen=True, slots=True)
class Paper:
    """What belongs to a document, as its side's book has it."""

    customer_at: tuple[str, str] | None = None
    """Kind and id of whom it is for."""
    customer: str = ""
    """The story of whom it is for."""
    document_at: tuple[str, str] | None = None
    """Kind and id of the invoice that a payment is for."""
    document: str = ""
    odd: tuple[str, ...] = ()
    """Lines that are there twice, or that nobody typed."""


@dataclass
class View:
    """Everything that the oracle looks at."""

    entries: list[Entry] = field(default_factory=list)
    aliases: dict[tuple[str, str, str], str] = field(default_factory=dict)
    """(side, kind, id) to the story that the record belongs to."""
    typed: list[Typed] = field(default_factory=list)
    links: list[Linked] = field(default_factory=list)
    former: list[Linked] = field(default_factory=list)
    """Links of memories that were replaced by a backup."""
    linked: dict[tuple[str, str, str], Mapping[str, datetime]] = field(default_factory=dict)
    """(side, kind, id) of records that a person emptied a field of: when they were linked, by the partner's id."""
    papers: dict[tuple[str, str, str], Paper] = field(default_factory=dict)
    """(side, kind, id) of a document to what belongs to it."""
    locks: list[tuple[datetime, str]] = field(default_factory=list)
    """When somebody closed the ledger's books, and up to which day; "" opened them."""
    decided: list[tuple[datetime, str, str]] = field(default_factory=list)
    """Answers of people: when, the CRM's id of the pair, and the side whose value stays."""
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
    forgotten: list[tuple[datetime, datetime]] = field(default_factory=list)
    """The times of which a memory that was put back from a backup knows nothing."""
    wire: list[Exchange] = field(default_factory=list)
    runs: list[Ran] = field(default_factory=list)
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

    def document(self, invoice_id: str) -> Entry | None:
        """An invoice of the ledger, whatever it was made from."""
        return self.entry("ledger", "invoice", invoice_id) or self.entry("ledger", "deal", invoice_id)

    def survivor(self, side: str, kind: str, record_id: str) -> Entry | None:
        """The record that answers to an id, merges followed."""
        entry = self.entry(side, kind, record_id)
        while entry is not None and entry.merged_into:
            entry = self.entry(side, kind, entry.merged_into)
        return entry

    def ancestry(self, entry: Entry) -> list[Entry]:
        """The record, and all that became part of it."""
        found = [entry]
        for each in found:
            found += self._absorbed.get((each.side, each.kind, each.id), [])
        return found

    def edits(self, entry: Entry, until: datetime | None = None) -> list[Edit]:
        """Every edit of the record, and of all that became part of it (until a moment), oldest first."""
        ancestry = [
            each
            for each in self.ancestry(entry)
            if until is None or each is entry or each.mergings[-1].at <= until
        ]
        if len(ancestry) == 1:
            return list(entry.edits)
        return sorted((edit for each in ancestry for edit in each.edits), key=lambda edit: edit.at)

    def remembers(self, moment: datetime) -> bool:
        """Whether the memory as it is now knows of a moment: no backup was put back that was saved before it."""
        return not any(start <= moment <= end for start, end in self.forgotten)

    def knew(self, entry: Entry, moment: datetime) -> bool:
        """Whether an answer had shown us a record by a moment, and we had not forgotten it since with a backup."""
        kind = entry.kind if entry.side == "crm" else ""
        return any(
            at <= moment and not any(start < at < end <= moment for start, end in self.forgotten)
            for at in self._shown.get((entry.side, kind, entry.id), [])
        )

    def partners(self, entry: Entry, *, active: bool = False) -> list[Entry]:
        """The records across that it, or one that became part of it, is or was linked with; or only the one that it is linked with now."""
        names = {each.id for each in self.ancestry(entry)}
        other = "ledger" if entry.side == "crm" else "crm"
        ids = {
            link.ledger if entry.side == "crm" else link.crm
            for link in (*self.links, *(() if active else self.former))
            if link.kind == entry.kind
            and (not active or link.state == "active")
            and (link.crm if entry.side == "crm" else link.ledger) in names
        }
        found = {
            each.id: each
            for one in sorted(ids)
            if (each := self.survivor(other, entry.kind, one)) is not None
        }
        return list(found.values())

    def linked_at(self, record_id: str, mine: Entry, other: Entry) -> datetime | None:
        """When a record that is, or became, `mine` was linked with `other`, or with one that became part of it."""
        known = self.linked.get((mine.side, mine.kind, record_id), {})
        return min((known[each.id] for each in self.ancestry(other) if each.id in known), default=None)

    @cached_property
    def _absorbed(self) -> dict[tuple[str, str, str], list[Entry]]:
        found: dict[tuple[str, str, str], list[Entry]] = defaultdict(list)
        for entry in self.entries:
            if entry.merged_into:
                found[entry.side, entry.kind, entry.merged_into].append(entry)
        return found

    def kept_apart(self, mine: Entry, other: Entry) -> bool:
        """Whether a person said that the record which we made this one from, and another one or its survivor, are different things."""
        origin = mine.origin
        names = {other.id}
        while (survivor := self.entry(other.side, other.kind, other.id)) is not None and survivor.merged_into:
            other = replace(survivor, id=survivor.merged_into)
            names.add(other.id)
        return any((origin, each) in self.apart or (each, origin) in self.apart for each in names)

    def decided_against(self, entry: Entry, since: datetime, until: datetime) -> bool:
        """Whether a person who was shown both decided between two moments that a record takes the value from across."""
        ids = {entry.id, *(each.id for each in self.partners(entry))}
        other = "ledger" if entry.side == "crm" else "crm"
        return any(
            since <= at <= until and crm_id in ids and side == other for at, crm_id, side in self.decided
        )

    # ── what Crossfoot could know ─────────────────────────────────────────────────────────────────────────────────────

    def creation(self, entry: Entry) -> Exchange | None:
        """The call by which we made a record."""
        calls, moments = self._creations.get(entry.side, ([], []))
        # The CRM's book keeps milliseconds.
        place = bisect_left(moments, entry.created_at)
        near = place < len(calls) and moments[place] - entry.created_at < timedelta(milliseconds=1)
        return calls[place] if near else None

    def listed(self, call: Exchange) -> datetime | None:
        """When the last listing before a call, of the same kind and in the same run, was answered to us."""
        moments = self._listings.get((call.run, call.system, call.kind), [])
        place = bisect_left(moments, call.at)
        return moments[place - 1] if place else None

    @cached_property
    def _creations(self) -> dict[str, tuple[list[Exchange], list[datetime]]]:
        found: dict[str, list[Exchange]] = {"crm": [], "ledger": []}
        for call in sorted(self.wire, key=lambda each: each.at):
            if any(not record_id for record_id, _ in call.targets):
                found[call.system].append(call)
        return {side: (calls, [call.at for call in calls]) for side, calls in found.items()}

    @cached_property
    def _listings(self) -> dict[tuple[int, str, str], list[datetime]]:
        found: dict[tuple[int, str, str], list[datetime]] = defaultdict(list)
        for call in self.wire:
            if call.lists and call.heard:
                found[call.run, call.system, call.kind].append(call.at)
        return {place: sorted(moments) for place, moments in found.items()}

    @cached_property
    def _shown(self) -> dict[tuple[str, str, str], list[datetime]]:
        found: dict[tuple[str, str, str], list[datetime]] = defaultdict(list)
        for call in self.wire:
            # The recycle bin is asked for what became of certain records; it shows others beside them.
            if call.heard and call.stored and "archived" not in call.query:
                for record_id in call.shown:
                    found[call.place(record_id)].append(call.at)
        return found
