"""A deal that is billed in parts: a deposit first, the rest later, and together the deal to the cent."""

import contextlib
import itertools
from decimal import Decimal
from typing import Any

import pytest
from tests.documents.test_deals import deal, on_deal
from tests.documents.test_invoices import Office, office, says
from tests.documents.world import KilledError

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.runtime.asking import ask, withdraw, would_invoice
from crossfoot.runtime.explain import explain
from crossfoot.systems.port import FieldInfo, ValueType
from crossfoot_sandbox.faults import Faults, Placed
from crossfoot_sandbox.faults import Kind as Fault
from crossfoot_sandbox.xero.pages.bookkeepers import Bookkeeper

DEPOSIT_THEN_REST = [
    {"share": "30%", "stage": "contractsent"},
    {"share": "rest", "stage": "closedwon"},
]


WHOLE = [("Mirror", Decimal(2), Decimal("10.125")), ("Hook", Decimal(10), Decimal("1.5"))]


def crm(made: str) -> Ref:
    return Ref(Side.CRM, Kind.DEAL, made)


async def shop_with_deposits(bills: list[dict[str, Any]] | None = None, **how: Any) -> Office:
    documents = {"deals": bills or DEPOSIT_THEN_REST, **how.pop("documents", {})}
    return await office(documents=documents, **how)


def moves(here: Office, made: str, stage: str) -> None:
    here.it.portal.person_edits("deals", made, {"dealstage": stage})


async def id_there(here: Office, made: str, part: int = 1) -> str:
    return (await here.it.linked("deals" if part == 1 else f"deals_{part}"))[made]


async def invoice(here: Office, made: str, part: int = 1) -> dict[str, Any]:
    """The invoice of a part of the deal, as Xero has it."""
    there = await id_there(here, made, part)
    return dict((await here.it.seen(Side.LEDGER, Kind.INVOICE, there))[0])


async def approve(here: Office, made: str, part: int = 1) -> None:
    Bookkeeper(here.it.books).approves("Invoices", await id_there(here, made, part))
    await here.it.quiet()


async def all_of(here: Office) -> list[dict[str, Any]]:
    return [dict(each) for each in (await here.it.all(Side.LEDGER, Kind.INVOICE)).values()]


async def test_a_deposit_and_the_rest_come_to_the_deal_to_the_cent_with_tax() -> None:
    here, whole = await shop_with_deposits(), await office()
    made, same = deal(here, stage="contractsent"), deal(whole, stage="closedwon")
    await here.it.quiet()
    await whole.it.quiet()
    first = await invoice(here, made)
    assert says(first) == [
        ("Mirror (30 %)", Decimal(1), Decimal("6.07")),
        ("Hook (30 %)", Decimal(1), Decimal("3.94")),
    ]
    assert first["SubTotal"] == Decimal("10.01")
    assert first["Date"] == here.it.clock.now().date(), (
        "of the day, not of the day on which the deal may close"
    )
    told = await on_deal(here, made)
    assert (told["crossfoot_billed"], told["crossfoot_to_bill"]) == (Decimal("10.01"), Decimal("23.37"))
    moves(here, made, "closedwon")
    await here.it.quiet()
    second = await invoice(here, made, 2)
    assert says(second) == [
        ("Mirror", Decimal(2), Decimal("10.125")),
        ("Hook", Decimal(10), Decimal("1.5")),
        ("Billed before: Mirror (30 %)", Decimal(1), Decimal("-6.07")),
        ("Billed before: Hook (30 %)", Decimal(1), Decimal("-3.94")),
    ]
    undivided = await invoice(whole, same)
    for money in ("SubTotal", "TotalTax", "Total"):
        assert first[money] + second[money] == undivided[money]
    told = await on_deal(here, made)
    assert (told["crossfoot_billed"], told["crossfoot_to_bill"]) == (undivided["SubTotal"], Decimal(0))
    assert told["crossfoot_number"] == f"{first['InvoiceNumber']}, {second['InvoiceNumber']}"
    assert told["crossfoot_total"] == undivided["Total"]
    assert await here.it.quiet() == 0


