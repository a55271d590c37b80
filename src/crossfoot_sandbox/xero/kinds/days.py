"""Calendar days as documents carry them (Xero fact 4.2), today in the organisation's time zone, lock dates and payment terms."""

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from crossfoot_sandbox.xero.errors import malformed
from crossfoot_sandbox.xero.shape import Json, moment, ms_date, ms_of

_MS = re.compile(r"^/Date\((-?\d+)(?:[+-]\d{4})?\)/$")
_ZONES = {
    "NEWZEALANDSTANDARDTIME": "Pacific/Auckland",
    "AUSEASTERNSTANDARDTIME": "Australia/Sydney",
    "GMTSTANDARDTIME": "Europe/London",
    "EASTERNSTANDARDTIME": "America/New_York",
}


def day(name: str, value: Any) -> date | str:
    """A reader of calendar days: `2026-09-14`, with or without a time behind it, or `/Date(ms)/`; `""` clears."""
    if value == "":
        return ""
    if isinstance(value, str):
        dated = _MS.match(value)
        if dated:
            return moment(int(dated[1])).date()
        try:
            return datetime.fromisoformat(value).date()
        except ValueError:
            pass
    raise malformed(
        f"Error converting value \"{value}\" to type 'System.Nullable`1[System.DateTime]' ({name})"
    )


def show_day(row: Json, name: str, value: date | None, *, twin: bool = True) -> None:
    """A day in a row: midnight UTC in milliseconds and, before it, its `String` twin."""
    if value is None:
        return
    if twin:
        row[f"{name}String"] = f"{value:%Y-%m-%dT00:00:00}"
    row[name] = ms_date(ms_of(value))


def instant(value: date | None) -> datetime | None:
    """A day as filters compare it."""
    return None if value is None else datetime(value.year, value.month, value.day, tzinfo=UTC)


def today(details: Mapping[str, Any], ms: int) -> date:
    """The day that it is for the organisation's people."""
    zone = _ZONES.get(str(details.get("Timezone")), "UTC")
    return moment(ms).astimezone(ZoneInfo(zone)).date()


def lock_problems(details: Mapping[str, Any], *days: date) -> list[str]:
    """Why documents of these days may not be posted or changed: the day is not after a lock date (fact 7.4)."""
    found = []
    for name, words in (
        ("PeriodLockDate", "period lock date"),
        ("EndOfYearLockDate", "end of year lock date"),
    ):
        lock = locked_until(details, name)
        if lock is not None and any(one <= lock for one in days):
            found.append(f"The document date cannot be before the {words}, currently set at {lock:%d-%b-%Y}")
    return found


def locked_until(details: Mapping[str, Any], name: str) -> date | None:
    """The last locked day of `PeriodLockDate` or `EndOfYearLockDate`, None when nothing is locked."""
    dated = _MS.match(str(details.get(name, "")))
    return moment(int(dated[1])).date() if dated else None


def due_by_terms(terms: Mapping[str, Any], issued: date) -> date | None:
    """The due day by payment terms such as `{"Day": 20, "Type": "OFFOLLOWINGMONTH"}`, None for terms that say nothing."""
    if "Day" not in terms or "Type" not in terms:
        return None
    days = int(terms["Day"])
    match terms["Type"]:
        case "DAYSAFTERBILLDATE":
            return issued + timedelta(days=days)
        case "DAYSAFTERBILLMONTH":
            return _of_month(issued.year, issued.month, 31) + timedelta(days=days)
        case "OFCURRENTMONTH":
            return _of_month(issued.year, issued.month, days)
    following = _of_month(issued.year, issued.month, 31) + timedelta(days=1)
    return _of_month(following.year, following.month, days)


def _of_month(year: int, month: int, wanted: int) -> date:
    return date(year, month, min(wanted, monthrange(year, month)[1]))
