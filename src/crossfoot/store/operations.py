"""Operations, the spine: the preview is the planned ones, the log the settled ones, the failed items the refused ones."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.operations import Act, FieldChange, Operation, OperationState
from crossfoot.model.problems import Cause, Problem
from crossfoot.store.database import Row, Tx
from crossfoot.store.values import decode, encode, micros, moment


@dataclass(frozen=True, slots=True)
class Recorded:
    """An operation and what became of it."""

    operation: Operation
    """`problem` is the system's, once it refused."""
    plan: str
    seq: int
    """Its place in the plan's order."""
    state: OperationState
    made_at: datetime
    run: str | None = None
    """The run that executed it, or gave it up."""
    attempts: int = 0
    note: str = ""
    """What was found out about its outcome, for people."""
    sent_at: datetime | None = None
    settled_at: datetime | None = None


# ── planning ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def put(tx: Tx, connection: str, plan: str, made: Sequence[Operation], now: datetime) -> None:
    """Add operations to a plan, in this order. Each bears its own id already."""
    last = await tx.one("operations.last_seq", connection=connection, plan=plan)
    first = 0 if last is None or last["seq"] is None else last["seq"] + 1
    at = micros(now)
    await tx.many(
        "operations.put",
        [
            {
                "id": operation.id,
                "connection": connection,
                "plan": plan,
                "sync": operation.sync,
                "seq": seq,
                "act": operation.act.value,
                "side": operation.side.value,
                "kind": operation.kind.value,
                "crm_id": operation.crm_id,
                "ledger_id": operation.ledger_id,
                "native": encode(operation.values),
                "fields": encode(operation.fields),
                "reason": operation.reason,
                "key": operation.key,
                "waits_for": encode([str(ref) for ref in operation.waits_for]),
                "undoes": operation.undoes,
                "problem": None if operation.problem is None else encode(operation.problem),
                "now": at,
            }
            for seq, operation in enumerate(made, first)
        ],
    )


async def supersede_planned(tx: Tx, connection: str, now: datetime) -> None:
    """A newer plan takes the place of everything that was planned and not begun."""
    await tx.run("operations.supersede_planned", connection=connection, now=micros(now))


async def planned(
    tx: Tx, connection: str, plan: str, sync: str, *, act: Act, side: Side, after: int = -1, limit: int = 1000
) -> list[tuple[int, Operation]]:
    """What a plan still has to do, of one sync, act and side: place in the plan and operation, beginning after a place."""
    rows = await tx.all(
        "operations.planned",
        connection=connection,
        plan=plan,
        sync=sync,
        act=act.value,
        side=side.value,
        after=after,
        limit=limit,
    )
    return [(row["seq"], _operation(row)) for row in rows]


async def planned_by_act(tx: Tx, connection: str, plan: str, sync: str) -> dict[tuple[Act, Side], int]:
    """How much a plan still has to do for a sync."""
    rows = await tx.all("operations.planned_by_act", connection=connection, plan=plan, sync=sync)
    return {(Act(row["act"]), Side(row["side"])): row["number"] for row in rows}


async def planned_pairs(
    tx: Tx, connection: str, plan: str, crm_ids: Collection[str]
) -> set[tuple[str, Act, Side, str | None, str | None]]:
    """What a plan is going to do to CRM records together with a ledger record, as `Operation.place` says it."""
    rows = await tx.all("operations.planned_pairs", connection=connection, plan=plan, ids=list(crm_ids))
    return {
        (row["sync"], Act(row["act"]), Side(row["side"]), row["crm_id"], row["ledger_id"]) for row in rows
    }


async def planned_creates(
    tx: Tx, connection: str, sync: str, side: Side, ids: Collection[str]
) -> frozenset[str]:
    """Which of these records on `side` are going to have a copy across: it is planned, under way, or may have happened."""
    rows = await tx.all(
        f"operations.creates_from_{side.value}", connection=connection, sync=sync, ids=list(ids)
    )
    return frozenset(row["id"] for row in rows)


async def planned_partners(
    tx: Tx, connection: str, sync: str, side: Side, ids: Collection[str]
) -> dict[str, str]:
    """Which of these records on `side` are about to be linked with an existing record across, and its id."""
    rows = await tx.all(
        f"operations.joins_from_{side.value}", connection=connection, sync=sync, ids=list(ids)
    )
    return {row["id"]: row["across"] for row in rows}


# ── executing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def restate(tx: Tx, connection: str, confirmed: Iterable[Operation]) -> None:
    """What planned operations write and why, as it was confirmed a moment before they are sent."""
    await tx.many(
        "operations.restate",
        [
            {
                "connection": connection,
                "id": operation.id,
                "native": encode(operation.values),
                "fields": encode(operation.fields),
                "reason": operation.reason,
                "waits_for": encode([str(ref) for ref in operation.waits_for]),
            }
            for operation in confirmed
        ],
    )


async def intend(tx: Tx, connection: str, ids: Collection[str], *, run: str, now: datetime) -> dict[str, int]:
    """These operations are about to be sent; how often each was begun, this time included. To be committed before anything is sent."""
    await tx.run("operations.intend", connection=connection, ids=list(ids), run=run, now=micros(now))
    rows = await tx.all("operations.attempts", connection=connection, ids=list(ids))
    return {row["id"]: row["attempts"] for row in rows}


