"""Choices that depend only on a name: the same name always chooses the same, whatever else is chosen around it."""

from collections.abc import Sequence
from math import gcd
from typing import TypeVar

from crossfoot_sandbox.faults import draw

T = TypeVar("T")


class Choices:
    """A handful of choices for one named thing, all taken from a single keyed draw (enough for about 50 bits of choosing)."""

    __slots__ = ("_rest",)

    def __init__(self, *name: object) -> None:
        self._rest = draw(*name)

    def below(self, bound: int) -> int:
        """A whole number from 0 up to, not including, `bound`."""
        scaled = self._rest * bound
        chosen = int(scaled)
        self._rest = scaled - chosen
        return chosen

    def one_of(self, options: Sequence[T]) -> T:
        """One of the options, each as likely as the others."""
        return options[self.below(len(options))]


def in_turn(plain: str, kinds: Sequence[str], index: int, share: float) -> str:
    """`plain`, or for this share of indexes one of the kinds in turn, so that even a small world has every kind."""
    if not share or not kinds:
        return plain
    turn = int(index * share)
    return kinds[turn % len(kinds)] if int((index + 1) * share) > turn else plain


def scattered(index: int, offset: int, size: int) -> int:
    """A one-to-one shuffle of the whole numbers, block by block of `size`, so that neighbours do not look alike."""
    step = max(1, int(size * 0.618))
    while gcd(step, size) != 1:
        step += 1
    block, place = divmod(index, size)
    return block * size + (place * step + offset) % size
