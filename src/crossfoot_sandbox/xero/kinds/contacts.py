"""What a contact is to Xero: its fields, the rules for writing them and the shapes in which it is shown (Xero fact 7.1)."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from crossfoot_sandbox.xero import fields
from crossfoot_sandbox.xero.books.book import ACTIVE, ARCHIVED, Book, XeroRecord
from crossfoot_sandbox.xero.books.organisation import Organisation
from crossfoot_sandbox.xero.kinds.balances import balances
from crossfoot_sandbox.xero.kinds.contact_fields import (
    ADDRESSES,
    LONGEST,
    LONGEST_ADDRESS,
    LONGEST_PHONE,
    PHONES,
    SLOT_KINDS,
    merge_slots,
    read,
    show_slots,
)
from crossfoot_sandbox.xero.kinds.resource import Form, Simple, UnknownIdError
from crossfoot_sandbox.xero.shape import ZERO_ID, Json, is_guid, ms_date
from crossfoot_sandbox.xero.where import Column

MOST_PERSONS = 5
ARCHIVED_TEXT = "The specified contact details matched an archived contact. Archived contacts cannot currently be edited via the API."
DUPLICATE_NAME_TEXT = (
    "The contact name {name} is already assigned to another contact. "
    "The contact name must be unique across all active contacts."
)
IDENTITY_TEXT = "The Contact must contain at least 1 of the following elements to identify the contact: Name, ContactID, ContactNumber"
_EMAIL = re.compile(r"^[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]+$")
_SHOWN_FIRST = ("ContactNumber", "AccountNumber")
_SHOWN_TEXTS = ("FirstName", "LastName", "CompanyNumber", "EmailAddress")
_SHOWN_AFTER = (
    "TaxNumber",
    "TaxNumberType",
    "AccountsReceivableTaxType",
    "AccountsPayableTaxType",
)
_SHOWN_DEFAULTS = (
    "DefaultCurrency",
    "SalesDefaultLineAmountType",
    "PurchasesDefaultLineAmountType",
    "SalesDefaultAccountCode",
    "PurchasesDefaultAccountCode",
    "XeroNetworkKey",
    "TrackingCategoryName",
    "TrackingCategoryOption",
)


def _value(name: str, default: Any = None) -> Any:
    return lambda record: record.values.get(name, default)


class Contacts(Simple):
    """The contact's half of `api/writing.py` and `api/listing.py`."""

    key: ClassVar[str] = "Contacts"
    type_name: ClassVar[str] = "Contact"
    columns: ClassVar[Mapping[str, Column]] = {
        **{
            name: Column("String", _value(name))
            for name in (*LONGEST, "DefaultCurrency", "BankAccountDetails")
        },
        "ContactID": Column("Guid", lambda record: record.id),
        "ContactStatus": Column("String", lambda record: record.status),
        "IsCustomer": Column("Boolean", _value("IsCustomer", default=False)),
        "IsSupplier": Column("Boolean", _value("IsSupplier", default=False)),
        "UpdatedDateUTC": Column("DateTime", lambda record: record.updated),
    }
    searched = ("Name", "FirstName", "LastName", "ContactNumber", "CompanyNumber", "EmailAddress")

    read = staticmethod(read)

    @staticmethod
    def new_book(owner: str) -> Book:
        """Names find active contacts only; contact numbers find archived ones too."""
        return Book("Contacts", owner, {"Name": True, "ContactNumber": False}, event="CONTACT")

    @staticmethod
    def named(book: Book, key: str) -> XeroRecord | None:
        """The contact that a path means: by id or by ContactNumber."""
        return book.live(key) if is_guid(key) else book.find("ContactNumber", key)

    @staticmethod
    def match(organisation: Organisation, changes: Json) -> XeroRecord | None:
        """The contact that a POST without id in the path edits: by ContactID, else ContactNumber, else Name."""
        book, switches = organisation.contacts, organisation.switches
        wanted = changes.get("ContactID", "")
        if wanted and wanted != ZERO_ID:
            record = book.live(wanted)
            if record is None:
                raise UnknownIdError("The contact could not be found")
            return record
        number, name = changes.get("ContactNumber", ""), changes.get("Name", "")
        record = book.find("ContactNumber", number) if number else None
        if record is not None and (record.status == ACTIVE or switches.number_matches_archived):
            return record
        if not name:
            return None
        name = tidy(name)
        record = book.find("Name", name)
        if record is None and switches.name_matches_archived:
            folded = name.casefold()
            record = next((r for r in book.values() if r.values.get("Name", "").casefold() == folded), None)
        return record

    @staticmethod
    def problems(organisation: Organisation, record: XeroRecord | None, changes: Json) -> list[str]:
        """Why Xero refuses these changes to this contact (None: a new one)."""
        if record is not None and record.status != ACTIVE:
            return [ARCHIVED_TEXT]
        if record is None and not any(changes.get(name) for name in ("Name", "ContactNumber")):
            return [IDENTITY_TEXT]
        found = _name_problems(organisation, record, changes)
        number = changes.get("ContactNumber", "")
        if number and organisation.switches.duplicate_contact_number == "refused":
            holder = organisation.contacts.find("ContactNumber", number)
            if holder is not None and holder is not record:
                found.append(f"The contact number {number} is already assigned to another contact.")
        emails = [
            changes.get("EmailAddress"),
            *(p.get("EmailAddress") for p in changes.get("ContactPersons", ())),
        ]
        if any(email and not _EMAIL.match(email) for email in emails):
            found.append("Email address must be valid.")
        currency = changes.get("DefaultCurrency", "")
        if currency and currency.upper() not in organisation.currencies:
            found.append(f"The current organisation is not subscribed to currency '{currency}'.")
        if len(changes.get("ContactPersons", ())) > MOST_PERSONS:
            found.append(f"A contact cannot have more than {MOST_PERSONS} contact persons.")
        found += fields.too_long(changes, LONGEST)
        for phone in changes.get("Phones", ()):
            found += fields.too_long(phone, LONGEST_PHONE)
        for address in changes.get("Addresses", ()):
            found += fields.too_long(address, LONGEST_ADDRESS)
            country = address.get("Country", "")
            if organisation.switches.country_letters_only and not _letters(country):
                found.append("The Country field can only contain letters.")
        return found

    @staticmethod
    def merged(organisation: Organisation, record: XeroRecord | None, changes: Json, _places: int) -> Json:
        """The new values of the changed fields; None where a field was cleared. Lists of persons are replaced, slots merged."""
        switches = organisation.switches
        values: Mapping[str, Any] = record.values if record else {}
        new: Json = {}
        for name, value in changes.items():
            if name in ("ContactID", "ContactStatus"):
                continue
            if name in SLOT_KINDS:
                new[name] = merge_slots(SLOT_KINDS[name], values.get(name, []), value, switches)
            elif name == "PaymentTerms":
                new[name] = {**values.get(name, {}), **value}
            elif name == "ContactPersons":
                new[name] = [{"IncludeInEmails": False, **person} for person in value]
            elif name == "Name":
                new[name] = tidy(value)
            elif value == "":
                if switches.empty_text_clears:
                    new[name] = None
            else:
                new[name] = value
        if new.get("Name") == "":
            del new["Name"]
        return new

    @staticmethod
    def status(changes: Json) -> str | None:
        """The status that the changes ask for; only archiving is possible through the API."""
        return ARCHIVED if changes.get("ContactStatus") == ARCHIVED else None

    @staticmethod
    def shown(organisation: Organisation, record: XeroRecord, form: Form, _places: int) -> Json:
        """The contact as the given kind of answer carries it (recorded; embeddings differ per call, fact 4.3)."""
        values = record.values
        written = form is Form.WRITTEN
        row: Json = {"ContactID": record.id}
        if record.merged_to and form in (Form.PAGE, Form.ONE):
            row["MergedToContactID"] = record.merged_to
        _copy(values, _SHOWN_FIRST, row)
        row["ContactStatus"] = record.status
        row["Name"] = values.get("Name", "")
        _copy(values, _SHOWN_TEXTS, row)
        if written or "BankAccountDetails" in values:
            row["BankAccountDetails"] = values.get("BankAccountDetails", "")
        _copy(values, _SHOWN_AFTER, row)
        row["Addresses"] = show_slots(ADDRESSES, values.get("Addresses"), written=written)
        row["Phones"] = show_slots(PHONES, values.get("Phones"), written=written)
        row["UpdatedDateUTC"] = ms_date(record.updated_ms)
        if form is not Form.SUMMARY:
            row["ContactGroups"] = organisation.groups_of(record.id)
            row["IsSupplier"] = values.get("IsSupplier", False)
            row["IsCustomer"] = values.get("IsCustomer", False)
        _copy(values, _SHOWN_DEFAULTS, row)
        if written or form is Form.ONE:
            row["SalesTrackingCategories"] = values.get("SalesTrackingCategories", [])
            row["PurchasesTrackingCategories"] = values.get("PurchasesTrackingCategories", [])
        if form is not Form.LIST and "PaymentTerms" in values:
            row["PaymentTerms"] = values["PaymentTerms"]
        owed = None if written or form is Form.SUMMARY else balances(organisation, record.id)
        if owed is not None:
            row["Balances"] = owed
        row["ContactPersons"] = [] if form in (Form.LIST, Form.SUMMARY) else values.get("ContactPersons", [])
        if not written:
            row["HasAttachments"] = False
        if form is Form.ONE:
            row["Attachments"] = []
        row["HasValidationErrors"] = False
        return row

    @staticmethod
    def echo(sent: Json, record: XeroRecord | None, *, marked: bool) -> Json:
        """A refused element as it comes back: what was sent, with the requested status and a zero id for creations (recorded)."""
        row: Json = {"ContactID": record.id if record else ZERO_ID}
        _copy(
            sent,
            (
                "ContactNumber",
                "AccountNumber",
                "ContactStatus",
                "Name",
                "FirstName",
                "LastName",
                "EmailAddress",
            ),
            row,
        )
        row["Addresses"] = [{**slot, "ValidationErrors": []} for slot in sent.get("Addresses", [])]
        row["Phones"] = [{**slot, "ValidationErrors": []} for slot in sent.get("Phones", [])]
        row["ContactGroups"] = []
        row["ContactPersons"] = sent.get("ContactPersons", [])
        row["HasValidationErrors"] = True
        if marked:
            row["StatusAttributeString"] = "ERROR"
        return row


def tidy(name: str) -> str:
    """A name as Xero keeps it: no leading, trailing or repeated spaces."""
    return " ".join(name.split())


def _name_problems(organisation: Organisation, record: XeroRecord | None, changes: Json) -> list[str]:
    name = changes.get("Name", "")
    if not tidy(name):
        return ["The Contact Name must be specified."] if record is None else []
    if "<" in name or ">" in name:
        return ["The contact name cannot contain the characters < or >."]
    if name != tidy(name) and organisation.switches.name_spaces == "refused":
        return ["The contact name cannot contain leading, trailing or repeated spaces."]
    holder = organisation.contacts.find("Name", tidy(name))
    if holder is not None and holder is not record:
        return [DUPLICATE_NAME_TEXT.format(name=tidy(name))]
    return []


def _letters(country: str) -> bool:
    return all(char.isascii() and (char.isalpha() or char == " ") for char in country)


def _copy(source: Mapping[str, Any], names: tuple[str, ...], target: Json) -> None:
    for name in names:
        value = source.get(name)
        if value is not None:
            target[name] = value
