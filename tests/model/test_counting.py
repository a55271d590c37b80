"""Lines that travel, and the document that they make: nothing that counts is lost between them."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from tests.model import drawn

from crossfoot.model import lines
from crossfoot.model.arithmetic import add_up
from crossfoot.model.counting import document_of, lines_of
from crossfoot.model.documents import Document, Prices
from crossfoot.model.taxes import Tax, TaxPart
from crossfoot.systems.hubspot.arithmetic import ARITHMETIC as HUBSPOT
from crossfoot.systems.xero.arithmetic import ARITHMETIC as XERO

GST = Tax("OUTPUT2", (TaxPart("GST", Decimal(15)),))
RATES = {"OUTPUT2": GST, "NONE": Tax("NONE")}
taxed = drawn.lines.flatmap(
    lambda line: st.sampled_from([None, *RATES.values()]).map(lambda tax: replace(line, tax=tax, id=""))
)
documents = st.builds(
    Document, drawn.currencies, st.lists(taxed, max_size=5).map(tuple), st.sampled_from(Prices)
)


@given(documents)
def test_a_document_that_travels_comes_to_the_same_where_it_arrives(document: Document) -> None:
    arrived = document_of(lines_of(document), document.currency, document.prices, RATES, XERO)
    assert add_up(arrived, XERO) == add_up(document, XERO)
    assert [replace(each, tax_override=None) for each in arrived.lines] == [
        replace(each, tax_override=None) for each in document.lines
    ]


def made(tax_amount: str | None, tax: str = "OUTPUT2") -> lines.Lines:
    amount = None if tax_amount is None else Decimal(tax_amount)
    line = lines.Line(quantity=Decimal(1), price=Decimal(100), tax=tax, tax_amount=amount, ledger_id="L1")
    return lines.Lines((line,))


def test_a_tax_that_the_ledgers_own_arithmetic_does_not_make_was_set_by_hand() -> None:
    for told, by_hand in (("15.00", None), ("15", None), (None, None), ("14.99", Decimal("14.99"))):
        (line,) = document_of(made(told), "NZD", Prices.EXCLUSIVE, RATES, XERO).lines
        assert (line.tax, line.tax_override, line.id) == (GST, by_hand, "L1")


def test_of_a_tax_whose_rate_nobody_knows_the_told_amount_is_taken() -> None:
    document = document_of(made("12.50", "OLD"), "NZD", Prices.EXCLUSIVE, RATES, XERO)
    assert add_up(document, XERO).total == Decimal("112.50")


def test_a_crm_that_calculates_its_taxes_has_none_set_by_hand() -> None:
    (line,) = document_of(made("14.99"), "NZD", Prices.EXCLUSIVE, RATES, HUBSPOT).lines
    assert line.tax_override is None