# ── when each is made ──────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_deposit_is_made_as_the_settings_say_and_only_in_its_stage() -> None:
    here = await shop_with_deposits(
        [{"share": "30%", "stage": "contractsent", "approve": "AUTHORISED"}, {"share": "rest"}]
    )
    made = deal(here)
    await here.it.quiet()
    assert await all_of(here) == []
    moves(here, made, "contractsent")
    await here.it.quiet()
    assert (await invoice(here, made))["Status"] == "AUTHORISED"
    assert (await here.it.state("deals_2", crm(made))) == (
        "excluded",
        "its invoice 2 of 2 is made when Is Closed Won is yes",
    )
    moves(here, made, "closedwon")
    await here.it.quiet()
    assert (await invoice(here, made, 2))["Status"] == "DRAFT"


async def test_a_property_of_the_deal_may_say_when() -> None:
    bill = {"share": "rest", "when": {"field": "dealname", "operator": "contains", "value": "agreed"}}
    here = await shop_with_deposits([bill])
    made = deal(here, stage="closedwon")
    await here.it.quiet()
    assert await all_of(here) == [], "not the stage, then"
    here.it.portal.person_edits("deals", made, {"dealname": "Mirrors, agreed"})
    await here.it.quiet()
    assert says(await invoice(here, made)) == WHOLE


async def test_a_person_may_ask_for_an_invoice_whatever_the_stage() -> None:
    here = await shop_with_deposits([{"share": "20%", "on_request": True}, {"share": "rest"}])
    made = deal(here)
    await here.it.quiet()
    first, second = await would_invoice(here.it.joined, crm(made))
    assert first.operation is not None
    assert not first.made
    await ask(here.it.joined, first.sync, crm(made), "ada")
    await here.it.quiet()
    assert (await invoice(here, made))["SubTotal"] == Decimal("6.68")
    first, second = await would_invoice(here.it.joined, crm(made))
    assert first.made
    await ask(here.it.joined, second.sync, crm(made), "ada")
    await here.it.quiet()
    await here.it.quiet()
    assert (await invoice(here, made, 2))["SubTotal"] == Decimal("33.38") - Decimal("6.68")
    assert len(await all_of(here)) == 2


async def test_what_is_asked_for_and_withdrawn_is_not_made() -> None:
    here = await shop_with_deposits([{"share": "20%", "on_request": True}, {"share": "rest"}])
    made = deal(here)
    await here.it.quiet()
    first, _ = await would_invoice(here.it.joined, crm(made))
    await ask(here.it.joined, first.sync, crm(made), "ada")
    await withdraw(here.it.joined, crm(made))
    await here.it.quiet()
    assert await all_of(here) == []


async def test_who_skips_the_stage_of_the_deposit_gets_one_invoice_for_all() -> None:
    here = await shop_with_deposits()
    made = deal(here, stage="closedwon")
    await here.it.quiet()
    assert says(await invoice(here, made, 2)) == WHOLE
    await approve(here, made, 2)
    moves(here, made, "contractsent")
    await here.it.quiet()
    assert len(await all_of(here)) == 1, "nothing is left for a deposit"
    state, reason = await here.it.state("deals", crm(made))
    assert (state, "nothing of the deal is left" in reason or "billed already" in reason) == (
        "excluded",
        True,
    )


async def test_both_at_once_are_in_one_plan_and_come_out_as_it_showed() -> None:
    won = {"field": "hs_is_closed_won", "operator": "is", "value": True}
    here = await shop_with_deposits([{"share": "30%", "when": won}, {"share": "rest", "when": won}])
    deal(here, stage="closedwon")
    await here.it.quiet()  # the customer goes first
    found = await all_of(here)
    assert sorted(each["SubTotal"] for each in found) == [Decimal("10.01"), Decimal("23.37")]


