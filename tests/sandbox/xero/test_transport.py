from xml.etree import ElementTree as ET

import pytest
from tests.sandbox.xero.conftest import SCOPES, World

from crossfoot_sandbox.wire import Request


def spend(world: World, calls: int) -> None:
    for _ in range(calls):
        world.get("/Organisation")


def test_every_answer_carries_the_three_meters(world: World) -> None:
    headers = world.get("/Organisation").headers
    meters = {name: headers[f"X-{name}Limit-Remaining"] for name in ("Day", "Min", "AppMin")}
    assert meters == {"Day": "4999", "Min": "59", "AppMin": "9999"}
    refused = world.put("/Contacts", {"Name": "<"})
    assert refused.headers["X-MinLimit-Remaining"] == "58"


def test_the_61st_call_of_a_minute_is_an_empty_429(world: World) -> None:
    spend(world, 60)
    answer = world.get("/Organisation")
    assert (answer.status, answer.body) == (429, b"")
    assert "Content-Type" not in answer.headers
    assert answer.headers["X-Rate-Limit-Problem"] == "minute"
    assert (answer.headers["X-MinLimit-Remaining"], answer.headers["X-DayLimit-Remaining"]) == ("0", "4940")
    wait = int(answer.headers["Retry-After"])
    assert 1 <= wait <= 60
    world.clock.advance(wait)
    assert world.get("/Organisation").status == 200


def test_windows_are_fixed_or_rolling_by_switch(world: World) -> None:
    spend(world, 30)
    first_wait = world.xero.throttled("api", world.request("GET", "/Organisation")).headers["Retry-After"]
    world.clock.advance(int(first_wait) - 1)
    spend(world, 30)
    world.clock.advance(1)
    assert world.get("/Organisation").status == 200  # the window began anew
    world.switch(rolling_windows=True)
    spend(world, 60)
    assert world.get("/Organisation").headers["Retry-After"] == "60"
    world.clock.advance(59.5)
    assert world.get("/Organisation").status == 429
    world.clock.advance(0.5)
    assert world.get("/Organisation").status == 200


def test_each_organisation_resets_at_its_own_time(world: World) -> None:
    other = world.xero.add_organisation("Second", "AU")
    world.xero.grant("app", [other])
    waits = {
        world.xero.throttled("api", world.request("GET", "/Organisation", xero_tenant_id=tenant)).headers[
            "Retry-After"
        ]
        for tenant in (world.organisation.tenant_id, other.tenant_id)
    }
    assert len(waits) == 2


def test_the_day_limit_parks_the_organisation_for_hours(world: World) -> None:
    world.xero.add_app("small", "secret", SCOPES, tier="starter")
    world.pair = world.xero.grant("small", [world.organisation])
    for _ in range(17):
        spend(world, 60)
        world.clock.advance(60)
    answer = world.get("/Organisation")
    assert (answer.status, answer.headers["X-Rate-Limit-Problem"]) == (429, "day")
    assert 60 < int(answer.headers["Retry-After"]) <= 86_400
    assert answer.headers["X-DayLimit-Remaining"] == "0"


