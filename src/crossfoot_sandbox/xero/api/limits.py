"""Xero's rate limits (fact 2.1): 5 calls at once, 60 a minute and 1,000 or 5,000 a day per app and organisation, 10,000 a minute per app."""

from collections import deque
from dataclasses import dataclass
from math import ceil

from crossfoot_sandbox.faults import draw
from crossfoot_sandbox.xero.errors import RateLimited

CONCURRENT = 5
MINUTE = 60
APP_MINUTE = 10_000
DAY_BY_TIER = {"starter": 1_000, "core": 5_000, "plus": 5_000, "advanced": 5_000, "enterprise": 5_000}
_MINUTE_SECONDS = 60
_DAY_SECONDS = 86_400


@dataclass(slots=True)
class _Fixed:
    """Calls counted from one reset to the next; `phase` makes each organisation's resets fall at another time."""

    limit: int
    length: int
    phase: float
    window: int = -1
    used: int = 0

    def remaining(self, now: float) -> int:
        window = int((now + self.phase) // self.length)
        if window != self.window:
            self.window, self.used = window, 0
        return self.limit - self.used

    def spend(self, _now: float) -> None:
        self.used += 1

    def wait(self, now: float) -> int:
        return max(1, ceil((self.window + 1) * self.length - self.phase - now))


class _Rolling:
    """Calls of the last `length` seconds."""

    def __init__(self, limit: int, length: int) -> None:
        self.limit = limit
        self.length = length
        self._calls: deque[float] = deque()

    def remaining(self, now: float) -> int:
        while self._calls and self._calls[0] <= now - self.length:
            self._calls.popleft()
        return self.limit - len(self._calls)

    def spend(self, now: float) -> None:
        self._calls.append(now)

    def wait(self, now: float) -> int:
        return max(1, ceil(self._calls[0] + self.length - now)) if self._calls else 1


_Meter = _Fixed | _Rolling


@dataclass(slots=True)
class _Meters:
    minute: _Meter
    day: _Meter
    app_minute: _Meter


class Limits:
    """Every app's meters."""

    def __init__(self) -> None:
        self._meters: dict[tuple[str, str, bool], _Meters] = {}
        self._apps: dict[tuple[str, bool], _Meter] = {}

    def spend(
        self, client_id: str, tenant_id: str, tier: str, now: float, *, rolling: bool, in_flight: int
    ) -> dict[str, str]:
        """Count one call and return the headers that every answer carries. Raises `RateLimited`."""
        meters = self._of(client_id, tenant_id, tier, rolling=rolling)
        if in_flight > CONCURRENT:
            raise RateLimited("concurrent", None, self._headers(meters, now))
        for problem, meter in (
            ("day", meters.day),
            ("minute", meters.minute),
            ("appminute", meters.app_minute),
        ):
            if meter.remaining(now) <= 0:
                raise RateLimited(problem, meter.wait(now), self._headers(meters, now))
        meters.minute.spend(now)
        meters.day.spend(now)
        meters.app_minute.spend(now)
        return self._headers(meters, now)

    def headers(
        self, client_id: str, tenant_id: str, tier: str, now: float, *, rolling: bool
    ) -> dict[str, str]:
        """The headers without counting a call."""
        return self._headers(self._of(client_id, tenant_id, tier, rolling=rolling), now)

    def minute_wait(self, client_id: str, tenant_id: str, tier: str, now: float, *, rolling: bool) -> int:
        """Seconds until the minute window allows another call, as `Retry-After` states them."""
        minute = self._of(client_id, tenant_id, tier, rolling=rolling).minute
        minute.remaining(now)
        return minute.wait(now)

    def _of(self, client_id: str, tenant_id: str, tier: str, *, rolling: bool) -> _Meters:
        key = (client_id, tenant_id, rolling)
        meters = self._meters.get(key)
        if meters is None:
            app = self._apps.setdefault(
                (client_id, rolling), _meter(APP_MINUTE, _MINUTE_SECONDS, client_id, rolling=rolling)
            )
            meters = _Meters(
                minute=_meter(MINUTE, _MINUTE_SECONDS, tenant_id, rolling=rolling),
                day=_meter(DAY_BY_TIER[tier], _DAY_SECONDS, tenant_id, rolling=rolling),
                app_minute=app,
            )
            self._meters[key] = meters
        return meters

    @staticmethod
    def _headers(meters: _Meters, now: float) -> dict[str, str]:
        return {
            "X-DayLimit-Remaining": str(max(0, meters.day.remaining(now))),
            "X-MinLimit-Remaining": str(max(0, meters.minute.remaining(now))),
            "X-AppMinLimit-Remaining": str(max(0, meters.app_minute.remaining(now))),
        }


def _meter(limit: int, length: int, owner: str, *, rolling: bool) -> _Meter:
    return (
        _Rolling(limit, length)
        if rolling
        else _Fixed(limit, length, draw("xero window", owner, length) * length)
    )
