"""The fields of a contact: types, lengths, and the fixed slots of phones and addresses (Xero facts 4.3 and 7.1)."""

from collections.abc import Mapping
from dataclasses import dataclass

from crossfoot_sandbox.xero import fields
from crossfoot_sandbox.xero.books.book import ACTIVE, ARCHIVED, ERASED
from crossfoot_sandbox.xero.shape import Json
from crossfoot_sandbox.xero.switches import Switches

PHONE_SLOTS = ("DEFAULT", "DDI", "FAX", "MOBILE")
ADDRESS_SLOTS = ("STREET", "POBOX")
_LINE_TYPE = fields.enum_or_empty("DefaultLineAmountType", ("INCLUSIVE", "EXCLUSIVE", "NONE"))
_TERM = fields.nested(
    {
        "Day": fields.whole,
        "Type": fields.enum(
            "PaymentTermType",
            ("DAYSAFTERBILLDATE", "DAYSAFTERBILLMONTH", "OFCURRENTMONTH", "OFFOLLOWINGMONTH"),
        ),
    }
)
_TRACKING = fields.listed({"TrackingCategoryName": fields.text, "TrackingOptionName": fields.text})

LONGEST = {
    "Name": 255,
    "FirstName": 255,
    "LastName": 255,
    "EmailAddress": 255,
    "ContactNumber": 50,
    "AccountNumber": 50,
    "CompanyNumber": 50,
    "TaxNumber": 50,
}
LONGEST_PHONE = {"PhoneNumber": 50, "PhoneAreaCode": 10, "PhoneCountryCode": 20}
LONGEST_ADDRESS = {
    **dict.fromkeys(("AddressLine1", "AddressLine2", "AddressLine3", "AddressLine4"), 500),
    **dict.fromkeys(("City", "Region", "AttentionTo"), 255),
    **dict.fromkeys(("PostalCode", "Country"), 50),
}
_TEXTS = (
    "ContactNumber",
    "AccountNumber",
    "Name",
    "FirstName",
    "LastName",
    "CompanyNumber",
    "EmailAddress",
    "BankAccountDetails",
    "TaxNumber",
    "AccountsReceivableTaxType",
    "AccountsPayableTaxType",
    "DefaultCurrency",
    "XeroNetworkKey",
    "SalesDefaultAccountCode",
    "PurchasesDefaultAccountCode",
    "TrackingCategoryName",
    "TrackingCategoryOption",
)
_WRITABLE: Mapping[str, fields.Reader] = {
    "ContactID": fields.text,
    "ContactStatus": fields.enum("ContactStatus", (ACTIVE, ARCHIVED, ERASED)),
    **dict.fromkeys(_TEXTS, fields.text),
    "TaxNumberType": fields.enum_or_empty("TaxNumberType", ("SSN", "EIN", "ITIN", "ATIN")),
    "SalesDefaultLineAmountType": _LINE_TYPE,
    "PurchasesDefaultLineAmountType": _LINE_TYPE,
    "ContactPersons": fields.listed(
        {
            "FirstName": fields.text,
            "LastName": fields.text,
            "EmailAddress": fields.text,
            "IncludeInEmails": fields.boolean,
        }
    ),
    "Phones": fields.listed(
        {
            "PhoneType": fields.enum("PhoneType", (*PHONE_SLOTS, "OFFICE")),
            **dict.fromkeys(LONGEST_PHONE, fields.text),
        }
    ),
    "Addresses": fields.listed(
        {
            "AddressType": fields.enum("AddressType", (*ADDRESS_SLOTS, "DELIVERY")),
            **dict.fromkeys(LONGEST_ADDRESS, fields.text),
        }
    ),
    "PaymentTerms": fields.nested({"Bills": _TERM, "Sales": _TERM}),
    "SalesTrackingCategories": _TRACKING,
    "PurchasesTrackingCategories": _TRACKING,
}

read = fields.reader(_WRITABLE)


@dataclass(frozen=True, slots=True)
class SlotKind:
    """A contact's phones or addresses: always one of each type, whether used or not."""

    key: str
    slots: tuple[str, ...]
    empty: Json  # fields that a used slot always shows


PHONES = SlotKind("PhoneType", PHONE_SLOTS, {"PhoneNumber": "", "PhoneAreaCode": "", "PhoneCountryCode": ""})
ADDRESSES = SlotKind(
    "AddressType", ADDRESS_SLOTS, {"City": "", "Region": "", "PostalCode": "", "Country": ""}
)
SLOT_KINDS = {"Phones": PHONES, "Addresses": ADDRESSES}


def merge_slots(kind: SlotKind, stored: list[Json], sent: list[Json], switches: Switches) -> list[Json]:
    """Slots that were not sent stay as they are (recorded)."""
    by_slot = {slot[kind.key]: slot for slot in stored}
    for given in sent:
        slot = given.get(kind.key, kind.slots[0])
        if slot not in kind.slots:
            continue
        fresh = {k: v for k, v in given.items() if v != "" or switches.empty_text_clears}
        known = by_slot.get(slot, {}) if switches.slot_fields_merge else {}
        merged = {kind.key: slot, **kind.empty, **known, **fresh}
        by_slot[slot] = {k: v for k, v in merged.items() if v != "" or k in kind.empty}
    return [by_slot[slot] for slot in kind.slots if slot in by_slot]


def show_slots(kind: SlotKind, stored: list[Json] | None, *, written: bool) -> list[Json]:
    """Every slot, the unused ones with their type only, or with empty texts after a write (recorded)."""
    by_slot = {slot[kind.key]: slot for slot in stored or ()}
    empty = kind.empty if written else {}
    return [by_slot.get(slot) or {kind.key: slot, **empty} for slot in kind.slots]
