"""The lines of a document: what may be sent, which line is which, and how lines are shown (Xero fact 7.4, "Line items")."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from crossfoot_sandbox.xero import fields
from crossfoot_sandbox.xero.books.organisation import Organisation
from crossfoot_sandbox.xero.kinds import sums
from crossfoot_sandbox.xero.kinds.line_rules import account_of, coding_problems, read_tracking, tracking_of
from crossfoot_sandbox.xero.kinds.sums import NO_TAX, ZERO, cents
from crossfoot_sandbox.xero.shape import Json, guid, rounded

LONGEST_DESCRIPTION = 4_000
_QUANTITY_PLACES = 4
_TEXTS = ("LineItemID", "Description", "ItemCode", "AccountCode", "AccountID", "TaxType")
_MONEY = ("Quantity", "UnitAmount", "LineAmount", "TaxAmount", "DiscountRate", "DiscountAmount")
_PRICED = (
    "Quantity",
    "UnitAmount",
    "LineAmount",
    "ItemCode",
)  # any of these makes more of a line than a description
_AMOUNT_OF = ("Quantity", "UnitAmount", "DiscountRate", "DiscountAmount")

read_lines = fields.listed(
    {
        **dict.fromkeys(_TEXTS, fields.text),
        **dict.fromkeys(_MONEY, fields.number),
        "Tracking": read_tracking,
    }
)


@dataclass(frozen=True, slots=True)
class Kind:
    """What the lines of a document are for. `side`: the half of an item that fills them in; `discounts`: whether they may have any."""

    side: str  # "SalesDetails" or "PurchaseDetails"
    discounts: bool


@dataclass(slots=True)
class Lines:
    """Lines as they would be stored, with what is wrong with them and what Xero only warns of."""

    rows: list[Json] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Setting:
    """The document around the lines: amounts with, without or free of tax, and as they were; its status; decimals of unit prices."""

    organisation: Organisation
    kind: Kind
    basis: str
    was_basis: str
    status: str
    places: int


def planned(setting: Setting, stored: list[Json], sent: list[Json] | None) -> Lines:
    """The lines after a write. None leaves them; else lines left out are deleted, and a line without a known id is a new one."""
    found = Lines()
    if sent is None:
        for line in stored:
            found.rows.append(_taxed(setting, line, {}, line))
            found.problems += coding_problems(setting.organisation, line, setting.status, setting.basis)
        return found
    known = {line["LineItemID"]: line for line in stored}
    for given in sent:
        before = known.pop(given.get("LineItemID", "").lower(), {})
        found.rows.append(_planned_line(setting, before, given, found))
    return found


def _planned_line(setting: Setting, before: Json, given: Json, found: Lines) -> Json:
    organisation = setting.organisation
    line = {**before, **given, "LineItemID": before.get("LineItemID") or _new_id(organisation)}
    _fill_from_item(setting, before, given, line, found)
    line.pop("Item", None)
    line = {name: value for name, value in line.items() if value != ""}
    if not line.get("Description") and setting.status != "DRAFT":
        found.problems.append("The description field is mandatory for each line item.")
    found.problems += fields.too_long(line, {"Description": LONGEST_DESCRIPTION})
    line["Tracking"] = tracking_of(organisation, given, before, found.problems, found.warnings)
    if not any(name in line for name in _PRICED):
        return {name: line[name] for name in ("LineItemID", "Description", "Tracking") if name in line}
    _price(setting, before, given, line, found.problems)
    found.problems += account_of(organisation, line, given, setting.status, found.warnings)
    if "TaxType" not in line and "AccountCode" in line:
        line["TaxType"] = (organisation.account(line["AccountCode"]) or {}).get("TaxType", "NONE")
    found.problems += coding_problems(organisation, line, setting.status, setting.basis)
    return _taxed(setting, line, given, before, found.problems)


def _new_id(organisation: Organisation) -> str:
    return guid(organisation.tenant_id, "line item", organisation.draw())


def _fill_from_item(setting: Setting, before: Json, given: Json, line: Json, found: Lines) -> None:
    """An item gives description, price, account and tax type where none were sent, once: when the line takes the item on."""
    code = line.get("ItemCode", "")
    item = setting.organisation.items.find("Code", code) if code else None
    if code and item is None:
        found.problems.append(f"Item code '{code}' is not valid")
        return
    if item is None or before.get("ItemCode") == code:
        return
    line["ItemCode"] = item.values["Code"]
    details: Mapping[str, Any] = item.values.get(setting.kind.side, {})
    described = "Description" if setting.kind.side == "SalesDetails" else "PurchaseDescription"
    filled = {
        "Description": item.values.get(described) or item.values.get("Name"),
        "UnitAmount": None if "LineAmount" in given else details.get("UnitPrice"),
        "AccountCode": details.get("AccountCode") or details.get("COGSAccountCode"),
        "TaxType": None if "AccountCode" in given else details.get("TaxType"),
    }
    for name, value in filled.items():
        if value is not None and name not in given:
            line[name] = value


def _price(setting: Setting, before: Json, given: Json, line: Json, problems: list[str]) -> None:
    """Quantity, price and amount: two are given, the third follows. Nothing moves when nothing that an amount rests on was sent."""
    _one_discount(setting, given, line, problems)
    amount = given.get("LineAmount")
    moved = any(line.get(name) != before.get(name) for name in _AMOUNT_OF)
    if "LineAmount" in before and not moved and amount in (None, before["LineAmount"]):
        line["LineAmount"] = before["LineAmount"]
        return
    mode = setting.organisation.switches.half_cent
    derived = amount is not None and _derive(amount, given, line)
    quantity, price = line.setdefault("Quantity", Decimal(1)), line.setdefault("UnitAmount", ZERO)
    if max(abs(quantity), abs(price), abs(quantity * price)) > 2 * sums.LARGEST_LINE:
        problems.append(f"The line amount cannot be larger than {sums.LARGEST_LINE:,}.")
        line["LineAmount"] = ZERO
        return
    if price != before.get("UnitAmount"):
        line["UnitAmount"] = rounded(price, setting.places, mode)
    line["Quantity"] = rounded(quantity, _QUANTITY_PLACES, mode)
    rate, discount = line.get("DiscountRate"), line.get("DiscountAmount")
    expected = sums.line_amount(line["Quantity"], line["UnitAmount"], rate, discount, mode)
    recomputed = setting.organisation.switches.line_amount_mismatch == "recomputed"
    line["LineAmount"] = expected if amount is None or (recomputed and not derived) else cents(amount, mode)
    if not derived and line["LineAmount"] != expected:
        problems.append(f"The line total {amount:.2f} does not match the expected line total {expected:.2f}")
    if line["Quantity"] < 0 and setting.organisation.switches.negative_quantity == "refused":
        value = f"{line['Quantity']:.4f}"
        problems.append(f"The quantity value '{value}' is invalid. Quantity must not be less than zero.")


def _one_discount(setting: Setting, given: Json, line: Json, problems: list[str]) -> None:
    """A discount is in percent or in money, not both; documents that have none ignore it."""
    if not setting.kind.discounts:
        line.pop("DiscountRate", None)
    if not setting.kind.discounts or "DiscountRate" in given:
        line.pop("DiscountAmount", None)
    elif "DiscountAmount" in given:
        line.pop("DiscountRate", None)
    if not 0 <= line.get("DiscountRate", ZERO) <= 100:
        problems.append("The discount rate must be between 0 and 100.")
        line["DiscountRate"] = ZERO


def _derive(amount: Decimal, given: Json, line: Json) -> bool:
    """The one of price and quantity that was not sent, from the line amount that was."""
    before_discount = amount + line.get("DiscountAmount", ZERO)
    share = 1 - line.get("DiscountRate", ZERO) / 100
    if "UnitAmount" not in given:
        whole = line.setdefault("Quantity", Decimal(1)) * share
        line["UnitAmount"] = before_discount / whole if whole else ZERO
        return True
    if "Quantity" not in given:
        whole = line["UnitAmount"] * share
        line["Quantity"] = before_discount / whole if whole else Decimal(1)
        return True
    return False


def _taxed(
    setting: Setting, line: Json, given: Json, before: Json, problems: list[str] | None = None
) -> Json:
    """The line with its tax: as sent, else as it was while nothing that it rests on changes, else computed."""
    if "LineAmount" not in line:
        return line
    organisation, amount = setting.organisation, line["LineAmount"]
    mode = organisation.switches.half_cent
    if setting.basis == NO_TAX:
        return {**line, "TaxType": "NONE", "TaxAmount": ZERO}
    if "TaxAmount" in given:
        tax = cents(given["TaxAmount"], mode)
        unit = organisation.switches.tax_amount_limit == "unit amount"
        if problems is not None and abs(tax) > abs(line["UnitAmount"] if unit else amount):
            problems.append(f"The tax amount cannot be greater than the {'unit' if unit else 'line'} amount")
        return {**line, "TaxAmount": tax}
    rests = all(line.get(name) == before.get(name) for name in ("LineAmount", "TaxType"))
    if rests and "TaxAmount" in before and setting.basis == setting.was_basis:
        return {**line, "TaxAmount": before["TaxAmount"]}
    percent = organisation.tax_percent(line.get("TaxType", "NONE"))
    return {**line, "TaxAmount": sums.tax_amount(amount, percent, setting.basis, mode)}


def shown_lines(organisation: Organisation, lines: list[Json], *, places: int, one: bool) -> list[Json]:
    """Lines as answers carry them. `one`: by id or after a write, where a tracking option is named by its id (recorded)."""
    return [_shown_line(organisation, line, places, one=one) for line in lines]


def _shown_line(organisation: Organisation, line: Json, places: int, *, one: bool) -> Json:
    row: Json = {}
    for name in ("ItemCode", "Description"):
        if name in line:
            row[name] = line[name]
    if "LineAmount" in line:
        mode = organisation.switches.half_cent
        row["UnitAmount"] = rounded(line["UnitAmount"], places, mode)
        if "TaxType" in line:
            row["TaxType"] = line["TaxType"]
        row["TaxAmount"] = line["TaxAmount"]
        row["LineAmount"] = line["LineAmount"]
        if "AccountCode" in line:
            row["AccountCode"] = line["AccountCode"]
    item = organisation.items.find("Code", line["ItemCode"]) if "ItemCode" in line else None
    if item is not None:
        row["Item"] = {"ItemID": item.id, "Name": item.values.get("Name", ""), "Code": item.values["Code"]}
    row["Tracking"] = [_shown_tracking(organisation, entry, one=one) for entry in line.get("Tracking", [])]
    for name in ("Quantity", "DiscountRate", "DiscountAmount"):
        if name in line:
            row[name] = rounded(line[name], _QUANTITY_PLACES)
    row["LineItemID"] = line["LineItemID"]
    account = organisation.account(line["AccountCode"]) if "AccountCode" in line else None
    if account is not None:
        row["AccountID"] = account["AccountID"]
    if one:
        row["ValidationErrors"] = []
    return row


def _shown_tracking(organisation: Organisation, entry: Json, *, one: bool) -> Json:
    category = organisation.tracking.get(entry["TrackingCategoryID"], {})
    option = next(
        (
            o["Name"]
            for o in category.get("Options", [])
            if o["TrackingOptionID"] == entry["TrackingOptionID"]
        ),
        entry["Option"],
    )
    row = {
        "Name": category.get("Name", entry["Name"]),
        "Option": option,
        "TrackingCategoryID": entry["TrackingCategoryID"],
    }
    return {**row, "TrackingOptionID": entry["TrackingOptionID"]} if one else {**row, "Options": []}
