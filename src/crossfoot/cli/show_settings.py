"""Settings and their changes, drawn."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from crossfoot.app.fields import NewField
from crossfoot.app.opening import TITLES
from crossfoot.cli import words
from crossfoot.settings.connection import ConnectionSettings

_OPTIONS = 6  # options named of one new field


def changed(found: Sequence[str]) -> RenderableType:
    """What changes, one sentence each."""
    if not found:
        return Text("Nothing changes.")
    return Group(*(Text(f"- {sentence}") for sentence in found))


def made(new: Sequence[NewField]) -> RenderableType:
    """What would be made in HubSpot, one sentence each."""
    return Group(
        *(
            Text(
                f"- {TITLES[each.side]} does not have the property '{each.info.path}' yet: it is made for "
                f"{words.kinds(each.kind)}, {_type(each)}"
            )
            for each in new
        )
    )


def named(new: Sequence[NewField]) -> str:
    """`'tier' (text, for companies) and 'since' (date, for contacts)`."""
    told = [f"'{each.info.path}' ({each.info.type.value}, for {words.kinds(each.kind)})" for each in new]
    return " and ".join(part for part in (", ".join(told[:-1]), told[-1]) if part)


def _type(each: NewField) -> str:
    if each.info.options:
        shown = ", ".join(list(each.info.options)[:_OPTIONS])
        more = len(each.info.options) - _OPTIONS
        return f"with the options {shown}" + (f" and {more} more." if more > 0 else ".")
    return f"of the type {each.info.type.value}."


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
