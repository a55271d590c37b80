"""Values as they lie in the database: JSON text that gives back exactly what was put in, and moments as whole microseconds.

Text, booleans, None and whole numbers are themselves. What JSON has no word for is tagged, so that nothing is guessed on the way back:
`{"$decimal": "12.50"}`, `{"$date": "2026-01-31"}`, `{"$moment": "2026-01-31T09:30:00.000001+00:00"}`, and the lines of a document
`{"$lines": [...]}`, of which each line tells only what it has. Floats are refused.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields as parts_of
from dataclasses import is_dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

import msgspec

from crossfoot.model.lines import Line, Lines

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_THEMSELVES = frozenset({str, bool, int, type(None)})
_EMPTY_LINE = Line()


def _line(parts: Mapping[str, Any]) -> Line:
    plain = {name: _untagged(part) for name, part in parts.items() if name != "tracking"}
    return Line(**plain, tracking=tuple(tuple(pair) for pair in parts.get("tracking", ())))


_UNTAG: Mapping[str, Callable[[Any], Any]] = {
    "$decimal": Decimal,
    "$date": date.fromisoformat,
    "$moment": datetime.fromisoformat,
    "$lines": lambda lines: Lines(tuple(_line(each) for each in lines)),
}

# Sorted, so that equal content is equal text whatever order it was told in.
_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder()


def encode(value: Any) -> str:
    """JSON text of a mapping (such as `Fields`), a sequence or a value, nested as deep as you like; dataclasses become mappings.

    Raises TypeError for a type that would not come back as it was (floats, bytes), ValueError for a moment without a time zone.
    """
    return _encoder.encode(_tagged(value)).decode()


def decode(text: str) -> Any:
    """The reverse of `encode`. Sequences come back as lists, moments in UTC."""
    value = _decoder.decode(text)
    return _untagged(value) if '"$' in text else value


def overlay(text: str, told: Mapping[str, Any], told_text: str) -> str:
    """`text` with what `told` tells laid over it, as text; `told_text` is `told` encoded."""
    known = _decoder.decode(text)
    if known.keys() <= told.keys():
        return told_text
    known.update(_tagged(told))
    return _encoder.encode(known).decode()


def micros(moment: datetime) -> int:
    """Microseconds since 1970 UTC. Raises ValueError for a moment without a time zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone; moments are kept in UTC.")
    return (moment - _EPOCH) // _MICROSECOND


def moment(microseconds: int) -> datetime:
    """The reverse of `micros`."""
    return _EPOCH + timedelta(microseconds=microseconds)


def _tagged(value: Any) -> Any:
    cls = value.__class__
    if cls in _THEMSELVES:
        return value
    if cls is dict:
        if _THEMSELVES.issuperset(map(type, value.values())):
            return value
        return {name: v if v.__class__ in _THEMSELVES else _tagged(v) for name, v in value.items()}
    if cls is Decimal:
        return {"$decimal": str(value)}
    if cls is datetime:
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no time zone; moments are kept in UTC.")
        return {"$moment": value.astimezone(UTC).isoformat()}
    if cls is date:
        return {"$date": value.isoformat()}
    if cls is Lines:
        return {
            "$lines": [
                {
                    part.name: _tagged(told)
                    for part in parts_of(Line)
                    if (told := getattr(line, part.name)) != getattr(_EMPTY_LINE, part.name)
                }
                for line in value
            ]
        }
    if isinstance(value, Enum):
        return _tagged(value.value)
    if isinstance(value, Mapping):
        return {name: _tagged(v) for name, v in value.items()}
    if isinstance(value, Sequence | frozenset | set) and not isinstance(value, str | bytes):
        return [_tagged(v) for v in (sorted(value) if isinstance(value, frozenset | set) else value)]
    if is_dataclass(value):
        return {part.name: _tagged(getattr(value, part.name)) for part in parts_of(value)}
    raise TypeError(f"A {cls.__name__} cannot be kept exactly: {value!r}")


def _untagged(value: Any) -> Any:
    if value.__class__ is dict:
        if len(value) == 1:
            ((tag, text),) = value.items()
            if tag in _UNTAG:
                return _UNTAG[tag](text)
        for name, v in value.items():
            if v.__class__ is dict or v.__class__ is list:
                value[name] = _untagged(v)
        return value
    if value.__class__ is list:
        return [_untagged(v) for v in value]
    return value
