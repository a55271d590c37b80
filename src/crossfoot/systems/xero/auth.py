"""Consent and tokens (Xero fact 1): requests as bytes, answers as values. No network, no clock.

`login.xero.com` shows the consent page, `identity.xero.com` gives tokens, `api.xero.com` lists connections; the three are parameters.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

import msgspec

from crossfoot.model.problems import Cause, Problem
from crossfoot.systems.port import Request, Response

LOGIN = "https://login.xero.com"
IDENTITY = "https://identity.xero.com"
API = "https://api.xero.com"

CUSTOM_CONNECTION_SCOPES = (
    "accounting.contacts",
    "accounting.settings",
    "accounting.invoices",
    "accounting.payments",
)
"""Exactly what is synced: contacts; items, with the organisation, its accounts, taxes and currencies; invoices; payments (Xero fact 1.7)."""

SCOPES = ("offline_access", *CUSTOM_CONNECTION_SCOPES)
"""The same with a refresh token, for which a custom connection has no use (Xero fact 1.4)."""


@dataclass(frozen=True, slots=True)
class Client:
    """The app that asks for consent."""

    client_id: str
    client_secret: str | None = field(repr=False)
    """None for a PKCE app, which has none and names itself in the body (Xero fact 1.3)."""
    redirect_uri: str = ""
    login_url: str = LOGIN
    identity_url: str = IDENTITY


@dataclass(frozen=True, slots=True)
class TokenSet:
    """An access token for half an hour and the refresh token that replaces it (60 days, new with every use; Xero fact 1.5)."""

    access: str = field(repr=False)
    refresh: str | None = field(repr=False)
    """None for a custom connection: it asks again instead."""
    expires_at: datetime
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Connection:
    """An organisation that a consent opened (Xero fact 1.6)."""

    id: str
    tenant: str
    tenant_type: str
    name: str
    auth_event: str | None

    @property
    def is_organisation(self) -> bool:
        """Practices can be connected too, but hold no books."""
        return self.tenant_type.upper() == "ORGANISATION"


def challenge(verifier: str) -> str:
    """The PKCE challenge (S256) of a verifier of 43 to 128 characters."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def authorize_url(
    client: Client, state: str, *, scopes: Sequence[str] = SCOPES, verifier: str | None = None
) -> str:
    """Where a person consents. With `verifier` only who knows it can exchange the code (PKCE, Xero fact 1.3)."""
    query = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": client.redirect_uri,
        "scope": " ".join(scopes),
        "state": state,
    }
    if verifier is not None:
        query |= {"code_challenge": challenge(verifier), "code_challenge_method": "S256"}
    return f"{client.login_url.rstrip('/')}/identity/connect/authorize?{urlencode(query, quote_via=quote)}"


def exchange_request(client: Client, code: str, *, verifier: str | None = None) -> Request:
    """The code, good once and for five minutes, for tokens."""
    fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": client.redirect_uri}
    if verifier is not None:
        fields["code_verifier"] = verifier
    return _form(client, "token", fields, "exchange the code for tokens")


def refresh_request(client: Client, refresh: str) -> Request:
    """A new pair. The old refresh token works for 30 minutes more, for a lost answer only (Xero fact 1.5)."""
    return _form(
        client, "token", {"grant_type": "refresh_token", "refresh_token": refresh}, "refresh the tokens"
    )


def custom_connection_request(client: Client, *, scopes: Sequence[str] = CUSTOM_CONNECTION_SCOPES) -> Request:
    """A token for the one organisation of a custom connection (client credentials)."""
    return _form(
        client, "token", {"grant_type": "client_credentials", "scope": " ".join(scopes)}, "ask for a token"
    )


def revoke_request(client: Client, refresh: str) -> Request:
    """End the consent for every organisation of that person. To leave one organisation, use `disconnect_request`."""
    return _form(client, "revocation", {"token": refresh}, "revoke the tokens")


def connections_request(access_token: str, *, auth_event: str | None = None, base_url: str = API) -> Request:
    """The organisations that the token reaches; with `auth_event` those that one consent opened."""
    query = f"?{urlencode({'authEventId': auth_event})}" if auth_event else ""
    return Request("GET", f"{base_url}/connections{query}", _bearer(access_token), what="list connections")


def disconnect_request(access_token: str, connection_id: str, *, base_url: str = API) -> Request:
    """Leave one organisation."""
    url = f"{base_url}/connections/{quote(connection_id, safe='')}"
    return Request("DELETE", url, _bearer(access_token), what="disconnect")


