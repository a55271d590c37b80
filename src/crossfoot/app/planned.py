"""A plan as people see it: what would be done in each system, field by field, what waits for a person, what cannot be done, what it costs."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from crossfoot.app.asked import Question, questions
from crossfoot.app.names import names
from crossfoot.app.opening import CAPABILITIES
from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.lines import Lines
from crossfoot.model.operations import Act, Operation, OperationState
from crossfoot.model.records import Observation
from crossfoot.model.subjects import SubjectState
from crossfoot.proof.documents import seen_on
from crossfoot.proof.money import Measure
from crossfoot.settings.rules import Sync
from crossfoot.store import operations, plans, records, subjects
from crossfoot.store.database import Database, Tx
from crossfoot.sync.push import batch_size

EXAMPLES = 3
"""Operations shown in full for each sync, act and system."""

_PARTICULAR = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}(?:/\w+)?|\b\d{6,}\b|[^\s'\"]+@[^\s'\"]+|(?<=and ').+(?=' (?:belongs|goes) to another )"
)
"""What makes one reason look different for each record: ids, e-mail addresses, the value in question."""

_REASONS = 200  # different reasons kept per sync; past that they are counted together


@dataclass(frozen=True, slots=True)
class Count:
    """How many operations of one sort a plan has."""

    sync: str
    act: Act
    side: Side
    kind: Kind
    number: int


@dataclass(frozen=True, slots=True)
class Shown:
    """One operation with the name of its record."""

    name: str
    operation: Operation


@dataclass(frozen=True, slots=True)
class Left:
    """Records that nothing is done about, for one reason."""

    sync: str
    side: Side
    state: SubjectState
    reason: str
    number: int
    example: str = ""


@dataclass(frozen=True, slots=True)
class MoneyTotal:
    """What the documents come to that a plan would make, in one currency."""

    sync: str
    side: Side
    """Where they are made."""
    currency: str
    number: int
    total: Decimal
    """As the side across tells it: the ledger's total with tax, the CRM's lines without."""
    with_tax: bool


@dataclass(frozen=True, slots=True)
class PlanReport:
    """A plan for people."""

    connection: str
    plan: str
    made_at: datetime
    counts: tuple[Count, ...]
    examples: tuple[Shown, ...]
    questions: tuple[Question, ...]
    left: tuple[Left, ...]
    money: tuple[MoneyTotal, ...] = ()
    """What the new documents come to, per sync, side and currency."""
    calls: Mapping[Side, int] = field(default_factory=dict)
    """How many API calls writing takes, by the batch sizes; looking at the records before and after comes on top."""

    @property
    def total(self) -> int:
        """Everything that the plan would do."""
        return sum(count.number for count in self.counts)


async def latest_plan(database: Database, connection: str) -> plans.Plan | None:
    """The newest plan, if it still waits to be applied."""
    async with database.read() as tx:
        newest = await plans.latest(tx, connection)
    return newest[0] if newest and newest[0].state is plans.PlanState.OPEN else None


async def report_of(
    database: Database, connection: str, name: str, syncs: Sequence[Sync], plan: str
) -> PlanReport:
    """The plan of that id, with what still waits in it."""
    by_name = {sync.name: sync for sync in syncs}
    async with database.read() as tx:
        cover = await plans.get(tx, connection, plan)
        assert cover is not None
        numbers = await operations.counts(tx, connection, plan=plan)
        counts = [
            Count(sync, act, side, by_name[sync].kind(side), number)
            for (sync, act, side, state), number in numbers.items()
            if state is OperationState.PLANNED
        ]
        order = list(by_name)
        counts.sort(key=lambda count: (order.index(count.sync), list(Act).index(count.act), count.side))
        examples = [
            shown
            for count in counts
            for shown in await _examples(tx, connection, by_name[count.sync], plan, count)
        ]
        left = [each for sync in syncs for each in await _left(tx, connection, sync)]
        asked = await questions(tx, connection, syncs)
        money = [
            each
            for count in counts
            if count.act is Act.CREATE and Kind.INVOICE in (count.kind, by_name[count.sync].ledger)
            for each in await _money(tx, connection, by_name[count.sync], plan, count.side)
        ]
    return PlanReport(
        name,
        plan,
        cover.made_at,
        tuple(counts),
        tuple(examples),
        tuple(asked),
        tuple(left),
        tuple(money),
        calls(counts),
    )


def calls(counts: Sequence[Count]) -> dict[Side, int]:
    """API calls that write, by the batch sizes of each kind."""
    found = dict.fromkeys(Side, 0)
    for count in counts:
        if count.act.calls:
            abilities = CAPABILITIES[count.side].kinds[count.kind]
            batches = -(-count.number // batch_size(count.act, abilities))
            # What a creation cannot carry (lines, a customer, the state) takes a call of its own.
            later = len(abilities.later_paths) if count.act is Act.CREATE else 0
            found[count.side] += batches * (1 + later)
    return found


def records_of(sync: Sync, operation: Operation) -> tuple[Ref | None, Ref | None]:
    """The record that an operation is about, and the one across: of a create the source is all there is."""
    refs = {
        Side.CRM: Ref(Side.CRM, sync.crm, operation.crm_id) if operation.crm_id else None,
        Side.LEDGER: Ref(Side.LEDGER, sync.ledger, operation.ledger_id) if operation.ledger_id else None,
    }
    return refs[operation.side], refs[operation.side.other]


async def called(tx: Tx, connection: str, syncs: Sequence[Sync], found: Sequence[Operation]) -> list[str]:
    """What people call the records that operations are about, in the same order; of a new record its source tells."""
    by_name = {sync.name: sync for sync in syncs}
    about = []
    for operation in found:
        sync = by_name.get(operation.sync)
        own, across = records_of(sync, operation) if sync else (None, None)
        about.append(own or across)
    told = await names(tx, connection, [ref for ref in about if ref])
    return [told[ref] if ref else "" for ref in about]


async def _examples(tx: Tx, connection: str, sync: Sync, plan: str, count: Count) -> list[Shown]:
    found = await operations.planned(
        tx, connection, plan, sync.name, act=count.act, side=count.side, limit=EXAMPLES
    )
    chosen = [operation for _, operation in found]
    return [
        Shown(name, operation)
        for name, operation in zip(await called(tx, connection, [sync], chosen), chosen, strict=True)
    ]


async def _money(tx: Tx, connection: str, sync: Sync, plan: str, side: Side) -> list[MoneyTotal]:
    """What the documents come to that would be made on one side, by currency."""
    numbers: Counter[str] = Counter()
    totals: dict[str, Decimal] = {}
    after = -1
    while page := await operations.planned(
        tx, connection, plan, sync.name, act=Act.CREATE, side=side, after=after
    ):
        after = page[-1][0]
        sources = [across for _, each in page if (across := records_of(sync, each)[1]) is not None]
        for stored in (await records.get(tx, connection, sources)).values():
            seen = seen_on(sync, side.other, stored.observation)
            amount = seen.told.get(Measure.TOTAL) if side is Side.CRM else _of_lines(stored.observation)
            numbers[seen.currency] += 1
            totals[seen.currency] = totals.get(seen.currency, Decimal(0)) + (amount or Decimal(0))
    return [
        MoneyTotal(sync.name, side, currency, numbers[currency], totals[currency], side is Side.CRM)
        for currency in sorted(numbers)
    ]


def _of_lines(seen: Observation) -> Decimal:
    """What a document's lines come to, as its own side computed them."""
    lines = [line for value in seen.fields.values() if isinstance(value, Lines) for line in value]
    return sum((line.net or Decimal(0) for line in lines), Decimal(0))


async def _left(tx: Tx, connection: str, sync: Sync) -> list[Left]:
    """What is left alone, by reason, the commonest first."""
    found: list[Left] = []
    for state in (SubjectState.NOT_READY, SubjectState.FAILED, SubjectState.EXCLUDED, SubjectState.ENDED):
        reasons: Counter[tuple[Side, str]] = Counter()
        first: dict[tuple[Side, str], Ref] = {}
        after: Ref | None = None
        while page := await subjects.page(tx, connection, sync.name, state, after):
            after = page[-1].ref
            for stood in page:
                place = (stood.ref.side, _PARTICULAR.sub("…", stood.reason))
                if place not in reasons and len(reasons) >= _REASONS:
                    place = (stood.ref.side, "for other reasons")
                reasons[place] += 1
                first.setdefault(place, stood.ref)
        called = await names(tx, connection, first.values())
        found += [
            Left(sync.name, side, state, reason, number, called[first[side, reason]])
            for (side, reason), number in reasons.most_common()
        ]
    return found
