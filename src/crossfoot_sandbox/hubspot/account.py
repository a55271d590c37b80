"""One HubSpot account: its books and settings.

Every write, from whatever door, ends in one of the acts below; each makes one version, moves the dates, and tells the webhooks.
"""

from dataclasses import dataclass
from typing import Literal

from crossfoot_sandbox.clock import Clock
from crossfoot_sandbox.hubspot import behaviours, flow_runs, linking
from crossfoot_sandbox.hubspot.agenda import Agenda
from crossfoot_sandbox.hubspot.behaviour import Leaving
from crossfoot_sandbox.hubspot.book import VENDOR, Actor, Book, HubRecord, Source, Version
from crossfoot_sandbox.hubspot.commerce import Commerce
from crossfoot_sandbox.hubspot.currencies import NAMES, Currencies
from crossfoot_sandbox.hubspot.definitions import Definitions
from crossfoot_sandbox.hubspot.errors import Problem
from crossfoot_sandbox.hubspot.flow_runs import Runs
from crossfoot_sandbox.hubspot.flows import Flows
from crossfoot_sandbox.hubspot.invoices import COUNTED, recalculate
from crossfoot_sandbox.hubspot.kinds import DEALS, INVOICES, KINDS, LINE_ITEMS, ObjectKind, kind_named
from crossfoot_sandbox.hubspot.link_types import Ends, LinkType
from crossfoot_sandbox.hubspot.links import Links
from crossfoot_sandbox.hubspot.merging import merge_records
from crossfoot_sandbox.hubspot.stages import Pipelines
from crossfoot_sandbox.hubspot.switches import Switches
from crossfoot_sandbox.hubspot.times import iso, milliseconds, moment
from crossfoot_sandbox.hubspot.webhooks import Webhooks
from crossfoot_sandbox.hubspot.writing import Conditional, Draft

Tier = Literal["free", "starter", "professional", "enterprise"]
_CURRENCIES = frozenset({"hs_currency", "deal_currency_code"})
"""What line items without a currency of their own are in."""


@dataclass(slots=True)
class Surroundings:
    """What all portals share."""

    clock: Clock
    switches: Switches
    webhooks: Webhooks

    def now(self) -> int:
        """Milliseconds since 1970."""
        return milliseconds(self.clock.now())


@dataclass(frozen=True, slots=True)
class Owner:
    """A user to whom records can be assigned. `id` is what `hubspot_owner_id` holds; the user id differs."""

    id: str
    user_id: int
    email: str
    first_name: str
    last_name: str
    archived: bool = False


