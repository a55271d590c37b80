"""Which records without a link were made by us, and from which: the creation keys that they bear tell, and the links of documents.

A link tells it, too; but a memory that was restored from a backup may have lost the link, and everything that happened since.
"""

from collections.abc import Iterable, Sequence

from crossfoot.model.identity import Ref, Side, creation_key
from crossfoot.model.records import Observation
from crossfoot.runtime.joined import Joined
from crossfoot.runtime.listen import MADE_FROM
from crossfoot.settings.rules import Sync
from crossfoot.store import keys, records
from crossfoot.store.database import Tx


def origin_of(joined: Joined, sync: Sync, seen: Observation) -> Ref | None:
    """The record across that this one was made from by us; None if it bears no key of ours."""
    side = seen.ref.side
    born = seen.fields.get(joined.abilities(side, sync.kind(side)).key_path or "")
    across = Ref(side.other, sync.kind(side.other), "")
    prefix = creation_key(joined.descriptions[side.other].identity.key, across)
    if not isinstance(born, str) or not born.startswith(prefix):
        return None
    return Ref(across.side, across.kind, born.removeprefix(prefix))


def linked_origin(joined: Joined, sync: Sync, seen: Observation) -> Ref | None:
    """The record of the CRM to whose page the link of a document leads, which is its creation key (docs/decisions/0008).

    None where the sync would make no record of the CRM from it, so that it does not matter.
    """
    source = next((pair for pair in sync.pairs if pair.name == "source" and pair.crm and pair.ledger), None)
    page = joined.abilities(Side.CRM, sync.crm).page
    if seen.ref.side is Side.CRM or source is None or page is None or not sync.creates.allows(Side.CRM):
        return None
    link = seen.fields.get(source.ledger[0])
    _, _, account = joined.descriptions[Side.CRM].identity.key.partition(":")
    prefix = page.format(account=account)
    if not isinstance(link, str) or not link.startswith(prefix):
        return None
    record_id = link.removeprefix(prefix)
    return Ref(Side.CRM, sync.crm, record_id) if record_id.isalnum() else None


async def kin(
    tx: Tx, joined: Joined, sync: Sync, side: Side, newcomers: Sequence[Observation]
) -> dict[str, list[str]]:
    """By newcomer: the records across that we made from it, and the one that we made it from.

    What a document's link leads to counts where it is gone: while it is live, it is found by that link.
    """
    account = joined.descriptions[side].identity.key
    keyed = {creation_key(account, each.ref): each.ref.id for each in newcomers}
    asked = [(MADE_FROM, key) for key in keyed]
    found: dict[str, list[str]] = {}
    for (_, key), ids in (await keys.candidates(tx, joined.connection, sync.name, side.other, asked)).items():
        found.setdefault(keyed[key], []).extend(ids)
    for each in newcomers:
        origin = origin_of(joined, sync, each)
        if origin is not None:
            found.setdefault(each.ref.id, []).append(origin.id)
    linked = {
        each.ref.id: ref for each in newcomers if (ref := linked_origin(joined, sync, each)) is not None
    }
    stored = await records.get(tx, joined.connection, linked.values()) if linked else {}
    for record_id, ref in linked.items():
        if ref in stored and not stored[ref].observation.live:
            found.setdefault(record_id, []).append(ref.id)
    return found


async def unknown_origins(tx: Tx, joined: Joined, sync: Sync, alone: Iterable[Observation]) -> list[Ref]:
    """The records that these were made from, of which nothing is known."""
    origins = [
        ref
        for each in alone
        if each.live
        for ref in (origin_of(joined, sync, each), linked_origin(joined, sync, each))
        if ref is not None
    ]
    if not origins:
        return []
    known = await records.get(tx, joined.connection, origins)
    return [ref for ref in origins if ref not in known]
