"""How a document stands, for people: what the ledger's status, the amounts and today's date come to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

from crossfoot.model.payments import Balance, Settlement


class LedgerStatus(StrEnum):
    """A document's status in the ledger (Xero fact 7.4)."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    AUTHORISED = "AUTHORISED"
    PAID = "PAID"
    VOIDED = "VOIDED"
    DELETED = "DELETED"


class Phase(StrEnum):
    """The part of a document's life that both sides know (HubSpot fact 7.3: draft, open, paid, voided)."""

    DRAFT = "draft"
    OPEN = "open"
    PAID = "paid"
    VOID = "void"


class DocumentState(StrEnum):
    """How a document stands."""

    DRAFT = "draft"
    AWAITING_APPROVAL = "awaiting_approval"
    AWAITING_PAYMENT = "awaiting_payment"
    PART_PAID = "part_paid"
    OVERDUE = "overdue"
    PAID = "paid"
    SETTLED_BY_CREDIT = "settled_by_credit"
    VOIDED = "voided"
    DELETED = "deleted"

    @property
    def open(self) -> bool:
        """Whether money is expected for it. An amount due says nothing by itself: a voided invoice still has one (Xero fact 7.4)."""
        return self.phase is Phase.OPEN

    @property
    def phase(self) -> Phase:
        """The same in the words that both sides have."""
        return _PHASES.get(self, Phase.OPEN)


_PHASES = {
    DocumentState.DRAFT: Phase.DRAFT,
    DocumentState.AWAITING_APPROVAL: Phase.DRAFT,
    DocumentState.PAID: Phase.PAID,
    DocumentState.SETTLED_BY_CREDIT: Phase.PAID,
    DocumentState.VOIDED: Phase.VOID,
    DocumentState.DELETED: Phase.VOID,
}


class Aged(StrEnum):
    """How long a document is overdue, in the steps of an aged receivables report."""

    UP_TO_30 = "up_to_30"
    UP_TO_60 = "up_to_60"
    UP_TO_90 = "up_to_90"
    OVER_90 = "over_90"


@dataclass(frozen=True, slots=True)
class DocumentStanding:
    """The state with what belongs to it."""

    state: DocumentState
    days_overdue: int = 0
    """Whole days since the day on which it was due; 0 while it is not overdue."""
    overdue_since: date | None = None
    """The first day on which it was overdue: the day after it was due. Unlike the days, it stays the same from day to day."""
    part_paid: bool = False
    """Whether something, but not everything, is paid or credited: an overdue document may be part paid too."""
    last_settled_on: date | None = None
    """The latest payment or credit until today."""
    next_settlement_on: date | None = None
    """The earliest payment with a later date, or else the day on which one is expected; None when nothing is."""
    reconciled: bool | None = None
    """Whether the bank confirms every payment; None where there is none, or the ledger does not tell."""

    @property
    def aged(self) -> Aged | None:
        """For how long it is overdue; None while it is not."""
        if not self.days_overdue:
            return None
        return next((step for days, step in _STEPS if self.days_overdue <= days), Aged.OVER_90)

    @property
    def sentence(self) -> str:
        """For people."""
        days = f"{self.days_overdue} day{'' if self.days_overdue == 1 else 's'}"
        if self.state is DocumentState.OVERDUE:
            return f"Part paid, overdue by {days}." if self.part_paid else f"Overdue by {days}."
        return _SENTENCES[self.state]


_STEPS = ((30, Aged.UP_TO_30), (60, Aged.UP_TO_60), (90, Aged.UP_TO_90))

_SENTENCES = {
    DocumentState.DRAFT: "Draft.",
    DocumentState.AWAITING_APPROVAL: "Awaiting approval.",
    DocumentState.AWAITING_PAYMENT: "Awaiting payment.",
    DocumentState.PART_PAID: "Part paid.",
    DocumentState.PAID: "Paid.",
    DocumentState.SETTLED_BY_CREDIT: "Settled by credit.",
    DocumentState.VOIDED: "Voided.",
    DocumentState.DELETED: "Deleted.",
}

_BEFORE_AND_AFTER = {
    LedgerStatus.DRAFT: DocumentState.DRAFT,
    LedgerStatus.SUBMITTED: DocumentState.AWAITING_APPROVAL,
    LedgerStatus.VOIDED: DocumentState.VOIDED,
    LedgerStatus.DELETED: DocumentState.DELETED,
}


def state_of(
    status: LedgerStatus,
    balance: Balance,
    due_on: date | None,
    today: date,
    settlements: Sequence[Settlement] = (),
    expected_on: date | None = None,
) -> DocumentStanding:
    """How a document stands on a day: `today` in the organisation's time zone, as `today_in` tells it.

    `expected_on` is the day for which the customer promised the money, if somebody noted one (in Xero: ExpectedPaymentDate).
    """
    if status in _BEFORE_AND_AFTER:
        return DocumentStanding(_BEFORE_AND_AFTER[status])
    settled = balance.settled or status is LedgerStatus.PAID
    part_paid = not settled and (balance.paid > 0 or balance.credited > 0)
    days = (today - due_on).days if due_on is not None and not settled else 0
    past = [each.on for each in settlements if each.on <= today]
    coming = [each.on for each in settlements if each.on > today]
    if settled:
        state = (
            DocumentState.SETTLED_BY_CREDIT if balance.paid <= 0 < balance.credited else DocumentState.PAID
        )
    elif days > 0:
        state = DocumentState.OVERDUE
    else:
        state = DocumentState.PART_PAID if part_paid else DocumentState.AWAITING_PAYMENT
    expected = min(coming) if coming else None if settled else expected_on or due_on
    return DocumentStanding(
        state,
        max(days, 0),
        due_on + timedelta(days=1) if due_on is not None and days > 0 else None,
        part_paid,
        max(past, default=None),
        expected,
        reconciled(each.reconciled for each in settlements if not each.means.is_credit),
    )


def reconciled(payments: Iterable[bool | None]) -> bool | None:
    """Whether the bank confirms all of these payments, from what is told of each; None where there is none, or one does not tell."""
    told = list(payments)
    if any(each is False for each in told):
        return False
    return True if told and None not in told else None


def today_in(now: datetime, zone: str) -> date:
    """The calendar day in an organisation's time zone, by its IANA name or as Xero writes it: `NEWZEALANDSTANDARDTIME`.

    Raises ValueError for a time zone that nobody knows.
    """
    if now.tzinfo is None:
        raise ValueError(f"{now.isoformat()} has no time zone; moments are UTC.")
    try:
        place = ZoneInfo(_ledgers_zones().get(zone, zone))
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"'{zone}' is no time zone. Write one like Pacific/Auckland.") from error
    return now.astimezone(place).date()


@cache
def _ledgers_zones() -> dict[str, str]:
    """Xero's names are those of Windows, in capitals and without anything between the words (Xero fact 7.9)."""
    from babel.core import get_global  # noqa: PLC0415 - loaded when the first ledger's zone is met

    mapping: dict[str, str] = dict(get_global("windows_zone_mapping"))
    known = {"".join(sign for sign in name if sign.isalnum()).upper(): zone for name, zone in mapping.items()}
    return _ABOLISHED | known


_ABOLISHED = {"KAMCHATKASTANDARDTIME": "Asia/Kamchatka", "MIDATLANTICSTANDARDTIME": "Etc/GMT+2"}
"""Zones that Windows gave up and the ledger still lists."""
