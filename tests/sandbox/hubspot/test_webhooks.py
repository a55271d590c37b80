"""What subscribers are told (fact 8; A20-A23, B10, B11)."""

import hashlib
from typing import Any

import pytest
from tests.sandbox.hubspot.conftest import PORTAL, Desk

from crossfoot_sandbox import jsontext
from crossfoot_sandbox.hubspot.books.webhooks import (
    Delivery,
    SignedRequest,
    Subscription,
    signature_v1,
    signature_v3,
)

URL = "https://sync.example.test/hooks"
EVERYTHING = [
    Subscription(f"object.{word}", plural)
    for plural in ("contact", "company")
    for word in ("creation", "deletion", "merge", "restore", "associationChange")
] + [
    Subscription("object.propertyChange", "contact", "city"),
    Subscription("object.propertyChange", "contact", "email"),
    Subscription("contact.privacyDeletion"),
]


@pytest.fixture
def calm(desk: Desk) -> Desk:
    """Events without delay, duplicates and shared ids."""
    desk.switch(webhook_delay=0.0, webhook_late_share=0.0, webhook_duplicates=0.0, webhook_shared_ids=0.0)
    desk.hub.subscribe(desk.hub.app_of(desk.token), URL, "secret", EVERYTHING)
    return desk


def take(desk: Desk) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []

    def post(request: SignedRequest) -> int:
        events.extend(jsontext.loads(request.body))
        return 204

    desk.hub.webhooks.deliver(post)
    return sorted(events, key=lambda event: (event["subscriptionType"], event.get("propertyName", "")))


def test_the_signatures_match_the_published_vectors() -> None:
    secret, url = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy", "https://www.example.com/webhook_uri"
    body = b"{'example_field':'example_value'}"
    assert (
        signature_v3(secret, "POST", url, body, "1693657560000")
        == "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="
    )
    assert (
        signature_v3(secret, "POST", url, body, "1700000300000")
        == "RnbPH7+UMKVkbV32P8bz450N4M56aPmcru1+D3kSDtw="
    )
    event = (
        b'[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,'
        b'"subscriptionType":"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM",'
        b'"changeFlag":"NEW","appId":54321}]'
    )
    assert signature_v1(secret, event) == "232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de"


def test_the_third_signature_decodes_only_the_listed_characters() -> None:
    plain = signature_v3("s", "POST", "https://x.test/a?b=c:d%20e", b"", "1")
    assert signature_v3("s", "POST", "https://x.test/a%3Fb=c%3Ad%20e", b"", "1") == plain


def test_a_creation_and_its_property_changes_are_told_with_numbers_for_ids(calm: Desk) -> None:
    ada = calm.make(email="ada@example.test", city="Nelson", phone="1")
    creation, city, email = take(calm)
    assert creation["subscriptionType"] == "object.creation"
    assert (creation["objectId"], creation["portalId"], creation["objectTypeId"]) == (int(ada), PORTAL, "0-1")
    assert (city["propertyName"], city["propertyValue"]) == ("city", "Nelson")
    assert email["changeSource"] == "INTEGRATION"
    assert email["sourceId"] == str(calm.hub.app_of(calm.token))


def test_a_colleagues_edit_is_told_as_coming_from_the_pages(calm: Desk) -> None:
    ada = calm.make(email="ada@example.test")
    take(calm)
    calm.portal.person_edits("contacts", ada, {"city": "Nelson", "email": "ada@example.test"}, by="ben")
    (event,) = take(calm)
    assert (event["changeSource"], event["sourceId"]) == ("CRM_UI", "userId:9586505")


def test_merge_restore_deletion_and_privacy_deletion_are_told(calm: Desk) -> None:
    one, two = calm.make(email="one@example.test"), calm.make(email="two@example.test")
    take(calm)
    survivor = calm.portal.person_merges("contacts", one, two)
    merged = next(event for event in take(calm) if event["subscriptionType"] == "object.merge")
    assert (merged["primaryObjectId"], merged["mergedObjectIds"], merged["newObjectId"]) == (
        int(one),
        [int(two)],
        int(survivor),
    )
    calm.portal.person_archives("contacts", survivor)
    calm.portal.person_restores("contacts", survivor)
    assert [event["subscriptionType"] for event in take(calm)] == ["object.deletion", "object.restore"]
    calm.portal.person_erases("contacts", survivor)
    assert [event["subscriptionType"] for event in take(calm)] == [
        "contact.privacyDeletion",
        "object.deletion",
    ]


