"""Workflows: made through the API, started by changes, visible in what they did."""

from typing import Any

import pytest
from tests.sandbox.hubspot.conftest import Desk

FLOWS = "/automation/v4/flows"


def condition(name: str, type_: str, operator: str, **more: Any) -> dict[str, Any]:
    operation = {"operationType": type_, "operator": operator, **more}
    return {"filterType": "PROPERTY", "property": name, "operation": operation}


def criteria(*filters: dict[str, Any], **more: Any) -> dict[str, Any]:
    inner = {
        "filterBranchType": "AND",
        "filterBranchOperator": "AND",
        "filterBranches": [],
        "filters": list(filters),
    }
    outer = {"filterBranchType": "OR", "filterBranchOperator": "OR", "filterBranches": [inner], "filters": []}
    return {"type": "LIST_BASED", "shouldReEnroll": False, "listFilterBranch": outer, **more}


def action(number: int, type_: str, following: int | None = None, **fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "actionId": str(number),
        "type": "SINGLE_CONNECTION",
        "actionTypeId": type_,
        "actionTypeVersion": 0,
        "fields": fields,
    }
    if following:
        made["connection"] = {"edgeType": "STANDARD", "nextActionId": str(following)}
    return made


def setting(number: int, name: str, value: str, following: int | None = None) -> dict[str, Any]:
    static = {"type": "STATIC_VALUE", "staticValue": value}
    return action(number, "0-5", following, property_name=name, value=static)


UNPAID = criteria(condition("hs_invoice_status", "ENUMERATION", "IS_ANY_OF", values=["open"]))


def flow(*actions: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "PLATFORM_FLOW",
        "flowType": "WORKFLOW",
        "objectTypeId": "0-53",
        "name": "Unpaid",
        "isEnabled": True,
        "startActionId": "1",
        "actions": list(actions),
        "enrollmentCriteria": UNPAID,
        **more,
    }


COMMENT = setting(1, "hs_title", "chase")


def title(desk: Desk, invoice: str) -> str | None:
    desk.clock.advance(5)
    found: str | None = desk.read("invoices", invoice, "hs_title")["hs_title"]
    return found


def test_an_invoice_that_becomes_open_starts_a_workflow(desk: Desk) -> None:
    made = desk.do("POST", FLOWS, flow(COMMENT))
    invoice = desk.ready_invoice()
    assert title(desk, invoice) is None
    desk.change("invoices", invoice, hs_invoice_status="open")
    assert title(desk, invoice) == "chase"
    (enrolment,) = desk.portal.enrolments.all
    assert (enrolment.flow, enrolment.record, enrolment.state) == (made["id"], invoice, "done")
    record = desk.portal.book("invoices")[invoice]
    assert record.versions[-1].author == f"workflow:{made['id']}"
    assert record.sources[-1].change_source == "AUTOMATION_PLATFORM"


def test_a_workflow_starts_after_its_delay_not_before(desk: Desk) -> None:
    desk.switch(workflow_delay=30.0)
    desk.do("POST", FLOWS, flow(COMMENT))
    invoice = desk.open_invoice()
    assert title(desk, invoice) is None
    desk.clock.advance(30)
    assert title(desk, invoice) == "chase"


def test_a_disabled_workflow_does_nothing_and_enabling_enrols_no_history(desk: Desk) -> None:
    made = desk.do("POST", FLOWS, flow(COMMENT, isEnabled=False))
    invoice = desk.open_invoice()
    desk.do("PUT", f"{FLOWS}/{made['id']}", {**made, "isEnabled": True})
    desk.change("invoices", invoice, hs_due_date="2027-03-01T00:00:00Z")
    assert title(desk, invoice) is None
    assert title(desk, desk.open_invoice()) == "chase"


