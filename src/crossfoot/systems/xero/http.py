"""One call to Xero: limits waited for, tokens renewed, reads repeated, writes never repeated once they may have arrived."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from crossfoot.systems.port import (
    Budget,
    Clock,
    NoAnswer,
    NotSent,
    Request,
    Response,
    Send,
    Tokens,
    Unknown,
    Wait,
)
from crossfoot.systems.xero import errors, limits
from crossfoot.systems.xero.answers import decoded

API = "/api.xro/2.0"

TRIES = 5
PATIENCE = 60.0
"""Seconds that one call waits at most, all pauses together, before it is given back."""

READ_TRIES = 4
UNAVAILABLE_SECONDS = 60.0
_NO_MORE = "Xero takes no more calls for a moment."

T = TypeVar("T")

_encoder = msgspec.json.Encoder(decimal_format="number")


def query_text(query: Mapping[str, str]) -> str:
    """A URL's query. Commas stay as they are: lists of ids would grow by half."""
    return "&".join(f"{name}={quote(value, safe=',:-')}" for name, value in query.items())


class XeroClient:
    """Calls for one organisation (tenant). An empty tenant is a custom connection, which has only one (Xero fact 1.4)."""

    def __init__(
        self, *, send: Send, tokens: Tokens, clock: Clock, budget: Budget, tenant: str, base_url: str
    ) -> None:
        self.clock = clock
        self.left_today: int | None = None
        self._send = send
        self._tokens = tokens
        self._budget = budget
        self._tenant = tenant
        self._base_url = base_url.rstrip("/")
        self._budget_key = limits.minute_key(tenant or self._base_url)
        self._at_once = asyncio.Semaphore(limits.AT_ONCE)

    async def ready(self, calls: int) -> None:
        """Wait until so many calls may be made at once."""
        await self._budget.reserve(self._budget_key, limits.MINUTE, calls)

    async def read(
        self,
        path: str,
        shape: type[T],
        query: Mapping[str, str] | None = None,
        *,
        what: str,
        since: datetime | None = None,
    ) -> T:
        """What a GET answers. `since` is sent as If-Modified-Since, to the second (Xero fact 4.6). Raises `Trouble`."""
        url = self._url(path, query or {})
        headers = {"Accept": "application/json"}
        if since is not None:
            headers["If-Modified-Since"] = since.strftime("%Y-%m-%dT%H:%M:%S")
        why = ""
        for attempt in range(READ_TRIES):
            if attempt:
                await self.clock.sleep(2.0 ** (attempt - 1))
            try:
                response = await self._answer(Request("GET", url, headers, what=what))
            except NoAnswer:
                why = f"Xero did not answer when asked to {what}."
                continue
            if isinstance(response, Wait):
                raise errors.unavailable(response.why, response.seconds)
            if response.status == 304:
                return decoded(b"{}", shape)
            if response.status == 200:
                try:
                    return decoded(response.body, shape)
                except (msgspec.MsgspecError, UnicodeDecodeError):
                    why = f"Xero's answer could not be read when asked to {what}."
                    continue
            if response.status < 500:
                raise errors.unforeseen(response, what)
            why = f"Xero answered {response.status} when asked to {what}."
        raise errors.unavailable(why, UNAVAILABLE_SECONDS)

    async def write(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        payload: Any,
        *,
        what: str,
        key: str | None = None,
    ) -> Response | Unknown | Wait:
        """The answer to a write: 2xx, or 4xx (certainly nothing done). Raises `Trouble` only when certainly nothing was done."""
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key
        url = self._url(path, query)
        # A write without a key changes what was just looked at: after a pause that look would be stale.
        if key is None and (held := await self._budget.held_for(self._budget_key)):
            return Wait(_NO_MORE, held)
        try:
            request = Request(method, url, headers, _encoder.encode(payload), what)
            response = await self._answer(request, patience=0.0 if key is None else PATIENCE)
        except NoAnswer:
            return Unknown("Xero did not answer; whether it acted is not known.")
        if isinstance(response, Response) and response.status >= 500:
            return Unknown(f"Xero answered {response.status}; whether it acted is not known.")
        return response

    def _url(self, path: str, query: Mapping[str, str]) -> str:
        return f"{self._base_url}{path}" + (f"?{query_text(query)}" if query else "")

    async def _answer(self, request: Request, patience: float = PATIENCE) -> Response | Wait:
        """The first answer that is not "too many". Only calls that certainly did nothing are repeated."""
        tries, waited = 0, 0.0
        while True:
            tries += 1
            try:
                response = await self._authorised(request)
            except NotSent:
                why, pause = "Xero could not be reached.", 2.0 ** (tries - 1)
            else:
                if response.status != 429:
                    return response
                throttle = limits.throttle(response.headers)
                if throttle.limit == "day":
                    raise errors.used_up(throttle.seconds)
                why, pause = _NO_MORE, throttle.seconds
                await self._budget.hold(self._budget_key, pause)
            waited += pause
            if tries == TRIES or waited > patience:
                return Wait(why, pause)
            await self.clock.sleep(pause)

    async def _authorised(self, request: Request) -> Response:
        """One call; a token that ran out is renewed once. A 401 certainly did nothing."""
        token = await self._tokens.bearer()
        response = await self._call(request, token)
        if response.status == 401 and not errors.lacks_scope(response):
            token = await self._tokens.expired(token)
            response = await self._call(request, token)
        if errors.lacks_scope(response):
            raise errors.forbidden()
        if response.status in (401, 403):
            raise errors.consent_gone()
        return response

    async def _call(self, request: Request, token: str) -> Response:
        headers = {**request.headers, "Authorization": f"Bearer {token}"}
        if self._tenant:
            headers["xero-tenant-id"] = self._tenant
        async with self._at_once:
            await self._budget.spend(self._budget_key, limits.MINUTE)
            sent = self.clock.now()
            response = await self._send(
                Request(request.method, request.url, headers, request.body, request.what)
            )
        left = limits.left_today(response.headers)
        self.left_today = self.left_today if left is None else left
        fitting = limits.left_this_minute(response.headers)
        # A 429 was not counted, and says itself how long to stay away.
        if fitting is not None and response.status != 429:
            await self._budget.told(self._budget_key, limits.MINUTE, fitting, sent)
        return response
