"""Documents drawn at random: mostly ordinary ones, with the nasty ones mixed in."""

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from hypothesis import strategies as st

from crossfoot.model.arithmetic import Arithmetic, Discounts, TaxRounding
from crossfoot.model.documents import Adjustment, AdjustmentKind, CountedLine, Discount, Document, Prices
from crossfoot.model.taxes import Tax, TaxPart

halves = st.sampled_from([ROUND_HALF_UP, ROUND_HALF_EVEN])
currencies = st.sampled_from(["NZD", "USD", "EUR", "JPY", "KWD", "CLF"])


def decimals(low: int, high: int, places: int) -> st.SearchStrategy[Decimal]:
    """Numbers with exactly so many digits after the point."""
    return st.integers(low * 10**places, high * 10**places).map(lambda n: Decimal(n).scaleb(-places))


quantities = st.one_of(
    st.sampled_from([Decimal(1), Decimal(0), Decimal(-1), Decimal("0.5"), Decimal(3)]), decimals(-50, 50, 4)
)
unit_amounts = st.one_of(decimals(-500, 500, 2), decimals(-20, 20, 4), st.just(Decimal(0)))
rates = st.one_of(
    st.sampled_from([Decimal(15), Decimal(10), Decimal(20), Decimal("12.5")]), decimals(0, 30, 4)
)
parts = st.builds(TaxPart, st.sampled_from(["GST", "PST"]), rates, st.booleans())
taxes = st.builds(Tax, st.sampled_from(["OUTPUT2", "TAX001", "NONE"]), st.lists(parts, max_size=3).map(tuple))
discounts = st.one_of(
    st.builds(Discount, percent=decimals(0, 100, 2)), st.builds(Discount, amount=decimals(-30, 30, 2))
)
lines = st.builds(
    CountedLine,
    description=st.sampled_from(["", "Work", "Hosting"]),
    quantity=st.one_of(st.none(), quantities, quantities, quantities),
    price=st.one_of(st.none(), unit_amounts, unit_amounts, unit_amounts),
    discount=st.one_of(st.none(), st.none(), discounts),
    tax=st.one_of(st.none(), taxes, taxes),
    tax_override=st.one_of(st.none(), st.none(), st.none(), decimals(-9, 9, 2)),
)
adjustments = st.builds(
    Adjustment,
    kind=st.sampled_from(AdjustmentKind),
    percent=decimals(0, 40, 2),
    label=st.sampled_from(["", "Spring"]),
) | st.builds(Adjustment, kind=st.sampled_from(AdjustmentKind), amount=decimals(0, 40, 2))
adjusted_documents = st.builds(
    Document,
    currency=currencies,
    lines=st.lists(lines, max_size=5).map(tuple),
    adjustments=st.lists(adjustments, max_size=4).map(tuple),
)
documents = st.builds(
    Document,
    currency=currencies,
    lines=st.lists(lines, max_size=7).map(tuple),
    prices=st.sampled_from(Prices),
)
arithmetics = st.builds(
    Arithmetic,
    title=st.just("Any"),
    digits=st.sampled_from([None, 2, 0]),
    half=halves,
    unit_digits=st.sampled_from([2, 4, 6]),
    inclusive=st.booleans(),
    discounts=st.sampled_from(Discounts),
    discount_per_unit=st.booleans(),
    tax=st.sampled_from(TaxRounding),
    overrides=st.booleans(),
    adjustments=st.booleans(),
    running=st.booleans(),
)
