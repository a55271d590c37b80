"""Xero itself: three hosts (`api`, `identity`, `login`), every organisation, and the way of a call through them.

One call to the API passes, in this order: token, organisation, outage, rate limits, scope, idempotency key, endpoint.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

import msgspec

from crossfoot_sandbox import jsontext
from crossfoot_sandbox.clock import Clock
from crossfoot_sandbox.wire import Request, Response
from crossfoot_sandbox.xero.api import document_calls, groupings, login, record_calls, settings
from crossfoot_sandbox.xero.api.call import Call
from crossfoot_sandbox.xero.api.idempotency import Idempotency
from crossfoot_sandbox.xero.api.identity import Access, App, Identity, Pair
from crossfoot_sandbox.xero.api.limits import DAY_BY_TIER, Limits
from crossfoot_sandbox.xero.books import charts
from crossfoot_sandbox.xero.books.organisation import Organisation, new_details
from crossfoot_sandbox.xero.books.webhooks import Webhooks
from crossfoot_sandbox.xero.errors import MethodNotAllowed, NotFound, Offline, Problem, XeroError
from crossfoot_sandbox.xero.kinds.table import new_books
from crossfoot_sandbox.xero.pages.office import Office
from crossfoot_sandbox.xero.shape import Answer, guid, is_guid, respond, respond_error
from crossfoot_sandbox.xero.switches import Switches

DEFAULT_CURRENCIES = ("USD", "CAD", "EUR", "GBP", "AUD", "NZD")
_API = "/api.xro/2.0/"
_DEFAULT_SWITCHES = Switches()
_SETTINGS = frozenset({"accounting.settings"})
_CONTACTS = frozenset({"accounting.contacts"})
_INVOICES = frozenset({"accounting.invoices", "accounting.transactions"})
_PAYMENTS = frozenset({"accounting.payments", "accounting.transactions"})
_BANK = frozenset({"accounting.banktransactions", "accounting.transactions"})
_NAMED_KEYS = {"contacts", "items", "taxrates", "invoices", "creditnotes"}

Endpoint = Callable[[Call], Answer]
_ROUTES: Mapping[str, tuple[str, Endpoint, frozenset[str]]] = {
    "organisation": ("Organisation", settings.organisation_calls, _SETTINGS),
    "accounts": ("Accounts", settings.account_calls, _SETTINGS),
    "taxrates": ("TaxRates", settings.tax_rate_calls, _SETTINGS),
    "currencies": ("Currencies", settings.currency_calls, _SETTINGS),
    "trackingcategories": ("TrackingCategories", groupings.tracking_calls, _SETTINGS),
    "brandingthemes": ("BrandingThemes", settings.theme_calls, _SETTINGS),
    "contactgroups": ("ContactGroups", groupings.group_calls, _CONTACTS),
    "contacts": ("Contacts", record_calls.contact_calls, _CONTACTS),
    "items": ("Items", record_calls.item_calls, _SETTINGS),
    "invoices": ("Invoices", document_calls.invoice_calls, _INVOICES),
    "creditnotes": ("CreditNotes", document_calls.credit_note_calls, _INVOICES),
    "payments": ("Payments", document_calls.payment_calls, _PAYMENTS),
    "overpayments": ("Overpayments", document_calls.overpayment_calls, _PAYMENTS),
    "prepayments": ("Prepayments", document_calls.prepayment_calls, _PAYMENTS),
    "repeatinginvoices": ("RepeatingInvoices", document_calls.repeating_calls, _INVOICES),
    "banktransactions": ("BankTransactions", document_calls.bank_transaction_calls, _BANK),
}


class Xero:
    """The stand-in. `switches` may be replaced at any time; `in_flight` is raised and lowered by whoever serves real HTTP."""

    name = "xero"

    def __init__(self, clock: Clock, switches: Switches = _DEFAULT_SWITCHES) -> None:
        self.clock = clock
        self.switches = switches
        self.in_flight: Counter[str] = Counter()  # calls under way by tenant id, the present one included
        self.organisations: dict[str, Office] = {}
        self.identity = Identity(self)
        self.webhooks = Webhooks(clock, lambda: self.switches, self._connected)
        self._limits = Limits()
        self._idempotency = Idempotency()
        self._calls = 0

    # Making a world

    def add_organisation(
        self,
        name: str = "Sandbox Company (NZ)",
        country: str = "NZ",
        base_currency: str = "",
        short_code: str = "",
        currencies: Iterable[str] = DEFAULT_CURRENCIES,
    ) -> Office:
        """A new organisation in NZ, AU, GB (or UK) or US, with that country's chart of accounts and tax rates."""
        country = {"UK": "GB"}.get(country, country)
        if country not in charts.COUNTRIES:
            raise ValueError(f"no chart of accounts for {country}; there are {', '.join(charts.COUNTRIES)}")
        tenant_id = guid("xero tenant", name, len(self.organisations))
        base = base_currency or charts.COUNTRIES[country].currency
        details = new_details(
            tenant_id,
            name,
            country,
            base=base,
            short_code=short_code,
            now_ms=int(self.clock.seconds() * 1000),
        )
        made = Office(
            tenant_id,
            details,
            currencies,
            new_books(tenant_id),
            clock=self.clock,
            switches=lambda: self.switches,
            announce=self.webhooks.note,
        )
        self.organisations[tenant_id] = made
        return made

    def add_app(
        self,
        client_id: str,
        client_secret: str | None,
        scopes: Iterable[str],
        redirect_uris: Iterable[str] = (),
        *,
        name: str = "",
        tier: str = "core",
    ) -> App:
        """An app of the developer portal; no secret makes it a public (PKCE) client. ValueError for what the portal refuses."""
        uris = tuple(redirect_uris)
        for uri in uris:
            if not uri.startswith(("https://", "http://localhost")):
                raise ValueError(f"Xero refuses the redirect URI {uri}: it must be https or http://localhost")
        if tier not in DAY_BY_TIER:
            raise ValueError(f"no such tier: {tier}")
        app = App(client_id, client_secret, frozenset(scopes), uris, name or client_id, tier)
        self.identity.apps[client_id] = app
        return app

    def custom_connection(
        self,
        client_id: str,
        client_secret: str,
        organisation: Organisation,
        scopes: Iterable[str],
        *,
        tier: str = "core",
    ) -> App:
        """An app tied to one organisation, with client credentials and no consent page."""
        app = App(client_id, client_secret, frozenset(scopes), (), client_id, tier, organisation.tenant_id)
        self.identity.apps[client_id] = app
        self.identity.add_custom(app, organisation.tenant_id)
        return app

    def grant(
        self,
        client_id: str,
        organisations: Iterable[Organisation],
        scopes: Iterable[str] | None = None,
        user: str = "ben",
    ) -> Pair:
        """A consent and its first tokens in one step; without scopes all that the app was assigned, and `offline_access`."""
        app = self.identity.apps[client_id]
        wanted = frozenset(scopes) if scopes is not None else app.scopes | {"offline_access"}
        missing = self.identity.missing_scopes(app, wanted)
        if missing:
            raise ValueError(f"scopes not assigned to the app: {', '.join(sorted(missing))}")
        event = self.identity.consent(app, [o.tenant_id for o in organisations], wanted, user)
        return self.identity.issue(app, user, wanted, event)

    def disconnect(self, client_id: str, organisation: Organisation) -> None:
        """Somebody removes the app in Xero's own pages: no webhook tells of it, calls answer 403."""
        for connection in list(self.identity.connections.values()):
            if (connection.client_id, connection.tenant_id) == (client_id, organisation.tenant_id):
                self.identity.drop(connection)

    # The vendor's side of the sandbox

    def operation(self, host: str, request: Request) -> tuple[str, str]:
        """The call's name and subject; ids in paths become `{id}`, batches are told by their number of elements."""
        path = request.path
        if host != "api" or not path.lower().startswith(_API):
            parts = path.split("/")
            named = "/".join("{id}" if is_guid(part) else part for part in parts)
            return f"{request.method} {named}", next((part for part in parts if is_guid(part)), "")
        parts = path[len(_API) :].split("/")
        resource = parts[0].lower()
        route = _ROUTES.get(resource)
        ids = [
            part
            for place, part in enumerate(parts[1:], start=1)
            if is_guid(part) or (place == 1 and resource in _NAMED_KEYS)
        ]
        words = [route[0] if route else parts[0], *("{id}" if part in ids else part for part in parts[1:])]
        subject = ids[0] if ids else ""
        if not ids and request.body and route is not None:
            subject = _count(request.body, route[0])
        return f"{request.method} /{'/'.join(words)}", subject

    def handle(self, host: str, request: Request) -> Response:
        """Act and answer."""
        self._calls += 1
        try:
            if host == "identity":
                return self._identity(request)
            if host == "login":
                if request.path.lower() != login.AUTHORIZE:
                    raise NotFound
                return login.authorize(self.identity, self.organisations.values(), request)
            parts = request.path.strip("/").split("/")
            if parts[0].lower() == "connections":
                return login.connections(self.identity, self.organisations, request, tuple(parts[1:]))
        except XeroError as error:
            return self._refusal(error, {}, wants_json=True)
        return self._api(request)

    def throttled(self, host: str, request: Request) -> Response:
        """The 429 of a minute limit that is used up; on hosts without limits it is as empty."""
        tenant = (request.headers.get("xero-tenant-id") or "").lower()
        headers, wait = {"X-MinLimit-Remaining": "0"}, 26
        if host == "api":
            try:
                access = self.identity.access(request.headers.get("authorization"))
                tenant = self.identity.tenant(access, request.headers.get("xero-tenant-id"))
            except XeroError:
                pass
            else:
                app, now, rolling = access.app, self.clock.seconds(), self.switches.rolling_windows
                meters = self._limits.headers(app.client_id, tenant, app.tier, now, rolling=rolling)
                headers = {**meters, "X-MinLimit-Remaining": "0"}
                wait = self._limits.minute_wait(app.client_id, tenant, app.tier, now, rolling=rolling)
        return Response(429, {**headers, "Retry-After": str(wait), "X-Rate-Limit-Problem": "minute"}, b"")

    # Within

    def _identity(self, request: Request) -> Response:
        match request.path:
            case "/.well-known/openid-configuration":
                return login.discovery(request)
            case "/.well-known/openid-configuration/jwks":
                return Response.json(200, {"keys": []})
            case "/connect/token":
                return login.token(self.identity, request)
            case "/connect/revocation":
                return login.revocation(self.identity, request)
        raise NotFound

    def _api(self, request: Request) -> Response:
        wants_json = "json" in request.headers.get("accept", "")
        headers: dict[str, str] = {}
        key: str | None = None
        now = self.clock.seconds()
        try:
            access = self.identity.access(request.headers.get("authorization"))
            tenant = self.identity.tenant(access, request.headers.get("xero-tenant-id"))
            self._check_online()
            headers = self._spend(access, tenant, now)
            endpoint, parts = _route(request, access, self.switches)
            key = self._idempotency.key(request)
            if key is not None:
                in_element = self.switches.idempotency_conflict_shape == "element"
                kept = self._idempotency.replay(
                    access.app.client_id, key, request, now, in_element=in_element
                )
                if kept is not None:
                    return Response(kept.status, {**kept.headers, **headers}, kept.body)
        except XeroError as error:
            return self._refusal(error, headers, wants_json=wants_json)
        call = Call(self.organisations[tenant], access.app, request, parts, int(now * 1000), self._calls)
        try:
            response = respond(endpoint(call), wants_json=wants_json, limit_headers=headers)
        except XeroError as error:
            response = self._refusal(error, headers, wants_json=wants_json)
        if key is not None:
            self._idempotency.keep(access.app.client_id, key, request, response, now)
        return response

    def _spend(self, access: Access, tenant: str, now: float) -> dict[str, str]:
        app, rolling = access.app, self.switches.rolling_windows
        if not self.switches.limits:
            return self._limits.headers(app.client_id, tenant, app.tier, now, rolling=rolling)
        in_flight = self.in_flight[tenant]
        return self._limits.spend(app.client_id, tenant, app.tier, now, rolling=rolling, in_flight=in_flight)

    def _check_online(self) -> None:
        if self.switches.offline == "organisation":
            raise Offline("The Organisation is offline")
        if self.switches.offline == "maintenance":
            raise Offline("The Xero API is currently offline for maintenance")

    def _refusal(self, error: XeroError, headers: dict[str, str], *, wants_json: bool) -> Response:
        instance = guid("xero instance", self._calls)
        return respond_error(error, instance=instance, wants_json=wants_json, limit_headers=headers)

    def _connected(self, client_id: str, tenant_id: str) -> bool:
        return any(
            (c.client_id, c.tenant_id) == (client_id, tenant_id) for c in self.identity.connections.values()
        )


