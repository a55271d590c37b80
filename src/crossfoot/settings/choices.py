"""The choices that a user makes for a sync, by name."""

from enum import StrEnum
from typing import Literal


class ConflictRule(StrEnum):
    """Whose value stays when the same field changed on both sides, to different values."""

    CRM = "crm"  # the CRM's
    LEDGER = "ledger"  # the ledger's
    NEWEST = "newest"  # the later change, by the side's own time of the field or the record
    ASK = "ask"  # a person decides; the field waits, the others go on


class DeletionRule(StrEnum):
    """What happens to a record whose partner was archived or deleted."""

    IGNORE = "ignore"  # nothing; it is remembered, so that it never comes back to life
    ARCHIVE = "archive"  # it is archived, where the system can
    ARCHIVE_IN_CRM = "archive_in_crm"  # it is archived in the CRM; nothing in the ledger is ever deleted because of the CRM


class SyncState(StrEnum):
    """Whether a sync works."""

    ACTIVE = "active"  # works
    PAUSED = "paused"  # notes changes, writes nothing
    DISABLED = "disabled"  # does nothing; links are kept


StandingPart = Literal["state", "overdue_since", "aged", "days_overdue"]
"""What of how a document stands is told: its state, the first day on which it was, for how long, in how many days."""
