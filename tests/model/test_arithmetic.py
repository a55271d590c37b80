"""A document comes to what its system says it comes to, to the cent."""

from dataclasses import replace
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.model import drawn, oracle

from crossfoot.model.arithmetic import Arithmetic, TaxRounding, Totals, add_up, as_told
from crossfoot.model.documents import Adjustment, AdjustmentKind, CountedLine, Discount, Document, Prices
from crossfoot.model.taxes import Tax, TaxPart
from crossfoot.systems.hubspot.arithmetic import ARITHMETIC as HUBSPOT
from crossfoot.systems.xero.arithmetic import ARITHMETIC as XERO

GST = Tax("OUTPUT2", (TaxPart("GST", Decimal(15)),))


def line(quantity: str, unit: str, tax: Tax | None = GST, discount: Discount | None = None) -> CountedLine:
    return CountedLine("Work", Decimal(quantity), Decimal(unit), discount, tax)


def decimals_in(totals: Totals) -> list[Decimal]:
    within = [(each.amount, each.discount, each.net, each.tax, each.gross) for each in totals.lines]
    sums = (totals.net, totals.tax, totals.total, totals.discount)
    return [*sums, *totals.adjustments, *(one for each in within for one in each)]


@given(drawn.documents | drawn.adjusted_documents, drawn.arithmetics)
def test_any_document_comes_to_what_fractions_come_to(document: Document, arithmetic: Arithmetic) -> None:
    if document.adjustments:
        arithmetic = replace(arithmetic, adjustments=True)
    totals, judged = add_up(document, arithmetic), oracle.sums(document, arithmetic)
    assert [each.amount for each in totals.lines] == judged.amounts
    assert [each.tax for each in totals.lines] == judged.taxes
    assert [each.net for each in totals.lines] == judged.nets
    assert [each.discount for each in totals.lines] == judged.discounts
    sums = [totals.net, totals.tax, totals.total, totals.discount]
    assert sums == [judged.net, judged.tax, judged.total, judged.discount]


@given(drawn.documents | drawn.adjusted_documents, drawn.arithmetics)
def test_every_amount_is_a_decimal_with_the_digits_of_its_system_and_no_sign_on_nothing(
    document: Document, arithmetic: Arithmetic
) -> None:
    digits = arithmetic.digits_of(document.currency)
    for each in decimals_in(add_up(document, arithmetic)):
        assert type(each) is Decimal
        assert each.as_tuple().exponent == -digits
        assert each or not each.is_signed()


@given(drawn.documents, st.sampled_from([XERO, HUBSPOT]), st.randoms(use_true_random=False))
def test_the_order_of_lines_moves_no_total(
    document: Document, arithmetic: Arithmetic, chance: Random
) -> None:
    shuffled = list(document.lines)
    chance.shuffle(shuffled)
    one, other = add_up(document, arithmetic), add_up(replace(document, lines=tuple(shuffled)), arithmetic)
    assert (one.net, one.tax, one.total, one.discount) == (other.net, other.tax, other.total, other.discount)


@given(drawn.documents | drawn.adjusted_documents, drawn.arithmetics)
def test_rows_and_columns_cross_foot(document: Document, arithmetic: Arithmetic) -> None:
    totals = add_up(document, arithmetic)
    rows = sum(each.gross for each in totals.lines) + sum(totals.adjustments)
    assert rows == totals.total == totals.net + totals.tax


@given(drawn.documents, drawn.arithmetics)
def test_a_credit_of_everything_undoes_everything(document: Document, arithmetic: Arithmetic) -> None:
    def mirrored(each: CountedLine) -> CountedLine:
        discount = each.discount
        if discount and discount.amount is not None:
            discount = Discount(amount=-discount.amount)
        override = None if each.tax_override is None else -each.tax_override
        quantity = None if each.quantity is None else -each.quantity
        return replace(each, quantity=quantity, discount=discount, tax_override=override)

    credit = replace(document, lines=tuple(map(mirrored, document.lines)))
    one, other = add_up(document, arithmetic), add_up(credit, arithmetic)
    assert [-each for each in decimals_in(one)] == decimals_in(other)


