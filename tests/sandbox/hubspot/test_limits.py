"""Rate limits (fact 5.2, A16) and a portal on the move (A17)."""

from tests.sandbox.hubspot.conftest import PORTAL, Desk

from crossfoot_sandbox.wire import Request, Response


def knock(desk: Desk, token: str | None = None, path: str = "/crm/v3/objects/contacts/1") -> Response:
    return desk.ask("GET", path, token=token)


def test_the_window_of_ten_seconds_rolls(desk: Desk) -> None:
    for _ in range(95):
        knock(desk)
    desk.clock.advance(6)
    for _ in range(95):
        assert knock(desk).status == 404
    refused = knock(desk)
    assert refused.status == 429
    assert refused.payload() == {
        "status": "error",
        "message": "You have reached your ten_secondly_rolling limit.",
        "errorType": "RATE_LIMIT",
        "correlationId": refused.headers["x-hubspot-correlation-id"],
        "policyName": "TEN_SECONDLY_ROLLING",
    }
    desk.clock.advance(4)  # the first 95 are ten seconds old
    for _ in range(95):
        assert knock(desk).status == 404
    assert knock(desk).status == 429


def test_headers_tell_what_remains_and_fit_the_kind_of_token(desk: Desk) -> None:
    static = knock(desk).headers
    assert static["X-HubSpot-RateLimit-Max"] == "190"
    assert static["X-HubSpot-RateLimit-Remaining"] == "189"
    assert static["X-HubSpot-RateLimit-Interval-Milliseconds"] == "10000"
    assert static["X-HubSpot-RateLimit-Daily"] == "625000"
    assert static["X-HubSpot-RateLimit-Daily-Remaining"] == "624999"
    desk.hub.add_app(9, "app-9", "secret-9", distribution="marketplace")
    access, _ = desk.hub.connect("app-9", PORTAL)
    oauth = knock(desk, access).headers
    assert oauth["X-HubSpot-RateLimit-Max"] == "110"
    assert "X-HubSpot-RateLimit-Daily" not in oauth


def test_each_app_has_a_window_of_its_own_and_search_is_shared(desk: Desk) -> None:
    other = desk.hub.static_token(PORTAL)
    for _ in range(190):
        knock(desk)
    assert knock(desk).status == 429
    assert knock(desk, other).status == 404
    search = "/crm/v3/objects/contacts/search"
    for turn in range(5):
        answer = desk.ask("POST", search, {}, token=(desk.token, other)[turn % 2])
        assert answer.status == 200
        assert not [name for name in answer.headers if "RateLimit" in name]
    refused = desk.ask("POST", search, {}, token=other)
    assert refused.status == 429
    assert refused.payload()["message"] == "You have reached your secondly limit."
    desk.clock.advance(1)
    assert desk.ask("POST", search, {}).status == 200


def test_the_day_ends_at_midnight_where_the_portal_lives(desk: Desk) -> None:
    desk.portal.tier = "free"
    desk.portal.time_zone = "Pacific/Auckland"  # 21:00 when the test begins
    desk.hub.limits._days[desk.hub.limits._day(desk.portal, int(desk.clock.seconds() * 1000))] = 250_000
    refused = knock(desk)
    assert (refused.status, refused.payload()["policyName"]) == (429, "DAILY")
    desk.clock.advance(3 * 3600)
    assert knock(desk).status == 404


def test_associations_have_a_narrower_window(desk: Desk) -> None:
    path = "/crm/v4/objects/contacts/1/associations/companies"
    for _ in range(150):
        assert knock(desk, path=path).status == 404
    assert knock(desk, path=path).status == 429
    assert knock(desk).status == 404


def test_a_switch_turns_limits_off(desk: Desk) -> None:
    desk.switch(limits=False)
    assert {knock(desk).status for _ in range(300)} == {404}


def test_a_portal_on_the_move_says_when_to_come_back(desk: Desk) -> None:
    desk.portal.migrating_until = int(desk.clock.seconds() * 1000) + 90_000
    answer = knock(desk)
    assert answer.status == 477
    assert answer.headers["Retry-After"] == "91"
    desk.clock.advance(91)
    assert knock(desk).status == 404


def test_the_vendors_own_refusal_looks_like_the_limit_it_stands_for(desk: Desk) -> None:
    search = desk.hub.throttled("api", Request.of("POST", "/crm/v3/objects/contacts/search"))
    other = desk.hub.throttled("api", Request.of("GET", "/crm/v3/objects/contacts"))
    assert [answer.payload()["policyName"] for answer in (search, other)] == [
        "SECONDLY",
        "TEN_SECONDLY_ROLLING",
    ]


def test_calls_have_names_without_versions_and_ids(desk: Desk) -> None:
    names = [
        desk.hub.operation("api", Request.of(method, path, {}, body))
        for method, path, body in (
            ("POST", "/crm/objects/2026-09/contacts/batch/create", b'{"inputs": [{}, {}, {}]}'),
            ("GET", "/crm/v3/objects/0-1/15000000001?properties=email", b""),
            ("POST", "/crm/v3/objects/contacts", b'{"properties": {"email": "ada@example.test"}}'),
            ("PUT", "/crm/v4/objects/contacts/5/associations/default/company/6", b""),
            ("POST", "/crm/v3/objects/contacts/search", b"not json"),
            ("GET", "/no/such/path", b""),
        )
    ]
    assert names == [
        ("POST /crm/objects/contacts/batch/create", "3"),
        ("GET /crm/objects/contacts/{id}", "15000000001"),
        ("POST /crm/objects/contacts", "ada@example.test"),
        ("PUT /crm/objects/contacts/{id}/associations/default/companies/{to_id}", "5"),
        ("POST /crm/objects/contacts/search", ""),
        ("GET /no/such/path", ""),
    ]
