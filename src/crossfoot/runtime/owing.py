"""What is due of the documents that payments are for, from memory: the documents were looked at just before the payments are."""

from crossfoot.model.identity import Side
from crossfoot.runtime.joined import Joined
from crossfoot.store import records
from crossfoot.store.database import Tx
from crossfoot.sync.preflight_documents import owed
from crossfoot.sync.subject import Owed, Surroundings


async def owed_there(tx: Tx, joined: Joined, around: Surroundings) -> dict[str, Owed]:
    """The documents that records of a sync of payments may be for, by their id; nothing for other syncs."""
    found: dict[str, Owed] = {}
    for side in Side:
        paying = around.abilities[side].posting
        info = around.fields[side].get(paying.pays) if paying and paying.pays else None
        if info is None or info.refers_to is None:
            continue
        posting = joined.abilities(side, info.refers_to).posting
        if posting is None or posting.due is None:
            continue
        documents = sorted(
            {each for each in around.partners.values() if each.side is side and each.kind is info.refers_to}
        )
        for ref, stored in (await records.get(tx, joined.connection, documents)).items():
            found[ref.id] = owed(posting, stored.observation.fields)
    return found
