"""A difference between two totals is explained to the cent, always."""

from dataclasses import fields, replace
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.model import drawn, oracle

from crossfoot.model.arithmetic import Arithmetic, TaxRounding, add_up, as_told
from crossfoot.model.documents import Adjustment, AdjustmentKind, CountedLine, Discount, Document, Prices
from crossfoot.model.taxes import Tax, TaxPart
from crossfoot.model.variance import Reckoned, Said, explain_difference
from crossfoot.model.variance_rules import RULES, VarianceCause
from crossfoot.systems.hubspot.arithmetic import ARITHMETIC as HUBSPOT
from crossfoot.systems.xero.arithmetic import ARITHMETIC as XERO

GST = Tax("OUTPUT2", (TaxPart("GST", Decimal(15)),))
BY_DOCUMENT = replace(HUBSPOT, tax=TaxRounding.DOCUMENT)


def line(quantity: str, unit: str, tax: Tax | None = GST) -> CountedLine:
    return CountedLine("Work", Decimal(quantity), Decimal(unit), tax=tax)


def invoice(*units: str) -> Document:
    return Document("NZD", tuple(line("1", unit) for unit in units))


@given(drawn.documents, drawn.arithmetics, drawn.arithmetics)
def test_the_parts_of_a_difference_of_rules_add_up_to_what_fractions_say(
    document: Document, ledger: Arithmetic, crm: Arithmetic
) -> None:
    parts = explain_difference(Reckoned(document, ledger), Reckoned(document, crm))
    one, other = oracle.sums(document, ledger), oracle.sums(document, crm)
    assert sum((Fraction(part.net) for part in parts), Fraction(0)) == other.net - one.net
    assert sum((Fraction(part.tax) for part in parts), Fraction(0)) == other.tax - one.tax
    assert all(part.cause.rounding or part.cause is VarianceCause.TAX_BY_HAND for part in parts)


sums = st.builds(Said, drawn.decimals(-900, 900, 2), drawn.decimals(-900, 900, 2))
documents = drawn.documents | drawn.adjusted_documents


@st.composite
def edited(draw: st.DrawFn) -> tuple[Document, Document]:
    """A document and what became of it: lines dropped, added, changed and moved."""
    before = draw(documents)
    lines = [draw(drawn.lines) if draw(st.integers(0, 4)) == 0 else each for each in before.lines]
    lines = [each for each in lines if draw(st.integers(0, 5))]
    if draw(st.booleans()):
        lines.insert(draw(st.integers(0, len(lines))), draw(drawn.lines))
    return before, replace(before, lines=tuple(lines))


@given(
    edited() | st.tuples(documents, documents),
    drawn.arithmetics,
    drawn.arithmetics,
    st.none() | sums,
    st.none() | sums,
)
def test_whatever_the_two_sides_hold_and_say_nothing_of_the_difference_is_left_over(
    pair: tuple[Document, Document],
    ledger: Arithmetic,
    crm: Arithmetic,
    ledger_said: Said | None,
    crm_said: Said | None,
) -> None:
    document, other = pair
    one = Reckoned(document, ledger, ledger_said)
    two = Reckoned(replace(other, currency=document.currency), crm, crm_said)
    parts = explain_difference(one, two)
    assert sum((part.net for part in parts), Decimal(0)) == two.sums.net - one.sums.net
    assert sum((part.tax for part in parts), Decimal(0)) == two.sums.tax - one.sums.tax
    assert all(part.net or part.tax for part in parts)
    assert bool(parts) == (one.sums != two.sums)


@given(drawn.adjusted_documents, drawn.arithmetics, drawn.arithmetics)
def test_a_document_told_in_other_words_is_the_same_document(
    document: Document, ledger: Arithmetic, crm: Arithmetic
) -> None:
    told = Reckoned(as_told(document, ledger), ledger)
    causes = {part.cause for part in explain_difference(told, Reckoned(document, crm))}
    assert VarianceCause.LINES not in causes
    assert VarianceCause.UNEXPLAINED not in causes


def test_every_rule_of_an_arithmetic_is_exchanged_on_the_way() -> None:
    exchanged = {name for _, names, _ in RULES for name in names}
    assert exchanged == {each.name for each in fields(Arithmetic)} - {"title", "delayed"}


def test_tax_of_the_whole_document_against_tax_by_line_is_said_in_words() -> None:
    document = invoice("25.06", "25.61", "25.63")
    (part,) = explain_difference(Reckoned(document, XERO), Reckoned(document, BY_DOCUMENT))
    assert (part.cause, part.total, part.lines) == (VarianceCause.TAX_ROUNDING, Decimal("0.01"), (3,))
    assert part.why == (
        "HubSpot rounds the tax of the whole document; Xero rounds the tax of each line: "
        "HubSpot comes to 0.01 NZD more, on line 3."
    )


