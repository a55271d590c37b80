"""The network: `Send` over HTTP, with one pool of connections for everything that this process calls.

What decides between `NotSent` and `NoAnswer` is whether a byte of the request can have left this machine. No redirect is followed and
nothing is repeated here: both are the caller's to decide. Cookies are dropped, so that no connection learns of another.
"""

from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib.metadata import version
from types import TracebackType
from typing import Self

import httpx2

from crossfoot.systems.port import NoAnswer, NotSent, Request, Response

USER_AGENT = f"crossfoot/{version('crossfoot')}"

TIMEOUT = httpx2.Timeout(connect=10.0, write=30.0, read=120.0, pool=60.0)
"""Seconds. HubSpot's own edge gives up after 100 (HubSpot fact 5.1), so that its answer still reaches us."""

_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (httpx2.ConnectTimeout, "no connection came about in time"),
    (httpx2.PoolTimeout, "too many calls are under way at once"),
    (httpx2.ReadTimeout, "no answer came in time"),
    (httpx2.TimeoutException, "sending took too long"),
    (httpx2.ConnectError, "no connection could be made"),
    (httpx2.ProxyError, "the proxy refused the connection"),
    (httpx2.UnsupportedProtocol, "the address is none that can be called"),
    (httpx2.InvalidURL, "the address is none that can be called"),
    (httpx2.NetworkError, "the connection broke"),
    (httpx2.ProtocolError, "the answer broke the rules of HTTP"),
    (httpx2.DecodingError, "the answer could not be unpacked"),
)
"""What went wrong, in words for people; the first that fits."""

LIMITS = httpx2.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=20.0)


class HttpSend:
    """A `Send`. Use it as an async context manager, or call `close` when done."""

    def __init__(self, *, timeout: httpx2.Timeout = TIMEOUT, limits: httpx2.Limits = LIMITS) -> None:
        self._client = httpx2.AsyncClient(
            timeout=timeout,
            limits=limits,
            headers={"user-agent": USER_AGENT},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            follow_redirects=False,
        )

    async def __call__(self, request: Request) -> Response:
        """Send it. Raises `NotSent` or `NoAnswer`."""
        try:
            answer = await self._client.request(
                request.method, request.url, headers=dict(request.headers), content=request.body or None
            )
        except (
            httpx2.ConnectError,
            httpx2.ConnectTimeout,
            httpx2.PoolTimeout,
            httpx2.ProxyError,
            httpx2.UnsupportedProtocol,
            httpx2.InvalidURL,
        ) as unsent:
            raise NotSent(_why(unsent)) from unsent
        except httpx2.HTTPError as lost:
            raise NoAnswer(_why(lost)) from lost
        return Response(
            answer.status_code,
            {name.lower(): value for name, value in answer.headers.items()},
            answer.content,
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def _why(error: Exception) -> str:
    """The kind of failure in words, and what the library says of it; a URL never holds a secret here."""
    words = next((words for kind, words in _WORDS if isinstance(error, kind)), "the call failed")
    return f"{words} ({error})" if str(error) else words
