from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.systems.doors import START
from tests.systems.hubspot.answers import answer

from crossfoot.model.problems import Cause, Problem
from crossfoot.systems.hubspot.auth import (
    Client,
    TokenSet,
    authorize_url,
    exchange_request,
    read_revoked,
    read_tokens,
    refresh_request,
    revoke_request,
)
from crossfoot.systems.port import Response

CLIENT = Client("id-1", "very-secret", "https://sync.example.org/oauth/hubspot/callback")


def test_the_consent_page_is_told_scopes_and_state() -> None:
    url = urlsplit(
        authorize_url(
            CLIENT, "state 1", scopes=("oauth", "crm.objects.contacts.read"), optional=("e-commerce",)
        )
    )
    assert (url.netloc, url.path) == ("app.hubspot.com", "/oauth/authorize")
    assert parse_qs(url.query) == {
        "client_id": ["id-1"],
        "redirect_uri": ["https://sync.example.org/oauth/hubspot/callback"],
        "scope": ["oauth crm.objects.contacts.read"],
        "optional_scope": ["e-commerce"],
        "state": ["state 1"],
    }
    assert "oauth%20crm" in url.query


def test_every_credential_travels_in_the_form_and_never_in_the_address() -> None:
    for request in (
        exchange_request(CLIENT, "code-1"),
        refresh_request(CLIENT, "ref-1"),
        revoke_request(CLIENT, "ref-1"),
    ):
        assert request.method == "POST"
        assert request.headers["content-type"] == "application/x-www-form-urlencoded"
        assert "secret" not in request.url
        assert parse_qs(request.body.decode())["client_secret"] == ["very-secret"]
    assert exchange_request(CLIENT, "c").url == "https://api.hubapi.com/oauth/2026-09/token"
    assert revoke_request(CLIENT, "c").url == "https://api.hubapi.com/oauth/2026-09/token/revoke"
    form = parse_qs(exchange_request(CLIENT, "code-1", verifier="v").body.decode())
    assert form["grant_type"] == ["authorization_code"]
    assert form["code_verifier"] == ["v"]


def test_tokens_are_read_with_the_life_that_the_answer_states() -> None:
    granted = read_tokens(
        answer(
            200,
            {"access_token": "a", "refresh_token": "r", "expires_in": 1800, "scopes": ["oauth"], "hub_id": 7},
        ),
        START,
    )
    assert granted == TokenSet("a", "r", START + timedelta(minutes=30), ("oauth",))


def test_an_answer_without_a_refresh_token_keeps_the_old_one() -> None:
    granted = read_tokens(
        answer(200, {"access_token": "a", "expires_in": 60}), START, refresh="old", scopes=("oauth",)
    )
    assert granted == TokenSet("a", "old", START + timedelta(minutes=1), ("oauth",))


def test_no_secret_shows_in_a_repr() -> None:
    assert "very-secret" not in repr(CLIENT)
    shown = repr(TokenSet("acc-1", "ref-1", START))
    assert "acc-1" not in shown
    assert "ref-1" not in shown


@pytest.mark.parametrize(
    ("response", "cause", "words"),
    [
        (
            answer(400, {"status": "BAD_REFRESH_TOKEN", "message": "missing or invalid refresh token"}),
            Cause.CONSENT,
            "revoked",
        ),
        (answer(400, {"error": "invalid_grant"}), Cause.CONSENT, "revoked"),
        (answer(400, {"message": "missing or invalid refresh token"}), Cause.CONSENT, "revoked"),
        (answer(400, {"status": "BAD_AUTH_CODE", "message": "x"}), Cause.CONSENT, "code"),
        (answer(400, {"status": "BAD_CLIENT_SECRET", "message": "x"}), Cause.INVALID, "client secret"),
        (answer(400, {"status": "BAD_CLIENT_ID", "message": "x"}), Cause.INVALID, "client id"),
        (answer(400, {"status": "BAD_REDIRECT_URI", "message": "x"}), Cause.INVALID, "redirect"),
        (answer(502), Cause.UNAVAILABLE, "502"),
        (Response(200, {}, b"<html>"), Cause.UNREADABLE, "could not be read"),
        (answer(400, {"message": "no idea"}), Cause.CONSENT, "400"),
    ],
)
def test_a_refusal_of_tokens_says_what_to_do(response: Response, cause: Cause, words: str) -> None:
    problem = read_tokens(response, START)
    assert isinstance(problem, Problem)
    assert problem.cause is cause
    assert words in problem.what
    assert problem.fix


def test_a_revocation_is_confirmed_or_explained() -> None:
    assert read_revoked(answer(204)) is None
    assert isinstance(read_revoked(answer(400, {"status": "BAD_REFRESH_TOKEN"})), Problem)
