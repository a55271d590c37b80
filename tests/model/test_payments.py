"""What is due after everything that was paid and credited."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.model import drawn

from crossfoot.model.money import Money
from crossfoot.model.payments import Debt, Means, Settlement, apply_payment, balance

DAY = date(2026, 11, 23)
settlements = st.lists(
    st.builds(Settlement, st.sampled_from(Means), drawn.decimals(0, 90, 2), st.dates(DAY, date(2027, 1, 31)))
)


def settled(means: Means, amount: str) -> Settlement:
    return Settlement(means, Decimal(amount), DAY)


@given(drawn.decimals(0, 200, 2), settlements, st.randoms(use_true_random=False))
def test_what_is_due_is_the_total_less_what_was_paid_and_credited_in_any_order(
    total: Decimal, settlements: list[Settlement], chance: Random
) -> None:
    found = balance(Money(total, "NZD"), settlements)
    shuffled = list(settlements)
    chance.shuffle(shuffled)
    assert balance(Money(total, "NZD"), shuffled) == found
    left = Fraction(total)
    for each in settlements:
        left += Fraction(each.amount) * (1 if str(each.means) == "refund" else -1)
    assert (found.due, found.overpaid) == (max(left, 0), max(-left, 0))
    assert found.settled == (left <= 0)
    assert all(type(each) is Decimal for each in (found.due, found.overpaid, found.paid, found.credited))


def test_a_credit_reduces_what_is_due_without_any_payment() -> None:
    """Xero keeps no payment for an allocated credit note, overpayment or prepayment (facts 7.5 and 7.7)."""
    by_credit = [settled(means, "10") for means in (Means.CREDIT_NOTE, Means.OVERPAYMENT, Means.PREPAYMENT)]
    found = balance(Money(Decimal("115.00"), "NZD"), [*by_credit, settled(Means.PAYMENT, "50.00")])
    assert (found.paid, found.credited, found.due) == (Decimal("50.00"), Decimal("30.00"), Decimal("35.00"))


def test_money_given_back_is_due_again_and_too_much_money_is_the_customers() -> None:
    paid = balance(Money(Decimal("100.00"), "NZD"), [settled(Means.PAYMENT, "120.00")])
    assert (paid.due, paid.overpaid, paid.settled) == (Decimal("0.00"), Decimal("20.00"), True)
    refunded = balance(
        Money(Decimal("100.00"), "NZD"), [settled(Means.PAYMENT, "120.00"), settled(Means.REFUND, "50.00")]
    )
    assert (refunded.due, refunded.overpaid, refunded.paid) == (
        Decimal("30.00"),
        Decimal("0.00"),
        Decimal("70.00"),
    )
    assert str(paid.due) == "0.00"


def test_a_payment_goes_to_what_was_due_longest() -> None:
    debts = [
        Debt("late", Decimal("30.00"), date(2026, 9, 1)),
        Debt("new", Decimal("80.00"), date(2026, 12, 1)),
        Debt("later", Decimal("20.00"), date(2026, 10, 1)),
    ]
    assert apply_payment(Decimal("60.00"), debts) == (
        {"late": Decimal("30.00"), "later": Decimal("20.00"), "new": Decimal("10.00")},
        Decimal("0.00"),
    )
    assert apply_payment(Decimal("200.00"), debts)[1] == Decimal("70.00")


@given(drawn.decimals(0, 300, 2), st.lists(drawn.decimals(0, 99, 2), max_size=6))
def test_a_payment_is_applied_whole_and_nothing_is_paid_twice(amount: Decimal, dues: list[Decimal]) -> None:
    debts = [Debt(str(at), due, DAY) for at, due in enumerate(dues)]
    applied, left = apply_payment(amount, debts)
    assert sum(applied.values(), left) == amount
    assert all(0 < part <= dues[int(paid)] for paid, part in applied.items())
    assert left == 0 or sum(applied.values()) == sum(dues)


@pytest.mark.parametrize("amount", [Decimal(-1), Decimal("NaN")])
def test_money_that_goes_out_is_no_negative_payment(amount: Decimal) -> None:
    with pytest.raises(ValueError, match="is none"):
        Settlement(Means.PAYMENT, amount, DAY)


def test_a_float_is_no_payment() -> None:
    with pytest.raises(TypeError, match="needs a Decimal"):
        Settlement(Means.PAYMENT, 1.5, DAY)  # type: ignore[arg-type]  # which is the point
