"""The contact block of a document: it names a contact, and every other field in it changes that contact (Xero fact 7.4)."""

from collections.abc import Callable

from crossfoot_sandbox.xero.books.act import Act
from crossfoot_sandbox.xero.books.book import ACTIVE, XeroRecord
from crossfoot_sandbox.xero.books.organisation import Organisation
from crossfoot_sandbox.xero.kinds.contacts import IDENTITY_TEXT, Contacts
from crossfoot_sandbox.xero.kinds.resource import Plan, Resource, UnknownIdError, carry_out
from crossfoot_sandbox.xero.shape import Json

CONTACTS: Resource = Contacts()
MISSING_TEXT = "A Contact must be specified for this type of transaction"
ARCHIVED_TEXT = (
    "The contact with the specified contact details has been archived. "
    "The contact must be un-archived before creating new invoices or credit notes."
)
_NAMING = ("ContactID", "ContactNumber", "Name", "ContactStatus")

read_contact = Contacts.read


class Chosen:
    """The contact that a document would have: an existing one, perhaps to be changed, or one to be created with it."""

    def __init__(self, record: XeroRecord | None, changes: Json, plan: Plan | None) -> None:
        self.record = record
        self._changes = changes
        self._plan = plan

    def settle(self, act: Act) -> Json:
        """Write what the block says of the contact, and give the document's field for it."""
        record = self.record
        if self._plan is not None:
            record = carry_out(act, CONTACTS, record, self._changes, self._plan)
        assert record is not None
        return {"Contact": {"ContactID": record.id}}


def chosen(organisation: Organisation, sent: Json | None) -> tuple[Chosen | None, list[str]]:
    """The contact that a block means, or why there is none. A name that no active contact has makes a new contact (fact 7.4)."""
    if sent is None:
        return None, [MISSING_TEXT]
    if not any(sent.get(name) for name in _NAMING[:3]):
        return None, [IDENTITY_TEXT]
    try:
        record = CONTACTS.match(organisation, sent)
    except UnknownIdError as error:
        return None, [str(error)]
    if record is not None and record.status != ACTIVE:
        return None, [ARCHIVED_TEXT]
    changes = {name: value for name, value in sent.items() if name not in ("ContactID", "ContactStatus")}
    if record is not None:
        alike = all(record.values.get(name) == value for name, value in changes.items() if name in _NAMING)
        if alike and not any(name not in _NAMING for name in changes):
            return Chosen(record, {}, None), []
        changes.setdefault("ContactPersons", [])
    plan = CONTACTS.plan(organisation, record, changes, 2)
    return (None, plan.problems) if plan.problems else (Chosen(record, changes, plan), [])


def mark(field: str) -> Callable[[Act, XeroRecord], None]:
    """Xero derives `IsCustomer` or `IsSupplier` from documents; this moves no date and is told to nobody (recorded, fact 4.6)."""

    def follow(act: Act, document: XeroRecord) -> None:
        contact = act.organisation.contacts[document.values["Contact"]["ContactID"]]
        if not contact.values.get(field):
            act.derive(CONTACTS.key, contact, {field: True})

    return follow


def stub(organisation: Organisation, document: XeroRecord) -> Json:
    """The contact of a document in a list: id and name (recorded)."""
    contact_id = document.values["Contact"]["ContactID"]
    return {
        "ContactID": contact_id,
        "Name": organisation.contacts[contact_id].values.get("Name", ""),
        "Addresses": [],
        "Phones": [],
        "ContactGroups": [],
        "ContactPersons": [],
        "HasValidationErrors": False,
    }
