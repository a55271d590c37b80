"""The filter language of `where` and the column list of `order` (Xero fact 4.4): a small part of .NET's dynamic LINQ.

A filter is compiled once into a function of a row. Text compares without case (recorded). A method on an empty field fails the call.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from crossfoot_sandbox.xero.errors import bad_query
from crossfoot_sandbox.xero.shape import is_guid

Get = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A property that filters and orders may name: its type and where to find it in a row."""

    kind: str  # "String", "Guid", "DateTime", "Decimal" or "Boolean"
    get: Get


Columns = Mapping[str, Column]

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>"[^"]*")
    | (?P<number>-?\d+(?:\.\d+)?)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<op>==|!=|<>|>=|<=|&&|\|\||[=<>!().,])
    )""",
    re.VERBOSE,
)
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">": lambda a, b: a is not None and b is not None and a > b,
    ">=": lambda a, b: a is not None and b is not None and a >= b,
    "<": lambda a, b: a is not None and b is not None and a < b,
    "<=": lambda a, b: a is not None and b is not None and a <= b,
}
_METHODS: Mapping[str, Callable[[str, str], bool]] = {
    "contains": lambda text, part: part in text,
    "startswith": lambda text, part: text.startswith(part),
    "endswith": lambda text, part: text.endswith(part),
}
_SAME = {"=": "==", "<>": "!=", "&&": "and", "||": "or"}


@dataclass(frozen=True, slots=True)
class _Node:
    kind: str
    value: Get


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def compile_where(text: str, columns: Columns, type_name: str) -> Callable[[Any], bool]:
    """A predicate over rows. Raises QueryParseException for what Xero cannot read."""
    return _Parser(text, columns, type_name).predicate()


def compile_order(text: str, columns: Columns, type_name: str) -> list[tuple[Get, bool]]:
    """Sort keys, most important first, each with whether it descends. Empty values come first."""
    keys = []
    for part in text.split(","):
        words = part.split()
        if not words or len(words) > 2 or (len(words) == 2 and words[1].upper() not in ("ASC", "DESC")):
            raise bad_query("Syntax error")
        column = _column(words[0], columns, type_name, 0)
        keys.append((_sort_key(column), len(words) == 2 and words[1].upper() == "DESC"))
    return keys


def _sort_key(column: Column) -> Get:
    def key(row: Any) -> tuple[bool, Any]:
        value = _folded(column.get(row))
        return (value is not None, value)

    return key


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _column(name: str, columns: Columns, type_name: str, at: int) -> Column:
    found = columns.get(name)
    if found is None:
        wanted = name.casefold()
        found = next((column for key, column in columns.items() if key.casefold() == wanted), None)
    if found is None:
        raise bad_query(f"No property or field '{name}' exists in type '{type_name}'", at)
    return found


def _tokens(text: str) -> list[_Token]:
    tokens, at = [], 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None:
            raise bad_query("Syntax error", at)
        kind = str(found.lastgroup)
        tokens.append(_Token(kind, found[kind], found.start(kind)))
        at = found.end()
    return [*tokens, _Token("end", "", len(text))]


class _Parser:
    def __init__(self, text: str, columns: Columns, type_name: str) -> None:
        self._tokens = _tokens(text)
        self._next = 0
        self._columns = columns
        self._type = type_name

    def predicate(self) -> Callable[[Any], bool]:
        node = self._or()
        if self._look().kind != "end":
            raise bad_query("Syntax error", self._look().at)
        if node.kind != "Boolean":
            raise bad_query("Expression of type 'Boolean' expected")
        value = node.value
        return lambda row: value(row) is True

    def _look(self) -> _Token:
        return self._tokens[self._next]

    def _word(self) -> str:
        token = self._look()
        text = token.text.lower() if token.kind == "name" else token.text
        return _SAME.get(text, text) if token.kind in ("name", "op") else ""

    def _take(self, wanted: str = "") -> _Token:
        token = self._look()
        if wanted and self._word() != wanted:
            raise bad_query(f"'{wanted}' expected", token.at)
        self._next += 1
        return token

    def _or(self) -> _Node:
        left = self._and()
        while self._word() == "or":
            self._take()
            left = self._joined(left, self._and(), any_of=True)
        return left

    def _and(self) -> _Node:
        left = self._comparison()
        while self._word() == "and":
            self._take()
            left = self._joined(left, self._comparison(), any_of=False)
        return left

    @staticmethod
    def _joined(left: _Node, right: _Node, *, any_of: bool) -> _Node:
        a, b = left.value, right.value
        if any_of:
            return _Node("Boolean", lambda row: a(row) or b(row))
        return _Node("Boolean", lambda row: a(row) and b(row))

    def _comparison(self) -> _Node:
        left = self._operand()
        operator = self._word()
        compare = _COMPARE.get(operator)
        if compare is None:
            return left
        at = self._take().at
        right = self._operand()
        if left.kind != right.kind and "Null" not in (left.kind, right.kind):
            raise bad_query(
                f"Operator '{operator}' incompatible with operand types '{left.kind}' and '{right.kind}'", at
            )
        a, b = left.value, right.value
        return _Node("Boolean", lambda row: compare(_folded(a(row)), _folded(b(row))))

    def _operand(self) -> _Node:
        token = self._take()
        if token.kind == "text":
            return _constant("String", token.text[1:-1])
        if token.kind == "number":
            return _constant("Decimal", Decimal(token.text))
        if token.text == "(":
            inner = self._or()
            self._take(")")
            return inner
        if token.text == "!":
            negated = self._operand().value
            return _Node("Boolean", lambda row: not negated(row))
        if token.kind != "name":
            raise bad_query("Expression expected", token.at)
        word = token.text.lower()
        if word in ("true", "false"):
            return _constant("Boolean", word == "true")
        if word == "null":
            return _constant("Null", None)
        if word in ("guid", "datetime") and self._word() == "(":
            return self._literal(word, token.at)
        return self._path(token)

    def _literal(self, word: str, at: int) -> _Node:
        arguments = self._arguments()
        try:
            if word == "guid" and len(arguments) == 1 and is_guid(str(arguments[0])):
                return _constant("Guid", str(arguments[0]).lower())
            if word == "datetime" and len(arguments) >= 3:
                year, month, day, *clock = (int(part) for part in arguments)
                return _constant("DateTime", datetime(year, month, day, *clock[:3], tzinfo=UTC))  # type: ignore[misc,arg-type]
        except (ValueError, TypeError):
            pass
        raise bad_query(f"No applicable constructor exists in type '{word.title()}'", at)

    def _arguments(self) -> list[Any]:
        self._take("(")
        values: list[Any] = []
        while self._word() != ")":
            token = self._take()
            if token.kind not in ("text", "number"):
                raise bad_query("')' or ',' expected", token.at)
            values.append(token.text[1:-1] if token.kind == "text" else token.text)
            if self._word() == ",":
                self._take()
        self._take(")")
        return values

    def _path(self, first: _Token) -> _Node:
        name = first.text
        node: _Node | None = None
        while self._word() == ".":
            self._take()
            part = self._take()
            if self._word() == "(":
                node = self._method(node or self._named(name, first.at), part)
            else:
                name = f"{name}.{part.text}"
        return node or self._named(name, first.at)

    def _named(self, name: str, at: int) -> _Node:
        column = _column(name, self._columns, self._type, at)
        return _Node(column.kind, column.get)

    def _method(self, target: _Node, method: _Token) -> _Node:
        arguments = self._arguments()
        get, word = target.value, method.text.lower()
        if target.kind == "String" and word in ("tolower", "toupper") and not arguments:
            return _Node("String", lambda row: _present(get(row)).lower())
        test = _METHODS.get(word)
        if test is None or target.kind != "String" or len(arguments) != 1:
            raise bad_query(f"No applicable method '{method.text}' exists in type '{target.kind}'", method.at)
        wanted = str(arguments[0]).casefold()
        return _Node("Boolean", lambda row: test(_present(get(row)).casefold(), wanted))


def _constant(kind: str, value: Any) -> _Node:
    return _Node(kind, lambda _row: value)


def _present(value: Any) -> str:
    if value is None:
        raise bad_query("Object reference not set to an instance of an object.")
    return str(value)
