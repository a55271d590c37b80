"""Whatever is sent, an answer comes back: nothing raises, and every refusal is a 4xx with a message."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sandbox.hubspot.conftest import Desk
from tests.witnesses.court import in_recess


@pytest.fixture(scope="module", autouse=True)
def _out_of_court() -> Iterator[None]:
    """HubSpot's SDK could send none of this."""
    with in_recess():
        yield


WORDS = st.sampled_from(
    [
        "inputs",
        "id",
        "properties",
        "email",
        "associations",
        "to",
        "types",
        "filterGroups",
        "filters",
        "propertyName",
        "operator",
        "value",
        "values",
        "EQ",
        "IN",
        "BETWEEN",
        "hs_object_id",
        "15000000001",
        "city",
        "after",
        "limit",
        "sorts",
        "idProperty",
        "name",
        "label",
        "type",
        "options",
        "string",
        "fieldType",
        "text",
        "groupName",
        "contactinformation",
        "from",
        "associationCategory",
        "associationTypeId",
        "HUBSPOT_DEFINED",
        "primaryObjectId",
        "objectIdToMerge",
        "²",
    ]
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 300)
    | st.floats(allow_nan=False, allow_infinity=False)
    | WORDS
    | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)
BASES = (
    "/crm/objects/2026-09",
    "/crm/v3/objects",
    "/crm/v4/objects",
    "/crm/properties/2026-09",
    "/crm/associations/2026-09",
)
TAILS = st.sampled_from(
    [
        "contacts",
        "contacts/search",
        "contacts/merge",
        "contacts/gdpr-delete",
        "contacts/15000000001",
        "contacts/groups",
    ]
    + [f"contacts/batch/{word}" for word in ("read", "create", "update", "upsert", "archive")]
    + [
        f"contacts/companies/batch/{word}"
        for word in ("read", "create", "archive", "associate/default", "labels/archive")
    ]
    + [
        "contacts/companies/labels",
        "contacts/15000000001/associations/companies/15000000001",
        "contacts/email",
        "widgets",
    ]
)


@given(
    method=st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE"]),
    base=st.sampled_from(BASES),
    tail=TAILS,
    body=VALUES,
    query=st.dictionaries(
        st.sampled_from(["limit", "after", "idProperty", "properties", "archived"]),
        WORDS | st.just("-1"),
        max_size=2,
    ),
)
def test_any_body_gets_an_answer(method: str, base: str, tail: str, body: Any, query: dict[str, str]) -> None:
    desk = Desk()
    parameters = "&".join(f"{name}={value}" for name, value in query.items())
    desk.make(email="ada@example.test")
    desk.make("companies", name="Kiwi")
    answer = desk.ask(method, f"{base}/{tail}?{parameters}", json.dumps(body).encode())
    assert 200 <= answer.status < 500
    if answer.status >= 400:
        assert answer.payload()["message"]


@given(body=st.binary(max_size=30), target=st.text(alphabet="/crmobjectsv3-209%?&=", max_size=40))
def test_any_bytes_at_any_path_get_an_answer(body: bytes, target: str) -> None:
    desk = Desk()
    assert desk.ask("POST", f"/{target}", body).status < 500
    assert desk.ask("POST", "/crm/v3/objects/contacts", body).status < 500
    assert (
        desk.ask(
            "POST", "/oauth/v1/token", body, headers={"Content-Type": "application/x-www-form-urlencoded"}
        ).status
        < 500
    )


def test_json_nested_too_deeply_is_a_400() -> None:
    assert Desk().ask("POST", "/crm/v3/objects/contacts", b"[" * 100_000).status == 400
