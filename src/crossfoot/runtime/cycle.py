"""One run: detect, fetch, match, merge, plan, (review), push, settle. The only place that calls the steps in order; it decides nothing.

A preview is the same cycle with the last two steps left out. Applying a plan executes that plan and nothing else: each operation is decided again
from what the records hold now, and one that comes out differently is planned again, not guessed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from crossfoot.model.identity import Ref, Side
from crossfoot.model.links import LinkState
from crossfoot.model.operations import Act, Operation, OperationState
from crossfoot.model.problems import Problem
from crossfoot.model.subjects import SubjectState
from crossfoot.runtime.gather import Gathered, claims, gather, refs_in
from crossfoot.runtime.joined import Joined
from crossfoot.runtime.lease import Lease, LeaseLost
from crossfoot.runtime.listen import look, note, sweep
from crossfoot.runtime.pushing import Tally, push, resolve
from crossfoot.runtime.questions import reconcile
from crossfoot.settings.rules import Sync
from crossfoot.store import (
    connections,
    history,
    keys,
    links,
    operations,
    plans,
    records,
    runs,
    signals,
    subjects,
)
from crossfoot.store.database import Tx
from crossfoot.store.runs import Run, RunState
from crossfoot.store.signals import Signal
from crossfoot.sync.fetch import to_confirm
from crossfoot.sync.plan import decide
from crossfoot.sync.push import batch_size, lookup
from crossfoot.sync.stop import Halt, HaltCause, mass_change, wrong_account
from crossfoot.sync.subject import Decision
from crossfoot.systems.port import Trouble

CHUNK = 200
"""Subjects decided together: as many as a listing shows on a page, few enough to stay small in memory."""

ROUNDS = 6
"""How often a run looks again at what its own writes left to do, before it leaves the rest to the next run."""

LOOKS = 3
"""How often a write's look is repeated when it has become too old by the time everything else was asked."""

