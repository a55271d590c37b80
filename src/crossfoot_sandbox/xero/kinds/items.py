"""What an item is to Xero: a line of the price list, sold, purchased or tracked as inventory (Xero fact 7.3)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from crossfoot_sandbox.xero import fields
from crossfoot_sandbox.xero.books.book import ACTIVE, DELETED, Book, XeroRecord
from crossfoot_sandbox.xero.books.organisation import Organisation
from crossfoot_sandbox.xero.kinds.resource import Form, Simple, UnknownIdError
from crossfoot_sandbox.xero.shape import ZERO_ID, Json, is_guid, ms_date, rounded
from crossfoot_sandbox.xero.where import Column

LONGEST = {"Code": 30, "Name": 50, "Description": 4_000, "PurchaseDescription": 4_000}
_SALES = {"UnitPrice": fields.number, "AccountCode": fields.text, "TaxType": fields.text}
_DETAILS = ("SalesDetails", "PurchaseDetails")
_WRITABLE: Mapping[str, fields.Reader] = {
    "ItemID": fields.text,
    **dict.fromkeys((*LONGEST, "InventoryAssetAccountCode"), fields.text),
    "IsSold": fields.boolean,
    "IsPurchased": fields.boolean,
    "SalesDetails": fields.nested(_SALES),
    "PurchaseDetails": fields.nested({**_SALES, "COGSAccountCode": fields.text}),
}


def _value(name: str) -> Any:
    return lambda record: record.values.get(name)


def tracked(values: Mapping[str, Any]) -> bool:
    """Whether stock is counted: an inventory account and a cost-of-goods account are both set."""
    return bool(
        values.get("InventoryAssetAccountCode") and values.get("PurchaseDetails", {}).get("COGSAccountCode")
    )


class Items(Simple):
    """The item's half of `api/writing.py` and `api/listing.py`."""

    key: ClassVar[str] = "Items"
    type_name: ClassVar[str] = "Item"
    columns: ClassVar[Mapping[str, Column]] = {
        **{name: Column("String", _value(name)) for name in LONGEST},
        "ItemID": Column("Guid", lambda record: record.id),
        "IsSold": Column("Boolean", _value("IsSold")),
        "IsPurchased": Column("Boolean", _value("IsPurchased")),
        "IsTrackedAsInventory": Column("Boolean", lambda record: tracked(record.values)),
        "UpdatedDateUTC": Column("DateTime", lambda record: record.updated),
    }

    read = staticmethod(fields.reader(_WRITABLE))

    @staticmethod
    def new_book(owner: str) -> Book:
        """Codes are unique, compared without case (assumed)."""
        return Book("Items", owner, {"Code": False})

    @staticmethod
    def named(book: Book, key: str) -> XeroRecord | None:
        """The item that a path means: by id or by Code."""
        return book.live(key) if is_guid(key) else book.find("Code", key)

    @staticmethod
    def match(organisation: Organisation, changes: Json) -> XeroRecord | None:
        """The item that a POST without id in the path edits: by ItemID, else by Code (recorded)."""
        wanted = changes.get("ItemID", "")
        if wanted and wanted != ZERO_ID:
            record = organisation.items.live(wanted)
            if record is None:
                raise UnknownIdError("The item could not be found")
            return record
        code = changes.get("Code", "")
        return organisation.items.find("Code", code) if code else None

    @staticmethod
    def problems(organisation: Organisation, record: XeroRecord | None, changes: Json) -> list[str]:
        """Why Xero refuses these changes to this item (None: a new one)."""
        found = []
        code = changes.get("Code", "").strip()
        required = record is None or "Code" in changes or organisation.switches.item_code_required
        if required and not code:
            found.append("The item Code must be specified.")
        holder = organisation.items.find("Code", code) if code else None
        if holder is not None and holder is not record:
            found.append(f"Price List Item with Code '{code}' already exists")
        found += fields.too_long(changes, LONGEST)
        for side in _DETAILS:
            details = changes.get(side, {})
            found += _account_problems(organisation, details)
            if details.get("UnitPrice", Decimal(0)) < 0:
                found.append("UnitPrice cannot be negative.")
        return found + _tracking_problems(organisation, record, changes)

    @staticmethod
    def merged(organisation: Organisation, record: XeroRecord | None, changes: Json, places: int) -> Json:
        """The new values: prices cut to the asked decimals, tax types taken from the account, unsold and unbought sides emptied."""
        values: Mapping[str, Any] = record.values if record else {"IsSold": True, "IsPurchased": True}
        new: Json = {} if record else dict(values)
        for name, value in changes.items():
            if name == "ItemID":
                continue
            if name in _DETAILS:
                new[name] = _details(organisation, values.get(name, {}), value, places)
            elif value == "":
                if organisation.switches.empty_text_clears and name != "Code":
                    new[name] = None
            else:
                new[name] = value.strip() if name == "Code" else value
        after = {**values, **new}
        if not after.get("IsSold", True):
            new |= dict.fromkeys(
                (n for n in ("Description", "SalesDetails") if after.get(n) is not None), None
            )
        if not after.get("IsPurchased", True):
            new |= dict.fromkeys(
                (n for n in ("PurchaseDescription", "PurchaseDetails") if after.get(n) is not None), None
            )
        elif (
            tracked({k: v for k, v in after.items() if v is not None})
            and "AccountCode" in after["PurchaseDetails"]
        ):
            new["PurchaseDetails"] = {k: v for k, v in after["PurchaseDetails"].items() if k != "AccountCode"}
        return new

    @staticmethod
    def status(_changes: Json) -> str | None:
        """Items have no status and cannot be archived."""
        return None

    @staticmethod
    def shown(organisation: Organisation, record: XeroRecord, form: Form, places: int) -> Json:
        """The item as an answer carries it; UpdatedDateUTC has no offset after a write (recorded)."""
        values = record.values
        written = form is Form.WRITTEN
        row: Json = {"ItemID": record.id, "Code": values.get("Code", "")}
        for name in ("Description", "PurchaseDescription"):
            if name in values:
                row[name] = values[name]
        row["UpdatedDateUTC"] = ms_date(record.updated_ms, offset=not written)
        mode = organisation.switches.half_cent
        for name in ("PurchaseDetails", "SalesDetails"):
            details = values.get(name, {})
            row[name] = {k: rounded(v, places, mode) if k == "UnitPrice" else v for k, v in details.items()}
        if "Name" in values:
            row["Name"] = values["Name"]
        row["IsTrackedAsInventory"] = tracked(values)
        if row["IsTrackedAsInventory"]:
            row["InventoryAssetAccountCode"] = values["InventoryAssetAccountCode"]
            row["TotalCostPool"] = values.get("TotalCostPool", Decimal("0.0"))
            row["QuantityOnHand"] = values.get("QuantityOnHand", Decimal("0.0"))
        row["IsSold"] = values.get("IsSold", True)
        row["IsPurchased"] = values.get("IsPurchased", True)
        if written:
            row["ValidationErrors"] = []
        return row

    @staticmethod
    def echo(sent: Json, record: XeroRecord | None, *, marked: bool) -> Json:
        """A refused element as it comes back."""
        row: Json = {
            "ItemID": record.id if record else ZERO_ID,
            **{k: v for k, v in sent.items() if k != "ItemID"},
        }
        if marked:
            row["StatusAttributeString"] = "ERROR"
        return row


