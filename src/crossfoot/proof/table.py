"""The differences of a proof as a CSV file: one per line, written as they are found, complete or not there at all."""

import csv
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from crossfoot.model.fields import as_text
from crossfoot.model.records import Value
from crossfoot.proof.causes import Difference

HEAD = ("sync", "hubspot_id", "xero_id", "field", "hubspot", "xero", "cause", "why")

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Table:
    """A CSV file in the making, for `with`. Without a path it takes everything and writes nothing. Raises `OSError`."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._part = path and path.with_name(f"{path.name}.part")
        self._file: Any = None
        self._writer: Any = None

    def add(self, each: Difference) -> None:
        """One more line."""
        if self._writer is not None:
            told = (
                each.sync,
                each.crm_id or "",
                each.ledger_id or "",
                each.field,
                _cell(each.crm),
                _cell(each.ledger),
                each.cause.value,
                safe(each.why),
            )
            self._writer.writerow(told)

    def __enter__(self) -> Self:
        if self._part is not None:
            self._file = self._part.open("w", encoding="utf-8-sig", newline="")
            self._writer = csv.writer(self._file)
            self._writer.writerow(HEAD)
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


def _cell(value: Value) -> str:
    text = as_text(value)
    return safe(text) if isinstance(value, str) else text


def safe(text: str) -> str:
    """A text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
