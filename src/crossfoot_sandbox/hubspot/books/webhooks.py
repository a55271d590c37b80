"""What subscribers are told, and how badly: batches, disorder, duplicates, retries, signatures (HubSpot fact 8).

The stand-in sends nothing by itself. `due` hands out signed requests, whoever posts them reports the answer to `settle`.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from crossfoot_sandbox import jsontext
from crossfoot_sandbox.clock import Clock
from crossfoot_sandbox.faults import draw
from crossfoot_sandbox.hubspot.books.book import Source
from crossfoot_sandbox.hubspot.books.kinds import BY_NAME, ObjectKind
from crossfoot_sandbox.hubspot.switches import Switches
from crossfoot_sandbox.hubspot.times import milliseconds

LARGEST_BATCH = 100
IN_FLIGHT = 10
RETRIES_AFTER = (
    60,
    180,
    600,
    1_200,
    2_400,
    4_800,
    9_600,
    14_400,
    18_000,
    21_600,
)  # seconds; ten within 24 hours
_DECODED = {
    code: chr(int(code[1:], 16))
    for code in ["%3A", "%2F", "%3F", "%40", "%21", "%24", "%27", "%28", "%29", "%2A", "%2C", "%3B"]
}


@dataclass(frozen=True, slots=True)
class Subscription:
    """One wish: `object.propertyChange` for an object type, or the older `contact.propertyChange`; a property where it applies."""

    type: str
    object_type: str = ""
    property: str = ""

    def wants(self, kind: ObjectKind, word: str, name: str) -> bool:
        """Whether an event of this kind is meant."""
        scope, _, event = self.type.partition(".")
        meant = BY_NAME[self.object_type if scope == "object" else scope]
        return meant is kind and event == word and self.property in ("", name)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an event comes from: the portal, the moment (milliseconds), and who or what made the change."""

    portal: int
    at: int
    source: Source


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A delivery as it goes over the wire."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Subscriber:
    """One app's webhook settings."""

    app_id: int
    secret: str
    url: str
    subscriptions: tuple[Subscription, ...]
    portals: set[int] = field(default_factory=set)
    flying: int = 0


@dataclass(slots=True)
class Delivery:
    """A batch on its way to one subscriber."""

    subscriber: Subscriber
    events: list[dict[str, Any]]
    attempt: int = 0

    def signed(self, now: int) -> SignedRequest:
        """The request of the current attempt; every attempt has its own timestamp and signature."""
        body = jsontext.dumps([{**event, "attemptNumber": self.attempt} for event in self.events])
        secret, url = self.subscriber.secret, self.subscriber.url
        headers = {
            "Content-Type": "application/json",
            "X-HubSpot-Signature": signature_v1(secret, body),
            "X-HubSpot-Signature-Version": "v1",
            "X-HubSpot-Signature-v3": signature_v3(secret, "POST", url, body, str(now)),
            "X-HubSpot-Request-Timestamp": str(now),
        }
        return SignedRequest("POST", url, headers, body)


def signature_v1(secret: str, body: bytes) -> str:
    """Hex SHA-256 of secret and body (fact 8.4)."""
    return hashlib.sha256(secret.encode() + body).hexdigest()


def signature_v3(secret: str, method: str, url: str, body: bytes, timestamp: str) -> str:
    """Base64 HMAC-SHA256 of method, URL with HubSpot's short list of codes decoded, raw body and timestamp (fact 8.4)."""
    for code, character in _DECODED.items():
        url = url.replace(code, character)
    signed = hmac.new(secret.encode(), f"{method}{url}".encode() + body + timestamp.encode(), hashlib.sha256)
    return base64.b64encode(signed.digest()).decode()