async def test_a_deposit_by_amount_and_two_deposits() -> None:
    here = await shop_with_deposits(
        [
            {"share": "12.50", "stage": "qualifiedtobuy", "label": "Anzahlung"},
            {"share": "25%", "stage": "contractsent"},
            {"share": "rest"},
        ]
    )
    made = deal(here, stage="qualifiedtobuy")
    await here.it.quiet()
    assert (await invoice(here, made))["SubTotal"] == Decimal("12.50")
    assert [name for name, *_ in says(await invoice(here, made))] == [
        "Mirror (Anzahlung)",
        "Hook (Anzahlung)",
    ]
    moves(here, made, "contractsent")
    await here.it.quiet()
    assert (await invoice(here, made, 2))["SubTotal"] == Decimal("8.35")
    moves(here, made, "closedwon")
    await here.it.quiet()
    assert (await invoice(here, made, 3))["SubTotal"] == Decimal("33.38") - Decimal("12.50") - Decimal("8.35")
    assert (await on_deal(here, made))["crossfoot_to_bill"] == 0


# ── once, whatever fails ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("later", [60, 420])
@pytest.mark.parametrize("call", [1, 2])
@pytest.mark.parametrize(
    "fault", [Fault.REPLY_LOST, Fault.ERROR_AFTER, Fault.REQUEST_LOST, Fault.ERROR_BEFORE]
)
async def test_each_part_is_made_once_whatever_becomes_of_the_call(
    fault: Fault, call: int, later: int
) -> None:
    faults = Faults(placed=[Placed(fault, operation="PUT /Invoices", nth=call)])
    here = await shop_with_deposits(faults=faults)
    made = deal(here, stage="contractsent")
    await here.it.run()
    here.it.clock.clock.advance(later)  # seven minutes are longer than Xero remembers an idempotency key
    await here.it.quiet()
    moves(here, made, "closedwon")
    await here.it.run()
    here.it.clock.clock.advance(later)
    await here.it.quiet()
    assert faults.happened
    assert len(await all_of(here)) == 2
    assert sum(each["SubTotal"] for each in await all_of(here)) == Decimal("33.38")
    moves(here, made, "contractsent")
    await here.it.quiet()
    moves(here, made, "closedwon")
    assert await here.it.quiet() == 0
    assert len(await all_of(here)) == 2


@pytest.mark.parametrize("after", [False, True])
async def test_each_part_is_made_once_wherever_the_program_is_killed(after: bool) -> None:
    """Killed at each call in turn, until a run needs no more calls: deposit and rest, and what is told to the deal."""
    for nth in itertools.count(1):
        here = await shop_with_deposits()
        made = deal(here, stage="contractsent")
        for stage in ("contractsent", "closedwon"):
            moves(here, made, stage)
            here.it.killer.countdown, here.it.killer.after = nth, after
            with contextlib.suppress(KilledError):
                await here.it.quiet()
            here.it.killer.countdown = 0
            here.it.clock.clock.advance(420)  # as long as Xero remembers, and as a dead holder is waited for
            await here.it.quiet()
        found = await all_of(here)
        assert len(found) == 2, here.it.killer.killed
        assert sum(each["SubTotal"] for each in found) == Decimal("33.38"), here.it.killer.killed
        assert (await on_deal(here, made))["crossfoot_to_bill"] == 0
        if not here.it.killer.killed:
            break
    assert nth > 5


async def test_a_memory_that_was_lost_knows_every_part_by_its_link() -> None:
    here = await shop_with_deposits()
    made = deal(here, stage="contractsent")
    await here.it.quiet()
    moves(here, made, "closedwon")
    await here.it.quiet()
    before = [(await here.it.linked(sync))[made] for sync in ("deals", "deals_2")]
    await here.it.forgets_everything()
    await here.it.quiet()
    assert [(await here.it.linked(sync))[made] for sync in ("deals", "deals_2")] == before
    assert len(await all_of(here)) == 2


# ── what happens after a deposit was billed ────────────────────────────────────────────────────────────────────────────


