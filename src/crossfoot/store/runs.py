"""Runs, and halts: what was executed, and what stopped on purpose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from crossfoot.model.problems import Problem
from crossfoot.store.database import Row, Tx
from crossfoot.store.operations import problem_from
from crossfoot.store.values import decode, encode, micros, moment


class RunState(StrEnum):
    """How a run ended, if it did."""

    RUNNING = "running"
    INTERRUPTED = "interrupted"  # its process died; what it had begun is looked up by the next run
    DONE = "done"
    HALTED = "halted"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Run:
    """One execution."""

    id: str
    trigger: str
    """What started it, in the words of the log: by hand, plan applied."""
    started_at: datetime
    sync: str | None = None
    """None: all syncs of the connection."""
    ended_at: datetime | None = None
    state: RunState = RunState.RUNNING
    counts: Mapping[str, Any] = field(default_factory=dict)
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Halt:
    """A sync that stopped and called a person."""

    sync: str
    reason: str
    since: datetime
    detail: Mapping[str, Any] = field(default_factory=dict)


async def put(tx: Tx, connection: str, run: Run) -> None:
    """Remember a run as it stands."""
    await tx.run(
        "runs.put",
        id=run.id,
        connection=connection,
        sync=run.sync,
        trigger=run.trigger,
        started_at=micros(run.started_at),
        ended_at=None if run.ended_at is None else micros(run.ended_at),
        state=run.state.value,
        counts=encode(run.counts),
        problem=None if run.problem is None else encode(run.problem),
    )


async def interrupt(tx: Tx, connection: str) -> None:
    """Whatever seems to run does not: said by whoever has the right to run now."""
    await tx.run(
        "runs.interrupt",
        connection=connection,
        running=RunState.RUNNING.value,
        interrupted=RunState.INTERRUPTED.value,
    )


async def get(tx: Tx, connection: str, run: str) -> Run | None:
    """One run."""
    row = await tx.one("runs.get", connection=connection, id=run)
    return None if row is None else _run(row)


async def latest(tx: Tx, connection: str, limit: int = 1) -> list[Run]:
    """The newest runs, newest first."""
    return [_run(row) for row in await tx.all("runs.latest", connection=connection, limit=limit)]


async def halt(tx: Tx, connection: str, halt: Halt) -> None:
    """Stop a sync. One that has stopped already keeps its first reason."""
    await tx.run(
        "runs.halt",
        connection=connection,
        sync=halt.sync,
        reason=halt.reason,
        detail=encode(halt.detail),
        since=micros(halt.since),
    )


async def halted(tx: Tx, connection: str) -> dict[str, Halt]:
    """The syncs that have stopped."""
    rows = await tx.all("runs.halted", connection=connection)
    return {
        row["sync"]: Halt(row["sync"], row["reason"], moment(row["since"]), decode(row["detail"]))
        for row in rows
    }


async def release(tx: Tx, connection: str, sync: str, now: datetime, by: str) -> bool:
    """A person lets a sync go on. False when it had not stopped."""
    return await tx.run("runs.release", connection=connection, sync=sync, now=micros(now), by=by) == 1


def _run(row: Row) -> Run:
    return Run(
        id=row["id"],
        trigger=row["trigger"],
        started_at=moment(row["started_at"]),
        sync=row["sync"],
        ended_at=None if row["ended_at"] is None else moment(row["ended_at"]),
        state=RunState(row["state"]),
        counts=decode(row["counts"]),
        problem=problem_from(row["problem"]),
    )
