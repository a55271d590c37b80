"""Property values between HubSpot's texts and ours (HubSpot fact 3.2).

HubSpot keeps every value as a text; an empty text and null both mean "no value". A text that does not fit its property's
type is kept as it is: it is better shown than lost.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from crossfoot.model.lines import Lines
from crossfoot.model.records import Value
from crossfoot.systems.port import ValueType

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(text: str) -> datetime:
    """ISO 8601, with or without a fraction, or epoch milliseconds. Raises ValueError."""
    if text.isdigit():
        return _EPOCH + timedelta(milliseconds=int(text))
    parsed = datetime.fromisoformat(text)
    return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def milliseconds(at: datetime) -> int:
    """Since 1970, cut: searching from here on misses nothing."""
    return (at - _EPOCH) // timedelta(milliseconds=1)


def _day(text: str) -> date:
    return date.fromisoformat(text) if len(text) == len("2026-01-17") and "-" in text else moment(text).date()


def _number(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(text)
    return number


def _boolean(text: str) -> bool:
    return {"true": True, "false": False}[text.lower()]


_READERS: Mapping[ValueType, Callable[[str], Value]] = {
    ValueType.NUMBER: _number,
    ValueType.MONEY: _number,
    ValueType.BOOLEAN: _boolean,
    ValueType.DATE: _day,
    ValueType.MOMENT: moment,
}


TYPED = frozenset(_READERS)
"""The types whose text means something else than itself."""


def reader(kind: ValueType) -> Callable[[str | None], Value]:
    """The function that reads a property's text."""
    read = _READERS.get(kind)
    if read is None:
        return _text
    return lambda text: _typed(read, text)


def something(text: str | None) -> Value:
    """An amount; one of nothing, however many zeros HubSpot writes and whether it has added up yet or not, is no value."""
    return _typed(_number, text) or None


def _text(text: str | None) -> Value:
    return text or None


def _typed(read: Callable[[str], Value], text: str | None) -> Value:
    if not text:
        return None
    try:
        return read(text.strip())
    except (ValueError, KeyError, InvalidOperation, OverflowError):
        return text


def written(value: Value) -> str:
    """The text that HubSpot is to store. None is the empty text, which clears."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value, "f")
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case str():
            return value
        case Lines():
            raise TypeError("Lines are line items, records of their own, not the text of a property.")