async def release(tx: Tx, connection: str, ids: Collection[str]) -> None:
    """The system asked to wait, and certainly did nothing: these operations are planned as before."""
    if ids:
        await tx.run("operations.release", connection=connection, ids=list(ids))


async def settle_many(
    tx: Tx, connection: str, ids: Collection[str], state: OperationState, *, run: str, now: datetime
) -> None:
    """What became of some operations, with nothing else to tell."""
    if not ids:
        return
    await tx.run(
        "operations.settle_many",
        connection=connection,
        ids=list(ids),
        state=state.value,
        run=run,
        now=micros(now),
    )


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of one operation."""

    operation: str
    state: OperationState
    record_id: str | None = None
    """The record that a create made."""
    problem: Problem | None = None
    note: str = ""


async def settle_each(tx: Tx, connection: str, settled: Iterable[Settlement], now: datetime) -> None:
    """What became of some operations. An unknown outcome is not the end of one."""
    at = micros(now)
    await tx.many(
        "operations.settle_each",
        [
            {
                "connection": connection,
                "id": each.operation,
                "state": each.state.value,
                "settled_at": None if each.state is OperationState.UNKNOWN else at,
                "record_id": each.record_id,
                "problem": None if each.problem is None else encode(each.problem),
                "note": each.note,
            }
            for each in settled
        ],
    )


async def settled_among(tx: Tx, connection: str, ids: Collection[str]) -> frozenset[str]:
    """Which of these operations have come to their end: applied, refused or superseded."""
    rows = await tx.all("operations.settled_among", connection=connection, ids=list(ids))
    return frozenset(row["id"] for row in rows)


async def unfinished(tx: Tx, connection: str) -> list[Operation]:
    """Operations that were, or may have been, sent and whose outcome is not known."""
    return [_operation(row) for row in await tx.all("operations.unfinished", connection=connection)]


# ── looking back ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def by_ids(tx: Tx, connection: str, ids: Collection[str]) -> list[Recorded]:
    """Operations by their ids, oldest first."""
    return [_recorded(row) for row in await tx.all("operations.by_ids", connection=connection, ids=list(ids))]


async def by_plan(tx: Tx, connection: str, plan: str, after: int = -1, limit: int = 1000) -> list[Recorded]:
    """The operations of a plan in its order, beginning after a place in it."""
    rows = await tx.all("operations.by_plan", connection=connection, plan=plan, after=after, limit=limit)
    return [_recorded(row) for row in rows]


async def of_record(
    tx: Tx, connection: str, ref: Ref, syncs: Collection[str], limit: int = 100
) -> list[Recorded]:
    """What was done about a record, newest first. `syncs`: the names of those that cover its kind, for ids are unique per kind only."""
    rows = await tx.all(
        f"operations.of_{ref.side.value}_record",
        connection=connection,
        id=ref.id,
        syncs=list(syncs),
        limit=limit,
    )
    return [_recorded(row) for row in rows]


async def of_run(tx: Tx, connection: str, run: str) -> list[Recorded]:
    """What a run did, in its order."""
    return [_recorded(row) for row in await tx.all("operations.of_run", connection=connection, run=run)]


async def ending(tx: Tx, connection: str, ending: str) -> list[str]:
    """The ids that end so, at most three: people name an operation by the end of its id."""
    if not ending:
        return []
    return [row["id"] for row in await tx.all("operations.ending", connection=connection, ending=ending)]


async def undoing(tx: Tx, connection: str, ids: Collection[str]) -> list[Recorded]:
    """The operations that undo some others."""
    return [
        _recorded(row) for row in await tx.all("operations.undoing", connection=connection, ids=list(ids))
    ]


async def counts(
    tx: Tx, connection: str, *, plan: str | None = None, run: str | None = None
) -> dict[tuple[str, Act, Side, OperationState], int]:
    """How many operations (of a plan, of a run, of all time) stand where, by sync, act, side and state."""
    if plan is not None:
        rows = await tx.all("operations.counts_of_plan", connection=connection, plan=plan)
    elif run is not None:
        rows = await tx.all("operations.counts_of_run", connection=connection, run=run)
    else:
        rows = await tx.all("operations.counts", connection=connection)
    return {
        (row["sync"], Act(row["act"]), Side(row["side"]), OperationState(row["state"])): row["number"]
        for row in rows
    }


def problem_from(text: str | None) -> Problem | None:
    """A problem as it was stored with `encode`."""
    if text is None:
        return None
    told = decode(text)
    return Problem(**{**told, "cause": Cause(told["cause"])})


def _operation(row: Row) -> Operation:
    return Operation(
        row["sync"],
        Act(row["act"]),
        Side(row["side"]),
        Kind(row["kind"]),
        row["crm_id"],
        row["ledger_id"],
        decode(row["native"]),
        tuple(FieldChange(**told) for told in decode(row["fields"])),
        row["reason"],
        row["key"],
        tuple(Ref.parse(text) for text in decode(row["waits_for"])),
        problem_from(row["problem"]),
        row["undoes"],
        row["id"],
    )


def _recorded(row: Row) -> Recorded:
    return Recorded(
        _operation(row),
        row["plan"],
        row["seq"],
        OperationState(row["state"]),
        moment(row["made_at"]),
        row["run"],
        row["attempts"],
        row["note"],
        None if row["sent_at"] is None else moment(row["sent_at"]),
        None if row["settled_at"] is None else moment(row["settled_at"]),
    )
