"""From listings and reads into memory: what a side shows is stored, indexed for matching, and noted for every sync that it concerns.

An observation, its match keys, the signals about it and the listing's cursor are stored in one transaction: a cursor never passes a change that
is not durably noted.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.records import Observation, Standing
from crossfoot.runtime.billed import note_other_invoices
from crossfoot.runtime.computing import note_moved
from crossfoot.runtime.joined import REFERS, Joined
from crossfoot.runtime.lease import Lease
from crossfoot.settings.rules import Sync
from crossfoot.store import cursors, keys, links, records, signals
from crossfoot.store.database import Tx
from crossfoot.sync.billing import addressed
from crossfoot.sync.detect import concerned, kinds_watched
from crossfoot.sync.fetch import ages_from, as_known
from crossfoot.sync.stop import Halt, emptied

UNIQUE = "="
"""Prefix of the index rule for values that a system keeps unique."""
MADE_FROM = "*"
"""The index rule for creation keys: a record that we made is found by the record that it was made from."""
WAITS = "?"
"""Before the index rule, and before the id across: who waits for what a record has, a unique value or a place in another record."""
TWIN = "#"
"""The index rule under which who is doubtful waits for the records across that it may be the same as."""
BLOCK = "~"
"""Prefix of the index rule under which similar records meet."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a sweep found."""

    listed: int
    changed: int
    halt: Halt | None = None


async def sweep(
    joined: Joined,
    *,
    full: bool = False,
    lease: Lease | None = None,
    wrote: Collection[tuple[Side, Kind]] | None = None,
) -> Heard:
    """List what changed on both sides since the last sweep, or everything (`full`, and the first time). Keeps the lease of a run.

    With `wrote` only the kinds are listed that these writes have moved.
    """
    watched = kinds_watched(joined.syncs)
    if wrote is not None:
        watched &= {(side, moved) for side, kind in wrote for moved in joined.moved_with(side, kind)}
    kinds = sorted({(side, joined.listing_of(side, kind)) for side, kind in watched})
    sides = [[kind for side, kind in kinds if side is each] for each in Side]
    # Both systems at once, for each has limits of its own; one side's trouble waits until the other has stored what it heard.
    found = await asyncio.gather(
        *(
            _sweep_side(joined, side, mine, full=full, lease=lease)
            for side, mine in zip(Side, sides, strict=True)
        ),
        return_exceptions=True,
    )
    heard: list[Heard] = []
    for each in found:
        if isinstance(each, BaseException):
            raise each
        heard.append(each)
    return Heard(
        sum(each.listed for each in heard),
        sum(each.changed for each in heard),
        next((each.halt for each in heard if each.halt), None),
    )


async def hear(joined: Joined, side: Side, kind: Kind, lease: Lease) -> None:
    """List what changed of one kind since it was last listed."""
    await _sweep_kind(joined, side, joined.listing_of(side, kind), full=False, lease=lease)


async def _sweep_side(
    joined: Joined, side: Side, kinds: Sequence[Kind], *, full: bool, lease: Lease | None
) -> Heard:
    listed = changed = 0
    for kind in kinds:
        heard = await _sweep_kind(joined, side, kind, full=full, lease=lease)
        listed, changed = listed + heard.listed, changed + heard.changed
        if heard.halt:
            return Heard(listed, changed, heard.halt)
    return Heard(listed, changed)


async def _sweep_kind(joined: Joined, side: Side, kind: Kind, *, full: bool, lease: Lease | None) -> Heard:
    async with joined.database.read() as tx:
        known = await cursors.get(tx, joined.connection, side, kind)
    began = joined.clock.now()
    listed = changed = 0
    cursor = None if full or known is None else known.cursor
    members = joined.listed_in(side, kind)
    paths = {each: told for member in members for each, told in joined.paths(side, member).items()}
    async for page in joined.systems[side].list(kind, paths, cursor, partial(_known, joined)):
        async with joined.database.write() as tx:
            if lease is not None:
                await lease.check(tx)
            changed += len(await _remember_listed(tx, joined, side, page.observations, began))
            if page.last or not full:
                # A comparison with everything begins anew when it is interrupted, so its cursor counts from its end on only.
                full_at = began if page.last and cursor is None else None
                await cursors.put(tx, joined.connection, side, kind, page.cursor, began, full_at)
        listed += len(page.observations)
    if lease is not None:
        lease.heard[side, kind] = began
    halts = [await _compare(joined, side, each, began) for each in members] if full else []
    return Heard(listed, changed, next((halt for halt in halts if halt), None))


async def _known(joined: Joined, refs: Collection[Ref]) -> Mapping[Ref, Observation]:
    async with joined.database.read() as tx:
        return {
            ref: each.observation for ref, each in (await records.get(tx, joined.connection, refs)).items()
        }