async def with_deposit(here: Office, *, approved: bool = True) -> str:
    made = deal(here, stage="contractsent")
    await here.it.quiet()
    if approved:
        await approve(here, made)
    return made


async def test_a_deposit_that_is_a_draft_follows_the_deal() -> None:
    here = await shop_with_deposits()
    made = await with_deposit(here, approved=False)
    here.it.portal.person_adds_line("deals", made, {"name": "Frame", "quantity": "1", "price": "100"})
    await here.it.quiet()
    assert (await invoice(here, made))["SubTotal"] == Decimal("40.01")


async def test_an_approved_deposit_stays_and_the_rest_follows_the_deal() -> None:
    here = await shop_with_deposits()
    made = await with_deposit(here)
    here.it.portal.person_adds_line("deals", made, {"name": "Frame", "quantity": "1", "price": "100"})
    await here.it.quiet()
    assert (await invoice(here, made))["SubTotal"] == Decimal("10.01")
    assert await here.it.questions() == []
    assert (await on_deal(here, made))["crossfoot_to_bill"] == Decimal("123.37")
    moves(here, made, "closedwon")
    await here.it.quiet()
    rest = await invoice(here, made, 2)
    assert rest["SubTotal"] == Decimal("123.37")
    here.it.portal.person_adds_line("deals", made, {"name": "Nail", "quantity": "1", "price": "1"})
    await here.it.quiet()
    assert (await invoice(here, made, 2))["SubTotal"] == Decimal("124.37")
    assert await here.it.quiet() == 0


async def test_what_was_billed_of_a_line_that_is_gone_is_taken_off_all_the_same() -> None:
    here = await shop_with_deposits()
    made = await with_deposit(here)
    told = (await on_deal(here, made))["lines"]
    here.it.portal.person_archives("line_items", told.all[1].crm_id)
    await here.it.quiet()
    moves(here, made, "closedwon")
    await here.it.quiet()
    rest = await invoice(here, made, 2)
    assert [name for name, *_ in says(rest)] == [
        "Mirror",
        "Billed before: Mirror (30 %)",
        "Billed before: Hook (30 %)",
    ]
    assert rest["SubTotal"] == Decimal("20.25") - Decimal("10.01")


async def test_less_than_what_is_billed_is_a_question_and_no_credit() -> None:
    here = await shop_with_deposits()
    made = await with_deposit(here)
    told = (await on_deal(here, made))["lines"]
    here.it.portal.person_edits("line_items", told.all[0].crm_id, {"price": "1"})
    here.it.portal.person_archives("line_items", told.all[1].crm_id)
    moves(here, made, "closedwon")
    await here.it.quiet()
    assert len(await all_of(here)) == 1
    assert (await invoice(here, made))["SubTotal"] == Decimal("10.01"), "the books stay"
    problem = await here.it.problem("deals_2", crm(made))
    number = (await invoice(here, made))["InvoiceNumber"]
    assert (
        problem.what
        == f"The deal comes to 2.00 NZD without tax, and 10.01 of it are billed already ({number})."
    )
    assert "credit note" in problem.fix
    (question,) = await here.it.questions()
    assert (question.sync, question.field, question.crm_id) == ("deals", "lines", made)


async def test_a_draft_of_the_rest_does_not_follow_below_what_is_billed() -> None:
    here = await shop_with_deposits(
        [{"share": "30%", "stage": ["contractsent", "closedwon"], "approve": "AUTHORISED"}, {"share": "rest"}]
    )
    made = deal(here, stage="closedwon")
    await here.it.quiet()
    told = (await on_deal(here, made))["lines"]
    here.it.portal.person_edits("line_items", told.all[0].crm_id, {"price": "0.1"})
    here.it.portal.person_edits("line_items", told.all[1].crm_id, {"price": "0.1"})
    await here.it.quiet()
    assert (await here.it.problem("deals_2", crm(made))).what.startswith(
        "The deal comes to 1.08 NZD without tax"
    )
    assert (await invoice(here, made, 2))["SubTotal"] == Decimal("23.37"), "Xero was not asked"
    assert [(each.sync, each.field) for each in await here.it.questions()] == [("deals", "lines")]
    here.it.portal.person_edits("line_items", told.all[0].crm_id, {"price": "50"})
    await here.it.quiet()
    assert (await invoice(here, made, 2))["SubTotal"] == Decimal("90.87")
    assert await here.it.questions() == []


