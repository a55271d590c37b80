"""How each system is reached: what was agreed at connect, kept sealed, and turned into tokens and a system again.

HubSpot: a static token (of a private app or a service key), or an OAuth app. Xero: an OAuth app, or a custom connection, which asks for a new
token by itself whenever the last one ends (Xero fact 1.4).
"""

from dataclasses import dataclass, field, fields
from typing import Any

from crossfoot.model.problems import Cause, Problem
from crossfoot.runtime.tokens import InvalidGrant, Pair, Refresh, RotatingTokens, StaticTokens
from crossfoot.store.database import Database, Tx
from crossfoot.store.secrets import Secrets
from crossfoot.store.values import decode, encode
from crossfoot.systems.hubspot import auth as hubspot_auth
from crossfoot.systems.hubspot.system import HubSpotSystem
from crossfoot.systems.port import Budget, Clock, Request, Send, System, Tokens, Trouble
from crossfoot.systems.xero import auth as xero_auth
from crossfoot.systems.xero.system import XeroSystem

_NAME = "access"


@dataclass(frozen=True, slots=True)
class HubSpotAccess:
    """The way to one portal: a static `token`, or the app that was consented to."""

    token: str = field(default="", repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    redirect_uri: str = ""
    api_url: str = hubspot_auth.API
    app_url: str = hubspot_auth.APP

    @property
    def client(self) -> hubspot_auth.Client:
        """The app."""
        return hubspot_auth.Client(
            self.client_id, self.client_secret, self.redirect_uri, base_url=self.api_url
        )


@dataclass(frozen=True, slots=True)
class XeroAccess:
    """The way to one organisation: `tenant`; it is empty for a custom connection, whose token knows its organisation."""

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str = ""
    custom: bool = False
    tenant: str = ""
    api_url: str = xero_auth.API
    identity_url: str = xero_auth.IDENTITY
    login_url: str = xero_auth.LOGIN

    @property
    def client(self) -> xero_auth.Client:
        """The app."""
        return xero_auth.Client(
            self.client_id, self.client_secret, self.redirect_uri, self.login_url, self.identity_url
        )


Access = HubSpotAccess | XeroAccess


def system_of(access: Access) -> str:
    """The name under which its credentials are kept."""
    return "hubspot" if isinstance(access, HubSpotAccess) else "xero"


async def keep_access(tx: Tx, secrets: Secrets, connection: str, access: Access) -> None:
    """Store it, sealed."""
    told = {part.name: getattr(access, part.name) for part in fields(access)}
    await secrets.put(tx, connection, system_of(access), _NAME, encode(told))


async def kept_access(tx: Tx, secrets: Secrets, connection: str) -> tuple[HubSpotAccess, XeroAccess]:
    """What was stored at connect. Raises `SecretTrouble`, or `Trouble` (CONSENT) where there is nothing."""
    found: dict[str, Any] = {}
    for system, title in (("hubspot", "HubSpot"), ("xero", "Xero")):
        kept = await secrets.get(tx, connection, system, _NAME)
        if kept is None:
            raise Trouble(
                Problem(
                    Cause.CONSENT,
                    f"No credentials for {title} are stored.",
                    "Connect again with 'crossfoot connect'.",
                )
            )
        found[system] = decode(kept.text)
    return HubSpotAccess(**found["hubspot"]), XeroAccess(**found["xero"])


@dataclass(frozen=True, slots=True)
class Doors:
    """Everything through which a system reaches the world."""

    send: Send
    clock: Clock
    budget: Budget
    database: Database
    secrets: Secrets
    holder: str
    """This process, uniquely."""


def hubspot(access: HubSpotAccess, doors: Doors, tokens: Tokens, account: str | None = None) -> System:
    """The portal; `account` is the one that was found at connect (`Identity.key`)."""
    return HubSpotSystem(
        doors.send, tokens, doors.clock, doors.budget, base_url=access.api_url, account=account
    )


def xero(access: XeroAccess, doors: Doors, tokens: Tokens) -> System:
    """The organisation."""
    return XeroSystem(
        send=doors.send,
        tokens=tokens,
        clock=doors.clock,
        budget=doors.budget,
        tenant=access.tenant,
        base_url=access.api_url,
    )


def stored_tokens(access: Access, doors: Doors, connection: str) -> Tokens:
    """The tokens of a connection that is stored."""
    if isinstance(access, HubSpotAccess) and access.token:
        return StaticTokens(access.token, "HubSpot")
    return RotatingTokens(
        doors.database,
        doors.secrets,
        doors.clock,
        refresher(access, doors.send, doors.clock),
        connection=connection,
        system=system_of(access),
        holder=doors.holder,
        title="HubSpot" if isinstance(access, HubSpotAccess) else "Xero",
    )


def refresher(access: Access, send: Send, clock: Clock) -> Refresh:
    """How the next pair of tokens is got."""

    async def refresh(token: str) -> Pair:
        if isinstance(access, HubSpotAccess):
            request = hubspot_auth.refresh_request(access.client, token)
        elif access.custom:
            request = xero_auth.custom_connection_request(access.client)
        else:
            request = xero_auth.refresh_request(access.client, token)
        found = await ask_for_tokens(access, request, send, clock, refresh=token)
        if isinstance(found, Problem):
            if found.cause is Cause.CONSENT and not (isinstance(access, XeroAccess) and access.custom):
                raise InvalidGrant(found.what)
            raise Trouble(found, retry_after=30.0 if found.cause is Cause.UNAVAILABLE else None)
        return found.pair

    return refresh


@dataclass(frozen=True, slots=True)
class Granted:
    """Tokens, and what they allow."""

    pair: Pair
    scopes: tuple[str, ...]


async def ask_for_tokens(
    access: Access, request: Request, send: Send, clock: Clock, *, refresh: str = ""
) -> Granted | Problem:
    """The tokens that a vendor gives, or why it gives none. Raises `NotSent` or `NoAnswer`."""
    asked_at = clock.now()
    response = await send(request)
    told: hubspot_auth.TokenSet | xero_auth.TokenSet | Problem
    if isinstance(access, HubSpotAccess):
        told = hubspot_auth.read_tokens(response, asked_at, refresh=refresh)
    else:
        told = xero_auth.read_tokens(response, asked_at)
    if isinstance(told, Problem):
        return told
    return Granted(Pair(told.access, told.refresh or refresh, told.expires_at), told.scopes)


def scopes_of(access: Access) -> tuple[str, ...]:
    """The permissions that Crossfoot asks for, and cannot do without."""
    if isinstance(access, HubSpotAccess):
        return hubspot_auth.SCOPES
    return xero_auth.CUSTOM_CONNECTION_SCOPES if access.custom else xero_auth.SCOPES


def consent_url(access: Access, state: str) -> str:
    """Where a person consents; the answer comes to the redirect address with a code and `state`."""
    if isinstance(access, HubSpotAccess):
        return hubspot_auth.authorize_url(access.client, state, app_url=access.app_url)
    return xero_auth.authorize_url(access.client, state)


def exchange(access: Access, code: str) -> Request:
    """The code for tokens."""
    if isinstance(access, HubSpotAccess):
        return hubspot_auth.exchange_request(access.client, code)
    return xero_auth.exchange_request(access.client, code)
