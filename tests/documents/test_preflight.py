"""What the other side would refuse is said before it is called, with cause and fix, of that record alone; the others go on."""

from collections.abc import Mapping
from datetime import date

import pytest
from tests.documents.test_invoices import MIRROR, Office, office
from tests.documents.world import CONNECTION

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.problems import Problem
from crossfoot.store import records
from crossfoot_sandbox.xero.pages.bookkeepers import Bookkeeper

LINE = {"Description": "Mirror", "Quantity": 2, "UnitAmount": "10.125", "AccountCode": "200"}


async def drafted(here: Office, *lines: Mapping[str, str], **values: str) -> str:
    """A colleague drafts an invoice in HubSpot; nothing has run since."""
    made: str = here.it.portal.person_drafts_invoice(
        {"hs_currency": "NZD", "hs_due_date": "2026-12-20", **values},
        here.ada,
        lines or (MIRROR,),
        here.acme,
        "",
    )
    return made


async def refused_there(here: Office, invoice: str, *, good: bool = True) -> Problem:
    """The problem of an invoice of HubSpot's: nothing was written about it to Xero, and another one got through in the same run."""
    other = await drafted(here) if good else ""
    before = len(here.it.sent)
    await here.it.quiet()
    linked = await here.it.linked("invoices")
    assert not good or other in linked, "the others go on"
    there = linked.get(invoice)
    names = [f"/0-53/{invoice}", *([there] if there else [])]
    del here.it.sent[:before]
    assert here.it.written(*names) == [], "and nothing was written to Xero about this one"
    assert (await here.it.state("invoices", Ref(Side.CRM, Kind.INVOICE, invoice)))[0] == "not_ready"
    return await here.it.problem("invoices", Ref(Side.CRM, Kind.INVOICE, invoice))


async def refused_here(here: Office, invoice: str) -> Problem:
    """The problem of an invoice of Xero's, in the same way."""
    other = await here.typed_in_xero()
    await here.it.quiet()
    linked = await here.it.linked("invoices")
    assert other in linked.values()
    assert invoice not in linked.values()
    assert here.it.written(f":invoice:{invoice}") == []
    assert (await here.it.state("invoices", Ref(Side.LEDGER, Kind.INVOICE, invoice)))[0] == "not_ready"
    return await here.it.problem("invoices", Ref(Side.LEDGER, Kind.INVOICE, invoice))


async def ready(here: Office, invoice: str) -> None:
    """What was in the way is gone: it follows by itself."""
    await here.it.look_again()
    await here.it.quiet()
    assert invoice in await here.it.linked("invoices")


async def test_an_invoice_without_lines() -> None:
    here = await office()
    bare = here.it.portal.person_drafts_invoice({"hs_currency": "NZD"}, here.ada, (), here.acme, "")
    problem = await refused_there(here, bare)
    assert problem.what == "A document in Xero has at least one line, and this one has none."
    assert problem.fix == "Add a line in HubSpot."
    here.it.portal.person_adds_line("invoices", bare, MIRROR)
    await ready(here, bare)


async def test_a_negative_quantity() -> None:
    here = await office()
    problem = await refused_there(
        here, await drafted(here, {"name": "Return", "quantity": "-1", "price": "5"})
    )
    assert problem.what == "Line 1 ('Return') has a negative quantity (-1), and Xero takes none."
    assert "negative price" in problem.fix


async def test_a_negative_price_from_xero_is_not_begun_in_hubspot() -> None:
    here = await office()
    made = await here.typed_in_xero(LINE, {**LINE, "Description": "Back", "UnitAmount": "-3"})
    problem = await refused_here(here, made)
    assert problem.what == "Line 2 ('Back') has a negative price (-3), and HubSpot takes none."
    assert "discount" in problem.fix


def gives(here: Office, invoice: str, what: str, kind: str, value: str) -> str:
    """A colleague gives the whole invoice a discount or a fee; its id."""
    given: str = here.it.portal.person_creates(what, {"hs_type": kind, "hs_value": value})
    here.it.portal.person_links("invoices", invoice, what, given)
    return given


