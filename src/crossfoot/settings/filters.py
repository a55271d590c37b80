"""Filters: a tree of conditions that says which records of a side take part in a sync.

A record that leaves the filter is excluded: neither deleted nor forgotten. A path that was not told counts as empty; the paths of a
filter are always among those that a sync asks for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from crossfoot.model.fields import FieldType, as_text, canonical
from crossfoot.model.records import Fields, Value

Wanted = Value | tuple[Value, ...]
"""What a test compares with; several values for `any_of` and `none_of`."""


class Operator(StrEnum):
    """How a test compares. Texts are compared without case and needless blanks."""

    IS = "is"
    IS_NOT = "is_not"
    ANY_OF = "any_of"
    NONE_OF = "none_of"
    CONTAINS = "contains"
    CONTAINS_NOT = "contains_not"
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"
    INCLUDES = "includes"  # one of the several values that a choice field holds, separated by semicolons
    IS_EMPTY = "is_empty"
    IS_FILLED = "is_filled"
    MORE_THAN = "more_than"  # for dates: after
    AT_LEAST = "at_least"
    LESS_THAN = "less_than"  # for dates: before
    AT_MOST = "at_most"

    @property
    def takes(self) -> str:
        """What kind of value it needs: nothing, one, several, text or ordered (a number, date or moment)."""
        return _TAKES.get(self, "ordered")


_TAKES = {
    Operator.IS: "one",
    Operator.IS_NOT: "one",
    Operator.ANY_OF: "several",
    Operator.NONE_OF: "several",
    Operator.CONTAINS: "text",
    Operator.CONTAINS_NOT: "text",
    Operator.STARTS_WITH: "text",
    Operator.ENDS_WITH: "text",
    Operator.INCLUDES: "text",
    Operator.IS_EMPTY: "nothing",
    Operator.IS_FILLED: "nothing",
}

_PHRASES = {
    Operator.IS: "is",
    Operator.IS_NOT: "is not",
    Operator.ANY_OF: "is one of",
    Operator.NONE_OF: "is none of",
    Operator.CONTAINS: "contains",
    Operator.CONTAINS_NOT: "does not contain",
    Operator.STARTS_WITH: "starts with",
    Operator.ENDS_WITH: "ends with",
    Operator.INCLUDES: "includes",
    Operator.IS_EMPTY: "is empty",
    Operator.IS_FILLED: "is filled in",
    Operator.MORE_THAN: "is more than",
    Operator.AT_LEAST: "is at least",
    Operator.LESS_THAN: "is less than",
    Operator.AT_MOST: "is at most",
}

_DATE_PHRASES = {
    Operator.MORE_THAN: "is after",
    Operator.AT_LEAST: "is on or after",
    Operator.LESS_THAN: "is before",
    Operator.AT_MOST: "is on or before",
}


class Condition:
    """A condition on the fields of one record."""

    __slots__ = ()

    def holds(self, fields: Fields) -> bool:
        """Whether the record takes part."""
        raise NotImplementedError

    def paths(self) -> frozenset[str]:
        """The native paths that it looks at."""
        raise NotImplementedError

    def sentence(self, labels: Mapping[str, str] | None = None) -> str:
        """The condition for people, with the fields' labels by path."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Always(Condition):
    """No filter: every record takes part."""

    def holds(self, fields: Fields) -> bool:  # noqa: ARG002 - the condition looks at nothing
        return True

    def paths(self) -> frozenset[str]:
        return frozenset()

    def sentence(self, labels: Mapping[str, str] | None = None) -> str:  # noqa: ARG002 - nor names anything
        return "every record"


@dataclass(frozen=True, slots=True)
class All(Condition):
    """Every one of the conditions holds."""

    conditions: tuple[Condition, ...]

    def holds(self, fields: Fields) -> bool:
        return all(condition.holds(fields) for condition in self.conditions)

    def paths(self) -> frozenset[str]:
        return frozenset().union(*(condition.paths() for condition in self.conditions))

    def sentence(self, labels: Mapping[str, str] | None = None) -> str:
        return _chain(self.conditions, " and ", labels) or "every record"


