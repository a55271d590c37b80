# ruff: noqa: PLC0415  imports wait until a command needs them, so that help comes at once
"""`crossfoot settings`: what you decided, as a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crossfoot.cli.desk import Desk, command, existing
from crossfoot.cli.helping import Group

if TYPE_CHECKING:
    from crossfoot.app.fields import Checked
    from crossfoot.app.opening import App
    from crossfoot.settings.connection import ConnectionSettings
    from crossfoot.store.connections import Connection

group = typer.Typer(
    cls=Group,
    help="Everything you decided, as a file: write it out, check it, compare it, put it to work.",
    no_args_is_help=True,
)

CREATE_FIELDS = Annotated[
    bool,
    typer.Option(
        "--create-fields",
        help="Make the HubSpot properties that the mapping names and HubSpot does not have, without asking about them.",
    ),
]

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
    """Check a settings file, also against the fields that HubSpot and Xero have.

    Names every mistake with its line, and the properties that 'crossfoot settings apply' would make in HubSpot. Changes nothing.
    """
    from rich.text import Text

    from crossfoot.app.changing import read
    from crossfoot.app.fields import checked
    from crossfoot.cli.show_settings import made

    text = existing(file)
    read(text, str(file))  # what is wrong whatever is connected is said without calling anybody
    async with desk.opened() as app:
        _, descriptions = await desk.looked_at(app, await app.connection(desk.connection))
    found = checked(text, str(file), descriptions)
    desk.show(
        {"file": str(file), "valid": True, "new_fields": found.new},
        Text(f"{file} is right.", "green"),
        *([made(found.new)] if found.new else []),
    )


async def diff(desk: Desk, file: FILE) -> None:
    """Show what would change if a settings file were put to work, in sentences. Changes nothing."""
    from crossfoot.app.changing import changes, read
    from crossfoot.cli.show_settings import changed

    async with desk.remembered() as (_app, connection, _syncs):
        new = read(existing(file), str(file))
        found = changes(connection, new)
    desk.show({"changes": found}, changed(found))


async def apply(desk: Desk, file: FILE, create_fields: CREATE_FIELDS = False) -> int:
    """Put a settings file to work, after showing what changes. The next plan goes by it; nothing is synced now.

    Where the mapping names a property that HubSpot does not have, it is made, after asking or with --create-fields.
    """
    from crossfoot.app.changing import read
    from crossfoot.app.fields import checked

    text = existing(file)
    read(text, str(file))
    async with desk.opened() as app:
        connection = await app.connection(desk.connection)
        _, descriptions = await desk.looked_at(app, connection)
        found = checked(text, str(file), descriptions, surely=create_fields)
        return await put_to_work(desk, app, connection, found, text, create_fields=create_fields)


async def put_to_work(
    desk: Desk,
    app: "App",
    connection: "Connection",
    new: "Checked | ConnectionSettings",
    text: str,
    *,
    forget_links: bool = False,
    create_fields: bool = False,
) -> int:
    """Show what changes, ask, make what is lacking, store. `text` means `new`; only the state of syncs changes without a look at the accounts."""
    from rich.text import Text

    from crossfoot.app.changing import changes, store
    from crossfoot.app.failure import ASKED_WRONGLY, Failure
    from crossfoot.app.fields import Checked, make
    from crossfoot.cli.show_settings import changed, made, named

    settings, lacking, descriptions = (
        (new.settings, new.new, new.descriptions) if isinstance(new, Checked) else (new, (), None)
    )
    found = changes(connection, settings)
    if not found and not lacking:
        desk.show({"changes": [], "applied": False}, changed(found))
        return 0
    if lacking and desk.yes and not create_fields:
        raise Failure(
            f"HubSpot does not have {named(lacking)} yet. Nothing was changed.",
            "Add --create-fields to have it made, or name fields that are there.",
            code=ASKED_WRONGLY,
        )
    desk.draw(*([changed(found)] if found else []), *([made(lacking)] if lacking else []))
    if not desk.agrees("Make what is lacking in HubSpot, and change this?" if lacking else "Change this?"):
        return desk.declined(
            "Nothing was changed.", {"changes": found, "new_fields": lacking, "applied": False}
        )
    if lacking:
        await make(await app.systems(connection), lacking)
    await store(app, connection, settings, text, descriptions, forget_links=forget_links)
    desk.show(
        {"changes": found, "new_fields": lacking, "applied": True},
        Text("Done. 'crossfoot plan' shows what follows from it.", "green"),
    )
    return 0


command(group)(export)
command(group)(validate)
command(group)(diff)
command(group, asks=True)(apply)
