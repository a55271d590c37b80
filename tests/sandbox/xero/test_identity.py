from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec
import pytest
from tests.sandbox.xero.conftest import CALLBACK, DOCUMENTS, SCOPES, World

from crossfoot_sandbox.wire import Request, Response

BASIC = {"Authorization": "Basic " + b64encode(b"app:secret").decode()}
ALL = "openid offline_access " + " ".join(SCOPES)


def authorize(world: World, method: str = "GET", **fields: str) -> Response:
    asked = {
        "response_type": "code",
        "client_id": "app",
        "redirect_uri": CALLBACK,
        "scope": ALL,
        "state": "s t",
        **fields,
    }
    target, body = "/identity/connect/authorize", urlencode(asked).encode()
    if method == "GET":
        target, body = f"{target}?{urlencode(asked)}", b""
    return world.xero.handle("login", Request.of(method, target, {}, body))


def code_of(answer: Response) -> str:
    assert answer.status == 302, answer.body
    return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]


def redeem(world: World, code: str, **fields: str) -> Response:
    return world.token(
        {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, **fields}, BASIC
    )


def refresh(world: World, token: str) -> Response:
    fields = {
        "grant_type": "refresh_token",
        "refresh_token": token,
        "client_id": "app",
        "client_secret": "secret",
    }
    return world.token(fields)


def claims(token: str) -> dict[str, object]:
    body = token.split(".")[1]
    return dict(msgspec.json.decode(urlsafe_b64decode(body + "=" * (-len(body) % 4))))


def error_of(answer: Response) -> str:
    assert answer.status == 400
    return str(answer.payload()["error"])


def status_with(world: World, token: str) -> int:
    world.pair = type(world.pair)(token, None, None, "", "")
    return world.get("/Organisation").status


def test_the_consent_page_names_the_app_and_its_wishes(world: World) -> None:
    page = authorize(world)
    assert page.status == 200
    text = page.body.decode()
    assert "Crossfoot" in text
    assert "Kiwi Trading" in text
    assert "accounting.contacts" in text


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_consent_leads_to_tokens_that_work(world: World, method: str) -> None:
    answer = authorize(world, method, consent="yes", tenant=world.organisation.tenant_id)
    assert parse_qs(urlsplit(answer.headers["Location"]).query)["state"] == ["s t"]
    tokens = redeem(world, code_of(answer)).payload()
    assert (tokens["expires_in"], tokens["token_type"]) == (1800, "Bearer")
    assert set(tokens["scope"].split()) == {*ALL.split(), DOCUMENTS}
    assert claims(tokens["id_token"])["aud"] == "app"
    event = claims(tokens["access_token"])["authentication_event_id"]
    assert status_with(world, tokens["access_token"]) == 200
    assert isinstance(event, str)


def test_declining_comes_back_as_an_error(world: World) -> None:
    assert parse_qs(urlsplit(authorize(world, consent="no").headers["Location"]).query) == {
        "error": ["access_denied"],
        "state": ["s t"],
    }


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"client_id": "nobody"}, "unauthorized_client"),
        ({"redirect_uri": CALLBACK + "/"}, "Invalid redirect_uri"),
        ({"scope": "accounting.contacts accounting.payments"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": "x", "code_challenge_method": "plain"}, "Transform algorithm"),
    ],
)
def test_a_wrong_request_for_consent_shows_an_error_page(
    world: World, fields: dict[str, str], text: str
) -> None:
    answer = authorize(world, consent="yes", **fields)
    assert answer.status == 400
    assert text in answer.body.decode()


def test_a_code_works_once_within_five_minutes_for_its_redirect(world: World) -> None:
    code = code_of(authorize(world, consent="yes"))
    assert redeem(world, code).status == 200
    assert error_of(redeem(world, code)) == "invalid_grant"
    late = code_of(authorize(world, consent="yes"))
    world.clock.advance(300)
    assert error_of(redeem(world, late)) == "invalid_grant"
    other = code_of(authorize(world, consent="yes"))
    assert error_of(redeem(world, other, redirect_uri="http://localhost/other")) == "invalid_grant"


def test_without_offline_access_there_is_no_refresh_token(world: World) -> None:
    world.xero.add_app("plain", "secret", SCOPES)
    assert world.xero.grant("plain", [world.organisation], SCOPES).refresh_token is None


