"""A new connection, drawn and as data. No secret is in either."""

from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from crossfoot.app.connecting import Found
from crossfoot.app.documents import remarks
from crossfoot.app.opening import TITLES
from crossfoot.cli import words
from crossfoot.model.identity import Side
from crossfoot.store.connections import Connection


def connected(connection: Connection, found: Found) -> RenderableType:
    """The two accounts and the syncs between them."""
    accounts = words.table(f"Connected as '{connection.name}'", "", "Account", "Currency", "Good to know")
    for side in Side:
        description = found.descriptions[side]
        accounts.add_row(
            TITLES[side],
            description.identity.name,
            ", ".join(dict.fromkeys((description.identity.currency, *description.currencies))),
            ", ".join(f"{name}: {fact}" for name, fact in description.facts.items()),
        )
    syncs = words.table("Syncs", "Sync", "HubSpot", "Xero", "Direction", "In a conflict", numbers=["Fields"])
    for name, sync in found.settings.syncs.items():
        assert sync.crm is not None
        assert sync.ledger is not None
        syncs.add_row(
            name.replace("_", " "),
            words.kinds(sync.crm),
            words.kinds(sync.ledger),
            words.DIRECTIONS[sync.direction],
            words.CONFLICTS[sync.conflicts],
        )
    return Group(
        accounts,
        syncs,
        *(Text(each, "yellow") for each in remarks(found.descriptions, found.settings, TITLES)),
        Text("Nothing is synced yet. Look at what would be done with 'crossfoot plan'."),
    )


def connected_data(connection: Connection, found: Found) -> dict[str, Any]:
    """The same as data."""
    return {
        "connection": connection.name,
        "id": connection.id,
        "new": found.known is None,
        "accounts": {side: found.descriptions[side].identity for side in Side},
        "syncs": list(found.settings.syncs),
        "remarks": remarks(found.descriptions, found.settings, TITLES),
        "fields": [{"kind": kind, "name": info.path, "label": info.label} for kind, info in found.fields],
    }
