"""How often something has moved that decisions rest on: what was seen, who is linked with whom, what people said, what they set.

A decision depends on nothing else in memory. So what was decided at a number of moves, and finds the same number again, would be decided again
as it was. Whatever stores such a thing counts it here, in the same transaction.
"""

from crossfoot.store.database import Tx


async def one_more(tx: Tx, connection: str) -> None:
    """Something moved."""
    await tx.run("moves.one_more", name=_name(connection))


async def number(tx: Tx, connection: str) -> int:
    """How often something has moved so far."""
    row = await tx.one("moves.number", name=_name(connection))
    return 0 if row is None else int(row["value"])


def _name(connection: str) -> str:
    return f"moves {connection}"
