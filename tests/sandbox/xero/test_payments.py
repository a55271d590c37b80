from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.sandbox.xero.conftest import LINE, World, messages

from crossfoot_sandbox import jsontext
from crossfoot_sandbox.wire import Response
from crossfoot_sandbox.xero.pages.bookkeepers import Bookkeeper

NOBODY = "11111111-1111-4111-8111-111111111111"
DUE = Decimal("24.15")


def sent(invoice: dict[str, Any], **changes: Any) -> dict[str, Any]:
    values = {
        "Invoice": {"InvoiceID": invoice["InvoiceID"]},
        "Account": {"Code": "090"},
        "Date": "2026-11-20",
        "Amount": DUE,
        **changes,
    }
    return {name: value for name, value in values.items() if value is not None}


def pay(world: World, invoice: dict[str, Any], **changes: Any) -> dict[str, Any]:
    answer = world.put("/Payments", {"Payments": [sent(invoice, **changes)]})
    assert answer.status == 200, answer.body
    return dict(answer.payload()["Payments"][0])


def approved(world: World, **values: Any) -> dict[str, Any]:
    return world.invoice(Status="AUTHORISED", **values)


def read(world: World, invoice: dict[str, Any]) -> dict[str, Any]:
    return dict(world.get(f"/Invoices/{invoice['InvoiceID']}").payload()["Invoices"][0])


def delete(world: World, payment: dict[str, Any], **headers: str) -> Response:
    return world.post(f"/Payments/{payment['PaymentID']}", {"Status": "DELETED"}, **headers)


def edit(world: World, invoice: dict[str, Any], **changes: Any) -> Response:
    return world.post(f"/Invoices/{invoice['InvoiceID']}", changes)


def test_a_part_payment_lowers_what_is_due_and_moves_the_invoices_date(world: World) -> None:
    invoice = approved(world)
    world.clock.advance(60)
    row = pay(world, invoice, Amount=Decimal("4.15"), Reference="Deposit")
    assert (row["PaymentType"], row["Status"], row["IsReconciled"], row["HasAccount"]) == (
        "ACCRECPAYMENT",
        "AUTHORISED",
        False,
        True,
    )
    assert (row["Amount"], row["BankAmount"], row["CurrencyRate"]) == (Decimal("4.15"), Decimal("4.15"), 1)
    assert row["Account"].keys() == {"AccountID", "Code", "Name"}
    assert (row["Invoice"]["AmountDue"], row["Invoice"]["AmountPaid"]) == (20, Decimal("4.15"))
    after = read(world, invoice)
    assert (after["Status"], after["AmountDue"], after["AmountPaid"]) == ("AUTHORISED", 20, Decimal("4.15"))
    assert after["UpdatedDateUTCString"] == "2026-11-23T00:01:00Z"
    assert after["Payments"] == [
        {
            "PaymentID": row["PaymentID"],
            "Date": "/Date(1795132800000+0000)/",
            "Amount": Decimal("4.15"),
            "Reference": "Deposit",
            "CurrencyRate": 1,
            "HasAccount": False,
            "HasValidationErrors": False,
        }
    ]


def test_the_last_payment_makes_it_paid_on_its_day_and_deleting_it_opens_it_again(world: World) -> None:
    invoice = approved(world)
    pay(world, invoice, Amount=4)
    last = pay(world, invoice, Amount=Decimal("20.15"), Date="2026-11-22")
    paid = read(world, invoice)
    assert (paid["Status"], paid["AmountDue"], paid["FullyPaidOnDate"]) == (
        "PAID",
        0,
        "/Date(1795305600000+0000)/",
    )
    row = delete(world, last).payload()["Payments"][0]
    assert (row["Status"], row["Invoice"]["Status"], row["Invoice"]["AmountDue"]) == (
        "DELETED",
        "AUTHORISED",
        Decimal("20.15"),
    )
    after = read(world, invoice)
    assert (after["Status"], "FullyPaidOnDate" in after, len(after["Payments"])) == ("AUTHORISED", False, 1)


