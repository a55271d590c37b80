"""What HubSpot itself says of an invoice against what Xero says, both read afresh: every cent has its cause, or the proof is red."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from tests.documents.test_invoices import Office, office
from tests.documents.test_payments import SYNCS
from tests.systems.doors import VirtualClock

from crossfoot.model.identity import Kind, Side
from crossfoot.model.lines import Lines
from crossfoot.proof.causes import DifferenceCause
from crossfoot.proof.money import Measure, MoneyDifference
from crossfoot.proof.money_count import WAIT
from crossfoot.proof.money_report import MoneyProof
from crossfoot_sandbox.xero.pages.bookkeepers import Bookkeeper

GST = {"documents": {"taxes": {"2148420997": "OUTPUT2", "2148420998": "ZERORATED"}}}


def line(price: str, quantity: str = "1", **more: Any) -> dict[str, Any]:
    return {"Description": "Work", "Quantity": quantity, "UnitAmount": price, "AccountCode": "200", **more}


async def proved(here: Office) -> MoneyProof:
    proof, _ = await here.it.proof()
    assert proof.money is not None
    assert proof.green == proof.money.green
    return proof.money


def parts(money: MoneyProof) -> dict[str, dict[str, Decimal]]:
    """What each cause adds to HubSpot over Xero, by measure."""
    assert not any(bridge.leftover for bridge in money.book.bridges())
    found: dict[str, dict[str, Decimal]] = {}
    for bridge in money.book.bridges():
        for each in bridge.parts:
            found.setdefault(each.cause.value, {})[bridge.measure.value] = each.amount
    return found


def words(money: MoneyProof) -> str:
    """Why, of the largest differences."""
    return " ".join(each.why for cause in DifferenceCause for each in money.book.examples(cause))


def of(**amounts: str) -> dict[str, Decimal]:
    return {name: Decimal(amount) for name, amount in amounts.items()}


async def typed(here: Office, *lines: Mapping[str, Any], **values: Any) -> tuple[str, str]:
    """An invoice of Xero that has arrived in HubSpot: its ids there and here."""
    made = await here.typed_in_xero(*lines, **{"Status": "AUTHORISED", **values})
    await here.it.quiet()
    (invoice,) = [crm for crm, ledger in (await here.it.linked("invoices")).items() if ledger == made]
    return made, invoice


async def test_where_the_tax_has_its_rate_hubspots_own_sums_are_xeros_to_the_cent() -> None:
    here = await office(**GST)
    await typed(here, line("33.33", "3"), line("0.1"), line("99.95", "3", DiscountRate="12.5"))
    money = await proved(here)
    assert parts(money) == {}
    assert money.verdict == "GREEN. 1 of 1 documents agree to the cent. Unexplained: 0."
    (row,) = money.book.rows()
    assert {side: sums.amounts[Measure.TOTAL] for side, sums in row.sides.items()} == dict.fromkeys(
        row.sides, Decimal("416.84")
    )


async def test_a_tax_that_does_not_travel_is_named_with_its_amount() -> None:
    here = await office()
    await typed(here, line("100"), line("50", TaxType="ZERORATED"))
    money = await proved(here)
    assert parts(money) == {"not_carried": of(tax="-15.00", total="-15.00", due="-15.00")}
    assert "HubSpot takes no tax where Xero takes 15 %: HubSpot comes to 15.00 NZD less, on line 1." in words(
        money
    )
    assert money.green


async def test_prices_that_include_tax_come_to_the_same_without() -> None:
    here = await office(**GST)
    await typed(here, line("115"), line("33.33", "3"), LineAmountTypes="Inclusive")
    money = await proved(here)
    assert parts(money) == {}
    assert money.verdict == "GREEN. 1 of 1 documents agree to the cent. Unexplained: 0."


async def priced_in_hubspot(here: Office, invoice: str, price: str) -> None:
    (told,) = await here.it.seen(Side.CRM, Kind.INVOICE, invoice)
    lines = told["lines"]
    assert isinstance(lines, Lines)
    here.it.portal.person_edits("line_items", lines.all[0].crm_id, {"price": price})


async def test_a_price_with_tax_that_somebody_types_into_hubspot_is_named_as_that() -> None:
    here = await office(**GST)
    _, invoice = await typed(here, line("115"), LineAmountTypes="Inclusive", Status="DRAFT")
    await priced_in_hubspot(here, invoice, "115")
    money = await proved(here)
    assert parts(money) == {"pending": of(net="15.00", tax="2.25", total="17.25", due="17.25")}
    assert "changed there since both sides agreed" in words(money)


async def test_a_price_that_xero_cannot_keep_to_the_last_digit_is_rounding() -> None:
    here = await office(**GST)
    _, invoice = await typed(here, line("115", "1000"), LineAmountTypes="Inclusive", Status="DRAFT")
    await priced_in_hubspot(here, invoice, "10.0105")
    await here.it.quiet()
    money = await proved(here)
    assert parts(money) == {"rounding": of(net="-0.02", total="-0.02", due="-0.02")}
    assert "Xero keeps 4 digits of a price with tax, HubSpot the price without" in words(money)


async def test_what_is_only_rounding_is_told_by_its_rule() -> None:
    here = await office(**GST)
    await typed(here, line("1234.5"), CurrencyCode="JPY")
    money = await proved(here)
    assert parts(money) == {"rounding": of(net="0.50", tax="-0.18", total="0.32", due="0.32")}
    assert "HubSpot rounds to the digits of the currency; Xero to 2 digits" in words(money)


async def test_if_xero_rounds_half_a_cent_to_the_even_one_its_own_sums_betray_it() -> None:
    here = await office(**GST)
    xero = here.it.world.sandbox.xero
    xero.switches = replace(xero.switches, half_cent="even")
    await typed(here, line("0.30"), line("0.50"))
    money = await proved(here)
    assert parts(money) == {"rounding": of(tax="0.01", total="0.01", due="0.01")}
    assert "which is right if half a cent is rounded the other way" in words(money)


async def test_a_tax_that_bookkeepers_set_by_hand_hubspot_cannot_hold() -> None:
    here = await office(**GST)
    await typed(here, line("100", TaxAmount="14.99"))
    money = await proved(here)
    assert parts(money) == {"cannot_hold": of(tax="0.01", total="0.01", due="0.01")}
    assert "The tax was set by hand in Xero" in words(money)


async def test_sums_that_come_late_are_looked_at_again() -> None:
    here = await office(switches={"totals_after": 125.0}, **GST)
    await typed_and_at_once(here)
    await here.it.run()  # a minute later, when everything but the sums is known
    money = await proved(here)
    assert (money.verdict, parts(money)) == (
        "GREEN. 1 of 1 documents agree to the cent. Unexplained: 0.",
        {},
    )


async def typed_and_at_once(here: Office) -> str:
    """An invoice of Xero, and no time passes after HubSpot has its lines."""
    made = await here.typed_in_xero(line("100"), Status="AUTHORISED")
    await here.it.run()
    (invoice,) = [crm for crm, ledger in (await here.it.linked("invoices")).items() if ledger == made]
    return invoice


async def test_sums_that_hubspot_has_not_made_yet_are_pending_and_never_for_long() -> None:
    here = await office(switches={"totals_after": 10**6}, **GST)
    await typed_and_at_once(here)
    money = await proved(here)
    assert parts(money) == {"pending": of(net="-100.00", tax="-15.00", total="-115.00", due="-115.00")}
    assert "it has not added up yet" in words(money)
    here.it.clock.clock.advance(600)
    later = await proved(here)
    assert not later.green
    assert later.exit_code == 1
    assert parts(later) == {"unexplained": parts(money)["pending"]}


async def test_old_sums_of_lines_that_were_just_edited_are_looked_at_again() -> None:
    here = await office(switches={"totals_after": 63.0}, **GST)
    invoice = await here.draft({"name": "Work", "quantity": "1", "price": "100"})
    (item,) = (await here.here(invoice))["lines"]
    here.it.clock.clock.advance(600)
    here.it.portal.person_edits("line_items", item.crm_id, {"price": "200"})
    await here.it.run()
    money = await proved(here)
    assert money.green, words(money)


async def test_one_cent_that_hubspot_says_against_its_own_lines_makes_the_proof_red() -> None:
    here = await office(**GST)
    _, invoice = await typed(here, line("100"))
    here.it.portal.books["invoices"][invoice].values["hs_amount_billed"] = "115.01"
    here.it.portal.books["invoices"][invoice].values["hs_balance_due"] = "115.01"
    money = await proved(here)
    assert not money.green
    assert parts(money) == {"unexplained": of(net="0.01", total="0.01", due="0.01")}
    assert words(money).startswith("HubSpot says 115.01 where the lines come to 115.00")


async def test_a_discount_of_the_whole_that_never_reached_the_books_makes_the_proof_red() -> None:
    here = await office(**GST)
    invoice = await here.draft({"name": "Work", "quantity": "1", "price": "100"})
    discount = here.it.portal.person_creates(
        "discounts", {"hs_type": "PERCENT", "hs_value": "10", "hs_label": "Spring"}
    )
    here.it.portal.person_links("invoices", invoice, "discounts", discount)
    await here.it.quiet()
    money = await proved(here)
    assert not money.green
    assert parts(money)["unexplained"]["net"] == Decimal("-10.00")
    assert "HubSpot has other discounts, fees or taxes of the whole than Xero" in words(money)


async def test_what_is_paid_in_xero_where_hubspot_holds_no_payments() -> None:
    here = await office(**GST)
    made, _ = await typed(here, line("100"))
    Bookkeeper(here.it.books).pays(made, Decimal("15.50"))
    await here.it.quiet()
    money = await proved(here)
    assert parts(money) == {"cannot_hold": of(paid="-15.50", due="15.50")}
    assert "this account of HubSpot holds no payments" in words(money)
    assert money.book.copies == {True: 1}


async def test_what_is_paid_in_xero_where_no_sync_carries_payments() -> None:
    here = await office(**GST)
    here.it.portal.admin_sets_up({"processor": "hs_payments"})
    await here.it.look_again()
    made, invoice = await typed(here, line("100"))
    Bookkeeper(here.it.books).pays(made, Decimal("15.50"))
    here.it.portal.person_records_payment(invoice, Decimal(5))
    await here.it.quiet()
    money = await proved(here)
    assert parts(money) == {"not_carried": of(paid="-10.50", due="10.50")}


async def with_payments(**how: Any) -> Office:
    here = await office(syncs=SYNCS, documents={**GST["documents"], "payment_account": "090"}, **how)
    here.it.portal.admin_sets_up({"processor": "hs_payments"})
    await here.it.look_again()
    return here


async def test_payments_that_both_systems_hold_agree() -> None:
    here = await with_payments()
    made, invoice = await typed(here, line("100"), line("10"))
    Bookkeeper(here.it.books).pays(made, Decimal("15.50"))
    here.it.portal.person_records_payment(invoice, Decimal(5))
    await here.it.quiet()
    money = await proved(here)
    assert parts(money) == {}
    (row,) = money.book.rows()
    assert {sums.amounts[Measure.PAID] for sums in row.sides.values()} == {Decimal("20.50")}


async def test_a_payment_that_could_not_be_carried_has_the_reason_for_that() -> None:
    here = await with_payments()
    made, _ = await typed(here, line("100"))
    Bookkeeper(here.it.books).archives_account("090")
    await here.it.look_again()
    (invoice,) = [crm for crm, ledger in (await here.it.linked("invoices")).items() if ledger == made]
    here.it.portal.person_records_payment(invoice, Decimal(5))
    await here.it.quiet()
    money = await proved(here)
    assert parts(money) == {"not_ready": of(paid="5.00", due="-5.00")}
    assert "A payment of 5.00 NZD is only in HubSpot: " in words(money)
    assert money.green


@pytest.mark.parametrize(("credit", "expected"), [("40", "part"), (None, "whole")])
async def test_hubspot_knows_no_credit_notes(credit: str | None, expected: str) -> None:
    here = await office(**GST)
    made, _ = await typed(here, line("100"))
    Bookkeeper(here.it.books).credits(made, None if credit is None else Decimal(credit))
    await here.it.quiet()
    money = await proved(here)
    assert (
        parts(money)
        == {
            "part": {"cannot_hold": of(credited="-40.00", due="40.00")},
            "whole": {"cannot_hold": of(credited="-115.00", paid="115.00")},
        }[expected]
    )


async def test_a_paid_invoice_whose_totals_differ_by_rounding_is_paid_by_as_much() -> None:
    here = await office(**GST)
    made, _ = await typed(here, line("1234.5"), CurrencyCode="JPY")
    Bookkeeper(here.it.books).pays(made)
    await here.it.quiet()
    assert parts(await proved(here)) == {"rounding": of(net="0.50", tax="-0.18", total="0.32", paid="0.32")}


async def test_a_voided_invoice_is_nothing_on_both_sides() -> None:
    here = await office(**GST)
    made, _ = await typed(here, line("100"))
    Bookkeeper(here.it.books).voids("Invoices", made)
    await here.it.quiet()
    assert parts(await proved(here)) == {}


async def test_a_portal_that_calls_nothing_paid_but_what_it_collected() -> None:
    here = await office(documents={**GST["documents"], "paid_in_crm": False})
    made, _ = await typed(here, line("100"))
    Bookkeeper(here.it.books).pays(made)
    await here.it.quiet()
    money = await proved(here)
    assert parts(money) == {"cannot_hold": of(paid="-115.00", due="115.00")}
    assert [row.phase.value for row in money.book.rows()] == ["open", "paid"]
    found: list[MoneyDifference] = money.book.examples(DifferenceCause.CANNOT_HOLD)
    assert found


async def test_what_hubspot_refused_is_refused_and_not_on_its_way_for_ever() -> None:
    here = await office(**GST)
    here.it.portal.person_dissociates(here.ada, here.acme)
    await typed(here, line("100"))
    money = await proved(here)
    assert money.book.causes == {DifferenceCause.FAILED: 1}
    assert words(money).startswith("HubSpot finalises an invoice only when a person is on it")


async def test_what_somebody_changes_between_the_two_looks_is_no_defect() -> None:
    here = await office(switches={"totals_after": 10**6}, **GST)
    invoice = await here.draft({"name": "Work", "quantity": "1", "price": "100"})
    here.it.portal.books["invoices"][invoice].values["hs_amount_billed"] = "99.00"
    money = await proved(here)
    assert parts(money)["unexplained"]["net"] == Decimal("-1.00")

    class WhileWeWait(VirtualClock):
        async def sleep(self, seconds: float) -> None:
            await super().sleep(seconds)
            if seconds == WAIT:
                here.it.portal.person_edits("invoices", invoice, {"hs_comments": "Thank you!"})

    here.it.joined = replace(here.it.joined, clock=WhileWeWait(here.it.clock.clock))
    money = await proved(here)
    assert money.green
    assert parts(money).keys() == {"changed"}


async def test_an_edit_of_approved_lines_that_waits_for_an_answer_is_in_conflict_to_the_cent() -> None:
    here = await office(switches={"finalised_invoices_locked": False}, **GST)
    _, invoice = await typed(here, line("100"), line("0.30"))
    (item, _) = (await here.here(invoice))["lines"]
    here.it.portal.person_edits("line_items", item.crm_id, {"price": "99"})
    await here.it.quiet()
    money = await proved(here)
    assert parts(money) == {"held": of(net="-1.00", tax="-0.15", total="-1.15", due="-1.15")}
