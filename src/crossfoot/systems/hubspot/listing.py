"""Listing: every record in the order of ids, later every changed record in the order of change. Seek paging only.

Both use the search, because its pages are twice as large as those of the list endpoint (HubSpot facts 3.1, 4). An offset is never
used: a record that changes while we page would move the others, and one would slip through.

The next listing starts from HubSpot's own time when this one began, less the time that the search index lags behind. A listing after
a quiet time is therefore one call with an empty answer.
"""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import msgspec

from crossfoot.model.identity import Kind
from crossfoot.systems.hubspot.kinds import object_type
from crossfoot.systems.hubspot.objects import ObjectType
from crossfoot.systems.hubspot.properties import Definitions
from crossfoot.systems.hubspot.reading import Filters, Found, Reading, condition
from crossfoot.systems.hubspot.records import modified
from crossfoot.systems.hubspot.values import milliseconds
from crossfoot.systems.port import Page

INDEX_LAG = timedelta(seconds=30)
"""How long a change may stay out of search (HubSpot fact 4)."""


class Mode(StrEnum):
    """What is being listed."""

    ALL = "all"  # ids greater than `after`
    CHANGED = "changed"  # changed at `since` or later
    TIED = "tied"  # changed exactly at `since`, ids greater than `after`


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a listing goes on. Moments are epoch milliseconds by HubSpot's clock."""

    mode: Mode
    since: int = 0
    after: str = "0"
    began: int | None = None
    """When this listing began; None before its first answer."""

    def __str__(self) -> str:
        return msgspec.json.encode(self).decode()

    @classmethod
    def parse(cls, text: str | None) -> "Cursor":
        """The reverse of `str(cursor)`; None is the start of a full listing. Raises ValueError."""
        if text is None:
            return cls(Mode.ALL)
        try:
            return msgspec.json.decode(text, type=cls)
        except msgspec.DecodeError as unreadable:
            raise ValueError(f"'{text}' is not the cursor of a HubSpot listing.") from unreadable


def question(of: ObjectType, cursor: Cursor) -> tuple[Filters, str]:
    """The conditions and the order of the next page."""
    match cursor.mode:
        case Mode.ALL:
            return [condition("hs_object_id", "GT", cursor.after)], "hs_object_id"
        case Mode.CHANGED:
            return [condition(of.modified, "GTE", str(cursor.since))], of.modified
        case Mode.TIED:
            tie = condition(of.modified, "EQ", str(cursor.since))
            return [tie, condition("hs_object_id", "GT", cursor.after)], "hs_object_id"


def advanced(of: ObjectType, cursor: Cursor, found: Found) -> tuple[Cursor, bool]:
    """The cursor after a page, and whether the listing is done.

    A page full of records changed in the same millisecond (an import) is continued inside that millisecond, by id.
    """
    began = cursor.began if cursor.began is not None else milliseconds(found.began)
    if not found.more:
        if cursor.mode is Mode.TIED:
            return Cursor(Mode.CHANGED, since=cursor.since + 1, began=began), False
        return Cursor(Mode.CHANGED, since=began - INDEX_LAG // timedelta(milliseconds=1)), True
    if cursor.mode is Mode.CHANGED:
        moments = [milliseconds(at) for at in (modified(of, each) for each in found.rows) if at]
        first, latest = min(moments, default=cursor.since), max(moments, default=cursor.since)
        mode = Mode.CHANGED if latest > max(first, cursor.since) else Mode.TIED
        return Cursor(mode, since=max(latest, cursor.since), began=began), False
    last = str(max(int(each.id) for each in found.rows))
    return Cursor(cursor.mode, since=cursor.since, after=last, began=began), False


async def listing(
    reading: Reading, definitions: Definitions, kind: Kind, wanted: Collection[str], cursor: str | None
) -> AsyncIterator[Page]:
    """The pages. A survivor of merges comes with the old ids that it consumed, so that nobody takes it for a new record."""
    of = object_type(kind)
    at = Cursor.parse(cursor)
    done = False
    while not done:
        infos = await definitions.covering(kind, wanted)
        filters, order = question(of, at)
        names = {*(each for each in wanted if each in infos), *of.always} - of.beside
        found = await reading.search(of, filters, order, names)
        observer = await reading.reader(kind, infos, wanted, found.records)
        at, done = advanced(of, at, found)
        observations = tuple(each for record in found.records for each in observer.with_merged(record))
        yield Page(observations, str(at), done)
