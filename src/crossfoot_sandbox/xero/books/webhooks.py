"""Webhooks: thin, signed, at least once (Xero fact 9). A pure queue: `due` says what to post now, `answered` says what came of it."""

import hmac
from base64 import b64encode
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from crossfoot_sandbox import jsontext
from crossfoot_sandbox.clock import Clock
from crossfoot_sandbox.faults import draw
from crossfoot_sandbox.xero.shape import Json, guid, moment
from crossfoot_sandbox.xero.switches import Switches

ANSWER_SECONDS = 5
RETRY_SECONDS = 15 * 60
GIVE_UP_SECONDS = 24 * 3_600
KEEP_SECONDS = 31 * 86_400
MOST_EVENTS = 100  # per delivery (assumed)
_PATHS = {
    "CONTACT": "Contacts",
    "INVOICE": "Invoices",
    "CREDITNOTE": "CreditNotes",
    "PAYMENT": "Payments",
    "OVERPAYMENT": "Overpayments",
    "PREPAYMENT": "Prepayments",
}
_WRONG_KEY = b"not the signing key"


class State(StrEnum):
    """Where a subscription stands."""

    VALIDATING = "intent to receive"
    ACTIVE = "active"
    REFUSED = "intent to receive failed"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One signed POST. `correct` False marks a validation payload with a wrong signature, which must be answered 401."""

    url: str
    headers: dict[str, str]
    body: bytes
    correct: bool
    subscription: "Subscription"
    counts: bool = True  # False for a duplicate, whose answer nobody waits for


@dataclass(eq=False, slots=True)
class Subscription:
    """An app's webhook: one URL, one signing key, events of every connected organisation."""

    client_id: str
    url: str
    key: str
    categories: frozenset[str]
    state: State = State.VALIDATING
    waiting: deque[tuple[int, float, Json]] = field(default_factory=deque)  # sequence, seconds, event
    sequence: int = 0
    sent: int = 0
    failures: int = 0
    first_failure: float = 0.0
    next_attempt: float = 0.0
    outstanding: int = 0  # events in the delivery that nobody answered yet
    tests: list[bool] = field(default_factory=list)  # signatures still to be tried, right or wrong
    tests_open: int = 0
    mails: list[str] = field(default_factory=list)


