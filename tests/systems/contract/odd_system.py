"""A third system, in this one file: a ledger called Odd that keeps the contract in every strange way that the contract allows.

It takes three records at a time, spells its ids now large and now small, lists in no order and some records twice, answers an update with
nothing but "yes", trims texts and writes codes in capitals, calculates a field, keeps persons inside parties under ids that follow their
e-mail, has no place for a key on goods, and is every now and then busy or silent.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from crossfoot.model.abilities import KindAbilities
from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.problems import Cause, Problem
from crossfoot.model.records import Fields, Known, Observation, Standing, Value, nothing_known
from crossfoot.systems.port import (
    Action,
    Answer,
    Applied,
    Capabilities,
    Clock,
    Description,
    FieldInfo,
    Identity,
    Page,
    Refused,
    Trouble,
    Unknown,
    ValueType,
    Wait,
    Write,
)
from crossfoot_sandbox.faults import Kind as Fault

BATCH = 3
PAGE = 4
BUSY_SECONDS = 5.0
PERSONS_MAX = 2

Observations = list[Observation]
Answers = list[Answer]

_READ_ONLY = FieldInfo("Balance", "Balance", ValueType.MONEY, writable=False)

FIELDS: Mapping[Kind, Mapping[str, FieldInfo]] = {
    kind: {info.path: info for info in infos}
    for kind, infos in {
        Kind.CONTACT: (
            FieldInfo("Tag", "Tag", unique=True),
            FieldInfo("Title", "Title", unique=True, max_length=40),
            FieldInfo("Web", "Web page"),
            FieldInfo("Town", "Town"),
            FieldInfo("Mood", "Mood", ValueType.OPTION, options={"fine": "Fine", "grim": "Grim"}),
            _READ_ONLY,
        ),
        Kind.CONTACT_PERSON: (
            FieldInfo("Mail", "E-mail"),
            FieldInfo("First", "First name"),
            FieldInfo("Last", "Last name"),
            FieldInfo("Party", "Party", ValueType.REFERENCE, refers_to=Kind.CONTACT),
        ),
        Kind.ITEM: (
            FieldInfo("Code", "Code", max_length=20),
            FieldInfo("Label", "Label"),
            FieldInfo("Price", "Price", ValueType.MONEY),
            _READ_ONLY,
        ),
    }.items()
}

CARRIES: Mapping[Kind, Mapping[str, tuple[str, ...]]] = {
    Kind.CONTACT: {"name": ("Title",), "domain": ("Web",), "city": ("Town",)},
    Kind.CONTACT_PERSON: {
        "email": ("Mail",),
        "first_name": ("First",),
        "last_name": ("Last",),
        "company": ("Party",),
    },
    Kind.ITEM: {"code": ("Code",), "name": ("Label",), "price": ("Price",)},
}

_ANY = KindAbilities(
    key_path=None, create_batch=BATCH, update_batch=BATCH, archive_batch=0, read_batch=BATCH, list_page=PAGE
)

CAPABILITIES = Capabilities(
    {
        Kind.CONTACT: replace(
            _ANY, key_path="Tag", archive_batch=BATCH, unique_paths=("Title",), required_paths=("Title",)
        ),
        Kind.CONTACT_PERSON: replace(
            _ANY,
            required_paths=("Party",),
            embedded_in=Kind.CONTACT,
            embedded_max=PERSONS_MAX,
            parent_path="Party",
        ),
        Kind.ITEM: replace(_ANY, required_paths=("Label",)),
    }
)


@dataclass
class Row:
    """One record in the books."""

    values: dict[str, Value]
    changed: int
    at: datetime
    standing: Standing = Standing.LIVE
    survivor: str | None = None


@dataclass(frozen=True)
class Call:
    """One call as the vendor saw it."""

    at: datetime
    writes: bool
    fault: Fault | None
    sent: tuple[Fields, ...] = ()


@dataclass
class Books:
    """What Odd's own people see, and its moods."""

    clock: Clock
    rows: dict[Kind, dict[str, Row]] = field(default_factory=lambda: {kind: {} for kind in FIELDS})
    calls: list[Call] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    """What goes wrong with the next calls, one each."""
    silent: list[Fault] = field(default_factory=list)
    """The same, of the next calls that write."""
    moody: bool = False
    """Whether every fifth write finds Odd busy, and every seventh gets no answer, done or not."""
    trouble: Trouble | None = None
    account: str = "1"
    _changes: int = 0
    _ids: int = 0
    _writes: int = 0

    # ── people ──

    def makes(self, kind: Kind, values: Fields) -> str:
        """Somebody makes a record."""
        self._ids += 1
        record_id = f"{kind[0]}{self._ids:04d}ab"
        if kind is Kind.CONTACT_PERSON:
            record_id = _person_id(values)
        self.rows[kind][record_id] = Row({}, 0, self.clock.now())
        self.edits(kind, record_id, dict.fromkeys(FIELDS[kind]) | dict(values))
        return record_id

    def edits(self, kind: Kind, record_id: str, values: Fields) -> str:
        """Somebody changes a record. A person's id follows its e-mail."""
        row = self.rows[kind][record_id]
        row.values |= {path: _kept(path, value) for path, value in values.items()}
        self.touch(row)
        if kind is not Kind.CONTACT_PERSON:
            return record_id
        self.touch(self.rows[Kind.CONTACT][str(row.values["Party"])])
        self.rows[kind][_person_id(row.values)] = self.rows[kind].pop(record_id)
        return _person_id(row.values)

    def archives(self, kind: Kind, record_id: str) -> None:
        """Somebody archives a record."""
        self.rows[kind][record_id].standing = Standing.ARCHIVED
        self.touch(self.rows[kind][record_id])

    def merges(self, kind: Kind, winner: str, loser: str) -> str:
        """Somebody makes one record of two."""
        row = self.rows[kind][loser]
        row.standing, row.survivor = Standing.MERGED, winner
        self.touch(row)
        self.touch(self.rows[kind][winner])
        return winner

    def touch(self, row: Row) -> None:
        """A record changed just now."""
        self._changes += 1
        row.changed, row.at = self._changes, self.clock.now()

    def living(self, kind: Kind) -> dict[str, Row]:
        """The live records of a kind."""
        return {key: row for key, row in self.rows[kind].items() if row.standing is Standing.LIVE}

    # ── the wire ──

    def answer(self, sent: tuple[Fields, ...] = (), *, writes: bool = False) -> Fault | None:
        """What goes wrong with a call."""
        if self.trouble is not None:
            raise self.trouble
        self._writes += writes
        fault = self.faults.pop(0) if self.faults else None
        if writes and fault is None:
            fault = self.silent.pop(0) if self.silent else self._mood()
        self.calls.append(Call(self.clock.now(), writes, fault, sent))
        return fault

    def _mood(self) -> Fault | None:
        if not self.moody:
            return None
        if self._writes % 5 == 0:
            return Fault.THROTTLED
        if self._writes % 7 == 0:
            return Fault.REPLY_LOST if self._writes % 2 else Fault.REQUEST_LOST
        return None

    def spelled(self, record_id: str) -> str:
        """An id as this answer happens to spell it."""
        return record_id.upper() if len(self.calls) % 2 else record_id


