"""What a portal will do by itself at a later moment: recalculations, steps of workflows."""

import heapq
from dataclasses import dataclass

from crossfoot_sandbox.hubspot.books.enrolments import Enrolment


@dataclass(frozen=True, slots=True)
class AddUp:
    """An invoice's totals are brought up to date (B1)."""

    invoice: str


@dataclass(frozen=True, slots=True)
class Proceed:
    """A record goes on through its workflow, from this action on."""

    enrolment: Enrolment
    action: str


Later = AddUp | Proceed


class Agenda:
    """What is due, in the order of the moments, those of one moment in the order they were entered."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, int, Later]] = []
        self._entered = 0

    def add(self, at: int, what: Later) -> None:
        """Do this at that moment (milliseconds)."""
        self._entered += 1
        heapq.heappush(self._waiting, (at, self._entered, what))

    def next(self, now: int) -> tuple[int, Later] | None:
        """The earliest of what is due, taken off the agenda, with its moment."""
        if not self._waiting or self._waiting[0][0] > now:
            return None
        at, _, what = heapq.heappop(self._waiting)
        return at, what
