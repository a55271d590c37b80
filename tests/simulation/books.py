"""The sandbox's books in the words of the stories: people, companies and products with the fields that people edit, and who wrote what when.

The oracle and the scripted people know the two systems through this file only, never through Crossfoot.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from crossfoot_sandbox.faults import draw
from crossfoot_sandbox.hubspot.books.book import HubRecord
from crossfoot_sandbox.hubspot.pages.portal import Portal
from crossfoot_sandbox.hubspot.times import milliseconds, moment
from crossfoot_sandbox.xero.books.book import XeroRecord
from crossfoot_sandbox.xero.pages.office import Office

Shared = Mapping[str, str]
"""Field in the words of the stories to its value; nothing is ""."""

LINES = 4
"""A document has at most so many lines, each of which begins with its own mark (#1, #2 ...) wherever it is written."""
LINE_PARTS = ("", " quantity", " price", " discount", " tax", " item")
LINE_WORDS = tuple(f"#{number}{part}" for number in range(1, LINES + 1) for part in LINE_PARTS)

FIELDS: Mapping[str, tuple[str, ...]] = {
    "person": ("first", "last", "email", "phone", "city"),
    "company": ("name", "phone", "city"),
    "product": ("code", "name", "description", "price"),
    "invoice": ("reference", "due", *LINE_WORDS),
    "deal": LINE_WORDS,
    "payment": ("amount",),
}
"""What people edit, and what must agree, per kind."""

SYNCS = {
    "person": "people",
    "company": "companies",
    "product": "products",
    "invoice": "invoices",
    "deal": "deals",
    "payment": "payments",
}
"""Which sync is about a kind."""

DOCUMENTS = ("invoice", "deal", "payment")
"""In the ledger, what a deal becomes is a deal too."""
MONEY = ("net", "tax", "total", "paid", "credited", "due amount")
"""What the ledger computes of a document; in the CRM, what properties of ours say of it."""

CRM_BOOK = {
    "person": "contacts",
    "company": "companies",
    "product": "products",
    "invoice": "invoices",
    "deal": "deals",
    "payment": "commerce_payments",
}
LEDGER_BOOK = {
    "person": "Contacts",
    "company": "Contacts",
    "product": "Items",
    "invoice": "Invoices",
    "deal": "Invoices",
    "payment": "Payments",
}
KEY = "crossfoot_key"

TOLD = {
    "number": "crossfoot_number",
    "standing": "crossfoot_standing",
    **{word: f"crossfoot_{word.removesuffix(' amount')}" for word in MONEY},
}
"""What properties of ours say of the ledger's document."""

CRM_NAMES: Mapping[str, Mapping[str, str]] = {
    "person": {
        "first": "firstname",
        "last": "lastname",
        "email": "email",
        "phone": "phone",
        "city": "city",
        "company": "associatedcompanyid",
    },
    "company": {"name": "name", "phone": "phone", "city": "city", "domain": "domain"},
    "product": {"code": "hs_sku", "name": "name", "description": "description", "price": "price"},
    "invoice": {
        "reference": "hs_purchase_order_number",
        "due": "hs_due_date",
        "date": "hs_invoice_date",
        "currency": "hs_currency",
        "state": "hs_invoice_status",
        "bills": "hs_invoice_billable",
        "billed": "hs_amount_billed",
        **TOLD,
    },
    "deal": {"reference": "dealname", "stage": "dealstage", "currency": "deal_currency_code", **TOLD},
    "payment": {"amount": "hs_initial_amount", "currency": "hs_currency_code"},
}


@dataclass(frozen=True, slots=True)
class Edit:
    """One version of a record: the fields that really changed, in the words of the stories."""

    at: datetime
    author: str
    """"person:<name>", "app:<id>" or "vendor"."""
    values: Shared

    @property
    def ours(self) -> bool:
        """Whether Crossfoot wrote it."""
        return self.author.startswith("app:")


@dataclass(frozen=True, slots=True)
class Entry:
    """One record as the book has it now, with its life."""

    side: str
    kind: str
    id: str
    created_by: str
    live: bool
    archived: bool
    merged_into: str | None
    key: str
    """The creation key that Crossfoot stored on it, or ""."""
    values: Shared
    edits: tuple[Edit, ...]
    """Oldest first. Archiving and restoring are edits of the word "archived": "yes" or ""; becoming part of another record is one of "merged"."""
    listed_from: datetime | None = None
    """From when on a listing showed it: HubSpot's search lags behind. None: from its creation on."""

    @property
    def ours(self) -> bool:
        """Whether Crossfoot created it."""
        return self.created_by.startswith("app:")

    @property
    def origin(self) -> str:
        """The id of the record that Crossfoot made it from, where the key tells."""
        return self.key.rsplit(":", 1)[-1]

    @property
    def created_at(self) -> datetime:
        """When it appeared."""
        return self.edits[0].at

    @property
    def visible_at(self) -> datetime:
        """From when on a listing showed it."""
        return self.listed_from or self.created_at

    def live_at(self, moment: datetime) -> bool:
        """Whether it was there, neither archived nor merged away nor erased, just before a moment."""
        told = [
            edit.values[word]
            for edit in self.edits
            for word in ("archived", "merged", "erased")
            if word in edit.values and edit.at < moment
        ]
        return self.created_at < moment and not (told and told[-1])

    @property
    def title(self) -> str:
        """How a bookkeeper would call it."""
        name = (
            self.values.get("name") or f"{self.values.get('first', '')} {self.values.get('last', '')}".strip()
        )
        return name or self.values.get("email") or self.values.get("code") or self.id

    @property
    def archivings(self) -> list[Edit]:
        """When it was archived, and by whom."""
        return [edit for edit in self.edits if edit.values.get("archived") == "yes"]

    @property
    def erased(self) -> bool:
        """Whether it was erased for privacy, and with it all that was told about it."""
        return bool(self.erasings)

    @property
    def erasings(self) -> list[Edit]:
        """When it was erased for privacy."""
        return [edit for edit in self.edits if "erased" in edit.values]

    @property
    def mergings(self) -> list[Edit]:
        """When it became part of another record."""
        return [edit for edit in self.edits if "merged" in edit.values]

    def held(self, field: str, moment: datetime) -> str:
        """What it held at a moment."""
        told = [edit.values[field] for edit in self.edits if field in edit.values and edit.at <= moment]
        return told[-1] if told else ""

    def ever(self, field: str) -> Iterator[str]:
        """Every value that a field ever had."""
        return (edit.values[field] for edit in self.edits if field in edit.values)


class Books:
    """Both books."""

    def __init__(self, portal: Portal, organisation: Office) -> None:
        self.portal = portal
        self.organisation = organisation
        self._erased: dict[tuple[str, str], Entry] = {}
        """What the CRM forgets when somebody's data is erased."""

    def crm(self, kind: str, record_id: str) -> Entry | None:
        """One record of the CRM."""
        record = self.portal.book(CRM_BOOK[kind]).get(record_id)
        return None if record is None else self._of_crm(kind, record)

    def ledger(self, kind: str, record_id: str) -> Entry | None:
        """One record of the ledger."""
        record = self.organisation.book(LEDGER_BOOK[kind]).get(record_id)
        return None if record is None else _of_ledger(kind, record)

    def get(self, side: str, kind: str, record_id: str) -> Entry | None:
        """One record of either side."""
        return self.crm(kind, record_id) if side == "crm" else self.ledger(kind, record_id)

    def all(self, side: str, kind: str) -> list[Entry]:
        """Every record ever of a kind. The ledger keeps people and companies in one book; a contact is a person if it began as one."""
        if side == "crm":
            return [self._of_crm(kind, record) for record in self.portal.book(CRM_BOOK[kind]).values()]
        return [
            _of_ledger(kind, record)
            for record in self.organisation.book(LEDGER_BOOK[kind]).values()
            if kind == "product" or began_as_person(record) is (kind == "person")
        ]

    def before_erasing(self, kind: str, record_id: str, at: datetime) -> None:
        """A person is about to erase a record of the CRM, and all that became part of it: the oracle still wants to know what was."""
        book = self.portal.book(CRM_BOOK[kind])
        parts = [record_id, *(book[record_id].values.get("hs_merged_object_ids") or "").split(";")]
        for part in filter(None, parts):
            entry = self._of_crm(kind, book[part])
            last = Edit(at, "person:ada", {"erased": "yes"})
            self._erased[kind, part] = replace(entry, live=False, archived=False, edits=(*entry.edits, last))

    def _of_crm(self, kind: str, record: HubRecord) -> Entry:
        erased = self._erased.get((kind, record.id))
        if erased is not None:
            return erased
        found = _of_crm(kind, record, self.portal.books[CRM_BOOK[kind]])
        return replace(found, listed_from=self._listed_from(kind, record))

    def _listed_from(self, kind: str, record: HubRecord) -> datetime:
        """When the first of its writes had reached the search (`Book.show` draws each one's lag)."""
        switches, book = self.portal.around.switches, CRM_BOOK[kind]
        span, found, writes = switches.lag_max - switches.lag_min, record.versions[0].at, 0
        moments = []
        for version in record.versions:
            if "archived" in version.values:
                continue
            writes += 1
            at = milliseconds(version.at)
            share = draw("lag", switches.seed, book, record.id, writes, at) if span else 0.0
            moments.append(moment(at + int((switches.lag_min + span * share) * 1000)))
        return min(moments, default=found)

    def survivor(self, side: str, kind: str, record_id: str) -> str:
        """The id that a record answers to after merges."""
        seen = set()
        while record_id not in seen:
            seen.add(record_id)
            entry = self.get(side, kind, record_id)
            if entry is None or entry.merged_into is None:
                break
            record_id = entry.merged_into
        return record_id


def native(side: str, kind: str, values: Shared) -> dict[str, Any]:
    """Values as people type them into one of the systems."""
    if side == "crm":
        names = CRM_NAMES[kind]
        return {names[name]: value for name, value in values.items() if name in names}
    if kind == "product":
        return _item(values)
    return _contact(kind, values)


def _contact(kind: str, values: Shared) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "name" in values:
        found["Name"] = values["name"]
    if kind == "person" and "first" in values and "last" in values:
        found |= {
            "Name": f"{values['first']} {values['last']}".strip(),
            "FirstName": values["first"],
            "LastName": values["last"],
        }
    if "email" in values:
        found["EmailAddress"] = values["email"]
    if "phone" in values:
        found["Phones"] = [{"PhoneType": "DEFAULT", **_phone_parts(values["phone"])}]
    if "city" in values:
        found["Addresses"] = [{"AddressType": "POBOX", "City": values["city"]}]
    for flag, name in (("supplier", "IsSupplier"), ("customer", "IsCustomer")):
        if flag in values:
            found[name] = values[flag] == "yes"
    return found


def _item(values: Shared) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: values[word]
        for word, name in (("code", "Code"), ("name", "Name"), ("description", "Description"))
        if word in values
    }
    if "price" in values:
        found["SalesDetails"] = {"UnitPrice": Decimal(values["price"])} if values["price"] else {}
    return found