async def _remember_listed(
    tx: Tx, joined: Joined, side: Side, page: Sequence[Observation], began: datetime
) -> list[Ref]:
    """Store what a listing shows, unless more is known already; where it contradicts what is known, ask for a read.

    A page of a listing that began at `began` may be as old as that, for a part of it may have been asked for first; what comes from an index
    that lags is older by the lag. Good enough to decide what to look at, never to rest a write on.
    """
    seen_at = began - timedelta(seconds=joined.systems[side].capabilities.index_lag_seconds)
    behind, contrary = await records.outdated(tx, joined.connection, page, seen_at)
    if contrary:
        await note(tx, joined, sorted(contrary), unread=True)
    if behind:
        await records.touch(tx, joined.connection, sorted(behind), seen_at)
    return await remember(tx, joined, [each for each in page if each.ref not in behind], seen_at)


async def _compare(joined: Joined, side: Side, kind: Kind, began: datetime) -> Halt | None:
    """After a complete listing: every known record that it did not show is looked up. Absence itself proves nothing."""
    # What was seen a moment before the listing began, for example in the answer to a write, may not be in the side's index yet.
    lag = timedelta(seconds=2 * joined.systems[side].capabilities.index_lag_seconds)
    async with joined.database.write() as tx:
        gone = await records.unseen_since(tx, joined.connection, side, kind, began - lag)
        known = (await records.counts(tx, joined.connection)).get((side, kind, Standing.LIVE), 0)
        halt = emptied(side, kind, known - len(gone), known, joined.halts, joined.titles)
        if halt is None:
            await note(tx, joined, gone, unread=True)
    return halt


async def look(joined: Joined, refs: Sequence[Ref], *, slow: bool = False) -> dict[Ref, datetime]:
    """Read records as they are now, and remember what is seen. Returns from when the look at each of them ages (see `ages_from`).

    Embedded records are read through the record that holds them.
    """
    groups: dict[tuple[Side, Kind], dict[str, list[Ref]]] = {}
    for ref in refs:
        listed = joined.listed_kind(ref.side, ref.kind)
        holder = ref.id if listed is ref.kind else ref.id.rpartition("/")[0]
        groups.setdefault((ref.side, listed), {}).setdefault(holder, []).append(ref)
    age: dict[Ref, datetime] = {}
    for (side, kind), held in sorted(groups.items()):
        size = joined.abilities(side, kind).read_batch
        wanted = list(held)
        for start in range(0, len(wanted), size):
            batch = wanted[start : start + size]
            # Only signals that were there before the read are answered by it; one that comes meanwhile asks for another read.
            async with joined.database.read() as tx:
                upto = await signals.generation(tx)
            began = joined.clock.now()
            seen = await joined.systems[side].read(kind, batch, joined.paths(side, kind))
            told = [
                *(ref for holder in batch for ref in held[holder]),
                *(each.ref for top in seen for each in (top, *(top.children or ()))),
            ]
            age |= dict.fromkeys(told, ages_from(began, joined.clock.now(), slow=slow))
            async with joined.database.write() as tx:
                await signals.read(tx, joined.connection, told, upto)
                await remember(tx, joined, seen, began)
    return age


async def glance(
    joined: Joined, refs: Sequence[Ref], without: frozenset[str], *, slow: bool = False
) -> dict[Ref, datetime]:
    """Read records but for some of their paths, and tell which of them are as they are known to be, and from when that look ages.

    Nothing of it is stored: those show what memory holds already. The others deserve a whole look, for what was left out may have moved, too.
    """
    age: dict[Ref, datetime] = {}
    for (side, kind), ids in records.by_kind(refs).items():
        paths = {each: told - without for each, told in joined.paths(side, kind).items()}
        size = joined.abilities(side, kind).read_batch
        for start in range(0, len(ids), size):
            began = joined.clock.now()
            seen = await joined.systems[side].read(kind, ids[start : start + size], paths)
            ages = ages_from(began, joined.clock.now(), slow=slow)
            async with joined.database.read() as tx:
                known = await records.get(tx, joined.connection, [each.ref for each in seen])
            for each in seen:
                before = known.get(each.ref)
                if as_known(each, before.observation if before else None, paths[kind]):
                    age[each.ref] = ages
    return age


async def remember(
    tx: Tx, joined: Joined, seen: Iterable[Observation], seen_at: datetime, *, settled: str | None = None
) -> list[Ref]:
    """Store observations; index and signal those whose content is new. Returns those.

    `settled` names a sync whose own write gave the answer, with nothing left to compare: our echo is no news to it.
    """
    observations = list(seen)
    changed = await records.put(tx, joined.connection, observations, seen_at)
    if not changed:
        return []
    flat = {each.ref: each for top in observations for each in (top, *(top.children or ()))}
    # Of what is gone a system often tells the id only, and what that record held is what a newcomer may be recognised by.
    partial = [ref for ref in changed if ref not in flat or not flat[ref].live]
    stored = (
        {ref: each.observation for ref, each in (await records.get(tx, joined.connection, partial)).items()}
        if partial
        else {}
    )
    await note_moved(tx, joined, changed, {**flat, **stored})
    for sync in joined.syncs:
        for side in Side:
            kind = sync.kind(side)
            rows = {
                ref.id: index_keys(joined, sync, side, stored.get(ref) or flat[ref])
                for ref in changed
                if ref.side is side and ref.kind is kind
            }
            if rows:
                gone = await keys.replace(tx, joined.connection, sync.name, side, rows)
                await note_waiting(tx, joined, sync, side, gone)
    await note(tx, joined, changed, unread=False, settled=settled)
    await note_other_invoices(tx, joined, changed)
    return changed


