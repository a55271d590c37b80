"""Items: which fields they have, what an answer tells about one, and what a write sends (Xero fact 7.3)."""

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import Any

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.problems import Cause, Problem
from crossfoot.model.records import Fields, Observation, Standing, Value
from crossfoot.systems.port import Action, FieldInfo, ValueType, Write
from crossfoot.systems.xero.answers import Item, moment

Getter = Callable[[Item], Value]

PATHS: Mapping[str, FieldInfo] = {
    info.path: info
    for info in (
        FieldInfo("Code", "Code", max_length=30, unique=True),
        FieldInfo("Name", "Name", max_length=50),
        FieldInfo("Description", "Sales description", max_length=4000),
        FieldInfo("PurchaseDescription", "Purchase description", max_length=4000),
        FieldInfo("IsSold", "Sell", ValueType.BOOLEAN),
        FieldInfo("IsPurchased", "Purchase", ValueType.BOOLEAN),
        FieldInfo("IsTrackedAsInventory", "Track inventory", ValueType.BOOLEAN, writable=False),
        FieldInfo("QuantityOnHand", "Quantity on hand", ValueType.NUMBER, writable=False),
        FieldInfo("InventoryAssetAccountCode", "Inventory asset account", max_length=10),
        FieldInfo("SalesDetails.UnitPrice", "Sale price", ValueType.MONEY),
        FieldInfo("SalesDetails.AccountCode", "Sales account", max_length=10),
        FieldInfo("SalesDetails.TaxType", "Tax rate on sales", max_length=50),
        FieldInfo("PurchaseDetails.UnitPrice", "Cost price", ValueType.MONEY),
        FieldInfo("PurchaseDetails.AccountCode", "Purchase account", max_length=10),
        FieldInfo("PurchaseDetails.COGSAccountCode", "Cost of goods sold account", max_length=10),
        FieldInfo("PurchaseDetails.TaxType", "Tax rate on purchases", max_length=50),
    )
}

_READ: Mapping[str, Getter] = {
    "Code": lambda item: item.code or None,
    "Name": lambda item: item.name or None,
    "Description": lambda item: item.description or None,
    "PurchaseDescription": lambda item: item.purchase_description or None,
    "IsSold": lambda item: item.is_sold,
    "IsPurchased": lambda item: item.is_purchased,
    "IsTrackedAsInventory": lambda item: item.is_tracked_as_inventory,
    "QuantityOnHand": lambda item: item.quantity_on_hand,
    "InventoryAssetAccountCode": lambda item: item.inventory_asset_account_code or None,
    "SalesDetails.UnitPrice": lambda item: item.sales_details.unit_price if item.sales_details else None,
    "SalesDetails.AccountCode": lambda item: (item.sales_details and item.sales_details.account_code) or None,
    "SalesDetails.TaxType": lambda item: (item.sales_details and item.sales_details.tax_type) or None,
    "PurchaseDetails.UnitPrice": lambda item: (
        item.purchase_details.unit_price if item.purchase_details else None
    ),
    "PurchaseDetails.AccountCode": lambda item: (
        (item.purchase_details and item.purchase_details.account_code) or None
    ),
    "PurchaseDetails.COGSAccountCode": lambda item: (
        (item.purchase_details and item.purchase_details.cogs_account_code) or None
    ),
    "PurchaseDetails.TaxType": lambda item: (
        (item.purchase_details and item.purchase_details.tax_type) or None
    ),
}

_GROUPS = ("SalesDetails", "PurchaseDetails")
_ALWAYS = frozenset({"Code", "IsSold", "IsPurchased"})
"""Read whatever was asked for: Xero wants the code with every write, and the flags decide whether details can be kept."""

_SIDES = (
    ("IsSold", "Description", "SalesDetails", "sold"),
    ("IsPurchased", "PurchaseDescription", "PurchaseDetails", "purchased"),
)
"""Flag, description and details that Xero empties when the flag is false, and the word for it."""


def wanted(paths: Mapping[Kind, Collection[str]]) -> tuple[str, ...]:
    """The paths to observe; of details that are asked for in part, all of them, because a write needs the whole."""
    asked = paths.get(Kind.ITEM)
    if asked is None:
        return tuple(_READ)
    groups = {path.rpartition(".")[0] for path in asked if "." in path}
    return tuple(
        path for path in _READ if path in asked or path in _ALWAYS or path.rpartition(".")[0] in groups
    )


def observe(item: Item, paths: Collection[str] = tuple(_READ)) -> Observation:
    """What an answer tells about an item. Items have no archive: one is there or it is not."""
    return Observation(
        ref=Ref(Side.LEDGER, Kind.ITEM, item.item_id),
        standing=Standing.LIVE,
        fields={path: _READ[path](item) for path in paths},
        modified=moment(item.updated_date_utc),
    )


def inexpressible(write: Write) -> Problem | None:
    """Why the item cannot be as the write wants it, before it is sent."""
    for path, value in write.values.items():
        unkept = _unkept(write, path)
        label = PATHS[path].label.lower() if path in PATHS else path
        if unkept is not None and value is not None:
            return Problem(
                Cause.INVALID,
                f"Xero keeps no {label} ({value}) for an item that is not {unkept}.",
                f"Mark the item as {unkept} in Xero, or leave its {label} empty.",
                path,
            )
        if unkept is None and value is None and write.seen.get(path) is not None and not _clearable(path):
            return Problem(
                Cause.INEXPRESSIBLE,
                f"Xero cannot empty the {label} of an item ({write.seen[path]}).",
                "Give it a value, for example zero, or leave it as it is.",
                path,
            )
    return None


def _unkept(write: Write, path: str) -> str | None:
    """`sold` or `purchased` when the item is not that, and Xero therefore keeps nothing at this path (Xero fact 7.3)."""
    for flag, description, details, word in _SIDES:
        if path == description or path.startswith(f"{details}."):
            return word if write.values.get(flag, write.seen.get(flag)) is False else None
    return None


def _clearable(path: str) -> bool:
    """Texts are cleared by an empty text; a number or a yes-or-no has no such form."""
    return path not in PATHS or PATHS[path].type is ValueType.TEXT


def body(write: Write) -> dict[str, Any]:
    """The element that a write sends: what changes, the code, and the whole of details that change."""
    known: Fields = {**write.seen, **write.values}
    element: dict[str, Any] = {} if write.id is None else {"ItemID": write.id}
    if known.get("Code") is not None:
        element["Code"] = known["Code"]
    for path, value in write.values.items():
        if path.partition(".")[0] in _GROUPS:
            continue
        if value is None and (write.action is Action.CREATE or not _clearable(path)):
            continue
        element[path] = "" if value is None else value
    for flag, description, group, _ in _SIDES:
        if known.get(flag) is False:
            element.pop(description, None)
        elif any(path.startswith(f"{group}.") for path in write.values):
            element[group] = _details(group, write)
    return element


def _details(group: str, write: Write) -> dict[str, Any]:
    """All members that hold something, and an empty text for what is cleared."""
    details: dict[str, Any] = {}
    for path, value in {**write.seen, **write.values}.items():
        if not path.startswith(f"{group}."):
            continue
        member = path.rpartition(".")[2]
        if value is not None:
            details[member] = value if isinstance(value, Decimal) else str(value)
        elif path in write.values and write.action is not Action.CREATE and _clearable(path):
            details[member] = ""
    return details