@pytest.mark.parametrize(("repeats", "times"), [(False, 1), (True, 2)])
def test_a_record_is_enrolled_once_or_each_time_it_meets_the_criteria_anew(
    desk: Desk, repeats: bool, times: int
) -> None:
    won = condition("hs_is_closed_won", "BOOL", "IS_EQUAL_TO", value=True)
    body = flow(setting(1, "description", "won"), objectTypeId="0-3")
    desk.do("POST", FLOWS, body | {"enrollmentCriteria": criteria(won, shouldReEnroll=repeats)})
    deal = desk.make("deals", dealname="Tea", dealstage="closedwon")
    for stage in ("contractsent", "closedwon"):
        desk.clock.advance(5)
        desk.change("deals", deal, dealstage=stage)
    desk.clock.advance(5)
    assert desk.read("deals", deal, "description")["description"] == "won"
    assert len(desk.portal.enrolments.all) == times


def test_tasks_notes_and_notifications_are_made(desk: Desk) -> None:
    actions = (
        action(1, "0-3", 2, subject="Call the buyer", priority="HIGH"),
        action(2, "0-169425243", 3, note_body="Was won"),
        action(3, "0-8", 4, user_ids="9586504", subject="Won", body="Invoice it"),
        action(4, "0-9", user_ids="9586505", subject="Won", body="See the app"),
    )
    won = criteria(condition("dealstage", "ENUMERATION", "IS_ANY_OF", values=["closedwon"]))
    desk.do("POST", FLOWS, flow(*actions, objectTypeId="0-3", enrollmentCriteria=won))
    deal = desk.make("deals", dealname="Tea", dealstage="closedwon")
    desk.clock.advance(5)
    (task,) = desk.linked("deals", deal, "tasks")
    (note,) = desk.linked("deals", deal, "notes")
    assert desk.read("tasks", task, "hs_task_subject")["hs_task_subject"] == "Call the buyer"
    assert desk.read("notes", note, "hs_note_body")["hs_note_body"] == "Was won"
    told = [(one.channel, one.to, one.subject) for one in desk.portal.enrolments.notifications]
    assert told == [("e-mail", "9586504", "Won"), ("app", "9586505", "Won")]


def test_a_delay_holds_the_rest_back(desk: Desk) -> None:
    desk.do(
        "POST", FLOWS, flow(action(1, "0-1", 2, delta="2", time_unit="HOURS"), setting(2, "hs_title", "late"))
    )
    invoice = desk.open_invoice()
    assert title(desk, invoice) is None
    desk.clock.advance(2 * 3_600)
    assert title(desk, invoice) == "late"


def test_branches_choose_their_way(desk: Desk) -> None:
    large = criteria(condition("hs_amount_billed", "NUMBER", "IS_GREATER_THAN", value="15"))[
        "listFilterBranch"
    ]
    listed: dict[str, Any] = {
        "actionId": "1",
        "type": "LIST_BRANCH",
        "listBranches": [{"filterBranch": large, "connection": {"nextActionId": "2"}}],
        "defaultBranch": {"nextActionId": "3"},
    }
    static: dict[str, Any] = {
        "actionId": "3",
        "type": "STATIC_BRANCH",
        "inputValue": {"propertyName": "hs_currency"},
        "staticBranches": [{"branchValue": "USD", "connection": {"nextActionId": "4"}}],
    }
    desk.do(
        "POST",
        FLOWS,
        flow(listed, setting(2, "hs_title", "large"), static, setting(4, "hs_title", "small dollars")),
    )
    assert title(desk, desk.open_invoice()) == "large"
    small = desk.ready_invoice()
    (line,) = desk.linked("invoices", small, "line_items")
    desk.change("line_items", line, price="1.00")
    desk.clock.advance(5)
    desk.change("invoices", small, hs_invoice_status="open")
    assert title(desk, small) == "small dollars"