def test_several_rules_are_told_apart() -> None:
    off = Discount(amount=Decimal("1.00"))
    one = CountedLine("Work", Decimal(3), Decimal("10.00"), off, GST, tax_override=Decimal("4.00"))
    parts = explain_difference(
        Reckoned(Document("NZD", (one,)), XERO),
        Reckoned(Document("NZD", (one,)), replace(HUBSPOT, unit_digits=2)),
    )
    assert [(part.cause, part.net, part.tax) for part in parts] == [
        (VarianceCause.DISCOUNT, Decimal("0.01"), Decimal("0.00")),
        (VarianceCause.TAX_BY_HAND, Decimal("0.00"), Decimal("0.35")),
    ]
    assert parts[1].why == (
        "The tax was set by hand in Xero; HubSpot calculates it: HubSpot comes to 0.35 NZD more, on line 1."
    )


def test_lines_that_differ_are_named() -> None:
    ledger = Document("NZD", (line("1", "10"), line("2", "20"), line("1", "5")))
    crm = Document("NZD", (line("1", "10"), line("3", "20"), line("1", "5"), line("1", "1")))
    parts = explain_difference(Reckoned(ledger, XERO), Reckoned(crm, HUBSPOT))
    assert [(part.cause, part.net, part.lines, part.why.partition(":")[0]) for part in parts] == [
        (VarianceCause.LINES, Decimal("20.00"), (2,), "HubSpot has another quantity than Xero"),
        (VarianceCause.LINES, Decimal("1.00"), (4,), "Only HubSpot has the line 'Work'"),
    ]


def test_sums_that_a_system_has_not_added_up_yet_are_no_error() -> None:
    document = invoice("100")
    for said, before in ((Said(Decimal(0), Decimal(0)), None), (Said(Decimal(50), Decimal("7.5")),) * 2):
        (part,) = explain_difference(Reckoned(document, XERO), Reckoned(document, HUBSPOT, said, before))
        assert part.cause is VarianceCause.NOT_YET
        assert "has not added up yet" in part.why


def test_what_a_system_says_against_its_own_lines_is_unexplained_whichever_side_says_it() -> None:
    document, odd = invoice("100"), Said(Decimal("100.00"), Decimal("14.00"))
    for sides in (
        (Reckoned(document, XERO, odd), Reckoned(document, HUBSPOT)),
        (Reckoned(document, XERO), Reckoned(document, HUBSPOT, odd)),
    ):
        (part,) = explain_difference(*sides)
        assert part.cause is VarianceCause.UNEXPLAINED
        assert abs(part.tax) == Decimal("1.00")
    assert part.why == ("HubSpot says 114.00 where the lines come to 115.00: HubSpot comes to 1.00 NZD less.")


def test_a_rule_that_no_vendor_documents_is_recognised_by_what_the_system_says() -> None:
    even = replace(XERO, half=ROUND_HALF_EVEN)
    document = invoice("0.30")  # 15 % of it is four and a half cents
    said = Said(add_up(document, even).net, add_up(document, even).tax)
    (part,) = explain_difference(Reckoned(document, XERO, said), Reckoned(document, HUBSPOT))
    assert part.cause is VarianceCause.HALF_CENT
    assert "which is right if half a cent is rounded the other way" in part.why


def test_tax_within_prices_moved_out_of_them_is_explained_by_the_rounded_price() -> None:
    document = replace(invoice("19.99"), prices=Prices.INCLUSIVE)
    document = replace(document, lines=(replace(document.lines[0], quantity=Decimal(1000)),))
    crm = replace(HUBSPOT, unit_digits=4)
    (part,) = explain_difference(Reckoned(document, XERO), Reckoned(as_told(document, crm), crm))
    assert (part.cause, part.total) == (VarianceCause.TAX_IN_PRICES, Decimal("-0.01"))
    assert part.why.startswith(
        "HubSpot knows only prices without tax, and rounds them: HubSpot comes to 0.01"
    )


def test_a_tax_of_the_whole_invoice_against_a_rate_on_each_line() -> None:
    whole = Adjustment(AdjustmentKind.TAX, percent=Decimal(15), label="GST", tax=GST)
    plain = tuple(replace(each, tax=None) for each in invoice("25.06", "25.61", "25.63").lines)
    crm = Document("NZD", plain, adjustments=(whole,))
    ledger = invoice("25.06", "25.61", "25.63")
    (part,) = explain_difference(Reckoned(ledger, XERO), Reckoned(crm, HUBSPOT))
    assert (part.cause, part.total) == (VarianceCause.WHOLE_DOCUMENT, Decimal("0.01"))


def test_many_lines_are_counted_and_not_named() -> None:
    document = invoice(*["0.30"] * 40)
    (part,) = explain_difference(Reckoned(document, XERO), Reckoned(document, BY_DOCUMENT))
    assert f"on {len(part.lines)} lines" in part.why
    assert len(part.lines) > 6


def test_documents_in_different_currencies_have_no_difference() -> None:
    one = Reckoned(invoice("1"), XERO)
    with pytest.raises(ValueError, match="NZD and one in AUD"):
        explain_difference(one, Reckoned(replace(invoice("1"), currency="AUD"), HUBSPOT))
