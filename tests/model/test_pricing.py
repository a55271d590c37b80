"""A price with tax and the price without, against fractions: each is rounded once, and what nobody touches never drifts."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.model.oracle import rounded, sums

from crossfoot.model.arithmetic import add_up
from crossfoot.model.documents import CountedLine, Discount, Document, Prices
from crossfoot.model.pricing import DISCOUNT_DIGITS, with_tax, without_tax
from crossfoot.model.taxes import Tax, TaxPart
from crossfoot.model.variance import Reckoned, explain_difference
from crossfoot.systems.hubspot.arithmetic import ARITHMETIC as HUBSPOT
from crossfoot.systems.xero.arithmetic import ARITHMETIC as XERO

RATES = st.decimals(0, 100, places=4) | st.sampled_from(
    [Decimal(each) for each in ("0", "15", "12.5", "14.975")]
)
PRICES = st.decimals(-(10**9), 10**9, places=4)


@given(PRICES, RATES)
def test_both_ways_are_rounded_once_from_the_exact_value(price: Decimal, rate: Decimal) -> None:
    growth = 1 + Fraction(rate) / 100
    assert Fraction(without_tax(price, rate, 6)) == rounded(Fraction(price) / growth, 6, "ROUND_HALF_UP")
    assert Fraction(with_tax(price, rate, 4)) == rounded(Fraction(price) * growth, 4, "ROUND_HALF_UP")


@given(PRICES, RATES)
def test_a_price_of_four_digits_comes_back_exactly_from_six(price: Decimal, rate: Decimal) -> None:
    assert with_tax(without_tax(price, rate, 6), rate, 4) == price


@given(st.decimals(0, 10**6, places=6), RATES)
def test_a_second_way_there_and_back_changes_nothing_more(price: Decimal, rate: Decimal) -> None:
    once = with_tax(price, rate, 4)
    assert with_tax(without_tax(once, rate, 6), rate, 4) == once


def test_no_price_includes_a_tax_that_takes_it_back() -> None:
    with pytest.raises(ValueError, match="No amount includes a tax"):
        without_tax(Decimal(1), Decimal(-100), 6)


TAXES = st.sampled_from(
    [
        None,
        Tax("ZERO", (TaxPart("Zero", Decimal(0)),)),
        Tax("GST", (TaxPart("GST", Decimal(15)),)),
        Tax("ODD", (TaxPart("GST", Decimal(5)), TaxPart("QST", Decimal("9.975")))),
        Tax("COMPOUND", (TaxPart("GST", Decimal(5)), TaxPart("PST", Decimal("9.5"), compound=True))),
    ]
)
DISCOUNTS = (
    st.none()
    | st.builds(Discount, percent=st.decimals(0, 100, places=2))
    | st.builds(lambda amount: Discount(amount=amount), st.decimals(0, 100, places=2))
)
LINES = st.builds(
    lambda quantity, price, discount, tax: CountedLine("", quantity, price, discount, tax),
    st.decimals(0, 1000, places=4),
    st.decimals(0, 10**5, places=4),
    DISCOUNTS,
    TAXES,
)


def told(line: CountedLine) -> CountedLine:
    """The line as it is written into HubSpot."""
    rate = line.tax.rate if line.tax else Decimal(0)
    discount = line.discount
    if discount is not None and discount.amount is not None:
        discount = Discount(amount=without_tax(discount.amount, rate, DISCOUNT_DIGITS))
    return replace(line, price=without_tax(line.price or Decimal(0), rate, 6), discount=discount)


@given(st.lists(LINES, min_size=1, max_size=6), st.sampled_from(["NZD", "USD", "JPY"]))
def test_every_cent_between_the_two_is_rounding_that_was_predicted(
    lines: list[CountedLine], currency: str
) -> None:
    ledger = Document(currency, tuple(lines), Prices.INCLUSIVE)
    crm = Document(currency, tuple(map(told, lines)))
    for document, rules in ((ledger, XERO), (crm, HUBSPOT)):
        found, wanted = add_up(document, rules), sums(document, rules)
        assert (Fraction(found.net), Fraction(found.tax)) == (wanted.net, wanted.tax)
    parts = explain_difference(Reckoned(ledger, XERO), Reckoned(crm, HUBSPOT))
    assert all(each.cause.rounding for each in parts)
    apart = add_up(crm, HUBSPOT).total - add_up(ledger, XERO).total
    assert sum((each.total for each in parts), Decimal(0)) == apart


@given(st.lists(st.decimals(0, 10**5, places=2), min_size=1, max_size=20))
def test_plain_prices_with_fifteen_percent_come_to_the_same_net_on_both_sides(prices: list[Decimal]) -> None:
    tax = Tax("GST", (TaxPart("GST", Decimal(15)),))
    lines = tuple(CountedLine("", Decimal(1), price, None, tax) for price in prices)
    there = add_up(Document("NZD", lines, Prices.INCLUSIVE), XERO)
    here = add_up(Document("NZD", tuple(map(told, lines))), HUBSPOT)
    assert here.net == there.net
    assert abs(here.total - there.total) <= len(prices) * Decimal("0.01")
