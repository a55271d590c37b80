"""The invoices of a deal may move it to another stage, once for how they stand; people may move it on."""

from dataclasses import replace
from typing import Any

from tests.documents.test_deal_parts import approve, id_there, invoice, moves
from tests.documents.test_deals import deal, on_deal
from tests.documents.test_invoices import Office, office

from crossfoot_sandbox.hubspot.books.stages import Stage
from crossfoot_sandbox.xero.pages.bookkeepers import Bookkeeper

PAID = "moneyisin"


async def with_stages(**documents: Any) -> Office:
    here = await office(documents={"deal_stages": {"paid": PAID}, **documents})
    pipelines = here.it.portal.pipelines
    pipeline = pipelines.all["default"]
    stages = (*pipeline.stages, Stage(PAID, "Money is in", 9, "1.0"))
    pipelines.put(replace(pipeline, stages=stages), 0)
    await here.it.look_again()
    return here


async def stage(here: Office, made: str) -> Any:
    await here.it.quiet()
    return here.it.hubspot("deals", made)["dealstage"]


async def test_a_deal_moves_when_its_invoice_is_paid_and_not_before() -> None:
    here = await with_stages(approve_deals="AUTHORISED")
    made = deal(here, stage="closedwon")
    assert await stage(here, made) == "closedwon"
    Bookkeeper(here.it.books).pays(await id_there(here, made))
    assert await stage(here, made) == PAID
    assert await here.it.quiet() == 0


async def test_where_a_person_moves_it_afterwards_it_stays() -> None:
    here = await with_stages(approve_deals="AUTHORISED")
    made = deal(here, stage="closedwon")
    await here.it.quiet()
    ben = Bookkeeper(here.it.books)
    payment = ben.pays(await id_there(here, made))
    assert await stage(here, made) == PAID
    moves(here, made, "closedwon")
    assert await stage(here, made) == "closedwon"
    here.it.portal.person_edits("deals", made, {"dealname": "Mirrors, delivered"})
    assert await stage(here, made) == "closedwon"
    ben.removes_payment(payment)
    assert await stage(here, made) == "closedwon"
    ben.pays(await id_there(here, made))
    assert await stage(here, made) == "closedwon", "once"
    assert await here.it.questions() == []


async def test_a_payment_that_is_taken_back_does_not_move_the_deal_back() -> None:
    here = await with_stages(approve_deals="AUTHORISED")
    made = deal(here, stage="closedwon")
    await here.it.quiet()
    ben = Bookkeeper(here.it.books)
    payment = ben.pays(await id_there(here, made))
    assert await stage(here, made) == PAID
    ben.removes_payment(payment)
    assert await stage(here, made) == PAID
    assert (await on_deal(here, made))["crossfoot_standing"] == "awaiting_payment"


async def test_a_paid_deposit_is_no_paid_deal() -> None:
    here = await with_stages(
        deals=[{"share": "30%", "stage": "contractsent", "approve": "AUTHORISED"}, {"share": "rest"}]
    )
    made = deal(here, stage="contractsent")
    await here.it.quiet()
    ben = Bookkeeper(here.it.books)
    ben.pays(await id_there(here, made))
    assert await stage(here, made) == "contractsent"
    moves(here, made, "closedwon")
    await here.it.quiet()
    assert (await invoice(here, made, 2))["Status"] == "DRAFT"
    await approve(here, made, 2)
    ben.pays(await id_there(here, made, 2))
    assert await stage(here, made) == PAID
    assert await here.it.quiet() == 0
