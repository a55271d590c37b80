"""From lines that travel to the document that they make: nothing that counts is lost, and what people set by hand is found."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from tests.model import drawn

from crossfoot.model.arithmetic import add_up
from crossfoot.model.counting import document_of
from crossfoot.model.documents import Document, Prices
from crossfoot.model.lines import Line, Lines
from crossfoot.model.taxes import Tax, TaxPart
from crossfoot.systems.hubspot.arithmetic import ARITHMETIC as HUBSPOT
from crossfoot.systems.xero.arithmetic import ARITHMETIC as XERO

GST = Tax("OUTPUT2", (TaxPart("GST", Decimal(15)),))
RATES = {"OUTPUT2": GST, "NONE": Tax("NONE")}


def travelling(document: Document) -> Lines:
    """The lines of a document as a side would tell them."""
    return Lines(
        tuple(
            Line(
                description=line.description or None,
                quantity=line.quantity,
                price=line.price,
                discount_percent=line.discount.percent if line.discount else None,
                discount_amount=line.discount.amount if line.discount else None,
                tax=line.tax.code if line.tax else None,
                tax_amount=told.tax,
            )
            for line, told in zip(document.lines, add_up(document, XERO).lines, strict=True)
        )
    )


taxed = drawn.lines.flatmap(
    lambda line: st.sampled_from([None, *RATES.values()]).map(lambda tax: replace(line, tax=tax))
)
documents = st.builds(
    Document, drawn.currencies, st.lists(taxed, max_size=5).map(tuple), st.sampled_from(Prices)
)


@given(documents)
def test_what_a_side_tells_of_its_lines_comes_to_what_the_side_says(document: Document) -> None:
    arrived = document_of(travelling(document), document.currency, document.prices, RATES, XERO)
    assert add_up(arrived, XERO) == add_up(document, XERO)
    assert [replace(each, tax_override=None) for each in arrived.lines] == [
        replace(each, tax_override=None) for each in document.lines
    ]


def made(tax_amount: str | None, tax: str = "OUTPUT2") -> Lines:
    amount = None if tax_amount is None else Decimal(tax_amount)
    line = Line(quantity=Decimal(1), price=Decimal(100), tax=tax, tax_amount=amount, ledger_id="L1")
    return Lines((line,))


def test_a_tax_that_the_ledgers_own_arithmetic_does_not_make_was_set_by_hand() -> None:
    for told, by_hand in (("15.00", None), ("15", None), (None, None), ("14.99", Decimal("14.99"))):
        (line,) = document_of(made(told), "NZD", Prices.EXCLUSIVE, RATES, XERO).lines
        assert (line.tax, line.tax_override) == (GST, by_hand)


def test_of_a_tax_whose_rate_nobody_knows_the_told_amount_is_taken() -> None:
    document = document_of(made("12.50", "OLD"), "NZD", Prices.EXCLUSIVE, RATES, XERO)
    assert add_up(document, XERO).total == Decimal("112.50")


def test_a_crm_that_calculates_its_taxes_has_none_set_by_hand() -> None:
    (line,) = document_of(made("14.99"), "NZD", Prices.EXCLUSIVE, RATES, HUBSPOT).lines
    assert line.tax_override is None


def test_half_a_cent_that_goes_the_other_way_on_all_lines_was_set_by_nobody() -> None:
    def told(*taxes: str) -> Lines:
        return Lines(
            tuple(
                Line(quantity=Decimal(1), price=Decimal(price), tax="OUTPUT2", tax_amount=Decimal(tax))
                for price, tax in zip(("0.30", "0.50"), taxes, strict=True)
            )
        )

    for taxes, by_hand in (
        (("0.05", "0.08"), [None, None]),
        (("0.04", "0.08"), [None, None]),
        (("0.04", "0.07"), [Decimal("0.04"), Decimal("0.07")]),
        (("0.05", "0.07"), [None, Decimal("0.07")]),
    ):
        document = document_of(told(*taxes), "NZD", Prices.EXCLUSIVE, RATES, XERO)
        assert [each.tax_override for each in document.lines] == by_hand
