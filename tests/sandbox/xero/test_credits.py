from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.sandbox.xero.conftest import LINE, World, messages

from crossfoot_sandbox.wire import Response
from crossfoot_sandbox.xero.pages.bookkeepers import Bookkeeper

NOBODY = "11111111-1111-4111-8111-111111111111"
DUE = Decimal("24.15")


def approved(world: World, **values: Any) -> dict[str, Any]:
    return world.invoice(Status="AUTHORISED", **values)


def credit_note(world: World, invoice: dict[str, Any], **values: Any) -> dict[str, Any]:
    sent = {
        "Type": "ACCRECCREDIT",
        "Contact": {"ContactID": invoice["Contact"]["ContactID"]},
        "LineItems": [{**LINE, "Quantity": 1}],
        "Status": "AUTHORISED",
        **values,
    }
    answer = world.put("/CreditNotes", {"CreditNotes": [sent]})
    assert answer.status == 200, answer.body
    return dict(answer.payload()["CreditNotes"][0])


def allocate(
    world: World, note: dict[str, Any], invoice: dict[str, Any], amount: Any, **options: Any
) -> Response:
    body = {
        "Allocations": [
            {"Amount": amount, "Invoice": {"InvoiceID": invoice["InvoiceID"]}, "Date": "2026-01-01"}
        ]
    }
    return world.put(f"/CreditNotes/{note['CreditNoteID']}/Allocations", body, **options)


def read(world: World, kind: str, record_id: str) -> dict[str, Any]:
    return dict(world.get(f"/{kind}/{record_id}").payload()[kind][0])


def invoice_of(world: World, invoice: dict[str, Any]) -> dict[str, Any]:
    return read(world, "Invoices", invoice["InvoiceID"])


# ── Credit notes ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_credit_note_has_lines_tax_and_a_remaining_credit(world: World) -> None:
    row = credit_note(world, world.invoice(), Status="DRAFT", Reference="Return")
    assert (row["CreditNoteNumber"], row["Status"], row["ID"]) == ("CN-0001", "DRAFT", row["CreditNoteID"])
    assert (row["Total"], row["RemainingCredit"], row["Allocations"]) == (
        Decimal("12.08"),
        Decimal("12.08"),
        [],
    )
    assert "DueDate" not in row
    page = world.rows("CreditNotes", query={"page": 1})[0]
    assert (len(page["LineItems"]), page["Payments"], "ContactStatus" in page["Contact"]) == (1, [], False)
    assert world.rows("CreditNotes")[0]["LineItems"] == []
    assert world.get("/CreditNotes/cn-0001").payload()["CreditNotes"][0]["Reference"] == "Return"


def test_a_credit_note_has_no_discount_and_its_own_statuses_and_numbers(world: World) -> None:
    invoice = world.invoice()
    note = credit_note(world, invoice, LineItems=[{**LINE, "DiscountRate": 50}], CreditNoteNumber="C-1")
    assert note["SubTotal"] == 21
    body = {"Type": "ACCRECCREDIT", "Contact": {"Name": "Customer 1"}, "LineItems": [LINE]}
    assert messages(world.put("/CreditNotes", {**body, "CreditNoteNumber": "c-1"})) == [
        "Credit Note # must be unique."
    ]
    assert messages(world.put("/CreditNotes", {**body, "Status": "PAID"})) == [
        "Credit Note not of valid status for creation"
    ]
    path = f"/CreditNotes/{note['CreditNoteID']}"
    assert messages(world.post(path, {"Status": "DELETED"})) == [
        "Credit Note not of valid status for modification"
    ]
    assert world.post(path, {"Status": "VOIDED"}).payload()["CreditNotes"][0]["Status"] == "VOIDED"


def test_an_unknown_credit_note_says_so_where_it_is_not_404(world: World) -> None:
    world.switch(unknown_id_in_batch="element")
    body = {"CreditNotes": [{"CreditNoteID": NOBODY, "Status": "VOIDED"}]}
    assert messages(world.post("/CreditNotes", body)) == [
        "An existing Credit Note with the specified CreditNoteID could not be found"
    ]
    assert allocate(world, {"CreditNoteID": NOBODY}, {"InvoiceID": NOBODY}, 1).status == 404


