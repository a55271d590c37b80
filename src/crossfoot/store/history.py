"""History: what happened, in sentences. Lines are added and never changed, except that a privacy deletion blots them out."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crossfoot.model.identity import Ref
from crossfoot.store.database import Row, Tx
from crossfoot.store.values import decode, encode, micros, moment


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened. Lines of the same moment are shown in the order of their ids."""

    id: str
    at: datetime
    sync: str
    event: str
    """A short name of what happened, the same for the same kind of thing."""
    text: str
    """One sentence for people."""
    run: str | None = None
    crm_id: str | None = None
    ledger_id: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


async def add(tx: Tx, connection: str, lines: Iterable[Line]) -> None:
    """Add lines. One that is there already is not added twice, nor changed."""
    await tx.many(
        "history.add",
        [
            {
                "id": line.id,
                "connection": connection,
                "at": micros(line.at),
                "run": line.run,
                "sync": line.sync,
                "crm_id": line.crm_id,
                "ledger_id": line.ledger_id,
                "event": line.event,
                "sentence": line.text,
                "detail": encode(line.detail),
            }
            for line in lines
        ],
    )


async def of_record(
    tx: Tx, connection: str, ref: Ref, syncs: Collection[str], limit: int = 100
) -> list[Line]:
    """What happened to a record, newest first. `syncs`: the names of those that cover its kind, for ids are unique per kind only."""
    rows = await tx.all(
        f"history.of_{ref.side.value}_record",
        connection=connection,
        id=ref.id,
        syncs=list(syncs),
        limit=limit,
    )
    return [_line(row) for row in rows]


async def of_run(tx: Tx, connection: str, run: str) -> list[Line]:
    """What happened in a run, in order."""
    return [_line(row) for row in await tx.all("history.of_run", connection=connection, run=run)]


async def tail(tx: Tx, connection: str, limit: int = 100, before: Line | None = None) -> list[Line]:
    """What happened last, newest first; `before` goes on from a line."""
    if before is None:
        rows = await tx.all("history.tail", connection=connection, limit=limit)
    else:
        rows = await tx.all(
            "history.tail_before", connection=connection, limit=limit, at=micros(before.at), id=before.id
        )
    return [_line(row) for row in rows]


def _line(row: Row) -> Line:
    return Line(
        id=row["id"],
        at=moment(row["at"]),
        sync=row["sync"],
        event=row["event"],
        text=row["sentence"],
        run=row["run"],
        crm_id=row["crm_id"],
        ledger_id=row["ledger_id"],
        detail=decode(row["detail"]),
    )