def test_a_payment_in_a_list_has_its_document_by_name_only(world: World) -> None:
    invoice = approved(world)
    pay(world, invoice)
    row = world.rows("Payments")[0]
    assert row["Account"].keys() == {"AccountID", "Code"}
    assert (row["Invoice"]["InvoiceNumber"], row["Invoice"]["LineItems"]) == ("INV-0001", [])
    assert "AmountDue" not in row["Invoice"]
    one = world.get(f"/Payments/{row['PaymentID']}").payload()["Payments"][0]
    assert (one["Invoice"]["Status"], len(one["Invoice"]["LineItems"])) == ("PAID", 1)
    assert world.get(f"/Payments/{NOBODY}").status == 404
    assert world.get("/Payments/first").status == 404


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"Amount": Decimal("24.16")}, "Payment amount exceeds the amount outstanding on this document"),
        ({"Amount": 0}, "Payment amount must be greater than zero"),
        ({"Invoice": {"InvoiceID": NOBODY}}, "Document could not be found"),
        ({"Invoice": None}, "Document could not be found"),
        (
            {"InvoiceNumber": "INV-0001", "CreditNoteNumber": "CN-1"},
            "Payment is applied to more than one document.",
        ),
        ({"Account": None}, "Account could not be found."),
        ({"Account": {"Code": "999"}}, "Account could not be found."),
        ({"Account": {"Code": "200"}}, "Account type is invalid for making a payment to/from."),
    ],
)
def test_payments_that_break_a_rule_are_refused(world: World, changes: dict[str, Any], text: str) -> None:
    invoice = approved(world)
    answer = world.put("/Payments", {"Payments": [sent(invoice, **changes)]})
    assert (answer.status, messages(answer)) == (400, [text])
    assert read(world, invoice)["AmountDue"] == DUE


def test_the_reference_of_a_payment_is_limited_by_switch(world: World) -> None:
    invoice = approved(world)
    long = sent(invoice, Amount=1, Reference="x" * 256)
    assert messages(world.put("/Payments", long)) == [
        "The Reference field cannot be longer than 255 characters."
    ]
    world.switch(payment_reference_limited=False)
    assert world.put("/Payments", long).status == 200


def test_only_approved_invoices_can_be_paid_and_a_paid_one_says_two_things(world: World) -> None:
    draft, paid = world.invoice(), approved(world)
    pay(world, paid)
    text = "Payments can only be made against Authorised documents"
    assert messages(world.put("/Payments", sent(draft))) == [text]
    assert messages(world.put("/Payments", sent(paid, Amount=1))) == [
        text,
        "Payment amount exceeds the amount outstanding on this document",
    ]


def test_an_account_that_takes_payments_will_do_and_an_archived_one_will_not(world: World) -> None:
    invoice = approved(world)
    account = next(a for a in world.rows("Accounts") if a["Code"] == "881")
    assert (
        pay(world, invoice, Amount=1, Account={"AccountID": account["AccountID"]})["Account"]["Code"] == "881"
    )
    assert pay(world, invoice, Amount=1, Account=None, Code="091")["Account"]["Code"] == "091"
    Bookkeeper(world.organisation).archives_account("091")
    assert messages(world.put("/Payments", sent(invoice, Amount=1, Code="091", Account=None))) == [
        "Account could not be found."
    ]


def test_an_invoice_is_named_by_its_number_too(world: World) -> None:
    approved(world, InvoiceNumber="A-1")
    assert pay(world, {"InvoiceID": ""}, Invoice={"InvoiceNumber": "A-1"}, Amount=1)["Amount"] == 1
    assert pay(world, {"InvoiceID": ""}, Invoice=None, InvoiceNumber="a-1", Amount=1)["Amount"] == 1


def test_a_bill_is_paid_too(world: World) -> None:
    bill = approved(world, Type="ACCPAY", LineItems=[{**LINE, "AccountCode": "300"}])
    assert pay(world, bill)["PaymentType"] == "ACCPAYPAYMENT"


def test_a_payment_never_changes(world: World) -> None:
    payment = pay(world, approved(world))
    path = f"/Payments/{payment['PaymentID']}"
    for changes, text in (
        (b'{"Amount": 1}', "Only Status accepted for updates."),
        (b'{"Status": "AUTHORISED"}', "Payment not of valid status for modification"),
    ):
        assert messages(world.raw("POST", path, changes)) == [text]
    assert delete(world, payment).status == 200
    assert messages(delete(world, payment)) == ["Payment not of valid status for modification"]
    assert world.raw("DELETE", path).status == 405


def test_a_payment_is_deleted_by_id_in_the_body_too(world: World) -> None:
    payment = pay(world, approved(world))
    body = jsontext.dumps({"Payments": [{"PaymentID": payment["PaymentID"], "Status": "DELETED"}]})
    assert world.raw("POST", "/Payments", body).payload()["Payments"][0]["Status"] == "DELETED"
    body = jsontext.dumps({"Payments": [{"PaymentID": NOBODY, "Status": "DELETED"}]})
    assert world.raw("POST", "/Payments", body).status == 404


