"""What a field means, and when two values of it are the same.

Two systems write the same fact differently: `Ada@Example.com` and `ada@example.com `, `(09) 887-6543` and `+64 9 8876543`. Each type of
field has one canonical form; two values are the same when their canonical forms are equal. A value that makes no sense for its type (a
telephone number with words in it) is compared as the text it is, never thrown away.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from crossfoot.model.countries import country_code
from crossfoot.model.lines import Line, Lines
from crossfoot.model.phones import e164
from crossfoot.model.records import Value


class FieldType(StrEnum):
    """What a field is about, for people. It decides when two values are the same."""

    TEXT = "text"  # one line; blanks at the ends and repeated blanks mean nothing
    LONG_TEXT = "long_text"  # several lines; blanks at the ends of lines mean nothing
    EMAIL = "email"  # case means nothing
    PHONE = "phone"  # E.164
    COUNTRY = "country"  # ISO 3166 alpha-2
    PERSON_NAME = "person_name"
    DOMAIN = "domain"  # example.com, out of a web or e-mail address too
    URL = "url"  # without http(s) and a last slash
    OPTION = "option"
    MONEY = "money"
    NUMBER = "number"
    DATE = "date"
    MOMENT = "moment"  # UTC, to the millisecond
    BOOLEAN = "boolean"
    ADDRESS = "address"  # the parts, however they are separated
    REFERENCE = "reference"  # the id of another record
    CODE = "code"  # account codes, SKUs, tax types: text, never a number
    LINES = "lines"  # the lines of a document; their parts are compared each as what it is


def canonical(type: FieldType, value: Value, region: str | None = None) -> Value:  # noqa: A002 - the word of the domain
    """The form in which values of a field are compared. Nothing but blanks is None.

    `region` is the ISO 3166 code of the country whose telephone numbers are written without a country code.
    """
    if value is None:
        return None
    if type is FieldType.PHONE:
        return e164(as_text(value), region) or None
    return _FORMS[type](value)


def same(type: FieldType, a: Value, b: Value, region: str | None = None) -> bool:  # noqa: A002 - the word of the domain
    """Whether two values of a field mean the same."""
    if a is b or (a == b and a.__class__ is b.__class__):
        return True
    if a is None or b is None:
        return _is_nothing(type, b if a is None else a)
    return canonical(type, a, region) == canonical(type, b, region)


def _is_nothing(type: FieldType, value: Value) -> bool:  # noqa: A002 - the word of the domain
    """Whether a value's canonical form is None; a text of most types is that only if it is blank."""
    if isinstance(value, str) and type not in _HOLLOW:
        return not value.strip()
    return canonical(type, value) is None


_HOLLOW = frozenset({FieldType.URL, FieldType.DOMAIN, FieldType.ADDRESS, FieldType.LINES})
"""Types of which more than blanks comes to nothing: `https://`, `www.`, a lone comma."""


