"""All tables of a proof: every difference of every record, and of the money the sums, the way from total to total, every difference, every finding.

What is found is written as it is found, so that a proof of any length is written in bounded memory.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Self

from crossfoot.model.fields import as_text
from crossfoot.model.identity import Side
from crossfoot.model.records import Value
from crossfoot.proof.causes import Difference
from crossfoot.proof.detectors import Finding
from crossfoot.proof.money import Measure, MoneyDifference
from crossfoot.proof.money_book import MoneyBook
from crossfoot.proof.table import Table

Row = tuple[object, ...]

DIFFERENCES = ("sync", "hubspot_id", "xero_id", "field", "hubspot", "xero", "cause", "why")
SUMS = ("currency", "kind", "status", "system", "count", *Measure)
TOTALS = ("currency", "kind", "measure", "cause", "differences", "amount")
MONEY = (
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
FINDINGS = ("detector", "deal", "invoices", "label", "currency", "amount", "since", "why", "key")

_SYSTEMS = {Side.CRM: "hubspot", Side.LEDGER: "xero"}


class Tables:
    """The files in the making, for `with`: `proof.csv`, and with `money` `proof-sums.csv` and so on beside it. Without a path nothing is written."""

    def __init__(self, path: Path | None, *, money: bool = True) -> None:
        def beside(name: str) -> Path | None:
            return path.with_name(f"{path.stem}-{name}{path.suffix}") if path and money else None

        self._differences = Table(path, DIFFERENCES)
        self._sums = Table(beside("sums"), SUMS)
        self._totals = Table(beside("totals"), TOTALS)
        self._money = Table(beside("money"), MONEY)
        self._findings = Table(beside("findings"), FINDINGS)
        self._open = ExitStack()

    def difference(self, each: Difference) -> None:
        """A difference of a record."""
        self._differences.add(difference(each))

    def money(self, each: MoneyDifference) -> None:
        """A part of a difference in money."""
        self._money.add(money(each))

    def finding(self, each: Finding) -> None:
        """Something worth a look."""
        self._findings.add(finding(each))

    def books(self, book: MoneyBook) -> None:
        """What it all adds up to."""
        for row in sums(book):
            self._sums.add(row)
        for row in totals(book):
            self._totals.add(row)

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            for each in (self._differences, self._sums, self._totals, self._money, self._findings):
                opening.enter_context(each)
            self._open = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, trace)


def difference(each: Difference) -> Row:
    """One line of the differences of records."""

    def said(value: Value) -> object:
        # A number stays one: its minus is no formula.
        return Decimal(as_text(value)) if isinstance(value, Decimal) else as_text(value)

    return (
        each.sync,
        each.crm_id,
        each.ledger_id,
        each.field,
        said(each.crm),
        said(each.ledger),
        each.cause,
        each.why,
    )


def sums(book: MoneyBook) -> Iterator[Row]:
    """One line for each currency, kind, status and system."""
    for row in book.rows():
        for side, told in row.sides.items():
            amounts = map(told.amounts.get, Measure)
            yield (row.currency, row.kind, row.phase, _SYSTEMS[side], told.count, *amounts)


def totals(book: MoneyBook) -> Iterator[Row]:
    """From Xero's total to HubSpot's: the total, a line for each cause, the other total. Each group adds up."""
    for each in book.bridges():
        place = (each.currency, each.kind, each.measure)
        yield (*place, "xero", None, each.ledger)
        for part in each.parts:
            yield (*place, part.cause, part.count, part.amount)
        yield (*place, "hubspot", None, each.crm)


def money(each: MoneyDifference) -> Row:
    """One line for each part of a difference."""
    return (
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


def finding(each: Finding) -> Row:
    """One line for each finding."""
    return (
        each.detector,
        each.deal,
        " ".join(each.invoices),
        each.label,
        each.currency,
        each.amount,
        each.since,
        each.why,
        each.key,
    )
