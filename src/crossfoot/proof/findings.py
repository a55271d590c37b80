"""Findings of the detectors, muted and aged, and added up as they come."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from heapq import heappush, heappushpop

from crossfoot.model.money import EXACT
from crossfoot.proof.detectors import Detector, Finding
from crossfoot.proof.money import ZERO
from crossfoot.settings.detecting import Silence


class Age(StrEnum):
    """How long something has been so."""

    WEEK = "up to 7 days"
    MONTH = "8 to 30 days"
    QUARTER = "31 to 90 days"
    LONGER = "over 90 days"
    UNKNOWN = "nobody knows"


def age_of(days: int | None) -> Age:
    """The band of an age in days."""
    if days is None:
        return Age.UNKNOWN
    for most, age in ((7, Age.WEEK), (30, Age.MONTH), (90, Age.QUARTER)):
        if days <= most:
            return age
    return Age.LONGER


def silent(silence: Silence, finding: Finding, today: date) -> bool:
    """Whether a finding is not to be told today: muted, known, or too young. What nobody knows the age of is old enough."""
    age = finding.age(today)
    return (
        silence.mute
        or (age is not None and age < silence.after)
        or any(
            name in silence.known and ((until := silence.known[name]) is None or today <= until)
            for name in (finding.label, finding.deal, *finding.invoices)
            if name
        )
    )


@dataclass(slots=True)
class Tally:
    """Findings of one detector in one currency."""

    count: int = 0
    amount: Decimal = ZERO
    """Of all of them, taken without sign: too much and too little do not cancel out."""
    ages: Counter[Age] = field(default_factory=Counter)
    muted: int = 0
    """Not told: muted, known, or younger than somebody wants to hear of."""


EXAMPLES = 10
"""Findings kept of each detector: the largest amounts."""


_HEARD = Silence()


class FindingBook:
    """Adds up findings, one after the other. What is kept grows with detectors and currencies, not with findings."""

    def __init__(self, silences: Mapping[str, Silence], today: date) -> None:
        self.today = today
        self._silences = silences
        self._tallies: dict[tuple[Detector, str], Tally] = {}
        self._examples: dict[Detector, list[tuple[Decimal, int, Finding]]] = {}
        self._added = 0

    def add(self, finding: Finding) -> bool:
        """One more finding; whether it is to be told, or is muted."""
        tally = self._tallies.setdefault((finding.detector, finding.currency), Tally())
        if silent(self._silences.get(finding.detector, _HEARD), finding, self.today):
            tally.muted += 1
            return False
        tally.count += 1
        tally.amount = EXACT.add(tally.amount, abs(finding.amount))
        tally.ages[age_of(finding.age(self.today))] += 1
        kept = self._examples.setdefault(finding.detector, [])
        self._added += 1
        entry = (abs(finding.amount), -self._added, finding)
        if len(kept) < EXAMPLES:
            heappush(kept, entry)
        else:
            heappushpop(kept, entry)
        return True

    @property
    def count(self) -> int:
        """Findings that are told."""
        return sum(tally.count for tally in self._tallies.values())

    @property
    def muted(self) -> int:
        """Findings that are not told."""
        return sum(tally.muted for tally in self._tallies.values())

    def tallies(self) -> list[tuple[Detector, str, Tally]]:
        """In the order of detectors and currencies."""
        keys = sorted(self._tallies, key=lambda key: (list(Detector).index(key[0]), key[1]))
        return [(*key, self._tallies[key]) for key in keys]

    def examples(self, detector: Detector) -> list[Finding]:
        """The findings with the largest amounts, the largest first."""
        kept = sorted(self._examples.get(detector, ()), key=lambda entry: entry[:2], reverse=True)
        return [finding for *_, finding in kept]
