"""A request and a response as the vendors' servers see them: bytes, headers, a path. No I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from crossfoot_sandbox import jsontext


class Dropped(Exception):
    """The connection broke before an answer arrived; the caller cannot know whether the request took effect."""


class Refused(Exception):
    """Nothing listened: the request was never received and surely had no effect."""


@dataclass(frozen=True, slots=True)
class Request:
    """What arrived. `path` is decoded and starts with `/`; header names are lower-case; `query` keeps order and repeats."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    raw_length: int = 0  # characters of the path and query as sent, for "URI too long"

    @classmethod
    def of(
        cls, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> "Request":
        """From a method and a URL or path with query, as a client writes them."""
        parts = urlsplit(target)
        raw = parts.path + (f"?{parts.query}" if parts.query else "")
        return cls(
            method=method.upper(),
            path=unquote(parts.path) or "/",
            query=tuple(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in (headers or {}).items()},
            body=body,
            raw_length=len(raw),
        )

    def under(self, prefix: str) -> "Request":
        """The same request as the host behind `prefix` sees it."""
        return Request(
            self.method,
            self.path[len(prefix) :] or "/",
            self.query,
            self.headers,
            self.body,
            self.raw_length - len(prefix),
        )

    def one(self, name: str, default: str | None = None) -> str | None:
        """The last value of a query parameter, names compared exactly."""
        found = default
        for key, value in self.query:
            if key == name:
                found = value
        return found

    def every(self, name: str) -> tuple[str, ...]:
        """All values of a repeated query parameter."""
        return tuple(value for key, value in self.query if key == name)


@dataclass(frozen=True, slots=True)
class Response:
    """What the vendor answers. Header names as the vendor spells them."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @classmethod
    def json(cls, status: int, payload: Any, headers: Mapping[str, str] | None = None) -> "Response":
        """A JSON answer; Decimals are written as JSON numbers with all their digits."""
        return cls(
            status,
            {"Content-Type": "application/json;charset=utf-8", **(headers or {})},
            jsontext.dumps(payload),
        )

    def payload(self) -> Any:
        """The body read as JSON, for tests and people."""
        return jsontext.loads(self.body) if self.body else None
