"""A plan is carried out. Each operation is decided a second time from what the records hold now, and pushed if it comes out the same.

What comes out differently is not sent: something moved meanwhile, and it is planned again, not guessed. Where nothing that decisions rest on has
moved since the plan was made (`store/moves.py`), but by the plan's own writes, it would come out the same; that is not done twice.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from crossfoot.model.identity import Ref, Side
from crossfoot.model.operations import Act, Operation, OperationState
from crossfoot.runtime.gather import Gathered, gather, recall, refs_of_operations
from crossfoot.runtime.joined import Joined
from crossfoot.runtime.lease import Lease
from crossfoot.runtime.listen import glance, hear, look, note
from crossfoot.runtime.pushing import push
from crossfoot.runtime.report import Progress, Report
from crossfoot.settings.rules import Sync
from crossfoot.store import operations, signals
from crossfoot.sync.fetch import left_out, to_confirm, to_list_again
from crossfoot.sync.in_turn import decide_in_turn
from crossfoot.sync.push import batch_size

LOOKS = 3
"""How often a write's look is repeated when it has become too old by the time everything else was asked."""

_ORDER = (Act.UNLINK, Act.LINK, Act.CREATE, Act.UPDATE, Act.ARCHIVE)


async def push_plan(
    joined: Joined,
    sync: Sync,
    plan: str,
    rests_on: int | None,
    lease: Lease,
    report: Report,
    progress: Progress,
) -> None:
    """Push the planned operations of one sync in full batches: links first, then what is new, then what changes.

    `rests_on`: how often memory had moved when they were planned.
    """
    async with joined.database.read() as tx:
        counts = await operations.planned_by_act(tx, joined.connection, plan, sync.name)
    total, done = sum(counts.values()), 0
    for act, side in sorted(counts, key=lambda group: (_ORDER.index(group[0]), group[1])):
        size = batch_size(act, joined.abilities(side, sync.kind(side)))
        after = -1
        while True:
            async with joined.database.read() as tx:
                chunk = await operations.planned(
                    tx, joined.connection, plan, sync.name, act=act, side=side, after=after, limit=size
                )
            if not chunk:
                break
            after = chunk[-1][0]
            batch = [operation for _, operation in chunk]
            rests_on = await _confirm_and_push(joined, sync, batch, rests_on, lease, report)
            done += len(chunk)
            progress(f"Applying {sync.name}", done, total)


async def _confirm_and_push(
    joined: Joined, sync: Sync, chunk: list[Operation], rests_on: int | None, lease: Lease, report: Report
) -> int | None:
    """Confirm a batch, push what was confirmed, note the rest, and clear the signals that are answered by it.

    Returns what the rest of the plan rests on after it.
    """
    side, kind = chunk[0].side, joined.listing_of(chunk[0].side, chunk[0].kind)
    abilities = joined.abilities(side, kind)
    if to_list_again(chunk, abilities, lease.heard.get((side, kind)), joined.clock.now()):
        await hear(joined, side, kind, lease)
    chunk, gathered, generations = await _look_again(joined, sync, chunk, rests_on)
    unmoved = gathered.moves == rests_on
    if not gathered.subjects:
        ready, complete = chunk, set(refs_of_operations(sync, chunk))
    else:
        ready, complete = _confirmed(sync, chunk, gathered)
        await _remember_confirmed(joined, sync, chunk, ready, report)
    moves_then = await push(joined, sync, lease, report.run, ready, gathered, report.tally)
    async with joined.database.write() as tx:
        # Last, and only if no newer signal came: a crash before this line costs a second look, never a lost change.
        settled = await operations.settled_among(tx, joined.connection, [op.id for op in ready])
        done = refs_of_operations(sync, [op for op in ready if op.id in settled])
        await signals.clear(
            tx,
            joined.connection,
            sync.name,
            [(ref.side, ref.id, generations[ref]) for ref in done if ref in complete and ref in generations],
        )
    return moves_then if unmoved and len(ready) == len(chunk) else None