@dataclass(frozen=True, slots=True)
class Any(Condition):
    """At least one of the conditions holds."""

    conditions: tuple[Condition, ...]

    def holds(self, fields: Fields) -> bool:
        return any(condition.holds(fields) for condition in self.conditions)

    def paths(self) -> frozenset[str]:
        return frozenset().union(*(condition.paths() for condition in self.conditions))

    def sentence(self, labels: Mapping[str, str] | None = None) -> str:
        return _chain(self.conditions, " or ", labels) or "no record"


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """The condition does not hold."""

    condition: Condition

    def holds(self, fields: Fields) -> bool:
        return not self.condition.holds(fields)

    def paths(self) -> frozenset[str]:
        return self.condition.paths()

    def sentence(self, labels: Mapping[str, str] | None = None) -> str:
        return f"not ({self.condition.sentence(labels)})"


@dataclass(frozen=True, slots=True)
class Test(Condition):
    """One field compared with a value. Against an empty field only `is_empty`, `is_not`, `none_of` and `contains_not` hold."""

    __test__ = False  # not a test case, whatever pytest thinks of the name

    path: str
    operator: Operator
    value: Wanted = None
    _folded: tuple[Value, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        wanted = self.value if isinstance(self.value, tuple) else (self.value,)
        object.__setattr__(self, "_folded", tuple(_fold(value) for value in wanted))

    def holds(self, fields: Fields) -> bool:
        found = _fold(fields.get(self.path))
        if self.operator is Operator.IS_EMPTY:
            return found is None
        if self.operator is Operator.IS_FILLED:
            return found is not None
        if self.operator in _DENYING:
            return not _compare(_DENYING[self.operator], found, self._folded)
        return found is not None and _compare(self.operator, found, self._folded)

    def paths(self) -> frozenset[str]:
        return frozenset((self.path,))

    def sentence(self, labels: Mapping[str, str] | None = None) -> str:
        label = (labels or {}).get(self.path, self.path)
        wanted = self.value if isinstance(self.value, tuple) else (self.value,)
        phrase = _PHRASES[self.operator]
        if any(isinstance(value, date) for value in wanted):
            phrase = _DATE_PHRASES.get(self.operator, phrase)
        if self.operator.takes == "nothing":
            return f"{label} {phrase}"
        return f"{label} {phrase} {', '.join(_shown(value) for value in wanted)}"


_DENYING = {
    Operator.IS_NOT: Operator.IS,
    Operator.NONE_OF: Operator.ANY_OF,
    Operator.CONTAINS_NOT: Operator.CONTAINS,
}


def _fold(value: Value) -> Value:
    if isinstance(value, str):
        return " ".join(value.split()).casefold() or None
    return value


def _compare(operator: Operator, found: Value, wanted: tuple[Value, ...]) -> bool:
    if operator in (Operator.IS, Operator.ANY_OF):
        return any(_equal(found, value) for value in wanted)
    if operator.takes == "text":
        text, part = as_text(found).casefold(), as_text(wanted[0])
        if operator is Operator.CONTAINS:
            return part in text
        if operator is Operator.STARTS_WITH:
            return text.startswith(part)
        if operator is Operator.ENDS_WITH:
            return text.endswith(part)
        return part in (item.strip() for item in text.split(";"))
    order = _order(found, wanted[0])
    if order is None:
        return False
    if operator is Operator.MORE_THAN:
        return order > 0
    if operator is Operator.AT_LEAST:
        return order >= 0
    return order < 0 if operator is Operator.LESS_THAN else order <= 0


def _type_of(value: Value) -> FieldType | None:
    if isinstance(value, bool):
        return FieldType.BOOLEAN
    if isinstance(value, Decimal):
        return FieldType.NUMBER
    if isinstance(value, datetime):
        return FieldType.MOMENT
    return FieldType.DATE if isinstance(value, date) else None


def _equal(found: Value, wanted: Value) -> bool:
    kind = _type_of(found) or _type_of(wanted)
    return found == wanted if kind is None else canonical(kind, found) == canonical(kind, wanted)


def _order(found: Value, wanted: Value) -> int | None:
    """Below, equal, above as -1, 0, 1; None where the two cannot be put in order."""
    kind = _type_of(wanted) or _type_of(found)
    if kind is FieldType.BOOLEAN or kind is None:
        return None
    a, b = canonical(kind, found), canonical(kind, wanted)
    if type(a) is not type(b) or isinstance(a, str):
        return None
    return (a > b) - (a < b)  # type: ignore[operator]  # both are numbers, dates or moments by now


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"'{value}'" if isinstance(value, str) else as_text(value)


def _chain(conditions: tuple[Condition, ...], word: str, labels: Mapping[str, str] | None) -> str:
    if len(conditions) == 1:
        return conditions[0].sentence(labels)
    return word.join(
        f"({condition.sentence(labels)})" if isinstance(condition, All | Any) else condition.sentence(labels)
        for condition in conditions
    )