def test_a_record_that_no_longer_meets_the_criteria_leaves_when_the_workflow_says_so(desk: Desk) -> None:
    leaving = {**UNPAID, "unEnrollObjectsNotMeetingCriteria": True}
    wait = action(1, "0-1", 2, delta="10", time_unit="MINUTES")
    desk.do("POST", FLOWS, flow(wait, setting(2, "hs_title", "late"), enrollmentCriteria=leaving))
    invoice = desk.open_invoice()
    desk.clock.advance(5)
    desk.portal.person_records_payment(invoice)
    desk.clock.advance(3_600)
    assert title(desk, invoice) is None
    assert [one.state for one in desk.portal.enrolments.all] == ["left"]


def test_an_action_that_fails_is_noted_and_the_next_one_is_done(desk: Desk) -> None:
    won = criteria(condition("dealstage", "ENUMERATION", "IS_ANY_OF", values=["closedwon"]))
    actions = (setting(1, "dealstage", "moon", 2), action(2, "9-9", 3), setting(3, "description", "fine"))
    desk.do("POST", FLOWS, flow(*actions, objectTypeId="0-3", enrollmentCriteria=won))
    deal = desk.make("deals", dealname="Tea", dealstage="closedwon")
    desk.clock.advance(5)
    assert desk.read("deals", deal, "description")["description"] == "fine"
    outcomes = [step.outcome for step in desk.portal.enrolments.all[0].steps]
    assert [("allowed options" in one, "skipped" in one, one == "done") for one in outcomes] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]


def test_a_value_is_copied_and_set_on_the_records_at_the_other_end(desk: Desk) -> None:
    copied: dict[str, Any] = {
        "property_name": "description",
        "value": {"type": "OBJECT_PROPERTY", "propertyName": "hs_number"},
        "association": {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 175},
    }
    desk.do("POST", FLOWS, flow(action(1, "0-5", **copied)))
    deal = desk.make("deals", dealname="Tea", dealstage="closedwon")
    invoice = desk.ready_invoice()
    desk.associate("invoices", invoice, "deals", deal)
    desk.change("invoices", invoice, hs_invoice_status="open")
    desk.clock.advance(5)
    assert desk.read("deals", deal, "description")["description"] == "INV-1001"


def test_two_workflows_that_undo_each_other_do_not_stop_the_clock(desk: Desk) -> None:
    desk.switch(workflow_delay=0.0)
    for seen, written in (("low", "high"), ("high", "low")):
        is_seen = condition("hs_priority", "ENUMERATION", "IS_ANY_OF", values=[seen])
        body = flow(setting(1, "hs_priority", written), objectTypeId="0-3")
        desk.do("POST", FLOWS, body | {"enrollmentCriteria": criteria(is_seen, shouldReEnroll=True)})
    deal = desk.make("deals", dealname="Tea", dealstage="closedwon", hs_priority="low")
    desk.clock.advance(1)
    assert desk.read("deals", deal, "hs_priority")["hs_priority"] in ("low", "high")


@pytest.mark.parametrize(
    ("type_", "operator", "more", "value", "expected"),
    [
        ("ENUMERATION", "IS_NONE_OF", {"values": ["low"]}, "high", True),
        ("ENUMERATION", "IS_NONE_OF", {"values": ["low"]}, "low", False),
        ("ENUMERATION", "IS_NONE_OF", {"values": ["low"]}, "", False),
        ("ENUMERATION", "IS_NONE_OF", {"values": ["low"], "includeObjectsWithNoValueSet": True}, "", True),
        ("ALL_PROPERTY", "IS_KNOWN", {}, "low", True),
        ("ALL_PROPERTY", "IS_KNOWN", {}, "", False),
        ("ALL_PROPERTY", "IS_UNKNOWN", {}, "", True),
        ("ALL_PROPERTY", "IS_UNKNOWN", {}, "low", False),
    ],
)
def test_conditions_on_enumerations_and_their_absence(
    desk: Desk, type_: str, operator: str, more: dict[str, Any], value: str, expected: bool
) -> None:
    check(desk, condition("hs_priority", type_, operator, **more), {"hs_priority": value}, expected)


