"""Xero's templates for contacts and inventory items as CSV, which are also what Xero exports.

Lengths and forbidden characters are Xero's (Xero facts 7.1 and 7.3). Account codes and tax rates that the sandbox's
organisation does not have are left out with a remark: they are right where the file comes from.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

from crossfoot_sandbox.exports.csvfile import EMAIL, Reading, Row, Table

Values = dict[str, Any]

_PLACE = (
    "AttentionTo",
    "AddressLine1",
    "AddressLine2",
    "AddressLine3",
    "AddressLine4",
    "City",
    "Region",
    "PostalCode",
    "Country",
)
_PERSON = ("FirstName", "LastName", "Email", "IncludeInEmail", "IncludeInEmails")

CONTACT_TEXTS = {
    "ContactName": ("Name", 255),
    "AccountNumber": ("AccountNumber", 50),
    "EmailAddress": ("EmailAddress", 255),
    "FirstName": ("FirstName", 255),
    "LastName": ("LastName", 255),
    "TaxNumber": ("TaxNumber", 50),
    "CompanyNumber": ("CompanyNumber", 50),
    "BankAccountNumber": ("BankAccountDetails", 500),
    "Website": ("Website", 500),
}
"""Heading of a text column: the API's field, and how long it may be."""

PHONES = {"PhoneNumber": "DEFAULT", "FaxNumber": "FAX", "MobileNumber": "MOBILE", "DDINumber": "DDI"}
ADDRESSES = {"PO": "POBOX", "SA": "STREET"}
LENGTHS = {"City": 255, "Region": 255, "AttentionTo": 255, "PostalCode": 50, "Country": 50}

CONTACT_HEADINGS = (
    *CONTACT_TEXTS,
    *PHONES,
    *(f"{prefix}{part}" for prefix in ADDRESSES for part in _PLACE),
    *(f"Person{number}{part}" for number in range(1, 6) for part in _PERSON),
    *(
        "SkypeName",
        "BankAccountName",
        "BankAccountParticulars",
        "TaxNumberName",
        "AccountsReceivableTaxCodeName",
    ),
    *(
        "AccountsPayableTaxCodeName",
        "LegalName",
        "Discount",
        "DueDateBillDay",
        "DueDateBillTerm",
        "DueDateSalesDay",
    ),
    *("DueDateSalesTerm", "SalesAccount", "PurchasesAccount", "TrackingName1", "SalesTrackingOption1"),
    *(
        "PurchasesTrackingOption1",
        "TrackingName2",
        "SalesTrackingOption2",
        "PurchasesTrackingOption2",
        "BrandingTheme",
    ),
    *("DefaultTaxBills", "DefaultTaxSales", "DefaultTaxBillsName", "DefaultTaxSalesName", "ContactStatus"),
)
"""Every heading of Xero's contact template. Those that no code below reads are passed over."""

ITEM_TEXTS = {
    "ItemCode": ("Code", 30),
    "ItemName": ("Name", 50),
    "SalesDescription": ("Description", 4000),
    "PurchasesDescription": ("PurchaseDescription", 4000),
}
ITEM_HEADINGS = (
    *ITEM_TEXTS,
    *(
        "Quantity",
        "PurchasesUnitPrice",
        "PurchasesAccount",
        "PurchasesTaxRate",
        "SalesUnitPrice",
        "SalesAccount",
    ),
    *("SalesTaxRate", "InventoryAssetAccount", "CostOfGoodsSoldAccount", "InventoryType", "Status"),
)


def is_contacts(headings: frozenset[str]) -> bool:
    """Whether these (lower-case) headings are Xero's contact template."""
    return bool(headings & {"*contactname", "contactname"}) and "invoicenumber" not in headings


def is_items(headings: frozenset[str]) -> bool:
    """Whether these headings are Xero's inventory-items template."""
    return bool(headings & {"*itemcode", "itemcode"})


@dataclass(frozen=True, slots=True)
class Chart:
    """What the organisation knows: its account codes, and its tax types by the name people see."""

    accounts: frozenset[str]
    tax_types: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Templated:
    """One row of a template as the API's fields. `key` is the heading of the column that must be unique."""

    table: Table
    row: Row
    key: str
    values: Values


