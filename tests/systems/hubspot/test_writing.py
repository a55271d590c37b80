from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.systems.hubspot.answers import Told, answer, asked, record

from crossfoot.model.identity import Kind
from crossfoot.model.problems import Cause
from crossfoot.model.records import Standing
from crossfoot.systems.port import (
    Action,
    Applied,
    NoAnswer,
    Refused,
    Request,
    Response,
    Trouble,
    Unknown,
    Wait,
    Write,
)


def update(number: int, **values: Any) -> Write:
    return Write(f"op-{number}", Action.UPDATE, Kind.CONTACT, str(number), values or {"firstname": "Ada"})


def create(number: int, **values: Any) -> Write:
    return Write(
        f"op-{number}",
        Action.CREATE,
        Kind.CONTACT,
        None,
        values or {"email": f"{number}@b.c"},
        key=f"xero:{number}",
    )


def traced(number: int, /, record_id: str | None = None, **properties: Any) -> dict[str, Any]:
    return {**record(record_id or str(number), **properties), "objectWriteTraceId": f"op-{number}"}


def batch(*results: dict[str, Any], errors: Sequence[dict[str, Any]] = ()) -> Response:
    status = 207 if errors else 200
    return answer(
        status,
        {"status": "COMPLETE", "results": list(results), "errors": list(errors), "numErrors": len(errors)},
    )


async def test_a_creation_with_a_key_is_an_upsert_by_our_property() -> None:
    told = Told(batch({**traced(1, "99", crossfoot_key="xero:1", email="1@b.c", lastname=None), "new": True}))
    [fate] = await told.system.write([create(1)])
    request = told.script.asked[0]
    assert request.url.endswith("/crm/objects/2026-09/contacts/batch/upsert")
    assert asked(request) == {
        "inputs": [
            {
                "objectWriteTraceId": "op-1",
                "id": "xero:1",
                "idProperty": "crossfoot_key",
                "properties": {"email": "1@b.c", "crossfoot_key": "xero:1"},
            }
        ]
    }
    assert isinstance(fate, Applied)
    assert fate.id == "99"
    assert fate.observation is not None
    assert fate.observation.fields == {"crossfoot_key": "xero:1", "email": "1@b.c", "lastname": None}, (
        "only what the answer tells"
    )


async def test_a_creation_that_found_its_record_there_is_applied_too() -> None:
    told = Told(batch({**traced(1, "99"), "new": False}))
    assert isinstance((await told.system.write([create(1)]))[0], Applied)


async def test_a_creation_without_a_key_is_traced() -> None:
    told = Told(answer(201, {"results": [traced(1, "99")]}))
    write = Write("op-1", Action.CREATE, Kind.COMPANY, None, {"name": "Ada Ltd"})
    assert isinstance((await told.system.write([write]))[0], Applied)
    assert told.script.asked[0].url.endswith("/companies/batch/create")
    assert asked(told.script.asked[0]) == {
        "inputs": [{"objectWriteTraceId": "op-1", "properties": {"name": "Ada Ltd"}}]
    }


async def test_only_changed_fields_are_sent_and_none_clears() -> None:
    told = Told(batch(traced(1)))
    write = Write(
        "op-1",
        Action.UPDATE,
        Kind.PRODUCT,
        "1",
        {"price": Decimal("1.2500"), "description": None, "name": "Tea"},
    )
    await told.system.write([write])
    assert asked(told.script.asked[0])["inputs"][0]["properties"] == {
        "price": "1.2500",
        "description": "",
        "name": "Tea",
    }


async def test_results_are_matched_by_trace_never_by_position() -> None:
    told = Told(batch(traced(3), traced(1), traced(2)))
    fates = await told.system.write([update(1), update(2), update(3)])
    assert [fate.id for fate in fates if isinstance(fate, Applied)] == ["1", "2", "3"]


async def test_results_without_a_trace_are_matched_by_id_by_key_and_by_merged_ids() -> None:
    told = Told(batch(record("2"), record("9", hs_merged_object_ids="1;5")))
    fates = await told.system.write([update(1), update(2)])
    assert [fate.id for fate in fates if isinstance(fate, Applied)] == ["9", "2"]
    told = Told(batch(record("8", crossfoot_key="xero:2"), record("7", crossfoot_key="xero:1")))
    fates = await told.system.write([create(1), create(2)])
    assert [fate.id for fate in fates if isinstance(fate, Applied)] == ["7", "8"]


async def test_a_record_that_the_answer_leaves_out_is_unknown() -> None:
    told = Told(batch(traced(2)))
    first, second = await told.system.write([update(1), update(2)])
    assert isinstance(first, Unknown)
    assert isinstance(second, Applied)


async def test_one_error_entry_may_stand_for_several_records() -> None:
    gone = {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "message": "Could not get some CONTACT objects",
        "context": {"ids": ["1", "3"]},
    }
    told = Told(batch(traced(2), errors=[gone]))
    fates = await told.system.write([update(1), update(2), update(3)])
    assert [
        fate.problem.cause if isinstance(fate, Refused) else fate.id
        for fate in fates
        if not isinstance(fate, Unknown | Wait)
    ] == [
        Cause.MISSING,
        "2",
        Cause.MISSING,
    ]


