"""Taxes that mean the same on both sides, and what happens when they no longer do."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from tests.documents.test_invoices import MIRROR, Office, office

from crossfoot.app.documents import lacking_taxes, remarks, same_taxes, suggested
from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.settings.connection import ConnectionSettings
from crossfoot.settings.document_defaults import DocumentSettings
from crossfoot.settings.shape import SyncSettings

TITLES = {Side.CRM: "HubSpot", Side.LEDGER: "Xero"}
GST, ZERO, OLD = "2148420997", "2148420998", "2148420999"


async def taxed(**more: Any) -> Office:
    return await office(documents={"taxes": {GST: "OUTPUT2", ZERO: "ZERORATED"}, **more})


def line(rate: str) -> dict[str, str]:
    return {**MIRROR, "hs_tax_rate_group_id": rate}


async def told(here: Office, taxes: dict[str, str] | None = None) -> tuple[str, ...]:
    settings = ConnectionSettings(
        name="shop",
        syncs={"invoices": SyncSettings()},
        documents=DocumentSettings(taxes={GST: "OUTPUT2", ZERO: "ZERORATED"} if taxes is None else taxes),
    )
    return remarks(here.it.joined.descriptions, settings, TITLES)


def change_rate(here: Office, rate_id: str, **values: Any) -> None:
    """An administrator changes HubSpot's library."""
    rates = here.it.portal.commerce.tax_rates
    rates[rate_id] = replace(rates[rate_id], **values)


async def held(here: Office, invoice: str) -> Any:
    assert (await here.it.state("invoices", Ref(Side.CRM, Kind.INVOICE, invoice)))[0] == "not_ready"
    assert here.it.written(f"/0-53/{invoice}") == []
    return await here.it.problem("invoices", Ref(Side.CRM, Kind.INVOICE, invoice))


async def test_what_both_accounts_suggest_is_what_means_the_same() -> None:
    here = await office()
    assert suggested(here.it.joined.descriptions).taxes == {GST: "OUTPUT2", ZERO: "ZERORATED"}


async def test_a_rate_in_hubspot_is_the_tax_in_xero_and_the_totals_agree() -> None:
    here = await taxed()
    invoice = await here.draft(line(GST), line(ZERO))
    there = (await here.there(invoice))["Lines"]
    assert [each.tax for each in there] == ["OUTPUT2", "ZERORATED"]
    told = await here.here(invoice)
    taxes = here.it.hubspot("invoices", invoice)["hs_taxes_total"]
    assert told["crossfoot_tax"] == Decimal(taxes or 0) == Decimal("3.04")


async def test_a_tax_in_xero_is_the_rate_in_hubspot() -> None:
    here = await taxed()
    made = await here.typed_in_xero(
        {
            "Description": "Mirror",
            "Quantity": 1,
            "UnitAmount": "10",
            "AccountCode": "200",
            "TaxType": "ZERORATED",
        }
    )
    await here.it.quiet()
    (invoice,) = [crm for crm, ledger in (await here.it.linked("invoices")).items() if ledger == made]
    assert [each.tax for each in (await here.here(invoice))["lines"]] == [ZERO]


async def test_a_rate_without_a_counterpart_is_named_and_nothing_is_guessed() -> None:
    here = await taxed()
    change_rate(here, OLD, active=True)
    await here.it.look_again()
    invoice, fine = await here.draft(line(OLD)), await here.draft(line(GST))
    problem = await held(here, invoice)
    assert problem.what == (
        "The tax '12.5% GST on Income' of line 1 ('Mirror') in HubSpot has no counterpart in Xero by the settings."
    )
    assert "'documents: taxes'" in problem.fix
    assert fine in await here.it.linked("invoices")


async def test_a_percentage_that_changed_in_hubspot_holds_the_invoices_concerned() -> None:
    here = await taxed()
    change_rate(here, GST, rate=Decimal("12.5"))
    await here.it.look_again()
    invoice, fine = await here.draft(line(GST)), await here.draft(line(ZERO))
    problem = await held(here, invoice)
    assert "is 12.5 % in HubSpot" in problem.what
    assert "which stands for it in Xero, is 15 %" in problem.what
    assert fine in await here.it.linked("invoices")
    assert any("12.5 % in HubSpot, and '15% GST on Income' 15 % in Xero" in each for each in await told(here))
    change_rate(here, GST, rate=Decimal(15))
    await here.it.look_again()
    await here.it.quiet()
    assert invoice in await here.it.linked("invoices")


async def test_a_percentage_that_changed_in_xero_holds_them_on_the_way_to_hubspot_too() -> None:
    here = await taxed()
    rate = here.it.books.tax_rates["OUTPUT2"]
    here.it.books.tax_rates["OUTPUT2"] = {**rate, "EffectiveRate": Decimal(17), "DisplayTaxRate": Decimal(17)}
    await here.it.look_again()
    made = await here.typed_in_xero()
    await here.it.quiet()
    assert made not in (await here.it.linked("invoices")).values()
    assert here.it.written(f":invoice:{made}") == []
    problem = await here.it.problem("invoices", Ref(Side.LEDGER, Kind.INVOICE, made))
    assert "is 17 % in Xero" in problem.what


async def test_a_rate_that_was_retired_in_hubspot_goes_on_no_new_line() -> None:
    here = await taxed()
    change_rate(here, GST, active=False)
    await here.it.look_again()
    made = await here.typed_in_xero()
    await here.it.quiet()
    problem = await here.it.problem("invoices", Ref(Side.LEDGER, Kind.INVOICE, made))
    assert problem.what.endswith("is not in use any more in HubSpot.")
    assert "Settings > Commerce > Taxes" in problem.fix


async def test_what_an_administrator_should_do_is_said_at_connect_and_in_status() -> None:
    here = await office()
    assert await told(here) == (), "nothing to say where every sales tax has its rate"
    here.it.books.tax_rates["EXTRA"] = {
        **here.it.books.tax_rates["OUTPUT2"],
        "Name": "Luxury",
        "TaxType": "EXTRA",
        "EffectiveRate": Decimal(33),
        "DisplayTaxRate": Decimal(33),
    }
    await here.it.look_again()
    [sentence] = await told(here)
    assert sentence.startswith("HubSpot's tax library lacks 'Luxury' (33 %).")
    here.it.portal.admin_sets_up({"tax_rates": [{"name": "Luxury", "rate": "33"}]})
    await here.it.look_again()
    [sentence] = await told(here)
    assert sentence.startswith("'Luxury' in HubSpot and 'Luxury' in Xero seem to be the same tax.")
    found = here.it.joined.descriptions
    assert lacking_taxes(found, DocumentSettings()) == []
    assert "EXTRA" in same_taxes(found[Side.CRM].taxes, found[Side.LEDGER].taxes).values()
