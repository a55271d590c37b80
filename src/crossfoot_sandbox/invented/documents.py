"""Made-up invoices, and what became of them: awkward prices, discounts, currencies, part payments, credits, voids.

Pure: an invoice is what Xero's API would be sent, with what colleagues do to it afterwards, day by day.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from crossfoot_sandbox.invented.choices import Choices
from crossfoot_sandbox.invented.people import Values

Act = Literal["approve", "pay", "remove payment", "credit", "overpay", "prepay", "void"]
CURRENCIES = ("USD", "CAD", "EUR", "GBP", "AUD", "JPY")
_DESCRIPTIONS = (
    "Consulting",
    "Delivery and handling",
    "Hours on site",
    "Licence, per seat and month",
    "Spare parts",
    "Training, half a day",
)
_LONG = "Ausführung gemäß Auftrag – 作業内容は別紙参照\n"  # noqa: RUF001  the dash is meant


@dataclass(frozen=True, slots=True)
class Deed:
    """What a colleague does `after` days: `share` is how much of what is open is paid, credited or received, from 0 to 1."""

    act: Act
    after: int
    share: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Paper:
    """An invoice to be, without its contact."""

    kind: str
    values: Values
    deeds: tuple[Deed, ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """Where invoices are written: the organisation's items, accounts, currencies, a tracking option, a tax type without tax."""

    items: Sequence[str]
    sales: str
    purchases: str
    currencies: frozenset[str]
    tracking: Values | None
    untaxed: str
    today: date


def invent(index: int, kind: str, desk: Desk, choices: Choices) -> Paper:
    """The `index`-th invoice, of a kind of `KINDS` or "plain"."""
    age = choices.below(330)
    issued = desk.today - timedelta(days=age)
    values: Values = {
        "Type": "ACCREC",
        "Status": "AUTHORISED",
        "Date": issued.isoformat(),
        "DueDate": (issued + timedelta(days=choices.one_of((7, 14, 20, 30)))).isoformat(),
        "LineAmountTypes": "Exclusive",
        "Reference": f"Order {4_000 + index}",
        "LineItems": [_line(desk, choices, index) for _ in range(1 + choices.below(4))],
    }
    paper = Paper(kind, values)
    if kind in STORIES:
        return STORIES[kind](paper, desk)
    paid_after = choices.below(45)
    if choices.below(3) and paid_after < age:
        return replace(paper, deeds=(Deed("pay", paid_after),))
    return paper


def _line(desk: Desk, choices: Choices, index: int) -> Values:
    if desk.items and choices.below(2):
        return {
            "ItemCode": choices.one_of(desk.items),
            "Quantity": 1 + choices.below(12),
            "AccountCode": desk.sales,
        }
    return {
        "Description": choices.one_of(_DESCRIPTIONS),
        "Quantity": 1 + (index + choices.below(9)) % 9,
        "UnitAmount": Decimal(199 + choices.below(49_900)).scaleb(-2),
        "AccountCode": desk.sales,
    }


Story = Callable[[Paper, Desk], Paper]


def _with(**changes: object) -> Story:
    """The invoice with other fields."""

    def tell(paper: Paper, _desk: Desk) -> Paper:
        return replace(paper, values={**paper.values, **changes})

    return tell


def _lines(*lines: Mapping[str, object], **changes: object) -> Story:
    """The invoice with these lines, on the sales account unless they say otherwise."""

    def tell(paper: Paper, desk: Desk) -> Paper:
        priced = [
            {"AccountCode": desk.sales, **line} if "UnitAmount" in line else dict(line) for line in lines
        ]
        return replace(paper, values={**paper.values, "LineItems": priced, **changes})

    return tell


def _later(*deeds: Deed, days: int = 90) -> Story:
    """The invoice, `days` old, with what became of it."""

    def tell(paper: Paper, desk: Desk) -> Paper:
        issued = desk.today - timedelta(days=days)
        dated = {"Date": issued.isoformat(), "DueDate": (issued + timedelta(days=20)).isoformat()}
        return replace(paper, values={**paper.values, **dated}, deeds=deeds)

    return tell


