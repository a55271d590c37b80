"""Leases: who may do a thing that only one may do at a time, over all processes.

A holder that was believed dead may wake up. Its fence tells: each holder of a lease gets a higher one, and whoever is about to make the
result count asks `held` with its own fence, in the same transaction.
"""

from datetime import datetime, timedelta

from crossfoot.store.database import Tx
from crossfoot.store.values import micros


async def acquire(tx: Tx, name: str, holder: str, now: datetime, seconds: float) -> int | None:
    """Take a lease that is free or has run out: its fence. None when someone has it, even the same holder."""
    row = await tx.one(
        "leases.acquire", name=name, holder=holder, now=micros(now), expires_at=_after(now, seconds)
    )
    return None if row is None else int(row["fence"])


async def holder(tx: Tx, name: str) -> tuple[str, int] | None:
    """Who took a lease last, and with which fence, if it was not given back; it may have run out."""
    row = await tx.one("leases.holder", name=name)
    return None if row is None else (row["holder"], int(row["fence"]))


async def taken(tx: Tx, name: str, now: datetime) -> bool:
    """Whether somebody has a lease that has not run out."""
    return await tx.one("leases.taken", name=name, now=micros(now)) is not None


async def renew(tx: Tx, name: str, holder: str, fence: int, now: datetime, seconds: float) -> bool:
    """Keep a lease for `seconds` from now. False when it has run out."""
    done = await tx.run(
        "leases.renew",
        name=name,
        holder=holder,
        fence=fence,
        now=micros(now),
        expires_at=_after(now, seconds),
    )
    return done == 1


async def release(tx: Tx, name: str, holder: str, fence: int) -> None:
    """Let go. Nothing happens when someone else has taken over."""
    await tx.run("leases.release", name=name, holder=holder, fence=fence)


async def held(tx: Tx, name: str, holder: str, fence: int) -> bool:
    """Whether nobody has taken the lease over, so that what was done under it may count."""
    return await tx.one("leases.held", name=name, holder=holder, fence=fence) is not None


def _after(now: datetime, seconds: float) -> int:
    return micros(now + timedelta(seconds=seconds))