def test_an_allocation_credits_the_invoice_without_any_payment(world: World) -> None:
    invoice = approved(world)
    note = credit_note(world, invoice, Date="2026-11-25")
    world.clock.advance(60)
    row = allocate(world, note, invoice, Decimal("12.08")).payload()["Allocations"][0]
    assert (row["Amount"], row["CreditNote"]["CreditNoteID"], row["Invoice"]["InvoiceID"]) == (
        Decimal("12.08"),
        note["CreditNoteID"],
        invoice["InvoiceID"],
    )
    assert (
        row["Date"] == "/Date(1795564800000+0000)/"
    )  # the later of the two documents' days, not the one sent
    after = invoice_of(world, invoice)
    assert (after["AmountDue"], after["AmountPaid"], after["AmountCredited"], after["Status"]) == (
        Decimal("12.07"),
        0,
        Decimal("12.08"),
        "AUTHORISED",
    )
    assert after["UpdatedDateUTCString"] == "2026-11-23T00:01:00Z"
    applied = after["CreditNotes"][0]
    assert (
        applied["CreditNoteNumber"],
        applied["AppliedAmount"],
        applied["Total"],
        applied["LineItems"],
    ) == (
        "CN-0001",
        Decimal("12.08"),
        Decimal("12.08"),
        [],
    )
    assert (applied["DateString"], applied["CurrencyRate"]) == ("2026-11-25T00:00:00", 1)
    assert "CurrencyRate" not in world.rows("Invoices", query={"page": 1})[0]["CreditNotes"][0]
    credited = read(world, "CreditNotes", note["CreditNoteID"])
    assert (credited["Status"], credited["RemainingCredit"], credited["FullyPaidOnDate"]) == (
        "PAID",
        0,
        "/Date(1795564800000+0000)/",
    )
    assert credited["Allocations"][0]["Invoice"]["InvoiceNumber"] == "INV-0001"


def test_an_invoice_can_be_paid_by_credit_alone_and_opens_again(world: World) -> None:
    invoice = approved(world)
    note = credit_note(world, invoice, LineItems=[LINE])
    allocation = allocate(world, note, invoice, DUE).payload()["Allocations"][0]["AllocationID"]
    paid = invoice_of(world, invoice)
    assert (paid["Status"], paid["AmountPaid"], paid["AmountCredited"]) == ("PAID", 0, DUE)
    path = f"/CreditNotes/{note['CreditNoteID']}/Allocations/{allocation}"
    answer = world.call("DELETE", path)
    assert (answer.status, answer.payload()["IsDeleted"], answer.payload()["AllocationID"]) == (
        200,
        True,
        allocation,
    )
    after = invoice_of(world, invoice)
    assert (after["Status"], after["AmountDue"], "CreditNotes" in after) == ("AUTHORISED", DUE, False)
    assert read(world, "CreditNotes", note["CreditNoteID"])["RemainingCredit"] == DUE
    assert world.call("DELETE", path).status == 404


def test_credited_invoices_and_allocated_credit_notes_cannot_be_edited_or_voided(world: World) -> None:
    invoice = approved(world)
    note = credit_note(world, invoice)
    allocate(world, note, invoice, 1)
    settled = "This document cannot be edited as it has a payment or credit note allocated to it."
    for path in (f"/Invoices/{invoice['InvoiceID']}", f"/CreditNotes/{note['CreditNoteID']}"):
        assert messages(world.post(path, {"LineItems": [LINE]})) == [settled]
        assert messages(world.post(path, {"Status": "VOIDED"}))[0].startswith(
            "The status VOIDED cannot be applied"
        )


def test_allocations_that_break_a_rule_are_refused(world: World) -> None:
    invoice, other = approved(world), approved(world)
    bill = approved(
        world, Type="ACCPAY", Contact=_contact(invoice), LineItems=[{**LINE, "AccountCode": "300"}]
    )
    foreign = approved(world, CurrencyCode="USD", Contact=_contact(invoice))
    draft = world.invoice(Contact=_contact(invoice))
    note = credit_note(world, invoice)

    def said(target: dict[str, Any], amount: Any) -> list[str]:
        return messages(allocate(world, note, target, amount))

    too_much = "Credit Note cannot be allocated as amount is greater than amount outstanding"
    assert said(invoice, Decimal("12.09")) == [too_much]
    assert said(invoice, 0) == ["Allocation amount must be greater than zero"]
    assert said(bill, 1) == ["Credit Note cannot be allocated to an incorrect invoice type"]
    assert said(other, 1) == ["Credit Note cannot be allocated to an invoice of another contact"]
    assert said(foreign, 1) == ["Credit Note cannot be allocated to an invoice in another currency"]
    assert said(draft, 1) == ["Credits can only be allocated to Authorised documents"]
    assert said({"InvoiceID": NOBODY}, 1) == [
        "An existing Invoice with the specified InvoiceID could not be found"
    ]
    Bookkeeper(world.organisation).pays(invoice["InvoiceID"])
    assert said(invoice, 1) == [
        "The invoice you are trying to allocate to has already been paid off",
        too_much,
    ]
    unapproved = credit_note(world, other, Status="DRAFT")
    assert messages(allocate(world, unapproved, other, 1)) == [
        "Credit Note must be authorised before it can be allocated"
    ]
    assert world.rows("CreditNotes")[0]["RemainingCredit"] == Decimal("12.08")