@pytest.mark.parametrize("half", [ROUND_HALF_UP, ROUND_HALF_EVEN])
def test_every_tie_of_half_a_cent_falls_as_its_system_lets_it(half: str) -> None:
    """Every price whose tax of 15, 12.5 or 10 % lies on half a cent, both ways of saying the price, and everything near it."""
    arithmetic = replace(XERO, half=half)
    ties = 0
    rates = [Tax(str(rate), (TaxPart("", Decimal(rate)),)) for rate in ("15", "12.5", "10", "20", "8.25")]
    for tax, cents, prices in product(rates, range(-400, 401), (Prices.EXCLUSIVE, Prices.INCLUSIVE)):
        document = Document(
            "NZD", (CountedLine("", Decimal(1), Decimal(cents).scaleb(-2), None, tax),), prices
        )
        judged = oracle.sums(document, arithmetic)
        exact = (
            Fraction(cents)
            * Fraction(tax.rate)
            / (100 + (Fraction(tax.rate) if prices is Prices.INCLUSIVE else 0))
        )
        ties += exact % 1 == Fraction(1, 2)
        assert add_up(document, arithmetic).tax == judged.tax
        assert abs(judged.tax * 100 - exact) <= Fraction(1, 2)
    assert ties > 200


@pytest.mark.parametrize("half", [ROUND_HALF_UP, ROUND_HALF_EVEN])
def test_every_tie_of_quantity_and_price_falls_as_its_system_lets_it(half: str) -> None:
    arithmetic = replace(XERO, half=half)
    ties = 0
    for quantity, unit, percent in product(range(-10, 11), range(1, 40), (None, 0, 5, 50)):
        discount = None if percent is None else Discount(percent=Decimal(percent))
        one = CountedLine("", Decimal(quantity).scaleb(-1), Decimal(unit).scaleb(-2), discount)
        document = Document("NZD", (one,))
        ties += Fraction(quantity * unit, 1000) * (100 - (percent or 0)) % 1 == Fraction(1, 2)
        assert add_up(document, arithmetic).total == oracle.sums(document, arithmetic).total
    assert ties > 100


def test_the_example_of_xeros_own_page() -> None:
    """https://developer.xero.com/documentation/guides/how-to-guides/rounding-in-xero: 11.44 by line, where others come to 11.45."""
    document = Document("NZD", (line("1", "25.06"), line("1", "25.61"), line("1", "25.63")))
    by_line = add_up(document, XERO)
    assert [each.tax for each in by_line.lines] == [Decimal("3.76"), Decimal("3.84"), Decimal("3.84")]
    assert (by_line.tax, by_line.total) == (Decimal("11.44"), Decimal("87.74"))
    at_once = add_up(document, replace(HUBSPOT, tax=TaxRounding.DOCUMENT))
    assert (at_once.tax, at_once.total) == (Decimal("11.45"), Decimal("87.75"))
    assert sum(each.tax for each in at_once.lines) == at_once.tax


@pytest.mark.parametrize(("gross", "tax", "net"), [("541.25", "70.60", "470.65"), ("500", "65.22", "434.78")])
def test_tax_within_prices_comes_out_as_recorded_from_xero(gross: str, tax: str, net: str) -> None:
    """Xero fact 8.1, recorded from the demo company."""
    totals = add_up(Document("NZD", (line("1", gross),), Prices.INCLUSIVE), XERO)
    assert (totals.tax, totals.net, totals.total) == (Decimal(tax), Decimal(net), Decimal(gross))


def test_a_discount_is_taken_off_the_whole_line_not_off_one_unit() -> None:
    """Ten at 234.56 less 20 %: 1,876.48 on both sides, and not ten times 187.65."""
    document = Document("USD", (line("10", "234.56", None, Discount(percent=Decimal(20))),))
    for arithmetic in (XERO, HUBSPOT):
        totals = add_up(document, arithmetic)
        assert (totals.total, totals.discount) == (Decimal("1876.48"), Decimal("469.12"))


def test_compound_tax_is_taken_of_the_amount_with_the_taxes_before_it() -> None:
    quebec = Tax("TAX002", (TaxPart("QST", Decimal("9.5"), compound=True), TaxPart("GST", Decimal(5))))
    assert quebec.rate == Decimal("14.975")
    totals = add_up(Document("CAD", (line("1", "100", quebec),)), XERO)
    assert totals.tax == Decimal("14.98")


def test_yen_have_no_digits_where_the_system_knows_that() -> None:
    document = Document("JPY", (line("3", "33.5"),))
    assert str(add_up(document, XERO).total) == "115.58"
    assert str(add_up(document, replace(XERO, digits=None)).total) == "116"
    assert str(add_up(document, HUBSPOT).total) == "116"


def test_a_price_told_without_tax_costs_at_most_half_of_its_last_digit_for_each_unit() -> None:
    document = Document("NZD", (line("1000", "19.99"),), Prices.INCLUSIVE)
    assert add_up(document, XERO).total == Decimal("19990.00")
    assert add_up(document, HUBSPOT).total == Decimal("19990.00")  # 1,000 times 17.382609 and 15 % of it
    assert add_up(document, replace(HUBSPOT, unit_digits=4)).total == Decimal("19989.99")


