"""Why two systems tell different amounts of a document that both of them have, amount by amount and to the cent.

Each system's own way is followed: what it comes to by its arithmetic, what it calls paid, what it calls due. Where what a system says is what
its way leads to, the reasons add up to the difference; where it is not, nothing is explained.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from crossfoot.model.document_state import Phase
from crossfoot.model.money import EXACT, spelled
from crossfoot.model.variance import Variance
from crossfoot.model.variance_rules import VarianceCause
from crossfoot.proof.causes import DifferenceCause
from crossfoot.proof.money import ZERO, Measure, Reason, Seen

__all__ = ["ZERO", "LonePayment", "Payments", "Ways", "reasons"]


@dataclass(frozen=True, slots=True)
class LonePayment:
    """A payment, or a part of one, that only one side has."""

    amount: Decimal
    """Below zero where it is the ledger's."""
    cause: DifferenceCause | None
    """Why it has no partner; None where nothing is known that explains it."""
    why: str


@dataclass(frozen=True, slots=True)
class Payments:
    """The payments of one document, as both sides hold them."""

    held: Decimal
    """What those that the CRM holds come to."""
    alone: tuple[LonePayment, ...] = ()


@dataclass(frozen=True, slots=True)
class Ways:
    """What besides the amounts must be known."""

    crm: str
    ledger: str
    """The systems, as people call them."""
    variances: Sequence[Variance] = ()
    """Why net and tax differ, as the two arithmetics explain it."""
    lines_agree: bool = True
    """Whether both sides hold the same lines, as far as lines travel."""
    adds_up_later: bool = True
    """Whether the CRM may still be adding up: somebody changed the document a short while ago."""
    payments: Payments | None = None
    """None where no sync carries payments."""
    holds_payments: bool = True
    """Whether the CRM's account can hold payments at all."""
    states_agree: bool = True
    """Whether both sides say the same of how far it has come, as the settings translate it."""


def reasons(crm: Seen, ledger: Seen, ways: Ways) -> tuple[Reason, ...]:
    """The reasons, per measure. What they leave of a difference has none."""
    with localcontext(EXACT):
        counted = tuple(_counted(ways))
        paid = tuple(_paid(crm, ledger, ways, counted))
        due = _due(crm, ledger, ways, counted, paid)
        return (*counted, *paid, *_credited(crm, ledger, ways), *due, *_phase(crm, ledger, ways))


def _counted(ways: Ways) -> Iterator[Reason]:
    """Net, tax and total: by the arithmetics."""
    for each in ways.variances:
        cause = _cause(each, ways)
        for measure, amount in (
            (Measure.NET, each.net),
            (Measure.TAX, each.tax),
            (Measure.TOTAL, each.total),
        ):
            if amount:
                yield Reason(measure, amount, cause, each.why)


def _cause(variance: Variance, ways: Ways) -> DifferenceCause | None:
    if variance.cause.rounding:
        return DifferenceCause.ROUNDING
    if variance.cause is VarianceCause.TAX_BY_HAND:
        return DifferenceCause.CANNOT_HOLD
    if variance.cause is VarianceCause.NOT_YET:
        return DifferenceCause.PENDING if ways.adds_up_later else DifferenceCause.UNEXPLAINED
    if variance.cause is VarianceCause.UNEXPLAINED:
        # Whatever news is on its way: what a system says of its own lines has nothing to do with it.
        return DifferenceCause.UNEXPLAINED
    if variance.cause is VarianceCause.LINES and ways.lines_agree:
        return DifferenceCause.NOT_CARRIED
    return None


