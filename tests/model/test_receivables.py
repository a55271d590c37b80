"""What a customer owes, over all of its documents."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from crossfoot.model import computed
from crossfoot.model.document_state import LedgerStatus
from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.receivables import CUSTOMER_PATHS, Account, Receivable, standing_of
from crossfoot.model.records import Fields, Observation, Standing

TODAY = date(2026, 11, 23)
WHERE = Receivable(
    "of", "state", "paid", "credited", "due", "due_on", "issued", "currency", "rate", "number", "last_paid"
)


def document(due: str = "100.00", due_in: int = 7, **values: Any) -> Fields:
    return {
        "state": "AUTHORISED",
        "due": Decimal(due),
        "paid": Decimal(0),
        "credited": Decimal(0),
        "due_on": TODAY + timedelta(days=due_in),
        "issued": TODAY,
        "currency": "NZD",
        "number": "INV-1",
        **values,
    }


def account(*documents: Fields) -> Fields:
    owed = Account("NZD")
    for each in documents:
        owed.add(each, WHERE, TODAY)
    return owed.fields()


def test_what_is_due_and_overdue_is_added_up() -> None:
    told = account(document("100.00"), document("20.50", due_in=-3), document("5.00", due_in=-40))
    assert (told[computed.DUE], told[computed.OVERDUE]) == (Decimal("125.50"), Decimal("25.50"))
    assert told[computed.OVERDUE_SINCE] == TODAY - timedelta(days=39)
    assert told[computed.OWED] == "NZD 125.50 (overdue 25.50)"
    assert told[computed.STATE] == "overdue"


def test_each_currency_is_told_exactly_and_the_sum_at_the_rate_of_each_document() -> None:
    told = account(
        document("10.00"),
        document("30.00", currency="EUR", rate=Decimal("0.6")),
        document("1000", currency="JPY", rate=Decimal(90), due_in=-1),
        document("1.005", currency="EUR", rate=Decimal("0.6")),
    )
    assert told[computed.OWED] == "EUR 31.005, JPY 1,000 (overdue 1,000), NZD 10.00"
    # 10 + 50 + 11.11 + 1.68 (1.675, half a cent goes up), each document rounded as it is booked.
    assert (told[computed.DUE], told[computed.OVERDUE]) == (Decimal("72.79"), Decimal("11.11"))


def test_where_a_rate_is_not_known_no_sum_is_made_up() -> None:
    told = account(document("10.00", due_in=-1), document("30.00", currency="EUR", rate=None))
    assert (told[computed.DUE], told[computed.OVERDUE]) == (None, Decimal("10.00"))
    assert told[computed.OWED] == "EUR 30.00, NZD 10.00 (overdue 10.00)"


def test_drafts_and_what_was_voided_do_not_count_and_paid_documents_owe_nothing() -> None:
    undone = [document(state=state) for state in ("DRAFT", "SUBMITTED", "VOIDED", "DELETED")]
    assert account(*undone) == dict.fromkeys(CUSTOMER_PATHS)
    paid = document("0", state="PAID", paid=Decimal(100), last_paid=date(2026, 11, 20), number="INV-9")
    told = account(*undone, paid)
    assert (told[computed.STATE], told[computed.DUE], told[computed.OVERDUE]) == ("nothing_due", 0, 0)
    assert told[computed.OWED] is None
    assert told[computed.LAST_PAID] == date(2026, 11, 20)


def test_the_last_invoice_is_the_one_issued_last() -> None:
    told = account(
        document(issued=date(2026, 3, 1), number="INV-7"),
        document(issued=date(2026, 5, 1), number="INV-3"),
        document(issued=date(2026, 1, 1), number="INV-9"),
    )
    assert (told[computed.LAST_ISSUED], told[computed.LAST_NUMBER]) == (date(2026, 5, 1), "INV-3")


def test_what_of_a_document_is_late() -> None:
    assert WHERE.overdue(document("20.50", due_in=-3), TODAY) == Decimal("20.50")
    assert WHERE.overdue(document("20.50", due_in=0), TODAY) == 0
    assert WHERE.overdue(document("20.50", due_in=-3, state="DRAFT"), TODAY) == 0
    assert WHERE.overdue({}, TODAY) is None


def test_what_does_not_tell_its_state_is_not_added_up() -> None:
    assert standing_of(None, Decimal(1), None, None, None, TODAY) is None
    assert standing_of("NEVER HEARD OF", Decimal(1), None, None, None, TODAY) is None
    assert standing_of("PAID", Decimal(1), None, None, None, None) is None


AMOUNTS = st.decimals(min_value="0.01", max_value=10**9, places=2)
DOCUMENTS = st.lists(
    st.builds(
        document,
        AMOUNTS.map(str),
        st.integers(-100, 100),
        state=st.sampled_from(list(LedgerStatus)),
        currency=st.sampled_from(["NZD", "EUR", "KWD"]),
        rate=st.decimals(min_value="0.01", max_value=100, places=6).filter(bool),
    ),
    max_size=8,
)


@given(DOCUMENTS)
def test_the_sums_are_those_of_fractions(documents: list[Fields]) -> None:
    """An independent reference: everything in fractions, rounded once for each document."""
    told = account(*documents)
    open_ = [each for each in documents if each["state"] == "AUTHORISED"]
    late = [each for each in open_ if each["due_on"] < TODAY]  # type: ignore[operator]

    def total(some: list[Fields]) -> Fraction:
        found = Fraction(0)
        for each in some:
            rate = 1 if each["currency"] == "NZD" else Fraction(each["rate"])  # type: ignore[arg-type]
            cents = Fraction(each["due"]) / rate * 100  # type: ignore[arg-type]
            found += Fraction(int(cents + Fraction(1, 2)), 100)
        return found

    if any(each["state"] in ("AUTHORISED", "PAID") for each in documents):
        assert Fraction(told[computed.DUE]) == total(open_)  # type: ignore[arg-type]
        assert Fraction(told[computed.OVERDUE]) == total(late)  # type: ignore[arg-type]
    else:
        assert told[computed.DUE] is None


@given(st.permutations(range(4)))
def test_the_order_of_documents_does_not_matter(order: list[int]) -> None:
    some = [
        document("10.00", issued=TODAY - timedelta(days=each % 2), due_in=each - 2, number=f"INV-{each}")
        for each in range(4)
    ]
    assert account(*(some[place] for place in order)) == account(*some)


def test_computed_fields_are_laid_over_and_taken_off() -> None:
    seen = Observation(Ref(Side.LEDGER, Kind.INVOICE, "1"), Standing.LIVE, {"Status": "PAID"})
    laid = computed.overlaid(seen, {computed.TODAY: TODAY})
    assert laid.fields == {"Status": "PAID", computed.TODAY: TODAY}
    assert computed.bare(laid) == seen
    assert computed.bare(seen) is seen