def _phone_parts(phone: str) -> dict[str, str]:
    """`+6498871234` as the ledger's pages hold it."""
    if not phone:
        return {"PhoneCountryCode": "", "PhoneAreaCode": "", "PhoneNumber": ""}
    return {"PhoneCountryCode": phone[1:3], "PhoneAreaCode": phone[3:4], "PhoneNumber": phone[4:]}


def began_as_person(record: XeroRecord) -> bool:
    """Whether a ledger contact was made as a person: by its key if Crossfoot made it, else by its first name and name."""
    number = record.versions[0].changes.get("ContactNumber")
    if isinstance(number, str) and ":" in number:
        return ":contact:" in number
    first = record.versions[0].changes
    return (
        bool(first.get("FirstName"))
        and first.get("Name") == f"{first.get('FirstName')} {first.get('LastName')}".strip()
    )


# ── from versions to edits ─────────────────────────────────────────────────────────────────────────────────────────────


def _of_crm(kind: str, record: HubRecord, book: Mapping[str, HubRecord]) -> Entry:
    names = CRM_NAMES[kind]
    edits: list[Edit] = []
    for version in record.versions:
        changed = {
            word: plain(kind, word, version.values[name] or "")
            for word, name in names.items()
            if name in version.values
        }
        if "archived" in version.values:
            changed["archived"] = "yes" if version.values["archived"] else ""
        if changed or not edits:
            edits.append(Edit(version.at, version.author, changed))
    if record.merged_into is not None:
        edits.append(_merging(record, book[record.merged_into]))
    values = {word: plain(kind, word, record.values.get(name) or "") for word, name in names.items()}
    return Entry(
        "crm",
        kind,
        record.id,
        record.created_by,
        record.alive,
        record.archived is not None,
        record.merged_into,
        record.values.get(KEY, ""),
        values,
        tuple(edits),
    )


