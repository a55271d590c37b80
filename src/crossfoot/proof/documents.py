"""From what both sides hold to the money of documents.

A document's amounts are those that its system itself computes. Where a system computes none (of a deal), they are what the mapping wrote there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal, localcontext

from crossfoot.model.counting import Counting, reckoned
from crossfoot.model.document_state import DocumentState, Phase
from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.links import LinkState
from crossfoot.model.money import EXACT
from crossfoot.model.records import Fields, Observation, Value
from crossfoot.model.subjects import SubjectState
from crossfoot.model.taxes import Tax
from crossfoot.model.variance import Variance, explain_difference
from crossfoot.proof.causes import DifferenceCause
from crossfoot.proof.looking import Looked
from crossfoot.proof.money import ZERO, Circumstances, Compared, Measure, Seen, compare
from crossfoot.proof.reasons import Payments, Ways, reasons
from crossfoot.settings.mappings import Untold
from crossfoot.settings.rules import Sync
from crossfoot.sync.subject import Pair, Subject

_PHASES = {
    "draft": Phase.DRAFT,
    "approved": Phase.OPEN,
    "paid": Phase.PAID,
    "voided": Phase.VOID,
}


def about_money(sync: Sync) -> bool:
    """Whether a sync is about documents whose money is proved."""
    return sync.ledger is Kind.INVOICE and any(pair.name == Measure.TOTAL for pair in sync.pairs)


ADDING_UP = timedelta(minutes=10)
"""So long after a change a system that adds up later may still say the old sums. None of it has ever been seen to take minutes."""


@dataclass(frozen=True, slots=True)
class Books:
    """What must be known besides the records themselves: how each side counts, and what was read for the proof only."""

    titles: Mapping[Side, str]
    counting: Mapping[Side, Counting | None]
    taxes: Mapping[Side, Mapping[str, Tax]]
    now: datetime
    sums: Mapping[Ref, Fields] = field(default_factory=dict)
    """What systems that add up later say now."""
    payments: Mapping[str, Payments] | None = None
    """By the document's id in the CRM; None where no sync carries payments."""
    holds_payments: bool = True
    """Whether the CRM's account can hold payments."""
    told_before: frozenset[str] = frozenset()
    """The deals that tell of all their invoices together, and whose first invoice is another sync's."""

    changed: frozenset[Ref] = frozenset()
    """Records that were changed while they were being read."""

    def fields(self, seen: Observation) -> Fields:
        """What is known of a record."""
        return {**seen.fields, **self.sums.get(seen.ref, {})}


def compared(books: Books, sync: Sync, looked: Looked) -> Compared | None:
    """The money of one document on both sides; None where there is none to compare: gone, or another sync's."""
    decision, remembered, live = looked.decision, looked.remembered, looked.live
    subject = decision.subject
    if not isinstance(subject, Pair) and (subject.elsewhere or subject.covered):
        return None
    linked = isinstance(subject, Pair) and subject.link.state is LinkState.ACTIVE
    # A deal that nobody has invoiced is no document yet.
    if not live or (Side.LEDGER not in live and sync.crm is Kind.DEAL):
        return None
    seen = {side: own_or_told(books, sync, side, each) for side, each in live.items()}
    if len(seen) == len(Side) and sync.billing is not None and sync.billing.parted:
        whole = seen_on(sync, Side.LEDGER, live[Side.LEDGER])
        first = seen[Side.CRM].id not in books.told_before
        seen[Side.CRM] = _of_one(seen[Side.CRM], whole, seen[Side.LEDGER], first=first)
    # What should be written now has a cause if news of it waits, or if it was refused before. Else memory is wrong.
    failed = decision.state is SubjectState.PENDING and remembered.state is SubjectState.FAILED
    around = Circumstances(
        state=SubjectState.FAILED if failed else decision.state,
        reason=remembered.reason if failed and not remembered.signalled else decision.reason,
        signalled=remembered.signalled,
        linked=linked,
        changed=any(each.ref in books.changed for each in live.values()),
        reasons=reasons(seen[Side.CRM], seen[Side.LEDGER], _ways(books, sync, subject, live))
        if len(seen) == len(Side) and seen[Side.CRM].currency == seen[Side.LEDGER].currency
        else (),
    )
    found = compare(Kind.INVOICE, seen.get(Side.CRM), seen.get(Side.LEDGER), around)
    unexplained = any(each.cause is DifferenceCause.UNEXPLAINED for each in found.differences)
    not_yet = any(each.cause is DifferenceCause.PENDING for each in around.reasons)
    return replace(
        found,
        young=unexplained or (not_yet and not remembered.signalled),
        copied=_copied(sync, live) if len(live) == len(Side) else None,
    )