async def test_what_a_bookkeeper_makes_of_a_deposit_is_what_is_billed() -> None:
    here = await shop_with_deposits()
    made = await with_deposit(here, approved=False)
    here.it.books.person_edits(
        "Invoices",
        await id_there(here, made),
        {
            "LineItems": [
                {"Description": "On account", "Quantity": 1, "UnitAmount": "12", "AccountCode": "200"}
            ]
        },
    )
    await approve(here, made)
    moves(here, made, "closedwon")
    await here.it.quiet()
    rest = await invoice(here, made, 2)
    assert says(rest)[-1] == ("Billed before: On account", Decimal(1), Decimal(-12))
    assert rest["SubTotal"] == Decimal("21.38")


async def test_a_draft_of_the_rest_takes_off_what_a_bookkeeper_wrote_into_the_draft_of_the_deposit() -> None:
    here = await shop_with_deposits()
    made = await with_deposit(here, approved=False)
    moves(here, made, "closedwon")
    await here.it.quiet()
    lines = [{"Description": "On account", "Quantity": 1, "UnitAmount": "12", "AccountCode": "200"}]
    here.it.books.person_edits("Invoices", await id_there(here, made), {"LineItems": lines})
    await here.it.quiet()
    assert (await invoice(here, made))["SubTotal"] == 12
    assert (await invoice(here, made, 2))["SubTotal"] == Decimal("21.38")
    assert (await on_deal(here, made))["crossfoot_to_bill"] == 0
    assert await here.it.quiet() == 0


async def test_a_deposit_that_was_voided_is_billed_with_the_rest() -> None:
    here = await shop_with_deposits()
    made = await with_deposit(here)
    Bookkeeper(here.it.books).voids("Invoices", await id_there(here, made))
    await here.it.quiet()
    told = await on_deal(here, made)
    assert (told["crossfoot_billed"], told["crossfoot_to_bill"]) == (Decimal(0), Decimal("33.38"))
    moves(here, made, "closedwon")
    await here.it.quiet()
    assert says(await invoice(here, made, 2)) == WHOLE
    assert len(await all_of(here)) == 2, "the void one is not made anew"


# ── what the deal shows ────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_deal_shows_what_all_its_invoices_come_to() -> None:
    here = await shop_with_deposits()
    made = await with_deposit(here)
    ben = Bookkeeper(here.it.books)
    first = await invoice(here, made)
    ben.pays(await id_there(here, made))
    await here.it.quiet()
    told = await on_deal(here, made)
    assert told["crossfoot_standing"] == "part_paid", "a paid deposit is no paid deal"
    assert (told["crossfoot_paid"], told["crossfoot_due"]) == (first["Total"], Decimal(0))
    assert told["crossfoot_paid_on"] is None
    moves(here, made, "closedwon")
    await here.it.quiet()
    second = await invoice(here, made, 2)
    told = await on_deal(here, made)
    assert (told["crossfoot_standing"], told["crossfoot_due"]) == ("part_paid", second["Total"])
    await approve(here, made, 2)
    ben.pays(await id_there(here, made, 2))
    await here.it.quiet()
    told = await on_deal(here, made)
    assert (told["crossfoot_standing"], told["crossfoot_due"]) == ("paid", Decimal(0))
    assert told["crossfoot_paid"] == first["Total"] + second["Total"]
    assert told["crossfoot_paid_on"] is not None
    assert await here.it.quiet() == 0


