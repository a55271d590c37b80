from typing import Any

import pytest
from tests.systems.hubspot.answers import Told, answer, asked

from crossfoot.model.ailments import AilmentKind
from crossfoot.model.identity import Kind
from crossfoot.model.problems import Cause
from crossfoot.systems.hubspot.contacts import PATHS
from crossfoot.systems.hubspot.defaults import CARRIES, CUSTOM_FIELDS
from crossfoot.systems.hubspot.kinds import OBJECTS
from crossfoot.systems.hubspot.objects import KEY_FIELD
from crossfoot.systems.hubspot.properties import Definition, Option, creation, info_of, mismatch
from crossfoot.systems.port import FieldInfo, NoAnswer, Trouble, ValueType

MADE = {
    "name": "crossfoot_key",
    "type": "string",
    "fieldType": "text",
    "hasUniqueValue": True,
    "groupName": "crossfoot",
}
ABSENT = answer(404, {"category": "OBJECT_NOT_FOUND"})
TAKEN = answer(
    409, {"category": "OBJECT_ALREADY_EXISTS", "subCategory": "Properties.PROPERTY_WITH_NAME_EXISTS"}
)


async def test_our_key_is_made_in_our_group() -> None:
    told = Told(ABSENT, answer(201, {"name": "crossfoot"}), answer(201, MADE))
    await told.system.create_field(Kind.CONTACT, KEY_FIELD)
    group, made = told.script.asked[1:]
    assert group.url.endswith("/crm/properties/2026-09/contacts/groups")
    assert made.url.endswith("/crm/properties/2026-09/contacts")
    assert asked(made) == {
        "name": "crossfoot_key",
        "label": "Crossfoot key",
        "groupName": "crossfoot",
        "type": "string",
        "fieldType": "text",
        "description": "Kept by Crossfoot.",
        "hasUniqueValue": True,
    }


async def test_a_property_that_is_there_and_fits_is_left_alone() -> None:
    told = Told(answer(200, MADE))
    await told.system.create_field(Kind.CONTACT, KEY_FIELD)
    assert len(told.script.asked) == 1


@pytest.mark.parametrize(
    "answered", [TAKEN, NoAnswer("reset"), answer(503)], ids=["taken", "lost", "server error"]
)
async def test_a_property_that_appeared_meanwhile_or_whose_answer_was_lost_is_looked_at(
    answered: Any,
) -> None:
    told = Told(ABSENT, answer(409), answered, answer(200, MADE))
    await told.system.create_field(Kind.CONTACT, KEY_FIELD)
    assert told.script.left == 0


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({**MADE, "type": "number"}, "of type 'number'"),
        ({**MADE, "hasUniqueValue": False}, "keep its values unique"),
    ],
)
async def test_a_property_that_cannot_serve_is_named(found: dict[str, Any], words: str) -> None:
    with pytest.raises(Trouble, match=words) as trouble:
        await Told(answer(200, found)).system.create_field(Kind.CONTACT, KEY_FIELD)
    assert trouble.value.problem.field == "crossfoot_key"


async def test_a_restored_property_of_another_type_is_named() -> None:
    told = Told(ABSENT, answer(409), answer(201, {**MADE, "type": "bool"}))
    with pytest.raises(Trouble, match="of type 'bool'"):
        await told.system.create_field(Kind.CONTACT, KEY_FIELD)


async def test_product_properties_need_a_scope_of_their_own() -> None:
    told = Told(ABSENT, answer(403, {"category": "MISSING_SCOPES", "message": "x"}))
    with pytest.raises(Trouble, match="e-commerce") as trouble:
        await told.system.create_field(Kind.PRODUCT, KEY_FIELD)
    assert trouble.value.problem.cause is Cause.FORBIDDEN


@pytest.mark.parametrize("kind", [each for each in ValueType if each is not ValueType.LINES])
def test_what_we_make_is_what_we_wanted(kind: ValueType) -> None:
    options = {"a": "A", "b": "B"} if kind in (ValueType.OPTION, ValueType.OPTIONS) else {}
    info = FieldInfo("crossfoot_x", "X", kind, options=options, custom=True)
    body = creation(info)
    made = Definition(
        name="crossfoot_x",
        label="X",
        type=body["type"],
        field_type=body["fieldType"],
        show_currency_symbol=body.get("showCurrencySymbol"),
    )
    made.options = [Option(each["value"], each["label"]) for each in body.get("options", ())]
    assert mismatch(info, made) is None
    read_back = ValueType.TEXT if kind is ValueType.REFERENCE else kind
    assert info_of(made, None) == FieldInfo("crossfoot_x", "X", read_back, options=options, custom=True)
    assert kind is not ValueType.BOOLEAN or [each["value"] for each in body["options"]] == ["true", "false"]


def test_options_that_lack_are_named() -> None:
    info = FieldInfo("x", "X", ValueType.OPTION, options={"a": "A"})
    assert mismatch(info, Definition(name="x", type="enumeration")) == (
        AilmentKind.OPTIONS,
        "lacks the options a",
    )


def test_a_definition_tells_what_is_writable_and_whose_it_is() -> None:
    raw = Definition(name="email", label="Email", hubspot_defined=True)
    assert info_of(raw, PATHS["email"]) == FieldInfo("email", "Email", unique=True)
    calculated = Definition(name="days", type="number", calculated=True)
    assert not info_of(calculated, None).writable
    company = Definition(
        name="associatedcompanyid", label="Primary company", type="number", hubspot_defined=True
    )
    info = info_of(company, PATHS["associatedcompanyid"])
    assert (info.type, info.refers_to) == (ValueType.REFERENCE, Kind.COMPANY)


async def test_the_portal_describes_itself() -> None:
    account = {
        "portalId": 7,
        "accountType": "STANDARD",
        "timeZone": "Europe/Berlin",
        "companyCurrency": "EUR",
        "additionalCurrencies": ["USD", "EUR"],
        "uiDomain": "app-eu1.hubspot.com",
        "dataHostingLocation": "eu1",
    }
    read_only = {
        "name": "createdate",
        "type": "datetime",
        "modificationMetadata": {"readOnlyValue": True, "archivable": True},
    }
    definitions = answer(
        200, {"results": [{"name": "email", "label": "E-Mail", "hubspotDefined": True}, read_only]}
    )
    told = Told(answer(200, account), definitions, definitions, definitions)
    description = await told.system.describe()
    assert description.identity.key == "hubspot:7"
    assert description.identity.currency == "EUR"
    assert description.identity.time_zone == "Europe/Berlin"
    assert description.currencies == ("EUR", "USD")
    assert description.facts["account type"] == "STANDARD"
    assert description.fields[Kind.CONTACT]["createdate"] == FieldInfo(
        "createdate", "createdate", ValueType.MOMENT, writable=False, custom=True
    )
    page = told.system.url(description.identity, Kind.CONTACT, "512")
    assert page == "https://app-eu1.hubspot.com/contacts/7/record/0-1/512"
    assert told.budget.spent[0][0] == "https://api.hubapi.com"
    assert {key for key, _, _ in told.budget.spent[1:]} == {"hubspot:7"}


def test_the_default_mapping_uses_only_known_fields() -> None:
    for kind, carried in CARRIES.items():
        paths = {path for name, told in carried.items() if name != "page" for path in told}
        assert paths <= set(OBJECTS[kind].paths)
    for kind, infos in CUSTOM_FIELDS.items():
        assert KEY_FIELD in infos
        assert all(OBJECTS[kind].paths[info.path] == info and info.custom for info in infos)
