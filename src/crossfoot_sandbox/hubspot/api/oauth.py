"""Apps, tokens and consent (HubSpot facts 2.1 and 2.2, A19)."""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any, Literal, NamedTuple
from urllib.parse import parse_qsl, urlencode

import msgspec

from crossfoot_sandbox import jsontext
from crossfoot_sandbox.clock import Clock
from crossfoot_sandbox.hubspot.books.kinds import KINDS
from crossfoot_sandbox.hubspot.errors import Problem, expired, invalid, no_credentials
from crossfoot_sandbox.hubspot.switches import Switches
from crossfoot_sandbox.hubspot.times import milliseconds
from crossfoot_sandbox.wire import Request, Response

ACCESS_LIFE = 1_800  # seconds
CODE_LIFE = 600  # seconds; assumed

ALL_SCOPES = frozenset(
    scope
    for kind in KINDS
    for family in ("objects", "schemas")
    for right in ("read", "write")
    for scope in kind.scopes(family, right)
) | {
    "oauth",
    "crm.objects.owners.read",
    "e-commerce",
    "tax_rates.read",
    "settings.currencies.read",
    "settings.currencies.write",
    "commerce.payment_accounts.read",
    "automation",
}


@dataclass(frozen=True, slots=True)
class App:
    """An OAuth app as its developer registered it."""

    app_id: int
    client_id: str
    client_secret: str
    scopes: frozenset[str]
    redirect_uris: tuple[str, ...]
    distribution: Literal["private", "marketplace"] = "private"


@dataclass(frozen=True, slots=True)
class Access:
    """A token that calls may carry. `expires` is None for static ones."""

    token: str
    app_id: int
    portal_id: int
    scopes: frozenset[str]
    expires: int | None = None
    client_id: str = ""
    marketplace: bool = False

    @property
    def oauth(self) -> bool:
        """Whether it came from OAuth rather than from a settings page."""
        return self.expires is not None


class Code(NamedTuple):
    """A consent that waits to be exchanged."""

    app: App
    portal_id: int
    scopes: frozenset[str]
    redirect_uri: str
    challenge: str
    expires: int


