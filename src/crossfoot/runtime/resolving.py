"""Finish first what was begun: what became of operations that were, or may have been, sent, and of which nobody heard.

It is found out by looking, never by repeating.
"""

from crossfoot.model.identity import Ref, Side
from crossfoot.model.operations import Operation
from crossfoot.model.records import Observation, Standing
from crossfoot.runtime.gather import Gathered, gather, refs_in
from crossfoot.runtime.joined import Joined
from crossfoot.runtime.lease import Lease
from crossfoot.runtime.listen import look
from crossfoot.runtime.report import Tally
from crossfoot.runtime.settling import record, source_of, target_of
from crossfoot.settings.rules import Sync
from crossfoot.store import links, operations, records
from crossfoot.store.database import Tx
from crossfoot.sync.fetch import given_up
from crossfoot.sync.push import OVERTAKEN, holds, lookup, resolved
from crossfoot.sync.subject import Pair


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
                    if look_.record_id and not await _tells(
                        tx, joined, op, look_.record_id, seen_now, gathered
                    ):
                        left += 1
                        continue
                    came = resolved(sync, op, seen_now)
                    tally.count(op, came.state)
                    # One by one: what this one turned out to have made is taken when the next one looks for its own.
                    await record(tx, joined, sync, run, [(op, came)], gathered)
    return left


async def _tells(
    tx: Tx,
    joined: Joined,
    operation: Operation,
    record_id: str,
    seen: Observation | None,
    gathered: Gathered,
) -> bool:
    """Whether a look settles what became of an operation. Not found proves nothing where a side tells what is gone: the next run looks again.

    But a record that was found tells everything that is kept in it, and so what is not; and what is not found for too long is not waited for.
    """
    abilities = joined.abilities(operation.side, operation.kind)
    if not abilities.archive_batch or (seen is not None and seen.standing is not Standing.MISSING):
        return True
    if abilities.embedded_in is None:
        since = None if seen is None else gathered.seen_at.get(seen.ref)
        return seen is not None and since is not None and given_up(seen, since, joined.clock.now())
    parent = Ref(operation.side, abilities.embedded_in, record_id.rpartition("/")[0])
    known = (await records.get(tx, joined.connection, [parent])).get(parent)
    return known is not None and known.observation.standing is not Standing.MISSING


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
