"""After the settings of a sync have changed: everything it covers is listed, indexed and looked at anew. Links and bases stay."""

from crossfoot.model.identity import Side
from crossfoot.runtime.joined import Joined
from crossfoot.runtime.listen import index_keys
from crossfoot.settings.rules import Sync
from crossfoot.store import cursors, keys, records, signals

PAGE = 500


async def rebuild(joined: Joined, sync: Sync) -> None:
    """Make the next run list everything (new fields may be mapped), and look at every known record of the sync.

    Call it in the process that stored the new settings, with `joined` made from them.
    """
    async with joined.database.write() as tx:
        await keys.forget(tx, joined.connection, sync.name)
        for side in Side:
            await cursors.forget(tx, joined.connection, side, joined.listed_kind(side, sync.kind(side)))
    for side in Side:
        after = ""
        while True:
            async with joined.database.write() as tx:
                page = await records.page(tx, joined.connection, side, sync.kind(side), after, PAGE)
                rows = {
                    each.observation.ref.id: index_keys(joined, sync, side, each.observation) for each in page
                }
                await keys.replace(tx, joined.connection, sync.name, side, rows)
                refs = [each.observation.ref for each in page]
                await signals.note(tx, joined.connection, sync.name, refs, False, joined.clock.now())
            if not page:
                break
            after = page[-1].observation.ref.id
