from datetime import UTC, datetime
from typing import Any

import pytest
from tests.systems.hubspot.answers import Told, answer, asked, record

from crossfoot.model.identity import Kind
from crossfoot.model.records import Standing
from crossfoot.systems.port import Request, Response, Trouble

PATHS = {
    Kind.CONTACT: ("email", "associatedcompanyid"),
    Kind.COMPANY: ("name",),
    Kind.PRODUCT: ("price", "crossfoot_sales_tax"),
}


def results(*records: dict[str, Any], errors: Any = ()) -> Response:
    return answer(207 if errors else 200, {"results": list(records), "errors": list(errors)})


async def test_every_id_gets_its_answer_in_the_order_asked() -> None:
    told = Told(
        results(
            record("3", email="c@b.c"),
            record("9", hs_merged_object_ids="1;5"),
            errors=[{"category": "OBJECT_NOT_FOUND"}],
        ),
        results(record("4")),
    )
    seen = await told.system.read(Kind.CONTACT, ["1", "2", "3", "4", "9"], PATHS)
    assert [(each.ref.id, each.standing, each.survivor) for each in seen] == [
        ("1", Standing.MERGED, "9"),
        ("2", Standing.MISSING, None),
        ("3", Standing.LIVE, None),
        ("4", Standing.ARCHIVED, None),
        ("9", Standing.LIVE, None),
    ]
    assert seen[2].fields == {"email": "c@b.c", "associatedcompanyid": None}
    first, second = told.script.asked
    assert first.url.endswith("/contacts/batch/read")
    assert asked(first)["properties"] == [
        "associatedcompanyid",
        "email",
        "hs_merged_object_ids",
        "lastmodifieddate",
    ]
    assert second.url.endswith("/contacts/batch/read?archived=true")
    assert asked(second)["inputs"] == [{"id": "2"}, {"id": "4"}]


async def test_a_survivor_that_hides_what_it_consumed_is_found_by_its_old_id() -> None:
    told = Told(
        results(record("9")),
        answer(200, record("9")),
        answer(404, {"message": "resource not found"}),
        results(),
    )
    seen = await told.system.read(Kind.CONTACT, ["1", "2"], PATHS)
    assert [(each.standing, each.survivor) for each in seen] == [
        (Standing.MERGED, "9"),
        (Standing.MISSING, None),
    ]


async def test_a_quiet_read_is_one_call() -> None:
    told = Told(results(record("1")))
    await told.system.read(Kind.COMPANY, ["1", "1"], PATHS)
    assert asked(told.script.asked[0])["inputs"] == [{"id": "1"}]


async def test_an_error_other_than_not_found_never_looks_like_a_deletion() -> None:
    told = Told(results(errors=[{"category": "INTERNAL_ERROR", "message": "try later"}]))
    with pytest.raises(Trouble):
        await told.system.read(Kind.CONTACT, ["1"], PATHS)


async def test_history_tells_when_each_field_last_changed_in_calls_of_fifty() -> None:
    def acts(request: Request) -> Response:
        sent = asked(request)
        assert len(sent["inputs"]) <= 50
        assert "email" in sent["propertiesWithHistory"]
        history = {
            "email": [
                {"value": "new", "timestamp": "2026-11-01T10:00:00.5Z"},
                {"value": "old", "timestamp": "2026-10-01T10:00:00Z"},
            ],
            "fax": [],
        }
        return results(*({**record(each["id"]), "propertiesWithHistory": history} for each in sent["inputs"]))

    told = Told(acts, acts)
    seen = await told.system.read(Kind.CONTACT, [str(each) for each in range(60)], PATHS, times=True)
    assert len(told.script.asked) == 2
    assert seen[59].times == {"email": datetime(2026, 11, 1, 10, 0, 0, 500000, UTC)}


async def test_a_deleted_custom_property_does_not_look_empty() -> None:
    definitions = answer(200, {"results": [{"name": "price", "type": "number"}]})
    told = Told(results(record("1", price="2.50")), definitions)
    [seen] = await told.system.read(Kind.PRODUCT, ["1"], PATHS)
    assert set(seen.fields) == {"price"}


async def test_an_empty_custom_property_is_empty_whether_null_or_left_out() -> None:
    mine = {"name": "crossfoot_sales_tax", "type": "string", "hubspotDefined": False}
    definitions = answer(
        200, {"results": [{"name": "price", "type": "number", "hubspotDefined": True}, mine]}
    )
    told = Told(
        results(record("1", crossfoot_sales_tax=None)),
        results(record("1")),
        definitions,
        results(record("1")),
    )
    for _ in range(3):
        [seen] = await told.system.read(Kind.PRODUCT, ["1"], PATHS)
        assert seen.fields == {"price": None, "crossfoot_sales_tax": None}
    assert told.script.left == 0


async def test_a_field_nobody_knows_is_not_told() -> None:
    told = Told(
        answer(200, {"results": [{"name": "email"}]}),
        results(record("1", email="a@b.c")),
        results(record("1")),
    )
    for _ in range(2):
        [seen] = await told.system.read(Kind.CONTACT, ["1"], {Kind.CONTACT: ("email", "hat_size")})
        assert set(seen.fields) == {"email"}


async def test_records_are_found_by_our_key_and_by_email_without_the_index() -> None:
    told = Told(
        results(record("1", crossfoot_key="xero:1", email="a@b.c")),
        results(record("2", email="a@b.c"), record("3", email="z@b.c")),
    )
    [by_key] = await told.system.find(Kind.CONTACT, "crossfoot_key", ["xero:1", "xero:1", ""], PATHS)
    assert by_key.fields["crossfoot_key"] == "xero:1"
    assert asked(told.script.asked[0])["idProperty"] == "crossfoot_key"
    assert asked(told.script.asked[0])["inputs"] == [{"id": "xero:1"}]
    found = await told.system.find(Kind.CONTACT, "email", ["A@B.C"], PATHS)
    assert [each.ref.id for each in found] == ["2"], "a contact known by a second e-mail holds another value"


async def test_other_values_are_searched_in_lower_case_too_as_hubspot_wants_for_texts() -> None:
    told = Told(results(record("1", name="ada ltd"), record("2", name="other")))
    found = await told.system.find(Kind.COMPANY, "name", ["Ada Ltd"], PATHS)
    assert [each.ref.id for each in found] == ["1"]
    filters = asked(told.script.asked[0])["filterGroups"][0]["filters"]
    assert filters[0] == {"propertyName": "name", "operator": "IN", "values": ["Ada Ltd", "ada ltd"]}


async def test_many_values_are_searched_in_bodies_that_are_short_enough() -> None:
    names = [f"A company with a rather long name, number {number}" for number in range(100)]

    def acts(request: Request) -> Response:
        assert len(request.body) <= 3000
        values = asked(request)["filterGroups"][0]["filters"][0]["values"]
        return results(*(record(name.rpartition(" ")[2], name=name) for name in names if name in values))

    told = Told(*[acts] * 20)
    found = await told.system.find(Kind.COMPANY, "name", names, PATHS)
    assert sorted(int(each.ref.id) for each in found) == list(range(100))


async def test_nothing_to_find_is_no_call() -> None:
    told = Told()
    assert await told.system.find(Kind.COMPANY, "name", [], PATHS) == []
    assert await told.system.read(Kind.COMPANY, [], PATHS) == []
