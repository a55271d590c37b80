"""Descriptions: what was found when an account was last looked at, so that whoever only reads memory need not call it."""

from collections.abc import Mapping

from crossfoot.model.identity import Side
from crossfoot.store import moves
from crossfoot.store.database import Tx


async def put(tx: Tx, connection: str, told: Mapping[Side, str]) -> None:
    """Remember what the accounts of a connection told about themselves, as text of whoever asked them."""
    if told.items() <= (await get(tx, connection)).items():
        return
    await tx.many(
        "descriptions.put",
        [{"connection": connection, "side": side.value, "told": text} for side, text in told.items()],
    )
    await moves.one_more(tx, connection)


async def get(tx: Tx, connection: str) -> dict[Side, str]:
    """What was told last, per side; nothing of a side that was never looked at."""
    rows = await tx.all("descriptions.get", connection=connection)
    return {Side(row["side"]): row["told"] for row in rows}
