"""Many records at a time (facts 3.4, 3.5; A3, A9)."""

from typing import Any

import pytest
from tests.sandbox.hubspot.conftest import Desk

BATCH = "/crm/objects/2026-09/contacts/batch"


def mails(*names: str, **more: Any) -> list[dict[str, Any]]:
    return [{"properties": {"email": f"{name}@example.test"}, **more} for name in names]


def test_missing_ids_of_a_read_are_one_entry_of_a_207(desk: Desk) -> None:
    ada = desk.make(email="ada@example.test")
    answer = desk.ask(
        "POST", f"{BATCH}/read", {"inputs": [{"id": ada}, {"id": "7"}, {"id": "8"}], "properties": ["email"]}
    )
    body = answer.payload()
    assert answer.status == 207
    assert [found["id"] for found in body["results"]] == [ada]
    assert body["numErrors"] == 1
    assert body["errors"][0]["context"] == {"ids": ["7", "8"]}
    assert body["errors"][0]["message"].startswith("Could not get some CONTACT objects")


def test_a_create_without_trace_ids_fails_whole(desk: Desk) -> None:
    desk.make(email="ada@example.test")
    answer = desk.ask("POST", f"{BATCH}/create", {"inputs": mails("ben", "ada", "cyd")})
    assert (answer.status, answer.payload()["category"]) == (409, "CONFLICT")
    assert len(desk.portal.book("contacts")) == 1


def test_a_create_with_a_trace_id_for_each_is_done_in_part(desk: Desk) -> None:
    desk.make(email="ada@example.test")
    inputs = [entry | {"objectWriteTraceId": f"t{n}"} for n, entry in enumerate(mails("ben", "ada", "cyd"))]
    answer = desk.ask("POST", f"{BATCH}/create", {"inputs": inputs})
    body = answer.payload()
    assert answer.status == 207
    assert {found["objectWriteTraceId"] for found in body["results"]} == {"t0", "t2"}
    assert [(entry["category"], entry["context"]["objectWriteTraceId"]) for entry in body["errors"]] == [
        ("CONFLICT", ["t1"])
    ]
    assert len(desk.portal.book("contacts")) == 3


def test_two_of_one_batch_cannot_share_an_email(desk: Desk) -> None:
    assert desk.ask("POST", f"{BATCH}/create", {"inputs": mails("ada", "ada")}).status == 409
    assert not desk.portal.book("contacts")


def test_results_come_in_another_order_than_the_inputs(desk: Desk) -> None:
    inputs = mails(*(f"p{n}" for n in range(30)))
    ids = [found["id"] for found in desk.do("POST", f"{BATCH}/create", {"inputs": inputs})["results"]]
    assert ids != sorted(ids, key=int)
    desk.switch(shuffled=False)
    read = desk.do("POST", f"{BATCH}/read", {"inputs": [{"id": found} for found in ids], "properties": []})
    assert [found["id"] for found in read["results"]] == ids


def test_an_update_changes_what_it_finds_and_reports_the_rest(desk: Desk) -> None:
    ada = desk.make(email="ada@example.test")
    inputs = [{"id": ada, "properties": {"city": "Nelson"}}, {"id": "9", "properties": {"city": "Nelson"}}]
    answer = desk.ask("POST", f"{BATCH}/update", {"inputs": inputs})
    assert answer.status == 207
    assert answer.payload()["errors"][0]["context"] == {"ids": ["9"]}
    assert desk.read("contacts", ada, "city")["city"] == "Nelson"


def test_one_bad_value_stops_an_untraced_update_before_anything_is_written(desk: Desk) -> None:
    ada, ben = desk.make(email="ada@example.test"), desk.make(email="ben@example.test")
    inputs = [{"id": ada, "properties": {"city": "Nelson"}}, {"id": ben, "properties": {"cty": "Nelson"}}]
    assert desk.ask("POST", f"{BATCH}/update", {"inputs": inputs}).status == 400
    assert desk.read("contacts", ada, "city")["city"] is None


def test_the_same_record_twice_in_one_update_is_refused(desk: Desk) -> None:
    ada = desk.make(email="ada@example.test")
    entry = {"id": ada, "properties": {"city": "Nelson"}}
    answer = desk.ask("POST", f"{BATCH}/update", {"inputs": [entry, entry]})
    assert (answer.status, answer.payload()["message"][:13]) == (400, "Duplicate IDs")


def test_a_merged_id_is_left_out_of_an_update_without_a_word_or_resolved_as_switched(desk: Desk) -> None:
    one, two = desk.make(email="one@example.test"), desk.make(email="two@example.test")
    survivor = desk.portal.person_merges("contacts", one, two)
    inputs = {"inputs": [{"id": two, "properties": {"city": "Nelson"}}]}
    answer = desk.ask("POST", f"{BATCH}/update", inputs)
    assert (answer.status, answer.payload()["results"]) == (200, [])
    desk.switch(merged_in_batch_update="resolved")
    assert desk.do("POST", f"{BATCH}/update", inputs)["results"][0]["id"] == survivor


def test_merged_ids_read_as_the_survivor(desk: Desk) -> None:
    one, two = desk.make(email="one@example.test"), desk.make(email="two@example.test")
    survivor = desk.portal.person_merges("contacts", one, two)
    read = desk.do("POST", f"{BATCH}/read", {"inputs": [{"id": one}, {"id": two}], "properties": []})
    assert [found["id"] for found in read["results"]] == [survivor]


@pytest.mark.parametrize("name", ["city", "hs_object_id"])
@pytest.mark.parametrize("batch", ["update", "upsert"])
def test_only_a_unique_property_tells_records_apart(desk: Desk, batch: str, name: str) -> None:
    inputs = [{"id": "Nelson", "idProperty": name, "properties": {"phone": "1"}}]
    answer = desk.ask("POST", f"{BATCH}/{batch}", {"inputs": inputs})
    assert answer.status == 400
    told = f"Unable to perform update/upsert by non-unique 0-1 property {name}"
    assert answer.payload()["message"].startswith(told)


def test_upsert_by_email_finds_secondary_addresses_too(desk: Desk) -> None:
    one, two = desk.make(email="one@example.test"), desk.make(email="two@example.test")
    survivor = desk.portal.person_merges("contacts", one, two)
    inputs = [{"id": "TWO@example.test", "idProperty": "email", "properties": {"city": "Nelson"}}]
    (found,) = desk.do("POST", f"{BATCH}/upsert", {"inputs": inputs})["results"]
    assert (found["id"], found["new"]) == (survivor, False)


def test_archiving_twice_is_no_mistake_and_more_than_a_hundred_is(desk: Desk) -> None:
    ada = desk.make(email="ada@example.test")
    for _ in range(2):
        assert desk.ask("POST", f"{BATCH}/archive", {"inputs": [{"id": ada}, {"id": "5"}]}).status == 204
    assert desk.ask("POST", f"{BATCH}/read", {"inputs": [{"id": "1"}] * 101}).status == 400
