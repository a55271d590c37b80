"""One act on an organisation's books, by an app's request or a person: all its changes stand together, or are taken back together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crossfoot_sandbox.xero.books.book import Before, Book, XeroRecord
from crossfoot_sandbox.xero.books.organisation import Organisation


@dataclass(slots=True)
class Act:
    """What is written when (`ms`, milliseconds since 1970) and by whom ("app:<client id>", "person:<name>" or "vendor")."""

    organisation: Organisation
    ms: int
    author: str
    _steps: list[tuple[Book, XeroRecord, Before | None]] = field(default_factory=list)
    _events: dict[str, tuple[Book, XeroRecord, str]] = field(default_factory=dict)

    def create(self, kind: str, values: Mapping[str, Any], status: str) -> XeroRecord:
        """A new record of a kind such as "Invoices"."""
        book = self.organisation.book(kind)
        record = book.create(values, self.ms, self.author, status)
        self._steps.append((book, record, None))
        self._events[record.id] = (book, record, "CREATE")
        return record

    def change(
        self,
        kind: str,
        record: XeroRecord,
        changes: Mapping[str, Any],
        *,
        status: str | None = None,
        touch: bool = True,
        told: bool = True,
    ) -> None:
        """A new version. Without `touch` UpdatedDateUTC stays, and nobody hears of it, as nobody hears of what is not `told`."""
        book = self.organisation.book(kind)
        before = book.change(record, changes, self.ms, self.author, status=status, touch=touch)
        self._steps.append((book, record, before))
        if touch and told:
            self._events.setdefault(record.id, (book, record, "UPDATE"))

    def derive(self, kind: str, record: XeroRecord, changes: Mapping[str, Any]) -> None:
        """What Xero itself works out from other records; it moves no date and is told to nobody (fact 4.6)."""
        book = self.organisation.book(kind)
        self._steps.append((book, record, book.change(record, changes, self.ms, "vendor", touch=False)))

    def take_back(self) -> None:
        """Everything is as it was before."""
        for book, record, before in reversed(self._steps):
            book.undo(record, before)
        self._steps.clear()
        self._events.clear()

    def tell(self) -> None:
        """Webhooks hear of what was done, each record once; kinds without webhooks have no event."""
        for book, record, event in self._events.values():
            if book.event:
                data = book.event_data(record)
                self.organisation.announce(book.event, record.id, event, self.ms, data)
        self._events.clear()