def as_text(value: Value) -> str:
    """A value as one writes it: `true`, `12.5`, `2026-11-23`. None is nothing."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(_without_zeros(value), "f") if _plain(value) else str(value)
    return str(value) if isinstance(value, Lines) else value.isoformat()


def address_parts(text: str) -> list[str]:
    """The parts of a postal address, which people separate by commas or lines."""
    return [part for part in (" ".join(piece.split()) for piece in re.split(r"[,\r\n]+", text)) if part]


def _text(value: Value) -> str | None:
    text = value if isinstance(value, str) else as_text(value)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split()) or None


def _long_text(value: Value) -> str | None:
    text = as_text(value)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return "\n".join(line.rstrip() for line in text.splitlines()).strip() or None


def _email(value: Value) -> str | None:
    text = as_text(value).strip().lower()
    return (text if text.isascii() else unicodedata.normalize("NFC", text)) or None


def _country(value: Value) -> str | None:
    text = _text(value)
    return text and (country_code(text) or text)


def _url(value: Value) -> str | None:
    text = re.sub(r"^(https?://)+", "", as_text(value).strip(), flags=re.IGNORECASE)
    host, slash, rest = text.partition("/")
    return (host.lower() + slash + rest).rstrip("/") or None


def _domain(value: Value) -> str | None:
    text = as_text(value).strip().lower()
    while True:
        host = re.sub(r"^(?:[a-z][a-z0-9+.-]*://|mailto:)", "", text)
        host = re.split(r"[/?#]", host.rpartition("@")[2], maxsplit=1)[0]
        host = re.sub(r":\d*$", "", host).strip(". ").removeprefix("www.").strip()
        if host == text:
            return host or None
        text = host


def _without_zeros(number: Decimal) -> Decimal:
    """The same number, to the last digit, without needless digits or exponent: 1.50 is 1.5, 1E+2 is 100, -0 is 0."""
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    if exponent == 0:
        return number or _ZERO
    if not number:
        return _ZERO
    if exponent > 0 or number == number.to_integral_value():
        return Decimal(int(number))
    return Decimal(format(number, "f").rstrip("0")) if digits[-1] == 0 else number


def _plain(number: Decimal) -> bool:
    """Whether it is a number that any system could hold; `1E+999999` would fill the memory when written out."""
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and exponent > -_DIGITS_MAX and number.adjusted() < _DIGITS_MAX


_ZERO = Decimal(0)
_DIGITS_MAX = 100


def _number(value: Value) -> Value:
    if isinstance(value, Decimal):
        return _without_zeros(value) if _plain(value) else str(value)
    if isinstance(value, bool):
        return Decimal(int(value))
    text = _text(value)
    if text is None:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return _without_zeros(number) if _plain(number) else text


def _date(value: Value) -> Value:
    if isinstance(value, datetime):
        return _utc(value).date()
    if isinstance(value, date):
        return value
    text = _text(value)
    if text is None:
        return None
    try:
        return _utc(datetime.fromisoformat(text)).date()
    except (ValueError, OverflowError):
        return text


def _moment(value: Value) -> Value:
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, date):
        moment = datetime.combine(value, time(), UTC)
    else:
        text = _text(value)
        if text is None:
            return None
        try:
            moment = _utc(datetime.fromisoformat(text))
        except (ValueError, OverflowError):
            return text
    moment = _utc(moment)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


_TRUE = frozenset({"true", "yes", "y", "1", "on"})
_FALSE = frozenset({"false", "no", "n", "0", "off"})


def _boolean(value: Value) -> Value:
    if isinstance(value, bool):
        return value
    text = _text(value)
    word = text.lower() if text else ""
    return True if word in _TRUE else False if word in _FALSE else text


def _address(value: Value) -> str | None:
    return ", ".join(address_parts(as_text(value))) or None


def _lines(value: Value) -> Value:
    """Every part in its own canonical form; ids and what a side computed mean nothing here."""
    if not isinstance(value, Lines):
        return _long_text(value)
    return Lines(tuple(_line(each) for each in value)) if len(value) else None


def _line(line: Line) -> Line:
    return Line(
        description=_long_text(line.description) if line.description else None,
        quantity=_part(line.quantity),
        price=_part(line.price),
        discount_percent=_part(line.discount_percent) or None,
        discount_amount=_part(line.discount_amount) or None,
        item=line.item and _text(line.item),
        account=line.account and _text(line.account),
        tax=line.tax and _text(line.tax),
        tracking=tuple(sorted(line.tracking)),
    )


def _part(number: Decimal | None) -> Decimal | None:
    return None if number is None else _without_zeros(number)


_FORMS: dict[FieldType, Callable[[Value], Value]] = {
    FieldType.TEXT: _text,
    FieldType.LONG_TEXT: _long_text,
    FieldType.EMAIL: _email,
    FieldType.COUNTRY: _country,
    FieldType.PERSON_NAME: _text,
    FieldType.DOMAIN: _domain,
    FieldType.URL: _url,
    FieldType.OPTION: _text,
    FieldType.MONEY: _number,
    FieldType.NUMBER: _number,
    FieldType.DATE: _date,
    FieldType.MOMENT: _moment,
    FieldType.BOOLEAN: _boolean,
    FieldType.ADDRESS: _address,
    FieldType.REFERENCE: _text,
    FieldType.CODE: _text,
    FieldType.LINES: _lines,
}
