"""What a document may hold, and what is found before a side would refuse it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from tests.model import drawn

from crossfoot.model.document_problems import Limits, problems
from crossfoot.model.documents import Adjustment, AdjustmentKind, Discount, Document, Line, Prices, Tracking
from crossfoot.model.problems import Cause
from crossfoot.model.taxes import Tax, TaxPart
from crossfoot.store.values import decode, encode
from crossfoot.systems.hubspot.arithmetic import ARITHMETIC as HUBSPOT
from crossfoot.systems.xero.arithmetic import ARITHMETIC as XERO

GOOD = Line("Work", Decimal("1.5"), Decimal("19.9900"), tax=Tax("OUTPUT2", (TaxPart("GST", Decimal(15)),)))


ANY = Limits()


def told(line: Line, limits: Limits = ANY) -> list[tuple[Cause, str | None]]:
    return [(each.cause, each.field) for each in problems(Document("NZD", (GOOD, line)), XERO, limits)]


@pytest.mark.parametrize(
    ("line", "cause", "place"),
    [
        (replace(GOOD, description="x" * 4001), Cause.INVALID, "lines.2.description"),
        (replace(GOOD, description=""), Cause.NOT_READY, "lines.2.description"),
        (replace(GOOD, item_code="x" * 31), Cause.INVALID, "lines.2.item_code"),
        (replace(GOOD, account_code="x" * 11), Cause.INVALID, "lines.2.account_code"),
        (replace(GOOD, tracking=(Tracking("A", "1"),) * 3), Cause.INVALID, "lines.2.tracking"),
        (replace(GOOD, quantity=Decimal("0.00001")), Cause.INVALID, "lines.2.quantity"),
        (replace(GOOD, unit_amount=Decimal("1.00005")), Cause.INVALID, "lines.2.unit_amount"),
        (replace(GOOD, quantity=None), Cause.NOT_READY, "lines.2.quantity"),
        (replace(GOOD, unit_amount=None), Cause.NOT_READY, "lines.2.unit_amount"),
        (replace(GOOD, discount=Discount(percent=Decimal("100.01"))), Cause.INVALID, "lines.2.discount"),
        (replace(GOOD, discount=Discount(percent=Decimal(-1))), Cause.INVALID, "lines.2.discount"),
        (replace(GOOD, quantity=Decimal(-1), unit_amount=Decimal(10**10)), Cause.INVALID, "lines.2"),
    ],
)
def test_what_would_be_refused_is_found_first_with_its_place(line: Line, cause: Cause, place: str) -> None:
    assert told(line) == [(cause, place)]


@pytest.mark.parametrize(
    "line",
    [
        GOOD,
        Line("Phase one"),
        replace(GOOD, description="x" * 4000, item_code="x" * 30, account_code="x" * 10),
        replace(GOOD, description="", item_code="WIDGET"),
        replace(GOOD, quantity=Decimal("-0.1234"), unit_amount=Decimal("-5.500000")),
        replace(GOOD, quantity=Decimal(0), unit_amount=Decimal(0)),
        replace(GOOD, quantity=Decimal(1), unit_amount=Decimal("9999999999.99"), discount=None),
        replace(GOOD, discount=Discount(percent=Decimal(100)), tracking=(Tracking("A", "1"),) * 2),
    ],
)
def test_what_just_fits_is_no_problem(line: Line) -> None:
    assert told(line) == []


def test_a_problem_says_what_is_wrong_with_the_numbers_and_what_to_do() -> None:
    (found,) = problems(Document("NZD", (replace(GOOD, description="x" * 4001),)), XERO)
    assert str(found) == (
        "Line 1 has a description of 4,001 characters; 4,000 is the most that fits. Shorten it."
    )


def test_credit_notes_have_no_discounts() -> None:
    line = replace(GOOD, discount=Discount(percent=Decimal(5)))
    assert told(line, Limits(discounts=False)) == [(Cause.INEXPRESSIBLE, "lines.2.discount")]


def test_a_document_without_lines_or_in_no_currency_is_not_ready() -> None:
    assert [each.field for each in problems(Document("NZD"), XERO)] == ["lines"]
    (found,) = problems(Document("dollars", (GOOD,)), XERO)
    assert found.field == "currency"
    assert "'dollars' is not a currency" in found.what


@given(drawn.documents | drawn.adjusted_documents)
def test_looking_for_problems_never_fails(document: Document) -> None:
    for arithmetic in (XERO, HUBSPOT):
        assert all(
            each.field and each.what and each.fix for each in problems(document, arithmetic) if document.lines
        )


def test_a_float_is_no_part_of_a_line() -> None:
    number: Any = 0.1
    for wrong in (
        lambda: replace(GOOD, quantity=number),
        lambda: replace(GOOD, unit_amount=number),
        lambda: replace(GOOD, tax_override=number),
        lambda: Discount(percent=number),
        lambda: Adjustment(AdjustmentKind.FEE, amount=number),
    ):
        with pytest.raises(TypeError, match="needs a Decimal, not float"):
            wrong()


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1E+40", "1E-31"])
def test_what_cannot_be_added_up_is_no_number_of_a_line(number: str) -> None:
    with pytest.raises(ValueError, match="no number that a document can hold"):
        replace(GOOD, quantity=Decimal(number))


def test_a_discount_is_one_thing_and_a_rate_is_a_decimal() -> None:
    for number in (None, Decimal(1)):
        with pytest.raises(ValueError, match="either percent or an amount"):
            Discount(number, number)
        with pytest.raises(ValueError, match="either percent or an amount"):
            Adjustment(AdjustmentKind.FEE, number, number)
    with pytest.raises(TypeError, match="needs a Decimal"):
        TaxPart("GST", 15.0)  # type: ignore[arg-type]  # which is the point
    with pytest.raises(ValueError, match="is no rate of tax"):
        TaxPart("GST", Decimal("Infinity"))
    with pytest.raises(ValueError, match="take back the whole amount"):
        Tax("X", (TaxPart("", Decimal(-100)),))


def test_only_prices_without_tax_go_with_discounts_of_the_whole() -> None:
    with pytest.raises(ValueError, match="Only a document with prices without tax"):
        Document("NZD", prices=Prices.INCLUSIVE, adjustments=(Adjustment(AdjustmentKind.FEE, Decimal(1)),))


@given(drawn.documents | drawn.adjusted_documents)
def test_a_document_has_a_place_in_sets_and_in_the_database(document: Document) -> None:
    assert hash(document) == hash(replace(document))
    kept = decode(encode(document))
    assert kept["currency"] == document.currency
    assert [line["unit_amount"] for line in kept["lines"]] == [line.unit_amount for line in document.lines]
    assert encode(kept) == encode(document)
