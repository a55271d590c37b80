"""Settings and their changes, drawn."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from crossfoot.cli import words
from crossfoot.settings.connection import ConnectionSettings


def changed(found: Sequence[str]) -> RenderableType:
    """What changes, one sentence each."""
    if not found:
        return Text("Nothing changes.")
    return Group(*(Text(f"- {sentence}") for sentence in found))


def syncs(settings: ConnectionSettings) -> RenderableType:
    """The syncs of a connection."""
    drawn = words.table(
        "Syncs",
        "Sync",
        "State",
        "HubSpot",
        "Xero",
        "Direction",
        "New records",
        "In a conflict",
        "Fields",
        numbers=["Fields"],
    )
    for name, sync in settings.syncs.items():
        assert sync.crm is not None
        assert sync.ledger is not None
        drawn.add_row(
            name,
            sync.state.value,
            words.kinds(sync.crm),
            words.kinds(sync.ledger),
            words.DIRECTIONS[sync.direction],
            words.DIRECTIONS[sync.creates],
            words.CONFLICTS[sync.conflicts],
            words.number(len(sync.mapping or {})),
        )
    return drawn
