# ruff: noqa: PLC0415  imports wait until a command needs them, so that help comes at once
"""`crossfoot log`: what was done."""

from typing import TYPE_CHECKING, Annotated

import typer

from crossfoot.cli.desk import Desk
from crossfoot.cli.explain import REFERENCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crossfoot.store.runs import Run


async def log(
    desk: Desk,
    record: Annotated[
        str | None,
        typer.Option("--record", metavar="RECORD", help=f"Only what was written to one record. {REFERENCE}"),
    ] = None,
    run: Annotated[
        str | None,
        typer.Option("--run", metavar="RUN", help="Only what one run wrote: its number as the log shows it."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many lines.")] = 20,
) -> None:
    """Show what was done: the last runs, and what happened in them.

    With --run or --record every write is shown, with its record, its fields before and after, and the reason. The numbers at the left can be
    given to 'crossfoot log --run' and 'crossfoot undo'.
    """
    from crossfoot.app.names import about
    from crossfoot.app.planned import called
    from crossfoot.app.standing import latest_runs
    from crossfoot.cli import show_log
    from crossfoot.cli.explain import the_record
    from crossfoot.store import history, operations

    async with desk.remembered() as (app, connection, syncs):
        if record is not None:
            ref = await the_record(desk, app, connection, syncs, record)
            covering = [sync.name for sync in syncs if sync.kind(ref.side) is ref.kind]
            async with app.database.read() as tx:
                done = await operations.of_record(tx, connection.id, ref, covering, limit)
                told = await history.of_record(tx, connection.id, ref, covering, limit)
            desk.show(
                {"record": ref, "operations": done, "history": told},
                show_log.writes(done, "What was written, newest first"),
                *([show_log.lines(told)] if told or not done else []),
            )
            return
        async with app.database.read() as tx:
            latest = await latest_runs(tx, connection.id, app.clock.now(), 1000 if run else limit)
            if run is not None:
                chosen = the_run(latest, run)
                every = await operations.of_run(tx, connection.id, chosen.id)
                done = every[:limit]
                names = await called(tx, connection.id, syncs, [each.operation for each in done])
                desk.show(
                    {"run": chosen, "operations": done},
                    show_log.runs([chosen]),
                    show_log.writes(done, "What it wrote", names),
                    *([show_log.cut(len(done), len(every))] if len(every) > len(done) else []),
                )
                return
            told = await history.tail(tx, connection.id, limit)
            names = await about(tx, connection.id, syncs, told)
        desk.show({"runs": latest, "history": told}, show_log.runs(latest), show_log.lines(told, names))


def the_run(latest: "Sequence[Run]", typed: str) -> "Run":
    """The run whose id ends in what was typed. Raises `Failure`."""
    from crossfoot.app.failure import ASKED_WRONGLY, Failure

    found = [run for run in latest if typed and run.id.endswith(typed.lower())]
    if len(found) != 1:
        raise Failure(
            f"There is no run {typed}." if not found else f"Several runs end in {typed}.",
            "'crossfoot log' shows their numbers.",
            code=ASKED_WRONGLY,
        )
    return found[0]
