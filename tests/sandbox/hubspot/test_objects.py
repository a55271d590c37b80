"""One record at a time (facts A4-A8, A10-A14, B8, B9)."""

import pytest
from tests.sandbox.hubspot.conftest import PORTAL, Desk
from tests.witnesses.court import in_recess


def codes(answer: object) -> list[str]:
    return [entry["code"] for entry in answer["errors"]]  # type: ignore[index]


@pytest.mark.parametrize(
    "base",
    [
        "/crm/v3/objects/contacts",
        "/crm/objects/2026-03/contacts",
        "/crm/objects/2026-09/contacts",
        "/crm/v3/objects/0-1",
    ],
)
def test_every_version_of_the_path_reaches_the_same_book(desk: Desk, base: str) -> None:
    made = desk.do("POST", base, {"properties": {"email": "ada@example.test"}})
    assert desk.do("GET", f"{base}/{made['id']}")["properties"]["email"] == "ada@example.test"
    assert made["id"] in desk.portal.book("contacts")


def test_emails_are_stored_in_lower_case_and_collide_without_case(desk: Desk) -> None:
    ada = desk.make(email="Ada@Example.test")
    answer = desk.ask("POST", "/crm/objects/2026-09/contacts", {"properties": {"email": "ADA@example.test"}})
    assert answer.status == 409
    assert answer.payload()["message"] == f"Contact already exists. Existing ID: {ada}"
    assert answer.payload()["category"] == "CONFLICT"


def test_changing_an_email_to_a_taken_one_is_a_conflict_too(desk: Desk) -> None:
    desk.make(email="ada@example.test")
    ben = desk.make(email="ben@example.test")
    answer = desk.ask(
        "PATCH", f"/crm/v3/objects/contacts/{ben}", {"properties": {"email": "ada@example.test"}}
    )
    assert answer.status == 409
    assert desk.read("contacts", ben, "email")["email"] == "ben@example.test"


def test_companies_never_conflict_on_their_domain(desk: Desk) -> None:
    first, second = (desk.make("companies", name="Kiwi", domain="kiwi.test") for _ in range(2))
    assert first != second


def test_ids_are_large_texts_and_unique_within_their_type_only(desk: Desk) -> None:
    assert desk.make(email="ada@example.test") == desk.make("companies", name="Kiwi") == "15000000001"
    assert int(desk.make(email="ben@example.test")) > 15_000_000_001


def test_one_bad_property_rejects_the_record_and_every_mistake_is_named(desk: Desk) -> None:
    sent = {
        "emial": "x",
        "createdate": "1",
        "lifecyclestage": "Lead",
        "hs_marketable_status": "true",
        "associatedcompanyid": "many",
        "email": "no at sign",
    }
    answer = desk.ask("POST", "/crm/objects/2026-09/contacts", {"properties": sent})
    assert answer.status == 400
    assert codes(answer.payload()) == [
        "PROPERTY_DOESNT_EXIST",
        "READ_ONLY_VALUE",
        "INVALID_OPTION",
        "READ_ONLY_VALUE",
        "INVALID_INTEGER",
        "INVALID_EMAIL",
    ]
    assert answer.payload()["message"].startswith('Property values were not valid: [{"isValid":false,')
    assert f'"portalId":{PORTAL}' in answer.payload()["message"]
    assert not desk.portal.book("contacts")


def test_numbers_and_booleans_are_stored_as_text_with_their_scale(desk: Desk) -> None:
    with in_recess():  # HubSpot's SDK sends nothing but texts
        tea = desk.make("products", name="Tea", price="20.0000", quantity=3)
    read = desk.read("products", tea, "price", "quantity")
    assert (read["price"], read["quantity"]) == ("20.0000", "3")


def test_empty_text_clears_and_null_clears_or_is_refused_as_switched(desk: Desk) -> None:
    ada = desk.make(email="ada@example.test", phone="1", city="Nelson")
    desk.do("PATCH", f"/crm/v3/objects/contacts/{ada}", {"properties": {"phone": ""}})
    assert desk.read("contacts", ada, "phone")["phone"] is None
    desk.switch(null_clears=False)
    assert desk.ask("PATCH", f"/crm/v3/objects/contacts/{ada}", {"properties": {"city": None}}).status == 400
    desk.switch(null_clears=True)
    desk.do("PATCH", f"/crm/v3/objects/contacts/{ada}", {"properties": {"city": None}})
    assert "city" not in desk.portal.book("contacts")[ada].values