def test_pkce_needs_the_verifier(world: World) -> None:
    world.xero.add_app("public", None, SCOPES, [CALLBACK])
    verifier = "v" * 43
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "client_id": "public",
        "consent": "yes",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }

    def exchange(used: str) -> Response:
        code = code_of(authorize(world, **asked))
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
        return world.token({**form, "client_id": "public", "code_verifier": used})

    assert exchange("w" * 43).status == 400
    assert exchange(verifier).status == 200
    assert authorize(world, client_id="public", consent="yes").status == 400


@pytest.mark.parametrize(
    ("fields", "headers", "error"),
    [
        ({"grant_type": "refresh_token"}, {}, "invalid_request"),
        ({"grant_type": "refresh_token"}, {"Authorization": "Basic !"}, "invalid_request"),
        ({"grant_type": "refresh_token"}, {**BASIC, "Content-Type": "application/json"}, "invalid_request"),
        ({}, BASIC, "invalid_request"),
        ({"grant_type": "refresh_token", "client_id": "app", "client_secret": "no"}, {}, "invalid_client"),
        ({"grant_type": "password"}, BASIC, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, BASIC, "unauthorized_client"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, BASIC, "invalid_grant"),
    ],
)
def test_token_errors(world: World, fields: dict[str, str], headers: dict[str, str], error: str) -> None:
    assert error_of(world.token(fields, headers)) == error


def test_a_refresh_rotates_and_the_old_token_has_half_an_hour(world: World) -> None:
    first = str(world.pair.refresh_token)
    second = refresh(world, first).payload()["refresh_token"]
    assert second != first
    world.clock.advance(1_799)
    third = refresh(world, first).payload()["refresh_token"]
    world.clock.advance(1)
    assert error_of(refresh(world, first)) == "invalid_grant"
    assert refresh(world, third).status == 200


def test_the_loser_of_a_race_dies_after_the_grace(world: World) -> None:
    first = str(world.pair.refresh_token)
    loser = refresh(world, first).payload()["refresh_token"]
    winner = refresh(world, first).payload()["refresh_token"]
    heir = refresh(world, loser).payload()["refresh_token"]
    world.clock.advance(1_800)
    assert error_of(refresh(world, loser)) == "invalid_grant"
    assert error_of(refresh(world, heir)) == "invalid_grant"
    assert refresh(world, winner).status == 200


def test_a_second_refresh_repeats_the_pair_by_switch(world: World) -> None:
    world.switch(refresh_in_grace="same")
    first = str(world.pair.refresh_token)
    assert refresh(world, first).body == refresh(world, first).body


def test_a_refresh_token_dies_after_sixty_idle_days(world: World) -> None:
    world.clock.advance(60 * 86_400)
    assert error_of(refresh(world, str(world.pair.refresh_token))) == "invalid_grant"


def test_an_access_token_lives_half_an_hour_and_says_when_it_died(world: World) -> None:
    world.clock.advance(1_800)
    answer = world.get("/Organisation")
    assert answer.status == 401
    body = answer.payload()
    assert body.pop("Instance")
    assert body == {
        "Type": None,
        "Title": "Unauthorized",
        "Status": 401,
        "Detail": "TokenExpired: token expired at 11/23/2026 00:30:00",
        "Extensions": {},
    }


def test_no_token_and_a_wrong_tenant_are_told_apart(world: World) -> None:
    stranger = world.get("/Organisation", Authorization="Bearer nonsense")
    assert (stranger.status, stranger.payload()["Detail"]) == (401, "AuthenticationUnsuccessful")
    other = world.xero.add_organisation("Second", "GB")
    wrong = world.get("/Organisation", xero_tenant_id=other.tenant_id)
    assert (wrong.status, wrong.payload()["Title"], wrong.payload()["Detail"]) == (
        403,
        "Forbidden",
        "AuthenticationUnsuccessful",
    )


@pytest.mark.parametrize("status", [401, 403])
def test_a_missing_scope_is_told_in_www_authenticate(world: World, status: int) -> None:
    world.switch(insufficient_scope_status=status)
    world.xero.add_app("reader", "secret", ["accounting.contacts.read"])
    world.pair = world.xero.grant("reader", [world.organisation])
    assert world.get("/Contacts").status == 200
    answer = world.put("/Contacts", {"Name": "Ada"})
    assert answer.status == status
    assert "insufficient_scope" in answer.headers["WWW-Authenticate"]
    assert world.get("/Accounts").status == status


