# ruff: noqa: PLC0415  imports wait until a command needs them, so that help comes at once
"""`crossfoot undo`: take back what was written."""

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from crossfoot.cli.desk import Desk
from crossfoot.cli.explain import REFERENCE

if TYPE_CHECKING:
    from crossfoot.app.opening import App
    from crossfoot.runtime.joined import Joined
    from crossfoot.runtime.undo import UndoPlan
    from crossfoot.settings.rules import Sync
    from crossfoot.store.connections import Connection


async def undo(
    desk: Desk,
    operation: Annotated[
        str | None, typer.Argument(metavar="NO", help="One write: its number as 'crossfoot log' shows it.")
    ] = None,
    record: Annotated[
        str | None,
        typer.Option("--record", metavar="RECORD", help=f"The last sync of one record. {REFERENCE}"),
    ] = None,
    run: Annotated[
        str | None,
        typer.Option("--run", metavar="RUN", help="A whole run: its number as 'crossfoot log' shows it."),
    ] = None,
) -> int:
    """Take back what Crossfoot wrote: one write, a record's last sync, or a whole run.

    Shows what would be taken back and what cannot be, because somebody has edited it since; then asks. A field that is taken back stays
    as it is until you say, in 'crossfoot review list', that it may move again.
    """
    from crossfoot.app.failure import ASKED_WRONGLY, Failure
    from crossfoot.cli.show_undo import undone, undone_data, would
    from crossfoot.runtime.undo import undo as take_back

    if sum(each is not None for each in (operation, record, run)) != 1:
        raise Failure(
            "Say what to take back: one of a number, --record and --run.",
            "'crossfoot log' shows the numbers.",
            code=ASKED_WRONGLY,
        )
    async with desk.joined() as (app, connection, joined):
        plan = await _planned(desk, app, connection, joined, operation, record, run)
        names = await _names(app, connection, joined.syncs, plan)
        if not plan.inverse:
            desk.show(undone_data(plan, None, []), would(plan, names))
            return 1
        desk.draw(would(plan, names))
        if not desk.agrees("Take this back?"):
            return desk.declined("Nothing was taken back.", undone_data(plan, None, []))
        tally, refused = await take_back(joined, app.holder, plan, by=who())
        desk.show(undone_data(plan, tally, refused), undone(tally, refused))
        return 0 if not tally.refused and not refused else 1


async def _planned(
    desk: Desk,
    app: "App",
    connection: "Connection",
    joined: "Joined",
    operation: str | None,
    record: str | None,
    run: str | None,
) -> "UndoPlan":
    from crossfoot.cli.explain import the_record
    from crossfoot.cli.log import the_run
    from crossfoot.runtime.undo import plan_undo
    from crossfoot.store import runs

    if record is not None:
        ref = await the_record(desk, app, connection, joined.syncs, record)
        return await plan_undo(joined, record=ref)
    if run is not None:
        async with app.database.read() as tx:
            latest = await runs.latest(tx, connection.id, 1000)
        return await plan_undo(joined, run=the_run(latest, run).id)
    return await plan_undo(joined, operation=await _operation(app, connection, operation or ""))


async def _operation(app: "App", connection: "Connection", typed: str) -> str:
    """The operation whose id ends in what was typed. Raises `Failure`."""
    from crossfoot.app.failure import ASKED_WRONGLY, Failure
    from crossfoot.store import operations

    async with app.database.read() as tx:
        found = await operations.ending(tx, connection.id, typed.lower())
    if len(found) != 1:
        raise Failure(
            f"There is no write {typed}." if not found else f"Several writes end in {typed}.",
            "'crossfoot log --run RUN' and 'crossfoot explain RECORD' show their numbers.",
            code=ASKED_WRONGLY,
        )
    return found[0]


async def _names(
    app: "App", connection: "Connection", syncs: "tuple[Sync, ...]", plan: "UndoPlan"
) -> list[str]:
    from crossfoot.app.planned import called

    about = [*plan.inverse, *(refusal.operation for refusal in plan.refusals)]
    async with app.database.read() as tx:
        return await called(tx, connection.id, syncs, about)


def who() -> str:
    """Who is at the keyboard, for the history."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody"
