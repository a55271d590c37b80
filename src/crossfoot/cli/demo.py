# ruff: noqa: PLC0415  imports wait until a command needs them, so that help comes at once
"""`crossfoot demo`: the whole of it in a minute, without an account."""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crossfoot.cli.desk import Desk

if TYPE_CHECKING:
    from crossfoot.app.opening import App
    from crossfoot.cli.demo_sandbox import Sandbox
    from crossfoot.runtime.joined import Joined
    from crossfoot.store.connections import Connection

KEPT = "crossfoot-demo"
LAG = 120.0  # seconds: HubSpot's search shows every change after so long
NO_LAG = {"hubspot.lag_min": "0", "hubspot.lag_max": "0"}


async def demo(
    desk: Desk,
    contacts: Annotated[
        int, typer.Option(min=40, max=20_000, help="How many contacts each system has.")
    ] = 300,
    seed: Annotated[int, typer.Option(help="The same seed makes the same records.")] = 1,
    keep: Annotated[
        bool,
        typer.Option(
            "--keep",
            help=f"Keep what Crossfoot knows in ./{KEPT} (or --data), and let the sandbox run until you press Enter.",
        ),
    ] = False,
    svg: Annotated[
        Path | None,
        typer.Option(
            "--svg", metavar="DIR", help="Draw the plan and the proof as SVG files into this folder."
        ),
    ] = None,
) -> int:
    """See everything in a minute, without an account: nothing leaves this machine.

    Starts stand-ins for HubSpot and Xero with a few hundred invented records each, connects them, shows the plan, applies it, lets two
    colleagues edit on both sides, syncs again, and proves that both agree. The exit code is 0 only if the proof is green.
    """
    began = time.monotonic()
    with _folder(desk, keep=keep) as folder:
        from crossfoot.cli.demo_sandbox import running

        with desk.waiting("Starting the sandbox"):
            entered = running(folder, contacts, seed, NO_LAG if keep else {})
            sandbox = await entered.__aenter__()
        try:
            return await _Story(desk, sandbox, folder, svg, began, keep=keep).told()
        finally:
            await entered.__aexit__(*sys.exc_info())


