"""Xero's official `xero-python` sends invoices, payments and credits to the stand-in; every call passes the court."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.witnesses.conftest import Served

pytest.importorskip("xero_python", reason="the witnesses are an optional group of dependencies")

import xero_python.accounting as models
from tests.witnesses.test_xero_python import Driver
from xero_python.exceptions import AccountingBadRequestException, NotFoundException

from crossfoot_sandbox.faults import Kind, Placed
from crossfoot_sandbox.xero.pages.bookkeepers import Bookkeeper

SCOPES = [
    "accounting.contacts",
    "accounting.settings",
    "accounting.invoices",
    "accounting.payments",
    "accounting.banktransactions",
    "offline_access",
]
ISSUED, DUE = date(2026, 11, 20), date(2026, 12, 20)


class MoneyDriver(Driver):
    """The SDK with the granular scopes for documents."""

    scopes = SCOPES

    def contact(self, name: str, **values: Any) -> Any:
        made = self.contacts({"name": name, **values}).contacts[0]
        return models.Contact(contact_id=made.contact_id)

    def invoice(self, **values: Any) -> Any:
        lines = values.pop(
            "line_items",
            [models.LineItem(description="Bolts", quantity=2, unit_amount=10.5, account_code="200")],
        )
        sent = {"type": "ACCREC", "date": ISSUED, "due_date": DUE, "line_items": lines, **values}
        body = models.Invoices(invoices=[models.Invoice(**sent)])
        return self.api.create_invoices(self.tenant, body, unitdp=4).invoices[0]

    def update(self, invoice_id: str, **values: Any) -> Any:
        body = models.Invoices(invoices=[models.Invoice(**values)])
        return self.api.update_invoice(self.tenant, invoice_id, body).invoices[0]

    def read(self, invoice_id: str) -> Any:
        return self.api.get_invoice(self.tenant, invoice_id).invoices[0]

    def pay(self, amount: float, **target: Any) -> Any:
        payment = models.Payment(
            account=models.Account(code="090"), amount=amount, date=ISSUED, reference="Crossfoot", **target
        )
        return self.api.create_payment(self.tenant, payment).payments[0]


@pytest.fixture
def driver(sandbox_http: Served) -> Iterator[MoneyDriver]:
    driver = MoneyDriver(sandbox_http)
    yield driver
    driver.client.rest_client.pool_manager.clear()


def test_an_invoice_from_draft_to_paid_and_back_to_void(driver: MoneyDriver) -> None:
    draft = driver.invoice(contact=driver.contact("Ada"), reference="Deal 7")
    assert (draft.status, draft.invoice_number, draft.total) == ("DRAFT", "INV-0001", Decimal("24.15"))
    assert (draft.date, draft.due_date) == (ISSUED, DUE)
    approved = driver.update(draft.invoice_id, status="AUTHORISED", sent_to_contact=True)
    assert (approved.status, approved.sent_to_contact) == ("AUTHORISED", True)
    assert approved.line_items[0].line_item_id == draft.line_items[0].line_item_id
    first = driver.pay(4.15, invoice=models.Invoice(invoice_id=draft.invoice_id))
    assert (first.payment_type, first.amount, first.invoice.amount_due) == (
        "ACCRECPAYMENT",
        Decimal("4.15"),
        Decimal(20),
    )
    rest = driver.pay(20, invoice=models.Invoice(invoice_id=draft.invoice_id))
    paid = driver.read(draft.invoice_id)
    assert (paid.status, paid.amount_due, paid.fully_paid_on_date, len(paid.payments)) == (
        "PAID",
        0,
        ISSUED,
        2,
    )
    for payment in (first, rest):
        deletion = models.PaymentDelete(status="DELETED")
        deleted = driver.api.delete_payment(driver.tenant, payment.payment_id, deletion)
        assert deleted.payments[0].status == "DELETED"
    assert driver.read(draft.invoice_id).status == "AUTHORISED"
    assert driver.update(draft.invoice_id, status="VOIDED").status == "VOIDED"


def test_lines_come_back_exactly_as_decimals(driver: MoneyDriver) -> None:
    line = models.LineItem(
        description="Hours",
        quantity=Decimal("3.3333"),
        unit_amount=Decimal("87.1234"),
        discount_rate=Decimal("12.5"),
        account_code="200",
        tracking=[models.LineItemTracking(name="Region", option="North")],
    )
    made = driver.invoice(
        contact=driver.contact("Ada"),
        line_items=[line],
        line_amount_types=models.LineAmountTypes("Inclusive"),
    )
    read = driver.api.get_invoice(driver.tenant, made.invoice_id, unitdp=4).invoices[0]
    row = read.line_items[0]
    assert (row.quantity, row.unit_amount, row.discount_rate) == (
        Decimal("3.3333"),
        Decimal("87.1234"),
        Decimal("12.5"),
    )
    assert (row.line_amount, row.tax_amount) == (Decimal("254.11"), Decimal("33.14"))
    assert (read.sub_total, read.total_tax, read.total) == (
        Decimal("220.97"),
        Decimal("33.14"),
        Decimal("254.11"),
    )
    assert (row.tracking[0].option, read.total_discount) == ("North", Decimal("36.30"))


def test_an_item_fills_a_line_and_six_currencies_are_taken(driver: MoneyDriver) -> None:
    sale = models.Purchase(unit_price=Decimal("1.2345"), account_code="200")
    driver.api.create_items(driver.tenant, driver.items({"code": "BOLT", "sales_details": sale}), unitdp=4)
    contact = driver.contact("Ada")
    for code in ("USD", "CAD", "EUR", "GBP", "AUD", "NZD"):
        lines = [models.LineItem(item_code="BOLT", description="Bolt", quantity=100)]
        made = driver.invoice(contact=contact, line_items=lines, currency_code=models.CurrencyCode(code))
        assert (made.currency_code.value, made.sub_total) == (code, Decimal("123.45"))
        assert made.currency_rate > 0


def test_a_credit_note_is_allocated_and_taken_back(driver: MoneyDriver) -> None:
    contact = driver.contact("Ada")
    invoice = driver.invoice(contact=contact, status="AUTHORISED")
    line = models.LineItem(description="Return", quantity=1, unit_amount=10.5, account_code="200")
    note = models.CreditNote(
        type="ACCRECCREDIT", contact=contact, date=ISSUED, line_items=[line], status="AUTHORISED"
    )
    made = driver.api.create_credit_notes(
        driver.tenant, models.CreditNotes(credit_notes=[note])
    ).credit_notes[0]
    allocation = models.Allocation(
        amount=12.08, date=ISSUED, invoice=models.Invoice(invoice_id=invoice.invoice_id)
    )
    body = models.Allocations(allocations=[allocation])
    done = driver.api.create_credit_note_allocation(driver.tenant, made.credit_note_id, body).allocations[0]
    assert done.amount == Decimal("12.08")
    credited = driver.read(invoice.invoice_id)
    assert (credited.amount_due, credited.amount_credited, credited.amount_paid) == (
        Decimal("12.07"),
        Decimal("12.08"),
        0,
    )
    assert credited.credit_notes[0].credit_note_number == "CN-0001"
    listed = driver.api.get_credit_notes(driver.tenant, where="RemainingCredit==0", page=1).credit_notes
    assert (listed[0].status, listed[0].allocations[0].allocation_id) == ("PAID", done.allocation_id)
    gone = driver.api.delete_credit_note_allocations(driver.tenant, made.credit_note_id, done.allocation_id)
    assert gone.is_deleted is True
    assert driver.read(invoice.invoice_id).amount_due == Decimal("24.15")


def test_an_overpayment_is_received_and_allocated(driver: MoneyDriver) -> None:
    contact = driver.contact("Ada")
    invoice = driver.invoice(contact=contact, status="AUTHORISED")
    money = models.BankTransaction(
        type="RECEIVE-OVERPAYMENT",
        contact=contact,
        date=ISSUED,
        bank_account=models.Account(code="090"),
        line_items=[models.LineItem(description="Too much", quantity=1, unit_amount=50)],
    )
    body = models.BankTransactions(bank_transactions=[money])
    made = driver.api.create_bank_transactions(driver.tenant, body).bank_transactions[0]
    allocation = models.Allocation(
        amount=24.15, date=ISSUED, invoice=models.Invoice(invoice_id=invoice.invoice_id)
    )
    driver.api.create_overpayment_allocations(
        driver.tenant, made.overpayment_id, models.Allocations(allocations=[allocation])
    )
    left = driver.api.get_overpayments(driver.tenant, page=1).overpayments[0]
    assert (left.status, left.remaining_credit) == ("AUTHORISED", Decimal("25.85"))
    settled = driver.read(invoice.invoice_id)
    assert (settled.status, settled.amount_paid, settled.overpayments[0].applied_amount) == (
        "PAID",
        0,
        Decimal("24.15"),
    )


def test_invoices_are_listed_by_date_page_status_and_id(driver: MoneyDriver) -> None:
    contact = driver.contact("Ada")
    first, second = driver.invoice(contact=contact), driver.invoice(contact=contact, status="AUTHORISED")
    driver.served.sandbox.clock.advance(60)
    since = driver.served.sandbox.clock.now()
    driver.pay(1, invoice=models.Invoice(invoice_id=second.invoice_id))
    api, tenant = driver.api, driver.tenant
    moved = api.get_invoices(tenant, if_modified_since=since, page=1, page_size=1_000)
    assert [row.invoice_id for row in moved.invoices] == [second.invoice_id]
    assert (moved.pagination.item_count, len(moved.invoices[0].payments)) == (1, 1)
    assert len(api.get_invoices(tenant, i_ds=[first.invoice_id, second.invoice_id]).invoices) == 2
    assert len(api.get_invoices(tenant, statuses=["DRAFT"], contact_i_ds=[contact.contact_id]).invoices) == 1
    assert api.get_invoices(tenant, invoice_numbers=["INV-0002"]).invoices[0].status == "AUTHORISED"
    assert api.get_invoices(tenant, summary_only=True, search_term="INV-0001").invoices[0].total == Decimal(
        "24.15"
    )
    assert api.get_invoices(tenant, where="AmountPaid > 0", order="Date ASC").invoices[0].amount_paid == 1
    assert (
        api.get_payments(tenant, where='Status=="AUTHORISED"').payments[0].invoice.invoice_number
        == "INV-0002"
    )
    assert api.get_invoices(tenant, created_by_my_app=True, include_archived=True).invoices != []


def test_history_online_invoice_and_mail(driver: MoneyDriver) -> None:
    contact = driver.contact("Ada", email_address="ada@example.com")
    made = driver.invoice(contact=contact, status="AUTHORISED")
    notes = models.HistoryRecords(history_records=[models.HistoryRecord(details="Made by Crossfoot")])
    driver.api.create_invoice_history(driver.tenant, made.invoice_id, notes)
    found = driver.api.get_invoice_history(driver.tenant, made.invoice_id).history_records
    assert "Made by Crossfoot" in [row.details for row in found]
    online = driver.api.get_online_invoice(driver.tenant, made.invoice_id).online_invoices[0]
    assert online.online_invoice_url.startswith("https://in.xero.com/")
    driver.api.email_invoice(driver.tenant, made.invoice_id, models.RequestEmpty())
    assert driver.read(made.invoice_id).sent_to_contact is True


def test_refusals_reach_the_caller_with_xeros_words(driver: MoneyDriver) -> None:
    made = driver.invoice(contact=driver.contact("Ada"), status="AUTHORISED")
    with pytest.raises(AccountingBadRequestException) as refused:
        driver.pay(25, invoice=models.Invoice(invoice_id=made.invoice_id))
    assert "Payment amount exceeds the amount outstanding on this document" in str(refused.value)
    with pytest.raises(AccountingBadRequestException) as refused:
        driver.update(made.invoice_id, status="DELETED")
    assert "Invoice not of valid status for modification" in str(refused.value)
    with pytest.raises(NotFoundException):
        driver.read("11111111-1111-4111-8111-111111111111")
    body = models.Invoices(invoices=[models.Invoice(invoice_id=made.invoice_id, status="DELETED")])
    answer = driver.api.update_or_create_invoices(driver.tenant, body, summarize_errors=False).invoices[0]
    assert (answer.status_attribute_string, answer.has_errors) == ("ERROR", True)
    assert answer.validation_errors[0].message == "Invoice not of valid status for modification"


def test_the_sdk_repeats_a_payment_whose_answer_was_lost_unless_it_has_a_key(driver: MoneyDriver) -> None:
    """Its retry treats PUT as harmless. The sum of the payments shows who was careless."""
    made = driver.invoice(contact=driver.contact("Ada"), status="AUTHORISED")
    payment = models.Payment(
        invoice=models.Invoice(invoice_id=made.invoice_id),
        account=models.Account(code="090"),
        amount=1,
        date=ISSUED,
    )
    for options, paid in (({}, 2), ({"idempotency_key": "one payment"}, 3)):
        placed = Placed(Kind.REPLY_LOST, "xero", "PUT /Payments")
        driver.served.sandbox.faults.placed.append(placed)
        driver.api.create_payments(driver.tenant, models.Payments(payments=[payment]), **options)
        assert driver.read(made.invoice_id).amount_paid == paid


def test_what_people_made_reads_as_typed_models(driver: MoneyDriver) -> None:
    people = Bookkeeper(driver.organisation)
    made = driver.invoice(contact=driver.contact("Ada"), status="AUTHORISED")
    people.pays(made.invoice_id, Decimal("1.15"), reconciled=True)
    note = people.credits(made.invoice_id, Decimal(3))
    contact_id = made.contact.contact_id
    people.allocates(people.receives(contact_id, Decimal(5), "PREPAYMENT"), made.invoice_id)
    read = driver.read(made.invoice_id)
    assert (read.amount_due, read.amount_credited, read.prepayments[0].applied_amount) == (15, 8, 5)
    assert driver.api.get_prepayments(driver.tenant).prepayments[0].status == "PAID"
    assert driver.api.get_credit_note(driver.tenant, note).credit_notes[0].remaining_credit == 0
    assert driver.api.get_payments(driver.tenant).payments[0].is_reconciled is True
    contact = driver.api.get_contact(driver.tenant, contact_id).contacts[0]
    assert contact.balances.accounts_receivable.outstanding == 15
    template = {
        "Contact": {"ContactID": contact_id},
        "LineItems": [{"Description": "Rent", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200"}],
        "Schedule": {"Period": 1, "Unit": "MONTHLY", "DueDate": 20, "DueDateType": "OFFOLLOWINGMONTH"},
    }
    driver.organisation.person_creates("RepeatingInvoices", template)
    repeating = driver.api.get_repeating_invoices(driver.tenant).repeating_invoices[0]
    assert (repeating.schedule.unit, repeating.total) == ("MONTHLY", 115)
