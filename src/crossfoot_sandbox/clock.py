"""The sandbox's only clock. It follows a source of seconds and can be moved forward at will."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock:
    """Virtual time. Left alone it runs with its source (real seconds by default); `advance` jumps, `freeze` stops it.

    A simulation passes its own source, for example the seconds of its scheduler.
    """

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source = source
        self._ahead = 0.0
        self._frozen: float | None = None

    def seconds(self) -> float:
        """Seconds since 1970, UTC."""
        return self._frozen if self._frozen is not None else self._source() + self._ahead

    def now(self) -> datetime:
        """The present moment, aware UTC, cut to milliseconds as both vendors store it."""
        return EPOCH + timedelta(milliseconds=int(self.seconds() * 1000))

    def advance(self, seconds: float) -> None:
        """Move forward. Time never runs backwards; a negative value is an error."""
        if seconds < 0:
            raise ValueError("time does not run backwards")
        if self._frozen is not None:
            self._frozen += seconds
        else:
            self._ahead += seconds

    def freeze(self) -> None:
        """Stop: from now on only `advance` moves time."""
        self._frozen = self.seconds()
