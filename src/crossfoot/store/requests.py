"""Requests: a person asks for an invoice of a deal, whatever the rules say about when it is made. Remembered until it is withdrawn."""

from collections.abc import Collection
from datetime import datetime

from crossfoot.store import moves
from crossfoot.store.database import Tx
from crossfoot.store.values import micros


async def put(tx: Tx, connection: str, sync: str, record_id: str, now: datetime, by: str) -> None:
    """Ask that a sync makes its record from this one of the CRM. Asking again changes nothing."""
    await tx.run("requests.put", connection=connection, sync=sync, id=record_id, now=micros(now), by=by)
    await moves.one_more(tx, connection)


async def withdraw(tx: Tx, connection: str, sync: str, record_id: str) -> None:
    """Ask no longer. What was made stays."""
    await tx.run("requests.withdraw", connection=connection, sync=sync, id=record_id)
    await moves.one_more(tx, connection)


async def among(tx: Tx, connection: str, ids: Collection[str]) -> dict[str, frozenset[str]]:
    """By the id of a record of the CRM: the syncs of which a record is asked for."""
    found: dict[str, set[str]] = {}
    for row in await tx.all("requests.among", connection=connection, ids=list(ids)):
        found.setdefault(row["id"], set()).add(row["sync"])
    return {record_id: frozenset(names) for record_id, names in found.items()}


async def forget(tx: Tx, connection: str, sync: str) -> None:
    """Forget what was asked for of a deleted sync."""
    await tx.run("requests.forget", connection=connection, sync=sync)
    await moves.one_more(tx, connection)
