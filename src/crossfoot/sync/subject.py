"""What is decided about, what must be known for it, and the decision: the words that the steps of a run exchange."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from crossfoot.model.abilities import KindAbilities
from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.links import Link
from crossfoot.model.operations import Operation
from crossfoot.model.problems import Problem
from crossfoot.model.records import Observation, Value
from crossfoot.model.subjects import SubjectState
from crossfoot.settings.rules import Sync
from crossfoot.sync.match import Match, Verdict
from crossfoot.sync.merge import Conflict, Difference, Merged
from crossfoot.systems.port import Account, Description, FieldInfo, TaxRate

CLAIM = "+"
"""Marks, among the holders of unique values, a record that is only planned; followed by the id of the record that it is made from."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A link and what both of its records were last seen to hold."""

    link: Link
    crm: Observation
    ledger: Observation
    gone: frozenset[Side] = frozenset()
    """The sides that have not found their record for so long that nobody waits for it any longer."""
    merged: Merged | None = None
    """What comparing the two gave, where that was needed before the decision."""

    def on(self, side: Side) -> Observation:
        """The observation of one side."""
        return self.crm if side is Side.CRM else self.ledger


@dataclass(frozen=True, slots=True)
class Single:
    """A record without a partner in this sync."""

    side: Side
    seen: Observation
    match: Match
    couple: Pair | None = None
    """The pair that it will be with its only twin, where the two were compared before the decision."""
    elsewhere: str = ""
    """The name of another sync in which it has a partner."""
    covered: str = ""
    """The name of another sync that works and takes care of it: it has a partner there, or is one of that sync's newcomers."""
    ended: bool = False
    """Whether it once had a partner here and was parted from it."""
    begun: bool = False
    """Whether its copy across was sent, and nothing tells yet what became of that."""


Subject = Pair | Single


def couple(sync: Sync, newcomer: Single) -> Pair | None:
    """The pair that a newcomer and its only twin will be once they are linked; None where there is no such twin."""
    twin = newcomer.match.twin
    if newcomer.match.verdict is not Verdict.SAME or twin is None:
        return None
    crm, ledger = (newcomer.seen, twin) if newcomer.side is Side.CRM else (twin, newcomer.seen)
    return Pair(Link("", sync.name, crm.ref.id, ledger.ref.id), crm, ledger)


@dataclass(frozen=True, slots=True)
class Reference:
    """A field that names another record: per side its native paths, each with the kind that is named there.

    The CRM may have several paths (an invoice is for a company or for a person); the first that has a partner counts. The ledger has one.
    """

    crm: Mapping[str, Kind]
    ledger: Mapping[str, Kind]

    def on(self, side: Side) -> Mapping[str, Kind]:
        """The paths of one side."""
        return self.crm if side is Side.CRM else self.ledger


@dataclass(frozen=True, slots=True)
class Chart:
    """What a side keeps its books with. Nothing of a sort known: nothing is said about it."""

    accounts: Mapping[str, Account] = field(default_factory=dict)
    taxes: Mapping[str, TaxRate] = field(default_factory=dict)
    currencies: frozenset[str] = frozenset()
    closed_until: date | None = None

    @classmethod
    def of(cls, told: Description) -> "Chart":
        """As a side tells of itself."""
        own = {told.identity.currency} if told.currencies and told.identity.currency else set()
        return cls(
            {each.code: each for each in told.accounts},
            {each.id: each for each in told.taxes},
            frozenset(own | {*told.currencies}),
            told.closed_until,
        )


@dataclass(frozen=True, slots=True)
class Owed:
    """How a document stands that a payment is for."""

    due: Decimal | None
    stands: bool
    """Whether it stands in the books; else it takes no payments."""
    currency: str | None = None
    number: str = ""

    def less(self, amount: Decimal) -> "Owed":
        """As it will stand after a payment."""
        return self if self.due is None else replace(self, due=self.due - amount)


@dataclass(frozen=True, slots=True)
class Billed:
    """How another invoice of a deal stands."""

    place: int
    """Which of the deal's invoices it is, counted from 0."""
    linked: bool = False
    """Whether it was made, whatever became of it."""
    invoice: Observation | None = None
    lines: Value = None
    """Its lines when both sides last agreed: which of them is which of the deal's."""
    asked: bool = False
    """Whether a person has asked for it."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What else must be known to decide, gathered before and for all subjects of a chunk."""

    accounts: Mapping[Side, str]
    """The portal's and the organisation's keys."""
    titles: Mapping[Side, str]
    """How people call the systems."""
    abilities: Mapping[Side, KindAbilities]
    fields: Mapping[Side, Mapping[str, FieldInfo]]
    references: Mapping[str, Reference] = field(default_factory=dict)
    """The sync's fields that name another record."""
    partners: Mapping[Ref, Ref] = field(default_factory=dict)
    """A record that others refer to, and its partner across."""
    coming: Mapping[Ref, Kind] = field(default_factory=dict)
    """Records whose partner is about to be created by the same plan, and the partner's kind."""
    holders: Mapping[tuple[Side, str, str], frozenset[str]] = field(default_factory=dict)
    """(side, unique path, folded value): the ids of live records (and of planned ones) that hold it."""
    linked: Mapping[Ref, str] = field(default_factory=dict)
    """Survivors of merges that have a partner already, and the id of their link."""
    crowds: Mapping[str, int] = field(default_factory=dict)
    """Id of a record with embedded ones: how many it holds."""
    charts: Mapping[Side, Chart] = field(default_factory=dict)
    """What each side keeps its books with."""
    unable: frozenset[Side] = frozenset()
    """The sides whose account, as it is set up, makes no records of this kind."""
    owed: Mapping[str, Owed] = field(default_factory=dict)
    """Documents that payments are for, by their id on the side that is paid there."""
    billed: Mapping[str, tuple[Billed, ...]] = field(default_factory=dict)
    """Of a deal, by its id, the invoices that other syncs make from it."""
    asked: frozenset[str] = frozenset()
    """The deals for which a person has asked for the invoice that this sync makes."""
    today: date | None = None
    """The day, where it matters: what is made now and has no date of its own is of today."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do about a subject, and what to remember without any write."""

    subject: Subject
    state: SubjectState
    reason: str
    operations: tuple[Operation, ...] = ()
    link: Link | None = None
    """The link as it should be remembered now; None if it stays as it is."""
    conflicts: tuple[Conflict, ...] = ()
    differences: tuple[Difference, ...] = ()
    problem: Problem | None = None
    erase: tuple[Ref, ...] = ()
    """Records of which nothing may be kept."""
    look_at: tuple[Ref, ...] = ()
    """Records to read before anything else can be said: survivors of merges."""
    again: bool = False
    """Whether something was put off to the next look: two fields share a native one, or what is planned for another record is in the way."""
    wants: tuple[tuple[Side, str, str], ...] = ()
    """What another record has and this one waits for: side, native path, and what is held there (see `Problem.held`)."""
    absent: tuple[Ref, ...] = ()
    """Records that were not found just now, to be read again by the next run: "not found" is not "deleted"."""