class _Story:
    """The demo from its beginning to its end."""

    def __init__(
        self, desk: Desk, sandbox: "Sandbox", folder: Path, svg: Path | None, began: float, *, keep: bool
    ) -> None:
        from crossfoot.cli.demo_sandbox import SkippingClock
        from crossfoot.runtime.clock import SystemClock

        self.desk, self.sandbox, self.folder, self.svg, self.began, self.keep = (
            desk,
            sandbox,
            folder,
            svg,
            began,
            keep,
        )
        self.skipping = SkippingClock(sandbox)
        self.clock = SystemClock() if keep else self.skipping
        self.result: dict[str, Any] = {"sandbox": {"url": sandbox.url, "pid": sandbox.pid}}

    async def told(self) -> int:
        from crossfoot.cli import show_demo

        desk = self.desk
        desk.draw(show_demo.step(1, "Two systems that have never met"))
        desk.draw(
            f"The sandbox (HubSpot and Xero on this machine, nothing is real) answers at {self.sandbox.url}"
        )
        await self._pass(LAG, "so that HubSpot's search index shows what was just made")
        async with self._connected() as (app, connection, joined):
            desk.draw(show_demo.step(2, "The plan: what would be done, before it is done"))
            if not await self._first_sync(app, connection, joined):
                return 1
            desk.draw(show_demo.step(4, "Two colleagues go on working"))
            await self._colleagues(joined)
            desk.draw(show_demo.step(5, "Sync again: only what changed"))
            if not await self._second_sync(app, connection, joined):
                return 1
            desk.draw(show_demo.step(6, "The proof: both read afresh, compared field by field"))
            return await self._proven(joined)

    @asynccontextmanager
    async def _connected(self) -> "AsyncIterator[tuple[App, Connection, Joined]]":
        from crossfoot.app.access import HubSpotAccess, XeroAccess
        from crossfoot.app.connecting import Wish, keep, look_at
        from crossfoot.app.failure import Failure
        from crossfoot.app.opening import Place, opened
        from crossfoot.cli.show_connect import connected
        from crossfoot.settings.billing import BillSettings

        own, other = self.sandbox.card["hubspot"], self.sandbox.card["xero"]
        custom = other["custom_connection"]
        wish = Wish(
            "demo",
            HubSpotAccess(token=own["token"], api_url=own["api_url"]),
            XeroAccess(
                custom["client_id"],
                custom["client_secret"],
                custom=True,
                api_url=other["api_url"],
                identity_url=other["identity_url"],
                login_url=other["login_url"],
            ),
            documents=True,
            # A deposit when the contract is out, the rest when the deal is won.
            deals=(
                BillSettings(share="30%", stage=("contractsent",), approve="AUTHORISED"),
                BillSettings(),
            ),
        )

        async def nobody(*_: Any) -> Any:
            raise Failure("The demo asks nobody for consent.")

        place = Place.of(str(self.folder), None, {})
        async with opened(
            place, environment=_without_keys(), clock=self.clock, make=True, durable=self.keep
        ) as app:
            found = await look_at(app, wish, nobody, nobody)
            connection = await keep(app, wish, found)
            self.desk.draw(connected(connection, found))
            yield app, connection, await app.joined(connection)

    async def _first_sync(self, app: "App", connection: "Connection", joined: "Joined") -> bool:
        from crossfoot.app.planned import report_of
        from crossfoot.cli import show_demo
        from crossfoot.cli.pictures import picture
        from crossfoot.cli.show_plan import excerpt, plan
        from crossfoot.cli.show_run import run
        from crossfoot.runtime.cycle import Cycle

        desk = self.desk
        with desk.progress() as progress:
            plan_id, report = await Cycle(joined, app.holder, progress).preview()
        if not report.ok:
            desk.draw(run(report))
            return False
        shown = await report_of(app.database, connection.id, connection.name, joined.syncs, plan_id)
        desk.draw(plan(shown, brief=True))
        self.result["plan"] = shown
        if self.svg:
            picture(self.svg / "plan.svg", "crossfoot plan", excerpt(shown))
        if not desk.agrees("Do this in the sandbox?"):
            desk.declined("Nothing was done. Start again with 'crossfoot demo'.", self.result)
            return False
        desk.draw(show_demo.step(3, "Applied: exactly this, and nothing else"))
        before = await self.sandbox.calls()
        with desk.progress() as progress:
            done = await Cycle(joined, app.holder, progress).apply(plan_id)
        after = await self.sandbox.calls()
        taken = {name: after[name] - before[name] for name in after}
        desk.draw(run(done))
        desk.draw(
            f"It took {taken['hubspot']} calls to HubSpot and {taken['xero']} to Xero, looking at the records included."
        )
        self.result["applied"] = done
        self.result["calls"] = {"writing": shown.calls, "taken": taken}
        return done.ok

    async def _colleagues(self, joined: "Joined") -> None:
        from crossfoot.cli import show_demo
        from crossfoot.cli.demo_people import BETWEEN, work

        edits = []
        async for edit in work(joined, self.sandbox):
            edits.append(edit)
            self.desk.draw(show_demo.edit(edit))
            if not self.keep:
                await self.skipping.sleep(BETWEEN)
        await self._pass(LAG, "for the search index again")
        self.result["edits"] = edits

    async def _second_sync(self, app: "App", connection: "Connection", joined: "Joined") -> bool:
        from crossfoot.app.planned import called
        from crossfoot.cli import show_demo, show_log
        from crossfoot.cli.show_run import run
        from crossfoot.runtime.cycle import Cycle
        from crossfoot.store import operations

        with self.desk.progress() as progress:
            done = await Cycle(joined, app.holder, progress).run()
        async with app.database.read() as tx:
            wrote = await operations.of_run(tx, connection.id, done.run)
            names = await called(tx, connection.id, joined.syncs, [each.operation for each in wrote])
        self.desk.draw(run(done), show_log.writes(wrote, "Carried over", names))
        lost = show_demo.overruled(wrote)
        for operation, change in lost:
            self.desk.draw(show_demo.conflict(names[wrote.index(operation)], operation, change))
        self.result["sync"] = {"run": done, "operations": wrote}
        self.result["conflicts"] = [
            {
                "name": names[wrote.index(operation)],
                "field": change.field,
                "lost": change.before,
                "won": change.after,
                "lost_in": operation.operation.side,
                "why": change.why,
            }
            for operation, change in lost
        ]
        return done.ok

    async def _proven(self, joined: "Joined") -> int:
        from crossfoot.cli.pictures import picture
        from crossfoot.cli.prove import proof_data, proven
        from crossfoot.cli.show_proof import excerpt, proof

        found, examples = await proven(self.desk, joined)
        drawn = proof(found, examples)
        self.desk.draw(drawn)
        if self.svg:
            picture(self.svg / "proof.svg", "crossfoot prove", excerpt(found))
        self.result["proof"] = proof_data(found, examples)
        seconds = time.monotonic() - self.began
        self.result["seconds"] = round(seconds, 1)
        self.result["seconds_skipped"] = round(self.skipping.skipped, 1)
        if self.desk.json:
            self.desk.show(self.result)
        skipped = (
            "" if self.keep else f" (and {self.skipping.skipped / 60:.0f} minutes of the sandbox's own clock)"
        )
        self.desk.draw(f"It took {seconds:.0f} seconds{skipped}.")
        if self.keep:
            self._left_running()
        return 0 if found.green else 1

    def _left_running(self) -> None:
        """Where to look around; what needs the sandbox only while it runs."""
        told = [f"What Crossfoot knows is in {self.folder}. Try in another terminal:"]
        commands = ["status", "log", "review list"]
        watched = sys.stdin.isatty()
        if watched:
            commands += ["explain maia.thornbury@kauri-fern.example", "plan"]
        self.desk.say("\n".join([*told, *(f"  crossfoot {each} --data {self.folder}" for each in commands)]))
        if watched:
            self.desk.answer("Press Enter to end the sandbox. ")

    async def _pass(self, seconds: float, why: str) -> None:
        if self.keep:
            return
        await self.skipping.sleep(seconds)
        self.desk.draw(f"({seconds / 60:.0f} minutes pass on the sandbox's clock, {why}; you need not wait.)")


@contextmanager
def _folder(desk: Desk, *, keep: bool) -> Iterator[Path]:
    """Where the demo keeps its data: a folder that goes away, or one that stays."""
    from crossfoot.app.failure import ASKED_WRONGLY, Failure

    if not keep:
        made = Path(tempfile.mkdtemp(prefix="crossfoot-demo-"))
        try:
            yield made
        finally:
            shutil.rmtree(made, ignore_errors=True)
        return
    folder = Path(desk.data or KEPT)
    if folder.exists() and any(folder.iterdir()):
        raise Failure(
            f"There is something in {folder} already.",
            "Remove it, or name another folder with --data.",
            code=ASKED_WRONGLY,
        )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    yield folder


def _without_keys() -> dict[str, str]:
    """The demo's data is sealed with a key of its own, not with the one of the real connections."""
    return {name: value for name, value in os.environ.items() if not name.startswith("CROSSFOOT_KEY")}
