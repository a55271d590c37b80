"""How much is asked before something is written: no more than what the write could overwrite, and no less."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tests.documents.test_invoices import Office, office
from tests.documents.world import Shop

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot_sandbox.xero.bookkeepers import Bookkeeper


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
