# ruff: noqa: PLC0415  imports wait until a command needs them, so that help comes at once
"""`crossfoot review`: questions that only you can answer."""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from crossfoot.cli.desk import Desk, command
from crossfoot.cli.helping import Group
from crossfoot.cli.undo import who

if TYPE_CHECKING:
    from crossfoot.app.asked import Question
    from crossfoot.runtime.joined import Joined

group = typer.Typer(
    cls=Group,
    help="Answer what only you can: are two records the same, and whose value stays?",
    no_args_is_help=True,
)

NUMBER = Annotated[
    str, typer.Argument(metavar="NO", help="The question's number, as 'crossfoot review list' shows it.")
]


class Winner(StrEnum):
    """Whose value stays."""

    HUBSPOT = "hubspot"
    XERO = "xero"


async def _list(desk: Desk) -> None:
    """Show the open questions: doubtful matches, and fields that both HubSpot and Xero changed."""
    from crossfoot.app.asked import questions
    from crossfoot.cli.show_review import questions as drawn

    async with desk.remembered() as (app, connection, syncs), app.database.read() as tx:
        found = await questions(tx, connection.id, syncs)
    desk.show({"questions": found}, *drawn(found))


async def accept(
    desk: Desk,
    number: NUMBER,
    twin: Annotated[
        str | None,
        typer.Option(
            "--twin", metavar="ID", help="Which of several records it is the same as: its id, or how it ends."
        ),
    ] = None,
) -> None:
    """Say that two records are the same thing: they are linked, and the next sync brings them into agreement."""
    from crossfoot.runtime.answers import accept as same

    async def answer(joined: "Joined", question: "Question") -> str:
        chosen = _twin(desk, question, twin)
        await same(joined, question.id, chosen, who())
        return "They are the same from now on. 'crossfoot sync' brings them into agreement."

    await _answered(desk, number, answer, look=True)


async def keep_apart(desk: Desk, number: NUMBER) -> None:
    """Say that records are different things. They are never asked about again, and the new one may be created in the other system."""
    from crossfoot.runtime.answers import keep_apart as different

    async def answer(joined: "Joined", question: "Question") -> str:
        await different(joined, question.id, who())
        return "They are kept apart from now on."

    await _answered(desk, number, answer)


async def choose(
    desk: Desk,
    number: NUMBER,
    winner: Annotated[Winner, typer.Argument(help="Whose value stays.")],
) -> None:
    """Say whose value stays where both HubSpot and Xero changed a field. The next sync carries it over, unless it has changed again by then."""
    from crossfoot.model.identity import Side
    from crossfoot.runtime.answers import choose as decide

    async def answer(joined: "Joined", question: "Question") -> str:
        side = Side.CRM if winner is Winner.HUBSPOT else Side.LEDGER
        await decide(joined, question.id, side, who())
        return f"{joined.titles[side]}'s value stays. 'crossfoot sync' carries it over."

    await _answered(desk, number, answer)


command(group, "list")(_list)
command(group)(accept)
command(group)(keep_apart)
command(group, "reject")(keep_apart)
command(group)(choose)


async def _answered(
    desk: Desk, number: str, answer: "Callable[[Joined, Question], Awaitable[str]]", *, look: bool = False
) -> None:
    from rich.text import Text

    from crossfoot.app.asked import question_of, questions
    from crossfoot.app.failure import FAILED, Failure
    from crossfoot.runtime.answers import AnswerError

    async with desk.joined(look=look) as (app, connection, joined):
        async with app.database.read() as tx:
            question = question_of(await questions(tx, connection.id, joined.syncs), number)
        try:
            said = await answer(joined, question)
        except AnswerError as error:
            raise Failure(str(error), code=FAILED) from None
    desk.show({"question": question, "result": said}, Text(said, "green"))


def _twin(desk: Desk, question: "Question", typed: str | None) -> str | None:
    """Which of several records is meant; the only one needs no choice."""
    from crossfoot.app.failure import ASKED_WRONGLY, Failure
    from crossfoot.cli.show_review import named

    twins = question.twins
    if typed is None:
        if len(twins) <= 1:
            return None
        return twins[desk.chosen("Which one is it the same as?", [named(twin) for twin in twins])].ref.id
    found = [twin.ref.id for twin in twins if twin.ref.id.endswith(typed) or twin.ref.id.startswith(typed)]
    if len(found) != 1:
        raise Failure(
            f"'{typed}' is not one of the records in question.",
            f"They are {', '.join(twin.ref.id for twin in twins)}.",
            code=ASKED_WRONGLY,
        )
    return found[0]
