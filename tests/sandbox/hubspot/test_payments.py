"""Payments: who may record them, what they do to invoices, and what a processor's own ones refuse."""

import pytest
from tests.sandbox.hubspot.conftest import Desk

from crossfoot_sandbox.wire import Response

STATE = ("hs_invoice_status", "hs_amount_paid", "hs_balance_due")


@pytest.fixture
def shop(desk: Desk) -> Desk:
    """A portal with payment processing."""
    desk.portal.commerce.processor = "hs_payments"
    return desk


def create(desk: Desk, invoice: str = "", **properties: str) -> Response:
    sent = {"hs_initial_amount": "20.00", "hs_initiated_date": "2027-01-20T00:00:00Z", **properties}
    type_ = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 542}
    linked = [{"to": {"id": invoice}, "types": [type_]}] if invoice else []
    body = {"properties": sent, "associations": linked}
    return desk.ask("POST", "/crm/objects/2026-09/commerce_payments", body)


def pay(desk: Desk, invoice: str, amount: str, status: str = "succeeded") -> str:
    made = create(desk, invoice, hs_initial_amount=amount, hs_latest_status=status)
    assert made.status == 201
    desk.clock.advance(5)
    return str(made.payload()["id"])


def state(desk: Desk, invoice: str) -> list[str | None]:
    found = desk.read("invoices", invoice, *STATE)
    return [found[name] for name in STATE]


def test_a_portal_without_processing_refuses_payments_through_the_api(desk: Desk) -> None:
    refused = create(desk)
    assert (refused.status, refused.payload()["message"]) == (
        400,
        "This account is not set up to collect payments.",
    )
    desk.switch(no_processor_status=403)
    assert create(desk).status == 403
    assert desk.ask("GET", "/crm/objects/2026-09/commerce_payments").status == 200
    desk.switch(payments_need_processor=False)
    assert create(desk).status == 201


def test_a_payment_needs_an_amount_and_a_date(shop: Desk) -> None:
    refused = create(shop, hs_initiated_date="")
    assert (refused.status, refused.payload()["context"]) == (400, {"properties": ["hs_initiated_date"]})


def test_a_new_payment_is_being_processed_and_knows_its_net_amount(shop: Desk) -> None:
    made = create(shop, hs_fees_amount="0.61", hs_refunds_amount="5").payload()["id"]
    names = (
        "hs_latest_status",
        "hs_currency_code",
        "hs_net_amount",
        "hs_net_amount_after_refunds",
        "hs_has_associated_invoice",
    )
    found = shop.read("commerce_payments", made, *names)
    assert [found[name] for name in names] == ["processing", "USD", "19.39", "14.39", "false"]
    assert shop.read("commerce_payments", made, "hs_payment_id")["hs_payment_id"] is not None


def test_a_payment_counts_once_it_succeeded_and_makes_the_invoice_paid(shop: Desk) -> None:
    invoice = shop.open_invoice()
    payment = pay(shop, invoice, "20.00", "processing")
    assert state(shop, invoice) == ["open", "0.00", "20.00"]
    shop.change("commerce_payments", payment, hs_latest_status="succeeded")
    shop.clock.advance(5)
    assert state(shop, invoice) == ["paid", "20.00", "0.00"]
    found = shop.read("invoices", invoice, "hs_payment_date")
    assert found["hs_payment_date"] == "2027-01-20T00:00:00Z"
    assert shop.read("commerce_payments", payment, "hs_has_associated_invoice")[
        "hs_has_associated_invoice"
    ] == ("true")


def test_parts_of_the_amount_add_up(shop: Desk) -> None:
    invoice = shop.open_invoice()
    pay(shop, invoice, "12.50")
    assert state(shop, invoice) == ["open", "12.50", "7.50"]
    pay(shop, invoice, "7.50")
    assert state(shop, invoice) == ["paid", "20.00", "0.00"]


@pytest.mark.parametrize(("rule", "due"), [("zero", "0.00"), ("negative", "-5.00")])
def test_what_is_due_after_too_much_was_paid(shop: Desk, rule: str, due: str) -> None:
    shop.switch(overpaid_balance=rule)
    invoice = shop.open_invoice()
    pay(shop, invoice, "25.00")
    assert state(shop, invoice) == ["paid", "25.00", due]


