"""How Xero writes things: dates, numbers, ids, the envelope, and the same answer as JSON or XML."""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from hashlib import blake2b
from typing import Any
from uuid import UUID
from xml.sax.saxutils import escape

from crossfoot_sandbox import jsontext
from crossfoot_sandbox.clock import EPOCH
from crossfoot_sandbox.wire import Response
from crossfoot_sandbox.xero.errors import (
    ApiException,
    MethodNotAllowed,
    NotFound,
    Offline,
    Problem,
    RateLimited,
    XeroError,
)

Json = dict[str, Any]
ZERO_ID = "00000000-0000-0000-0000-000000000000"
_MS_DATE = re.compile(r"^/Date\((-?\d+)(?:[+-]\d{4})?\)/$")
_GUID = re.compile(r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
_SINGULAR = {
    "Addresses": "Address",
    "BrandingThemes": "BrandingTheme",
    "Currencies": "Currency",
    "PurchasesTrackingCategories": "PurchasesTrackingCategory",
    "SalesTrackingCategories": "SalesTrackingCategory",
    "TrackingCategories": "TrackingCategory",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint answers before it is JSON or XML. `payload` None means an empty body."""

    status: int = 200
    payload: Json | None = None
    headers: dict[str, str] = field(default_factory=dict)


def guid(*name: object) -> str:
    """A UUID that depends on nothing but the name, so that the same run has the same ids."""
    digest = blake2b("\x1f".join(map(str, name)).encode(), digest_size=16).digest()
    return str(UUID(bytes=digest, version=4))


def is_guid(text: str) -> bool:
    """Whether the text is a UUID as Xero's paths and bodies carry it."""
    return _GUID.match(text) is not None


def ms_date(ms: int, *, offset: bool = True) -> str:
    """`/Date(1494201600000+0000)/`; some places leave the offset out (fact 4.2)."""
    return f"/Date({ms}+0000)/" if offset else f"/Date({ms})/"


def ms_of(moment: datetime | date) -> int:
    """Milliseconds since 1970; a calendar date counts as midnight UTC."""
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    return round((moment - EPOCH) / timedelta(milliseconds=1))


def moment(ms: int) -> datetime:
    """The aware UTC datetime of a number of milliseconds."""
    return EPOCH + timedelta(milliseconds=ms)


def second(ms: int) -> str:
    """`2026-09-14T09:29:59Z`, the twin of a date that carries milliseconds (fact 4.2)."""
    return f"{moment(ms):%Y-%m-%dT%H:%M:%SZ}"


def rounded(value: Decimal, places: int, mode: str = "up") -> Decimal:
    """Rounded to `places`, written with at least one decimal as Xero's numbers are (`24.15`, `0.0`)."""
    cut = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP if mode == "up" else ROUND_HALF_EVEN)
    plain = cut.normalize()
    exponent = plain.as_tuple().exponent
    return plain.quantize(Decimal("0.1")) if isinstance(exponent, int) and exponent > -1 else plain


def respond(answer: Answer, *, wants_json: bool, limit_headers: dict[str, str]) -> Response:
    """The answer on the wire."""
    headers = {**limit_headers, **answer.headers}
    if answer.payload is None:
        return Response(answer.status, headers, b"")
    if wants_json:
        return Response(
            answer.status,
            {"Content-Type": "application/json; charset=utf-8", **headers},
            jsontext.dumps(answer.payload),
        )
    return Response(
        answer.status,
        {"Content-Type": "text/xml; charset=utf-8", **headers},
        to_xml(answer.payload).encode(),
    )


def respond_error(
    error: XeroError, *, instance: str, wants_json: bool, limit_headers: dict[str, str]
) -> Response:
    """The refusal on the wire, each kind in its own shape (fact 6)."""
    match error:
        case ApiException():
            return respond(
                Answer(error.status, error.payload()), wants_json=wants_json, limit_headers=limit_headers
            )
        case Problem():
            title = {401: "Unauthorized", 403: "Forbidden"}.get(error.status, "Error")
            body: Json = {
                "Type": None,
                "Title": title,
                "Status": error.status,
                "Detail": error.detail,
                "Instance": instance,
                "Extensions": {},
            }
            headers = {"Content-Type": "application/json; charset=utf-8", **limit_headers, **error.headers}
            return Response(error.status, headers, jsontext.dumps(body))
        case RateLimited():
            headers = {**error.headers, "X-Rate-Limit-Problem": error.problem}
            if error.retry_after is not None:
                headers["Retry-After"] = str(error.retry_after)
            return Response(429, headers, b"")
        case Offline():
            return Response(503, {"Content-Type": "text/plain; charset=utf-8"}, error.text.encode())
        case MethodNotAllowed():
            return Response(
                405,
                {"Content-Type": "text/html; charset=utf-8", **limit_headers},
                b"The requested resource does not support this method.",
            )
        case NotFound():
            pass
    return Response(
        404,
        {"Content-Type": "text/html; charset=utf-8", **limit_headers},
        b"The resource you're looking for cannot be found",
    )


def to_xml(payload: Json) -> str:
    """The same answer as XML, Xero's default when `Accept` does not ask for JSON."""
    root = "ApiException" if "ErrorNumber" in payload else "Response"
    spaces = (
        'xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    )
    return f'<?xml version="1.0" encoding="utf-8"?><{root} {spaces}>{_xml_fields(payload)}</{root}>'


def _xml_fields(fields: Json) -> str:
    parts = []
    for key, value in fields.items():
        if value is None:
            continue
        name = key[0].upper() + key[1:]
        parts.append(f"<{name}>{_xml_value(name, value)}</{name}>")
    return "".join(parts)


def _xml_value(name: str, value: Any) -> str:
    if isinstance(value, dict):
        return _xml_fields(value)
    if isinstance(value, list):
        each = "DataContractBase" if name == "Elements" else _SINGULAR.get(name, name.removesuffix("s"))
        return "".join(f"<{each}>{_xml_value(each, entry)}</{each}>" for entry in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        dated = _MS_DATE.match(value)
        return f"{moment(int(dated[1])):%Y-%m-%dT%H:%M:%S.%f}"[:-3] if dated else escape(value)
    return escape(str(value))
