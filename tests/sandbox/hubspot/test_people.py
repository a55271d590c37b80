"""Colleagues in HubSpot's own pages, and the books that oracles read."""

import pytest
from tests.sandbox.hubspot.conftest import Desk


def test_the_book_keeps_every_version_with_its_author(desk: Desk) -> None:
    ada = desk.portal.person_creates("contacts", {"email": "ada@example.test", "city": "Nelson"}, by="ben")
    desk.clock.advance(5)
    desk.do("PATCH", f"/crm/v3/objects/contacts/{ada}", {"properties": {"city": "Picton"}})
    desk.clock.advance(5)
    desk.portal.person_edits("contacts", ada, {"city": ""})
    record = desk.portal.book("contacts")[ada]
    app = desk.hub.app_of(desk.token)
    assert record.created_by == "person:ben"
    assert [(version.author, version.values.get("city")) for version in record.versions] == [
        ("person:ben", "Nelson"),
        (f"app:{app}", "Picton"),
        ("person:ada", None),
    ]
    assert [version.at.second for version in record.versions] == [0, 5, 10]
    assert "city" not in record.values


def test_a_write_of_the_same_value_leaves_a_version_without_a_value(desk: Desk) -> None:
    ada = desk.make(email="ada@example.test")
    desk.portal.person_edits("contacts", ada, {"email": "ada@example.test"})
    assert set(desk.portal.book("contacts")[ada].versions[-1].values) == {"lastmodifieddate"}


def test_the_pages_refuse_in_plain_words(desk: Desk) -> None:
    ada = desk.portal.person_creates("contacts", {"email": "ada@example.test"})
    with pytest.raises(ValueError, match="already exists"):
        desk.portal.person_creates("contacts", {"email": "Ada@example.test"})
    with pytest.raises(ValueError, match="allowed options"):
        desk.portal.person_edits("contacts", ada, {"lifecyclestage": "friend"})
    with pytest.raises(ValueError, match="required properties"):
        desk.portal.person_creates("products", {"price": "1"})
    with pytest.raises(ValueError, match="not in the recycle bin"):
        desk.portal.person_restores("contacts", ada)
    desk.portal.person_archives("contacts", ada)
    for act in (
        lambda: desk.portal.person_archives("contacts", ada),
        lambda: desk.portal.person_edits("contacts", ada, {"city": "Nelson"}),
        lambda: desk.portal.person_merges("contacts", ada, "5"),
        lambda: desk.portal.person_associates(ada, "5"),
    ):
        with pytest.raises(ValueError, match=r"there is no contacts"):
            act()
    desk.clock.advance(91 * 86_400)
    with pytest.raises(ValueError, match="more than 90 days"):
        desk.portal.person_restores("contacts", ada)


def test_what_is_not_there_cannot_be_acted_on(desk: Desk) -> None:
    ada = desk.portal.person_creates("contacts", {"email": "ada@example.test"})
    with pytest.raises(ValueError, match="no object type quotes"):
        desk.portal.person_creates("quotes", {})
    with pytest.raises(ValueError, match="does not belong"):
        desk.portal.person_dissociates(ada, "5")
    with pytest.raises(ValueError, match="cannot be merged"):
        desk.portal.person_merges("products", "1", "2")


def test_a_colleague_moves_a_contact_between_companies(desk: Desk) -> None:
    kiwi, moa = (desk.portal.person_creates("companies", {"name": name}) for name in ("Kiwi", "Moa"))
    ada = desk.portal.person_creates("contacts", {"email": "ada@example.test"})
    desk.portal.person_associates(ada, kiwi)
    desk.portal.person_associates(ada, moa)
    assert desk.read("contacts", ada, "associatedcompanyid")["associatedcompanyid"] == moa
    desk.portal.person_dissociates(ada, moa)
    assert desk.read("contacts", ada, "associatedcompanyid")["associatedcompanyid"] is None


def test_an_erased_contact_cannot_be_erased_again(desk: Desk) -> None:
    ada = desk.portal.person_creates("contacts", {"email": "ada@example.test"})
    desk.portal.person_erases("contacts", ada)
    assert desk.portal.book("contacts")[ada].erased
    with pytest.raises(ValueError, match="there is no"):
        desk.portal.person_erases("contacts", ada)
    assert desk.make(email="ada@example.test")


def test_filling_is_seen_by_search_at_once_and_keeps_emails_unique(desk: Desk) -> None:
    ids = desk.portal.bulk_load("contacts", [{"email": "Ada@example.test"}, {"email": "ben@example.test"}])
    assert desk.find("contacts", ("email", "EQ", "ada@example.test")) == ids[:1]
    assert desk.portal.book("contacts")[ids[0]].created_by == "person:import"
    with pytest.raises(ValueError, match="is taken by"):
        desk.portal.bulk_load("contacts", [{"email": "BEN@example.test"}])


def test_filling_twice_or_after_writes_keeps_everything_findable(desk: Desk) -> None:
    made = [desk.make(email="one@example.test")]
    made += desk.portal.bulk_load("contacts", [{"email": "two@example.test"}])
    made.append(desk.make(email="three@example.test"))
    desk.clock.advance(31)
    assert desk.find() == made
    assert [found["id"] for found in desk.do("GET", "/crm/v3/objects/contacts")["results"]] == made
