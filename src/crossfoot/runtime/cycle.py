"""One run: detect, fetch, match, merge, plan, (review), push, settle. The only place that calls the steps in order; it decides nothing.

A preview is the same cycle with the last two steps left out. Applying a plan executes that plan and nothing else: what has moved since it was
made is decided again from what the records hold now, and what then comes out differently is planned again, not guessed.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.links import LinkState
from crossfoot.model.subjects import SubjectState
from crossfoot.runtime.computing import turn_day
from crossfoot.runtime.confirming import push_plan
from crossfoot.runtime.halting import check_accounts, halt_connection, release_halt, standing_halt
from crossfoot.runtime.joined import Joined
from crossfoot.runtime.lease import Lease
from crossfoot.runtime.listen import sweep
from crossfoot.runtime.planning import Planned, plan_sync
from crossfoot.runtime.report import Progress, Report, Tally, quiet
from crossfoot.runtime.resolving import resolve
from crossfoot.runtime.running import under_lease
from crossfoot.settings.rules import Sync
from crossfoot.store import keys, links, operations, plans, signals, subjects
from crossfoot.store.database import Tx
from crossfoot.sync.stop import Halt, mass_change

ROUNDS = 6
"""How often a run looks again at what its own writes left to do, before it leaves the rest to the next run."""


class Cycle:
    """Runs of one connection."""

    def __init__(self, joined: Joined, holder: str, progress: Progress = quiet) -> None:
        self.joined = joined
        self.holder = holder
        self.progress = progress

    # ── what people and schedules call ────────────────────────────────────────────────────────────────────────────────

    async def preview(self) -> tuple[str, Report]:
        """Look at both sides and store the plan that would bring them into agreement now. Writes to neither side."""
        report = Report()
        plan = self.joined.new_id()
        cover = plans.Plan(plan, self.joined.clock.now())

        async def work(lease: Lease) -> None:
            await resolve(self.joined, lease, "", report.tally)
            await self._ask_again()
            if not await self._listen(lease, report):
                return
            async with self.joined.database.write() as tx:
                await self._forget_plans(tx)
                await plans.put(tx, self.joined.connection, cover)
            rests_on: dict[str, int | None] = {}
            for sync in self.joined.active:
                planned = await plan_sync(self.joined, sync, plan, self.progress)
                report.planned += planned.total
                rests_on[sync.name] = planned.rests_on
            async with self.joined.database.write() as tx:
                await plans.put(tx, self.joined.connection, replace(cover, rests_on=rests_on))

        await under_lease(self.joined, self.holder, report, work)
        return plan, report

    async def apply(self, plan: str, *, trigger: str = "plan applied") -> Report:
        """Execute a plan that a person has seen, and nothing else. What moved meanwhile is planned again by the next run.

        `trigger` is what started it, for the log.
        """
        report = Report(run=self.joined.new_id())

        async def work(lease: Lease) -> None:
            await check_accounts(self.joined)
            await turn_day(self.joined)
            report.unresolved = await resolve(self.joined, lease, report.run, report.tally)
            async with self.joined.database.read() as tx:
                cover = await plans.get(tx, self.joined.connection, plan)
            rests_on = cover.rests_on if cover is not None else {}
            for sync in self.joined.active:
                await push_plan(
                    self.joined, sync, plan, rests_on.get(sync.name), lease, report, self.progress
                )
                await self._complete(sync, lease, report)
            async with self.joined.database.write() as tx:
                await plans.set_state(tx, self.joined.connection, plan, plans.PlanState.APPLIED)
            # A person has seen what would happen and let it through.
            await release_halt(self.joined, "apply")

        await under_lease(self.joined, self.holder, report, work, trigger)
        return report

    async def run(self, *, full: bool = False, approved: bool = False, trigger: str = "by hand") -> Report:
        """Bring both sides into agreement: look, decide, write, and look again until there is nothing left to do.

        `approved`: a person has released the halts of this run beforehand. `trigger` is what started it, for the log.
        """
        report = Report(run=self.joined.new_id())

        async def work(lease: Lease) -> None:
            report.unresolved = await resolve(self.joined, lease, report.run, report.tally)
            await self._ask_again()
            wrote: Collection[tuple[Side, Kind]] | None = None
            for turn in range(ROUNDS):
                first = full and turn == 0
                if not await self._listen(lease, report, full=first, approved=approved, wrote=wrote):
                    return
                wrote = await self._round(lease, report, approved=approved)
                if report.halt or wrote is None:
                    return
                # The next turn's listing reads back what was written; usually it finds nothing left to do.
                report.unresolved = await resolve(self.joined, lease, report.run, report.tally)

        await under_lease(self.joined, self.holder, report, work, trigger)
        return report

    # ── the steps in order ────────────────────────────────────────────────────────────────────────────────────────────

    async def _listen(
        self,
        lease: Lease,
        report: Report,
        *,
        full: bool = False,
        approved: bool = False,
        wrote: Collection[tuple[Side, Kind]] | None = None,
    ) -> bool:
        """Hear what changed on both sides; with `wrote`, in the kinds that this run has just written to, for the others were heard when it began.

        Returns whether the run may go on: it may not while a halt stands.
        """
        await check_accounts(self.joined)
        await turn_day(self.joined)
        if approved:
            await release_halt(self.joined, "person")
        else:
            report.halt = await standing_halt(self.joined)
            if report.halt is not None:
                return False
        if full:
            await self._try_again(self.joined.active, (SubjectState.FAILED, SubjectState.NOT_READY))
        heard = await sweep(self.joined, full=full, lease=lease, wrote=wrote)
        report.listed += heard.listed
        report.changed += heard.changed
        if heard.halt is not None and not approved:
            await self._halt(report, heard.halt)
            return False
        return True

    async def _round(
        self, lease: Lease, report: Report, *, approved: bool
    ) -> Collection[tuple[Side, Kind]] | None:
        """Plan every sync, stop if it is too much at once, then push. Returns what may have been written to; None if nothing was done at all."""
        plan = self.joined.new_id()
        wrote: set[tuple[Side, Kind]] = set()
        before = report.tally.applied
        async with self.joined.database.write() as tx:
            await self._forget_plans(tx)
        for sync in self.joined.active:
            planned = await plan_sync(self.joined, sync, plan, self.progress)
            report.planned += planned.total
            if not planned.total:
                continue
            halt = await self._too_much(sync, planned)
            if halt is not None and not approved:
                await self._halt(report, halt)
                return None
            await push_plan(self.joined, sync, plan, planned.rests_on, lease, report, self.progress)
            wrote |= planned.writes_to
        return wrote if report.tally.applied > before else None

    async def _complete(self, sync: Sync, lease: Lease, report: Report) -> None:
        """Bring new documents what their creation could not carry (lines, a customer, a number): the plan promised them whole."""
        if any(self.joined.abilities(side, sync.kind(side)).later_paths for side in Side):
            plan = self.joined.new_id()
            planned = await plan_sync(self.joined, sync, plan, self.progress, completing=True)
            if planned.total:
                promised, report.tally = report.tally, Tally()
                try:
                    await push_plan(self.joined, sync, plan, planned.rests_on, lease, report, self.progress)
                finally:
                    report.completed.add(report.tally)
                    report.tally = promised

    async def _too_much(self, sync: Sync, planned: Planned) -> Halt | None:
        """Whether a plan would change so much of a sync at once that a person must see it first."""
        async with self.joined.database.read() as tx:
            linked = (await links.counts(tx, self.joined.connection)).get((sync.name, LinkState.ACTIVE), 0)
        return mass_change(sync, planned.changing, linked, self.joined.halts, self.joined.titles)

    async def _forget_plans(self, tx: Tx) -> None:
        """A new plan takes the place of what was planned and not begun."""
        await operations.supersede_planned(tx, self.joined.connection, self.joined.clock.now())
        await keys.drop_claims(tx, self.joined.connection)
        await plans.supersede_open(tx, self.joined.connection)

    async def _ask_again(self) -> None:
        """What was not ready for the books may be by now: accounts, taxes, currencies and periods change without any record changing."""
        documents = [
            sync
            for sync in self.joined.active
            if any(self.joined.abilities(side, sync.kind(side)).posting for side in Side)
        ]
        await self._try_again(documents, (SubjectState.NOT_READY,))

    async def _try_again(self, syncs: Iterable[Sync], states: Iterable[SubjectState]) -> None:
        """What was refused or was not ready is looked at anew: the cause may have been mended where no signal tells us."""
        for sync in syncs:
            for state in states:
                after: Ref | None = None
                while True:
                    async with self.joined.database.write() as tx:
                        page = await subjects.page(tx, self.joined.connection, sync.name, state, after)
                        refs = [each.ref for each in page]
                        await signals.note(
                            tx, self.joined.connection, sync.name, refs, False, self.joined.clock.now()
                        )
                    if not page:
                        break
                    after = page[-1].ref

    async def _halt(self, report: Report, halt: Halt) -> None:
        report.halt = halt
        await halt_connection(self.joined, halt, report.run)
