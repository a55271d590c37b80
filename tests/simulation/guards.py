"""Each safeguard, with how it is taken out, what must break then, and where that is seen.

Most have a story that is told in both forms; what the simulation does not reach has tests that must fail. A safeguard whose removal
nothing notices is either covered by another one, which then has to go with it, or not needed.
"""

from collections.abc import Mapping
from dataclasses import replace

from tests.simulation.guard import Guard
from tests.simulation.guards_tested import TESTED
from tests.simulation.guards_told import TOLD
from tests.simulation.money_guards import TOLD as MONEY
from tests.simulation.play import drawn, play
from tests.simulation.scenario import Scenario

GUARDS: Mapping[str, Guard] = {guard.name: guard for guard in (*TOLD, *MONEY, *TESTED)}
_OF_MONEY = {guard.name for guard in MONEY}


def scene(guard: Guard, seed: int) -> Scenario:
    """The scenario of a seed; for a safeguard of money one that is about money."""
    return drawn(seed, money=guard.name in _OF_MONEY or None)


def without(guard: Guard, scenario: Scenario) -> Scenario:
    """A drawn scenario in which the lack of a safeguard can show."""
    config = replace(scenario.config, guard=guard.name, **guard.config)
    rates = scenario.rates if scenario.faults is not None else {**scenario.rates, **guard.rates}
    return replace(scenario, config=config, rates=rates)


def play_without(guard: Guard, scenario: Scenario) -> str:
    """The invariant that a drawn scenario breaks without the safeguard, or ""."""
    with guard.remove():
        return play(without(guard, scenario)).invariant