def _route(request: Request, access: Access, switches: Switches) -> tuple[Endpoint, tuple[str, ...]]:
    if not request.path.lower().startswith(_API):
        raise NotFound
    parts = [part for part in request.path[len(_API) :].split("/") if part]
    found = _ROUTES.get(parts[0].lower()) if parts else None
    if found is None:
        raise NotFound
    if request.method not in ("GET", "PUT", "POST", "DELETE"):
        raise MethodNotAllowed
    name, endpoint, scopes = found
    if name == "Items" and switches.items_with_invoices_scope:
        scopes = scopes | {"accounting.invoices", "accounting.transactions"}
    enough = scopes | {f"{scope}.read" for scope in scopes} if request.method == "GET" else scopes
    if not enough & access.scopes:
        raise Problem(
            switches.insufficient_scope_status,
            "AuthorizationUnsuccessful",
            {"WWW-Authenticate": f'insufficient_scope scope="{" ".join(sorted(scopes))}"'},
        )
    return endpoint, tuple(parts[1:])


def _count(body: bytes, key: str) -> str:
    try:
        payload = jsontext.loads(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    if isinstance(payload, dict):
        payload = next((value for name, value in payload.items() if name.lower() == key.lower()), [payload])
    return str(len(payload)) if isinstance(payload, list) else ""