def _bearer(access_token: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}


def _form(client: Client, api: str, fields: dict[str, str], what: str) -> Request:
    headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
    if client.client_secret is None:
        fields = {**fields, "client_id": client.client_id}
    else:
        basic = base64.b64encode(f"{client.client_id}:{client.client_secret}".encode()).decode()
        headers["authorization"] = f"Basic {basic}"
    return Request(
        "POST", f"{client.identity_url.rstrip('/')}/connect/{api}", headers, urlencode(fields).encode(), what
    )


class _Tokens(msgspec.Struct):
    access_token: str = ""
    expires_in: int = 1800
    refresh_token: str | None = None
    scope: str = ""
    error: str = ""


def read_tokens(response: Response, now: datetime) -> TokenSet | Problem:
    """The tokens of an answer that was asked for at `now`, or why there are none. UNAVAILABLE is worth another try; CONSENT is not."""
    try:
        answer = msgspec.json.decode(response.body, type=_Tokens)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        answer = _Tokens()
    if response.status < 300 and answer.access_token:
        expires_at = now + timedelta(seconds=answer.expires_in)
        return TokenSet(answer.access_token, answer.refresh_token, expires_at, tuple(answer.scope.split()))
    return _refusal(response, answer.error)


def read_revoked(response: Response) -> Problem | None:
    """None when the consent is ended."""
    return None if response.status < 300 else _refusal(response, "")


def _refusal(response: Response, error: str) -> Problem:
    if response.status < 300 or response.status == 429 or response.status >= 500:
        return Problem(
            Cause.UNAVAILABLE,
            f"Xero could not give tokens now (status {response.status}).",
            "Nothing needs to be done; Crossfoot tries again.",
        )
    cause, what, fix = _TOKEN_ERRORS.get(error, _OTHER_TOKEN_ERROR)
    return Problem(cause, what, fix, said=error)


_OTHER_TOKEN_ERROR = (
    Cause.CONSENT,
    "Xero did not accept the request for tokens.",
    "Check client id, secret and redirect address, then connect Xero again.",
)

_TOKEN_ERRORS: Mapping[str, tuple[Cause, str, str]] = {
    "invalid_grant": (
        Cause.CONSENT,
        "Xero does not accept the stored consent any more: it ran out, was used up or was withdrawn.",
        "Connect Xero again.",
    ),
    "invalid_client": (
        Cause.INVALID,
        "Xero does not know this client id and secret.",
        "Copy both from the app's page at developer.xero.com.",
    ),
    "invalid_scope": (
        Cause.FORBIDDEN,
        "The Xero app may not ask for the permissions that Crossfoot needs.",
        f"Allow {', '.join(SCOPES)} for the app at developer.xero.com.",
    ),
    "unauthorized_client": (
        Cause.INVALID,
        "The Xero app may not connect in this way.",
        "Use a web app, a PKCE app or a custom connection, as the settings say.",
    ),
}


class _Connection(msgspec.Struct, rename="camel"):
    id: str = ""
    tenant_id: str = ""
    tenant_type: str = ""
    tenant_name: str | None = None
    auth_event_id: str | None = None

    def connection(self) -> Connection:
        return Connection(
            self.id, self.tenant_id, self.tenant_type, self.tenant_name or "", self.auth_event_id
        )


ConnectionAnswers = tuple[_Connection, ...]
"""The shape of the connections' answer."""


def read_connections(response: Response) -> tuple[Connection, ...] | Problem:
    """The organisations of an answer, or why there are none."""
    if response.status == 200:
        try:
            answers = msgspec.json.decode(response.body, type=ConnectionAnswers)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return Problem(
                Cause.UNAVAILABLE, "Xero's list of connections could not be read.", "It is tried again."
            )
        return tuple(answer.connection() for answer in answers)
    if response.status in (401, 403):
        return Problem(Cause.CONSENT, "Xero's consent has run out or was withdrawn.", "Connect Xero again.")
    return Problem(
        Cause.UNAVAILABLE,
        f"Xero did not list its connections (status {response.status}).",
        "It is tried again.",
    )


class _Claims(msgspec.Struct):
    authentication_event_id: str | None = None


def auth_event(access_token: str) -> str | None:
    """The consent that a token stems from, to be matched with `Connection.auth_event`. The token's signature is not ours to check."""
    parts = access_token.split(".")
    if len(parts) != 3:
        return None
    try:
        payload = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        return msgspec.json.decode(payload, type=_Claims).authentication_event_id
    except (ValueError, msgspec.MsgspecError):
        return None