class Webhooks:
    """Every app's subscription. `connected` says whether an app is connected to an organisation."""

    def __init__(
        self, clock: Clock, switches: Callable[[], Switches], connected: Callable[[str, str], bool]
    ) -> None:
        self._clock = clock
        self._switches = switches
        self._connected = connected
        self.subscriptions: list[Subscription] = []

    def subscribe(
        self, client_id: str, url: str, categories: Iterable[str] = ("CONTACT", "INVOICE"), key: str = ""
    ) -> Subscription:
        """A new subscription. It must pass the intent-to-receive payloads before events flow."""
        made = Subscription(client_id, url, key or guid("webhook key", client_id, url), frozenset(categories))
        self.subscriptions.append(made)
        self.enable(made)
        return made

    def enable(self, subscription: Subscription) -> None:
        """(Re-)enable: validation starts anew; what was not delivered within 31 days is replayed in order afterwards."""
        subscription.state = State.VALIDATING
        subscription.tests = [True, False, False, True]
        subscription.tests_open = len(subscription.tests)
        subscription.failures, subscription.outstanding = 0, 0
        subscription.next_attempt = self._clock.seconds()

    def note(
        self, tenant_id: str, category: str, record_id: str, event: str, at_ms: int, data: Json | None = None
    ) -> None:
        """Queue an event for everyone who wants it. An unvalidated subscription hears nothing of the past."""
        for subscription in self.subscriptions:
            if (
                category not in subscription.categories
                or subscription.state not in (State.ACTIVE, State.DISABLED)
                or not self._connected(subscription.client_id, tenant_id)
            ):
                continue
            subscription.sequence += 1
            row: Json = {
                "resourceUrl": f"https://api.xero.com/api.xro/2.0/{_PATHS[category]}/{record_id}",
                "resourceId": record_id,
                "eventDateUtc": f"{moment(at_ms):%Y-%m-%dT%H:%M:%S.%f}"[:-3],
                "eventType": event,
                "eventCategory": category,
                "tenantId": tenant_id,
                "tenantType": "ORGANISATION",
            }
            if data is not None:
                row["data"] = data
            subscription.waiting.append((subscription.sequence, at_ms / 1000, row))

    def due(self) -> list[Delivery]:
        """What Xero posts now. Every delivery must be given back to `answered`."""
        found = []
        for subscription in self.subscriptions:
            if subscription.state is State.VALIDATING:
                tests, subscription.tests = subscription.tests, []
                found += [self._delivery(subscription, [], correct=right) for right in tests]
            elif subscription.state is State.ACTIVE:
                found += self._events_due(subscription)
        return found

    def answered(
        self, delivery: Delivery, status: int, seconds: float = 0.0, *, cookies: bool = False
    ) -> None:
        """What the receiver said; status 0 when it said nothing. Slow answers and answers with cookies count as failures."""
        subscription = delivery.subscription
        good = seconds <= ANSWER_SECONDS and not cookies
        if subscription.state is State.VALIDATING:
            if (
                not good
                or (200 <= status < 300) is not delivery.correct
                or (not delivery.correct and status != 401)
            ):
                subscription.state = State.REFUSED
                return
            subscription.tests_open -= 1
            if not subscription.tests_open:
                subscription.state = State.ACTIVE
            return
        if not delivery.counts or subscription.state is not State.ACTIVE:
            return
        if good and 200 <= status < 300:
            for _ in range(subscription.outstanding):
                subscription.waiting.popleft()
            subscription.outstanding, subscription.failures = 0, 0
            return
        self._failed(subscription)

    def _failed(self, subscription: Subscription) -> None:
        now = self._clock.seconds()
        subscription.outstanding = 0
        subscription.failures += 1
        if subscription.failures == 1:
            subscription.first_failure = now
        immediately = subscription.failures == 1
        subscription.next_attempt = now if immediately else now + RETRY_SECONDS
        if now - subscription.first_failure >= GIVE_UP_SECONDS:
            subscription.state = State.DISABLED
            subscription.mails.append(
                f"Webhooks to {subscription.url} were disabled after 24 hours of failures."
            )

    def _events_due(self, subscription: Subscription) -> list[Delivery]:
        now = self._clock.seconds()
        while (
            subscription.waiting
            and not subscription.outstanding
            and subscription.waiting[0][1] < now - KEEP_SECONDS
        ):
            subscription.waiting.popleft()
        if subscription.outstanding or not subscription.waiting or now < subscription.next_attempt:
            return []
        events = [subscription.waiting[index] for index in range(min(MOST_EVENTS, len(subscription.waiting)))]
        subscription.outstanding = len(events)
        found = [self._delivery(subscription, events, correct=True)]
        share = self._switches().webhook_duplicates
        if share and draw("xero duplicate", subscription.client_id, events[0][0], subscription.sent) < share:
            found.append(self._delivery(subscription, events, correct=True, counts=False))
        return found

    @staticmethod
    def _delivery(
        subscription: Subscription,
        events: list[tuple[int, float, Json]],
        *,
        correct: bool,
        counts: bool = True,
    ) -> Delivery:
        subscription.sent += 1
        entropy = guid("entropy", subscription.client_id, subscription.sent).replace("-", "").upper()
        body = jsontext.dumps(
            {
                "events": [event for _, _, event in events],
                "firstEventSequence": events[0][0] if events else 0,
                "lastEventSequence": events[-1][0] if events else 0,
                "entropy": entropy[:20],
            }
        )
        key = subscription.key.encode() if correct else _WRONG_KEY
        signature = b64encode(hmac.digest(key, body, "sha256")).decode()
        headers = {"Content-Type": "application/json; charset=utf-8", "x-xero-signature": signature}
        return Delivery(subscription.url, headers, body, correct, subscription, counts)