async def note(
    tx: Tx, joined: Joined, refs: Sequence[Ref], *, unread: bool, settled: str | None = None
) -> None:
    """Note that records deserve a look by every sync that covers them; `unread` says that they must be read first."""
    for name, mine in concerned(joined.syncs, refs).items():
        if name == settled:
            continue
        await signals.note(tx, joined.connection, name, mine, unread, joined.clock.now())


async def wait_for(
    tx: Tx, joined: Joined, sync: Sync, side: Side, wanted: Mapping[str, Iterable[tuple[str, str]]]
) -> None:
    """By record across: the (path, value) pairs that records on `side` have and it waits for; or (`TWIN`, id) of who may be the same."""
    unique = joined.abilities(side, sync.kind(side)).unique_paths

    def rule(path: str) -> str:
        return path if path == TWIN else (UNIQUE if path in unique else REFERS) + path

    rows = {
        WAITS + record_id: [(WAITS + rule(path), value) for path, value in pairs]
        for record_id, pairs in wanted.items()
    }
    await keys.replace(tx, joined.connection, sync.name, side, rows)


async def note_waiting(
    tx: Tx, joined: Joined, sync: Sync, side: Side, gone: Collection[tuple[str, str, str]]
) -> None:
    """Records on `side` are not found by these (id, rule, key) any more: who waited for what they had, or was doubtful because of them, deserves a look."""
    if not gone:
        return
    asked = {(WAITS + TWIN, record_id) for record_id, _, _ in gone}
    asked |= {(WAITS + rule, key) for _, rule, key in gone if rule.startswith((UNIQUE, REFERS))}
    found = await keys.candidates(tx, joined.connection, sync.name, side, sorted(asked))
    refs = {
        Ref(side.other, sync.kind(side.other), each.removeprefix(WAITS))
        for ids in found.values()
        for each in ids
    }
    rules = {rule.name for rule in joined.index_rules[sync.name]}
    shared = sorted({(rule, key) for _, rule, key in gone if rule in rules})
    for where in Side if shared else ():
        found = await keys.candidates(tx, joined.connection, sync.name, where, shared)
        alike = {each for ids in found.values() for each in ids}
        linked = await links.partners(tx, joined.connection, sync.name, where, sorted(alike), dormant=True)
        refs |= {Ref(where, sync.kind(where), each) for each in alike if each not in linked}
    await signals.note(tx, joined.connection, sync.name, sorted(refs), False, joined.clock.now())


async def note_dependents(tx: Tx, joined: Joined, partnered: Sequence[Ref]) -> None:
    """These records have a partner now: whoever refers to them and waited for it deserves a look."""
    for sync in joined.active:
        for side in Side:
            for path, kind in joined.reference_paths[sync.name][side].items():
                asked = [
                    (REFERS + path, ref.id) for ref in partnered if ref.side is side and ref.kind is kind
                ]
                if asked:
                    found = await keys.candidates(tx, joined.connection, sync.name, side, asked)
                    waiting = [
                        Ref(side, sync.kind(side), record_id) for ids in found.values() for record_id in ids
                    ]
                    ids = [ref.id for ref in waiting]
                    linked = await links.partners(tx, joined.connection, sync.name, side, ids, dormant=True)
                    fresh = [ref for ref in waiting if ref.id not in linked]
                    await signals.note(tx, joined.connection, sync.name, fresh, False, joined.clock.now())


def index_keys(joined: Joined, sync: Sync, side: Side, seen: Observation) -> list[tuple[str, str]]:
    """The (rule, key) pairs under which a record can be found: match rules, similarity, references, and values that must stay unique."""
    if seen.standing is Standing.ERASED:
        return []
    rules, seen = joined.index_rules[sync.name], addressed(sync, seen)
    rows = [(rule.name, key) for rule in rules if (key := rule.key(side, seen.fields)) is not None]
    born = seen.fields.get(joined.abilities(side, sync.kind(side)).key_path or "")
    if isinstance(born, str):
        rows.append((MADE_FROM, born))
    if seen.live:
        rows += [(BLOCK + rule.name, block) for rule in rules for block in rule.blocks(side, seen.fields)]
        for path in joined.reference_paths[sync.name][side]:
            value = seen.fields.get(path)
            if isinstance(value, str):
                rows.append((REFERS + path, value))
        for path in joined.abilities(side, sync.kind(side)).unique_paths:
            value = seen.fields.get(path)
            if isinstance(value, str):
                rows.append((UNIQUE + path, value.casefold()))
    return list(dict.fromkeys(rows))
