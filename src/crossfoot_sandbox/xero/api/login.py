"""The web side of identity: discovery, the consent page, the token and revocation endpoints, `/connections`."""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterable, Mapping
from html import escape
from urllib.parse import parse_qs, urlencode

from crossfoot_sandbox import jsontext
from crossfoot_sandbox.wire import Request, Response
from crossfoot_sandbox.xero.api.identity import App, Connection, Identity, OAuthError, Pair
from crossfoot_sandbox.xero.books.organisation import Organisation
from crossfoot_sandbox.xero.errors import MethodNotAllowed, NotFound
from crossfoot_sandbox.xero.shape import Json, moment

AUTHORIZE = "/identity/connect/authorize"
_FORM = "application/x-www-form-urlencoded"
_HTML = {"Content-Type": "text/html; charset=utf-8"}


def discovery(request: Request) -> Response:
    """The OpenID document, with this sandbox's own addresses so that a client never wanders off to the real hosts."""
    base = f"http://{request.headers.get('host', 'sandbox')}"
    return Response.json(
        200,
        {
            "issuer": "https://identity.xero.com",
            "jwks_uri": f"{base}/xero-identity/.well-known/openid-configuration/jwks",
            "authorization_endpoint": f"{base}/xero-login{AUTHORIZE}",
            "token_endpoint": f"{base}/xero-identity/connect/token",
            "revocation_endpoint": f"{base}/xero-identity/connect/revocation",
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
        },
    )


def authorize(identity: Identity, organisations: Iterable[Organisation], request: Request) -> Response:
    """The consent page. `consent=yes` (in a POST or the query) agrees, `consent=no` declines, `tenant=` picks organisations."""
    asked = _parameters(request)
    app = identity.apps.get(_first(asked, "client_id"))
    redirect_uri = _first(asked, "redirect_uri")
    if app is None or app.tenant_id is not None:
        return _sorry("unauthorized_client", "Unknown client or client not enabled")
    if redirect_uri not in app.redirect_uris:
        return _sorry("unauthorized_client", "Invalid redirect_uri")
    if _first(asked, "response_type") != "code":
        return _sorry("unsupported_response_type", "Response type not supported")
    scopes = frozenset(_first(asked, "scope").split())
    if not scopes or identity.missing_scopes(app, scopes):
        return _sorry("invalid_scope", "Invalid scope for client")
    challenge = _first(asked, "code_challenge") or None
    if challenge is None and app.client_secret is None:
        return _sorry("invalid_request", "Code challenge is missing")
    if challenge is not None and _first(asked, "code_challenge_method") != "S256":
        return _sorry("invalid_request", "Transform algorithm not supported")
    decision = _first(asked, "consent")
    state = {"state": _first(asked, "state")} if _first(asked, "state") else {}
    if decision == "no":
        return _redirect(redirect_uri, {"error": "access_denied", **state})
    known = {organisation.tenant_id: organisation for organisation in organisations}
    if decision != "yes":
        return Response(200, _HTML, _page(app, scopes, known, asked).encode())
    chosen = [tenant for tenant in asked.get("tenant", list(known)) if tenant in known]
    user = _first(asked, "user") or "ben"
    event = identity.consent(app, chosen, scopes, user)
    code = identity.code(app, user, event, redirect_uri, challenge)
    return _redirect(redirect_uri, {"code": code, "scope": " ".join(sorted(scopes)), **state})


def token(identity: Identity, request: Request) -> Response:
    """`POST /connect/token`. Errors are 400 with `{"error": code}` (fact 1.4)."""
    if request.method != "POST":
        raise MethodNotAllowed
    try:
        pair = _pair(identity, request)
    except OAuthError as error:
        body = {"error": error.code} | ({"error_description": error.description} if error.description else {})
        return Response.json(400, body)
    return Response.json(200, pair.payload(), {"Cache-Control": "no-store, no-cache, max-age=0"})


def _pair(identity: Identity, request: Request) -> Pair:
    form = _form(request)
    app = _client(identity, request, form)
    match form.get("grant_type"):
        case "authorization_code":
            return identity.redeem(
                app, form.get("code", ""), form.get("redirect_uri", ""), form.get("code_verifier")
            )
        case "refresh_token":
            return identity.refresh(app, form.get("refresh_token", ""))
        case "client_credentials":
            return identity.client_credentials(app, frozenset(form.get("scope", "").split()))
        case None:
            raise OAuthError("invalid_request")
        case _:
            raise OAuthError("unsupported_grant_type")


