"""From signals to a plan: each subject of a sync is decided, and what was decided is stored. Nothing is written to either side."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.operations import Act, Operation
from crossfoot.model.subjects import SubjectState
from crossfoot.runtime.gather import Gathered, gather, refs_in, refs_of_operations
from crossfoot.runtime.joined import Joined
from crossfoot.runtime.listen import TWIN, UNIQUE, look, note, wait_for
from crossfoot.runtime.questions import reconcile
from crossfoot.runtime.report import Progress
from crossfoot.settings.rules import Sync
from crossfoot.store import keys, links, moves, operations, records, signals, subjects
from crossfoot.store.database import Tx
from crossfoot.store.signals import Signal
from crossfoot.sync.in_turn import claims, decide_in_turn
from crossfoot.sync.push import lookup
from crossfoot.sync.stop import completes, computes
from crossfoot.sync.subject import Decision, Single

CHUNK = 200
"""Subjects decided together: as many as a listing shows on a page, few enough to stay small in memory."""
_TWINS = 10


@dataclass
class Planned:
    """What a plan has for a sync."""

    total: int = 0
    changing: Counter[tuple[Act, Side]] = field(default_factory=Counter)
    """Of these, what changes or archives something that somebody had; not what completes a record that was just made, nor what is computed:
    on the day on which many invoices become overdue, nobody is to be called."""
    writes_to: set[tuple[Side, Kind]] = field(default_factory=set)
    """The kinds of the records that it would write to."""
    rests_on: int | None = None
    """How often memory had moved when it was planned; None if it moved meanwhile, so that nothing rests on it."""

    def count(self, made: Sequence[tuple[Operation, bool]]) -> None:
        """Operations, each with whether it changes nothing that anybody said."""
        self.total += len(made)
        self.changing.update((op.act, op.side) for op, harmless in made if not harmless)
        self.writes_to.update((op.side, op.kind) for op, _ in made if op.act.calls)


async def plan_sync(
    joined: Joined, sync: Sync, plan: str, progress: Progress, *, completing: bool = False
) -> Planned:
    """Decide every signalled subject of a sync, chunk by chunk, and return what that makes.

    Operations are stored as planned; everything else that was decided (links, questions, how records stand) is remembered at once.
    `completing`: only what completes records that were just made is planned; the rest keeps its signals for the next run.
    """
    planned, done = Planned(), 0
    after: Ref | None = None
    moves_then: set[int] = set()
    async with joined.database.read() as tx:
        total, _ = (await signals.counts(tx, joined.connection)).get(sync.name, (0, 0))
    while True:
        async with joined.database.read() as tx:
            noted = await signals.page(tx, joined.connection, sync.name, after, CHUNK)
        if not noted:
            planned.rests_on = moves_then.pop() if len(moves_then) == 1 else None
            return planned
        done, after = done + len(noted), noted[-1].ref
        noted = await _certain(joined, sync, await _not_joined(joined, sync, noted))
        unread = frozenset(each.ref for each in noted if each.unread)
        gathered = await gather(joined, sync, [each.ref for each in noted], unread)
        moves_then.add(gathered.moves)
        decisions = decide_in_turn(sync, gathered.subjects, gathered.around)
        generations = {each.ref: each.generation for each in noted}
        made = await _keep(joined, sync, plan, decisions, gathered, generations, completing=completing)
        planned.count(
            [
                (op, new or computes(sync, op, joined.descriptions[op.side].fields[op.kind]))
                for op, new in made
            ]
        )
        survivors = [ref for decision in decisions for ref in decision.look_at]
        if survivors:
            await _follow(joined, survivors)
        progress(f"Planning {sync.name}", done, total)


async def _not_joined(joined: Joined, sync: Sync, noted: list[Signal]) -> list[Signal]:
    """Without the records whose link is planned already, from their partner's end."""
    ids = [each.id for each in noted if each.side is Side.LEDGER]
    if not ids:
        return noted
    async with joined.database.read() as tx:
        joining = await operations.planned_partners(tx, joined.connection, sync.name, Side.LEDGER, ids)
    return [each for each in noted if each.side is not Side.LEDGER or each.id not in joining]


