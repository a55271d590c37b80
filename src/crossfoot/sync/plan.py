"""What to do about one subject of a sync: a linked pair, or a record without a link.

`decide` looks at everything that is known and answers with operations, each with its reason, or with the reason why there are none. What the
other side would refuse is found here, before it is called: "not ready: fix X" beats a failed call.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from crossfoot.model.fields import FieldType
from crossfoot.model.identity import Kind, Ref, Side, creation_key
from crossfoot.model.links import Link, LinkState
from crossfoot.model.operations import Act, FieldChange, Operation
from crossfoot.model.problems import Cause, Problem
from crossfoot.model.records import Observation, Standing, Value
from crossfoot.model.subjects import SubjectState
from crossfoot.settings.fits import fits
from crossfoot.settings.mappings import FieldPair, Inexpressible, Untold
from crossfoot.settings.rules import DeletionRule, Sync
from crossfoot.sync.match import Match, Verdict
from crossfoot.sync.merge import Change, Conflict, Difference, Merged, merge
from crossfoot.systems.port import FieldInfo, KindAbilities

CLAIM = "+"
"""Marks, among the holders of unique values, a record that is only planned; followed by the id of the record that it is made from."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A link and what both of its records were last seen to hold."""

    link: Link
    crm: Observation
    ledger: Observation

    def on(self, side: Side) -> Observation:
        """The observation of one side."""
        return self.crm if side is Side.CRM else self.ledger


@dataclass(frozen=True, slots=True)
class Single:
    """A record without a partner in this sync."""

    side: Side
    seen: Observation
    match: Match
    elsewhere: str = ""
    """The name of another sync in which it has a partner."""
    ended: bool = False
    """Whether it once had a partner here and was parted from it."""


