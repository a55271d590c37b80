"""Writes of items."""

from collections.abc import Sequence
from dataclasses import replace

from crossfoot.model.identity import Kind
from crossfoot.model.problems import Cause, Problem
from crossfoot.systems.port import Action, Answer, Applied, Refused, Trouble, Write
from crossfoot.systems.xero import items
from crossfoot.systems.xero.answers import Item, Items, decoded
from crossfoot.systems.xero.finding import find_items
from crossfoot.systems.xero.http import XeroClient
from crossfoot.systems.xero.listed import FOUR_DECIMALS
from crossfoot.systems.xero.writing import EACH_ALONE, Post, sendable, unwritable

ITEMS: Post[Item] = Post(
    "Items",
    {**FOUR_DECIMALS, **EACH_ALONE},
    lambda body: decoded(body, Items).items,
    lambda item: item.item_id,
    lambda item: item.code,
    lambda write: str(write.values.get("Code") or "") or None,
    lambda item: Applied(item.item_id, items.observe(item)),
)


async def write_items(client: XeroClient, writes: Sequence[Write]) -> list[Answer]:
    """Creates or updates of items. Items cannot be archived, and deleting is not ours to do."""
    if writes[0].action is Action.ARCHIVE:
        return [Refused(_NO_ARCHIVE)] * len(writes)
    answers = await sendable(client, ITEMS, writes, _item_refusal, items.body)
    taken = [
        (index, str(write.values.get("Code") or ""), answer)
        for index, (write, answer) in enumerate(zip(writes, answers, strict=True))
        if isinstance(answer, Refused) and answer.problem.cause is Cause.TAKEN
    ]
    if not taken:
        return answers
    try:
        found = await find_items(client, "Code", [code for _, code, _ in taken], {Kind.ITEM: ()})
    except Trouble:
        return answers
    twins = {str(seen.fields.get("Code") or "").casefold(): seen.ref.id for seen in found}
    for index, code, refused in taken:
        answers[index] = replace(refused, twin=twins.get(code.casefold()))
    return answers


def _item_refusal(write: Write) -> Refused | None:
    problem = items.inexpressible(write)
    return unwritable(write, items.PATHS) or (Refused(problem) if problem else None)


_NO_ARCHIVE = Problem(
    Cause.INEXPRESSIBLE,
    "Xero has no archive for items.",
    "Delete the item in Xero, or set the deletion rule of this sync to ignore.",
)
