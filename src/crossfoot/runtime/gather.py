"""From memory to subjects: everything that `decide` must know about a chunk of records, read in a handful of queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.links import Link, LinkState
from crossfoot.model.operations import Act, Operation
from crossfoot.model.records import Observation, Standing, Value
from crossfoot.runtime.joined import Joined
from crossfoot.runtime.listen import BLOCK, REFERS, UNIQUE, index_keys, look
from crossfoot.settings.mappings import FieldPair, Inexpressible
from crossfoot.settings.rules import Sync
from crossfoot.store import keys, links, operations, records, reviews
from crossfoot.store.database import Tx
from crossfoot.sync.fetch import needs_times, to_read
from crossfoot.sync.match import Candidate, Match, Verdict, match
from crossfoot.sync.merge import merge
from crossfoot.sync.refer import translated
from crossfoot.sync.subject import CLAIM, Pair, Single, Subject, Surroundings

BLOCK_LIMIT = 40
"""A similarity block with more members than this says nothing (a first name shared by thousands)."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """A chunk of subjects with their surroundings."""

    subjects: tuple[Subject, ...]
    around: Surroundings
    seen_at: Mapping[Ref, datetime]
    refs: Mapping[Ref, tuple[Ref, ...]] = field(default_factory=dict)
    """First record of a subject to all of its records."""


async def gather(
    joined: Joined, sync: Sync, refs: Iterable[Ref], unread: frozenset[Ref] = frozenset()
) -> Gathered:
    """Read what is known about these records, looking at the systems only where nothing is known or a signal came."""
    async with joined.database.read() as tx:
        pairs, alone = await _links(tx, joined, sync, refs)
        wanted = [*alone, *(ref for link in pairs for ref in refs_of(sync, link))]
        stored = await records.get(tx, joined.connection, wanted)
    missing = to_read(wanted, {ref: each.seen_at for ref, each in stored.items()}, unread)
    if any(missing.values()):
        await look(joined, [ref for side in Side for ref in missing[side]])
        async with joined.database.read() as tx:
            stored = await records.get(tx, joined.connection, wanted)
    seen = {ref: each.observation for ref, each in stored.items()}
    for ref in wanted:
        seen.setdefault(ref, Observation(ref, Standing.MISSING))
    async with joined.database.read() as tx:
        around = await _accounts_and_partners(tx, joined, sync, list(seen.values()))
        subjects: list[Subject] = [Pair(link, *(seen[ref] for ref in refs_of(sync, link))) for link in pairs]
        subjects += await _singles(tx, joined, sync, [seen[ref] for ref in alone], around.partners)
        around = replace(
            around,
            holders=await _holders(tx, joined, sync, subjects, around),
            linked=await _linked_survivors(tx, joined, sync, subjects),
            crowds=await _crowds(tx, joined, subjects, around),
        )
    subjects = await _with_times(joined, sync, subjects, around)
    return Gathered(tuple(subjects), around, {ref: each.seen_at for ref, each in stored.items()})


async def _with_times(
    joined: Joined, sync: Sync, subjects: list[Subject], around: Surroundings
) -> list[Subject]:
    """Where a conflict hangs on which change is newer, ask the sides that keep the moment of each field's last change."""
    hanging = [
        subject
        for subject in subjects
        if isinstance(subject, Pair)
        and subject.crm.live
        and subject.ledger.live
        and needs_times(
            sync,
            merge(
                sync,
                subject.link.base,
                translated(sync, subject.crm, around),
                subject.ledger,
                subject.link.verdicts,
            ),
        )
    ]
    times: dict[Ref, Mapping[str, datetime]] = {}
    for side in Side:
        system = joined.systems[side]
        ids = sorted({pair.on(side).ref.id for pair in hanging})
        if not ids or not system.capabilities.tells_field_times:
            continue
        kind = sync.kind(side)
        size = joined.abilities(side, kind).read_batch
        for start in range(0, len(ids), size):
            for seen in await system.read(
                kind, ids[start : start + size], joined.paths(side, kind), times=True
            ):
                times[seen.ref] = seen.times
    if not times:
        return subjects
    return [
        replace(
            subject,
            crm=replace(subject.crm, times=times.get(subject.crm.ref, {})),
            ledger=replace(subject.ledger, times=times.get(subject.ledger.ref, {})),
        )
        if isinstance(subject, Pair)
        else subject
        for subject in subjects
    ]


