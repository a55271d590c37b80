"""Other processes for tests: a function of this file in a fresh Python, with its arguments, and an end that can be sudden."""

import asyncio
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.records import Observation, Standing
from crossfoot.store import cursors, records
from crossfoot.store.database import open_database

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def start(function: str, *args: object, file: Path = Path(__file__)) -> subprocess.Popen[str]:
    """Run `function` of this file, or of another one like it, in another process."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", str(file), function, *map(str, args)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )


def finish(child: subprocess.Popen[str]) -> str:
    """What it printed; fails if it did."""
    out, err = child.communicate(timeout=60)
    assert child.returncode == 0, err
    return out


async def increment(url: str, tasks: str, times: str) -> None:
    """Read a number, then write it one higher: what a missing lock makes lose."""
    database = await open_database(url, durable=False)

    async def one_after_the_other() -> None:
        for _ in range(int(times)):
            async with database.write() as tx:
                cursor = await cursors.get(tx, "c", Side.CRM, Kind.CONTACT)
                number = 0 if cursor is None else int(cursor.cursor)
                await asyncio.sleep(0)
                await cursors.put(tx, "c", Side.CRM, Kind.CONTACT, str(number + 1), START)

    await asyncio.gather(*(one_after_the_other() for _ in range(int(tasks))))
    await database.close()


async def die_inside_a_write(url: str) -> None:
    """Write a thousand records and a cursor, and be killed before the end of the transaction."""
    database = await open_database(url)
    async with database.write() as tx:
        looks = [
            Observation(Ref(Side.CRM, Kind.CONTACT, str(n)), Standing.LIVE, {"email": f"{n}@example.com"})
            for n in range(1000)
        ]
        await records.put(tx, "c", looks, START + timedelta(days=1))
        await cursors.put(tx, "c", Side.CRM, Kind.CONTACT, "half", START)
        os.kill(os.getpid(), signal.SIGKILL)


async def hold_a_write(url: str) -> None:
    """Stay inside a write transaction until told to go on."""
    database = await open_database(url)
    async with database.write():
        sys.stdout.write("inside\n")
        sys.stdout.flush()
        sys.stdin.readline()
    await database.close()


if __name__ == "__main__":
    asyncio.run(globals()[sys.argv[1]](*sys.argv[2:]))
