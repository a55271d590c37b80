"""Every cent by which two sides differ has a cause, and the books of both sides cross-foot."""

import gc
import tracemalloc
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.proof.given import compared, proof, seen

from crossfoot.model.document_state import Phase
from crossfoot.model.identity import Kind, Side
from crossfoot.model.subjects import SubjectState
from crossfoot.proof.causes import DifferenceCause
from crossfoot.proof.money import Circumstances, Compared, Measure, Reason, compare
from crossfoot.proof.money_book import EXAMPLES, MoneyBook

NOTHING = Circumstances()


def booked(*documents: Compared) -> MoneyBook:
    book = MoneyBook()
    for each in documents:
        book.add(each)
    return book


@given(st.lists(compared(), max_size=12))
def test_whatever_differs_the_way_from_total_to_total_is_complete(documents: list[Compared]) -> None:
    """Judged by fractions: the totals of both sides, the parts between them, and that nothing is left over."""
    book = booked(*documents)
    totals: dict[tuple[str, Kind, Measure, Side], Fraction] = defaultdict(Fraction)
    for each in documents:
        for side, told in ((Side.CRM, each.crm), (Side.LEDGER, each.ledger)):
            for measure, amount in told.told.items() if told else ():
                assert told is not None
                totals[told.currency, each.kind, measure, side] += (
                    0 if told.phase == "void" else Fraction(amount)
                )
    for bridge in book.bridges():
        place = (bridge.currency, bridge.kind, bridge.measure)
        assert bridge.ledger == totals[*place, Side.LEDGER]
        assert bridge.crm == totals[*place, Side.CRM]
        assert bridge.leftover == 0
        assert bridge.crm - bridge.ledger == sum(Fraction(part.amount) for part in bridge.parts)
    assert {key[:3] for key in totals} == {
        (each.currency, each.kind, each.measure) for each in book.bridges()
    }


@given(st.lists(compared(), max_size=12))
def test_rows_count_every_document_of_both_sides(documents: list[Compared]) -> None:
    rows = booked(*documents).rows()
    for side in Side:
        held = [each.crm if side is Side.CRM else each.ledger for each in documents]
        assert sum(row.sides[side].count for row in rows) == sum(each is not None for each in held)
    assert [(row.currency, row.kind, row.phase) for row in rows] == sorted(
        {(row.currency, row.kind, row.phase) for row in rows},
        key=lambda key: (key[0], list(Kind).index(key[1]), list(Phase).index(key[2])),
    )


@given(compared())
def test_a_document_that_agrees_has_no_difference_and_one_that_does_not_has_a_cause_for_each(
    one: Compared,
) -> None:
    equal = (
        one.crm is not None
        and one.ledger is not None
        and (one.crm.currency, one.crm.phase) == (one.ledger.currency, one.ledger.phase)
        and all((one.crm.amount(m) or 0) == (one.ledger.amount(m) or 0) for m in Measure)
    )
    assert equal == (not one.differences)
    assert all(each.why and each.cause.sentence for each in one.differences)


def test_a_reason_without_a_cause_takes_that_of_the_circumstances_and_says_at_least_what_differs() -> None:
    reason = Reason(Measure.DUE, Decimal(-5), None, "HubSpot has another price.")
    for around, cause, why in (
        (NOTHING, "unexplained", "HubSpot has another price."),
        (Circumstances(SubjectState.CONFLICT, "Ada and Ben changed it."), "held", "Ada and Ben changed it."),
    ):
        (found,) = compare(
            Kind.INVOICE, seen(due="110"), seen(due="115"), replace(around, reasons=(reason,))
        ).differences
        assert (found.cause.value, found.why, found.amount) == (cause, why, Decimal(-5))


