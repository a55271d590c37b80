# ruff: noqa: PLC0415  imports wait until a command needs them, so that help comes at once
"""`crossfoot invoice`: an invoice of a deal, because a person says so."""

from typing import TYPE_CHECKING, Annotated

import typer

from crossfoot.cli.desk import Desk
from crossfoot.cli.explain import the_record
from crossfoot.cli.undo import who

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crossfoot.runtime.asking import Asked

DEAL = "The deal: hubspot/deal/512, its page's address, or its name."


async def invoice(
    desk: Desk,
    deal: Annotated[str, typer.Argument(metavar="DEAL", help=DEAL)],
    number: Annotated[
        int | None,
        typer.Option("--number", min=1, help="Which of the deal's invoices; the next one if not given."),
    ] = None,
    withdraw: Annotated[
        bool,
        typer.Option("--withdraw", help="No longer ask for invoices of this deal. What was made stays."),
    ] = False,
) -> int:
    """Invoice a deal now, whatever its stage.

    Shows the invoice that would be made, or why it cannot be made, and asks. Then the next sync makes it, once.
    """
    from crossfoot.app.failure import ASKED_WRONGLY, Failure
    from crossfoot.cli.show_invoice import drawn, invoice_data
    from crossfoot.model.identity import Kind
    from crossfoot.runtime import asking

    async with desk.joined() as (app, connection, joined):
        ref = await the_record(desk, app, connection, joined.syncs, deal)
        if ref.kind is not Kind.DEAL:
            raise Failure(
                f"'{deal}' is no deal.", "Write hubspot/deal/512, or the deal's name.", code=ASKED_WRONGLY
            )
        if withdraw:
            await asking.withdraw(joined, ref)
            desk.show({"deal": ref, "withdrawn": True})
            desk.say("Nobody asks for invoices of this deal any longer.")
            return 0
        chosen = _chosen(await asking.would_invoice(joined, ref), number)
        operation = chosen.operation
        if operation is None:
            desk.show(invoice_data(chosen, asked_for=False), *drawn(chosen))
            return 1
        if not desk.json or not desk.yes:
            desk.draw(*drawn(chosen))
        if not desk.agrees("Make this invoice?"):
            return desk.declined("Nothing was asked for.", invoice_data(chosen, asked_for=False))
        await asking.ask(joined, chosen.sync, ref, who())
        if desk.json:
            desk.show(invoice_data(chosen, asked_for=True))
        desk.say("It is made by the next sync; 'crossfoot sync' does it now.")
    return 0


def _chosen(found: "Sequence[Asked]", number: int | None) -> "Asked":
    """The invoice that is meant. Raises `Failure`."""
    from crossfoot.app.failure import ASKED_WRONGLY, Failure

    if not found:
        raise Failure("No sync makes invoices from deals.", "Add it with 'crossfoot syncs add deals'.")
    if number is not None and number > len(found):
        raise Failure(
            f"A deal has at most {len(found)} invoices here.",
            "They are listed under 'documents: deals' in the settings.",
            code=ASKED_WRONGLY,
        )
    chosen = found[number - 1] if number else next((each for each in found if not each.made), found[-1])
    if chosen.made:
        raise Failure(
            "The deal has this invoice already." if number else "The deal has all its invoices already.",
            "'crossfoot explain' shows it.",
        )
    return chosen