def _contact(document: dict[str, Any]) -> dict[str, Any]:
    return {"ContactID": document["Contact"]["ContactID"]}


def test_the_same_key_allocates_once_and_errors_can_be_per_element(world: World) -> None:
    invoice = approved(world)
    note = credit_note(world, invoice)
    for _ in range(2):
        allocate(world, note, invoice, 1, Idempotency_Key="a1")
    assert invoice_of(world, invoice)["AmountCredited"] == 1
    row = allocate(world, note, invoice, 100, query={"summarizeErrors": "false"}).payload()["Allocations"][0]
    assert row["StatusAttributeString"] == "ERROR"
    assert world.raw("POST", f"/CreditNotes/{note['CreditNoteID']}/Allocations", b"{}").status == 405


def test_a_locked_period_keeps_its_allocations(world: World) -> None:
    invoice = approved(world)
    note = credit_note(world, invoice)
    allocation = allocate(world, note, invoice, 1).payload()["Allocations"][0]["AllocationID"]
    Bookkeeper(world.organisation).locks(year=date(2026, 11, 23))
    text = "The document date cannot be before the end of year lock date, currently set at 23-Nov-2026"
    assert messages(allocate(world, note, invoice, 1)) == [text]
    answer = world.call("DELETE", f"/CreditNotes/{note['CreditNoteID']}/Allocations/{allocation}")
    assert messages(answer) == [text]


def test_a_credit_note_is_paid_out_by_a_payment(world: World) -> None:
    note = credit_note(world, world.invoice())
    body = {
        "CreditNote": {"CreditNoteID": note["CreditNoteID"]},
        "Account": {"Code": "090"},
        "Date": "2026-11-23",
        "Amount": 2,
    }
    row = world.put("/Payments", body).payload()["Payments"][0]
    assert (row["PaymentType"], row["Invoice"]["Type"], row["Invoice"]["InvoiceNumber"]) == (
        "ARCREDITPAYMENT",
        "ACCRECCREDIT",
        "CN-0001",
    )
    after = read(world, "CreditNotes", note["CreditNoteID"])
    assert (after["RemainingCredit"], after["Payments"][0]["Amount"]) == (Decimal("10.08"), 2)
    body["CreditNote"] = {"CreditNoteNumber": "CN-0001"}
    assert messages(world.put("/Payments", {**body, "Amount": Decimal("10.09")})) == [
        "Payment amount exceeds the amount outstanding on this document"
    ]


def test_webhooks_of_credits_say_type_and_status(world: World) -> None:
    invoice = approved(world)
    told: list[tuple[str, str, Any]] = []
    world.organisation._announce = lambda _t, category, _r, event, _ms, data: told.append(
        (category, event, data)
    )
    note = credit_note(world, invoice)
    allocate(world, note, invoice, Decimal("12.08"))
    assert told == [
        ("CREDITNOTE", "CREATE", {"Type": "ACCRECCREDIT", "Status": "AUTHORISED"}),
        ("CREDITNOTE", "UPDATE", {"Type": "ACCRECCREDIT", "Status": "PAID"}),
        ("INVOICE", "UPDATE", None),
    ]


def test_credit_notes_are_filtered_and_have_history(world: World) -> None:
    note = credit_note(world, world.invoice(Contact={"Name": "Ada"}))
    where = 'RemainingCredit > 12 AND Contact.Name=="Ada" AND Type=="ACCRECCREDIT"'
    assert len(world.rows("CreditNotes", query={"where": where, "order": "Date DESC", "page": 1})) == 1
    path = f"/CreditNotes/{note['CreditNoteID']}/History"
    world.put(path, {"HistoryRecords": [{"Details": "Seen"}]})
    assert "Seen" in {row["Details"] for row in world.get(path).payload()["HistoryRecords"]}


# ── Overpayments and prepayments ───────────────────────────────────────────────────────────────────────────────────────


def received(
    world: World, kind: str, contact: dict[str, Any], amount: Any = 50, **values: Any
) -> dict[str, Any]:
    sent = {
        "Type": f"RECEIVE-{kind}",
        "Contact": contact,
        "BankAccount": {"Code": "090"},
        "LineItems": [{"Description": "Too much", "Quantity": 1, "UnitAmount": amount, "AccountCode": "200"}],
        "Date": "2026-11-20",
        **values,
    }
    answer = world.put("/BankTransactions", {"BankTransactions": [sent]})
    assert answer.status == 200, answer.body
    return dict(answer.payload()["BankTransactions"][0])


