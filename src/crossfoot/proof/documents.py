"""From what both sides hold to the money of documents, and to the cases that the detectors look at. Which field says what is the mapping's word."""

from datetime import date
from decimal import Decimal

from crossfoot.model.document_state import DocumentState, Phase
from crossfoot.model.identity import Kind, Side
from crossfoot.model.lines import Lines
from crossfoot.model.links import LinkState
from crossfoot.model.records import Observation, Value
from crossfoot.proof.causes import Remembered
from crossfoot.proof.detectors import Case, DealSeen, InvoiceSeen
from crossfoot.proof.money import ZERO, Circumstances, Compared, Measure, Seen, compare
from crossfoot.settings.mappings import Untold
from crossfoot.settings.rules import Sync
from crossfoot.sync.subject import Decision, Pair

_PHASES = {
    "draft": Phase.DRAFT,
    "approved": Phase.OPEN,
    "paid": Phase.PAID,
    "voided": Phase.VOID,
}


def about_money(sync: Sync) -> bool:
    """Whether a sync is about documents whose money is proved."""
    return sync.ledger is Kind.INVOICE and any(pair.name == Measure.TOTAL for pair in sync.pairs)


def compared(sync: Sync, decision: Decision, remembered: Remembered) -> Compared | None:
    """The money of one document on both sides; None where there is none to compare: gone, or another sync's."""
    subject = decision.subject
    if isinstance(subject, Pair):
        sides = {side: subject.on(side) for side in Side}
        linked = subject.link.state is LinkState.ACTIVE
    else:
        sides = {subject.side: subject.seen}
        linked = False
        if subject.elsewhere or subject.covered:
            return None
    seen = {side: seen_on(sync, side, each) for side, each in sides.items() if each.live}
    # A deal that nobody has invoiced is no document yet.
    if not any(seen.values()) or (Side.LEDGER not in seen and sync.crm is Kind.DEAL):
        return None
    around = Circumstances(
        state=decision.state,
        reason=decision.reason,
        signalled=remembered.signalled,
        linked=linked,
    )
    return compare(Kind.INVOICE, seen.get(Side.CRM), seen.get(Side.LEDGER), around)


def seen_on(sync: Sync, side: Side, observation: Observation) -> Seen:
    """The money of a document as one side holds it."""
    told = {
        measure: amount
        for measure in Measure
        if isinstance(amount := _told(sync, side, observation, measure), Decimal)
    }
    number = _told(sync, side, observation, "number")
    return Seen(
        observation.ref.id,
        str(_told(sync, side, observation, "currency") or ""),
        phase_of(sync, side, observation),
        told,
        number if isinstance(number, str) else "",
    )


def phase_of(sync: Sync, side: Side, observation: Observation) -> Phase:
    """The part of its life that a document is in, by what the side says for people, else by its state."""
    standing = _told(sync, side, observation, "standing")
    if isinstance(standing, str) and standing in DocumentState._value2member_map_:
        return DocumentState(standing).phase
    return _PHASES.get(str(_told(sync, side, observation, "state")), Phase.DRAFT)


def case_of(sync: Sync, decision: Decision) -> Case | None:
    """What the detectors look at: a deal with its invoice, or an invoice that no deal has; None for what is gone or another sync's."""
    subject = decision.subject
    sides = (
        {side: subject.on(side) for side in Side}
        if isinstance(subject, Pair)
        else {subject.side: subject.seen}
    )
    if not all(each.live for each in sides.values()):
        return None
    if not isinstance(subject, Pair) and (subject.elsewhere or subject.covered):
        return None
    invoices = (_invoice(sync, sides[Side.LEDGER]),) if Side.LEDGER in sides else ()
    if sync.crm is Kind.DEAL:
        return Case(_deal(sync, sides[Side.CRM]), invoices) if Side.CRM in sides else None
    return Case(None, invoices) if invoices else None


def _deal(sync: Sync, crm: Observation) -> DealSeen:
    won = sync.newcomer(Side.CRM).holds(crm.fields)
    closed = _told(sync, Side.CRM, crm, "date")
    return DealSeen(
        crm.ref.id,
        str(_told(sync, Side.CRM, crm, "reference") or ""),
        str(_told(sync, Side.CRM, crm, "currency") or ""),
        _net(_told(sync, Side.CRM, crm, "lines"), crm),
        won=won,
        open=not won,
        closed_on=closed if isinstance(closed, date) else None,
    )


def _net(lines: Value, crm: Observation) -> Decimal | None:
    """What the deal's own lines come to, as the CRM computed them."""
    own = next((value for value in crm.fields.values() if isinstance(value, Lines)), lines)
    if not isinstance(own, Lines) or not len(own):
        return None
    return sum((line.net or ZERO for line in own), ZERO)


def _invoice(sync: Sync, ledger: Observation) -> InvoiceSeen:
    def amount(name: str) -> Decimal:
        told = _told(sync, Side.LEDGER, ledger, name)
        return told if isinstance(told, Decimal) else ZERO

    def day(name: str) -> date | None:
        told = _told(sync, Side.LEDGER, ledger, name)
        return told if isinstance(told, date) else None

    standing = _told(sync, Side.LEDGER, ledger, "standing")
    known = isinstance(standing, str) and standing in DocumentState._value2member_map_
    return InvoiceSeen(
        ledger.ref.id,
        str(_told(sync, Side.LEDGER, ledger, "number") or ""),
        str(_told(sync, Side.LEDGER, ledger, "currency") or ""),
        DocumentState(str(standing)) if known else DocumentState.DRAFT,
        amount("net"),
        amount("total"),
        amount("due"),
        amount("credited"),
        day("date"),
        day("due_on"),
        day("paid_on"),
    )


def _told(sync: Sync, side: Side, observation: Observation, name: str) -> Value:
    """The shared value of a row of the mapping; None where there is no such row, or nothing was told."""
    pair = next((each for each in sync.pairs if each.name == name and each.paths(side)), None)
    if pair is None:
        return None
    value = pair.read(side, observation.fields)
    return None if isinstance(value, Untold) else value
