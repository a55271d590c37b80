"""What a run tells: how far it is while it goes on, and what it did."""

from collections.abc import Callable
from dataclasses import dataclass, field

from crossfoot.model.operations import Operation, OperationState
from crossfoot.model.problems import Problem
from crossfoot.sync.stop import Halt

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is (0: not known)."""


def quiet(_what: str, _done: int, _total: int) -> None:
    """No progress shown."""


@dataclass
class Tally:
    """How many operations came out how."""

    applied: int = 0
    refused: int = 0
    unknown: int = 0
    superseded: int = 0
    waiting: int = 0
    applied_by: dict[str, int] = field(default_factory=dict)

    def add(self, other: "Tally") -> None:
        """Everything of another one too."""
        for name in ("applied", "refused", "unknown", "superseded", "waiting"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name, number in other.applied_by.items():
            self.applied_by[name] = self.applied_by.get(name, 0) + number

    def count(self, operation: Operation, state: OperationState) -> None:
        """One more operation with this outcome."""
        match state:
            case OperationState.APPLIED:
                self.applied += 1
                name = f"{operation.act} {operation.side}"
                self.applied_by[name] = self.applied_by.get(name, 0) + 1
            case OperationState.REFUSED:
                self.refused += 1
            case OperationState.UNKNOWN:
                self.unknown += 1
            case OperationState.SUPERSEDED:
                self.superseded += 1
            case _:
                self.waiting += 1


@dataclass
class Report:
    """What a run did."""

    run: str = ""
    listed: int = 0
    changed: int = 0
    planned: int = 0
    tally: Tally = field(default_factory=Tally)
    completed: Tally = field(default_factory=Tally)
    """Of an applied plan: writes that brought its new records what their creation could not carry."""
    halt: Halt | None = None
    trouble: Problem | None = None
    busy: bool = False
    unresolved: int = 0

    @property
    def ok(self) -> bool:
        """Whether the run came to its end."""
        return self.halt is None and self.trouble is None and not self.busy
