"""What to do about one subject of a sync: a linked pair, or a record without a link.

`decide` looks at everything that is known and answers with operations, each with its reason, or with the reason why there are none. What the
other side would refuse is found here, before it is called: "not ready: fix X" beats a failed call.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from crossfoot.model.fields import FieldType
from crossfoot.model.identity import Ref, Side, creation_key
from crossfoot.model.links import Link, LinkState
from crossfoot.model.operations import Act, FieldChange, Operation
from crossfoot.model.problems import Cause, Problem
from crossfoot.model.records import Observation, Standing, Value
from crossfoot.model.subjects import SubjectState
from crossfoot.settings.mappings import Untold
from crossfoot.settings.rules import DeletionRule, Sync
from crossfoot.sync.billing import facing, not_due, prepared, unbillable
from crossfoot.sync.match import Verdict
from crossfoot.sync.merge import Change, merge
from crossfoot.sync.preflight import incomplete, native, unfit, wanted, without_parent
from crossfoot.sync.preflight_documents import unready
from crossfoot.sync.subject import CLAIM, Decision, Pair, Single, Subject, Surroundings, couple


def decide(sync: Sync, subject: Subject, around: Surroundings) -> Decision:
    """The one decision. Pure: the same knowledge always gives the same operations."""
    return (
        _decide_pair(sync, subject, around)
        if isinstance(subject, Pair)
        else _decide_single(sync, subject, around)
    )


# ── a linked pair ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _decide_pair(sync: Sync, pair: Pair, around: Surroundings) -> Decision:
    link = pair.link
    for side in Side:
        if pair.on(side).standing is Standing.ERASED:
            reason = f"erased for privacy in {around.titles[side]}"
            return Decision(
                pair,
                SubjectState.ENDED,
                reason,
                link=replace(link, base={}, verdicts={}, held={}, state=LinkState.ENDED, reason=reason),
                erase=(pair.on(side).ref,),
            )
    for side in Side:
        seen = pair.on(side)
        if seen.standing is Standing.MERGED and seen.survivor:
            return _decide_merged(pair, side, Ref(side, seen.ref.kind, seen.survivor), around)
    if link.state is LinkState.ENDED:
        return Decision(pair, SubjectState.ENDED, link.reason)
    gone = [side for side in Side if pair.on(side).standing is Standing.ARCHIVED]
    if gone:
        return _decide_gone(sync, pair, gone, around)
    missing = [side for side in Side if not pair.on(side).live]
    if missing and pair.gone.issuperset(missing):
        # Whether it was deleted is not known, so nothing follows from it; should it show again, a listing says so and the link wakes.
        reason = (
            f"{around.titles[missing[0]]} has not found it for a day; it seems to have been deleted there"
        )
        dormant = replace(link, state=LinkState.DORMANT, reason=reason)
        return Decision(pair, SubjectState.ENDED, reason, link=_if_changed(link, dormant))
    if missing:
        reason = f"{around.titles[missing[0]]} does not find it just now"
        return Decision(
            pair, SubjectState.PENDING, reason, absent=tuple(pair.on(side).ref for side in missing)
        )
    left_out = _left_out(sync, {side: pair.on(side) for side in Side}, around)
    if left_out:
        excluded = replace(link, state=LinkState.EXCLUDED, reason=left_out)
        return Decision(pair, SubjectState.EXCLUDED, left_out, link=_if_changed(link, excluded))
    return _decide_merge(sync, pair, around)


def _decide_merged(pair: Pair, side: Side, survivor: Ref, around: Surroundings) -> Decision:
    """A side merged the record into another one: the link moves there, unless the survivor has a partner already."""
    link, title = pair.link, around.titles[side]
    if around.linked.get(survivor, link.id) == link.id:
        reason = f"{title} merged it into {survivor.id}"
        return Decision(
            pair, SubjectState.PENDING, reason, link=link.moved(side, survivor.id), look_at=(survivor,)
        )
    reason = f"{title} merged it into {survivor.id}, which has a partner of its own; merge the two in {around.titles[side.other]} too"
    ended = replace(link, state=LinkState.ENDED, reason=reason)
    return Decision(pair, SubjectState.ENDED, reason, link=ended, look_at=(survivor,))


def _decide_gone(sync: Sync, pair: Pair, gone: list[Side], around: Surroundings) -> Decision:
    link, side = pair.link, gone[0]
    where = " and ".join(around.titles[each] for each in gone)
    reason = f"archived in {where}"
    other = pair.on(side.other)
    # What the books have approved is theirs: that its copy is gone takes nothing out of them.
    handed = side is Side.CRM and sync.handover is not None and sync.handover.holds(other.fields)
    may_archive = (
        len(gone) == 1
        and not handed
        # What is kept inside another record only left a list there; that says nothing about the person.
        and around.abilities[side].embedded_in is None
        and other.live
        and link.state is LinkState.ACTIVE
        and (
            sync.deletion is DeletionRule.ARCHIVE
            or (sync.deletion is DeletionRule.ARCHIVE_IN_CRM and side is Side.LEDGER)
        )
        and sync.direction.allows(side.other)
        and around.abilities[side.other].archive_batch > 0
    )
    if may_archive:
        archive = Operation(
            sync.name,
            Act.ARCHIVE,
            side.other,
            sync.kind(side.other),
            link.crm_id,
            link.ledger_id,
            reason=reason,
        )
        return Decision(pair, SubjectState.PENDING, reason, operations=(archive,))
    dormant = replace(link, state=LinkState.DORMANT, reason=reason)
    return Decision(pair, SubjectState.ENDED, reason, link=_if_changed(link, dormant))


def _decide_merge(sync: Sync, pair: Pair, around: Surroundings) -> Decision:
    link = pair.link
    merged = pair.merged or merge(
        sync, link.base, *facing(sync, pair.crm, pair.ledger, around), link.verdicts, link.held
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
    problems: list[Problem] = []
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
        link=_if_changed(link, settled),
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


# ── a record without a link ────────────────────────────────────────────────────────────────────────────────────────────


def _decide_single(sync: Sync, single: Single, around: Surroundings) -> Decision:
    side, seen = single.side, single.seen
    title = around.titles[side]
    match seen.standing:
        case Standing.ERASED:
            return Decision(single, SubjectState.ENDED, f"erased for privacy in {title}", erase=(seen.ref,))
        case Standing.MERGED:
            survivor = (Ref(side, seen.ref.kind, seen.survivor),) if seen.survivor else ()
            into = seen.survivor or "another record"
            return Decision(single, SubjectState.ENDED, f"merged into {into} in {title}", look_at=survivor)
        case Standing.ARCHIVED:
            return Decision(single, SubjectState.ENDED, f"archived in {title}")
        case Standing.MISSING:
            # It has no partner to keep; should it show again, a listing says so and it is read.
            return Decision(single, SubjectState.ENDED, f"{title} does not find it")
    if single.ended:
        return Decision(single, SubjectState.ENDED, "its partner was archived, erased or parted from it")
    if single.elsewhere:
        state = SubjectState.ELSEWHERE if single.covered else SubjectState.EXCLUDED
        rests = "" if single.covered else ", which does not run"
        return Decision(single, state, f"belongs to the sync '{single.elsewhere}'{rests}")
    ours = sync.newcomer(side).holds(seen.fields) or (side is Side.CRM and seen.ref.id in around.asked)
    if not ours and single.covered:
        return Decision(single, SubjectState.ELSEWHERE, f"the sync '{single.covered}' takes such records")
    left_out = _left_out(sync, {side: seen}, around) or ("" if ours else not_due(sync, side, around))
    if left_out:
        return Decision(single, SubjectState.EXCLUDED, left_out)
    if single.match.verdict is Verdict.ASK:
        return Decision(single, SubjectState.DOUBTFUL, single.match.why)
    pair = single.couple or couple(sync, single)
    if pair is not None:
        return _decide_link(sync, single, pair, around)
    if single.begun:
        reason = f"{around.titles[single.side.other]} did not say whether it made the copy; look there, and make it by hand if it is missing"
        return Decision(single, SubjectState.PENDING, reason)
    return _decide_create(sync, single, around)


def _decide_link(sync: Sync, single: Single, pair: Pair, around: Surroundings) -> Decision:
    """Link two records, and bring them into agreement as their first contact demands."""
    across = single.side.other
    left_out = _left_out(sync, {across: pair.on(across)}, around)
    if left_out:
        return Decision(single, SubjectState.DOUBTFUL, f"{single.match.why}, but {left_out}")
    join = Operation(
        sync.name,
        Act.LINK,
        Side.CRM,
        sync.crm,
        pair.link.crm_id,
        pair.link.ledger_id,
        reason=single.match.why,
    )
    first = _decide_merge(sync, pair, around)
    return Decision(
        single,
        SubjectState.PENDING,
        join.reason,
        operations=(join, *first.operations),
        problem=first.problem,
        wants=first.wants,
    )


def _decide_create(sync: Sync, single: Single, around: Surroundings) -> Decision:
    side, target = single.side, single.side.other
    if target in around.unable:
        what = f"{around.titles[target]} lets nobody make such records in this account"
        return Decision(single, SubjectState.EXCLUDED, what)
    if not (sync.creates.allows(target) and sync.direction.allows(target)):
        return Decision(
            single, SubjectState.EXCLUDED, f"this sync does not create records in {around.titles[target]}"
        )
    hindered = unbillable(sync, single.seen, around) if side is Side.CRM else None
    if hindered is not None:
        state = SubjectState.EXCLUDED if hindered.problem is None else SubjectState.NOT_READY
        return Decision(single, state, hindered.reason, problem=hindered.problem)
    source = prepared(sync, single.seen, around) if side is Side.CRM else single.seen
    values: dict[str, Value] = {}
    whole: dict[str, Value] = {}
    fields: list[FieldChange] = []
    empty = Observation(Ref(target, sync.kind(target), ""), Standing.LIVE)
    later = frozenset(around.abilities[target].later_paths)
    for pair in sync.pairs:
        value = pair.read(side, source.fields)
        if value is None or isinstance(value, Untold) or not sync.direction_of(pair).allows(target):
            continue
        carried = native(pair, target, value, empty, around)
        if isinstance(carried, Problem):
            state = SubjectState.EXCLUDED if carried.cause is Cause.INEXPRESSIBLE else SubjectState.NOT_READY
            return Decision(single, state, carried.what, problem=carried)
        whole = {**carried, **whole}
        if not later.isdisjoint(pair.paths(target)):
            # The next look finds it missing there, and an update brings it.
            continue
        new = {path: each for path, each in carried.items() if each is not None and path not in values}
        if new:
            values.update(new)
            fields.append(FieldChange(pair.name, None, value, "new"))
    # What follows later is asked for now: a record is not begun that could not be completed.
    problem = (
        incomplete(sync, target, values, single.seen, around)
        or unready(sync, target, whole, empty, single.seen, around)
        or unfit(target, values, {CLAIM + single.seen.ref.id}, sync, around)
    )
    if problem:
        state = SubjectState.EXCLUDED if problem.cause is Cause.INEXPRESSIBLE else SubjectState.NOT_READY
        return Decision(single, state, problem.what, problem=problem, wants=tuple(wanted(target, [problem])))
    waits = tuple(sorted(ref for ref in around.coming if str(ref) in values.values()))
    operation = Operation(
        sync.name,
        Act.CREATE,
        target,
        sync.kind(target),
        single.seen.ref.id if side is Side.CRM else None,
        single.seen.ref.id if side is Side.LEDGER else None,
        values,
        tuple(fields),
        f"new in {around.titles[side]}",
        key=creation_key(around.accounts[side], single.seen.ref)
        if around.abilities[target].key_path
        else None,
        waits_for=waits,
    )
    return Decision(single, SubjectState.PENDING, operation.reason, operations=(operation,))


# ── who takes part ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _left_out(sync: Sync, seen: Mapping[Side, Observation], around: Surroundings) -> str:
    for side, observation in seen.items():
        condition = sync.filters.get(side)
        if condition and not condition.holds(observation.fields):
            labels = {path: info.label for path, info in around.fields[side].items()}
            return f"the filter for {around.titles[side]} asks that {condition.sentence(labels)}"
    return ""


def _if_changed(old: Link, new: Link) -> Link | None:
    return new if new != old else None
