"""The shape of JSON: keys, types, forms of values, and words that look like one of an enumeration; not the names and sums of people.

Two bodies of one shape are alike to a schema, with one exception: a free text's length.
"""

import re
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import msgspec

_ID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_WORD = re.compile(r"[A-Z][A-Z0-9_]{0,40}")
_MS = re.compile(r"/Date\(-?\d+(\+\d{4})?\)/")
_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:T[0-9:]+(\.\d+)?)?(Z?)")

_MOST_TEXTS = 20_000
_texts: dict[str, str] = {}

_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])
_list = msgspec.json.Decoder(list[msgspec.Raw])
_any = msgspec.json.Decoder()


def shape(body: bytes) -> Hashable:
    """The shape of a JSON value. Raises `msgspec.DecodeError`."""
    return _shape(_any.decode(body))


def _shape(value: Any) -> Hashable:
    kind: type = type(value)
    if kind is str:
        return _texts.get(value) or _form(value)
    if kind is dict:
        if "properties" in value:
            value = {**value, "properties": _properties(value["properties"])}
        return (*value, *map(_shape, value.values()))
    if kind is list:
        return tuple(dict.fromkeys(map(_shape, value)))
    return kind


def _properties(value: Any) -> Any:
    """HubSpot's `properties` are one shape, whichever they are, as long as all of them are texts or null."""
    texts = type(value) is dict and all(each is None or type(each) is str for each in value.values())
    return {} if texts else value


def _form(text: str) -> str:
    if not text:
        form = "@empty"
    elif _WORD.fullmatch(text):
        form = text
    elif _ID.fullmatch(text):
        form = "@id"
    elif found := _MS.fullmatch(text):
        form = f"@date{found[1] and '+'}"
    elif found := _TIME.fullmatch(text):
        form = f"@time{found[1] and '.'}{found[2]}"
    else:
        form = "@text"
    if len(_texts) > _MOST_TEXTS:
        _texts.clear()
    _texts[text] = form
    return form


@dataclass(frozen=True, slots=True)
class Cut:
    """A body cut at the elements of its lists of objects. `whole(list name, element)` is the body with that one element only."""

    fields: dict[str, bytes]
    elements: list[tuple[str, bytes]]

    @property
    def envelope(self) -> bytes:
        """The body without elements."""
        return _joined(self.fields)

    @property
    def outline(self) -> tuple[Hashable, ...]:
        """Names and types of the envelope, no more: it comes with every answer, and its ids and dates are always new."""
        return (*self.fields, *(value[0] for value in self.fields.values()))

    def whole(self, name: str, element: bytes) -> bytes:
        """The body as it were if this element were alone."""
        return _joined({**self.fields, name: b"[" + element + b"]"}) if name else b"[" + element + b"]"


def cut(body: bytes) -> Cut:
    """Cut an object at its lists, or a list. Raises `msgspec.DecodeError` for anything else."""
    if body[:1] == b"[":
        return Cut({}, [("", bytes(each)) for each in _list.decode(body)])
    fields = {name: bytes(value) for name, value in _fields.decode(body).items()}
    elements = []
    for name, value in fields.items():
        if value[:2] == b"[{":
            elements += [(name, bytes(each)) for each in _list.decode(value)]
            fields[name] = b"[]"
    return Cut(fields, elements)


def _joined(fields: dict[str, bytes]) -> bytes:
    return b"{" + b",".join(b'"%b":%b' % (name.encode(), value) for name, value in fields.items()) + b"}"
