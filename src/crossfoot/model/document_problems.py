"""What keeps a document from being written: lengths, digits and sums that a side would refuse, found before it is asked.

The defaults are what both sides can hold: in almost everything the ledger is the narrower one (Xero fact 7.4).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from crossfoot.model.arithmetic import Arithmetic, Totals, add_up
from crossfoot.model.documents import Document, Line
from crossfoot.model.money import currency_digits
from crossfoot.model.problems import Cause, Problem
from crossfoot.model.taxes import HUNDRED


@dataclass(frozen=True, slots=True)
class Limits:
    """What a document's lines may hold."""

    description: int = 4000
    decimals: int = 4
    """Digits after the point of a quantity or a price."""
    amount: Decimal = Decimal("9999999999.99")
    """The largest amount of a line, either sign."""
    tracking: int = 2
    item_code: int = 30
    account_code: int = 10
    discounts: bool = True
    """Whether lines may have a discount: on invoices, not on credit notes (Xero fact 7.5)."""


def problems(document: Document, arithmetic: Arithmetic, limits: Limits = Limits()) -> tuple[Problem, ...]:
    """Everything that would be refused, each with its place: `lines.3.description` is the description of the third line."""
    try:
        currency_digits(document.currency)
    except ValueError as error:
        return (Problem(Cause.INVALID, str(error), field="currency"),)
    totals = add_up(document, arithmetic)
    return tuple(_problems(document, totals, limits))


def _problems(document: Document, totals: Totals, limits: Limits) -> Iterator[Problem]:
    if not document.lines:
        yield _problem(Cause.NOT_READY, "lines", "The document has no lines.", "Add at least one.")
    for number, line in enumerate(document.lines, 1):
        place = f"lines.{number}"
        yield from _lengths(line, place, number, limits)
        yield from _numbers(line, place, number, limits)
        if number <= len(totals.lines) and abs(totals.lines[number - 1].amount) > limits.amount:
            yield _problem(
                Cause.INVALID,
                place,
                f"Line {number} comes to {totals.lines[number - 1].amount:,f} {document.currency}; "
                f"{limits.amount:,f} is the most that a line can hold.",
                "Divide it into several lines.",
            )


def _lengths(line: Line, place: str, number: int, limits: Limits) -> Iterator[Problem]:
    if not line.description and not line.item_code:
        yield _problem(
            Cause.NOT_READY,
            f"{place}.description",
            f"Line {number} has no description.",
            "Write what it is for.",
        )
    for name, text, most in (
        ("description", line.description, limits.description),
        ("item_code", line.item_code, limits.item_code),
        ("account_code", line.account_code, limits.account_code),
    ):
        if len(text) > most:
            said = name.replace("_", " ")
            yield _problem(
                Cause.INVALID,
                f"{place}.{name}",
                f"Line {number} has {_article(said)} of {len(text):,} characters; {most:,} is the most that fits.",
                "Shorten it.",
            )
    if len(line.tracking) > limits.tracking:
        yield _problem(
            Cause.INVALID,
            f"{place}.tracking",
            f"Line {number} is tracked in {len(line.tracking)} categories; {limits.tracking} is the most.",
            "Choose among them.",
        )


def _numbers(line: Line, place: str, number: int, limits: Limits) -> Iterator[Problem]:
    if not line.only_describes:
        for name, given in (("quantity", line.quantity), ("unit_amount", line.unit_amount)):
            said = {"quantity": "quantity", "unit_amount": "price"}[name]
            if given is None:
                yield _problem(
                    Cause.NOT_READY, f"{place}.{name}", f"Line {number} has no {said}.", f"Give it a {said}."
                )
            elif _decimals(given) > limits.decimals:
                yield _problem(
                    Cause.INVALID,
                    f"{place}.{name}",
                    f"Line {number} has a {said} of {given:f}; {limits.decimals} digits after the point is the most.",
                    "Round it.",
                )
    discount = line.discount
    if discount is None:
        return
    if not limits.discounts:
        yield _problem(
            Cause.INEXPRESSIBLE,
            f"{place}.discount",
            f"Line {number} has a discount, which such a document cannot have.",
            "Take it off the price.",
        )
    elif discount.percent is not None and not 0 <= discount.percent <= HUNDRED:
        yield _problem(
            Cause.INVALID,
            f"{place}.discount",
            f"Line {number} has a discount of {discount.percent:f} %.",
            "Write 0 to 100 percent.",
        )


def _decimals(number: Decimal) -> int:
    """Digits after the point that say something: 1.50 has one."""
    text = format(number, "f")
    return len(text.rstrip("0").partition(".")[2]) if "." in text else 0


def _article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def _problem(cause: Cause, place: str, what: str, fix: str) -> Problem:
    return Problem(cause, what, fix, field=place)
