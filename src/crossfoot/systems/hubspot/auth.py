"""OAuth with HubSpot: pure request building and answer reading (HubSpot facts 2.1, 2.3). Static tokens need none of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from crossfoot.model.problems import Cause, Problem
from crossfoot.systems.hubspot.errors import error_body
from crossfoot.systems.hubspot.paths import VERSION, path
from crossfoot.systems.port import Request, Response

API = "https://api.hubapi.com"
APP = "https://app.hubspot.com"

SCOPES: tuple[str, ...] = (
    "oauth",
    "crm.objects.contacts.read",
    "crm.objects.contacts.write",
    "crm.schemas.contacts.read",
    "crm.schemas.contacts.write",
    "crm.objects.companies.read",
    "crm.objects.companies.write",
    "crm.schemas.companies.read",
    "crm.schemas.companies.write",
    "crm.objects.products.read",
    "crm.objects.products.write",
)
"""Exactly what contacts, companies and products need."""

DOCUMENT_SCOPES: tuple[str, ...] = (
    "crm.objects.deals.read",
    "crm.objects.deals.write",
    "crm.schemas.deals.read",
    "crm.schemas.deals.write",
    "crm.objects.line_items.read",
    "crm.objects.line_items.write",
    "crm.objects.invoices.read",
    "crm.objects.invoices.write",
    "crm.schemas.invoices.read",
    "crm.schemas.invoices.write",
    "tax_rates.read",
)
"""What invoices and deals need besides."""

OPTIONAL_SCOPES: tuple[str, ...] = ("e-commerce", *DOCUMENT_SCOPES)
"""Making product properties needs the first, and not every portal can grant it; the others are for those who sync documents."""


@dataclass(frozen=True, slots=True)
class Client:
    """The app that asks for consent."""

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    version: str = VERSION
    base_url: str = API


@dataclass(frozen=True, slots=True)
class TokenSet:
    """A granted pair. Always store what comes back, and refresh one at a time: whether the refresh token changes is not documented."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime
    scopes: tuple[str, ...] = ()


def authorize_url(
    client: Client,
    state: str,
    *,
    scopes: Sequence[str] = SCOPES,
    optional: Sequence[str] = OPTIONAL_SCOPES,
    app_url: str = APP,
) -> str:
    """Where a person consents. HubSpot redirects to `redirect_uri` with `code` and `state`."""
    query = {
        "client_id": client.client_id,
        "redirect_uri": client.redirect_uri,
        "scope": " ".join(scopes),
        "optional_scope": " ".join(optional),
        "state": state,
    }
    kept = {name: value for name, value in query.items() if value}
    return f"{app_url.rstrip('/')}/oauth/authorize?{urlencode(kept, quote_via=quote)}"


def exchange_request(client: Client, code: str, *, verifier: str | None = None) -> Request:
    """The code, good once, for tokens."""
    fields = {"grant_type": "authorization_code", "redirect_uri": client.redirect_uri, "code": code}
    if verifier:
        fields["code_verifier"] = verifier
    return _form(client, "token", fields, "exchange the code for tokens")


def refresh_request(client: Client, refresh: str) -> Request:
    """A new pair for the refresh token."""
    return _form(
        client, "token", {"grant_type": "refresh_token", "refresh_token": refresh}, "refresh the tokens"
    )


def revoke_request(client: Client, refresh: str) -> Request:
    """End the refresh token. The access token lives on until it expires, and the app stays installed."""
    return _form(
        client, "revoke", {"token": refresh, "token_type_hint": "refresh_token"}, "revoke the tokens"
    )


def _form(client: Client, api: str, fields: dict[str, str], what: str) -> Request:
    everything = {**fields, "client_id": client.client_id, "client_secret": client.client_secret}
    return Request(
        "POST",
        client.base_url.rstrip("/") + path(api, client.version),
        {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"},
        urlencode(everything).encode(),
        what,
    )


class _Granted(msgspec.Struct):
    access_token: str
    expires_in: int
    refresh_token: str = ""
    scopes: list[str] | None = None


def read_tokens(
    response: Response, now: datetime, *, refresh: str = "", scopes: Sequence[str] = ()
) -> TokenSet | Problem:
    """The tokens of an answer, or why there are none. `refresh` and `scopes` stand in where the answer repeats them not."""
    if response.status < 300:
        try:
            granted = msgspec.json.decode(response.body, type=_Granted)
        except msgspec.DecodeError:
            return Problem(
                Cause.UNREADABLE, "HubSpot's answer about tokens could not be read.", "Try to connect again."
            )
        return TokenSet(
            access=granted.access_token,
            refresh=granted.refresh_token or refresh,
            expires_at=now + timedelta(seconds=granted.expires_in),
            scopes=tuple(granted.scopes) if granted.scopes is not None else tuple(scopes),
        )
    return _refusal(response)


def read_revoked(response: Response) -> Problem | None:
    """None when the refresh token is ended."""
    return None if response.status < 300 else _refusal(response)


_REFUSALS: dict[str, tuple[Cause, str, str]] = {
    "BAD_REFRESH_TOKEN": (
        Cause.CONSENT,
        "HubSpot does not accept the stored consent any more: it was revoked, or the app was removed from the portal.",
        "Connect HubSpot again.",
    ),
    "BAD_AUTH_CODE": (
        Cause.CONSENT,
        "HubSpot does not accept the consent code: it is used up or too old.",
        "Start connecting HubSpot again.",
    ),
    "BAD_CLIENT_ID": (
        Cause.INVALID,
        "HubSpot does not know the app's client id.",
        "Copy the client id from the app's Auth page in HubSpot.",
    ),
    "BAD_CLIENT_SECRET": (
        Cause.INVALID,
        "HubSpot does not accept the app's client secret.",
        "Copy the client secret from the app's Auth page in HubSpot.",
    ),
    "BAD_REDIRECT_URI": (
        Cause.INVALID,
        "HubSpot does not know the redirect address.",
        "Add Crossfoot's redirect address to the app's redirect URLs in HubSpot.",
    ),
}


def _refusal(response: Response) -> Problem:
    error = error_body(response.body)
    if response.status >= 500 or response.status == 429:
        return Problem(
            Cause.UNAVAILABLE,
            f"HubSpot could not give tokens now (status {response.status}).",
            "Nothing needs to be done; Crossfoot tries again.",
        )
    status = _status(response.body)
    if status not in _REFUSALS and (status == "invalid_grant" or "refresh token" in error.message):
        status = "BAD_REFRESH_TOKEN"
    cause, what, fix = _REFUSALS.get(
        status,
        (
            Cause.CONSENT,
            f"HubSpot refused to give tokens (status {response.status}).",
            "Connect HubSpot again.",
        ),
    )
    return Problem(cause, what, fix, said=error.message)


def _status(raw: bytes) -> str:
    """The refusal's name: `status`, or `error` in the form of the OAuth standard."""
    try:
        body: Any = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    names = [body.get("status"), body.get("error")] if isinstance(body, dict) else []
    return next(
        (name for name in names if isinstance(name, str) and (name in _REFUSALS or name == "invalid_grant")),
        "",
    )
