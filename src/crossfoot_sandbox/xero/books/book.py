"""A book: the records of one kind in one organisation, with every version they ever had.

Kept sorted by UpdatedDateUTC at all times, so that a page of modified records costs a bisection and not a scan.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from crossfoot_sandbox.xero.shape import guid, moment

ACTIVE = "ACTIVE"
ARCHIVED = "ARCHIVED"
ERASED = "GDPRREQUEST"
DELETED = "DELETED"


@dataclass(frozen=True, slots=True)
class Version:
    """One change: when, which fields got which value, by whom ("person:<name>", "app:<client id>" or "vendor")."""

    at: datetime
    changes: Mapping[str, Any]
    author: str


class XeroRecord:
    """One record. `values` has the API's field names and shapes, with dates as `date`; it is replaced, never changed in place."""

    __slots__ = ("created_by", "id", "merged_to", "serial", "status", "updated_ms", "values", "versions")

    def __init__(self, record_id: str, serial: int, author: str) -> None:
        self.id = record_id
        self.serial = serial
        self.created_by = author
        self.values: dict[str, Any] = {}
        self.versions: list[Version] = []
        self.status = ACTIVE
        self.merged_to: str | None = None
        self.updated_ms = 0

    @property
    def updated(self) -> datetime:
        """UpdatedDateUTC. Some changes do not move it (fact 4.6)."""
        return moment(self.updated_ms)

    def __repr__(self) -> str:
        names = ("Name", "Code", "InvoiceNumber", "CreditNoteNumber", "Reference")
        return (
            f"<{self.id} {self.status} {next((self.values[n] for n in names if self.values.get(n)), '')!r}>"
        )


@dataclass(frozen=True, slots=True)
class Before:
    """A record's state before a change, to take the change back."""

    values: dict[str, Any]
    status: str
    updated_ms: int
    versions: int


Entry = tuple[int, int, XeroRecord]


