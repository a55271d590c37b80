# ruff: noqa: PLC0415  imports wait until a command needs them, so that help comes at once
"""`crossfoot prove`: both systems read afresh and compared."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crossfoot.cli.desk import Desk

if TYPE_CHECKING:
    from crossfoot.proof.causes import Difference
    from crossfoot.proof.money import MoneyDifference
    from crossfoot.proof.prove import Proof
    from crossfoot.runtime.joined import Joined

KEPT = 1000
"""Differences kept for the screen and for JSON; a CSV file has all."""


async def prove(
    desk: Desk,
    csv: Annotated[
        Path | None,
        typer.Option(
            "--csv",
            metavar="FILE",
            help="Write every difference to this file, one per line, and the tables of the money beside it.",
        ),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write the proof of the money as a page into this file."),
    ] = None,
) -> int:
    """Prove that HubSpot and Xero agree.

    Reads both afresh, compares every pair field by field, and names and explains every difference. Only a proof without an unexplained
    difference is green; the exit code is 0 for green and 1 for anything else.
    """
    async with desk.joined() as (_app, _connection, joined):
        found, examples = await proven(desk, joined, csv)
    from crossfoot.cli.show_proof import proof as drawn

    if html is not None:
        _page(html, found)
    desk.show(proof_data(found, examples), drawn(found, examples))
    return 0 if found.green else 1


def _page(file: Path, found: "Proof") -> None:
    from crossfoot.app.failure import ASKED_WRONGLY, Failure
    from crossfoot.proof.money_html import page

    if found.money is None:
        raise Failure(
            "There is no money to prove: no sync is about invoices.",
            "Add one with 'crossfoot syncs add invoices', or leave --html out.",
            code=ASKED_WRONGLY,
        )
    try:
        file.write_text("".join(page(found.money)), "utf-8")
    except OSError as error:
        raise Failure(f"{file} cannot be written: {(error.strerror or str(error)).lower()}.") from error


async def proven(desk: Desk, joined: "Joined", csv: Path | None = None) -> tuple["Proof", "list[Difference]"]:
    """The proof and its first differences, unexplained ones before all others."""
    from crossfoot.proof.detectors import Finding
    from crossfoot.proof.documents import about_money
    from crossfoot.proof.prove import prove as compare
    from crossfoot.proof.tables import Tables

    money = any(map(about_money, joined.active))
    examples: list[Difference] = []
    others: list[Difference] = []
    with desk.progress() as progress, Tables(csv, money=money) as tables:

        def tell(difference: "Difference") -> None:
            tables.difference(difference)
            kept = examples if difference.cause == "unexplained" else others
            if len(kept) < KEPT:
                kept.append(difference)

        def tell_money(each: "MoneyDifference | Finding") -> None:
            if isinstance(each, Finding):
                tables.finding(each)
            else:
                tables.money(each)

        found = await compare(joined, tell, progress, tell_money)
        if found.money is not None:
            tables.books(found.money.book)
    return found, [*examples, *others][:KEPT]


def proof_data(found: "Proof", examples: "list[Difference]") -> dict[str, Any]:
    """The proof as data."""
    from crossfoot.proof.money_report import as_data

    return {
        "green": found.green,
        "unexplained": found.unexplained,
        "read_at": found.read_at,
        "accounts": found.accounts,
        "syncs": found.syncs,
        "money": as_data(found.money) if found.money else None,
        "halt": found.halt,
        "differences": examples,
        "differences_left_out": max(
            0,
            sum(
                each.causes.total() + sum(alone.total() for alone in each.alone.values())
                for each in found.syncs
            )
            - len(examples),
        ),
    }
