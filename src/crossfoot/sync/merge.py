"""The heart: what two people did to the same record since both sides last agreed, field by field.

For each field there are three values: the base (last agreement), the CRM's and the ledger's. Agreement is looked for first and costs nothing,
which is what makes every crash and every repeated run harmless. One side moved: its value travels. Both moved, to different values: only then
is there a conflict, and only then does a rule decide. Nothing here knows which system is which.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from crossfoot.model.fields import FieldType
from crossfoot.model.identity import Side
from crossfoot.model.links import Verdict
from crossfoot.model.records import Fields, Observation, Value
from crossfoot.settings.mappings import UNTOLD, Direction, FieldPair
from crossfoot.settings.rules import ConflictRule, Sync
from crossfoot.sync.lines import carried, joined, paired


class Why(StrEnum):
    """The reason for a change, in the words that history and previews show."""

    MOVED = "changed there since both sides agreed"
    JOINED = "both sides changed different lines, or different parts of them"
    FIRST = "first contact; only one side has a value"
    RULE_CRM = "both sides changed it; the rule says the CRM wins"
    RULE_LEDGER = "both sides changed it; the rule says the ledger wins"
    RULE_NEWEST = "both sides changed it; the newer change wins"
    ONE_WAY = "both sides changed it; this field goes one way only"
    DECIDED = "both sides changed it; a person decided"
    COMPUTED = "computed anew from the day and from what the books hold"


@dataclass(frozen=True, slots=True)
class Change:
    """A value that travels to `side`."""

    field: str
    side: Side
    value: Value
    before: Value
    why: Why
    overrules: bool = False
    """Whether `before` is somebody's edit that loses; history then lists it, so that no edit is lost in silence."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that waits for a person, with the values to show. The rest of the record goes on."""

    field: str
    base: Value
    crm: Value
    ledger: Value
    why: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that differs and stays so, by direction or because emptiness does not travel."""

    field: str
    crm: Value
    ledger: Value
    why: str


@dataclass(frozen=True, slots=True)
class Merged:
    """The verdict on one pair of records."""

    agreed: Mapping[str, Value] = field(default_factory=dict)
    """Fields that both sides hold equal: evidence, so the base may move there."""
    changes: tuple[Change, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    differences: tuple[Difference, ...] = ()

    def to(self, side: Side) -> tuple[Change, ...]:
        """The changes that go to one side."""
        return tuple(change for change in self.changes if change.side is side)


def merge(
    sync: Sync,
    base: Fields,
    crm: Observation,
    ledger: Observation,
    verdicts: Mapping[str, Verdict] | None = None,
    held: Mapping[str, str] | None = None,
) -> Merged:
    """Compare two linked records. A field that either side did not tell is left alone: silence is not emptiness."""
    agreed: dict[str, Value] = {}
    changes: list[Change] = []
    conflicts: list[Conflict] = []
    differences: list[Difference] = []
    handed_over = sync.handover is not None and sync.handover.holds(ledger.fields)
    for pair in (each for each in sync.pairs if not each.only_new):
        here, there = pair.from_crm(crm.fields), pair.from_ledger(ledger.fields)
        if here is UNTOLD or there is UNTOLD:
            continue
        known = pair.name in base
        last = base.get(pair.name)
        has_lines = pair.lens.type is FieldType.LINES
        if pair.same(here, there):
            agreed[pair.name] = paired(last, here, there) if has_lines else here
            continue
        # On first contact a value counts as a change and emptiness does not, unless the sync says that it should.
        crm_moved = not pair.same(here, last) if known else pair.says(here) or sync.first_contact_clears
        ledger_moved = not pair.same(there, last) if known else pair.says(there) or sync.first_contact_clears

        handed = handed_over and pair.handed
        direction = sync.direction_of(pair).within(Direction.TO_CRM if handed else Direction.BOTH)
        verdict = (verdicts or {}).get(pair.name)
        if (
            verdict
            and pair.same(verdict.crm, here)
            and pair.same(verdict.ledger, there)
            # Decided before the books approved it: it is a proposal now, and what differs is not passed over in silence.
            and not (handed and verdict.winner is Side.CRM)
        ):
            winner, why = verdict.winner, Why.DECIDED
        elif held and pair.name in held:
            conflicts.append(Conflict(pair.name, last, here, there, held[pair.name]))
            continue
        elif waits := _waits(
            pair, direction, handed=handed, known=known, crm_moved=crm_moved, ledger_moved=ledger_moved
        ):
            conflicts.append(Conflict(pair.name, last, here, there, waits))
            continue
        elif crm_moved and ledger_moved:
            found = _winner(sync, pair, direction, crm, ledger)
            if (
                has_lines
                and direction is Direction.BOTH
                and (both := _joined(pair, last, here, there, found))
            ):
                changes += both
                continue
            if found is None:
                conflicts.append(Conflict(pair.name, last, here, there, "both sides changed it"))
                continue
            winner, why = found
        else:
            # They differ, so at least one left the base; it is exactly one here.
            winner = Side.CRM if crm_moved else Side.LEDGER
            why = _moved(pair, winner) if known else Why.FIRST

        target = winner.other
        value, loser = (here, there) if winner is Side.CRM else (there, here)
        if has_lines:
            value = carried(last, here, there, winner)
        if not direction.allows(target):
            differences.append(Difference(pair.name, here, there, "this field goes the other way only"))
        elif value is None and known and not pair.clears and why is not Why.DECIDED:
            differences.append(
                Difference(pair.name, here, there, "an emptied field does not empty the other side")
            )
        else:
            changes.append(Change(pair.name, target, value, loser, why, overrules=crm_moved and ledger_moved))
    return Merged(agreed, tuple(changes), tuple(conflicts), tuple(differences))


PROPOSAL = (
    "the books have approved this document, so they say what it comes to; this edit waits as a proposal. "
    "Make it in the books, or take their value"
)
"""Why an edit of an approved document in the CRM is held."""


THERE_BEFORE = "the document was there before it was linked, and its lines are others"
"""Why lines that go one way do not take the place of those that somebody else wrote."""


def _waits(
    pair: FieldPair,
    direction: Direction,
    *,
    handed: bool,
    known: bool,
    crm_moved: bool,
    ledger_moved: bool,
) -> str:
    """Why a person has to decide about a field, whatever rule there is; nothing if nobody has to."""
    if handed and known and crm_moved and not ledger_moved:
        return PROPOSAL
    first = not known and crm_moved and ledger_moved
    if first and direction is Direction.TO_LEDGER and pair.lens.type is FieldType.LINES:
        return THERE_BEFORE
    return ""


def _moved(pair: FieldPair, winner: Side) -> Why:
    """Why a value that only one side changed travels."""
    return Why.COMPUTED if winner is Side.LEDGER and pair.computed else Why.MOVED


def _joined(
    pair: FieldPair, last: Value, here: Value, there: Value, found: tuple[Side, Why] | None
) -> list[Change]:
    """Lines that both sides changed: everybody's edits in one list, which goes to whoever lacks some. None where edits overlap undecided."""
    winner, why = None, Why.JOINED
    both = joined(last, here, there, None)
    if both is None and found is not None:
        winner, why = found
        both = joined(last, here, there, winner)
    return [
        Change(pair.name, side, both, value, why, overrules=winner is side.other)
        for side, value in ((Side.CRM, here), (Side.LEDGER, there))
        if both is not None and not pair.same(both, value)
    ]


