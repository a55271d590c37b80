"""What is owed after payments, credits and overpayments, and what a payment is applied to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from crossfoot.model.money import EXACT, Money


class Means(StrEnum):
    """What reduces the amount due of a document (Xero facts 7.5 to 7.7)."""

    PAYMENT = "payment"
    CREDIT_NOTE = "credit_note"
    OVERPAYMENT = "overpayment"  # money that was left over from another document
    PREPAYMENT = "prepayment"  # money that came before there was a document
    REFUND = "refund"  # money given back: more is due again

    @property
    def is_credit(self) -> bool:
        """Whether it is a credit rather than money that came in. Xero keeps no payment for it, so who counts payments alone misses it."""
        return self in (Means.CREDIT_NOTE, Means.OVERPAYMENT, Means.PREPAYMENT)


@dataclass(frozen=True, slots=True)
class Settlement:
    """One payment or credit, as far as it was applied to one document."""

    means: Means
    amount: Decimal
    """In the document's currency; positive, a refund too."""
    on: date
    reconciled: bool | None = None
    """Whether the bank statement confirms it; None where the system does not tell."""
    id: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise TypeError(
                f"A {self.means} needs a Decimal, not {type(self.amount).__name__} {self.amount!r}."
            )
        if not self.amount.is_finite() or self.amount < 0:
            raise ValueError(f"A {self.means} of {self.amount} is none. Money given back is a refund.")


@dataclass(frozen=True, slots=True)
class Balance:
    """What of a document is settled and what is not, in its currency."""

    currency: str
    total: Decimal
    paid: Decimal
    """By money, less what was given back."""
    credited: Decimal
    """By credit notes, overpayments and prepayments."""

    @property
    def due(self) -> Decimal:
        """What is still owed (in Xero: AmountDue = Total - AmountPaid - AmountCredited, fact 7.4); never less than nothing."""
        return max(self._left, Decimal(0).quantize(self.total))

    @property
    def overpaid(self) -> Decimal:
        """What was paid or credited beyond the total, and is the customer's."""
        return max(EXACT.minus(self._left), Decimal(0).quantize(self.total))

    @property
    def settled(self) -> bool:
        """Whether nothing is due."""
        return self._left <= 0

    @property
    def _left(self) -> Decimal:
        return EXACT.subtract(EXACT.subtract(self.total, self.paid), self.credited)


def balance(total: Money, settlements: Iterable[Settlement]) -> Balance:
    """What is settled of a total, in whatever order it was."""
    paid = credited = Decimal(0).quantize(total.amount)
    for each in settlements:
        if each.means.is_credit:
            credited = EXACT.add(credited, each.amount)
        else:
            signed = EXACT.minus(each.amount) if each.means is Means.REFUND else each.amount
            paid = EXACT.add(paid, signed)
    return Balance(total.currency, total.amount, paid, credited)


@dataclass(frozen=True, slots=True)
class Debt:
    """An open document: what is due of it, and since when."""

    id: str
    due: Decimal
    due_on: date


def apply_payment(amount: Decimal, debts: Sequence[Debt]) -> tuple[dict[str, Decimal], Decimal]:
    """What of an amount goes to which document, the longest due first, and what is left over: an overpayment."""
    applied: dict[str, Decimal] = {}
    for debt in sorted(debts, key=lambda each: (each.due_on, each.id)):
        if (part := min(amount, debt.due)) > 0:
            applied[debt.id] = part
            amount = EXACT.subtract(amount, part)
    return applied, amount
