"""One HubSpot account: its books and settings.

Every write, from whatever door, ends in one of the acts below; each makes one version, moves the dates, and tells the webhooks.
"""

from dataclasses import dataclass
from typing import Literal

from crossfoot_sandbox.clock import Clock
from crossfoot_sandbox.hubspot.book import Actor, Book, HubRecord, Source, Version
from crossfoot_sandbox.hubspot.definitions import Definitions
from crossfoot_sandbox.hubspot.errors import Problem
from crossfoot_sandbox.hubspot.kinds import BY_NAME, KINDS, ObjectKind, kind_named
from crossfoot_sandbox.hubspot.links import CONTACT_TO_COMPANY, PLAIN, PRIMARY, Ends, Links, LinkType
from crossfoot_sandbox.hubspot.merging import merge_records
from crossfoot_sandbox.hubspot.switches import Switches
from crossfoot_sandbox.hubspot.times import iso, milliseconds, moment
from crossfoot_sandbox.hubspot.webhooks import Webhooks
from crossfoot_sandbox.hubspot.writing import Conditional, Draft

Tier = Literal["free", "starter", "professional", "enterprise"]


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
        self.currency = currency
        self.additional_currencies: list[str] = []
        self.time_zone = time_zone
        self.tier: Tier = tier
        self.account_type = "STANDARD"
        self.opened = around.now()
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

    def book(self, object_type: str) -> Book:
        """The book of an object type, by any of its names (ValueError for others). Reading it does the recalculations that are due."""
        book = self.books[kind_named(object_type).plural]
        book.settle(self.around.now(), self.around.switches)
        return book

    def owner_ids(self) -> frozenset[str]:
        """The values `hubspot_owner_id` may have."""
        return frozenset(owner.id for owner in self.owners if not owner.archived)

    def create(self, kind: ObjectKind, draft: Draft, actor: Actor) -> HubRecord:
        """A new record from checked values."""
        now = self.around.now()
        book = self.book(kind.plural)
        record = HubRecord(book.next_id(), {}, actor.author, now, now)
        company = draft.changes.pop("associatedcompanyid", None)
        book.add(record)
        changes = {name: value for name, value in draft.changes.items() if value is not None}
        born: dict[str, str | None] = {
            "createdate": iso(now),
            "hs_object_id": record.id,
            "hs_object_source": actor.source.change_source,
            "hs_object_source_id": actor.source.source_id,
            "hs_object_source_label": actor.label,
            **changes,
        }
        book.write(record, now, born, actor, self.around.switches)
        self.around.webhooks.created(self, kind, record, actor.source, changes)
        if company is not None:
            self.choose_primary(record, company, actor)
        return record

    def edit(self, kind: ObjectKind, record: HubRecord, draft: Draft, actor: Actor) -> None:
        """Change a record with checked values."""
        now = self.around.now()
        if "associatedcompanyid" in draft.changes:
            self.choose_primary(record, draft.changes.pop("associatedcompanyid"), actor)
        changed = self.books[kind.plural].write(record, now, draft.changes, actor, self.around.switches)
        self.around.webhooks.changed(self, kind, record, actor.source, changed)

    def archive(self, kind: ObjectKind, record: HubRecord, actor: Actor) -> None:
        """Into the recycle bin; archiving twice does nothing."""
        if record.archived is None:
            now = self.around.now()
            self.books[kind.plural].archive(record, now, self.around.switches)
            record.versions.append(Version(moment(now), {"archived": "true"}, actor.author))
            record.sources.append(actor.source)
            self.around.webhooks.told(self, kind, record, actor.source, "deletion")

    def restore(self, kind: ObjectKind, record: HubRecord, actor: Actor) -> None:
        """Out of the recycle bin. Refused when its e-mail has been taken meanwhile."""
        if record.archived is None:
            return
        book = self.books[kind.plural]
        for name in book.unique:
            value = record.values.get(name)
            holder = book.holder(name, value, self.around.switches) if value else None
            if holder is not None:
                raise Problem(409, f"{name} {value} is now used by record {holder.id}", "CONFLICT")
        now = self.around.now()
        book.restore(record, now, self.around.switches)
        record.versions.append(Version(moment(now), {"archived": None}, actor.author))
        record.sources.append(actor.source)
        self.around.webhooks.told(self, kind, record, actor.source, "restore")

    def merge(self, kind: ObjectKind, primary: HubRecord, other: HubRecord, actor: Actor) -> HubRecord:
        """Two records become one; the old ids answer for the survivor (A3)."""
        survivor = merge_records(self, kind, primary, other, actor)
        self.around.webhooks.merged(self, kind, primary, other, survivor=survivor, source=actor.source)
        return survivor

    def erase(self, kind: ObjectKind, record: HubRecord, actor: Actor) -> None:
        """Privacy deletion: the record and every value it ever had are gone for good."""
        now = self.around.now()
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

    def link(self, ends: Ends, one: str, other: str, types: set[LinkType], actor: Actor) -> None:
        """Associate a pair with these types; a contact's first company becomes its primary one (switchable)."""
        wanted = set(types)
        earlier: str | None = None
        if set(ends) == set(CONTACT_TO_COMPANY):
            forth = ends == CONTACT_TO_COMPANY
            contact = one if forth else other
            earlier = self.links.primary(contact)
            first = not any(self.links.of(CONTACT_TO_COMPANY, contact))
            if first and self.around.switches.first_company_is_primary:
                wanted.add(PRIMARY if forth else self.links.inverse(CONTACT_TO_COMPANY, PRIMARY))
        before = self.links.types(ends, one, other)
        self.links.add(ends, one, other, wanted)
        added = self.links.types(ends, one, other) - before
        for type_ in sorted(added):
            self.around.webhooks.associated(
                self, ends, one, other, type_=type_, source=actor.source, removed=False
            )
        if added:
            touched = {(ends[0], one), (ends[1], other)}
            self._after_linking(touched | ({("companies", earlier)} if earlier else set()), actor)

    def unlink(self, ends: Ends, one: str, other: str, types: set[LinkType] | None, actor: Actor) -> None:
        """Take a pair apart, or take only these types from it."""
        before = self.links.types(ends, one, other)
        if self.links.remove(ends, one, other, types):
            for type_ in sorted(before - self.links.types(ends, one, other)):
                self.around.webhooks.associated(
                    self, ends, one, other, type_=type_, source=actor.source, removed=True
                )
            self._after_linking({(ends[0], one), (ends[1], other)}, actor)

    def relabel(self, ends: Ends, one: str, other: str, types: set[LinkType], actor: Actor) -> None:
        """Make these the pair's only labels."""
        stale = self.links.types(ends, one, other) - types - {PLAIN[ends]}
        if stale:
            self.unlink(ends, one, other, stale, actor)
        self.link(ends, one, other, types, actor)

    def choose_primary(self, contact: HubRecord, company_id: str | None, actor: Actor) -> None:
        """What writing `associatedcompanyid` does: the primary company, or none."""
        current = self.links.primary(contact.id)
        if company_id is None:
            if current is not None:
                self.unlink(CONTACT_TO_COMPANY, contact.id, current, None, actor)
            return
        company = self.books["companies"].survivor(company_id)
        if company is not None and current != company.id:
            self.link(CONTACT_TO_COMPANY, contact.id, company.id, {PRIMARY}, actor)

    def touch(
        self, kind: ObjectKind, record: HubRecord, changes: dict[str, str | None], actor: Actor
    ) -> None:
        """A change that follows from another one, such as a count or the primary company's id."""
        if changes or self.around.switches.association_bumps:
            changed = self.books[kind.plural].write(
                record, self.around.now(), changes, actor, self.around.switches
            )
            self.around.webhooks.changed(self, kind, record, Source("CALCULATED", ""), changed)

    def linked_changes(self, plural: str, record: HubRecord) -> dict[str, str | None]:
        """The properties that mirror a record's associations, where they are out of step."""
        if plural == "contacts":
            primary = self.links.primary(record.id)
            due: dict[str, str | None] = {"associatedcompanyid": primary}
        else:
            count = sum(1 for _ in self.links.of(("companies", "contacts"), record.id))
            due = {
                "num_associated_contacts": str(count)
                if count or "num_associated_contacts" in record.values
                else None
            }
        return {name: value for name, value in due.items() if record.values.get(name) != value}

    def _after_linking(self, touched: set[tuple[str, str]], actor: Actor) -> None:
        for plural, record_id in sorted(touched):
            record = self.books[plural].get(record_id)
            if record is not None and record.alive:
                self.touch(BY_NAME[plural], record, self.linked_changes(plural, record), actor)