def test_a_reconciled_payment_cannot_be_deleted_by_an_app_but_by_people(world: World) -> None:
    invoice = approved(world)
    payment = pay(world, invoice)
    people = Bookkeeper(world.organisation)
    people.reconciles(payment["PaymentID"])
    assert world.rows("Payments")[0]["IsReconciled"] is True
    assert messages(delete(world, payment)) == ["This payment has been reconciled and cannot be deleted."]
    people.removes_payment(payment["PaymentID"])
    assert read(world, invoice)["AmountDue"] == DUE
    with pytest.raises(ValueError, match="deleted"):
        people.removes_payment(payment["PaymentID"])
    with pytest.raises(ValueError, match="deleted"):
        people.reconciles(payment["PaymentID"])
    assert pay(world, invoice, IsReconciled=True)["IsReconciled"] is True


def test_a_deleted_payment_is_among_the_modified_by_switch(world: World) -> None:
    invoice = approved(world)
    payments = [pay(world, invoice, Amount=1), pay(world, invoice, Amount=1)]
    since = "2026-11-23T00:00:30"
    world.clock.advance(60)
    delete(world, payments[0])
    assert [row["Status"] for row in world.rows("Payments", If_Modified_Since=since)] == ["DELETED"]
    world.switch(payment_deletion_moves_date=False)
    delete(world, payments[1])
    rows = world.rows("Payments", If_Modified_Since=since)
    assert [row["PaymentID"] for row in rows] == [payments[0]["PaymentID"]]
    assert [row["Status"] for row in world.rows("Payments")] == ["DELETED", "DELETED"]


def test_payments_are_filtered_ordered_and_paged(world: World) -> None:
    invoice, other = approved(world), approved(world)
    pay(world, invoice, Amount=1)
    pay(world, other, Amount=2, Reference="Deposit")

    def found(where: str) -> list[Any]:
        return [row["Amount"] for row in world.rows("Payments", query={"where": where})]

    assert found(f'Invoice.InvoiceID==Guid("{other["InvoiceID"]}")') == [2]
    assert found('Status=="AUTHORISED" AND PaymentType=="ACCRECPAYMENT"') == [1, 2]
    assert found("Amount > 1") == [2]
    assert found('Reference!=null AND Reference.Contains("depo")') == [2]
    assert found("Date >= DateTime(2026,11,20)") == [1, 2]
    assert found("IsReconciled==true") == []
    answer = world.get("/Payments", query={"page": 1, "pageSize": 1, "order": "Amount DESC"}).payload()
    assert [row["Amount"] for row in answer["Payments"]] == [2]
    assert answer["pagination"] == {"page": 1, "pageSize": 1, "pageCount": 2, "itemCount": 2}


def test_a_batch_that_pays_too_much_in_sum_pays_nothing(world: World) -> None:
    world.switch(mixed_batch_atomic=True)
    invoice = approved(world)
    body = {"Payments": [sent(invoice, Amount=20), sent(invoice, Amount=20)]}
    answer = world.put("/Payments", body)
    assert messages(answer) == ["Payment amount exceeds the amount outstanding on this document"]
    assert (world.rows("Payments"), read(world, invoice)["AmountDue"]) == ([], DUE)
    rows = world.put("/Payments", body, query={"summarizeErrors": "false"}).payload()["Payments"]
    assert [row["StatusAttributeString"] for row in rows] == ["OK", "ERROR"]
    assert rows[1]["HasValidationErrors"] is True
    assert read(world, invoice)["AmountDue"] == Decimal("4.15")


def test_the_same_key_pays_once(world: World) -> None:
    invoice = approved(world)
    for _ in range(2):
        world.put("/Payments", sent(invoice, Amount=1), Idempotency_Key="p1")
    assert read(world, invoice)["AmountPaid"] == 1


