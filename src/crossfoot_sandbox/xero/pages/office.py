"""An organisation and the people who work in Xero's own pages."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from types import MappingProxyType

from crossfoot_sandbox.xero.books.act import Act
from crossfoot_sandbox.xero.books.book import ACTIVE, ARCHIVED, ERASED, XeroRecord
from crossfoot_sandbox.xero.books.organisation import DOCUMENTS, Organisation
from crossfoot_sandbox.xero.errors import ApiException
from crossfoot_sandbox.xero.fields import messages_of
from crossfoot_sandbox.xero.kinds.contacts import Contacts
from crossfoot_sandbox.xero.kinds.items import Items, delete
from crossfoot_sandbox.xero.kinds.resource import Resource, carry_out
from crossfoot_sandbox.xero.kinds.table import CONTACTS, ITEMS, RESOURCES
from crossfoot_sandbox.xero.shape import Json

_PEOPLES_PLACES = 4  # Xero's own pages keep four decimals of a unit price
_VENDOR_FIELDS = ("IsCustomer", "IsSupplier")  # Xero derives these from documents; loading may state them
_LOADABLE: Mapping[str, Contacts | Items] = MappingProxyType({"Contacts": CONTACTS, "Items": ITEMS})


class Office(Organisation):
    """The organisation, open to its people. Each `person_...` raises ValueError with a plain message when Xero's pages would refuse."""

    def act_of(self, by: str) -> Act:
        """What a colleague does now."""
        return Act(self, self.now_ms(), f"person:{by}")

    def person_creates(self, kind: str, values: Json, by: str = "ben") -> str:
        """A colleague makes a contact, an item or a document; returns its id. ValueError when Xero's pages would refuse."""
        act = self.act_of(by)
        record = _written(act, RESOURCES[kind], None, values)
        if _stated(values):
            act.derive(kind, record, _stated(values))
        act.tell()
        return record.id

    def person_edits(self, kind: str, record_id: str, values: Json, by: str = "ben") -> None:
        """A colleague edits fields, or gives a document another Status; lists are replaced, phones and addresses merged by slot."""
        record, act = self._live(kind, record_id), self.act_of(by)
        kept = {"Code": record.values["Code"]} if kind == "Items" else {}
        _written(act, RESOURCES[kind], record, {**kept, **values})
        derived = {name: value for name, value in _stated(values).items() if record.values.get(name) != value}
        if derived:
            act.derive(kind, record, derived)
        act.tell()

    def person_archives(self, kind: str, record_id: str, by: str = "ben") -> None:
        """A colleague archives a contact; items cannot be archived."""
        record = self._live(kind, record_id)
        if kind != "Contacts" or record.status != ACTIVE:
            raise ValueError("only an active contact can be archived")
        self._change(kind, record, {}, by, status=ARCHIVED)

    def person_restores(self, kind: str, record_id: str, by: str = "ben") -> None:
        """A colleague un-archives a contact, which no app can do."""
        record = self._live(kind, record_id)
        if kind != "Contacts" or record.status != ARCHIVED:
            raise ValueError("only an archived contact can be restored")
        name = record.values.get("Name", "")
        if self.contacts.find("Name", name) is not None:
            raise ValueError(f"an active contact is already named {name}")
        self._change(kind, record, {}, by, status=ACTIVE)
        record.merged_to = None

    def person_merges(self, winner_id: str, loser_id: str, by: str = "ben") -> None:
        """A colleague merges two contacts: the loser becomes archived, keeps its id and points to the winner."""
        winner, loser = self._live("Contacts", winner_id), self._live("Contacts", loser_id)
        if winner is loser or winner.status != ACTIVE or loser.status != ACTIVE:
            raise ValueError("only two different active contacts can be merged")
        loser.merged_to = winner.id
        act = self.act_of(by)
        act.change("Contacts", loser, {}, status=ARCHIVED)
        for kind in DOCUMENTS:
            for document in list(self.book(kind).grouped(loser.id)):
                act.change(kind, document, {"Contact": {"ContactID": winner.id}}, touch=False)
        act.tell()
        for members in self.members.values():
            if loser.id in members:
                members.discard(loser.id)
                members.add(winner.id)

    def person_deletes(self, item_id: str, by: str = "ben") -> None:
        """A colleague deletes an item that no transaction uses."""
        record = self._live("Items", item_id)
        if self.uses_item(record):
            raise ValueError("the item is used on a transaction")
        delete(self, record, f"person:{by}")

    def person_erases(self, contact_id: str, by: str = "ben") -> None:
        """A colleague marks a contact as subject of an erasure request (status GDPRREQUEST); it can no longer be used."""
        record = self._live("Contacts", contact_id)
        if record.status == ERASED:
            raise ValueError("the contact is already marked for erasure")
        self._change("Contacts", record, {}, by, status=ERASED)

    def bulk_load(
        self, kind: str, rows: Iterable[Json], spread: timedelta = timedelta(days=365), by: str = "import"
    ) -> list[str]:
        """Many records at once, without rules and webhooks; returns their ids in order.

        UpdatedDateUTC is spread evenly over the past. A row may state `ContactStatus`; its values have the API's shapes.
        """
        resource = _LOADABLE[kind]
        given = list(rows)
        now, step = self.now_ms(), int(spread / timedelta(milliseconds=1)) / max(1, len(given))
        entries = []
        for index, values in enumerate(given):
            changes = resource.read(values)
            new = {**resource.merged(self, None, changes, _PEOPLES_PLACES), **_stated(values)}
            at = now - int((len(given) - 1 - index) * step)
            entries.append((new, at, str(changes.get("ContactStatus", ACTIVE))))
        return [record.id for record in self.book(kind).load(entries, f"person:{by}")]

    def _live(self, kind: str, record_id: str) -> XeroRecord:
        record = self.book(kind).live(record_id)
        if record is None:
            raise ValueError(f"{kind} has no record {record_id}")
        return record

    def _change(
        self, kind: str, record: XeroRecord, changes: Json, by: str, status: str | None = None
    ) -> None:
        act = self.act_of(by)
        act.change(kind, record, changes, status=status)
        act.tell()


def _written(act: Act, resource: Resource, record: XeroRecord | None, values: Json) -> XeroRecord:
    """Xero's own pages know the rules of the API, keep four decimals of a price and save nothing when nothing changed."""
    if "ContactNumber" in values:
        raise ValueError("people cannot write ContactNumber; only apps can")
    try:
        changes = resource.read(values)
    except ApiException as error:
        raise ValueError(messages_of(error)) from None
    plan = resource.plan(act.organisation, record, changes, _PEOPLES_PLACES)
    if plan.problems:
        raise ValueError(" ".join(plan.problems))
    unchanged = (
        all(record.values.get(name) == value for name, value in plan.values.items()) if record else False
    )
    if record is not None and unchanged and plan.status in (None, record.status) and plan.first is None:
        return record
    return carry_out(act, resource, record, changes, plan)


def _stated(values: Json) -> Json:
    return {name: bool(values[name]) for name in _VENDOR_FIELDS if name in values}