async def test_the_deal_shows_that_a_draft_of_one_of_its_invoices_is_gone() -> None:
    here = await shop_with_deposits()
    made = await with_deposit(here)
    moves(here, made, "closedwon")
    await here.it.quiet()
    assert (await on_deal(here, made))["crossfoot_to_bill"] == 0
    Bookkeeper(here.it.books).voids("Invoices", await id_there(here, made, 2))
    await here.it.quiet()
    told = await on_deal(here, made)
    assert (told["crossfoot_billed"], told["crossfoot_to_bill"]) == (Decimal("10.01"), Decimal("23.37"))


async def test_explain_tells_what_is_billed_and_what_is_left() -> None:
    here = await shop_with_deposits()
    made = await with_deposit(here)
    first, second = [
        each for each in await explain(here.it.joined, crm(made)) if each.sync.startswith("deals")
    ]
    told = {each.field: (each.crm, each.ledger) for each in first.fields}
    assert told["billed"] == (Decimal("10.01"), Decimal("10.01"))
    assert told["to_bill"] == (Decimal("23.37"), Decimal("23.37"))
    assert second.decision.reason == "its invoice 2 of 2 is made when Deal Stage is 'closedwon'"


async def test_a_draft_that_was_deleted_in_xero_is_not_made_again_and_the_rest_bills_all() -> None:
    here = await shop_with_deposits(
        [
            {"share": "30%", "stage": ["contractsent", "closedwon"]},
            {"share": "rest", "stage": "closedwon"},
        ]
    )
    made = await with_deposit(here, approved=False)
    Bookkeeper(here.it.books).voids("Invoices", await id_there(here, made))
    await here.it.quiet()
    assert await all_of(here) == []
    moves(here, made, "closedwon")
    await here.it.quiet()
    (rest,) = await all_of(here)
    assert says(rest) == WHOLE
    assert await here.it.quiet() == 0


async def test_the_proof_of_a_deal_in_parts_is_green_at_every_step() -> None:
    here = await shop_with_deposits()
    made = await with_deposit(here)
    for step in ("deposit", "rest", "paid"):
        if step == "rest":
            moves(here, made, "closedwon")
        if step == "paid":
            Bookkeeper(here.it.books).pays(await id_there(here, made))
        await here.it.quiet()
        proof, differences = await here.it.proof()
        assert (proof.unexplained, proof.green) == (0, True), (step, differences)


async def test_a_deal_whose_currency_changed_after_the_deposit_waits() -> None:
    here = await shop_with_deposits()
    made = await with_deposit(here)
    here.it.portal.person_edits("deals", made, {"deal_currency_code": "USD", "dealstage": "closedwon"})
    await here.it.quiet()
    number = (await invoice(here, made))["InvoiceNumber"]
    problem = await here.it.problem("deals_2", crm(made))
    assert problem.what == f"The deal is in USD, and its invoice {number} in another currency."
    assert len(await all_of(here)) == 1


async def test_a_field_of_the_deal_may_hold_the_share() -> None:
    here = await shop_with_deposits(
        [{"percent_field": "deposit_percent", "stage": ["contractsent", "closedwon"]}, {"share": "rest"}]
    )
    field = FieldInfo("deposit_percent", "Deposit", ValueType.NUMBER, custom=True)
    await here.it.joined.systems[Side.CRM].create_field(Kind.DEAL, field)
    await here.it.look_again()
    half, none = (
        deal(here, stage="contractsent", dealname=name, deposit_percent=percent)
        for name, percent in (("Half", "50"), ("None", ""))
    )
    await here.it.quiet()
    assert (await invoice(here, half))["SubTotal"] == Decimal("16.69")
    assert [name for name, *_ in says(await invoice(here, half))] == ["Mirror (50 %)", "Hook (50 %)"]
    assert await here.it.state("deals", crm(none)) == ("excluded", "nothing of the deal is to be billed yet")
    moves(here, half, "closedwon")
    moves(here, none, "closedwon")
    await here.it.quiet()
    assert (await invoice(here, half, 2))["SubTotal"] == Decimal("16.69")
    assert says(await invoice(here, none, 2)) == WHOLE