def test_a_foreign_invoice_is_paid_at_a_rate_or_by_what_the_bank_received(world: World) -> None:
    invoice = approved(world, CurrencyCode="USD", CurrencyRate=Decimal("0.6"))
    row = pay(world, invoice, Amount=6, CurrencyRate=Decimal("0.5"))
    assert (row["BankAmount"], row["CurrencyRate"]) == (12, Decimal("0.5"))
    row = pay(world, invoice, Amount=6, BankAmount=8)
    assert (row["BankAmount"], row["CurrencyRate"]) == (8, Decimal("0.75"))
    row = pay(world, invoice, Amount=6)
    assert row["BankAmount"] == (6 / row["CurrencyRate"]).quantize(Decimal("0.01"))
    account = world.put(
        "/Accounts",
        {"Code": "092", "Name": "Dollars", "Type": "BANK", "CurrencyCode": "USD", "BankAccountNumber": "1"},
    ).payload()["Accounts"][0]
    row = pay(world, invoice, Amount=Decimal("6.15"), Account={"AccountID": account["AccountID"]})
    assert row["BankAmount"] == Decimal("6.15")
    assert read(world, invoice)["Status"] == "PAID"


def test_a_locked_period_takes_no_payments_and_gives_none_back(world: World) -> None:
    invoice = approved(world)
    payment = pay(world, invoice, Amount=1)
    people = Bookkeeper(world.organisation)
    people.locks(period=date(2026, 11, 20))
    text = "The document date cannot be before the period lock date, currently set at 20-Nov-2026"
    assert messages(world.put("/Payments", sent(invoice, Amount=1))) == [text]
    assert messages(delete(world, payment)) == [text]
    with pytest.raises(ValueError, match="period lock date"):
        people.removes_payment(payment["PaymentID"])
    people.locks()
    assert delete(world, payment).status == 200


# ── What a payment does to what may be edited ──────────────────────────────────────────────────────────────────────────

SETTLED = "This document cannot be edited as it has a payment or credit note allocated to it."


def test_a_part_paid_invoice_keeps_its_money_and_lets_words_change(world: World) -> None:
    invoice = approved(world)
    pay(world, invoice, Amount=1)
    line = {"LineItemID": invoice["LineItems"][0]["LineItemID"]}
    assert messages(edit(world, invoice, LineItems=[{**line, "Quantity": 3}])) == [SETTLED]
    assert messages(edit(world, invoice, LineItems=[LINE])) == [SETTLED]
    swapped = {**line, "Quantity": 1, "UnitAmount": 21}  # comes to the same amount
    assert messages(edit(world, invoice, LineItems=[swapped])) == [SETTLED]
    assert messages(edit(world, invoice, CurrencyCode="USD")) != []
    assert messages(edit(world, invoice, Date="2026-11-01")) == [
        "Date cannot be changed on an invoice that has payment or credit notes allocated to it."
    ]
    answer = edit(
        world,
        invoice,
        Reference="R",
        InvoiceNumber="A-1",
        DueDate="2027-01-31",
        LineItems=[{**line, "Description": "Nuts", "AccountCode": "260"}],
    )
    row = answer.payload()["Invoices"][0]
    assert (row["Reference"], row["LineItems"][0]["Description"], row["LineItems"][0]["AccountCode"]) == (
        "R",
        "Nuts",
        "260",
    )
    assert row["AmountDue"] == Decimal("23.15")


def test_a_paid_invoice_refuses_with_two_messages(world: World) -> None:
    invoice = approved(world)
    pay(world, invoice)
    assert messages(edit(world, invoice, LineItems=[LINE])) == [
        "Invoice not of valid status for modification",
        SETTLED,
    ]
    assert edit(world, invoice, Reference="R").payload()["Invoices"][0]["Status"] == "PAID"


@pytest.mark.parametrize("status", ["DRAFT", "SUBMITTED", "VOIDED"])
def test_payments_must_go_before_a_status_can_change(world: World, status: str) -> None:
    invoice = approved(world)
    payment = pay(world, invoice, Amount=1)
    text = f"The status {status} cannot be applied to the invoice because it has payments or credit notes allocated to it."
    assert messages(edit(world, invoice, Status=status)) == [text]
    delete(world, payment)
    if status == "VOIDED":
        assert edit(world, invoice, Status=status).status == 200


def test_a_paid_invoice_is_not_approved_again(world: World) -> None:
    invoice = approved(world)
    pay(world, invoice)
    assert "The status AUTHORISED cannot be applied" in messages(edit(world, invoice, Status="AUTHORISED"))[0]


def test_changes_without_a_journal_move_no_date_once_an_invoice_is_part_paid(world: World) -> None:
    invoice = approved(world)
    pay(world, invoice, Amount=1)
    before = read(world, invoice)["UpdatedDateUTC"]
    world.clock.advance(60)
    assert edit(world, invoice, DueDate="2027-01-31", SentToContact=True).status == 200
    after = read(world, invoice)
    assert (after["UpdatedDateUTC"], after["DueDateString"], after["SentToContact"]) == (
        before,
        "2027-01-31T00:00:00",
        True,
    )
    edit(world, invoice, Reference="R")
    assert read(world, invoice)["UpdatedDateUTC"] != before


