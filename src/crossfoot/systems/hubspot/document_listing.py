"""Listing documents of all kinds in one go: those that changed, and those of which a line changed.

A changed line item need not move its document's modified date, so line items are listed too, by their own dates, and lead to their documents. They
are asked for once, whatever they belong to, and before the documents: what the index shows of them spares most reads of lines (`at_hand.py`).
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.lines import Lines
from crossfoot.model.records import Known, Observation
from crossfoot.systems.hubspot.associations import READ_BATCH
from crossfoot.systems.hubspot.at_hand import AtHand
from crossfoot.systems.hubspot.belongings import Belongings
from crossfoot.systems.hubspot.kinds import object_type
from crossfoot.systems.hubspot.line_items import ITEMS, PROPERTIES
from crossfoot.systems.hubspot.listing import Cursor, advanced, listing, question
from crossfoot.systems.hubspot.objects import BATCH, LINES_PATH, SEARCH_PAGE
from crossfoot.systems.hubspot.properties import Definitions
from crossfoot.systems.hubspot.reading import Reading
from crossfoot.systems.hubspot.records import Record
from crossfoot.systems.port import Page

GATHERED = 10_000
"""Changed line items that are held at once. Of more, each document's lines are read by id."""

Wanted = Mapping[Kind, Collection[str]]


class Cursors(msgspec.Struct, frozen=True):
    """Where a listing of documents stands: that of each kind, and that of their lines, which begins with the end of the first one."""

    heads: dict[str, str] = {}
    lines: str | None = None

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

    def moved(self, kind: Kind, page: Page, *, lines: bool) -> "Cursors":
        """After a page of one kind. The first listing shows all lines with their documents, so changes count from where it began."""
        started = page.cursor if page.last and lines and self.lines is None else self.lines
        return Cursors({**self.heads, kind.value: page.cursor}, started)


@dataclass
class _Items:
    """The line items that changed, as far as they were gathered."""

    place: Cursor | None
    """Where their listing goes on; None where nothing is asked about lines yet."""
    rows: dict[str, Record] = field(default_factory=dict)
    began: datetime | None = None
    """When their first page was asked for, by HubSpot's clock."""
    done: bool = False
    """Whether these are all."""

    async def more(self, reading: Reading) -> None:
        """One page more."""
        assert self.place is not None
        filters, order = question(ITEMS, self.place)
        found = await reading.search(ITEMS, filters, order, PROPERTIES)
        self.began = self.began or found.began
        self.rows |= {each.id: each for each in found.records}
        self.place, self.done = advanced(ITEMS, self.place, found)


async def document_listing(
    reading: Reading,
    definitions: Definitions,
    belongings: Belongings,
    wanted: Wanted,
    cursor: str | None,
    known: Known,
    portal: Callable[[], Awaitable[None]],
) -> AsyncIterator[Page]:
    """The pages. `known` tells what memory holds of records."""
    at = Cursors.parse(cursor)
    await portal()
    lined = {
        kind: told for kind, told in wanted.items() if object_type(kind).has_lines and LINES_PATH in told
    }
    items = _Items(Cursor.parse(at.lines) if lined and at.lines is not None else None)
    while items.place is not None and not items.done and len(items.rows) < GATHERED:
        await items.more(reading)
    read: set[str] = set()
    for kind in sorted(wanted):
        heads = listing(reading, definitions, kind, wanted[kind], at.heads.get(kind.value))
        async for chunk in _chunks(heads):
            at_hand = await _at_hand(kind, chunk.observations, items, known)
            complete = await belongings.complete(object_type(kind), chunk.observations, wanted[kind], at_hand)
            read.update(_items_of(complete))
            *before, last = _parts(complete)
            for part in before:
                yield Page(part, str(at), last=False)
            at = at.moved(kind, chunk, lines=bool(lined))
            yield Page(last, str(at), last=False)
    while True:
        left = [each for each in items.rows if each not in read]
        seen = [each for kind in lined for each in await _holding(belongings, reading, kind, left, wanted)]
        if items.place is not None:
            at = Cursors(at.heads, str(items.place))
        ended = items.place is None or items.done
        yield Page(tuple(seen), str(at), last=ended)
        if ended:
            return
        items.rows.clear()
        await items.more(reading)


async def _chunks(pages: AsyncIterator[Page]) -> AsyncIterator[Page]:
    """Pages put together, as many records as can be asked at once what belongs to them."""
    held: dict[Ref, Observation] = {}
    cursor = ""
    async for page in pages:
        # A page begins with what the page before ended with; the later look counts.
        more = {each.ref: each for each in page.observations}
        if held and len({*held, *more}) > READ_BATCH:
            yield Page(tuple(held.values()), cursor, last=False)
            held = {}
        held, cursor = held | more, page.cursor
        if page.last:
            yield Page(tuple(held.values()), cursor, last=True)


async def _at_hand(kind: Kind, heads: Iterable[Observation], items: _Items, known: Known) -> AtHand | None:
    """Nothing, unless all line items that changed are known."""
    if items.began is None or not items.done:
        return None
    live = {each.ref.id: each for each in heads if each.live}
    before = await known([Ref(Side.CRM, kind, each) for each in live])
    return AtHand(items.began, items.rows, live, {ref.id: each for ref, each in before.items()})


def _items_of(documents: Iterable[Observation]) -> set[str]:
    """The line items that these documents were shown with."""
    lines = [each.fields.get(LINES_PATH) for each in documents]
    return {line.crm_id for told in lines if isinstance(told, Lines) for line in told}


def _parts(documents: list[Observation]) -> list[tuple[Observation, ...]]:
    """In pages, at least one."""
    return [
        tuple(documents[start : start + SEARCH_PAGE])
        for start in range(0, max(len(documents), 1), SEARCH_PAGE)
    ]


async def _holding(
    belongings: Belongings, reading: Reading, kind: Kind, items: Collection[str], wanted: Wanted
) -> list[Observation]:
    """The documents of a kind to which these line items belong, read now."""
    if not items:
        return []
    of = object_type(kind)
    belong = await belongings.documents(of, list(items))
    documents = list(dict.fromkeys(document for each in items for document in belong.get(each, ())))
    seen: list[Observation] = []
    for start in range(0, len(documents), BATCH):
        seen += await reading.read(kind, documents[start : start + BATCH], wanted[kind], times=False)
    return await belongings.complete(of, seen, wanted[kind])