@pytest.mark.parametrize(
    ("type_", "operator", "more", "expected"),
    [
        ("STRING", "IS_EQUAL_TO", {"value": "TEA"}, True),
        ("STRING", "IS_NOT_EQUAL_TO", {"value": "tea"}, False),
        ("MULTISTRING", "CONTAINS", {"values": ["e"]}, True),
        ("MULTISTRING", "DOES_NOT_CONTAIN", {"values": ["e"]}, False),
        ("MULTISTRING", "STARTS_WITH", {"values": ["te"]}, True),
        ("MULTISTRING", "ENDS_WITH", {"values": ["te"]}, False),
    ],
)
def test_conditions_on_texts(
    desk: Desk, type_: str, operator: str, more: dict[str, Any], expected: bool
) -> None:
    check(desk, condition("dealname", type_, operator, **more), {}, expected)


@pytest.mark.parametrize(
    ("operator", "more", "expected"),
    [
        ("IS_EQUAL_TO", {"value": "10"}, True),
        ("IS_NOT_EQUAL_TO", {"value": 10}, False),
        ("IS_GREATER_THAN", {"value": "10"}, False),
        ("IS_GREATER_THAN_OR_EQUAL_TO", {"value": "10"}, True),
        ("IS_LESS_THAN", {"value": "10.01"}, True),
        ("IS_LESS_THAN_OR_EQUAL_TO", {"value": "9.99"}, False),
        ("IS_BETWEEN", {"lowerBound": 9, "upperBound": 11}, True),
    ],
)
def test_conditions_on_numbers(desk: Desk, operator: str, more: dict[str, Any], expected: bool) -> None:
    check(desk, condition("amount", "NUMBER", operator, **more), {"amount": "10.00"}, expected)


def check(desk: Desk, one: dict[str, Any], values: dict[str, str], expected: bool) -> None:
    body = flow(setting(1, "description", "met"), objectTypeId="0-3", enrollmentCriteria=criteria(one))
    desk.do("POST", FLOWS, body)
    desk.make("deals", dealname="Tea", dealstage="closedwon", **values)
    assert bool(desk.portal.enrolments.all) is expected


def test_what_an_operation_does_not_know_is_dropped_without_a_word(desk: Desk) -> None:
    inverted = condition("hubspot_owner_id", "ALL_PROPERTY", "IS_KNOWN", operatorName="IS_UNKNOWN")
    made = desk.do("POST", FLOWS, flow(COMMENT, enrollmentCriteria=criteria(inverted)))
    branch = made["enrollmentCriteria"]["listFilterBranch"]["filterBranches"][0]
    assert branch["filters"][0]["operation"] == {
        "operationType": "ALL_PROPERTY",
        "operator": "IS_KNOWN",
        "includeObjectsWithNoValueSet": False,
    }


def test_workflows_are_listed_read_replaced_and_deleted(desk: Desk) -> None:
    made = desk.do("POST", FLOWS, flow(COMMENT))
    assert (made["revisionId"], made["nextAvailableActionId"], made["dataSources"]) == ("1", "2", [])
    (brief,) = desk.do("GET", FLOWS)["results"]
    assert (brief["id"], brief["name"], "actions" in brief) == (made["id"], "Unpaid", False)
    one = f"{FLOWS}/{made['id']}"
    assert desk.do("GET", f"/automation/2026-09-beta/flows/{made['id']}") == made
    changed = desk.do("PUT", one, {**made, "name": "Chase"})
    assert (changed["name"], changed["revisionId"]) == ("Chase", "2")
    assert desk.ask("PUT", one, {**made, "name": "Stale"}).status == 409
    assert desk.ask("PUT", one, {name: made[name] for name in made if name != "revisionId"}).status == 400
    body = {"inputs": [{"flowId": made["id"], "type": "FLOW_ID"}, {"flowId": "5", "type": "FLOW_ID"}]}
    read = desk.ask("POST", f"{FLOWS}/batch/read", body)
    assert (read.status, [found["id"] for found in read.payload()["results"]]) == (207, [made["id"]])
    assert desk.ask("DELETE", one).status == 204
    assert desk.ask("GET", one).status == 404


