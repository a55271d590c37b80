"""Who may call: apps, consents, connections and the tokens of identity.xero.com (Xero facts 1.1 to 1.7)."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from math import inf
from typing import Protocol

from crossfoot_sandbox import jsontext
from crossfoot_sandbox.clock import Clock
from crossfoot_sandbox.xero.errors import Problem
from crossfoot_sandbox.xero.shape import Json, guid, moment
from crossfoot_sandbox.xero.switches import Switches

ACCESS_SECONDS = 1_800
CODE_SECONDS = 300
GRACE_SECONDS = 1_800
IDLE_SECONDS = 60 * 86_400
ID_TOKEN_SECONDS = 300
EVERYONES_SCOPES = frozenset({"openid", "profile", "email", "offline_access"})
CONNECTIONS_SCOPE = "app.connections"
_SIGNING_KEY = b"sandbox-only-signing-key"


class OAuthError(Exception):
    """A refusal of the token endpoint: 400 with `{"error": code}`."""

    def __init__(self, code: str, description: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.description = description


@dataclass(frozen=True, slots=True)
class App:
    """An app of the developer portal. No secret means a public client (PKCE); `tenant_id` makes it a custom connection."""

    client_id: str
    client_secret: str | None
    scopes: frozenset[str]
    redirect_uris: tuple[str, ...]
    name: str
    tier: str
    tenant_id: str | None = None


@dataclass(slots=True)
class Connection:
    """An organisation that a person connected to an app."""

    id: str
    client_id: str
    user: str
    tenant_id: str
    auth_event_id: str
    created_ms: int
    updated_ms: int


@dataclass(frozen=True, slots=True)
class Access:
    """What a valid access token allows. `tenant_id` is set for custom connections only."""

    app: App
    user: str
    scopes: frozenset[str]
    auth_event_id: str
    expires: float
    tenant_id: str | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """The answer of the token endpoint."""

    access_token: str
    refresh_token: str | None
    id_token: str | None
    scope: str
    auth_event_id: str

    def payload(self) -> Json:
        """As the endpoint writes it."""
        body: Json = {"access_token": self.access_token, "expires_in": ACCESS_SECONDS, "token_type": "Bearer"}
        if self.id_token:
            body["id_token"] = self.id_token
        if self.refresh_token:
            body["refresh_token"] = self.refresh_token
        return {**body, "scope": self.scope}


@dataclass(slots=True)
class _Refresh:
    client_id: str
    user: str
    scopes: frozenset[str]
    auth_event_id: str
    dies: float
    doomed: float = inf  # when its whole family dies, because a rival was issued later
    pairs: list[Pair] = field(default_factory=list)  # issued from this token, oldest first


@dataclass(frozen=True, slots=True)
class _Code:
    client_id: str
    user: str
    scopes: frozenset[str]
    auth_event_id: str
    redirect_uri: str
    challenge: str | None
    expires: float


class _Clocked(Protocol):
    clock: Clock
    switches: Switches


class Identity:
    """Apps, connections and live tokens."""

    def __init__(self, xero: _Clocked) -> None:
        self._xero = xero
        self._drawn = 0
        self.apps: dict[str, App] = {}
        self.connections: dict[str, Connection] = {}
        self._by_tenant: dict[tuple[str, str, str], Connection] = {}
        self._granted: dict[tuple[str, str], frozenset[str]] = {}
        self._codes: dict[str, _Code] = {}
        self._access: dict[str, Access] = {}
        self._refresh: dict[str, _Refresh] = {}

    # Consent

    def consent(self, app: App, tenants: Iterable[str], scopes: frozenset[str], user: str) -> str:
        """A person connects organisations to an app. Scopes add up over consents (fact 1.7). Returns the authentication event's id."""
        event = self._draw("authentication event")
        self._granted[app.client_id, user] = self._granted.get((app.client_id, user), frozenset()) | scopes
        now = round(self._xero.clock.seconds() * 1000)
        for tenant in tenants:
            known = self._by_tenant.get((app.client_id, user, tenant))
            if known is None:
                connection = Connection(
                    self._draw("connection"), app.client_id, user, tenant, event, now, now
                )
                self.connections[connection.id] = connection
                self._by_tenant[app.client_id, user, tenant] = connection
            else:
                known.updated_ms = now
                if not self._xero.switches.reconnect_keeps_auth_event:
                    known.auth_event_id = event
        return event

    def code(self, app: App, user: str, event: str, redirect_uri: str, challenge: str | None) -> str:
        """A single-use authorisation code, good for five minutes."""
        code = self._draw("code").replace("-", "")
        scopes = self._granted[app.client_id, user]
        expires = self._xero.clock.seconds() + CODE_SECONDS
        self._codes[code] = _Code(app.client_id, user, scopes, event, redirect_uri, challenge, expires)
        return code

    def missing_scopes(self, app: App, scopes: Iterable[str]) -> set[str]:
        """Requested scopes that the app was not assigned; a single one fails the whole consent."""
        return set(scopes) - app.scopes - EVERYONES_SCOPES

    # Tokens

    def redeem(self, app: App, code: str, redirect_uri: str, verifier: str | None) -> Pair:
        """`grant_type=authorization_code`."""
        found = self._codes.pop(code, None)
        if found is None or found.client_id != app.client_id or found.redirect_uri != redirect_uri:
            raise OAuthError("invalid_grant")
        if found.expires <= self._xero.clock.seconds():
            raise OAuthError("invalid_grant")
        if found.challenge is not None and (verifier is None or _challenge(verifier) != found.challenge):
            raise OAuthError("invalid_grant")
        return self.issue(app, found.user, found.scopes, found.auth_event_id)

    def refresh(self, app: App, token: str) -> Pair:
        """`grant_type=refresh_token`: a new pair; the old token works 30 minutes more, for a reply that was lost."""
        now = self._xero.clock.seconds()
        found = self._refresh.get(token)
        if found is None or found.client_id != app.client_id or found.dies <= now:
            raise OAuthError("invalid_grant")
        if found.pairs and self._xero.switches.refresh_in_grace == "same":
            return found.pairs[-1]
        pair = self.issue(app, found.user, found.scopes, found.auth_event_id)
        if found.pairs:
            self._supersede(found.pairs[-1], now + GRACE_SECONDS)
        else:
            found.dies = min(found.dies, now + GRACE_SECONDS)
        if found.doomed < inf:
            self._supersede(pair, found.doomed)
        found.pairs.append(pair)
        return pair

    def _supersede(self, pair: Pair, dies: float) -> None:
        """Only the last family issued outlives the grace window: the loser of a race dies with all that came from it."""
        loser = self._refresh.get(pair.refresh_token or "")
        if loser is not None:
            loser.doomed = min(loser.doomed, dies)
            loser.dies = min(loser.dies, dies)
            for child in loser.pairs:
                self._supersede(child, dies)

    def client_credentials(self, app: App, scopes: frozenset[str]) -> Pair:
        """A custom connection's token, without refresh token; an ordinary app gets one for managing connections only."""
        if app.tenant_id is None and scopes != {CONNECTIONS_SCOPE}:
            raise OAuthError("unauthorized_client")
        wanted = scopes or app.scopes
        if wanted - app.scopes:
            raise OAuthError("invalid_scope")
        return self.issue(app, "", wanted - EVERYONES_SCOPES, self._draw("authentication event"))

    def issue(self, app: App, user: str, scopes: frozenset[str], event: str) -> Pair:
        """A new access token and, with `offline_access`, a refresh token."""
        now = self._xero.clock.seconds()
        expires = now + ACCESS_SECONDS
        claims = {
            "nbf": int(now),
            "exp": int(expires),
            "iss": "https://identity.xero.com",
            "aud": "https://identity.xero.com/resources",
            "client_id": app.client_id,
            "sub": guid("xero subject", user),
            "xero_userid": guid("xero user", user),
            "authentication_event_id": event,
            "jti": self._draw("access token"),
            "scope": sorted(scopes),
        }
        access = _jwt(claims)
        self._access[access] = Access(app, user, scopes, event, expires, app.tenant_id)
        refresh = None
        if "offline_access" in scopes:
            refresh = self._draw("refresh token").replace("-", "")
            self._refresh[refresh] = _Refresh(app.client_id, user, scopes, event, now + IDLE_SECONDS)
        id_token = None
        if "openid" in scopes:
            id_token = _jwt(
                {
                    **claims,
                    "aud": app.client_id,
                    "exp": int(now + ID_TOKEN_SECONDS),
                    "email": f"{user}@example.test",
                }
            )
        return Pair(access, refresh, id_token, " ".join(sorted(scopes)), event)

    def revoke(self, app: App, token: str) -> None:
        """Kill a refresh token and every connection that its person made to this app (fact 1.1). Unknown tokens are no error."""
        found = self._refresh.get(token)
        if found is None or found.client_id != app.client_id:
            return
        for key in [
            k for k, r in self._refresh.items() if (r.client_id, r.user) == (app.client_id, found.user)
        ]:
            del self._refresh[key]
        self._granted.pop((app.client_id, found.user), None)
        for connection in [
            c for c in self.connections.values() if (c.client_id, c.user) == (app.client_id, found.user)
        ]:
            self.drop(connection)

    def drop(self, connection: Connection) -> None:
        """Disconnect one organisation. Nothing is announced; calls answer 403 from now on."""
        self.connections.pop(connection.id, None)
        self._by_tenant.pop((connection.client_id, connection.user, connection.tenant_id), None)

    # Calls

    def access(self, authorization: str | None) -> Access:
        """What the bearer token allows. Raises the 401 problem."""
        scheme, _, token = (authorization or "").partition(" ")
        found = self._access.get(token.strip()) if scheme.lower() == "bearer" else None
        if found is None:
            raise Problem(401, "AuthenticationUnsuccessful")
        if found.expires <= self._xero.clock.seconds():
            when = moment(round(found.expires * 1000))
            raise Problem(401, f"TokenExpired: token expired at {when:%m/%d/%Y %H:%M:%S}")
        return found

    def tenant(self, access: Access, header: str | None) -> str:
        """The organisation that the call is about. Raises 403 when this person has not connected it to this app."""
        if access.tenant_id is not None:
            if header and header.lower() != access.tenant_id:
                raise Problem(403, "AuthenticationUnsuccessful")
            return access.tenant_id
        tenant = (header or "").lower()
        if (access.app.client_id, access.user, tenant) not in self._by_tenant:
            raise Problem(403, "AuthenticationUnsuccessful")
        return tenant

    def connections_of(self, access: Access) -> list[Connection]:
        """The rows of `/connections` for this token."""
        mine = [c for c in self.connections.values() if c.client_id == access.app.client_id]
        return mine if CONNECTIONS_SCOPE in access.scopes else [c for c in mine if c.user == access.user]

    def add_custom(self, app: App, tenant_id: str) -> None:
        """The connection of a custom connection: made by the organisation's own administrator, once."""
        self.consent(app, [tenant_id], app.scopes, "")

    def _draw(self, what: str) -> str:
        self._drawn += 1
        return guid("xero identity", what, self._drawn)


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _jwt(claims: Json) -> str:
    head = urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').rstrip(b"=")
    body = urlsafe_b64encode(jsontext.dumps(claims)).rstrip(b"=")
    signature = urlsafe_b64encode(hmac.digest(_SIGNING_KEY, head + b"." + body, "sha256")).rstrip(b"=")
    return b".".join((head, body, signature)).decode()
