"""One connection with both of its systems at hand: what every step of a run is given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from crossfoot.model.abilities import KindAbilities
from crossfoot.model.computed import computed_in, is_computed
from crossfoot.model.identity import Kind, Side
from crossfoot.settings.detecting import Detecting
from crossfoot.settings.rules import Halts, MatchRule, Sync, SyncState
from crossfoot.store.database import Database
from crossfoot.sync.match import index_rules
from crossfoot.sync.refer import references
from crossfoot.sync.subject import Chart, Reference
from crossfoot.systems.port import Clock, Description, System

REFERS = "@"
"""Prefix of the index rule for references, so that those who name a record are found by it."""


@dataclass(frozen=True, slots=True)
class Joined:
    """A HubSpot portal and a Xero organisation, joined: memory, settings, systems, clock."""

    connection: str
    """The connection's id."""
    syncs: tuple[Sync, ...]
    """In order of dependency: what a record refers to goes first."""
    halts: Halts
    systems: Mapping[Side, System]
    descriptions: Mapping[Side, Description]
    database: Database
    clock: Clock
    new_id: Callable[[], str]
    alive: Callable[[str], bool] = lambda _: True
    """Whether another holder of this connection's lease still lives, as far as can be known."""
    detecting: Detecting = field(default_factory=Detecting)
    """What is looked for where sales and books may tell different stories."""
    index_rules: Mapping[str, tuple[MatchRule, ...]] = field(init=False)
    """Per sync, the match rules by which records are indexed."""

    reference_paths: Mapping[str, Mapping[Side, Mapping[str, Kind]]] = field(init=False)
    """Per sync and side, the native paths that name another record, and that record's kind."""

    charts: Mapping[Side, Chart] = field(init=False)
    """What each side keeps its books with."""

    references: Mapping[str, Mapping[str, Reference]] = field(init=False)
    """Per sync, the fields that name another record."""

    computed: Mapping[str, frozenset[str]] = field(init=False)
    """Per sync, the fields of ledger records that it maps and that no system tells (`model/computed.py`)."""

    def __post_init__(self) -> None:
        refer: dict[str, dict[str, Reference]] = {}
        rules: dict[str, tuple[MatchRule, ...]] = {}
        paths: dict[str, dict[Side, dict[str, Kind]]] = {}
        for sync in self.syncs:
            fields = {side: self.descriptions[side].fields[sync.kind(side)] for side in Side}
            named = refer[sync.name] = references(sync, fields)
            paths[sync.name] = {
                side: {path: kind for each in named.values() for path, kind in each.on(side).items()}
                for side in Side
            }
            rules[sync.name] = index_rules(
                sync, frozenset(path for mine in paths[sync.name].values() for path in mine)
            )
        charts = {side: Chart.of(told) for side, told in self.descriptions.items()}
        object.__setattr__(self, "charts", charts)
        object.__setattr__(self, "references", refer)
        computed = {sync.name: computed_in(sync.paths(Side.LEDGER)) for sync in self.syncs}
        object.__setattr__(self, "computed", computed)
        object.__setattr__(self, "index_rules", rules)
        object.__setattr__(self, "reference_paths", paths)

    @property
    def active(self) -> tuple[Sync, ...]:
        """The syncs that run."""
        return tuple(sync for sync in self.syncs if sync.state is SyncState.ACTIVE)

    @property
    def titles(self) -> dict[Side, str]:
        """How people call the systems."""
        return {side: system.title for side, system in self.systems.items()}

    def sync(self, name: str) -> Sync:
        """The sync of that name. Raises KeyError."""
        return next(sync for sync in self.syncs if sync.name == name)

    def abilities(self, side: Side, kind: Kind) -> KindAbilities:
        """What a side can do with a kind."""
        return self.systems[side].capabilities.kinds[kind]

    def listed_kind(self, side: Side, kind: Kind) -> Kind:
        """The kind whose listing and reading shows this kind: itself, or the one that it is embedded in."""
        return self.abilities(side, kind).embedded_in or kind

    def listing_of(self, side: Side, kind: Kind) -> Kind:
        """The kind in whose listing this kind appears."""
        return self.abilities(side, listed := self.listed_kind(side, kind)).listed_with or listed

    def moved_with(self, side: Side, kind: Kind) -> frozenset[Kind]:
        """The kinds whose records change when one of this kind is written: itself, and for payments the documents that they pay."""
        posting = self.abilities(side, kind).posting
        info = self.descriptions[side].fields[kind].get(posting.pays) if posting and posting.pays else None
        return frozenset(each for each in (kind, info.refers_to if info else None) if each is not None)

    def listed_in(self, side: Side, listing: Kind) -> tuple[Kind, ...]:
        """The kinds that a listing shows for the syncs that run, but for those embedded in others."""
        watched = {sync.kind(side) for sync in self.active}
        return tuple(
            sorted(
                {self.listed_kind(side, each) for each in watched if self.listing_of(side, each) is listing}
            )
        )

    def paths(self, side: Side, listed: Kind) -> dict[Kind, frozenset[str]]:
        """The native paths to observe when records of a kind are listed or read, for it and what is embedded in it."""
        found: dict[Kind, set[str]] = {listed: set()}
        for sync in self.syncs:
            kind = sync.kind(side)
            if self.listed_kind(side, kind) is listed:
                abilities = self.abilities(side, kind)
                known = self.descriptions[side].fields[kind]
                checked = abilities.posting.paths if abilities.posting else ()
                counting = abilities.counting
                # What is added up a while later would come back as news after each write: the proof asks for it when it needs it.
                late = counting is not None and counting.arithmetic.delayed
                sums = (counting.given if late else counting.sums) if counting else ()
                sold = abilities.selling.paths if abilities.selling else ()
                renewed = self.detecting.renewals.paths() if sold and self.detecting.renewals else ()
                owed = abilities.receivable.paths if abilities.receivable else ()
                extra = {
                    path
                    for path in (
                        *abilities.unique_paths,
                        abilities.parent_path,
                        abilities.key_path,
                        *checked,
                        *sums,
                        *sold,
                        *renewed,
                        *owed,
                    )
                    if path and path in known
                }
                mapped = {path for path in sync.paths(side) if not is_computed(path)}
                found.setdefault(kind, set()).update(mapped, extra)
        return {kind: frozenset(paths) for kind, paths in found.items()}
