"""What to do about a linked pair: first how its records stand, for what is gone, merged or kept out is not brought into agreement."""

from dataclasses import replace

from crossfoot.model.identity import Ref, Side
from crossfoot.model.links import LinkState
from crossfoot.model.operations import Act, Operation
from crossfoot.model.records import Standing
from crossfoot.model.subjects import SubjectState
from crossfoot.settings.rules import DeletionRule, Sync
from crossfoot.sync.filtering import kept_out
from crossfoot.sync.plan_agreement import decide_agreement, if_changed
from crossfoot.sync.subject import Decision, Pair, Surroundings


def decide_pair(sync: Sync, pair: Pair, around: Surroundings) -> Decision:
    """What becomes of a pair: of its link where a record is gone, merged or kept out, else of what the two do not hold equal."""
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
        return Decision(pair, SubjectState.ENDED, reason, link=if_changed(link, dormant))
    if missing:
        reason = f"{around.titles[missing[0]]} does not find it just now"
        return Decision(
            pair, SubjectState.PENDING, reason, absent=tuple(pair.on(side).ref for side in missing)
        )
    left_out = kept_out(sync, {side: pair.on(side) for side in Side}, around)
    if left_out:
        excluded = replace(link, state=LinkState.EXCLUDED, reason=left_out)
        return Decision(pair, SubjectState.EXCLUDED, left_out, link=if_changed(link, excluded))
    return decide_agreement(sync, pair, around)


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
    return Decision(pair, SubjectState.ENDED, reason, link=if_changed(link, dormant))
