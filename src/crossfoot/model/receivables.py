"""What a customer owes: the sums over its documents, exact in each currency, and in the currency of the books."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from crossfoot.model import computed
from crossfoot.model.document_state import DocumentStanding, DocumentState, LedgerStatus, state_of
from crossfoot.model.money import EXACT, currency_digits, round_ratio, round_to
from crossfoot.model.payments import Balance
from crossfoot.model.records import Fields, Value


@dataclass(frozen=True, slots=True)
class Receivable:
    """Where a kind of document tells what its customer owes. Declared by a ledger for its kind; all names are native paths."""

    customer: str
    state: str
    paid: str
    credited: str
    due: str
    due_on: str
    issued_on: str
    currency: str
    rate: str
    """Units of the document's currency for one of the books' (in Xero: CurrencyRate)."""
    number: str
    last_paid_on: str

    @property
    def paths(self) -> frozenset[str]:
        """What must be known of a document."""
        return frozenset(
            (
                self.customer,
                self.state,
                self.paid,
                self.credited,
                self.due,
                self.due_on,
                self.issued_on,
                self.currency,
                self.rate,
                self.number,
                self.last_paid_on,
            )
        )

    def standing(self, document: Fields, today: date) -> DocumentStanding | None:
        """How a document stands today; None where it does not tell."""
        return standing_of(
            document.get(self.state),
            document.get(self.paid),
            document.get(self.credited),
            document.get(self.due),
            document.get(self.due_on),
            today,
        )

    def overdue(self, document: Fields, today: date) -> Decimal | None:
        """How much of a document is late; nothing while it is not open. None where it does not tell."""
        stands, due = self.standing(document, today), document.get(self.due)
        if stands is None or not isinstance(due, Decimal):
            return None
        return due if stands.state is DocumentState.OVERDUE else Decimal(0)


def standing_of(
    status: Value, paid: Value, credited: Value, due: Value, due_on: Value, today: Value
) -> DocumentStanding | None:
    """How a document stands, from what a ledger tells of it; None where it does not tell its status, or the day is not known."""
    if status not in LedgerStatus._value2member_map_ or not isinstance(today, date):
        return None
    told = LedgerStatus(str(status))
    amounts = [each if isinstance(each, Decimal) else Decimal(0) for each in (paid, credited, due)]
    if told is LedgerStatus.AUTHORISED and amounts[2] <= 0:
        # More is expected although nothing is due just now: of the invoices of a deal together, what is not billed yet.
        some = amounts[0] > 0 or amounts[1] > 0
        return DocumentStanding(
            DocumentState.PART_PAID if some else DocumentState.AWAITING_PAYMENT, part_paid=some
        )
    total = EXACT.add(EXACT.add(amounts[0], amounts[1]), amounts[2])
    owed = Balance("", total, amounts[0], amounts[1])
    return state_of(told, owed, due_on if isinstance(due_on, date) else None, today)


class CustomerState(StrEnum):
    """How a customer stands."""

    NOTHING_DUE = "nothing_due"
    AWAITING_PAYMENT = "awaiting_payment"
    OVERDUE = "overdue"


_APPROVED = frozenset(DocumentState) - {
    DocumentState.DRAFT,
    DocumentState.AWAITING_APPROVAL,
    DocumentState.VOIDED,
    DocumentState.DELETED,
}


@dataclass
class Account:
    """A customer's documents, added up one by one. Drafts and what was voided are owed by nobody, and do not count."""

    books: str
    """The currency of the books."""
    documents: int = 0
    due: dict[str, Decimal] = field(default_factory=dict)
    """By currency: what is still to be paid."""
    overdue: dict[str, Decimal] = field(default_factory=dict)
    in_books: dict[bool, Decimal | None] = field(
        default_factory=lambda: {True: Decimal(0), False: Decimal(0)}
    )
    """What is overdue (True) and not (False), in the currency of the books; None where the rate of a document is not known."""
    overdue_since: date | None = None
    last: tuple[date, str] | None = None
    last_paid_on: date | None = None

    def add(self, document: Fields, where: Receivable, today: date) -> None:
        """One document more."""
        stands = where.standing(document, today)
        if stands is None or stands.state not in _APPROVED:
            return
        self.documents += 1
        issued, number, paid_on = (
            document.get(path) for path in (where.issued_on, where.number, where.last_paid_on)
        )
        if isinstance(issued, date):
            self.last = max(self.last or (issued, ""), (issued, str(number or "")))
        if isinstance(paid_on, date):
            self.last_paid_on = max(self.last_paid_on or paid_on, paid_on)
        due = document.get(where.due)
        if stands.state.open and isinstance(due, Decimal) and due > 0:
            self._owe(document, where, due, stands)

    def _owe(self, document: Fields, where: Receivable, due: Decimal, stands: DocumentStanding) -> None:
        currency = str(document.get(where.currency) or self.books)
        late = stands.state is DocumentState.OVERDUE
        self.due[currency] = EXACT.add(self.due.get(currency, Decimal(0)), due)
        if late:
            self.overdue[currency] = EXACT.add(self.overdue.get(currency, Decimal(0)), due)
            since = stands.overdue_since
            self.overdue_since = min(self.overdue_since or since, since) if since else self.overdue_since
        so_far, here = self.in_books[late], self._in_books(due, currency, document.get(where.rate))
        self.in_books[late] = None if so_far is None or here is None else EXACT.add(so_far, here)

    def _in_books(self, amount: Decimal, currency: str, rate: Value) -> Decimal | None:
        """An amount in the currency of the books, at the rate at which its document is booked."""
        if currency == self.books:
            return amount
        if not isinstance(rate, Decimal) or rate <= 0:
            return None
        return round_ratio(amount, rate, _digits(self.books))

    def fields(self, *, reconciled: bool | None = None) -> Fields:
        """What is told of the customer. All of it is empty for one who never had a document."""
        if not self.documents:
            return dict.fromkeys(CUSTOMER_PATHS)
        late, other = self.in_books[True], self.in_books[False]
        state = (
            CustomerState.OVERDUE
            if self.overdue
            else CustomerState.AWAITING_PAYMENT
            if self.due
            else CustomerState.NOTHING_DUE
        )
        return {
            computed.STATE: state.value,
            computed.DUE: None if late is None or other is None else EXACT.add(late, other),
            computed.OVERDUE: late,
            computed.OVERDUE_SINCE: self.overdue_since,
            computed.OWED: owed_in_words(self.due, self.overdue),
            computed.LAST_NUMBER: (self.last[1] or None) if self.last else None,
            computed.LAST_ISSUED: self.last[0] if self.last else None,
            computed.LAST_PAID: self.last_paid_on,
            computed.RECONCILED: reconciled,
        }


CUSTOMER_PATHS = (
    computed.STATE,
    computed.DUE,
    computed.OVERDUE,
    computed.OVERDUE_SINCE,
    computed.OWED,
    computed.LAST_NUMBER,
    computed.LAST_ISSUED,
    computed.LAST_PAID,
    computed.RECONCILED,
)
"""Everything that is computed of a customer."""


def owed_in_words(due: Mapping[str, Decimal], overdue: Mapping[str, Decimal]) -> str | None:
    """What is due in each currency, exact: `EUR 120.00 (overdue 20.00), NZD 40.00`; None where nothing is."""
    told = []
    for currency, amount in sorted(due.items()):
        late = overdue.get(currency)
        told.append(
            f"{currency} {_shown(amount, currency)}"
            + (f" (overdue {_shown(late, currency)})" if late else "")
        )
    return ", ".join(told) or None


def _shown(amount: Decimal, currency: str) -> str:
    """With the currency's digits, unless that would lose some."""
    rounded = round_to(amount, _digits(currency))
    return f"{rounded if rounded == amount else amount:,f}"


def _digits(currency: str) -> int:
    try:
        return currency_digits(currency)
    except ValueError:
        return 2
