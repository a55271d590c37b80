# ruff: noqa: PLC0415  imports wait until a command needs them, so that help comes at once
"""`crossfoot status`: how it stands."""

from crossfoot.cli.desk import Desk


async def status(desk: Desk) -> None:
    """Show how HubSpot and Xero stand: what agrees, what waits for you, what failed, when it was last looked at.

    From memory, without calling either of them; 'crossfoot prove' reads both afresh.
    """
    from dataclasses import replace

    from crossfoot.app.accounts import remembered
    from crossfoot.app.documents import remarks
    from crossfoot.app.opening import TITLES, settings_of
    from crossfoot.app.standing import standing
    from crossfoot.cli.show_status import status as drawn

    async with desk.remembered() as (app, connection, syncs):
        found = await standing(app.database, connection, syncs, app.clock.now())
        async with app.database.read() as tx:
            told = await remembered(tx, connection.id)
        found = replace(found, remarks=remarks(told, settings_of(connection), TITLES))
    desk.show(found, drawn(found))
