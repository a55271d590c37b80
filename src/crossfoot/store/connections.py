"""Connections: one portal joined to one organisation, with the settings of its syncs."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crossfoot.store import moves
from crossfoot.store.database import Row, Tx
from crossfoot.store.values import micros, moment


class ConnectionState(StrEnum):
    """Whether a connection works."""

    ACTIVE = "active"
    PAUSED = "paused"  # a person stopped it
    NEEDS_CONSENT = "needs_consent"  # someone must connect again


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection."""

    id: str
    name: str
    created_at: datetime
    settings: str = ""
    """The YAML text, as the user wrote it."""
    crm_identity: str | None = None
    """The account that was found at connect (`Identity.key`): another one later is a mistake, never followed."""
    ledger_identity: str | None = None
    state: ConnectionState = ConnectionState.ACTIVE


async def put(tx: Tx, connection: Connection) -> None:
    """Remember a connection as it is now. Raises `Collision` when another one bears its name."""
    await tx.run(
        "connections.put",
        id=connection.id,
        name=connection.name,
        crm_identity=connection.crm_identity,
        ledger_identity=connection.ledger_identity,
        settings=connection.settings,
        state=connection.state.value,
        created_at=micros(connection.created_at),
    )
    await moves.one_more(tx, connection.id)


async def get(tx: Tx, connection: str) -> Connection | None:
    """One connection by its id."""
    row = await tx.one("connections.get", id=connection)
    return None if row is None else _connection(row)


async def by_name(tx: Tx, name: str) -> Connection | None:
    """One connection by the name that people gave it."""
    row = await tx.one("connections.by_name", name=name)
    return None if row is None else _connection(row)


async def every(tx: Tx) -> list[Connection]:
    """All connections, by name."""
    return [_connection(row) for row in await tx.all("connections.all")]


def _connection(row: Row) -> Connection:
    return Connection(
        id=row["id"],
        name=row["name"],
        created_at=moment(row["created_at"]),
        settings=row["settings"],
        crm_identity=row["crm_identity"],
        ledger_identity=row["ledger_identity"],
        state=ConnectionState(row["state"]),
    )
