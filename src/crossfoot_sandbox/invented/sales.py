"""Made-up sales: what is sold, in which currency, at which price and discount. Either side turns them into its own documents."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, NamedTuple

from crossfoot_sandbox.invented import names
from crossfoot_sandbox.invented.choices import Choices
from crossfoot_sandbox.invented.people import Values

CURRENCIES: Final = ("USD", "CAD", "EUR", "GBP", "AUD", "NZD")
"""The six that the product promises end to end."""
YEN: Final = "JPY"
"""A currency without cents, which the sandbox's Xero organisation does not have."""
HOW_LONG_AGO = 300  # days; the oldest sale

LINE_TWISTS: Final = (
    "percent off",
    "amount off",
    "four decimals",
    "half a cent",
    "yen",
    "tax-free",
    "many lines",
)
"""What can be awkward about the lines of a sale, on either side."""


class Offer(NamedTuple):
    """A product that can be sold. `id` is its record's, on the side where it is sold."""

    id: str
    name: str
    price: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is sold. `product` is an id, or empty for something that is in no catalogue."""

    product: str
    name: str
    quantity: Decimal
    price: Decimal  # net, per piece
    percent: Decimal = Decimal(0)  # of discount
    off: Decimal = Decimal(0)  # discount per piece
    taxed: bool = True


@dataclass(frozen=True, slots=True)
class Sale:
    """What is true of one sale, whoever writes it down."""

    number: int
    kind: str
    currency: str
    days: int  # before now
    lines: tuple[Line, ...]


def invent(number: int, kind: str, offers: Sequence[Offer], home: str, choices: Choices) -> Sale:
    """The `number`-th sale. Half of them are in the `home` currency, the others in one of the six in turn."""
    currency = CURRENCIES[number // 2 % len(CURRENCIES)] if number % 2 else home
    count = 12 if kind == "many lines" else 1 + choices.below(3)
    lines = tuple(_line(offers, choices) for _ in range(count))
    days = choices.below(HOW_LONG_AGO)
    return _twisted(Sale(number, kind, currency, days, lines))


def _line(offers: Sequence[Offer], choices: Choices) -> Line:
    quantity = Decimal(1 + choices.below(12))
    if offers and choices.below(4):
        offer = choices.one_of(offers)
        return Line(offer.id, offer.name, quantity, offer.price)
    price = Decimal(100 + choices.below(90_000)).scaleb(-2)
    return Line("", choices.one_of(names.SERVICES), quantity, price)


def _twisted(sale: Sale) -> Sale:
    first = sale.lines[0]
    match sale.kind:
        case "percent off":
            first = replace(first, percent=Decimal("7.5"))
        case "amount off":
            first = replace(first, off=(first.price / 3).quantize(Decimal("0.01")))
        case "four decimals":
            first = replace(first, price=Decimal("0.3333"), quantity=Decimal(100))
        case "half a cent":
            first = replace(first, price=Decimal("1.005"), quantity=Decimal(1))
        case "tax-free":
            first = replace(first, taxed=False)
        case "yen":
            whole = tuple(replace(line, price=line.price.to_integral_value() + 1) for line in sale.lines)
            return replace(sale, currency=YEN, lines=whole)
    return replace(sale, lines=(first, *sale.lines[1:]))


def for_hubspot(line: Line, currency: str, tax_rate: str, tax_free: str) -> Values:
    """As properties of a HubSpot line item. `tax_rate` and `tax_free` are ids of the tax library, or empty."""
    values = {
        "name": line.name,
        "quantity": f"{line.quantity:f}",
        "price": f"{line.price:f}",
        "hs_line_item_currency_code": currency,
        "hs_product_id": line.product,
        "hs_tax_rate_group_id": tax_rate if line.taxed else tax_free,
        "hs_discount_percentage": f"{line.percent:f}" if line.percent else "",
        "discount": f"{line.off:f}" if line.off else "",
    }
    return {name: value for name, value in values.items() if value}
