"""Webhooks: is it HubSpot, and which records does it hint at (HubSpot fact 8). The content of an event is never trusted."""

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from crossfoot.model.identity import Kind
from crossfoot.systems.hubspot.kinds import OBJECTS
from crossfoot.systems.hubspot.values import milliseconds

FRESH = 5 * 60 * 1000
"""Milliseconds after which a signed request is stale (HubSpot fact 8.4)."""

_DECODED = {
    "%3A": ":", "%2F": "/", "%3F": "?", "%40": "@", "%21": "!", "%24": "$", "%27": "'",
    "%28": "(", "%29": ")", "%2A": "*", "%2C": ",", "%3B": ";",
}  # fmt: skip
_NAMES = {name: of.kind for of in OBJECTS.values() for name in (of.type_id, of.singular)}


@dataclass(frozen=True, slots=True)
class Signal:
    """A hint that a record may have changed."""

    account: str
    """The portal's `Identity.key`."""
    kind: Kind
    id: str
    erased: bool = False
    """HubSpot says that the person's data was deleted for privacy: no read can tell that afterwards."""


def signature(secret: str, method: str, url: str, body: bytes, timestamp: str) -> str:
    """Version 3: `url` is the public address as configured, `timestamp` the header's text."""
    for code, plain in _DECODED.items():
        url = url.replace(code, plain).replace(code.lower(), plain)
    text = method.encode() + url.encode() + body + timestamp.encode()
    return base64.b64encode(hmac.new(secret.encode(), text, hashlib.sha256).digest()).decode()


def verify(
    secret: str, method: str, url: str, body: bytes, headers: Mapping[str, str], *, now: datetime
) -> bool:
    """Whether HubSpot signed exactly this, just now. Header names are lower-case, `body` is the raw bytes."""
    timestamp = headers.get("x-hubspot-request-timestamp", "")
    given = headers.get("x-hubspot-signature-v3", "")
    if not (timestamp.isascii() and timestamp.isdigit() and given):
        return False
    if abs(milliseconds(now) - int(timestamp)) > FRESH:
        return False
    return hmac.compare_digest(signature(secret, method, url, body, timestamp).encode(), given.encode())


def signals(body: bytes) -> list[Signal]:
    """The records that a delivery hints at, each once. Events of other kinds are left out; ValueError if it is no delivery."""
    try:
        events = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as unreadable:
        raise ValueError("The body is not a list of HubSpot events.") from unreadable
    if not isinstance(events, list):
        raise ValueError("The body is not a list of HubSpot events.")  # noqa: TRY004 - the sender's mistake, not a caller's
    return list(
        dict.fromkeys(signal for event in events if isinstance(event, dict) for signal in _hints(event))
    )


def _hints(event: Mapping[str, Any]) -> Iterator[Signal]:
    account = f"hubspot:{event.get('portalId')}"
    object_name, _, what = str(event.get("subscriptionType") or event.get("eventType") or "").partition(".")
    if what == "associationChange":
        yield from _ends(account, event)
        return
    kind = _NAMES.get(str(event.get("objectTypeId") or object_name))
    if kind is None:
        return
    ids = [event.get("objectId")]
    if what == "merge":
        ids += [event.get("primaryObjectId"), event.get("newObjectId"), *(event.get("mergedObjectIds") or ())]
    for each in ids:
        if each is not None:
            yield Signal(account, kind, str(each), erased=what == "privacyDeletion")


def _ends(account: str, event: Mapping[str, Any]) -> Iterator[Signal]:
    """Both ends of an association, by type id or by a name like CONTACT_TO_COMPANY."""
    first, _, second = str(event.get("associationType") or "").lower().partition("_to_")
    for type_id, name, record in (
        (event.get("fromObjectTypeId"), first, event.get("fromObjectId")),
        (event.get("toObjectTypeId"), second, event.get("toObjectId")),
    ):
        kind = _NAMES.get(str(type_id or name))
        if kind is not None and record is not None:
            yield Signal(account, kind, str(record))
