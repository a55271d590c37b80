"""Where sales and books tell different stories: each detector looks at one deal with its invoices, or at an invoice without a deal.

Both systems can agree on every cent, and a won deal still has no invoice. That is no failure of the sync, and nobody is told; so it is
looked for here. A detector decides from a small frozen case, and one case at a time is in memory.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from enum import StrEnum

from crossfoot.model.document_state import DocumentState, Phase
from crossfoot.model.money import EXACT, spelled
from crossfoot.proof.money import ZERO
from crossfoot.settings.detecting import Detecting


class Detector(StrEnum):
    """What is looked for; each with the sentence that people read, and what to do."""

    WON_NOT_INVOICED = "won_not_invoiced"
    INVOICED_WITHOUT_DEAL = "invoiced_without_deal"
    AMOUNTS_APART = "amounts_apart"
    PAID_DEAL_OPEN = "paid_deal_open"
    OVERDUE_ON_RENEWAL = "overdue_on_renewal"
    CREDIT_ZEROES_DEAL = "credit_zeroes_deal"

    @property
    def sentence(self) -> str:
        """For people."""
        return _TOLD[self][0]

    @property
    def fix(self) -> str:
        """What to do."""
        return _TOLD[self][1]


_TOLD = {
    Detector.WON_NOT_INVOICED: (
        "Won, but not invoiced.",
        "Invoice the deal, or silence this if it is billed elsewhere.",
    ),
    Detector.INVOICED_WITHOUT_DEAL: (
        "Invoiced without a deal.",
        "Associate the invoice with its deal in HubSpot, or silence this if there is none.",
    ),
    Detector.AMOUNTS_APART: (
        "The deal and its invoices differ in amount.",
        "Correct the deal, or invoice what is missing.",
    ),
    Detector.PAID_DEAL_OPEN: (
        "Paid, but the deal is still open.",
        "Move the deal to the stage for won deals.",
    ),
    Detector.OVERDUE_ON_RENEWAL: (
        "The customer of an open renewal has overdue invoices.",
        "Talk about the overdue money before the renewal.",
    ),
    Detector.CREDIT_ZEROES_DEAL: (
        "A won deal was credited entirely.",
        "Lower the deal's amount, or mark it as lost, so that forecasts are right.",
    ),
}


@dataclass(frozen=True, slots=True)
class DealSeen:
    """A deal, as far as its money goes."""

    id: str
    name: str
    currency: str
    amount: Decimal | None
    won: bool = False
    open: bool = True
    """Neither won nor lost."""
    closed_on: date | None = None
    renewal: bool = False
    """Whether it renews a contract of a customer; which deals do is a setting."""
    to_be_billed: bool = False
    """Whether more invoices are planned: a deposit is out and instalments are to come."""


@dataclass(frozen=True, slots=True)
class InvoiceSeen:
    """An invoice of the ledger, as far as its money goes."""

    id: str
    number: str
    currency: str
    state: DocumentState
    net: Decimal
    total: Decimal
    due: Decimal
    by_credit_note: Decimal = ZERO
    """What credit notes took off. Prepayments are money and no credit."""
    issued_on: date | None = None
    due_on: date | None = None
    settled_on: date | None = None

    @property
    def counts(self) -> bool:
        """Whether it was issued, and not taken back."""
        return self.state.phase in (Phase.OPEN, Phase.PAID)

    def overdue(self, today: date) -> bool:
        """Whether money of it should have come by now."""
        return self.state.open and self.due > 0 and self.due_on is not None and self.due_on < today


@dataclass(frozen=True, slots=True)
class Case:
    """A deal with its invoices, or an invoice without a deal."""

    deal: DealSeen | None
    invoices: tuple[InvoiceSeen, ...]
    others: tuple[InvoiceSeen, ...] = ()
    """More open invoices of the same customer."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a person should look at."""

    detector: Detector
    deal: str | None
    """The deal's id."""
    invoices: tuple[str, ...]
    """The invoices' ids."""
    label: str
    """What people call it: the deal's name, or the invoice's number."""
    currency: str
    amount: Decimal
    """The money concerned."""
    since: date | None
    """Since when it is so, as far as the records tell."""
    why: str

    @property
    def key(self) -> str:
        """The same finding has the same key in every proof."""
        return f"{self.detector}:{self.deal or ','.join(self.invoices)}:{self.currency}"

    def age(self, today: date) -> int | None:
        """Days since it is so; None if nobody knows."""
        return None if self.since is None else max((today - self.since).days, 0)


def detect(cases: Iterable[Case], rules: Detecting, today: date) -> Iterator[Finding]:
    """Everything that the detectors find, in the order of the cases."""
    for case in cases:
        with localcontext(EXACT):
            found = tuple(_deal(case.deal, case, rules, today) if case.deal else _without_deal(case))
        yield from found


def _without_deal(case: Case) -> Iterator[Finding]:
    for invoice in case.invoices:
        if invoice.counts:
            yield Finding(
                Detector.INVOICED_WITHOUT_DEAL,
                None,
                (invoice.id,),
                invoice.number,
                invoice.currency,
                invoice.total,
                invoice.issued_on,
                f"Invoice {invoice.number} over {spelled(invoice.total, invoice.currency)} {invoice.currency} belongs to no deal.",
            )


