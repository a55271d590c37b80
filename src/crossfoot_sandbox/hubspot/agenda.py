"""What a portal will do by itself at a later moment: recalculations, steps of workflows."""

import heapq
from collections.abc import Callable

Act = Callable[[], None]


class Agenda:
    """Acts in the order of their moments, those of one moment in the order they were entered."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, int, Act]] = []
        self._entered = 0

    def add(self, at: int, act: Act) -> None:
        """Do this at that moment (milliseconds)."""
        self._entered += 1
        heapq.heappush(self._waiting, (at, self._entered, act))

    def next(self, now: int) -> tuple[int, Act] | None:
        """The earliest act that is due, taken off the agenda, with its moment."""
        if not self._waiting or self._waiting[0][0] > now:
            return None
        at, _, act = heapq.heappop(self._waiting)
        return at, act
