"""Every cent by which HubSpot's way of computing must differ is predicted and explained, judged by an oracle that counts in fractions."""

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st
from tests.model import drawn, oracle

from crossfoot.model.arithmetic import Arithmetic, TaxRounding
from crossfoot.model.document_state import Phase
from crossfoot.model.documents import Document, Prices
from crossfoot.model.identity import Kind
from crossfoot.model.variance import Reckoned, Said, explain_difference
from crossfoot.proof.causes import DifferenceCause
from crossfoot.proof.money import Circumstances, Compared, Measure, Seen, compare
from crossfoot.proof.reasons import LonePayment, Payments, Ways, reasons
from crossfoot.systems.hubspot.arithmetic import ARITHMETIC as HUBSPOT
from crossfoot.systems.xero.arithmetic import ARITHMETIC as XERO

CENT = Decimal("0.01")
cents = st.integers(0, 20_000).map(lambda n: Decimal(n).scaleb(-2))
hubspots = st.builds(
    replace,
    st.just(HUBSPOT),
    tax=st.sampled_from(TaxRounding),
    half=drawn.halves,
    digits=st.sampled_from([None, 2]),
)


def exact(amount: Fraction) -> Decimal:
    """A fraction that is a decimal number."""
    found = Decimal(amount.numerator) / Decimal(amount.denominator)
    assert Fraction(found) == amount
    return found


@dataclass(frozen=True)
class Told:
    """One invoice, as both systems tell it by their own rules."""

    ledger: Seen
    crm: Seen
    ways: Ways
    reckoned: tuple[Reckoned, Reckoned]

    def compared(self) -> Compared:
        ways = replace(self.ways, variances=explain_difference(*self.reckoned))
        return compare(
            Kind.INVOICE,
            self.crm,
            self.ledger,
            Circumstances(reasons=reasons(self.crm, self.ledger, ways)),
        )


def said(document: Document, arithmetic: Arithmetic) -> Said:
    sums = oracle.sums(document, arithmetic)
    return Said(exact(sums.net), exact(sums.tax))


@st.composite
def told(draw: st.DrawFn) -> Told:
    document = replace(draw(drawn.documents), prices=draw(st.sampled_from([Prices.EXCLUSIVE, Prices.NO_TAX])))
    crm_rules, carried = draw(hubspots), draw(st.booleans())
    here = document
    if not carried:
        here = replace(document, lines=tuple(replace(each, tax=None) for each in document.lines))
    mine, yours = said(document, XERO), said(here, crm_rules)
    if draw(st.integers(0, 4)) == 4:
        yours = Said(Decimal(0), Decimal(0))  # not added up yet
    paid, credited = draw(cents), draw(cents)
    whole = draw(st.booleans())
    if whole:
        assume(mine.total >= credited)
        paid = mine.total - credited
    ledger = amounts(mine, paid, mine.total - paid - credited, credited)
    by_word, lone = False, LonePayment(-paid, DifferenceCause.NOT_READY, "It waits.")
    held = draw(st.sampled_from([Decimal(0), paid]))
    payments = draw(st.sampled_from([None, Payments(held, () if held else (lone,))]))
    if whole and draw(st.booleans()):
        by_word, held = True, yours.total
    elif payments is None:
        held = draw(cents)
    rest = yours.total - held
    due = Decimal(0) if by_word else max(rest, Decimal(0))
    return Told(
        Seen("L", document.currency, Phase.PAID if whole else Phase.OPEN, ledger),
        Seen("C", document.currency, Phase.PAID if by_word else Phase.OPEN, amounts(yours, held, due)),
        Ways("HubSpot", "Xero", payments=payments, holds_payments=draw(st.booleans())),
        (Reckoned(document, XERO, mine), Reckoned(here, crm_rules, yours)),
    )


def amounts(
    sums: Said, paid: Decimal, due: Decimal, credited: Decimal | None = None
) -> dict[Measure, Decimal]:
    found = {
        Measure.NET: sums.net,
        Measure.TAX: sums.tax,
        Measure.TOTAL: sums.total,
        Measure.PAID: paid,
        Measure.DUE: due,
    }
    return found if credited is None else {**found, Measure.CREDITED: credited}


def parts(found: Compared, measure: Measure) -> Fraction:
    return sum((Fraction(each.amount) for each in found.differences if each.measure is measure), Fraction(0))


def unexplained(found: Compared) -> dict[Measure | None, Decimal]:
    return {
        each.measure: each.amount for each in found.differences if each.cause is DifferenceCause.UNEXPLAINED
    }


@given(told())
def test_what_each_system_must_say_by_its_own_way_is_explained_to_the_cent(one: Told) -> None:
    found = one.compared()
    for measure in Measure:
        here, there = one.crm.told.get(measure, Decimal(0)), one.ledger.told[measure]
        assert parts(found, measure) == Fraction(here) - Fraction(there)
    assert unexplained(found) == {}


@given(told(), st.sampled_from([Measure.PAID, Measure.DUE]), st.sampled_from([CENT, -CENT]))
def test_a_cent_more_or_less_than_its_way_leads_to_is_explained_by_nothing(
    one: Told, measure: Measure, cent: Decimal
) -> None:
    assume(one.ways.payments is not None)
    crm = replace(one.crm, told={**one.crm.told, measure: one.crm.told[measure] + cent})
    assume(crm.told[measure] != one.ledger.told[measure])
    found = replace(one, crm=crm).compared()
    assert unexplained(found)
    for each in Measure:
        here, there = crm.told.get(each, Decimal(0)), one.ledger.told[each]
        assert parts(found, each) == Fraction(here) - Fraction(there)


@given(told(), st.sampled_from([CENT, -CENT]))
def test_a_total_that_is_off_by_a_cent_is_explained_only_if_another_rule_of_rounding_makes_it(
    one: Told, cent: Decimal
) -> None:
    ledger, crm = one.reckoned
    assert crm.said is not None
    off = replace(crm.said, tax=crm.said.tax + cent)
    assume(off.total and ledger.sums != off)
    told_off = {**one.crm.told, Measure.TAX: off.tax, Measure.TOTAL: off.total}
    found = replace(
        one, reckoned=(ledger, replace(crm, said=off)), crm=replace(one.crm, told=told_off)
    ).compared()
    others = [
        replace(crm.arithmetic, **change)  # type: ignore[arg-type]
        for change in (
            *({"tax": each} for each in TaxRounding),
            {"half": ROUND_HALF_EVEN},
            {"half": "ROUND_HALF_UP"},
            {"digits": 2},
            {"digits": None},
        )
    ]
    possible = any(said(crm.document, each) == off for each in others)
    assert bool({Measure.TAX, Measure.TOTAL} & unexplained(found).keys()) == (not possible)
