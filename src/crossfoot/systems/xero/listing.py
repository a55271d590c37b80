"""Everything that changed, oldest first, by seeking: `If-Modified-Since` moves on behind the last row, the page stays 1.

Turning pages over a list that is ordered by a moving time loses rows: one that changes meanwhile goes to the end and shifts a neighbour
into a page already read (Xero fact 4.5). Pages are turned only where more rows share one second than a page holds, and then the listing
goes over that second again if anything changed meanwhile.

A cursor's times are Xero's own. After a listing it stands five minutes back, as Xero advises (Xero fact 4.6), or less: never so far that
listing again at once would take a second call.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import msgspec

from crossfoot.systems.port import Page
from crossfoot.systems.xero import items
from crossfoot.systems.xero.answers import Items, Pages, Row, moment
from crossfoot.systems.xero.http import API, XeroClient
from crossfoot.systems.xero.listed import FOUR_DECIMALS, PAGE_SIZE, Listed, Paths, page

R = TypeVar("R", bound=Row)

OVERLAP = timedelta(minutes=5)
SHORT_OVERLAP = timedelta(seconds=5)
"""Where the last second alone filled pages: listing it again would take as many calls again."""
SECOND = timedelta(seconds=1)

REPEATS = 3
"""How often a crowded second is gone over again because something changed meanwhile; then the next listing does it."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a listing stands. `since` None: from the beginning."""

    since: datetime | None = None
    page: int = 1
    crowded: datetime | None = None
    """The `since` of the first crowded second in which pages had to be turned; None while none was met."""
    turned: datetime | None = None
    """Xero's time when its first page was read."""
    shifted: bool = False
    """Whether a row changed after that, so that a row may have slipped between two pages."""
    repeats: int = 0

    def text(self) -> str:
        """The form that is stored."""
        return msgspec.json.encode(
            {name: value for name, value in asdict(self).items() if value is not None}
        ).decode()

    @classmethod
    def parse(cls, text: str | None) -> "Cursor":
        """The reverse of `text()`; None is the beginning."""
        return msgspec.json.decode(text, type=cls) if text else cls()


def _second(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)


def advance(cursor: Cursor, answer: Pages[R], size: int) -> tuple[Cursor, bool]:
    """The cursor behind an answer, and whether the listing is complete."""
    rows = answer.rows
    now = moment(answer.date_time_utc)
    shifted = cursor.shifted or (cursor.turned is not None and _any_since(rows, cursor.turned - SECOND))
    cursor = replace(cursor, shifted=shifted)
    if rows and _more(cursor, answer, size):
        since = _behind(rows)
        if since is not None and (cursor.since is None or since > cursor.since):
            return replace(cursor, since=since, page=1), False
        if cursor.turned is None:
            cursor = replace(cursor, crowded=cursor.since, turned=now)
        return replace(cursor, page=cursor.page + 1), False
    if cursor.shifted and cursor.repeats < REPEATS:
        return Cursor(since=cursor.crowded, repeats=cursor.repeats + 1), False
    if cursor.shifted:
        return Cursor(since=cursor.crowded), True
    return Cursor(since=_next_since(cursor, rows, now)), True


def _more(cursor: Cursor, answer: Pages[R], size: int) -> bool:
    if answer.pagination is not None:
        return cursor.page < answer.pagination.page_count
    return len(answer.rows) >= size


def _behind(rows: Sequence[Row]) -> datetime | None:
    """Where to seek on: one second before the last row, because nobody knows whether the header includes its second (Xero fact 4.6).

    None where all rows share a second: seeking would only bring them again.
    """
    oldest, newest = moment(rows[0].updated_date_utc), moment(rows[-1].updated_date_utc)
    if oldest is None or newest is None or _second(oldest) == _second(newest):
        return None
    return _second(newest) - SECOND


def _any_since(rows: Sequence[Row], at: datetime) -> bool:
    newest = moment(rows[-1].updated_date_utc) if rows else None
    return newest is not None and newest >= at


def _next_since(cursor: Cursor, rows: Sequence[Row], now: datetime | None) -> datetime | None:
    """Up to five minutes back, but not behind the last call, which a repetition then equals."""
    if now is None:
        now = moment(rows[-1].updated_date_utc) if rows else cursor.since
        if now is None:
            return None
    since = _second(now - (OVERLAP if cursor.page == 1 else SHORT_OVERLAP))
    return since if cursor.since is None else max(since, cursor.since)


async def list_pages(
    client: XeroClient, listed: Listed[R], paths: Paths, cursor: str | None, size: int = PAGE_SIZE
) -> AsyncIterator[Page]:
    """Records of one kind, oldest change first; see `System.list`."""
    position = Cursor.parse(cursor)
    wanted = listed.wanted(paths)
    last = False
    while not last:
        answer = await client.read(
            f"{API}/{listed.resource}",
            listed.shape,
            {**listed.query, **page(position.page, size), "order": "UpdatedDateUTC ASC"},
            what=f"list {listed.resource.lower()}",
            since=position.since,
        )
        position, last = advance(position, answer, size)
        observations = tuple(listed.observe(row, wanted) for row in answer.rows if listed.ours(row))
        del answer
        yield Page(observations, position.text(), last)


async def list_items(
    client: XeroClient, paths: Paths, cursor: str | None, size: int = PAGE_SIZE
) -> AsyncIterator[Page]:
    """Items; Xero gives the whole price list in one answer (Xero fact 7.3). A deleted item is just no longer in it."""
    start = Cursor.parse(cursor)
    wanted = items.wanted(paths)
    answer = await client.read(f"{API}/Items", Items, FOUR_DECIMALS, what="list items", since=start.since)
    now = moment(answer.date_time_utc)
    end = Cursor(since=_second(now - OVERLAP) if now else start.since)
    if start.since and end.since:
        end = replace(end, since=max(start.since, end.since))
    rows = answer.items
    for begin in range(0, max(len(rows), 1), size):
        last = begin + size >= len(rows)
        observations = tuple(items.observe(item, wanted) for item in rows[begin : begin + size])
        yield Page(observations, (end if last else start).text(), last)
