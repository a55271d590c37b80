"""Where each API lives. Prefixes are irregular and the version sits in the middle, so this is a table (HubSpot fact 1)."""

import re
from collections.abc import Mapping
from urllib.parse import quote

VERSION = "2026-09"
"""The dated version that Crossfoot speaks; each is supported for at least 18 months."""

TABLE: Mapping[str, str] = {
    "list": "/crm/objects/{version}/{type}",
    "record": "/crm/objects/{version}/{type}/{id}",
    "read": "/crm/objects/{version}/{type}/batch/read",
    "create": "/crm/objects/{version}/{type}/batch/create",
    "update": "/crm/objects/{version}/{type}/batch/update",
    "upsert": "/crm/objects/{version}/{type}/batch/upsert",
    "archive": "/crm/objects/{version}/{type}/batch/archive",
    "search": "/crm/objects/{version}/{type}/search",
    "properties": "/crm/properties/{version}/{type}",
    "new properties": "/crm/properties/{version}/{type}/batch/create",
    "property": "/crm/properties/{version}/{type}/{id}",
    "groups": "/crm/properties/{version}/{type}/groups",
    "associated": "/crm/associations/{version}/{type}/{id}/batch/read",
    "associate": "/crm/associations/{version}/{type}/{id}/batch/associate/default",
    "dissociate": "/crm/associations/{version}/{type}/{id}/batch/archive",
    "tax rates": "/tax-rates/{version}/tax-rates",
    "payment account": "/commerce/payment-accounts/2026-09-beta/status",
    "account": "/account-info/{version}/details",
    "token": "/oauth/{version}/token",
    "revoke": "/oauth/{version}/token/revoke",
}


def path(name: str, version: str, *, type: str = "", id: str = "") -> str:  # noqa: A002 - the table's own words
    """The path of an API. `type` is an object type's path name, `id` a record's id or a property's name."""
    return TABLE[name].format(version=version, type=type, id=quote(id, safe=""))


def checked(version: str) -> str:
    """The version, if it is a dated one. Raises ValueError."""
    if not re.fullmatch(r"20\d\d-(03|09)", version):
        raise ValueError(f"HubSpot API version '{version}' is not a dated one. Write it like {VERSION}.")
    return version