def refs_of(sync: Sync, link: Link) -> tuple[Ref, Ref]:
    """The link's two records, CRM first."""
    return Ref(Side.CRM, sync.crm, link.crm_id), Ref(Side.LEDGER, sync.ledger, link.ledger_id)


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


# ── records without a link ─────────────────────────────────────────────────────────────────────────────────────────────


async def _singles(
    tx: Tx, joined: Joined, sync: Sync, alone: Sequence[Observation], partners: Mapping[Ref, str]
) -> list[Single]:
    singles: list[Single] = []
    for side in Side:
        mine = [each for each in alone if each.ref.side is side]
        if not mine:
            continue
        ids = [each.ref.id for each in mine]
        elsewhere = await _elsewhere(tx, joined, sync, side, ids)
        ended = await links.ended_by_side_ids(tx, joined.connection, sync.name, side, ids)
        live = [
            each for each in mine if each.live and each.ref.id not in elsewhere and each.ref.id not in ended
        ]
        matches = await _matches(tx, joined, sync, side, live, partners)
        singles += [
            Single(
                side,
                each,
                matches.get(each.ref.id, Match(Verdict.NEW)),
                elsewhere=elsewhere.get(each.ref.id, ""),
                ended=each.ref.id in ended,
            )
            for each in mine
        ]
    return singles


async def _elsewhere(tx: Tx, joined: Joined, sync: Sync, side: Side, ids: Sequence[str]) -> dict[str, str]:
    """The records that have a partner in another sync of the same kind, and that sync's name."""
    found: dict[str, str] = {}
    for other in joined.syncs:
        if other.name != sync.name and other.kind(side) is sync.kind(side):
            found |= dict.fromkeys(
                await links.by_side_ids(tx, joined.connection, other.name, side, ids), other.name
            )
    return found


async def _matches(
    tx: Tx,
    joined: Joined,
    sync: Sync,
    side: Side,
    newcomers: Sequence[Observation],
    partners: Mapping[Ref, str],
) -> dict[str, Match]:
    """Match each newcomer against the records across that share a key with it."""
    if not newcomers or not sync.match:
        return {}
    asked = {
        each.ref.id: [
            (rule, key)
            for rule, key in index_keys(joined, sync, side, each)
            if not rule.startswith((UNIQUE, REFERS))
        ]
        for each in newcomers
    }
    exact = sorted({row for rows in asked.values() for row in rows if not row[0].startswith(BLOCK)})
    across = await keys.candidates(tx, joined.connection, sync.name, side.other, exact)
    here = await keys.candidates(tx, joined.connection, sync.name, side, exact)
    # Only who has no exact twin is compared with similar records.
    blocks = {
        row
        for rows in asked.values()
        if not any(each in across for each in rows)
        for row in rows
        if row[0].startswith(BLOCK)
    }
    alike = await keys.candidates(
        tx, joined.connection, sync.name, side.other, sorted(blocks), limit=BLOCK_LIMIT + 1
    )
    across |= {row: ids for row, ids in alike.items() if len(ids) <= BLOCK_LIMIT}
    ids = sorted({record_id for found in across.values() for record_id in found})
    kind = sync.kind(side.other)
    stored = await records.get(tx, joined.connection, [Ref(side.other, kind, record_id) for record_id in ids])
    linked = await links.by_side_ids(tx, joined.connection, sync.name, side.other, ids)
    taken = {
        *(record_id for record_id, link in linked.items() if link.state is not LinkState.DORMANT),
        *await _elsewhere(tx, joined, sync, side.other, ids),
    }
    rivals = await _live(
        tx, joined, side, sync.kind(side), {each for found in here.values() for each in found}
    )
    rivals -= (await links.by_side_ids(tx, joined.connection, sync.name, side, sorted(rivals))).keys()
    apart = await reviews.kept_apart(
        tx, joined.connection, sync.name, side, [each.ref.id for each in newcomers]
    )
    refers = _reference_parts(joined, sync)
    rules = {rule.name: rule for rule in sync.match}
    found: dict[str, Match] = {}
    for each in newcomers:
        candidates: list[Candidate] = []
        for row in asked[each.ref.id]:
            rule = rules[row[0].removeprefix(BLOCK)]
            competing = sum(1 for other in here.get(row, ()) if other != each.ref.id and other in rivals)
            for record_id in across.get(row, ()):
                known = stored.get(Ref(side.other, kind, record_id))
                if known is None or record_id in apart.get(each.ref.id, frozenset()):
                    continue
                crm, ledger = (each, known.observation) if side is Side.CRM else (known.observation, each)
                if known.observation.standing not in (Standing.LIVE, Standing.ARCHIVED) or not all(
                    _refer_alike(crm, ledger, *paths, partners) for paths in refers[rule.name]
                ):
                    continue
                candidates.append(
                    Candidate(
                        known.observation,
                        rule.name,
                        exact=not rule.similar,
                        rivals=competing,
                        linked=record_id in taken,
                        score=rule.score(crm.fields, ledger.fields) if rule.similar else 100,
                        contradicted=rule.contradicted(crm.fields, ledger.fields),
                    )
                )
        found[each.ref.id] = match(sync, candidates)
    return found


