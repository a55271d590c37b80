"""Rate limits: a rolling ten seconds per app, a day per portal, a second for search (HubSpot fact 5.2, A16)."""

from collections import Counter, deque
from zoneinfo import ZoneInfo

from crossfoot_sandbox.hubspot.api.oauth import Access
from crossfoot_sandbox.hubspot.books.account import Account
from crossfoot_sandbox.hubspot.errors import over_limit
from crossfoot_sandbox.hubspot.times import moment

TEN_SECONDS = 10_000
SPANS = {"TEN_SECONDLY_ROLLING": TEN_SECONDS, "SECONDLY": 1_000}  # milliseconds
PER_TEN_SECONDS = {"free": 100, "starter": 100, "professional": 190, "enterprise": 190}
PER_DAY = {"free": 250_000, "starter": 250_000, "professional": 625_000, "enterprise": 1_000_000}
ASSOCIATIONS_PER_TEN_SECONDS = {"free": 100, "starter": 100, "professional": 150, "enterprise": 150}
ASSOCIATIONS_PER_DAY = 500_000
MARKETPLACE_PER_TEN_SECONDS = 110
SEARCHES_PER_SECOND = 5


class Limits:
    """Counts calls. A refused call does not count."""

    def __init__(self) -> None:
        self._windows: dict[tuple[object, ...], deque[int]] = {}
        self._days: Counter[tuple[object, ...]] = Counter()

    def used_today(self, account: Account, now: int) -> int:
        """Calls of all apps on the portal since midnight in its own time zone."""
        return self._days[self._day(account, now)]

    def check(self, access: Access, account: Account, endpoint: str, now: int) -> dict[str, str]:
        """Count one call; the headers of its answer. Raises the 429 of the first limit that is used up."""
        day = self._day(account, now)
        if endpoint == "search.search":
            self._take(("search", account.id), SEARCHES_PER_SECOND, now, "SECONDLY", {})
            self._days[day] += 1
            return {}
        most = MARKETPLACE_PER_TEN_SECONDS if access.marketplace else PER_TEN_SECONDS[account.tier]
        daily = None if access.oauth else PER_DAY[account.tier]
        if daily is not None and self._days[day] >= daily:
            raise over_limit("DAILY")
        window = self._window((access.app_id, account.id), now, TEN_SECONDS)
        headers = _headers(most, most - len(window) - 1, daily, self._days[day] + 1)
        if endpoint.startswith(("associations.", "older_links.")):
            if self._days[day, "associations"] >= ASSOCIATIONS_PER_DAY:
                raise over_limit("DAILY")
            few = ASSOCIATIONS_PER_TEN_SECONDS[account.tier]
            key = ("associations", access.app_id, account.id)
            self._take(key, few, now, "TEN_SECONDLY_ROLLING", headers)
            self._days[day, "associations"] += 1
        self._take((access.app_id, account.id), most, now, "TEN_SECONDLY_ROLLING", headers)
        self._days[day] += 1
        return headers

    def _take(
        self, key: tuple[object, ...], most: int, now: int, policy: str, headers: dict[str, str]
    ) -> None:
        window = self._window(key, now, SPANS[policy])
        if len(window) >= most:
            problem = over_limit(policy)
            problem.headers = {
                name: "0" if name.endswith("-Remaining") and "Daily" not in name else value
                for name, value in headers.items()
            }
            raise problem
        window.append(now)

    def _window(self, key: tuple[object, ...], now: int, span: int) -> deque[int]:
        window = self._windows.setdefault(key, deque())
        while window and window[0] <= now - span:
            window.popleft()
        return window

    def _day(self, account: Account, now: int) -> tuple[object, ...]:
        return account.id, moment(now).astimezone(ZoneInfo(account.time_zone)).date()


def _headers(most: int, remaining: int, daily: int | None, used: int) -> dict[str, str]:
    headers = {
        "X-HubSpot-RateLimit-Max": str(most),
        "X-HubSpot-RateLimit-Remaining": str(max(0, remaining)),
        "X-HubSpot-RateLimit-Interval-Milliseconds": str(TEN_SECONDS),
        "X-HubSpot-RateLimit-Secondly": str(most // 10),
        "X-HubSpot-RateLimit-Secondly-Remaining": str(max(0, remaining // 10)),
    }
    if daily is not None:
        headers["X-HubSpot-RateLimit-Daily"] = str(daily)
        headers["X-HubSpot-RateLimit-Daily-Remaining"] = str(max(0, daily - used))
    return headers
