"""Changing settings: read and checked as a whole, then stored as a whole. Links are forgotten on request only."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from crossfoot.app.accounts import Descriptions, remember
from crossfoot.app.failure import ASKED_WRONGLY, Failure
from crossfoot.app.opening import CARRIES, TITLES, App, compiled, fitting, settings_of
from crossfoot.model.identity import Side
from crossfoot.runtime.joined import Joined
from crossfoot.runtime.listen import index_keys
from crossfoot.settings import files, texts
from crossfoot.settings.checks import SettingsProblem
from crossfoot.settings.connection import ConnectionSettings
from crossfoot.settings.rules import Sync, SyncState
from crossfoot.settings.texts import SettingsError
from crossfoot.store import (
    connections,
    cursors,
    keys,
    links,
    operations,
    plans,
    records,
    requests,
    reviews,
    signals,
    subjects,
)
from crossfoot.store.connections import Connection
from crossfoot.store.database import Tx

_PAGE = 1000


def read(text: str, name: str | None, descriptions: Descriptions | None = None) -> ConnectionSettings:
    """Settings from a text, written out; with `descriptions` checked against the accounts too.

    Raises `SettingsError`, with the places in the file of this name; None: the text is none that a person could open.
    """
    try:
        settings = files.load(text, name or "")
        if descriptions is not None:
            fitting(settings, descriptions)
    except SettingsError as error:
        raise SettingsError([_placed(problem, text, name) for problem in error.problems]) from None
    return settings.completed(CARRIES[Side.CRM], CARRIES[Side.LEDGER])


def _placed(problem: SettingsProblem, text: str, name: str | None) -> SettingsProblem:
    """With the place in the file where what is wrong stands, or would stand."""
    if name is None:
        return replace(problem, position="")
    if problem.position:
        return problem
    return replace(problem, position=texts.position(texts.parse(text, name), problem.place, name))


def changes(connection: Connection, new: ConnectionSettings) -> list[str]:
    """What would change, one sentence each."""
    return files.diff(settings_of(connection), new, TITLES)


def edited(text: str, change: Callable[[Any], None]) -> str:
    """The text with something changed in its tree; comments stay. Raises `SettingsError`."""
    tree = texts.parse(text, "settings")
    change(tree)
    return texts.written(tree)


_WORDS = {"hubspot": "crm", "xero": "ledger", "to_hubspot": "to_crm", "to_xero": "to_ledger"}
"""What people call the sides in `key=value`."""


def assigned(sync: Any, assignment: str) -> None:
    """Put `direction=to_xero` or `mapping.email.conflicts=hubspot` into the tree of one sync. Raises `Failure`."""
    path, equals, value = assignment.partition("=")
    *outer, last = path.strip().split(".")
    if not equals or not all((*outer, last)):
        raise Failure(
            f"'{assignment}' is not understood.",
            "Write key=value, for example conflicts=ask or mapping.email.direction=to_xero, or name a file.",
            code=ASKED_WRONGLY,
        )
    for step in outer:
        inner = sync.get(step)
        if not isinstance(inner, dict):
            raise Failure(
                f"There is no '{step}' to set '{last}' in.",
                f"There are {', '.join(sync)}.",
                code=ASKED_WRONGLY,
            )
        sync = inner
    word = value.strip()
    sync[last] = texts.parse(f"value: {_WORDS.get(word, word)}", assignment)["value"]


async def store(
    app: App,
    connection: Connection,
    new: ConnectionSettings,
    text: str,
    descriptions: Descriptions | None = None,
    *,
    forget_links: bool = False,
) -> None:
    """Put settings to work in one transaction: plans made under the old ones are void, and what they concern is looked at again.

    `descriptions` are needed where more than the state of a sync changes. `forget_links`: of syncs that are no longer there, the links are
    forgotten for good.
    """
    if new.name != connection.name:
        raise Failure(
            f"The settings are those of '{new.name}', not of '{connection.name}'.",
            "Correct 'name' in the file, or choose the connection with --connection.",
            code=ASKED_WRONGLY,
        )
    before = {sync.name: sync for sync in compiled(settings_of(connection))}
    after = {sync.name: sync for sync in compiled(new)}
    ruled = [
        sync
        for sync in after.values()
        if sync.name not in before or replace(sync, state=before[sync.name].state) != before[sync.name]
    ]
    woken = [
        sync
        for sync in after.values()
        if sync.state is SyncState.ACTIVE
        and (sync in ruled or before[sync.name].state is not SyncState.ACTIVE)
    ]
    async with app.database.write() as tx:
        await connections.put(tx, replace(connection, settings=text))
        if descriptions is not None:
            await remember(tx, connection.id, descriptions)
        await operations.supersede_planned(tx, connection.id, app.clock.now())
        await keys.drop_claims(tx, connection.id)
        await plans.supersede_open(tx, connection.id)
        for name in before.keys() - after.keys():
            for forget in (signals.forget, reviews.forget, subjects.forget, keys.forget):
                await forget(tx, connection.id, name)
            if forget_links:
                await links.forget(tx, connection.id, name)
                await requests.forget(tx, connection.id, name)
        if ruled:
            assert descriptions is not None
            await _index_again(tx, app, connection, new, descriptions, tuple(after.values()), ruled)
        for sync in woken:
            await _look_again(tx, app, connection.id, sync)


async def _index_again(
    tx: Tx,
    app: App,
    connection: Connection,
    new: ConnectionSettings,
    descriptions: Descriptions,
    every: tuple[Sync, ...],
    ruled: list[Sync],
) -> None:
    """Under other rules records are found by other keys, and other fields are watched: the next run reads everything once."""
    joined = Joined(
        connection.id,
        every,
        new.brakes,
        await app.systems(connection, tx),
        descriptions,
        app.database,
        app.clock,
        app.new_id,
    )
    for sync in ruled:
        await keys.forget(tx, connection.id, sync.name)
        for side in Side:
            kind = sync.kind(side)
            await cursors.forget(tx, connection.id, side, joined.listing_of(side, kind))
            last = ""
            while page := await records.page(tx, connection.id, side, kind, last, _PAGE):
                last = page[-1].observation.ref.id
                rows = {
                    each.observation.ref.id: index_keys(joined, sync, side, each.observation) for each in page
                }
                await keys.replace(tx, connection.id, sync.name, side, rows)


async def _look_again(tx: Tx, app: App, connection: str, sync: Sync) -> None:
    """Every record of the sync is decided anew."""
    for side in Side:
        last = ""
        while page := await records.page(tx, connection, side, sync.kind(side), last, _PAGE):
            last = page[-1].observation.ref.id
            refs = [each.observation.ref for each in page]
            await signals.note(tx, connection, sync.name, refs, unread=False, now=app.clock.now())


async def linked(app: App, connection: Connection, sync: str) -> int:
    """How many links a sync keeps, ended ones too."""
    async with app.database.read() as tx:
        counts = await links.counts(tx, connection.id)
    return sum(number for (name, _), number in counts.items() if name == sync)