def test_only_a_small_default_set_comes_back_unless_more_is_asked_for(desk: Desk) -> None:
    ada = desk.make(email="ada@example.test", phone="1")
    bare = desk.do("GET", f"/crm/v3/objects/contacts/{ada}")["properties"]
    assert set(bare) == {"createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"}
    asked = desk.read("contacts", ada, "phone", "fax", "no_such_property")
    assert set(asked) == {"phone", "fax", "createdate", "hs_object_id", "lastmodifieddate"}
    assert asked["fax"] is None
    desk.switch(empty_as_null=False)
    assert "fax" not in desk.read("contacts", ada, "phone", "fax")


def test_dates_with_a_time_are_refused_on_v3_and_normalised_with_a_warning_on_2026_09(desk: Desk) -> None:
    sent = {"properties": {"name": "Plan", "hs_recurring_billing_start_date": "2026-05-04T10:30:00Z"}}
    refused = desk.ask("POST", "/crm/v3/objects/products", sent)
    assert codes(refused.payload()) == ["INVALID_DATE"]
    made = desk.do("POST", "/crm/objects/2026-09/products", sent)
    assert made["properties"]["hs_recurring_billing_start_date"] == "2026-05-04"
    assert made["warnings"][0]["category"] == "PROPERTY_VALUE_NORMALIZED"
    assert made["warnings"][0]["context"]["rawValue"] == ["2026-05-04T10:30:00Z"]


def test_a_company_needs_a_name_or_a_domain_and_a_product_a_name(desk: Desk) -> None:
    assert desk.ask("POST", "/crm/v3/objects/companies", {"properties": {"phone": "1"}}).status == 400
    assert desk.ask("POST", "/crm/v3/objects/products", {"properties": {"price": "1"}}).status == 400
    assert desk.make("companies", domain="kiwi.test")


def test_admin_rules_bind_2026_09_and_no_older_version(desk: Desk) -> None:
    from crossfoot_sandbox.hubspot.books.definitions import Conditional

    desk.portal.required_on_create["contacts"] = {"phone"}
    desk.portal.conditional["contacts"] = [Conditional("lifecyclestage", "customer", "city")]
    sent = {"properties": {"email": "ada@example.test"}}
    refused = desk.ask("POST", "/crm/objects/2026-09/contacts", sent)
    assert refused.payload()["message"] == "The property values provided are invalid"
    assert codes(refused.payload()) == ["MISSING_REQUIRED_PROPERTY"]
    made = desk.do("POST", "/crm/objects/2026-03/contacts", sent)
    change = {"properties": {"lifecyclestage": "customer"}}
    conditional = desk.ask("PATCH", f"/crm/objects/2026-09/contacts/{made['id']}", change)
    assert codes(conditional.payload()) == ["MISSING_CONDITIONAL_REQUIRED_PROPERTY"]
    assert desk.ask("PATCH", f"/crm/objects/2026-03/contacts/{made['id']}", change).status == 200


def test_archived_records_hide_until_asked_for_and_come_back_unchanged(desk: Desk) -> None:
    ada = desk.make(email="ada@example.test")
    before = desk.portal.book("contacts")[ada].values
    for _ in range(2):
        assert desk.ask("DELETE", f"/crm/v3/objects/contacts/{ada}").status == 204
    assert desk.ask("GET", f"/crm/v3/objects/contacts/{ada}").status == 404
    assert desk.do("GET", "/crm/v3/objects/contacts")["results"] == []
    (shown,) = desk.do("GET", "/crm/v3/objects/contacts?archived=true")["results"]
    assert shown["archived"]
    assert shown["archivedAt"] == "2027-01-15T08:00:00.250Z"
    desk.clock.advance(60)
    desk.portal.person_restores("contacts", ada)
    assert desk.portal.book("contacts")[ada].values == before


def test_the_email_of_an_archived_contact_is_free_and_blocks_its_return(desk: Desk) -> None:
    ada = desk.make(email="ada@example.test")
    desk.ask("DELETE", f"/crm/v3/objects/contacts/{ada}")
    assert desk.make(email="ada@example.test") != ada
    with pytest.raises(ValueError, match=r"ada@example.test is now used"):
        desk.portal.person_restores("contacts", ada)


def test_the_modified_date_moves_with_every_write_and_once_more_by_itself(desk: Desk) -> None:
    desk.switch(hidden_bump=1.0, hidden_bump_after=3.0)
    ada = desk.make(email="ada@example.test")
    dates = [desk.read("contacts", ada)["lastmodifieddate"]]
    desk.clock.advance(2)
    desk.do("PATCH", f"/crm/v3/objects/contacts/{ada}", {"properties": {"email": "ada@example.test"}})
    dates.append(desk.read("contacts", ada)["lastmodifieddate"])
    desk.clock.advance(10)
    dates.append(desk.read("contacts", ada)["lastmodifieddate"])
    assert dates == ["2027-01-15T08:00:00.250Z", "2027-01-15T08:00:02.250Z", "2027-01-15T08:00:05.250Z"]
    assert desk.portal.book("contacts")[ada].versions[-1].author == "vendor"


