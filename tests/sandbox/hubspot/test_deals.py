"""Deals: pipelines and stages, what closes them, what they are worth at home."""

from decimal import Decimal
from typing import Any

import pytest
from tests.sandbox.hubspot.conftest import Desk

PIPELINES = "/crm/pipelines/2026-09/deals"


def deal(desk: Desk, **properties: Any) -> str:
    return desk.make("deals", **{"dealname": "Tea", "dealstage": "contractsent", **properties})


def test_every_account_begins_with_one_pipeline_whose_last_stages_close(desk: Desk) -> None:
    (found,) = desk.do("GET", PIPELINES)["results"]
    assert (found["id"], found["createdAt"]) == ("default", "1970-01-01T00:00:00Z")
    told = {stage["id"]: stage["metadata"] for stage in found["stages"]}
    assert told["closedwon"] == {"isClosed": "true", "probability": "1.0"}
    assert told["closedlost"] == {"isClosed": "true", "probability": "0.0"}
    assert told["contractsent"] == {"isClosed": "false", "probability": "0.9"}


def test_a_deal_needs_a_name_and_a_stage(desk: Desk) -> None:
    refused = desk.ask("POST", "/crm/objects/2026-09/deals", {"properties": {"dealname": "Tea"}})
    assert (refused.status, refused.payload()["context"]) == (400, {"properties": ["dealstage"]})


def test_a_deal_without_a_pipeline_goes_into_the_default_one_or_is_refused(desk: Desk) -> None:
    assert desk.read("deals", deal(desk), "pipeline")["pipeline"] == "default"
    desk.switch(deal_pipeline_defaults=False)
    sent = {"properties": {"dealname": "Tea", "dealstage": "contractsent"}}
    refused = desk.ask("POST", "/crm/objects/2026-09/deals", sent)
    assert (refused.status, refused.payload()["context"]) == (400, {"properties": ["pipeline"]})


def test_a_stage_must_exist_and_belong_to_the_deals_pipeline(desk: Desk) -> None:
    body = {
        "label": "Renewals",
        "displayOrder": 1,
        "stages": [{"label": "Signed", "displayOrder": 0, "metadata": {"probability": "1.0"}}],
    }
    made = desk.do("POST", PIPELINES, body)
    tea = deal(desk)
    foreign = desk.change("deals", tea, dealstage=made["stages"][0]["id"])
    assert (foreign.status, foreign.payload()["errors"][0]["code"]) == (400, "INVALID_OPTION")
    unknown = desk.change("deals", tea, dealstage="signed")
    assert unknown.payload()["errors"][0]["code"] == "INVALID_OPTION"
    moved = desk.change("deals", tea, pipeline=made["id"], dealstage=made["stages"][0]["id"])
    assert moved.status == 200
    assert desk.read("deals", tea, "hs_is_closed_won")["hs_is_closed_won"] == "true"


def test_a_won_deal_is_closed_and_dated_and_its_amount_counts(desk: Desk) -> None:
    tea = deal(desk, amount="120.50")
    names = ("hs_is_closed", "hs_is_closed_won", "hs_closed_amount", "closedate")
    assert [desk.read("deals", tea, *names)[name] for name in names] == ["false", "false", "0", None]
    desk.clock.advance(60)
    desk.change("deals", tea, dealstage="closedwon")
    assert [desk.read("deals", tea, *names)[name] for name in names] == [
        "true",
        "true",
        "120.50",
        "2027-01-15T08:01:00.250Z",
    ]
    desk.change("deals", tea, dealstage="closedlost")
    lost = desk.read("deals", tea, "hs_is_closed_won", "hs_is_closed_lost")
    assert (lost["hs_is_closed_won"], lost["hs_is_closed_lost"]) == ("false", "true")


def test_the_close_date_that_is_sent_stays_and_none_is_set_when_switched_off(desk: Desk) -> None:
    sent = deal(desk, dealstage="closedwon", closedate="2027-03-01T00:00:00Z")
    assert desk.read("deals", sent, "closedate")["closedate"] == "2027-03-01T00:00:00Z"
    desk.switch(closing_sets_closedate=False)
    assert desk.read("deals", deal(desk, dealstage="closedwon"), "closedate")["closedate"] is None


def test_computed_properties_cannot_be_written(desk: Desk) -> None:
    refused = desk.change("deals", deal(desk), hs_is_closed_won="true")
    assert refused.payload()["errors"][0]["code"] == "READ_ONLY_VALUE"


