"""A deposit and its instalments come to the whole, to the cent."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.model import drawn

from crossfoot.model.arithmetic import Arithmetic, Totals, add_up
from crossfoot.model.documents import CountedLine, Document, Prices
from crossfoot.model.shares import apportion
from crossfoot.model.splitting import split_by_amount, split_by_percent
from crossfoot.model.taxes import Tax, TaxPart
from crossfoot.systems.hubspot.arithmetic import ARITHMETIC as HUBSPOT
from crossfoot.systems.xero.arithmetic import ARITHMETIC as XERO

GST = Tax("OUTPUT2", (TaxPart("GST", Decimal(15)),))
ledgers = st.builds(
    replace, st.just(XERO), half=drawn.halves, digits=st.sampled_from([None, 2, 0]), unit_digits=st.just(4)
)


@st.composite
def percents(draw: st.DrawFn) -> list[Decimal]:
    """Up to six shares that make 100 percent, some of them nothing."""
    cuts = sorted([Decimal(0), *draw(st.lists(drawn.decimals(0, 100, 2), max_size=5)), Decimal(100)])
    return [high - low for low, high in pairwise(cuts)]


def sums(totals: list[Totals]) -> tuple[Decimal, ...]:
    return tuple(
        sum((getattr(each, name) for each in totals), Decimal(0)) for name in ("net", "tax", "total")
    )


@given(drawn.documents | drawn.adjusted_documents, percents(), ledgers)
def test_parts_by_percent_make_the_whole_line_by_line(
    document: Document, shares: list[Decimal], ledger: Arithmetic
) -> None:
    parts = [add_up(part, ledger) for part in split_by_percent(document, shares, ledger)]
    whole = add_up(document, ledger)
    assert sums(parts) == (whole.net, whole.tax, whole.total)
    for at, line in enumerate(whole.lines):
        assert sum(part.lines[at].net for part in parts) == line.net
        assert sum(part.lines[at].tax for part in parts) == line.tax
    cent = Decimal(1).scaleb(-ledger.digits_of(document.currency))
    for part, share in zip(parts, shares, strict=True):
        assert abs(part.total - whole.total * share / 100) < cent


@given(drawn.documents, st.lists(st.integers(0, 1000), min_size=1, max_size=6), ledgers)
def test_parts_by_amount_come_to_exactly_these_amounts(
    document: Document, weights: list[int], ledger: Arithmetic
) -> None:
    whole = add_up(document, ledger)
    assume(whole.total)
    digits = ledger.digits_of(document.currency)
    amounts = apportion(whole.total, [Decimal(each) for each in weights], digits)
    parts = [add_up(part, ledger) for part in split_by_amount(document, amounts, ledger)]
    assert [part.total for part in parts] == amounts
    assert sums(parts) == (whole.net, whole.tax, whole.total)


@given(drawn.documents, percents(), ledgers)
def test_a_credit_is_split_as_the_invoice_was(
    document: Document, shares: list[Decimal], ledger: Arithmetic
) -> None:
    def mirrored(each: CountedLine) -> CountedLine:
        override = None if each.tax_override is None else -each.tax_override
        return replace(
            each,
            quantity=None if each.quantity is None else -each.quantity,
            discount=None,
            tax_override=override,
        )

    document = replace(document, lines=tuple(replace(each, discount=None) for each in document.lines))
    credit = replace(document, lines=tuple(map(mirrored, document.lines)))
    parts = zip(
        split_by_percent(document, shares, ledger), split_by_percent(credit, shares, ledger), strict=True
    )
    for one, other in parts:
        assert add_up(one, ledger).total == -add_up(other, ledger).total


def test_a_third_down_and_two_thirds_later() -> None:
    document = Document(
        "NZD", (CountedLine("Design", Decimal(1), Decimal(100), tax=GST, account_code="200"),)
    )
    deposit, rest = split_by_amount(document, [Decimal("38.33"), Decimal("76.67")], XERO)
    assert [each.unit_amount for each in (deposit.lines[0], rest.lines[0])] == [
        Decimal("33.33"),
        Decimal("66.67"),
    ]
    assert (deposit.lines[0].account_code, deposit.lines[0].description) == ("200", "Design")
    assert (deposit.lines[0].tax_override, rest.lines[0].tax_override) == (None, None)


def test_a_tax_that_would_come_out_otherwise_is_set_by_hand() -> None:
    document = Document("NZD", (CountedLine("Design", Decimal(1), Decimal("0.10"), tax=GST),))
    parts = split_by_percent(document, [Decimal(50), Decimal(50)], XERO)
    taxes = [add_up(part, XERO).tax for part in parts]
    assert sum(taxes) == add_up(document, XERO).tax == Decimal("0.02")
    assert [part.lines[0].tax_override for part in parts] == [None, None]
    three = Document("NZD", (CountedLine("Design", Decimal(1), Decimal("0.30"), tax=GST),))
    parts = split_by_percent(three, [Decimal(20)] * 5, XERO)
    assert sum(add_up(part, XERO).tax for part in parts) == add_up(three, XERO).tax == Decimal("0.05")


def test_lines_that_cancel_out_are_halved_too() -> None:
    lines = (CountedLine("Sold", Decimal(1), Decimal(10)), CountedLine("Returned", Decimal(-1), Decimal(10)))
    parts = split_by_percent(Document("NZD", lines), [Decimal(50), Decimal(50)], XERO)
    assert [[each.unit_amount for each in part.lines] for part in parts] == [[Decimal(5), Decimal(-5)]] * 2


def test_a_line_that_only_describes_goes_with_every_part() -> None:
    document = Document("NZD", (CountedLine("Phase one"), CountedLine("Work", Decimal(1), Decimal(10))))
    for part in split_by_percent(document, [Decimal(30), Decimal(70)], XERO):
        assert part.lines[0] == CountedLine("Phase one")


@pytest.mark.parametrize("shares", [["50", "49"], ["150", "-50"], []])
def test_shares_that_do_not_make_a_hundred_are_refused(shares: list[str]) -> None:
    with pytest.raises(ValueError, match="do not make 100"):
        split_by_percent(Document("NZD"), [Decimal(each) for each in shares], XERO)


@pytest.mark.parametrize("amounts", [["5", "4"], ["15", "-5"], ["5.005", "4.995"]])
def test_amounts_that_do_not_make_the_whole_are_refused(amounts: list[str]) -> None:
    document = Document("NZD", (CountedLine("Work", Decimal(1), Decimal(10)),))
    with pytest.raises(ValueError, match=r"do not make 10\.00 NZD"):
        split_by_amount(document, [Decimal(each) for each in amounts], XERO)


def test_nothing_is_not_split_by_amounts_and_no_split_is_made_where_tax_cannot_be_set() -> None:
    with pytest.raises(ValueError, match="comes to nothing"):
        split_by_amount(Document("NZD"), [Decimal(0)], XERO)
    with pytest.raises(ValueError, match="HubSpot takes no tax set by hand"):
        split_by_percent(Document("NZD"), [Decimal(100)], HUBSPOT)


@given(st.integers(-(10**6), 10**6), st.lists(st.integers(-50, 50), min_size=1, max_size=9))
def test_what_is_apportioned_adds_up_and_is_within_a_cent_of_its_share(
    cents: int, weights: list[int]
) -> None:
    whole, shares = Decimal(cents).scaleb(-2), [Decimal(each) for each in weights]
    parts = apportion(whole, shares, 2)
    assert sum(parts) == whole
    together = sum(shares) or None
    for part, share in zip(parts, shares, strict=True):
        exact = whole * share / together if together else whole / len(shares)
        assert abs(part - exact) <= Decimal("0.01")


def test_an_amount_with_more_digits_than_its_parts_is_not_divided() -> None:
    with pytest.raises(ValueError, match="parts of 0 digits"):
        apportion(Decimal("1.50"), [Decimal(1)], 0)
    with pytest.raises(ValueError, match="nothing among which"):
        apportion(Decimal("1.50"), [], 2)


def test_prices_with_tax_stay_prices_with_tax() -> None:
    document = Document("NZD", (CountedLine("Work", Decimal(1), Decimal(115), tax=GST),), Prices.INCLUSIVE)
    parts = split_by_percent(document, [Decimal(40), Decimal(60)], XERO)
    assert [part.lines[0].unit_amount for part in parts] == [Decimal("46.00"), Decimal("69.00")]
