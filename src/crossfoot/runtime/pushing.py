"""Operations into writes, answers into memory. An operation is stored as intended before it is sent; what became of it is stored after.

Between those two moments we may die. Whoever comes next finds the intention and looks before anything else is done.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from crossfoot.model.identity import Ref, Side
from crossfoot.model.links import Link, LinkState
from crossfoot.model.operations import Act, Operation, OperationState
from crossfoot.model.records import Observation, Standing
from crossfoot.model.subjects import SubjectState
from crossfoot.runtime.gather import Gathered, gather, refs_of
from crossfoot.runtime.joined import Joined
from crossfoot.runtime.lease import Lease
from crossfoot.runtime.listen import look, note, note_dependents, remember
from crossfoot.runtime.questions import ask_same
from crossfoot.settings.rules import Sync
from crossfoot.store import history, keys, links, operations, records, subjects
from crossfoot.store.database import Tx
from crossfoot.sync.push import Outcome, holds, lookup, outcome, resolved, to_write
from crossfoot.sync.settle import join, settle, undone
from crossfoot.sync.subject import CLAIM, Pair
from crossfoot.systems.port import Wait


@dataclass
class Tally:
    """Counts of one run, for its report."""

    applied: int = 0
    refused: int = 0
    unknown: int = 0
    superseded: int = 0
    waiting: int = 0
    applied_by: dict[str, int] = field(default_factory=dict)

    def count(self, operation: Operation, state: OperationState) -> None:
        """One more operation with this outcome."""
        match state:
            case OperationState.APPLIED:
                self.applied += 1
                name = f"{operation.act} {operation.side}"
                self.applied_by[name] = self.applied_by.get(name, 0) + 1
            case OperationState.REFUSED:
                self.refused += 1
            case OperationState.UNKNOWN:
                self.unknown += 1
            case OperationState.SUPERSEDED:
                self.superseded += 1
            case _:
                self.waiting += 1


async def push(
    joined: Joined,
    sync: Sync,
    lease: Lease,
    run: str,
    ready: Sequence[Operation],
    gathered: Gathered,
    tally: Tally,
) -> None:
    """Do operations of one act and side that were confirmed a moment ago, and settle each answer."""
    if ready and ready[0].act.calls:
        await _send(joined, sync, lease, run, list(ready), gathered, tally)
    elif ready:
        await _join(joined, sync, lease, run, ready, gathered, tally)


async def _send(
    joined: Joined,
    sync: Sync,
    lease: Lease,
    run: str,
    batch: list[Operation],
    gathered: Gathered,
    tally: Tally,
) -> None:
    side, system = batch[0].side, joined.systems[batch[0].side]
    before = _seen(gathered)
    async with joined.database.write() as tx:
        # The fence: a holder that slept through its lease must not send anything.
        await lease.check(tx)
        attempts = await operations.intend(
            tx, joined.connection, [op.id for op in batch], run=run, now=joined.clock.now()
        )
    writes = [
        to_write(
            op,
            attempts[op.id],
            before[Ref(side, op.kind, op.target_id)].fields
            if op.target_id and Ref(side, op.kind, op.target_id) in before
            else {},
        )
        for op in batch
    ]
    answers = await system.write(writes)
    outcomes = [outcome(answer) for answer in answers]
    async with joined.database.write() as tx:
        await lease.check(tx)
        for operation, came, answer in zip(batch, outcomes, answers, strict=True):
            tally.count(operation, came.state)
            if isinstance(answer, Wait):
                await operations.release(tx, joined.connection, operation.id)
                continue
            await record(tx, joined, sync, run, operation, came, gathered)


async def _join(
    joined: Joined,
    sync: Sync,
    lease: Lease,
    run: str,
    joins: Sequence[Operation],
    gathered: Gathered,
    tally: Tally,
) -> None:
    if not joins:
        return
    seen = _seen(gathered)
    missing = [
        ref
        for op in joins
        for ref in (
            Ref(Side.CRM, sync.crm, op.crm_id or ""),
            Ref(Side.LEDGER, sync.ledger, op.ledger_id or ""),
        )
        if ref not in seen
    ]
    if missing:
        async with joined.database.read() as tx:
            seen = {
                **seen,
                **{
                    ref: each.observation
                    for ref, each in (await records.get(tx, joined.connection, missing)).items()
                },
            }
    async with joined.database.write() as tx:
        await lease.check(tx)
        new: list[Link] = []
        left: list[Ref] = []
        for op in joins:
            crm, ledger = (
                Ref(Side.CRM, sync.crm, op.crm_id or ""),
                Ref(Side.LEDGER, sync.ledger, op.ledger_id or ""),
            )
            settled = join(sync, op, seen[crm], seen[ledger], gathered.around)
            new.append(replace(settled.link, id=joined.new_id()))
            if settled.look_again:
                left.append(crm)
            tally.count(op, OperationState.APPLIED)
        replaced = await _dormant(tx, joined, sync, new)
        await links.put(tx, joined.connection, [*replaced, *new], joined.clock.now())
        await operations.settle_many(
            tx,
            joined.connection,
            [op.id for op in joins],
            OperationState.APPLIED,
            run=run,
            now=joined.clock.now(),
        )
        stand = [
            (ref, SubjectState.PENDING if again else SubjectState.IN_STEP, "", None)
            for link in new
            for again in [Ref(Side.CRM, sync.crm, link.crm_id) in left]
            for ref in refs_of(sync, link)
        ]
        await subjects.put(tx, joined.connection, sync.name, stand, joined.clock.now())
        await note_dependents(tx, joined, [ref for link in new for ref in refs_of(sync, link)])
        if left:
            await note(tx, joined, left, unread=False)


async def _dormant(tx: Tx, joined: Joined, sync: Sync, new: Sequence[Link]) -> list[Link]:
    """The dormant links of records that get a new partner: they end."""
    found: dict[str, Link] = {}
    for side in Side:
        ids = [link.id_on(side) for link in new]
        for link in (await links.by_side_ids(tx, joined.connection, sync.name, side, ids)).values():
            found[link.id] = replace(link, state=LinkState.ENDED, reason="its record has a new partner")
    return list(found.values())


async def record(
    tx: Tx, joined: Joined, sync: Sync, run: str, operation: Operation, came: Outcome, gathered: Gathered
) -> None:
    """Store what became of one operation, and what that proves."""
    now = joined.clock.now()
    if came.state is OperationState.APPLIED and came.record_id is not None:
        await _applied(tx, joined, sync, run, operation, came, gathered)
    elif came.state is OperationState.REFUSED and came.problem is not None:
        source = _source(sync, operation)
        refs = [ref for ref in (source, _target(operation)) if ref is not None]
        await subjects.put(
            tx,
            joined.connection,
            sync.name,
            [(ref, SubjectState.FAILED, came.problem.what, came.problem) for ref in refs],
            now,
        )
        await keys.replace(
            tx, joined.connection, sync.name, operation.side, {CLAIM + (operation.source_id or ""): []}
        )
        if came.twin is not None and operation.act is Act.CREATE and source is not None:
            await ask_same(tx, joined, sync, source, [came.twin], came.problem.what)
            await note(tx, joined, [Ref(operation.side, operation.kind, came.twin)], unread=True)
        await _tell(tx, joined, run, operation, "refused", str(came.problem))
    elif came.state is OperationState.SUPERSEDED:
        refs = [ref for ref in (_source(sync, operation), _target(operation)) if ref is not None]
        await keys.replace(
            tx, joined.connection, sync.name, operation.side, {CLAIM + (operation.source_id or ""): []}
        )
        await note(tx, joined, refs, unread=True)
    await operations.settle_one(
        tx,
        joined.connection,
        operation.id,
        came.state,
        now=now,
        record_id=came.record_id,
        problem=came.problem,
        note=came.note,
    )


async def _applied(
    tx: Tx, joined: Joined, sync: Sync, run: str, operation: Operation, came: Outcome, gathered: Gathered
) -> None:
    now, side = joined.clock.now(), operation.side
    assert came.record_id is not None
    seen = _seen(gathered)
    source = _source(sync, operation)
    target = _target(operation)
    across = seen.get(source) if source else None
    if across is None:
        across = Observation(source or Ref(side.other, sync.kind(side.other), ""), Standing.LIVE)
    link = await _link_of(tx, joined, sync, operation)
    settled = settle(
        sync,
        operation,
        link,
        across,
        seen.get(target) if target else None,
        came.seen,
        came.record_id,
        gathered.around,
    )
    if settled.observation is not None:
        await remember(
            tx, joined, [settled.observation], now, settled=None if settled.look_again else sync.name
        )
    stored = replace(settled.link, id=settled.link.id or joined.new_id())
    if operation.undoes:
        stored = undone(stored, operation)
    await links.put(tx, joined.connection, [stored], now)
    await keys.replace(tx, joined.connection, sync.name, side, {CLAIM + (operation.source_id or ""): []})
    refs = refs_of(sync, stored)
    state = SubjectState.PENDING if settled.look_again else SubjectState.IN_STEP
    await subjects.put(tx, joined.connection, sync.name, [(ref, state, "", None) for ref in refs], now)
    if settled.look_again:
        await note(tx, joined, [refs[0]], unread=False)
    if link is None:
        await note_dependents(tx, joined, refs)
    for sentence in settled.history:
        await _tell(tx, joined, run, operation, "conflict", sentence)


async def _link_of(tx: Tx, joined: Joined, sync: Sync, operation: Operation) -> Link | None:
    if operation.crm_id is None or operation.ledger_id is None:
        return None
    found = await links.by_side_ids(tx, joined.connection, sync.name, Side.CRM, [operation.crm_id])
    return found.get(operation.crm_id)


async def _tell(tx: Tx, joined: Joined, run: str, operation: Operation, event: str, text: str) -> None:
    line = history.Line(
        joined.new_id(),
        joined.clock.now(),
        operation.sync,
        event,
        text,
        run=run or None,
        crm_id=operation.crm_id,
        ledger_id=operation.ledger_id,
        detail={"operation": operation.id},
    )
    await history.add(tx, joined.connection, [line])


async def resolve(joined: Joined, lease: Lease, run: str, tally: Tally) -> int:
    """Find out what became of every operation that was begun and whose outcome is not known. Returns how many could not be resolved."""
    left = 0
    async with joined.database.read() as tx:
        unfinished = await operations.unfinished(tx, joined.connection)
    for sync in joined.syncs:
        mine = [op for op in unfinished if op.sync == sync.name]
        for side in Side:
            group = [op for op in mine if op.side is side]
            if not group:
                continue
            abilities = joined.abilities(side, sync.kind(side))
            looks = {op.id: lookup(op, abilities) for op in group}
            by_id = {look_.record_id for look_ in looks.values() if look_ and look_.record_id}
            kind = sync.kind(side)
            await look(joined, [Ref(side, kind, record_id) for record_id in sorted(by_id)])
            found: dict[str, Observation] = {}
            for path in sorted({look_.path for look_ in looks.values() if look_ and look_.path}):
                values = sorted(
                    {look_.value for look_ in looks.values() if look_ and look_.path == path and look_.value}
                )
                size = abilities.read_batch
                for start in range(0, len(values), size):
                    for seen in await joined.systems[side].find(
                        kind,
                        path,
                        values[start : start + size],
                        joined.paths(side, joined.listed_kind(side, kind)),
                    ):
                        told = seen.fields.get(path)
                        if isinstance(told, str):
                            found[f"{path}={told.casefold()}"] = seen
            refs = [ref for op in group for ref in (_source(sync, op), _target(op)) if ref is not None]
            gathered = await gather(joined, sync, refs)
            now_seen = _seen(gathered)
            async with joined.database.write() as tx:
                await lease.check(tx)
                for op in group:
                    look_ = looks[op.id]
                    if look_ is None:
                        left += 1
                        continue
                    if look_.record_id:
                        seen_now = now_seen.get(Ref(side, kind, look_.record_id))
                        if abilities.embedded_in is not None and not (seen_now and seen_now.live):
                            seen_now = await _embedded(tx, joined, sync, op, look_.record_id) or seen_now
                    else:
                        seen_now = found.get(f"{look_.path}={(look_.value or '').casefold()}")
                    came = resolved(sync, op, seen_now)
                    tally.count(op, came.state)
                    await record(tx, joined, sync, run, op, came, gathered)
    return left


async def _embedded(
    tx: Tx, joined: Joined, sync: Sync, operation: Operation, record_id: str
) -> Observation | None:
    """The record without a partner that holds what an operation wrote, among those kept in the same parent: its id may have changed."""
    parent_kind = joined.abilities(operation.side, operation.kind).embedded_in or operation.kind
    parent = Ref(operation.side, parent_kind, record_id.rpartition("/")[0])
    kept = (await records.children(tx, joined.connection, [parent])).get(parent, [])
    live = [each.observation for each in kept if each.observation.live]
    linked = await links.by_side_ids(
        tx, joined.connection, sync.name, operation.side, [each.ref.id for each in live]
    )
    return next((each for each in live if each.ref.id not in linked and holds(sync, operation, each)), None)


def _seen(gathered: Gathered) -> Mapping[Ref, Observation]:
    found: dict[Ref, Observation] = {}
    for subject in gathered.subjects:
        for each in (subject.crm, subject.ledger) if isinstance(subject, Pair) else (subject.seen,):
            found[each.ref] = each
    return found


def _source(sync: Sync, operation: Operation) -> Ref | None:
    record_id = operation.source_id
    return Ref(operation.side.other, sync.kind(operation.side.other), record_id) if record_id else None


def _target(operation: Operation) -> Ref | None:
    return Ref(operation.side, operation.kind, operation.target_id) if operation.target_id else None
