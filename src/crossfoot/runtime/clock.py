"""The only clock of the program; everything else is handed one."""

import asyncio
from datetime import UTC, datetime


class SystemClock:
    """The machine's own time. Implements `systems.port.Clock`."""

    def now(self) -> datetime:
        """Aware UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait without holding up others; not at all for a time that is over."""
        await asyncio.sleep(max(0.0, seconds))
