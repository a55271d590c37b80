"""Invoices between the connector and a bookkeeper who works in the same organisation."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.systems.xero.world import Ledger, applied, archive, create, update

from crossfoot.model.identity import Kind
from crossfoot.model.lines import Line, Lines
from crossfoot.model.problems import Cause, Problem
from crossfoot.model.records import Fields, Observation, Standing
from crossfoot.systems.port import Answer, Refused
from crossfoot.systems.xero import invoices
from crossfoot_sandbox.faults import Kind as Fault

PATHS = {Kind.INVOICE: frozenset(invoices.PATHS)}
SOURCE = "https://app.hubspot.example/contacts/7/record/0-53/512"


def said(answer: Answer) -> Problem:
    assert isinstance(answer, Refused), answer
    return answer.problem


async def seen(ledger: Ledger, invoice: str) -> Observation:
    [observation] = await ledger.system.read(Kind.INVOICE, [invoice], PATHS)
    return observation


async def change(ledger: Ledger, invoice: str, values: Fields) -> Answer:
    now = await seen(ledger, invoice)
    [answer] = await ledger.system.write([update(Kind.INVOICE, invoice, values, now.fields)])
    return answer


def new(ledger: Ledger, **more: object) -> Fields:
    lines = Lines((Line(description="Tyres", quantity=Decimal(3), price=Decimal("33.3333"), account="200"),))
    values: Fields = {
        "Contact": ledger.contact(Name="Ada Ltd"),
        "Url": SOURCE,
        "DueDate": date(2026, 12, 1),
        "Lines": lines,
    }
    return {**values, **more}  # type: ignore[dict-item]


async def test_an_invoice_goes_its_way_from_draft_to_paid(ledger: Ledger) -> None:
    [made] = await ledger.system.write([create(Kind.INVOICE, new(ledger, Status="DRAFT"))])
    invoice = applied(made).id
    applied(await change(ledger, invoice, {"Status": "AUTHORISED"}))
    now = await seen(ledger, invoice)
    assert (now.fields["SubTotal"], now.fields["TotalTax"], now.fields["Total"]) == (
        Decimal("100.00"),
        Decimal("15.00"),
        Decimal("115.00"),
    )
    assert now.fields["AmountDue"] == Decimal("115.00")

    ledger.bookkeeper.pays(invoice, Decimal(15), on=date(2026, 10, 30))
    part = await seen(ledger, invoice)
    assert (part.fields["Status"], part.fields["AmountPaid"]) == ("AUTHORISED", Decimal("15.00"))
    assert (part.fields["LastPaymentDate"], part.fields["FullyPaidOnDate"]) == (date(2026, 10, 30), None)

    rest = ledger.bookkeeper.pays(invoice, on=date(2026, 11, 1))
    full = await seen(ledger, invoice)
    assert (full.fields["Status"], full.fields["AmountDue"]) == ("PAID", Decimal("0.00"))
    assert full.fields["FullyPaidOnDate"] == full.fields["LastPaymentDate"] == date(2026, 11, 1)

    ledger.bookkeeper.removes_payment(rest)
    again = await seen(ledger, invoice)
    assert (again.fields["Status"], again.fields["FullyPaidOnDate"]) == ("AUTHORISED", None)


async def test_a_listing_shows_invoices_and_never_bills(ledger: Ledger) -> None:
    invoice, bill = ledger.invoice(), ledger.invoice(Type="ACCPAY")
    listed, _ = await ledger.listed(Kind.INVOICE)
    assert [each.ref.id for each in listed] == [invoice]
    assert (await seen(ledger, bill)).standing is Standing.MISSING
    assert set(listed[0].fields) == set(invoices.PATHS)


async def test_a_voided_invoice_stays_and_owes_nothing_and_a_deleted_draft_is_archived(
    ledger: Ledger,
) -> None:
    draft, approved = ledger.invoice(), ledger.invoice(Status="AUTHORISED")
    answers = await ledger.system.write(
        [archive(Kind.INVOICE, draft, "a"), archive(Kind.INVOICE, approved, "b")]
    )
    assert [applied(answer).id for answer in answers] == [draft, approved]
    listed = {each.ref.id: each for each in (await ledger.listed(Kind.INVOICE))[0]}
    assert (listed[draft].standing, listed[draft].fields["Status"]) == (Standing.ARCHIVED, "DELETED")
    assert (listed[approved].standing, listed[approved].fields["Status"]) == (Standing.LIVE, "VOIDED")
    assert listed[approved].fields["AmountDue"] == 0
    ledger.calls()
    answers = await ledger.system.write(
        [archive(Kind.INVOICE, draft, "c"), archive(Kind.INVOICE, approved, "d")]
    )
    assert [applied(answer).id for answer in answers] == [draft, approved]
    assert [call[:4] for call in ledger.calls()] == ["GET "]


async def test_an_invoice_with_a_payment_is_not_voided(ledger: Ledger) -> None:
    invoice = ledger.invoice(Status="AUTHORISED")
    ledger.bookkeeper.pays(invoice, Decimal(5))
    [answer] = await ledger.system.write([archive(Kind.INVOICE, invoice)])
    assert "payments or credits" in said(answer).what
    assert ledger.organisation.book("Invoices")[invoice].status == "AUTHORISED"


async def test_what_may_change_before_payment_only_is_refused_in_words_after_it(ledger: Ledger) -> None:
    invoice = ledger.invoice(Status="AUTHORISED")
    ledger.bookkeeper.pays(invoice, Decimal(5))
    before = await seen(ledger, invoice)
    lines = before.fields["Lines"]
    assert isinstance(lines, Lines)
    dearer = Lines(tuple(replace(line, price=Decimal(99)) for line in lines))
    answer = await change(ledger, invoice, {"Lines": dearer})
    assert "payments or credits" in said(answer).what
    renamed = Lines(tuple(replace(line, description="Summer tyres") for line in lines))
    applied(await change(ledger, invoice, {"Reference": "Order 7", "Lines": renamed}))
    after = await seen(ledger, invoice)
    assert after.fields["Reference"] == "Order 7"
    assert after.fields["Total"] == before.fields["Total"]


async def test_closed_books_an_archived_account_and_a_foreign_currency_are_explained(ledger: Ledger) -> None:
    ledger.bookkeeper.locks(period=date(2026, 3, 31))
    ledger.bookkeeper.archives_account("260")
    gone = Lines((Line(description="x", quantity=Decimal(1), price=Decimal(1), account="260"),))
    values = new(ledger, Status="AUTHORISED")
    odd: list[Fields] = [
        {"Date": date(2026, 3, 31)},
        {"Lines": gone},
        {"CurrencyCode": "XAU"},
        {
            "Lines": Lines(
                (Line(description="x", quantity=Decimal(1), price=Decimal(1), account="200", tax="NOPE"),)
            )
        },
    ]
    writes = [
        create(Kind.INVOICE, {**values, "Url": f"{SOURCE}/{number}", **more}, operation=f"op-{number}")
        for number, more in enumerate(odd)
    ]
    answers = await ledger.system.write(writes)
    problems = [said(answer) for answer in answers]
    assert [problem.field for problem in problems] == ["Date", "Lines", "CurrencyCode", "Lines"]
    assert "lock date" in problems[0].what
    assert "'260'" in problems[1].what
    assert "XAU" in problems[2].what
    assert "'NOPE'" in problems[3].what


async def test_an_archived_contact_takes_no_invoice(ledger: Ledger) -> None:
    values = new(ledger)
    ledger.organisation.person_archives("Contacts", str(values["Contact"]))
    [answer] = await ledger.system.write([create(Kind.INVOICE, values)])
    assert (said(answer).cause, said(answer).field) == (Cause.NOT_READY, "Contact")


async def test_an_account_that_a_draft_loses_is_told_by_the_answer(ledger: Ledger) -> None:
    lines = Lines((Line(description="x", quantity=Decimal(1), price=Decimal(1), account="0000"),))
    [answer] = await ledger.system.write([create(Kind.INVOICE, new(ledger, Lines=lines, Status="DRAFT"))])
    told = applied(answer).observation
    assert told is not None
    held = told.fields["Lines"]
    assert isinstance(held, Lines)
    assert [line.account for line in held] == [None]


async def test_the_contact_itself_is_never_touched(ledger: Ledger) -> None:
    contact = ledger.contact(Name="Ada Ltd", ContactPersons=[{"FirstName": "Bo"}], EmailAddress="a@x.example")
    before = ledger.holds("Contacts", contact)
    invoice = ledger.invoice(contact)
    other = ledger.contact(Name="Bo Ltd")
    applied(await change(ledger, invoice, {"Contact": other}))
    applied(await change(ledger, invoice, {"Contact": contact}))
    after = ledger.holds("Contacts", contact)
    assert {**after, "IsCustomer": None} == {**before, "IsCustomer": None}


@pytest.mark.parametrize("fault", [Fault.REPLY_LOST, Fault.ERROR_AFTER, Fault.REQUEST_LOST])
async def test_however_an_answer_is_lost_there_is_one_invoice_in_the_end(
    ledger: Ledger, fault: Fault
) -> None:
    values = new(ledger)
    ledger.fault(fault, "PUT /Invoices")
    await ledger.system.write([create(Kind.INVOICE, values, operation="op-1.1")])
    ledger.later(3600)
    [answer] = await ledger.system.write([create(Kind.INVOICE, values, operation="op-1.2")])
    found = await ledger.system.find(Kind.INVOICE, "Url", [SOURCE], {Kind.INVOICE: ["Url"]})
    assert (
        [each.ref.id for each in found] == [applied(answer).id] == list(ledger.organisation.book("Invoices"))
    )


async def test_prices_that_include_tax_go_on_including_it_when_only_lines_are_written(ledger: Ledger) -> None:
    invoice = ledger.invoice(LineAmountTypes="Inclusive")
    [now] = await ledger.system.read(Kind.INVOICE, [invoice], {Kind.INVOICE: ["Lines", "Total"]})
    lines = now.fields["Lines"]
    assert isinstance(lines, Lines)
    doubled = Lines(tuple(replace(line, quantity=Decimal(4)) for line in lines))
    [answer] = await ledger.system.write([update(Kind.INVOICE, invoice, {"Lines": doubled}, now.fields)])
    applied(answer)
    after = await seen(ledger, invoice)
    assert (after.fields["LineAmountTypes"], after.fields["Total"]) == ("Inclusive", Decimal("80.00"))


async def test_items_discounts_and_tracking_survive_a_round_trip(ledger: Ledger) -> None:
    ledger.item(Code="TYRE", Name="Tyre")
    category = next(iter(ledger.organisation.tracking.values()))
    tracked = ((category["Name"], category["Options"][0]["Name"]),)
    rich = Line(
        description="Tyres",
        quantity=Decimal("1.5"),
        price=Decimal("20.1234"),
        discount_percent=Decimal(10),
        item="TYRE",
        account="200",
        tax="OUTPUT2",
        tracking=tracked,
    )
    [made] = await ledger.system.write([create(Kind.INVOICE, new(ledger, Lines=Lines((rich,))))])
    listed, _ = await ledger.listed(Kind.INVOICE)
    for observation in (await seen(ledger, applied(made).id), *listed):
        lines = observation.fields["Lines"]
        assert isinstance(lines, Lines)
        [held] = lines
        assert held.ledger_id
        assert replace(held, ledger_id="", net=None, tax_amount=None) == rich
        assert (held.net, held.tax_amount) == (Decimal("27.17"), Decimal("4.08"))
