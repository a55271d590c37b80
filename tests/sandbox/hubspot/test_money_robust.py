"""Whatever is sent about money, an answer comes back, and what HubSpot does by itself afterwards does not raise either."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.sandbox.hubspot.conftest import Desk
from tests.witnesses.court import in_recess

from crossfoot_sandbox.hubspot.books.property_money import TABLES


@pytest.fixture(scope="module", autouse=True)
def _out_of_court() -> Iterator[None]:
    """HubSpot's SDK could send none of this."""
    with in_recess():
        yield


ODD = st.sampled_from(
    [
        "",
        "0",
        "-0",
        "1e999",
        "-1e-999",
        "NaN",
        "Infinity",
        "9" * 60,
        "0." + "1" * 60,
        "99999999999999999",
        "-99999999999999999",
        "2027-02-30T00:00:00Z",
        "true",
        "USD",
        "JPY",
        "draft",
        "open",
        "paid",
        "voided",
        "PERCENT",
        "FIXED",
        "15000000001",
        "closedwon",
        "default",
        "²",
    ]
)
NAMES = {
    plural: sorted({line.split("|")[0].strip() for line in table.strip().splitlines()})
    for plural, table in TABLES.items()
}


@pytest.mark.parametrize(
    ("plural", "properties", "status"),
    [
        ("line_items", {"price": "1e999", "quantity": "-1e999", "hs_discount_percentage": "1e999"}, 201),
        ("line_items", {"price": "1", "quantity": "9" * 60}, 201),
        ("deals", {"dealname": "T", "dealstage": "closedwon", "amount": "1e999"}, 201),
        ("deals", {"dealname": "T", "dealstage": "closedwon", "closedate": "99999999999999999"}, 400),
        ("deals", {"dealname": "T", "dealstage": "closedwon", "closedate": "0001-01-01T00:00:00+14:00"}, 400),
    ],
)
def test_numbers_and_moments_of_any_size_get_an_answer(
    plural: str, properties: dict[str, str], status: int
) -> None:
    sent = {"properties": properties}
    assert Desk().ask("POST", f"/crm/objects/2026-09/{plural}", sent).status == status


def desk_with_everything() -> Desk:
    desk = Desk()
    desk.switch(limits=False, payments_need_processor=False)
    desk.make(email="ada@example.test")
    desk.make("deals", dealname="Tea", dealstage="closedwon")
    desk.make("invoices", hs_currency="USD")
    desk.line("invoices", "15000000001", price="10.00")
    desk.make("commerce_payments", hs_initial_amount="1", hs_initiated_date="2027-01-01T00:00:00Z")
    for plural in ("discounts", "fees", "taxes"):
        desk.make(plural, hs_type="PERCENT", hs_value="10")
        desk.associate("invoices", "15000000001", plural, "15000000001")
    return desk


@given(
    sent=st.sampled_from(sorted(TABLES)).flatmap(
        lambda plural: st.tuples(
            st.just(plural),
            st.dictionaries(st.sampled_from(NAMES[plural]), ODD | st.integers() | st.booleans(), max_size=6),
        )
    ),
    version=st.sampled_from(["2026-03", "2026-09"]),
)
def test_any_value_of_any_property_gets_an_answer(sent: tuple[str, dict[str, Any]], version: str) -> None:
    desk = desk_with_everything()
    plural, properties = sent
    for method, path in (("PATCH", f"{plural}/15000000001"), ("POST", plural)):
        answer = desk.ask(method, f"/crm/objects/{version}/{path}", {"properties": properties})
        assert answer.status < 500
    desk.clock.advance(60)
    assert desk.ask("GET", f"/crm/objects/{version}/{plural}").status == 200
    assert desk.ask("GET", "/crm/objects/2026-09/invoices/15000000001").status in (200, 404)


