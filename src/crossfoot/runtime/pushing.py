"""Operations into writes, answers into memory. An operation is stored as intended before it is sent; what became of it is stored after.

Between those two moments we may die. Whoever comes next finds the intention and looks before anything else is done.
"""

from collections.abc import Sequence
from dataclasses import replace

from crossfoot.model.identity import Ref, Side
from crossfoot.model.links import Link, LinkState
from crossfoot.model.operations import Operation, OperationState
from crossfoot.model.subjects import SubjectState
from crossfoot.runtime.gather import Gathered, refs_of, refs_of_operations
from crossfoot.runtime.joined import Joined
from crossfoot.runtime.lease import Lease
from crossfoot.runtime.listen import note, note_dependents
from crossfoot.runtime.report import Tally
from crossfoot.runtime.settling import record
from crossfoot.settings.rules import Sync
from crossfoot.store import links, moves, operations, records, subjects
from crossfoot.store.database import Tx
from crossfoot.sync.fetch import new_until
from crossfoot.sync.push import outcome, to_write
from crossfoot.sync.settle import join
from crossfoot.systems.port import Wait


async def push(
    joined: Joined,
    sync: Sync,
    lease: Lease,
    run: str,
    ready: Sequence[Operation],
    gathered: Gathered,
    tally: Tally,
) -> int | None:
    """Do operations of one act and side that were confirmed a moment ago, and settle each answer.

    Returns how often memory has moved by now, if since `gathered` nothing but this has moved it and all of it went as planned. What was
    planned together with it then rests on that number. None means that it rests on nothing, and must be decided again.
    """
    if not ready:
        return gathered.moves
    if ready[0].act.calls:
        return await _send(joined, sync, lease, run, list(ready), gathered, tally)
    return await _join(joined, sync, lease, run, ready, gathered, tally)


async def _send(
    joined: Joined,
    sync: Sync,
    lease: Lease,
    run: str,
    batch: list[Operation],
    gathered: Gathered,
    tally: Tally,
) -> int | None:
    side, system = batch[0].side, joined.systems[batch[0].side]
    abilities, listed = joined.abilities(side, batch[0].kind), joined.listing_of(side, batch[0].kind)
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
            new_until(lease.heard.get((side, listed)), abilities, attempts[op.id]),
        )
        for op in batch
    ]
    answers = await system.write(writes)
    outcomes = [outcome(answer) for answer in answers]
    async with joined.database.write() as tx:
        await lease.check(tx)
        unmoved = await moves.number(tx, joined.connection) == gathered.moves
        came = list(zip(batch, outcomes, strict=True))
        waiting = [op.id for op, answer in zip(batch, answers, strict=True) if isinstance(answer, Wait)]
        await operations.release(tx, joined.connection, waiting)
        told = [each for each in came if each[0].id not in waiting]
        expected = await record(tx, joined, sync, run, told, gathered) and not waiting
        for operation, what in came:
            tally.count(operation, what.state)
        return await moves.number(tx, joined.connection) if unmoved and expected else None


async def _join(
    joined: Joined,
    sync: Sync,
    lease: Lease,
    run: str,
    joins: Sequence[Operation],
    gathered: Gathered,
    tally: Tally,
) -> int | None:
    seen = dict(gathered.seen)
    missing = [ref for ref in refs_of_operations(sync, joins) if ref not in seen]
    if missing:
        async with joined.database.read() as tx:
            known = await records.get(tx, joined.connection, missing)
        seen |= {ref: each.observation for ref, each in known.items()}
    async with joined.database.write() as tx:
        await lease.check(tx)
        unmoved = await moves.number(tx, joined.connection) == gathered.moves
        free, taken, dormant = await _free(tx, joined, sync, joins)
        new: list[Link] = []
        left: list[Ref] = []
        for op in free:
            crm, ledger = refs_of_operations(sync, [op])
            settled = join(sync, op, seen[crm], seen[ledger], gathered.around)
            new.append(replace(settled.link, id=joined.new_id()))
            if settled.look_again:
                left.append(crm)
        now = joined.clock.now()
        await links.put(tx, joined.connection, [*dormant, *new], now)
        for ops, state in ((free, OperationState.APPLIED), (taken, OperationState.SUPERSEDED)):
            ids = [op.id for op in ops]
            await operations.settle_many(tx, joined.connection, ids, state, run=run, now=now)
            for op in ops:
                tally.count(op, state)
        stand = [
            (ref, SubjectState.PENDING if again else SubjectState.IN_STEP, "", None)
            for link in new
            for again in [Ref(Side.CRM, sync.crm, link.crm_id) in left]
            for ref in refs_of(sync, link)
        ]
        await subjects.put(tx, joined.connection, sync.name, stand, now)
        await note_dependents(tx, joined, [ref for link in new for ref in refs_of(sync, link)])
        await note(tx, joined, [*left, *refs_of_operations(sync, taken)], unread=False)
        expected = unmoved and not taken and not dormant
        return await moves.number(tx, joined.connection) if expected else None


async def _free(
    tx: Tx, joined: Joined, sync: Sync, joins: Sequence[Operation]
) -> tuple[list[Operation], list[Operation], list[Link]]:
    """The links that can be made, those of which a record has a partner meanwhile, and the dormant links that the first ones end."""
    partnered = {
        side: await links.by_side_ids(
            tx, joined.connection, sync.name, side, [op.id_on(side) or "" for op in joins]
        )
        for side in Side
    }
    free: list[Operation] = []
    taken: list[Operation] = []
    dormant: dict[str, Link] = {}
    claimed: set[Ref] = set()
    for op in joins:
        ends = refs_of_operations(sync, [op])
        had = [link for ref in ends if (link := partnered[ref.side].get(ref.id)) is not None]
        if not claimed.isdisjoint(ends) or any(link.state is not LinkState.DORMANT for link in had):
            taken.append(op)
            continue
        free.append(op)
        claimed.update(ends)
        for link in had:
            dormant[link.id] = replace(link, state=LinkState.ENDED, reason="its record has a new partner")
    return free, taken, list(dormant.values())
