"""HubSpot's limits: how many calls fit, and how long to stay away after "too many" (HubSpot fact 5.2)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from crossfoot.systems.port import Allowance

FIRST = Allowance(calls=100, seconds=10.0)
"""Until an answer tells: what the smallest tier allows."""

SEARCH = Allowance(calls=5, seconds=1.0)
"""Shared by everything that searches in the portal. Search answers carry no headers."""

DAILY = "DAILY"

_PAUSES = {"TEN_SECONDLY_ROLLING": 10.0, "SECONDLY": 1.0}
_AN_HOUR = 3600.0


def allowance(headers: Mapping[str, str], now: Allowance) -> Allowance:
    """The allowance that an answer's headers state, or the one known before."""
    calls = headers.get("x-hubspot-ratelimit-max", "")
    span = headers.get("x-hubspot-ratelimit-interval-milliseconds", "")
    if not (calls.isdigit() and span.isdigit() and int(calls) and int(span)):
        return now
    stated = Allowance(int(calls), int(span) / 1000)
    return now if stated == now else stated


def left(headers: Mapping[str, str]) -> int | None:
    """How many calls still fit into the interval; None where the answer does not tell, as those of searches (HubSpot fact 5.2)."""
    stated = headers.get("x-hubspot-ratelimit-remaining", "")
    return int(stated) if stated.isdigit() else None


def seconds_of(header: str | None) -> float | None:
    """A `Retry-After` in seconds."""
    return float(header) if header and header.replace(".", "", 1).isdigit() else None


def pause(headers: Mapping[str, str], policy: str, message: str) -> float:
    """Seconds to stay away after a 429 that is not the daily one. A `Retry-After`, though undocumented, is honoured."""
    stated = seconds_of(headers.get("retry-after"))
    if stated is not None:
        return stated
    if policy in _PAUSES:
        return _PAUSES[policy]
    return _PAUSES[
        "SECONDLY" if message.startswith("You have reached your secondly") else "TEN_SECONDLY_ROLLING"
    ]


def is_daily(policy: str, message: str) -> bool:
    """Whether a 429 means that the day's calls are used up."""
    return policy == DAILY or message.startswith("You have reached your daily")


def until_midnight(now: datetime, time_zone: str | None) -> float:
    """Seconds until the portal's day ends, when the daily count starts again; an hour where its time zone is not known."""
    try:
        zone = ZoneInfo(time_zone or "")
    except (KeyError, ValueError, OSError):
        return _AN_HOUR
    local = now.astimezone(zone)
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return max(1.0, (midnight.astimezone(now.tzinfo) - now).total_seconds())
