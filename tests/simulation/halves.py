"""Batches that go half right: one element is refused while the others are written, or an answer does not tell of one that was written (F27)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from crossfoot.systems.port import Request
from crossfoot_sandbox import jsontext
from crossfoot_sandbox.wire import Response

_LISTS = ("inputs", "Contacts", "Items", "Invoices", "Payments")
_IDS = {"Contacts": "ContactID", "Items": "ItemID", "Invoices": "InvoiceID", "Payments": "PaymentID"}
_NO_ID = "00000000-0000-0000-0000-000000000000"

UNKNOWN, INVALID = "INTERNAL_ERROR", "VALIDATION_ERROR"
"""What HubSpot says of an element: an error of its own, after which nobody knows, or a refusal."""


def elements(request: Request) -> list[Any]:
    """What a batch of writes asks for, element by element; nothing for any other call."""
    whole = ("/batch/read", "/batch/archive", "/search", "/associations/")
    if request.method not in ("POST", "PUT") or any(each in request.url for each in whole):
        return []
    told = jsontext.loads(request.body) if request.body.startswith(b"{") else {}
    return next((told[name] for name in _LISTS if isinstance(told.get(name), list)), [])


def without(request: Request, place: int) -> Request:
    """The same call as if that element had not been in it."""
    told = jsontext.loads(request.body)
    name = next(name for name in _LISTS if name in told)
    rest = [element for number, element in enumerate(told[name]) if number != place]
    return replace(request, body=jsontext.dumps({**told, name: rest}))


def refusing(answer: Response, element: Mapping[str, Any], place: int, category: str) -> Response:
    """The vendor's answer with a word on the element that it did not write."""
    if not 200 <= answer.status < 300:
        return answer
    told = jsontext.loads(answer.body)
    message = "This element could not be processed at the moment."
    if "results" in told:
        entry = {
            "status": "error",
            "category": category,
            "message": message,
            "context": {"objectWriteTraceId": [element["objectWriteTraceId"]]},
            "errors": [],
        }
        errors = [*told.get("errors", ()), entry]
        return Response(
            207, answer.headers, jsontext.dumps({**told, "numErrors": len(errors), "errors": errors})
        )
    name = next(name for name in _IDS if name in told)
    row = {
        _IDS[name]: _NO_ID,
        **element,
        "StatusAttributeString": "ERROR",
        "HasErrors": True,
        "ValidationErrors": [{"Message": message}],
    }
    rows = [*told[name][:place], row, *told[name][place:]]
    return Response(answer.status, answer.headers, jsontext.dumps({**told, name: rows}))


def untold(answer: Response, place: int) -> Response:
    """The vendor's answer without a word on one element that it wrote."""
    told = jsontext.loads(answer.body) if 200 <= answer.status < 300 and answer.body else {}
    for name in ("results", *_IDS):
        rows = told.get(name)
        if isinstance(rows, list) and rows:
            rest = [row for number, row in enumerate(rows) if number != place % len(rows)]
            return Response(answer.status, answer.headers, jsontext.dumps({**told, name: rest}))
    return answer