def _deal(deal: DealSeen, case: Case, rules: Detecting, today: date) -> Iterator[Finding]:
    counting = tuple(each for each in case.invoices if each.counts)
    if not counting:
        drafts = any(each.state.phase is Phase.DRAFT for each in case.invoices)
        yield from _not_invoiced(deal, drafts)
    else:
        yield from _apart(deal, counting, rules)
        yield from _paid(deal, counting)
        yield from _credited(deal, counting)
    yield from _overdue(deal, (*counting, *case.others), today)


def _finding(
    detector: Detector,
    deal: DealSeen,
    invoices: Iterable[InvoiceSeen],
    amount: Decimal,
    since: date | None,
    why: str,
    currency: str = "",
) -> Finding:
    ids = tuple(each.id for each in invoices)
    return Finding(detector, deal.id, ids, deal.name, currency or deal.currency, amount, since, why)


def _not_invoiced(deal: DealSeen, drafts: bool) -> Iterator[Finding]:
    if deal.won and deal.amount != 0:
        amount = deal.amount or ZERO
        worth = (
            f"over {spelled(amount, deal.currency)} {deal.currency}"
            if deal.amount is not None
            else "without an amount"
        )
        has = "only a draft invoice" if drafts else "no invoice"
        why = f"The deal {deal.name} {worth} is won and has {has}."
        yield _finding(Detector.WON_NOT_INVOICED, deal, (), amount, deal.closed_on, why)


def _apart(deal: DealSeen, invoices: tuple[InvoiceSeen, ...], rules: Detecting) -> Iterator[Finding]:
    if deal.amount is None:
        return
    since = max((each.issued_on for each in invoices if each.issued_on), default=None)
    foreign = sorted({each.currency for each in invoices} - {deal.currency})
    if foreign:
        why = f"The deal {deal.name} is in {deal.currency}, and invoiced in {', '.join(foreign)}."
        yield _finding(Detector.AMOUNTS_APART, deal, invoices, deal.amount, since, why)
        return
    invoiced = sum((each.total if rules.with_tax else each.net for each in invoices), ZERO)
    apart = invoiced - deal.amount
    if abs(apart) <= rules.tolerance or (apart < 0 and deal.to_be_billed):
        return
    tax = "with tax" if rules.with_tax else "without tax"
    why = (
        f"The deal {deal.name} is over {spelled(deal.amount, deal.currency)} {deal.currency}, its invoices come to {spelled(invoiced, deal.currency)} {tax}: "
        f"{spelled(abs(apart), deal.currency)} {'more' if apart > 0 else 'less'}."
    )
    yield _finding(Detector.AMOUNTS_APART, deal, invoices, apart, since, why)


def _paid(deal: DealSeen, invoices: tuple[InvoiceSeen, ...]) -> Iterator[Finding]:
    settled = all(each.state.phase is Phase.PAID for each in invoices)
    by_money = any(each.state is DocumentState.PAID for each in invoices)
    if deal.open and settled and by_money and not deal.to_be_billed:
        since = max((each.settled_on for each in invoices if each.settled_on), default=None)
        for currency, amount in _by_currency(invoices, lambda each: each.total).items():
            why = f"All invoices of the deal {deal.name} are paid, {spelled(amount, currency)} {currency}, and it is still open."
            yield _finding(Detector.PAID_DEAL_OPEN, deal, invoices, amount, since, why, currency)


def _credited(deal: DealSeen, invoices: tuple[InvoiceSeen, ...]) -> Iterator[Finding]:
    if not deal.won or any(each.by_credit_note < each.total for each in invoices):
        return
    since = max((each.settled_on for each in invoices if each.settled_on), default=None)
    for currency, amount in _by_currency(invoices, lambda each: each.by_credit_note).items():
        if amount > 0:
            why = f"The deal {deal.name} is won, and credit notes took back all of its {spelled(amount, currency)} {currency}."
            yield _finding(Detector.CREDIT_ZEROES_DEAL, deal, invoices, amount, since, why, currency)


def _overdue(deal: DealSeen, invoices: tuple[InvoiceSeen, ...], today: date) -> Iterator[Finding]:
    if not (deal.open and deal.renewal):
        return
    late = {each.id: each for each in invoices if each.overdue(today)}.values()
    since = min((each.due_on for each in late if each.due_on), default=None)
    for currency, amount in _by_currency(late, lambda each: each.due).items():
        why = f"{spelled(amount, currency)} {currency} of the customer of the open renewal {deal.name} is overdue."
        yield _finding(Detector.OVERDUE_ON_RENEWAL, deal, late, amount, since, why, currency)


def _by_currency(
    invoices: Iterable[InvoiceSeen], amount: Callable[[InvoiceSeen], Decimal]
) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for each in invoices:
        sums[each.currency] = sums.get(each.currency, ZERO) + amount(each)
    return sums