def test_a_primary_link_is_told_four_times(calm: Desk) -> None:
    kiwi, ada = calm.make("companies", name="Kiwi"), calm.make(email="ada@example.test")
    take(calm)
    calm.portal.person_associates(ada, kiwi)
    events = [event for event in take(calm) if event["subscriptionType"] == "object.associationChange"]
    assert sorted((event["associationType"], event["isPrimaryAssociation"]) for event in events) == [
        ("COMPANY_TO_CONTACT", False),
        ("COMPANY_TO_CONTACT", True),
        ("CONTACT_TO_COMPANY", False),
        ("CONTACT_TO_COMPANY", True),
    ]


def test_batches_hold_at_most_a_hundred_events_in_no_order(calm: Desk) -> None:
    for n in range(120):
        calm.portal.person_creates("companies", {"name": f"C{n}"})
    deliveries = calm.hub.webhooks.due()
    assert [len(delivery.events) for delivery in deliveries] == [100, 20]
    ids = [event["objectId"] for delivery in deliveries for event in delivery.events]
    assert ids != sorted(ids)


def test_a_failed_delivery_comes_again_ten_times_within_a_day_with_fresh_signatures(calm: Desk) -> None:
    calm.make("companies", name="Kiwi")
    seen: list[SignedRequest] = []

    def fail(request: SignedRequest) -> int:
        seen.append(request)
        return 500

    for _ in range(25 * 60):
        calm.hub.webhooks.deliver(fail)
        calm.clock.advance(60)
    assert [jsontext.loads(request.body)[0]["attemptNumber"] for request in seen] == list(range(11))
    assert len({request.headers["X-HubSpot-Request-Timestamp"] for request in seen}) == 11
    assert seen[0].headers["X-HubSpot-Signature"] == hashlib.sha256(b"secret" + seen[0].body).hexdigest()
    assert len({request.headers["X-HubSpot-Signature-v3"] for request in seen}) == 11
    assert len(calm.hub.webhooks.given_up) == 1


def test_a_timeout_is_a_failure_and_a_second_answer_ends_it(calm: Desk) -> None:
    calm.make("companies", name="Kiwi")
    answers: list[int | None] = [None, 200]
    for _ in range(10):
        calm.hub.webhooks.deliver(lambda _: answers.pop(0))
        calm.clock.advance(60)
    assert answers == []


def test_ten_deliveries_fly_at_most(calm: Desk) -> None:
    for n in range(1_100):
        calm.portal.person_creates("companies", {"name": f"C{n}"})
    flying: list[Delivery] = calm.hub.webhooks.due()
    assert len(flying) == 10
    assert calm.hub.webhooks.due() == []
    calm.hub.webhooks.settle(flying[0], 200)
    assert len(calm.hub.webhooks.due()) == 1


def test_duplicates_and_repeated_event_ids_happen_as_often_as_switched(calm: Desk) -> None:
    calm.switch(webhook_duplicates=1.0, webhook_shared_ids=0.5)
    for n in range(40):
        calm.portal.person_creates("companies", {"name": f"C{n}"})
    calm.clock.advance(1)
    events = take(calm)
    assert len(events) == 80
    by_id: dict[int, set[int]] = {}
    for event in events:
        by_id.setdefault(event["eventId"], set()).add(event["objectId"])
    assert any(len(objects) > 1 for objects in by_id.values())


def test_a_late_event_tells_of_a_record_that_is_gone(calm: Desk) -> None:
    calm.switch(webhook_delay=200.0)
    ada = calm.make(email="ada@example.test")
    calm.portal.person_archives("contacts", ada)
    calm.clock.advance(201)
    assert "object.creation" in [event["subscriptionType"] for event in take(calm)]
    assert calm.ask("GET", f"/crm/v3/objects/contacts/{ada}").status == 404


def test_portals_that_did_not_install_the_app_are_not_told_of(calm: Desk) -> None:
    other = calm.hub.add_portal(5678)
    other.person_creates("companies", {"name": "Kiwi"})
    assert take(calm) == []
