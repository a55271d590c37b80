"""Merging, in both modes (fact 3.4, A3)."""

import pytest
from tests.sandbox.hubspot.conftest import Desk


def pair(desk: Desk) -> tuple[str, str]:
    one = desk.make(email="one@example.test", city="Nelson")
    return one, desk.make(email="two@example.test", city="Picton", phone="2")


def test_a_third_record_with_a_new_id_survives(desk: Desk) -> None:
    one, two = pair(desk)
    body = {"primaryObjectId": one, "objectIdToMerge": two}
    merged = desk.do("POST", "/crm/objects/2026-09/contacts/merge", body)
    survivor = merged["id"]
    assert survivor not in (one, two)
    for old in (one, two):
        assert desk.do("GET", f"/crm/v3/objects/contacts/{old}")["id"] == survivor
        assert desk.portal.book("contacts")[old].merged_into == survivor
    read = desk.read(
        "contacts", survivor, "city", "phone", "email", "hs_additional_emails", "hs_merged_object_ids"
    )
    assert (read["city"], read["phone"]) == ("Nelson", "2")
    assert (read["email"], read["hs_additional_emails"]) == ("one@example.test", "two@example.test")
    assert read["hs_merged_object_ids"] == f"{one};{two}"


def test_the_primary_id_survives_when_switched(desk: Desk) -> None:
    desk.switch(merge="primary id")
    one, two = pair(desk)
    assert desk.portal.person_merges("contacts", one, two) == one
    assert desk.do("GET", f"/crm/v3/objects/contacts/{two}")["id"] == one
    assert desk.read("contacts", one, "hs_merged_object_ids")["hs_merged_object_ids"] == two


def test_ids_of_a_chain_of_merges_all_answer_with_the_last_survivor(desk: Desk) -> None:
    one, two = pair(desk)
    first = desk.portal.person_merges("contacts", one, two)
    three = desk.make(email="three@example.test")
    last = desk.portal.person_merges("contacts", three, first)
    assert {desk.do("GET", f"/crm/v3/objects/contacts/{old}")["id"] for old in (one, two, three, first)} == {
        last
    }
    read = desk.read("contacts", last, "hs_merged_object_ids", "hs_calculated_merged_vids")
    assert set(read["hs_merged_object_ids"].split(";")) == {one, two, three, first}
    assert len(read["hs_calculated_merged_vids"].split(";")) == 2  # misses chained merges


def test_both_emails_of_a_merged_contact_stay_taken(desk: Desk) -> None:
    one, two = pair(desk)
    survivor = desk.portal.person_merges("contacts", one, two)
    answer = desk.ask("POST", "/crm/v3/objects/contacts", {"properties": {"email": "two@example.test"}})
    assert answer.payload()["message"].endswith(survivor)


def test_associations_move_to_the_survivor_with_one_primary_company(desk: Desk) -> None:
    one, two = pair(desk)
    kiwi, moa = desk.make("companies", name="Kiwi"), desk.make("companies", name="Moa")
    desk.portal.person_associates(one, kiwi)
    desk.portal.person_associates(two, moa)
    survivor = desk.portal.person_merges("contacts", one, two)
    assert desk.read("contacts", survivor, "associatedcompanyid")["associatedcompanyid"] == kiwi
    linked = desk.do("GET", f"/crm/v4/objects/contacts/{survivor}/associations/companies")["results"]
    labels = {
        str(entry["toObjectId"]): {type_["label"] for type_ in entry["associationTypes"]} for entry in linked
    }
    assert labels == {kiwi: {"Primary", None}, moa: {None}}


def test_merging_companies_takes_their_people_along(desk: Desk) -> None:
    kiwi, moa = desk.make("companies", name="Kiwi"), desk.make("companies", name="Moa")
    ada = desk.make(email="ada@example.test", associatedcompanyid=moa)
    survivor = desk.portal.person_merges("companies", kiwi, moa)
    assert desk.read("contacts", ada, "associatedcompanyid")["associatedcompanyid"] == survivor


def test_a_record_takes_at_most_250_identities(desk: Desk) -> None:
    desk.switch(merge="primary id")
    ids = desk.portal.bulk_load("companies", [{"name": f"C{n}"} for n in range(252)])
    for other in ids[1:251]:
        desk.portal.person_merges("companies", ids[0], other)
    with pytest.raises(ValueError, match="more than 250 identities"):
        desk.portal.person_merges("companies", ids[0], ids[251])


def test_products_cannot_be_merged(desk: Desk) -> None:
    one, two = desk.make("products", name="Tea"), desk.make("products", name="Tee")
    body = {"primaryObjectId": one, "objectIdToMerge": two}
    assert desk.ask("POST", "/crm/v3/objects/products/merge", body).status == 404
