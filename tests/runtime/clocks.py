"""Virtual time for tests of what waits."""

import asyncio
import heapq
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class OwnClock:
    """Time of one process that does one thing at a time: only its sleeping moves it."""

    def __init__(self) -> None:
        self._now = START
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.advance(seconds)
        await asyncio.sleep(0)

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=max(0.0, seconds))


class CommonClock:
    """Time of many tasks: it moves to the next sleeper's end when everybody sleeps. For work that waits for nothing but this clock."""

    def __init__(self) -> None:
        self._now = START
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._count = 0

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self._count += 1
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + timedelta(seconds=seconds), self._count, woken))
        await woken

    async def run(self, *work: Awaitable[object]) -> None:
        """Do all of it, moving time as needed."""
        everything = asyncio.ensure_future(asyncio.gather(*work))
        while not everything.done():
            for _ in range(50):
                await asyncio.sleep(0)
            if self._sleepers and not everything.done():
                at, _, woken = heapq.heappop(self._sleepers)
                self._now = max(self._now, at)
                if not woken.done():
                    woken.set_result(None)
        await everything
