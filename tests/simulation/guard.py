"""What a safeguard is to the simulation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.guarded import GUARDED
from tests.simulation.removals import Removal
from tests.simulation.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Guard:
    """A safeguard, and how to remove it."""

    name: str
    prevents: str
    """What it is for, in half a sentence."""
    remove: Removal
    seen_as: tuple[str, ...] = ()
    """The invariants that may tell; the first one is the usual one."""
    tests: tuple[str, ...] = ()
    """Where a test is its home, because the simulation does not reach it: tests that fail without it."""
    config: Mapping[str, Any] = field(default_factory=dict)
    """What the configuration must be for it to show in a campaign."""
    rates: Mapping[str, float] = field(default_factory=dict)
    """Mishaps that it guards against, more often than usual."""

    @property
    def story(self) -> Scenario | None:
        """The story in which it matters."""
        return GUARDED.get(self.name)
