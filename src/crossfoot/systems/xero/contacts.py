"""Contacts: which fields they have, what an answer tells about one, and what a write sends (Xero fact 7.1)."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.problems import Cause, Problem
from crossfoot.model.records import Observation, Standing, Value
from crossfoot.systems.port import Action, FieldInfo, ValueType, Write
from crossfoot.systems.xero import persons, slots
from crossfoot.systems.xero.answers import Contact, moment

Getter = Callable[[Contact], Value]

_TEXTS: tuple[tuple[str, str, str, int | None, bool], ...] = (
    ("Name", "name", "Contact name", 255, True),
    ("FirstName", "first_name", "Primary person: first name", 255, True),
    ("LastName", "last_name", "Primary person: last name", 255, True),
    ("EmailAddress", "email_address", "Primary person: email", 255, True),
    ("ContactNumber", "contact_number", "Contact code", 50, False),
    ("AccountNumber", "account_number", "Account number", 50, True),
    ("TaxNumber", "tax_number", "Tax ID number", 50, True),
    ("CompanyNumber", "company_number", "Business registration number", 50, True),
    ("Website", "website", "Website", None, False),
    ("DefaultCurrency", "default_currency", "Default currency", 3, True),
    ("ContactStatus", "contact_status", "Status", None, False),
)
_FLAGS = (
    ("IsCustomer", "Customer"),
    ("IsSupplier", "Supplier"),
    ("IsPerson", "Contact is its own primary person"),
)
_UNIQUE = frozenset({"Name", "ContactNumber"})

_STANDINGS = {"ARCHIVED": Standing.ARCHIVED, "GDPRREQUEST": Standing.ERASED}


def _fields() -> dict[str, FieldInfo]:
    fields = {
        path: FieldInfo(
            path,
            label,
            max_length=length,
            forbidden="<>" if path == "Name" else "",
            writable=writable,
            unique=path in _UNIQUE,
        )
        for path, _, label, length, writable in _TEXTS
    }
    for path, label in _FLAGS:
        fields[path] = FieldInfo(path, label, ValueType.BOOLEAN, writable=False)
    for slot, label in slots.PHONES.items():
        fields[f"Phones.{slot}"] = FieldInfo(f"Phones.{slot}", label, max_length=50)
    for slot, label in slots.ADDRESSES.items():
        path = f"Addresses.{slot}.Lines"
        fields[path] = FieldInfo(path, f"{label}: street", max_length=slots.LINES * 500)
        for member, (_, part, length) in slots.PARTS.items():
            path = f"Addresses.{slot}.{member}"
            fields[path] = FieldInfo(path, f"{label}: {part}", max_length=length)
    return fields


PATHS: Mapping[str, FieldInfo] = _fields()
"""Native path to field. `Phones.*` are one text each, `Addresses.*.Lines` up to four lines, `IsPerson` is derived."""


def _text(attribute: str) -> Getter:
    return lambda contact: getattr(contact, attribute) or None


def _phone(slot: str) -> Getter:
    return lambda contact: slots.phone_text(contact.phones, slot)


def _address(slot: str, member: str) -> Getter:
    return lambda contact: slots.address_value(contact.addresses, slot, member)


_READ: Mapping[str, Getter] = {
    **{path: _text(attribute) for path, attribute, *_ in _TEXTS},
    "IsCustomer": lambda contact: contact.is_customer,
    "IsSupplier": lambda contact: contact.is_supplier,
    "IsPerson": persons.is_person,
    **{f"Phones.{slot}": _phone(slot) for slot in slots.PHONES},
    **{
        f"Addresses.{slot}.{member}": _address(slot, member)
        for slot in slots.ADDRESSES
        for member in ("Lines", *slots.PARTS)
    },
}

_FLAGS_MAY_LACK = ("IsCustomer", "IsSupplier")
"""Left out of some answers (Xero fact 4.4); their absence tells nothing."""

_LISTED_ONLY = frozenset({"Website"})
"""Shown when paging and by id, but not in the answer to a write."""


def wanted(paths: Mapping[Kind, Collection[str]]) -> tuple[str, ...]:
    """The paths to observe; of an address that is asked for in part, all of it, because a write needs the whole."""
    asked = paths.get(Kind.CONTACT)
    if asked is None:
        return tuple(_READ)
    groups = {path.rpartition(".")[0] for path in asked if path.startswith("Addresses.")}
    return tuple(path for path in _READ if path in asked or path.rpartition(".")[0] in groups)


def standing(contact: Contact) -> Standing:
    """A merged contact is archived and names its survivor (Xero fact 7.1)."""
    if contact.merged_to_contact_id:
        return Standing.MERGED
    return _STANDINGS.get(contact.contact_status or "", Standing.LIVE)


def observe(contact: Contact, paths: Collection[str] = tuple(_READ), *, written: bool = False) -> Observation:
    """What an answer tells about a contact and the persons in it. `written`: the answer is that of a write, which shows less."""
    found = standing(contact)
    fields: dict[str, Value] = {}
    if found is not Standing.ERASED:
        fields = {path: _READ[path](contact) for path in paths if not (written and path in _LISTED_ONLY)}
        for path in _FLAGS_MAY_LACK:
            if path in fields and fields[path] is None:
                del fields[path]
    return Observation(
        ref=Ref(Side.LEDGER, Kind.CONTACT, contact.contact_id),
        standing=found,
        fields=fields,
        modified=moment(contact.updated_date_utc),
        survivor=contact.merged_to_contact_id,
        children=persons.observe(contact, found),
    )


def inexpressible(write: Write) -> Problem | None:
    """Why Xero cannot hold what the write wants, before it is sent."""
    named = write.action is Action.CREATE or "Name" in write.values
    if named and not str(write.values.get("Name") or "").strip():
        return Problem(
            Cause.INVALID, "Xero does not keep a contact without a name.", "Fill in the name.", "Name"
        )
    for path, value in write.values.items():
        if path.endswith(".Lines") and value is not None and len(slots.lines(str(value))) > slots.LINES:
            return Problem(
                Cause.INEXPRESSIBLE,
                f"An address in Xero has at most four lines, this one has {len(slots.lines(str(value)))}.",
                "Shorten the street part of the address.",
                path,
            )
    return None


def body(write: Write) -> dict[str, Any]:
    """The element that a write sends: what changes, and the whole of each phone or address that changes."""
    if write.action is Action.ARCHIVE:
        return {"ContactID": write.id, "ContactStatus": "ARCHIVED"}
    element: dict[str, Any] = {"ContactID": write.id} if write.action is Action.UPDATE else {}
    if write.key is not None:
        element["ContactNumber"] = write.key
    phones, addresses = [], {}
    for path, value in write.values.items():
        if value is None and write.action is Action.CREATE:
            continue
        text = "" if value is None else str(value)
        group, _, rest = path.partition(".")
        if group == "Phones":
            phones.append(slots.phone_slot(rest, text))
        elif group == "Addresses":
            slot = rest.partition(".")[0]
            addresses[slot] = slots.address_slot(slot, write.values, write.seen)
        else:
            element[path] = text
    if phones:
        element["Phones"] = phones
    if addresses:
        element["Addresses"] = list(addresses.values())
    return element
