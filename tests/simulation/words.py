"""The plain values that the parts of the simulation hand to each other."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Violation:
    """A promise that was broken, with what shows it."""

    invariant: str
    evidence: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.evidence}"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the story, for people. `column` is crm, ledger, or empty for what Crossfoot does."""

    at: float
    column: str
    text: str


@dataclass(frozen=True, slots=True)
class Typed:
    """An edit by a person, as the act had it: the oracle's memory of what people want."""

    at: datetime
    side: str
    alias: str
    kind: str
    record: str
    word: str
    value: str


@dataclass
class Ran:
    """One run of the engine."""

    life: str
    began: datetime
    ended: datetime | None = None
    ok: bool = False
    halted: bool = False
    approved: bool = False
    applied: int = 0
