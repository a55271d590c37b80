"""One call to HubSpot: credentials, budget, waiting for limits, and repeating what may be repeated.

A call that changes nothing (`reads=True`) is repeated after failures. A call that writes is repeated only when HubSpot certainly
did nothing: no connection, 401, 423 (locked), 429. After anything else its fate is `Uncertain`, and nobody here repeats it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Generic, TypeVar

import msgspec

from crossfoot.systems.hubspot import errors, limits
from crossfoot.systems.hubspot.errors import ErrorBody, error_body
from crossfoot.systems.port import (
    Allowance,
    Budget,
    Clock,
    NoAnswer,
    NotSent,
    Request,
    Response,
    Send,
    Tokens,
    Trouble,
)

READ_TRIES = 4
BUSY_TRIES = 5
PATIENCE = 60.0
"""Seconds that one call waits for limits and locks before it gives up."""
LOCKED = 2.0
"""Seconds that a 423 lasts (HubSpot fact 5.1)."""
CLOCKS_APART = timedelta(minutes=5)

T = TypeVar("T")

_encoder = msgspec.json.Encoder(decimal_format="number")
_decoders: dict[type, msgspec.json.Decoder[Any]] = {}


class Uncertain(Exception):
    """The write may or may not have happened."""


class Later(Exception):
    """The write certainly did not happen; worth trying again after `seconds`."""

    def __init__(self, why: str, seconds: float) -> None:
        super().__init__(why)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Reply(Generic[T]):
    """HubSpot's answer: `value` of a 2xx, `error` of a 4xx that concerns the call's content."""

    status: int
    value: T | None
    error: ErrorBody
    began: datetime
    """By HubSpot's own clock, a moment at or before HubSpot began to answer."""


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """What to ask. `what` completes "HubSpot refused to ..."."""

    method: str
    url: str
    what: str
    shape: type[T]
    payload: Any = None
    reads: bool = False
    searches: bool = False
    at_once: bool = False
    """A write that rests on a look at the record: after a pause the look would be stale, so it neither waits out a "too many" nor is it repeated here."""


