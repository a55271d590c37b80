"""How much is asked before something is written: no more than what the write could overwrite, and no less."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tests.documents.test_invoices import MIRROR, Office, office
from tests.documents.test_payments import shop_with_payments
from tests.documents.world import Shop

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.runtime.cycle import Cycle
from crossfoot.sync.fetch import NEW_FOR
from crossfoot_sandbox.xero.pages.bookkeepers import Bookkeeper


async def known(here: Office, status: str = "AUTHORISED") -> tuple[str, str]:
    """An invoice that both sides know and that has rested since; its ids in HubSpot and in Xero."""
    made = await here.typed_in_xero(Status=status)
    await here.it.quiet()
    here.it.clock.clock.advance(600)
    await here.it.quiet()
    (invoice,) = [crm for crm, ledger in (await here.it.linked("invoices")).items() if ledger == made]
    return invoice, made


async def calls_before(it: Shop, what: str, since: int) -> list[str]:
    """The names of the calls up to the first one of a name."""
    names = [request.what for request in it.sent[since:]]
    return names[: names.index(what)]


async def drafted(here: Office) -> str:
    """An invoice that somebody has just drafted in HubSpot, for a customer whom both sides know."""
    await here.it.quiet()
    invoice: str = here.it.portal.person_drafts_invoice(
        {"hs_currency": "NZD", "hs_due_date": "2026-12-20"}, here.ada, (MIRROR,), here.acme, ""
    )
    return invoice


def meanwhile(it: Shop, does: Callable[[], Any]) -> None:
    """Somebody does something in HubSpot when everything is planned, and the write is about to be looked at."""
    hubspot: Any = it.joined.systems[Side.CRM]
    ready = hubspot.ready

    async def at_work(calls: int) -> None:
        hubspot.ready = ready
        does()
        await ready(calls)

    hubspot.ready = at_work


async def test_what_only_xero_says_is_written_into_hubspot_without_asking_hubspot_first() -> None:
    here = await office()
    invoice, made = await known(here)
    Bookkeeper(here.it.books).pays(made, Decimal(10))
    mark = len(here.it.sent)
    await here.it.run()
    asked = await calls_before(here.it, "update invoices", mark)
    assert not [what for what in asked if what.startswith("read ")]
    assert (await here.here(invoice))["crossfoot_standing"] == "part_paid"


async def test_a_change_of_a_head_is_written_on_a_look_at_the_head_alone() -> None:
    here = await office()
    invoice, made = await known(here)
    here.it.books.person_edits("Invoices", made, {"DueDate": "2026-12-24"})
    mark = len(here.it.sent)
    await here.it.run()
    asked = await calls_before(here.it, "update invoices", mark)
    assert [what for what in asked if what.startswith("read ")] == ["read invoices"]
    assert str((await here.here(invoice))["hs_due_date"])[:10] == "2026-12-24"


async def test_an_edit_that_comes_between_plan_and_write_is_seen_by_that_look_and_kept() -> None:
    here = await office()
    invoice, made = await known(here)
    here.it.books.person_edits("Invoices", made, {"DueDate": "2026-12-24"})
    meanwhile(
        here.it, lambda: here.it.portal.person_edits("invoices", invoice, {"hs_due_date": "2026-12-31"})
    )
    await here.it.quiet()
    assert str((await here.here(invoice))["hs_due_date"])[:10] == "2026-12-31"
    assert [each.field for each in await here.it.questions()] == ["due_date"]


async def test_of_a_record_that_is_gone_when_it_is_written_to_it_is_found_out_what_became() -> None:
    here = await office()
    invoice, made = await known(here, "DRAFT")
    here.it.books.person_edits("Invoices", made, {"Status": "SUBMITTED"})
    here.it.portal.person_archives("invoices", invoice)
    await here.it.run()
    await here.it.run()
    state, reason = await here.it.state("invoices", Ref(Side.LEDGER, Kind.INVOICE, made))
    assert (state, reason) == ("ended", "archived in HubSpot")
    assert await here.it.all(Side.CRM, Kind.INVOICE) == {}, "and it does not come back to life"


async def test_an_invoice_is_made_in_xero_on_what_the_listing_of_the_run_has_shown() -> None:
    here = await office()
    invoice = await drafted(here)
    mark = len(here.it.sent)
    await here.it.run()
    asked = await calls_before(here.it, "create invoices", mark)
    assert [what for what in asked if what in ("list invoices", "find invoices")] == ["list invoices"]
    assert invoice in await here.it.linked("invoices")


async def test_a_plan_that_has_waited_is_applied_on_what_xero_lists_by_then() -> None:
    """Another installation, or a memory that was put back to yesterday, may have made the invoice meanwhile."""
    here = await office()
    customer = await here.contact_there()
    invoice = await drafted(here)
    here.it.clock.clock.advance(60)
    cycle = Cycle(here.it.joined, "a worker")
    plan, seen = await cycle.preview()
    assert seen.planned == 1
    here.it.clock.clock.advance(3600)
    made = here.it.books.person_creates(
        "Invoices",
        {
            "Type": "ACCREC",
            "Contact": {"ContactID": customer},
            "Url": f"https://app.hubspot.com/contacts/48000001/record/0-53/{invoice}",
            "LineItems": [
                {"Description": "Mirror", "Quantity": 2, "UnitAmount": "10.125", "AccountCode": "200"}
            ],
        },
    )
    await cycle.apply(plan)
    await here.it.quiet()
    assert await here.it.linked("invoices") == {invoice: made}
    assert list(await here.it.all(Side.LEDGER, Kind.INVOICE)) == [made]


async def test_a_batch_that_waited_too_long_for_its_turn_looks_for_itself() -> None:
    """A limit holds the calls up for longer than a listing tells that nobody has made an invoice."""
    here = await office()
    invoice = await drafted(here)
    xero: Any = here.it.joined.systems[Side.LEDGER]
    write = xero.write

    async def late(writes: Any) -> Any:
        here.it.clock.clock.advance(NEW_FOR.total_seconds() + 1)
        return await write(writes)

    xero.write = late
    mark = len(here.it.sent)
    await here.it.run()
    asked = await calls_before(here.it, "create invoices", mark)
    assert asked[-1] == "find invoices"
    assert invoice in await here.it.linked("invoices")


async def test_a_run_looks_once_more_at_what_it_wrote_to_and_at_nothing_else() -> None:
    here = await office()
    invoice, made = await known(here)
    Bookkeeper(here.it.books).pays(made, Decimal(10))
    mark = len(here.it.sent)
    await here.it.run()
    names = [request.what for request in here.it.sent[mark:]]
    after = names[names.index("update invoices") + 1 :]
    assert [what for what in after if what.startswith(("search", "list"))] == [
        "search companies",  # the customer shows what is still due
        "search line_items",
        "search deals",
        "search invoices",
    ]
    assert "read line_items" not in after, "of what moved by our own write the lines are known"
    assert (await here.here(invoice))["crossfoot_paid"] == Decimal(10)


async def test_what_a_payment_does_to_its_invoice_is_seen_by_the_run_that_records_it() -> None:
    here = await shop_with_payments()
    invoice = await here.draft(MIRROR)
    here.it.portal.person_finalises(invoice)
    await here.it.quiet()
    here.it.portal.person_records_payment(invoice, Decimal(3))
    await here.it.run()
    assert (await here.there(invoice))["AmountPaid"] == Decimal(3)
    assert (await here.here(invoice))["crossfoot_paid"] == Decimal(3)
