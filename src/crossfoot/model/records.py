"""What a side was seen to hold: values under the side's own field paths, and in what standing the record is."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from crossfoot.model.identity import Ref
from crossfoot.model.lines import Lines

Value = str | bool | Decimal | date | datetime | Lines | None
"""A field's value. None is "empty", on every side. Money and numbers are Decimal, moments aware UTC, calendar dates dates; the lines of a
document are one value."""

Fields = Mapping[str, Value]
"""Native path to value. A path that is absent was not asked for or not told: nothing is known about it, least of all that it is empty."""


class Standing(StrEnum):
    """In what state a record was found. Only positive facts count: MISSING is not a deletion."""

    LIVE = "live"
    ARCHIVED = "archived"  # archived, or in the recycle bin; the side says so
    MERGED = "merged"  # became part of another record, `Observation.survivor`
    ERASED = "erased"  # deleted for privacy; nothing of it may be kept
    MISSING = "missing"  # not found, and the side does not say why


@dataclass(frozen=True, slots=True)
class Observation:
    """One look at one record."""

    ref: Ref
    """The record that was asked for; after a merge this is the old id."""
    standing: Standing
    fields: Fields = field(default_factory=dict)
    modified: datetime | None = None
    """When the side says it last changed, by the side's own clock. Never compared with our clock."""
    survivor: str | None = None
    """The id of the record that this one became part of, when `standing` is MERGED."""
    times: Mapping[str, datetime] = field(default_factory=dict)
    """Native path to the moment of its last change, where the side keeps that (asked for with `times=True`)."""
    since: Mapping[str, datetime] = field(default_factory=dict)
    """Native path to the `modified` with which our looks first showed the value that it holds; a path that is absent changed at `modified`.
    So a write of ours, or anybody's edit of another field, makes no old value look new."""
    children: tuple["Observation", ...] | None = None
    """The records kept inside this one (a ledger contact's persons), all of them; None where not told."""
    parent: str | None = None
    """The id of the record that this one is kept inside."""

    @property
    def live(self) -> bool:
        """Whether the record exists and may be written to."""
        return self.standing is Standing.LIVE


Known = Callable[[Collection[Ref]], Awaitable[Mapping[Ref, Observation]]]
"""The door to memory: what was last seen of records, so that what has not moved need not be asked for again."""


async def nothing_known(_: Collection[Ref]) -> Mapping[Ref, Observation]:
    """A memory without anything in it."""
    return {}
