"""Amounts and the digits of their currencies."""

from decimal import ROUND_HALF_EVEN, Decimal

import pytest

from crossfoot.model.money import Money, currency_digits, quantize, round_to


@pytest.mark.parametrize(("currency", "digits"), [("NZD", 2), ("USD", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4)])
def test_each_currency_has_its_own_digits(currency: str, digits: int) -> None:
    assert currency_digits(currency) == digits


@pytest.mark.parametrize("code", ["", "nzd", "XYZW", "dollars", "QQQ"])
def test_what_is_no_currency_is_refused_in_plain_words(code: str) -> None:
    with pytest.raises(ValueError, match="is not a currency"):
        currency_digits(code)


def test_half_a_cent_goes_up_and_away_from_nothing() -> None:
    assert quantize(Decimal("1.005"), "NZD") == Decimal("1.01")
    assert quantize(Decimal("-1.005"), "NZD") == Decimal("-1.01")
    assert quantize(Decimal("1.005"), "NZD", ROUND_HALF_EVEN) == Decimal("1.00")
    assert str(quantize(Decimal("1.5"), "JPY")) == "2"


def test_a_long_number_is_rounded_exactly() -> None:
    assert round_to(Decimal("1" * 60 + ".125"), 2) == Decimal("1" * 60 + ".13")


def test_amounts_of_one_currency_add_up() -> None:
    total = Money(Decimal("0.10"), "NZD") + Money(Decimal("0.20"), "NZD") - Money(Decimal("0.05"), "NZD")
    assert total == Money(Decimal("0.25"), "NZD")
    assert -total == Money(Decimal("-0.25"), "NZD")
    assert Money(Decimal("1234.5"), "KWD").rounded() == Money(Decimal("1234.500"), "KWD")
    assert str(Money(Decimal("1234.50"), "NZD")) == "NZD 1,234.50"


def test_different_currencies_never_add_up() -> None:
    with pytest.raises(ValueError, match="different currencies"):
        Money(Decimal(1), "NZD") + Money(Decimal(1), "AUD")


def test_a_float_is_no_money() -> None:
    with pytest.raises(TypeError, match="needs a Decimal"):
        Money(0.1, "NZD")  # type: ignore[arg-type]  # which is the point
