"""What Xero posts to us: proof that it is Xero, and which records it hints at (Xero fact 9). Nothing else of it is trusted."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from crossfoot.model.identity import Kind

SIGNATURE_HEADER = "x-xero-signature"

_KINDS: Mapping[str, Kind] = {
    "CONTACT": Kind.CONTACT,
    "INVOICE": Kind.INVOICE,
    "PAYMENT": Kind.PAYMENT,
}
"""Category to kind. Xero sends no events for items. An INVOICE may be a bill: reading it tells, as nothing else of an event is trusted.

Other categories (CREDITNOTE, PREPAYMENT, OVERPAYMENT, and whatever comes) are of records that we do not keep: what they do to an invoice is
seen by an INVOICE event or by the next listing.
"""


@dataclass(frozen=True, slots=True)
class Signal:
    """A hint that a record may have changed."""

    account: str
    """The organisation's `Identity.key`."""
    kind: Kind
    id: str


class _Event(msgspec.Struct, rename="camel"):
    resource_id: str = ""
    event_category: str = ""
    tenant_id: str = ""


class _Delivery(msgspec.Struct):
    events: tuple[_Event, ...] = ()


def signature(key: str, body: bytes) -> str:
    """What Xero's header says for exactly these bytes."""
    return base64.b64encode(hmac.new(key.encode(), body, hashlib.sha256).digest()).decode()


def verify(key: str, body: bytes, headers: Mapping[str, str]) -> bool:
    """Whether Xero signed exactly this with the app's webhook key. Header names are lower-case, `body` is the raw bytes.

    A wrong signature must be answered 401, a right one 2xx within five seconds (Xero fact 9).
    """
    given = headers.get(SIGNATURE_HEADER, "")
    return hmac.compare_digest(signature(key, body).encode(), given.encode("utf-8", "replace"))


def signals(body: bytes) -> list[Signal]:
    """The records meant, each once, in order; none for the empty deliveries that test us. Raises ValueError for a body that is not Xero's."""
    try:
        delivery = msgspec.json.decode(body, type=_Delivery)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ValueError(f"This is not a Xero webhook delivery: {error}.") from error
    found = (
        Signal(f"xero:{event.tenant_id}", _KINDS[event.event_category.upper()], event.resource_id)
        for event in delivery.events
        if event.event_category.upper() in _KINDS
    )
    return list(dict.fromkeys(found))