async def _look_again(
    joined: Joined, sync: Sync, chunk: list[Operation], rests_on: int | None
) -> tuple[list[Operation], Gathered, dict[Ref, int]]:
    """What is known now about the records of a batch, and the signals that this knowledge answers; a write rests on a fresh look.

    Operations whose look could not be made fresh enough are left out of the returned ones; they stay planned.
    """
    refs = refs_of_operations(sync, chunk)
    generations = await _generations(joined, sync, refs)
    gathered = await _known(joined, sync, chunk, rests_on, None)
    for side in sorted({op.side for op in chunk if op.act in (Act.UPDATE, Act.ARCHIVE)}):
        # Whatever a limit makes us wait is waited before the age of the look is asked, never after.
        await joined.systems[side].ready(1)
    abilities = {side: joined.abilities(side, sync.kind(side)) for side in Side}
    looked: dict[Ref, datetime] = {}
    stale = to_confirm(sync, chunk, abilities, gathered.seen_at, joined.clock.now())
    for attempt in range(LOOKS):
        if not any(stale.values()):
            break
        for side in Side:
            if stale[side]:
                # Room for the look and for the write that rests on it, so that no limit comes between them.
                await joined.systems[side].ready(2)
        for side in Side:
            without = left_out(sync, chunk, side, abilities[side])
            looked |= await _seen_again(joined, stale[side], without, slow=attempt > 0)
        generations = await _generations(joined, sync, refs)
        gathered = await _known(joined, sync, chunk, rests_on, gathered)
        stale = to_confirm(sync, chunk, abilities, {**gathered.seen_at, **looked}, joined.clock.now())
    # A look that is still too old (others had to be made after it) is no ground to write on; the next run tries again.
    fresh = [op for op in chunk if op.target_id not in {ref.id for ref in stale[op.side]}]
    return fresh, gathered, generations


async def _seen_again(
    joined: Joined, refs: Sequence[Ref], without: frozenset[str], *, slow: bool
) -> dict[Ref, datetime]:
    """Look at records once more, at no more of them than a write could overwrite; wholly where that shows anything new."""
    if not without:
        return await look(joined, refs, slow=slow)
    as_before = await glance(joined, refs, without, slow=slow)
    return as_before | await look(joined, [ref for ref in refs if ref not in as_before], slow=slow)


async def _known(
    joined: Joined, sync: Sync, chunk: Sequence[Operation], rests_on: int | None, before: Gathered | None
) -> Gathered:
    """What must be known to send these operations; and, where they must be decided again, to decide. References still to be filled in must."""
    if rests_on is not None and not any(op.waits_for for op in chunk):
        recalled = await recall(joined, sync, refs_of_operations(sync, chunk), rests_on)
        if recalled is not None:
            return recalled
    return await gather(joined, sync, [_one_end(sync, op) for op in chunk], known=before)


def _one_end(sync: Sync, operation: Operation) -> Ref:
    """The record by which an operation is decided again; where it concerns two of them, the other one comes along."""
    if operation.crm_id is not None:
        return Ref(Side.CRM, sync.crm, operation.crm_id)
    return Ref(Side.LEDGER, sync.ledger, operation.ledger_id or "")


async def _generations(joined: Joined, sync: Sync, refs: Sequence[Ref]) -> dict[Ref, int]:
    """The signals that stand before a look: only these are answered by what is then seen, and not those that ask for a look of their own."""
    async with joined.database.read() as tx:
        return await signals.generations(tx, joined.connection, sync.name, refs, unread=False)


def _confirmed(
    sync: Sync, chunk: Sequence[Operation], gathered: Gathered
) -> tuple[list[Operation], set[Ref]]:
    """The operations that come out the same, as they are decided now; and their records about which nothing else was decided."""
    waiting = {op.place: op for op in chunk}
    ready: list[Operation] = []
    complete: set[Ref] = set()
    for decision in decide_in_turn(sync, gathered.subjects, gathered.around):
        same = [
            (wanted, waiting[wanted.place])
            for wanted in decision.operations
            if wanted.place in waiting and wanted.same_plan(waiting[wanted.place])
        ]
        ready += [
            replace(wanted, id=op.id, undoes=op.undoes)
            for wanted, op in same
            if waiting.pop(op.place, None) is not None
        ]
        if len(same) == len(decision.operations):
            complete.update(refs_of_operations(sync, decision.operations))
    return ready, complete


async def _remember_confirmed(
    joined: Joined, sync: Sync, chunk: Sequence[Operation], ready: Sequence[Operation], report: Report
) -> None:
    """What came out differently is given up and looked at again; what came out the same is stored in the words of now.

    Remembered before it is sent is what is sent: references filled in, and whose edit it overrules.
    """
    planned = {op.id: op for op in chunk}
    restated = [op for op in ready if op != planned.pop(op.id)]
    moved = list(planned.values())
    if not moved and not restated:
        return
    async with joined.database.write() as tx:
        await operations.settle_many(
            tx,
            joined.connection,
            list(planned),
            OperationState.SUPERSEDED,
            run=report.run,
            now=joined.clock.now(),
        )
        await note(tx, joined, refs_of_operations(sync, moved), unread=False)
        await operations.restate(tx, joined.connection, restated)
    for operation in moved:
        report.tally.count(operation, OperationState.SUPERSEDED)
