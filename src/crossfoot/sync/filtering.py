"""Who takes part in a sync, as its filters say."""

from collections.abc import Mapping

from crossfoot.model.identity import Side
from crossfoot.model.records import Observation
from crossfoot.settings.rules import Sync
from crossfoot.sync.subject import Surroundings


def kept_out(sync: Sync, seen: Mapping[Side, Observation], around: Surroundings) -> str:
    """Which filter these records do not pass, in words; empty if they pass all."""
    for side, observation in seen.items():
        condition = sync.filters.get(side)
        if condition and not condition.holds(observation.fields):
            labels = {path: info.label for path, info in around.fields[side].items()}
            return f"the filter for {around.titles[side]} asks that {condition.sentence(labels)}"
    return ""