async def _certain(joined: Joined, sync: Sync, noted: list[Signal]) -> list[Signal]:
    """Without the records that an operation concerns whose outcome is to be looked up: until then nothing more is decided about them."""
    async with joined.database.read() as tx:
        unfinished = await operations.unfinished(tx, joined.connection)
    open_ = [
        op
        for op in unfinished
        if op.sync == sync.name and lookup(op, joined.abilities(op.side, op.kind)) is not None
    ]
    held = set(refs_of_operations(sync, open_))
    return [each for each in noted if each.ref not in held] if held else noted


async def _keep(
    joined: Joined,
    sync: Sync,
    plan: str,
    decisions: Sequence[Decision],
    gathered: Gathered,
    generations: Mapping[Ref, int],
    *,
    completing: bool,
) -> list[tuple[Operation, bool]]:
    """Store decisions: planned operations with their claims, links, questions; clear the signals of subjects with nothing to do."""
    now = joined.clock.now()
    done: list[Ref] = []
    async with joined.database.write() as tx:
        moved = await moves.number(tx, joined.connection) != gathered.moves
        found = await _unplanned(tx, joined, plan, decisions)
        if completing:
            found = [each for each in found if each[1]]
        made = [operation for operation, _ in found]
        if made:
            await operations.put(tx, joined.connection, plan, made, now)
            claimed = claims(sync, made, gathered.around)
            for side in Side:
                mine = {
                    claimant: [(UNIQUE + path, value) for path, value in held]
                    for (where, claimant), held in claimed.items()
                    if where is side
                }
                await keys.replace(tx, joined.connection, sync.name, side, mine)
        changed = [decision.link for decision in decisions if decision.link is not None]
        await links.put(tx, joined.connection, changed, now)
        stand = [
            (ref, decision.state, decision.reason, decision.problem)
            for decision in decisions
            for ref in refs_in(decision.subject)
        ]
        await subjects.put(tx, joined.connection, sync.name, stand, now)
        await reconcile(tx, joined, sync, decisions)
        await _wait(tx, joined, sync, decisions)
        for decision in decisions:
            for ref in decision.erase:
                covering = [each.name for each in joined.syncs if each.kind(ref.side) is ref.kind]
                await records.erase(tx, joined.connection, [ref], covering)
            if decision.absent:
                await note(tx, joined, decision.absent, unread=True)
            elif moved and (decision.wants or _twins(decision)):
                continue  # What went away since the decision has woken nobody who was not known to wait for it.
            elif not decision.operations and not decision.again:
                done += [ref for ref in refs_in(decision.subject) if ref in generations]
        await signals.clear(
            tx, joined.connection, sync.name, [(ref.side, ref.id, generations[ref]) for ref in done]
        )
    return found


def _twins(decision: Decision) -> tuple[str, ...]:
    """The records across because of which a subject is doubtful, a few: those with the same key are found by that key too."""
    subject = decision.subject
    if not isinstance(subject, Single) or decision.state is not SubjectState.DOUBTFUL:
        return ()
    return subject.match.twins[:_TWINS]


async def _wait(tx: Tx, joined: Joined, sync: Sync, decisions: Sequence[Decision]) -> None:
    """Remember who waits for what another record has, and who is doubtful because of which."""
    for side in Side:
        waiting: dict[str, list[tuple[str, str]]] = {}
        for decision in decisions:
            mine = [(path, value) for where, path, value in decision.wants if where is side]
            mine += [(TWIN, twin) for twin in _twins(decision)]
            waiting |= {ref.id: mine for ref in refs_in(decision.subject) if ref.side is side.other}
        await wait_for(tx, joined, sync, side, waiting)


async def _unplanned(
    tx: Tx, joined: Joined, plan: str, decisions: Sequence[Decision]
) -> list[tuple[Operation, bool]]:
    """The operations of these decisions, without those that the plan has already: two records are decided about from both ends.

    Each with whether it completes a record that was just made.
    """
    paired = {op.crm_id for each in decisions for op in each.operations if op.crm_id and op.ledger_id}
    known = await operations.planned_pairs(tx, joined.connection, plan, sorted(paired))
    found: list[tuple[Operation, bool]] = []
    for decision in decisions:
        for op in decision.operations:
            if op.place not in known:
                found.append((replace(op, id=joined.new_id()), completes(joined.sync(op.sync), decision, op)))
                known.add(op.place)
    return found


async def _follow(joined: Joined, survivors: Sequence[Ref]) -> None:
    """Merges on a side: read the survivors, so that the moved links are compared with them."""
    await look(joined, survivors)
    async with joined.database.write() as tx:
        await note(tx, joined, survivors, unread=False)
