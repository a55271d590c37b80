"""What one object type does beyond the rules for all: checks on its writes, values it computes, what hangs on it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from crossfoot_sandbox.hubspot.books.account import Account
from crossfoot_sandbox.hubspot.books.book import Actor, HubRecord
from crossfoot_sandbox.hubspot.books.kinds import ObjectKind
from crossfoot_sandbox.hubspot.errors import invalid_property

Changes = dict[str, str | None]


@dataclass(slots=True)
class Write:
    """A write on its way: its values passed the rules of their types. `record` is None for a new one."""

    account: Account
    kind: ObjectKind
    changes: Changes
    record: HubRecord | None
    version: str  # of the API, or "ui"
    wished: Collection[str]  # the object types that a new record will be associated with
    wrong: list[dict[str, Any]] = field(default_factory=list)  # entries of a property validation failure

    @property
    def creating(self) -> bool:
        """Whether the record is a new one."""
        return self.record is None

    @property
    def before(self) -> Mapping[str, str]:
        """The values up to now."""
        return {} if self.record is None else self.record.values

    def after(self, name: str) -> str | None:
        """A property's value once this is written."""
        return self.changes[name] if name in self.changes else self.before.get(name)

    def default(self, name: str, value: str | None) -> None:
        """Fill in what a new record came without."""
        if self.record is None and not self.changes.get(name):
            self.changes[name] = value

    def refuse(self, code: str, name: str, message: str) -> None:
        """Note that a value cannot be."""
        self.wrong.append(invalid_property(code, name, message, self.account.id))


@dataclass(frozen=True, slots=True)
class Leaving:
    """A record on its way to the recycle bin, and who sends it there."""

    account: Account
    kind: ObjectKind
    record: HubRecord
    actor: Actor


class Behaviour:
    """An object type without any of its own: contacts, companies, products, notes."""

    def admit(self, write: Write) -> None:
        """Check a write and fill it in. Raises the Problem HubSpot would answer, or notes wrong properties."""

    def derived(self, account: Account, record: HubRecord) -> Changes:
        """The computed properties as they must be now; they follow every write at once."""
        del account, record
        return {}

    def removable(self, leaving: Leaving) -> None:
        """Raise the Problem of a record that cannot go into the recycle bin."""

    def linkable(self, account: Account, record: HubRecord, other: str) -> None:
        """Raise the Problem of a record that takes no more, or gives up none, of the object type `other`."""

    def linked(self, record: HubRecord, other: HubRecord, plural: str) -> Changes:
        """The properties that a new association with a record of type `plural` fills in."""
        del record, other, plural
        return {}
