"""One act on an organisation's books, by an app's request or a person: all its changes stand together, or are taken back together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crossfoot_sandbox.xero.book import Before, Book, XeroRecord

if TYPE_CHECKING:
    from crossfoot_sandbox.xero.organisation import Organisation
    from crossfoot_sandbox.xero.resource import Plan, Resource
    from crossfoot_sandbox.xero.shape import Json


@dataclass(slots=True)
class Act:
    """What is written when (`ms`, milliseconds since 1970) and by whom ("app:<client id>", "person:<name>" or "vendor")."""

    organisation: "Organisation"
    ms: int
    author: str
    _steps: list[tuple[Book, XeroRecord, Before | None]] = field(default_factory=list)
    _events: dict[str, tuple["Resource", XeroRecord, str]] = field(default_factory=dict)

    def create(self, resource: "Resource", values: Mapping[str, Any], status: str) -> XeroRecord:
        """A new record."""
        book = self.organisation.book(resource.key)
        record = book.create(values, self.ms, self.author, status)
        self._steps.append((book, record, None))
        self._events[record.id] = (resource, record, "CREATE")
        return record

    def change(
        self,
        resource: "Resource",
        record: XeroRecord,
        changes: Mapping[str, Any],
        *,
        status: str | None = None,
        touch: bool = True,
        told: bool = True,
    ) -> None:
        """A new version. Without `touch` UpdatedDateUTC stays, and nobody hears of it, as nobody hears of what is not `told`."""
        book = self.organisation.book(resource.key)
        before = book.change(record, changes, self.ms, self.author, status=status, touch=touch)
        self._steps.append((book, record, before))
        if touch and told:
            self._events.setdefault(record.id, (resource, record, "UPDATE"))

    def derive(self, resource: "Resource", record: XeroRecord, changes: Mapping[str, Any]) -> None:
        """What Xero itself works out from other records; it moves no date and is told to nobody (fact 4.6)."""
        book = self.organisation.book(resource.key)
        self._steps.append((book, record, book.change(record, changes, self.ms, "vendor", touch=False)))

    def write(
        self, resource: "Resource", record: XeroRecord | None, changes: "Json", plan: "Plan"
    ) -> XeroRecord:
        """Do what was planned for the changes that were sent, and what follows from it."""
        values = {**plan.values, **plan.first(self)} if plan.first else plan.values
        if record is None:
            assert plan.status is not None
            record = self.create(resource, values, plan.status)
        else:
            different = {name: value for name, value in values.items() if record.values.get(name) != value}
            same = not different and plan.status in (None, record.status)
            if same and not self.organisation.switches.unchanged_write_touches:
                return record
            self.change(resource, record, different, status=plan.status, touch=plan.touch)
        resource.follow(self, record, changes)
        return record

    def take_back(self) -> None:
        """Everything is as it was before."""
        for book, record, before in reversed(self._steps):
            book.undo(record, before)
        self._steps.clear()
        self._events.clear()

    def tell(self) -> None:
        """Webhooks hear of what was done, each record once; kinds without webhooks have no event."""
        for resource, record, event in self._events.values():
            if resource.event:
                data = resource.event_data(record)
                self.organisation.announce(resource.event, record.id, event, self.ms, data)
        self._events.clear()
