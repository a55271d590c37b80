"""What we remember about a pair of records that are the same thing."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from crossfoot.model.identity import Side
from crossfoot.model.records import Fields, Value


class LinkState(StrEnum):
    """What becomes of a link."""

    ACTIVE = "active"  # kept in agreement
    EXCLUDED = "excluded"  # a filter left it out; remembered, not synced
    DORMANT = "dormant"  # a record of it is archived; it wakes when that is restored, and until then nothing is made in its place
    ENDED = "ended"  # erased, merged into another pair, or parted by a person; remembered so that nothing comes back to life


@dataclass(frozen=True, slots=True)
class Verdict:
    """A person's decision on a conflict. It holds for exactly the values that were shown; if one moved since, we ask again."""

    winner: Side
    crm: Value
    ledger: Value


@dataclass(frozen=True, slots=True)
class Link:
    """The knowledge that a CRM record and a ledger record are the same thing."""

    id: str
    sync: str
    crm_id: str
    ledger_id: str
    base: Fields = field(default_factory=dict)
    """Field name to the shared value at the last agreement. A name that is absent never agreed yet."""
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    """Field name to a person's decision that waits to be carried out."""
    held: Mapping[str, str] = field(default_factory=dict)
    """Field name to the reason for which a person must decide before the field moves again (an undone write)."""
    state: LinkState = LinkState.ACTIVE
    reason: str = ""

    def id_on(self, side: Side) -> str:
        """The record's id on a side."""
        return self.crm_id if side is Side.CRM else self.ledger_id

    def moved(self, side: Side, record_id: str) -> "Link":
        """The link after its record on `side` became part of another one."""
        return replace(self, crm_id=record_id) if side is Side.CRM else replace(self, ledger_id=record_id)
