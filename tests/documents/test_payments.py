"""Payments that are recorded in HubSpot and reach the books, end to end."""

from decimal import Decimal

import pytest
from tests.documents.test_invoices import MIRROR, office

from crossfoot_sandbox.faults import Faults, Placed
from crossfoot_sandbox.faults import Kind as Fault

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