@pytest.mark.parametrize(
    ("what", "kind", "value", "said", "fix"),
    [
        ("discounts", "PERCENT", "10", "a discount of 2.03", "Give the discount on its lines"),
        ("discounts", "FIXED", "10", "a discount of 10.00", "Give the discount on its lines"),
        ("fees", "FIXED", "2.50", "a fee of 2.50", "Make the fee a line"),
    ],
)
async def test_what_is_given_to_a_whole_invoice_would_not_reach_the_books(
    what: str, kind: str, value: str, said: str, fix: str
) -> None:
    here = await office()
    invoice = await drafted(here)
    given = gives(here, invoice, what, kind, value)
    problem = await refused_there(here, invoice)
    assert problem.what == f"It has {said} on the whole in HubSpot, which Xero cannot hold."
    assert problem.fix.startswith(f"{fix} in HubSpot instead;")
    here.it.portal.person_unlinks("invoices", invoice, what, given)
    await ready(here, invoice)


async def test_a_draft_that_is_given_a_discount_as_a_whole_is_not_approved_until_it_is_taken_back() -> None:
    here = await office(switches={"finalised_invoices_locked": False})
    invoice = await here.draft()
    given = gives(here, invoice, "discounts", "FIXED", "5")
    here.it.portal.person_finalises(invoice)
    problem = await refused_there(here, invoice)
    assert problem.what.startswith("It has a discount of 5.00 on the whole")
    assert (await here.there(invoice))["Status"] == "DRAFT"
    here.it.portal.person_unlinks("invoices", invoice, "discounts", given)
    await ready(here, invoice)
    assert (await here.there(invoice))["Status"] == "AUTHORISED"


async def test_sums_that_hubspot_adds_up_late_are_no_news() -> None:
    here = await office(switches={"totals_after": 3600})
    invoice = await here.draft()
    assert here.it.hubspot("invoices", invoice)["hs_discounts_total"] == "0"
    ref = Ref(Side.CRM, Kind.INVOICE, invoice)
    async with here.it.joined.database.read() as tx:
        before = (await records.get(tx, CONNECTION, [ref]))[ref].observation
    here.it.clock.clock.advance(3600)
    assert (await here.it.run()).changed == 0
    assert here.it.hubspot("invoices", invoice)["hs_discounts_total"] == "0.00"
    async with here.it.joined.database.read() as tx:
        assert (await records.get(tx, CONNECTION, [ref]))[ref].observation.fields == before.fields


async def test_a_closed_period_holds_what_is_approved_and_not_what_is_drafted() -> None:
    here = await office()
    draft = await here.draft(hs_invoice_date="2026-10-30")
    Bookkeeper(here.it.books).locks(period=date(2026, 10, 31))
    await here.it.look_again()
    here.it.portal.person_finalises(draft)
    problem = await refused_there(here, draft)
    assert problem.what == "Its date is 2026-10-30, and the books in Xero are closed up to 2026-10-31."
    assert "Lock dates" in problem.fix
    assert (await here.there(draft))["Status"] == "DRAFT"
    Bookkeeper(here.it.books).locks()
    await ready(here, draft)
    assert (await here.there(draft))["Status"] == "AUTHORISED"


async def test_nothing_of_an_approved_invoice_of_a_closed_period_is_changed() -> None:
    here = await office(switches={"finalised_invoices_locked": False})
    invoice = await here.draft(hs_invoice_date="2026-10-30")
    here.it.portal.person_finalises(invoice)
    await here.it.quiet()
    Bookkeeper(here.it.books).locks(year=date(2026, 10, 31))
    await here.it.look_again()
    here.it.portal.person_edits("invoices", invoice, {"hs_purchase_order_number": "PO 7"})
    problem = await refused_there(here, invoice)
    assert "closed up to 2026-10-31" in problem.what


async def test_an_archived_account() -> None:
    here = await office()
    invoice = await here.draft()
    Bookkeeper(here.it.books).archives_account("200")
    await here.it.look_again()
    held = await drafted(here)
    problem = await refused_there(here, held, good=False)
    assert problem.what == "The account 200 of line 1 ('Mirror') is archived in Xero."
    assert "Chart of accounts" in problem.fix
    here.it.portal.person_finalises(invoice)
    assert "archived" in (await refused_there(here, invoice, good=False)).what, (
        "nor is one approved that has it"
    )
    Bookkeeper(here.it.books).archives_account("200", archived=False)
    await ready(here, held)


async def test_an_account_that_does_not_exist_or_is_not_for_sales() -> None:
    here = await office(documents={"account": "9999"})
    problem = await refused_there(here, await drafted(here), good=False)
    assert problem.what == "The account 9999 of line 1 ('Mirror') does not exist in Xero."
    here = await office(documents={"account": "090"})
    problem = await refused_there(here, await drafted(here), good=False)
    assert problem.what == "The account 090 of line 1 ('Mirror') is not for sales in Xero."