def _of_one(crm: Seen, whole: Seen, own: Seen, *, first: bool) -> Seen:
    """What the CRM tells of one of several invoices of a deal: what it tells of all, less what the others come to.

    Where it tells something else of all than they come to, that is told once, of the first.
    """
    with localcontext(EXACT):
        told = {
            measure: amount - whole.told[measure] + own.told[measure] if first else own.told[measure]
            for measure, amount in crm.told.items()
            if measure in whole.told and measure in own.told
        }
    agreed = not first or crm.phase is whole.phase
    return replace(crm, told=told, phase=own.phase if agreed else crm.phase)


def _ways(books: Books, sync: Sync, subject: Subject, live: Mapping[Side, Observation]) -> Ways:
    crm = live[Side.CRM]
    # Each system adds up the lines that it holds, not those that were made the same to be compared.
    held = {side: subject.on(side) for side in live} if isinstance(subject, Pair) else live
    return Ways(
        books.titles[Side.CRM],
        books.titles[Side.LEDGER],
        variances=_variances(books, held),
        lines_agree=_agree(sync, "lines", live),
        adds_up_later=crm.modified is None or books.now - crm.modified < ADDING_UP,
        payments=None if books.payments is None else books.payments.get(crm.ref.id, Payments(ZERO)),
        holds_payments=books.holds_payments,
        states_agree=_agree(sync, "state", live),
    )


def _variances(books: Books, live: Mapping[Side, Observation]) -> Sequence[Variance]:
    """Why the two systems come to different sums; nothing where one of them does not add up."""
    found = {
        side: reckoned(counting, books.fields(each), books.taxes[side])
        for side, each in live.items()
        if (counting := books.counting[side]) is not None
    }
    crm, ledger = found.get(Side.CRM), found.get(Side.LEDGER)
    return explain_difference(ledger, crm) if crm and ledger else ()


def _agree(sync: Sync, name: str, live: Mapping[Side, Observation]) -> bool:
    """Whether both sides tell the same under a row of the mapping."""
    pair = next((each for each in sync.pairs if each.name == name), None)
    if pair is None:
        return False
    crm, ledger = (pair.read(side, live[side].fields) for side in Side)
    return not isinstance(crm, Untold) and not isinstance(ledger, Untold) and pair.same(crm, ledger)


def _copied(sync: Sync, live: Mapping[Side, Observation]) -> bool | None:
    """Whether the ledger's amounts stand in the CRM's fields that are kept for them, to the cent; None where there are no such fields."""
    rows = [each.name for each in sync.pairs if each.name in set(Measure) and each.crm and each.ledger]
    return all(_agree(sync, name, live) for name in rows) if rows else None


def own_or_told(books: Books, sync: Sync, side: Side, observation: Observation) -> Seen:
    """The money of a document as its system computed it, or else as the mapping reads it."""
    told = seen_on(sync, side, observation)
    counting, fields = books.counting[side], books.fields(observation)
    if counting is None or not all(
        isinstance(fields.get(each), Decimal) for each in (counting.tax, counting.total)
    ):
        return told
    with localcontext(EXACT):
        paths = {
            Measure.TAX: counting.tax,
            Measure.TOTAL: counting.total,
            Measure.PAID: counting.paid,
            Measure.CREDITED: counting.credited,
            Measure.DUE: counting.due,
        }
        amounts = {
            measure: amount
            for measure, path in paths.items()
            if isinstance(amount := fields.get(path or ""), Decimal)
        }
        net = amounts[Measure.TOTAL] - amounts[Measure.TAX]
    # The CRM's own word, not the one that we wrote beside it.
    own = _PHASES.get(str(told_under(sync, side, observation, "state"))) if side is Side.CRM else None
    phase = own or told.phase
    currency = str(fields.get(counting.currency) or told.currency)
    return replace(told, currency=currency, phase=phase, told={Measure.NET: net, **amounts})


def seen_on(sync: Sync, side: Side, observation: Observation) -> Seen:
    """The money of a document as the mapping reads it on a side."""
    told = {
        measure: amount
        for measure in Measure
        if isinstance(amount := told_under(sync, side, observation, measure), Decimal)
    }
    number = told_under(sync, side, observation, "number")
    return Seen(
        observation.ref.id,
        str(told_under(sync, side, observation, "currency") or ""),
        phase_of(sync, side, observation),
        told,
        number if isinstance(number, str) else "",
    )


def phase_of(sync: Sync, side: Side, observation: Observation) -> Phase:
    """The part of its life that a document is in, by what the side says for people, else by its state."""
    standing = told_under(sync, side, observation, "standing")
    if isinstance(standing, str) and standing in DocumentState._value2member_map_:
        return DocumentState(standing).phase
    return _PHASES.get(str(told_under(sync, side, observation, "state")), Phase.DRAFT)


def told_under(sync: Sync, side: Side, observation: Observation, name: str) -> Value:
    """The shared value of a row of the mapping; None where there is no such row, or nothing was told."""
    pair = next((each for each in sync.pairs if each.name == name and each.paths(side)), None)
    if pair is None:
        return None
    value = pair.read(side, observation.fields)
    return None if isinstance(value, Untold) else value
