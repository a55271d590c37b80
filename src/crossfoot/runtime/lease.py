"""One run at a time for a connection, over all processes, with a fence: a holder that was away too long can neither send nor settle."""

from dataclasses import dataclass

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

    @classmethod
    async def take(cls, database: Database, clock: Clock, connection: str, holder: str) -> "Lease | None":
        """The lease, or None while another process holds it."""
        name = f"run:{connection}"
        async with database.write() as tx:
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
