"""How a document stands, said once and the same everywhere."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product

import pytest

from crossfoot.model.document_state import (
    Aged,
    DocumentStanding,
    DocumentState,
    LedgerStatus,
    state_of,
    today_in,
)
from crossfoot.model.money import Money
from crossfoot.model.payments import Means, Settlement, balance

TODAY = date(2026, 11, 23)


def stand(
    status: LedgerStatus = LedgerStatus.AUTHORISED,
    *settlements: Settlement,
    due_in: int | None = 7,
    expected_on: date | None = None,
) -> DocumentStanding:
    due_on = None if due_in is None else TODAY + timedelta(days=due_in)
    owed = balance(Money(Decimal("100.00"), "NZD"), settlements)
    return state_of(status, owed, due_on, TODAY, settlements, expected_on)


def paid(
    amount: str, days: int = -1, means: Means = Means.PAYMENT, *, reconciled: bool | None = None
) -> Settlement:
    return Settlement(means, Decimal(amount), TODAY + timedelta(days=days), reconciled)


def test_every_status_amount_and_day_stands_in_exactly_one_state() -> None:
    """The whole table: status x what was paid x what was credited x days until it is due."""
    seen = set()
    for status, money, credit, due_in in product(
        LedgerStatus, ("0", "40", "100"), ("0", "40", "100"), (-3, 0, 3, None)
    ):
        settlements = [paid(money)] * (money != "0") + [paid(credit, means=Means.CREDIT_NOTE)] * (
            credit != "0"
        )
        found = stand(status, *settlements, due_in=due_in)
        seen.add(found.state)
        settled = Decimal(money) + Decimal(credit) >= 100 or status is LedgerStatus.PAID
        if status in (LedgerStatus.DRAFT, LedgerStatus.SUBMITTED, LedgerStatus.VOIDED, LedgerStatus.DELETED):
            assert not found.state.open
            assert (found.days_overdue, found.next_settlement_on) == (0, None)
        else:
            assert found.state.open != settled
            late = due_in is not None and due_in < 0 and not settled
            assert (found.state is DocumentState.OVERDUE) == late
            assert found.days_overdue == (3 if late else 0)
            assert found.part_paid == (not settled and (money, credit) != ("0", "0"))
            by_credit = settled and money == "0" and credit != "0"
            assert (found.state is DocumentState.SETTLED_BY_CREDIT) == by_credit
    assert seen == set(DocumentState)


def test_an_invoice_is_overdue_from_the_day_after_the_day_it_was_due() -> None:
    assert stand(due_in=0).sentence == "Awaiting payment."
    assert stand(due_in=-1).sentence == "Overdue by 1 day."
    assert stand(LedgerStatus.AUTHORISED, paid("40"), due_in=-12).sentence == "Part paid, overdue by 12 days."
    assert stand(LedgerStatus.AUTHORISED, paid("40")).sentence == "Part paid."


@pytest.mark.parametrize(
    ("due_in", "aged"),
    [
        (0, None),
        (-1, Aged.UP_TO_30),
        (-30, Aged.UP_TO_30),
        (-31, Aged.UP_TO_60),
        (-60, Aged.UP_TO_60),
        (-90, Aged.UP_TO_90),
        (-91, Aged.OVER_90),
        (None, None),
    ],
)
def test_it_is_overdue_since_the_day_after_it_was_due_and_ages_in_steps(
    due_in: int | None, aged: Aged | None
) -> None:
    found = stand(due_in=due_in)
    late = due_in is not None and due_in < 0
    assert found.aged is aged
    assert found.overdue_since == (TODAY + timedelta(days=due_in + 1) if due_in and late else None)
    assert stand(LedgerStatus.PAID, paid("100"), due_in=due_in).aged is None


def test_a_voided_invoice_is_not_open_whatever_is_due_of_it() -> None:
    found = stand(LedgerStatus.VOIDED, due_in=-30)
    assert (found.state, found.state.open, found.sentence) == (DocumentState.VOIDED, False, "Voided.")


def test_a_payment_of_today_was_and_one_of_tomorrow_is_to_come() -> None:
    found = stand(LedgerStatus.AUTHORISED, paid("10", -20), paid("10", 0), paid("10", 4), paid("10", 2))
    assert (found.last_settled_on, found.next_settlement_on) == (TODAY, TODAY + timedelta(days=2))


def test_money_is_expected_when_it_was_promised_else_when_it_is_due_and_never_once_it_is_there() -> None:
    promised = date(2026, 12, 24)
    assert stand(expected_on=promised).next_settlement_on == promised
    assert stand().next_settlement_on == TODAY + timedelta(days=7)
    assert stand(due_in=None).next_settlement_on is None
    assert stand(LedgerStatus.PAID, paid("100"), expected_on=promised).next_settlement_on is None


@pytest.mark.parametrize(
    ("told", "reconciled"),
    [((), None), ((True,), True), ((True, None), None), ((True, False), False), ((None, False), False)],
)
def test_paid_and_confirmed_by_the_bank_are_two_things(
    told: tuple[bool | None, ...], reconciled: bool | None
) -> None:
    settlements = [paid("1", reconciled=each) for each in told] + [paid("1", means=Means.CREDIT_NOTE)]
    assert stand(LedgerStatus.AUTHORISED, *settlements).reconciled is reconciled


def test_today_is_the_organisations_day() -> None:
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert today_in(noon, "Pacific/Auckland") == date(2026, 11, 24)
    assert today_in(noon, "NEWZEALANDSTANDARDTIME") == date(2026, 11, 24)
    assert today_in(noon, "UTC") == date(2026, 11, 23)
    assert today_in(noon, "HAWAIIANSTANDARDTIME") == date(2026, 11, 23)
    assert today_in(noon, "KAMCHATKASTANDARDTIME") == date(2026, 11, 24)


@pytest.mark.parametrize("zone", ["", "MARS", "../etc", "NEWZEALAND"])
def test_a_zone_that_nobody_knows_is_refused_in_plain_words(zone: str) -> None:
    with pytest.raises(ValueError, match="is no time zone"):
        today_in(datetime(2026, 11, 23, tzinfo=UTC), zone)


def test_a_moment_without_a_zone_is_no_moment() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        today_in(datetime(2026, 11, 23), "UTC")  # noqa: DTZ001 - which is the point
