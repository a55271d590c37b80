"""Other processes for tests of what processes share. See tests/store/children.py."""

import asyncio
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.runtime.clocks import OwnClock
from tests.store.children import start as start_child

from crossfoot.runtime.budget import SharedBudget
from crossfoot.runtime.tokens import InvalidGrant, Pair, RotatingTokens
from crossfoot.store.database import open_database
from crossfoot.store.secrets import KeyRing, Secrets
from crossfoot.systems.port import Allowance

KEY = bytes(32)
END = datetime(2027, 1, 1, tzinfo=UTC)


def start(function: str, *args: object) -> subprocess.Popen[str]:
    """Run `function` of this file in another process."""
    return start_child(function, *args, file=Path(__file__))


async def spend(url: str, times: str, calls: str, seconds: str) -> None:
    """Spend one call after the other in virtual time; tell the moment of each."""
    database = await open_database(url, durable=False)
    clock = OwnClock()
    budget = SharedBudget(database, clock)
    for number in range(int(times)):
        await budget.spend("xero:1", Allowance(int(calls), float(seconds)))
        sys.stdout.write(f"{clock.now().timestamp()}\n")
        clock.advance(0.01 * (number % 7))
    await database.close()


class Vendor:
    """A vendor that accepts each refresh token once, for whoever comes first; its memory is a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def refresh(self, token: str) -> Pair:
        """A new pair. A second use of the same token is an invalid grant."""
        try:
            (self._folder / f"used-{token}").touch(exist_ok=False)
        except FileExistsError:
            raise InvalidGrant from None
        await asyncio.sleep(0)
        number = int(token) + 1
        return Pair(f"access {number}", str(number), END)


class QuickClock:
    """Standing time; sleeping only lets others go on."""

    def now(self) -> datetime:
        return END - timedelta(hours=1)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.002))


async def use_tokens(url: str, folder: str, holder: str, tasks: str, times: str) -> None:
    """Every task uses tokens that the vendor refuses as expired again and again."""
    database = await open_database(url, durable=False)
    secrets = Secrets(KeyRing([KEY]))
    vendor = Vendor(Path(folder))

    async def work(number: int) -> None:
        tokens = RotatingTokens(
            database,
            secrets,
            QuickClock(),
            vendor.refresh,
            connection="c",
            system="xero",
            holder=f"{holder}-{number}",
        )
        for _ in range(int(times)):
            used = await tokens.bearer()
            newer = await tokens.expired(used)
            if newer == used:
                raise AssertionError(f"{used} was given out again")

    await asyncio.gather(*(work(number) for number in range(int(tasks))))
    await database.close()


if __name__ == "__main__":
    asyncio.run(globals()[sys.argv[1]](*sys.argv[2:]))