def test_a_deal_in_another_currency_has_an_amount_at_home(desk: Desk) -> None:
    desk.portal.currencies.add("EUR", Decimal("1.085"), desk.portal.now())
    tea = deal(desk, amount="100.01", deal_currency_code="EUR")
    found = desk.read("deals", tea, "amount", "amount_in_home_currency", "hs_exchange_rate")
    assert (found["amount"], found["amount_in_home_currency"], found["hs_exchange_rate"]) == (
        "100.01",
        "108.51",
        "1.085",
    )
    assert desk.read("deals", deal(desk), "deal_currency_code")["deal_currency_code"] == "USD"


def test_a_currency_that_the_portal_lacks_is_refused_in_hubspots_words(desk: Desk) -> None:
    sent = {"properties": {"dealname": "Tea", "dealstage": "contractsent", "deal_currency_code": "BRL"}}
    refused = desk.ask("POST", "/crm/objects/2026-09/deals", sent).payload()
    assert refused["errors"][0]["code"] == "INVALID_OPTION"
    told = '"BRL" is not a part of the current effective currency codes for portal 1234'
    assert refused["errors"][0]["message"] == told


def test_a_deals_first_company_is_its_primary_one(desk: Desk) -> None:
    firm, tea = desk.make("companies", name="Kiwi"), deal(desk)
    desk.associate("deals", tea, "companies", firm)
    second = desk.make("companies", name="Moa")
    desk.associate("companies", second, "deals", tea)
    found = desk.do("GET", f"/crm/objects/2026-09/deals/{tea}/associations/companies")["results"]
    assert [[type_["typeId"] for type_ in one["associationTypes"]] for one in found] == [[5, 341], [341]]
    assert desk.read("companies", firm, "num_associated_deals")["num_associated_deals"] == "1"
    assert desk.read("deals", tea, "hs_primary_associated_company")["hs_primary_associated_company"] == firm


def test_two_deals_become_one(desk: Desk) -> None:
    one, other = deal(desk, amount="10"), deal(desk, description="second")
    line = desk.line("deals", other, price="3")
    both = {"primaryObjectId": one, "objectIdToMerge": other}
    survivor = desk.do("POST", "/crm/objects/2026-09/deals/merge", both)["id"]
    found = desk.read("deals", survivor, "amount", "description")
    assert (found["amount"], found["description"]) == ("10", "second")
    assert desk.linked("deals", survivor, "line_items") == [line]


@pytest.mark.parametrize(("on", "amount"), [(False, "5"), (True, "20.00")])
def test_whether_lines_set_a_deals_amount_is_a_switch(desk: Desk, on: bool, amount: str) -> None:
    desk.switch(lines_set_deal_amount=on)
    tea = deal(desk, amount="5")
    desk.line("deals", tea, price="10.00", quantity="2")
    assert desk.read("deals", tea, "amount")["amount"] == amount


def test_pipelines_are_made_changed_archived_and_restored(desk: Desk) -> None:
    stage = {"label": "Talk", "displayOrder": 0, "metadata": {"probability": "0.1"}}
    made = desk.do("POST", PIPELINES, {"label": "Renewals", "displayOrder": 1, "stages": [stage]})
    one = f"{PIPELINES}/{made['id']}"
    signed = desk.do(
        "POST", f"{one}/stages", {"label": "Signed", "displayOrder": 1, "metadata": {"probability": "1.0"}}
    )
    assert signed["metadata"] == {"isClosed": "true", "probability": "1.0"}
    renamed = desk.do("PATCH", f"{one}/stages/{signed['id']}", {"label": "Won", "metadata": {}})
    assert (renamed["label"], renamed["displayOrder"]) == ("Won", 1)
    assert desk.do("GET", f"{one}/stages/{signed['id']}") == renamed
    assert [found["label"] for found in desk.do("GET", f"{one}/stages")["results"]] == ["Talk", "Won"]
    assert desk.do("PATCH", one, {"label": "Again"})["label"] == "Again"
    assert desk.ask("DELETE", f"{one}/stages/{signed['id']}").status == 204
    assert desk.ask("DELETE", one).status == 204
    assert [found["id"] for found in desk.do("GET", PIPELINES)["results"]] == ["default"]
    assert desk.do("GET", one)["archived"] is True
    assert desk.do("PATCH", one, {"archived": False})["archived"] is False
    assert desk.ask("PATCH", one, {"archived": True}).status == 400


def test_the_last_pipeline_and_the_last_stage_stay(desk: Desk) -> None:
    assert desk.ask("DELETE", f"{PIPELINES}/default").status == 400
    stage = {"label": "Talk", "displayOrder": 0, "metadata": {"probability": "0.1"}}
    made = desk.do("POST", PIPELINES, {"label": "Renewals", "displayOrder": 1, "stages": [stage]})
    only = f"{PIPELINES}/{made['id']}/stages/{made['stages'][0]['id']}"
    assert desk.ask("DELETE", only).status == 400


