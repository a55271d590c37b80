"""How a deal's lines are booked: account, tax and tracking."""

from typing import Any

import pytest
from tests.documents.test_deal_parts import approve, invoice, moves
from tests.documents.test_deals import deal, on_deal
from tests.documents.test_invoices import HOOK, MIRROR, office

GST, ZERO = "2148420997", "2148420998"
TAXES = {GST: "OUTPUT2", ZERO: "ZERORATED"}
IN_PARTS = [{"share": "30%", "stage": "contractsent"}, {"share": "rest", "stage": "closedwon"}]


def booked(told: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(line.description, line.account, line.tax, line.tracking) for line in told["Lines"]]


async def test_lines_have_the_account_the_tax_and_the_option_that_the_settings_say() -> None:
    here = await office(documents={"taxes": TAXES, "account": "260", "tracking": {"Region": "North"}})
    made = deal(here, {**MIRROR, "hs_tax_rate_group_id": ZERO}, HOOK, stage="closedwon")
    await here.it.quiet()
    assert booked(await invoice(here, made)) == [
        ("Mirror", "260", "ZERORATED", (("Region", "North"),)),
        ("Hook", "260", "OUTPUT2", (("Region", "North"),)),
    ]
    assert await here.it.quiet() == 0


async def test_a_field_of_the_deal_may_name_the_option() -> None:
    tracking = {"Region": {"field": "dealtype", "values": {"newbusiness": "South"}}}
    here = await office(documents={"tracking": tracking})
    made = deal(here, stage="closedwon", dealtype="newbusiness")
    plain = deal(here, {"name": "Nail", "quantity": "1", "price": "3"}, stage="closedwon", dealname="Nails")
    await here.it.quiet()
    assert [tracking for *_, tracking in booked(await invoice(here, made))] == [(("Region", "South"),)] * 2
    assert [tracking for *_, tracking in booked(await invoice(here, plain))] == [()]
    assert await here.it.quiet() == 0


async def test_deposits_have_an_account_of_their_own_and_are_taken_off_from_there() -> None:
    documents = {"taxes": TAXES, "deals": IN_PARTS, "deposit_account": "260", "tracking": {"Region": "North"}}
    here = await office(documents=documents)
    made = deal(here, {**MIRROR, "hs_tax_rate_group_id": ZERO}, stage="contractsent")
    await here.it.quiet()
    assert booked(await invoice(here, made)) == [
        ("Mirror (30 %)", "260", "ZERORATED", (("Region", "North"),))
    ]
    await approve(here, made)
    moves(here, made, "closedwon")
    await here.it.quiet()
    assert booked(await invoice(here, made, 2)) == [
        ("Mirror", "200", "ZERORATED", (("Region", "North"),)),
        ("Billed before: Mirror (30 %)", "260", "ZERORATED", (("Region", "North"),)),
    ]
    assert await here.it.quiet() == 0


@pytest.mark.parametrize("approved", [False, True])
async def test_what_is_taken_off_has_the_tax_with_which_it_was_billed(approved: bool) -> None:
    here = await office(documents={"taxes": TAXES, "deals": IN_PARTS})
    made = deal(here, {**MIRROR, "hs_tax_rate_group_id": ZERO}, stage="contractsent")
    await here.it.quiet()
    if approved:
        await approve(here, made)
    item = (await on_deal(here, made))["lines"].all[0].crm_id
    here.it.portal.person_edits("line_items", item, {"hs_tax_rate_group_id": GST})
    moves(here, made, "closedwon")
    await here.it.quiet()
    sold, before = booked(await invoice(here, made, 2))
    assert sold[2] == "OUTPUT2"
    assert before[2] == ("ZERORATED" if approved else "OUTPUT2")
