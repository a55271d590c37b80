"""Records without a link: whether they have a partner elsewhere, had one once, and which records across may be the same thing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.operations import Act
from crossfoot.model.records import Observation, Standing
from crossfoot.runtime.joined import REFERS, Joined
from crossfoot.runtime.listen import BLOCK, MADE_FROM, UNIQUE
from crossfoot.runtime.origins import kin
from crossfoot.settings.rules import EQUAL, MatchRule, Sync
from crossfoot.store import keys, links, operations, records, reviews
from crossfoot.store.database import Tx
from crossfoot.sync.match import CREATION_KEY, Candidate, Match, Verdict, match
from crossfoot.sync.subject import CLAIM, Single

BLOCK_LIMIT = 40
"""A similarity block with more members than this says nothing (a first name shared by thousands)."""
EQUAL_LIMIT = 1000
"""The same for a rule that asks about what is equal only: the same amount may stand on many invoices, and one of them may be the deal's."""

Row = tuple[str, str]
"""A rule's name (behind `BLOCK` for a similarity block) and a key."""


async def singles(
    tx: Tx, joined: Joined, sync: Sync, alone: Sequence[Observation], partners: Mapping[Ref, Ref]
) -> list[Single]:
    """The subjects that records without a link make, each with its match."""
    found: list[Single] = []
    for side in Side:
        mine = [each for each in alone if each.ref.side is side]
        if not mine:
            continue
        ids = [each.ref.id for each in mine]
        elsewhere = await _elsewhere(tx, joined, sync, side, ids)
        ended = await links.ended_by_side_ids(tx, joined.connection, sync.name, side, ids)
        newcomers = [
            each for each in mine if each.live and each.ref.id not in elsewhere and each.ref.id not in ended
        ]
        made = await kin(tx, joined, sync, side, newcomers)
        matches, parted = await _matches(tx, joined, sync, side, newcomers, made, partners)
        begun = {
            op.source_id
            for op in await operations.unfinished(tx, joined.connection)
            if (op.sync, op.act, op.side) == (sync.name, Act.CREATE, side.other)
        }
        found += [
            Single(
                side,
                each,
                matches.get(each.ref.id, Match(Verdict.NEW)),
                elsewhere=elsewhere.get(each.ref.id, ""),
                covered=_covered(joined, sync, each, elsewhere.get(each.ref.id)),
                ended=each.ref.id in ended or each.ref.id in parted,
                begun=each.ref.id in begun,
            )
            for each in mine
        ]
    return found


async def live(tx: Tx, joined: Joined, side: Side, kind: Kind, ids: Iterable[str]) -> frozenset[str]:
    """Which of these records are live; records that are only planned are not."""
    seen = sorted({record_id for record_id in ids if not record_id.startswith(CLAIM)})
    return await records.live(tx, joined.connection, side, kind, seen) if seen else frozenset()


async def _elsewhere(tx: Tx, joined: Joined, sync: Sync, side: Side, ids: Sequence[str]) -> dict[str, str]:
    """The records that have a partner in another sync of the same kind, and that sync's name."""
    found: dict[str, str] = {}
    for other in joined.syncs:
        if other.name != sync.name and other.kind(side) is sync.kind(side) and not _beside(sync, other, side):
            linked = await links.partners(tx, joined.connection, other.name, side, ids, dormant=True)
            found |= dict.fromkeys(linked, other.name)
    return found


def _beside(sync: Sync, other: Sync, side: Side) -> bool:
    """Whether a partner in another sync is no hindrance: a deal has several invoices, and what it is invoiced with may have come from another
    record of the CRM too.
    """
    return sync.bills_with(other) if side is Side.CRM else sync.billing is not None and other.billing is None


def _covered(joined: Joined, sync: Sync, seen: Observation, partnered: str | None) -> str:
    """The working sync that takes care of a record which may not be this one's: where it has a partner, else where it is a newcomer."""
    side = seen.ref.side
    for other in joined.active:
        if other.name == sync.name or other.kind(side) is not seen.ref.kind:
            continue
        if side is Side.CRM and sync.bills_with(other):
            continue
        if other.name == partnered or (partnered is None and other.newcomer(side).holds(seen.fields)):
            return other.name
    return ""