@pytest.mark.parametrize(
    ("around", "alone", "pair"),
    [
        (Circumstances(SubjectState.EXCLUDED, signalled=True), "excluded", "excluded"),
        (Circumstances(SubjectState.NOT_READY), "not_ready", "not_ready"),
        (Circumstances(SubjectState.CONFLICT, changed=True), "held", "held"),
        (Circumstances(SubjectState.DOUBTFUL), "doubtful", "doubtful"),
        (Circumstances(SubjectState.ENDED), "ended", "ended"),
        (Circumstances(SubjectState.FAILED), "failed", "failed"),
        (Circumstances(SubjectState.FAILED, signalled=True), "pending", "pending"),
        (Circumstances(SubjectState.IN_STEP, changed=True, signalled=True), "changed", "changed"),
        (Circumstances(SubjectState.PENDING, signalled=True), "pending", "pending"),
        (Circumstances(SubjectState.PENDING), "missing", "unexplained"),
        (Circumstances(SubjectState.IN_STEP), "missing", "unexplained"),
        (Circumstances(SubjectState.IN_STEP, linked=False), "unexplained", "unexplained"),
        (NOTHING, "missing", "unexplained"),
    ],
)
def test_the_cause_is_what_the_circumstances_give(around: Circumstances, alone: str, pair: str) -> None:
    one_sided = compare(Kind.INVOICE, None, seen(), around).differences
    both = compare(Kind.INVOICE, seen(total="1.00"), seen(total="2.00"), around).differences
    assert {each.cause.value for each in one_sided} == {alone}
    assert {each.cause.value for each in both} == {pair}


def test_what_a_side_cannot_hold_is_named_and_not_counted_as_nothing() -> None:
    found = compare(Kind.INVOICE, seen(total="115"), seen(total="115", credited="15"), NOTHING).differences
    assert [(each.measure, each.amount, each.cause.value) for each in found] == [
        ("credited", Decimal(-15), "cannot_hold")
    ]


def test_a_void_document_counts_for_nothing_whatever_it_says_is_due() -> None:
    void = seen(phase=Phase.VOID, total="115", due="115")
    assert not compare(Kind.INVOICE, seen(phase=Phase.VOID, total="0", due="0"), void, NOTHING).differences
    found = compare(Kind.INVOICE, seen(total="115", due="115"), void, NOTHING).differences
    assert {each.measure: each.amount for each in found} == {"total": 115, "due": 115, None: 0}


def test_a_document_in_two_currencies_is_missing_in_both() -> None:
    found = compare(Kind.INVOICE, seen(total="5"), seen(currency="AUD", total="7"), NOTHING).differences
    assert [(each.currency, each.amount, each.cause.value) for each in found] == [
        ("NZD", Decimal(5), "unexplained"),
        ("AUD", Decimal(-7), "unexplained"),
    ]
    assert found[0].why.startswith("NZD on one side and AUD on the other.")


def test_only_what_nothing_explains_makes_the_proof_red() -> None:
    explained = compare(Kind.INVOICE, None, seen(), Circumstances(SubjectState.EXCLUDED))
    agreed = compare(Kind.INVOICE, seen(), seen(), NOTHING)
    green = proof(booked(explained, agreed))
    assert (green.green, green.exit_code) == (True, 0)
    assert green.verdict == (
        "GREEN. 1 of 2 documents agree to the cent. 1 differ, each explained. Unexplained: 0."
    )
    red = proof(booked(agreed, compare(Kind.INVOICE, seen(total="1"), seen(total="2"), NOTHING)))
    assert (red.green, red.exit_code) == (False, 1)
    assert red.verdict.startswith("NOT GREEN. 1 unexplained: ")
    halted = proof(booked(agreed), halt="Xero does not answer.")
    assert (halted.exit_code, halted.verdict) == (1, "NOT PROVED. Xero does not answer.")


def test_the_largest_differences_of_a_cause_are_kept_and_no_more() -> None:
    book = MoneyBook()
    for number in range(100):
        crm = seen(str(number), label=f"INV-{number}", total="0", net="0")
        amount = str(number * 7 % 100)
        book.add(
            compare(
                Kind.INVOICE, crm, seen(str(number), label=f"INV-{number}", total=amount, net=amount), NOTHING
            )
        )
    kept = book.examples(DifferenceCause.UNEXPLAINED)
    assert [abs(each.amount) for each in kept] == [Decimal(each) for each in range(99, 99 - EXAMPLES, -1)]
    assert {each.measure for each in kept} == {Measure.TOTAL}


def test_memory_grows_with_kinds_of_documents_and_not_with_documents() -> None:
    def documents(count: int) -> Iterator[Compared]:
        for number in range(count):
            crm = seen(str(number), total=str(number), net="1")
            yield compare(Kind.INVOICE, crm, seen(str(number), total=str(number % 97), net="1"), NOTHING)

    def held(count: int) -> int:
        book = MoneyBook()
        tracemalloc.start()
        for each in documents(count):
            book.add(each)
        gc.collect()
        size, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert book.documents == count
        return size

    assert held(6000) < held(600) + 20_000
