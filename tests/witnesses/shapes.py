"""The shape of JSON: keys, types, forms of values, and words that look like one of an enumeration; not the names and sums of people.

Two bodies of one shape are alike to a schema, with one exception: a free text's length. Working on bytes rather than on parsed values
is what keeps the simulation's campaign as fast as without a judge.
"""

import re
from dataclasses import dataclass

import msgspec

_ID = re.compile(rb'"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"')
_MS = re.compile(rb'"\\?/Date\(-?\d+(\+\d{4})?\)\\?/"')
_TIME = re.compile(rb'"\d{4}-\d\d-\d\dT[0-9:.]+(Z?)[^"]{0,6}"')
_TEXT = re.compile(rb'(?<=[:\[,])"(?![A-Z][A-Z0-9_]{0,40}"|@|")(?:[^"\\]|\\.)*"(?!:)')
_FRACTION = re.compile(rb"(?<=[:\[,])-?\d+\.\d+(?:[eE][+-]?\d+)?")
_WHOLE = re.compile(rb"(?<=[:\[,])-?\d+(?=[,\]}])")

_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])
_list = msgspec.json.Decoder(list[msgspec.Raw])


def shape(body: bytes) -> bytes:
    """The shape of compact JSON: what varies without meaning is replaced by what it is."""
    body = _ID.sub(b'"@id"', body)
    body = _MS.sub(rb'"@ms\1"', body)
    body = _TIME.sub(rb'"@time\1"', body)
    body = _TEXT.sub(b'"@"', body)
    body = _FRACTION.sub(b"0.5", body)
    return _WHOLE.sub(b"0", body)


def compact(body: bytes) -> bytes:
    """Without the blanks that a program may put between the words. Raises `msgspec.DecodeError`."""
    return msgspec.json.format(body, indent=-1)


@dataclass(frozen=True, slots=True)
class Cut:
    """A body cut at the elements of its lists. `whole(list name, element)` is the body with that one element only."""

    fields: dict[str, bytes]
    elements: list[tuple[str, bytes]]

    @property
    def envelope(self) -> bytes:
        """The body without elements."""
        return _joined(self.fields)

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
        if value[:1] == b"[":
            elements += [(name, bytes(each)) for each in _list.decode(value)]
            fields[name] = b"[]"
    return Cut(fields, elements)


def _joined(fields: dict[str, bytes]) -> bytes:
    return b"{" + b",".join(b'"%b":%b' % (name.encode(), value) for name, value in fields.items()) + b"}"