def _kept(path: str, value: Value) -> Value:
    if not isinstance(value, str):
        return value
    text = " ".join(value.split())
    return (text.upper() if path == "Code" else text) or None


def _person_id(values: Fields) -> str:
    return f"{values['Party']}/{values.get('Mail') or values.get('First')}".lower()


class OddSystem:
    """Odd, behind the contract of every system."""

    name = "odd"
    title = "Odd"
    side = Side.LEDGER
    capabilities = CAPABILITIES

    def __init__(self, books: Books, clock: Clock, account: str = "1") -> None:
        self._books = books
        self._clock = clock
        self._account = account

    async def describe(self) -> Description:
        await self._read()
        return Description(Identity(f"odd:{self._books.account}", "Odd", "NZD", "NZ"), FIELDS, ("NZD",))

    async def create_field(self, kind: Kind, info: FieldInfo) -> None:
        raise Trouble(Problem(Cause.INEXPRESSIBLE, "Odd has no custom fields.", "Map to one of its own."))

    async def read(
        self, kind: Kind, ids: Sequence[str], paths: Mapping[Kind, Collection[str]], *, times: bool = False
    ) -> Observations:
        assert len(ids) <= BATCH, "Odd shows three records at a time"
        if ids:
            await self._read()
        return [self._observe(kind, record_id.lower(), paths) for record_id in ids]

    async def find(
        self, kind: Kind, path: str, values: Sequence[str], paths: Mapping[Kind, Collection[str]]
    ) -> Observations:
        await self._read()
        sought = {value.casefold() for value in values}
        return [
            self._observe(kind, self._books.spelled(record_id).lower(), paths)
            for record_id, row in self._books.living(kind).items()
            if str(row.values.get(path) or "").casefold() in sought
        ]

    async def list(
        self,
        kind: Kind,
        paths: Mapping[Kind, Collection[str]],
        cursor: str | None,
        known: Known = nothing_known,
    ) -> AsyncIterator[Page]:
        """Each page is turned round, and begins (so to speak) with the last record of the page before."""
        assert kind is not Kind.CONTACT_PERSON, "persons come with their parties"
        after = int(cursor or 0)
        while True:
            await self._read()
            rows = sorted(self._books.rows[kind].items(), key=lambda item: item[1].changed)
            new = [(key, row) for key, row in rows if row.changed > after]
            again = [(key, row) for key, row in rows if row.changed <= after][-1:]
            page, last = new[: PAGE - 1], len(new) < PAGE
            after = page[-1][1].changed if page else after
            found = [
                self._observe(kind, self._books.spelled(key).lower(), paths)
                for key, _ in reversed(again + page)
            ]
            yield Page(tuple(found), str(after), last)
            if last:
                return

    async def write(self, writes: Sequence[Write]) -> Answers:
        if not writes:
            return []
        assert len(writes) <= BATCH, "Odd takes three records at a time"
        assert len({(write.kind, write.action) for write in writes}) == 1
        fault = self._books.answer(tuple(write.values for write in writes), writes=True)
        if fault in (Fault.THROTTLED, Fault.REFUSED):
            return [Wait("Odd is busy.", BUSY_SECONDS)] * len(writes)
        if fault in (Fault.REQUEST_LOST, Fault.ERROR_BEFORE, Fault.HTML):
            return [Unknown("Odd did not answer.")] * len(writes)
        answers = [self._do(write) for write in writes]
        return answers if fault is None else [Unknown("Odd did not answer.")] * len(writes)

    async def ready(self, calls: int) -> None:
        """Odd counts no calls."""

    def url(self, account: Identity, kind: Kind, record_id: str) -> str | None:
        return None

    async def _read(self) -> None:
        while (fault := self._books.answer()) is not None:
            await self._clock.sleep(BUSY_SECONDS if fault is Fault.THROTTLED else 1.0)

    def _observe(self, kind: Kind, record_id: str, paths: Mapping[Kind, Collection[str]]) -> Observation:
        row = self._books.rows[kind].get(record_id)
        ref = Ref(Side.LEDGER, kind, record_id)
        if row is None:
            return Observation(ref, Standing.MISSING)
        persons = None
        if kind is Kind.CONTACT:
            mine = [
                key
                for key, each in self._books.rows[Kind.CONTACT_PERSON].items()
                if each.values["Party"] == record_id
            ]
            persons = tuple(self._observe(Kind.CONTACT_PERSON, key, paths) for key in mine)
        wanted = paths.get(kind, FIELDS[kind])
        live = row.standing is Standing.LIVE
        return Observation(
            ref,
            row.standing,
            {path: value for path, value in row.values.items() if live and path in wanted},
            row.at,
            row.survivor,
            children=persons,
            parent=str(row.values["Party"]) if kind is Kind.CONTACT_PERSON else None,
        )

    def _do(self, write: Write) -> Answer:
        for path, value in write.values.items():
            info = FIELDS[write.kind].get(path)
            if info is None or not info.writable:
                cause = Cause.INVALID if info is None else Cause.READ_ONLY
                return Refused(
                    Problem(cause, f"Odd does not let '{path}' be written.", "Correct the mapping.", path)
                )
            if info.max_length and len(str(value)) > info.max_length:
                return Refused(Problem(Cause.INVALID, f"'{value}' is too long for Odd.", "Shorten it.", path))
        return self._create(write) if write.action is Action.CREATE else self._change(write)

    def _create(self, write: Write) -> Answer:
        for record_id, row in self._books.living(write.kind).items():
            if write.key is not None and row.values.get("Tag") == write.key:
                return Applied(record_id)
        party = write.values.get("Party")
        inside = [row for row in self._books.living(write.kind).values() if row.values.get("Party") == party]
        if write.kind is Kind.CONTACT_PERSON and len(inside) >= PERSONS_MAX:
            return Refused(Problem(Cause.INEXPRESSIBLE, "A party of Odd is full.", "Remove a person there."))
        twin = self._twin(write)
        if twin is not None:
            return Refused(Problem(Cause.TAKEN, "Odd has that title already.", "Rename one of them."), twin)
        tagged = {} if write.key is None else {"Tag": write.key}
        made = self._books.makes(write.kind, {**write.values, **tagged})
        return Applied(self._books.spelled(made).lower())

    def _change(self, write: Write) -> Answer:
        assert write.id is not None
        row = self._books.rows[write.kind].get(write.id.lower())
        if row is None:
            return Refused(Problem(Cause.MISSING, "Odd has no such record.", "Look whether it was deleted."))
        if write.action is Action.ARCHIVE and not CAPABILITIES.kinds[write.kind].archive_batch:
            return Refused(
                Problem(Cause.INEXPRESSIBLE, "Odd has no archive for this.", "Delete it in Odd itself.")
            )
        if write.action is Action.ARCHIVE:
            self._books.archives(write.kind, write.id.lower())
            return Applied(write.id)
        if row.standing is not Standing.LIVE:
            return Refused(Problem(Cause.ARCHIVED, "The record is archived in Odd.", "Restore it first."))
        twin = self._twin(write)
        if twin not in (None, write.id):
            return Refused(Problem(Cause.TAKEN, "Odd has that title already.", "Rename one of them."), twin)
        return Applied(self._books.edits(write.kind, write.id.lower(), write.values))

    def _twin(self, write: Write) -> str | None:
        title = str(_kept("Title", write.values.get("Title")) or "").casefold()
        return next(
            (
                record_id
                for record_id, row in self._books.living(write.kind).items()
                if title and str(row.values.get("Title") or "").casefold() == title
            ),
            None,
        )