class Webhooks:
    """All subscribers and what waits for them."""

    def __init__(self, clock: Clock, switches: Switches, catch_up: Callable[[], None] = lambda: None) -> None:
        self.switches = switches
        self._catch_up = catch_up
        self.subscribers: list[Subscriber] = []
        self.given_up: list[Delivery] = []
        self._clock = clock
        self._waiting: list[tuple[int, int, Subscriber, dict[str, Any]]] = []
        self._ready: list[tuple[int, Delivery]] = []
        self._count = 0
        self._last_event_id = 0

    def due(self) -> list[Delivery]:
        """The batches that would be posted now, at most ten in flight per subscriber. Report each to `settle`."""
        self._catch_up()
        now = self._now()
        self._form_batches(now)
        out: list[Delivery] = []
        rest: list[tuple[int, Delivery]] = []
        for at, delivery in self._ready:
            if at <= now and delivery.subscriber.flying < IN_FLIGHT:
                delivery.subscriber.flying += 1
                out.append(delivery)
            else:
                rest.append((at, delivery))
        self._ready = rest
        return out

    def settle(self, delivery: Delivery, status: int | None) -> None:
        """The subscriber's answer; None when there was none within five seconds. Anything but 2xx is tried again."""
        delivery.subscriber.flying -= 1
        if status is not None and 200 <= status < 300:
            return
        if delivery.attempt == len(RETRIES_AFTER):
            self.given_up.append(delivery)
            return
        self._count += 1
        spread = 0.8 + 0.4 * draw("retry", self.switches.seed, self._count)
        wait = RETRIES_AFTER[delivery.attempt] * spread
        delivery.attempt += 1
        self._ready.append((self._now() + int(wait * 1000), delivery))

    def deliver(self, post: Callable[[SignedRequest], int | None]) -> int:
        """Post everything that is due through `post`, which returns the status or None; the number of posts made."""
        made = 0
        while batch := self.due():
            for delivery in batch:
                self.settle(delivery, post(delivery.signed(self._now())))
                made += 1
        return made

    def note(
        self,
        origin: Origin,
        kind: ObjectKind,
        record_id: str,
        word: str,
        name: str,
        fields: Mapping[str, Any],
    ) -> None:
        """Queue one event for every subscription that wants it."""
        for subscriber in self.subscribers:
            if origin.portal not in subscriber.portals:
                continue
            for place, subscription in enumerate(subscriber.subscriptions):
                if subscription.wants(kind, word, name):
                    event = {
                        "subscriptionId": subscriber.app_id * 1000 + place,
                        "portalId": origin.portal,
                        "appId": subscriber.app_id,
                        "occurredAt": origin.at,
                        "subscriptionType": subscription.type,
                        "objectId": int(record_id),
                        "changeSource": origin.source.change_source,
                        "sourceId": origin.source.source_id,
                        **fields,
                    }
                    if subscription.type.startswith("object."):
                        event["objectTypeId"] = kind.type_id
                    self._queue(subscriber, event)

    def _now(self) -> int:
        return milliseconds(self._clock.now())

    def _queue(self, subscriber: Subscriber, event: dict[str, Any]) -> None:
        switches = self.switches
        self._count += 1
        chance = [
            draw("webhook", switches.seed, self._count, what)
            for what in ("id", "late", "delay", "twice", "again")
        ]
        if chance[0] >= switches.webhook_shared_ids or not self._last_event_id:
            self._last_event_id = 100_000_000 + int(draw("event", switches.seed, self._count) * 3_900_000_000)
        event["eventId"] = self._last_event_id
        longest = 300.0 if chance[1] < switches.webhook_late_share else switches.webhook_delay
        at = int(event["occurredAt"]) + int(longest * chance[2] * 1000)
        self._waiting.append((at, self._count, subscriber, event))
        if chance[3] < switches.webhook_duplicates:
            twin = dict(event)
            if chance[4] < 0.5:
                twin["eventId"] = event["eventId"] + 1
            self._count += 1
            self._waiting.append((at + int(longest * chance[4] * 1000), self._count, subscriber, twin))

    def _form_batches(self, now: int) -> None:
        ripe = [entry for entry in self._waiting if entry[0] <= now]
        self._waiting = [entry for entry in self._waiting if entry[0] > now]
        if self.switches.shuffled:
            ripe.sort(key=lambda entry: draw("order", self.switches.seed, entry[1]))
        for subscriber in self.subscribers:
            events = [event for _, _, whose, event in ripe if whose is subscriber]
            for start in range(0, len(events), LARGEST_BATCH):
                self._ready.append((now, Delivery(subscriber, events[start : start + LARGEST_BATCH])))