@pytest.mark.parametrize(("accepted", "status"), [(True, 200), (False, 401)])
def test_invoice_scope_writes_items_by_switch(world: World, accepted: bool, status: int) -> None:
    world.switch(items_with_invoices_scope=accepted)
    world.xero.add_app("biller", "secret", ["accounting.invoices"])
    world.pair = world.xero.grant("biller", [world.organisation])
    assert world.put("/Items", {"Code": "A"}).status == status


def test_connections_tell_what_a_consent_connected(world: World) -> None:
    second = world.xero.add_organisation("Second", "AU")
    pair = world.xero.grant("app", [second])
    rows = world.connections(pair.access_token).payload()
    assert {row["tenantName"] for row in rows} == {"Kiwi Trading", "Second"}
    assert rows[0]["createdDateUtc"] == "2026-11-23T00:00:00.0000000"
    mine = world.connections(pair.access_token, f"?authEventId={pair.auth_event_id}").payload()
    assert [row["tenantId"] for row in mine] == [second.tenant_id]


@pytest.mark.parametrize("keeps", [True, False])
def test_a_second_consent_keeps_the_first_event_by_switch(world: World, keeps: bool) -> None:
    world.switch(reconnect_keeps_auth_event=keeps)
    world.clock.advance(10)
    again = world.xero.grant("app", [world.organisation])
    rows = world.connections(again.access_token, f"?authEventId={again.auth_event_id}").payload()
    assert (rows == []) is keeps
    row = world.connections(again.access_token).payload()[0]
    assert row["updatedDateUtc"] > row["createdDateUtc"]


def test_disconnecting_one_organisation_leaves_the_others(world: World) -> None:
    second = world.xero.add_organisation("Second", "AU")
    world.xero.grant("app", [second])
    row = next(row for row in world.connections().payload() if row["tenantName"] == "Kiwi Trading")
    assert world.connections(method="DELETE", rest=f"/{row['id']}").status == 204
    assert world.connections(method="DELETE", rest=f"/{row['id']}").status == 404
    assert world.get("/Organisation").status == 403
    assert world.get("/Organisation", xero_tenant_id=second.tenant_id).status == 200


def test_revoking_ends_all_of_a_persons_connections(world: World) -> None:
    form = urlencode({"token": world.pair.refresh_token}).encode()
    answer = world.xero.handle("identity", Request.of("POST", "/connect/revocation", BASIC, form))
    assert (answer.status, answer.body) == (200, b"")
    assert world.connections().payload() == []
    assert error_of(refresh(world, str(world.pair.refresh_token))) == "invalid_grant"


def test_a_disconnection_on_xeros_side_is_silent(world: World) -> None:
    world.xero.disconnect("app", world.organisation)
    assert world.get("/Organisation").status == 403
    assert refresh(world, str(world.pair.refresh_token)).status == 200


def test_scopes_add_up_over_consents(world: World) -> None:
    world.xero.add_app("slow", "secret", SCOPES, [CALLBACK])
    first = authorize(world, client_id="slow", consent="yes", scope="accounting.contacts offline_access")
    assert first.status == 302
    code = code_of(authorize(world, client_id="slow", consent="yes", scope="accounting.settings"))
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    tokens = world.token({**form, "client_id": "slow", "client_secret": "secret"}).payload()
    assert set(tokens["scope"].split()) == {*SCOPES, "offline_access"}


def test_a_custom_connection_needs_no_consent_and_no_tenant(world: World) -> None:
    world.xero.custom_connection("robot", "secret", world.organisation, SCOPES)
    basic = {"Authorization": "Basic " + b64encode(b"robot:secret").decode()}
    tokens = world.token(
        {"grant_type": "client_credentials", "scope": "accounting.settings"}, basic
    ).payload()
    assert "refresh_token" not in tokens
    answer = world.get("/Organisation", Authorization=f"Bearer {tokens['access_token']}", xero_tenant_id="")
    assert answer.status == 200
    assert len(world.connections(tokens["access_token"]).payload()) == 1
    assert (
        error_of(world.token({"grant_type": "client_credentials", "scope": "accounting.payments"}, basic))
        == "invalid_scope"
    )


