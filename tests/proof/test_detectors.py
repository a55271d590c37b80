"""Where sales and books tell different stories, somebody is told."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.proof.given import TODAY

from crossfoot.model.document_state import DocumentState
from crossfoot.proof.detectors import Case, DealSeen, Detector, Finding, InvoiceSeen, detect
from crossfoot.proof.findings import EXAMPLES, Age, FindingBook, age_of
from crossfoot.settings.detecting import Detecting, DetectorsSettings, Silence

RULES = Detecting()


def deal(amount: str | None = "100.00", **more: object) -> DealSeen:
    told = {"won": True, "open": False, "closed_on": TODAY - timedelta(days=10)} | more
    return DealSeen("D1", "Renovation", "NZD", None if amount is None else Decimal(amount), **told)  # type: ignore[arg-type]


def open_deal(amount: str = "100.00", **more: object) -> DealSeen:
    return deal(amount, won=False, open=True, closed_on=None, **more)


def invoice(
    state: DocumentState = DocumentState.AWAITING_PAYMENT, net: str = "100.00", **more: object
) -> InvoiceSeen:
    amounts = {
        "net": Decimal(net),
        "total": Decimal(net) * Decimal("1.15"),
        "due": Decimal(net) * Decimal("1.15"),
    }
    told: dict[str, object] = {"currency": "NZD", "issued_on": TODAY - timedelta(days=5)} | amounts | more
    return InvoiceSeen("I1", "INV-1", state=state, **told)  # type: ignore[arg-type]


def found(
    case_deal: DealSeen | None,
    *invoices: InvoiceSeen,
    rules: Detecting = RULES,
    others: tuple[InvoiceSeen, ...] = (),
) -> list[Finding]:
    return list(detect([Case(case_deal, invoices, others)], rules, TODAY))


def names(*told: object, **more: object) -> list[str]:
    return [each.detector.value for each in found(*told, **more)]  # type: ignore[arg-type]


def test_a_deal_that_is_won_and_invoiced_to_the_cent_is_no_finding() -> None:
    assert found(deal(), invoice()) == []
    assert found(open_deal()) == []


def test_won_but_not_invoiced() -> None:
    (one,) = found(deal())
    assert (one.detector, one.amount, one.since) == (
        "won_not_invoiced",
        Decimal("100.00"),
        TODAY - timedelta(days=10),
    )
    assert one.why == "The deal Renovation over 100.00 NZD is won and has no invoice."
    assert "only a draft" in found(deal(), invoice(DocumentState.DRAFT))[0].why
    assert names(deal(), invoice(DocumentState.VOIDED)) == ["won_not_invoiced"]
    assert "without an amount" in found(deal(None))[0].why


def test_a_deal_for_nothing_needs_no_invoice() -> None:
    assert names(deal("0.00")) == []


def test_invoiced_without_a_deal() -> None:
    (one,) = found(None, invoice(), invoice(DocumentState.DRAFT), invoice(DocumentState.VOIDED))
    assert (one.detector, one.deal, one.invoices, one.amount) == (
        "invoiced_without_deal",
        None,
        ("I1",),
        Decimal(115),
    )


@pytest.mark.parametrize(
    ("amount", "rules", "to_be_billed", "expected"),
    [
        ("100.01", RULES, False, ["amounts_apart"]),
        ("100.01", Detecting(tolerance=Decimal("0.01")), False, []),
        ("115.00", RULES, False, ["amounts_apart"]),
        ("115.00", Detecting(with_tax=True), False, []),
        ("300.00", RULES, True, []),
        ("50.00", RULES, True, ["amounts_apart"]),
    ],
)
def test_the_amounts_of_a_deal_and_its_invoices(
    amount: str, rules: Detecting, to_be_billed: bool, expected: list[str]
) -> None:
    assert names(deal(amount, to_be_billed=to_be_billed), invoice(), rules=rules) == expected


def test_how_far_apart_is_said_with_its_sign() -> None:
    (one,) = found(deal("250.00"), invoice(), invoice(net="120.00"))
    assert one.amount == Decimal("-30.00")
    assert one.why == (
        "The deal Renovation is over 250.00 NZD, its invoices come to 220.00 without tax: 30.00 less."
    )


def test_a_deal_invoiced_in_another_currency_is_not_added_up() -> None:
    (one,) = found(deal(), invoice(currency="AUD"))
    assert one.why == "The deal Renovation is in NZD, and invoiced in AUD."


def test_paid_in_the_ledger_and_still_open_in_the_crm() -> None:
    paid = invoice(DocumentState.PAID, settled_on=TODAY)
    (one,) = found(open_deal(), paid)
    assert (one.detector, one.since, one.age(TODAY)) == ("paid_deal_open", TODAY, 0)
    assert names(open_deal(), paid, invoice()) == ["amounts_apart"]
    assert names(deal(), paid) == []
    assert names(open_deal("200.00", to_be_billed=True), paid) == []
    assert names(open_deal(), invoice(DocumentState.SETTLED_BY_CREDIT)) == []


def test_overdue_money_of_a_customer_whose_contract_is_to_be_renewed() -> None:
    late = invoice(due_on=TODAY - timedelta(days=40))
    (one,) = found(
        open_deal(renewal=True),
        others=(late, invoice(due_on=TODAY), invoice(DocumentState.PAID, due_on=late.due_on)),
    )
    assert (one.detector, one.amount, one.since) == ("overdue_on_renewal", Decimal(115), late.due_on)
    assert names(open_deal(), others=(late,)) == []
    assert names(deal(renewal=True), invoice(), others=(late,)) == []


def test_an_invoice_that_is_the_renewals_own_and_the_customers_counts_once() -> None:
    late = invoice(due_on=TODAY - timedelta(days=1))
    (one,) = found(open_deal(renewal=True), late, others=(late,))
    assert one.amount == Decimal(115)


def test_a_credit_that_takes_back_all_of_a_won_deal() -> None:
    credited = invoice(DocumentState.SETTLED_BY_CREDIT, by_credit_note=Decimal("115.00"))
    (one,) = found(deal(), credited)
    assert (one.detector, one.amount) == ("credit_zeroes_deal", Decimal("115.00"))
    assert names(deal(), invoice(DocumentState.PAID, by_credit_note=Decimal("114.99"))) == []
    assert names(deal("200.00"), credited, invoice()) == []
    prepaid = invoice(DocumentState.SETTLED_BY_CREDIT)
    assert names(deal(), prepaid) == []


def test_every_detector_says_what_it_is_and_what_to_do() -> None:
    assert all(each.sentence.endswith(".") and each.fix.endswith(".") for each in Detector)


def finding(
    detector: Detector = Detector.AMOUNTS_APART, deal: str = "D1", days: int | None = 3, amount: str = "5"
) -> Finding:
    since = None if days is None else TODAY - timedelta(days=days)
    return Finding(detector, deal, ("I1",), "Renovation", "NZD", Decimal(amount), since, "Why.")


@pytest.mark.parametrize(
    ("silence", "silent"),
    [
        (Silence(), False),
        (Silence(mute=True), True),
        (Silence(after=3), False),
        (Silence(after=4), True),
        (Silence(known={"D1": None}), True),
        (Silence(known={"I1": None}), True),
        (Silence(known={"Renovation": None}), True),
        (Silence(known={"D2": None, "": None}), False),
        (Silence(known={"D1": TODAY}), True),
        (Silence(known={"D1": TODAY - timedelta(days=1)}), False),
        (Silence(known={"D1": TODAY - timedelta(days=1), "I1": TODAY}), True),
    ],
)
def test_a_detector_is_silent_about_what_somebody_muted_knows_or_lets_grow_older(
    silence: Silence, silent: bool
) -> None:
    for name, expected in (("amounts_apart", silent), ("won_not_invoiced", False)):
        book = FindingBook({name: silence}, TODAY)
        assert book.add(finding()) is not expected
        assert (book.count, book.muted) == ((0, 1) if expected else (1, 0))


def test_what_nobody_knows_the_age_of_is_old_enough() -> None:
    assert FindingBook({"amounts_apart": Silence(after=30)}, TODAY).add(finding(days=None))


def test_every_detector_has_its_settings() -> None:
    assert list(DetectorsSettings.model_fields) == [each.value for each in Detector]
    assert set(DetectorsSettings().compiled.silences) == {each.value for each in Detector}


@pytest.mark.parametrize(
    ("days", "age"),
    [
        (0, Age.WEEK),
        (7, Age.WEEK),
        (8, Age.MONTH),
        (30, Age.MONTH),
        (31, Age.QUARTER),
        (90, Age.QUARTER),
        (91, Age.LONGER),
        (None, Age.UNKNOWN),
    ],
)
def test_findings_are_aged(days: int | None, age: Age) -> None:
    assert age_of(finding(days=days).age(TODAY)) is age


def test_something_that_begins_tomorrow_is_not_older_than_today() -> None:
    assert finding(days=-4).age(TODAY) == 0


@given(st.lists(st.tuples(st.sampled_from(Detector), st.integers(-99, 99), st.integers(0, 200)), max_size=40))
def test_findings_add_up_by_detector_and_age_and_the_largest_are_kept(
    drawn: list[tuple[Detector, int, int]],
) -> None:
    book = FindingBook({}, TODAY)
    for at, (detector, amount, days) in enumerate(drawn):
        book.add(finding(detector, f"D{at}", days, str(amount)))
    assert book.count == len(drawn)
    for detector, currency, tally in book.tallies():
        mine = [abs(Decimal(amount)) for each, amount, _ in drawn if each is detector]
        assert (currency, tally.count, tally.amount) == ("NZD", len(mine), sum(mine, Decimal(0)))
        assert tally.ages.total() == len(mine)
        assert [abs(each.amount) for each in book.examples(detector)] == sorted(mine, reverse=True)[:EXAMPLES]


def test_the_same_finding_has_the_same_key_tomorrow() -> None:
    (one,) = detect([Case(deal(), ())], RULES, TODAY)
    (other,) = detect([Case(deal("120.00"), ())], RULES, date(2027, 1, 1))
    assert one.key == other.key == "won_not_invoiced:D1:NZD"
