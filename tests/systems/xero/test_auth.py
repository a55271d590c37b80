"""Consent and tokens, against the sandbox's identity host."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.systems.doors import BASE, VirtualClock, sandbox_send
from tests.systems.xero.world import Ledger

from crossfoot.model.problems import Cause, Problem
from crossfoot.systems.port import Request, Response
from crossfoot.systems.xero import auth
from crossfoot_sandbox.sandbox import Sandbox

BACK = "https://crossfoot.example/back"
CLIENT = auth.Client("app", "secret", BACK, f"{BASE}/xero-login", f"{BASE}/xero-identity")
VERIFIER = "a-verifier-that-is-long-enough-for-the-standard-0123456789"
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


async def sent(sandbox: Sandbox, request: Request) -> Response:
    return await sandbox_send(sandbox)(request)


async def code(sandbox: Sandbox, url: str) -> str:
    """A person consents on the login host; the code from the redirect."""
    answer = await sent(sandbox, Request("GET", f"{url}&consent=yes"))
    assert answer.status == 302, answer.body
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    assert query["state"] == ["the state"]
    return query["code"][0]


def tokens(read: auth.TokenSet | Problem) -> auth.TokenSet:
    assert isinstance(read, auth.TokenSet), read
    return read


def problem(read: object) -> Problem:
    assert isinstance(read, Problem), read
    return read


async def test_a_consent_gives_tokens_that_open_the_organisation(ledger: Ledger) -> None:
    given = await code(ledger.sandbox, auth.authorize_url(CLIENT, "the state"))
    answer = await sent(ledger.sandbox, auth.exchange_request(CLIENT, given))
    pair = tokens(auth.read_tokens(answer, ledger.clock.now()))
    assert pair.refresh
    assert pair.expires_at == ledger.clock.now() + timedelta(minutes=30)
    assert set(auth.SCOPES) <= set(pair.scopes)

    listed = auth.read_connections(
        await sent(ledger.sandbox, auth.connections_request(pair.access, base_url=f"{BASE}/xero"))
    )
    assert not isinstance(listed, Problem)
    assert [(one.tenant, one.name, one.is_organisation) for one in listed] == [
        (ledger.organisation.tenant_id, "Ako Books", True)
    ]
    assert auth.auth_event(pair.access)


async def test_a_code_is_good_once(ledger: Ledger) -> None:
    given = await code(ledger.sandbox, auth.authorize_url(CLIENT, "the state"))
    await sent(ledger.sandbox, auth.exchange_request(CLIENT, given))
    again = await sent(ledger.sandbox, auth.exchange_request(CLIENT, given))
    assert problem(auth.read_tokens(again, NOW)).cause is Cause.CONSENT


async def test_a_pkce_app_needs_its_verifier_and_no_secret(ledger: Ledger) -> None:
    ledger.sandbox.xero.add_app("public", None, auth.SCOPES, (BACK,))
    client = replace(CLIENT, client_id="public", client_secret=None)
    url = auth.authorize_url(client, "the state", verifier=VERIFIER)
    wrong = auth.exchange_request(client, await code(ledger.sandbox, url), verifier=VERIFIER[::-1])
    assert problem(auth.read_tokens(await sent(ledger.sandbox, wrong), NOW)).fix
    right = auth.exchange_request(client, await code(ledger.sandbox, url), verifier=VERIFIER)
    pair = tokens(auth.read_tokens(await sent(ledger.sandbox, right), NOW))
    refreshed = await sent(ledger.sandbox, auth.refresh_request(client, str(pair.refresh)))
    assert tokens(auth.read_tokens(refreshed, NOW)).refresh != pair.refresh


async def test_a_refresh_token_is_replaced_and_dies_after_its_grace(ledger: Ledger) -> None:
    first = ledger.sandbox.xero.grant("app", [ledger.organisation])
    request = auth.refresh_request(CLIENT, str(first.refresh_token))
    second = tokens(auth.read_tokens(await sent(ledger.sandbox, request), NOW))
    assert second.refresh not in (None, first.refresh_token)
    ledger.clock.clock.advance(3600)
    late = problem(auth.read_tokens(await sent(ledger.sandbox, request), NOW))
    assert (late.cause, late.said) == (Cause.CONSENT, "invalid_grant")


async def test_a_custom_connection_has_an_access_token_alone() -> None:
    sandbox = Sandbox(clock=VirtualClock().clock)
    organisation = sandbox.xero.add_organisation(name="One")
    sandbox.xero.custom_connection("custom", "secret", organisation, auth.CUSTOM_CONNECTION_SCOPES)
    client = replace(CLIENT, client_id="custom")
    pair = tokens(auth.read_tokens(await sent(sandbox, auth.custom_connection_request(client)), NOW))
    assert pair.refresh is None
    too_much = auth.custom_connection_request(client, scopes=("accounting.attachments",))
    assert problem(auth.read_tokens(await sent(sandbox, too_much), NOW)).cause is Cause.FORBIDDEN


async def test_wrong_credentials_are_named(ledger: Ledger) -> None:
    wrong = replace(CLIENT, client_secret="wrong")
    answer = await sent(ledger.sandbox, auth.refresh_request(wrong, "anything"))
    assert "client id and secret" in problem(auth.read_tokens(answer, NOW)).what


async def test_revoking_ends_every_organisation_and_disconnecting_one(ledger: Ledger) -> None:
    other = ledger.sandbox.xero.add_organisation(name="Other")
    pair = ledger.sandbox.xero.grant("app", [ledger.organisation, other])
    listing = auth.connections_request(pair.access_token, base_url=f"{BASE}/xero")
    both = auth.read_connections(await sent(ledger.sandbox, listing))
    assert not isinstance(both, Problem)
    assert len(both) == 2

    leave = auth.disconnect_request(pair.access_token, both[0].id, base_url=f"{BASE}/xero")
    assert (await sent(ledger.sandbox, leave)).status == 204
    one = auth.read_connections(await sent(ledger.sandbox, listing))
    assert not isinstance(one, Problem)
    assert len(one) == 1

    revoked = await sent(ledger.sandbox, auth.revoke_request(CLIENT, str(pair.refresh_token)))
    assert auth.read_revoked(revoked) is None
    gone = auth.read_tokens(
        await sent(ledger.sandbox, auth.refresh_request(CLIENT, str(pair.refresh_token))), NOW
    )
    assert problem(gone).cause is Cause.CONSENT


@pytest.mark.parametrize("response", [Response(503, {}, b"<html>"), Response(429), Response(200, {}, b"{}")])
def test_an_outage_is_no_lost_consent(response: Response) -> None:
    assert problem(auth.read_tokens(response, NOW)).cause is Cause.UNAVAILABLE


def test_connections_that_cannot_be_read_are_problems() -> None:
    assert problem(auth.read_connections(Response(200, {}, b"<html>"))).cause is Cause.UNAVAILABLE
    assert problem(auth.read_connections(Response(401))).cause is Cause.CONSENT
    assert problem(auth.read_connections(Response(500))).cause is Cause.UNAVAILABLE


def test_secrets_are_not_shown() -> None:
    pair = auth.TokenSet("hush", "hush", NOW, ())
    assert "hush" not in repr(pair)
    assert "secret" not in repr(CLIENT).replace("client_secret", "")


@pytest.mark.parametrize("token", ["", "a.b", "a.!!!.c", "a.e30.c"])
def test_a_token_without_a_consent_event_names_none(token: str) -> None:
    assert auth.auth_event(token) is None