async def test_an_error_entry_with_a_trace_refuses_its_write_and_names_the_twin() -> None:
    taken = {
        "category": "CONFLICT",
        "message": "Contact already exists. Existing ID: 3401",
        "context": {"objectWriteTraceId": ["op-2"]},
    }
    told = Told(batch(traced(1, "90", crossfoot_key="xero:1"), errors=[taken]))
    first, second = await told.system.write([create(1), create(2)])
    assert isinstance(first, Applied)
    assert isinstance(second, Refused)
    assert (second.problem.cause, second.twin) == (Cause.TAKEN, "3401")


@pytest.mark.parametrize(
    ("category", "fate"),
    [
        ("RATE_LIMITS", Wait),
        ("LOCKED", Wait),
        ("INTERNAL_ERROR", Unknown),
        ("VALIDATION_ERROR", Refused),
        ("SOMETHING_NEW", Refused),
    ],
)
async def test_an_error_entry_is_a_refusal_unless_hubspot_blames_itself(category: str, fate: type) -> None:
    entry = {"category": category, "message": "x", "context": {"objectWriteTraceId": ["op-1"]}}
    told = Told(batch(errors=[entry]))
    assert isinstance((await told.system.write([update(1)]))[0], fate)


def judge(bad: dict[str, Response], done: list[str]) -> Callable[[Request], Response]:
    """HubSpot that refuses a whole batch for one bad record, and otherwise does it."""

    def acts(request: Request) -> Response:
        traces = [each["objectWriteTraceId"] for each in asked(request)["inputs"]]
        for trace in traces:
            if trace in bad:
                return bad[trace]
        done.extend(traces)
        return batch(
            *({**record(trace.removeprefix("op-")), "objectWriteTraceId": trace} for trace in traces)
        )

    return acts


TAKEN = answer(409, {"message": "Contact already exists. Existing ID: 3401", "category": "CONFLICT"})
INVALID = answer(400, {"message": "Property values were not valid: []", "category": "VALIDATION_ERROR"})


async def test_one_bad_record_never_stops_the_others_and_each_good_one_is_written_once() -> None:
    done: list[str] = []
    told = Told(*[judge({"op-17": TAKEN, "op-63": INVALID}, done)] * 40)
    writes = [create(number) for number in range(100)]
    fates = await told.system.write(writes)
    refused = {
        write.operation: fate for write, fate in zip(writes, fates, strict=True) if isinstance(fate, Refused)
    }
    assert set(refused) == {"op-17", "op-63"}
    assert refused["op-17"].twin == "3401"
    assert refused["op-63"].problem.cause is Cause.INVALID
    assert sorted(done) == sorted(each.operation for each in writes if each.operation not in refused)
    assert len(told.script.asked) <= 30


async def test_a_complaint_about_a_property_refuses_all_who_send_it_in_one_call() -> None:
    body = {
        "message": "x",
        "errors": [{"message": "m", "code": "PROPERTY_DOESNT_EXIST", "context": {"propertyName": ["fax"]}}],
    }
    told = Told(answer(400, body), batch(traced(2)))
    fates = await told.system.write([update(1, fax="1"), update(2), update(3, fax="3")])
    assert [type(fate) for fate in fates] == [Refused, Applied, Refused]


async def test_a_lost_answer_makes_only_its_own_group_unknown() -> None:
    told = Told(INVALID, NoAnswer("reset"), batch(traced(2)))
    first, second = await told.system.write([update(1), update(2)])
    assert isinstance(first, Unknown)
    assert isinstance(second, Applied)


async def test_trouble_after_something_was_done_lets_the_rest_wait() -> None:
    told = Told(INVALID, batch(traced(1)), answer(403))
    first, second = await told.system.write([update(1), update(2)])
    assert isinstance(first, Applied)
    assert isinstance(second, Wait)


async def test_trouble_before_anything_was_done_is_raised() -> None:
    told = Told(INVALID, answer(403))
    with pytest.raises(Trouble):
        await told.system.write([update(1), update(2)])


async def test_archiving_answers_with_nothing_and_means_all() -> None:
    told = Told(answer(204))
    writes = [Write(f"op-{each}", Action.ARCHIVE, Kind.COMPANY, str(each)) for each in (1, 2)]
    fates = await told.system.write(writes)
    assert asked(told.script.asked[0]) == {"inputs": [{"id": "1"}, {"id": "2"}]}
    for write, fate in zip(writes, fates, strict=True):
        assert isinstance(fate, Applied)
        assert fate.id == write.id
        assert fate.observation is not None
        assert fate.observation.standing is Standing.ARCHIVED


async def test_a_custom_property_of_a_write_is_looked_up_once_and_observed_by_its_type() -> None:
    definition = {"name": "renewal", "label": "Renewal", "type": "date", "fieldType": "date"}
    told = Told(
        answer(200, {"results": [definition]}), batch(traced(1, renewal="2026-12-01")), batch(traced(1))
    )
    [fate] = await told.system.write([update(1, renewal=date(2026, 12, 1))])
    assert isinstance(fate, Applied)
    assert fate.observation is not None
    assert fate.observation.fields == {"renewal": date(2026, 12, 1)}
    await told.system.write([update(1, renewal=None)])
    assert told.script.left == 0


async def test_no_writes_are_no_calls_and_mixed_ones_are_a_mistake() -> None:
    told = Told()
    assert await told.system.write([]) == []
    with pytest.raises(ValueError, match="one kind and one action"):
        await told.system.write([update(1), create(2)])
