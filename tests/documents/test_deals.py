"""A deal that is won becomes an invoice in Xero, once; what becomes of the invoice shows on the deal."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.documents.test_invoices import HOOK, MIRROR, Office, office, says

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot_sandbox.faults import Faults, Placed
from crossfoot_sandbox.faults import Kind as Fault
from crossfoot_sandbox.xero.pages.bookkeepers import Bookkeeper

WON = {"dealstage": "closedwon", "pipeline": "default", "deal_currency_code": "NZD"}


def deal(here: Office, *lines: dict[str, str], stage: str = "appointmentscheduled", **values: str) -> str:
    """Sales have a deal with Acme."""
    portal = here.it.portal
    made: str = portal.person_creates(
        "deals",
        {
            "dealname": "Mirrors for the lobby",
            "dealstage": stage,
            "pipeline": "default",
            "deal_currency_code": "NZD",
            "closedate": "2026-11-05T10:00:00Z",
            **values,
        },
    )
    portal.person_links("deals", made, "companies", here.acme)
    for line in lines or (MIRROR, HOOK):
        portal.person_adds_line("deals", made, line)
    return made


async def invoices(here: Office) -> list[dict[str, Any]]:
    return [dict(each) for each in (await here.it.all(Side.LEDGER, Kind.INVOICE)).values()]


async def on_deal(here: Office, made: str) -> dict[str, Any]:
    return dict((await here.it.seen(Side.CRM, Kind.DEAL, made))[0])


async def test_a_deal_becomes_an_invoice_when_it_is_won_and_not_before() -> None:
    here = await office()
    made = deal(here)
    await here.it.quiet()
    assert await invoices(here) == []
    here.it.portal.person_edits(
        "deals", made, {"dealstage": "closedwon", "closedate": "2026-11-05T10:00:00Z"}
    )
    await here.it.quiet()
    (invoice,) = await invoices(here)
    assert says(invoice) == [("Mirror", Decimal(2), Decimal("10.125")), ("Hook", Decimal(10), Decimal("1.5"))]
    assert invoice["Status"] == "DRAFT"
    assert invoice["Reference"] == "Mirrors for the lobby"
    assert (str(invoice["Date"]), str(invoice["DueDate"])) == ("2026-11-05", "2026-11-25")
    assert invoice["Url"].endswith(f"/record/0-3/{made}")
    told = await on_deal(here, made)
    assert (told["crossfoot_number"], told["crossfoot_total"], told["crossfoot_standing"]) == (
        invoice["InvoiceNumber"],
        Decimal("38.39"),
        "draft",
    )
    assert await here.it.quiet() == 0


async def test_the_invoice_of_a_deal_is_the_deals_and_no_second_document_in_hubspot() -> None:
    here = await office()
    deal(here, stage="closedwon")
    await here.it.quiet()
    assert await here.it.all(Side.CRM, Kind.INVOICE) == {}


async def test_payment_shows_on_the_deal() -> None:
    here = await office(documents={"approve_deals": "AUTHORISED"})
    made = deal(here, stage="closedwon")
    await here.it.quiet()
    invoice = (await here.it.linked("deals"))[made]
    Bookkeeper(here.it.books).pays(invoice)
    await here.it.quiet()
    told = await on_deal(here, made)
    assert (told["crossfoot_standing"], told["crossfoot_due"], told["crossfoot_paid"]) == (
        "paid",
        Decimal(0),
        Decimal("38.39"),
    )


@pytest.mark.parametrize(
    "fault", [Fault.REPLY_LOST, Fault.ERROR_AFTER, Fault.REQUEST_LOST, Fault.ERROR_BEFORE]
)
async def test_a_deal_is_never_invoiced_twice(fault: Fault) -> None:
    faults = Faults(placed=[Placed(fault, operation="PUT /Invoices")])
    here = await office(faults=faults)
    made = deal(here, stage="closedwon")
    await here.it.quiet()
    assert faults.happened
    assert len(await invoices(here)) == 1
    here.it.portal.person_edits("deals", made, {"dealstage": "appointmentscheduled"})
    await here.it.quiet()
    here.it.portal.person_edits("deals", made, {"dealstage": "closedwon"})
    await here.it.quiet()
    assert len(await invoices(here)) == 1


async def hindered(here: Office, made: str) -> tuple[str, str]:
    """What is said of a deal that cannot be invoiced, and what to do; Xero was not called about it."""
    fine = deal(here, stage="closedwon", dealname="Fine")
    await here.it.quiet()
    assert fine in await here.it.linked("deals"), "the others go on"
    assert here.it.written(f"/0-3/{made}") == []
    assert (await here.it.state("deals", Ref(Side.CRM, Kind.DEAL, made)))[0] == "not_ready"
    problem = await here.it.problem("deals", Ref(Side.CRM, Kind.DEAL, made))
    return problem.what, problem.fix


async def test_a_deal_of_nobody() -> None:
    here = await office()
    made = here.it.portal.person_creates("deals", {**WON, "dealname": "Nobody's"})
    here.it.portal.person_adds_line("deals", made, MIRROR)
    assert await hindered(here, made) == (
        "Xero needs a value for 'Contact', and this record has no company or contact in HubSpot.",
        "Associate it with a company or contact there; it follows by itself.",
    )
    here.it.portal.person_links("deals", made, "companies", here.acme)
    await here.it.quiet()
    assert made in await here.it.linked("deals")


async def test_a_deal_of_somebody_whom_xero_does_not_have() -> None:
    here = await office()
    nameless = here.it.portal.person_creates("companies", {"domain": "nameless.test"})
    made = here.it.portal.person_creates("deals", {**WON, "dealname": "Nameless"})
    here.it.portal.person_links("deals", made, "companies", nameless)
    here.it.portal.person_adds_line("deals", made, MIRROR)
    what, fix = await hindered(here, made)
    assert what == (
        f"Xero needs a value for 'Contact', and the company {nameless} in HubSpot has no partner there yet."
    )
    assert "crossfoot explain" in fix


async def test_a_deal_without_lines() -> None:
    here = await office()
    made = here.it.portal.person_creates("deals", {**WON, "dealname": "Empty"})
    here.it.portal.person_links("deals", made, "companies", here.acme)
    assert await hindered(here, made) == (
        "A document in Xero has at least one line, and this one has none.",
        "Add a line in HubSpot.",
    )


async def test_a_deal_in_a_currency_that_xero_does_not_have() -> None:
    here = await office()
    here.it.portal.admin_sets_up({"currencies": {"CHF": "1.9"}})
    made = deal(here, stage="closedwon", deal_currency_code="CHF")
    what, fix = await hindered(here, made)
    assert what == "The currency CHF is not enabled in Xero."
    assert "Enable CHF" in fix


async def test_a_deal_that_was_won_in_a_closed_period_waits_for_an_approved_invoice_only() -> None:
    here = await office(documents={"approve_deals": "AUTHORISED"})
    Bookkeeper(here.it.books).locks(period=date(2026, 10, 31))
    await here.it.look_again()
    made = deal(here, stage="closedwon", closedate="2026-10-30T10:00:00Z")
    what, _ = await hindered(here, made)
    assert what == "Its date is 2026-10-30, and the books in Xero are closed up to 2026-10-31."


async def test_a_deal_whose_account_is_archived() -> None:
    here = await office(documents={"account": "260"})
    Bookkeeper(here.it.books).archives_account("260")
    await here.it.look_again()
    made = deal(here, stage="closedwon")
    await here.it.quiet()
    problem = await here.it.problem("deals", Ref(Side.CRM, Kind.DEAL, made))
    assert problem.what.startswith("The account 260 of line 1 ('Mirror') is archived")
    assert await invoices(here) == []


async def test_lines_added_to_a_won_deal_reach_the_draft_and_not_the_approved_invoice() -> None:
    here = await office()
    made = deal(here, stage="closedwon")
    await here.it.quiet()
    here.it.portal.person_adds_line("deals", made, {"name": "Nail", "quantity": "5", "price": "0.10"})
    await here.it.quiet()
    (invoice,) = await invoices(here)
    assert [name for name, _, _ in says(invoice)] == ["Mirror", "Hook", "Nail"]
    Bookkeeper(here.it.books).approves("Invoices", (await here.it.linked("deals"))[made])
    await here.it.quiet()
    here.it.portal.person_adds_line("deals", made, {"name": "Late", "quantity": "1", "price": "1"})
    await here.it.quiet()
    (invoice,) = await invoices(here)
    assert [name for name, _, _ in says(invoice)] == ["Mirror", "Hook", "Nail"]
    assert [each.field for each in await here.it.questions()] == ["lines"]
