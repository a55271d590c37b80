"""The proof of the money, drawn: both sides' sums by currency and state, what differs and why, and what a person should look at."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from crossfoot.cli import words
from crossfoot.model.identity import Side
from crossfoot.proof.causes import DifferenceCause
from crossfoot.proof.money import Measure
from crossfoot.proof.money_book import Row
from crossfoot.proof.money_report import MoneyProof

_SHOWN = (Measure.NET, Measure.TAX, Measure.TOTAL, Measure.PAID, Measure.CREDITED, Measure.DUE)


def money(found: MoneyProof) -> Iterator[RenderableType]:
    """The tables, one below the other."""
    rows = found.book.rows()
    if not rows:
        return
    yield _sums(found, rows)
    differing = _differing(found)
    if differing is not None:
        yield differing
    findings = _findings(found)
    if findings is not None:
        yield findings


def _sums(found: MoneyProof, rows: list[Row]) -> RenderableType:
    """A row where both sides agree, two where they do not."""
    columns = ["Invoices", *(measure.value.capitalize() for measure in _SHOWN)]
    drawn = words.table("The money, to the cent", "", "State", "In", *columns, numbers=columns)
    currency = ""
    for row in rows:
        for place, (name, side) in enumerate(_sides(found, row)):
            sums = row.sides[side]
            amounts = [words.amount(sums.amounts.get(measure), row.currency) for measure in _SHOWN]
            first = place == 0
            drawn.add_row(
                row.currency if first and row.currency != currency else "",
                row.phase.value if first else "",
                Text(name, "green" if row.agrees else "yellow"),
                words.number(sums.count),
                *amounts,
            )
        currency = row.currency
    return drawn


def _sides(found: MoneyProof, row: Row) -> list[tuple[str, Side]]:
    if row.agrees:
        return [("both", Side.LEDGER)]
    return [(found.titles[side], side) for side in Side]


def _differing(found: MoneyProof) -> RenderableType | None:
    causes = [cause for cause in DifferenceCause if found.book.causes[cause]]
    if not causes:
        return None
    drawn = words.table(
        "Documents that differ, and why",
        "Cause",
        "Documents",
        "The largest",
        "In words",
        numbers=["Documents"],
    )
    for cause in causes:
        largest = found.book.examples(cause)[:1]
        drawn.add_row(
            cause.replace("_", " "),
            words.number(found.book.causes[cause]),
            f"{largest[0].label} {largest[0].currency} {words.amount(largest[0].amount, largest[0].currency)}"
            if largest
            else "",
            words.sentence(largest[0].why if largest else cause.sentence),
        )
    return drawn


def _findings(found: MoneyProof) -> RenderableType | None:
    tallies = found.findings.tallies()
    if not tallies:
        return None
    drawn = words.table(
        "Worth a look: sales and books tell different stories",
        "What",
        "",
        "Found",
        "Amount",
        "For example",
        numbers=["Found", "Amount"],
    )
    for detector, currency, tally in tallies:
        examples = [each for each in found.findings.examples(detector) if each.currency == currency][:1]
        drawn.add_row(
            detector.sentence,
            currency,
            words.number(tally.count),
            words.amount(tally.amount, currency),
            words.short(examples[0].label, 28) if examples else "",
        )
    return drawn
