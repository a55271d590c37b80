from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from crossfoot.model.identity import Kind
from crossfoot.systems.hubspot.webhooks import Signal, signals, signature, verify

SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
URL = "https://www.example.com/webhook_uri"
BODY = b"{'example_field':'example_value'}"


@pytest.mark.parametrize(
    ("timestamp", "expected"),
    [
        ("1693657560000", "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="),
        ("1700000300000", "RnbPH7+UMKVkbV32P8bz450N4M56aPmcru1+D3kSDtw="),
    ],
)
def test_the_signature_is_hubspots_own(timestamp: str, expected: str) -> None:
    assert signature(SECRET, "POST", URL, BODY, timestamp) == expected


def test_an_encoded_address_is_decoded_only_where_hubspot_decodes() -> None:
    plain = signature(SECRET, "POST", URL + "?to=a@b.c:1&x=%20", BODY, "1")
    assert signature(SECRET, "POST", URL + "?to=a%40b.c%3a1&x=%20", BODY, "1") == plain
    assert signature(SECRET, "POST", URL + "?to=a@b.c:1&x= ", BODY, "1") != plain


NOW = datetime.fromtimestamp(1693657560, UTC)
HEADERS = {
    "x-hubspot-signature-v3": "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y=",
    "x-hubspot-request-timestamp": "1693657560000",
}


def test_only_a_fresh_and_exact_request_is_verified() -> None:
    assert verify(SECRET, "POST", URL, BODY, HEADERS, now=NOW)
    assert verify(SECRET, "POST", URL, BODY, HEADERS, now=NOW + timedelta(minutes=5))
    assert not verify(SECRET, "POST", URL, BODY, HEADERS, now=NOW + timedelta(minutes=5, seconds=1))
    assert not verify(SECRET, "POST", URL, BODY + b" ", HEADERS, now=NOW)
    assert not verify("other", "POST", URL, BODY, HEADERS, now=NOW)
    assert not verify(SECRET, "POST", URL, BODY, {}, now=NOW)
    assert not verify(SECRET, "POST", URL, BODY, {**HEADERS, "x-hubspot-request-timestamp": "²"}, now=NOW)
    assert not verify(SECRET, "POST", URL, BODY, {**HEADERS, "x-hubspot-signature-v3": "é"}, now=NOW)


def heard(*events: dict[str, Any]) -> list[Signal]:
    return signals(msgspec.json.encode([{"portalId": 7, **event} for event in events]))


def test_ids_that_are_numbers_in_events_become_texts() -> None:
    assert heard({"subscriptionType": "contact.propertyChange", "objectId": 15000000001}) == [
        Signal("hubspot:7", Kind.CONTACT, "15000000001")
    ]


def test_a_merge_hints_at_every_record_concerned_once() -> None:
    found = heard(
        {
            "subscriptionType": "object.merge",
            "objectTypeId": "0-2",
            "objectId": 9,
            "primaryObjectId": 1,
            "mergedObjectIds": [2],
            "newObjectId": 9,
        },
        {"subscriptionType": "company.creation", "objectId": 9},
    )
    assert [(each.kind, each.id) for each in found] == [(Kind.COMPANY, each) for each in ("9", "1", "2")]


def test_an_association_hints_at_both_ends() -> None:
    named = {
        "subscriptionType": "contact.associationChange",
        "associationType": "CONTACT_TO_COMPANY",
        "fromObjectId": 1,
        "toObjectId": 2,
    }
    typed = {
        "subscriptionType": "object.associationChange",
        "fromObjectTypeId": "0-1",
        "toObjectTypeId": "0-2",
        "fromObjectId": 1,
        "toObjectId": 2,
    }
    both = [Signal("hubspot:7", Kind.CONTACT, "1"), Signal("hubspot:7", Kind.COMPANY, "2")]
    assert heard(named) == both
    assert heard(typed) == both


def test_a_privacy_deletion_says_so() -> None:
    assert heard({"subscriptionType": "contact.privacyDeletion", "objectId": 1}) == [
        Signal("hubspot:7", Kind.CONTACT, "1", erased=True)
    ]


def test_events_of_other_kinds_and_odd_ones_are_left_out() -> None:
    assert (
        heard(
            {"subscriptionType": "ticket.creation", "objectId": 1},
            {"objectId": 1},
            {"subscriptionType": "contact.creation"},
        )
        == []
    )
    assert signals(b"[1, null]") == []


@pytest.mark.parametrize("body", [b"", b"{}", b"[", b"\xff"])
def test_what_is_no_delivery_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match="not a list"):
        signals(body)
