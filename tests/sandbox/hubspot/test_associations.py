"""Who belongs to whom (fact 6, B5)."""

from typing import Any

import pytest
from tests.sandbox.hubspot.conftest import Desk

MISSING_COMPANY = {
    "INVALID_OBJECT_IDS": ["COMPANY=99 is not valid"],
    "objectId": ["99"],
    "objectType": ["COMPANY"],
}


@pytest.fixture
def firm(desk: Desk) -> str:
    desk.make("companies", name="an older company, so that ids of people and firms differ")
    return desk.make("companies", name="Kiwi")


@pytest.fixture
def ada(desk: Desk) -> str:
    return desk.make(email="ada@example.test")


def types(desk: Desk, one: str, other: str, path: str = "contacts/{}/associations/companies") -> set[int]:
    linked = desk.do("GET", f"/crm/objects/2026-09/{path.format(one)}")["results"]
    return {
        t["typeId"]
        for entry in linked
        if str(entry["toObjectId"]) == other
        for t in entry["associationTypes"]
    }


def test_the_default_link_is_told_in_both_directions(desk: Desk, ada: str, firm: str) -> None:
    desk.switch(first_company_is_primary=False)
    answer = desk.do("PUT", f"/crm/objects/2026-09/contacts/{ada}/associations/default/companies/{firm}")
    told = {entry["from"]["id"]: entry["associationSpec"]["associationTypeId"] for entry in answer["results"]}
    assert told == {ada: 279, firm: 280}
    assert types(desk, ada, firm) == {279}
    assert types(desk, firm, ada, "companies/{}/associations/contacts") == {280}


def test_the_first_company_becomes_primary_and_the_second_does_not(desk: Desk, ada: str, firm: str) -> None:
    moa = desk.make("companies", name="Moa")
    for company in (firm, moa):
        desk.do("PUT", f"/crm/v4/objects/contacts/{ada}/associations/default/companies/{company}")
    assert (types(desk, ada, firm), types(desk, ada, moa)) == ({1, 279}, {279})
    assert desk.read("contacts", ada, "associatedcompanyid")["associatedcompanyid"] == firm


def test_writing_the_associated_company_makes_and_ends_the_primary_link(
    desk: Desk, ada: str, firm: str
) -> None:
    def write(value: str) -> int:
        return desk.ask(
            "PATCH", f"/crm/v3/objects/contacts/{ada}", {"properties": {"associatedcompanyid": value}}
        ).status

    assert write(firm) == 200
    assert types(desk, ada, firm) == {1, 279}
    moa = desk.make("companies", name="Moa")
    assert write(moa) == 200
    assert (types(desk, ada, firm), types(desk, ada, moa)) == ({279}, {1, 279})
    assert write("99") == 400
    assert write("") == 200
    assert types(desk, ada, moa) == set()
    assert types(desk, ada, firm) == {279}


def test_a_create_with_an_unknown_company_makes_nothing(desk: Desk) -> None:
    sent = {"properties": {"email": "ben@example.test", "associatedcompanyid": "99"}}
    answer = desk.ask("POST", "/crm/v3/objects/contacts", sent)
    assert (answer.status, answer.payload()["context"]) == (400, MISSING_COMPANY)
    assert not desk.portal.book("contacts")


def test_labels_sent_replace_the_labels_a_pair_had(desk: Desk, ada: str, firm: str) -> None:
    base = "/crm/associations/2026-09/contacts/companies/labels"
    made = desk.do("POST", base, {"name": "billing", "label": "Billing contact", "inverseLabel": "Bills to"})
    billing, inverse = (entry["typeId"] for entry in made["results"])
    pair = f"/crm/objects/2026-09/contacts/{ada}/associations/companies/{firm}"
    desk.do("PUT", pair, [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}])
    desk.do("PUT", pair, [{"associationCategory": "USER_DEFINED", "associationTypeId": billing}])
    assert types(desk, ada, firm) == {279, billing}
    assert types(desk, firm, ada, "companies/{}/associations/contacts") == {280, inverse}
    assert desk.ask("DELETE", f"{base}/{billing}").status == 204
    assert types(desk, ada, firm) == {279}


