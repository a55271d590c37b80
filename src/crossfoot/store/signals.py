"""Signals: hints that a record may have changed. Each is kept until the work on it is done and no newer one came."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.store.database import Row, Tx
from crossfoot.store.records import by_kind
from crossfoot.store.values import micros, moment


@dataclass(frozen=True, slots=True)
class Signal:
    """Look at this record, in this sync."""

    side: Side
    kind: Kind
    id: str
    generation: int
    """Grows with every signal anywhere and never repeats: whoever clears says which one was worked on."""
    unread: bool
    """Whether the record must be read first; False where the listing that gave the signal has brought its content."""
    noted_at: datetime

    @property
    def ref(self) -> Ref:
        """The record."""
        return Ref(self.side, self.kind, self.id)


async def note(
    tx: Tx, connection: str, sync: str, refs: Collection[Ref], unread: bool, now: datetime
) -> None:
    """Someone says that these records may have changed. `unread` sticks until a read; a waiting signal keeps its place in the queue."""
    if not refs:
        return
    row = await tx.one("signals.next_generation")
    assert row is not None
    generation, noted_at = row["value"], micros(now)
    await tx.many(
        "signals.note",
        [
            {
                "connection": connection,
                "sync": sync,
                "side": ref.side.value,
                "kind": ref.kind.value,
                "id": ref.id,
                "generation": generation,
                "unread": int(unread),
                "now": noted_at,
            }
            for ref in refs
        ],
    )


async def take(tx: Tx, connection: str, sync: str, limit: int, unread: bool | None = None) -> list[Signal]:
    """The signals that have waited longest; they stay until cleared. `unread` takes only those that must, or need not, be read first."""
    if unread is None:
        rows = await tx.all("signals.take", connection=connection, sync=sync, limit=limit)
    else:
        rows = await tx.all(
            "signals.take_by_unread", connection=connection, sync=sync, limit=limit, unread=int(unread)
        )
    return [_signal(row) for row in rows]


async def page(tx: Tx, connection: str, sync: str, after: Ref | None, limit: int) -> list[Signal]:
    """The signals of a sync in the order of their records, beginning after one of them; they stay until cleared."""
    rows = await tx.all(
        "signals.page",
        connection=connection,
        sync=sync,
        side=after.side.value if after else "",
        id=after.id if after else "",
        limit=limit,
    )
    return [_signal(row) for row in rows]


async def generations(
    tx: Tx, connection: str, sync: str, refs: Iterable[Ref], *, unread: bool = True
) -> dict[Ref, int]:
    """The signals that wait about these records in a sync; without `unread` only those whose record need not be read first."""
    found: dict[Ref, int] = {}
    for (side, kind), ids in by_kind(refs).items():
        rows = await tx.all("signals.of_records", connection=connection, sync=sync, side=side.value, ids=ids)
        found |= {
            Ref(side, kind, row["id"]): row["generation"] for row in rows if unread or not row["unread"]
        }
    return found


async def clear(tx: Tx, connection: str, sync: str, done: Iterable[tuple[Side, str, int]]) -> None:
    """The work on (side, id, generation) is done.

    A signal that came meanwhile has another generation, and stays; so does one that asks for a read which has not been made since.
    """
    await tx.many(
        "signals.clear",
        [
            {
                "connection": connection,
                "sync": sync,
                "side": side.value,
                "id": record_id,
                "generation": generation,
            }
            for side, record_id, generation in done
        ],
    )


async def generation(tx: Tx) -> int:
    """The newest generation so far. Asked before a read is sent, it says which signals that read can answer."""
    row = await tx.one("signals.generation")
    return 0 if row is None else int(row["value"])


async def read(tx: Tx, connection: str, refs: Iterable[Ref], upto: int | None = None) -> None:
    """These records were read, for all syncs. Signals newer than the generation `upto` came after the read began, and stay unread."""
    newest = await generation(tx) if upto is None else upto
    for (side, kind), ids in by_kind(refs).items():
        await tx.run(
            "signals.read", connection=connection, side=side.value, kind=kind.value, ids=ids, upto=newest
        )


async def postpone(
    tx: Tx, connection: str, sync: str, records: Iterable[tuple[Side, str]], now: datetime
) -> None:
    """What cannot go on now goes to the end of the queue, so that it holds up nobody."""
    noted_at = micros(now)
    await tx.many(
        "signals.postpone",
        [
            {"connection": connection, "sync": sync, "side": side.value, "id": record_id, "now": noted_at}
            for side, record_id in records
        ],
    )


async def counts(tx: Tx, connection: str) -> dict[str, tuple[int, int]]:
    """Per sync: how many signals wait, and how many of them for a read."""
    rows = await tx.all("signals.counts", connection=connection)
    return {row["sync"]: (int(row["waiting"]), int(row["unread"])) for row in rows}


async def forget(tx: Tx, connection: str, sync: str) -> None:
    """Drop the signals of a sync that is deleted."""
    await tx.run("signals.forget", connection=connection, sync=sync)


def _signal(row: Row) -> Signal:
    return Signal(
        Side(row["side"]),
        Kind(row["kind"]),
        row["id"],
        row["generation"],
        bool(row["unread"]),
        moment(row["noted_at"]),
    )
