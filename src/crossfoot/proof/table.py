"""A table of a proof as a CSV file: written line by line as it is found, complete or not there at all."""

import csv
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Table:
    """A CSV file in the making, for `with`. Without a path it takes everything and writes nothing. Raises `OSError`."""

    def __init__(self, path: Path | None, head: Sequence[str]) -> None:
        self._path = path
        self._head = head
        self._part = path and path.with_name(f"{path.name}.part")
        self._file: Any = None
        self._writer: Any = None

    def add(self, row: Iterable[object]) -> None:
        """One more line. A text that a spreadsheet would take for a formula is marked as text."""
        if self._writer is not None:
            self._writer.writerow([cell(each) for each in row])

    def __enter__(self) -> Self:
        if self._part is not None:
            self._file = self._part.open("w", encoding="utf-8-sig", newline="")
            self._writer = csv.writer(self._file)
            self._writer.writerow(self._head)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is None or self._part is None or self._path is None:
            return
        self._file.close()
        if kind is None:
            self._part.replace(self._path)
        else:
            self._part.unlink()


def cell(value: object) -> str:
    """A value in a table: exact, and no formula."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return safe(str(value)) if isinstance(value, str) else str(value)


def safe(text: str) -> str:
    """A text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
