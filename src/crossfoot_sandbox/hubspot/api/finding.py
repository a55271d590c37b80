"""Finding what a search asks for without looking at 100,000 records when a few would do."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from crossfoot_sandbox.hubspot.api.filters import Filter, Matcher, Plain
from crossfoot_sandbox.hubspot.books.account import Account
from crossfoot_sandbox.hubspot.books.index import SearchIndex, Seen
from crossfoot_sandbox.hubspot.books.kinds import ObjectKind
from crossfoot_sandbox.hubspot.times import parse_moment

_BOUNDS = ("GT", "GTE", "LT", "LTE", "BETWEEN")


@dataclass(frozen=True, slots=True)
class Question:
    """A search request, read and checked."""

    account: Account
    kind: ObjectKind
    groups: list[list[Filter]]
    sort: str
    descending: bool
    query: str
    start: int
    limit: int

    @property
    def index(self) -> SearchIndex:
        """What search knows about this object type."""
        return self.account.books[self.kind.plural].index


class Page(NamedTuple):
    """How many records match, and the ones asked for."""

    total: int
    seen: list[Seen]


def find(question: Question) -> Page:
    """The page: by bisection when the only conditions are bounds on the sorted property, else by looking at candidates."""
    return _seek(question) or _scan(question)


def _seek(question: Question) -> Page | None:
    index, groups, sort = question.index, question.groups, question.sort
    if question.descending or question.query or len(groups) > 1 or sort not in _ranked(question.kind):
        return None
    filters = groups[0] if groups else []
    if any(one.name != sort or one.operator not in _BOUNDS for one in filters):
        return None
    span = _span(index, filters, sort)
    if span is None:
        return None
    low, high = span
    numbers = _numbers(index, sort, low + question.start, min(high, low + question.start + question.limit))
    return Page(max(0, high - low), [index.seen[number] for number in numbers])


def _scan(question: Question) -> Page:
    index = question.index
    matcher = Matcher(question.account, question.kind)
    numbers = _candidates(question, matcher)
    pool: Iterable[Seen] = (
        index.seen.values()
        if numbers is None
        else [index.seen[number] for number in numbers if number in index.seen]
    )
    tests = [matcher.group(filters) for filters in question.groups]
    words = question.query.lower().split()
    found = [
        entry
        for entry in pool
        if (not tests or any(test(entry) for test in tests))
        and (not words or _mentions(question.kind, entry, words))
    ]
    key = _order(question)
    empty = [entry for entry in found if key(entry) is None]
    filled = [entry for entry in found if key(entry) is not None]
    filled.sort(key=lambda entry: (key(entry), entry.number), reverse=question.descending)
    ordered = filled + sorted(empty, key=lambda entry: entry.number)
    return Page(len(ordered), ordered[question.start : question.start + question.limit])


def _candidates(question: Question, matcher: Matcher) -> set[int] | None:
    """Ids worth a look, when every group is narrow: exact values, bounds, linked records. None means: all."""
    union: set[int] = set()
    for filters in question.groups:
        narrow = _narrow(question, matcher, filters)
        if narrow is None:
            return None
        union |= narrow
    return union if question.groups else None


def _narrow(question: Question, matcher: Matcher, filters: list[Filter]) -> set[int] | None:
    index = question.index
    for one in filters:
        if one.association:
            return matcher.linked(one)
        if one.operator in ("EQ", "IN") and matcher.is_exact(one):
            texts = one.values if one.operator == "IN" else (one.value or "",)
            if one.name == "hs_object_id":
                return {int(text) for text in texts if text.isascii() and text.isdigit()}
            return index.holding(one.name, texts)
    for name in _ranked(question.kind):
        bounds = [one for one in filters if one.name == name and one.operator in (*_BOUNDS, "EQ")]
        span = _span(index, bounds, name) if bounds else None
        if span is not None:
            return set(_numbers(index, name, *span))
    return None


def _ranked(kind: ObjectKind) -> tuple[str, str]:
    return ("hs_object_id", kind.modified)


def _span(index: SearchIndex, bounds: list[Filter], name: str) -> tuple[int, int] | None:
    """The ranks that satisfy all bounds on a ranked property; None when a bound is no whole number."""
    low, high = 0, len(index.by_id)
    for one in bounds:
        value = _whole(one.value, name)
        top = _whole(one.high, name) if one.operator == "BETWEEN" else value
        if value is None or top is None:
            return None
        if one.operator in ("GT", "GTE", "BETWEEN", "EQ"):
            low = max(low, _rank(index, name, value, after=one.operator == "GT"))
        if one.operator in ("LT", "LTE", "BETWEEN", "EQ"):
            high = min(high, _rank(index, name, top, after=one.operator != "LT"))
    return low, high


def _rank(index: SearchIndex, name: str, value: int, *, after: bool) -> int:
    if name == "hs_object_id":
        return index.by_id.rank(value, after=after)
    return index.by_modified.rank((value + 1, 0) if after else (value, 0))


def _numbers(index: SearchIndex, name: str, low: int, high: int) -> list[int]:
    if name == "hs_object_id":
        return index.by_id.between(low, high)
    return [number for _, number in index.by_modified.between(low, high)]


def _whole(text: str | None, name: str) -> int | None:
    if text is None:
        return None
    if name == "hs_object_id":
        return int(text) if text.isascii() and text.isdigit() else None
    return parse_moment(text)


def _mentions(kind: ObjectKind, entry: Seen, words: list[str]) -> bool:
    text = " ".join(entry.values.get(name, "") for name in kind.searched).lower()
    return all(word in text for word in words)


def _order(question: Question) -> Callable[[Seen], Plain | None]:
    name = question.sort
    type_ = question.account.definitions[question.kind.plural].live[name].type

    def key(entry: Seen) -> Plain | None:
        if name == "hs_object_id":
            return entry.number
        text = entry.values.get(name)
        if text is None:
            return None
        if type_ == "number":
            try:
                return Decimal(text)
            except InvalidOperation:
                return None
        if type_ == "datetime":
            return parse_moment(text)
        return text.lower()

    return key