Subject = Pair | Single


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What else must be known to decide, gathered before and for all subjects of a chunk."""

    accounts: Mapping[Side, str]
    """The portal's and the organisation's keys."""
    titles: Mapping[Side, str]
    """How people call the systems."""
    abilities: Mapping[Side, KindAbilities]
    fields: Mapping[Side, Mapping[str, FieldInfo]]
    references: Mapping[str, Mapping[Side, Kind]] = field(default_factory=dict)
    """The sync's fields that name another record, and the kind named on each side."""
    partners: Mapping[Ref, str] = field(default_factory=dict)
    """A record that others refer to, and the id of its partner across."""
    coming: frozenset[Ref] = frozenset()
    """Records whose partner is about to be created by the same plan."""
    holders: Mapping[tuple[Side, str, str], frozenset[str]] = field(default_factory=dict)
    """(side, unique path, folded value): the ids of live records (and of planned ones) that hold it."""
    linked: Mapping[Ref, str] = field(default_factory=dict)
    """Survivors of merges that have a partner already, and the id of their link."""
    crowds: Mapping[str, int] = field(default_factory=dict)
    """Id of a record with embedded ones: how many it holds."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do about a subject, and what to remember without any write."""

    subject: Subject
    state: SubjectState
    reason: str
    operations: tuple[Operation, ...] = ()
    link: Link | None = None
    """The link as it should be remembered now; None if it stays as it is."""
    conflicts: tuple[Conflict, ...] = ()
    differences: tuple[Difference, ...] = ()
    problem: Problem | None = None
    erase: tuple[Ref, ...] = ()
    """Records of which nothing may be kept."""
    look_at: tuple[Ref, ...] = ()
    """Records to read before anything else can be said: survivors of merges."""
    again: bool = False
    """Whether something was put off to the next look: two fields share a native one."""
    absent: tuple[Ref, ...] = ()
    """Records that were not found just now, to be read again by the next run: "not found" is not "deleted"."""


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
    may_archive = (
        len(gone) == 1
        and other.live
        and link.state is LinkState.ACTIVE
        and sync.deletion is DeletionRule.ARCHIVE
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
    crm = translated(sync, pair.crm, around)
    merged = merge(sync, link.base, crm, pair.ledger, link.verdicts, link.held)
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
    again = False
    for side in Side:
        built = _update(sync, pair, side, merged.to(side), around)
        problems += built.problems
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
        native = _native(field_pair, side, change.value, target, around)
        if isinstance(native, Problem):
            problems.append(native)
            continue
        parent_path = around.abilities[side].parent_path
        if parent_path in native and native[parent_path] is None:
            problems.append(_without_parent(sync, side, around))
            continue
        moving = {path: value for path, value in native.items() if target.fields.get(path) != value}
        if any(path in values and values[path] != value for path, value in native.items()):
            again = True  # An earlier field pair writes the same native field; what is left of this one shows at the next look.
            continue
        problem = _unfit(side, moving, {target.ref.id, CLAIM + pair.on(side.other).ref.id}, sync, around)
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
            return Decision(single, SubjectState.PENDING, f"{title} does not find it just now")
    if single.ended:
        return Decision(single, SubjectState.ENDED, "its partner was archived, erased or parted from it")
    if single.elsewhere:
        return Decision(single, SubjectState.EXCLUDED, f"belongs to the sync '{single.elsewhere}'")
    left_out = _left_out(sync, {side: seen}, around) or _not_ours(sync, side, seen)
    if left_out:
        return Decision(single, SubjectState.EXCLUDED, left_out)
    if single.match.verdict is Verdict.ASK:
        return Decision(single, SubjectState.DOUBTFUL, single.match.why)
    if single.match.verdict is Verdict.SAME and single.match.twin is not None:
        return _decide_link(sync, single, single.match.twin, around)
    return _decide_create(sync, single, around)


def _decide_link(sync: Sync, single: Single, twin: Observation, around: Surroundings) -> Decision:
    """Link two records, and bring them into agreement as their first contact demands."""
    crm, ledger = (single.seen, twin) if single.side is Side.CRM else (twin, single.seen)
    left_out = _left_out(sync, {twin.ref.side: twin}, around)
    if left_out:
        return Decision(single, SubjectState.DOUBTFUL, f"{single.match.why}, but {left_out}")
    link = Link("", sync.name, crm.ref.id, ledger.ref.id)
    join = Operation(
        sync.name, Act.LINK, Side.CRM, sync.crm, crm.ref.id, ledger.ref.id, reason=single.match.why
    )
    first = _decide_merge(sync, Pair(link, crm, ledger), around)
    return Decision(
        single, SubjectState.PENDING, join.reason, operations=(join, *first.operations), problem=first.problem
    )


def _decide_create(sync: Sync, single: Single, around: Surroundings) -> Decision:
    side, target = single.side, single.side.other
    if not (sync.creates.allows(target) and sync.direction.allows(target)):
        return Decision(
            single, SubjectState.EXCLUDED, f"this sync does not create records in {around.titles[target]}"
        )
    source = translated(sync, single.seen, around) if side is Side.CRM else single.seen
    values: dict[str, Value] = {}
    fields: list[FieldChange] = []
    empty = Observation(Ref(target, sync.kind(target), ""), Standing.LIVE)
    for pair in sync.pairs:
        value = pair.read(side, source.fields)
        if value is None or isinstance(value, Untold) or not sync.direction_of(pair).allows(target):
            continue
        native = _native(pair, target, value, empty, around)
        if isinstance(native, Problem):
            state = SubjectState.EXCLUDED if native.cause is Cause.INEXPRESSIBLE else SubjectState.NOT_READY
            return Decision(single, state, native.what, problem=native)
        new = {path: each for path, each in native.items() if each is not None and path not in values}
        if new:
            values.update(new)
            fields.append(FieldChange(pair.name, None, value, "new"))
    problem = _incomplete(sync, target, values, around) or _unfit(
        target, values, {CLAIM + single.seen.ref.id}, sync, around
    )
    if problem:
        state = SubjectState.EXCLUDED if problem.cause is Cause.INEXPRESSIBLE else SubjectState.NOT_READY
        return Decision(single, state, problem.what, problem=problem)
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


# ── references: ids of other records, translated through their links ───────────────────────────────────────────────────


def references(sync: Sync, fields: Mapping[Side, Mapping[str, FieldInfo]]) -> dict[str, dict[Side, Kind]]:
    """The sync's fields that name another record: field name to the kind referred to on each side."""
    found: dict[str, dict[Side, Kind]] = {}
    for pair in sync.pairs:
        if pair.lens.type is FieldType.REFERENCE:
            infos = {side: fields[side].get(pair.paths(side)[0]) for side in Side}
            found[pair.name] = {
                side: info.refers_to for side, info in infos.items() if info and info.refers_to
            }
    return {name: kinds for name, kinds in found.items() if len(kinds) == len(Side)}


def translated(sync: Sync, crm: Observation, around: Surroundings) -> Observation:
    """The CRM's record with its references in the ledger's ids, which are the shared value of a reference.

    A reference to a record whose partner is only coming is written as `str(ref)`; one without any partner is left out, as not told.
    """
    changed: dict[str, Value] = {}
    dropped: set[str] = set()
    for name, kinds in around.references.items():
        path = sync.pair(name).crm[0]
        value = crm.fields.get(path)
        if not isinstance(value, str):
            continue
        ref = Ref(Side.CRM, kinds[Side.CRM], value)
        if ref in around.partners:
            changed[path] = around.partners[ref]
        elif ref in around.coming:
            changed[path] = str(ref)
        else:
            dropped.add(path)
    if not changed and not dropped:
        return crm
    return replace(
        crm,
        fields={path: changed.get(path, value) for path, value in crm.fields.items() if path not in dropped},
    )


def _native(
    pair: FieldPair, side: Side, value: Value, target: Observation, around: Surroundings
) -> dict[str, Value] | Problem:
    """The native values that carry a shared value to one side."""
    kinds = around.references.get(pair.name)
    if kinds and side is Side.CRM and isinstance(value, str):
        ref = Ref(Side.LEDGER, kinds[Side.LEDGER], value)
        if ref in around.partners:
            value = around.partners[ref]
        elif ref in around.coming:
            value = str(ref)
        else:
            return Problem(
                Cause.NOT_READY,
                f"The {kinds[Side.LEDGER].replace('_', ' ')} that it belongs to in {around.titles[Side.LEDGER]} has no partner in {around.titles[Side.CRM]} yet.",
                "Link or sync that record first; this one follows by itself.",
                pair.crm[0],
            )
    known = {path: target.fields.get(path) for path in pair.paths(side)}
    try:
        return pair.write(side, value, known)
    except Inexpressible as why:
        return Problem(
            Cause.INEXPRESSIBLE,
            f"{around.titles[side]} has no way to say '{value}' for '{pair.name}': {why}",
            "Change the value, or the mapping of this field.",
            pair.paths(side)[0],
        )


# ── what the other side would refuse ───────────────────────────────────────────────────────────────────────────────────


def _left_out(sync: Sync, seen: Mapping[Side, Observation], around: Surroundings) -> str:
    for side, observation in seen.items():
        condition = sync.filters.get(side)
        if condition and not condition.holds(observation.fields):
            labels = {path: info.label for path, info in around.fields[side].items()}
            return f"the filter for {around.titles[side]} asks that {condition.sentence(labels)}"
    return ""


def _not_ours(sync: Sync, side: Side, seen: Observation) -> str:
    return "" if sync.newcomer(side).holds(seen.fields) else "another sync is responsible for such records"


def _incomplete(sync: Sync, side: Side, values: Mapping[str, Value], around: Surroundings) -> Problem | None:
    abilities, title = around.abilities[side], around.titles[side]
    for path in abilities.required_paths:
        if values.get(path) is None:
            label = around.fields[side][path].label if path in around.fields[side] else path
            return Problem(
                Cause.NOT_READY,
                f"{title} needs a value for '{label}', and this record has none.",
                "Fill in the field that is mapped to it.",
                path,
            )
    parent_path = abilities.parent_path
    if parent_path is not None:
        parent = values.get(parent_path)
        if parent is None:
            return _without_parent(sync, side, around)
        if around.crowds.get(str(parent), 0) >= abilities.embedded_max:
            return Problem(
                Cause.INEXPRESSIBLE,
                f"{title} holds at most {abilities.embedded_max} people in one {(abilities.embedded_in or sync.kind(side)).replace('_', ' ')}, and there are that many already.",
                "Remove one there, or leave this one out with a filter.",
                parent_path,
            )
    return None


def _without_parent(sync: Sync, side: Side, around: Surroundings) -> Problem:
    kind, holder = (
        (each or sync.kind(side)).replace("_", " ")
        for each in (sync.kind(side), around.abilities[side].embedded_in)
    )
    return Problem(
        Cause.NOT_READY,
        f"A {kind} in {around.titles[side]} stands inside a {holder}, and {around.titles[side.other]} names none that has a partner there.",
        "Name one, or link or sync it first; this record follows by itself.",
        around.abilities[side].parent_path,
    )


def _unfit(
    side: Side, values: Mapping[str, Value], own: set[str], sync: Sync, around: Surroundings
) -> Problem | None:
    title = around.titles[side]
    for path, value in values.items():
        info = around.fields[side].get(path)
        if info is None:
            return Problem(Cause.INVALID, f"{title} has no field '{path}'.", "Correct the mapping.", path)
        clause = fits(
            value,
            label=f"'{info.label}'",
            type=info.type,
            max_length=info.max_length,
            options=info.options,
            writable=info.writable,
        )
        bad = [sign for sign in info.forbidden if isinstance(value, str) and sign in value]
        if bad:
            clause = f"'{info.label}' may not contain {' or '.join(bad)}"
        if clause:
            return Problem(
                Cause.INEXPRESSIBLE,
                f"{title} cannot hold this: {clause}.",
                "Change the value, or leave the record out with a filter.",
                path,
            )
    for path in around.abilities[side].unique_paths:
        value = values.get(path)
        if isinstance(value, str):
            others = around.holders.get((side, path, value.casefold()), frozenset()) - own
            if others:
                label = around.fields[side][path].label
                return Problem(
                    Cause.TAKEN,
                    f"{title} allows each '{label}' once, and '{value}' belongs to another {sync.kind(side).replace('_', ' ')} there ({', '.join(sorted(each.removeprefix(CLAIM) for each in others))}).",
                    "Rename one of them, or say in the review that they are the same.",
                    path,
                )
    return None


def _if_changed(old: Link, new: Link) -> Link | None:
    return new if new != old else None


def merged_of(decision: Decision, sync: Sync, around: Surroundings) -> Merged | None:
    """The comparison behind a decision on a pair, for `explain` and the proof."""
    subject = decision.subject
    if not isinstance(subject, Pair):
        return None
    link = subject.link
    return merge(
        sync, link.base, translated(sync, subject.crm, around), subject.ledger, link.verdicts, link.held
    )
