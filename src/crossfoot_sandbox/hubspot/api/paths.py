"""Which endpoint a path means. HubSpot's prefixes are irregular, hence a table (HubSpot fact 1)."""

from dataclasses import dataclass, field
from functools import lru_cache

from crossfoot_sandbox.hubspot.books.kinds import BY_NAME
from crossfoot_sandbox.hubspot.errors import unknown_path

DATED = ("2026-03", "2026-09")

_BASES: dict[tuple[str, ...], tuple[str, str]] = {
    ("crm", "v3", "objects"): ("objects", "v3"),
    ("crm", "v4", "objects"): ("links", "v4"),
    ("crm", "v4", "associations"): ("associations", "v4"),
    ("crm", "associations", "v4"): ("associations", "v4"),
    ("crm", "v3", "properties"): ("properties", "v3"),
    ("crm", "v3", "pipelines"): ("pipelines", "v3"),
    ("crm", "v3", "owners"): ("owners", "v3"),
    ("tax-rates", "v1"): ("tax-rates", "v1"),
    ("settings", "v3", "currencies"): ("currencies", "v3"),
    ("commerce", "payment-accounts", "2026-09-beta"): ("payment-accounts", "2026-09"),
    ("account-info", "v3"): ("account", "v3"),
    ("appinstalls", "v3"): ("installs", "v3"),
    ("automation", "v4"): ("flows", "v4"),
    ("automation", "2026-09-beta"): ("flows", "2026-09"),
    ("oauth", "v1"): ("oauth1", "v1"),
    ("oauth", "v3"): ("oauth", "v3"),
}
for _version in DATED:
    _BASES |= {
        ("crm", "objects", _version): ("objects", _version),
        ("crm", "associations", _version): ("associations", _version),
        ("crm", "properties", _version): ("properties", _version),
        ("crm", "pipelines", _version): ("pipelines", _version),
        ("crm", "owners", _version): ("owners", _version),
        ("tax-rates", _version): ("tax-rates", _version),
        ("settings", "currencies", _version): ("currencies", _version),
        ("account-info", _version): ("account", _version),
        ("appinstalls", _version): ("installs", _version),
        ("oauth", _version): ("oauth", _version),
    }

# area: how the area is called in operation names, then method, path below the base, endpoint
_SHOWN = {
    "objects": "/crm/objects",
    "links": "/crm/objects",
    "associations": "/crm/associations",
    "properties": "/crm/properties",
    "pipelines": "/crm/pipelines",
    "owners": "/crm/owners",
    "tax-rates": "/tax-rates",
    "currencies": "/settings/currencies",
    "payment-accounts": "/commerce/payment-accounts",
    "account": "/account-info",
    "flows": "/automation",
    "installs": "/appinstalls",
    "oauth": "/oauth",
    "oauth1": "/oauth",
}
_LINKS = """
GET    {type}/{id}/associations/{to}                  associations.list
PUT    {type}/{id}/associations/default/{to}/{to_id}  associations.link
PUT    {type}/{id}/associations/{to}/{to_id}          associations.label
DELETE {type}/{id}/associations/{to}/{to_id}          associations.unlink
"""
_OLDER = """
GET    {type}/{id}/associations/{to}                    older_links.list
PUT    {type}/{id}/associations/{to}/{to_id}/{type_id}  older_links.link
DELETE {type}/{id}/associations/{to}/{to_id}/{type_id}  older_links.unlink
"""
_ENDPOINTS = {
    "objects": """
GET    {type}                   objects.list
POST   {type}                   objects.create
GET    {type}/{id}              objects.read
PATCH  {type}/{id}              objects.edit
DELETE {type}/{id}              objects.archive
POST   {type}/search            search.search
POST   {type}/merge             objects.merge
POST   {type}/gdpr-delete       objects.erase
POST   {type}/batch/read        batch.read
POST   {type}/batch/create      batch.create
POST   {type}/batch/update      batch.update
POST   {type}/batch/upsert      batch.upsert
POST   {type}/batch/archive     batch.archive
""",
    "links": _LINKS,
    "associations": """
GET    {type}/{to}/labels                   associations.labels
POST   {type}/{to}/labels                   associations.define
PUT    {type}/{to}/labels                   associations.rename
DELETE {type}/{to}/labels/{label}           associations.undefine
POST   {type}/{to}/batch/read               associations.batch_read
POST   {type}/{to}/batch/create             associations.batch_label
POST   {type}/{to}/batch/associate/default  associations.batch_link
POST   {type}/{to}/batch/archive            associations.batch_unlink
POST   {type}/{to}/batch/labels/archive     associations.batch_unlabel
""",
    "properties": """
GET    {type}                   properties.list
POST   {type}                   properties.create
GET    {type}/groups            properties.groups
POST   {type}/groups            properties.create_group
GET    {type}/groups/{group}    properties.group
PATCH  {type}/groups/{group}    properties.edit_group
DELETE {type}/groups/{group}    properties.archive_group
POST   {type}/batch/read        properties.batch_read
POST   {type}/batch/create      properties.batch_create
POST   {type}/batch/archive     properties.batch_archive
GET    {type}/{name}            properties.read
PATCH  {type}/{name}            properties.edit
DELETE {type}/{name}            properties.archive
""",
    "pipelines": """
GET    {type}                       pipelines.list
POST   {type}                       pipelines.create
GET    {type}/{id}                  pipelines.read
PUT    {type}/{id}                  pipelines.replace_all
PATCH  {type}/{id}                  pipelines.edit
DELETE {type}/{id}                  pipelines.archive
GET    {type}/{id}/stages           pipelines.stages
POST   {type}/{id}/stages           pipelines.create_stage
GET    {type}/{id}/stages/{stage}   pipelines.read_stage
PATCH  {type}/{id}/stages/{stage}   pipelines.edit_stage
PUT    {type}/{id}/stages/{stage}   pipelines.edit_stage
DELETE {type}/{id}/stages/{stage}   pipelines.archive_stage
""",
    "owners": """
GET    .                        settings.owners
GET    {id}                     settings.owner
""",
    "tax-rates": """
GET    tax-rates                money_settings.tax_rates
GET    tax-rates/{id}           money_settings.tax_rate
""",
    "payment-accounts": """
GET    status                   money_settings.payment_account
""",
    "currencies": """
GET    codes                               currency_settings.codes
GET    company-currency                    currency_settings.company
PUT    company-currency                    currency_settings.set_company
GET    exchange-rates                      currency_settings.rates
POST   exchange-rates                      currency_settings.create
GET    exchange-rates/current              currency_settings.current
POST   exchange-rates/update-visibility    currency_settings.visibility
GET    exchange-rates/{id}                 currency_settings.rate
PATCH  exchange-rates/{id}                 currency_settings.edit
POST   exchange-rates/batch/read           currency_settings.batch_read
POST   exchange-rates/batch/create         currency_settings.batch_create
POST   exchange-rates/batch/update         currency_settings.batch_edit
GET    central-fx-rates/information        currency_settings.central
""",
    "account": """
GET    details                          settings.details
GET    api-usage/daily/private-apps     settings.usage
""",
    "flows": """
GET    flows                workflows.list
POST   flows                workflows.create
POST   flows/batch/read     workflows.batch_read
GET    flows/{id}           workflows.read
PUT    flows/{id}           workflows.replace
DELETE flows/{id}           workflows.delete
""",
    "installs": """
DELETE external-install         settings.uninstall
""",
    "oauth": """
POST   token                    oauth.token
POST   token/introspect         oauth.introspect
POST   token/revoke             oauth.revoke
""",
    "oauth1": """
POST   token                    oauth.token
GET    access-tokens/{token}    oauth.access_info
GET    refresh-tokens/{token}   oauth.refresh_info
DELETE refresh-tokens/{token}   oauth.revoke_path
""",
}


