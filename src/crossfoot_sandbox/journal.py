"""The log of requests: what each vendor was asked and what it answered, newest last.

What was said (queries, headers, bodies) is kept only when somebody asks for it. Credentials, and the words of calls that
hand them out, are never kept.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from crossfoot_sandbox.wire import Request, Response

KEPT_WORDS = 2_000
"""Of so many calls what was said stays in memory."""

_TELLING = ("accept", "content-type", "idempotency-key", "if-modified-since", "user-agent", "xero-tenant-id")
"""Request headers that mean something and are no secret."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One call as the vendor saw it."""

    at: datetime
    system: str
    method: str
    path: str
    operation: str
    status: int  # 0 when no answer was given
    fault: str  # "" when nothing went wrong
    correlation: str
    app: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """What was said in one call, as it went over the wire. Header names are lower-case; `answer` is None when none was given."""

    query: tuple[tuple[str, str], ...]
    asked_with: Mapping[str, str]
    sent: bytes
    answered_with: Mapping[str, str]
    answer: bytes | None

    @classmethod
    def of(cls, request: Request, response: Response | None) -> "Words":
        """The words of a call, without its credentials."""
        return cls(
            request.query,
            {name: request.headers[name] for name in _TELLING if name in request.headers},
            request.body,
            {name.lower(): value for name, value in response.headers.items()} if response else {},
            response.body if response else None,
        )

    def as_data(self) -> dict[str, Any]:
        """For JSON: bodies as text."""
        return {
            "query": self.query,
            "asked_with": self.asked_with,
            "sent": self.sent.decode("utf-8", "replace"),
            "answered_with": self.answered_with,
            "answer": None if self.answer is None else self.answer.decode("utf-8", "replace"),
        }


class Journal:
    """The last `keep` calls, and counts of all of them."""

    def __init__(self, keep: int = 100_000) -> None:
        self.entries: deque[Entry] = deque(maxlen=keep)
        self.count = 0
        self.keeps_words = False
        """Whether what is said is kept, of the last `KEPT_WORDS` calls."""
        self.recorder: Callable[[dict[str, Any]], None] | None = None
        """Told of every call, with its words, before the caller hears the answer."""
        self._words: dict[str, Words] = {}

    @property
    def wants_words(self) -> bool:
        """Whether `note` has a use for what was said."""
        return self.keeps_words or self.recorder is not None

    def note(self, entry: Entry, words: Words | None = None) -> None:
        """Add one call."""
        self.entries.append(entry)
        self.count += 1
        if words is not None and self.keeps_words:
            self._words[entry.correlation] = words
            if len(self._words) > KEPT_WORDS:
                del self._words[next(iter(self._words))]
        if self.recorder is not None:
            self.recorder(told(entry, words))

    def calls(self, system: str = "", since: int = 0) -> list[Entry]:
        """The calls of one system (or all), from the `since`-th call ever on."""
        skip = max(0, since - (self.count - len(self.entries)))
        return [
            entry
            for index, entry in enumerate(self.entries)
            if index >= skip and system in ("", entry.system)
        ]

    def said(self, entry: Entry) -> Words | None:
        """What was said in a call, None when that was not kept."""
        return self._words.get(entry.correlation)


def told(entry: Entry, words: Words | None) -> dict[str, Any]:
    """A call and what was said in it, for JSON."""
    return {**asdict(entry), "words": words.as_data() if words else None}