def _details(organisation: Organisation, stored: Mapping[str, Any], sent: Json, places: int) -> Json:
    merged = {**stored, **sent}
    if "UnitPrice" in sent:
        merged["UnitPrice"] = rounded(sent["UnitPrice"], places, organisation.switches.half_cent)
    if "AccountCode" in sent and "TaxType" not in sent:
        account = organisation.account(sent["AccountCode"])
        merged["TaxType"] = account["TaxType"] if account else ""
    return {k: v for k, v in merged.items() if v != ""}


def _account_problems(organisation: Organisation, details: Json) -> list[str]:
    found = []
    for name in ("AccountCode", "COGSAccountCode"):
        code = details.get(name, "")
        account = organisation.account(code) if code else None
        if code and account is None:
            found.append(f"Account code '{code}' is not a valid code for this document.")
        elif account is not None and account["Status"] != ACTIVE:
            found.append(
                f"Account code '{code}' has been archived, or has been deleted. Each line item must reference a valid account."
            )
    tax_type = details.get("TaxType", "")
    rate = organisation.tax_rates.get(tax_type)
    if tax_type and (rate is None or rate["Status"] != ACTIVE):
        found.append(
            f"The TaxType code {tax_type} does not exist or cannot be used for this type of transaction."
        )
    return found


def _tracking_problems(organisation: Organisation, record: XeroRecord | None, changes: Json) -> list[str]:
    values: Mapping[str, Any] = record.values if record else {}
    asset = changes.get("InventoryAssetAccountCode", values.get("InventoryAssetAccountCode", ""))
    cogs = {**values.get("PurchaseDetails", {}), **changes.get("PurchaseDetails", {})}.get(
        "COGSAccountCode", ""
    )
    found = []
    if bool(asset) != bool(cogs):
        found.append(
            "InventoryAssetAccountCode and PurchaseDetails.COGSAccountCode must both be specified for a tracked item."
        )
    account = organisation.account(asset) if asset else None
    if asset and (account is None or account["Type"] != "INVENTORY"):
        found.append("InventoryAssetAccountCode must be the code of an account of type INVENTORY.")
    if record is not None and tracked(values) and not asset:
        found.append("A tracked item cannot be changed to an untracked item.")
    if asset and cogs and changes.get("IsPurchased") is False:
        found.append("A tracked item must be purchased.")
    return found


def delete(organisation: Organisation, record: XeroRecord, author: str) -> None:
    """An item goes away; its versions stay in the book."""
    organisation.items.change(record, {}, organisation.now_ms(), author, status=DELETED)
