"""What a document that is added up may hold."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from tests.model import drawn

from crossfoot.model.documents import (
    Adjustment,
    AdjustmentKind,
    CountedLine,
    Discount,
    Document,
    Prices,
)
from crossfoot.model.taxes import Tax, TaxPart
from crossfoot.store.values import decode, encode

GOOD = CountedLine(
    "Work", Decimal("1.5"), Decimal("19.9900"), tax=Tax("OUTPUT2", (TaxPart("GST", Decimal(15)),))
)


def test_a_float_is_no_part_of_a_line() -> None:
    number: Any = 0.1
    for wrong in (
        lambda: replace(GOOD, quantity=number),
        lambda: replace(GOOD, price=number),
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
    assert [line["price"] for line in kept["lines"]] == [line.price for line in document.lines]
    assert encode(kept) == encode(document)