def revocation(identity: Identity, request: Request) -> Response:
    """`POST /connect/revocation`: 200 with an empty body."""
    if request.method != "POST":
        raise MethodNotAllowed
    try:
        form = _form(request)
        app = _client(identity, request, form)
    except OAuthError as error:
        return Response.json(400, {"error": error.code})
    identity.revoke(app, form.get("token", ""))
    return Response(200)


def connections(
    identity: Identity, organisations: Mapping[str, Organisation], request: Request, rest: tuple[str, ...]
) -> Response:
    """`GET /connections`, `DELETE /connections/{id}`; no tenant header, no tenant quota."""
    access = identity.access(request.headers.get("authorization"))
    rows = identity.connections_of(access)
    if not rest:
        if request.method != "GET":
            raise MethodNotAllowed
        event = request.one("authEventId")
        shown = [
            _row(row, organisations) for row in rows if event is None or row.auth_event_id == event.lower()
        ]
        return Response(200, {"Content-Type": "application/json; charset=utf-8"}, jsontext.dumps(shown))
    if request.method != "DELETE":
        raise MethodNotAllowed
    found = next((row for row in rows if row.id == rest[0].lower()), None)
    if found is None or len(rest) > 1:
        raise NotFound
    identity.drop(found)
    return Response(204)


def _row(connection: Connection, organisations: Mapping[str, Organisation]) -> Json:
    return {
        "id": connection.id,
        "authEventId": connection.auth_event_id,
        "tenantId": connection.tenant_id,
        "tenantType": "ORGANISATION",
        "tenantName": organisations[connection.tenant_id].name,
        "createdDateUtc": f"{moment(connection.created_ms):%Y-%m-%dT%H:%M:%S.%f}0",
        "updatedDateUtc": f"{moment(connection.updated_ms):%Y-%m-%dT%H:%M:%S.%f}0",
    }


def _form(request: Request) -> dict[str, str]:
    if not request.headers.get("content-type", _FORM).startswith(_FORM):
        raise OAuthError("invalid_request")
    fields = parse_qs(request.body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[-1] for name, values in fields.items()}


def _client(identity: Identity, request: Request, form: dict[str, str]) -> App:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            client_id, _, secret = b64decode(encoded, validate=True).decode().partition(":")
        except (Base64Error, UnicodeDecodeError):
            raise OAuthError("invalid_request") from None
    else:
        client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
    if not client_id:
        raise OAuthError("invalid_request")
    app = identity.apps.get(client_id)
    if app is None or (app.client_secret or "") != secret:
        raise OAuthError("invalid_client")
    return app


def _parameters(request: Request) -> dict[str, list[str]]:
    asked: dict[str, list[str]] = {}
    for name, value in request.query:
        asked.setdefault(name, []).append(value)
    if request.method == "POST":
        asked.update(parse_qs(request.body.decode("utf-8", "replace"), keep_blank_values=True))
    return asked


def _first(asked: Mapping[str, list[str]], name: str) -> str:
    return asked.get(name, [""])[0]


def _redirect(uri: str, fields: Mapping[str, str]) -> Response:
    return Response(302, {"Location": f"{uri}{'&' if '?' in uri else '?'}{urlencode(fields)}"})


def _sorry(code: str, reason: str) -> Response:
    text = f"<html><body><h1>Sorry, something seems to have gone wrong</h1><p>Error: {code}</p><p>{reason}</p></body></html>"
    return Response(400, _HTML, text.encode())


def _page(
    app: App, scopes: Iterable[str], organisations: Mapping[str, Organisation], asked: Mapping[str, list[str]]
) -> str:
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, values in asked.items()
        for value in values
        if name not in ("tenant", "consent")
    )
    boxes = "".join(
        f'<li><label><input type="checkbox" name="tenant" value="{tenant}" checked> {escape(organisation.name)}</label></li>'
        for tenant, organisation in organisations.items()
    )
    rights = "".join(f"<li>{escape(scope)}</li>" for scope in sorted(scopes))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sandbox Xero: {escape(app.name)} wants access</title></head>'
        f"<body><h1>{escape(app.name)} wants access to</h1>"
        f'<form method="post">{hidden}<ul>{boxes}</ul><p>and asks for</p><ul>{rights}</ul>'
        '<button name="consent" value="yes">Allow access</button> <button name="consent" value="no">Cancel</button></form>'
        "<p>This is a sandbox. No real books are touched.</p></body></html>"
    )