def test_the_example_of_hubspots_own_page() -> None:
    """https://knowledge.hubspot.com/payments/understand-payment-discounts: the discount of 1.785 is rounded, not what is left."""
    document = Document("USD", (line("1", "11.90", None, Discount(percent=Decimal(15))),))
    totals = add_up(document, HUBSPOT)
    assert (totals.discount, totals.total) == (Decimal("1.79"), Decimal("10.11"))
    assert add_up(document, XERO).total == Decimal("10.12")


@given(drawn.rates, st.integers(1, 10**7))
def test_tax_put_on_a_net_amount_is_found_within_the_gross_one(rate: Decimal, cents: int) -> None:
    """What tax on top makes of a net amount, tax within takes out of it again: net + round(tax) holds tax within half a cent of it."""
    tax = Tax("T", (TaxPart("", rate),))
    net = Decimal(cents).scaleb(-2)
    on_top = add_up(Document("NZD", (CountedLine("", Decimal(1), net, None, tax),)), XERO)
    within = add_up(
        Document("NZD", (CountedLine("", Decimal(1), on_top.total, None, tax),), Prices.INCLUSIVE), XERO
    )
    assert (within.net, within.tax, within.total) == (on_top.net, on_top.tax, on_top.total)


@given(drawn.adjusted_documents)
def test_what_applies_to_a_whole_document_is_told_to_the_ledger_in_lines(document: Document) -> None:
    """Without taxes on the lines both sides come to the same total; with them a discount takes tax along."""
    untaxed = replace(
        document, lines=tuple(replace(each, tax=None, tax_override=None) for each in document.lines)
    )
    ledger, crm = (
        replace(XERO, digits=None),
        replace(HUBSPOT, discounts=XERO.discounts, discount_per_unit=False),
    )
    told = as_told(untaxed, ledger)
    assert not told.adjustments
    assert add_up(told, ledger) == add_up(untaxed, ledger)
    one, other = add_up(untaxed, ledger), add_up(untaxed, crm)
    assert (one.net, one.tax, one.total) == (other.net, other.tax, other.total)


def test_a_tax_of_the_whole_document_becomes_the_rate_of_its_lines_where_the_ledger_knows_it() -> None:
    whole = Adjustment(AdjustmentKind.TAX, percent=Decimal(15), label="GST", tax=GST)
    document = Document(
        "NZD", tuple(line("1", unit, None) for unit in ("25.06", "25.61", "25.63")), adjustments=(whole,)
    )
    assert {each.tax for each in as_told(document, XERO).lines} == {GST}
    assert (add_up(document, XERO).tax, add_up(document, HUBSPOT).tax) == (Decimal("11.44"), Decimal("11.45"))


def test_a_discount_of_the_whole_document_takes_its_share_from_each_tax() -> None:
    tenth = Adjustment(AdjustmentKind.DISCOUNT, percent=Decimal(10), label="Spring")
    document = Document("NZD", (line("1", "100"), line("1", "50", None)), adjustments=(tenth,))
    told = as_told(document, XERO).lines[2:]
    assert [(each.description, each.price, each.tax) for each in told] == [
        ("Spring", Decimal("-10.00"), GST),
        ("Spring", Decimal("-5.00"), None),
    ]
    assert add_up(document, XERO).total == Decimal("148.50")


def test_discounts_come_before_fees_and_fees_before_taxes_whatever_their_order() -> None:
    tax, fee, off = (
        Adjustment(AdjustmentKind.TAX, percent=Decimal(10)),
        Adjustment(AdjustmentKind.FEE, amount=Decimal(20)),
        Adjustment(AdjustmentKind.DISCOUNT, percent=Decimal(50)),
    )
    document = Document("NZD", (line("1", "100", None),), adjustments=(tax, fee, off))
    totals = add_up(document, HUBSPOT)
    assert totals.adjustments == (Decimal("7.00"), Decimal("20.00"), Decimal("-50.00"))
    assert (totals.net, totals.tax, totals.discount) == (Decimal("70.00"), Decimal("7.00"), Decimal("50.00"))


def test_a_line_that_only_describes_comes_to_nothing() -> None:
    document = Document("NZD", (CountedLine("Phase one"), line("1", "10")))
    assert add_up(document, XERO).lines[0].gross == 0
    assert add_up(Document("NZD"), XERO).total == 0


def test_a_document_in_no_currency_is_refused_in_plain_words() -> None:
    with pytest.raises(ValueError, match="is not a currency"):
        add_up(Document("dollars", (line("1", "1"),)), HUBSPOT)