def test_a_used_stage_is_protected_on_2026_09_and_on_request(desk: Desk) -> None:
    deal(desk, dealstage="qualifiedtobuy")
    stage = "default/stages/qualifiedtobuy"
    assert desk.ask("DELETE", f"{PIPELINES}/{stage}").status == 400
    asked = "?validateDealStageUsagesBeforeDelete=true"
    assert desk.ask("DELETE", f"/crm/pipelines/2026-03/deals/{stage}{asked}").status == 400
    assert desk.ask("DELETE", f"/crm/pipelines/2026-03/deals/{stage}").status == 204


def test_replacing_a_pipeline_keeps_the_stages_it_names(desk: Desk) -> None:
    stage = {"label": "Talk", "displayOrder": 0, "metadata": {"probability": "0.1"}}
    made = desk.do("POST", PIPELINES, {"label": "Renewals", "displayOrder": 1, "stages": [stage]})
    known = made["stages"][0]["id"]
    won = {"label": "Won", "displayOrder": 1, "metadata": {"probability": "1.0"}}
    body = {"label": "New", "displayOrder": 2, "stages": [{**stage, "stageId": known, "label": "Ask"}, won]}
    replaced = desk.do("PUT", f"{PIPELINES}/{made['id']}", body)
    assert [(one["label"], one["id"] == known) for one in replaced["stages"]] == [
        ("Ask", True),
        ("Won", False),
    ]


@pytest.mark.parametrize(
    "stage",
    [
        {"label": "Talk", "displayOrder": 0},
        {"label": "Talk", "displayOrder": 0, "metadata": {"probability": "2"}},
        {"label": "Talk", "metadata": {"probability": "0.1"}},
        {"displayOrder": 0, "metadata": {"probability": "0.1"}},
    ],
)
def test_a_stage_needs_a_label_a_place_and_a_probability(desk: Desk, stage: dict[str, Any]) -> None:
    body = {"label": "Renewals", "displayOrder": 1, "stages": [stage]}
    assert desk.ask("POST", PIPELINES, body).status == 400


def test_a_label_is_used_once(desk: Desk) -> None:
    stage = {"label": "Talk", "displayOrder": 0, "metadata": {"probability": "0.1"}}
    assert (
        desk.ask("POST", PIPELINES, {"label": "R", "displayOrder": 1, "stages": [stage, stage]}).status == 400
    )
    body = {"label": "Sales Pipeline", "displayOrder": 1, "stages": [stage]}
    assert desk.ask("POST", PIPELINES, body).status == 409


def test_a_free_account_has_one_pipeline(desk: Desk) -> None:
    desk.portal.tier = "free"
    stage = {"label": "Talk", "displayOrder": 0, "metadata": {"probability": "0.1"}}
    assert desk.ask("POST", PIPELINES, {"label": "R", "displayOrder": 1, "stages": [stage]}).status == 403


def test_deal_scopes_are_needed(desk: Desk) -> None:
    desk.hub.restrict(desk.token, ["crm.objects.contacts.read"])
    for path in ("/crm/objects/2026-09/deals", PIPELINES):
        refused = desk.ask("GET", path)
        assert (refused.status, refused.payload()["category"]) == (403, "MISSING_SCOPES")
        assert "crm.objects.deals.read" in str(refused.payload())


def test_the_options_of_stage_and_pipeline_are_the_portals_own(desk: Desk) -> None:
    found = desk.do("GET", "/crm/properties/2026-09/deals/dealstage")
    assert [option["value"] for option in found["options"]][-2:] == ["closedwon", "closedlost"]
    assert found["externalOptions"] is False


def test_a_lost_deal_closes_for_nothing(desk: Desk) -> None:
    lost = deal(desk, amount="120.50", dealstage="closedlost")
    assert desk.read("deals", lost, "hs_closed_amount")["hs_closed_amount"] == "0"


def test_a_deal_has_one_primary_company_whichever_end_says_so(desk: Desk) -> None:
    first, second, tea = desk.make("companies", name="Kiwi"), desk.make("companies", name="Moa"), deal(desk)
    desk.associate("deals", tea, "companies", first)
    primary = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 6}]
    desk.do("PUT", f"/crm/objects/2026-09/companies/{second}/associations/deals/{tea}", primary)
    found = desk.do("GET", f"/crm/objects/2026-09/deals/{tea}/associations/companies")["results"]
    assert [[type_["typeId"] for type_ in one["associationTypes"]] for one in found] == [[341], [5, 341]]
