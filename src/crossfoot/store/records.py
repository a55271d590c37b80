"""The last observation of each record, on both sides."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.records import Observation, Standing
from crossfoot.store import moves
from crossfoot.store.database import Row, Tx
from crossfoot.store.values import decode, encode, micros, moment, overlay


@dataclass(frozen=True, slots=True)
class Stored:
    """What a record was last seen to hold. Paths that the last look did not tell come from looks before it."""

    observation: Observation
    """Its `children` and `times` are not told; its `since` is what our looks came to."""
    seen_at: datetime
    """The moment of the last look; of a record that is not found, of the first look that did not find it."""


async def put(tx: Tx, connection: str, observations: Iterable[Observation], seen_at: datetime) -> list[Ref]:
    """Remember what was seen, and return the records whose content (standing, fields, survivor) is new.

    Paths that a look does not tell are kept. A child that is absent from a complete `children` becomes archived. Of an erased record nothing is
    kept but that, also when it is not found any more. Looks of a listing that are behind what is known (`outdated`) must not come here.
    """
    told = _flat(observations)
    seen = micros(seen_at)
    changed: list[Ref] = []
    puts: list[dict[str, object]] = []
    for (side, kind), group in _grouped(told.values()).items():
        where = {"connection": connection, "side": side.value, "kind": kind.value}
        known = {row["id"]: row for row in await tx.all("records.get", **where, ids=list(group))}
        touched: list[str] = []
        for record_id, look in group.items():
            before = known.get(record_id)
            modified = micros(look.modified) if look.modified else None
            fields = "{}" if look.standing is Standing.ERASED else encode(look.fields)
            since = "{}"
            if before is None:
                changed.append(look.ref)
            elif before["standing"] == Standing.ERASED and look.standing is Standing.MISSING:
                continue  # It is found no more because it was erased, and that says more.
            else:
                if fields != before["fields"] and look.standing is not Standing.ERASED:
                    fields = overlay(before["fields"], look.fields, fields)
                if (
                    fields != before["fields"]
                    or look.standing != before["standing"]
                    or look.survivor != before["survivor"]
                ):
                    changed.append(look.ref)
                elif modified in {None, before["modified"]} and look.parent in {None, before["parent"]}:
                    if look.standing is not Standing.MISSING:
                        touched.append(record_id)
                    continue
                since = _since(before, fields, modified)
            puts.append(
                {
                    **where,
                    "id": record_id,
                    "standing": look.standing.value,
                    "fields": fields,
                    "modified": modified,
                    "since": since,
                    "survivor": look.survivor,
                    "parent": look.parent,
                    "seen_at": seen,
                }
            )
        if touched:
            await tx.run("records.touch", **where, ids=touched, seen_at=seen)
    await tx.many("records.put", puts)
    absent = await _archive_absent_children(tx, connection, told, seen)
    if puts or absent:
        await moves.one_more(tx, connection)
    return changed + absent


async def search(tx: Tx, connection: str, text: str, limit: int = 50) -> list[Ref]:
    """Records with this id, or one of whose fields holds exactly this text, without case."""
    rows = await tx.all(
        "records.search", connection=connection, id=text, text=f'%:"{text.lower()}"%', limit=limit
    )
    return [Ref(Side(row["side"]), Kind(row["kind"]), row["id"]) for row in rows]


async def touch(tx: Tx, connection: str, refs: Iterable[Ref], seen_at: datetime) -> None:
    """These records were seen to be there."""
    for (side, kind), ids in by_kind(refs).items():
        await tx.run(
            "records.touch",
            connection=connection,
            side=side.value,
            kind=kind.value,
            ids=ids,
            seen_at=micros(seen_at),
        )


async def outdated(
    tx: Tx, connection: str, listed: Iterable[Observation], seen_at: datetime
) -> tuple[set[Ref], set[Ref]]:
    """Which looks of a listing, as good as looks at `seen_at`, are behind what is known, and which of those contradict it.

    Behind is a look at an older version than the known one, or at the same version when the known one was seen later. A record that is
    known to be archived, merged or gone and is listed as live may have been restored, or the index may not know yet: only a read can tell.
    """
    at = micros(seen_at)
    behind: set[Ref] = set()
    contrary: set[Ref] = set()
    for (side, kind), group in _grouped(list(listed)).items():
        rows = await tx.all(
            "records.versions", connection=connection, side=side.value, kind=kind.value, ids=list(group)
        )
        for row in rows:
            look = group[row["id"]]
            modified = micros(look.modified) if look.modified else None
            if row["standing"] != look.standing and row["standing"] != Standing.LIVE and look.live:
                contrary.add(look.ref)
            elif (
                modified is not None
                and row["modified"] is not None
                and (modified < row["modified"] or (modified == row["modified"] and row["seen_at"] > at))
            ):
                behind.add(look.ref)
    return behind | contrary, contrary


async def get(tx: Tx, connection: str, refs: Iterable[Ref]) -> dict[Ref, Stored]:
    """What is known of some records; one that was never seen is absent."""
    found: dict[Ref, Stored] = {}
    for (side, kind), ids in by_kind(refs).items():
        rows = await tx.all("records.get", connection=connection, side=side.value, kind=kind.value, ids=ids)
        for row in rows:
            stored = _stored(side, kind, row)
            found[stored.observation.ref] = stored
    return found


async def live(tx: Tx, connection: str, side: Side, kind: Kind, ids: Collection[str]) -> frozenset[str]:
    """Which of these records are live, as far as is known."""
    rows = await tx.all(
        "records.live", connection=connection, side=side.value, kind=kind.value, ids=list(ids)
    )
    return frozenset(row["id"] for row in rows)


async def children(tx: Tx, connection: str, parents: Iterable[Ref]) -> dict[Ref, list[Stored]]:
    """The records kept inside some others, in every standing."""
    found: dict[Ref, list[Stored]] = {parent: [] for parent in parents}
    for (side, kind), ids in by_kind(found).items():
        for row in await tx.all("records.children", connection=connection, side=side.value, parents=ids):
            found[Ref(side, kind, row["parent"])].append(_stored(side, Kind(row["kind"]), row))
    return found


async def page(
    tx: Tx, connection: str, side: Side, kind: Kind, after_id: str = "", limit: int = 1000
) -> list[Stored]:
    """The records of a kind in the order of their ids, beginning after one of them."""
    rows = await tx.all(
        "records.page",
        connection=connection,
        side=side.value,
        kind=kind.value,
        after_id=after_id,
        limit=limit,
    )
    return [_stored(side, kind, row) for row in rows]


async def unseen_since(tx: Tx, connection: str, side: Side, kind: Kind, moment: datetime) -> list[Ref]:
    """Live records that no look has shown since `moment`: after a complete listing, those that it did not list."""
    rows = await tx.all(
        "records.unseen_since", connection=connection, side=side.value, kind=kind.value, moment=micros(moment)
    )
    return [Ref(side, kind, row["id"]) for row in rows]


async def counts(tx: Tx, connection: str) -> dict[tuple[Side, Kind, Standing], int]:
    """How many records of each kind are in which standing."""
    rows = await tx.all("records.counts", connection=connection)
    return {(Side(row["side"]), Kind(row["kind"]), Standing(row["standing"])): row["number"] for row in rows}


async def erase(tx: Tx, connection: str, refs: Iterable[Ref], syncs: Sequence[str]) -> None:
    """A privacy deletion: forget everything that some records, and those kept inside them, ever held.

    Ids stay, so that the records do not come back to life. `syncs` are the names of the syncs that cover the records' kinds: a vendor's
    ids are unique per kind only, and what is stored about a pair of records is stored by sync.
    """
    await moves.one_more(tx, connection)
    erased = list(refs)
    erased += [
        child.observation.ref for kept in (await children(tx, connection, erased)).values() for child in kept
    ]
    for (side, kind), ids in by_kind(erased).items():
        await tx.run("records.erase", connection=connection, side=side.value, kind=kind.value, ids=ids)
        for what in ("keys", "links", "operations", "reviews", "subjects", "history"):
            await tx.run(
                f"privacy.{what}", connection=connection, side=side.value, syncs=list(syncs), ids=ids
            )


def by_kind(refs: Iterable[Ref]) -> dict[tuple[Side, Kind], list[str]]:
    """Ids per side and kind, in the order given."""
    groups: dict[tuple[Side, Kind], list[str]] = {}
    for ref in refs:
        groups.setdefault((ref.side, ref.kind), []).append(ref.id)
    return groups


def _flat(observations: Iterable[Observation]) -> dict[Ref, Observation]:
    """One observation per record, children among them. A listing may repeat a record: the later look is laid over the earlier one."""
    told: dict[Ref, Observation] = {}
    for look in observations:
        _lay(told, look)
        for child in look.children or ():
            _lay(told, child if child.parent else replace(child, parent=look.ref.id))
    return told


def _lay(told: dict[Ref, Observation], look: Observation) -> None:
    before = told.get(look.ref)
    if before is not None:
        look = replace(
            look, fields={**before.fields, **look.fields}, modified=look.modified or before.modified
        )
    told[look.ref] = look


def _grouped(looks: Iterable[Observation]) -> dict[tuple[Side, Kind], dict[str, Observation]]:
    groups: dict[tuple[Side, Kind], dict[str, Observation]] = {}
    for look in looks:
        groups.setdefault((look.ref.side, look.ref.kind), {})[look.ref.id] = look
    return groups


async def _archive_absent_children(
    tx: Tx, connection: str, told: Mapping[Ref, Observation], seen: int
) -> list[Ref]:
    parents: dict[Side, list[str]] = {}
    for look in told.values():
        if look.children is not None:
            parents.setdefault(look.ref.side, []).append(look.ref.id)
    absent: list[Ref] = []
    for side, ids in parents.items():
        rows = await tx.all(
            "records.live_children", connection=connection, side=side.value, parents=ids, seen_at=seen
        )
        absent += [ref for row in rows if (ref := Ref(side, Kind(row["kind"]), row["id"])) not in told]
    for (side, kind), ids in by_kind(absent).items():
        await tx.run(
            "records.archive", connection=connection, side=side.value, kind=kind.value, ids=ids, seen_at=seen
        )
    return absent


def _since(before: Row, fields: str, modified: int | None) -> str:
    """With which version of its record each value of `fields` first showed, as text; those of the newest version are left out."""
    known: Mapping[str, int] = decode(before["since"])
    held, now = decode(before["fields"]), decode(fields)
    version = before["modified"]
    newest = version if modified is None else modified
    same = (path for path, value in held.items() if path in now and now[path] == value)
    first = {path: known.get(path, version) for path in same}
    return encode({path: at for path, at in first.items() if at not in {None, newest}})


def _stored(side: Side, kind: Kind, row: Row) -> Stored:
    modified = row["modified"]
    return Stored(
        Observation(
            Ref(side, kind, row["id"]),
            Standing(row["standing"]),
            decode(row["fields"]),
            moment(modified) if modified is not None else None,
            row["survivor"],
            since={path: moment(at) for path, at in decode(row["since"]).items()},
            parent=row["parent"],
        ),
        moment(row["seen_at"]),
    )
