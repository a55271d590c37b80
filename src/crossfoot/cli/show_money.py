"""The proof of the money, drawn: both sides' sums by currency and state, what differs and why, and what a person should look at."""

from collections.abc import Iterator, Sequence

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from crossfoot.cli import words
from crossfoot.model.identity import Side
from crossfoot.proof.causes import DifferenceCause
from crossfoot.proof.money import Measure
from crossfoot.proof.money_book import Row
from crossfoot.proof.money_report import MoneyProof

_BILLED = (Measure.NET, Measure.TAX, Measure.TOTAL)
_SETTLED = (Measure.PAID, Measure.CREDITED, Measure.DUE)

_TITLE = "The money, to the cent"


def money(found: MoneyProof) -> Iterator[RenderableType]:
    """The tables, one below the other."""
    rows = found.book.rows()
    if not rows:
        return
    yield _Sums(found, rows)
    yield Text(" ".join(found.compared) + "\n", "dim")
    differing = _differing(found)
    if differing is not None:
        yield differing
    findings = _findings(found)
    if findings is not None:
        yield findings


class _Sums:
    """All amounts in one table, or in two where the screen is too narrow for one: no digit of an amount is ever left out."""

    def __init__(self, found: MoneyProof, rows: list[Row]) -> None:
        self._found = found
        self._rows = rows

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        whole = _sums(self._found, self._rows, _TITLE, (*_BILLED, *_SETTLED))
        if console.measure(whole, options=options.update(width=10_000)).maximum <= options.max_width:
            yield whole
            return
        yield _sums(self._found, self._rows, f"{_TITLE}: what was billed", _BILLED)
        yield _sums(self._found, self._rows, f"{_TITLE}: what came of it", _SETTLED)


def _sums(found: MoneyProof, rows: list[Row], title: str, measures: Sequence[Measure]) -> RenderableType:
    """A row where both sides agree, two where they do not."""
    columns = ["Number", *(measure.value.capitalize() for measure in measures)]
    drawn = words.table(title, "", "State", "In", *columns, numbers=columns)
    currency = ""
    for row in rows:
        for place, (name, side) in enumerate(_sides(found, row, measures)):
            sums = row.sides[side]
            amounts = [words.amount(sums.amounts.get(measure), row.currency) for measure in measures]
            first = place == 0
            drawn.add_row(
                row.currency if first and row.currency != currency else "",
                row.phase.value if first else "",
                Text(name, "green" if name == "both" else "yellow"),
                words.number(sums.count),
                *amounts,
            )
        currency = row.currency
    return drawn


def _sides(found: MoneyProof, row: Row, measures: Sequence[Measure]) -> list[tuple[str, Side]]:
    if not {"number", *measures} & {*row.differs}:
        return [("both", Side.LEDGER)]
    return [(found.titles[side], side) for side in Side]


def _differing(found: MoneyProof) -> RenderableType | None:
    causes = found.book.present
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
    for cause, count in causes.items():
        # Of what nothing explains each one matters.
        shown = found.book.examples(cause)[: None if cause is DifferenceCause.UNEXPLAINED else 1]
        for place, each in enumerate(shown):
            drawn.add_row(
                cause.label if not place else "",
                words.number(count) if not place else "",
                f"{each.label} {each.currency} {words.amount(each.amount, each.currency)}",
                words.sentence(each.why),
            )
    return drawn


def _findings(found: MoneyProof) -> RenderableType | None:
    tallies = found.findings.tallies()
    if not tallies:
        return None
    silenced = ["Silenced"] if any(tally.muted for *_, tally in tallies) else []
    drawn = words.table(
        "Worth a look: sales and books tell different stories",
        "What",
        "",
        "Found",
        *silenced,
        "Amount",
        "The largest",
        numbers=["Found", *silenced, "Amount"],
    )
    before = None
    for detector, currency, tally in tallies:
        examples = [each for each in found.findings.examples(detector) if each.currency == currency][:1]
        drawn.add_row(
            detector.sentence if detector is not before else "",
            currency,
            words.number(tally.count),
            *([words.number(tally.muted)] if silenced else []),
            words.amount(tally.amount, currency),
            words.short(examples[0].label, 28) if examples else "",
        )
        before = detector
    return drawn
