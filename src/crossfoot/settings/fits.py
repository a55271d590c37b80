"""Whether a side could hold a value at all, asked before it is written. Nothing is ever cut to fit."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from crossfoot.model.fields import as_text
from crossfoot.model.lines import Lines
from crossfoot.model.records import Value


def fits(
    value: Value,
    *,
    label: str = "it",
    type: str = "text",  # noqa: A002 - the word of the domain
    max_length: int | None = None,
    options: Mapping[str, str] | None = None,
    writable: bool = True,
) -> str | None:
    """Why a native field of this make cannot hold `value`, as a clause that begins with `label`; None if it can.

    `type` is the native type by name (text, number, money, boolean, date, moment, option, options, reference, lines); `options` maps
    stored values to labels, an empty one forbids nothing. For lines, `max_length` is that of one line's description.
    """
    if not writable:
        return f"{label} is kept by the system itself and cannot be written"
    if value is None:
        return None
    if type == "lines":
        return _fit_lines(value, label, max_length)
    text = as_text(value)
    if type in ("number", "money") and not isinstance(value, Decimal):
        return f"{label} holds numbers, and '{_short(text)}' is none"
    if type == "boolean" and not isinstance(value, bool):
        return f"{label} holds yes or no, and '{_short(text)}' is neither"
    if type in ("date", "moment") and not isinstance(value, date):
        return f"{label} holds dates, and '{_short(text)}' is none"
    if type == "date" and isinstance(value, datetime):
        return f"{label} holds a day, and '{text}' has a time"
    if options and type in ("option", "options"):
        chosen = [item.strip() for item in text.split(";")] if type == "options" else [text]
        strange = [item for item in chosen if item not in options]
        if strange:
            return f"{label} has no option '{_short(strange[0])}'; it has {_listed(options)}"
    if max_length is not None and len(text) > max_length:
        return f"{label} holds {max_length:,} characters, and '{_short(text)}' has {len(text):,}"
    return None


def _fit_lines(value: Value, label: str, max_length: int | None) -> str | None:
    if not isinstance(value, Lines):
        return f"{label} holds the lines of a document, and '{_short(as_text(value))}' are none"
    for place, line in enumerate(value, start=1):
        length = len(line.description or "")
        if max_length is not None and length > max_length:
            return f"the description of line {place} in {label} has {length:,} characters, and {max_length:,} fit"
    return None


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


def _listed(options: Mapping[str, str]) -> str:
    names = list(options)
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