class Account:
    """The account. `required_on_create` and `conditional` are the admin's rules that 2026-09 enforces."""

    def __init__(
        self, around: Surroundings, portal_id: int, *, name: str, currency: str, time_zone: str, tier: Tier
    ) -> None:
        self.around = around
        self.id = portal_id
        self.name = name
        self.time_zone = time_zone
        self.tier: Tier = tier
        self.account_type = "STANDARD"
        self.opened = around.now()
        self.currencies = Currencies(currency, self.opened)
        self.commerce = Commerce()
        self.pipelines = Pipelines()
        self.flows = Flows()
        self.runs = Runs()
        self.agenda = Agenda()
        self._acting_at: int | None = None
        self.migrating_until = 0  # 477 until then
        self.owners = [
            Owner("41629779", 9586504, "ada@example.test", "Ada", "Byron"),
            Owner("41629780", 9586505, "ben@example.test", "Ben", "Otero"),
        ]
        self.books: dict[str, Book] = {kind.plural: Book(kind) for kind in KINDS}
        self.definitions: dict[str, Definitions] = {
            kind.plural: Definitions(kind, self.opened) for kind in KINDS
        }
        self.links = Links(self.books)
        self.required_on_create: dict[str, set[str]] = {kind.plural: set() for kind in KINDS}
        self.conditional: dict[str, list[Conditional]] = {kind.plural: [] for kind in KINDS}
        self.books["contacts"].watch_unique(["email", "hs_additional_emails"], around.switches)

    def now(self) -> int:
        """Milliseconds since 1970; while something from the agenda is done, its own moment."""
        return self.around.now() if self._acting_at is None else self._acting_at

    def catch_up(self) -> None:
        """Do everything on the agenda that is due, in order, each as of its own moment."""
        if self._acting_at is not None:
            return
        while (entry := self.agenda.next(self.around.now())) is not None:
            self._acting_at, act = entry
            try:
                act()
            finally:
                self._acting_at = None

    def book(self, object_type: str) -> Book:
        """The book of an object type, by any of its names (ValueError for others). Reading it does the recalculations that are due."""
        self.catch_up()
        book = self.books[kind_named(object_type).plural]
        book.settle(self.around.now(), self.around.switches)
        return book

    def options(self, drawn: str) -> dict[str, str]:
        """The values and labels of an enumeration whose options are the account's own (`Definition.drawn`)."""
        match drawn:
            case "owners":
                return {
                    owner.id: f"{owner.first_name} {owner.last_name}"
                    for owner in self.owners
                    if not owner.archived
                }
            case "currencies":
                return {code: NAMES.get(code, code) for code in sorted(self.currencies.codes())}
            case "pipelines":
                return {pipeline.id: pipeline.label for pipeline in self.pipelines.live()}
        return {stage.id: stage.label for stage in self.pipelines.stages()}

    def create(self, kind: ObjectKind, draft: Draft, actor: Actor) -> HubRecord:
        """A new record from checked values."""
        now = self.now()
        book = self.book(kind.plural)
        record = HubRecord(book.next_id(), {}, actor.author, now, now)
        company = draft.changes.pop("associatedcompanyid", None)
        book.add(record)
        changes = {name: value for name, value in draft.changes.items() if value is not None}
        born: dict[str, str | None] = {
            kind.created: iso(now),
            "hs_object_id": record.id,
            "hs_object_source": actor.source.change_source,
            "hs_object_source_id": actor.source.source_id,
            "hs_object_source_label": actor.label,
            **changes,
        }
        book.write(record, now, born, actor, self.around.switches)
        self.around.webhooks.created(self, kind, record, actor.source, changes)
        flow_runs.changed(self, kind, record, None)
        if company is not None:
            linking.choose_primary(self, record, company, actor)
        self.follow(kind, record)
        if kind is INVOICES:
            self.add_up_later(record.id)
        return record

    def edit(self, kind: ObjectKind, record: HubRecord, draft: Draft, actor: Actor) -> None:
        """Change a record with checked values."""
        if "associatedcompanyid" in draft.changes:
            linking.choose_primary(self, record, draft.changes.pop("associatedcompanyid"), actor)
        self._write(kind, record, draft.changes, actor, actor.source)
        self.follow(kind, record)
        if not _CURRENCIES.isdisjoint(draft.changes):
            for line in self._lines(kind, record):
                self.follow(LINE_ITEMS, line)

    def archive(self, kind: ObjectKind, record: HubRecord, actor: Actor) -> None:
        """Into the recycle bin, and a deal's or invoice's line items with it; archiving twice does nothing.

        Raises the Problem of a record that must stay.
        """
        if record.archived is None:
            behaviours.of(kind).removable(Leaving(self, kind, record, actor))
            for line in self._lines(kind, record):
                self._shelve(LINE_ITEMS, line, actor)
            self._shelve(kind, record, actor)

    def restore(self, kind: ObjectKind, record: HubRecord, actor: Actor) -> None:
        """Out of the recycle bin, with the line items that went there with it. Refused when its e-mail has been taken meanwhile."""
        if record.archived is None:
            return
        book = self.books[kind.plural]
        for name in book.unique:
            value = record.values.get(name)
            holder = book.holder(name, value, self.around.switches) if value else None
            if holder is not None:
                raise Problem(409, f"{name} {value} is now used by record {holder.id}", "CONFLICT")
        together = [line for line in self._lines(kind, record) if line.archived == record.archived]
        self._unshelve(kind, record, actor)
        for line in together:
            self._unshelve(LINE_ITEMS, line, actor)

    def merge(self, kind: ObjectKind, primary: HubRecord, other: HubRecord, actor: Actor) -> HubRecord:
        """Two records become one; the old ids answer for the survivor (A3)."""
        survivor = merge_records(self, kind, primary, other, actor)
        self.around.webhooks.merged(self, kind, primary, other, survivor=survivor, source=actor.source)
        return survivor

    def erase(self, kind: ObjectKind, record: HubRecord, actor: Actor) -> None:
        """Privacy deletion: the record and every value it ever had are gone for good."""
        now = self.now()
        self.links.forget(kind.plural, record.id)
        book = self.books[kind.plural]
        merged = [
            book[merged_id]
            for merged_id in record.values.get("hs_merged_object_ids", "").split(";")
            if merged_id
        ]
        record.erased = True
        book.leave(record, now, self.around.switches)
        for part in (record, *merged):
            part.values = {}
            part.versions = [Version(moment(now), {}, actor.author)]
            part.sources = [actor.source]
        for word in ("privacyDeletion", "deletion"):
            self.around.webhooks.told(self, kind, record, actor.source, word)

    def link(
        self,
        ends: Ends,
        one: str,
        other: str,
        types: set[LinkType],
        actor: Actor,
        *,
        born: bool = False,
    ) -> tuple[str, str]:
        """Associate a pair with these types; the pair that is linked now. `born`: the first one is made with it."""
        return linking.link(self, ends, one, other, types, actor, born=born)

    def unlink(self, ends: Ends, one: str, other: str, types: set[LinkType] | None, actor: Actor) -> None:
        """Take a pair apart, or take only these types from it."""
        linking.unlink(self, ends, one, other, types, actor)

    def relabel(
        self, ends: Ends, one: str, other: str, types: set[LinkType], actor: Actor
    ) -> tuple[str, str]:
        """Make these the pair's only labels; the pair that is linked now."""
        return linking.relabel(self, ends, one, other, types, actor)

    def touch(
        self, kind: ObjectKind, record: HubRecord, changes: dict[str, str | None], actor: Actor
    ) -> None:
        """A change that follows from another one, such as a count or the primary company's id."""
        if changes or self.around.switches.association_bumps:
            self._write(kind, record, changes, actor, Source("CALCULATED", ""))

    def calculate(self, kind: ObjectKind, record: HubRecord, changes: dict[str, str | None]) -> None:
        """Values that HubSpot computes, where they differ from what the record has."""
        due = {name: value for name, value in changes.items() if record.values.get(name) != value}
        if due:
            self._write(kind, record, due, VENDOR, VENDOR.source)

    def follow(self, kind: ObjectKind, record: HubRecord) -> None:
        """After a change: the record's computed properties at once, the totals of its invoice a moment later."""
        if record.alive:
            self.calculate(kind, record, behaviours.of(kind).derived(self, record))
        if kind is LINE_ITEMS and self.around.switches.lines_set_deal_amount:
            for deal_id, _ in self.links.of(("line_items", "deals"), record.id):
                self.follow(DEALS, self.books["deals"][deal_id])
        if kind.plural in COUNTED:
            for invoice_id, _ in self.links.of((kind.plural, "invoices"), record.id):
                self.add_up_later(invoice_id)

    def add_up_later(self, invoice_id: str) -> None:
        """Compute an invoice's totals after the moment that HubSpot takes for it (B1)."""
        delay = int(self.around.switches.totals_after * 1000)
        self.agenda.add(self.now() + delay, lambda: recalculate(self, invoice_id))

    def _lines(self, kind: ObjectKind, record: HubRecord) -> list[HubRecord]:
        """The line items that belong to a record, archived ones too."""
        if kind not in (DEALS, INVOICES):
            return []
        ids = self.links.every((kind.plural, "line_items"), record.id)
        return [self.books["line_items"][line_id] for line_id in ids]

    def _shelve(self, kind: ObjectKind, record: HubRecord, actor: Actor) -> None:
        if record.archived is None:
            now = self.now()
            self.books[kind.plural].archive(record, now, self.around.switches)
            record.versions.append(Version(moment(now), {"archived": "true"}, actor.author))
            record.sources.append(actor.source)
            self.around.webhooks.told(self, kind, record, actor.source, "deletion")
            self.follow(kind, record)

    def _unshelve(self, kind: ObjectKind, record: HubRecord, actor: Actor) -> None:
        now = self.now()
        self.books[kind.plural].restore(record, now, self.around.switches)
        record.versions.append(Version(moment(now), {"archived": None}, actor.author))
        record.sources.append(actor.source)
        self.around.webhooks.told(self, kind, record, actor.source, "restore")
        self.follow(kind, record)

    def _write(
        self,
        kind: ObjectKind,
        record: HubRecord,
        changes: dict[str, str | None],
        actor: Actor,
        source: Source,
    ) -> None:
        """One version of a record, and all who hear of it."""
        before = record.values
        book = self.books[kind.plural]
        changed = book.write(record, self.now(), changes, actor, self.around.switches)
        self.around.webhooks.changed(self, kind, record, source, changed)
        if changed:
            flow_runs.changed(self, kind, record, before)
