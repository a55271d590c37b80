"""Reviews: questions that only a person can answer."""

import dataclasses
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from crossfoot.model.identity import Ref, Side
from crossfoot.store import moves
from crossfoot.store.database import Row, Tx
from crossfoot.store.values import decode, encode, micros, moment


class ReviewKind(StrEnum):
    """What is asked."""

    DOUBTFUL = "doubtful"  # are these the same thing?
    CONFLICT = "conflict"  # which value is right?
    HELD = "held"  # may this field move again?


@dataclass(frozen=True, slots=True)
class Review:
    """One question. There is at most one open question per sync, pair of records and field."""

    id: str
    sync: str
    kind: ReviewKind
    made_at: datetime
    crm_id: str = ""
    """Empty where no CRM record is concerned; the ledger's likewise."""
    ledger_id: str = ""
    field: str = ""
    subject: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """What it is about, for people and for carrying out the answer."""
    shown: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """The values that the person sees; the answer holds for exactly these."""
    open: bool = True
    decision: Any = None
    """None on a resolved question: it went away by itself."""
    decided_at: datetime | None = None
    decided_by: str | None = None


async def ask(tx: Tx, connection: str, reviews: Iterable[Review]) -> None:
    """Ask a person. A question that is open already keeps its id and shows the newest values."""
    await tx.many(
        "reviews.ask",
        [
            {
                "id": review.id,
                "connection": connection,
                "sync": review.sync,
                "kind": review.kind.value,
                "subject": encode(review.subject),
                "crm_id": review.crm_id,
                "ledger_id": review.ledger_id,
                "field": review.field,
                "shown": encode(review.shown),
                "made_at": micros(review.made_at),
            }
            for review in reviews
        ],
    )


async def get(tx: Tx, connection: str, review: str) -> Review | None:
    """One question."""
    row = await tx.one("reviews.get", connection=connection, id=review)
    return None if row is None else _review(row)


async def waiting(tx: Tx, connection: str, limit: int = 1000) -> list[Review]:
    """The open questions, oldest first."""
    return [_review(row) for row in await tx.all("reviews.open", connection=connection, limit=limit)]


async def waiting_on(tx: Tx, connection: str, sync: str, side: Side, ids: Collection[str]) -> list[Review]:
    """The open questions about some records of a side, oldest first."""
    rows = await tx.all(f"reviews.open_of_{side.value}", connection=connection, sync=sync, ids=list(ids))
    return [_review(row) for row in rows]


async def of_record(tx: Tx, connection: str, ref: Ref, syncs: Collection[str]) -> list[Review]:
    """All questions that ever were about a record, oldest first. `syncs`: the names of those that cover its kind."""
    rows = await tx.all(
        f"reviews.of_{ref.side.value}_record", connection=connection, id=ref.id, syncs=list(syncs)
    )
    return [_review(row) for row in rows]


async def resolve(tx: Tx, connection: str, review: str, decision: Any, now: datetime, by: str) -> bool:
    """A person answered. False when the question was not open any more: someone else was faster, or it went away."""
    return (
        await tx.run(
            "reviews.resolve",
            connection=connection,
            id=review,
            decision=encode(decision),
            now=micros(now),
            by=by,
        )
        == 1
    )


APART = "apart"
"""The decision that two records are not the same thing, whatever they have in common."""


async def keep_apart(
    tx: Tx, connection: str, sync: str, pairs: Iterable[tuple[str, str, str]], now: datetime, by: str
) -> None:
    """A person says of (new id, crm id, ledger id) that the two records are different things. It holds for good."""
    await tx.many(
        "reviews.keep_apart",
        [
            {
                "id": review,
                "connection": connection,
                "sync": sync,
                "crm_id": crm_id,
                "ledger_id": ledger_id,
                "decision": encode(APART),
                "now": micros(now),
                "by": by,
            }
            for review, crm_id, ledger_id in pairs
        ],
    )
    await moves.one_more(tx, connection)


async def kept_apart(
    tx: Tx, connection: str, sync: str, side: Side, ids: Collection[str]
) -> dict[str, frozenset[str]]:
    """By the id of a record on `side`: the records across that a person keeps apart from it."""
    found: dict[str, set[str]] = {}
    rows = await tx.all(
        f"reviews.apart_of_{side.value}",
        connection=connection,
        sync=sync,
        ids=list(ids),
        decision=encode(APART),
    )
    for row in rows:
        found.setdefault(row["id"], set()).add(row["across"])
    return {record_id: frozenset(across) for record_id, across in found.items()}


async def withdraw(tx: Tx, connection: str, ids: Iterable[str], now: datetime) -> None:
    """These questions have gone away by themselves."""
    at = micros(now)
    await tx.many(
        "reviews.resolve",
        [{"connection": connection, "id": review, "decision": None, "now": at, "by": None} for review in ids],
    )


async def counts(tx: Tx, connection: str) -> dict[tuple[str, ReviewKind], int]:
    """How many questions of each sort are open in each sync."""
    rows = await tx.all("reviews.counts", connection=connection)
    return {(row["sync"], ReviewKind(row["kind"])): row["number"] for row in rows}


async def forget(tx: Tx, connection: str, sync: str) -> None:
    """Drop the questions and answers of a sync that is deleted."""
    await tx.run("reviews.forget", connection=connection, sync=sync)
    await moves.one_more(tx, connection)


def _review(row: Row) -> Review:
    return Review(
        id=row["id"],
        sync=row["sync"],
        kind=ReviewKind(row["kind"]),
        made_at=moment(row["made_at"]),
        crm_id=row["crm_id"],
        ledger_id=row["ledger_id"],
        field=row["field"],
        subject=decode(row["subject"]),
        shown=decode(row["shown"]),
        open=row["state"] == "open",
        decision=None if row["decision"] is None else decode(row["decision"]),
        decided_at=None if row["decided_at"] is None else moment(row["decided_at"]),
        decided_by=row["decided_by"],
    )
