"""The money proof as CSV: the sums, the way from total to total, every difference and every finding, one per line.

Lines come one by one, so that a file of any length is written in bounded memory. A text that a spreadsheet would take for a formula is
marked as text.
"""

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from io import StringIO

from crossfoot.model.identity import Side
from crossfoot.proof.detectors import Finding
from crossfoot.proof.money import Measure, MoneyDifference
from crossfoot.proof.money_book import MoneyBook
from crossfoot.proof.table import safe

SUMS = ("currency", "kind", "status", "system", "count", *Measure)
BRIDGES = ("currency", "kind", "measure", "cause", "differences", "amount")
DIFFERENCES = (
    "kind",
    "number",
    "hubspot_id",
    "xero_id",
    "currency",
    "measure",
    "hubspot",
    "xero",
    "amount",
    "cause",
    "why",
)
FINDINGS = ("detector", "deal", "invoices", "label", "currency", "amount", "since", "days", "why", "key")

_SYSTEMS = {Side.CRM: "hubspot", Side.LEDGER: "xero"}


def sums(book: MoneyBook) -> Iterator[str]:
    """One line for each currency, kind, status and system."""
    yield from _lines(
        SUMS,
        (
            (row.currency, row.kind, row.phase, _SYSTEMS[side], told.count, *map(told.amounts.get, Measure))
            for row in book.rows()
            for side, told in row.sides.items()
        ),
    )


def bridges(book: MoneyBook) -> Iterator[str]:
    """From Xero's total to HubSpot's: the total, a line for each cause, the other total. Each group adds up."""

    def rows() -> Iterator[tuple[object, ...]]:
        for each in book.bridges():
            place = (each.currency, each.kind, each.measure)
            yield (*place, "xero", None, each.ledger)
            for part in each.parts:
                yield (*place, part.cause, part.count, part.amount)
            yield (*place, "hubspot", None, each.crm)

    yield from _lines(BRIDGES, rows())


def differences(found: Iterable[MoneyDifference]) -> Iterator[str]:
    """One line for each part of a difference."""
    yield from _lines(
        DIFFERENCES,
        (
            (
                each.kind,
                each.label,
                each.crm_id,
                each.ledger_id,
                each.currency,
                each.measure or "status",
                each.crm,
                each.ledger,
                each.amount,
                each.cause,
                each.why,
            )
            for each in found
        ),
    )


def findings(found: Iterable[Finding], today: date) -> Iterator[str]:
    """One line for each finding."""
    yield from _lines(
        FINDINGS,
        (
            (
                each.detector,
                each.deal,
                " ".join(each.invoices),
                each.label,
                each.currency,
                each.amount,
                each.since,
                each.age(today),
                each.why,
                each.key,
            )
            for each in found
        ),
    )


def _lines(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    yield _line(head)
    for row in rows:
        yield _line([_cell(each) for each in row])


def _line(cells: Iterable[str]) -> str:
    text = StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    return (
        f"{value:f}"
        if isinstance(value, Decimal)
        else safe(str(value))
        if isinstance(value, str)
        else str(value)
    )
