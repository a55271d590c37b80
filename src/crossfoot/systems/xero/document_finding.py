"""Invoices and payments by what they hold; what Xero cannot be asked is looked for in everything that it could be."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from crossfoot.model.records import Observation
from crossfoot.systems.xero import payments
from crossfoot.systems.xero.answers import Row
from crossfoot.systems.xero.documents import Invoice, Payment
from crossfoot.systems.xero.errors import UnaskableError
from crossfoot.systems.xero.finding import all_rows, askable, equal
from crossfoot.systems.xero.http import XeroClient
from crossfoot.systems.xero.listed import FILTER_LENGTH, Listed, Paths, narrowed

R = TypeVar("R", bound=Row)

_INVOICE_PATHS: Mapping[str, Callable[[Invoice], str | None]] = {
    "Url": lambda invoice: invoice.url,
    "InvoiceNumber": lambda invoice: invoice.invoice_number,
    "Reference": lambda invoice: invoice.reference,
}
"""What invoices are found by."""


async def find_invoices(
    client: XeroClient, listed: Listed[Invoice], path: str, values: Sequence[str], paths: Paths
) -> list[Observation]:
    """Live invoices by `Url`, `InvoiceNumber` or `Reference`; by `Url`, which names what we made them from, deleted ones too."""
    if path not in _INVOICE_PATHS:
        raise ValueError(f"Xero invoices are found by {', '.join(_INVOICE_PATHS)}, not by {path}.")
    questions = {"Url": _by_url, "InvoiceNumber": _by_number, "Reference": _by_reference}[path](
        listed, values
    )
    told, instead = _INVOICE_PATHS[path], _made_by_us(listed) if path == "Url" else None
    found = await _found(client, listed, questions, _one_of(values, told), instead)
    return _observed(listed, found, paths, archived=path == "Url")


def _one_of(values: Sequence[str], told: Callable[[R], str | None]) -> Callable[[R], bool]:
    """Whether a row holds one of the values."""
    asked = {value.casefold() for value in values}
    return lambda row: (told(row) or "").casefold() in asked


async def _found(
    client: XeroClient,
    listed: Listed[R],
    questions: Sequence[Mapping[str, str]],
    holds: Callable[[R], bool],
    instead: Mapping[str, str] | None,
) -> list[R]:
    """What the questions find; if Xero cannot be asked them, what a look through everything `instead` finds."""
    try:
        return await all_rows(client, listed, questions, holds)
    except UnaskableError:
        if instead is None:
            raise
        return await all_rows(client, listed, [instead], holds)


def _observed(listed: Listed[R], found: Sequence[R], paths: Paths, *, archived: bool) -> list[Observation]:
    wanted = listed.wanted(paths)
    seen = [listed.observe(row, wanted) for row in found]
    return [each for each in seen if each.live or archived]


def _made_by_us(listed: Listed[Invoice]) -> dict[str, str]:
    """All that our app made. Ordered by what never changes, so that none slips between two pages."""
    return {**listed.query, "createdByMyApp": "true", "order": "InvoiceID ASC"}


def _by_url(listed: Listed[Invoice], values: Sequence[str]) -> list[dict[str, str]]:
    if not all(map(askable, values)):
        return [_made_by_us(listed)]
    clauses = [equal("Url", value) for value in values]
    return [{**question, "createdByMyApp": "true"} for question in narrowed(listed, clauses)]


def _by_number(listed: Listed[Invoice], values: Sequence[str]) -> list[dict[str, str]]:
    """By Xero's own list of numbers, in every likely spelling: whether it minds case is not known. A comma would end a number."""
    spellings = [
        text for value in values if "," not in value for text in (value, value.upper(), value.lower())
    ]
    lists = _joined(list(dict.fromkeys(spellings)))
    with_comma = [equal("InvoiceNumber", value) for value in values if "," in value and askable(value)]
    return [*({**listed.query, "InvoiceNumbers": text} for text in lists), *narrowed(listed, with_comma)]


def _by_reference(listed: Listed[Invoice], values: Sequence[str]) -> list[dict[str, str]]:
    terms = dict.fromkeys(value for value in values if not askable(value))
    clauses = [equal("Reference", value) for value in values if askable(value)]
    return [*narrowed(listed, clauses), *({**listed.query, "searchTerm": term} for term in terms)]


def _joined(values: Sequence[str]) -> list[str]:
    """The values with commas between them, in texts that are each short enough for a URL."""
    found: list[str] = []
    for value in values:
        if found and len(found[-1]) + len(value) + 1 <= FILTER_LENGTH:
            found[-1] += f",{value}"
        else:
            found.append(value)
    return found


# ── payments ───────────────────────────────────────────────────────────────────────────────────────────────────────────

_PAYMENT_PATHS: Mapping[str, tuple[str, Callable[[Payment], str | None]]] = {
    payments.KEY_PATH: ('Reference.StartsWith("{}")', lambda payment: payments.parts(payment)[0]),
    "Reference": ('Reference.EndsWith("{}")', lambda payment: payments.parts(payment)[1]),
    "Invoice": (
        'Invoice.InvoiceID==Guid("{}")',
        lambda payment: payment.invoice.invoice_id if payment.invoice else None,
    ),
}
"""What payments are found by: the clause that finds too many rather than too few, and what the row holds."""


async def find_payments(
    client: XeroClient, listed: Listed[Payment], path: str, values: Sequence[str], paths: Paths
) -> list[Observation]:
    """Live payments by `Reference` or `Invoice`; by our key, with which the reference begins, deleted ones too."""
    if path not in _PAYMENT_PATHS:
        raise ValueError(f"Xero payments are found by {', '.join(_PAYMENT_PATHS)}, not by {path}.")
    clause, told = _PAYMENT_PATHS[path]
    # A method of a text that is empty fails (Xero fact 4.4).
    guard = "" if path == "Invoice" else "Reference!=null"
    everything = {**listed.query, "order": "PaymentID ASC"}
    questions: list[dict[str, str]] = (
        narrowed(listed, [clause.format(value) for value in values], guard)
        if all(map(askable, values))
        else [everything]
    )
    found = await _found(client, listed, questions, _one_of(values, told), everything)
    return _observed(listed, found, paths, archived=path == payments.KEY_PATH)
