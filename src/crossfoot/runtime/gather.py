"""From memory to subjects: everything that `decide` must know about a chunk of records, read in a handful of queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.links import Link, LinkState
from crossfoot.model.operations import Operation
from crossfoot.model.records import Observation, Standing, Value
from crossfoot.runtime.billed import with_billed
from crossfoot.runtime.computing import computed_too, laid_over
from crossfoot.runtime.joined import Joined
from crossfoot.runtime.listen import UNIQUE, look
from crossfoot.runtime.origins import unknown_origins
from crossfoot.runtime.owing import owed_there
from crossfoot.runtime.twins import live, singles
from crossfoot.settings.mappings import FieldPair, Inexpressible
from crossfoot.settings.rules import Sync
from crossfoot.store import keys, links, moves, operations, records
from crossfoot.store.database import Tx
from crossfoot.sync.billing import facing
from crossfoot.sync.fetch import given_up, needs_times, to_read
from crossfoot.sync.merge import merge
from crossfoot.sync.subject import CLAIM, Pair, Single, Subject, Surroundings, couple


@dataclass(frozen=True, slots=True)
class Gathered:
    """A chunk of subjects with their surroundings."""

    subjects: tuple[Subject, ...]
    around: Surroundings
    seen_at: Mapping[Ref, datetime]
    seen: Mapping[Ref, Observation]
    """What each record of the subjects, and the only twin of a newcomer, was last seen to hold."""
    moves: int
    """How often memory had moved when all this was read."""


async def gather(
    joined: Joined,
    sync: Sync,
    refs: Iterable[Ref],
    unread: frozenset[Ref] = frozenset(),
    *,
    ask: bool = True,
    known: Gathered | None = None,
) -> Gathered:
    """Read what is known about these records, looking at the systems only where nothing is known or a signal came.

    Without `ask`, memory is all there is: no system is called. What was gathered a moment before (`known`) need not be asked again where
    nothing has changed since.
    """
    asked = list(refs)
    looked: set[Ref] = set()
    while True:
        async with joined.database.read() as tx:
            found = await _remembered(tx, joined, sync, asked)
            missing = await _missing(tx, joined, sync, found, unread) if ask else []
            if looked.issuperset(missing):
                subjects, around = await _surrounded(tx, joined, sync, found)
                break
        await look(joined, [ref for ref in missing if ref not in looked])
        looked.update(missing)
    if ask:
        subjects = await _compared(joined, sync, subjects, around, known.seen if known else {})
    seen = {each.ref: each for subject in subjects for each in _known_of(subject)}
    return Gathered(tuple(subjects), around, found.seen_at, seen, found.moves)


async def recall(joined: Joined, sync: Sync, refs: Iterable[Ref], moves_then: int) -> Gathered | None:
    """These records with what settling needs and nothing to decide; None if memory has moved since, so that all must be decided again."""
    async with joined.database.read() as tx:
        if await moves.number(tx, joined.connection) != moves_then:
            return None
        stored = await records.get(tx, joined.connection, refs)
        seen = await laid_over(tx, joined, sync, {ref: each.observation for ref, each in stored.items()})
        around = await _accounts_and_partners(tx, joined, sync, list(seen.values()))
    return Gathered((), around, {ref: each.seen_at for ref, each in stored.items()}, seen, moves_then)


@dataclass(frozen=True, slots=True)
class _Remembered:
    """What memory tells at one moment about some records, before anything else is asked."""

    pairs: list[Link]
    alone: list[Ref]
    wanted: list[Ref]
    """The records that have no link, and both ends of the links."""
    stored: Mapping[Ref, records.Stored]
    moves: int

    @property
    def seen_at(self) -> dict[Ref, datetime]:
        return {ref: each.seen_at for ref, each in self.stored.items()}


async def _remembered(tx: Tx, joined: Joined, sync: Sync, refs: Iterable[Ref]) -> _Remembered:
    pairs, alone = await _links(tx, joined, sync, refs)
    wanted = [*alone, *(ref for link in pairs for ref in refs_of(sync, link))]
    stored = await records.get(tx, joined.connection, wanted)
    return _Remembered(pairs, alone, wanted, stored, await moves.number(tx, joined.connection))


async def _missing(
    tx: Tx, joined: Joined, sync: Sync, found: _Remembered, unread: frozenset[Ref]
) -> list[Ref]:
    """What must be looked at first; and what those without a link were made from, for no listing shows what is archived."""
    by_side = to_read(found.wanted, found.seen_at, unread)
    alone = [found.stored[ref].observation for ref in found.alone if ref in found.stored]
    return [*by_side[Side.CRM], *by_side[Side.LEDGER], *await unknown_origins(tx, joined, sync, alone)]


async def _surrounded(
    tx: Tx, joined: Joined, sync: Sync, found: _Remembered
) -> tuple[list[Subject], Surroundings]:
    """The subjects that these records make, and what else must be known to decide about them."""
    seen = {
        ref: found.stored[ref].observation if ref in found.stored else Observation(ref, Standing.MISSING)
        for ref in found.wanted
    }
    around = await _accounts_and_partners(tx, joined, sync, list(seen.values()))
    subjects: list[Subject] = [
        Pair(link, seen[crm], seen[ledger], _gone(joined, (crm, ledger), found.stored))
        for link in found.pairs
        for crm, ledger in [refs_of(sync, link)]
    ]
    subjects += await singles(tx, joined, sync, [seen[ref] for ref in found.alone], around.partners)
    subjects = await computed_too(tx, joined, sync, subjects)
    around = replace(
        around,
        holders=await _holders(tx, joined, sync, subjects, around),
        linked=await _linked_survivors(tx, joined, sync, subjects),
        crowds=await _crowds(tx, joined, subjects, around),
        owed=await owed_there(tx, joined, around),
    )
    return subjects, around


def _gone(joined: Joined, ends: Iterable[Ref], stored: Mapping[Ref, records.Stored]) -> frozenset[Side]:
    now = joined.clock.now()
    known = ((ref.side, stored[ref]) for ref in ends if ref in stored)
    return frozenset(side for side, each in known if given_up(each.observation, each.seen_at, now))


async def _compared(
    joined: Joined,
    sync: Sync,
    subjects: Sequence[Subject],
    around: Surroundings,
    known: Mapping[Ref, Observation],
) -> list[Subject]:
    """Each pair compared. Where a conflict hangs on which change is newer, with the moment of each field's last change, if a side tells it."""
    compared = [_merged(sync, each, around) for each in subjects]
    hanging = [
        pair
        for each in compared
        if (pair := each if isinstance(each, Pair) else each.couple) is not None
        and pair.merged is not None
        and needs_times(sync, pair.merged)
    ]
    times: dict[Ref, Mapping[str, datetime]] = {}
    for seen in (pair.on(side) for pair in hanging for side in Side):
        before = known.get(seen.ref)
        if before is not None and before.times and replace(before, times={}) == seen:
            times[seen.ref] = before.times
    for side in Side:
        system = joined.systems[side]
        ids = sorted(
            {pair.on(side).ref.id for pair in hanging} - {ref.id for ref in times if ref.side is side}
        )
        if not ids or not system.capabilities.tells_field_times:
            continue
        kind = sync.kind(side)
        size = joined.abilities(side, kind).read_batch
        for start in range(0, len(ids), size):
            for seen in await system.read(
                kind, ids[start : start + size], joined.paths(side, kind), times=True
            ):
                times[seen.ref] = seen.times
    return [_merged(sync, _timed(each, times), around) for each in subjects] if times else compared