def test_an_app_can_manage_connections_without_a_person(world: World) -> None:
    world.xero.add_app("admin", "secret", [*SCOPES, "app.connections"])
    world.xero.grant("admin", [world.organisation], SCOPES)
    basic = {"Authorization": "Basic " + b64encode(b"admin:secret").decode()}
    tokens = world.token({"grant_type": "client_credentials", "scope": "app.connections"}, basic).payload()
    assert len(world.connections(tokens["access_token"]).payload()) == 1


def test_discovery_points_at_the_sandbox_itself(world: World) -> None:
    answer = world.xero.handle(
        "identity", Request.of("GET", "/.well-known/openid-configuration", {"Host": "localhost:4"})
    )
    assert answer.payload()["token_endpoint"] == "http://localhost:4/xero-identity/connect/token"


def test_the_portal_refuses_numeric_loopback_redirects(world: World) -> None:
    with pytest.raises(ValueError, match="it must be https or http://localhost"):
        world.xero.add_app("x", "y", SCOPES, ["http://127.0.0.1/callback"])


def test_two_runs_draw_the_same_ids(world: World) -> None:
    again = type(world.xero)(world.clock)
    assert again.add_organisation("Kiwi Trading", "NZ").tenant_id == world.organisation.tenant_id


@pytest.mark.parametrize(
    ("host", "method", "path", "status"),
    [
        ("identity", "GET", "/connect/token", 405),
        ("identity", "GET", "/connect/revocation", 405),
        ("identity", "GET", "/elsewhere", 404),
        ("identity", "GET", "/.well-known/openid-configuration/jwks", 200),
        ("login", "GET", "/elsewhere", 404),
        ("api", "GET", "/connections", 401),
    ],
)
def test_paths_and_methods_that_do_not_exist(
    world: World, host: str, method: str, path: str, status: int
) -> None:
    assert world.xero.handle(host, Request.of(method, path)).status == status


def test_connections_are_listed_and_deleted_only(world: World) -> None:
    headers = {"Authorization": f"Bearer {world.pair.access_token}"}
    for method, path in (("POST", "/connections"), ("GET", f"/connections/{world.organisation.tenant_id}")):
        assert world.xero.handle("api", Request.of(method, path, headers)).status == 405


def test_revocation_needs_the_app_and_passes_over_unknown_tokens(world: World) -> None:
    def revoke(form: dict[str, str]) -> int:
        return world.xero.handle(
            "identity", Request.of("POST", "/connect/revocation", {}, urlencode(form).encode())
        ).status

    assert revoke({"client_id": "app", "client_secret": "wrong", "token": "x"}) == 400
    assert revoke({"client_id": "app", "client_secret": "secret", "token": "x"}) == 200
    assert len(world.connections().payload()) == 1


def test_a_refresh_token_belongs_to_its_app(world: World) -> None:
    world.xero.add_app("other", "secret", SCOPES)
    fields = {"grant_type": "refresh_token", "refresh_token": str(world.pair.refresh_token)}
    assert (
        error_of(world.token({**fields, "client_id": "other", "client_secret": "secret"})) == "invalid_grant"
    )


def test_a_custom_connection_knows_one_organisation_only(world: World) -> None:
    other = world.xero.add_organisation("Second", "AU")
    app = world.xero.custom_connection("robot", "secret", world.organisation, SCOPES)
    token = world.xero.identity.client_credentials(app, frozenset()).access_token
    assert (
        world.get("/Organisation", Authorization=f"Bearer {token}", xero_tenant_id=other.tenant_id).status
        == 403
    )


def test_the_world_is_built_from_known_parts_only(world: World) -> None:
    with pytest.raises(ValueError, match="no such tier"):
        world.xero.add_app("x", "y", SCOPES, tier="gold")
    with pytest.raises(ValueError, match="not assigned to the app"):
        world.xero.grant("app", [world.organisation], ["accounting.payments"])
    with pytest.raises(KeyError):
        world.organisation.book("Unicorns")
    with pytest.raises(ValueError, match="Contacts has no record"):
        world.organisation.person_archives("Contacts", "nobody")
