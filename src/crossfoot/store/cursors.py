"""Cursors: how far the listings of each kind have got."""

from dataclasses import dataclass
from datetime import datetime

from crossfoot.model.identity import Kind, Side
from crossfoot.store.database import Row, Tx
from crossfoot.store.values import micros, moment


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the next listing of a kind begins."""

    cursor: str
    """The system's own text, not to be understood here."""
    listed_at: datetime
    full_at: datetime | None
    """When a complete listing last ended; None: never."""


async def get(tx: Tx, connection: str, side: Side, kind: Kind) -> Cursor | None:
    """Where the next listing of a kind begins; None: with everything."""
    row = await tx.one("cursors.get", connection=connection, side=side.value, kind=kind.value)
    return None if row is None else _cursor(row)


async def all_of(tx: Tx, connection: str) -> dict[tuple[Side, Kind], Cursor]:
    """Where every next listing begins."""
    rows = await tx.all("cursors.all", connection=connection)
    return {(Side(row["side"]), Kind(row["kind"])): _cursor(row) for row in rows}


async def put(
    tx: Tx,
    connection: str,
    side: Side,
    kind: Kind,
    cursor: str,
    listed_at: datetime,
    full_at: datetime | None = None,
) -> None:
    """A listing got this far. In one transaction with the records and signals that it brought, so that no change falls in between."""
    await tx.run(
        "cursors.put",
        connection=connection,
        side=side.value,
        kind=kind.value,
        cursor=cursor,
        listed_at=micros(listed_at),
        full_at=None if full_at is None else micros(full_at),
    )


async def forget(tx: Tx, connection: str, side: Side, kind: Kind) -> None:
    """The next listing of a kind is a full one."""
    await tx.run("cursors.forget", connection=connection, side=side.value, kind=kind.value)


def _cursor(row: Row) -> Cursor:
    full_at = row["full_at"]
    return Cursor(row["cursor"], moment(row["listed_at"]), None if full_at is None else moment(full_at))