@dataclass(frozen=True, slots=True)
class Route:
    """What a path means. `shown` is the path without version, with placeholders, as faults and the log name it."""

    endpoint: str  # "module.function", or "" when nothing is there
    version: str = ""
    shown: str = ""
    params: dict[str, str] = field(default_factory=dict)


def _compile() -> dict[tuple[str, str, int], list[tuple[tuple[str, ...], str]]]:
    table: dict[tuple[str, str, int], list[tuple[tuple[str, ...], str]]] = {}
    for area, text in _ENDPOINTS.items():
        for line in text.strip().splitlines():
            method, path, endpoint = line.split()
            segments = () if path == "." else tuple(path.split("/"))
            table.setdefault((area, method, len(segments)), []).append((segments, endpoint))
    for line in (*_LINKS.strip().splitlines(), *_OLDER.strip().splitlines()):
        method, path, endpoint = line.split()
        segments = tuple(path.split("/"))
        table.setdefault(("objects", method, len(segments)), []).append((segments, endpoint))
    return table


_TABLE = _compile()


@lru_cache(maxsize=1024)
def find(method: str, path: str) -> Route:
    """The endpoint of a call; its `endpoint` is "" where HubSpot has nothing."""
    parts = tuple(part for part in path.split("/") if part)
    for length in (3, 2):
        base = _BASES.get(parts[:length])
        if base is not None:
            return _below(*base, method, parts[length:]) or Route("", shown=path)
    return Route("", shown=path)


def _below(area: str, version: str, method: str, rest: tuple[str, ...]) -> Route | None:
    for segments, endpoint in _TABLE.get((area, method, len(rest)), ()):
        params: dict[str, str] = {}
        shown = [_SHOWN[area]]
        for pattern, actual in zip(segments, rest, strict=True):
            if pattern[0] != "{":
                if pattern != actual:
                    break
                shown.append(pattern)
                continue
            params[pattern[1:-1]] = actual
            kind = BY_NAME.get(actual) if pattern in ("{type}", "{to}") else None
            shown.append(kind.plural if kind else pattern)
        else:
            if version == "v3" and endpoint.startswith("associations."):
                continue
            return Route(endpoint, version, "/".join(shown), params)
    return None


def require(route: Route) -> Route:
    """The route, or the 404 of a path that means nothing."""
    if not route.endpoint:
        raise unknown_path()
    return route
