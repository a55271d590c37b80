"""A deal that somebody else has invoiced already: a person in Xero, another program, or HubSpot itself. It is asked about, and never billed twice."""

from decimal import Decimal
from typing import Any

import pytest
from tests.documents.test_deal_parts import all_of, crm, invoice
from tests.documents.test_deals import deal, on_deal
from tests.documents.test_invoices import MIRROR, Office, office

from crossfoot.model.identity import Side
from crossfoot.runtime.answers import accept, choose, keep_apart
from crossfoot_sandbox.xero.pages.bookkeepers import Bookkeeper


async def asked(here: Office, made: str) -> Any:
    """The one question about the deal; nothing is made meanwhile."""
    assert made not in await here.it.linked("deals")
    (question,) = [each for each in await here.it.questions() if each.sync == "deals"]
    assert question.crm_id == made
    return question


ALIKE = {
    "reference": ({"Reference": "mirrors for the lobby"}, "999"),
    "company and amount": ({}, "33.38"),
    "company and amount with tax": ({}, "29.03"),
}


@pytest.mark.parametrize("why", ALIKE)
async def test_an_invoice_that_a_person_made_is_asked_about(why: str) -> None:
    here = await office()
    values, price = ALIKE[why]
    typed = await here.typed_in_xero(
        {"Description": "As agreed", "Quantity": 1, "UnitAmount": price, "AccountCode": "200"},
        Status="AUTHORISED",
        **values,
    )
    await here.it.quiet()
    made = deal(here, stage="closedwon")
    await here.it.quiet()
    question = await asked(here, made)
    assert (question.shown["twins"], question.subject["why"]) == (
        [typed],
        f"same {why}, but that proves nothing",
    )
    assert len(await all_of(here)) == 1


async def test_one_that_a_person_says_is_the_deals_is_the_deals_from_then_on() -> None:
    here = await office()
    typed = await here.typed_in_xero(Status="AUTHORISED", Reference="Mirrors for the lobby")
    await here.it.quiet()
    made = deal(here, stage="closedwon")
    await here.it.quiet()
    await accept(here.it.joined, (await asked(here, made)).id, None, "ada")
    await here.it.quiet()
    assert (await here.it.linked("deals"))[made] == typed
    assert (await on_deal(here, made))["crossfoot_total"] == Decimal("23.29")
    Bookkeeper(here.it.books).pays(typed)
    await here.it.quiet()
    assert (await on_deal(here, made))["crossfoot_standing"] == "paid"
    assert len(await all_of(here)) == 1
    assert await here.it.quiet() == 0


@pytest.mark.parametrize(("winner", "comes_to"), [(Side.LEDGER, "5.00"), (Side.CRM, "33.38")])
async def test_a_draft_that_a_person_wrote_is_not_rewritten_unless_they_say_so(
    winner: Side, comes_to: str
) -> None:
    here = await office()
    lines = {"Description": "As agreed", "Quantity": 1, "UnitAmount": "5", "AccountCode": "200"}
    typed = await here.typed_in_xero(lines, Reference="Mirrors for the lobby")
    await here.it.quiet()
    made = deal(here, stage="closedwon")
    await here.it.quiet()
    await accept(here.it.joined, (await asked(here, made)).id, None, "ada")
    await here.it.quiet()
    assert (await here.it.linked("deals"))[made] == typed
    assert (await invoice(here, made))["SubTotal"] == Decimal(5)
    (question,) = [each for each in await here.it.questions() if each.sync == "deals"]
    assert (question.field, question.crm_id) == ("lines", made)
    await choose(here.it.joined, question.id, winner, "ada")
    await here.it.quiet()
    assert (await invoice(here, made))["SubTotal"] == Decimal(comes_to)
    assert [each for each in await here.it.questions() if each.sync == "deals"] == []
    assert await here.it.quiet() == 0


async def test_one_that_is_something_else_is_kept_apart_and_the_deal_is_invoiced_once() -> None:
    here = await office()
    await here.typed_in_xero(Status="AUTHORISED", Reference="Mirrors for the lobby")
    await here.it.quiet()
    made = deal(here, stage="closedwon")
    await here.it.quiet()
    await keep_apart(here.it.joined, (await asked(here, made)).id, "ada")
    await here.it.quiet()
    assert (await invoice(here, made))["SubTotal"] == Decimal("33.38")
    assert len(await all_of(here)) == 2
    assert await here.it.quiet() == 0


async def test_an_invoice_that_hubspot_drafted_for_the_same_money_is_asked_about_too() -> None:
    here = await office()
    await here.draft()
    made = deal(here, stage="closedwon")
    await here.it.quiet()
    await asked(here, made)
    assert len(await all_of(here)) == 1


async def test_another_customers_invoice_and_another_deals_are_no_hindrance() -> None:
    here = await office()
    other = here.it.books.person_creates("Contacts", {"Name": "Somebody else"})
    here.it.books.person_creates(
        "Invoices",
        {
            "Type": "ACCREC",
            "Contact": {"ContactID": other},
            "Date": "2026-11-02",
            "DueDate": "2026-12-01",
            "LineItems": [{"Description": "x", "Quantity": 1, "UnitAmount": "33.38", "AccountCode": "200"}],
        },
    )
    first, second = deal(here, stage="closedwon"), deal(here, stage="closedwon")
    await here.it.quiet()
    assert {first, second} == set(await here.it.linked("deals")), "two deals of one name are two invoices"
    assert [each for each in await here.it.questions() if each.sync == "deals"] == []
    assert len(await all_of(here)) == 3


async def test_a_deal_of_one_line_finds_the_invoice_that_came_after_it() -> None:
    """The deal waits for its customer; meanwhile a person types the invoice."""
    here = await office()
    made = deal(here, MIRROR)
    await here.it.quiet()
    typed = await here.typed_in_xero()
    here.it.portal.person_edits("deals", made, {"dealstage": "closedwon"})
    await here.it.quiet()
    assert (await asked(here, made)).shown["twins"] == [typed]
    assert (await here.it.state("deals", crm(made)))[0] == "doubtful"
    assert list(await here.it.all(Side.LEDGER, crm(made).kind.INVOICE)) == [typed]