@dataclass(slots=True)
class Tokens:
    """Everything that was ever granted."""

    clock: Clock
    switches: Switches
    portals: dict[int, str] = field(default_factory=dict)  # id and name
    apps: dict[str, App] = field(default_factory=dict)
    access: dict[str, Access] = field(default_factory=dict)
    refresh: dict[str, tuple[App, int, frozenset[str]]] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    made: int = 0

    def now(self) -> int:
        """Milliseconds since 1970."""
        return milliseconds(self.clock.now())

    def secret(self, kind: str) -> str:
        """A fresh text that looks like HubSpot's and is the same in every run."""
        self.made += 1
        return hashlib.blake2b(
            f"{kind}:{self.switches.seed}:{self.made}".encode(), digest_size=24
        ).hexdigest()

    def static(self, portal_id: int, scopes: Iterable[str], token: str | None) -> Access:
        """A static app's or service key's token."""
        drawn = self.secret("static")
        text = token or f"pat-na1-{drawn[:8]}-{drawn[8:12]}-{drawn[12:16]}-{drawn[16:20]}-{drawn[20:32]}"
        self.access[text] = Access(text, 90_000 + self.made, portal_id, frozenset(scopes))
        return self.access[text]

    def bearer(self, request: Request) -> Access:
        """The token of a call. Raises the 401 that fits."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise no_credentials()
        access = self.access.get(token)
        if access is None:
            raise no_credentials() if token.startswith(("pat-", "CN")) else expired(0, self.now())
        if access.expires is not None and access.expires <= self.now():
            raise expired(access.expires, self.now())
        return access

    def consent(
        self, app: App, portal_id: int, scopes: Iterable[str], redirect_uri: str = "", challenge: str = ""
    ) -> str:
        """A code that can be exchanged once."""
        code = self.secret("code")
        uri = redirect_uri or (app.redirect_uris[0] if app.redirect_uris else "")
        self.codes[code] = Code(
            app, portal_id, frozenset(scopes), uri, challenge, self.now() + CODE_LIFE * 1000
        )
        return code

    def issue(
        self, app: App, portal_id: int, scopes: frozenset[str], refresh: str | None = None
    ) -> dict[str, Any]:
        """A new access token, with the old or a new refresh token."""
        life = ACCESS_LIFE
        drawn = self.secret("access")
        token = f"CN{drawn * (1 + self.made % 4)}"  # tokens vary in size
        marketplace = app.distribution == "marketplace"
        self.access[token] = Access(
            token, app.app_id, portal_id, scopes, self.now() + life * 1000, app.client_id, marketplace
        )
        if refresh is None:
            drawn = self.secret("refresh")
            refresh = f"na1-{drawn[:8]}-{drawn[8:12]}-{drawn[12:16]}-{drawn[16:20]}-{drawn[20:32]}"
            self.refresh[refresh] = (app, portal_id, scopes)
        return {
            "token_type": "bearer",
            "refresh_token": refresh,
            "access_token": token,
            "expires_in": life,
            "token_use": "access_token",
            "hub_id": portal_id,
            "user_id": 9586504,
            "scopes": sorted(scopes),
        }

    def uninstall(self, app_id: int, portal_id: int) -> None:
        """The app leaves a portal: its tokens stop at once."""
        self.access = {
            text: access
            for text, access in self.access.items()
            if (access.app_id, access.portal_id) != (app_id, portal_id)
        }
        self.refresh = {
            text: held
            for text, held in self.refresh.items()
            if (held[0].app_id, held[1]) != (app_id, portal_id)
        }

    def answer(self, endpoint: str, request: Request, params: Mapping[str, str]) -> Response:
        """One of the token endpoints. Raises Problem."""
        form = self._form_of(request) if request.method == "POST" else {}
        match endpoint:
            case "oauth.token":
                return Response.json(200, self._token(form))
            case "oauth.introspect":
                self._app(form)
                return Response.json(200, self._introspect(form.get("token", "")))
            case "oauth.revoke":
                self._app(form)
                self.refresh.pop(form.get("token", ""), None)
                return Response(204)
            case "oauth.revoke_path":
                self.refresh.pop(params["token"], None)
                return Response(204)
            case "oauth.access_info":
                info = self._introspect(params["token"])
                if not info["active"]:
                    raise Problem(404, "Token not found", "OBJECT_NOT_FOUND")
                return Response.json(
                    200, {name: value for name, value in info.items() if name != "signed_access_token"}
                )
        info = self._introspect(params["token"])
        if not info["active"]:
            raise _refused("BAD_REFRESH_TOKEN", "missing or invalid refresh token")
        return Response.json(200, info)

    def _form_of(self, request: Request) -> Mapping[str, str]:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "application/x-www-form-urlencoded":
            return dict(parse_qsl(request.body.decode("utf-8", "replace")))
        if kind == "application/json" and self.switches.token_takes_json:
            try:
                sent = jsontext.loads(request.body)
            except msgspec.DecodeError as error:
                raise invalid(f"Invalid input JSON on line 1, column 1: {error}") from None
            return {str(name): str(value) for name, value in sent.items()} if isinstance(sent, dict) else {}
        raise Problem(415, "HTTP 415 Unsupported Media Type")

    def _token(self, form: Mapping[str, str]) -> dict[str, Any]:
        app = self._app(form)
        if form.get("grant_type") == "refresh_token":
            text = form.get("refresh_token", "")
            held = self.refresh.get(text)
            if held is None or held[0].client_id != app.client_id:
                raise _refused("BAD_REFRESH_TOKEN", "missing or invalid refresh token")
            if self.switches.refresh_rotates:
                del self.refresh[text]
                return self.issue(*held)
            return self.issue(*held, refresh=text)
        if form.get("grant_type") != "authorization_code":
            raise _refused("BAD_GRANT_TYPE", f"unknown grant_type: {form.get('grant_type', '')}")
        code = self.codes.pop(form.get("code", ""), None)
        if code is None or code.app is not app or code.expires <= self.now():
            raise _refused("BAD_AUTH_CODE", "missing or unknown auth code")
        if form.get("redirect_uri") != code.redirect_uri:
            raise _refused("BAD_REDIRECT_URI", "missing or wrong redirect uri")
        if code.challenge and code.challenge != _challenge(form.get("code_verifier", "")):
            raise _refused("BAD_AUTH_CODE", "code verifier does not match the code challenge")
        return self.issue(app, code.portal_id, code.scopes)

    def _app(self, form: Mapping[str, str]) -> App:
        app = self.apps.get(form.get("client_id", ""))
        if app is None:
            raise _refused("BAD_CLIENT_ID", "missing or unknown client id")
        if form.get("client_secret") != app.client_secret:
            raise _refused("BAD_CLIENT_SECRET", "missing or invalid client secret")
        return app

    def _introspect(self, token: str) -> dict[str, Any]:
        access = self.access.get(token)
        if access is not None and access.expires is not None and access.expires > self.now():
            common = self._about(token, access.app_id, access.client_id, access.portal_id, access.scopes)
            signed = {
                "expiresAt": access.expires,
                "scopes": "",
                "hubId": access.portal_id,
                "userId": 9586504,
                "appId": access.app_id,
                "signature": "",
                "scopeToScopeGroupPks": "",
                "newSignature": "",
                "hublet": "na1",
                "trialScopes": "",
                "trialScopeToScopeGroupPks": "",
                "isUserLevel": False,
                "installingUserId": 9586504,
                "isServiceAccount": False,
                "isPrivateDistribution": not access.marketplace,
            }
            left = (access.expires - self.now()) // 1000
            kind = {"token_type": "access", "token_use": "access_token"}
            return {**common, **kind, "expires_in": left, "signed_access_token": signed}
        held = self.refresh.get(token)
        if held is None:
            return {"active": False}
        app, portal_id, scopes = held
        about = self._about(token, app.app_id, app.client_id, portal_id, scopes)
        return {**about, "token_type": "refresh", "token_use": "refresh_token"}

    def _about(
        self, token: str, app_id: int, client_id: str, portal_id: int, scopes: frozenset[str]
    ) -> dict[str, Any]:
        return {
            "active": True,
            "token": token,
            "app_id": app_id,
            "client_id": client_id,
            "hub_id": portal_id,
            "hub_domain": f"{self.portals[portal_id]}.example.test",
            "is_private_distribution": True,
            "scopes": sorted(scopes),
            "user": "ada@example.test",
            "user_id": 9586504,
        }

    def consent_page(self, request: Request) -> Response:
        """`app.hubspot.com/oauth/authorize`: a page with a button; POST or `consent=yes` redirects with code and state."""
        if request.path.rstrip("/") != "/oauth/authorize":
            return _page(404, "<p>There is nothing here.</p>")
        asked = dict(request.query) | dict(parse_qsl(request.body.decode("utf-8", "replace")))
        app = self.apps.get(asked.get("client_id", ""))
        if app is None:
            return _page(400, "<p>The app's client id is missing or unknown.</p>")
        uri = asked.get("redirect_uri", "")
        if uri not in app.redirect_uris:
            return _page(400, "<p>The redirect URL does not match the app's settings.</p>")
        wanted = frozenset(asked.get("scope", "").split())
        optional = frozenset(asked.get("optional_scope", "").split())
        if not wanted or not wanted <= app.scopes:
            missing = ", ".join(sorted(wanted - app.scopes)) or "none were asked for"
            return _page(400, f"<p>The scopes do not match the app's settings: {escape(missing)}.</p>")
        if request.method != "POST" and asked.get("consent") != "yes":
            return _page(200, self._form(app, wanted))
        chosen = asked.get("portal_id", "")
        portal_id = int(chosen) if chosen.isdigit() else next(iter(self.portals), 0)
        if portal_id not in self.portals:
            return _page(400, "<p>There is no such account.</p>")
        code = self.consent(
            app, portal_id, wanted | (optional & app.scopes), uri, asked.get("code_challenge", "")
        )
        back = {"code": code} | ({"state": asked["state"]} if "state" in asked else {})
        joint = "&" if "?" in uri else "?"
        return Response(302, {"Location": f"{uri}{joint}{urlencode(back)}"})

    def _form(self, app: App, wanted: frozenset[str]) -> str:
        choices = "".join(
            f'<option value="{portal_id}">{escape(name)} ({portal_id})</option>'
            for portal_id, name in self.portals.items()
        )
        scopes = "".join(f"<li>{escape(scope)}</li>" for scope in sorted(wanted))
        return (
            f"<h1>Connect app {app.app_id} to HubSpot (sandbox)</h1><p>It asks for:</p><ul>{scopes}</ul>"
            f'<form method="post"><label>Account <select name="portal_id">{choices}</select></label> '
            f'<button type="submit">Connect app</button></form>'
        )


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _refused(status: str, message: str) -> Problem:
    return Problem(400, message, status=status)


def _page(status: int, content: str) -> Response:
    html = f"<!doctype html><html lang='en'><head><title>HubSpot sandbox</title></head><body>{content}</body></html>"
    return Response(status, {"Content-Type": "text/html;charset=utf-8"}, html.encode())
