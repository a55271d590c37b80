"""Xero's invoices whose prices include tax: HubSpot, which knows only prices without, comes to the same money, and nothing drifts between them."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from tests.documents.test_deals import deal
from tests.documents.test_invoices import Office, office, says
from tests.documents.test_payments import SYNCS

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.proof.money_report import MoneyProof
from crossfoot.runtime.undo import plan_undo, undo
from crossfoot_sandbox.faults import Faults, Placed
from crossfoot_sandbox.faults import Kind as Fault
from crossfoot_sandbox.xero.pages.bookkeepers import Bookkeeper

GST, ZERO = "2148420997", "2148420998"
TAXES = {"taxes": {GST: "OUTPUT2", ZERO: "ZERORATED"}}


def line(price: str, quantity: str = "1", **more: Any) -> dict[str, Any]:
    return {
        "Description": "Work",
        "Quantity": quantity,
        "UnitAmount": price,
        "AccountCode": "200",
        "TaxType": "OUTPUT2",
        **more,
    }


async def typed(here: Office, *lines: Mapping[str, Any], **values: Any) -> tuple[str, str]:
    """An invoice of Xero with tax in its prices, that has arrived in HubSpot: its ids there and here."""
    made = await here.typed_in_xero(*lines, **{"LineAmountTypes": "Inclusive", **values})
    await here.it.quiet()
    (invoice,) = [crm for crm, ledger in (await here.it.linked("invoices")).items() if ledger == made]
    return made, invoice


async def prices(here: Office, invoice: str) -> tuple[list[Decimal | None], list[Decimal | None]]:
    """The prices in Xero, and in HubSpot."""
    return (
        [price for _, _, price in says(await here.there(invoice))],
        [price for _, _, price in says(await here.here(invoice), "lines")],
    )


async def proved(here: Office) -> MoneyProof:
    proof, _ = await here.it.proof()
    assert proof.money is not None
    return proof.money


def causes(money: MoneyProof) -> set[str]:
    return {each.cause.value for bridge in money.book.bridges() for each in bridge.parts}


async def edits(here: Office, invoice: str, place: int, **values: str) -> None:
    """Somebody edits a line in HubSpot."""
    lines = (await here.here(invoice))["lines"]
    here.it.portal.person_edits("line_items", lines.all[place].crm_id, values)


def to_xero(here: Office) -> list[str]:
    """The writes of invoices into Xero."""
    return [
        call.what
        for call in here.it.sent
        if call.method != "GET" and call.url.partition("?")[0].endswith("/Invoices")
    ]


def sums(here: Office, invoice: str) -> tuple[Decimal, Decimal]:
    """Tax and total, as HubSpot itself adds up."""
    told = here.it.hubspot("invoices", invoice)
    return Decimal(told["hs_taxes_total"] or 0), Decimal(told["hs_amount_billed"] or 0)


async def test_a_price_with_tax_in_xero_is_the_price_without_in_hubspot_and_both_come_to_the_same() -> None:
    here = await office(documents=TAXES)
    _, invoice = await typed(here, line("115"), line("9.99", "3"), Status="AUTHORISED")
    assert await prices(here, invoice) == (
        [Decimal(115), Decimal("9.99")],
        [Decimal(100), Decimal("8.686957")],
    )
    there = await here.there(invoice)
    assert sums(here, invoice) == (there["TotalTax"], there["Total"]) == (Decimal("18.91"), Decimal("144.97"))
    money = await proved(here)
    assert (money.green, causes(money)) == (True, set())
    assert await here.it.quiet() == 0, "and a second run writes nothing"


async def test_an_edit_in_hubspot_reaches_xero_with_tax_and_no_other_price_moves() -> None:
    here = await office(documents=TAXES)
    _, invoice = await typed(here, line("9.99", "3"), line("115"), line("0.0001", "7"))
    await edits(here, invoice, 1, price="99.95")
    await here.it.quiet()
    assert await prices(here, invoice) == (
        [Decimal("9.99"), Decimal("114.9425"), Decimal("0.0001")],
        [Decimal("8.686957"), Decimal("99.95"), Decimal("0.000087")],
    )
    assert len(to_xero(here)) == 1
    before = here.it.written("price")
    assert await here.it.quiet() == 0
    assert here.it.written("price") == before
    assert (await here.there(invoice))["LineAmountTypes"] == "Inclusive"
    assert (await proved(here)).green


async def test_a_price_that_somebody_typed_in_hubspot_stays_to_the_last_digit() -> None:
    here = await office(documents=TAXES)
    rate = here.it.books.tax_rates["OUTPUT2"]
    odd = {"EffectiveRate": Decimal("14.975"), "DisplayTaxRate": Decimal("14.975")}
    here.it.books.tax_rates["OUTPUT2"] = {**rate, **odd}
    here.it.portal.commerce.tax_rates[GST] = _with_rate(here, "14.975")
    await here.it.look_again()
    _, invoice = await typed(here, line("114.975"))
    await edits(here, invoice, 0, price="10.01")
    await here.it.quiet()
    assert await prices(here, invoice) == ([Decimal("11.509")], [Decimal("10.01")])
    assert await here.it.quiet() == 0
    await edits(here, invoice, 0, price="20")
    await here.it.quiet()
    assert await prices(here, invoice) == ([Decimal("22.995")], [Decimal(20)])
    assert await here.it.questions() == []


def _with_rate(here: Office, rate: str) -> Any:
    return replace(here.it.portal.commerce.tax_rates[GST], rate=Decimal(rate))


async def test_an_edit_in_xero_and_one_in_hubspot_meet() -> None:
    here = await office(documents=TAXES)
    made, invoice = await typed(here, line("115"), line("23", Description="Hook"))
    there = (await here.there(invoice))["Lines"].all
    await edits(here, invoice, 0, price="200")
    here.it.books.person_edits(
        "Invoices",
        made,
        {
            "LineAmountTypes": "Inclusive",
            "LineItems": [
                line("115", LineItemID=there[0].ledger_id),
                line("34.50", LineItemID=there[1].ledger_id, Description="Hook"),
            ],
        },
    )
    await here.it.quiet()
    assert await prices(here, invoice) == ([Decimal(230), Decimal("34.5")], [Decimal(200), Decimal(30)])
    assert await here.it.questions() == []


async def test_the_same_number_with_tax_and_without_is_not_the_same_price() -> None:
    here = await office(documents=TAXES)
    _, invoice = await typed(here, line("115"))
    await edits(here, invoice, 0, price="115")
    await here.it.quiet()
    assert await prices(here, invoice) == ([Decimal("132.25")], [Decimal(115)])


async def test_a_line_that_is_new_in_hubspot_has_its_tax_in_its_price_in_xero() -> None:
    here = await office(documents=TAXES)
    _, invoice = await typed(here, line("115"))
    here.it.portal.person_adds_line(
        "invoices", invoice, {"name": "Hook", "quantity": "2", "price": "10", "hs_tax_rate_group_id": GST}
    )
    await here.it.quiet()
    assert await prices(here, invoice) == ([Decimal(115), Decimal("11.5")], [Decimal(100), Decimal(10)])
    assert (await proved(here)).green


async def test_a_line_without_tax_waits_where_prices_include_it() -> None:
    here = await office(documents=TAXES)
    _, invoice = await typed(here, line("115"))
    here.it.portal.person_adds_line("invoices", invoice, {"name": "Hook", "quantity": "2", "price": "10"})
    await here.it.quiet()
    assert (await here.it.state("invoices", Ref(Side.CRM, Kind.INVOICE, invoice)))[0] == "not_ready"
    problem = await here.it.problem("invoices", Ref(Side.CRM, Kind.INVOICE, invoice))
    assert problem.what == (
        "Prices of this document include tax in Xero, and line 2 ('Hook') has no tax: its price cannot be known there."
    )
    assert "Choose a tax on the line in HubSpot" in problem.fix
    assert to_xero(here) == []


async def test_a_tax_that_changes_takes_the_price_along() -> None:
    here = await office(documents=TAXES)
    _, invoice = await typed(here, line("115"))
    await edits(here, invoice, 0, hs_tax_rate_group_id=ZERO)
    await here.it.quiet()
    assert await prices(here, invoice) == ([Decimal(100)], [Decimal(100)])
    assert (await here.there(invoice))["Total"] == sums(here, invoice)[1] == Decimal(100)


@pytest.mark.parametrize(
    ("lines", "values"),
    [
        ([line("115", TaxType="ZERORATED"), line("57.50")], {}),
        ([line("99.95", "3", DiscountRate="12.5"), line("19.99", "2.375")], {}),
        ([line("49.95", "2", DiscountAmount="10")], {}),
        ([line("1150"), line("333", "3")], {"CurrencyCode": "JPY"}),
        ([line("100", TaxType="NONE"), {"Description": "Only a text"}], {}),
        ([line("100")], {"LineAmountTypes": "NoTax"}),
    ],
    ids=["zero-rated", "discounts and decimals", "an amount off", "yen", "no tax", "a document without tax"],
)
async def test_whatever_the_lines_the_money_is_the_same_or_its_cents_are_rounding(
    lines: list[dict[str, Any]], values: dict[str, Any]
) -> None:
    here = await office(documents=TAXES)
    _, invoice = await typed(here, *lines, **{"Status": "AUTHORISED", **values})
    money = await proved(here)
    assert money.green
    assert causes(money) <= {"rounding"}
    assert await here.it.quiet() == 0
    there = await here.there(invoice)
    assert abs(sums(here, invoice)[1] - there["Total"]) <= Decimal("0.01")
    assert to_xero(here) == [], "nothing of it was written back"


async def test_what_is_paid_in_xero_is_paid_in_hubspot() -> None:
    here = await office(syncs=SYNCS, documents={**TAXES, "payment_account": "090"})
    made, invoice = await typed(here, line("115"), Status="AUTHORISED")
    Bookkeeper(here.it.books).pays(made, Decimal(115))
    await here.it.quiet()
    assert (await here.here(invoice))["hs_invoice_status"] == "paid"
    money = await proved(here)
    assert (money.green, causes(money)) == (True, set())


async def test_a_rate_that_nobody_has_told_yet_is_not_guessed() -> None:
    here = await office(documents=TAXES)
    rate = here.it.books.tax_rates["OUTPUT2"]
    here.it.books.tax_rates["LUXURY"] = {
        **rate,
        "Name": "Luxury",
        "TaxType": "LUXURY",
        "EffectiveRate": Decimal(33),
        "DisplayTaxRate": Decimal(33),
    }
    made = await here.typed_in_xero(line("133", TaxType="LUXURY"), LineAmountTypes="Inclusive")
    await here.it.quiet()
    assert made not in (await here.it.linked("invoices")).values()
    problem = await here.it.problem("invoices", Ref(Side.LEDGER, Kind.INVOICE, made))
    assert problem.what == (
        "The tax LUXURY of line 1 ('Work') is in its price in Xero, which tells no rate for it; what it costs without tax cannot be known."
    )
    await here.it.look_again()
    await here.it.quiet()
    (invoice,) = [crm for crm, ledger in (await here.it.linked("invoices")).items() if ledger == made]
    assert (await prices(here, invoice))[1] == [Decimal(100)]


async def test_a_rate_that_changed_since_the_invoice_was_written_moves_no_price() -> None:
    here = await office(documents=TAXES)
    made, invoice = await typed(here, line("115"), Status="AUTHORISED")
    before = here.it.written("price")
    rate = here.it.books.tax_rates["OUTPUT2"]
    here.it.books.tax_rates["OUTPUT2"] = {**rate, "EffectiveRate": Decimal(17), "DisplayTaxRate": Decimal(17)}
    here.it.portal.commerce.tax_rates[GST] = _with_rate(here, "17")
    await here.it.look_again()
    here.it.books.person_edits("Invoices", made, {"Reference": "PO 7"})
    await here.it.quiet()
    assert here.it.written("price") == before
    assert (await prices(here, invoice))[1] == [Decimal(100)]
    problem = await here.it.problem("invoices", Ref(Side.LEDGER, Kind.INVOICE, made))
    assert "says that 15.00 of line 1 ('Work') are tax, where its rate of 17 % comes to 16.71" in problem.what


@pytest.mark.parametrize("fault", [Fault.REQUEST_LOST, Fault.REPLY_LOST])
async def test_an_edit_whose_answer_is_lost_arrives_once(fault: Fault) -> None:
    faults = Faults(placed=[Placed(fault, operation="POST /Invoices")])
    here = await office(documents=TAXES, faults=faults)
    _, invoice = await typed(here, line("115"), line("9.99"))
    await edits(here, invoice, 0, price="200")
    await here.it.quiet()
    assert faults.happened
    assert await prices(here, invoice) == (
        [Decimal(230), Decimal("9.99")],
        [Decimal(200), Decimal("8.686957")],
    )
    assert await here.it.quiet() == 0
    assert await here.it.questions() == []


async def test_an_edit_that_is_taken_back_leaves_the_price_that_was_there() -> None:
    here = await office(documents=TAXES)
    made, invoice = await typed(here, line("9.99", "3"))
    await edits(here, invoice, 0, price="200")
    await here.it.quiet()
    assert (await prices(here, invoice))[0] == [Decimal(230)]
    plan = await plan_undo(here.it.joined, record=Ref(Side.LEDGER, Kind.INVOICE, made))
    assert plan.refusals == []
    await undo(here.it.joined, "a person", plan, "Ben")
    assert (await prices(here, invoice))[0] == [Decimal("9.99")]


async def test_the_invoice_of_a_deal_may_have_tax_in_its_prices_too() -> None:
    here = await office(documents=TAXES)
    made = deal(
        here,
        {"name": "Mirror", "quantity": "2", "price": "100", "hs_tax_rate_group_id": GST},
        stage="closedwon",
    )
    await here.it.quiet()
    invoice = (await here.it.linked("deals"))[made]
    (before,) = await here.it.seen(Side.LEDGER, Kind.INVOICE, invoice)
    (its,) = before["Lines"].all  # type: ignore[union-attr]
    here.it.books.person_edits(
        "Invoices",
        invoice,
        {
            "LineAmountTypes": "Inclusive",
            "LineItems": [line("115", "2", Description="Mirror", LineItemID=its.ledger_id)],
        },
    )
    written = len(to_xero(here))
    await here.it.quiet()
    assert len(to_xero(here)) == written, "it is the same price"
    (told,) = await here.it.seen(Side.CRM, Kind.DEAL, made)
    (item,) = told["lines"].all  # type: ignore[union-attr]
    here.it.portal.person_edits("line_items", item.crm_id, {"price": "200"})
    await here.it.quiet()
    (after,) = await here.it.seen(Side.LEDGER, Kind.INVOICE, invoice)
    assert says(after) == [("Mirror", Decimal(2), Decimal(230))]
    assert after["Total"] == Decimal(460)
    assert await here.it.quiet() == 0