def _merged(sync: Sync, subject: Subject, around: Surroundings) -> Subject:
    """The subject with what its two records come to; as it is where there are no two."""
    pair = subject if isinstance(subject, Pair) else couple(sync, subject)
    if pair is None or not (pair.crm.live and pair.ledger.live):
        return subject
    link = pair.link
    merged = merge(
        sync, link.base, *facing(sync, pair.crm, pair.ledger, around, link.base), link.verdicts, link.held
    )
    compared = replace(pair, merged=merged)
    return compared if isinstance(subject, Pair) else replace(subject, couple=compared)


def _timed(subject: Subject, times: Mapping[Ref, Mapping[str, datetime]]) -> Subject:
    def timed(seen: Observation) -> Observation:
        return replace(seen, times=times.get(seen.ref, {}))

    if isinstance(subject, Pair):
        return replace(subject, crm=timed(subject.crm), ledger=timed(subject.ledger))
    twin = subject.match.twin and timed(subject.match.twin)
    return replace(subject, seen=timed(subject.seen), match=replace(subject.match, twin=twin))


def refs_of(sync: Sync, link: Link) -> tuple[Ref, Ref]:
    """The link's two records, CRM first."""
    return Ref(Side.CRM, sync.crm, link.crm_id), Ref(Side.LEDGER, sync.ledger, link.ledger_id)


