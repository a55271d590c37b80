"""What became of a batch of operations, and what that proves, into memory: a few statements for all of them, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from crossfoot.model.identity import Ref, Side
from crossfoot.model.links import Link, LinkState
from crossfoot.model.operations import Act, Operation, OperationState
from crossfoot.model.problems import Cause, Problem
from crossfoot.model.records import Observation, Standing
from crossfoot.model.subjects import SubjectState
from crossfoot.runtime.gather import Gathered, refs_of
from crossfoot.runtime.joined import Joined
from crossfoot.runtime.listen import note, note_dependents, remember
from crossfoot.runtime.questions import ask_same
from crossfoot.settings.rules import Sync
from crossfoot.store import history, keys, links, operations, subjects
from crossfoot.store.database import Tx
from crossfoot.sync.push import Outcome
from crossfoot.sync.settle import overruled, settle, undone
from crossfoot.sync.subject import CLAIM


@dataclass
class _Effects:
    """What a batch leaves behind, collected so that each table is written once."""

    echoes: list[Observation] = field(default_factory=list)
    """What our own writes made, with nothing left to compare."""
    news: list[Observation] = field(default_factory=list)
    """What the answers show and the next look must compare."""
    links: dict[str, Link] = field(default_factory=dict)
    stand: list[tuple[Ref, SubjectState, str, Problem | None]] = field(default_factory=list)
    claims: dict[Side, list[str]] = field(default_factory=lambda: {side: [] for side in Side})
    """The unique values that planned records held, and that now are theirs or free again."""
    look_again: list[Ref] = field(default_factory=list)
    unread: list[Ref] = field(default_factory=list)
    partnered: list[Ref] = field(default_factory=list)
    lines: list[history.Line] = field(default_factory=list)


async def record(
    tx: Tx,
    joined: Joined,
    sync: Sync,
    run: str,
    came: Sequence[tuple[Operation, Outcome]],
    gathered: Gathered,
) -> bool:
    """Store what became of operations of one sync, and what that proves. Returns whether all went as planned, and no answer told any news."""
    if not came:
        return True
    effects = _Effects()
    known = await links.by_side_ids(
        tx,
        joined.connection,
        sync.name,
        Side.CRM,
        [op.crm_id for op, _ in came if op.crm_id is not None and op.ledger_id is not None],
    )
    for operation, what in came:
        if what.state is OperationState.UNKNOWN or what.state is OperationState.PLANNED:
            continue
        effects.claims[operation.side].append(CLAIM + (operation.source_id or ""))
        if what.state is OperationState.APPLIED and what.record_id is not None:
            _applied(joined, sync, run, operation, what, gathered, known, effects)
        elif what.state is OperationState.REFUSED and what.problem is not None:
            await _refused(tx, joined, sync, run, operation, what, what.problem, effects)
        elif what.state is OperationState.SUPERSEDED:
            effects.unread += _records_of(sync, operation)
            if what.seen is not None:
                # Planned again, and yet a part of it may have been written before somebody went on editing.
                lost = overruled(sync, operation, what.seen, gathered.around)
                effects.lines += [_line(joined, run, operation, "conflict", sentence) for sentence in lost]
    await _store(tx, joined, sync, effects)
    await operations.settle_each(
        tx,
        joined.connection,
        [
            operations.Settlement(op.id, what.state, what.record_id, what.problem, what.note)
            for op, what in came
        ],
        joined.clock.now(),
    )
    return not effects.news and all(what.state is OperationState.APPLIED for _, what in came)


def _applied(
    joined: Joined,
    sync: Sync,
    run: str,
    operation: Operation,
    came: Outcome,
    gathered: Gathered,
    known: dict[str, Link],
    effects: _Effects,
) -> None:
    """`known` holds the links by their CRM record, and is kept up to date: a later operation may concern the same one."""
    assert came.record_id is not None
    source, target = source_of(sync, operation), target_of(operation)
    across = gathered.seen.get(source) if source else None
    if across is None:
        other = operation.side.other
        across = Observation(source or Ref(other, sync.kind(other), ""), Standing.LIVE)
    paired = operation.crm_id is not None and operation.ledger_id is not None
    link = known.get(operation.crm_id or "") if paired else None
    settled = settle(
        sync,
        operation,
        link,
        across,
        gathered.seen.get(target) if target else None,
        came.seen,
        came.record_id,
        gathered.around,
    )
    if settled.observation is not None:
        (effects.news if settled.look_again else effects.echoes).append(settled.observation)
    stored = replace(settled.link, id=settled.link.id or joined.new_id())
    if operation.undoes:
        stored = undone(stored, operation)
    if stored.state is LinkState.ENDED:
        known.pop(stored.crm_id, None)
    else:
        known[stored.crm_id] = stored
    effects.links[stored.id] = stored
    refs = refs_of(sync, stored)
    state = SubjectState.PENDING if settled.look_again else SubjectState.IN_STEP
    effects.stand += [(ref, state, "", None) for ref in refs]
    if settled.look_again:
        effects.look_again.append(refs[0])
    if link is None:
        effects.partnered += refs
    effects.lines += [_line(joined, run, operation, "conflict", sentence) for sentence in settled.history]
    title = gathered.around.titles[operation.side]
    effects.lines += [
        replace(
            _line(joined, run, operation, "warning", f"{title} remarked: {text}"),
            crm_id=stored.crm_id,
            ledger_id=stored.ledger_id,
        )
        for text in came.warnings
    ]


async def _refused(
    tx: Tx,
    joined: Joined,
    sync: Sync,
    run: str,
    operation: Operation,
    came: Outcome,
    problem: Problem,
    effects: _Effects,
) -> None:
    effects.stand += [
        (ref, SubjectState.FAILED, problem.what, problem) for ref in _records_of(sync, operation)
    ]
    source = source_of(sync, operation)
    if came.twin is not None and operation.act is Act.CREATE and source is not None:
        await ask_same(tx, joined, sync, source, [came.twin], problem.what)
        effects.unread.append(Ref(operation.side, operation.kind, came.twin))
    target = target_of(operation)
    if target is not None and problem.cause is Cause.MISSING:
        # It was not looked at just before (`sync/fetch.py`), and is not where it was: what became of it is worth knowing.
        effects.unread.append(target)
    effects.lines.append(_line(joined, run, operation, "refused", str(problem)))


async def _store(tx: Tx, joined: Joined, sync: Sync, effects: _Effects) -> None:
    now = joined.clock.now()
    if effects.echoes:
        await remember(tx, joined, effects.echoes, now, settled=sync.name)
    if effects.news:
        await remember(tx, joined, effects.news, now)
    await links.put(tx, joined.connection, effects.links.values(), now)
    for side, planned in effects.claims.items():
        if planned:
            free: Mapping[str, list[tuple[str, str]]] = {index_id: [] for index_id in planned}
            await keys.replace(tx, joined.connection, sync.name, side, free)
    await subjects.put(tx, joined.connection, sync.name, effects.stand, now)
    if effects.look_again:
        await note(tx, joined, effects.look_again, unread=False)
    if effects.unread:
        await note(tx, joined, effects.unread, unread=True)
    if effects.partnered:
        await note_dependents(tx, joined, effects.partnered)
    await history.add(tx, joined.connection, effects.lines)


def _line(joined: Joined, run: str, operation: Operation, event: str, text: str) -> history.Line:
    return history.Line(
        joined.new_id(),
        joined.clock.now(),
        operation.sync,
        event,
        text,
        run=run or None,
        crm_id=operation.crm_id,
        ledger_id=operation.ledger_id,
        detail={"operation": operation.id},
    )


def source_of(sync: Sync, operation: Operation) -> Ref | None:
    """The record that an operation takes its values from."""
    record_id = operation.source_id
    return Ref(operation.side.other, sync.kind(operation.side.other), record_id) if record_id else None


def target_of(operation: Operation) -> Ref | None:
    """The record that an operation writes to; None for a create."""
    return Ref(operation.side, operation.kind, operation.target_id) if operation.target_id else None


def _records_of(sync: Sync, operation: Operation) -> list[Ref]:
    return [ref for ref in (source_of(sync, operation), target_of(operation)) if ref is not None]
