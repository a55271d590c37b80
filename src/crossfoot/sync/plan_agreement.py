"""What brings the two records of a pair into agreement: what merging them gave, as one update for each side.

A change that the other side would refuse is left out with its reason, and the others go on.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from crossfoot.model.fields import FieldType
from crossfoot.model.identity import Side
from crossfoot.model.links import Link, LinkState
from crossfoot.model.operations import Act, FieldChange, Operation
from crossfoot.model.problems import Problem
from crossfoot.model.records import Value
from crossfoot.model.subjects import SubjectState
from crossfoot.settings.rules import Sync
from crossfoot.sync.billing import facing, unbillable
from crossfoot.sync.merge import Change, merge
from crossfoot.sync.preflight import native, unfit, wanted, without_parent
from crossfoot.sync.preflight_documents import unready
from crossfoot.sync.pricing import unpriced
from crossfoot.sync.subject import CLAIM, Decision, Pair, Surroundings


def decide_agreement(sync: Sync, pair: Pair, around: Surroundings) -> Decision:
    """What brings two live records into agreement: at most one update for each side, and what waits for a person."""
    link = pair.link
    merged = pair.merged or merge(
        sync, link.base, *facing(sync, pair.crm, pair.ledger, around, link.base), link.verdicts, link.held
    )
    settled = replace(
        link,
        base={**link.base, **merged.agreed},
        verdicts={name: verdict for name, verdict in link.verdicts.items() if name not in merged.agreed},
        held={name: why for name, why in link.held.items() if name not in merged.agreed},
        state=LinkState.ACTIVE,
        reason="",
    )
    operations: list[Operation] = []
    problems: list[Problem] = list(filter(None, [unpriced(pair.ledger, around)]))
    wants: list[tuple[Side, str, str]] = []
    again = False
    for side in Side:
        built = _update(sync, pair, side, merged.to(side), around)
        problems += built.problems
        wants += wanted(side, built.problems)
        again = again or built.again
        if built.operation:
            operations.append(built.operation)
    if operations:
        state, reason = SubjectState.PENDING, operations[0].reason
    elif problems:
        state, reason = SubjectState.NOT_READY, problems[0].what
    elif merged.conflicts:
        names = ", ".join(conflict.field for conflict in merged.conflicts)
        state, reason = SubjectState.CONFLICT, f"waits for a decision on {names}"
    else:
        state, reason = SubjectState.IN_STEP, ""
    return Decision(
        pair,
        state,
        reason,
        operations=tuple(operations),
        link=if_changed(link, settled),
        conflicts=merged.conflicts,
        differences=merged.differences,
        problem=problems[0] if problems else None,
        again=again,
        wants=tuple(wants),
    )


@dataclass(frozen=True, slots=True)
class _Built:
    operation: Operation | None
    problems: list[Problem]
    again: bool


def _update(sync: Sync, pair: Pair, side: Side, changes: Iterable[Change], around: Surroundings) -> _Built:
    """One update with every change that this side can take."""
    target = pair.on(side)
    values: dict[str, Value] = {}
    fields: list[FieldChange] = []
    problems: list[Problem] = []
    again = False
    for change in changes:
        field_pair = sync.pair(change.field)
        carried = native(field_pair, side, change.value, target, around)
        if isinstance(carried, Problem):
            problems.append(carried)
            continue
        parent_path = around.abilities[side].parent_path
        if parent_path in carried and carried[parent_path] is None:
            problems.append(without_parent(sync, side, around))
            continue
        moving = {path: value for path, value in carried.items() if target.fields.get(path) != value}
        if any(path in values and values[path] != value for path, value in carried.items()):
            again = True  # An earlier field pair writes the same native field; what is left of this one shows at the next look.
            continue
        own = {target.ref.id, CLAIM + pair.on(side.other).ref.id}
        problem = (
            _too_little(sync, side, change, pair, around)
            or unready(sync, side, {**values, **moving}, target, pair.on(side.other), around)
            or unfit(side, moving, own, sync, around)
        )
        if problem:
            problems.append(problem)
            continue
        values.update(moving)
        fields.append(FieldChange(change.field, change.before, change.value, change.why, change.overrules))
    if not values:
        return _Built(None, problems, again)
    reason = f"{', '.join(each.field for each in fields)}: {fields[0].why}"
    operation = Operation(
        sync.name,
        Act.UPDATE,
        side,
        sync.kind(side),
        pair.link.crm_id,
        pair.link.ledger_id,
        values,
        tuple(fields),
        reason,
    )
    return _Built(operation, problems, again)


def _too_little(sync: Sync, side: Side, change: Change, pair: Pair, around: Surroundings) -> Problem | None:
    """Of a deal that comes to less than what is billed of it: why its last invoice does not follow."""
    if side is Side.CRM or sync.pair(change.field).lens.type is not FieldType.LINES:
        return None
    hindered = unbillable(sync, pair.crm, around)
    return hindered.problem if hindered is not None else None


def if_changed(old: Link, new: Link) -> Link | None:
    """The link as it should be remembered now; None if it stays as it is."""
    return new if new != old else None