class HubSpotClient:
    """The calls of one connection."""

    def __init__(
        self, send: Send, tokens: Tokens, clock: Clock, budget: Budget, base_url: str, account: str | None
    ) -> None:
        self._send = send
        self._tokens = tokens
        self._clock = clock
        self._budget = budget
        self._base_url = base_url.rstrip("/")
        self._allowance = limits.FIRST
        self.account = account or self._base_url
        """The key under which the portal's calls are counted: the portal, or until it is known the address."""
        self.time_zone: str | None = None

    @property
    def allowance(self) -> Allowance:
        """What HubSpot's last answer allowed."""
        return self._allowance

    async def ready(self, calls: int) -> None:
        """Wait until so many calls may go at once."""
        await self._budget.reserve(self.account, self._allowance, calls)

    async def call(self, call: Call[T]) -> Reply[T]:
        """Make the call. Raises `Trouble`; for a write also `Uncertain` and `Later`."""
        body = b"" if call.payload is None else encoded(call.payload)
        token = await self._tokens.bearer()
        failures = busy = 0
        waited = 0.0
        renewed = False
        if call.at_once and (held := await self._budget.held_for(self.account)):
            raise Later("HubSpot is busy with other calls", held)
        while True:
            await self._spend(call)
            started = self._clock.now()
            try:
                response = await self._send(self._request(call, body, token))
            except NotSent as refused:
                failures += 1
                await self._again(call, failures, str(refused), unsent=True)
                continue
            except NoAnswer as lost:
                failures += 1
                await self._again(call, failures, str(lost))
                continue
            self._allowance = limits.allowance(response.headers, self._allowance)
            left = limits.left(response.headers)
            # A 429 was not counted, and the pause after it is waited out anyway.
            if left is not None and response.status != 429:
                await self._budget.told(self.account, self._allowance, left, started)
            if response.status < 300:
                value = decoded(call.shape, response)
                if value is not None:
                    return Reply(response.status, value, ErrorBody(), self._began(response, started))
                failures += 1
                await self._again(call, failures, "the answer could not be read")
                continue
            error = error_body(response.body)
            if response.status == 401 and not renewed:
                renewed = True
                token = await self._tokens.expired(token)
            elif response.status in (423, 429):
                busy += 1
                waited += await self._wait(call, response, error, busy, waited)
            elif response.status < 400 or response.status >= 500 or response.status == 408:
                failures += 1
                await self._again(call, failures, f"status {response.status}")
            else:
                self._stop(call, response, error)
                return Reply(response.status, None, error, self._began(response, started))

    def _request(self, call: Call[T], body: bytes, token: str) -> Request:
        headers = {"authorization": f"Bearer {token}", "accept": "application/json"}
        if body:
            headers["content-type"] = "application/json"
        return Request(call.method, self._base_url + call.url, headers, body, call.what)

    async def _spend(self, call: Call[T]) -> None:
        if call.searches:
            await self._budget.spend(f"{self.account}:search", limits.SEARCH)
        else:
            await self._budget.spend(self.account, self._allowance)

    async def _again(self, call: Call[T], failures: int, why: str, *, unsent: bool = False) -> None:
        """Sleep before the next try, or raise when there must not or will not be one."""
        if not (call.reads or unsent):
            raise Uncertain(f"HubSpot's answer to '{call.what}' was lost: {why}")
        tries = READ_TRIES if call.reads else BUSY_TRIES
        if failures >= tries or call.at_once:
            if call.reads:
                raise Trouble(errors.unavailable(call.what, why), PATIENCE)
            raise Later(f"HubSpot could not be reached: {why}", 2.0 if call.at_once else PATIENCE)
        await self._clock.sleep(2.0 ** (failures - 1))

    async def _wait(
        self, call: Call[T], response: Response, error: ErrorBody, tries: int, waited: float
    ) -> float:
        """Wait out a lock or a limit and return the seconds, or raise when patience ends."""
        if response.status == 423:
            seconds = limits.seconds_of(response.headers.get("retry-after")) or LOCKED
        elif limits.is_daily(error.policy, error.message):
            raise Trouble(errors.day_used_up(), limits.until_midnight(self._clock.now(), self.time_zone))
        else:
            seconds = limits.pause(response.headers, error.policy, error.message)
            await self._budget.hold(f"{self.account}:search" if call.searches else self.account, seconds)
        if tries >= BUSY_TRIES or waited + seconds > PATIENCE or call.at_once:
            if call.reads:
                raise Trouble(errors.too_busy(call.what), max(seconds, 10.0))
            raise Later("HubSpot is busy with other calls", seconds if call.at_once else max(seconds, 10.0))
        await self._clock.sleep(seconds)
        return seconds

    def _stop(self, call: Call[T], response: Response, error: ErrorBody) -> None:
        """Raise for answers that stop the whole connection."""
        if response.status == 401:
            raise Trouble(errors.disconnected(error))
        if response.status == 403:
            raise Trouble(errors.forbidden(error, call.what))
        if response.status == 477:
            raise Trouble(
                errors.moving(call.what), limits.seconds_of(response.headers.get("retry-after")) or 600.0
            )

    def _began(self, response: Response, started: datetime) -> datetime:
        """HubSpot's clock when the call began: its `Date`, less the time that the call took by our clock.

        Without a usable `Date` it is our clock less five minutes, in case ours is ahead.
        """
        try:
            return parsedate_to_datetime(response.headers["date"]) - (self._clock.now() - started)
        except (KeyError, ValueError, TypeError):
            return started - CLOCKS_APART


def encoded(payload: Any) -> bytes:
    """JSON as HubSpot is sent it."""
    return _encoder.encode(payload)


def decoded(shape: type[T], response: Response) -> T | None:
    """The answer in its shape; None when it makes no sense. An empty body is the empty object."""
    decoder = _decoders.get(shape)
    if decoder is None:
        decoder = _decoders[shape] = msgspec.json.Decoder(shape)
    try:
        value: T = decoder.decode(response.body or b"{}")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return value