async def _matches(
    tx: Tx,
    joined: Joined,
    sync: Sync,
    side: Side,
    newcomers: Sequence[Observation],
    made: Mapping[str, Sequence[str]],
    partners: Mapping[Ref, Ref],
) -> tuple[dict[str, Match], set[str]]:
    """Match each newcomer against the records across that share a key with it, or that were made from it (`made`).

    Who is kept apart from our own copy of it, or was made from what has been erased, has been parted: these newcomers are told beside the matches.
    """
    if not newcomers:
        return {}, set()
    asked = await _asked(tx, joined, sync, side, [each.ref.id for each in newcomers])
    equal = frozenset(BLOCK + rule.name for rule in sync.match if rule.similar and rule.threshold == EQUAL)
    exact, similar = await _across(tx, joined, sync, side, asked.values(), equal)
    ids = sorted(
        {record_id for found in (*exact.values(), *similar.values(), *made.values()) for record_id in found}
    )
    known = await _standing_in(tx, joined, Ref(side.other, sync.kind(side.other), ""), ids)
    living = sorted({each.ref.id for each in known.values()})
    taken = {
        *await links.partners(tx, joined.connection, sync.name, side.other, living),
        *await _elsewhere(tx, joined, sync, side.other, living),
    }
    alone = await links.ended_by_side_ids(tx, joined.connection, sync.name, side.other, living)
    # A similar record that has a partner says nothing; one with the same key does, whoever its partner is.
    similar = {row: [each for each in found if each not in taken] for row, found in similar.items()}
    rivals = await _rivals(tx, joined, sync, side, exact)
    awaited = await _awaited(
        tx, joined, sync, side, list({each.ref: each for each in known.values()}.values())
    )
    apart = await reviews.kept_apart(tx, joined.connection, sync.name, side, list(asked))
    refers = _reference_parts(joined, sync)
    likeness = _Likeness(side)
    rules = {rule.name: rule for rule in sync.match}
    bare = {rule.name: rule for rule in joined.index_rules[sync.name]}
    found: dict[str, Match] = {}
    parted: set[str] = set()
    for each in newcomers:
        rows = asked[each.ref.id]
        strangers = apart.get(each.ref.id, frozenset())
        candidates: list[Candidate] = []
        compared: set[tuple[str, str]] = set()
        for hit in made.get(each.ref.id, ()):
            across = known.get(hit)
            if across is not None and (across.ref.id in strangers or across.standing is Standing.ERASED):
                parted.add(each.ref.id)
            elif across is not None:
                candidates.append(
                    Candidate(
                        across,
                        CREATION_KEY,
                        exact=True,
                        linked=across.ref.id in taken,
                        absorbed=across.ref.id != hit,
                        parted=across.ref.id in alone,
                    )
                )
        for row in rows:
            rule = rules[row[0].removeprefix(BLOCK)]
            hits = exact.get(row, ()) or similar.get(row, ())
            # Who bears the key itself goes before one that absorbed a record which bore it.
            for hit in sorted(hits, key=lambda hit: hit not in known or known[hit].ref.id != hit):
                across = known.get(hit)
                if across is None or across.standing is Standing.ERASED:
                    continue
                record_id = across.ref.id
                if record_id in strangers or (rule.name, record_id) in compared:
                    continue
                compared.add((rule.name, record_id))
                crm, ledger = (each, across) if side is Side.CRM else (across, each)
                if not all(_refer_alike(crm, ledger, *paths, partners) for paths in refers[rule.name]):
                    continue
                score = likeness.score(bare[rule.name], each, across) if rule.similar else 100
                if rule.similar and score < rule.threshold:
                    continue
                candidates.append(
                    Candidate(
                        across,
                        rule.name,
                        exact=not rule.similar,
                        rivals=len(rivals.get(row, frozenset()) - {each.ref.id}),
                        linked=record_id in taken or bool(awaited.get(record_id, set()) - {each.ref.id}),
                        score=score,
                        absorbed=record_id != hit,
                        parted=record_id in alone,
                        contradicted=not rule.similar and rule.contradicted(crm.fields, ledger.fields),
                    )
                )
        found[each.ref.id] = match(sync, candidates)
    return found, parted


async def _standing_in(tx: Tx, joined: Joined, kind: Ref, ids: Sequence[str]) -> dict[str, Observation]:
    """What is known of some records of a kind; for one that was merged, of the record that it became part of."""
    found: dict[str, Observation] = {}
    behind = {record_id: record_id for record_id in ids}
    passed: set[tuple[str, str]] = set()
    while behind:
        passed.update(behind.items())
        wanted = [replace(kind, id=each) for each in sorted(set(behind.values()))]
        stored = await records.get(tx, joined.connection, wanted)
        seen = {ref.id: each.observation for ref, each in stored.items()}
        further: dict[str, str] = {}
        for record_id, standing_in in behind.items():
            look = seen.get(standing_in)
            if (
                look is not None
                and look.standing is Standing.MERGED
                and look.survivor not in (None, record_id)
            ):
                further[record_id] = str(look.survivor)
            elif look is not None:
                found[record_id] = look
        behind = further
    return found


