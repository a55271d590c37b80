# ruff: noqa: PLC0415  imports wait until a command needs them, so that help comes at once
"""`crossfoot explain`: why does this record say that?"""

from typing import TYPE_CHECKING, Annotated

import typer

from crossfoot.cli.desk import Desk

if TYPE_CHECKING:
    from crossfoot.app.opening import App
    from crossfoot.model.identity import Ref
    from crossfoot.settings.rules import Sync
    from crossfoot.store.connections import Connection
    from crossfoot.store.database import Tx

REFERENCE = "The record: hubspot/contact/512, hubspot:512, its page's address, an e-mail, a code or a name."
MOST = 12  # records to choose from


async def explain(
    desk: Desk, record: Annotated[str, typer.Argument(metavar="RECORD", help=REFERENCE)]
) -> None:
    """Explain why a record says what it says.

    Shows the record it is linked with, what both last agreed on, what each says now, the rule for each field, what is about to happen,
    what was written before and why.
    """
    from crossfoot.app.failure import Failure
    from crossfoot.cli.show_explain import explained, explained_data
    from crossfoot.runtime.explain import explain as look_into

    async with desk.joined(look=False) as (app, connection, joined):
        ref = await the_record(desk, app, connection, joined.syncs, record)
        found = await look_into(joined, ref)
        if not found:
            raise Failure(
                f"No sync covers {record}.", "'crossfoot syncs list' shows which kinds of record are synced."
            )
        desk.show(explained_data(joined, ref, found), *explained(joined, ref, found))


async def the_record(
    desk: Desk, app: "App", connection: "Connection", syncs: "tuple[Sync, ...]", text: str
) -> "Ref":
    """The record that a person means; asks where several could be meant. Raises `Failure`."""
    from crossfoot.app.failure import ASKED_WRONGLY, Failure
    from crossfoot.app.names import find, names, written
    from crossfoot.cli.words import count

    async with app.database.read() as tx:
        found = await _one_per_pair(tx, connection.id, syncs, await find(tx, connection.id, text))
        called = await names(tx, connection.id, found)
    if not found:
        raise Failure(
            f"Nothing is known of '{text}'.",
            "Write the record as hubspot/contact/512, or its e-mail, code or name as it is in HubSpot or Xero; "
            "'crossfoot sync' reads what is new.",
            code=ASKED_WRONGLY,
        )
    if len(found) == 1:
        return found[0]
    shown = [f"{called[ref]}  {written(ref)}" for ref in found[:MOST]]
    more = f" (the first {MOST} of them)" if len(found) > MOST else ""
    return found[desk.chosen(f"'{text}' may mean {count(len(found), 'record')}{more}.", shown)]


async def _one_per_pair(
    tx: "Tx", connection: str, syncs: "tuple[Sync, ...]", found: "list[Ref]"
) -> "list[Ref]":
    """Of two records that are linked with each other one is enough."""
    from crossfoot.model.identity import Side
    from crossfoot.store import links

    partners: set[tuple[str, str]] = set()
    for sync in syncs:
        ids = [ref.id for ref in found if ref.side is Side.CRM and ref.kind is sync.crm]
        by_id = await links.by_side_ids(tx, connection, sync.name, Side.CRM, ids) if ids else {}
        partners |= {(sync.ledger, link.ledger_id) for link in by_id.values()}
    return [ref for ref in found if ref.side is Side.CRM or (ref.kind, ref.id) not in partners]
