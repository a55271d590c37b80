# ruff: noqa: PLC0415  imports wait until a command needs them, so that help comes at once
"""`crossfoot settings`: what you decided, as a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crossfoot.cli.desk import Desk, command, existing

if TYPE_CHECKING:
    from crossfoot.app.changing import Descriptions
    from crossfoot.app.opening import App
    from crossfoot.settings.connection import ConnectionSettings
    from crossfoot.store.connections import Connection

group = typer.Typer(
    help="Everything you decided, as a file: write it out, check it, compare it, put it to work.",
    no_args_is_help=True,
)

FILE = Annotated[Path, typer.Argument(metavar="FILE", help="A settings file (YAML).")]


async def export(
    desk: Desk,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="Where to write them; else they are printed.")
    ] = None,
) -> None:
    """Write the settings of the connection out as a YAML file, with everything in it that can be changed."""
    from rich.text import Text

    async with desk.remembered() as (_app, connection, _syncs):
        text = connection.settings
    if file is None:
        if desk.json:
            desk.show({"connection": connection.name, "settings": text})
        else:
            typer.echo(text, nl=not text.endswith("\n"))
        return
    file.write_text(text, "utf-8")
    desk.show({"connection": connection.name, "file": str(file)}, Text(f"Written to {file}."))


async def validate(desk: Desk, file: FILE) -> None:
    """Check a settings file, also against the fields that HubSpot and Xero have. Names every mistake with its line. Changes nothing."""
    from rich.text import Text

    from crossfoot.app.changing import read

    text = existing(file)
    read(text, str(file))  # what is wrong whatever is connected is said without calling anybody
    async with desk.joined() as (_app, _connection, joined):
        read(text, str(file), joined.descriptions)
    desk.show({"file": str(file), "valid": True}, Text(f"{file} is right.", "green"))


async def diff(desk: Desk, file: FILE) -> None:
    """Show what would change if a settings file were put to work, in sentences. Changes nothing."""
    from crossfoot.app.changing import changes, read
    from crossfoot.cli.show_settings import changed

    async with desk.remembered() as (_app, connection, _syncs):
        new = read(existing(file), str(file))
        found = changes(connection, new)
    desk.show({"changes": found}, changed(found))


async def apply(desk: Desk, file: FILE) -> int:
    """Put a settings file to work, after showing what changes. The next plan goes by it; nothing is synced now."""
    from crossfoot.app.changing import read

    text = existing(file)
    read(text, str(file))
    async with desk.joined() as (app, connection, joined):
        new = read(text, str(file), joined.descriptions)
        return await put_to_work(desk, app, connection, new, text, joined.descriptions)


async def put_to_work(
    desk: Desk,
    app: "App",
    connection: "Connection",
    new: "ConnectionSettings",
    text: str,
    descriptions: "Descriptions | None" = None,
    *,
    forget_links: bool = False,
) -> int:
    """Show what changes, ask, store. `text` means `new`, which was checked."""
    from rich.text import Text

    from crossfoot.app.changing import changes, store
    from crossfoot.cli.show_settings import changed

    found = changes(connection, new)
    if not found:
        desk.show({"changes": [], "applied": False}, changed(found))
        return 0
    desk.draw(changed(found))
    if not desk.agrees("Change this?"):
        desk.say("Nothing was changed.")
        return 1
    await store(app, connection, new, text, descriptions, forget_links=forget_links)
    desk.show(
        {"changes": found, "applied": True},
        Text("Done. 'crossfoot plan' shows what follows from it.", "green"),
    )
    return 0


command(group)(export)
command(group)(validate)
command(group)(diff)
command(group, asks=True)(apply)
