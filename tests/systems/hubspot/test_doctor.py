"""The doctor of our properties, against the stand-in: what people do to them, what the doctor says, and that they are well afterwards."""

import json
from typing import Any

import pytest
from tests.systems.doors import BASE
from tests.systems.hubspot.test_against_sandbox import Portal

from crossfoot.model.ailments import Ailment, AilmentKind
from crossfoot.model.identity import Kind
from crossfoot.systems.hubspot.defaults import CUSTOM_FIELDS
from crossfoot.systems.hubspot.doctor import ailments
from crossfoot.systems.hubspot.objects import KEY_FIELD
from crossfoot.systems.hubspot.properties import Definition
from crossfoot.systems.keeping import KeepsFields
from crossfoot.systems.port import Action, FieldInfo, Request, Trouble, ValueType, Write
from crossfoot_sandbox.faults import Faults, Placed
from crossfoot_sandbox.faults import Kind as Fault

OURS = CUSTOM_FIELDS[Kind.INVOICE]
LOST = [Fault.REPLY_LOST, Fault.ERROR_AFTER, Fault.REQUEST_LOST, Fault.ERROR_BEFORE]


class Admin:
    """Somebody who works in the portal's settings."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    async def __call__(self, method: str, path: str, body: Any = None) -> Any:
        sent = {"Authorization": f"Bearer {self.portal.token}", "Content-Type": "application/json"}
        data = b"" if body is None else json.dumps(body).encode()
        url = f"{BASE}/hubspot/crm/properties/2026-09/invoices{path}"
        answer = await self.portal.send(Request(method, url, sent, data))
        assert answer.status < 300, answer.body
        return json.loads(answer.body) if answer.body else None


async def healthy() -> tuple[Portal, Admin]:
    portal = Portal()
    assert await portal.system.mend_fields(Kind.INVOICE, OURS) == []
    return portal, Admin(portal)


def ill(found: list[Ailment]) -> list[tuple[str, AilmentKind]]:
    return [(each.path.removeprefix("crossfoot_"), each.kind) for each in found]


def wish(name: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "label": "Xero amount due",
        "type": "string",
        "fieldType": "text",
        "groupName": "invoiceinformation",
        **more,
    }


async def test_in_a_new_portal_everything_is_missing_and_made_in_one_call() -> None:
    portal = Portal()
    assert isinstance(portal.system, KeepsFields)
    found = await portal.system.examine_fields(Kind.INVOICE, OURS)
    assert [each.kind for each in found] == [AilmentKind.MISSING] * len(OURS)
    assert await portal.system.mend_fields(Kind.INVOICE, OURS) == []
    assert [each for each in portal.calls(0) if not each.startswith("GET")] == [
        "POST /crm/properties/invoices/groups",
        "POST /crm/properties/invoices/batch/create",
    ]
    fields = (await portal.system.describe()).fields[Kind.INVOICE]
    assert {info.path: (fields[info.path].type, fields[info.path].unique) for info in OURS} == {
        info.path: (info.type, info.unique) for info in OURS
    }


async def test_what_is_well_is_left_alone() -> None:
    portal, _ = await healthy()
    before = len(portal.calls(0))
    assert await portal.system.mend_fields(Kind.INVOICE, OURS, tidy=True) == []
    assert len(portal.calls(0)) == before + 1, "one look, and nothing else"


async def test_an_archived_property_comes_back_with_what_it_held() -> None:
    portal, admin = await healthy()
    [made] = await portal.system.write(
        [
            Write(
                "op-1",
                Action.CREATE,
                Kind.INVOICE,
                None,
                {"hs_currency": "EUR", "crossfoot_number": "INV-7"},
                key="k",
            )
        ]
    )
    await admin("DELETE", "/crossfoot_number")
    found = await portal.system.examine_fields(Kind.INVOICE, OURS)
    assert ill(found) == [("number", AilmentKind.ARCHIVED)]
    assert await portal.system.mend_fields(Kind.INVOICE, OURS) == []
    [seen] = await portal.system.read(Kind.INVOICE, [made.id], {Kind.INVOICE: {"crossfoot_number"}})  # type: ignore[union-attr]
    assert seen.fields["crossfoot_number"] == "INV-7"


async def test_one_that_was_archived_in_another_shape_is_put_right_after_it_is_back() -> None:
    portal = Portal()
    admin = Admin(portal)
    await admin("POST", "", wish("crossfoot_due"))
    await admin("DELETE", "/crossfoot_due")
    assert not [each for each in await portal.system.mend_fields(Kind.INVOICE, OURS) if not each.harmless]
    assert (await admin("GET", "/crossfoot_due"))["type"] == "number"


async def test_options_that_were_taken_out_come_back_and_other_peoples_stay() -> None:
    portal, admin = await healthy()
    own = (await admin("GET", "/crossfoot_standing"))["options"]
    theirs = {"label": "Written off", "value": "written_off", "displayOrder": 99, "hidden": False}
    kept = [{**each, "label": "Bezahlt"} for each in own if each["value"] == "paid"]
    await admin("PATCH", "/crossfoot_standing", {"options": [*kept, theirs]})
    [found] = await portal.system.examine_fields(Kind.INVOICE, OURS)
    assert found.kind is AilmentKind.OPTIONS
    assert "awaiting_payment" in found.what
    assert await portal.system.mend_fields(Kind.INVOICE, OURS) == []
    now = {each["value"]: each["label"] for each in (await admin("GET", "/crossfoot_standing"))["options"]}
    assert now.keys() == {each["value"] for each in own} | {"written_off"}
    assert (now["paid"], now["overdue"]) == ("Bezahlt", "Overdue")


async def test_a_property_of_another_type_is_changed_and_one_that_cannot_be_says_what_to_do() -> None:
    portal = Portal()
    admin = Admin(portal)
    await admin("POST", "", wish("crossfoot_due"))
    await admin("POST", "", wish("crossfoot_key"))
    found = await portal.system.examine_fields(Kind.INVOICE, OURS)
    assert ("due", AilmentKind.TYPE) in ill(found)
    left = await portal.system.mend_fields(Kind.INVOICE, OURS)
    [key] = [each for each in left if not each.harmless]
    assert (key.path, key.kind, key.mendable) == ("crossfoot_key", AilmentKind.UNIQUE, False)
    assert "deleted for good" in key.fix
    assert (await admin("GET", "/crossfoot_due"))["type"] == "number"


async def test_other_names_and_groups_do_no_harm_and_are_left_unless_one_wants_to_tidy_up() -> None:
    portal, admin = await healthy()
    await admin("PATCH", "/crossfoot_due", {"label": "Betrag offen", "groupName": "invoiceinformation"})
    found = await portal.system.mend_fields(Kind.INVOICE, OURS)
    assert ill(found) == [("due", AilmentKind.RENAMED), ("due", AilmentKind.MOVED)]
    assert all(each.harmless for each in found)
    assert await portal.system.mend_fields(Kind.INVOICE, OURS, tidy=True) == []
    told = await admin("GET", "/crossfoot_due")
    assert (told["label"], told["groupName"]) == ("Xero amount due", "crossfoot")


async def test_a_group_that_was_lost_is_made_again() -> None:
    portal, admin = await healthy()
    for info in OURS:
        await admin("DELETE", f"/{info.path}")
    await admin("DELETE", "/groups/crossfoot")
    assert await portal.system.mend_fields(Kind.INVOICE, OURS) == []
    assert "crossfoot" in [each["name"] for each in (await admin("GET", "/groups"))["results"]]


@pytest.mark.parametrize("fault", LOST)
async def test_whatever_is_lost_the_second_look_tells_and_nothing_is_made_twice(fault: Fault) -> None:
    faults = Faults(placed=[Placed(fault, "hubspot", "POST /crm/properties/invoices/batch/create")])
    portal = Portal(faults=faults)
    assert await portal.system.mend_fields(Kind.INVOICE, OURS) == []


async def test_what_hubspot_refuses_is_told_in_its_own_words_and_the_others_are_made() -> None:
    portal = Portal()
    admin = Admin(portal)
    for number in range(10):
        await admin("POST", "", wish(f"key_{number}", hasUniqueValue=True))
    [left] = [each for each in await portal.system.mend_fields(Kind.INVOICE, OURS) if not each.harmless]
    assert (left.path, left.kind) == ("crossfoot_key", AilmentKind.MISSING)
    assert left.fix.startswith("HubSpot said: ")


async def test_without_the_permission_it_says_which_one_is_lacking() -> None:
    portal = Portal(scopes=("oauth", "crm.objects.products.read"))
    with pytest.raises(Trouble):
        await portal.system.mend_fields(Kind.PRODUCT, CUSTOM_FIELDS[Kind.PRODUCT])


def test_a_calculated_property_is_named() -> None:
    info = FieldInfo("crossfoot_due", "Xero amount due", ValueType.MONEY, custom=True)
    [found] = ailments(info, Definition(name="crossfoot_due", type="number", calculated=True))
    assert (found.kind, found.mendable) == (AilmentKind.READ_ONLY, False)
    assert [each.kind for each in ailments(KEY_FIELD, None, {"crossfoot_key"})] == [AilmentKind.ARCHIVED]