def _known_of(subject: Subject) -> tuple[Observation, ...]:
    """What the records of a subject, and the only twin of a newcomer, were seen to hold."""
    if isinstance(subject, Pair):
        return subject.crm, subject.ledger
    return (subject.seen, subject.match.twin) if subject.match.twin is not None else (subject.seen,)


def refs_of_operations(sync: Sync, chunk: Iterable[Operation]) -> list[Ref]:
    """The records that operations of a sync concern, each once."""
    refs: dict[Ref, None] = {}
    for operation in chunk:
        if operation.crm_id:
            refs[Ref(Side.CRM, sync.crm, operation.crm_id)] = None
        if operation.ledger_id:
            refs[Ref(Side.LEDGER, sync.ledger, operation.ledger_id)] = None
    return list(refs)


def refs_in(subject: Subject) -> tuple[Ref, ...]:
    """The records of a subject."""
    return (subject.crm.ref, subject.ledger.ref) if isinstance(subject, Pair) else (subject.seen.ref,)


async def _links(tx: Tx, joined: Joined, sync: Sync, refs: Iterable[Ref]) -> tuple[list[Link], list[Ref]]:
    """The links of these records, each once, and the records that have none."""
    wanted = sorted(set(refs))
    found: dict[str, Link] = {}
    alone: list[Ref] = []
    for side in Side:
        ids = [ref.id for ref in wanted if ref.side is side]
        by_id = await links.by_side_ids(tx, joined.connection, sync.name, side, ids) if ids else {}
        for ref in wanted:
            if ref.side is side:
                link = by_id.get(ref.id)
                if link is None:
                    alone.append(ref)
                else:
                    found[link.id] = link
    return [found[key] for key in sorted(found)], alone


# ── surroundings ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def _accounts_and_partners(
    tx: Tx, joined: Joined, sync: Sync, seen: Sequence[Observation]
) -> Surroundings:
    """Who is who, and the partners of the records that these refer to."""
    around = Surroundings(
        accounts={side: joined.descriptions[side].identity.key for side in Side},
        titles=joined.titles,
        abilities={side: joined.abilities(side, sync.kind(side)) for side in Side},
        fields={side: joined.descriptions[side].fields[sync.kind(side)] for side in Side},
        references=joined.references[sync.name],
        charts=joined.charts,
        unable=frozenset(
            side for side in Side if joined.descriptions[side].makes.get(sync.kind(side)) is False
        ),
    )
    around = await with_billed(tx, joined, sync, seen, around)
    partners: dict[Ref, Ref] = {}
    coming: dict[Ref, Kind] = {}
    for reference in around.references.values():
        named = [(each, *one) for each in Side for one in reference.on(each).items()]
        for side, path, kind in named:
            wanted = sorted(
                {
                    value
                    for each in seen
                    if each.ref.side is side and isinstance(value := each.fields.get(path), str)
                }
            )
            across_kinds = set(reference.on(side.other).values())
            for other in joined.active if wanted else ():
                across_kind = other.kind(side.other)
                if other.kind(side) is not kind or across_kind not in across_kinds:
                    continue
                linked = await links.by_side_ids(tx, joined.connection, other.name, side, wanted)
                across = {
                    **await operations.planned_partners(tx, joined.connection, other.name, side, wanted),
                    **{
                        record_id: link.id_on(side.other)
                        for record_id, link in linked.items()
                        if link.state is not LinkState.DORMANT
                    },
                }
                partners |= {
                    Ref(side, kind, record_id): Ref(side.other, across_kind, partner)
                    for record_id, partner in across.items()
                }
                coming |= {
                    Ref(side, kind, record_id): across_kind
                    for record_id in await operations.planned_creates(
                        tx, joined.connection, other.name, side, wanted
                    )
                }
    coming = {ref: kind for ref, kind in coming.items() if ref not in partners}
    return replace(around, partners=partners, coming=coming)