def _merging(gone: HubRecord, survivor: HubRecord) -> Edit:
    at, author = next(
        (version.at, version.author)
        for version in survivor.versions
        if gone.id in (version.values.get("hs_merged_object_ids") or "").split(";")
    )
    return Edit(at, author, {"merged": survivor.id})


def _of_ledger(kind: str, record: XeroRecord) -> Entry:
    edits: list[Edit] = []
    state: dict[str, Any] = {}
    before: dict[str, str] = {}
    for version in record.versions:
        state.update(version.changes)
        now = _shared_ledger(kind, state)
        changed = {word: value for word, value in now.items() if before.get(word, "") != value}
        status = version.changes.get("ContactStatus", version.changes.get("Status"))
        if status == "GDPRREQUEST":
            changed["erased"] = "yes"
        elif status is not None:
            changed["archived"] = "" if status == "ACTIVE" else "yes"
        if changed or not edits:
            edits.append(Edit(version.at, version.author, changed))
        before = now
    if record.merged_to is not None:
        # A merged contact is archived, and names its survivor (Xero fact 7.1).
        gone = max(place for place, edit in enumerate(edits) if edit.values.get("archived") == "yes")
        edits[gone] = replace(edits[gone], values={"merged": record.merged_to})
    return Entry(
        "ledger",
        kind,
        record.id,
        record.created_by,
        record.status == "ACTIVE",
        record.status in ("ARCHIVED", "DELETED") and record.merged_to is None,
        record.merged_to,
        str(record.values.get("ContactNumber") or ""),
        _shared_ledger(kind, record.values),
        tuple(edits),
    )


