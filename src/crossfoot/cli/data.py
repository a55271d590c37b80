"""Results as data: one encoder for every command. Amounts are text, so that no reader turns them into floats."""

import dataclasses
import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from crossfoot.app.names import SYSTEMS, written
from crossfoot.model.identity import Ref, Side
from crossfoot.settings.mappings import Untold

_NAMES = {
    "side": "system",
    "crm": "hubspot",
    "ledger": "xero",
    "crm_id": "hubspot_id",
    "ledger_id": "xero_id",
}
"""What our own names are called in data for people."""


def text_of(result: Any) -> str:
    """JSON text of a result."""
    return json.dumps(plain(result), ensure_ascii=False, indent=2)


def plain(value: Any) -> Any:
    """A value in the words of JSON. The sides are `hubspot` and `xero`, references as they can be typed again."""
    match value:
        case Side():
            return SYSTEMS[value]
        case Ref():
            return written(value)
        case None | bool() | int() | float():  # a float is a number of seconds, never money
            return value
        case Enum():
            return plain(value.value)
        case str():
            return value
        case Decimal():
            return format(value, "f")
        case datetime() | date():
            return value.isoformat()
        case Untold():
            return None
        case Mapping():
            return {_key(key): plain(each) for key, each in value.items()}
        case _ if dataclasses.is_dataclass(value):
            return {
                _NAMES.get(part.name, part.name): plain(getattr(value, part.name))
                for part in dataclasses.fields(value)
            }
        case _:
            return [plain(each) for each in value]


def _key(key: Any) -> str:
    if isinstance(key, tuple):
        return " ".join(_key(part) for part in key)
    return str(plain(key))