def test_moments_without_milliseconds_are_written_without_a_fraction(desk: Desk) -> None:
    desk.clock.advance(0.75)
    assert desk.read("contacts", desk.make(email="ada@example.test"))["createdate"] == "2027-01-15T08:00:01Z"


def test_the_cursor_of_a_list_is_an_id_and_survives_changes(desk: Desk) -> None:
    ids = desk.portal.bulk_load("contacts", [{"email": f"p{n}@example.test"} for n in range(5)])
    first = desk.do("GET", "/crm/v3/objects/contacts?limit=2")
    assert first["paging"]["next"]["after"] == ids[2]
    desk.portal.person_archives("contacts", ids[0])
    desk.portal.person_archives("contacts", ids[2])
    second = desk.do("GET", f"/crm/v3/objects/contacts?limit=2&after={ids[2]}")
    assert [found["id"] for found in second["results"]] == ids[3:]
    assert "paging" not in second


@pytest.mark.parametrize(
    ("limit", "history"), [(101, ""), (0, ""), (51, "&propertiesWithHistory=email"), ("x", "")]
)
def test_pages_have_a_largest_size(desk: Desk, limit: object, history: str) -> None:
    assert desk.ask("GET", f"/crm/v3/objects/contacts?limit={limit}{history}").status == 400


def test_history_is_told_newest_first_with_its_sources(desk: Desk) -> None:
    ada = desk.make(email="ada@example.test", city="Nelson")
    desk.portal.person_edits("contacts", ada, {"city": "Picton"})
    told = desk.do("GET", f"/crm/v3/objects/contacts/{ada}?propertiesWithHistory=city")[
        "propertiesWithHistory"
    ]["city"]
    assert [(entry["value"], entry["sourceType"]) for entry in told] == [
        ("Picton", "CRM_UI"),
        ("Nelson", "INTEGRATION"),
    ]


def test_a_path_too_long_a_wrong_content_type_and_bad_json_are_told_apart(desk: Desk) -> None:
    assert desk.ask("GET", "/crm/v3/objects/contacts?properties=" + "x" * 8_200).status == 414
    assert (
        desk.ask("POST", "/crm/v3/objects/contacts", {}, headers={"Content-Type": "text/plain"}).status == 415
    )
    broken = desk.ask("POST", "/crm/v3/objects/contacts", b'{"properties": ')
    assert (broken.status, broken.payload()["message"][:18]) == (400, "Invalid input JSON")
    nowhere = desk.ask("GET", "/crm/v3/objekts")
    assert (nowhere.status, nowhere.payload()["message"]) == (404, "resource not found")
    assert "category" not in nowhere.payload()


def test_every_answer_carries_a_correlation_id_of_its_own(desk: Desk) -> None:
    answers = [desk.ask("GET", "/crm/v3/objects/contacts/1") for _ in range(2)]
    ids = [answer.headers["x-hubspot-correlation-id"] for answer in answers]
    assert ids == [answer.payload()["correlationId"] for answer in answers]
    assert len(set(ids)) == 2


def test_a_lock_lasts_two_seconds_when_the_switch_says_so(desk: Desk) -> None:
    ada = desk.make(email="ada@example.test")
    desk.switch(lock_share=1.0)
    change = {"properties": {"city": "Nelson"}}
    assert desk.ask("PATCH", f"/crm/v3/objects/contacts/{ada}", change).status == 423
    desk.switch(lock_share=0.0)
    desk.clock.advance(1.9)
    assert desk.ask("PATCH", f"/crm/v3/objects/contacts/{ada}", change).status == 423
    desk.clock.advance(0.1)
    assert desk.ask("PATCH", f"/crm/v3/objects/contacts/{ada}", change).status == 200


def test_error_bodies_may_lack_everything_optional(desk: Desk) -> None:
    desk.switch(bare_errors=1.0)
    body = desk.ask("GET", "/crm/v3/objects/contacts/1").payload()
    assert set(body) == {"status", "message", "correlationId"}


def test_privacy_deletion_leaves_no_value_behind_not_even_of_merged_parts(desk: Desk) -> None:
    one, two = desk.make(email="one@example.test"), desk.make(email="two@example.test", city="Nelson")
    survivor = desk.portal.person_merges("contacts", one, two)
    desk.ask("POST", "/crm/objects/2026-09/contacts/gdpr-delete", {"objectId": survivor})
    desk.clock.advance(60)
    assert not any(record.values for record in desk.portal.book("contacts").values())
    assert "Nelson" not in str([record.versions for record in desk.portal.book("contacts").values()])
    assert desk.ask("GET", f"/crm/v3/objects/contacts/{one}").status == 404
    assert desk.find() == []
