"""Reading the fields of an element that a client sent: types, enums, lengths. Unknown and null fields are passed over."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from crossfoot_sandbox import jsontext
from crossfoot_sandbox.xero.errors import ApiException, malformed, refused
from crossfoot_sandbox.xero.shape import Json

Reader = Callable[[str, Any], Any]
LARGEST_BATCH = 500
LARGEST_BODY = 10 * 1024 * 1024
_LARGEST_NUMBER = Decimal(10) ** 20  # of any field; keeps every rounding exact


def elements_of(body: bytes, key: str) -> list[Json]:
    """The elements of a request: an envelope `{"Contacts": [...]}` (key in any case) or one bare object."""
    if len(body) > LARGEST_BODY:
        raise malformed("The request is larger than the maximum of 10MB.")
    if not body.strip():
        raise malformed("No data was received. Please check the request body.")
    try:
        payload = jsontext.loads(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise malformed(f"JSON for post data was invalid, {error}") from None
    found: Any = payload
    if isinstance(payload, dict):
        wanted = key.lower()
        found = next((value for name, value in payload.items() if name.lower() == wanted), [payload])
    if isinstance(found, dict):
        found = [found]
    if not isinstance(found, list) or not all(isinstance(element, dict) for element in found):
        raise malformed(f"JSON for post data was invalid, '{key}' is not a list of objects")
    if len(found) > LARGEST_BATCH:
        raise malformed(f"The request holds more than {LARGEST_BATCH} elements.")
    return found


def only_one(body: bytes, key: str) -> Json:
    """For endpoints that take one element per request, such as Accounts and TaxRates (fact 2.2)."""
    elements = elements_of(body, key)
    if len(elements) != 1:
        raise refused(f"Only one of {key} can be sent per request.")
    return elements[0]


def reader(fields: Mapping[str, Reader]) -> Callable[[Json], Json]:
    """A function that keeps the known, non-null fields of an element, names in any case."""
    names = {name.lower(): name for name in fields}

    def read(element: Json) -> Json:
        kept: Json = {}
        for given, value in element.items():
            name = given if given in fields else names.get(given.lower())
            if name is not None and value is not None:
                kept[name] = fields[name](name, value)
        return kept

    return read


def text(_name: str, value: Any) -> str:
    """Text; numbers and booleans become text as Xero's own parser does it."""
    if isinstance(value, str):
        return value
    if isinstance(value, (dict, list)):
        raise malformed(f"Error converting value of type {type(value).__name__} to type 'System.String'")
    return str(value)


def boolean(_name: str, value: Any) -> bool:
    """A boolean, or its name as text."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise malformed(f"Error converting value {_shown(value)} to type 'System.Boolean'")


def number(_name: str, value: Any) -> Decimal:
    """A number, or its digits as text."""
    if isinstance(value, (int, Decimal, str)) and not isinstance(value, bool):
        try:
            found = Decimal(value)
        except InvalidOperation:
            pass
        else:
            if found.is_finite():
                if abs(found) >= _LARGEST_NUMBER:
                    raise malformed("Value was either too large or too small for a Decimal.")
                return found
    raise malformed(f"Error converting value {_shown(value)} to type 'System.Decimal'")


def whole(name: str, value: Any) -> int:
    """A whole number."""
    found = number(name, value)
    if found != found.to_integral_value():
        raise malformed(f"Error converting value {_shown(value)} to type 'System.Int32'")
    return int(found)


def enum(type_name: str, allowed: Iterable[str]) -> Reader:
    """One of a closed list, in any case; anything else makes the whole request malformed (fact 6)."""
    values = {value.lower(): value for value in allowed}

    def read(_name: str, value: Any) -> str:
        found = values.get(value.lower()) if isinstance(value, str) else None
        if found is None:
            raise malformed(f"Error converting value {_shown(value)} to type 'Xero.API.Library.{type_name}'")
        return found

    return read


def enum_or_empty(type_name: str, allowed: Iterable[str]) -> Reader:
    """The same, with `""` for "cleared"."""
    read = enum(type_name, allowed)
    return lambda name, value: "" if value == "" else read(name, value)


def nested(fields: Mapping[str, Reader]) -> Reader:
    """An object with fields of its own."""
    read = reader(fields)

    def inner(name: str, value: Any) -> Json:
        if not isinstance(value, dict):
            raise malformed(f"Error converting value {_shown(value)} to type '{name}'")
        return read(value)

    return inner


def listed(fields: Mapping[str, Reader]) -> Reader:
    """A list of such objects."""
    read = nested(fields)

    def inner(name: str, value: Any) -> list[Json]:
        if not isinstance(value, list):
            raise malformed(f"Error converting value {_shown(value)} to type '{name}'")
        return [read(name, entry) for entry in value]

    return inner


def too_long(values: Mapping[str, Any], longest: Mapping[str, int]) -> list[str]:
    """A message for every text beyond its length (wording assumed)."""
    return [
        f"The {name} field cannot be longer than {limit} characters."
        for name, limit in longest.items()
        if len(values.get(name) or "") > limit
    ]


def messages_of(error: ApiException) -> str:
    """The plain text of a refusal, for people."""
    nested_messages = [
        entry["Message"] for element in error.elements or [] for entry in element.get("ValidationErrors", [])
    ]
    return " ".join(nested_messages) or error.message


def _shown(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
