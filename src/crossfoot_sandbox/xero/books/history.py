"""What happened to records, as `/{Resource}/{id}/History` tells it: their versions, and notes by apps (Xero fact 7.10)."""

from collections.abc import Mapping
from typing import Any

from crossfoot_sandbox.xero.books.book import XeroRecord
from crossfoot_sandbox.xero.shape import Json, moment, ms_date, ms_of

_WORDS: Mapping[str, str] = {
    "SUBMITTED": "Submitted",
    "AUTHORISED": "Approved",
    "PAID": "Paid",
    "VOIDED": "Voided",
    "DELETED": "Deleted",
    "ARCHIVED": "Archived",
}


class History:
    """The notes of one organisation, by record."""

    def __init__(self) -> None:
        self._notes: dict[str, list[Json]] = {}

    def of(self, record: XeroRecord) -> list[Json]:
        """Versions and notes, newest first."""
        rows = [
            _row(_word_for(version.changes, first=index == 0), version.author, "", ms_of(version.at))
            for index, version in enumerate(record.versions)
        ]
        rows += self._notes.get(record.id, [])
        return sorted(rows, key=lambda row: str(row["DateUTC"]), reverse=True)

    def note(self, record: XeroRecord, details: str, at_ms: int) -> Json:
        """A note by an app. The answer to it has neither user nor kind, nor an offset in its date (recorded)."""
        row = _row("Note", "app:", details, at_ms)
        self._notes.setdefault(record.id, []).append(row)
        answer = {name: row[name] for name in ("DateUTCString", "Details")}
        return {**answer, "DateUTC": ms_date(at_ms, offset=False), "ValidationErrors": []}


def _word_for(changes: Mapping[str, Any], *, first: bool) -> str:
    """What a version is called; a change of status by what it came to (wording assumed)."""
    status = changes.get("Status", changes.get("ContactStatus", ""))
    return "Created" if first else _WORDS.get(status, "Edited")


def _row(changes: str, author: str, details: str, at_ms: int) -> Json:
    from_person = author.startswith("person:")
    return {
        "Changes": changes,
        "DateUTCString": f"{moment(at_ms):%Y-%m-%dT%H:%M:%S}",
        "DateUTC": ms_date(at_ms),
        "User": author.removeprefix("person:") if from_person else "System Generated",
        "Details": details,
    }