def test_a_type_of_the_other_direction_is_refused_with_the_expected_one(
    desk: Desk, ada: str, firm: str
) -> None:
    pair = f"/crm/objects/2026-09/contacts/{ada}/associations/companies/{firm}"
    answer = desk.ask("PUT", pair, [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 280}])
    assert (
        answer.payload()["message"]
        == "invalid from object type 0-1 for associations to be created. expected: 0-2"
    )


def test_a_missing_target_is_named(desk: Desk, ada: str) -> None:
    answer = desk.ask("PUT", f"/crm/objects/2026-09/contacts/{ada}/associations/default/companies/99")
    assert answer.payload()["context"] == MISSING_COMPANY


def test_products_cannot_be_associated(desk: Desk, ada: str) -> None:
    assert desk.ask("GET", f"/crm/objects/2026-09/contacts/{ada}/associations/products").status == 400


def test_batches_link_read_unlabel_and_unlink(desk: Desk, ada: str, firm: str) -> None:
    ben = desk.make(email="ben@example.test")
    base = "/crm/associations/2026-09/contacts/companies/batch"
    pairs: list[dict[str, Any]] = [{"from": {"id": one}, "to": {"id": firm}} for one in (ada, ben)]
    missing = {"from": {"id": "9"}, "to": {"id": firm}}
    linked = desk.ask("POST", f"{base}/associate/default", {"inputs": [*pairs, missing]})
    assert (linked.status, linked.payload()["numErrors"]) == (207, 1)
    read = desk.ask("POST", f"{base}/read", {"inputs": [{"id": ada}, {"id": ben}, {"id": "9"}]})
    assert read.status == 207
    assert {entry["from"]["id"] for entry in read.payload()["results"]} == {ada, ben}
    primary = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]
    labels = {"inputs": [pairs[0] | {"types": primary}]}
    assert desk.ask("POST", f"{base}/labels/archive", labels).status == 200
    assert types(desk, ada, firm) == {279}
    archive = {"inputs": [{"from": {"id": ada}, "to": [{"id": firm}]}]}
    assert desk.ask("POST", f"{base}/archive", archive).status == 200
    assert desk.ask("POST", "/crm/v4/associations/contacts/companies/batch/archive", archive).status == 204
    assert types(desk, ada, firm) == set()


def test_taking_the_plain_type_from_a_pair_takes_every_label(desk: Desk, ada: str, firm: str) -> None:
    desk.portal.person_associates(ada, firm)
    plain = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}]
    inputs = {"inputs": [{"from": {"id": ada}, "to": {"id": firm}, "types": plain}]}
    desk.ask("POST", "/crm/v4/associations/contacts/companies/batch/labels/archive", inputs)
    assert types(desk, ada, firm) == set()
    assert desk.read("contacts", ada, "associatedcompanyid")["associatedcompanyid"] is None


def test_linking_moves_the_modified_dates_of_both_ends_unless_switched_off(
    desk: Desk, ada: str, firm: str
) -> None:
    desk.clock.advance(5)
    desk.portal.person_associates(ada, firm)
    later = "2027-01-15T08:00:05.250Z"
    assert desk.read("contacts", ada)["lastmodifieddate"] == later
    company = desk.read("companies", firm, "num_associated_contacts")
    assert (company["hs_lastmodifieddate"], company["num_associated_contacts"]) == (later, "1")


def test_long_lists_have_pages(desk: Desk, firm: str) -> None:
    rows = [{"email": f"p{n}@example.test", "associatedcompanyid": firm} for n in range(7)]
    ids = desk.portal.bulk_load("contacts", rows)
    base = f"/crm/v4/objects/companies/{firm}/associations/contacts?limit=4"
    first = desk.do("GET", base)
    second = desk.do("GET", f"{base}&after={first['paging']['next']['after']}")
    assert [str(entry["toObjectId"]) for entry in (*first["results"], *second["results"])] == ids
    assert "paging" not in second