_ORDER = (Act.UNLINK, Act.LINK, Act.CREATE, Act.UPDATE, Act.ARCHIVE)

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is (0: not known)."""


def quiet(_what: str, _done: int, _total: int) -> None:
    """No progress shown."""


@dataclass
class Report:
    """What a run did."""

    run: str = ""
    listed: int = 0
    changed: int = 0
    planned: int = 0
    tally: Tally = field(default_factory=Tally)
    halt: Halt | None = None
    trouble: Problem | None = None
    busy: bool = False
    unresolved: int = 0

    @property
    def ok(self) -> bool:
        """Whether the run came to its end."""
        return self.halt is None and self.trouble is None and not self.busy


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

        async def work(lease: Lease) -> None:
            await resolve(self.joined, lease, "", report.tally)
            if not await self._listen(lease, report):
                return
            async with self.joined.database.write() as tx:
                await self._forget_plans(tx)
                await plans.put(tx, self.joined.connection, plans.Plan(plan, self.joined.clock.now()))
            for sync in self.joined.active:
                report.planned += await self._plan(sync, plan)

        await self._leased(report, work)
        return plan, report

    async def apply(self, plan: str, *, trigger: str = "plan applied") -> Report:
        """Execute a plan that a person has seen, and nothing else. What moved meanwhile is planned again by the next run.

        `trigger` is what started it, for the log.
        """
        report = Report(run=self.joined.new_id())

        async def work(lease: Lease) -> None:
            await self._check_accounts()
            report.unresolved = await resolve(self.joined, lease, report.run, report.tally)
            for sync in self.joined.active:
                await self._push_plan(sync, plan, lease, report)
            async with self.joined.database.write() as tx:
                await plans.set_state(tx, self.joined.connection, plan, plans.PlanState.APPLIED)
            # A person has seen what would happen and let it through.
            await self._release("apply")

        await self._leased(report, work, trigger)
        return report

    async def run(self, *, full: bool = False, approved: bool = False, trigger: str = "by hand") -> Report:
        """Bring both sides into agreement: look, decide, write, and look again until there is nothing left to do.

        `approved`: a person has released the halts of this run beforehand. `trigger` is what started it, for the log.
        """
        report = Report(run=self.joined.new_id())

        async def work(lease: Lease) -> None:
            report.unresolved = await resolve(self.joined, lease, report.run, report.tally)
            for turn in range(ROUNDS):
                if not await self._listen(lease, report, full=full and turn == 0, approved=approved):
                    return
                wrote = await self._round(lease, report, approved=approved)
                if report.halt or not wrote:
                    return
                # The next turn's listing reads back what was written; usually it finds nothing left to do.
                report.unresolved = await resolve(self.joined, lease, report.run, report.tally)

        await self._leased(report, work, trigger)
        return report

    # ── the steps in order ────────────────────────────────────────────────────────────────────────────────────────────

    async def _listen(
        self, lease: Lease, report: Report, *, full: bool = False, approved: bool = False
    ) -> bool:
        await self._check_accounts()
        async with self.joined.database.read() as tx:
            standing = (await runs.halted(tx, self.joined.connection)).get("")
        if standing is not None and not approved:
            report.halt = Halt(HaltCause(standing.reason), standing.detail["what"], standing.detail["fix"])
            return False
        if approved:
            await self._release("person")
        if full:
            await self._try_again()
        heard = await sweep(self.joined, full=full, lease=lease)
        report.listed += heard.listed
        report.changed += heard.changed
        if heard.halt is not None and not approved:
            await self._halt(report, heard.halt)
            return False
        return True

    async def _round(self, lease: Lease, report: Report, *, approved: bool) -> bool:
        """Plan every sync, stop if it is too much at once, then push. Returns whether anything was sent or linked."""
        plan = self.joined.new_id()
        before = report.tally.applied
        async with self.joined.database.write() as tx:
            await self._forget_plans(tx)
        for sync in self.joined.active:
            planned = await self._plan(sync, plan)
            report.planned += planned
            if not planned:
                continue
            async with self.joined.database.read() as tx:
                counts = await operations.planned_by_act(tx, self.joined.connection, plan, sync.name)
                linked = (await links.counts(tx, self.joined.connection)).get(
                    (sync.name, LinkState.ACTIVE), 0
                )
            halt = mass_change(sync, counts, linked, self.joined.halts, self.joined.titles)
            if halt is not None and not approved:
                await self._halt(report, halt)
                return False
            await self._push_plan(sync, plan, lease, report)
        return report.tally.applied > before

    async def _plan(self, sync: Sync, plan: str) -> int:
        """Decide every signalled subject of a sync, chunk by chunk. Operations are stored as planned; the rest is remembered at once."""
        planned = 0
        after: Ref | None = None
        async with self.joined.database.read() as tx:
            total, _ = (await signals.counts(tx, self.joined.connection)).get(sync.name, (0, 0))
        done = 0
        while True:
            async with self.joined.database.read() as tx:
                noted = await signals.page(tx, self.joined.connection, sync.name, after, CHUNK)
            if not noted:
                return planned
            done, after = done + len(noted), noted[-1].ref
            noted = await self._certain(sync, await self._not_joined(sync, noted))
            unread = frozenset(each.ref for each in noted if each.unread)
            gathered = await gather(self.joined, sync, [each.ref for each in noted], unread)
            decisions = _decide_in_turn(sync, gathered)
            planned += await self._keep(
                sync, plan, decisions, gathered, {each.ref: each.generation for each in noted}
            )
            survivors = [ref for decision in decisions for ref in decision.look_at]
            if survivors:
                await self._follow(survivors)
            self.progress(f"Planning {sync.name}", done, total)

    async def _not_joined(self, sync: Sync, noted: list[Signal]) -> list[Signal]:
        """Without the records whose link is planned already, from their partner's end."""
        ids = [each.id for each in noted if each.side is Side.LEDGER]
        if not ids:
            return noted
        async with self.joined.database.read() as tx:
            joining = await operations.planned_partners(
                tx, self.joined.connection, sync.name, Side.LEDGER, ids
            )
        return [each for each in noted if each.side is not Side.LEDGER or each.id not in joining]

    async def _certain(self, sync: Sync, noted: list[Signal]) -> list[Signal]:
        """Without the records that an operation concerns whose outcome is to be looked up: until then nothing more is decided about them."""
        async with self.joined.database.read() as tx:
            unfinished = await operations.unfinished(tx, self.joined.connection)
        open_ = [
            op
            for op in unfinished
            if op.sync == sync.name and lookup(op, self.joined.abilities(op.side, op.kind)) is not None
        ]
        held = set(_refs_of_operations(sync, open_))
        return [each for each in noted if each.ref not in held] if held else noted

    async def _keep(
        self,
        sync: Sync,
        plan: str,
        decisions: Sequence[Decision],
        gathered: Gathered,
        generations: dict[Ref, int],
    ) -> int:
        """Store decisions: planned operations with their claims, links, questions; clear the signals of subjects with nothing to do."""
        joined, now = self.joined, self.joined.clock.now()
        done: list[Ref] = []
        async with joined.database.write() as tx:
            made = await self._unplanned(tx, plan, decisions)
            if made:
                await operations.put(tx, joined.connection, plan, made, now)
                claimed = claims(sync, made, gathered.around)
                for side in Side:
                    mine = {index_id: rows for (where, index_id), rows in claimed.items() if where is side}
                    await keys.replace(tx, joined.connection, sync.name, side, mine)
            changed = [decision.link for decision in decisions if decision.link is not None]
            await links.put(tx, joined.connection, changed, now)
            await subjects.put(
                tx,
                joined.connection,
                sync.name,
                [
                    (ref, decision.state, decision.reason, decision.problem)
                    for decision in decisions
                    for ref in refs_in(decision.subject)
                ],
                now,
            )
            await reconcile(tx, joined, sync, decisions)
            for decision in decisions:
                for ref in decision.erase:
                    covering = [each.name for each in joined.syncs if each.kind(ref.side) is ref.kind]
                    await records.erase(tx, joined.connection, [ref], covering)
                if decision.absent:
                    await note(tx, joined, decision.absent, unread=True)
                elif not decision.operations and not decision.again:
                    done += [ref for ref in refs_in(decision.subject) if ref in generations]
            await signals.clear(
                tx, joined.connection, sync.name, [(ref.side, ref.id, generations[ref]) for ref in done]
            )
        return len(made)

    async def _unplanned(self, tx: Tx, plan: str, decisions: Sequence[Decision]) -> list[Operation]:
        """The operations of these decisions, without those that the plan has already: two records that match are found from both ends."""
        joining = {
            op.crm_id: None
            for each in decisions
            for op in each.operations
            if op.act is Act.LINK and op.crm_id
        }
        known = await operations.planned_links(tx, self.joined.connection, plan, list(joining))
        found: list[Operation] = []
        for decision in decisions:
            ends = {
                (op.sync, op.crm_id or "", op.ledger_id or "")
                for op in decision.operations
                if op.act is Act.LINK
            }
            if not ends & known:
                found += [replace(op, id=self.joined.new_id()) for op in decision.operations]
                known |= ends
        return found

    async def _follow(self, survivors: Sequence[Ref]) -> None:
        """Merges on a side: read the survivors, so that the moved links are compared with them."""
        await look(self.joined, survivors)
        async with self.joined.database.write() as tx:
            await note(tx, self.joined, survivors, unread=False)

    async def _push_plan(self, sync: Sync, plan: str, lease: Lease, report: Report) -> None:
        """Push the planned operations of one sync in full batches: links first, then what is new, then what changes."""
        async with self.joined.database.read() as tx:
            counts = await operations.planned_by_act(tx, self.joined.connection, plan, sync.name)
        total, done = sum(counts.values()), 0
        for act, side in sorted(counts, key=lambda group: (_ORDER.index(group[0]), group[1])):
            size = batch_size(act, self.joined.abilities(side, sync.kind(side)))
            after = -1
            while True:
                async with self.joined.database.read() as tx:
                    chunk = await operations.planned(
                        tx,
                        self.joined.connection,
                        plan,
                        sync.name,
                        act=act,
                        side=side,
                        after=after,
                        limit=size,
                    )
                if not chunk:
                    break
                after = chunk[-1][0]
                await self._confirm_and_push(sync, [operation for _, operation in chunk], lease, report)
                done += len(chunk)
                self.progress(f"Applying {sync.name}", done, total)

    async def _confirm_and_push(
        self, sync: Sync, chunk: list[Operation], lease: Lease, report: Report
    ) -> None:
        """Decide again from what the records hold now; send what comes out the same, plan the rest again."""
        joined = self.joined
        refs = _refs_of_operations(sync, chunk)
        generations = await self._generations(sync, refs)
        gathered = await gather(joined, sync, refs)
        for side in sorted({op.side for op in chunk if op.act in (Act.UPDATE, Act.ARCHIVE)}):
            # Whatever a limit makes us wait is waited before the age of the look is asked, never after.
            await joined.systems[side].ready(1)
        stale = to_confirm(chunk, gathered.seen_at, joined.clock.now())
        for _ in range(LOOKS):
            if not any(stale.values()):
                break
            for side in Side:
                if stale[side]:
                    # Room for the look and for the write that rests on it, so that no limit comes between them.
                    await joined.systems[side].ready(2)
            await look(joined, [ref for side in Side for ref in stale[side]])
            generations = await self._generations(sync, refs)
            gathered = await gather(joined, sync, refs)
            stale = to_confirm(chunk, gathered.seen_at, joined.clock.now())
        # A look that is still too old (the systems were slow to answer) is no ground to write on; the next run tries again.
        chunk = [op for op in chunk if op.target_id not in {ref.id for ref in stale[op.side]}]
        waiting = {op.place: op for op in chunk}
        ready: list[Operation] = []
        complete: set[Ref] = set()
        for decision in _decide_in_turn(sync, gathered):
            same = [
                (wanted, waiting[wanted.place])
                for wanted in decision.operations
                if wanted.place in waiting and wanted.same_plan(waiting[wanted.place])
            ]
            ready += [
                replace(wanted, id=op.id, undoes=op.undoes)
                for wanted, op in same
                if waiting.pop(op.place, None) is not None
            ]
            if len(same) == len(decision.operations):
                complete.update(refs_in(decision.subject))
        chosen = {op.id for op in ready}
        moved = [op for op in chunk if op.id not in chosen]
        if moved:
            async with joined.database.write() as tx:
                await operations.settle_many(
                    tx,
                    joined.connection,
                    [op.id for op in moved],
                    OperationState.SUPERSEDED,
                    run=report.run,
                    now=joined.clock.now(),
                )
                for operation in moved:
                    report.tally.count(operation, OperationState.SUPERSEDED)
                await note(tx, joined, _refs_of_operations(sync, moved), unread=False)
        asked = {op.id: op for op in chunk}
        restated = [op for op in ready if op != asked[op.id]]
        if restated:
            async with joined.database.write() as tx:
                # What is remembered before it is sent is what is sent: references filled in, and whose edit it overrules now.
                await operations.restate(tx, joined.connection, restated)
        await push(joined, sync, lease, report.run, ready, gathered, report.tally)
        async with joined.database.write() as tx:
            # Last, and only if no newer signal came: a crash before this line costs a second look, never a lost change.
            settled = await operations.settled_among(tx, joined.connection, [op.id for op in ready])
            clear = [
                ref
                for ref in _refs_of_operations(sync, [op for op in ready if op.id in settled])
                if ref in complete
            ]
            await signals.clear(
                tx,
                joined.connection,
                sync.name,
                [(ref.side, ref.id, generations[ref]) for ref in clear if ref in generations],
            )

    async def _generations(self, sync: Sync, refs: Sequence[Ref]) -> dict[Ref, int]:
        """The signals that stand before a look: only these are answered by what is then seen."""
        async with self.joined.database.read() as tx:
            return await signals.generations(tx, self.joined.connection, sync.name, refs)

    # ── stopping ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _check_accounts(self) -> None:
        """Are both systems still the ones that the links belong to?"""
        async with self.joined.database.read() as tx:
            known = await connections.get(tx, self.joined.connection)
        expected = {Side.CRM: known and known.crm_identity, Side.LEDGER: known and known.ledger_identity}
        for side, key in expected.items():
            found = self.joined.descriptions[side].identity.key
            if key and (halt := wrong_account(side, key, found, self.joined.titles)):
                raise HaltError(halt)

    async def _forget_plans(self, tx: Tx) -> None:
        """A new plan takes the place of what was planned and not begun."""
        await operations.supersede_planned(tx, self.joined.connection, self.joined.clock.now())
        await keys.drop_claims(tx, self.joined.connection)
        await plans.supersede_open(tx, self.joined.connection)

    async def _halt(self, report: Report, halt: Halt) -> None:
        report.halt = halt
        joined, now = self.joined, self.joined.clock.now()
        async with joined.database.write() as tx:
            await runs.halt(
                tx, joined.connection, runs.Halt("", halt.cause, now, {"what": halt.what, "fix": halt.fix})
            )
            await history.add(
                tx,
                joined.connection,
                [history.Line(joined.new_id(), now, "", "halt", halt.what, run=report.run or None)],
            )

    async def _try_again(self) -> None:
        """What was refused or was not ready is looked at anew: the cause may have been mended where no signal tells us."""
        for sync in self.joined.active:
            for state in (SubjectState.FAILED, SubjectState.NOT_READY):
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

    async def _release(self, by: str) -> None:
        async with self.joined.database.write() as tx:
            await runs.release(tx, self.joined.connection, "", self.joined.clock.now(), by)

    async def _leased(
        self, report: Report, work: Callable[[Lease], Awaitable[None]], trigger: str = ""
    ) -> None:
        """Do the work while holding the connection's lease; a trouble of the whole connection ends the run with its reason.

        A run that writes (it has an id) is stored when it begins and completed at its end, so that one that dies leaves its trace.
        """
        lease = await Lease.take(
            self.joined.database, self.joined.clock, self.joined.connection, self.holder, self.joined.alive
        )
        if lease is None:
            report.busy = True
            return
        begun = Run(report.run, trigger, self.joined.clock.now())
        try:
            if report.run:
                await self._begin(begun, lease)
            try:
                await work(lease)
            except Trouble as trouble:
                report.trouble = trouble.problem
            except HaltError as stop:
                report.halt = stop.halt
            if report.run:
                await self._complete(begun, report)
        except LeaseLost:
            report.busy = True
            return
        except (Exception, asyncio.CancelledError):
            await lease.give_back()
            raise
        await lease.give_back()

    async def _begin(self, run: Run, lease: Lease) -> None:
        """Whoever holds the lease knows that every other run that seems under way was interrupted."""
        async with self.joined.database.write() as tx:
            await lease.check(tx)
            await runs.interrupt(tx, self.joined.connection)
            await runs.put(tx, self.joined.connection, run)

    async def _complete(self, run: Run, report: Report) -> None:
        state = RunState.HALTED if report.halt else RunState.FAILED if report.trouble else RunState.DONE
        tally = report.tally
        counts = {
            "listed": report.listed,
            "changed": report.changed,
            "applied": tally.applied,
            "refused": tally.refused,
            "unknown": tally.unknown,
            "superseded": tally.superseded,
            "waiting": tally.waiting,
            "by": tally.applied_by,
        }
        ended = replace(
            run, ended_at=self.joined.clock.now(), state=state, counts=counts, problem=report.trouble
        )
        async with self.joined.database.write() as tx:
            await runs.put(tx, self.joined.connection, ended)


