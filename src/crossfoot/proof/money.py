"""The money of one document on both sides, compared to the cent; every part of a difference has a cause.

The parts of a measure's difference add up to it exactly. What no reason accounts for takes the cause that the circumstances give, and where
they give none, it is unexplained.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from enum import StrEnum

from crossfoot.model.document_state import Phase
from crossfoot.model.identity import Kind
from crossfoot.model.money import EXACT
from crossfoot.model.subjects import SubjectState
from crossfoot.proof.causes import STATES, DifferenceCause

ZERO = Decimal(0)


class Measure(StrEnum):
    """What is added up of documents."""

    NET = "net"
    TAX = "tax"
    TOTAL = "total"
    PAID = "paid"
    CREDITED = "credited"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Seen:
    """The money of one document on one side, as it was just read."""

    id: str
    currency: str
    phase: Phase
    told: Mapping[Measure, Decimal]
    """The amounts that the side keeps; one that is absent it cannot hold."""
    label: str = ""
    """What people call it: its number."""

    def amount(self, measure: Measure) -> Decimal | None:
        """What counts of it: of a void document nothing does, whatever it still says is due (Xero fact 7.4). None: not told."""
        amount = self.told.get(measure)
        return ZERO if amount is not None and self.phase is Phase.VOID else amount


@dataclass(frozen=True, slots=True)
class Reason:
    """A part of a difference that is accounted for."""

    measure: Measure | None
    """None: of the phase."""
    amount: Decimal
    """What it adds to the CRM's side over the ledger's."""
    cause: DifferenceCause | None
    """None where it can be said what differs, and not why it may."""
    why: str


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known about a document besides its amounts."""

    state: SubjectState | None = None
    """How it stands by the decision just made; or that a write of it failed. That something is to be written explains nothing by itself."""
    reason: str = ""
    signalled: bool = False
    """Whether news of it waits."""
    linked: bool = True
    """Whether it is remembered to have a partner."""
    changed: bool = False
    """Whether a side says that it was changed after the reading began."""
    reasons: Sequence[Reason] = ()
    """Why the two sides' amounts differ, as far as each system's own way leads to what it says."""


@dataclass(frozen=True, slots=True)
class MoneyDifference:
    """A part of a difference between two sides of a document."""

    kind: Kind
    currency: str
    crm_id: str | None
    ledger_id: str | None
    label: str
    measure: Measure | None
    """None where the phase differs, not an amount."""
    crm: Decimal | Phase | None
    ledger: Decimal | Phase | None
    amount: Decimal
    """What this part adds to the CRM's side over the ledger's."""
    cause: DifferenceCause
    why: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One document with what it differs in. One of the sides may lack it."""

    kind: Kind
    crm: Seen | None
    ledger: Seen | None
    differences: tuple[MoneyDifference, ...] = field(default=())
    young: bool = False
    """Whether a second look may find it gone: nothing explains it, or a system has not added up yet."""
    copied: bool | None = None
    """Whether the CRM shows the ledger's amounts to the cent, in fields kept for that; None where there are none."""


def compare(kind: Kind, crm: Seen | None, ledger: Seen | None, around: Circumstances) -> Compared:
    """Both sides of one document. Documents in two currencies are compared as two that lack each other."""
    if crm is not None and ledger is not None and crm.currency != ledger.currency:
        why = f"{crm.currency} on one side and {ledger.currency} on the other"
        parts = (*_alone(kind, crm, None, around, why), *_alone(kind, None, ledger, around, why))
    elif crm is None or ledger is None:
        parts = tuple(_alone(kind, crm, ledger, around))
    else:
        with localcontext(EXACT):
            parts = tuple(_pair(kind, crm, ledger, around))
    return Compared(kind, crm, ledger, parts)


def cause_of(around: Circumstances, *, alone: bool) -> tuple[DifferenceCause, str]:
    """The cause that the circumstances give, and its words."""
    if around.state in STATES and around.state is not SubjectState.FAILED:
        cause = STATES[around.state]
    elif around.changed:
        cause = DifferenceCause.CHANGED
    elif around.signalled:
        cause = DifferenceCause.PENDING
    elif around.state is SubjectState.FAILED:
        cause = DifferenceCause.FAILED
    elif alone and around.linked:
        cause = DifferenceCause.MISSING
    else:
        cause = DifferenceCause.UNEXPLAINED
    return cause, around.reason or cause.sentence


def _alone(
    kind: Kind, crm: Seen | None, ledger: Seen | None, around: Circumstances, why: str = ""
) -> Iterator[MoneyDifference]:
    """The whole document is the difference, in every measure that its side tells."""
    seen = crm or ledger
    assert seen is not None
    cause, words = cause_of(around, alone=not why)
    words = f"{why}. {words}" if why else words
    told = {measure: amount for measure in Measure if (amount := seen.amount(measure)) is not None}
    for measure, amount in told.items() or ((None, ZERO),):
        value = seen.phase if measure is None else amount
        yield MoneyDifference(
            kind,
            seen.currency,
            crm.id if crm else None,
            ledger.id if ledger else None,
            seen.label,
            measure,
            value if crm else None,
            value if ledger else None,
            amount if crm else EXACT.minus(amount),
            cause,
            words,
        )


def _pair(kind: Kind, crm: Seen, ledger: Seen, around: Circumstances) -> Iterator[MoneyDifference]:
    label = ledger.label or crm.label

    def part(measure: Measure | None, amount: Decimal, cause: DifferenceCause, why: str) -> MoneyDifference:
        ours = crm.phase if measure is None else crm.amount(measure)
        theirs = ledger.phase if measure is None else ledger.amount(measure)
        return MoneyDifference(
            kind, ledger.currency, crm.id, ledger.id, label, measure, ours, theirs, amount, cause, why
        )

    for measure in Measure:
        ours, theirs = crm.amount(measure), ledger.amount(measure)
        if ours is None or theirs is None:
            if ours or theirs:
                cause = DifferenceCause.CANNOT_HOLD
                said = next((each.why for each in around.reasons if each.measure is measure), cause.sentence)
                yield part(measure, (ours or ZERO) - (theirs or ZERO), cause, said)
            continue
        left = ours - theirs
        if not left:
            continue
        for reason in around.reasons:
            if reason.measure is measure and reason.amount:
                left -= reason.amount
                yield part(measure, reason.amount, *_cause(reason, around))
        if left:
            yield part(measure, left, *cause_of(around, alone=False))
    if crm.phase is not ledger.phase:
        of_phase = next((each for each in around.reasons if each.measure is None), None)
        yield part(None, ZERO, *(_cause(of_phase, around) if of_phase else cause_of(around, alone=False)))


def _cause(reason: Reason, around: Circumstances) -> tuple[DifferenceCause, str]:
    """A reason's own cause; or else that of the circumstances, and where they give none, at least what differs."""
    if reason.cause is DifferenceCause.UNEXPLAINED and around.changed:
        return DifferenceCause.CHANGED, DifferenceCause.CHANGED.sentence
    if reason.cause is not None:
        return reason.cause, reason.why
    cause, why = cause_of(around, alone=False)
    return cause, reason.why if cause is DifferenceCause.UNEXPLAINED else why
