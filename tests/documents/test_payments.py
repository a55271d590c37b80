"""Payments that are recorded in HubSpot and reach the books, or the other way round, end to end."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.documents.test_invoices import MIRROR, Office, office

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot_sandbox.faults import Faults, Placed
from crossfoot_sandbox.faults import Kind as Fault
from crossfoot_sandbox.xero.pages.bookkeepers import Bookkeeper

SYNCS = ("people", "companies", "company_people", "products", "invoices", "payments")
LOST = [Fault.REPLY_LOST, Fault.REQUEST_LOST, Fault.ERROR_AFTER, Fault.GARBLED]


@pytest.mark.parametrize("fault", [None, *LOST])
async def test_money_recorded_in_hubspot_is_recorded_in_xero_once_whatever_is_lost(
    fault: Fault | None,
) -> None:
    placed = [Placed(fault, "xero", "PUT /Payments")] if fault else []
    here = await office(syncs=SYNCS, documents={"payment_account": "090"}, faults=Faults(placed=placed))
    invoice = await here.draft(MIRROR)
    here.it.portal.person_finalises(invoice)
    await here.it.quiet()
    paid = here.it.portal.person_records_payment(invoice, Decimal(3))
    await here.it.quiet()
    assert [each.fault for each in here.it.world.sandbox.journal.entries if each.fault] == [
        each.fault for each in placed
    ]
    there = await here.id_there(invoice)
    [payment] = here.it.books.book("Payments").values()
    assert (await here.it.linked("payments"))[paid] == payment.id
    assert payment.values["Amount"] == Decimal(3)
    assert payment.values["Document"]["ID"] == there
    account = here.it.books.accounts[payment.values["Account"]["AccountID"]]
    assert account["Code"] == "090"
    assert (await here.there(invoice))["AmountPaid"] == Decimal(3)
    assert await here.it.quiet() == 0


async def shop_with_payments(**how: Any) -> Office:
    return await office(syncs=SYNCS, documents={"payment_account": "090"}, **how)


async def collecting(**how: Any) -> Office:
    """A portal that can hold payment records, for it collects payments itself."""
    here = await shop_with_payments(**how)
    here.it.portal.admin_sets_up({"processor": "hs_payments"})
    await here.it.look_again()
    return here


async def open_invoice(here: Office) -> str:
    invoice = await here.draft(MIRROR)
    here.it.portal.person_finalises(invoice)
    await here.it.quiet()
    return invoice


async def payments(here: Office) -> list[dict[str, Any]]:
    return [dict(each) for each in (await here.it.all(Side.CRM, Kind.PAYMENT)).values()]


async def test_what_is_paid_shows_in_hubspot_though_it_takes_the_new_due_date_no_more() -> None:
    here = await shop_with_payments()
    invoice = await open_invoice(here)
    # Ben moves the due date while Ada records the payment; from then on HubSpot's own date is fixed.
    here.it.books.person_edits("Invoices", await here.id_there(invoice), {"DueDate": "2027-02-02"})
    here.it.portal.person_records_payment(invoice, None)
    await here.it.quiet()
    seen, there = await here.here(invoice), await here.there(invoice)
    assert (there["AmountPaid"], there["AmountDue"]) == (Decimal("20.25"), Decimal("3.04"))
    assert (seen["crossfoot_paid"], seen["crossfoot_due"]) == (there["AmountPaid"], there["AmountDue"])
    assert (seen["hs_invoice_status"], seen["crossfoot_standing"]) == ("paid", "part_paid")
    ref = Ref(Side.CRM, Kind.INVOICE, invoice)
    assert (await here.it.state("invoices", ref))[0] == "failed"
    assert "hs_due_date" in (await here.it.problem("invoices", ref)).what
    before = len(here.it.written(invoice))
    await here.it.run()
    assert len(here.it.written(invoice)) == before, "it is not tried again in every run"


async def test_a_payment_in_xero_is_a_payment_record_in_hubspot() -> None:
    here = await collecting()
    invoice = await open_invoice(here)
    Bookkeeper(here.it.books).pays(await here.id_there(invoice), Decimal(10), on=date(2026, 11, 2))
    await here.it.quiet()
    [paid] = await payments(here)
    assert (paid["hs_initial_amount"], paid["hs_latest_status"], paid["invoice"]) == (
        Decimal(10),
        "succeeded",
        invoice,
    )
    assert paid["hs_processor_type"] == "xero"
    told = await here.here(invoice)
    assert (told["crossfoot_standing"], told["crossfoot_paid"]) == ("part_paid", Decimal(10))
    assert await here.it.quiet() == 0


async def test_a_payment_is_in_the_currency_of_its_invoice() -> None:
    here = await collecting()
    made = await here.typed_in_xero(Status="AUTHORISED", CurrencyCode="EUR")
    Bookkeeper(here.it.books).pays(made, Decimal(10))
    await here.it.quiet()
    [paid] = await payments(here)
    assert paid["hs_currency_code"] == "EUR"


@pytest.mark.parametrize("fault", LOST)
async def test_a_payment_from_xero_is_recorded_in_hubspot_once_whatever_is_lost(fault: Fault) -> None:
    placed = [Placed(fault, "hubspot", "POST /crm/objects/commerce_payments/batch/upsert")]
    here = await collecting()
    invoice = await open_invoice(here)
    here.it.world.sandbox.faults.placed.extend(placed)
    Bookkeeper(here.it.books).pays(await here.id_there(invoice), Decimal(10))
    await here.it.quiet()
    assert [each.fault for each in here.it.world.sandbox.journal.entries if each.fault] == [fault]
    assert [each["hs_initial_amount"] for each in await payments(here)] == [Decimal(10)]


async def test_a_payment_that_is_deleted_in_xero_is_gone_in_hubspot_and_the_invoice_open_again() -> None:
    here = await collecting()
    invoice = await open_invoice(here)
    ben = Bookkeeper(here.it.books)
    paid = ben.pays(await here.id_there(invoice))
    await here.it.quiet()
    assert (await here.here(invoice))["hs_invoice_status"] == "paid"
    ben.removes_payment(paid)
    await here.it.quiet()
    assert await payments(here) == []
    told = await here.here(invoice)
    assert (told["hs_invoice_status"], told["crossfoot_standing"], told["crossfoot_paid"]) == (
        "open",
        "awaiting_payment",
        Decimal(0),
    )


async def test_a_payment_that_is_deleted_in_hubspot_stays_in_the_books() -> None:
    here = await collecting()
    invoice = await open_invoice(here)
    paid = here.it.portal.person_records_payment(invoice, Decimal(3))
    await here.it.quiet()
    here.it.portal.person_archives("commerce_payments", paid)
    await here.it.quiet()
    [payment] = here.it.books.book("Payments").values()
    assert payment.status == "AUTHORISED"
    assert (await here.here(invoice))["crossfoot_paid"] == Decimal(3)


async def test_a_payment_above_what_is_due_is_refused_with_the_reason_and_the_others_go_on() -> None:
    here = await collecting()
    invoice, other = await open_invoice(here), await open_invoice(here)
    Bookkeeper(here.it.books).pays(await here.id_there(invoice), Decimal(20))
    twice = here.it.portal.person_records_payment(invoice, Decimal(20))
    fine = here.it.portal.person_records_payment(other, Decimal(20))
    await here.it.quiet()
    assert fine in await here.it.linked("payments")
    assert here.it.written(f":payment:{twice}") == []
    ref = Ref(Side.CRM, Kind.PAYMENT, twice)
    assert (await here.it.state("payments", ref))[0] == "not_ready"
    problem = await here.it.problem("payments", ref)
    number = (await here.there(invoice))["InvoiceNumber"]
    assert problem.what == (
        f"The payment of 20.00 is more than the 3.29 that is still due of the invoice {number} in Xero."
    )
    assert problem.fix.startswith("See whether the same money is recorded in Xero already")
    assert (await here.there(invoice))["AmountPaid"] == Decimal(20)


async def test_a_payment_of_an_invoice_that_the_books_have_not_approved_waits_and_follows_by_itself() -> None:
    here = await office(syncs=SYNCS, documents={"payment_account": "090", "approve": "DRAFT"})
    here.it.portal.admin_sets_up({"processor": "hs_payments"})
    await here.it.look_again()
    invoice = await open_invoice(here)
    paid = here.it.portal.person_records_payment(invoice, Decimal(3))
    await here.it.quiet()
    ref = Ref(Side.CRM, Kind.PAYMENT, paid)
    problem = await here.it.problem("payments", ref)
    number = (await here.there(invoice))["InvoiceNumber"]
    assert problem.what == f"The invoice {number} in Xero is not open for payments: it is a draft, or void."
    assert here.it.written(f":payment:{paid}") == []

    Bookkeeper(here.it.books).approves("Invoices", await here.id_there(invoice))
    await here.it.look_again()
    await here.it.quiet()
    assert paid in await here.it.linked("payments")
    assert (await here.there(invoice))["AmountPaid"] == Decimal(3)


async def test_two_payments_at_once_are_not_more_than_what_is_due() -> None:
    here = await collecting()
    invoice = await open_invoice(here)
    portal = here.it.portal
    first = portal.person_records_payment(invoice, Decimal(20))
    second = portal.person_creates(
        "commerce_payments",
        {
            "hs_initial_amount": "20",
            "hs_initiated_date": "2026-11-02T09:00:00Z",
            "hs_latest_status": "succeeded",
            "hs_currency_code": "NZD",
        },
    )
    portal.person_links("commerce_payments", second, "invoices", invoice)
    await here.it.quiet()
    [late] = {first, second} - (await here.it.linked("payments")).keys()
    assert (await here.there(invoice))["AmountPaid"] == Decimal(20)
    assert here.it.written(f":payment:{late}") == [], "not even in one call with the other"
    assert (await here.it.state("payments", Ref(Side.CRM, Kind.PAYMENT, late)))[0] == "not_ready"


async def test_a_payment_in_another_currency_than_the_invoice_is_no_payment_of_it() -> None:
    here = await collecting()
    invoice = await open_invoice(here)
    paid = here.it.portal.person_records_payment(invoice, Decimal(3), {"hs_currency_code": "USD"})
    await here.it.quiet()
    problem = await here.it.problem("payments", Ref(Side.CRM, Kind.PAYMENT, paid))
    assert problem.what.startswith("The payment is in USD, and the invoice")
    assert not list(here.it.books.book("Payments").values())


async def test_a_payment_that_is_changed_in_hubspot_does_not_change_the_books() -> None:
    here = await collecting()
    invoice = await open_invoice(here)
    paid = here.it.portal.person_records_payment(invoice, Decimal(3))
    await here.it.quiet()
    here.it.portal.person_edits("commerce_payments", paid, {"hs_initial_amount": "4"})
    await here.it.quiet()
    assert [each.field for each in await here.it.questions()] == ["amount"]
    assert (await here.there(invoice))["AmountPaid"] == Decimal(3)


@pytest.mark.parametrize("account", ["9999", "200"])
async def test_an_account_that_takes_no_payments_is_named_before_xero_is_called(account: str) -> None:
    here = await office(syncs=SYNCS, documents={"payment_account": account})
    invoice = await open_invoice(here)
    paid = here.it.portal.person_records_payment(invoice, Decimal(3))
    await here.it.quiet()
    problem = await here.it.problem("payments", Ref(Side.CRM, Kind.PAYMENT, paid))
    assert f"account {account}" in problem.what
    assert "payment_account" in problem.fix
    assert here.it.written(f":payment:{paid}") == []


async def test_a_portal_without_a_processor_shows_what_is_paid_and_gets_no_payment_records() -> None:
    here = await shop_with_payments()
    assert here.it.joined.descriptions[Side.CRM].makes == {Kind.PAYMENT: False}
    invoice = await open_invoice(here)
    paid = Bookkeeper(here.it.books).pays(await here.id_there(invoice), Decimal(10))
    await here.it.quiet()
    told = await here.here(invoice)
    assert (told["crossfoot_paid"], told["crossfoot_due"]) == (Decimal(10), Decimal("13.29"))
    assert await payments(here) == []
    assert here.it.written(f":payment:{paid}") == []
    state, reason = await here.it.state("payments", Ref(Side.LEDGER, Kind.PAYMENT, paid))
    assert (state, reason) == ("excluded", "HubSpot lets nobody make such records in this account")