async def _holders(
    tx: Tx, joined: Joined, sync: Sync, subjects: Sequence[Subject], around: Surroundings
) -> dict[tuple[Side, str, str], frozenset[str]]:
    found: dict[tuple[Side, str, str], frozenset[str]] = {}
    for side in Side:
        for path in around.abilities[side].unique_paths:
            pairs = [
                pair
                for pair in sync.pairs
                if path in pair.paths(side) and sync.direction_of(pair).allows(side)
            ]
            asked: set[tuple[str, str]] = set()
            for subject in subjects:
                if isinstance(subject, Single) and subject.side is side:
                    continue
                source = (
                    (subject.ledger if side is Side.CRM else subject.crm)
                    if isinstance(subject, Pair)
                    else subject.seen
                )
                for pair in pairs:
                    value = pair.read(side.other, source.fields)
                    native = _written(pair, side, value).get(path) if isinstance(value, str) else None
                    if isinstance(native, str):
                        asked.add((UNIQUE + path, native.casefold()))
            if not asked:
                continue
            hits = await keys.candidates(tx, joined.connection, sync.name, side, sorted(asked))
            living = await live(
                tx, joined, side, sync.kind(side), {each for ids in hits.values() for each in ids}
            )
            for (_, value), ids in hits.items():
                found[side, path, value] = frozenset(
                    each for each in ids if each in living or each.startswith(CLAIM)
                )
    return found


def _written(pair: FieldPair, side: Side, value: str) -> dict[str, Value]:
    try:
        return pair.write(side, value, dict.fromkeys(pair.paths(side)))
    except Inexpressible:
        return {}


async def _linked_survivors(
    tx: Tx, joined: Joined, sync: Sync, subjects: Sequence[Subject]
) -> dict[Ref, str]:
    """Of the records that others were merged into, those that have a link, and its id."""
    found: dict[Ref, str] = {}
    for side in Side:
        seen = [each.on(side) for each in subjects if isinstance(each, Pair)]
        ids = sorted({each.survivor for each in seen if each.survivor})
        if ids:
            by_id = await links.by_side_ids(tx, joined.connection, sync.name, side, ids)
            found |= {Ref(side, sync.kind(side), record_id): link.id for record_id, link in by_id.items()}
    return found


async def _crowds(
    tx: Tx, joined: Joined, subjects: Sequence[Subject], around: Surroundings
) -> dict[str, int]:
    """How many records each possible parent holds already."""
    found: dict[str, int] = {}
    for side in Side:
        embedded_in = around.abilities[side].embedded_in
        if embedded_in is None or not any(
            isinstance(each, Single) and each.side is side.other for each in subjects
        ):
            continue
        parents = sorted(
            {each for each in around.partners.values() if each.side is side and each.kind is embedded_in}
        )
        for parent, kept in (await records.children(tx, joined.connection, parents)).items():
            found[parent.id] = sum(1 for each in kept if each.observation.live)
    return found
