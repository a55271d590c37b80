"""How invoices, deals and customers stand, as HubSpot shows it: day by day, with what is due, overdue, reconciled and last paid."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.documents.test_deals import deal
from tests.documents.test_invoices import Office, office

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.proof.causes import DifferenceCause
from crossfoot.runtime.cycle import Cycle
from crossfoot.runtime.explain import explain
from crossfoot.sync.merge import Why
from crossfoot_sandbox.xero.kinds.balances import balances
from crossfoot_sandbox.xero.pages.bookkeepers import Bookkeeper

SYNCS = ("people", "companies", "company_people", "products", "invoices", "deals", "payments")
STATE = ("crossfoot_standing", "crossfoot_overdue", "crossfoot_overdue_since", "crossfoot_aged")


async def due_on(here: Office, day: str, **values: Any) -> str:
    """Ben types an approved invoice over 23.29 in Xero, due on a day; its id in HubSpot once it is there."""
    made = await here.typed_in_xero(Status="AUTHORISED", DueDate=day, **values)
    await here.it.quiet()
    return await in_hubspot(here, made)


async def in_hubspot(here: Office, made: str) -> str:
    [found] = [crm for crm, ledger in (await here.it.linked("invoices")).items() if ledger == made]
    return found


def stands(here: Office, invoice: str) -> tuple[Any, ...]:
    told = here.it.hubspot("invoices", invoice)
    return tuple(told.get(name) for name in STATE)


def owes(here: Office, kind: str = "companies", record: str = "") -> Mapping[str, str | None]:
    told = here.it.hubspot(kind, record or here.acme)
    return {
        name.removeprefix("crossfoot_"): value
        for name, value in told.items()
        if name.startswith("crossfoot_") and name != "crossfoot_key"
    }


async def days_until_quiet(here: Office, days: int) -> int:
    here.it.days_pass(days)
    return await here.it.quiet()


# ── the day turns ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_an_invoice_becomes_overdue_by_itself_and_is_written_once_for_each_step() -> None:
    here = await office(syncs=SYNCS)
    invoice = await due_on(here, "2026-11-10")
    assert stands(here, invoice) == ("awaiting_payment", "0", None, None)
    written = {}
    for day in range(110):
        here.it.days_pass(1)
        applied = (await here.it.run()).tally.applied
        if applied:
            written[day] = (applied, *stands(here, invoice))
    # The second of November was the first day; the invoice is overdue from the eleventh on. Acme is written with it the first time only.
    since = "2026-11-11"
    assert written == {
        8: (2, "overdue", "23.29", since, "up_to_30"),
        38: (1, "overdue", "23.29", since, "up_to_60"),
        68: (1, "overdue", "23.29", since, "up_to_90"),
        98: (1, "overdue", "23.29", since, "over_90"),
    }


async def test_it_is_the_organisations_day_and_not_ours() -> None:
    here = await office(syncs=SYNCS)
    invoice = await due_on(here, "2026-11-10")
    here.it.days_pass(8)  # the tenth, nine in the morning in UTC and ten at night in New Zealand
    await here.it.quiet()
    assert stands(here, invoice)[0] == "awaiting_payment"
    here.it.clock.clock.advance(2 * 3600)  # still the tenth in UTC
    assert here.it.clock.now().date() == date(2026, 11, 10)
    await here.it.quiet()
    assert stands(here, invoice)[0] == "overdue"


async def test_when_the_day_turns_only_those_that_it_concerns_are_written_and_nobody_is_asked() -> None:
    here = await office(syncs=SYNCS)
    soon = [await due_on(here, "2026-11-10") for _ in range(8)]
    later = await due_on(here, "2026-12-31")
    here.it.days_pass(8)
    await here.it.quiet()
    before = len(here.it.sent)
    here.it.days_pass(1)
    report = await here.it.run()
    assert report.halt is None, "eight of nine invoices at once are no accident when it is the day's doing"
    assert report.tally.applied == len(soon) + 1, "the invoices, and Acme"
    calls = [each.what for each in here.it.sent[before:]]
    assert calls.count("update invoices") == calls.count("update companies") == 1, "all in one call"
    assert {stands(here, each)[0] for each in soon} == {"overdue"}
    assert stands(here, later)[0] == "awaiting_payment"


async def test_a_mass_change_by_people_still_calls_a_person() -> None:
    here = await office(syncs=SYNCS)
    many = [await here.typed_in_xero(Status="AUTHORISED", DueDate="2026-12-10") for _ in range(8)]
    await here.it.quiet()
    for each in many:
        here.it.books.person_edits("Invoices", each, {"Reference": "Renumbered"})
    here.it.clock.clock.advance(60)
    report = await Cycle(here.it.joined, "a worker").run()
    assert report.halt is not None


async def test_the_number_of_days_is_written_daily_only_where_it_is_wanted() -> None:
    here = await office(syncs=SYNCS, documents={"count_days": True})
    invoice = await due_on(here, "2026-11-10")
    assert await days_until_quiet(here, 12) > 0
    assert here.it.hubspot("invoices", invoice)["crossfoot_days_overdue"] == "4"
    assert await days_until_quiet(here, 1) == 1
    assert here.it.hubspot("invoices", invoice)["crossfoot_days_overdue"] == "5"


async def test_a_deal_shows_that_its_invoice_is_overdue() -> None:
    here = await office(syncs=SYNCS, documents={"approve_deals": "AUTHORISED"})
    made = deal(here, stage="closedwon")
    await here.it.quiet()
    assert await days_until_quiet(here, 30) > 0
    told = here.it.hubspot("deals", made)
    assert (told["crossfoot_standing"], told["crossfoot_overdue"]) == ("overdue", "38.39")
    assert told["crossfoot_overdue_since"] == "2026-11-26"
    assert owes(here)["overdue"] == "38.39"


async def test_what_the_turn_of_the_day_writes_says_why() -> None:
    here = await office(syncs=SYNCS)
    invoice = await due_on(here, "2026-11-10")
    await days_until_quiet(here, 12)
    [told] = [
        each
        for each in await explain(here.it.joined, Ref(Side.CRM, Kind.INVOICE, invoice))
        if each.sync == "invoices"
    ]
    assert {each.field: each.ledger for each in told.fields}["standing"] == "overdue"
    done = told.operations[0].operation
    assert {each.why for each in done.fields} == {Why.COMPUTED}
    assert "standing" in done.reason


async def test_a_plan_of_yesterday_is_decided_again_today() -> None:
    here = await office(syncs=SYNCS)
    made = await here.typed_in_xero(Status="AUTHORISED", DueDate="2026-11-10")
    here.it.clock.clock.advance(60)
    plan, _ = await Cycle(here.it.joined, "a person").preview()
    here.it.days_pass(10)
    await Cycle(here.it.joined, "a person").apply(plan)
    await here.it.quiet()
    assert stands(here, await in_hubspot(here, made))[0] == "overdue"


async def test_the_proof_says_that_a_day_has_turned_since_the_last_run() -> None:
    here = await office(syncs=SYNCS)
    await due_on(here, "2026-11-10")
    proof, _ = await here.it.proof()
    assert proof.green
    here.it.days_pass(12)
    proof, found = await here.it.proof()
    late = {each.field: each.cause for each in found if each.sync in ("invoices", "companies") and each.field}
    assert late["standing"] is late["owed_state"] is DifferenceCause.PENDING
    assert proof.green
    await here.it.quiet()
    _, found = await here.it.proof()
    assert not [each for each in found if each.cause is DifferenceCause.PENDING]


# ── what a customer owes ───────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_customer_shows_what_is_due_in_the_books_currency_and_exactly_in_each() -> None:
    here = await office(syncs=SYNCS)
    await due_on(here, "2026-11-05")
    await due_on(here, "2026-12-20")
    euros = await here.typed_in_xero(
        Status="AUTHORISED", CurrencyCode="EUR", CurrencyRate="0.5", Date="2026-11-04", DueDate="2026-12-20"
    )
    await here.it.quiet()
    await days_until_quiet(here, 7)
    number = here.it.books.book("Invoices")[euros].values["InvoiceNumber"]
    assert owes(here) == {
        "standing": "overdue",
        "due": "93.16",  # 23.29 twice, and 23.29 EUR at 0.5 EUR for a dollar
        "overdue": "23.29",
        "overdue_since": "2026-11-06",
        "owed": "EUR 23.29, NZD 46.58 (overdue 23.29)",
        "last_invoice": number,
        "last_invoice_on": "2026-11-04",
    }


async def test_payments_credits_and_voids_reach_the_customer_in_the_same_run_as_its_invoice() -> None:
    here = await office(syncs=SYNCS)
    paid, voided, credited = [await due_on(here, "2026-12-20") for _ in range(3)]
    assert owes(here)["due"] == "69.87"
    ben = Bookkeeper(here.it.books)
    ben.pays(await here.id_there(paid), Decimal(20), on=date(2026, 11, 2))
    ben.voids("Invoices", await here.id_there(voided))
    ben.credits(await here.id_there(credited))
    await here.it.quiet()
    assert owes(here) == {
        "standing": "awaiting_payment",
        "due": "3.29",
        "overdue": "0",
        "owed": "NZD 3.29",
        "last_invoice": owes(here)["last_invoice"],
        "last_invoice_on": "2026-11-02",
        "last_payment_on": "2026-11-02",
        "reconciled": "false",
    }
    ben.pays(await here.id_there(paid), Decimal("3.29"))
    await here.it.quiet()
    told = owes(here)
    assert (told["standing"], told["due"], told.get("owed") or None) == ("nothing_due", "0", None)


async def test_drafts_and_voided_invoices_are_owed_by_nobody_and_who_was_never_invoiced_gets_nothing_written() -> (
    None
):
    here = await office(syncs=SYNCS)
    await here.draft()
    other = here.it.portal.person_creates("companies", {"name": "Quiet Ltd", "domain": "quiet.test"})
    await here.it.quiet()
    assert owes(here) == owes(here, record=other) == {}


async def test_an_invoice_that_moves_to_another_customer_is_owed_by_that_one() -> None:
    here = await office(syncs=SYNCS)
    birch = here.it.portal.person_creates("companies", {"name": "Birch & Sons", "domain": "birch.test"})
    await here.it.quiet()
    invoice = await due_on(here, "2026-12-20")
    assert (owes(here)["due"], owes(here, record=birch)) == ("23.29", {})
    there = (await here.it.linked("companies"))[birch]
    here.it.books.person_edits("Invoices", await here.id_there(invoice), {"Contact": {"ContactID": there}})
    await here.it.quiet()
    assert owes(here, record=birch)["due"] == "23.29"
    assert owes(here).get("due") in (None, "")


async def test_a_person_who_is_invoiced_shows_it_on_the_contact() -> None:
    here = await office(syncs=SYNCS)
    eve = here.it.portal.person_creates(
        "contacts", {"firstname": "Eve", "lastname": "Stone", "email": "eve@stone.test"}
    )
    await here.it.quiet()
    there = (await here.it.linked("people"))[eve]
    await here.typed_in_xero(Status="AUTHORISED", DueDate="2026-12-20", Contact={"ContactID": there})
    await here.it.quiet()
    assert owes(here, "contacts", eve)["due"] == "23.29"
    assert owes(here, "contacts", here.ada) == {}, "Ada works for Acme; Acme owes, not she"


async def test_a_customer_that_is_new_in_hubspot_is_made_with_what_it_owes() -> None:
    here = await office(syncs=SYNCS)
    made = here.it.books.person_creates("Contacts", {"Name": "Cedar Limited"})
    here.it.books.person_creates(
        "Invoices",
        {
            "Type": "ACCREC",
            "Contact": {"ContactID": made},
            "Date": "2026-11-02",
            "DueDate": "2026-12-01",
            "Status": "AUTHORISED",
            "LineItems": [{"Description": "Hook", "Quantity": 1, "UnitAmount": "10", "AccountCode": "200"}],
        },
    )
    before = len(here.it.sent)
    await here.it.quiet()
    [company] = [crm for crm, ledger in (await here.it.linked("companies")).items() if ledger == made]
    assert owes(here, record=company)["due"] == "11.5"
    writes = [
        each.what for each in here.it.sent[before:] if "companies" in each.what and each.method == "POST"
    ]
    assert not [what for what in writes if what.startswith("update")]


async def test_no_totals_are_kept_where_nobody_wants_them() -> None:
    here = await office(syncs=SYNCS, documents={"customer_totals": False})
    await due_on(here, "2026-12-20")
    assert owes(here) == {}
    assert not any(pair.name.startswith("owed") for pair in here.it.joined.sync("companies").pairs)


async def test_an_edit_of_ours_in_hubspot_changes_no_books() -> None:
    here = await office(syncs=SYNCS)
    await due_on(here, "2026-12-20")
    here.it.portal.person_edits("companies", here.acme, {"crossfoot_due": "0"})
    before = len(here.it.sent)
    assert await here.it.quiet() == 0
    assert not [
        each for each in here.it.sent[before:] if "xero" in each.url and each.method in ("PUT", "POST")
    ]


@pytest.mark.parametrize("seed", range(3))
async def test_what_customers_owe_is_what_xero_says_of_them(seed: int) -> None:
    """Xero tells the same sums with each contact; ours are computed from its invoices alone."""
    drawn = random.Random(seed)
    here = await office(syncs=SYNCS)
    here.it.joined = replace(
        here.it.joined, halts=replace(here.it.joined.halts, share=Decimal(1), floor=1000)
    )
    companies = [
        here.acme,
        *(here.it.portal.person_creates("companies", {"name": name}) for name in ("Birch Ltd", "Cedar Ltd")),
    ]
    await here.it.quiet()
    there = await here.it.linked("companies")
    ben = Bookkeeper(here.it.books)
    open_: list[str] = []
    payments: list[list[str]] = []
    for _ in range(25):
        what = drawn.choice(["invoice", "invoice", "pay", "void", "remove", "wait"])
        if what == "invoice":
            day = f"2026-11-{drawn.randrange(3, 28):02}"
            owner = {"ContactID": there[drawn.choice(companies)]}
            open_.append(await here.typed_in_xero(Status="AUTHORISED", DueDate=day, Contact=owner))
            payments.append([])
        elif what == "wait":
            here.it.days_pass(drawn.randrange(1, 4))
        elif open_:
            place = drawn.randrange(len(open_))
            if what == "pay" and here.it.books.book("Invoices")[open_[place]].values["AmountDue"] > 1:
                payments[place].append(
                    ben.pays(open_[place], Decimal(drawn.randrange(1, 2)), on=date(2026, 11, 2))
                )
            elif what == "remove" and payments[place]:
                ben.removes_payment(payments[place].pop())
            elif what == "void" and not payments[place]:
                ben.voids("Invoices", open_.pop(place))
                del payments[place]
        if drawn.random() < 0.4:
            await here.it.quiet()
    await here.it.quiet()
    for company in companies:
        told = balances(here.it.books, there[company])
        owed = owes(here, record=company)
        if told is None:
            assert Decimal(owed.get("due") or 0) == 0
            continue
        sums = told["AccountsReceivable"]
        assert (Decimal(owed["due"] or 0), Decimal(owed["overdue"] or 0)) == (
            sums["Outstanding"],
            sums["Overdue"],
        )
    proof, _ = await here.it.proof()
    assert proof.green


# ── reconciled ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_paid_and_reconciled_are_shown_apart() -> None:
    here = await office(syncs=SYNCS)
    invoice = await due_on(here, "2026-12-20")
    ben = Bookkeeper(here.it.books)
    paid = ben.pays(await here.id_there(invoice))
    await here.it.quiet()
    told = here.it.hubspot("invoices", invoice)
    assert (told["crossfoot_standing"], told["crossfoot_reconciled"]) == ("paid", "false")
    ben.reconciles(paid)
    await here.it.quiet()
    assert here.it.hubspot("invoices", invoice)["crossfoot_reconciled"] == "true"
    assert owes(here)["reconciled"] == "true"
    ben.removes_payment(paid)
    await here.it.quiet()
    assert here.it.hubspot("invoices", invoice).get("crossfoot_reconciled") in (None, "")


async def test_whether_it_is_reconciled_is_not_guessed_where_payments_are_not_watched() -> None:
    here = await office()
    invoice = await due_on(here, "2026-12-20")
    Bookkeeper(here.it.books).pays(await here.id_there(invoice), reconciled=True)
    await here.it.quiet()
    assert "crossfoot_reconciled" not in here.it.hubspot("invoices", invoice)
