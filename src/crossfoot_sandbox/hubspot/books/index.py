"""What search sees: the records as they were when the index last caught up with them (HubSpot fact 4, A1)."""

import heapq
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from crossfoot_sandbox.hubspot.books.kinds import ObjectKind
from crossfoot_sandbox.hubspot.books.sortedkeys import SortedKeys


class Seen(NamedTuple):
    """One record as the index knows it."""

    number: int  # the id
    values: Mapping[str, str]
    modified: int
    turn: int  # the order of the write it shows


class SearchIndex:
    """Records by id, by modified date, and by the values of any property that was once asked for exactly."""

    def __init__(self, kind: ObjectKind) -> None:
        self._kind = kind
        self.seen: dict[int, Seen] = {}
        self.by_id: SortedKeys[int] = SortedKeys()
        self.by_modified: SortedKeys[tuple[int, int]] = SortedKeys()
        self._by_value: dict[str, dict[str, set[int]]] = {}
        self._waiting: list[tuple[int, int, int, Mapping[str, str] | None, int]] = []
        self._gone: dict[int, int] = {}
        self._turn = 0

    def schedule(self, visible: int, number: int, values: Mapping[str, str] | None, modified: int) -> None:
        """From the moment `visible` on, show these values; None means: no longer there."""
        self._turn += 1
        heapq.heappush(self._waiting, (visible, self._turn, number, values, modified))

    def fill(self, entries: Iterable[tuple[int, Mapping[str, str], int]]) -> None:
        """Many records that everybody has long seen."""
        fresh = [Seen(number, values, modified, 0) for number, values, modified in entries]
        self.seen.update((entry.number, entry) for entry in fresh)
        self.by_id.update(entry.number for entry in fresh)
        self.by_modified.update((entry.modified, entry.number) for entry in fresh)
        self._by_value.clear()

    def catch_up(self, now: int) -> None:
        """Show every write whose lag has passed. A younger write that was shown first is not undone by an older one."""
        while self._waiting and self._waiting[0][0] <= now:
            _, turn, number, values, modified = heapq.heappop(self._waiting)
            before = self.seen.get(number)
            if turn < (before.turn if before else self._gone.get(number, 0)):
                continue
            if before:
                self._drop(before)
            if values is None:
                self._gone[number] = turn
            else:
                self._put(Seen(number, values, modified, turn))

    def holding(self, name: str, texts: Iterable[str]) -> set[int]:
        """Ids of the records whose value of a property is, lower-cased, one of `texts`."""
        if name not in self._by_value:
            table: dict[str, set[int]] = {}
            for entry in self.seen.values():
                if (text := entry.values.get(name)) is not None:
                    table.setdefault(text.lower(), set()).add(entry.number)
            self._by_value[name] = table
        found: set[int] = set()
        for text in texts:
            found |= self._by_value[name].get(text.lower(), set())
        return found

    def _put(self, entry: Seen) -> None:
        self.seen[entry.number] = entry
        self.by_id.add(entry.number)
        self.by_modified.add((entry.modified, entry.number))
        for name, table in self._by_value.items():
            if (text := entry.values.get(name)) is not None:
                table.setdefault(text.lower(), set()).add(entry.number)

    def _drop(self, entry: Seen) -> None:
        del self.seen[entry.number]
        self.by_id.discard(entry.number)
        self.by_modified.discard((entry.modified, entry.number))
        for name, table in self._by_value.items():
            if (text := entry.values.get(name)) is not None:
                table[text.lower()].discard(entry.number)
