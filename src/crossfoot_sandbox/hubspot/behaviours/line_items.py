"""Line items: copies of products with a price, in one currency, on one deal or invoice (HubSpot facts 7.1, 7.2)."""

from decimal import Decimal

from crossfoot_sandbox.hubspot.behaviours import invoices
from crossfoot_sandbox.hubspot.behaviours.amounts import currency_of, sums_of
from crossfoot_sandbox.hubspot.behaviours.behaviour import Behaviour, Changes, Leaving, Write
from crossfoot_sandbox.hubspot.behaviours.sums import text
from crossfoot_sandbox.hubspot.books.account import Account
from crossfoot_sandbox.hubspot.books.book import HubRecord
from crossfoot_sandbox.hubspot.books.currencies import CODES
from crossfoot_sandbox.hubspot.errors import invalid

_FROM_PRODUCT = (
    "name",
    "description",
    "price",
    "hs_sku",
    "hs_cost_of_goods_sold",
    "hs_product_type",
    "hs_recurring_billing_period",
    "recurringbillingfrequency",
    "hs_url",
    "hs_images",
)
MONEY = frozenset(
    {
        "price",
        "quantity",
        "discount",
        "hs_discount_percentage",
        "hs_tax_rate_group_id",
        "hs_line_item_currency_code",
    }
)
"""What moves the total of whatever the line stands on."""


class LineItems(Behaviour):
    """Products copied, currencies and taxes checked, amounts computed."""

    def admit(self, write: Write) -> None:
        """No negative price, a known product, an enabled currency, a tax rate in use."""
        self._copy_product(write)
        price = write.changes.get("price")
        if price is not None and Decimal(price) < 0:
            write.refuse("INVALID_INTEGER", "price", "Line item price cannot be negative")
        currency = write.changes.get("hs_line_item_currency_code")
        if currency is not None:
            if currency not in CODES:
                raise invalid("Provide a valid ISO currency code")
            if currency not in write.account.currencies.codes():
                raise invalid(f"Provided line item currency {currency} is not supported by portal")
        rate_id = write.changes.get("hs_tax_rate_group_id")
        if rate_id is not None:
            rate = write.account.commerce.tax_rates.get(rate_id)
            if rate is None or (not rate.active and rate_id != write.before.get("hs_tax_rate_group_id")):
                state = "does not exist" if rate is None else "is not active"
                write.refuse("INVALID_OPTION", "hs_tax_rate_group_id", f"Tax rate {rate_id} {state}")
        if write.record is not None and not MONEY.isdisjoint(write.changes):
            self._unlocked(write.account, write.record)

    def derived(self, account: Account, record: HubRecord) -> Changes:
        """The net amount, its discount and its tax."""
        values = record.values
        rate = account.commerce.tax_rates.get(values.get("hs_tax_rate_group_id", ""))
        code = currency_of(account, record)
        found = sums_of(account, record)

        def shown(amount: Decimal) -> str | None:
            return text(amount, code, short=account.around.switches.short_sums)

        computed: Changes = dict.fromkeys(
            (
                "amount",
                "hs_pre_discount_amount",
                "hs_total_discount",
                "hs_tax_amount",
                "hs_post_tax_amount",
            )
        )
        if found is not None:
            computed |= {
                "amount": shown(found.net),
                "hs_pre_discount_amount": shown(found.before),
                "hs_total_discount": shown(found.discount),
                "hs_tax_amount": None if rate is None else shown(found.tax),
                "hs_post_tax_amount": shown(found.gross),
            }
        return computed | {
            "hs_tax_rate": None if rate is None else f"{rate.rate:f}",
            "hs_tax_label": None if rate is None else rate.label,
        }

    def removable(self, leaving: Leaving) -> None:
        """A line of a finalised invoice stays."""
        self._unlocked(leaving.account, leaving.record)

    def _copy_product(self, write: Write) -> None:
        product_id = write.changes.get("hs_product_id")
        if product_id is None:
            return
        product = write.account.books["products"].survivor(product_id)
        if product is None or not product.alive:
            raise invalid(
                f"Product {product_id} does not exist", context={"INVALID_OBJECT_IDS": [product_id]}
            )
        for name in _FROM_PRODUCT:
            write.default(name, product.values.get(name))

    def _unlocked(self, account: Account, record: HubRecord) -> None:
        for invoice_id, _ in account.links.of(("line_items", "invoices"), record.id):
            invoices.unlocked(account, account.books["invoices"][invoice_id], "line items")