# ── Webhooks, history, people ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("invoice_update", "payments", "heard"),
    [
        (True, False, [("INVOICE", "UPDATE")]),
        (False, False, []),
        (True, True, [("PAYMENT", "CREATE"), ("INVOICE", "UPDATE")]),
    ],
)
def test_what_webhooks_tell_of_a_payment_is_switched(
    world: World, invoice_update: bool, payments: bool, heard: list[tuple[str, str]]
) -> None:
    invoice = approved(world)
    world.switch(payment_fires_invoice_update=invoice_update, payment_webhooks=payments)
    told: list[tuple[str, str, Any]] = []
    world.organisation._announce = lambda _t, category, _r, event, _ms, data: told.append(
        (category, event, data)
    )
    pay(world, invoice)
    assert [(category, event) for category, event, _ in told] == heard
    if payments:
        assert told[0][2] == {
            "Type": "ACCRECPAYMENT",
            "Status": "AUTHORISED",
            "UpdatedDateUTCString": "2026-11-23T00:00:00Z",
        }


def test_payments_have_history(world: World) -> None:
    payment = pay(world, approved(world))
    path = f"/Payments/{payment['PaymentID']}/History"
    world.put(path, {"HistoryRecords": [{"Details": "Seen"}]})
    assert "Seen" in {row["Details"] for row in world.get(path).payload()["HistoryRecords"]}


def test_a_colleague_pays_all_that_is_open_or_a_part(world: World) -> None:
    invoice = approved(world)
    people = Bookkeeper(world.organisation, by="cy")
    first = people.pays(invoice["InvoiceID"], Decimal(4), on=date(2026, 11, 1), reference="Cheque 7")
    people.pays(invoice["InvoiceID"])
    record = world.organisation.book("Payments")[first]
    assert (record.created_by, record.values["Date"], record.values["Reference"]) == (
        "person:cy",
        date(2026, 11, 1),
        "Cheque 7",
    )
    assert read(world, invoice)["Status"] == "PAID"
    with pytest.raises(ValueError, match="exceeds the amount outstanding"):
        people.pays(invoice["InvoiceID"], Decimal(1))
    with pytest.raises(ValueError, match="no document"):
        people.pays(NOBODY)
    with pytest.raises(ValueError, match="has no record"):
        people.reconciles(NOBODY)


def test_a_colleague_approves_and_voids(world: World) -> None:
    people = Bookkeeper(world.organisation)
    draft, second = world.invoice(DueDate=None), world.invoice()
    people.approves("Invoices", draft["InvoiceID"], DueDate="2026-12-31")
    people.voids("Invoices", draft["InvoiceID"])
    people.voids("Invoices", second["InvoiceID"])
    assert [row["Status"] for row in world.rows("Invoices")] == ["VOIDED", "DELETED"]


def test_system_accounts_stay(world: World) -> None:
    with pytest.raises(ValueError, match="610"):
        Bookkeeper(world.organisation).archives_account("610")
    Bookkeeper(world.organisation).archives_account("200")
    Bookkeeper(world.organisation).archives_account("200", archived=False)
    assert approved(world)["Status"] == "AUTHORISED"


def test_an_account_that_was_used_is_archived_but_not_deleted(world: World) -> None:
    pay(world, approved(world), Account={"Code": "881"})
    by_code = {row["Code"]: row["AccountID"] for row in world.rows("Accounts")}
    for code, status in (("200", 400), ("881", 400), ("260", 200)):
        answer = world.call("DELETE", f"/Accounts/{by_code[code]}")
        assert answer.status == status
    assert "used on a transaction" in messages(world.call("DELETE", f"/Accounts/{by_code['200']}"))[0]


def test_a_contact_with_open_documents_can_be_archived(world: World) -> None:
    invoice = approved(world)
    contact = f"/Contacts/{invoice['Contact']['ContactID']}"
    row = world.post(contact, {"Contacts": [{"ContactStatus": "ARCHIVED"}]}).payload()["Contacts"][0]
    assert row["ContactStatus"] == "ARCHIVED"
    assert pay(world, invoice)["Invoice"]["Status"] == "PAID"
    assert read(world, invoice)["Contact"]["ContactStatus"] == "ARCHIVED"
