"""The search grammar: groups are OR, filters inside a group are AND (HubSpot fact 4)."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from crossfoot_sandbox.hubspot.acts.drafting import text_of
from crossfoot_sandbox.hubspot.books.account import Account
from crossfoot_sandbox.hubspot.books.index import Seen
from crossfoot_sandbox.hubspot.books.kinds import BY_NAME, ObjectKind
from crossfoot_sandbox.hubspot.errors import invalid
from crossfoot_sandbox.hubspot.times import parse_moment

MOST_GROUPS, MOST_IN_GROUP, MOST_FILTERS = 5, 6, 18
_WITHOUT_VALUE = ("HAS_PROPERTY", "NOT_HAS_PROPERTY")
_WITH_VALUES = ("IN", "NOT_IN")
_WITH_VALUE = ("EQ", "NEQ", "LT", "LTE", "GT", "GTE", "BETWEEN", "CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN")
_TOKEN = re.compile(r"\w+")

Plain = str | int | Decimal
Test = Callable[[Seen], bool]


class Filter(NamedTuple):
    """One condition."""

    name: str
    operator: str
    value: str | None
    high: str | None
    values: tuple[str, ...]

    @property
    def association(self) -> str:
        """The object type of an `associations.<type>` condition, or ""."""
        return self.name.removeprefix("associations.") if self.name.startswith("associations.") else ""


def parse_groups(groups: Any, filters: Any) -> list[list[Filter]]:
    """The `filterGroups` of a body (or its bare `filters`); 400 beyond 5 groups, 6 filters in one, 18 in all."""
    sent = groups or ([{"filters": filters}] if filters else [])
    if not isinstance(sent, list):
        raise invalid("Invalid input JSON: filterGroups must be a list")
    parsed = [[_parse(one) for one in _filters(group)] for group in sent]
    if len(parsed) > MOST_GROUPS:
        raise invalid(
            f"There was a problem with the request. The maximum number of filterGroups is {MOST_GROUPS}"
        )
    if any(len(group) > MOST_IN_GROUP for group in parsed):
        raise invalid(
            f"There was a problem with the request. The maximum number of filters in a group is {MOST_IN_GROUP}"
        )
    if sum(map(len, parsed)) > MOST_FILTERS:
        raise invalid(
            f"There was a problem with the request. The maximum number of filters is {MOST_FILTERS}"
        )
    return [group for group in parsed if group]


def _filters(group: Any) -> list[Any]:
    if not isinstance(group, Mapping):
        raise invalid("Invalid input JSON: a filter group must be an object")
    return _listed(group.get("filters"))


def _listed(sent: Any) -> list[Any]:
    if sent is not None and not isinstance(sent, list):
        raise invalid("Invalid input JSON: a list was expected")
    return sent or []


def _parse(sent: Any) -> Filter:
    if not isinstance(sent, Mapping):
        raise invalid("Invalid input JSON: a filter must be an object")
    name, operator = str(sent.get("propertyName") or ""), str(sent.get("operator") or "")
    if operator not in (*_WITHOUT_VALUE, *_WITH_VALUES, *_WITH_VALUE):
        raise invalid(f"There was a problem with the request. Unknown operator: {operator}")
    value, high = text_of(sent.get("value")), text_of(sent.get("highValue"))
    values = tuple(text_of(one) or "" for one in _listed(sent.get("values")))
    if (
        (operator in _WITH_VALUES and not values)
        or (operator in _WITH_VALUE and value is None)
        or (operator == "BETWEEN" and high is None)
    ):
        raise invalid(f"There was a problem with the request. Operator {operator} on {name} lacks its value")
    found = Filter(name, operator, value, high, values)
    if found.association and (operator not in ("EQ", "IN") or found.association not in BY_NAME):
        raise invalid(f"There was a problem with the request. {name} can only be compared with EQ")
    return found


class Matcher:
    """Compiles filters for the properties of one object type in one portal."""

    def __init__(self, account: Account, kind: ObjectKind) -> None:
        self._account = account
        self._kind = kind
        self._definitions = account.definitions[kind.plural].live

    def group(self, filters: list[Filter]) -> Test:
        """True when every filter of the group holds."""
        tests = [self._test(one) for one in filters]
        return lambda entry: all(test(entry) for test in tests)

    def is_exact(self, one: Filter) -> bool:
        """Whether records with an exact value of the property can be looked up: the id, and texts."""
        definition = self._definitions.get(one.name)
        return definition is not None and (definition.type == "string" or definition.name == "hs_object_id")

    def linked(self, one: Filter) -> set[int]:
        """Ids of the records that are associated with the ones named. Associations are not lagging here (assumed)."""
        other = BY_NAME[one.association]
        ends = (other.plural, self._kind.plural)
        named = one.values or (one.value or "",)
        return {int(found) for record_id in named for found, _ in self._account.links.of(ends, record_id)}

    def _test(self, one: Filter) -> Test:
        if one.association:
            ids = self.linked(one)
            return lambda entry: entry.number in ids
        name = one.name
        type_ = self._definitions[name].type
        match one.operator:
            case "HAS_PROPERTY":
                return lambda entry: name in entry.values
            case "NOT_HAS_PROPERTY":
                return lambda entry: name not in entry.values
            case "CONTAINS_TOKEN":
                return _tokens(name, one.value or "")
            case "NOT_CONTAINS_TOKEN":
                holds = _tokens(name, one.value or "")
                return lambda entry: not holds(entry)
            case "IN" | "NOT_IN":
                # On texts the values must come in lower case: they are taken as they are, the record's is folded.
                wanted = {_plain(type_, text, fold=False) for text in one.values}
                inside = one.operator == "IN"
                return lambda entry: (_of(entry, name, type_) in wanted) is inside
        return self._comparison(one, name, type_)

    def _comparison(self, one: Filter, name: str, type_: str) -> Test:
        bound = _plain(type_, one.value or "")
        if bound is None:
            raise invalid(f"There was a problem with the request. {one.value} is not a value of {name}")
        match one.operator:
            case "EQ":
                return lambda entry: _of(entry, name, type_) == bound
            case "NEQ":
                return lambda entry: _of(entry, name, type_) != bound
            case "BETWEEN":
                top = _plain(type_, one.high or "")
                if top is None:
                    raise invalid(
                        f"There was a problem with the request. {one.high} is not a value of {name}"
                    )
                return _ordered(name, type_, lambda value: bound <= value <= top)  # type: ignore[operator]  # one type
            case "GT":
                return _ordered(name, type_, lambda value: value > bound)  # type: ignore[operator]  # one type
            case "GTE":
                return _ordered(name, type_, lambda value: value >= bound)  # type: ignore[operator]  # one type
            case "LT":
                return _ordered(name, type_, lambda value: value < bound)  # type: ignore[operator]  # one type
        return _ordered(name, type_, lambda value: value <= bound)  # type: ignore[operator]  # one type


def _ordered(name: str, type_: str, holds: Callable[[Plain], bool]) -> Test:
    def test(entry: Seen) -> bool:
        value = _of(entry, name, type_)
        return value is not None and holds(value)

    return test


def _of(entry: Seen, name: str, type_: str) -> Plain | None:
    text = entry.values.get(name)
    return None if text is None else _plain(type_, text)


def _plain(type_: str, text: str, *, fold: bool = True) -> Plain | None:
    match type_:
        case "number":
            try:
                return Decimal(text)
            except InvalidOperation:
                return None
        case "datetime" | "date":
            return parse_moment(text)
        case "enumeration" | "bool":
            return text
    return text.lower() if fold else text


def _tokens(name: str, wanted: str) -> Test:
    """Every word of the value must be found as a word; `*` stands for any letters."""
    patterns = [
        re.compile(".*".join(re.escape(piece) for piece in word.split("*")) + r"\Z")
        for word in re.findall(r"[\w*]+", wanted.lower())
        if word.strip("*")
    ]

    def test(entry: Seen) -> bool:
        words = _TOKEN.findall(entry.values.get(name, "").lower())
        return bool(patterns) and all(any(pattern.match(word) for word in words) for pattern in patterns)

    return test
