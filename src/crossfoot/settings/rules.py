"""The rules of a sync: who is the same, whose value stays, what may be created, when to stop."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from crossfoot.model.identity import Kind, Side
from crossfoot.model.records import Fields
from crossfoot.settings.billing import Billing
from crossfoot.settings.choices import ConflictRule, DeletionRule, SyncState
from crossfoot.settings.filters import Always, Condition
from crossfoot.settings.likeness import KeyForm, blocks, likeness, reduced
from crossfoot.settings.mappings import Direction, FieldPair

__all__ = ["ConflictRule", "DeletionRule", "Halts", "MatchPart", "MatchRule", "Sync", "SyncState"]


EQUAL = 100
"""The threshold of a similar rule that asks about what is equal only."""


@dataclass(frozen=True, slots=True)
class MatchPart:
    """What is compared to recognise a record: paths on each side, reduced to the same form."""

    crm: tuple[str, ...]
    ledger: tuple[str, ...]
    form: KeyForm = KeyForm.TEXT
    region: str | None = None

    def paths(self, side: Side) -> tuple[str, ...]:
        """The native paths on this side. Of several, a name is made of all, a domain of the first that has one."""
        return self.crm if side is Side.CRM else self.ledger

    def key(self, side: Side, fields: Fields) -> str | None:
        """The reduced value; None where it is empty or not told."""
        return reduced(self.form, tuple(fields.get(path) for path in self.paths(side)), self.region)


@dataclass(frozen=True, slots=True)
class MatchRule:
    """One way to recognise that two records are the same.

    An exact rule compares keys; where one key has exactly one record on each side, they are the same. A `similar` rule compares names and
    only ever asks a person. A part that is a reference needs fields with the same ids on both sides: the crm's translated to the ledger's.
    """

    name: str
    parts: tuple[MatchPart, ...]
    similar: bool = False
    threshold: int = 88
    """For a similar rule: from which score on a person is asked."""
    against: tuple[MatchPart, ...] = ()
    """What speaks against it when both sides tell it and it differs, for example two tax numbers."""

    def paths(self, side: Side) -> frozenset[str]:
        """All native paths that it looks at on this side."""
        return frozenset(path for part in (*self.parts, *self.against) for path in part.paths(side))

    def key(self, side: Side, fields: Fields) -> str | None:
        """The key of an exact rule; None for a similar rule, or if any part is empty or not told."""
        return None if self.similar else self._key(side, fields)

    def blocks(self, side: Side, fields: Fields) -> frozenset[str]:
        """For a similar rule: only records that share a block are compared. Empty for an exact rule."""
        if not self.similar:
            return frozenset()
        keys = self.keys(side, fields)
        first = keys[0]
        if first is None or None in keys:
            return frozenset()
        return frozenset({first}) if self.threshold == EQUAL else blocks(self.parts[0].form, first)

    def score(self, crm: Fields, ledger: Fields) -> int:
        """How alike two records are, 0 to 100; 100 is equal, and under an exact rule anything else is 0.

        The least alike part counts. Names that differ lose 15 if anything speaks against them.
        """
        least = self.alike(self.keys(Side.CRM, crm), self.keys(Side.LEDGER, ledger))
        if not self.similar:
            return least if least == 100 else 0
        return max(0, least - 15) if 0 < least < 100 and self.contradicted(crm, ledger) else least

    def keys(self, side: Side, fields: Fields) -> tuple[str | None, ...]:
        """What each part comes to on this side; None where it is empty or not told."""
        return tuple(part.key(side, fields) for part in self.parts)

    def alike(self, a: tuple[str | None, ...], b: tuple[str | None, ...]) -> int:
        """How alike the `keys` of two records are, 0 to 100, before anything speaks against it. The least alike part counts."""
        scores = []
        for part, one, two in zip(self.parts, a, b, strict=True):
            if one is None or two is None:
                return 0
            scores.append(likeness(part.form, one, two))
        return min(scores)

    def contradicted(self, crm: Fields, ledger: Fields) -> bool:
        """Whether something speaks against a match, so that even equal keys should only ask a person."""
        for part in self.against:
            a, b = part.key(Side.CRM, crm), part.key(Side.LEDGER, ledger)
            if a is not None and b is not None and a != b:
                return True
        return False

    def _key(self, side: Side, fields: Fields) -> str | None:
        keys = []
        for part in self.parts:
            key = part.key(side, fields)
            if key is None:
                return None
            keys.append(key)
        return "\x1f".join(keys) or None


@dataclass(frozen=True, slots=True)
class Halts:
    """When a run stops and calls a person: if more than `share` of a kind's records, and more than `floor`, would change or vanish."""

    share: Decimal = Decimal("0.10")
    floor: int = 5


@dataclass(frozen=True, slots=True)
class Sync:
    """One pair of record kinds and everything the user decided about it."""

    name: str
    crm: Kind
    ledger: Kind
    direction: Direction = Direction.BOTH
    conflicts: ConflictRule = ConflictRule.NEWEST
    deletion: DeletionRule = DeletionRule.IGNORE
    state: SyncState = SyncState.ACTIVE
    creates: Direction = Direction.BOTH
    """Where records that have no partner may be created."""
    pairs: tuple[FieldPair, ...] = ()
    match: tuple[MatchRule, ...] = ()
    """In this order; the first rule that finds somebody decides."""
    filters: Mapping[Side, Condition] = field(default_factory=dict)
    newcomers: Mapping[Side, Condition] = field(default_factory=dict)
    """Which records without a partner belong to this sync, where several cover the same kind. A record that has a partner stays, whatever
    becomes of it: a person who marries into a company does not turn into one."""
    first_contact_clears: bool = False
    """Whether nothing overwrites something when two records are linked for the first time."""
    handover: Condition | None = None
    """From when on the ledger owns the fields that are `handed`: a condition on its record, such as that a document is approved."""
    billing: Billing | None = None
    """Of a sync that makes invoices from deals: all invoices of a deal, and which of them it makes."""

    def kind(self, side: Side) -> Kind:
        """The kind of record on this side."""
        return self.crm if side is Side.CRM else self.ledger

    def filter(self, side: Side) -> Condition:
        """Which records of this side take part."""
        return self.filters.get(side, _EVERY)

    def newcomer(self, side: Side) -> Condition:
        """Which records of this side without a partner are this sync's."""
        return self.newcomers.get(side, _EVERY)

    def paths(self, side: Side) -> frozenset[str]:
        """The native paths that the sync needs to see on this side: of its mapping, filter and match rules."""
        return frozenset(path for pair in self.pairs for path in pair.paths(side)).union(
            self.filter(side).paths(),
            self.newcomer(side).paths(),
            self.handover.paths() if self.handover and side is Side.LEDGER else (),
            self.billing.paths() if self.billing and side is Side.CRM else (),
            *(rule.paths(side) for rule in self.match),
        )

    def bills_with(self, other: "Sync") -> bool:
        """Whether both make invoices from the same deals."""
        return self.billing is not None and other.billing is not None

    def pair(self, name: str) -> FieldPair:
        """The field pair of this name. Raises KeyError."""
        for pair in self.pairs:
            if pair.name == name:
                return pair
        raise KeyError(name)

    def rule(self, pair: FieldPair) -> ConflictRule:
        """Who wins a conflict of this pair: its own rule, or the sync's."""
        return pair.conflicts or self.conflicts

    def direction_of(self, pair: FieldPair) -> Direction:
        """Where values of this pair may be written: what both the pair and the sync allow."""
        return pair.direction.within(self.direction)


_EVERY = Always()