def contacts(table: Table, reading: Reading) -> Iterator[Templated]:
    """The contacts of a template, each checked by itself."""
    columns = _columns(table, CONTACT_HEADINGS, reading)
    for row in table.rows:
        cells = _Cells(table, row, columns, reading)
        values = cells.texts(CONTACT_TEXTS)
        cells.check_name(values.get("Name", ""))
        email = values.get("EmailAddress", "")
        if email and not EMAIL.fullmatch(email):
            cells.wrong(
                "EmailAddress", f'"{email}" is not an e-mail address.', "Correct it, or empty the cell."
            )
        addresses = [cells.address(prefix, kind) for prefix, kind in ADDRESSES.items()]
        values["Addresses"] = [address for address in addresses if len(address) > 1]
        values["Phones"] = [
            cells.phone(heading, kind) for heading, kind in PHONES.items() if cells.text(heading)
        ]
        values["ContactPersons"] = [person for number in range(1, 6) if (person := cells.person(number))]
        status = cells.text("ContactStatus").upper()
        if status == "ARCHIVED":
            values["ContactStatus"] = status
        yield Templated(
            table, row, columns["ContactName"], {name: value for name, value in values.items() if value}
        )


def items(table: Table, chart: Chart, reading: Reading) -> Iterator[Templated]:
    """The items of a template, each checked by itself."""
    columns = _columns(table, ITEM_HEADINGS, reading)
    for row in table.rows:
        cells = _Cells(table, row, columns, reading)
        values = cells.texts(ITEM_TEXTS)
        if not values.get("Code"):
            cells.wrong(
                "ItemCode", "The item has no code.", "Give it one of up to 30 characters, or remove the row."
            )
        tracked = bool(cells.text("InventoryAssetAccount"))
        for side, field in (("Sales", "SalesDetails"), ("Purchases", "PurchaseDetails")):
            details = {
                "UnitPrice": cells.price(f"{side}UnitPrice"),
                "AccountCode": cells.account(f"{side}Account", chart),
                "TaxType": cells.tax(f"{side}TaxRate", chart),
            }
            values[field] = {name: value for name, value in details.items() if value not in (None, "")}
        values["IsSold"] = bool(values["SalesDetails"] or values.get("Description"))
        values["IsPurchased"] = bool(values["PurchaseDetails"] or values.get("PurchaseDescription"))
        if tracked:
            _track(cells, values, chart)
        if cells.text("Quantity"):
            reading.leave_out(
                table, '"Quantity": quantities on hand come from documents, which the sandbox does not import'
            )
        kept = {name: value for name, value in values.items() if value not in ("", {}, None)}
        yield Templated(table, row, columns["ItemCode"], kept)


def _track(cells: "_Cells", values: Values, chart: Chart) -> None:
    asset, cogs = (
        cells.account("InventoryAssetAccount", chart),
        cells.account("CostOfGoodsSoldAccount", chart),
    )
    if not cells.text("CostOfGoodsSoldAccount"):
        fix = "Fill CostOfGoodsSoldAccount too, or empty InventoryAssetAccount."
        cells.wrong(
            "InventoryAssetAccount", "A tracked item needs an account for the cost of goods sold.", fix
        )
    elif asset and cogs:
        values["InventoryAssetAccountCode"] = asset
        details = {name: value for name, value in values["PurchaseDetails"].items() if name != "AccountCode"}
        values["PurchaseDetails"] = {**details, "COGSAccountCode": cogs}


def _columns(table: Table, known: tuple[str, ...], reading: Reading) -> dict[str, str]:
    """The table's spelling of each known heading; the template marks what is required with a star."""
    spelled = {name.casefold(): name for name in known}
    found: dict[str, str] = {}
    for heading in table.headings:
        name = heading.removeprefix("*").casefold()
        if name in spelled:
            found[spelled[name]] = heading
        elif heading and (near := get_close_matches(name, spelled, n=1, cutoff=0.88)):
            reading.wrong(
                table, 1, heading, f'Xero has no column "{heading}".', f'Did you mean "{spelled[near[0]]}"?'
            )
        elif heading:
            reading.leave_out(table, f'the column "{heading}" is none of Xero\'s template')
    return found