def _shared_ledger(kind: str, values: Mapping[str, Any]) -> dict[str, str]:
    if kind == "product":
        price = (values.get("SalesDetails") or {}).get("UnitPrice")
        return {
            "code": plain(kind, "code", values.get("Code") or ""),
            "name": plain(kind, "name", values.get("Name") or ""),
            "description": plain(kind, "description", values.get("Description") or ""),
            "price": "" if price is None else plain(kind, "price", str(price)),
        }
    phone: Mapping[str, Any] = next(
        (row for row in values.get("Phones") or () if row.get("PhoneType") == "DEFAULT"), {}
    )
    place: Mapping[str, Any] = next(
        (row for row in values.get("Addresses") or () if row.get("AddressType") == "POBOX"), {}
    )
    digits = "".join(
        str(phone.get(part) or "") for part in ("PhoneCountryCode", "PhoneAreaCode", "PhoneNumber")
    )
    found = {
        "phone": plain(kind, "phone", digits),
        "city": plain(kind, "city", place.get("City") or ""),
        "out": "yes" if values.get("IsSupplier") and not values.get("IsCustomer") else "",
    }
    if kind == "company":
        return {"name": plain(kind, "name", values.get("Name") or ""), **found}
    return {
        "first": plain(kind, "first", values.get("FirstName") or ""),
        "last": plain(kind, "last", values.get("LastName") or ""),
        "email": plain(kind, "email", values.get("EmailAddress") or ""),
        **found,
    }


@lru_cache(maxsize=1 << 14)
def plain(kind: str, word: str, value: str) -> str:
    """A value as it is compared: the oracle's own reading of when two values are the same."""
    text = " ".join(value.split())
    if word == "email":
        return text.lower()
    if word == "phone":
        digits = "".join(sign for sign in text if sign.isdigit())
        return digits.removeprefix("64").removeprefix("0")  # everybody here lives in New Zealand
    if word in ("due", "date"):
        return text[:10]
    if text and (word in _NUMBERS or word.endswith(_OF_A_LINE)):
        try:
            number = Decimal(text)
        except InvalidOperation:
            return text
        if not number and word.endswith(" discount"):
            return ""
        return format(number.normalize(), "f") if number else "0"
    return text


_NUMBERS = frozenset(("price", "amount", "billed", *MONEY))
_OF_A_LINE = (" quantity", " price", " discount", " tax")
