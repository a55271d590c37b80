"""Why two sides differ, in the words of the proof."""

from dataclasses import dataclass
from enum import StrEnum

from crossfoot.model.records import Value
from crossfoot.model.subjects import SubjectState
from crossfoot.sync.subject import Decision, Pair


class DifferenceCause(StrEnum):
    """The causes of a difference; each with the sentence that people read."""

    EXCLUDED = "excluded"
    PENDING = "pending"
    HELD = "held"
    DOUBTFUL = "doubtful"
    NOT_READY = "not_ready"
    FAILED = "failed"
    ENDED = "ended"
    ONE_WAY = "one_way"
    ROUNDING = "rounding"
    NOT_CARRIED = "not_carried"
    CANNOT_HOLD = "cannot_hold"
    MISSING = "missing"
    CHANGED = "changed"
    UNEXPLAINED = "unexplained"

    @property
    def label(self) -> str:
        """In two or three words, for people."""
        return {
            DifferenceCause.EXCLUDED: "left out",
            DifferenceCause.PENDING: "on its way",
            DifferenceCause.HELD: "in conflict",
            DifferenceCause.FAILED: "refused",
            DifferenceCause.CANNOT_HOLD: "cannot be held",
            DifferenceCause.CHANGED: "just changed",
            DifferenceCause.UNEXPLAINED: "UNEXPLAINED",
        }.get(self, self.replace("_", " "))

    @property
    def sentence(self) -> str:
        """For people."""
        return {
            DifferenceCause.EXCLUDED: "Left out by a filter, a direction or a rule.",
            DifferenceCause.PENDING: "Changed since the last run; goes with the next one.",
            DifferenceCause.HELD: "Both sides changed it; a person must say.",
            DifferenceCause.DOUBTFUL: "May be the same as another; a person must say.",
            DifferenceCause.NOT_READY: "Something must be completed first.",
            DifferenceCause.FAILED: "The other system refused it.",
            DifferenceCause.ENDED: "Its partner is gone, or was parted from it.",
            DifferenceCause.ONE_WAY: "Goes one way only, or emptiness does not travel.",
            DifferenceCause.ROUNDING: "The same lines, added up by different rules.",
            DifferenceCause.NOT_CARRIED: "No sync carries it, or what carries it has no word for it.",
            DifferenceCause.CANNOT_HOLD: "The other system keeps no such amount, or calculates it itself.",
            DifferenceCause.MISSING: "Its partner was not found.",
            DifferenceCause.CHANGED: "Changed while both systems were being read.",
            DifferenceCause.UNEXPLAINED: "Nothing explains it; if what is said of it does not help, it is a defect: please report it.",
        }[self]


@dataclass(frozen=True, slots=True)
class Difference:
    """One field, or one whole record (`field` empty), that the sides do not hold equal."""

    sync: str
    crm_id: str | None
    ledger_id: str | None
    field: str
    crm: Value
    ledger: Value
    cause: DifferenceCause
    why: str


STATES = {
    SubjectState.EXCLUDED: DifferenceCause.EXCLUDED,
    SubjectState.DOUBTFUL: DifferenceCause.DOUBTFUL,
    SubjectState.CONFLICT: DifferenceCause.HELD,
    SubjectState.NOT_READY: DifferenceCause.NOT_READY,
    SubjectState.FAILED: DifferenceCause.FAILED,
    SubjectState.ENDED: DifferenceCause.ENDED,
}


@dataclass(frozen=True, slots=True)
class Remembered:
    """What our memory says about a subject: how it stood after the last look, and whether news is waiting."""

    state: SubjectState | None
    reason: str
    signalled: bool


def differences(sync: str, decision: Decision, remembered: Remembered) -> list[Difference]:
    """Every difference of one subject, each with its cause.

    A record that another sync takes care of makes none here: that sync's own proof covers it.

    The decision was made just now from what both sides hold. Where it wants to write although memory believes all is well and no news is
    waiting, our memory is wrong, and that is what "unexplained" means.
    """
    subject = decision.subject
    if not isinstance(subject, Pair):
        if decision.state is SubjectState.ELSEWHERE:
            return []
        ref = subject.seen.ref
        cause = STATES.get(decision.state) or _expected(remembered)
        crm_id, ledger_id = (ref.id, None) if ref.side == "crm" else (None, ref.id)
        why = decision.reason if cause is not DifferenceCause.FAILED else remembered.reason
        return [Difference(sync, crm_id, ledger_id, "", None, None, cause, why)]

    link = subject.link
    found: list[Difference] = []

    def differs(field: str, crm: Value, ledger: Value, cause: DifferenceCause, why: str) -> None:
        found.append(Difference(link.sync, link.crm_id, link.ledger_id, field, crm, ledger, cause, why))

    if decision.state in (SubjectState.EXCLUDED, SubjectState.ENDED):
        differs("", None, None, STATES[decision.state], decision.reason)
        return found
    if decision.absent:
        differs("", None, None, DifferenceCause.PENDING, decision.reason)
        return found
    for operation in decision.operations:
        for change in operation.fields:
            values = (
                (change.before, change.after) if operation.side == "crm" else (change.after, change.before)
            )
            cause = _expected(remembered)
            differs(
                change.field,
                *values,
                cause,
                change.why if cause is not DifferenceCause.FAILED else remembered.reason,
            )
        if not operation.fields:
            differs("", None, None, _expected(remembered), operation.reason)
    for conflict in decision.conflicts:
        differs(conflict.field, conflict.crm, conflict.ledger, DifferenceCause.HELD, conflict.why)
    for difference in decision.differences:
        differs(difference.field, difference.crm, difference.ledger, DifferenceCause.ONE_WAY, difference.why)
    if decision.problem is not None and not decision.operations:
        differs(decision.problem.field or "", None, None, DifferenceCause.NOT_READY, decision.problem.what)
    return found


def _expected(remembered: Remembered) -> DifferenceCause:
    if remembered.signalled:
        return DifferenceCause.PENDING
    if remembered.state is SubjectState.FAILED:
        return DifferenceCause.FAILED
    return DifferenceCause.UNEXPLAINED