async def _asked(tx: Tx, joined: Joined, sync: Sync, side: Side, ids: Sequence[str]) -> dict[str, list[Row]]:
    """By record: the rows under which it is matched, in the order of the sync's rules."""
    place = {rule.name: number for number, rule in enumerate(sync.match)}
    indexed = await keys.of_records(tx, joined.connection, sync.name, side, ids)
    return {
        record_id: sorted(
            (row for row in indexed.get(record_id, ()) if not row[0].startswith((UNIQUE, REFERS, MADE_FROM))),
            key=lambda row: (place[row[0].removeprefix(BLOCK)], row[1]),
        )
        for record_id in ids
    }


async def _across(
    tx: Tx, joined: Joined, sync: Sync, side: Side, asked: Iterable[Sequence[Row]], equal: frozenset[str]
) -> tuple[dict[Row, list[str]], dict[Row, list[str]]]:
    """The ids across that answer to a key, and those in the same similarity block; only who has no exact twin is compared with similar ones.

    `equal` are the block rules of which only what is equal counts.
    """
    lists = list(asked)
    keyed = {row for rows in lists for row in rows if not row[0].startswith(BLOCK)}
    exact = await keys.candidates(tx, joined.connection, sync.name, side.other, sorted(keyed))
    blocks = {
        row
        for rows in lists
        if not any(each in exact for each in rows)
        for row in rows
        if row[0].startswith(BLOCK)
    }
    alike: dict[Row, list[str]] = {}
    for limit in (BLOCK_LIMIT, EQUAL_LIMIT):
        rows = sorted(row for row in blocks if (row[0] in equal) is (limit is EQUAL_LIMIT))
        if rows:
            found = await keys.candidates(tx, joined.connection, sync.name, side.other, rows, limit=limit + 1)
            alike |= {row: ids for row, ids in found.items() if len(ids) <= limit}
    return exact, alike


async def _rivals(
    tx: Tx, joined: Joined, sync: Sync, side: Side, exact: Iterable[Row]
) -> dict[Row, frozenset[str]]:
    """Which live records without a partner on the newcomers' own side answer to the same keys, the newcomers among them."""
    here = await keys.candidates(tx, joined.connection, sync.name, side, sorted(exact))
    ids = {record_id for found in here.values() for record_id in found}
    free = await live(tx, joined, side, sync.kind(side), ids)
    linked = await links.partners(tx, joined.connection, sync.name, side, sorted(free), dormant=True)
    free -= linked.keys()
    return {row: free.intersection(found) for row, found in here.items()}


async def _awaited(
    tx: Tx, joined: Joined, sync: Sync, side: Side, across: Sequence[Observation]
) -> dict[str, frozenset[str]]:
    """By record across: who on the newcomers' own side it was made from, or was made from it, and has no partner yet."""
    akin = await kin(tx, joined, sync, side.other, across)
    if not akin:
        return {}
    ids = sorted({record_id for found in akin.values() for record_id in found})
    free = await live(tx, joined, side, sync.kind(side), ids)
    free -= (await links.partners(tx, joined.connection, sync.name, side, sorted(free), dormant=True)).keys()
    return {record_id: free.intersection(found) for record_id, found in akin.items()}


class _Likeness:
    """How alike records are under similar rules; each record is reduced to its names once."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._keys: dict[tuple[str, Ref], tuple[str | None, ...]] = {}

    def score(self, rule: MatchRule, newcomer: Observation, across: Observation) -> int:
        """0 to 100, as `MatchRule.score` gives it."""
        least = rule.alike(
            self._reduced(rule, self._side, newcomer), self._reduced(rule, self._side.other, across)
        )
        if least < rule.threshold:
            return least
        crm, ledger = (newcomer, across) if self._side is Side.CRM else (across, newcomer)
        return rule.score(crm.fields, ledger.fields)

    def _reduced(self, rule: MatchRule, side: Side, seen: Observation) -> tuple[str | None, ...]:
        place = (rule.name, seen.ref)
        found = self._keys.get(place)
        if found is None:
            found = self._keys[place] = rule.keys(side, seen.fields)
        return found


def _reference_parts(joined: Joined, sync: Sync) -> dict[str, list[tuple[str, str, Kind]]]:
    """Per rule, its references: path in the CRM, path in the ledger, the CRM's kind referred to."""
    paths = {
        path: (ledger, kind)
        for reference in joined.references[sync.name].values()
        for path, kind in reference.crm.items()
        for ledger in reference.ledger
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
    partners: Mapping[Ref, Ref],
) -> bool:
    named = crm.fields.get(crm_path)
    partner = partners.get(Ref(Side.CRM, kind, named)) if isinstance(named, str) else None
    return partner is not None and partner.id == ledger.fields.get(ledger_path)
