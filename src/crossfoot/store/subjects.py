"""Subjects: how each record stands in each sync, and why. What status counts, and what the proof explains differences with."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.problems import Problem
from crossfoot.model.subjects import SubjectState
from crossfoot.store.database import Row, Tx
from crossfoot.store.operations import problem_from
from crossfoot.store.records import by_kind
from crossfoot.store.values import encode, micros, moment


@dataclass(frozen=True, slots=True)
class Stood:
    """How a record stood when it was last decided."""

    ref: Ref
    state: SubjectState
    reason: str
    problem: Problem | None
    since: datetime
    """When it came to stand so."""


async def put(
    tx: Tx,
    connection: str,
    sync: str,
    stood: Iterable[tuple[Ref, SubjectState, str, Problem | None]],
    now: datetime,
) -> None:
    """Remember how records stand: (record, state, reason, problem)."""
    at = micros(now)
    await tx.many(
        "subjects.put",
        [
            {
                "connection": connection,
                "sync": sync,
                "side": ref.side.value,
                "kind": ref.kind.value,
                "id": ref.id,
                "state": state.value,
                "reason": reason,
                "problem": None if problem is None else encode(problem),
                "now": at,
            }
            for ref, state, reason, problem in stood
        ],
    )


async def get(tx: Tx, connection: str, sync: str, refs: Iterable[Ref]) -> dict[Ref, Stood]:
    """How some records stand; one that was never decided is absent."""
    found: dict[Ref, Stood] = {}
    for (side, kind), ids in by_kind(refs).items():
        rows = await tx.all(
            "subjects.get", connection=connection, sync=sync, side=side.value, kind=kind.value, ids=ids
        )
        found.update({stood.ref: stood for stood in map(_stood, rows)})
    return found


async def page(
    tx: Tx, connection: str, sync: str, state: SubjectState, after: Ref | None = None, limit: int = 1000
) -> list[Stood]:
    """The records of a sync that stand in a given way, in the order of side and id, beginning after one of them."""
    rows = await tx.all(
        "subjects.page",
        connection=connection,
        sync=sync,
        state=state.value,
        side=after.side.value if after else "",
        id=after.id if after else "",
        limit=limit,
    )
    return [_stood(row) for row in rows]


async def counts(tx: Tx, connection: str) -> dict[tuple[str, Side, SubjectState], int]:
    """How many records of each sync and side stand how."""
    rows = await tx.all("subjects.counts", connection=connection)
    return {(row["sync"], Side(row["side"]), SubjectState(row["state"])): row["number"] for row in rows}


async def forget(tx: Tx, connection: str, sync: str) -> None:
    """Forget how the records of a deleted sync stood."""
    await tx.run("subjects.forget", connection=connection, sync=sync)


def _stood(row: Row) -> Stood:
    return Stood(
        Ref(Side(row["side"]), Kind(row["kind"]), row["id"]),
        SubjectState(row["state"]),
        row["reason"],
        problem_from(row["problem"]),
        moment(row["since"]),
    )
