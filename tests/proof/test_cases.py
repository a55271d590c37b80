"""Where sales in HubSpot and books in Xero tell different stories, end to end: what is told of them, and what is not."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from tests.documents.test_deal_parts import moves, shop_with_deposits
from tests.documents.test_deals import deal
from tests.documents.test_invoices import Office, office
from tests.proof.test_own_sums import line, parts, proved, typed

from crossfoot.proof.detectors import Detector, Finding
from crossfoot.proof.money import Measure
from crossfoot.settings.detecting import DetectorsSettings
from crossfoot_sandbox.xero.pages.bookkeepers import Bookkeeper

APPROVED = {"documents": {"approve_deals": "AUTHORISED"}}


async def told(here: Office, settings: DetectorsSettings | None = None) -> dict[str, Finding]:
    """The largest finding of each detector, after a look at both accounts."""
    if settings is not None:
        here.it.joined = replace(here.it.joined, detecting=settings.compiled)
    found = (await proved(here)).findings
    return {each.value: found.examples(each)[0] for each in Detector if found.examples(each)}


def detectors(**settings: object) -> DetectorsSettings:
    return DetectorsSettings.model_validate(settings)


async def test_where_nobody_works_with_deals_no_invoice_lacks_one() -> None:
    here = await office()
    await typed(here, line("100"))
    assert await told(here) == {}
    deal(here)
    await here.it.quiet()
    found = await told(here)
    assert found.keys() == {"invoiced_without_deal"}
    assert await told(here, detectors(invoiced_without_deal={"mute": True})) == {}
    assert await told(here, detectors(invoiced_without_deal={"after": 400})) == {}
    known = found["invoiced_without_deal"].label
    assert await told(here, detectors(invoiced_without_deal={"known": {known: None}})) == {}


async def test_a_won_deal_without_an_approved_invoice_is_told_until_the_invoice_is_approved() -> None:
    here = await office()
    made = deal(here, stage="closedwon", amount="35.25")
    await here.it.quiet()
    (finding,) = (await told(here)).values()
    assert (finding.detector, finding.deal, finding.amount, finding.since) == (
        "won_not_invoiced",
        made,
        Decimal("35.25"),
        date(2026, 11, 5),
    )
    assert "has only a draft invoice" in finding.why
    Bookkeeper(here.it.books).approves("Invoices", (await here.it.linked("deals"))[made])
    await here.it.quiet()
    assert (await told(here)).keys() == {"amounts_apart"}


async def test_the_amount_that_sales_wrote_is_compared_with_what_was_invoiced() -> None:
    here = await office(**APPROVED)
    deal(here, stage="closedwon", amount="33.38")
    await here.it.quiet()
    assert await told(here) == {}, "the lines come to as much"
    assert (await told(here, detectors(amounts_apart={"with_tax": True}))).keys() == {"amounts_apart"}
    enough = detectors(amounts_apart={"with_tax": True, "tolerance": "5.01"})
    assert await told(here, enough) == {}


async def test_a_deal_that_is_paid_and_open_again_is_told_and_a_lost_one_is_not() -> None:
    here = await office(**APPROVED)
    made = deal(here, stage="closedwon", amount="33.38")
    await here.it.quiet()
    Bookkeeper(here.it.books).pays((await here.it.linked("deals"))[made])
    here.it.portal.person_edits("deals", made, {"dealstage": "appointmentscheduled"})
    await here.it.quiet()
    assert (await told(here)).keys() == {"paid_deal_open"}
    here.it.portal.person_edits("deals", made, {"dealstage": "closedlost"})
    await here.it.quiet()
    assert await told(here) == {}


async def test_a_credit_that_takes_back_all_of_a_won_deal() -> None:
    here = await office(**APPROVED)
    made = deal(here, stage="closedwon", amount="33.38")
    await here.it.quiet()
    Bookkeeper(here.it.books).credits((await here.it.linked("deals"))[made])
    await here.it.quiet()
    (finding,) = (await told(here)).values()
    assert (finding.detector, finding.amount) == ("credit_zeroes_deal", Decimal("38.39"))


async def test_overdue_money_of_the_customer_of_an_open_renewal() -> None:
    here = await office()
    await typed(here, line("100"), Date="2026-01-05", DueDate="2026-02-05")
    made = deal(here, dealname="Renewal of Acme", stage="closedwon")
    await here.it.quiet()
    moves(here, made, "appointmentscheduled")
    await here.it.quiet()
    silent = detectors(invoiced_without_deal={"mute": True})
    assert await told(here, silent) == {}, "which deals are renewals is a setting"
    condition = {"field": "dealname", "operator": "contains", "value": "renewal"}
    (finding,) = (await told(here, silent.changed(overdue_on_renewal={"deals": condition}))).values()
    assert (finding.detector, finding.label, finding.amount, finding.since) == (
        "overdue_on_renewal",
        "Renewal of Acme",
        Decimal("115.00"),
        date(2026, 2, 5),
    )


async def test_a_deal_that_is_billed_in_parts_is_judged_by_all_of_its_invoices() -> None:
    here = await shop_with_deposits(documents={"approve_deals": "AUTHORISED"})
    made = deal(here, stage="contractsent", amount="33.38")
    await here.it.quiet()
    assert await told(here) == {}, "the rest is still to be billed"
    moves(here, made, "closedwon")
    await here.it.quiet()
    money = await proved(here)
    assert await told(here) == {}
    assert parts(money) == {}
    (row,) = money.book.rows()
    assert {(sums.count, sums.amounts[Measure.TOTAL]) for sums in row.sides.values()} == {
        (2, Decimal("38.39"))
    }


async def test_what_a_deal_tells_wrongly_of_all_its_invoices_is_told_once() -> None:
    here = await shop_with_deposits(documents={"approve_deals": "AUTHORISED"})
    made = deal(here, stage="contractsent")
    await here.it.quiet()
    moves(here, made, "closedwon")
    await here.it.quiet()
    await proved(here)
    here.it.portal.books["deals"][made].values["crossfoot_total"] = "40.39"
    assert parts(await proved(here)) == {"pending": {"total": Decimal("2.00")}}


async def test_an_invoice_that_people_associate_with_its_deal_in_hubspot_is_the_deals() -> None:
    here = await office(documents={"deals": [{"on_request": True}]})
    _, invoice = await typed(here, line("33.38"))
    made = deal(here, stage="closedwon", amount="33.38")
    await here.it.quiet()
    assert (await told(here)).keys() == {"won_not_invoiced", "invoiced_without_deal"}
    here.it.portal.person_links("invoices", invoice, "deals", made)
    await here.it.quiet()
    assert await told(here) == {}
