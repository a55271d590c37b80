"""Who numbers an invoice that is drafted in HubSpot."""

import pytest
from tests.documents.test_invoices import MIRROR, office

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.problems import Cause
from crossfoot_sandbox.faults import Faults, Placed
from crossfoot_sandbox.faults import Kind as Fault


async def test_by_default_the_books_number_it() -> None:
    here = await office()
    invoice = await here.draft(MIRROR)
    assert (await here.here(invoice))["hs_number"] == "INV-1001"
    assert (await here.there(invoice))["InvoiceNumber"] == "INV-0001"


@pytest.mark.parametrize("fault", [None, Fault.REPLY_LOST, Fault.ERROR_AFTER])
async def test_hubspot_numbers_it_where_the_settings_say_so(fault: Fault | None) -> None:
    placed = [Placed(fault, operation="PUT /Invoices")] if fault else []
    here = await office(documents={"numbers": "crm"}, faults=Faults(placed=placed))
    invoice = await here.draft(MIRROR)
    assert (await here.there(invoice))["InvoiceNumber"] == "INV-1001"
    assert (await here.here(invoice))["crossfoot_number"] == "INV-1001"
    assert len(await here.it.all(Side.LEDGER, Kind.INVOICE)) == 1
    assert await here.it.quiet() == 0


async def test_a_number_that_the_books_have_already_is_a_question_and_not_a_second_invoice() -> None:
    here = await office(documents={"numbers": "crm"})
    await here.typed_in_xero(InvoiceNumber="INV-1001")
    invoice = await here.draft(MIRROR)
    other = await here.draft(MIRROR)
    assert other in await here.it.linked("invoices"), "the others go on"
    assert here.it.written(f"/0-53/{invoice}") == []
    assert (await here.it.state("invoices", Ref(Side.CRM, Kind.INVOICE, invoice)))[0] == "doubtful"


async def test_a_number_taken_by_a_linked_invoice_is_told_before_xero_is_called() -> None:
    here = await office(documents={"numbers": "crm"})
    made = await here.typed_in_xero(InvoiceNumber="INV-1002")
    await here.it.quiet()
    assert made in (await here.it.linked("invoices")).values()
    held = await here.draft(MIRROR)
    assert here.it.hubspot("invoices", held)["hs_number"] == "INV-1002"
    problem = await here.it.problem("invoices", Ref(Side.CRM, Kind.INVOICE, held))
    assert problem.cause is Cause.TAKEN
    assert problem.what.startswith(
        "Xero allows each 'Invoice number' once, and 'INV-1002' belongs to another invoice there"
    )
    assert problem.fix
    assert here.it.written(f"/0-53/{held}") == []
    other = await here.draft(MIRROR)
    assert other in await here.it.linked("invoices"), "the others go on"
