"""JSON with exact decimals in both directions."""

from decimal import Decimal
from typing import Any

import msgspec

_encoder = msgspec.json.Encoder(decimal_format="number")
_decimal = msgspec.json.Decoder(type=Any, float_hook=Decimal)


def dumps(payload: Any) -> bytes:
    """JSON bytes; Decimals become numbers with every digit kept."""
    return _encoder.encode(payload)


def loads(body: bytes) -> Any:
    """The value of JSON bytes; a number with a fraction becomes a Decimal. Raises `msgspec.DecodeError`."""
    try:
        return _decimal.decode(body)
    except (UnicodeDecodeError, RecursionError) as error:  # msgspec lets these two through as they are
        raise msgspec.DecodeError(f"JSON is malformed: {error}") from error
