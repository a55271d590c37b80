"""HubSpot's texts for moments and days. Inside the stand-in a moment is an integer: milliseconds since 1970, UTC."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 86_400_000

FIRST, LAST = -62_135_596_800_000, 253_402_300_799_999  # the years 1 to 9999

_DIGITS = re.compile(r"-?\d{1,17}")


def milliseconds(moment: datetime) -> int:
    """The integer of a moment."""
    return (moment - EPOCH) // timedelta(milliseconds=1)


def moment(ms: int) -> datetime:
    """The aware datetime of an integer."""
    return EPOCH + timedelta(milliseconds=ms)


@lru_cache(maxsize=1024)
def iso(ms: int) -> str:
    """ISO 8601 with `Z`; the fraction is dropped when it is zero (HubSpot fact 3.2)."""
    seconds, fraction = divmod(ms, 1000)
    text = (EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{fraction:03d}Z" if fraction else f"{text}Z"


def parse_moment(text: str) -> int | None:
    """Milliseconds of an ISO text or of epoch milliseconds as text; None when it is neither."""
    if _DIGITS.fullmatch(text):
        found = int(text)
    else:
        try:
            parsed = datetime.fromisoformat(text)
        except ValueError:
            return None
        found = milliseconds(parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC))
    return found if FIRST <= found <= LAST else None


def parse_day(text: str) -> tuple[str, bool] | None:
    """The day as `YYYY-MM-DD`, and whether the text named midnight exactly; None when it is no date."""
    ms = parse_moment(text)
    if ms is None:
        return None
    try:
        day = moment(ms - ms % DAY).date()
    except OverflowError:
        return None
    return day.isoformat(), ms % DAY == 0
