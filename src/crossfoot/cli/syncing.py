# ruff: noqa: PLC0415  imports wait until a command needs them, so that help comes at once
"""`crossfoot plan`, `apply` and `sync`: look, decide, write."""

from typing import TYPE_CHECKING, Annotated

import typer

from crossfoot.cli.desk import Desk

if TYPE_CHECKING:
    from crossfoot.app.opening import App
    from crossfoot.app.planned import PlanReport
    from crossfoot.runtime.joined import Joined
    from crossfoot.runtime.report import Report
    from crossfoot.store.connections import Connection


async def plan(desk: Desk) -> int:
    """Show what would be done in HubSpot and in Xero, without doing it.

    Reads both, and shows what would be created, changed and linked, field by field; what may be the same and needs your word; what cannot be
    done and why; and how many API calls it would take. 'crossfoot apply' then does exactly this.
    """
    async with desk.joined() as (app, connection, joined):
        report, shown = await planned(desk, app, connection, joined)
        if shown is None:
            return stopped(desk, report)
        from crossfoot.cli.show_plan import plan as drawn

        desk.show(shown, drawn(shown))
        if shown.counts:
            desk.say("Do it with 'crossfoot apply'.")
    return 0


async def apply(desk: Desk) -> int:
    """Do what 'crossfoot plan' showed, and nothing else.

    What has moved since is left for the next plan. Without a plan that waits, one is made and shown first.
    """
    from crossfoot.app.planned import latest_plan, report_of
    from crossfoot.cli.show_plan import plan as drawn
    from crossfoot.cli.show_run import run as ran
    from crossfoot.runtime.cycle import Cycle

    async with desk.joined() as (app, connection, joined):
        waiting = await latest_plan(app.database, connection.id)
        if waiting is None:
            report, shown = await planned(desk, app, connection, joined)
            if shown is None:
                return stopped(desk, report)
        else:
            shown = await report_of(app.database, connection.id, connection.name, joined.syncs, waiting.id)
        if not shown.counts:
            desk.show({"plan": shown, "run": None}, drawn(shown))
            return 0
        if not desk.yes:
            desk.draw(drawn(shown))
        if not desk.agrees("Do this?"):
            return desk.declined("Nothing was done. The plan is kept.", {"plan": shown, "run": None})
        with desk.progress() as progress:
            done = await Cycle(joined, app.holder, progress).apply(shown.plan)
        desk.show({"plan": shown.plan, "run": done}, ran(done))
        return ended(done)


async def sync(
    desk: Desk,
    full: Annotated[
        bool, typer.Option("--full", help="Read everything again, not only what changed since the last run.")
    ] = False,
    release: Annotated[
        bool,
        typer.Option("--release", help="Go on although Crossfoot stopped: you have looked at the reason."),
    ] = False,
) -> int:
    """Bring HubSpot and Xero into agreement now.

    Reads what changed, and carries it over by your settings. Stops and asks for you where it would change or archive unusually much.
    """
    from crossfoot.cli import words
    from crossfoot.cli.show_run import run as ran
    from crossfoot.runtime.cycle import Cycle
    from crossfoot.store import reviews

    async with desk.joined() as (app, connection, joined):
        with desk.progress() as progress:
            done = await Cycle(joined, app.holder, progress).run(full=full, approved=release)
        desk.show(done, ran(done))
        async with app.database.read() as tx:
            questions = sum((await reviews.counts(tx, connection.id)).values())
        if questions:
            desk.say(f"{words.count(questions, 'question')} for you: 'crossfoot review list'.")
        return ended(done)


async def planned(
    desk: Desk, app: "App", connection: "Connection", joined: "Joined"
) -> tuple["Report", "PlanReport | None"]:
    """Make a plan; no plan where the run had to stop."""
    from crossfoot.app.planned import report_of
    from crossfoot.runtime.cycle import Cycle

    with desk.progress() as progress:
        plan_id, report = await Cycle(joined, app.holder, progress).preview()
    if not report.ok:
        return report, None
    return report, await report_of(app.database, connection.id, connection.name, joined.syncs, plan_id)


def stopped(desk: Desk, report: "Report") -> int:
    """Show why there is no plan."""
    from crossfoot.cli.show_run import run as ran

    desk.show(report, ran(report))
    return 1


def ended(report: "Report") -> int:
    """The exit code of a run."""
    return 0 if report.ok else 1
