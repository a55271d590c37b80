"""The lines of an invoice: what an answer tells about them, and what a write sends (Xero fact 7.4).

Xero finds a line by its LineItemID. A line that is sent with its id is changed in place, one without is new, and one that is left out is
gone; so the whole list is always sent.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from crossfoot.model.lines import Line, Lines
from crossfoot.model.problems import Cause, Problem
from crossfoot.model.records import Value
from crossfoot.systems.xero.documents import LineItem

PATH = "Lines"

DESCRIPTION_MAX = 4000
TRACKING_MAX = 2
PRICE_DECIMALS = 4
"""With `unitdp=4`, which we always ask for; Xero rounds what is finer."""

_TEXTS: Mapping[str, str] = {
    "description": "Description",
    "item": "ItemCode",
    "account": "AccountCode",
    "tax": "TaxType",
}
_NUMBERS: Mapping[str, str] = {"quantity": "Quantity", "price": "UnitAmount"}
_DISCOUNTS: Mapping[str, str] = {"discount_percent": "DiscountRate", "discount_amount": "DiscountAmount"}


def observed(items: Sequence[LineItem]) -> Lines:
    """The lines as Xero holds them."""
    return Lines(tuple(_line(item) for item in items))


def _line(item: LineItem) -> Line:
    percent = item.discount_rate or None
    return Line(
        ledger_id=item.line_item_id,
        description=item.description or None,
        quantity=item.quantity,
        price=item.unit_amount,
        discount_percent=percent,
        # Of a share, an answer may tell the amount that it comes to as well.
        discount_amount=None if percent else item.discount_amount or None,
        item=item.item_code or (item.item.code if item.item else None) or None,
        account=item.account_code or None,
        tax=item.tax_type or None,
        tracking=tuple((each.name, each.option) for each in item.tracking),
        net=item.line_amount,
        tax_amount=item.tax_amount,
    )


def elements(lines: Lines, seen: Value) -> list[dict[str, Any]]:
    """What a write sends. `seen` are the lines as they were just seen: what one of them held and is to hold no more is emptied.

    Neither LineAmount nor TaxAmount is sent: Xero computes both, and its own tax per line is the truth (Xero fact 8.1).
    """
    there = {line.ledger_id: line for line in seen} if isinstance(seen, Lines) else {}
    return [_element(line, there.get(line.ledger_id, Line())) for line in lines]


def _element(line: Line, was: Line) -> dict[str, Any]:
    element: dict[str, Any] = {"LineItemID": line.ledger_id} if line.ledger_id else {}
    for part, name in (*_TEXTS.items(), *_NUMBERS.items()):
        value = getattr(line, part)
        if value is not None:
            element[name] = value
        elif getattr(was, part) is not None and part in _TEXTS:
            element[name] = ""
    for part, name in _DISCOUNTS.items():
        value = getattr(line, part)
        if value:
            element[name] = value
        elif getattr(was, part):
            element[name] = Decimal(0)
    if line.tracking or was.tracking:
        element["Tracking"] = [{"Name": name, "Option": option} for name, option in line.tracking]
    return element


def inexpressible(lines: Value) -> Problem | None:
    """Why Xero cannot hold these lines, before they are sent."""
    if not isinstance(lines, Lines) or not len(lines):
        return _problem(
            Cause.INVALID, "An invoice in Xero has at least one line, and this one has none.", "Add a line."
        )
    for place, line in enumerate(lines, start=1):
        problem = _unfit(f"Line {place} ({line.description or line.item or 'without a description'})", line)
        if problem is not None:
            return problem
    return None


def _unfit(which: str, line: Line) -> Problem | None:
    if len(line.description or "") > DESCRIPTION_MAX:
        return _problem(
            Cause.INEXPRESSIBLE,
            f"{which[:80]} describes itself in {len(line.description or ''):,} characters, and Xero holds {DESCRIPTION_MAX:,}.",
            "Shorten the description.",
        )
    if line.discount_percent and line.discount_amount:
        return _problem(
            Cause.INEXPRESSIBLE,
            f"{which} has a discount in percent and one as an amount; Xero holds one of them.",
            "Leave one of the two empty.",
        )
    if line.price is not None and line.price != round(line.price, PRICE_DECIMALS):
        return _problem(
            Cause.INEXPRESSIBLE,
            f"{which} has a price of {line.price:f}; Xero keeps {PRICE_DECIMALS} decimals and would round it.",
            "Give it a price with fewer decimals, for example by counting in larger units.",
        )
    if len(line.tracking) > TRACKING_MAX:
        return _problem(
            Cause.INEXPRESSIBLE,
            f"{which} is counted under {len(line.tracking)} tracking categories; Xero holds {TRACKING_MAX}.",
            "Leave some of them out.",
        )
    return None


def _problem(cause: Cause, what: str, fix: str) -> Problem:
    return Problem(cause, what, fix, PATH)
