"""Faults: what may go wrong with a call, placed at an exact call or drawn by a keyed hash of a seed.

A drawn fault depends only on the seed and the *name* of the call (system, operation, subject, attempt), never on its position.
Taking one thing out of a scenario therefore leaves every other decision as it was, which is what makes shrinking work.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b


class Kind(StrEnum):
    """The ways a call can go wrong (codes of the fault catalogue in brackets)."""

    REFUSED = "refused"  # [F1] nothing listened; no effect
    REQUEST_LOST = "request lost"  # [F2] the connection broke before the vendor acted
    REPLY_LOST = "reply lost"  # [F3] the vendor acted, the answer never arrived
    ERROR_BEFORE = "error before"  # [F5] a 5xx answer, nothing was done
    ERROR_AFTER = "error after"  # [F5] a 5xx answer, everything was done
    GARBLED = "garbled"  # [F6] acted, answered 200 with a body cut in half
    THROTTLED = "throttled"  # [F11] the vendor's own 429
    HTML = "html"  # [F6] an HTML page from an edge proxy, 502, nothing was done


@dataclass(frozen=True, slots=True)
class Call:
    """The name of a call. `subject` tells what it is about (an id, a key, the count of a batch), `attempt` counts equal names from 1."""

    system: str  # "hubspot" or "xero"
    operation: str  # "METHOD /path/with/{placeholders}", without version and ids
    subject: str = ""
    attempt: int = 1

    @property
    def is_write(self) -> bool:
        """Whether the call may change the vendor's books."""
        return (
            not self.operation.startswith("GET")
            and "/search" not in self.operation
            and "/batch/read" not in self.operation
        )


@dataclass(frozen=True, slots=True)
class Placed:
    """A fault at an exact call. Empty `operation` or `subject` matches any; `nth` counts the matching calls from 1, 0 matches all."""

    fault: Kind
    system: str = ""
    operation: str = ""
    subject: str = ""
    nth: int = 1


class Faults:
    """Decides the fate of each call. Placed faults come first, then the keyed draw."""

    def __init__(
        self, seed: int | str = 0, rates: Mapping[Kind, float] | None = None, placed: Iterable[Placed] = ()
    ) -> None:
        self.seed = seed
        self.rates = dict(rates or {})
        self.placed = list(placed)
        self.happened: Counter[Kind] = Counter()
        self._seen: Counter[tuple[str, str, str]] = Counter()
        self._matched: Counter[int] = Counter()

    def named(self, system: str, operation: str, subject: str = "") -> Call:
        """The call's full name, with its attempt counted."""
        key = (system, operation, subject)
        self._seen[key] += 1
        return Call(system, operation, subject, self._seen[key])

    def fate(self, call: Call) -> Kind | None:
        """What goes wrong with this call, or None."""
        for index, rule in enumerate(self.placed):
            if (
                rule.system not in ("", call.system)
                or rule.operation not in ("", call.operation)
                or rule.subject not in ("", call.subject)
            ):
                continue
            self._matched[index] += 1
            if rule.nth in (0, self._matched[index]):
                self.happened[rule.fault] += 1
                return rule.fault
        for kind, rate in self.rates.items():
            if rate and draw(self.seed, kind, call.system, call.operation, call.subject, call.attempt) < rate:
                self.happened[kind] += 1
                return kind
        return None


def draw(*name: object) -> float:
    """A number in [0, 1) that depends on nothing but the name."""
    digest = blake2b("\x1f".join(str(part) for part in name).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64
