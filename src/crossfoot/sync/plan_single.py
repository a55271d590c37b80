"""What to do about a record without a link: nothing, ask, link it with its twin, or make its copy across."""

from crossfoot.model.identity import Ref, Side, creation_key
from crossfoot.model.operations import Act, FieldChange, Operation
from crossfoot.model.problems import Cause, Problem
from crossfoot.model.records import Observation, Standing, Value
from crossfoot.model.subjects import SubjectState
from crossfoot.settings.mappings import Untold
from crossfoot.settings.rules import Sync
from crossfoot.sync.billing import not_due, prepared, unbillable
from crossfoot.sync.filtering import kept_out
from crossfoot.sync.match import Verdict
from crossfoot.sync.plan_agreement import decide_agreement
from crossfoot.sync.preflight import incomplete, native, unfit, wanted
from crossfoot.sync.preflight_documents import unready
from crossfoot.sync.pricing import unpriced
from crossfoot.sync.subject import CLAIM, Decision, Pair, Single, Surroundings, couple


def decide_single(sync: Sync, single: Single, around: Surroundings) -> Decision:
    """What becomes of a record without a partner: it is left alone, asked about, linked with its twin, or made across."""
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
    left_out = kept_out(sync, {side: seen}, around) or ("" if ours else not_due(sync, side, around))
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
    left_out = kept_out(sync, {across: pair.on(across)}, around)
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
    first = decide_agreement(sync, pair, around)
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
    source = prepared(sync, single.seen, around)
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
        unpriced(single.seen, around)
        or incomplete(sync, target, values, single.seen, around)
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
