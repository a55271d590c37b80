"""Taking back what was written: a record's last sync, one operation, or a whole run. Refused, with the reason, where a later edit stands on it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from crossfoot.model.identity import Ref, Side
from crossfoot.model.operations import Act, FieldChange, Operation, OperationState
from crossfoot.model.problems import Problem
from crossfoot.model.records import Observation, Value
from crossfoot.runtime.gather import Gathered, gather
from crossfoot.runtime.joined import Joined
from crossfoot.runtime.lease import Lease
from crossfoot.runtime.listen import look
from crossfoot.runtime.pushing import push
from crossfoot.runtime.report import Tally
from crossfoot.settings.mappings import Untold
from crossfoot.settings.rules import Sync
from crossfoot.store import links, operations, reviews
from crossfoot.sync.preflight import native
from crossfoot.sync.push import batch_size, holds_change
from crossfoot.sync.settle import part
from crossfoot.sync.subject import Pair


@dataclass(frozen=True, slots=True)
class Refusal:
    """An operation that cannot be taken back, and why."""

    operation: Operation
    why: str


@dataclass
class UndoPlan:
    """What would be taken back, newest first, and what cannot be."""

    inverse: list[Operation] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)


async def plan_undo(
    joined: Joined, *, run: str | None = None, operation: str | None = None, record: Ref | None = None
) -> UndoPlan:
    """What taking back a run, an operation, or a record's last sync would do. Reads the records concerned; writes nothing."""
    async with joined.database.read() as tx:
        if run is not None:
            entries = await operations.of_run(tx, joined.connection, run)
        elif operation is not None:
            entries = await operations.by_ids(tx, joined.connection, [operation])
        elif record is not None:
            covering = [sync.name for sync in joined.syncs if sync.kind(record.side) is record.kind]
            every = await operations.of_record(tx, joined.connection, record, covering)
            done = [
                entry
                for entry in every
                if entry.state is OperationState.APPLIED and not entry.operation.undoes
            ]
            entries = [entry for entry in done if entry.run == done[0].run] if done else []
        else:
            entries = []
        applied = [
            entry.operation
            for entry in entries
            if entry.state is OperationState.APPLIED and not entry.operation.undoes
        ]
        before = await operations.undoing(tx, joined.connection, [op.id for op in applied])
    undone = {entry.operation.undoes for entry in before if entry.state is OperationState.APPLIED}
    plan = UndoPlan()
    for sync in reversed(joined.syncs):
        mine = [op for op in reversed(applied) if op.sync == sync.name]
        if not mine:
            continue
        gathered = await _fresh(joined, sync, mine)
        for each in mine:
            if each.id in undone:
                plan.refusals.append(Refusal(each, "It was taken back already."))
                continue
            answer = _inverse(joined, sync, each, gathered)
            if isinstance(answer, str):
                plan.refusals.append(Refusal(each, answer))
            else:
                plan.inverse.append(answer)
    return plan


async def undo(joined: Joined, holder: str, plan: UndoPlan, by: str) -> tuple[Tally, list[Refusal]]:
    """Take back what the plan says, if it still can be. Returns what became of it, and what was refused at the last moment."""
    tally = Tally()
    refused: list[Refusal] = []
    run = joined.new_id()
    lease = await Lease.take(joined.database, joined.clock, joined.connection, holder, joined.alive)
    if lease is None:
        return tally, [Refusal(op, "A run is under way. Try again when it is done.") for op in plan.inverse]
    try:
        for sync in reversed(joined.syncs):
            for act, side in (
                (Act.UPDATE, Side.CRM),
                (Act.UPDATE, Side.LEDGER),
                (Act.ARCHIVE, Side.CRM),
                (Act.ARCHIVE, Side.LEDGER),
            ):
                mine = [
                    op for op in plan.inverse if op.sync == sync.name and op.act is act and op.side is side
                ]
                size = batch_size(act, joined.abilities(side, sync.kind(side)))
                for start in range(0, len(mine), size):
                    await _take_back(joined, sync, lease, run, mine[start : start + size], tally, refused)
            await _unlink(
                joined,
                sync,
                run,
                [op for op in plan.inverse if op.sync == sync.name and op.act is Act.UNLINK],
                tally,
                by,
            )
    finally:
        await lease.give_back()
    return tally, refused


