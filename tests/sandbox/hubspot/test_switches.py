"""What nobody knows is a named switch, and every switch stands in the table of fidelity."""

from dataclasses import fields
from pathlib import Path

import pytest
from tests.sandbox.hubspot.conftest import Desk

from crossfoot_sandbox import hubspot
from crossfoot_sandbox.hubspot.switches import Switches

TABLE = Path(str(hubspot.__file__)).with_name("FIDELITY.md").read_text()


@pytest.mark.parametrize("name", [field.name for field in fields(Switches) if field.name != "seed"])
def test_a_switch_stands_in_the_table_of_fidelity(name: str) -> None:
    assert f"`{name}`" in TABLE


def test_user_level_tokens_may_lack_the_right_to_edit_associations(desk: Desk) -> None:
    desk.switch(edit_associations=False)
    refused = desk.ask("POST", "/crm/objects/2026-09/contacts", {"properties": {"email": "ada@example.test"}})
    assert (refused.status, refused.payload()["message"]) == (400, "Missing 'Edit Associations' permission.")
    assert desk.make(version="2026-03", email="ada@example.test")
    assert desk.ask("GET", "/crm/objects/2026-09/contacts").status == 200


def test_admin_rules_can_be_switched_off(desk: Desk) -> None:
    desk.portal.required_on_create["contacts"] = {"phone"}
    desk.switch(admin_rules=False)
    assert desk.make(version="2026-09", email="ada@example.test")


def test_linking_leaves_the_modified_dates_when_switched_off(desk: Desk) -> None:
    firm, ada = desk.make("companies", name="Kiwi"), desk.make(email="ada@example.test")
    desk.portal.person_associates(ada, firm)
    second = desk.make("companies", name="Moa")
    desk.switch(association_bumps=False)
    desk.clock.advance(5)
    desk.portal.person_associates(ada, second, primary=False)
    assert desk.read("contacts", ada)["lastmodifieddate"] == "2027-01-15T08:00:00.250Z"


def test_a_taken_email_may_be_refused_as_any_unique_value_is(desk: Desk) -> None:
    ada, ben = desk.make(email="ada@example.test"), desk.make(email="ben@example.test")
    taken = {"email": "ADA@example.test"}
    assert desk.change("contacts", ben, **taken).status == 409
    desk.switch(taken_email=400)
    answer = desk.change("contacts", ben, **taken)
    assert answer.status == 400
    assert answer.payload()["message"].endswith(
        f"value=ada@example.test}} on {ben}. {ada} already has that value."
    )
    made = desk.ask("POST", "/crm/v3/objects/contacts", {"properties": taken})
    assert made.payload()["message"].endswith(f". {ada} already has that value.")
    assert len(desk.portal.book("contacts")) == 2


def test_ids_in_association_lists_may_be_texts(desk: Desk) -> None:
    firm, ada = desk.make("companies", name="Kiwi"), desk.make(email="ada@example.test")
    desk.portal.person_associates(ada, firm)
    path = f"/crm/v4/objects/contacts/{ada}/associations/companies"
    assert desk.do("GET", path)["results"][0]["toObjectId"] == int(firm)
    desk.switch(association_ids_as_text=True)
    assert desk.do("GET", path)["results"][0]["toObjectId"] == firm


def test_the_same_seed_gives_the_same_world_and_another_one_another(desk: Desk) -> None:
    def seen(seed: int) -> list[int]:
        world = Desk(Switches(seed=seed))
        for n in range(30):
            world.make(email=f"p{n}@example.test")
        counts = []
        for _ in range(31):
            counts.append(len(world.find(limit=100)))
            world.clock.advance(1)
        return counts

    assert seen(1) == seen(1) != seen(2)