WORDS = st.sampled_from(
    [
        "actions",
        "actionId",
        "actionTypeId",
        "actionTypeVersion",
        "connection",
        "nextActionId",
        "fields",
        "delta",
        "property_name",
        "association",
        "listBranches",
        "filterBranch",
        "filterBranchType",
        "filterBranches",
        "filters",
        "filterType",
        "PROPERTY",
        "property",
        "dealname",
        "operation",
        "operationType",
        "operator",
        "STRING",
        "IS_EQUAL_TO",
        "value",
        "values",
        "AND",
        "OR",
        "type",
        "SINGLE_CONNECTION",
        "LIST_BRANCH",
        "1",
        "0-1",
        "0-5",
        "stages",
        "label",
        "displayOrder",
        "metadata",
        "probability",
        "NaN",
        "fromCurrencyCode",
        "conversionRate",
        "effectiveAt",
        "EUR",
        "inputs",
        "id",
        "flowId",
        "archived",
        "revisionId",
    ]
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 300) | WORDS | ODD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=5),
    max_leaves=14,
)
TARGETS = st.sampled_from(
    [
        "/crm/pipelines/2026-09/deals",
        "/crm/pipelines/2026-09/deals/default",
        "/crm/pipelines/v3/invoices",
        "/crm/pipelines/2026-09/deals/default/stages",
        "/crm/pipelines/2026-09/deals/default/stages/closedwon",
        "/settings/currencies/2026-09/exchange-rates",
        "/settings/currencies/2026-09/exchange-rates/70000001",
        "/settings/currencies/2026-09/exchange-rates/batch/create",
        "/settings/currencies/2026-09/exchange-rates/batch/update",
        "/settings/currencies/2026-09/exchange-rates/update-visibility",
        "/settings/currencies/2026-09/company-currency",
        "/tax-rates/2026-09/tax-rates?after=%25&limit=2",
        "/automation/v4/flows",
        "/automation/v4/flows/585051946",
        "/automation/v4/flows/batch/read",
        "/crm/v3/objects/invoices/15000000001/associations/line_items/15000000001/409",
    ]
)


@given(method=st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE"]), target=TARGETS, body=VALUES)
@example("PUT", "/crm/pipelines/2026-09/deals/default/stages/closedwon", {"metadata": True})
@example("PATCH", "/crm/pipelines/2026-09/deals/default/stages/closedwon", {"metadata": [1]})
def test_any_body_gets_an_answer(method: str, target: str, body: Any) -> None:
    desk = desk_with_everything()
    answer = desk.ask(method, target, json.dumps(body).encode())
    assert answer.status < 500
    if answer.status >= 400:
        assert answer.payload()["message"]


@given(actions=st.lists(VALUES, max_size=3), criteria=VALUES, branch=VALUES)
def test_any_workflow_is_refused_or_runs_to_its_end(actions: list[Any], criteria: Any, branch: Any) -> None:
    desk = desk_with_everything()
    known = {
        "type": "LIST_BASED",
        "listFilterBranch": {
            "filterBranchType": "AND",
            "filters": [
                {
                    "filterType": "PROPERTY",
                    "property": "dealname",
                    "operation": {"operationType": "ALL_PROPERTY", "operator": "IS_KNOWN"},
                }
            ],
        },
    }
    whole = [
        {
            "actionId": str(number),
            "type": "SINGLE_CONNECTION",
            "actionTypeId": type_,
            "actionTypeVersion": 0,
            "fields": one,
            "connection": {"nextActionId": str(number + 1)},
            "listBranches": branch,
        }
        for number, (type_, one) in enumerate(zip(("0-1", "0-5", "0-3"), actions, strict=False), 1)
    ]
    if whole:
        whole[-1]["connection"] = {}
    body = {
        "type": "PLATFORM_FLOW",
        "flowType": "WORKFLOW",
        "objectTypeId": "0-3",
        "isEnabled": True,
        "startActionId": "1",
        "actions": whole,
    }
    for wanted in (known, criteria):
        assert desk.ask("POST", "/automation/v4/flows", body | {"enrollmentCriteria": wanted}).status < 500
    desk.make("deals", dealname="Tea", dealstage="closedwon")
    desk.clock.advance(60)
    assert desk.ask("GET", "/crm/objects/2026-09/deals").status == 200