def _paid(crm: Seen, ledger: Seen, ways: Ways, counted: Sequence[Reason]) -> Iterator[Reason]:
    here, there = crm.amount(Measure.PAID), ledger.amount(Measure.PAID)
    if here is None or there is None or here == there:
        return
    total = crm.amount(Measure.TOTAL)
    if crm.phase is Phase.PAID and here == total:
        # The word "paid" is all that was told, so the whole total counts as paid.
        for each in counted:
            if each.measure is Measure.TOTAL:
                yield Reason(Measure.PAID, each.amount, each.cause, each.why)
        credited = ledger.amount(Measure.CREDITED)
        if credited:
            why = f"{ways.crm} calls all of it paid: it knows no credit that takes {spelled(credited, ledger.currency)} {ledger.currency} off."
            yield Reason(Measure.PAID, credited, DifferenceCause.CANNOT_HOLD, why)
    elif ways.payments is not None and here == ways.payments.held:
        for lone in ways.payments.alone:
            yield Reason(Measure.PAID, lone.amount, lone.cause, _of_payment(lone, ledger.currency, ways))
    elif ways.payments is None:
        if here:
            why = f"{spelled(here, ledger.currency)} {ledger.currency} were recorded in {ways.crm}, and no sync carries payments."
            yield Reason(Measure.PAID, here, DifferenceCause.NOT_CARRIED, why)
        if there:
            cause = DifferenceCause.NOT_CARRIED if ways.holds_payments else DifferenceCause.CANNOT_HOLD
            kept = (
                "no sync carries payments"
                if ways.holds_payments
                else f"this account of {ways.crm} holds no payments"
            )
            why = f"{spelled(there, ledger.currency)} {ledger.currency} were paid in {ways.ledger}, and {kept}; what is paid shows in Crossfoot's own fields."
            yield Reason(Measure.PAID, -there, cause, why)
    else:
        why = f"{ways.crm} says that {spelled(here, ledger.currency)} {ledger.currency} are paid, where its payments come to {spelled(ways.payments.held, ledger.currency)}."
        yield Reason(Measure.PAID, here - there, DifferenceCause.UNEXPLAINED, why)


def _of_payment(lone: LonePayment, currency: str, ways: Ways) -> str:
    only = ways.crm if lone.amount > 0 else ways.ledger
    said = f"A payment of {spelled(abs(lone.amount), currency)} {currency} is only in {only}"
    return f"{said}: {lone.why}" if lone.why else f"{said}."


def _credited(crm: Seen, ledger: Seen, ways: Ways) -> Iterator[Reason]:
    there = ledger.amount(Measure.CREDITED)
    if crm.amount(Measure.CREDITED) is None and there:
        why = f"{spelled(there, ledger.currency)} {ledger.currency} were credited in {ways.ledger}; {ways.crm} knows no credit notes."
        yield Reason(Measure.CREDITED, -there, DifferenceCause.CANNOT_HOLD, why)


def _due(
    crm: Seen, ledger: Seen, ways: Ways, counted: Sequence[Reason], paid: Sequence[Reason]
) -> Iterator[Reason]:
    here, there = crm.amount(Measure.DUE), ledger.amount(Measure.DUE)
    total, received = crm.amount(Measure.TOTAL), crm.amount(Measure.PAID)
    if here is None or there is None or here == there or total is None or received is None:
        return
    rest = total - received
    shown = ZERO if crm.phase is Phase.PAID else max(rest, ZERO)
    if here != shown:
        why = f"{ways.crm} says that {spelled(here, ledger.currency)} {ledger.currency} are due, where its total less what is paid comes to {spelled(shown, ledger.currency)}."
        yield Reason(Measure.DUE, here - there, DifferenceCause.UNEXPLAINED, why)
        return
    for each in counted:
        if each.measure is Measure.TOTAL:
            yield Reason(Measure.DUE, each.amount, each.cause, each.why)
    for each in paid:
        yield Reason(Measure.DUE, -each.amount, each.cause, each.why)
    credited = ledger.amount(Measure.CREDITED)
    if credited:
        why = f"{spelled(credited, ledger.currency)} {ledger.currency} were credited in {ways.ledger}; {ways.crm} knows no credit notes and asks for them still."
        yield Reason(Measure.DUE, credited, DifferenceCause.CANNOT_HOLD, why)
    if shown != rest:
        why = f"{ways.crm} shows nothing as due where more is paid than it comes to."
        yield Reason(Measure.DUE, shown - rest, DifferenceCause.CANNOT_HOLD, why)


def _phase(crm: Seen, ledger: Seen, ways: Ways) -> Iterator[Reason]:
    if crm.phase is not ledger.phase and ways.states_agree:
        why = f"What is {ledger.phase} in {ways.ledger} is told as {crm.phase} in {ways.crm}: it takes no other word."
        yield Reason(None, ZERO, DifferenceCause.CANNOT_HOLD, why)
