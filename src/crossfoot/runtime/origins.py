"""Which records without a link were made by us, and from which: the creation keys that they bear tell.

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


async def kin(
    tx: Tx, joined: Joined, sync: Sync, side: Side, newcomers: Sequence[Observation]
) -> dict[str, list[str]]:
    """By newcomer: the records across that we made from it, and the one that we made it from."""
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
    return found


async def unknown_origins(tx: Tx, joined: Joined, sync: Sync, alone: Iterable[Observation]) -> list[Ref]:
    """The records that these were made from, of which nothing is known."""
    origins = [ref for each in alone if each.live and (ref := origin_of(joined, sync, each)) is not None]
    if not origins:
        return []
    known = await records.get(tx, joined.connection, origins)
    return [ref for ref in origins if ref not in known]
