"""The book of one object type: every record with all its versions, and the indexes that answer quickly at 100,000."""

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from crossfoot_sandbox.faults import draw
from crossfoot_sandbox.hubspot.books.index import SearchIndex
from crossfoot_sandbox.hubspot.books.kinds import ObjectKind
from crossfoot_sandbox.hubspot.books.sortedkeys import SortedKeys
from crossfoot_sandbox.hubspot.switches import Switches
from crossfoot_sandbox.hubspot.times import iso, moment

FIRST_ID = 15_000_000_001


class Version(NamedTuple):
    """What one write changed. A value of None means that the property was emptied."""

    at: datetime
    values: Mapping[str, str | None]
    author: str  # "person:<name>", "app:<app id>", "workflow:<flow id>" or "vendor"


class Source(NamedTuple):
    """Where a value came from, as `propertiesWithHistory` and webhooks tell it."""

    change_source: str  # CRM_UI, INTEGRATION, CALCULATED ...
    source_id: str  # "userId:7", an app id as text, or ""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who writes, and through which version of the API ("ui" for people)."""

    author: str
    source: Source
    version: str
    label: str  # hs_object_source_label


VENDOR = Actor("vendor", Source("CALCULATED", ""), "", "")


@dataclass(slots=True)
class HubRecord:
    """One record. `values` is replaced on every write and never changed in place, so that a view may keep it."""

    id: str
    values: Mapping[str, str]
    created_by: str
    created: int
    modified: int
    versions: list[Version] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    archived: int | None = None
    merged_into: str | None = None
    erased: bool = False
    locked_until: int = 0
    writes: int = 0

    @property
    def archived_at(self) -> datetime | None:
        """When it went to the recycle bin, or None."""
        return None if self.archived is None else moment(self.archived)

    @property
    def created_at(self) -> datetime:
        """When it was made."""
        return moment(self.created)

    @property
    def updated_at(self) -> datetime:
        """The modified date."""
        return moment(self.modified)

    @property
    def alive(self) -> bool:
        """Neither archived, nor merged away, nor erased."""
        return self.archived is None and self.merged_into is None and not self.erased


