"""Definitions and groups (fact 7.5, B6)."""

from typing import Any

import pytest
from tests.sandbox.hubspot.conftest import Desk
from tests.witnesses.court import in_recess

BASE = "/crm/properties/2026-09/contacts"


def wish(name: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "label": name.title(),
        "type": "string",
        "fieldType": "text",
        "groupName": "contactinformation",
        **more,
    }


def test_defaults_say_what_is_read_only_and_what_is_an_option(desk: Desk) -> None:
    found = {one["name"]: one for one in desk.do("GET", BASE)["results"]}
    assert found["lastmodifieddate"]["modificationMetadata"]["readOnlyValue"]
    assert not found["email"]["modificationMetadata"]["readOnlyValue"]
    assert (found["country"]["type"], found["country"]["options"]) == ("string", [])
    assert "customer" in [option["value"] for option in found["lifecyclestage"]["options"]]
    assert [option["label"] for option in found["hubspot_owner_id"]["options"]] == ["Ada Byron", "Ben Otero"]
    assert found["associatedcompanyid"]["modificationMetadata"]["readOnlyValue"] is False


@pytest.mark.parametrize("plural", ["contacts", "companies", "products"])
def test_every_default_property_belongs_to_a_group_that_exists(desk: Desk, plural: str) -> None:
    groups = {group["name"] for group in desk.do("GET", f"/crm/v3/properties/{plural}/groups")["results"]}
    found = desk.do("GET", f"/crm/v3/properties/{plural}")["results"]
    assert {one["groupName"] for one in found} <= groups
    assert all(one["options"] for one in found if one["type"] == "bool")


def test_a_custom_property_holds_values_and_a_taken_name_is_a_409(desk: Desk) -> None:
    desk.do("POST", BASE, wish("nickname"))
    assert desk.read("contacts", desk.make(nickname="Addy"), "nickname")["nickname"] == "Addy"
    answer = desk.ask("POST", BASE, wish("nickname"))
    assert answer.status == 409
    assert answer.payload()["category"] == "OBJECT_ALREADY_EXISTS"
    assert answer.payload()["subCategory"] == "Properties.PROPERTY_WITH_NAME_EXISTS"


def test_unique_values_clash_without_case_or_with_it_as_switched(desk: Desk) -> None:
    desk.do("POST", BASE, wish("ledger_id", hasUniqueValue=True))
    ada = desk.make(ledger_id="Abc")
    clash = desk.ask("POST", "/crm/v3/objects/contacts", {"properties": {"ledger_id": "ABC"}})
    assert (clash.status, clash.payload()["category"]) == (400, "VALIDATION_ERROR")
    assert "propertyName=ledger_id, value=ABC} on " in clash.payload()["message"]
    assert clash.payload()["message"].endswith(f". {ada} already has that value.")
    assert desk.do("GET", "/crm/v3/objects/contacts/abc?idProperty=ledger_id")["id"] == ada
    exact = Desk()
    exact.switch(unique_ignores_case=False)
    exact.do("POST", BASE, wish("ledger_id", hasUniqueValue=True))
    assert exact.make(ledger_id="Abc") != exact.make(ledger_id="ABC")


def test_a_unique_value_is_free_again_when_it_is_cleared_or_its_record_archived(desk: Desk) -> None:
    desk.do("POST", BASE, wish("ledger_id", hasUniqueValue=True))
    ada = desk.make(ledger_id="1")
    desk.do("PATCH", f"/crm/v3/objects/contacts/{ada}", {"properties": {"ledger_id": ""}})
    ben = desk.make(ledger_id="1")
    desk.portal.person_archives("contacts", ben)
    assert desk.make(ledger_id="1")


def test_ten_unique_properties_are_the_most(desk: Desk) -> None:
    for n in range(9):  # the e-mail is no `hasUniqueValue` property
        desk.do("POST", BASE, wish(f"key_{n}", hasUniqueValue=True))
    desk.do("POST", BASE, wish("key_9", hasUniqueValue=True))
    assert desk.ask("POST", BASE, wish("key_10", hasUniqueValue=True)).status == 400


def test_options_are_replaced_whole_and_kept_when_not_sent(desk: Desk) -> None:
    options = [
        {"label": value.upper(), "value": value, "displayOrder": order, "hidden": False}
        for order, value in enumerate("abc")
    ]
    desk.do("POST", BASE, wish("grade", type="enumeration", fieldType="select", options=options[:2]))
    desk.do("PATCH", f"{BASE}/grade", {"label": "Mark"})
    assert [one["value"] for one in desk.do("GET", f"{BASE}/grade")["options"]] == ["a", "b"]
    desk.do("PATCH", f"{BASE}/grade", {"options": options[2:]})
    assert [one["value"] for one in desk.do("GET", f"{BASE}/grade")["options"]] == ["c"]
    assert desk.ask("POST", "/crm/v3/objects/contacts", {"properties": {"grade": "a"}}).status == 400


def test_whether_values_are_unique_cannot_be_changed_later(desk: Desk) -> None:
    desk.do("POST", BASE, wish("ledger_id", hasUniqueValue=True))
    with in_recess():  # HubSpot's SDK does not know the field there
        assert desk.do("PATCH", f"{BASE}/ledger_id", {"hasUniqueValue": False})["hasUniqueValue"]