@dataclass(frozen=True, slots=True)
class _Cells:
    """The cells of one row, by the template's headings."""

    table: Table
    row: Row
    columns: dict[str, str]
    reading: Reading

    def text(self, heading: str) -> str:
        column = self.columns.get(heading)
        return self.row.cells.get(column, "") if column else ""

    def wrong(self, heading: str, wrong: str, fix: str) -> None:
        self.reading.wrong(self.table, self.row.line, self.columns.get(heading, ""), wrong, fix)

    def limited(self, heading: str, limit: int) -> str:
        text = self.text(heading)
        if len(text) > limit:
            self.wrong(heading, f"The text has {len(text)} characters, Xero holds {limit}.", "Shorten it.")
        return text

    def texts(self, fields: Mapping[str, tuple[str, int]]) -> Values:
        return {field: self.limited(heading, limit) for heading, (field, limit) in fields.items()}

    def check_name(self, name: str) -> None:
        if not name:
            self.wrong("ContactName", "The contact has no name.", "Give it one, or remove the row.")
        for sign in "<>":
            if sign in name:
                self.wrong("ContactName", f'"{sign}" is not allowed in a contact\'s name.', "Remove it.")
        if "  " in name:
            self.wrong(
                "ContactName", "Two blanks in a row are not allowed in a contact's name.", "Remove one."
            )

    def address(self, prefix: str, kind: str) -> Values:
        address: Values = {"AddressType": kind}
        for part in _PLACE:
            text = self.limited(f"{prefix}{part}", LENGTHS.get(part, 500))
            if part == "Country" and not re.fullmatch(r"[A-Za-z ]*", text):
                self.wrong(
                    f"{prefix}{part}",
                    f'"{text}" has signs that Xero refuses in a country.',
                    "Use letters A to Z only.",
                )
            if text:
                address[part] = text
        return address

    def phone(self, heading: str, kind: str) -> Values:
        """Three groups of digits are country code, area code and number, as Xero's template explains; else one number."""
        text = self.limited(heading, 50)
        parts = text.removeprefix("+").split(" ")
        if len(parts) == 3 and all(part.isdecimal() for part in parts) and len(parts[0]) <= 4:
            return {
                "PhoneType": kind,
                "PhoneCountryCode": parts[0],
                "PhoneAreaCode": parts[1],
                "PhoneNumber": parts[2],
            }
        return {"PhoneType": kind, "PhoneNumber": text}

    def person(self, number: int) -> Values:
        person: Values = {
            "FirstName": self.limited(f"Person{number}FirstName", 255),
            "LastName": self.limited(f"Person{number}LastName", 255),
            "EmailAddress": self.limited(f"Person{number}Email", 255),
        }
        if not any(person.values()):
            return {}
        include = self.text(f"Person{number}IncludeInEmail") or self.text(f"Person{number}IncludeInEmails")
        return {
            **{k: v for k, v in person.items() if v},
            "IncludeInEmails": include.casefold() in ("true", "yes", "1"),
        }

    def price(self, heading: str) -> Decimal | None:
        text = self.text(heading)
        if not text:
            return None
        try:
            price = Decimal(text)
        except InvalidOperation:
            self.wrong(
                heading,
                f'"{text}" is not a number.',
                "Write it like 1234.50, without separators or currency.",
            )
            return None
        exponent = price.normalize().as_tuple().exponent
        if not isinstance(exponent, int) or price < 0:
            self.wrong(heading, f'"{text}" is no price.', "Write a number that is zero or more.")
            return None
        if exponent < -4:
            self.wrong(heading, f'"{text}" has more than four decimals.', "Round it to four decimals.")
            return None
        return price

    def account(self, heading: str, chart: Chart) -> str:
        code = self.text(heading)
        if code and code not in chart.accounts:
            self.reading.leave_out(self.table, f'account "{code}" is not in the sandbox\'s chart of accounts')
            return ""
        return code

    def tax(self, heading: str, chart: Chart) -> str:
        name = self.text(heading)
        if not name:
            return ""
        found = chart.tax_types.get(name.casefold())
        if found is None:
            self.reading.leave_out(self.table, f'"{name}" is no tax rate of the sandbox\'s organisation')
        return found or ""