async def test_a_draft_without_accounts_is_not_approved() -> None:
    here = await office(documents={"account": None})
    invoice = await here.draft()
    here.it.portal.person_finalises(invoice)
    problem = await refused_there(here, invoice)
    assert problem.what == "Line 1 ('Mirror') has no account, and Xero approves no document without."


async def test_a_tax_that_was_deleted_in_xero() -> None:
    here = await office(documents={"tax": "OUTPUT2"})
    rate = here.it.books.tax_rates["OUTPUT2"]
    here.it.books.tax_rates["OUTPUT2"] = {**rate, "Status": "DELETED"}
    await here.it.look_again()
    held = await drafted(here)
    good = await here.typed_in_xero({**LINE, "TaxType": "ZERORATED"})
    problem = await refused_there(here, held, good=False)
    assert (
        problem.what
        == f"The tax OUTPUT2 ({rate['Name']}) of line 1 ('Mirror') is not in use any more in Xero."
    )
    assert "Tax rates" in problem.fix
    assert good in (await here.it.linked("invoices")).values(), "the others go on"
    here.it.books.tax_rates["OUTPUT2"] = rate
    await ready(here, held)


async def test_a_tax_that_is_another_percentage_on_the_other_side() -> None:
    name = "12.5% GST on Income"
    known = (await office()).it.portal.commerce.tax_rates
    old = next(rate.id for rate in known.values() if rate.name == name)
    here = await office(documents={"taxes": {old: "OUTPUT2"}})
    here.it.portal.admin_sets_up({"tax_rates": [{"name": name, "rate": "12.5"}]})
    await here.it.look_again()
    problem = await refused_there(here, await drafted(here, {**MIRROR, "hs_tax_rate_group_id": old}))
    rate = here.it.books.tax_rates["OUTPUT2"]["Name"]
    assert problem.what == (
        f"The tax '{name}' of line 1 ('Mirror') is 12.5 % in HubSpot, and '{rate}', which stands for it in Xero, is 15 %."
    )


async def test_a_currency_that_xero_does_not_have() -> None:
    here = await office()
    here.it.portal.admin_sets_up({"currencies": {"CHF": "1.9"}})
    await here.it.look_again()
    held = await drafted(here, hs_currency="CHF")
    problem = await refused_there(here, held)
    assert problem.what == "The currency CHF is not enabled in Xero."
    assert problem.fix == "Enable CHF in Xero (Settings > Currencies), or correct the currency in HubSpot."
    here.it.books.change_organisation(currencies=("USD", "CHF"))
    await ready(here, held)


async def test_a_currency_that_hubspot_does_not_have() -> None:
    here = await office()
    here.it.books.change_organisation(currencies=("USD", "SGD"))
    await here.it.look_again()
    made = await here.typed_in_xero(CurrencyCode="SGD")
    problem = await refused_here(here, made)
    assert problem.what == "The currency SGD is not enabled in HubSpot."
    assert problem.fix.startswith("Enable SGD in HubSpot (Settings > Account defaults > Currency)")
    here.it.portal.admin_sets_up({"currencies": {"SGD": "1.3"}})
    await here.it.look_again()
    await here.it.quiet()
    assert made in (await here.it.linked("invoices")).values()


async def test_4001_characters_in_a_description() -> None:
    here = await office()
    long = {"name": "Mirror", "description": "x" * 3994, "quantity": "1", "price": "1"}
    problem = await refused_there(here, await drafted(here, MIRROR, long))
    assert problem.what == "The description of line 2 ('Mirror') has 4,001 characters, and Xero holds 4,000."
    assert problem.fix == "Shorten it in HubSpot."


async def test_4000_characters_in_a_description_go_through() -> None:
    here = await office()
    fits = {"name": "Mirror", "description": "x" * 3993, "quantity": "1", "price": "1"}
    assert await here.draft(fits) in await here.it.linked("invoices")


async def test_without_a_due_date_nothing_is_approved() -> None:
    here = await office()
    invoice = await here.draft()
    here.it.books.person_edits("Invoices", await here.id_there(invoice), {"DueDate": ""})
    await here.it.quiet()
    here.it.portal.person_edits("invoices", invoice, {"hs_due_date": None})
    await here.it.quiet()
    here.it.portal.person_finalises(invoice)
    problem = await refused_there(here, invoice)
    assert problem.what == "Xero approves no document without 'Due date', and this one has none."