def test_an_overpayment_is_made_by_a_bank_transaction_and_has_no_tax(world: World) -> None:
    invoice = approved(world)
    made = received(world, "OVERPAYMENT", _contact(invoice), Reference="Bank 7")
    assert (made["Type"], made["Total"], made["TotalTax"], made["Status"]) == (
        "RECEIVE-OVERPAYMENT",
        50,
        0,
        "AUTHORISED",
    )
    row = read(world, "Overpayments", made["OverpaymentID"])
    assert (row["RemainingCredit"], row["LineAmountTypes"], row["Reference"]) == (50, "NoTax", "Bank 7")
    assert world.rows("Overpayments", query={"References": "bank 7"})[0]["LineItems"] == []
    assert world.rows("Overpayments", query={"References": "Bank 8"}) == []
    assert len(world.rows("Overpayments", query={"page": 1})[0]["LineItems"]) == 1
    body = {
        "Allocations": [{"Amount": 20, "Invoice": {"InvoiceID": invoice["InvoiceID"]}, "Date": "2026-11-23"}]
    }
    path = f"/Overpayments/{made['OverpaymentID']}/Allocations"
    allocation = world.put(path, body).payload()["Allocations"][0]
    assert allocation["Overpayment"]["OverpaymentID"] == made["OverpaymentID"]
    after = invoice_of(world, invoice)
    assert (after["AmountDue"], after["AmountCredited"], "Payments" in after) == (Decimal("4.15"), 20, False)
    assert after["Overpayments"][0]["AppliedAmount"] == 20
    assert world.call("DELETE", f"{path}/{allocation['AllocationID']}").payload()["IsDeleted"] is True
    assert read(world, "Overpayments", made["OverpaymentID"])["RemainingCredit"] == 50


def test_a_prepayment_has_tax_and_is_paid_once_it_is_used_up(world: World) -> None:
    invoice = approved(world)
    made = received(world, "PREPAYMENT", _contact(invoice), 21, LineAmountTypes="Exclusive")
    row = read(world, "Prepayments", made["PrepaymentID"])
    assert (row["Total"], row["TotalTax"]) == (DUE, Decimal("3.15"))
    Bookkeeper(world.organisation).allocates(made["PrepaymentID"], invoice["InvoiceID"])
    after = read(world, "Prepayments", made["PrepaymentID"])
    assert (after["Status"], after["RemainingCredit"], len(after["Allocations"])) == ("PAID", 0, 1)
    assert invoice_of(world, invoice)["Status"] == "PAID"
    body = {
        "Prepayment": {"PrepaymentID": made["PrepaymentID"]},
        "Account": {"Code": "090"},
        "Date": "2026-11-23",
        "Amount": 1,
    }
    assert (
        messages(world.put("/Payments", body))[0] == "Payments can only be made against Authorised documents"
    )


def test_prepaid_money_is_refunded_by_a_payment_and_only_read_on_its_own_path(world: World) -> None:
    made = received(world, "OVERPAYMENT", {"Name": "Ada"})
    body = {
        "Overpayment": {"OverpaymentID": made["OverpaymentID"]},
        "Account": {"Code": "090"},
        "Date": "2026-11-23",
        "Amount": 50,
    }
    row = world.put("/Payments", body).payload()["Payments"][0]
    assert (row["PaymentType"], row["Invoice"]["Type"]) == ("AROVERPAYMENTPAYMENT", "AROVERPAYMENT")
    assert read(world, "Overpayments", made["OverpaymentID"])["Status"] == "PAID"
    assert world.raw("PUT", "/Overpayments", b"{}").status == 405
    assert world.raw("POST", f"/Prepayments/{NOBODY}", b"{}").status == 405


def test_deleting_the_transaction_voids_its_overpayment_unless_it_was_used(world: World) -> None:
    invoice = approved(world)
    made = received(world, "OVERPAYMENT", _contact(invoice))
    people = Bookkeeper(world.organisation)
    allocation = people.allocates(made["OverpaymentID"], invoice["InvoiceID"], Decimal(1))
    path = f"/BankTransactions/{made['BankTransactionID']}"
    gone = {"Type": made["Type"], "LineItems": [], "BankAccount": {"Code": "090"}, "Status": "DELETED"}
    assert messages(world.post(path, gone)) == [
        "This document cannot be edited as it has a payment or credit note allocated to it."
    ]
    people.removes_allocation(allocation)
    with pytest.raises(ValueError, match="deleted already"):
        people.removes_allocation(allocation)
    assert world.post(path, gone).payload()["BankTransactions"][0]["Status"] == "DELETED"
    assert read(world, "Overpayments", made["OverpaymentID"])["Status"] == "VOIDED"
    assert messages(world.post(path, gone)) == ["This Bank Transaction cannot be edited."]
    with pytest.raises(ValueError, match="must be authorised"):
        people.allocates(made["OverpaymentID"], invoice["InvoiceID"], Decimal(1))