def _reference_parts(joined: Joined, sync: Sync) -> dict[str, list[tuple[str, str, Kind]]]:
    """Per rule, its references: path in the CRM, path in the ledger, the CRM's kind referred to."""
    paths = {
        sync.pair(name).crm[0]: (sync.pair(name).ledger[0], kinds[Side.CRM])
        for name, kinds in joined.references[sync.name].items()
    }
    return {
        rule.name: [
            (part.crm[0], *paths[part.crm[0]]) for part in rule.parts if part.crm and part.crm[0] in paths
        ]
        for rule in sync.match
    }


def _refer_alike(
    crm: Observation,
    ledger: Observation,
    crm_path: str,
    ledger_path: str,
    kind: Kind,
    partners: Mapping[Ref, str],
) -> bool:
    named = crm.fields.get(crm_path)
    return isinstance(named, str) and partners.get(Ref(Side.CRM, kind, named)) == ledger.fields.get(
        ledger_path
    )


async def _live(tx: Tx, joined: Joined, side: Side, kind: Kind, ids: Iterable[str]) -> frozenset[str]:
    wanted = [Ref(side, kind, record_id) for record_id in sorted(set(ids)) if not record_id.startswith(CLAIM)]
    stored = await records.get(tx, joined.connection, wanted)
    return frozenset(ref.id for ref, each in stored.items() if each.observation.live)


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
    )
    partners: dict[Ref, str] = {}
    coming: set[Ref] = set()
    for name, kinds in around.references.items():
        for side in Side:
            path = sync.pair(name).paths(side)[0]
            wanted = sorted(
                {
                    value
                    for each in seen
                    if each.ref.side is side and isinstance(value := each.fields.get(path), str)
                }
            )
            for other in joined.active if wanted else ():
                if other.kind(side) is not kinds[side] or other.kind(side.other) is not kinds[side.other]:
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
                    Ref(side, kinds[side], record_id): partner for record_id, partner in across.items()
                }
                coming |= {
                    Ref(side, kinds[side], record_id)
                    for record_id in await operations.planned_creates(
                        tx, joined.connection, other.name, side, wanted
                    )
                }
    return replace(around, partners=partners, coming=frozenset(coming - partners.keys()))


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
            live = await _live(
                tx, joined, side, sync.kind(side), {each for ids in hits.values() for each in ids}
            )
            for (_, value), ids in hits.items():
                found[side, path, value] = frozenset(
                    each for each in ids if each in live or each.startswith(CLAIM)
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
        parents = [Ref(side, embedded_in, partner) for partner in sorted(set(around.partners.values()))]
        for parent, kept in (await records.children(tx, joined.connection, parents)).items():
            found[parent.id] = sum(1 for each in kept if each.observation.live)
    return found


def claims(
    sync: Sync, planned: Iterable[Operation], around: Surroundings
) -> dict[tuple[Side, str], list[tuple[str, str]]]:
    """The unique values that planned operations will hold: (side, index id) to (rule, key) rows."""
    found: dict[tuple[Side, str], list[tuple[str, str]]] = {}
    for operation in planned:
        if operation.act not in (Act.CREATE, Act.UPDATE) or operation.sync != sync.name:
            continue
        for path in around.abilities[operation.side].unique_paths:
            value = operation.values.get(path)
            if isinstance(value, str):
                index_id = CLAIM + (operation.source_id or operation.target_id or "")
                found.setdefault((operation.side, index_id), []).append((UNIQUE + path, value.casefold()))
    return found
