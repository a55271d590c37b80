# ruff: noqa: PLC0415  imports wait until a command needs them, so that help comes at once
"""`crossfoot doctor`: are our properties in HubSpot as they must be, and putting them right."""

from typing import Annotated

import typer

from crossfoot.cli.desk import Desk


async def doctor(
    desk: Desk,
    repair: Annotated[
        bool,
        typer.Option(
            "--repair", help="Put right what is wrong, after asking: missing, archived or changed properties."
        ),
    ] = False,
    tidy: Annotated[
        bool,
        typer.Option(
            "--tidy",
            help="With --repair: also give properties back their names, and put them into the group 'Crossfoot'.",
        ),
    ] = False,
) -> int:
    """Look whether Crossfoot's properties in HubSpot are as they must be, and repair them.

    For each kind of record it shows which of them are missing, were archived, hold another type of value or lack options. Other names
    and groups are shown too, but do no harm. Without --repair nothing is changed. The exit code is 0 if all is well, 1 if not.
    """
    from crossfoot.app.doctor import examine, mend, wanted
    from crossfoot.app.failure import ASKED_WRONGLY, Failure
    from crossfoot.app.opening import TITLES, compiled, settings_of
    from crossfoot.cli.show_doctor import counted, found_data
    from crossfoot.cli.show_doctor import found as drawn
    from crossfoot.model.identity import Side

    if tidy and not repair:
        raise Failure(
            "--tidy belongs to --repair.", "Write 'crossfoot doctor --repair --tidy'.", code=ASKED_WRONGLY
        )
    async with desk.opened() as app:
        connection = await app.connection(desk.connection)
        needed = wanted(compiled(settings_of(connection)))
        systems, _ = await app.look_at(connection)
        hubspot = systems[Side.CRM]
        with desk.waiting(f"Looking at the properties in {TITLES[Side.CRM]}"):
            found = await examine(hubspot, needed)
        curable = [
            each
            for examined in found
            for each in examined.ailments
            if each.mendable and (tidy or not each.harmless)
        ]
        repaired = 0
        if repair and curable:
            desk.draw(*drawn(found))
            if not desk.agrees(f"Repair {counted(curable)} in HubSpot?"):
                desk.say("Nothing was changed.")
                return 1
            with desk.waiting("Repairing"):
                found = await mend(hubspot, needed, tidy=tidy)
                await app.look_at(connection)
            left = sum(
                1
                for examined in found
                for each in examined.ailments
                if each.mendable and (tidy or not each.harmless)
            )
            repaired = len(curable) - left
    healthy = not any(examined.broken for examined in found)
    desk.show(found_data(found, healthy=healthy, repaired=repaired), *drawn(found, repaired=repaired))
    if not healthy and not repair:
        desk.say("Have it repaired with 'crossfoot doctor --repair'.")
    return 0 if healthy else 1
