"""Listing documents: those that changed, and those of which a line changed.

A changed line item need not move its document's modified date, so line items are listed too, by their own dates, and lead to their documents.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from datetime import timedelta

import msgspec

from crossfoot.model.identity import Kind
from crossfoot.systems.hubspot.belongings import Belongings
from crossfoot.systems.hubspot.kinds import object_type
from crossfoot.systems.hubspot.line_items import ITEMS
from crossfoot.systems.hubspot.listing import INDEX_LAG, Cursor, advanced, listing, question
from crossfoot.systems.hubspot.objects import BATCH, LINES_PATH, ObjectType
from crossfoot.systems.hubspot.properties import Definitions
from crossfoot.systems.hubspot.reading import Found, Reading
from crossfoot.systems.hubspot.records import modified
from crossfoot.systems.hubspot.values import milliseconds
from crossfoot.systems.port import Page


class Cursors(msgspec.Struct, frozen=True):
    """Where a listing of documents stands: that of the documents, and that of their lines, which begins where the first one ends."""

    documents: str | None = None
    lines: str | None = None
    listed: bool = False
    """Whether the documents are done, and their lines are being listed."""

    def __str__(self) -> str:
        return msgspec.json.encode(self).decode()

    @classmethod
    def parse(cls, text: str | None) -> "Cursors":
        """The reverse of `str(cursors)`; None is the beginning. Raises ValueError."""
        if text is None:
            return cls()
        try:
            return msgspec.json.decode(text, type=cls)
        except (msgspec.DecodeError, msgspec.ValidationError) as unreadable:
            raise ValueError(f"'{text}' is not the cursor of a HubSpot listing of documents.") from unreadable


async def document_listing(
    reading: Reading,
    definitions: Definitions,
    belongings: Belongings,
    kind: Kind,
    wanted: Collection[str],
    cursor: str | None,
    portal: Callable[[], Awaitable[None]],
) -> AsyncIterator[Page]:
    """The pages. The first listing shows every document with all its lines, so lines count from its end on."""
    of = object_type(kind)
    at = Cursors.parse(cursor)
    await portal()
    lines = of.has_lines and LINES_PATH in wanted
    read_at: dict[str, int] = {}
    if not at.listed:
        first, began = at.lines is None, 0
        async for page in listing(reading, definitions, kind, wanted, at.documents):
            if page.last:
                # The next listing starts where this one began, less the lag of the index.
                began = Cursor.parse(page.cursor).since + INDEX_LAG // timedelta(milliseconds=1)
                read_at = dict.fromkeys(read_at, began)
            read_at |= dict.fromkeys((each.ref.id for each in page.observations), began if page.last else 0)
            complete = tuple(await belongings.complete(of, page.observations, wanted))
            started = page.cursor if first and page.last else at.lines
            at = Cursors(page.cursor, started, listed=page.last and lines and not first)
            yield Page(complete, str(at), page.last and not at.listed)
    if not at.listed:
        return
    done = False
    place = Cursor.parse(at.lines)
    while not done:
        filters, order = question(ITEMS, place)
        found = await reading.search(ITEMS, filters, order, (ITEMS.modified,))
        documents = await _unread(belongings, of, found, read_at) if found.rows else []
        seen = []
        for start in range(0, len(documents), BATCH):
            read = await reading.read(kind, documents[start : start + BATCH], wanted, times=False)
            seen += await belongings.complete(of, read, wanted)
        read_at |= dict.fromkeys(documents, milliseconds(found.began))
        place, done = advanced(ITEMS, place, found)
        yield Page(tuple(seen), str(Cursors(at.documents, str(place), listed=not done)), done)


async def _unread(
    belongings: Belongings, of: ObjectType, found: Found, read_at: Mapping[str, int]
) -> list[str]:
    """The documents of a page of line items, without those that this listing has read since their items changed."""
    belong = await belongings.documents(of, [each.id for each in found.rows])
    unread: dict[str, None] = {}
    for item in found.rows:
        changed = modified(ITEMS, item)
        for document in belong.get(item.id, ()):
            if changed is None or milliseconds(changed) >= read_at.get(document, 0):
                unread[document] = None
    return list(unread)
