"""The log of requests: what each vendor was asked and what it answered, newest last. Tokens and bodies of tokens are never kept."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime


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


class Journal:
    """The last `keep` calls, and counts of all of them."""

    def __init__(self, keep: int = 100_000) -> None:
        self.entries: deque[Entry] = deque(maxlen=keep)
        self.count = 0

    def note(self, entry: Entry) -> None:
        """Add one call."""
        self.entries.append(entry)
        self.count += 1

    def calls(self, system: str = "", since: int = 0) -> list[Entry]:
        """The calls of one system (or all), from the `since`-th call ever on."""
        skip = max(0, since - (self.count - len(self.entries)))
        return [
            entry
            for index, entry in enumerate(self.entries)
            if index >= skip and system in ("", entry.system)
        ]
