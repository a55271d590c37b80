"""Made-up products: HubSpot products and Xero items, prices with up to four decimals, services, tracked inventory."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from crossfoot_sandbox.invented import names
from crossfoot_sandbox.invented.choices import Choices
from crossfoot_sandbox.invented.people import Values


@dataclass(frozen=True, slots=True)
class Accounts:
    """Account codes and tax types of the organisation that items are posted to."""

    sales: str
    purchases: str
    inventory: str
    cost_of_goods: str
    sales_tax: str
    purchases_tax: str


@dataclass(frozen=True, slots=True)
class Good:
    """What is true of one product. Prices are net, in the organisation's base currency."""

    code: str
    name: str
    description: str
    price: Decimal
    cost: Decimal


def invent(index: int, choices: Choices) -> Good:
    """The `index`-th product. No two share a name or a code."""
    name = names.good(index) if choices.below(8) else f"{choices.one_of(names.SERVICES)} {index}"
    price = Decimal(199 + choices.below(49_900)).scaleb(-2)
    letters = "".join(word[0] for word in names.address_part(name).split(".")).upper()[:3]
    return Good(
        code=f"{letters}-{1000 + index}",
        name=name,
        description=f"{name}, sold by the piece",
        price=price,
        cost=(price * Decimal("0.6")).quantize(Decimal("0.01")),
    )


def for_hubspot(good: Good) -> Values:
    """As properties of a HubSpot product. Values are text, as HubSpot keeps them."""
    return {
        "name": good.name,
        "hs_sku": good.code,
        "description": good.description,
        "price": f"{good.price:f}",
        "hs_cost_of_goods_sold": f"{good.cost:f}",
    }


def for_xero(good: Good, accounts: Accounts) -> Values:
    """As a Xero item that is bought and sold."""
    return {
        "Code": good.code,
        "Name": good.name,
        "Description": good.description,
        "PurchaseDescription": good.description,
        "IsSold": True,
        "IsPurchased": True,
        "SalesDetails": {
            "UnitPrice": good.price,
            "AccountCode": accounts.sales,
            "TaxType": accounts.sales_tax,
        },
        "PurchaseDetails": {
            "UnitPrice": good.cost,
            "AccountCode": accounts.purchases,
            "TaxType": accounts.purchases_tax,
        },
    }


def tracked(item: Values, accounts: Accounts) -> None:
    """Turn an item into tracked inventory (Xero fact 7.3): the purchase goes to cost of goods sold, not to an account."""
    details = {name: value for name, value in item["PurchaseDetails"].items() if name != "AccountCode"}
    item["PurchaseDetails"] = {**details, "COGSAccountCode": accounts.cost_of_goods}
    item["InventoryAssetAccountCode"] = accounts.inventory


def _four_decimals(crm: Values, ledger: Values, _accounts: Accounts, choices: Choices) -> None:
    price = Decimal(1 + choices.below(99_999)).scaleb(-4)
    crm["price"] = f"{price:f}"
    ledger["SalesDetails"] = {**ledger["SalesDetails"], "UnitPrice": price}


def _one_field_differs(crm: Values, _ledger: Values, _accounts: Accounts, choices: Choices) -> None:
    if choices.below(2):
        crm["price"] = "1.00"
    else:
        crm["description"] = "New and improved"


def _no_sku(crm: Values, _ledger: Values, _accounts: Accounts, _choices: Choices) -> None:
    crm["hs_sku"] = ""


def _tracked(_crm: Values, ledger: Values, accounts: Accounts, _choices: Choices) -> None:
    tracked(ledger, accounts)


Twist = Callable[[Values, Values, Accounts, Choices], None]

TWISTS: Mapping[str, Twist] = {
    "four decimals": _four_decimals,
    "one field differs": _one_field_differs,
    "no SKU": _no_sku,
    "tracked": _tracked,
}
"""What can set the product and the item of one thing apart, by name."""