class Book(Mapping[str, XeroRecord]):
    """Records by id, deleted ones included. `unique` names the fields that find one record, and whether only active ones count.

    In a book of documents (`documents`) the deleted ones are listed and found like all others. `numbered` says whose unique fields
    count, `groups` names the keys under which records that belong together are found, such as a contact's id. `event` is the
    category of webhooks about these records, "" where there are none, and `event_data` the `data` of an event, which the older
    categories do not have.
    """

    def __init__(
        self,
        kind: str,
        owner: str,
        unique: Mapping[str, bool],
        *,
        documents: bool = False,
        numbered: Callable[[Mapping[str, Any]], bool] | None = None,
        groups: Callable[[Mapping[str, Any]], Iterable[str]] = lambda _values: (),
        event: str = "",
        event_data: Callable[[XeroRecord], dict[str, Any] | None] = lambda _record: None,
    ) -> None:
        self.kind = kind
        self.event = event
        self.event_data = event_data
        self._hidden = "" if documents else DELETED
        self._numbered = numbered
        self._keys = groups
        self._groups: dict[str, dict[str, XeroRecord]] = {}
        self.changed = 0  # grows with every change; caches compare it
        self._owner = owner
        self._unique = dict(unique)
        self._records: dict[str, XeroRecord] = {}
        self._found: dict[str, dict[str, XeroRecord]] = {field: {} for field in unique}
        self._by_time: list[Entry] = []
        self._active_by_time: list[Entry] = []
        self._sorted: dict[object, tuple[int, list[XeroRecord]]] = {}
        self._drawn = 0

    @property
    def id_field(self) -> str:
        """The API's name of their ids, such as `InvoiceID`."""
        return f"{self.kind.removesuffix('s')}ID"

    def __getitem__(self, record_id: str) -> XeroRecord:
        return self._records[record_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)

    def live(self, record_id: str) -> XeroRecord | None:
        """The record with this id, unless it was deleted; a deleted document is still found."""
        record = self._records.get(record_id.lower())
        return record if record is not None and record.status != self._hidden else None

    def grouped(self, key: str) -> Iterable[XeroRecord]:
        """The records with this key, in the order in which they came to it."""
        return self._groups.get(key, {}).values()

    def find(self, field: str, text: str) -> XeroRecord | None:
        """The record that has this value in a unique field, compared without case."""
        return self._found[field].get(text.casefold())

    def create(self, values: Mapping[str, Any], at_ms: int, author: str, status: str = ACTIVE) -> XeroRecord:
        """A new record."""
        record = self._new(values, at_ms, author, status)
        self._enter(record)
        return record

    def load(self, rows: Iterable[tuple[Mapping[str, Any], int, str]], author: str) -> list[XeroRecord]:
        """Many new records at once, as (values, UpdatedDateUTC in ms, status): the order is restored once, at the end."""
        made = [self._new(values, at_ms, author, status) for values, at_ms, status in rows]
        for record in made:
            self._note_unique(record)
            self._note_group(record)
            entry = (record.updated_ms, record.serial, record)
            self._by_time.append(entry)
            if record.status == ACTIVE:
                self._active_by_time.append(entry)
        self._by_time.sort()
        self._active_by_time.sort()
        self.changed += 1
        return made

    def change(
        self,
        record: XeroRecord,
        changes: Mapping[str, Any],
        at_ms: int,
        author: str,
        *,
        status: str | None = None,
        touch: bool = True,
    ) -> Before:
        """A new version. A value of None removes the field. `touch` False leaves UpdatedDateUTC as it was."""
        before = Before(record.values, record.status, record.updated_ms, len(record.versions))
        self._leave(record)
        record.values = {k: v for k, v in {**record.values, **changes}.items() if v is not None}
        kept = dict(changes)
        if status is not None and status != record.status:
            record.status = status
            kept["ContactStatus" if self.kind == "Contacts" else "Status"] = status
        record.versions.append(Version(moment(at_ms), MappingProxyType(kept), author))
        if touch:
            record.updated_ms = at_ms
        self._enter(record)
        return before

    def undo(self, record: XeroRecord, before: Before | None) -> None:
        """Take the last change back; None means that the record was created by it."""
        self._leave(record)
        if before is None:
            del self._records[record.id]
            self.changed += 1
            return
        record.values, record.status, record.updated_ms = before.values, before.status, before.updated_ms
        del record.versions[before.versions :]
        self._enter(record)

    def modified(self, since_ms: int | None, *, archived: bool) -> tuple[list[Entry], int]:
        """All live records by UpdatedDateUTC, and the position where those at or after `since_ms` begin."""
        entries = self._by_time if archived else self._active_by_time
        return entries, 0 if since_ms is None else bisect_left(entries, since_ms, key=lambda entry: entry[0])

    def chosen(self, ids: Iterable[str], since_ms: int | None, *, archived: bool) -> list[Entry]:
        """The live records with these ids by UpdatedDateUTC, as `modified` would list them."""
        found = (self.live(record_id) for record_id in ids)
        return sorted(
            (record.updated_ms, record.serial, record)
            for record in found
            if record is not None
            and (archived or record.status == ACTIVE)
            and (since_ms is None or record.updated_ms >= since_ms)
        )

    def sorted_by(self, name: object, key: Any, *, reverse: bool, archived: bool) -> list[XeroRecord]:
        """All live records in an order, kept until the next change."""
        mark = (name, reverse, archived)
        stored = self._sorted.get(mark)
        if stored is None or stored[0] != self.changed:
            entries = self._by_time if archived else self._active_by_time
            stored = (self.changed, sorted((entry[2] for entry in entries), key=key, reverse=reverse))
            self._sorted[mark] = stored
        return stored[1]

    def _new(self, values: Mapping[str, Any], at_ms: int, author: str, status: str) -> XeroRecord:
        self._drawn += 1
        record = XeroRecord(guid(self._owner, self.kind, self._drawn), self._drawn, author)
        record.values = {k: v for k, v in values.items() if v is not None}
        record.status = status
        record.updated_ms = at_ms
        # A document may begin in any state, everything else begins active.
        first = record.values if self._hidden else {**record.values, "Status": status}
        record.versions.append(Version(moment(at_ms), MappingProxyType(first), author))
        self._records[record.id] = record
        return record

    def _note_unique(self, record: XeroRecord) -> None:
        if self._numbered is not None and not self._numbered(record.values):
            return
        for field, active_only in self._unique.items():
            text = record.values.get(field)
            if text and (record.status == ACTIVE or not active_only):
                self._found[field].setdefault(text.casefold(), record)

    def _note_group(self, record: XeroRecord) -> None:
        for key in self._keys(record.values):
            self._groups.setdefault(key, {})[record.id] = record

    def _enter(self, record: XeroRecord) -> None:
        self.changed += 1
        if record.status == self._hidden:
            return
        self._note_unique(record)
        self._note_group(record)
        entry = (record.updated_ms, record.serial, record)
        _insert(self._by_time, entry)
        if record.status == ACTIVE:
            _insert(self._active_by_time, entry)

    def _leave(self, record: XeroRecord) -> None:
        for key in self._keys(record.values):
            self._groups.get(key, {}).pop(record.id, None)
        for field in self._unique:
            text = record.values.get(field)
            if text and self._found[field].get(text.casefold()) is record:
                del self._found[field][text.casefold()]
        place = (record.updated_ms, record.serial)
        for entries in (self._by_time, self._active_by_time):
            at = bisect_left(entries, place)  # a shorter tuple sorts before the entry that it begins
            if at < len(entries) and entries[at][2] is record:
                del entries[at]


def _insert(entries: list[Entry], entry: Entry) -> None:
    if not entries or entries[-1] < entry:
        entries.append(entry)
    else:
        insort(entries, entry)
