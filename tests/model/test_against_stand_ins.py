"""Our arithmetic against that of the stand-ins, which others wrote from the vendors' facts without looking at it."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Literal

from hypothesis import given
from hypothesis import strategies as st
from tests.model import drawn

from crossfoot.model.arithmetic import add_up
from crossfoot.model.documents import AdjustmentKind, CountedLine, Document, Prices
from crossfoot.systems.hubspot.arithmetic import ARITHMETIC as HUBSPOT
from crossfoot.systems.xero.arithmetic import ARITHMETIC as XERO
from crossfoot_sandbox.hubspot.behaviours import sums as hubspot
from crossfoot_sandbox.xero.kinds import sums as xero

complete = drawn.lines.filter(lambda line: line.quantity is not None and line.price is not None)
invoices = st.builds(
    Document,
    st.sampled_from(["NZD", "USD", "JPY", "KWD"]),
    st.lists(complete.map(lambda line: replace(line, tax_override=None)), max_size=5).map(tuple),
    st.sampled_from(Prices),
)
in_hubspot = st.builds(
    Document,
    st.sampled_from(["NZD", "USD", "JPY", "KWD"]),
    st.lists(complete.filter(lambda line: not (line.discount and line.discount.amount)), max_size=5).map(
        tuple
    ),
    adjustments=st.lists(drawn.adjustments, max_size=3).map(tuple),
)
BASES = {Prices.EXCLUSIVE: xero.EXCLUSIVE, Prices.INCLUSIVE: xero.INCLUSIVE, Prices.NO_TAX: xero.NO_TAX}


@given(invoices, st.sampled_from(["up", "even"]))
def test_an_invoice_comes_to_what_the_xero_stand_in_says(
    document: Document, mode: Literal["up", "even"]
) -> None:
    basis = BASES[document.prices]
    rows = []
    for line in document.lines:
        percent, amount = (line.discount.percent, line.discount.amount) if line.discount else (None, None)
        quantity, unit = line.quantity or Decimal(0), line.price or Decimal(0)
        row = {"Quantity": quantity, "UnitAmount": unit}
        row |= {"DiscountRate": percent} if percent is not None else {}
        row |= {"DiscountAmount": amount} if amount is not None else {}
        row["LineAmount"] = xero.line_amount(quantity, unit, percent, amount, mode)
        rate = line.tax.rate if line.tax else Decimal(0)
        row["TaxAmount"] = xero.tax_amount(row["LineAmount"], rate, basis, mode)
        rows.append(row)
    theirs = xero.totals(rows, basis, mode)
    half = ROUND_HALF_UP if mode == "up" else ROUND_HALF_EVEN
    ours = add_up(document, replace(XERO, half=half))
    assert (ours.net, ours.tax, ours.total) == (theirs.sub_total, theirs.total_tax, theirs.total)
    assert abs(ours.discount - theirs.total_discount) <= Decimal("0.01") * len(
        rows
    )  # how it is rounded nobody says


@given(in_hubspot, st.booleans())
def test_an_invoice_comes_to_what_the_hubspot_stand_in_says(document: Document, running: bool) -> None:
    code = document.currency

    def counted(line: CountedLine) -> hubspot.LineSums | None:
        values = {"price": str(line.price), "quantity": str(line.quantity)}
        if line.discount is not None and line.discount.percent:
            values["hs_discount_percentage"] = str(line.discount.percent)
        return hubspot.line_sums(values, code, line.tax.rate if line.tax else None, exact=False)

    def extras(kind: AdjustmentKind) -> Iterable[hubspot.Extra]:
        for at, each in enumerate(document.adjustments):
            if each.kind is kind:
                value = each.percent if each.percent is not None else each.amount
                yield hubspot.Extra(each.percent is not None, value or Decimal(0), Decimal(at))

    lines = [found for line in document.lines if (found := counted(line))]
    discounts, fees, taxes = map(extras, AdjustmentKind)
    theirs = hubspot.totals(lines, discounts, fees, taxes, code, compound=running)
    ours = add_up(document, replace(HUBSPOT, running=running))
    assert (ours.net, ours.tax, ours.total) == (
        theirs.subtotal - theirs.discounts + theirs.fees,
        theirs.taxes,
        theirs.billed,
    )
