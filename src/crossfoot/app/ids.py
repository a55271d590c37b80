"""Ids of our own: in the order of time, and not to be guessed."""

from collections.abc import Callable
from uuid import UUID

from crossfoot.store.values import micros
from crossfoot.systems.port import Clock

_PER_MILLISECOND = 0x1000  # the twelve bits of RFC 9562, section 5.7, that we count in


def time_ordered(clock: Clock, random: Callable[[int], bytes]) -> Callable[[], str]:
    """A maker of UUIDs of version 7 (RFC 9562). Each is greater than the one before, also within a millisecond.

    `random` gives so many unguessable bytes (`secrets.token_bytes`).
    """
    last = 0

    def make() -> str:
        nonlocal last
        last = max(last + 1, micros(clock.now()) // 1000 * _PER_MILLISECOND)
        milliseconds, count = divmod(last, _PER_MILLISECOND)
        tail = int.from_bytes(random(8), "big") & ((1 << 62) - 1)
        return str(UUID(int=milliseconds << 80 | 7 << 76 | count << 64 | 2 << 62 | tail))

    return make
