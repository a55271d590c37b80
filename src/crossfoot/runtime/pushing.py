"""Operations into writes, answers into memory. An operation is stored as intended before it is sent; what became of it is stored after.

Between those two moments we may die. Whoever comes next finds the intention and looks before anything else is done.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from crossfoot.model.identity import Ref, Side
from crossfoot.model.links import Link, LinkState
from crossfoot.model.operations import Operation, OperationState
from crossfoot.model.records import Observation, Standing
from crossfoot.model.subjects import SubjectState
from crossfoot.runtime.gather import Gathered, gather, refs_in, refs_of
from crossfoot.runtime.joined import Joined
from crossfoot.runtime.lease import Lease
from crossfoot.runtime.listen import look, note, note_dependents
from crossfoot.runtime.settling import record, source_of, target_of
from crossfoot.settings.rules import Sync
from crossfoot.store import links, operations, records, subjects
from crossfoot.store.database import Tx
from crossfoot.sync.push import OVERTAKEN, holds, lookup, outcome, resolved, to_write
from crossfoot.sync.settle import join
from crossfoot.sync.subject import Pair
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
    before = gathered.seen
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
        came = list(zip(batch, outcomes, strict=True))
        waiting = [op.id for op, answer in zip(batch, answers, strict=True) if isinstance(answer, Wait)]
        await operations.release(tx, joined.connection, waiting)
        await record(tx, joined, sync, run, [each for each in came if each[0].id not in waiting], gathered)
        for operation, what in came:
            tally.count(operation, what.state)


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
    seen = gathered.seen
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
            paths = joined.paths(side, joined.listed_kind(side, kind))
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
                        {**paths, kind: paths.get(kind, frozenset()) | {path}},
                    ):
                        told = seen.fields.get(path)
                        if isinstance(told, str):
                            found[f"{path}={told.casefold()}"] = seen
            refs = [ref for op in group for ref in (source_of(sync, op), target_of(op)) if ref is not None]
            gathered = await gather(joined, sync, refs)
            now_seen = gathered.seen
            partnered = {ref for each in gathered.subjects if isinstance(each, Pair) for ref in refs_in(each)}
            async with joined.database.write() as tx:
                await lease.check(tx)
                for op in group:
                    look_ = looks[op.id]
                    if look_ is None:
                        if source_of(sync, op) in partnered:
                            await record(tx, joined, sync, run, [(op, OVERTAKEN)], gathered)
                        else:
                            left += 1
                        continue
                    if look_.record_id:
                        seen_now = now_seen.get(Ref(side, kind, look_.record_id))
                        if abilities.embedded_in is not None and not (seen_now and seen_now.live):
                            seen_now = await _embedded(tx, joined, sync, op, look_.record_id) or seen_now
                    else:
                        seen_now = found.get(f"{look_.path}={(look_.value or '').casefold()}")
                    if (
                        look_.record_id
                        and abilities.archive_batch
                        and (seen_now is None or seen_now.standing is Standing.MISSING)
                    ):
                        # Not found proves nothing where a side tells what is gone: the next run looks again.
                        left += 1
                        continue
                    came = resolved(sync, op, seen_now)
                    tally.count(op, came.state)
                    # One by one: what this one turned out to have made is taken when the next one looks for its own.
                    await record(tx, joined, sync, run, [(op, came)], gathered)
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