def test_lists_have_pages(desk: Desk) -> None:
    made = [desk.do("POST", FLOWS, flow(COMMENT))["id"] for _ in range(3)]
    first = desk.do("GET", f"{FLOWS}?limit=2")
    rest = desk.do("GET", f"{FLOWS}?limit=2&after={first['paging']['next']['after']}")
    assert [one["id"] for one in first["results"] + rest["results"]] == made


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"flowType": None}, "Some required fields were not set: [flowType]"),
        ({"flowType": "ACTION_SET"}, "Unsupported flowType"),
        ({"type": "CONTACT_FLOW"}, "must be of type PLATFORM_FLOW"),
        ({"objectTypeId": "9-9"}, "cannot be enrolled"),
        ({"startActionId": "7"}, "there is no such action"),
        ({"actions": [{"actionId": "1"}]}, "[type]"),
        ({"actions": [{"actionId": "1", "type": "SINGLE_CONNECTION"}]}, "[actionTypeId, actionTypeVersion]"),
        ({"actions": [setting(1, "hs_title", "x", 9)]}, "leads to action 9"),
        ({"actions": [action(1, "0-1", delta="soon", time_unit="DAYS")]}, "must be a whole number"),
        ({"actions": ["x"]}, "an action must be an object"),
        ({"actions": [{"actionId": "1", "type": "LIST_BRANCH", "listBranches": [5]}]}, "list of objects"),
        ({"enrollmentCriteria": {"type": "DATASET"}}, "Unsupported enrollment type"),
        ({"enrollmentCriteria": {"type": "LIST_BASED"}}, "a filter branch must be an object"),
        (
            {"enrollmentCriteria": criteria(condition("moon", "STRING", "IS_EQUAL_TO", value="x"))},
            "does not exist",
        ),
        (
            {"enrollmentCriteria": criteria(condition("hs_title", "STRING", "IS_LIKE", value="x"))},
            "does not exist",
        ),
        ({"enrollmentCriteria": criteria(condition("hs_title", "STRING", "IS_EQUAL_TO"))}, "lacks its value"),
        ({"enrollmentCriteria": criteria({"filterType": "IN_LIST"})}, "type PROPERTY"),
    ],
)
def test_a_workflow_that_makes_no_sense_is_refused(desk: Desk, change: dict[str, Any], message: str) -> None:
    refused = desk.ask("POST", FLOWS, flow(COMMENT) | change)
    assert (refused.status, message in refused.payload()["message"]) == (400, True)


def test_a_manual_workflow_enrols_nobody_by_itself(desk: Desk) -> None:
    desk.do("POST", FLOWS, flow(COMMENT, enrollmentCriteria={"type": "MANUAL", "shouldReEnroll": False}))
    assert title(desk, desk.open_invoice()) is None


def test_workflows_need_their_scope_and_a_tier(desk: Desk) -> None:
    desk.portal.tier = "starter"
    assert desk.ask("GET", FLOWS).status == 403
    desk.portal.tier = "professional"
    desk.hub.restrict(desk.token, ["crm.objects.invoices.write"])
    refused = desk.ask("POST", FLOWS, flow(COMMENT))
    assert (refused.status, "automation" in str(refused.payload())) == (403, True)


def test_invoices_may_be_no_matter_of_workflows(desk: Desk) -> None:
    desk.switch(workflows_take_invoices=False)
    assert desk.ask("POST", FLOWS, flow(COMMENT)).status == 400
    contact = {"type": "CONTACT_FLOW", "objectTypeId": "0-1", "enrollmentCriteria": None}
    made = desk.do("POST", FLOWS, flow(COMMENT) | contact)
    assert (made["suppressionListIds"], made["canEnrollFromSalesforce"]) == ([], False)