def test_the_app_has_a_minute_limit_over_all_organisations(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crossfoot_sandbox.xero.api.limits.APP_MINUTE", 70)
    other = world.xero.add_organisation("Second", "AU")
    world.xero.grant("app", [other])
    world.xero.add_app("fresh", "secret", SCOPES)
    world.pair = world.xero.grant("fresh", [world.organisation, other])
    spend(world, 50)
    world.organisation = other
    spend(world, 20)
    assert world.get("/Organisation").headers["X-Rate-Limit-Problem"] == "appminute"


def test_a_sixth_call_at_once_is_refused_without_retry_after(world: World) -> None:
    world.xero.in_flight[world.organisation.tenant_id] = 6
    answer = world.get("/Organisation")
    assert (answer.status, answer.headers["X-Rate-Limit-Problem"]) == (429, "concurrent")
    assert "Retry-After" not in answer.headers
    world.xero.in_flight[world.organisation.tenant_id] = 5
    assert world.get("/Organisation").status == 200


def test_limits_can_be_turned_off(world: World) -> None:
    world.switch(limits=False)
    spend(world, 200)
    assert world.get("/Organisation").status == 200


def test_a_drawn_429_looks_like_the_real_one(world: World) -> None:
    answer = world.xero.throttled("api", world.request("GET", "/Organisation"))
    assert (answer.status, answer.body, answer.headers["X-MinLimit-Remaining"]) == (429, b"", "0")
    assert int(answer.headers["Retry-After"]) >= 1
    assert world.xero.throttled("identity", world.request("POST", "/connect/token")).status == 429


def test_answers_are_xml_unless_json_is_asked_for(world: World) -> None:
    world.contact(Name="Ada & Co", Phones=[{"PhoneType": "FAX", "PhoneNumber": "1"}])
    answer = world.get("/Contacts", Accept="")
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    root = ET.fromstring(answer.body)
    assert (root.tag, root.findtext("Status")) == ("Response", "OK")
    assert root.findtext("Contacts/Contact/Name") == "Ada & Co"
    assert root.findtext("Contacts/Contact/UpdatedDateUTC") == "2026-11-23T00:00:00.000"
    assert root.findtext("Contacts/Contact/IsCustomer") == "false"
    assert len(root.findall("Contacts/Contact/Phones/Phone")) == 4


def test_errors_are_xml_too(world: World) -> None:
    root = ET.fromstring(world.raw("PUT", "/Contacts", b'{"Name": "<"}', Accept="*/*").body)
    assert (root.tag, root.findtext("ErrorNumber")) == ("ApiException", "10")
    assert root.findtext("Elements/DataContractBase/ValidationErrors/ValidationError/Message")


@pytest.mark.parametrize(
    "path", ["/Contacts/00000000-0000-0000-0000-000000000001", "/Nothing", "/Contacts/1/2/3"]
)
def test_what_is_not_there_is_an_html_404(world: World, path: str) -> None:
    answer = world.get(path)
    assert answer.status == 404
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.body == b"The resource you're looking for cannot be found"


def test_a_method_that_does_not_exist_is_405(world: World) -> None:
    assert world.call("DELETE", "/Contacts").status == 405
    assert world.call("POST", "/Organisation", {}).status == 405
    assert world.call("PATCH", "/Contacts", {}).status == 405


@pytest.mark.parametrize(
    ("mode", "text"),
    [
        ("organisation", b"The Organisation is offline"),
        ("maintenance", b"The Xero API is currently offline for maintenance"),
    ],
)
def test_outages_are_503_in_plain_text(world: World, mode: str, text: bytes) -> None:
    world.switch(offline=mode)
    answer = world.raw("GET", "/Organisation")
    assert (answer.status, answer.body) == (503, text)
    assert answer.headers["Content-Type"].startswith("text/plain")


def test_calls_are_named_for_faults_and_the_log(world: World) -> None:
    contact_id = world.contact(Name="Ada")["ContactID"]

    def named(method: str, target: str, body: bytes = b"", host: str = "api") -> tuple[str, str]:
        return world.xero.operation(host, Request.of(method, target, {}, body))

    assert named("GET", f"/api.xro/2.0/contacts/{contact_id}/History") == (
        "GET /Contacts/{id}/History",
        contact_id,
    )
    assert named("GET", "/api.xro/2.0/Contacts/hub-7") == ("GET /Contacts/{id}", "hub-7")
    assert named("PUT", "/api.xro/2.0/Contacts", b'{"Contacts":[{},{}]}') == ("PUT /Contacts", "2")
    assert named("POST", "/api.xro/2.0/Items", b"{}") == ("POST /Items", "1")
    assert named("PUT", "/api.xro/2.0/Contacts", b"\xff") == ("PUT /Contacts", "")
    assert named("DELETE", f"/connections/{contact_id}") == ("DELETE /connections/{id}", contact_id)
    assert named("POST", "/connect/token", b"grant_type=refresh_token", "identity") == (
        "POST /connect/token",
        "",
    )
