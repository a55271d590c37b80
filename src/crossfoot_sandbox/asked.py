"""What a request to the sandbox's own endpoints asks for, checked word by word; every mistake is a 400 with one sentence."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import fields
from math import isfinite
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

from crossfoot_sandbox import jsontext
from crossfoot_sandbox.deliver import stays_here
from crossfoot_sandbox.faults import Kind, Placed
from crossfoot_sandbox.hubspot.books.kinds import CONTACTS
from crossfoot_sandbox.hubspot.books.webhooks import Subscription

MOST = 1_000_000  # of anything that is asked for by number: more does not fit into memory


async def words(request: Request) -> dict[str, Any]:
    """The request's JSON object; an empty body is an empty object. Anything else is a 400."""
    body = await request.body()
    try:
        value = jsontext.loads(body) if body.strip() else {}
    except ValueError as error:
        raise HTTPException(400, f"The body is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise HTTPException(400, "The body must be a JSON object.")
    return value


def known(given: Mapping[str, Any], *names: str) -> None:
    """Refuse words that are none of `names`."""
    unknown = sorted(set(given) - set(names))
    if unknown:
        raise HTTPException(
            400, f"Unknown word{'s' * (len(unknown) > 1)} {', '.join(unknown)}; known are {', '.join(names)}."
        )


def number(value: Any, name: str) -> float:
    """A number, whole or not."""
    if isinstance(value, bool):
        raise HTTPException(400, f'"{name}" must be a number.')
    try:
        found = float(value)
    except (TypeError, ValueError):
        raise HTTPException(400, f'"{name}" must be a number.') from None
    if not isfinite(found):
        raise HTTPException(400, f'"{name}" must be a number.')
    return found


def whole(value: Any, name: str) -> int:
    """A whole number."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise HTTPException(400, f'"{name}" must be a whole number.')
    if value > MOST:
        raise HTTPException(400, f'"{name}" must be {MOST:,} at most.')
    return value


def subscriber(given: Any, what: str) -> tuple[str, Any]:
    """A URL on this machine, and what it wants to hear of (the value of `what`)."""
    if not isinstance(given, dict):
        raise HTTPException(400, f'A subscription is an object with "url" and "{what}".')
    known(given, "url", what)
    url = given.get("url")
    if not isinstance(url, str) or not stays_here(url):
        raise HTTPException(
            400, f"The sandbox posts to this machine only, e.g. http://127.0.0.1:8000/hook, not to {url!r}."
        )
    return url, given.get(what, [])


def subscription(given: dict[str, Any]) -> Subscription:
    """A wish for one type of HubSpot event."""
    known(given, "type", "object_type", "property")
    try:
        made = Subscription(**{name: str(value) for name, value in given.items()})
        made.wants(CONTACTS, "creation", "")
    except (TypeError, KeyError):
        raise HTTPException(
            400, f"{given} is no subscription; one is {{'type': 'contact.creation'}}."
        ) from None
    return made


def listed(value: Any, name: str) -> list[dict[str, Any]]:
    """A list of objects."""
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise HTTPException(400, f'"{name}" must be a list of objects.')
    return value


def kind_of_fault(name: Any) -> Kind:
    """A kind of fault by its name."""
    try:
        return Kind(name)
    except ValueError:
        raise HTTPException(400, f'"{name}" is no kind of fault; known are {", ".join(Kind)}.') from None


def share(value: Any, name: str) -> float:
    """A number from 0 to 1."""
    found = number(value, name)
    if not 0 <= found <= 1:
        raise HTTPException(400, f'"{name}" must be a share from 0 to 1.')
    return found


def placed_fault(given: dict[str, Any]) -> Placed:
    """A fault at an exact call, from the fields of `faults.Placed`."""
    known(given, *(one.name for one in fields(Placed)))
    if "fault" not in given:
        raise HTTPException(400, f'"fault" is missing; kinds are {", ".join(Kind)}.')
    system, operation, subject = (str(given.get(name, "")) for name in ("system", "operation", "subject"))
    if system not in ("", "hubspot", "xero"):
        raise HTTPException(400, '"system" must be "hubspot" or "xero", or be left out.')
    return Placed(
        kind_of_fault(given["fault"]), system, operation, subject, whole(given.get("nth", 1), "nth")
    )


def file(given: dict[str, Any]) -> tuple[str, bytes]:
    """A name and the bytes of its `text` or `base64`."""
    known(given, "name", "text", "base64")
    name, text, encoded = given.get("name"), given.get("text"), given.get("base64")
    if not isinstance(name, str) or not name:
        raise HTTPException(400, 'Every file needs a "name".')
    if isinstance(text, str) and encoded is None:
        return name, text.encode()
    if isinstance(encoded, str) and text is None:
        try:
            return name, base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raise HTTPException(400, f'The "base64" of {name} cannot be decoded.') from None
    raise HTTPException(400, f'The file {name} needs either "text" or "base64".')


def count(request: Request, name: str, default: int) -> int:
    """A whole number from the query."""
    text = request.query_params.get(name, str(default))
    if not text.isdecimal():
        raise HTTPException(400, f'"{name}" must be a whole number.')
    return int(text)