def _winner(
    sync: Sync, pair: FieldPair, direction: Direction, crm: Observation, ledger: Observation
) -> tuple[Side, Why] | None:
    """Who wins a conflict, or None if a person must say."""
    one_way = [side for side in Side if not direction.allows(side)]
    if one_way:
        return one_way[0], Why.ONE_WAY
    match sync.rule(pair):
        case ConflictRule.CRM:
            return Side.CRM, Why.RULE_CRM
        case ConflictRule.LEDGER:
            return Side.LEDGER, Why.RULE_LEDGER
        case ConflictRule.NEWEST:
            at_crm, at_ledger = _moved_at(pair.crm, crm), _moved_at(pair.ledger, ledger)
            if at_crm is None or at_ledger is None or at_crm == at_ledger:
                return None
            return (Side.CRM if at_crm > at_ledger else Side.LEDGER), Why.RULE_NEWEST
        case ConflictRule.ASK:
            return None


def _moved_at(paths: tuple[str, ...], seen: Observation) -> datetime | None:
    """When a field last changed, by its side's clock: as the side tells, or, where it tells only when a whole record changed, as we saw it."""
    told = [seen.times[path] for path in paths if path in seen.times]
    times = told or [moment for path in paths if (moment := seen.since.get(path, seen.modified)) is not None]
    return max(times, default=None)
