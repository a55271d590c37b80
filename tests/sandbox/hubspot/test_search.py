"""Search: the grammar, the lag, the limits (fact 4; A1, A2)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sandbox.hubspot.conftest import Desk

from crossfoot_sandbox.hubspot.api.filters import parse_groups
from crossfoot_sandbox.hubspot.api.finding import Page, Question, _scan, _seek
from crossfoot_sandbox.hubspot.books.kinds import CONTACTS
from crossfoot_sandbox.hubspot.books.sortedkeys import SortedKeys

SEARCH = "/crm/objects/2026-09/contacts/search"


def test_a_new_record_is_readable_at_once_and_findable_later(desk: Desk) -> None:
    ada = desk.make(email="ada@example.test")
    assert desk.read("contacts", ada)["hs_object_id"] == ada
    assert desk.find() == []
    desk.clock.advance(31)
    assert desk.find() == [ada]


def test_a_change_is_searched_under_its_old_value_until_the_index_catches_up(desk: Desk) -> None:
    ada = desk.make(email="ada@example.test", city="Nelson")
    desk.clock.advance(31)
    desk.do("PATCH", f"/crm/v3/objects/contacts/{ada}", {"properties": {"city": "Picton"}})
    assert desk.find("contacts", ("city", "EQ", "nelson")) == [ada]
    assert desk.search("contacts", properties=["city"])["results"][0]["properties"]["city"] == "Nelson"
    desk.clock.advance(31)
    assert desk.find("contacts", ("city", "EQ", "nelson")) == []
    assert desk.find("contacts", ("city", "EQ", "PICTON")) == [ada]


def test_an_archived_record_is_still_found_until_the_index_catches_up(desk: Desk) -> None:
    ada = desk.make(email="ada@example.test")
    desk.clock.advance(31)
    desk.portal.person_archives("contacts", ada)
    assert desk.find() == [ada]
    desk.clock.advance(31)
    assert desk.find() == []


def test_each_write_has_a_lag_of_its_own_within_the_switched_bounds(desk: Desk) -> None:
    desk.switch(lag_min=2.0, lag_max=10.0)
    made = {desk.make(email=f"p{n}@example.test") for n in range(40)}
    seen = []
    for _ in range(11):
        seen.append(len(desk.find(limit=100)))
        desk.clock.advance(1)
    assert seen[:2] == [0, 0]
    assert 0 < seen[6] < 40
    assert set(desk.find(limit=100)) == made


@pytest.fixture
def town(desk: Desk) -> dict[str, str]:
    rows: list[dict[str, str]] = [
        {
            "email": "ada@kiwi.test",
            "firstname": "Ada",
            "city": "Nelson",
            "lifecyclestage": "lead",
        },
        {
            "email": "ben@kiwi.test",
            "firstname": "Ben",
            "city": "Picton",
            "num_notes": "3",
            "lifecyclestage": "customer",
        },
        {"email": "cyd@moa.test", "firstname": "Cyd", "num_notes": "12"},
    ]
    return dict(zip(("ada", "ben", "cyd"), desk.portal.bulk_load("contacts", rows), strict=True))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (("city", "EQ", "NELSON"), "ada"),
        (("city", "NEQ", "nelson"), "ben cyd"),
        (("city", "IN", "nelson", "picton"), "ada ben"),
        (("city", "IN", "Nelson"), ""),
        (("city", "NOT_IN", "nelson"), "ben cyd"),
        (("city", "HAS_PROPERTY"), "ada ben"),
        (("city", "NOT_HAS_PROPERTY"), "cyd"),
        (("num_notes", "GT", "3"), "cyd"),
        (("num_notes", "GTE", "3"), "ben cyd"),
        (("num_notes", "LT", "12"), "ben"),
        (("num_notes", "LTE", "12"), "ben cyd"),
        (("num_notes", "BETWEEN", "3", "11.5"), "ben"),
        (("email", "CONTAINS_TOKEN", "*@kiwi.test"), "ada ben"),
        (("email", "NOT_CONTAINS_TOKEN", "kiwi"), "cyd"),
        (("firstname", "CONTAINS_TOKEN", "A*"), "ada"),
        (("lifecyclestage", "EQ", "lead"), "ada"),
        (("lifecyclestage", "EQ", "LEAD"), ""),
        (("createdate", "LTE", "1800000000250"), "ada ben cyd"),
        (("createdate", "LT", "2027-01-15T08:00:00.250Z"), ""),
    ],
)
def test_an_operator_selects(
    desk: Desk, town: dict[str, str], condition: tuple[str, ...], expected: str
) -> None:
    assert desk.find("contacts", condition) == [town[name] for name in expected.split()]


def test_groups_are_alternatives_and_filters_in_one_must_all_hold(desk: Desk, town: dict[str, str]) -> None:
    kiwi = {"propertyName": "email", "operator": "CONTAINS_TOKEN", "value": "kiwi"}
    groups = [
        {"filters": [kiwi, {"propertyName": "city", "operator": "EQ", "value": "picton"}]},
        {"filters": [{"propertyName": "num_notes", "operator": "EQ", "value": "12.0"}]},
    ]
    found = desk.do("POST", SEARCH, {"filterGroups": groups})["results"]
    assert [entry["id"] for entry in found] == [town["ben"], town["cyd"]]


def test_a_query_looks_into_the_usual_properties(desk: Desk, town: dict[str, str]) -> None:
    assert desk.find(query="moa") == [town["cyd"]]
    assert desk.find(query="nelson") == []  # the city is not one of them


def test_a_sort_orders_and_records_without_a_value_come_last(desk: Desk, town: dict[str, str]) -> None:
    for direction, expected in (("ASCENDING", "ben cyd ada"), ("DESCENDING", "cyd ben ada")):
        found = desk.find(sorts=[{"propertyName": "num_notes", "direction": direction}])
        assert found == [town[name] for name in expected.split()]


def test_contacts_are_found_by_their_company(desk: Desk) -> None:
    firm = desk.make("companies", name="Kiwi")
    ada = desk.make(email="ada@example.test", associatedcompanyid=firm)
    desk.make(email="ben@example.test")
    desk.clock.advance(31)
    assert desk.find("contacts", ("associations.company", "EQ", firm)) == [ada]


def group(count: int) -> dict[str, Any]:
    return {"filters": [{"propertyName": "city", "operator": "HAS_PROPERTY"}] * count}


@pytest.mark.parametrize(
    "body",
    [
        {"filterGroups": [group(1)] * 6},
        {"filterGroups": [group(7)]},
        {"filterGroups": [group(5), group(5), group(5), group(4)]},
        {"limit": 201},
        {"after": "9999", "limit": 2},
        {"after": "one"},
        {"filterGroups": [{"filters": [{"propertyName": "city", "operator": "LIKE", "value": "x"}]}]},
        {"filterGroups": [{"filters": [{"propertyName": "no_such", "operator": "EQ", "value": "x"}]}]},
        {"filterGroups": [{"filters": [{"propertyName": "city", "operator": "EQ"}]}]},
        {"sorts": [{"propertyName": "city"}, {"propertyName": "email"}]},
        {"query": "x" * 3_000},
    ],
)
def test_a_search_beyond_the_rules_is_a_400(desk: Desk, body: dict[str, Any]) -> None:
    answer = desk.ask("POST", SEARCH, body)
    assert (answer.status, answer.payload()["category"]) == (400, "VALIDATION_ERROR")


def test_the_last_page_ends_at_ten_thousand_results(desk: Desk) -> None:
    desk.portal.bulk_load("contacts", [{"firstname": "N"} for _ in range(10_050)])
    page = desk.search(after="9800", limit=200)
    assert page["total"] == 10_050
    assert len(page["results"]) == 200
    assert desk.ask("POST", SEARCH, {"after": "10000", "limit": 1}).status == 400


def test_a_change_between_pages_shifts_them(desk: Desk) -> None:
    ids = desk.portal.bulk_load("contacts", [{"firstname": "N"} for _ in range(6)])
    order: dict[str, Any] = {"sorts": [{"propertyName": "lastmodifieddate"}], "limit": 3}
    first = desk.find(**order)
    desk.switch(lag_min=0.0, lag_max=0.0)
    desk.clock.advance(1)
    desk.portal.person_edits("contacts", ids[0], {"city": "Nelson"})
    assert [*first, *desk.find(after="3", **order)] == [*ids[:3], *ids[4:], ids[0]]


@given(
    steps=st.lists(st.integers(0, 4), min_size=1, max_size=25),
    operator=st.sampled_from(["GT", "GTE", "LT", "LTE", "BETWEEN"]),
    bounds=st.tuples(st.integers(-1, 40), st.integers(-1, 40)),
    by_id=st.booleans(),
    start=st.integers(0, 5),
)
def test_seeking_finds_what_scanning_finds(
    steps: list[int], operator: str, bounds: tuple[int, int], by_id: bool, start: int
) -> None:
    desk = Desk()
    began = int(desk.clock.seconds() * 1000)
    for step in steps:
        desk.clock.advance(step / 1000)
        desk.portal.bulk_load("contacts", [{"firstname": "N"}])
    name = "hs_object_id" if by_id else "lastmodifieddate"
    first = 15_000_000_001 if by_id else began
    low, high = (str(first + bound * (3_000 if by_id else 1)) for bound in bounds)
    groups = parse_groups(
        [{"filters": [{"propertyName": name, "operator": operator, "value": low, "highValue": high}]}], None
    )
    question = Question(desk.portal, CONTACTS, groups, name, False, "", start, 4)
    sought = _seek(question)
    assert isinstance(sought, Page)
    assert sought == _scan(question)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 60)), max_size=200), st.integers(-1, 61))
def test_sorted_keys_behave_as_a_sorted_set(steps: list[tuple[bool, int]], probe: int) -> None:
    keys: SortedKeys[int] = SortedKeys(range(0, 3_000, 7))
    model = set(range(0, 3_000, 7))
    for adds, key in steps:
        if adds and key not in model:
            keys.add(key)
            model.add(key)
        elif not adds:
            keys.discard(key)
            model.discard(key)
    ordered = sorted(model)
    assert list(keys) == ordered
    assert len(keys) == len(ordered)
    assert keys.rank(probe) == sum(key < probe for key in ordered)
    assert keys.rank(probe, after=True) == sum(key <= probe for key in ordered)
    assert keys.between(3, 9) == ordered[3:9]
