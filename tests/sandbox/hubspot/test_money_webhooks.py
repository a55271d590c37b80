"""What subscribers are told about deals, line items, invoices and payments."""

from typing import Any

import pytest
from tests.sandbox.hubspot.conftest import PORTAL, Desk

from crossfoot_sandbox import jsontext
from crossfoot_sandbox.hubspot.books.webhooks import SignedRequest, Subscription


@pytest.fixture
def calm(desk: Desk) -> Desk:
    """A portal whose webhooks come at once, in order and once."""
    desk.switch(
        webhook_delay=0.0,
        webhook_late_share=0.0,
        webhook_duplicates=0.0,
        webhook_shared_ids=0.0,
        shuffled=False,
    )
    return desk


def listen(desk: Desk, *subscriptions: Subscription) -> None:
    desk.hub.subscribe(77, "http://127.0.0.1:1/hook", "s", subscriptions, [PORTAL])


def told(desk: Desk) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []

    def take(request: SignedRequest) -> int:
        events.extend(jsontext.loads(request.body))
        return 200

    desk.hub.webhooks.deliver(take)
    return events


def test_a_new_invoice_is_told_with_its_type_and_its_status(calm: Desk) -> None:
    listen(
        calm,
        Subscription("object.creation", "invoice"),
        Subscription("object.propertyChange", "invoice", "hs_invoice_status"),
    )
    invoice = calm.make("invoices", hs_currency="USD")
    made, status = told(calm)
    assert (made["subscriptionType"], made["objectTypeId"], made["objectId"]) == (
        "object.creation",
        "0-53",
        int(invoice),
    )
    assert (status["propertyName"], status["propertyValue"]) == ("hs_invoice_status", "draft")
    assert status["changeSource"] == "INTEGRATION"


def test_totals_are_told_as_calculated_when_they_are_computed_though_nobody_looks(calm: Desk) -> None:
    invoice = calm.make("invoices", hs_currency="USD")
    calm.line("invoices", invoice, price="10.00")
    listen(calm, Subscription("object.propertyChange", "invoices", "hs_amount_billed"))
    calm.clock.advance(60)
    (event,) = told(calm)
    assert (event["propertyValue"], event["changeSource"]) == ("10.00", "CALCULATED")
    assert event["occurredAt"] == 1_800_000_002_250  # two seconds after the write, not when it was delivered


def test_a_payment_that_settles_an_invoice_is_heard_on_the_invoice(calm: Desk) -> None:
    invoice = calm.open_invoice()
    listen(
        calm,
        Subscription("object.propertyChange", "invoice", "hs_invoice_status"),
        Subscription("object.creation", "commerce_payment"),
        Subscription("object.associationChange", "commerce_payment"),
    )
    payment = calm.portal.person_records_payment(invoice)
    calm.clock.advance(5)
    events = told(calm)
    assert [one["propertyValue"] for one in events if "propertyName" in one] == ["paid"]
    assert [one["objectId"] for one in events if one["subscriptionType"] == "object.creation"] == [
        int(payment)
    ]
    pairs = {one["associationType"] for one in events if "associationType" in one}
    assert pairs == {"COMMERCE_PAYMENT_TO_INVOICE", "COMMERCE_PAYMENT_TO_CONTACT"}


def test_lines_are_told_in_the_older_and_the_generic_form(calm: Desk) -> None:
    listen(calm, Subscription("line_item.creation"), Subscription("object.creation", "line_item"))
    deal = calm.make("deals", dealname="T", dealstage="closedwon")
    calm.line("deals", deal, price="1")
    assert [one["subscriptionType"] for one in told(calm)] == ["line_item.creation", "object.creation"]


def test_an_association_is_told_from_both_ends_with_its_type_ids(calm: Desk) -> None:
    listen(
        calm,
        Subscription("deal.associationChange"),
        Subscription("line_item.associationChange"),
    )
    deal = calm.make("deals", dealname="T", dealstage="closedwon")
    line = calm.line("deals", deal, price="1")
    found = {
        (one["associationType"], one["associationTypeId"], one["fromObjectId"], one["associationRemoved"])
        for one in told(calm)
    }
    assert found == {
        ("DEAL_TO_LINE_ITEM", 19, int(deal), False),
        ("LINE_ITEM_TO_DEAL", 20, int(line), False),
    }


def test_a_line_that_is_stolen_leaves_its_first_parent_audibly(calm: Desk) -> None:
    deal, invoice = (
        calm.make("deals", dealname="T", dealstage="closedwon"),
        calm.make("invoices", hs_currency="USD"),
    )
    line = calm.line("deals", deal, price="1")
    listen(calm, Subscription("deal.associationChange"), Subscription("object.associationChange", "invoice"))
    calm.associate("invoices", invoice, "line_items", line)
    assert [(one["associationType"], one["associationRemoved"]) for one in told(calm)] == [
        ("DEAL_TO_LINE_ITEM", True),
        ("INVOICE_TO_LINE_ITEM", False),
    ]


def test_the_lines_of_a_deleted_deal_are_told_as_deleted(calm: Desk) -> None:
    deal = calm.make("deals", dealname="T", dealstage="closedwon")
    line = calm.line("deals", deal, price="1")
    listen(calm, Subscription("deal.deletion"), Subscription("line_item.deletion"))
    calm.ask("DELETE", f"/crm/objects/2026-09/deals/{deal}")
    assert {one["objectId"] for one in told(calm)} == {int(deal), int(line)}


def test_a_won_deal_says_so_as_a_change_of_its_own_and_one_of_hubspots(calm: Desk) -> None:
    deal = calm.make("deals", dealname="T", dealstage="contractsent")
    listen(
        calm,
        Subscription("deal.propertyChange", property="dealstage"),
        Subscription("deal.propertyChange", property="hs_is_closed_won"),
    )
    calm.portal.person_edits("deals", deal, {"dealstage": "closedwon"})
    assert [(one["propertyName"], one["propertyValue"], one["changeSource"]) for one in told(calm)] == [
        ("dealstage", "closedwon", "CRM_UI"),
        ("hs_is_closed_won", "true", "CALCULATED"),
    ]
