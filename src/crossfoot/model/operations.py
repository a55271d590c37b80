"""One write planned for one side, or one thing to remember: the spine of preview, log, failed items and undo."""

from dataclasses import dataclass, field
from enum import StrEnum

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.problems import Problem
from crossfoot.model.records import Fields, Value


class Act(StrEnum):
    """What an operation does."""

    CREATE = "create"
    UPDATE = "update"
    ARCHIVE = "archive"
    LINK = "link"  # remember that two records are the same thing; no call to a system
    UNLINK = "unlink"  # remember that they no longer are; no call to a system

    @property
    def calls(self) -> bool:
        """Whether a system is called."""
        return self not in (Act.LINK, Act.UNLINK)


class OperationState(StrEnum):
    """What became of an operation; each with the sentence that people read."""

    PLANNED = "planned"
    INTENDED = "intended"
    APPLIED = "applied"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    SUPERSEDED = "superseded"

    @property
    def sentence(self) -> str:
        """For people."""
        return {
            OperationState.PLANNED: "Waits to be applied.",
            OperationState.INTENDED: "Was about to be sent; what became of it is looked up before anything else is done.",
            OperationState.APPLIED: "Done, and confirmed by the system.",
            OperationState.REFUSED: "The system refused it; nothing was changed.",
            OperationState.UNKNOWN: "No usable answer came; the record is looked up before anything is repeated.",
            OperationState.SUPERSEDED: "Not done: the records had moved on, so it was planned again.",
        }[self]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of an operation, as people see it: shared values before and after, and why."""

    field: str
    before: Value
    after: Value
    why: str
    overrules: bool = False
    """Whether `before` was somebody's edit that lost a conflict."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. Two operations that differ only in `id` are the same plan."""

    sync: str
    act: Act
    side: Side
    """The side that is written to; for LINK and UNLINK always the CRM."""
    kind: Kind
    """The kind of the record on that side."""
    crm_id: str | None
    ledger_id: str | None
    values: Fields = field(default_factory=dict)
    """Native path to value: exactly what will be sent."""
    fields: tuple[FieldChange, ...] = ()
    reason: str = ""
    key: str | None = None
    """For a create: the creation key."""
    waits_for: tuple[Ref, ...] = ()
    """Records whose partners must be created first; the values that name them are filled in then."""
    problem: Problem | None = None
    undoes: str | None = None
    id: str = ""

    def id_on(self, side: Side) -> str | None:
        """The id of the record that it concerns on a side; None where there is none yet."""
        return self.crm_id if side is Side.CRM else self.ledger_id

    @property
    def target_id(self) -> str | None:
        """The id of the record that is written to; None for a create."""
        return self.crm_id if self.side is Side.CRM else self.ledger_id

    @property
    def source_id(self) -> str | None:
        """The id of the record across."""
        return self.ledger_id if self.side is Side.CRM else self.crm_id

    @property
    def place(self) -> tuple[str, Act, Side, str | None, str | None]:
        """What it does to which records; a plan has at most one operation for each place."""
        return self.sync, self.act, self.side, self.crm_id, self.ledger_id

    def same_plan(self, other: "Operation") -> bool:
        """Whether both would do the same thing, apart from references that were still to be filled in."""
        if (
            self.place != other.place
            or self.kind is not other.kind
            or self.values.keys() != other.values.keys()
        ):
            return False
        if not self.waits_for and not other.waits_for:
            return self.values == other.values
        unfilled = {str(ref) for op in (self, other) for ref in op.waits_for}
        return all(
            value == other.values[path] or value in unfilled or other.values[path] in unfilled
            for path, value in self.values.items()
        )
