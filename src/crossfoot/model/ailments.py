"""What can be wrong with a field of ours in a system: people rename, move, archive and rebuild things, and fields are things."""

from dataclasses import dataclass
from enum import StrEnum


class AilmentKind(StrEnum):
    """What is wrong."""

    MISSING = "missing"  # it is not there
    ARCHIVED = "archived"  # it was archived, and can be brought back with what it held
    TYPE = "type"  # it holds another sort of value
    OPTIONS = "options"  # it lacks options that are written to it
    UNIQUE = "unique"  # it does not keep its values unique
    READ_ONLY = "read_only"  # it is calculated there, so nobody can write to it
    RENAMED = "renamed"  # people read another name; nothing hangs on it
    MOVED = "moved"  # it stands in another group; nothing hangs on it


_HARMLESS = frozenset({AilmentKind.RENAMED, AilmentKind.MOVED})
_LASTING = frozenset({AilmentKind.UNIQUE, AilmentKind.READ_ONLY})


@dataclass(frozen=True, slots=True)
class Ailment:
    """One thing that is wrong with one field."""

    path: str
    label: str
    """What we call it."""
    kind: AilmentKind
    what: str
    """A clause that goes on after the field's name: `is archived`."""
    fix: str = ""
    """What only a person can do about it; empty where it can be mended for them."""

    @property
    def harmless(self) -> bool:
        """Whether everything works all the same: somebody may have wanted it so."""
        return self.kind in _HARMLESS

    @property
    def mendable(self) -> bool:
        """Whether the system lets us put it right."""
        return self.kind not in _LASTING
