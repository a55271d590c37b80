"""How a connection stands: per sync what agrees, what waits, what failed, and when it was last looked at. From memory, without any call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crossfoot.model.identity import Kind, Side
from crossfoot.model.links import LinkState
from crossfoot.model.operations import OperationState
from crossfoot.model.subjects import SubjectState
from crossfoot.runtime.lease import process_alive, under_way
from crossfoot.settings.choices import ConflictRule, SyncState
from crossfoot.settings.mappings import Direction
from crossfoot.settings.rules import Sync
from crossfoot.store import cursors, links, operations, reviews, runs, signals, subjects
from crossfoot.store.connections import Connection, ConnectionState
from crossfoot.store.database import Database, Tx


@dataclass(frozen=True, slots=True)
class SyncStanding:
    """How one sync stands."""

    sync: str
    state: SyncState
    direction: Direction
    conflicts: ConflictRule
    linked: int
    """Pairs that are kept in agreement."""
    states: Mapping[Side, Mapping[SubjectState, int]]
    """Records per system, by how they stood when they were last decided."""
    waiting: int
    """Records that are to be looked at by the next run."""
    questions: int
    looked_at: datetime | None
    """When both systems had been looked at last; None: not yet."""

    def number(self, state: SubjectState) -> int:
        """How many records stand so, in both systems together."""
        return sum(counts.get(state, 0) for counts in self.states.values())


@dataclass(frozen=True, slots=True)
class Standing:
    """How a connection stands."""

    connection: str
    state: ConnectionState
    accounts: Mapping[Side, str | None]
    syncs: tuple[SyncStanding, ...]
    halts: tuple[runs.Halt, ...]
    last_run: runs.Run | None
    """As `latest_runs` tells it."""
    unknown: int
    """Writes of which no usable answer came; they are looked up before anything else is done."""
    remarks: tuple[str, ...] = ()
    """What people should know, or do in one of the systems, about the documents that are synced."""


async def latest_runs(tx: Tx, connection: str, now: datetime, limit: int = 1) -> list[runs.Run]:
    """The newest runs, newest first. One that never told its end and that nobody carries on was interrupted."""
    found = await runs.latest(tx, connection, limit)
    if any(run.state is runs.RunState.RUNNING for run in found) and not await under_way(
        tx, connection, now, process_alive
    ):
        return [
            replace(run, state=runs.RunState.INTERRUPTED) if run.state is runs.RunState.RUNNING else run
            for run in found
        ]
    return found


async def standing(
    database: Database, connection: Connection, syncs: Sequence[Sync], now: datetime
) -> Standing:
    """How a connection stands now."""
    async with database.read() as tx:
        linked = await links.counts(tx, connection.id)
        stood = await subjects.counts(tx, connection.id)
        noted = await signals.counts(tx, connection.id)
        asked = await reviews.counts(tx, connection.id)
        listed = await cursors.all_of(tx, connection.id)
        halted = await runs.halted(tx, connection.id)
        newest = await latest_runs(tx, connection.id, now)
        done = await operations.counts(tx, connection.id)
    return Standing(
        connection.name,
        connection.state,
        {Side.CRM: connection.crm_identity, Side.LEDGER: connection.ledger_identity},
        tuple(
            SyncStanding(
                sync.name,
                sync.state,
                sync.direction,
                sync.conflicts,
                linked.get((sync.name, LinkState.ACTIVE), 0),
                {
                    side: {
                        state: number
                        for (name, where, state), number in stood.items()
                        if (name, where) == (sync.name, side)
                    }
                    for side in Side
                },
                noted.get(sync.name, (0, 0))[0],
                sum(number for (name, _), number in asked.items() if name == sync.name),
                _looked_at(sync, listed),
            )
            for sync in syncs
        ),
        tuple(halted.values()),
        newest[0] if newest else None,
        sum(
            number
            for (*_, state), number in done.items()
            if state in (OperationState.UNKNOWN, OperationState.INTENDED)
        ),
    )


def _looked_at(sync: Sync, listed: Mapping[tuple[Side, Kind], cursors.Cursor]) -> datetime | None:
    """The older of the two looks; a kind kept inside another one is seen with it."""
    moments = []
    for side in Side:
        own = listed.get((side, sync.kind(side)))
        inside = [cursor for (each, _), cursor in listed.items() if each is side]
        if own is None and not inside:
            return None
        moments.append(own.listed_at if own else min(cursor.listed_at for cursor in inside))
    return min(moments)
