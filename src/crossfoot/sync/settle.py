"""What the answers prove: the new base, the link's state, lines of history. The base moves on evidence only, field by field."""

from dataclasses import dataclass, replace

from crossfoot.model.computed import bare
from crossfoot.model.fields import FieldType
from crossfoot.model.identity import Ref, Side
from crossfoot.model.links import Link, LinkState
from crossfoot.model.operations import Act, Operation
from crossfoot.model.records import Observation, Standing, Value
from crossfoot.settings.mappings import UNTOLD, Untold
from crossfoot.settings.rules import Sync
from crossfoot.sync.billing import facing, prepared
from crossfoot.sync.lines import arrived, numbered
from crossfoot.sync.merge import merge
from crossfoot.sync.pricing import compared, unpriced
from crossfoot.sync.subject import Surroundings


@dataclass(frozen=True, slots=True)
class Settled:
    """What to remember after an operation was applied."""

    link: Link
    observation: Observation | None
    """What the record that was written holds now, as far as known."""
    history: tuple[str, ...]
    look_again: bool
    """Whether something is left to do: an edit arrived with the answer, a value did not stick as sent."""


def settle(
    sync: Sync,
    operation: Operation,
    link: Link | None,
    across: Observation,
    before: Observation | None,
    now: Observation | None,
    record_id: str,
    around: Surroundings,
) -> Settled:
    """After an applied create, update or archive.

    `across` is the record that the values came from, `before` the written record as it was seen before, `now` what the answer says it holds.
    What was sent and acknowledged is the new base; where the answer shows another value, the other side changed it, and the next look says so.
    """
    side = operation.side
    target = Ref(side, operation.kind, record_id)
    if operation.act is Act.ARCHIVE:
        assert link is not None
        here, there = around.titles[side], around.titles[side.other]
        if operation.undoes:
            reason = f"archived in {here}: a person took its creation back"
            kept = replace(link, state=LinkState.ENDED, reason=reason)
        else:
            reason = f"archived in {there}, and then in {here} by the deletion rule"
            kept = replace(link, state=LinkState.DORMANT, reason=reason)
        return Settled(
            kept,
            now or replace(before or Observation(target, Standing.ARCHIVED), standing=Standing.ARCHIVED),
            (reason,),
            look_again=False,
        )

    known = {**(before.fields if before else {}), **operation.values}
    if now is None:
        held = Observation(
            target,
            Standing.LIVE,
            known,
            before.modified if before else None,
            parent=before.parent if before else None,
        )
    else:
        # An answer may tell only what was written, and leave out what was emptied; the rest is as it was seen a moment ago.
        held = replace(now, fields={**known, **now.fields})
    base: dict[str, Value] = dict(link.base) if link else {}
    agreeing = {**base, **{change.field: change.after for change in operation.fields}}
    crm, ledger = facing(sync, *((held, across) if side is Side.CRM else (across, held)), around, agreeing)
    source = ledger if side is Side.CRM else prepared(sync, across, around)
    stuck = True
    for change in operation.fields:
        pair = sync.pair(change.field)
        after = _shared(sync, operation, change.field, change.after, source)
        came = pair.read(side.other, source.fields)
        told = pair.read(side, now.fields) if now is not None else UNTOLD
        if side is Side.LEDGER and pair.lens.type is FieldType.LINES and not isinstance(told, Untold):
            told = pair.read(side, ledger.fields)
        if pair.lens.type is not FieldType.LINES:
            base[change.field] = after
        elif not isinstance(came, Untold) and pair.same(came, after):
            # Lines into which both sides' edits went are agreed on only when both sides hold them.
            base[change.field] = numbered(after, told, side)
        stuck = stuck and (
            isinstance(told, Untold)
            or pair.same(told, after)
            or (side is Side.CRM and change.field in around.references)
        )
    new = link or Link(
        id="",
        sync=sync.name,
        crm_id=record_id if side is Side.CRM else across.ref.id,
        ledger_id=record_id if side is Side.LEDGER else across.ref.id,
    )
    merged = merge(sync, base, crm, ledger)
    written = {change.field for change in operation.fields}
    base.update(
        {
            name: value
            for name, value in merged.agreed.items()
            if name not in written or sync.pair(name).lens.type is FieldType.LINES
        }
    )
    new = replace(
        new,
        base=base,
        verdicts={name: verdict for name, verdict in new.verdicts.items() if name not in written},
        held={name: why for name, why in new.held.items() if name not in written},
        state=LinkState.ACTIVE,
        reason="",
    )
    if operation.act is Act.UPDATE and record_id != operation.target_id:
        new = new.moved(side, record_id)
    untold = unpriced(held if side is Side.LEDGER else across, around)
    left = not stuck or bool(merged.changes or merged.conflicts) or untold is not None
    return Settled(new, bare(held), overruled(sync, operation, None, around), look_again=left)


def overruled(
    sync: Sync, operation: Operation, found: Observation | None, around: Surroundings
) -> tuple[str, ...]:
    """The edits that lost a conflict to this write, in words, so that none is lost in silence.

    `found` is what a later look showed, where no answer came: only what it holds was written.
    """
    side, lines = operation.side, []
    for change in operation.fields:
        pair = sync.pair(change.field)
        told = pair.read(side, compared(found, None, change.after, around).fields) if found else change.after
        if not change.overrules or isinstance(told, Untold):
            continue
        as_lines = pair.lens.type is FieldType.LINES
        if pair.same(told, change.after) or (as_lines and arrived(change.after, change.before, told)):
            lines.append(
                f"{change.field}: '{_shown(change.before)}' in {around.titles[side]} was replaced by '{_shown(change.after)}' "
                f"({change.why})"
            )
    return tuple(lines)


def join(
    sync: Sync, operation: Operation, crm: Observation, ledger: Observation, around: Surroundings
) -> Settled:
    """After a link was accepted: what both sides already agree on is the base; the rest is the next look's work."""
    assert operation.crm_id is not None
    assert operation.ledger_id is not None
    merged = merge(sync, {}, *facing(sync, crm, ledger, around))
    link = Link("", sync.name, operation.crm_id, operation.ledger_id, dict(merged.agreed))
    return Settled(
        link, None, (f"linked: {operation.reason}",), look_again=bool(merged.changes or merged.conflicts)
    )


def undone(link: Link, operation: Operation) -> Link:
    """The link after one of its operations was taken back: what differs now stays so until a person says which value is right."""
    held = dict.fromkeys((change.field for change in operation.fields), "a person took the last change back")
    return replace(link, held={**link.held, **held})


def part(link: Link, reason: str) -> Link:
    """The link after a person (or an undo) parted the two records; remembered, so that they are neither joined nor created again."""
    return replace(link, state=LinkState.ENDED, reason=reason)


def _shared(sync: Sync, operation: Operation, name: str, after: Value, source: Observation) -> Value:
    """The shared value of what was written. A reference planned before its partner existed is filled in by now."""
    if not operation.waits_for:
        return after
    told = sync.pair(name).read(source.ref.side, source.fields)
    return after if isinstance(told, Untold) else told


def _shown(value: Value) -> str:
    return "nothing" if value is None else str(value)
