"""HubSpot itself: routes a call to its endpoint, behind authentication, limits and scopes."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Literal
from uuid import UUID

import msgspec

from crossfoot_sandbox import jsontext
from crossfoot_sandbox.clock import Clock
from crossfoot_sandbox.faults import draw
from crossfoot_sandbox.hubspot.acts import later
from crossfoot_sandbox.hubspot.api import (
    associations,
    batch,
    currency_settings,
    money_settings,
    objects,
    older_links,
    paths,
    pipelines,
    properties,
    search,
    settings,
    workflows,
)
from crossfoot_sandbox.hubspot.api.call import Call
from crossfoot_sandbox.hubspot.api.limits import PER_DAY, Limits
from crossfoot_sandbox.hubspot.api.oauth import ALL_SCOPES, App, Tokens
from crossfoot_sandbox.hubspot.books.account import Surroundings, Tier
from crossfoot_sandbox.hubspot.books.book import Actor, Source
from crossfoot_sandbox.hubspot.books.webhooks import Subscriber, Subscription, Webhooks
from crossfoot_sandbox.hubspot.errors import Problem, invalid, over_limit
from crossfoot_sandbox.hubspot.pages.portal import Portal
from crossfoot_sandbox.hubspot.switches import Switches
from crossfoot_sandbox.wire import Request, Response

_TELLING = ("email", "hs_sku", "domain", "name", "dealname", "hs_title", "hs_number", "hs_reference_number")
"""Properties that tell what a call is about."""
LONGEST_URL = 8_192  # characters (B9)

_MODULES = {
    "objects": objects,
    "search": search,
    "batch": batch,
    "associations": associations,
    "properties": properties,
    "older_links": older_links,
    "workflows": workflows,
    "pipelines": pipelines,
    "money_settings": money_settings,
    "currency_settings": currency_settings,
}
Endpoint = Callable[[Call], Response]


class HubSpot:
    """The vendor: its portals, apps and tokens. A pure function of its books, the request and the clock."""

    name = "hubspot"

    def __init__(self, clock: Clock, switches: Switches | None = None) -> None:
        chosen = switches or Switches()
        self.clock = clock
        self.webhooks = Webhooks(clock, chosen, self.catch_up)
        self.tokens = Tokens(clock, chosen)
        self.limits = Limits()
        self.portals: dict[int, Portal] = {}
        self._around = Surroundings(clock, chosen, self.webhooks, later.do)
        self._answers = 0
        self._parsed: tuple[bytes, Any] = (b"", None)
        self._endpoints: dict[str, Endpoint] = {
            "settings.owners": settings.owners,
            "settings.owner": settings.owner,
            "settings.details": settings.details,
            "settings.usage": self._usage,
            "settings.uninstall": self._uninstall,
        }

    @property
    def switches(self) -> Switches:
        """What nobody knows for certain; may be replaced at any time."""
        return self._around.switches

    @switches.setter
    def switches(self, chosen: Switches) -> None:
        self._around.switches = self.webhooks.switches = self.tokens.switches = chosen

    def catch_up(self) -> None:
        """Let every portal do what it does by itself and what is due by now."""
        for portal in self.portals.values():
            portal.catch_up()

    def add_portal(
        self,
        portal_id: int,
        *,
        name: str = "Example",
        currency: str = "USD",
        time_zone: str = "US/Eastern",
        tier: Tier = "professional",
    ) -> Portal:
        """Open an account."""
        if portal_id in self.portals:
            raise ValueError(f"there is a portal {portal_id} already")
        portal = Portal(self._around, portal_id, name=name, currency=currency, time_zone=time_zone, tier=tier)
        self.portals[portal_id] = portal
        self.tokens.portals[portal_id] = name
        return portal

    def add_app(
        self,
        app_id: int,
        client_id: str,
        client_secret: str,
        scopes: Iterable[str] = ALL_SCOPES,
        redirect_uris: Iterable[str] = (),
        *,
        distribution: Literal["private", "marketplace"] = "private",
    ) -> App:
        """Register an OAuth app."""
        app = App(app_id, client_id, client_secret, frozenset(scopes), tuple(redirect_uris), distribution)
        self.tokens.apps[client_id] = app
        return app

    def static_token(
        self, portal_id: int, scopes: Iterable[str] = ALL_SCOPES, token: str | None = None
    ) -> str:
        """A token of a static app or a service key; it never expires."""
        return self.tokens.static(self.portals[portal_id].id, scopes, token).token

    def app_of(self, token: str) -> int:
        """The app id behind a token, as it stands in authors ("app:<id>") and in webhooks (`sourceId`)."""
        return self.tokens.access[token].app_id

    def grant(
        self, client_id: str, portal_id: int, scopes: Iterable[str] | None = None, redirect_uri: str = ""
    ) -> str:
        """A person's consent: an authorisation code."""
        app = self.tokens.apps[client_id]
        return self.tokens.consent(app, portal_id, app.scopes if scopes is None else scopes, redirect_uri)

    def connect(self, client_id: str, portal_id: int, scopes: Iterable[str] | None = None) -> tuple[str, str]:
        """Consent and exchange in one step: access and refresh token."""
        app = self.tokens.apps[client_id]
        pair = self.tokens.issue(app, portal_id, app.scopes if scopes is None else frozenset(scopes))
        return str(pair["access_token"]), str(pair["refresh_token"])

    def restrict(self, token: str, scopes: Iterable[str]) -> None:
        """An admin takes scopes away between two calls (A19)."""
        self.tokens.access[token] = replace(self.tokens.access[token], scopes=frozenset(scopes))

    def uninstall(self, app_id: int, portal_id: int) -> None:
        """The app is taken off a portal: 401 from now on, and refresh fails (A19)."""
        self.tokens.uninstall(app_id, portal_id)

    def subscribe(
        self,
        app_id: int,
        url: str,
        secret: str,
        subscriptions: Iterable[Subscription],
        portals: Iterable[int] | None = None,
    ) -> Subscriber:
        """An app's webhook settings, for some portals or all that exist."""
        chosen = set(self.portals if portals is None else portals)
        subscriber = Subscriber(app_id, secret, url, tuple(subscriptions), chosen)
        self.webhooks.subscribers.append(subscriber)
        return subscriber

    def operation(self, host: str, request: Request) -> tuple[str, str]:
        """The call's name without version and ids, and what it is about: an id, an e-mail, or the count of a batch."""
        if host == "app":
            return f"{request.method} {request.path}", ""
        route = paths.find(request.method, request.path)
        return f"{request.method} {route.shown}", self._subject(route, request)

    def handle(self, host: str, request: Request) -> Response:
        """Act and answer."""
        if host == "app":
            return self.tokens.consent_page(request)
        correlation = self._correlation()
        headers: dict[str, str] = {}
        try:
            response = self._answer(request, headers)
        except Problem as problem:
            headers.update(problem.headers)
            share = self.switches.bare_errors
            bare = share > 0 and draw("bare", self.switches.seed, self._answers) < share
            response = Response.json(problem.status, problem.body(correlation, bare=bare))
        return Response(
            response.status,
            {**response.headers, **headers, "x-hubspot-correlation-id": correlation},
            response.body,
        )

    def throttled(self, host: str, request: Request) -> Response:
        """The 429 of the short-term limit: rolling ten seconds, or a second for search."""
        del host
        searching = paths.find(request.method, request.path).endpoint == "search.search"
        problem = over_limit("SECONDLY" if searching else "TEN_SECONDLY_ROLLING")
        correlation = self._correlation()
        return Response.json(429, problem.body(correlation), {"x-hubspot-correlation-id": correlation})

    def _correlation(self) -> str:
        self._answers += 1
        return str(UUID(int=self._answers * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128, version=4))

    def _answer(self, request: Request, headers: dict[str, str]) -> Response:
        if request.raw_length > LONGEST_URL:
            raise Problem(414, "URI Too Long")
        route = paths.require(paths.find(request.method, request.path))
        if route.endpoint.startswith("oauth."):
            return self.tokens.answer(route.endpoint, request, route.params)
        access = self.tokens.bearer(request)
        portal = self.portals[access.portal_id]
        now = self._around.now()
        if portal.migrating_until > now:
            wait = str((portal.migrating_until - now) // 1000 + 1)
            raise Problem(
                477, "The account is being moved between data centres.", headers={"Retry-After": wait}
            )
        if self.switches.limits:
            headers.update(self.limits.check(access, portal, route.endpoint, now))
        portal.catch_up()
        version = route.version
        writes = request.method != "GET" and route.endpoint not in (
            "batch.read",
            "search.search",
            "associations.batch_read",
            "workflows.batch_read",
            "currency_settings.batch_read",
        )
        if writes and version == "2026-09" and not self.switches.edit_associations:
            raise Problem(400, "Missing 'Edit Associations' permission.")
        app_id = str(access.app_id)
        actor = Actor(f"app:{app_id}", Source("INTEGRATION", app_id), version, "INTEGRATION")
        body = self._body(request) if request.method in ("POST", "PUT", "PATCH") else None
        call = Call(portal, access, request, version, route.params, body, actor, now)
        return self._endpoint(route.endpoint)(call)

    def _endpoint(self, name: str) -> Endpoint:
        found = self._endpoints.get(name)
        if found is None:
            module, _, function = name.partition(".")
            found = getattr(_MODULES[module], "list_" if function == "list" else function)
            self._endpoints[name] = found
        return found

    def _body(self, request: Request) -> Any:
        if not request.body:
            return None
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise Problem(415, "HTTP 415 Unsupported Media Type")
        try:
            return self._parse(request.body)
        except msgspec.DecodeError as error:
            raise invalid(f"Invalid input JSON on line 1, column 1: {error}") from None

    def _parse(self, body: bytes) -> Any:
        if self._parsed[0] is not body:
            self._parsed = (body, jsontext.loads(body))
        return self._parsed[1]

    def _subject(self, route: paths.Route, request: Request) -> str:
        for name in ("id", "name", "group"):
            if name in route.params:
                return route.params[name]
        if request.method != "POST" or not request.body or route.endpoint.startswith("oauth."):
            return ""
        try:
            body = self._parse(request.body)
        except msgspec.DecodeError:
            return ""
        if not isinstance(body, dict):
            return ""
        if isinstance(body.get("inputs"), list):
            return str(len(body["inputs"]))
        sent = body.get("properties")
        if isinstance(sent, dict):
            return str(next((sent[name] for name in _TELLING if sent.get(name)), ""))
        return str(body.get("name") or body.get("primaryObjectId") or body.get("objectId") or "")

    def _usage(self, call: Call) -> Response:
        """Calls of the day, for private apps."""
        used = self.limits.used_today(call.account, call.now)
        entry = {
            "name": "Private Apps API Calls Daily",
            "usageLimit": PER_DAY[call.account.tier],
            "currentUsage": used,
            "collectedAt": call.account.around.clock.now().isoformat(),
            "fetchStatus": "SUCCESS",
            "resetsAt": None,
        }
        return Response.json(200, {"results": [entry]})

    def _uninstall(self, call: Call) -> Response:
        self.tokens.uninstall(call.access.app_id, call.account.id)
        return Response(204)
