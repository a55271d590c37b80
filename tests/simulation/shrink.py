"""From a failing run to the shortest story that still breaks the same promise: delta debugging over what people do and what goes wrong."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from tests.simulation.scenario import Act, Scenario

T = TypeVar("T")
Breaks = Callable[[Scenario], str]
"""Plays a scenario: the first invariant that it breaks, or ""."""


@dataclass
class Shrunk:
    """The result, and what it took."""

    scenario: Scenario
    replays: int


def shrink(scenario: Scenario, invariant: str, breaks: Breaks, most: int = 400) -> Shrunk:
    """`scenario` names its faults exactly (see `Scenario.exactly`). Each step keeps the broken invariant; `most` replays are made at most."""
    assert scenario.faults is not None, "write the faults down first"
    spent = 0

    def still(candidate: Scenario) -> bool:
        nonlocal spent
        spent += 1
        return breaks(candidate) == invariant

    def enough() -> bool:
        return spent >= most

    def with_faults(rest: Sequence[tuple[str, str]]) -> Scenario:
        return replace(best, faults=dict(rest))

    def with_acts(rest: Sequence[Act]) -> Scenario:
        return replace(best, acts=tuple(rest))

    best = scenario
    while True:
        before = (len(best.acts), len(best.faults or {}))
        faults = list((best.faults or {}).items())
        best = with_faults(_fewest(faults, lambda rest: still(with_faults(rest)), enough))
        best = with_acts(_fewest(best.acts, lambda rest: still(with_acts(rest)), enough))
        if (len(best.acts), len(best.faults or {})) == before or enough():
            break
    plainer_ones: tuple[dict[str, Any], ...] = (
        {"workers": 1},
        {"preview": False},
        {"shared_budget": False},
        {"rule": "newest"},
        {"deletion": "ignore"},
        {"merge": "new id"},
        {"atomic": True},
    )
    for plainer in plainer_ones:
        candidate = replace(best, config=replace(best.config, **plainer))
        if candidate != best and spent < most and still(candidate):
            best = candidate
    return Shrunk(best, spent)


def _fewest(
    items: Sequence[T], still: Callable[[Sequence[T]], bool], enough: Callable[[], bool]
) -> Sequence[T]:
    """The smallest part of `items` that delta debugging finds (Zeller and Hildebrandt's ddmin, complements only)."""
    if items and not enough() and still([]):
        return []
    parts = 2
    while len(items) > 1 and not enough():
        size = max(1, -(-len(items) // parts))
        for start in range(0, len(items), size):
            rest = [*items[:start], *items[start + size :]]
            if rest and not enough() and still(rest):
                items, parts = rest, max(2, parts - 1)
                break
        else:
            if size == 1:
                break
            parts = min(len(items), parts * 2)
    return items
