"""Changing settings: read and checked as a whole, then stored as a whole. Links are forgotten on request only."""

from collections.abc import Mapping

from crossfoot.app.failure import ASKED_WRONGLY, Failure
from crossfoot.app.opening import CARRIES, TITLES, App, compiled, fitting, settings_of
from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.links import LinkState
from crossfoot.model.records import Standing
from crossfoot.settings import files
from crossfoot.settings.connection import ConnectionSettings
from crossfoot.settings.rules import Sync, SyncState
from crossfoot.store import connections, cursors, keys, links, operations, plans, records, reviews, signals, subjects
from crossfoot.store.connections import Connection
from crossfoot.store.database import Tx
from crossfoot.systems.port import Description

_PAGE = 1000


def read(
    text: str, name: str, descriptions: Mapping[Side, Description] | None = None
) -> ConnectionSettings:
    """Settings from a file, written out; with `descriptions` checked against the accounts too. Raises `SettingsError`."""
    settings = files.load(text, name)
    if descriptions is not None:
        fitting(settings, descriptions)
    return settings.completed(CARRIES[Side.CRM], CARRIES[Side.LEDGER])


def changes(connection: Connection, new: ConnectionSettings) -> list[str]:
    """What would change, one sentence each."""
    return files.diff(settings_of(connection), new, TITLES)


async def store(
    app: App, connection: Connection, new: ConnectionSettings, text: str, *, forget_links: bool = False
) -> None:
    """Put settings to work in one transaction: plans made under the old ones are void, and what they concern is looked at again.

    `forget_links`: of syncs that are no longer there, the links are forgotten for good.
    """
    if new.name != connection.name:
        raise Failure(
            f"The settings are those of '{new.name}', not of '{connection.name}'.",
            "Correct 'name' in the file, or choose the connection with --connection.",
            code=ASKED_WRONGLY,
        )
    before = {sync.name: sync for sync in compiled(settings_of(connection))}
    after = {sync.name: sync for sync in compiled(new)}
    async with app.database.write() as tx:
        await connections.put(
            tx,
            Connection(
                connection.id,
                connection.name,
                connection.created_at,
                text,
                connection.crm_identity,
                connection.ledger_identity,
                connection.state,
            ),
        )
        now = app.clock.now()
        await operations.supersede_planned(tx, connection.id, now)
        await keys.drop_claims(tx, connection.id)
        await plans.supersede_open(tx, connection.id)
        for name in before.keys() - after.keys():
            for forget in (signals.forget, reviews.forget, subjects.forget, keys.forget):
                await forget(tx, connection.id, name)
            if forget_links:
                await links.forget(tx, connection.id, name)
        if before != after:
            # Other fields may be watched now, and other keys indexed: the next run reads everything once.
            for side in Side:
                for kind in {sync.kind(side) for sync in (*before.values(), *after.values())}:
                    await cursors.forget(tx, connection.id, side, kind)
        for sync in after.values():
            if sync != before.get(sync.name) and sync.state is not SyncState.DISABLED:
                await _look_again(tx, connection.id, sync)


async def _look_again(tx: Tx, connection: str, sync: Sync) -> None:
    """Under new rules every record of the sync is decided anew."""
    for side in Side:
        last = ""
        while page := await records.page(tx, connection, side, sync.kind(side), last, _PAGE):
            last = page[-1].observation.ref.id
            live = [each.observation.ref for each in page if each.observation.standing is Standing.LIVE]
            await signals.note(tx, connection, sync.name, live)


async def linked(app: App, connection: Connection, sync: str) -> int:
    """How many links a sync keeps."""
    async with app.database.read() as tx:
        counts = await links.counts(tx, connection.id)
    return sum(number for (name, _), number in counts.items() if name == sync)


_ = (Kind, Ref, LinkState)
