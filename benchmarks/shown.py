"""How every benchmark is asked and how it answers: a small table for people, `--json` for programs."""

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked on the command line."""

    contacts: int
    """On each side."""
    runs: int
    json: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A title, column heads and rows."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


def options(about: str | None, *, contacts: int, runs: int) -> Options:
    """The command line of a benchmark."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contacts", type=int, default=contacts, help="contacts on each side")
    parser.add_argument("--runs", type=int, default=runs, help="how often to measure; the median is shown")
    parser.add_argument("--json", action="store_true", help="the figures as data")
    given = parser.parse_args()
    return Options(given.contacts, given.runs, given.json)


def show(asked: Options, data: Any, tables: Iterable[Table]) -> None:
    """Print the data or the tables."""
    if asked.json:
        print(json.dumps(data, indent=2, default=str))
        return
    for table in tables:
        print("\n".join(lines(table)), end="\n\n")


def lines(table: Table) -> list[str]:
    """A table as text, in Markdown."""
    whole = [table.heads, *table.rows]
    widths = [max(len(row[column]) for row in whole) for column in range(len(table.heads))]
    rows = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in whole
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return [table.title, "", rows[0], rule, *rows[1:]]