async def _take_back(
    joined: Joined,
    sync: Sync,
    lease: Lease,
    run: str,
    batch: Sequence[Operation],
    tally: Tally,
    refused: list[Refusal],
) -> None:
    await joined.systems[batch[0].side].ready(2)
    async with joined.database.read() as tx:
        originals = {
            entry.operation.id: entry.operation
            for entry in await operations.by_ids(
                tx, joined.connection, [op.undoes for op in batch if op.undoes]
            )
        }
    gathered = await _fresh(joined, sync, list(originals.values()))
    ready: list[Operation] = []
    for op in batch:
        again = _inverse(joined, sync, originals[op.undoes or ""], gathered)
        if isinstance(again, str):
            refused.append(Refusal(op, again))
        else:
            ready.append(op)
    async with joined.database.write() as tx:
        await operations.put(tx, joined.connection, run, ready, joined.clock.now())
    await push(joined, sync, lease, run, ready, gathered, tally)


async def _unlink(
    joined: Joined, sync: Sync, run: str, parting: Sequence[Operation], tally: Tally, by: str
) -> None:
    """Undo links: the two are parted, and kept apart."""
    if not parting:
        return
    now = joined.clock.now()
    async with joined.database.write() as tx:
        found = await links.by_side_ids(
            tx, joined.connection, sync.name, Side.CRM, [op.crm_id or "" for op in parting]
        )
        await operations.put(tx, joined.connection, run, parting, now)
        await operations.settle_many(
            tx, joined.connection, [op.id for op in parting], OperationState.APPLIED, run=run, now=now
        )
        await links.put(
            tx, joined.connection, [part(link, f"undone by {by}") for link in found.values()], now
        )
        await reviews.keep_apart(
            tx,
            joined.connection,
            sync.name,
            [(joined.new_id(), op.crm_id or "", op.ledger_id or "") for op in parting],
            now,
            by,
        )
    for op in parting:
        tally.count(op, OperationState.APPLIED)


async def _fresh(joined: Joined, sync: Sync, concerned: Sequence[Operation]) -> Gathered:
    refs = {
        Ref(side, sync.kind(side), record_id)
        for op in concerned
        for side, record_id in ((Side.CRM, op.crm_id), (Side.LEDGER, op.ledger_id))
        if record_id
    }
    await look(joined, sorted(refs))
    return await gather(joined, sync, sorted(refs))


def _inverse(joined: Joined, sync: Sync, done: Operation, gathered: Gathered) -> Operation | str:
    """The operation that takes another one back, or the reason why it cannot be taken back."""
    title = joined.titles[done.side]
    pair = next(
        (
            each
            for each in gathered.subjects
            if isinstance(each, Pair)
            and (each.link.crm_id, each.link.ledger_id) == (done.crm_id, done.ledger_id)
        ),
        None,
    )
    if pair is None:
        return "The two records are no longer linked."
    if done.act is Act.ARCHIVE:
        return f"{title} lets nobody restore a record through its API. Restore it in {title} itself; the link then comes back by itself."
    if done.act is Act.LINK:
        return Operation(
            sync.name,
            Act.UNLINK,
            Side.CRM,
            sync.crm,
            done.crm_id,
            done.ledger_id,
            reason="undo",
            undoes=done.id,
            id=joined.new_id(),
        )
    target = pair.on(done.side)
    if not target.live:
        return f"The record is {target.standing} in {title}."
    moved = _moved(sync, done, target)
    if moved:
        return f"It was edited since in {title}: {moved}."
    if done.act is Act.CREATE:
        if joined.abilities(done.side, done.kind).archive_batch == 0:
            return f"{title} has no archive for such records. Delete it in {title} itself if it must go."
        return Operation(
            sync.name,
            Act.ARCHIVE,
            done.side,
            done.kind,
            done.crm_id,
            done.ledger_id,
            reason="undo",
            undoes=done.id,
            id=joined.new_id(),
        )
    values: dict[str, Value] = {}
    fields: list[FieldChange] = []
    for change in done.fields:
        before = native(sync.pair(change.field), done.side, change.before, target, gathered.around)
        if isinstance(before, Problem):
            return before.what
        values.update(before)
        fields.append(FieldChange(change.field, change.after, change.before, "undo"))
    return Operation(
        sync.name,
        Act.UPDATE,
        done.side,
        done.kind,
        done.crm_id,
        done.ledger_id,
        values,
        tuple(fields),
        "undo",
        undoes=done.id,
        id=joined.new_id(),
    )


def _moved(sync: Sync, done: Operation, target: Observation) -> str:
    """The first field that no longer holds what the operation wrote, in words; empty if all do."""
    for change in done.fields:
        pair = sync.pair(change.field)
        told = pair.read(done.side, target.fields)
        if holds_change(sync, done, change, target):
            continue
        written = done.values.get(pair.paths(done.side)[0]) if len(pair.paths(done.side)) == 1 else None
        if isinstance(told, Untold) or told == written:
            continue
        return f"'{change.field}' now holds '{told}', not '{change.after}'"
    return ""
