"""Which day it is in the books, as decisions take it: it turns at one moment for everything, and is counted as a move."""

from datetime import date

from crossfoot.store import moves
from crossfoot.store.database import Tx


async def today(tx: Tx, connection: str) -> date | None:
    """The day that decisions rest on; None before the first run."""
    row = await tx.one("days.get", name=_name(connection))
    return None if row is None else date.fromordinal(int(row["value"]))


async def turn(tx: Tx, connection: str, day: date) -> None:
    """From now on it is this day."""
    await tx.run("days.put", name=_name(connection), value=day.toordinal())
    await moves.one_more(tx, connection)


def _name(connection: str) -> str:
    return f"day {connection}"
