"""Payments by recorded answers, and between the connector and a bookkeeper."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.systems.xero.recorded import (
    ACCOUNT,
    INVOICE,
    LOST,
    NOBODY,
    PAYMENT,
    answer,
    hearing,
    payment,
    refused_call,
)
from tests.systems.xero.world import Ledger, applied, archive, create, update

from crossfoot.model.identity import Kind
from crossfoot.model.problems import Cause, Problem
from crossfoot.model.records import Fields, Standing
from crossfoot.systems.port import Answer, Refused, Response, Trouble, Unknown, Wait
from crossfoot.systems.xero import payments
from crossfoot_sandbox.faults import Kind as Fault

OTHER = "0d0dd8c1-4e5c-4d1c-9df5-0fe86cc2ac91"
KEY = "hubspot:48000001:payment:512"
ALL = {Kind.PAYMENT: frozenset(payments.PATHS)}
NEW: Fields = {
    "Invoice": INVOICE,
    "Account": "090",
    "Amount": Decimal("46.00"),
    "Date": date(2026, 10, 28),
}


def told(*rows: dict[str, Any], pages: int | None = 1) -> Response:
    return answer(*rows, pages=pages, resource="Payments")


def said(answer: Answer) -> Problem:
    assert isinstance(answer, Refused), answer
    return answer.problem


async def test_a_payment_tells_what_it_pays_from_where_and_how_much() -> None:
    recorded = hearing([told(payment(Reference=f"{KEY} Direct debit"))])
    [seen] = await recorded.system.read(Kind.PAYMENT, [PAYMENT], ALL)
    assert seen.live
    assert seen.fields == {
        "Invoice": INVOICE,
        "Account": "090",
        "Amount": Decimal("46.00"),
        "Date": date(2026, 10, 28),
        "Reference": "Direct debit",
        "Reference.Key": KEY,
        "CurrencyRate": Decimal(1),
        "Status": "AUTHORISED",
        "IsReconciled": False,
        "PaymentType": "ACCRECPAYMENT",
    }


@pytest.mark.parametrize(
    ("text", "key", "reference"),
    [
        (KEY, KEY, None),
        (f"{KEY}  Direct debit 7", KEY, "Direct debit 7"),
        ("Direct debit: 7", None, "Direct debit: 7"),
        ("https://pay.example:80/7", None, "https://pay.example:80/7"),
        (f"see {KEY}", None, f"see {KEY}"),
        ("", None, None),
        (None, None, None),
    ],
)
async def test_our_key_stands_before_what_people_read(
    text: str | None, key: str | None, reference: str | None
) -> None:
    recorded = hearing([told(payment(Reference=text))])
    paths = {Kind.PAYMENT: ["Reference", "Reference.Key"]}
    [seen] = await recorded.system.read(Kind.PAYMENT, [PAYMENT], paths)
    assert seen.fields == {"Reference": reference, "Reference.Key": key}


async def test_an_account_without_a_code_is_told_by_its_id_and_what_is_not_told_stays_open() -> None:
    row = payment(Account={"AccountID": ACCOUNT}, CurrencyRate=None, IsReconciled=None)
    [seen] = await hearing([told(row)]).system.read(Kind.PAYMENT, [PAYMENT], ALL)
    assert seen.fields["Account"] == ACCOUNT
    assert not {"CurrencyRate", "IsReconciled"} & set(seen.fields)


async def test_a_deleted_payment_is_archived_and_a_refund_is_not_there() -> None:
    rows = [payment(Status="DELETED"), payment(PaymentID=OTHER, PaymentType="ARCREDITPAYMENT")]
    deleted, refund = await hearing([told(*rows)]).system.read(Kind.PAYMENT, [PAYMENT, OTHER], ALL)
    assert (deleted.standing, deleted.fields["Status"]) == (Standing.ARCHIVED, "DELETED")
    assert refund.standing is Standing.MISSING


async def test_a_listing_seeks_receipts_of_sales_invoices() -> None:
    recorded = hearing([told(payment(), payment(PaymentID=OTHER, PaymentType="ACCPAYPAYMENT"))])
    [page] = [page async for page in recorded.system.list(Kind.PAYMENT, ALL, None)]
    assert [each.ref.id for each in page.observations] == [PAYMENT]
    assert recorded.query() == {
        "where": 'PaymentType=="ACCRECPAYMENT"',
        "order": "UpdatedDateUTC ASC",
        "page": "1",
        "pageSize": "1000",
    }


async def test_twenty_five_payments_are_read_in_one_call() -> None:
    ids = [f"{number:08d}-0000-4000-8000-000000000000" for number in range(25)]
    recorded = hearing([told(*(payment(PaymentID=each) for each in ids))])
    found = await recorded.system.read(Kind.PAYMENT, ids, ALL)
    assert [each.ref.id for each in found] == ids
    where = recorded.query()["where"]
    assert where.startswith('PaymentType=="ACCRECPAYMENT" AND (PaymentID==Guid("00000000-')
    assert where.count(" OR ") == 24


async def test_a_payment_is_found_by_our_key_alone_even_when_deleted() -> None:
    mine = payment(Reference=f"{KEY} Direct debit", Status="DELETED")
    recorded = hearing([told(mine, payment(PaymentID=OTHER, Reference=f"{KEY}0"))])
    [found] = await recorded.system.find(Kind.PAYMENT, "Reference.Key", [KEY], ALL)
    assert (found.ref.id, found.standing) == (PAYMENT, Standing.ARCHIVED)
    assert recorded.query()["where"] == (
        f'PaymentType=="ACCRECPAYMENT" AND Reference!=null AND (Reference.StartsWith("{KEY}"))'
    )


async def test_payments_are_found_by_their_invoice_and_by_what_people_read() -> None:
    recorded = hearing(
        [
            told(payment(), payment(PaymentID=OTHER, Status="DELETED")),
            told(payment(Reference=f"{KEY} Debit 7"), payment(PaymentID=OTHER, Reference="Big debit 7")),
        ]
    )
    [by_invoice] = await recorded.system.find(Kind.PAYMENT, "Invoice", [INVOICE], ALL)
    [by_text] = await recorded.system.find(Kind.PAYMENT, "Reference", ["debit 7"], ALL)
    assert by_invoice.ref.id == by_text.ref.id == PAYMENT
    assert recorded.query(0)["where"].endswith(f'AND (Invoice.InvoiceID==Guid("{INVOICE}"))')
    assert recorded.query(1)["where"].endswith('Reference!=null AND (Reference.EndsWith("debit 7"))')
    with pytest.raises(ValueError, match="Amount"):
        await recorded.system.find(Kind.PAYMENT, "Amount", ["1"], ALL)


async def test_where_xero_cannot_filter_by_reference_all_receipts_are_looked_through() -> None:
    refusal = refused_call("Object reference not set", number=16, kind="QueryParseException")
    recorded = hearing([refusal, told(payment(Reference=KEY))])
    [found] = await recorded.system.find(Kind.PAYMENT, "Reference.Key", [KEY], ALL)
    assert found.ref.id == PAYMENT
    assert recorded.query()["where"] == 'PaymentType=="ACCRECPAYMENT"'
    assert recorded.query()["order"] == "PaymentID ASC"


# ── recording ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_payment_is_looked_for_and_then_put_once() -> None:
    values = {**NEW, "Reference": "Direct debit", "CurrencyRate": None}
    recorded = hearing([told(), told(payment(Reference=f"{KEY} Direct debit"), pages=None)])
    [done] = await recorded.system.write([create(Kind.PAYMENT, values, KEY, "op-1")])
    assert recorded.asked() == ["GET /Payments", "PUT /Payments"]
    assert recorded.script.asked[1].headers["Idempotency-Key"] == "op-1"
    assert recorded.query() == {"summarizeErrors": "false"}
    assert recorded.sent() == [
        {
            "Invoice": {"InvoiceID": INVOICE},
            "Account": {"Code": "090"},
            "Amount": Decimal("46.00"),
            "Date": "2026-10-28",
            "Reference": f"{KEY} Direct debit",
        }
    ]
    observation = applied(done).observation
    assert observation is not None
    assert observation.fields["Reference"] == "Direct debit"


async def test_an_account_may_be_named_by_its_id() -> None:
    recorded = hearing([told(payment(), pages=None)])
    applied((await recorded.system.write([create(Kind.PAYMENT, {**NEW, "Account": ACCOUNT})]))[0])
    assert recorded.sent()[0]["Account"] == {"AccountID": ACCOUNT}
    assert "Reference" not in recorded.sent()[0]


@pytest.mark.parametrize(("status", "made"), [("AUTHORISED", True), ("DELETED", False)])
async def test_money_is_never_recorded_twice(status: str, made: bool) -> None:
    recorded = hearing([told(payment(Reference=KEY, Status=status))])
    [answered] = await recorded.system.write([create(Kind.PAYMENT, NEW, KEY)])
    assert recorded.asked() == ["GET /Payments"]
    if made:
        assert applied(answered).id == PAYMENT
    else:
        assert isinstance(answered, Refused)
        assert (answered.problem.cause, answered.twin) == (Cause.ARCHIVED, PAYMENT)


async def test_a_recording_without_an_answer_is_unknown_and_not_repeated() -> None:
    recorded = hearing([told(), LOST])
    [answered] = await recorded.system.write([create(Kind.PAYMENT, NEW, KEY)])
    assert isinstance(answered, Unknown)
    assert len(recorded.asked()) == 2


@pytest.mark.parametrize(
    ("more", "field"),
    [
        *(({path: None}, path) for path in payments.REQUIRED),
        ({"Amount": Decimal(0)}, "Amount"),
        ({"Amount": Decimal("-1.00")}, "Amount"),
        ({"Amount": Decimal("1.005")}, "Amount"),
        ({"IsReconciled": True}, "IsReconciled"),
        ({"Status": "DELETED"}, "Status"),
    ],
)
async def test_what_is_no_payment_is_refused_in_words_without_a_call(more: Fields, field: str) -> None:
    [answered] = await hearing([]).system.write([create(Kind.PAYMENT, {**NEW, **more}, KEY)])
    problem = said(answered)
    assert problem.field == field
    assert problem.what.endswith(".")
    assert problem.fix.endswith(".")


@pytest.mark.parametrize(
    ("messages", "cause", "field", "words"),
    [
        (
            ["Payment amount exceeds the amount outstanding on this document"],
            Cause.INVALID,
            "Amount",
            "more than what is still due",
        ),
        (
            [
                "Payment amount exceeds the amount outstanding on this document",
                "Payments can only be made against Authorised documents",
            ],
            Cause.NOT_READY,
            "Invoice",
            "not open for payments",
        ),
        (["Account type is invalid for payments."], Cause.INVALID, "Account", "no payments to this account"),
        (
            ["The payment date cannot be before the period lock date, currently set at 31 March 2026"],
            Cause.INVALID,
            "Date",
            "lock date is 31 March 2026",
        ),
    ],
)
async def test_what_xero_says_against_a_payment_is_told_for_people(
    messages: list[str], cause: Cause, field: str, words: str
) -> None:
    bad = payment(
        PaymentID=NOBODY,
        Reference=KEY,
        StatusAttributeString="ERROR",
        HasValidationErrors=True,
        ValidationErrors=[{"Message": message} for message in messages],
    )
    recorded = hearing([told(), told(bad, pages=None)])
    [answered] = await recorded.system.write([create(Kind.PAYMENT, NEW, KEY)])
    problem = said(answered)
    assert (problem.cause, problem.field) == (cause, field)
    assert words in problem.what
    assert problem.said == " ".join(messages)


async def test_a_payment_is_never_changed() -> None:
    [answered] = await hearing([]).system.write([update(Kind.PAYMENT, PAYMENT, {"Reference": "x"})])
    assert said(answered).cause is Cause.READ_ONLY
    assert said(answered).fix


# ── deleting ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_payments_are_deleted_one_by_one_after_a_look() -> None:
    ids = [PAYMENT, OTHER, INVOICE, ACCOUNT, NOBODY]
    recorded = hearing(
        [
            told(
                payment(),
                payment(PaymentID=OTHER, Status="DELETED"),
                payment(PaymentID=INVOICE, IsReconciled=True),
                payment(PaymentID=ACCOUNT, BatchPaymentID=OTHER),
            ),
            told(payment(Status="DELETED"), pages=None),
        ]
    )
    done, already, reconciled, batched, missing = await recorded.system.write(
        [archive(Kind.PAYMENT, each, each) for each in ids]
    )
    assert [applied(each).observation.standing for each in (done, already)] == [Standing.ARCHIVED] * 2  # type: ignore[union-attr]
    assert said(reconciled).field == "IsReconciled"
    assert "batch payment" in said(batched).what
    assert said(missing).cause is Cause.MISSING
    assert recorded.asked() == ["GET /Payments", f"POST /Payments/{PAYMENT}"]
    assert recorded.script.asked[1].body == b'{"Status":"DELETED"}'
    assert "?" not in recorded.script.asked[1].url


async def test_a_deletion_that_xero_refuses_says_why() -> None:
    said_by_xero = "This payment has been reconciled and cannot be removed."
    recorded = hearing([told(payment()), refused_call(said_by_xero)])
    [answered] = await recorded.system.write([archive(Kind.PAYMENT, PAYMENT)])
    assert said(answered).field == "IsReconciled"
    assert said(answered).said == said_by_xero


async def test_a_deletion_without_an_answer_is_unknown_and_the_next_goes_on() -> None:
    rows = told(payment(), payment(PaymentID=OTHER))
    recorded = hearing([rows, LOST, told(payment(PaymentID=OTHER, Status="DELETED"), pages=None)])
    first, second = await recorded.system.write(
        [archive(Kind.PAYMENT, PAYMENT, "a"), archive(Kind.PAYMENT, OTHER, "b")]
    )
    assert isinstance(first, Unknown)
    assert applied(second).id == OTHER


async def test_what_was_not_sent_when_trouble_began_waits() -> None:
    rows = told(payment(), payment(PaymentID=OTHER))
    used_up = Response(429, {"x-rate-limit-problem": "day", "retry-after": "3600"})
    first, second = await hearing([rows, told(payment(Status="DELETED"), pages=None), used_up]).system.write(
        [archive(Kind.PAYMENT, PAYMENT, "a"), archive(Kind.PAYMENT, OTHER, "b")]
    )
    assert applied(first).id == PAYMENT
    assert isinstance(second, Wait)
    assert second.seconds == 3600
    with pytest.raises(Trouble):
        await hearing([rows, used_up]).system.write([archive(Kind.PAYMENT, PAYMENT)])


# ── in the books ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_payment_recorded_here_pays_the_invoice_and_its_deletion_opens_it_again(
    ledger: Ledger,
) -> None:
    invoice = ledger.invoice(Status="AUTHORISED")
    values = {**NEW, "Invoice": invoice, "Reference": "Direct debit"}
    [made] = await ledger.system.write([create(Kind.PAYMENT, values, KEY)])
    paid = applied(made).id
    assert ledger.organisation.book("Invoices")[invoice].status == "PAID"
    assert ledger.holds("Payments", paid)["Reference"] == f"{KEY} Direct debit"
    [seen] = await ledger.system.read(Kind.PAYMENT, [paid], ALL)
    assert {path: seen.fields[path] for path in values} == values
    [listed], cursor = await ledger.listed(Kind.PAYMENT)
    assert listed == replace(seen, fields={path: listed.fields[path] for path in seen.fields})

    ledger.later(60)
    [gone] = await ledger.system.write([archive(Kind.PAYMENT, paid)])
    assert applied(gone).id == paid
    assert ledger.organisation.book("Invoices")[invoice].status == "AUTHORISED"
    [listed], _ = await ledger.listed(Kind.PAYMENT, cursor)
    assert listed.standing is Standing.ARCHIVED


async def test_payments_of_bills_and_refunds_are_never_listed(ledger: Ledger) -> None:
    sale, bill = ledger.invoice(Status="AUTHORISED"), ledger.invoice(Type="ACCPAY", Status="AUTHORISED")
    received = ledger.bookkeeper.pays(sale, reference="Cash")
    ledger.bookkeeper.pays(bill)
    listed, _ = await ledger.listed(Kind.PAYMENT)
    assert [each.ref.id for each in listed] == [received]
    assert (listed[0].fields["Reference"], listed[0].fields["Account"]) == ("Cash", "090")


async def test_a_reconciled_payment_stays(ledger: Ledger) -> None:
    paid = ledger.bookkeeper.pays(ledger.invoice(Status="AUTHORISED"), reconciled=True)
    [answered] = await ledger.system.write([archive(Kind.PAYMENT, paid)])
    assert said(answered).field == "IsReconciled"
    assert ledger.organisation.book("Payments")[paid].status != "DELETED"


async def test_what_the_books_refuse_is_explained(ledger: Ledger) -> None:
    approved, draft = ledger.invoice(Status="AUTHORISED"), ledger.invoice()
    odd: list[Fields] = [
        {"Amount": Decimal("46.01")},
        {"Invoice": draft},
        {"Account": "200"},
        {"Account": "nope"},
        {"Date": date(2020, 1, 1)},
    ]
    ledger.bookkeeper.locks(year=date(2020, 3, 31))
    writes = [
        create(Kind.PAYMENT, {**NEW, "Invoice": approved, **more}, f"{KEY}{number}", f"op-{number}")
        for number, more in enumerate(odd)
    ]
    answers = await ledger.system.write(writes)
    assert [said(each).field for each in answers] == ["Amount", "Invoice", "Account", "Account", "Date"]
    assert not ledger.organisation.book("Payments")


@pytest.mark.parametrize("fault", [Fault.REPLY_LOST, Fault.ERROR_AFTER, Fault.REQUEST_LOST])
async def test_however_an_answer_is_lost_the_money_is_recorded_once(ledger: Ledger, fault: Fault) -> None:
    values = {**NEW, "Invoice": ledger.invoice(Status="AUTHORISED"), "Amount": Decimal(10)}
    ledger.fault(fault, "PUT /Payments")
    [lost] = await ledger.system.write([create(Kind.PAYMENT, values, KEY, "op-1.1")])
    assert isinstance(lost, Unknown)
    ledger.later(3600)
    [answered] = await ledger.system.write([create(Kind.PAYMENT, values, KEY, "op-1.2")])
    assert list(ledger.organisation.book("Payments")) == [applied(answered).id]
