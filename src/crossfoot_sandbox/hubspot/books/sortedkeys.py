"""A sorted collection that stays fast at 100,000 keys: chunks of a few hundred, found by bisection."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

K = TypeVar("K", int, tuple[int, int])

_CHUNK = 512


class SortedKeys(Generic[K]):
    """Distinct keys in ascending order."""

    def __init__(self, keys: Iterable[K] = ()) -> None:
        self._chunks: list[list[K]] = []
        self._lasts: list[K] = []
        self._count = 0
        self.update(keys)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[K]:
        for chunk in self._chunks:
            yield from chunk

    def update(self, keys: Iterable[K]) -> None:
        """Add many at once."""
        every = sorted([*self, *keys])
        self._chunks = [every[start : start + _CHUNK] for start in range(0, len(every), _CHUNK)]
        self._lasts = [chunk[-1] for chunk in self._chunks]
        self._count = len(every)

    def add(self, key: K) -> None:
        """Add one that is not there yet."""
        self._count += 1
        if not self._chunks:
            self._chunks.append([key])
            self._lasts.append(key)
            return
        at = min(bisect_left(self._lasts, key), len(self._chunks) - 1)
        chunk = self._chunks[at]
        if key > chunk[-1]:
            chunk.append(key)
        else:
            insort(chunk, key)
        if len(chunk) > 2 * _CHUNK:
            self._chunks[at : at + 1] = [chunk[:_CHUNK], chunk[_CHUNK:]]
            self._lasts[at : at + 1] = [chunk[_CHUNK - 1], chunk[-1]]
        else:
            self._lasts[at] = chunk[-1]

    def discard(self, key: K) -> None:
        """Remove one if it is there."""
        at = bisect_left(self._lasts, key)
        if at == len(self._chunks):
            return
        chunk = self._chunks[at]
        place = bisect_left(chunk, key)
        if place == len(chunk) or chunk[place] != key:
            return
        self._count -= 1
        del chunk[place]
        if chunk:
            self._lasts[at] = chunk[-1]
        else:
            del self._chunks[at], self._lasts[at]

    def rank(self, key: K, *, after: bool = False) -> int:
        """How many keys are smaller than `key` (with `after`: smaller or equal)."""
        bisect = bisect_right if after else bisect_left
        at = bisect(self._lasts, key)
        before = sum(map(len, self._chunks[:at]))
        return before + (bisect(self._chunks[at], key) if at < len(self._chunks) else 0)

    def between(self, start: int, stop: int) -> list[K]:
        """The keys whose ranks are in `[start, stop)`."""
        found: list[K] = []
        for chunk in self._chunks:
            if stop <= 0:
                break
            if start < len(chunk):
                found += chunk[max(0, start) : stop]
            start -= len(chunk)
            stop -= len(chunk)
        return found