def test_a_reconciled_transaction_stays(world: World) -> None:
    made = received(world, "PREPAYMENT", {"Name": "Ada"}, IsReconciled=True)
    gone = {"Type": made["Type"], "LineItems": [], "BankAccount": {"Code": "090"}, "Status": "DELETED"}
    answer = world.post(f"/BankTransactions/{made['BankTransactionID']}", gone)
    assert "reconciled" in messages(answer)[0]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"BankAccount": {"Code": "200"}}, "Bank account could not be found."),
        ({"LineItems": []}, "One or more line items must be specified"),
        (
            {"LineItems": [{"Description": "x", "Quantity": 1, "UnitAmount": -1, "AccountCode": "200"}]},
            "The Total for this document must be greater than zero.",
        ),
        (
            {"Contact": {"EmailAddress": "a@b.co"}},
            "The Contact must contain at least 1 of the following elements to identify the contact: Name, ContactID, ContactNumber",
        ),
    ],
)
def test_transactions_that_break_a_rule_are_refused(world: World, changes: dict[str, Any], text: str) -> None:
    sent = {
        "Type": "RECEIVE-PREPAYMENT",
        "Contact": {"Name": "Ada"},
        "BankAccount": {"Code": "090"},
        "LineItems": [LINE],
        **changes,
    }
    answer = world.put("/BankTransactions", {"BankTransactions": [sent]})
    assert messages(answer) == [text]
    assert (world.rows("BankTransactions"), world.rows("Prepayments"), world.rows("Contacts")) == ([], [], [])


def test_an_overpayment_may_be_in_a_foreign_currency(world: World) -> None:
    made = received(world, "OVERPAYMENT", {"Name": "Ada"}, CurrencyCode="USD", CurrencyRate=Decimal("0.6"))
    assert (made["CurrencyCode"], made["CurrencyRate"]) == ("USD", Decimal("0.6"))
    assert received(world, "PREPAYMENT", {"Name": "Ada"}, CurrencyCode="USD")["CurrencyCode"] == "NZD"


def test_money_received_for_nothing_in_particular_makes_no_credit(world: World) -> None:
    made = received(world, "OVERPAYMENT", {"Name": "Ada"}, Type="RECEIVE")
    assert not {"OverpaymentID", "PrepaymentID"} & made.keys()
    where = f'BankTransactionID==Guid("{made["BankTransactionID"]}") AND IsReconciled==false'
    assert len(world.rows("BankTransactions", query={"where": where, "page": 1})) == 1


def test_webhooks_tell_of_prepaid_money(world: World) -> None:
    told: list[tuple[str, str, Any]] = []
    world.organisation._announce = lambda _t, category, _r, event, _ms, data: told.append(
        (category, event, data)
    )
    received(world, "OVERPAYMENT", {"Name": "Ada"})
    received(world, "PREPAYMENT", {"Name": "Ada"})
    stamp = {"Status": "AUTHORISED", "UpdatedDateUTCString": "2026-11-23T00:00:00Z"}
    assert told[1:] == [
        ("OVERPAYMENT", "CREATE", {"Type": "RECEIVE-OVERPAYMENT", **stamp}),
        ("PREPAYMENT", "CREATE", {"Type": "RECEIVE-PREPAYMENT", **stamp}),
    ]


def test_an_item_on_a_credit_note_is_in_use(world: World) -> None:
    item = world.item(Code="BOLT")["ItemID"]
    credit_note(world, world.invoice(), LineItems=[{**LINE, "ItemCode": "BOLT"}])
    assert world.call("DELETE", f"/Items/{item}").status == 400


def test_credits_move_to_the_survivor_of_a_merge(world: World) -> None:
    winner, loser = world.contact(Name="Ada"), world.contact(Name="Bob")
    made = received(world, "OVERPAYMENT", {"ContactID": loser["ContactID"]})
    world.organisation.person_merges(winner["ContactID"], loser["ContactID"])
    assert read(world, "Overpayments", made["OverpaymentID"])["Contact"]["ContactID"] == winner["ContactID"]
