"""Xero's limits per organisation, and what its answers tell about them (Xero fact 2.1)."""

from collections.abc import Mapping
from dataclasses import dataclass

from crossfoot.systems.port import Allowance

MINUTE = Allowance(60, 61)
"""60 calls in Xero's fixed minute; the spare second covers that calls travel at different speeds."""

AT_ONCE = 5
"""Calls in flight per organisation."""

WITHOUT_RETRY_AFTER = 1.0
"""Seconds to wait when a 429 does not say how long: the limit of calls in flight never does."""


def minute_key(account: str) -> str:
    """The name of an organisation's budget of a minute."""
    return f"xero:{account}:minute"


@dataclass(frozen=True, slots=True)
class Throttle:
    """A 429. Its body is empty and never read."""

    limit: str
    """`minute`, `day`, `concurrent`, `appminute`; "" when Xero does not say."""
    seconds: float


def throttle(headers: Mapping[str, str]) -> Throttle:
    """What the headers of a 429 tell."""
    after = headers.get("retry-after", "")
    seconds = float(after) if after.replace(".", "", 1).isdigit() else WITHOUT_RETRY_AFTER
    return Throttle(headers.get("x-rate-limit-problem", "").lower(), max(seconds, WITHOUT_RETRY_AFTER))


def left_this_minute(headers: Mapping[str, str]) -> int | None:
    """How many calls the organisation has left in Xero's minute; None when the answer does not tell."""
    left = headers.get("x-minlimit-remaining", "")
    return int(left) if left.isdigit() else None


def left_today(headers: Mapping[str, str]) -> int | None:
    """How many calls the organisation has left today; None when the answer does not tell."""
    left = headers.get("x-daylimit-remaining", "")
    return int(left) if left.isdigit() else None
