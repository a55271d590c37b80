"""One run at a time for a connection, over all processes, with a fence: a holder that was away too long can neither send nor settle."""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from crossfoot.model.identity import Kind, Side
from crossfoot.store import leases
from crossfoot.store.database import Database, Tx
from crossfoot.systems.port import Clock

SECONDS = 120.0


class LeaseLost(Exception):
    """Another process took over; this one stops where it is. Nothing is lost: what it had begun is resolved by looking."""


@dataclass
class Lease:
    """The right to run a connection."""

    database: Database
    clock: Clock
    name: str
    holder: str
    fence: int
    heard: dict[tuple[Side, Kind], datetime] = field(default_factory=dict)
    """When each listing began that was completed under this lease."""

    @classmethod
    async def take(
        cls,
        database: Database,
        clock: Clock,
        connection: str,
        holder: str,
        alive: Callable[[str], bool] = lambda _: True,
    ) -> "Lease | None":
        """The lease, or None while another process holds it. A holder that is known to be dead holds nothing."""
        name = _name(connection)
        async with database.write() as tx:
            last = await leases.holder(tx, name)
            if last is not None and last[0] != holder and not alive(last[0]):
                await leases.release(tx, name, *last)
            fence = await leases.acquire(tx, name, holder, clock.now(), SECONDS)
        return None if fence is None else cls(database, clock, name, holder, fence)

    async def check(self, tx: Tx) -> None:
        """Renew inside the transaction that is about to act on it. Raises `LeaseLost`."""
        if not await leases.renew(tx, self.name, self.holder, self.fence, self.clock.now(), SECONDS):
            raise LeaseLost(f"{self.name} was taken over")

    async def give_back(self) -> None:
        """Let the next run begin at once."""
        async with self.database.write() as tx:
            await leases.release(tx, self.name, self.holder, self.fence)


async def under_way(
    tx: Tx, connection: str, now: datetime, alive: Callable[[str], bool] = lambda _: True
) -> bool:
    """Whether somebody runs a connection now. One who died and cannot be known to be dead seems to for as long as a lease lasts."""
    name = _name(connection)
    last = await leases.holder(tx, name)
    return last is not None and alive(last[0]) and await leases.taken(tx, name, now)


def _name(connection: str) -> str:
    return f"run:{connection}"


def process_name() -> str:
    """The name of this process as a holder: machine, process id and the moment of its start, so that a reused id is nobody else's."""
    return f"{socket.gethostname()}/{os.getpid()}/{_started(os.getpid())}"


def process_alive(holder: str) -> bool:
    """Whether a holder still lives. Only a process of this machine can be known to be dead."""
    machine, _, rest = holder.partition("/")
    process, _, started = rest.partition("/")
    if machine != socket.gethostname() or not process.isdigit() or not started:
        return True
    return _started(int(process)) == started


def _started(process: int) -> str:
    """When a process of this machine began, in the kernel's ticks; empty where that cannot be told or there is none."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text("utf-8")
    except FileNotFoundError:
        return "" if Path("/proc/self/stat").exists() else "?"
    except OSError:
        return "?"
    return stat.rpartition(")")[2].split()[19]
