"""Mappings: which field of the CRM goes with which field of the ledger, in which direction, and through which lens."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Final

from crossfoot.model.computed import is_computed
from crossfoot.model.identity import Side
from crossfoot.model.records import Fields, Value
from crossfoot.settings.choices import ConflictRule
from crossfoot.settings.lenses import Inexpressible, Lens

__all__ = [
    "ALL_INVOICES",
    "LEFT_TO_BILL",
    "UNTOLD",
    "Direction",
    "FieldPair",
    "Inexpressible",
    "Lens",
    "Untold",
]


class Direction(StrEnum):
    """Where values may be written."""

    BOTH = "both"  # both ways
    TO_LEDGER = "to_ledger"  # only into the ledger
    TO_CRM = "to_crm"  # only into the CRM
    NONE = "none"  # nowhere; what two opposite directions have in common

    def allows(self, side: Side) -> bool:
        """Whether this side may be written to."""
        return self is Direction.BOTH or self is _ONLY[side]

    def within(self, other: "Direction") -> "Direction":
        """What both directions allow."""
        if self is other or other is Direction.BOTH:
            return self
        return other if self is Direction.BOTH else Direction.NONE


_ONLY: Final[Mapping[Side, Direction]] = {Side.LEDGER: Direction.TO_LEDGER, Side.CRM: Direction.TO_CRM}


class Untold(Enum):
    """The class of `UNTOLD`."""

    UNTOLD = "untold"

    def __bool__(self) -> bool:
        return False


UNTOLD: Final = Untold.UNTOLD
"""Nothing is known about a field: it was not asked for, not told, or cannot be expressed. Not at all the same as empty."""


ALL_INVOICES: Final = "all invoices: "
"""Begins the path under which a ledger's field is told of all invoices of a deal together."""

LEFT_TO_BILL: Final = "left to bill: "
"""Begins the path under which it is told how much more a deal comes to than its invoices."""

Reader = Callable[[Fields], Value | Untold]
"""From the native values of a record to a shared value; UNTOLD where they do not tell it."""


@dataclass(frozen=True, slots=True)
class FieldPair:
    """One row of a mapping: native paths on each side that stand for one shared value."""

    name: str
    crm: tuple[str, ...]
    ledger: tuple[str, ...]
    lens: Lens
    direction: Direction = Direction.BOTH
    conflicts: ConflictRule | None = None
    """Who wins when both sides changed; None: as the sync says."""
    clears: bool = True
    """Whether a value that was emptied on one side is emptied on the other."""
    only_new: bool = False
    """Whether it is written into records that we make only; what it holds later is nobody's business."""
    handed: bool = False
    """Whether it belongs to the ledger from the sync's handover on: then it goes to the CRM only."""
    over: str = ""
    """Of a deal: `ALL_INVOICES` or `LEFT_TO_BILL`, where the ledger's value is one of all its invoices."""
    from_crm: Reader = field(init=False, repr=False, compare=False)
    """`read` for the CRM's side, and the next one for the ledger's: every comparison of two records asks each of its field pairs."""
    from_ledger: Reader = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        told = tuple(self.over + path for path in self.ledger)
        object.__setattr__(self, "from_crm", _reader(self.lens, Side.CRM, self.crm))
        object.__setattr__(self, "from_ledger", _reader(self.lens, Side.LEDGER, told))

    @property
    def computed(self) -> bool:
        """Whether it tells what Crossfoot computes, and nobody typed."""
        return any(is_computed(path) for path in self.ledger)

    def paths(self, side: Side) -> tuple[str, ...]:
        """The native paths on this side; none for a constant's source."""
        return self.crm if side is Side.CRM else self.ledger

    def read(self, side: Side, fields: Fields) -> Value | Untold:
        """The shared value that this side holds; UNTOLD if any path is absent or `obstacle` names a reason."""
        return self.from_crm(fields) if side is Side.CRM else self.from_ledger(fields)

    def obstacle(self, side: Side, fields: Fields) -> str | None:
        """Why this side's value cannot be expressed on the other side, in one sentence, where `read` gives UNTOLD for that reason."""
        return self.lens.obstacle(side, tuple(fields.get(path) for path in self.paths(side)))

    def write(self, side: Side, value: Value, fields: Fields) -> dict[str, Value]:
        """Native values for all paths of this side that stand for `value`, given what the side holds now.

        Raises `Inexpressible` where the side has no word for the value, ValueError where the lens does not lead to this side.
        """
        lens = self.lens
        if lens.towards not in (None, side):
            raise ValueError(f"The lens {lens.name} of '{self.name}' does not write to the {side}.")
        paths = self.paths(side)
        return dict(zip(paths, lens.put(side, value, tuple(fields.get(path) for path in paths)), strict=True))

    def says(self, value: Value) -> bool:
        """Whether a shared value says anything."""
        return not self.lens.says_nothing(value)

    def same(self, a: Value, b: Value) -> bool:
        """Whether two shared values mean the same."""
        return a is b or self.lens.same(a, b)


def _reader(lens: Lens, side: Side, paths: tuple[str, ...]) -> Reader:
    """`lens.get`, with what can be known beforehand about its paths and its lens asked once."""
    get, obstacle = lens.get, lens.obstacle

    def joint(fields: Fields) -> Value | Untold:
        try:
            native = tuple([fields[path] for path in paths])
        except KeyError:
            return UNTOLD
        return UNTOLD if obstacle(side, native) is not None else get(side, native)

    if len(paths) != 1 or not lens.nothing_is_nothing:
        return joint
    path = paths[0]

    def single(fields: Fields) -> Value | Untold:
        value = fields.get(path, UNTOLD)
        if value is None or value is UNTOLD:
            return value
        native = (value,)
        return UNTOLD if obstacle(side, native) is not None else get(side, native)

    return single