class Book(Mapping[str, HubRecord]):
    """All records ever made of one object type, by id; archived, merged and erased ones stay."""

    def __init__(self, kind: ObjectKind) -> None:
        self.kind = kind
        self.records: dict[str, HubRecord] = {}
        self.live: SortedKeys[int] = SortedKeys()
        self.shelved: SortedKeys[int] = SortedKeys()
        self.unique: dict[str, dict[str, str]] = {}
        self.index = SearchIndex(kind)
        self._bumps: list[tuple[int, int]] = []
        self._last_id = FIRST_ID - 1
        self._made = 0

    def __getitem__(self, record_id: str) -> HubRecord:
        return self.records[record_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self.records)

    def __len__(self) -> int:
        return len(self.records)

    def next_id(self) -> str:
        """Ids climb in irregular steps, the same in every object type: an id alone names nothing (A8)."""
        self._made += 1
        self._last_id += 1 if self._made == 1 else 1 + int(draw("id", self._made) * 9_973)
        return str(self._last_id)

    def survivor(self, record_id: str) -> HubRecord | None:
        """The record that answers to an id, merges followed; None when there never was one or it is erased."""
        record = self.records.get(record_id)
        while record is not None and record.merged_into is not None:
            record = self.records.get(record.merged_into)
        return None if record is None or record.erased else record

    def add(self, record: HubRecord) -> None:
        """Enter a new record; `write` gives it its values."""
        self.records[record.id] = record
        self.live.add(int(record.id))

    def write(
        self, record: HubRecord, now: int, changes: Mapping[str, str | None], actor: Actor, switches: Switches
    ) -> dict[str, str | None]:
        """One version: the changed values, the modified date, the unique values, and when search will see it.

        Returns what really changed, the modified date aside.
        """
        old = record.values
        changed = {name: value for name, value in changes.items() if old.get(name) != value}
        stamp = iso(now)
        values = {**old, self.kind.modified: stamp}
        for name, value in changed.items():
            if value is None:
                del values[name]
            else:
                values[name] = value
            if name in self.unique:
                self._claim(name, record.id, old.get(name), value, switches)
        record.values = values
        record.modified = now
        record.versions.append(Version(moment(now), {**changed, self.kind.modified: stamp}, actor.author))
        record.sources.append(actor.source)
        record.writes += 1
        if actor is not VENDOR and self._bumped_later(record, switches):
            heapq.heappush(self._bumps, (now + int(switches.hidden_bump_after * 1000), int(record.id)))
        self.show(record, now, switches)
        return changed

    def show(self, record: HubRecord, now: int, switches: Switches) -> None:
        """Let search see the record as it is now, once its lag has passed."""
        span = switches.lag_max - switches.lag_min
        share = draw("lag", switches.seed, self.kind.plural, record.id, record.writes, now) if span else 0.0
        lag = switches.lag_min + span * share
        self.index.schedule(
            now + int(lag * 1000), int(record.id), record.values if record.alive else None, record.modified
        )

    def settle(self, now: int, switches: Switches) -> None:
        """Do the hidden recalculations that are due: they move the modified date and nothing else (A7)."""
        while self._bumps and self._bumps[0][0] <= now:
            at, number = heapq.heappop(self._bumps)
            record = self.records[str(number)]
            if record.alive and record.modified <= at:
                self.write(record, at, {}, VENDOR, switches)

    def _bumped_later(self, record: HubRecord, switches: Switches) -> bool:
        share = switches.hidden_bump
        return share > 0 and draw("bump", switches.seed, self.kind.plural, record.id, record.writes) < share

    def archive(self, record: HubRecord, now: int, switches: Switches) -> None:
        """Into the recycle bin: unique values are free again."""
        record.archived = now
        record.writes += 1
        self.live.discard(int(record.id))
        self.shelved.add(int(record.id))
        self._release(record, switches)
        self.show(record, now, switches)

    def restore(self, record: HubRecord, now: int, switches: Switches) -> None:
        """Out of the recycle bin; nothing else changes (A6)."""
        record.archived = None
        record.writes += 1
        self.shelved.discard(int(record.id))
        self.live.add(int(record.id))
        for name in self.unique:
            self._claim(name, record.id, None, record.values.get(name), switches)
        self.show(record, now, switches)

    def leave(self, record: HubRecord, now: int, switches: Switches) -> None:
        """Merged away or erased: gone from lists, the recycle bin and search."""
        record.writes += 1
        self.live.discard(int(record.id))
        self.shelved.discard(int(record.id))
        self._release(record, switches)
        self.show(record, now, switches)

    def watch_unique(self, names: list[str], switches: Switches) -> None:
        """From now on no two live records share a value of these properties."""
        for name in names:
            if name not in self.unique:
                self.unique[name] = {}
                for number in self.live:
                    record = self.records[str(number)]
                    self._claim(name, record.id, None, record.values.get(name), switches)

    def holder(self, name: str, value: str, switches: Switches) -> HubRecord | None:
        """The live record that has this value of a unique property, secondary e-mails included."""
        held = self.unique.get(name, {}).get(self._key(name, value, switches))
        return None if held is None else self.records[held]

    def claim(self, name: str, record_id: str, value: str, switches: Switches) -> None:
        """Enter a unique value of a record that was filled in without `write`."""
        self._claim(name, record_id, None, value, switches)

    def _key(self, name: str, value: str, switches: Switches) -> str:
        folds = name in ("email", "hs_additional_emails") or switches.unique_ignores_case
        return value.strip().lower() if folds else value

    def _claim(self, name: str, record_id: str, old: str | None, new: str | None, switches: Switches) -> None:
        home = self.unique["email" if name == "hs_additional_emails" else name]
        split = name == "hs_additional_emails"
        for text in (old or "").split(";") if split else [old or ""]:
            key = self._key(name, text, switches)
            if home.get(key) == record_id:
                del home[key]
        for text in (new or "").split(";") if split else [new or ""]:
            if text:
                home[self._key(name, text, switches)] = record_id

    def _release(self, record: HubRecord, switches: Switches) -> None:
        for name in self.unique:
            self._claim(name, record.id, record.values.get(name), None, switches)