def _in(currency: str) -> Story:
    """The invoice in a currency, if the organisation has it; paid in part, at the rate of another day."""

    def tell(paper: Paper, desk: Desk) -> Paper:
        told = _later(Deed("pay", 30, Decimal("0.35")))(paper, desk)
        if currency not in desk.currencies:
            return told
        return replace(told, values={**told.values, "CurrencyCode": currency})

    return tell


def _tracked(paper: Paper, desk: Desk) -> Paper:
    tracking = [desk.tracking] if desk.tracking else []
    lines = [{**line, "Tracking": tracking} for line in paper.values["LineItems"]]
    return replace(paper, values={**paper.values, "LineItems": lines})


def _two_tax_types(paper: Paper, desk: Desk) -> Paper:
    return _lines(_priced("100"), _priced("80", TaxType=desk.untaxed))(paper, desk)


def _bill(paper: Paper, desk: Desk) -> Paper:
    lines = [{"Description": "Rent", "Quantity": 1, "UnitAmount": 1_250, "AccountCode": desk.purchases}]
    return replace(
        paper, values={**paper.values, "Type": "ACCPAY", "InvoiceNumber": "BILL-7", "LineItems": lines}
    )


def _priced(price: str, quantity: str = "1", **more: object) -> Values:
    return {"Description": "Metered use", "Quantity": Decimal(quantity), "UnitAmount": Decimal(price), **more}


STORIES: Mapping[str, Story] = {
    "draft": _with(Status="DRAFT"),
    "submitted": _with(Status="SUBMITTED"),
    "draft approved later": lambda paper, desk: _later(Deed("approve", 12))(
        replace(paper, values={**paper.values, "Status": "DRAFT"}), desk
    ),
    "part paid": _later(Deed("pay", 10, Decimal("0.4")), Deed("pay", 35, Decimal("0.5"))),
    "overdue": _later(days=75),
    "payment removed": _later(Deed("pay", 10), Deed("remove payment", 15)),
    "credited in part": _later(Deed("credit", 9, Decimal("0.25"))),
    "settled by credit": _later(Deed("credit", 9)),
    "overpaid": _later(Deed("overpay", 20, Decimal("0.2"))),
    "prepaid": _later(Deed("prepay", 5, Decimal("0.5")), Deed("pay", 20)),
    "voided": _later(Deed("void", 3)),
    "deleted draft": lambda paper, desk: _later(Deed("void", 3))(
        replace(paper, values={**paper.values, "Status": "DRAFT"}), desk
    ),
    **{f"in {currency}": _in(currency) for currency in CURRENCIES},
    "four decimals": _lines(_priced("0.0137", "8640.25"), _priced("1.2345", "3.3333")),
    "half a cent": _lines(_priced("0.1"), _priced("0.3"), _priced("0.25", "0.5")),  # 15 % of 0.30 is 0.045
    "sum of rounded taxes": _lines(*(_priced("25.63") for _ in range(40))),
    "discounts": _lines(
        _priced("99.95", "3", DiscountRate=Decimal("12.5")),
        _priced("49.9", "2", DiscountAmount=Decimal("9.99")),
        _priced("10", "1", DiscountRate=100),
    ),
    "tax included": _lines(_priced("541.25"), _priced("9.99", "3"), LineAmountTypes="Inclusive"),
    "tax free": _lines(_priced("541.25"), LineAmountTypes="NoTax"),
    "tax overridden": _lines(_priced("100", TaxAmount=Decimal("14.99"))),
    "several tax types": _two_tax_types,
    "negative line": _lines(_priced("120", "2"), _priced("-20", Description="Voucher")),
    "description only": _lines(_priced("60"), {"Description": "Thank you for your business!"}),
    "long description": _lines(_priced("60", Description=(_LONG * 120)[:4_000])),
    "tracked by region": _tracked,
    "bill": _bill,
}
"""How an invoice of each awkward kind differs from a plain one."""
