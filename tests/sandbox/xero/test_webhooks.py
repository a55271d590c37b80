import hmac
from base64 import b64encode
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from tests.sandbox.xero.conftest import World
from tests.witnesses.xero_openapi import judge

from crossfoot_sandbox.xero.books.webhooks import Delivery, State, Subscription
from crossfoot_sandbox.xero.pages.bookkeepers import Bookkeeper

QUARTER = 15 * 60


def signed(delivery: Delivery) -> bool:
    wanted = b64encode(hmac.digest(delivery.subscription.key.encode(), delivery.body, "sha256")).decode()
    return delivery.headers["x-xero-signature"] == wanted


def subscription_is_active(delivery: Delivery) -> bool:
    """Validation payloads have sequence 0, which Xero's own file does not foresee."""
    return delivery.subscription.state is State.ACTIVE


def events(delivery: Delivery) -> list[dict[str, Any]]:
    court = judge()
    if court is not None and subscription_is_active(delivery):
        court.webhook(delivery.body)
    return list(msgspec.json.decode(delivery.body)["events"])


def validate(world: World, subscription: Subscription) -> None:
    for delivery in world.xero.webhooks.due():
        world.xero.webhooks.answered(delivery, 200 if signed(delivery) else 401)
    assert subscription.state is State.ACTIVE


def subscribed(world: World) -> Subscription:
    subscription = world.xero.webhooks.subscribe(
        "app", "https://crossfoot.example/hooks/xero", key="signing key"
    )
    validate(world, subscription)
    return subscription


def test_the_intent_to_receive_comes_with_right_and_wrong_signatures(world: World) -> None:
    subscription = world.xero.webhooks.subscribe("app", "https://crossfoot.example/hooks")
    tests = world.xero.webhooks.due()
    assert sorted(signed(delivery) for delivery in tests) == [False, False, True, True]
    assert all(events(delivery) == [] for delivery in tests)
    for delivery in tests:
        world.xero.webhooks.answered(delivery, 200)  # accepts even a forged one
    assert subscription.state is State.REFUSED
    world.contact(Name="Ada")
    assert world.xero.webhooks.due() == []


@pytest.mark.parametrize(("seconds", "cookies"), [(5.1, False), (0.1, True)])
def test_slow_answers_and_cookies_fail_the_validation(world: World, seconds: float, cookies: bool) -> None:
    subscription = world.xero.webhooks.subscribe("app", "https://crossfoot.example/hooks")
    delivery = world.xero.webhooks.due()[0]
    world.xero.webhooks.answered(delivery, 200 if delivery.correct else 401, seconds, cookies=cookies)
    assert subscription.state is State.REFUSED


def test_events_are_thin_signed_and_in_order(world: World) -> None:
    subscribed(world)
    ada = world.contact(Name="Ada")["ContactID"]
    world.clock.advance(1.5)
    world.organisation.person_edits("Contacts", ada, {"FirstName": "Ada"})
    (delivery,) = world.xero.webhooks.due()
    assert signed(delivery)
    first, second = events(delivery)
    assert first == {
        "resourceUrl": f"https://api.xero.com/api.xro/2.0/Contacts/{ada}",
        "resourceId": ada,
        "eventDateUtc": "2026-11-23T00:00:00.000",
        "eventType": "CREATE",
        "eventCategory": "CONTACT",
        "tenantId": world.organisation.tenant_id,
        "tenantType": "ORGANISATION",
    }
    assert (second["eventType"], second["eventDateUtc"]) == ("UPDATE", "2026-11-23T00:00:01.500")
    body = msgspec.json.decode(delivery.body)
    assert (body["firstEventSequence"], body["lastEventSequence"]) == (1, 2)
    world.xero.webhooks.answered(delivery, 200)
    assert world.xero.webhooks.due() == []


def test_archiving_merging_and_erasing_arrive_as_updates_and_items_are_silent(world: World) -> None:
    ids = [world.contact(Name=name)["ContactID"] for name in ("Ada", "Bea", "Cleo")]
    subscribed(world)
    world.post("/Contacts", {"ContactID": ids[0], "ContactStatus": "ARCHIVED"})
    world.organisation.person_merges(ids[1], ids[2])
    world.organisation.person_erases(ids[1])
    world.item(Code="A")
    (delivery,) = world.xero.webhooks.due()
    assert [(event["resourceId"], event["eventType"]) for event in events(delivery)] == [
        (ids[0], "UPDATE"),
        (ids[2], "UPDATE"),
        (ids[1], "UPDATE"),
    ]


def test_a_refused_write_fires_nothing(world: World) -> None:
    world.switch(mixed_batch_atomic=True)
    subscribed(world)
    world.put("/Contacts", {"Contacts": [{"Name": "Ada"}, {"Name": "<"}]})
    assert world.xero.webhooks.due() == []


