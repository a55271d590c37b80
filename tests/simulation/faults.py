"""What goes wrong, keyed by name: the fate of an effect depends on the seed and on the effect's label, never on its position.

An effect is a call to a vendor or a commit. Its label says what it is, in which run of which life, and how many times that has happened there
("crm update contacts, worker 1.1 run 3 #2"), so taking one thing out of a scenario leaves almost every other decision as it was.
"""

from collections import Counter
from collections.abc import Mapping

from tests.simulation.scenario import Scenario

from crossfoot_sandbox.faults import Call, Faults, Kind, draw

CRASH_BEFORE = "crash before"
CRASH_AFTER = "crash after"
SLOW = "slow"
"""The answer takes minutes: the holder's lease runs out meanwhile."""

LATE = "late"
"""The answer takes a minute: within a lease, but what it tells is a minute old."""

VENDOR = {kind.value for kind in Kind}
UNSEEN = "unseen"
"""A read does not find a record that is there: a replica that lags (F8)."""
UNTOLD = "untold"
"""The answer to a batch does not mention one element that was written (F27)."""
HALF = "half refused"
"""One element of a batch is not written, the others are (F27)."""
OWN = (CRASH_BEFORE, CRASH_AFTER, SLOW, LATE)
COMMIT = (CRASH_BEFORE, CRASH_AFTER)


class Fates:
    """Decides what happens to each effect of one run, and remembers it."""

    def __init__(self, scenario: Scenario) -> None:
        self.seed = scenario.seed
        self.rates = dict(scenario.rates)
        self.exact = None if scenario.faults is None else dict(scenario.faults)
        self.happened: dict[str, str] = {}
        self.effects: list[str] = []
        """Every label in the order of its effect while mishaps were possible, for enumerations."""
        self.quiet = False
        self._counted: Counter[str] = Counter()

    def label(self, name: str, where: str) -> str:
        """The full label of the next effect of this name in one run of one life: what happens elsewhere does not change it."""
        name = f"{name}, {where}"
        self._counted[name] += 1
        label = f"{name} #{self._counted[name]}"
        if not self.quiet:
            self.effects.append(label)
        return label

    def own(self, label: str, kinds: tuple[str, ...] = OWN) -> str:
        """What becomes of us at this effect: nothing (""), a crash before or after it, an answer that takes its time."""
        return self._fate(label, kinds)

    def vendor(self, call: Call, label: str) -> Kind | None:
        """What the vendor or the network does with a call."""
        del call
        found = self._fate(label, tuple(self._vendor_kinds()))
        return Kind(found) if found else None

    def _vendor_kinds(self) -> list[str]:
        if self.exact is not None:
            return [kind.value for kind in Kind]
        return [kind for kind in self.rates if kind in VENDOR]

    def _fate(self, label: str, kinds: tuple[str, ...]) -> str:
        if self.quiet:
            return ""
        if self.exact is not None:
            found = self.exact.get(label, "")
            if found in kinds:
                self.happened[label] = found
                return found
            return ""
        for kind in kinds:
            rate = self.rates.get(kind, 0.0)
            if rate and draw(self.seed, kind, label) < rate:
                self.happened[label] = kind
                return kind
        return ""


class SeamFaults(Faults):
    """The sandbox's own seam for faults, decided by `Fates`: whoever makes the call says under which label it is known."""

    def __init__(self, fates: Fates) -> None:
        super().__init__(fates.seed)
        self.fates = fates
        self.label = ""

    def fate(self, call: Call) -> Kind | None:
        """The fate of the call that is being made."""
        found = self.fates.vendor(call, self.label) if self.label else None
        if found is not None:
            self.happened[found] += 1
        return found


def mix(seed: int) -> Mapping[str, float]:
    """The faults of a seed (swarm): some seeds have none at all, some many of one kind."""
    mood = draw(seed, "mood")
    if mood < 0.12:
        return {}
    strength = 0.4 if mood < 0.4 else 1.0 if mood < 0.85 else 2.5
    base = {
        Kind.REFUSED: 0.01,
        Kind.REQUEST_LOST: 0.015,
        Kind.REPLY_LOST: 0.03,
        Kind.ERROR_BEFORE: 0.01,
        Kind.ERROR_AFTER: 0.015,
        Kind.GARBLED: 0.01,
        Kind.THROTTLED: 0.01,
        Kind.HTML: 0.005,
    }
    rates: dict[str, float] = {
        kind.value: rate * strength for kind, rate in base.items() if draw(seed, "kind", kind) < 0.7
    }
    if draw(seed, "crashes") < 0.7:
        rates[CRASH_BEFORE] = 0.006 * strength
        rates[CRASH_AFTER] = 0.012 * strength
    if draw(seed, "halves") < 0.5:
        rates[UNTOLD] = 0.04 * strength
        rates[HALF] = 0.2 * strength
    if draw(seed, "unseen") < 0.4:
        rates[UNSEEN] = 0.03 * strength
    if draw(seed, "slow") < 0.3:
        rates[SLOW] = 0.004 * strength
    return rates