class HaltError(Exception):
    """A halt found where no report is at hand."""

    def __init__(self, halt: Halt) -> None:
        super().__init__(halt.what)
        self.halt = halt


def _decide_in_turn(sync: Sync, gathered: Gathered) -> list[Decision]:
    """Decide a chunk. What one decision will create is known to the next, so that no unique value is given twice."""
    holders = dict(gathered.around.holders)
    crowds = dict(gathered.around.crowds)
    linked = dict(gathered.around.linked)
    around = replace(gathered.around, holders=holders, crowds=crowds, linked=linked)
    found: list[Decision] = []
    for subject in gathered.subjects:
        decision = decide(sync, subject, around)
        found.append(decision)
        if decision.link is not None and decision.link.state is not LinkState.ENDED:
            for ref in decision.look_at:
                linked[ref] = decision.link.id
        for (side, index_id), rows in claims(sync, decision.operations, around).items():
            for rule, value in rows:
                place = (side, rule[1:], value)
                holders[place] = holders.get(place, frozenset()) | {index_id}
        for operation in decision.operations:
            parent_path = around.abilities[operation.side].parent_path
            if operation.target_id is None and parent_path is not None:
                parent = str(operation.values.get(parent_path))
                crowds[parent] = crowds.get(parent, 0) + 1
    return found


def _refs_of_operations(sync: Sync, chunk: Sequence[Operation]) -> list[Ref]:
    refs: dict[Ref, None] = {}
    for operation in chunk:
        if operation.crm_id:
            refs[Ref(Side.CRM, sync.crm, operation.crm_id)] = None
        if operation.ledger_id:
            refs[Ref(Side.LEDGER, sync.ledger, operation.ledger_id)] = None
    return list(refs)
