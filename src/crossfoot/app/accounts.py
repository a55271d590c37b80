"""The two accounts of a connection: looked at, remembered, and told apart from other ones."""

import asyncio
from collections.abc import Mapping

import msgspec

from crossfoot.model.identity import Side
from crossfoot.model.problems import Cause, Problem
from crossfoot.store import descriptions
from crossfoot.store.connections import Connection
from crossfoot.store.database import Tx
from crossfoot.sync.stop import wrong_account
from crossfoot.systems.port import Description, System, Trouble

Descriptions = Mapping[Side, Description]


async def described(systems: Mapping[Side, System]) -> dict[Side, Description]:
    """Look at both accounts at once. Raises `Trouble`."""
    found = await asyncio.gather(*(system.describe() for system in systems.values()), return_exceptions=True)
    told: dict[Side, Description] = {}
    for side, each in zip(systems, found, strict=True):
        if isinstance(each, BaseException):
            raise each
        told[side] = each
    return told


def same_accounts(connection: Connection, found: Descriptions, titles: Mapping[Side, str]) -> None:
    """Raises `Trouble` where the credentials lead to other accounts than those of the connection."""
    expected = {Side.CRM: connection.crm_identity, Side.LEDGER: connection.ledger_identity}
    for side, key in expected.items():
        halt = key and wrong_account(side, key, found[side].identity.key, titles)
        if halt:
            raise Trouble(Problem(Cause.WRONG_ACCOUNT, halt.what, halt.fix))


async def remember(tx: Tx, connection: str, found: Descriptions) -> None:
    """Keep what both accounts told, for those who do not call them."""
    told = {side: msgspec.json.encode(description).decode() for side, description in found.items()}
    await descriptions.put(tx, connection, told)


async def remembered(tx: Tx, connection: str) -> dict[Side, Description]:
    """What both accounts told when they were last looked at; they were at connect."""
    told = await descriptions.get(tx, connection)
    return {side: msgspec.json.decode(text, type=Description) for side, text in told.items()}
