"""Apps, tokens, consent (fact 2, A19)."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from tests.sandbox.hubspot.conftest import PORTAL, Desk

from crossfoot_sandbox.wire import Request, Response

CALLBACK = "https://sync.example.test/callback"
APP = {"client_id": "app-9", "client_secret": "secret-9"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def apps(desk: Desk) -> Desk:
    desk.hub.add_app(9, "app-9", "secret-9", ["oauth", "crm.objects.contacts.read"], [CALLBACK])
    return desk


def token(desk: Desk, path: str = "/oauth/2026-09/token", **form: str) -> Response:
    return desk.hub.handle("api", Request.of("POST", path, FORM, urlencode({**APP, **form}).encode()))


def page(desk: Desk, *, accept: bytes | None = None, **query: str) -> Response:
    asked = {
        "client_id": "app-9",
        "redirect_uri": CALLBACK,
        "scope": "oauth crm.objects.contacts.read",
        **query,
    }
    return desk.hub.handle(
        "app",
        Request.of(
            "GET" if accept is None else "POST", f"/oauth/authorize?{urlencode(asked)}", {}, accept or b""
        ),
    )


def contacts(desk: Desk, access: str) -> Response:
    return desk.ask("GET", "/crm/v3/objects/contacts", token=access)


def test_a_person_consents_on_a_page_and_the_code_works_once(apps: Desk) -> None:
    shown = page(apps, state="s 1")
    assert shown.status == 200
    assert b"crm.objects.contacts.read" in shown.body
    back = urlsplit(page(apps, accept=b"portal_id=1234", state="s 1").headers["Location"])
    answered = parse_qs(back.query)
    assert answered["state"] == ["s 1"]
    exchange = {"grant_type": "authorization_code", "code": answered["code"][0], "redirect_uri": CALLBACK}
    first, second = token(apps, **exchange), token(apps, **exchange)
    assert first.payload()["hub_id"] == PORTAL
    assert contacts(apps, first.payload()["access_token"]).status == 200
    assert (second.status, second.payload()["status"]) == (400, "BAD_AUTH_CODE")


@pytest.mark.parametrize(
    "wrong",
    [{"client_id": "x"}, {"redirect_uri": "https://evil.example.test"}, {"scope": "files"}, {"scope": ""}],
)
def test_the_consent_page_refuses_what_the_app_did_not_register(apps: Desk, wrong: dict[str, str]) -> None:
    answer = page(apps, accept=b"portal_id=1234", **wrong)
    assert answer.status == 400
    assert "Location" not in answer.headers


def test_pkce_needs_the_verifier(apps: Desk) -> None:
    challenge = base64.urlsafe_b64encode(hashlib.sha256(b"a long verifier").digest()).rstrip(b"=").decode()

    def code() -> str:
        location = page(apps, consent="yes", code_challenge=challenge, code_challenge_method="S256").headers[
            "Location"
        ]
        return parse_qs(urlsplit(location).query)["code"][0]

    exchange: dict[str, Any] = {"grant_type": "authorization_code", "redirect_uri": CALLBACK}
    assert token(apps, code=code(), **exchange).status == 400
    assert token(apps, code=code(), code_verifier="a long verifier", **exchange).status == 200


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"client_id": "x"}, "BAD_CLIENT_ID"),
        ({"client_secret": "x"}, "BAD_CLIENT_SECRET"),
        ({"code": "x"}, "BAD_AUTH_CODE"),
        ({"redirect_uri": "x"}, "BAD_REDIRECT_URI"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "BAD_REFRESH_TOKEN"),
    ],
)
@pytest.mark.parametrize("version", ["v1", "v3", "2026-03", "2026-09"])
def test_each_mistake_at_the_token_endpoint_has_its_name(
    apps: Desk, version: str, form: dict[str, str], status: str
) -> None:
    good = {
        "grant_type": "authorization_code",
        "code": apps.hub.grant("app-9", PORTAL),
        "redirect_uri": CALLBACK,
    }
    answer = token(apps, f"/oauth/{version}/token", **(good | form))
    assert (answer.status, answer.payload()["status"]) == (400, status)
    if status == "BAD_REFRESH_TOKEN":
        assert answer.payload()["message"] == "missing or invalid refresh token"


def test_an_access_token_lives_half_an_hour_by_the_clock(apps: Desk) -> None:
    access, _ = apps.hub.connect("app-9", PORTAL)
    apps.clock.advance(1799.9)
    assert contacts(apps, access).status == 200
    apps.clock.advance(7.2)
    answer = contacts(apps, access)
    assert answer.status == 401
    assert answer.payload()["category"] == "EXPIRED_AUTHENTICATION"
    assert answer.payload()["message"] == "The OAuth token used to make this call expired 7 second(s) ago."
    assert answer.payload()["context"] == {"expire time": ["2027-01-15T08:30:00.250Z"]}


def test_a_refresh_token_stays_the_same_or_rotates_as_switched(apps: Desk) -> None:
    _, refresh = apps.hub.connect("app-9", PORTAL)
    assert (
        token(apps, grant_type="refresh_token", refresh_token=refresh).payload()["refresh_token"] == refresh
    )
    apps.switch(refresh_rotates=True)
    rotated = token(apps, grant_type="refresh_token", refresh_token=refresh).payload()["refresh_token"]
    assert rotated != refresh
    assert token(apps, grant_type="refresh_token", refresh_token=refresh).status == 400
    assert token(apps, grant_type="refresh_token", refresh_token=rotated).status == 200


def test_revoking_ends_refreshing_but_not_the_access_already_given(apps: Desk) -> None:
    access, refresh = apps.hub.connect("app-9", PORTAL)
    assert token(apps, "/oauth/2026-09/token/revoke", token=refresh).status == 204
    assert contacts(apps, access).status == 200
    assert (
        token(apps, grant_type="refresh_token", refresh_token=refresh).payload()["status"]
        == "BAD_REFRESH_TOKEN"
    )


def test_uninstalling_ends_everything_at_once(apps: Desk) -> None:
    access, refresh = apps.hub.connect("app-9", PORTAL)
    assert apps.ask("DELETE", "/appinstalls/2026-09/external-install", token=access).status == 204
    assert contacts(apps, access).status == 401
    assert token(apps, grant_type="refresh_token", refresh_token=refresh).status == 400


def test_introspection_tells_a_live_token_from_a_dead_one(apps: Desk) -> None:
    access, refresh = apps.hub.connect("app-9", PORTAL)
    about = token(apps, "/oauth/2026-03/token/introspect", token=access).payload()
    assert (about["active"], about["token_use"], about["expires_in"], about["hub_id"]) == (
        True,
        "access_token",
        1800,
        PORTAL,
    )
    kept = token(apps, "/oauth/2026-03/token/introspect", token=refresh).payload()
    assert "expires_in" not in kept
    apps.clock.advance(1801)
    assert token(apps, "/oauth/2026-03/token/introspect", token=access).payload() == {"active": False}


def test_missing_wrong_and_malformed_tokens_are_told_apart(desk: Desk) -> None:
    nothing = desk.hub.handle("api", Request.of("GET", "/crm/v3/objects/contacts"))
    assert nothing.payload()["category"] == "INVALID_AUTHENTICATION"
    assert nothing.payload()["message"].startswith("Authentication credentials not found.")
    assert contacts(desk, "pat-na1-unknown").payload()["category"] == "INVALID_AUTHENTICATION"
    malformed = contacts(desk, "garbage").payload()
    assert malformed["category"] == "EXPIRED_AUTHENTICATION"
    assert malformed["context"] == {"expire time": ["1970-01-01T00:00:00Z"]}


def test_a_scope_taken_away_between_two_calls_is_a_403_that_names_it(desk: Desk) -> None:
    assert contacts(desk, desk.token).status == 200
    desk.hub.restrict(desk.token, ["crm.objects.companies.read"])
    answer = contacts(desk, desk.token)
    assert answer.status == 403
    assert answer.payload()["errors"][0]["context"]["requiredGranularScopes"] == ["crm.objects.contacts.read"]
    assert desk.ask("GET", "/account-info/2026-09/details").status == 200


def test_the_books_of_one_portal_are_closed_to_the_tokens_of_another(desk: Desk) -> None:
    ada = desk.make(email="ada@example.test")
    desk.hub.add_portal(5678)
    other = desk.hub.static_token(5678)
    assert desk.ask("GET", f"/crm/v3/objects/contacts/{ada}", token=other).status == 404
    assert desk.ask("GET", "/account-info/v3/details", token=other).payload()["portalId"] == 5678


def test_the_token_endpoint_takes_forms_only(apps: Desk) -> None:
    request = Request.of("POST", "/oauth/v1/token", {"Content-Type": "application/json"}, b"{}")
    assert apps.hub.handle("api", request).status == 415