def test_the_type_of_a_property_can_be_changed_and_values_stay_as_they_are(desk: Desk) -> None:
    desk.do("POST", BASE, wish("owed"))
    ada = desk.make(owed="12.50")
    changed = desk.do("PATCH", f"{BASE}/owed", {"type": "number", "fieldType": "number"})
    assert (changed["type"], changed["fieldType"]) == ("number", "number")
    assert desk.read("contacts", ada, "owed")["owed"] == "12.50"


def test_a_batch_brings_archived_names_back_and_makes_the_others(desk: Desk) -> None:
    desk.do("POST", BASE, wish("nickname"))
    desk.ask("DELETE", f"{BASE}/nickname")
    wanted = {"inputs": [wish("nickname", label="Other"), wish("title_of_courtesy"), wish("Bad Name")]}
    made = desk.ask("POST", f"{BASE}/batch/create", wanted)
    assert (made.status, made.payload()["numErrors"]) == (207, 1)
    labels = {each["name"]: each["label"] for each in made.payload()["results"]}
    assert labels == {"nickname": "Nickname", "title_of_courtesy": "Title_Of_Courtesy"}


def test_an_archived_name_is_brought_back_by_creating_it(desk: Desk) -> None:
    desk.do("POST", BASE, wish("nickname"))
    ada = desk.make(nickname="Addy")
    assert desk.ask("DELETE", f"{BASE}/nickname").status == 204
    assert desk.ask("GET", f"{BASE}/nickname").payload()["category"] == "OBJECT_NOT_FOUND"
    assert "nickname" in [one["name"] for one in desk.do("GET", f"{BASE}?archived=true")["results"]]
    assert "nickname" not in desk.read("contacts", ada, "nickname")
    restored = desk.ask("POST", BASE, wish("nickname", label="Other"))
    assert (restored.status, restored.payload()["label"]) == (201, "Nickname")
    assert desk.read("contacts", ada, "nickname")["nickname"] == "Addy"


def test_a_property_used_in_a_calculation_and_a_group_in_use_cannot_be_archived(desk: Desk) -> None:
    desk.do("POST", f"{BASE}/groups", {"name": "xero", "label": "Xero"})
    desk.do("POST", BASE, wish("base_amount", type="number", fieldType="number", groupName="xero"))
    formula = {"type": "number", "fieldType": "calculation_equation", "calculationFormula": "base_amount * 2"}
    desk.do("POST", BASE, wish("twice", **formula))
    used = desk.ask("DELETE", f"{BASE}/base_amount").payload()
    assert used["subCategory"] == "PropertyValidationError.CANNOT_DELETE_PROPERTY_IN_USE"
    group = desk.ask("DELETE", f"{BASE}/groups/xero").payload()
    assert group["subCategory"] == "PropertyGroupError.GROUP_WITH_ACTIVE_PROPERTIES"
    for name in ("twice", "base_amount"):
        desk.ask("DELETE", f"{BASE}/{name}")
    assert desk.ask("DELETE", f"{BASE}/groups/xero").status == 204


def test_what_hubspot_defined_stays_as_it_is(desk: Desk) -> None:
    assert desk.ask("DELETE", f"{BASE}/email").status == 400
    assert desk.ask("PATCH", f"{BASE}/email", {"label": "Post"}).status == 400


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Nick Name"},
        {"type": "string", "fieldType": "select"},
        {"groupName": "no_such_group"},
        {"label": ""},
        {"type": "enumeration", "fieldType": "select", "options": [{"value": "a"}, {"value": "a"}]},
        {"type": "bool", "fieldType": "booleancheckbox", "hasUniqueValue": True},
        {"displayOrder": "first"},
    ],
)
def test_a_definition_that_makes_no_sense_is_refused(desk: Desk, change: dict[str, Any]) -> None:
    assert desk.ask("POST", BASE, wish("nickname") | change).status == 400


def test_batches_create_read_and_archive_definitions(desk: Desk) -> None:
    made = desk.ask("POST", f"{BASE}/batch/create", {"inputs": [wish("one"), wish("email"), wish("two")]})
    assert (made.status, made.payload()["numErrors"]) == (207, 1)
    read = desk.ask(
        "POST", f"{BASE}/batch/read", {"archived": False, "inputs": [{"name": "one"}, {"name": "none"}]}
    )
    assert read.status == 207
    assert (
        desk.ask("POST", f"{BASE}/batch/archive", {"inputs": [{"name": "one"}, {"name": "none"}]}).status
        == 204
    )
    assert desk.ask("GET", f"{BASE}/one").status == 404


def test_product_definitions_need_the_old_commerce_scope(desk: Desk) -> None:
    scopes = {"crm.schemas.products.write", "crm.schemas.contacts.write"}
    token = desk.hub.static_token(desk.portal.id, scopes)
    sent = wish("ledger_id", groupName="productinformation")
    refused = desk.ask("POST", "/crm/v3/properties/products", sent, token=token)
    assert (refused.status, refused.payload()["category"]) == (403, "MISSING_SCOPES")
    assert refused.payload()["errors"][0]["context"]["requiredGranularScopes"] == ["e-commerce"]
    assert desk.ask("POST", BASE, wish("ledger_id"), token=token).status == 201
