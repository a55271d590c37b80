"""A deposit and the last invoice come to the whole, to the cent, with their taxes."""

from dataclasses import replace
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossfoot.model.arithmetic import Totals, add_up
from crossfoot.model.counting import document_of
from crossfoot.model.documents import Prices
from crossfoot.model.lines import Line, Lines
from crossfoot.model.money import round_to
from crossfoot.model.splitting import BEFORE, Share, Taken, amount_of, deposit, rest, worth
from crossfoot.model.taxes import Tax, TaxPart
from crossfoot.systems.xero.arithmetic import ARITHMETIC as XERO

RATES = {
    "OUTPUT2": Tax("OUTPUT2", (TaxPart("GST", Decimal(15)),)),
    "CANADA": Tax("CANADA", (TaxPart("GST", Decimal(5)), TaxPart("PST", Decimal("9.975"), compound=True))),
    "NONE": Tax("NONE"),
}


def decimals(low: int, high: int, places: int) -> st.SearchStrategy[Decimal]:
    return st.integers(low * 10**places, high * 10**places).map(lambda n: Decimal(n).scaleb(-places))


some_lines = st.lists(
    st.builds(
        Line,
        crm_id=st.uuids().map(str),
        description=st.sampled_from(["Mirror", "Hook", None]),
        quantity=st.none() | st.just(Decimal(1)) | decimals(0, 50, 4),
        price=st.none() | decimals(0, 500, 2) | decimals(0, 20, 4),
        discount_percent=st.none() | decimals(0, 100, 2),
        tax=st.sampled_from(sorted(RATES)),
    ),
    max_size=6,
).map(lambda made: Lines(tuple(made)))
shares = st.lists(
    st.builds(Share, percent=decimals(1, 40, 2)) | st.builds(Share, amount=decimals(1, 900, 2)), max_size=3
)


def totals(lines: Lines, prices: Prices, half: str) -> Totals:
    ledger = replace(XERO, half=half)
    return add_up(document_of(lines, "NZD", prices, RATES, ledger), ledger)


@given(some_lines, shares, st.sampled_from(Prices), st.sampled_from([ROUND_HALF_UP, ROUND_HALF_EVEN]))
def test_all_parts_come_to_the_whole_with_their_taxes(
    lines: Lines, parts: list[Share], prices: Prices, half: str
) -> None:
    deposits = [deposit(lines, part.of(worth(lines), 2), str(part)) for part in parts]
    taken = [
        Taken(f"{place}.{line.crm_id}", "before", amount_of(line), line.tax)
        for place, part in enumerate(deposits)
        for line in part
    ]
    all_parts = [totals(each, prices, half) for each in (*deposits, rest(lines, taken))]
    whole = totals(lines, prices, half)
    for name in ("net", "tax", "total"):
        assert sum((getattr(each, name) for each in all_parts), Decimal(0)) == getattr(whole, name)


@given(some_lines, shares.filter(bool))
def test_a_deposit_comes_to_exactly_its_share(lines: Lines, parts: list[Share]) -> None:
    amount = parts[0].of(worth(lines), 2)
    assert worth(deposit(lines, amount, "")) == (amount if worth(lines) else 0)


def test_what_a_deposit_says() -> None:
    lines = Lines(
        (
            Line(
                crm_id="1",
                description="Mirror",
                quantity=Decimal(2),
                price=Decimal("10.125"),
                item="M",
                tax="15",
            ),
            Line(crm_id="2", description="Delivered by hand"),
            Line(
                crm_id="3",
                item="H",
                quantity=Decimal(10),
                price=Decimal("1.5"),
                discount_percent=Decimal("12.5"),
            ),
        )
    )
    part = deposit(lines, Decimal("10.01"), "30 %")
    assert part == Lines(
        (
            Line(
                crm_id="1", description="Mirror (30 %)", quantity=Decimal(1), price=Decimal("6.07"), tax="15"
            ),
            Line(crm_id="3", description="H (30 %)", quantity=Decimal(1), price=Decimal("3.94")),
        )
    )
    last = rest(lines, [Taken("1.1", "Billed before: Mirror", Decimal("6.07"), "15")])
    assert last.all[:3] == lines.all
    assert last.all[3] == Line(
        crm_id=BEFORE + "1.1",
        description="Billed before: Mirror",
        quantity=Decimal(1),
        price=Decimal("-6.07"),
        tax="15",
    )


@pytest.mark.parametrize(
    ("share", "whole", "digits", "comes_to"),
    [
        (Share(percent=Decimal(30)), "33.38", 2, "10.01"),
        (Share(percent=Decimal("33.333")), "100", 2, "33.33"),
        (Share(percent=Decimal(30)), "1001", 0, "300"),
        (Share(amount=Decimal("500.00")), "1", 2, "500.00"),
    ],
)
def test_what_a_share_comes_to(share: Share, whole: str, digits: int, comes_to: str) -> None:
    assert share.of(Decimal(whole), digits) == Decimal(comes_to)


def test_nothing_is_no_deposit() -> None:
    assert deposit(Lines(), Decimal(5), "") == Lines()
    assert deposit(Lines((Line(price=Decimal(5)),)), Decimal(0), "") == Lines()


def test_a_line_comes_to_what_the_books_compute() -> None:
    line = Line(quantity=Decimal(3), price=Decimal("0.335"))
    assert amount_of(line) == round_to(Decimal("1.005"), 2) == Decimal("1.01")
    assert amount_of(replace(line, quantity=None)) == Decimal("0.34")
    assert amount_of(replace(line, discount_amount=Decimal("0.5"))) == Decimal("0.51")
    assert amount_of(replace(line, price=None)) == 0