@pytest.mark.parametrize(
    ("reopens", "after"), [(True, ["open", "0.00", "20.00"]), (False, ["paid", "20.00", "0.00"])]
)
def test_a_refund_or_a_deletion_opens_the_invoice_again_or_not(
    shop: Desk, reopens: bool, after: list[str]
) -> None:
    shop.switch(unpaid_reopens=reopens)
    refunded, deleted = shop.open_invoice(), shop.open_invoice()
    one, other = pay(shop, refunded, "20.00"), pay(shop, deleted, "20.00")
    shop.change("commerce_payments", one, hs_latest_status="refunded", hs_refunds_amount="20.00")
    assert shop.ask("DELETE", f"/crm/objects/2026-09/commerce_payments/{other}").status == 204
    shop.clock.advance(5)
    assert state(shop, refunded) == state(shop, deleted) == after


def test_a_partial_refund_leaves_the_rest(shop: Desk) -> None:
    invoice = shop.open_invoice()
    payment = pay(shop, invoice, "20.00")
    shop.change("commerce_payments", payment, hs_latest_status="partially_refunded", hs_refunds_amount="5.00")
    shop.clock.advance(5)
    assert state(shop, invoice) == ["open", "15.00", "5.00"]


def test_payments_may_leave_invoices_alone(shop: Desk) -> None:
    shop.switch(payments_reduce_balance=False)
    invoice = shop.open_invoice()
    pay(shop, invoice, "20.00")
    assert state(shop, invoice) == ["open", "0.00", "20.00"]


def test_an_invoice_paid_from_outside_stays_paid_while_its_payment_is_processed(shop: Desk) -> None:
    invoice = shop.ready_invoice(hs_invoice_billable="false")
    shop.change("invoices", invoice, hs_invoice_status="paid")
    payment = pay(shop, invoice, "20.00", "processing")
    assert state(shop, invoice) == ["paid", "20.00", "0.00"]
    shop.change("commerce_payments", payment, hs_latest_status="succeeded")
    shop.clock.advance(5)
    assert state(shop, invoice) == ["paid", "20.00", "0.00"]


def test_a_paid_invoice_cannot_be_deleted(shop: Desk) -> None:
    invoice = shop.open_invoice()
    pay(shop, invoice, "20.00")
    shop.portal.commerce.deletes_open_invoices = True
    assert shop.ask("DELETE", f"/crm/objects/2026-09/invoices/{invoice}").status == 400


def test_what_a_processor_made_cannot_be_changed_or_deleted(shop: Desk) -> None:
    made = create(shop, hs_processor_type="byo_stripe").payload()["id"]
    assert shop.change("commerce_payments", made, hs_latest_status="refunded").status == 400
    assert shop.ask("DELETE", f"/crm/objects/2026-09/commerce_payments/{made}").status == 400
    ours = create(shop, hs_processor_type="xero").payload()["id"]
    assert shop.change("commerce_payments", ours, hs_latest_status="succeeded").status == 200


def test_payments_are_found_by_status_and_linked_to_whom_they_concern(shop: Desk) -> None:
    invoice = shop.open_invoice()
    payment = pay(shop, invoice, "20.00")
    ada, firm = shop.make(email="ben@example.test"), shop.make("companies", name="Kiwi")
    for other, other_id in (("contacts", ada), ("companies", firm)):
        answer = shop.associate("commerce_payments", payment, other, other_id)
        assert answer.status == 200
    types = {one["associationSpec"]["associationTypeId"] for one in answer.payload()["results"]}
    assert types == {389, 390}
    shop.clock.advance(31)
    assert shop.find("commerce_payments", ("hs_latest_status", "EQ", "succeeded")) == [payment]


def test_the_scope_of_payments_has_no_underscore(shop: Desk) -> None:
    shop.hub.restrict(shop.token, ["crm.objects.commercepayments.read"])
    assert shop.ask("GET", "/crm/objects/2026-09/commerce_payments").status == 200
    assert create(shop).status == 403


def test_a_paid_invoice_cannot_be_voided(shop: Desk) -> None:
    invoice = shop.open_invoice()
    pay(shop, invoice, "20.00")
    assert shop.change("invoices", invoice, hs_invoice_status="voided").status == 400
    assert state(shop, invoice) == ["paid", "20.00", "0.00"]
