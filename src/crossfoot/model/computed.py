"""What Crossfoot computes of a ledger's records from what it remembers: fields that no system tells, and that mappings may name like any other.

They hang on the day, or on other records, so they are laid over a record when it is looked at and never stored with it.
"""

from collections.abc import Iterable
from dataclasses import replace

from crossfoot.model.records import Fields, Observation

PREFIX = "Computed."
"""How the names of these fields begin."""

TODAY = "Computed.Today"
"""Of a document: the day it is in the organisation's time zone. With it, what stands in the document itself tells whether it is overdue."""

RECONCILED = "Computed.Reconciled"
"""Of a document: whether the bank statement confirms every payment. Of a customer: every payment of its documents."""

OVERDUE = "Computed.Overdue"
"""Of a document: how much of it is late, in its currency. Of a customer: of all its documents, in that of the books."""

STATE = "Computed.State"
DUE = "Computed.Due"
OVERDUE_SINCE = "Computed.OverdueSince"
OWED = "Computed.Owed"
LAST_NUMBER = "Computed.LastInvoice"
LAST_ISSUED = "Computed.LastInvoiceDate"
LAST_PAID = "Computed.LastPaymentDate"
"""Of a customer, over all of its documents that the books have approved: see `receivables`."""


def is_computed(path: str) -> bool:
    """Whether a field is one of these."""
    return path.startswith(PREFIX)


def computed_in(paths: Iterable[str]) -> frozenset[str]:
    """Those of some fields that are computed."""
    return frozenset(path for path in paths if is_computed(path))


def overlaid(seen: Observation, computed: Fields) -> Observation:
    """A record with what was computed of it."""
    return replace(seen, fields={**seen.fields, **computed}) if computed else seen


def bare(seen: Observation) -> Observation:
    """A record as its system tells it, for keeping."""
    if not any(is_computed(path) for path in seen.fields):
        return seen
    return replace(seen, fields={path: value for path, value in seen.fields.items() if not is_computed(path)})
