# ruff: noqa: PLC0415  imports wait until a command needs them, so that help comes at once
"""`crossfoot syncs`: which kinds of record are kept in agreement, and how."""

from pathlib import Path
from typing import Annotated, Any

import typer

from crossfoot.cli.desk import Desk, command, existing
from crossfoot.cli.helping import Group
from crossfoot.cli.settings import CREATE_FIELDS, put_to_work

group = typer.Typer(
    cls=Group,
    help="Which kinds of record are kept in agreement, and how: list, add, change, pause, delete.",
    no_args_is_help=True,
)

NAME = Annotated[
    str, typer.Argument(metavar="SYNC", help="The sync's name, as 'crossfoot syncs list' shows it.")
]


async def _list(desk: Desk) -> None:
    """Show the syncs: what goes with what, in which direction, and who wins a conflict."""
    from crossfoot.app.opening import settings_of
    from crossfoot.cli.show_settings import syncs as drawn

    async with desk.opened() as app:
        settings = settings_of(await app.connection(desk.connection))
    desk.show(
        {
            "syncs": [
                {
                    "name": name,
                    "state": sync.state,
                    "hubspot": sync.crm,
                    "xero": sync.ledger,
                    "direction": sync.direction,
                    "creates": sync.creates,
                    "conflicts": sync.conflicts,
                    "deletion": sync.deletion,
                    "fields": list(sync.mapping or {}),
                }
                for name, sync in settings.syncs.items()
            ]
        },
        drawn(settings),
    )


async def add(
    desk: Desk,
    name: Annotated[
        str,
        typer.Argument(
            metavar="SYNC",
            help="companies, company_people, people, products, invoices, deals or payments; or a name of your own.",
        ),
    ],
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="The sync's settings (YAML); else those it has by default."),
    ] = None,
    create_fields: CREATE_FIELDS = False,
) -> int:
    """Add a sync. Nothing is synced now: 'crossfoot plan' shows what it would do."""
    from crossfoot.app.failure import ASKED_WRONGLY, Failure

    def change(syncs: Any) -> None:
        if name in syncs:
            raise Failure(
                f"There is a sync '{name}' already.",
                f"Change it with 'crossfoot syncs edit {name}'.",
                code=ASKED_WRONGLY,
            )
        syncs[name] = _body(file) if file else {}

    return await _changed(desk, change, create_fields=create_fields)


async def edit(
    desk: Desk,
    name: NAME,
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE | KEY=VALUE ...",
            help="A file with the sync's settings (YAML), or single ones: direction=to_xero, conflicts=ask, "
            "mapping.email.conflicts=hubspot.",
        ),
    ],
    create_fields: CREATE_FIELDS = False,
) -> int:
    """Change a sync, after showing what changes. The next plan goes by it; nothing is synced now.

    Where the mapping names a property that HubSpot does not have, it is made, after asking or with --create-fields.
    """
    from crossfoot.app.changing import assigned

    def change(syncs: Any) -> None:
        _known(syncs, name)
        if len(what) == 1 and "=" not in what[0]:
            syncs[name] = _body(Path(what[0]))
            return
        for assignment in what:
            assigned(syncs[name], assignment)

    return await _changed(desk, change, create_fields=create_fields)


async def delete(
    desk: Desk,
    name: NAME,
    forget_links: Annotated[
        bool,
        typer.Option(
            "--forget-links",
            help="Also forget which records are the same. Without it, adding the sync again goes on where it was.",
        ),
    ] = False,
) -> int:
    """Delete a sync. No record is touched, in HubSpot or in Xero; what is linked stays remembered unless you say otherwise."""
    from crossfoot.app.changing import linked
    from crossfoot.cli.words import count

    async with desk.opened() as app:
        kept = await linked(app, await app.connection(desk.connection), name)
    if kept:
        desk.say(
            f"{count(kept, 'link')} {'will be forgotten for good' if forget_links else 'stay remembered'}."
        )

    def change(syncs: Any) -> None:
        _known(syncs, name)
        del syncs[name]

    return await _changed(desk, change, look=False, forget_links=forget_links)


async def pause(desk: Desk, name: NAME) -> int:
    """Pause a sync: nothing is written until you resume it. What changes meanwhile is carried over then."""
    return await _set_state(desk, name, "paused")


async def resume(desk: Desk, name: NAME) -> int:
    """Let a paused or disabled sync go on."""
    return await _set_state(desk, name, "active")


async def disable(desk: Desk, name: NAME) -> int:
    """Switch a sync off. Its links are kept."""
    return await _set_state(desk, name, "disabled")


command(group, "list")(_list)
command(group, asks=True)(add)
command(group, asks=True)(edit)
command(group)(pause)
command(group)(resume)
command(group)(disable)
command(group, asks=True)(delete)


async def _set_state(desk: Desk, name: str, state: str) -> int:
    from dataclasses import replace

    def change(syncs: Any) -> None:
        _known(syncs, name)
        syncs[name]["state"] = state

    return await _changed(replace(desk, yes=True), change, look=False)


async def _changed(
    desk: Desk, change: Any, *, look: bool = True, forget_links: bool = False, create_fields: bool = False
) -> int:
    """Change the settings' tree of syncs. `look`: check against both accounts, which other fields and rules need."""
    from crossfoot.app.changing import edited, read
    from crossfoot.app.documents import PRESETS, beginning, remarks, suggested
    from crossfoot.app.fields import checked
    from crossfoot.app.opening import TITLES
    from crossfoot.settings import files

    async with desk.opened() as app:
        connection = await app.connection(desk.connection)

        descriptions = (await desk.looked_at(app, connection))[1] if look else None

        added: list[str] = []

        def within(tree: Any) -> None:
            if not isinstance(tree.get("syncs"), dict):
                tree["syncs"] = {}
            before = {*tree["syncs"]}
            change(tree["syncs"])
            if descriptions is None:
                return
            for name, body in tree["syncs"].items():
                if name not in before:
                    added.append(name)
                    body.update(beginning(name, descriptions) if body == {} else {})
            if "documents" not in tree and not tree["syncs"].keys().isdisjoint(PRESETS):
                tree["documents"] = suggested(descriptions).model_dump(exclude_defaults=True)

        text = edited(connection.settings, within)
        settings = read(text, None)
        new: Any = settings
        if descriptions is not None:
            new = checked(text, None, descriptions, surely=create_fields)
            for remark in remarks(descriptions, settings, TITLES) if added else ():
                desk.say(remark)
        return await put_to_work(
            desk,
            app,
            connection,
            new,
            files.edit(text, settings),
            forget_links=forget_links,
            create_fields=create_fields,
        )


def _body(file: Path) -> Any:
    """One sync's settings out of a file."""
    from crossfoot.app.failure import ASKED_WRONGLY, Failure
    from crossfoot.settings.texts import parse

    tree = parse(existing(file), str(file))
    if not isinstance(tree, dict):
        raise Failure(
            f"{file} holds no settings of a sync.", "Write 'word: value' lines.", code=ASKED_WRONGLY
        )
    return tree


def _known(syncs: Any, name: str) -> None:
    from crossfoot.app.failure import ASKED_WRONGLY, Failure

    if name not in syncs:
        raise Failure(f"There is no sync '{name}'.", f"There are {', '.join(syncs)}.", code=ASKED_WRONGLY)
