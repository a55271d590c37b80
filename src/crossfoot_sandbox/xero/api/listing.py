"""Reading many: `If-Modified-Since`, `where`, `order`, paging (Xero facts 4.4 to 4.6)."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from crossfoot_sandbox.wire import Request
from crossfoot_sandbox.xero.books.book import Book, XeroRecord
from crossfoot_sandbox.xero.shape import Json, ms_of
from crossfoot_sandbox.xero.switches import Switches
from crossfoot_sandbox.xero.where import Columns, compile_order, compile_where

Row = TypeVar("Row")
DEFAULT_PAGE = 100
LARGEST_PAGE = 1_000
_SECOND = 1_000


def truthy(text: str | None) -> bool:
    """A boolean of a query string; the SDKs send `True`, people send `true`."""
    return (text or "").lower() == "true"


def since(request: Request, switches: Switches) -> int | None:
    """The earliest UpdatedDateUTC in milliseconds that the `If-Modified-Since` header lets through, or None.

    Only the header counts; a query parameter of that name is ignored (fact 4.6). An unreadable date is ignored too (assumed).
    """
    text = request.headers.get("if-modified-since")
    if not text:
        return None
    try:
        asked = datetime.fromisoformat(text)
    except ValueError:
        try:
            asked = parsedate_to_datetime(text)
        except ValueError:
            return None
    if asked.tzinfo is None:
        asked = asked.replace(tzinfo=UTC)
    second = ms_of(asked.replace(microsecond=0))
    return second if switches.modified_since_inclusive else second + _SECOND


def paging(request: Request, *, forced: bool = False) -> tuple[int, int] | None:
    """Page number and size, or None when `page` was not sent. Sizes beyond 1,000 are clamped without a word."""
    page = request.one("page")
    if page is None and not forced:
        return None
    return max(1, _number(page, 1)), min(LARGEST_PAGE, max(1, _number(request.one("pageSize"), DEFAULT_PAGE)))


def _number(text: str | None, default: int) -> int:
    try:
        return int(text or default)
    except ValueError:
        return default


def list_book(
    request: Request,
    switches: Switches,
    book: Book,
    columns: Columns,
    type_name: str,
    *,
    ids: set[str] | None = None,
    matches: Callable[[XeroRecord], bool] | None = None,
    archived: bool = False,
    pages: bool = True,
    forced: bool = False,
) -> tuple[list[XeroRecord], Json | None]:
    """The rows that a list call returns and, when `page` was sent, its pagination object. `forced`: the first page without asking.

    Paging is by offset over a list that moves: a row that is edited between two pages shifts its neighbours, as at Xero.
    """
    entries, start = book.modified(since(request, switches), archived=archived)
    where = request.one("where")
    order = request.one("order") or ""
    page = paging(request, forced=forced) if pages else None
    tests: list[Callable[[XeroRecord], bool]] = []
    if ids is not None:
        entries, start = book.chosen(ids, since(request, switches), archived=archived), 0
    if matches is not None:
        tests.append(matches)
    if where:
        tests.append(compile_where(where, columns, type_name))
    words = order.upper().split()
    by_time = words in ([], ["UPDATEDDATEUTC"], ["UPDATEDDATEUTC", "ASC"])
    if by_time and not tests:
        total = len(entries) - start
        if page is None:
            return [entry[2] for entry in entries[start:]], None
        number, size = page
        first = start + (number - 1) * size
        return [entry[2] for entry in entries[first : first + size]], _pagination(number, size, total)
    rows: Iterable[XeroRecord] = (entry[2] for entry in entries[start:])
    if not by_time:
        keys = compile_order(order, columns, type_name)
        if start == 0 and len(keys) == 1 and ids is None:
            rows = book.sorted_by(order, keys[0][0], reverse=keys[0][1], archived=archived)
        else:
            rows = in_order(rows, keys)
    found = [record for record in rows if all(test(record) for test in tests)]
    if page is None:
        return found, None
    number, size = page
    return found[(number - 1) * size : number * size], _pagination(number, size, len(found))


def in_order(rows: Iterable[Any], keys: list[tuple[Callable[[Any], Any], bool]]) -> list[Any]:
    """Rows sorted by several keys."""
    found = list(rows)
    for key, descending in reversed(keys):
        found.sort(key=key, reverse=descending)
    return found


def list_rows(request: Request, rows: Iterable[Row], columns: Columns, type_name: str) -> list[Row]:
    """Settings such as accounts, and templates: `where` and `order` over rows or records, never paged."""
    found = list(rows)
    where, order = request.one("where"), request.one("order")
    if where:
        test = compile_where(where, columns, type_name)
        found = [row for row in found if test(row)]
    return in_order(found, compile_order(order, columns, type_name)) if order else found


def _pagination(page: int, size: int, total: int) -> Json:
    return {"page": page, "pageSize": size, "pageCount": -(-total // size), "itemCount": total}
