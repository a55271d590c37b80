"""What may become of a document in which status, and what may still be edited once it is settled (Xero facts 6.1 and 7.4)."""

from collections.abc import Mapping
from typing import Any

from crossfoot_sandbox.xero.books.book import XeroRecord
from crossfoot_sandbox.xero.shape import Json

DRAFT, SUBMITTED, AUTHORISED, PAID, VOIDED, DELETED = (
    "DRAFT",
    "SUBMITTED",
    "AUTHORISED",
    "PAID",
    "VOIDED",
    "DELETED",
)
STATUSES = (DRAFT, SUBMITTED, DELETED, AUTHORISED, PAID, VOIDED)
_NEXT: Mapping[str, tuple[str, ...]] = {
    DRAFT: (DRAFT, SUBMITTED, AUTHORISED, DELETED),
    SUBMITTED: (SUBMITTED, DRAFT, AUTHORISED, DELETED),
    AUTHORISED: (AUTHORISED, VOIDED),
    PAID: (PAID,),
    VOIDED: (),
    DELETED: (),
}
SETTLED_TEXT = "This document cannot be edited as it has a payment or credit note allocated to it."
DATE_TEXT = "Date cannot be changed on an invoice that has payment or credit notes allocated to it."
_FREE = frozenset(  # of a settled document
    (
        "Reference",
        "DueDate",
        "InvoiceNumber",
        "CreditNoteNumber",
        "BrandingThemeID",
        "Contact",
        "Url",
        "SentToContact",
        "ExpectedPaymentDate",
        "PlannedPaymentDate",
    )
)
_FREE_OF_LINE = frozenset(("Description", "AccountCode", "Tracking"))
_WITHOUT_JOURNAL = frozenset(("DueDate", "SentToContact", "ExpectedPaymentDate", "PlannedPaymentDate"))
_SETTLED_BY = ("Payments", "CreditNotes", "Prepayments", "Overpayments", "Allocations")


def settled(record: XeroRecord) -> bool:
    """Whether payments, credits or allocations stand against the document."""
    return any(record.values.get(name) for name in _SETTLED_BY)


def status_problems(noun: str, record: XeroRecord | None, asked: str) -> list[str]:
    """Why the document cannot have the asked status; `noun` is what Xero calls it."""
    if record is None:
        right = asked in (DRAFT, SUBMITTED, AUTHORISED)
        return [] if right else [f"{noun} not of valid status for creation"]
    if asked in _NEXT[record.status] and not (asked == VOIDED and settled(record)):
        return []
    if settled(record) and asked in (DRAFT, SUBMITTED, AUTHORISED, VOIDED):
        return [
            f"The status {asked} cannot be applied to the invoice because it has payments or credit notes allocated to it."
        ]
    return [f"{noun} not of valid status for modification"]


def edit_problems(noun: str, record: XeroRecord, values: Mapping[str, Any]) -> list[str]:
    """Why a settled document, or one of zero that was paid at once, cannot be changed so. `values`: the new ones, changed or not."""
    if not settled(record) and record.status != PAID:
        return []
    changed = {name for name, value in values.items() if record.values.get(name) != value}
    if "LineItems" in changed and _lines_alike(record.values["LineItems"], values["LineItems"]):
        changed.discard("LineItems")
    if changed <= _FREE:
        return []
    if changed - _FREE == {"Date"} and settled(record):
        return [DATE_TEXT]
    first = [f"{noun} not of valid status for modification"] if record.status == PAID else []
    return [*first, SETTLED_TEXT] if settled(record) else first


def _lines_alike(before: list[Json], after: list[Json]) -> bool:
    """Whether the lines differ in what may be changed at any time only."""
    return len(before) == len(after) and all(
        all(new.get(name) == old.get(name) for name in {*old, *new} - _FREE_OF_LINE)
        for old, new in zip(before, after, strict=True)
    )


def moves_date(record: XeroRecord, values: Mapping[str, Any], status: str) -> bool:
    """Whether a change moves UpdatedDateUTC: on a settled document, changes without a journal do not (fact 4.6)."""
    changed = {name for name, value in values.items() if record.values.get(name) != value}
    return not settled(record) or status != record.status or not changed or not changed <= _WITHOUT_JOURNAL