def test_failures_are_retried_at_once_then_every_quarter_until_a_day_is_over(world: World) -> None:
    subscription = subscribed(world)
    world.contact(Name="Ada")
    webhooks = world.xero.webhooks

    def fail() -> int:
        deliveries = webhooks.due()
        for delivery in deliveries:
            webhooks.answered(delivery, 500)
        return len(deliveries)

    assert (fail(), fail(), fail()) == (1, 1, 0)
    tries = 2
    for _ in range(200):
        world.clock.advance(QUARTER)
        tries += fail()
    assert subscription.state is State.DISABLED
    assert tries == 2 + 24 * 4
    assert "disabled after 24 hours" in subscription.mails[0]


def test_a_good_answer_ends_the_retries_and_an_open_delivery_is_not_sent_twice(world: World) -> None:
    subscribed(world)
    world.contact(Name="Ada")
    (delivery,) = world.xero.webhooks.due()
    assert world.xero.webhooks.due() == []
    world.xero.webhooks.answered(delivery, 0)
    (again,) = world.xero.webhooks.due()
    assert events(again) == events(delivery)
    assert again.body != delivery.body  # entropy
    world.xero.webhooks.answered(again, 204)
    world.clock.advance(86_400)
    assert world.xero.webhooks.due() == []


def test_re_enabling_replays_a_month_in_order(world: World) -> None:
    subscription = subscribed(world)
    subscription.state = State.DISABLED
    world.organisation.person_creates("Contacts", {"Name": "Old"})
    world.clock.advance(20 * 86_400)
    for name in ("Ada", "Bea"):
        world.organisation.person_creates("Contacts", {"Name": name})
    world.clock.advance(20 * 86_400)
    world.xero.webhooks.enable(subscription)
    validate(world, subscription)
    (delivery,) = world.xero.webhooks.due()
    assert [event["eventDateUtc"] for event in events(delivery)] == ["2026-12-13T00:00:00.000"] * 2


def test_large_backlogs_come_in_several_deliveries(world: World) -> None:
    subscribed(world)
    for number in range(150):
        world.organisation.person_creates("Contacts", {"Name": f"N{number}"})
    sizes = []
    for _ in range(2):
        (delivery,) = world.xero.webhooks.due()
        sizes.append(len(events(delivery)))
        world.xero.webhooks.answered(delivery, 200)
    assert sizes == [100, 50]


def test_deliveries_come_twice_by_switch(world: World) -> None:
    subscribed(world)
    world.switch(webhook_duplicates=1.0)
    world.contact(Name="Ada")
    first, second = world.xero.webhooks.due()
    assert events(first) == events(second)
    world.xero.webhooks.answered(second, 500)
    world.xero.webhooks.answered(first, 200)
    assert world.xero.webhooks.due() == []


def test_only_connected_organisations_and_chosen_categories_are_told(world: World) -> None:
    world.xero.webhooks.subscribe("app", "https://crossfoot.example/invoices", ["INVOICE"])
    validate(world, world.xero.webhooks.subscriptions[0])
    subscribed(world)
    world.xero.disconnect("app", world.organisation)
    world.organisation.person_creates("Contacts", {"Name": "Ada"})
    assert world.xero.webhooks.due() == []


def test_documents_are_told_of_each_in_its_own_category(world: World) -> None:
    """Older categories say nothing of what changed, newer ones the type and the status."""
    world.switch(payment_webhooks=True)
    categories = ("INVOICE", "CREDITNOTE", "PAYMENT", "OVERPAYMENT", "PREPAYMENT")
    validate(world, world.xero.webhooks.subscribe("app", "https://crossfoot.example/hooks", categories))
    people = Bookkeeper(world.organisation)
    invoice = world.invoice(Status="AUTHORISED")["InvoiceID"]
    people.pays(invoice, Decimal(1))
    note = people.credits(invoice, Decimal(2))
    credit = people.receives(world.contact(Name="Ada")["ContactID"], Decimal(3), "PREPAYMENT")
    delivery = world.xero.webhooks.due()[0]
    told = [(event["eventCategory"], event["eventType"], event.get("data")) for event in events(delivery)]
    stamp = {"UpdatedDateUTCString": "2026-11-23T00:00:00Z"}
    assert told == [
        ("INVOICE", "CREATE", None),
        ("PAYMENT", "CREATE", {"Type": "ACCRECPAYMENT", "Status": "AUTHORISED", **stamp}),
        ("INVOICE", "UPDATE", None),
        ("CREDITNOTE", "CREATE", {"Type": "ACCRECCREDIT", "Status": "AUTHORISED"}),
        ("CREDITNOTE", "UPDATE", {"Type": "ACCRECCREDIT", "Status": "PAID"}),
        ("INVOICE", "UPDATE", None),
        ("PREPAYMENT", "CREATE", {"Type": "RECEIVE-PREPAYMENT", "Status": "AUTHORISED", **stamp}),
    ]
    urls = [event["resourceUrl"] for event in events(delivery)]
    assert urls[3] == f"https://api.xero.com/api.xro/2.0/CreditNotes/{note}"
    assert urls[-1] == f"https://api.xero.com/api.xro/2.0/Prepayments/{credit}"
