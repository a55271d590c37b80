"""What HubSpot's object types have in common, and what sets one apart."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crossfoot.model.abilities import KindAbilities
from crossfoot.model.counting import Counting
from crossfoot.model.identity import Kind
from crossfoot.model.posting import Posting
from crossfoot.model.selling import Selling
from crossfoot.systems.port import FieldInfo

KEY_PATH = "crossfoot_key"
"""Our own property with unique values: the creation key. Looking up by it has no index lag (HubSpot facts 3.1, 3.5)."""

LINES_PATH = "lines"
"""Where the line items of a document are observed. No property of HubSpot's."""

LINK_PATH = "link"
"""Where the address of a record's page is observed. No property of HubSpot's."""

PAGES = "https://app.hubspot.com"
"""Where people see records. Portals elsewhere are redirected from here, so an address stays the same for ever."""

KEY_FIELD = FieldInfo(path=KEY_PATH, label="Crossfoot key", unique=True, custom=True)

MERGED_IDS = "hs_merged_object_ids"
"""The ids that a survivor of merges has consumed, separated by semicolons (HubSpot fact 3.4)."""

BATCH = 100
"""Inputs of a batch call (HubSpot fact 3.1)."""

HISTORY_BATCH = 50
"""Inputs of a batch/read that asks for history."""

SEARCH_PAGE = 200
"""Results of a search page (HubSpot fact 4)."""


@dataclass(frozen=True, slots=True)
class ObjectType:
    """One object type of HubSpot."""

    kind: Kind
    path: str
    """Its name in paths."""
    singular: str
    """Its name in webhooks."""
    type_id: str
    modified: str
    """The property with the modified date: contacts spell it differently (HubSpot fact 3.2)."""
    paths: Mapping[str, FieldInfo]
    """The properties that Crossfoot knows without asking: some of the vendor's, and our own."""
    merges: bool
    """Products cannot be merged (HubSpot fact 3.1)."""
    unique_paths: tuple[str, ...] = ()
    required_paths: tuple[str, ...] = ()
    ends: Mapping[str, Kind] = field(default_factory=dict)
    """Paths of ours that name an associated record, and its kind (HubSpot fact 6)."""
    seen_with: Mapping[str, Kind] = field(default_factory=dict)
    """Paths of ours that name an associated record and are only ever read."""
    has_lines: bool = False
    """Whether line items belong to it: observed together as one value under `LINES_PATH`."""
    draft: str | None = None
    """The property that says how far a document has come: written last, for lines and customers must be there first (HubSpot fact 7.3)."""
    posting: Posting | None = None
    """What HubSpot checks of documents and payments."""
    selling: Selling | None = None
    """Where a deal tells how it stands."""
    counting: Counting | None = None
    """How HubSpot adds up, and where it tells what a document comes to."""
    begins_as: str | None = None
    """What that property holds in a new record."""
    listed_with: Kind | None = None
    """The type in whose listing it appears: those that have line items are listed together."""
    ours: frozenset[str] = frozenset()
    """Properties of ours that show what the other side says."""

    @property
    def abilities(self) -> KindAbilities:
        """What the connector can do with it."""
        return KindAbilities(
            key_path=KEY_PATH,
            page=self.address if LINK_PATH in self.paths else None,
            create_batch=BATCH,
            update_batch=BATCH,
            archive_batch=BATCH,
            read_batch=BATCH,
            list_page=SEARCH_PAGE,
            unique_paths=self.unique_paths,
            required_paths=self.required_paths,
            later_paths=self.later_paths,
            listed_with=self.listed_with,
            ours=self.ours,
            apart=self.beside - {LINK_PATH},
            posting=self.posting,
            selling=self.selling,
            counting=self.counting,
        )

    @property
    def beside(self) -> frozenset[str]:
        """Paths that are no properties: what is associated, the lines, the address."""
        return frozenset((*self.ends, *self.seen_with, LINES_PATH, LINK_PATH)) & self.paths.keys()

    @property
    def later_paths(self) -> tuple[str, ...]:
        """What a new record gets by an update: an upsert carries neither associations nor line items."""
        return (
            *self.ends,
            *((LINES_PATH,) if self.has_lines else ()),
            *((self.draft,) if self.draft else ()),
        )

    @property
    def page(self) -> str:
        """What stands before the record's id in the address of its page, in every portal."""
        return f"/record/{self.type_id}/"

    @property
    def address(self) -> str:
        """The same as a whole, for the portal that `{account}` is put in for."""
        return f"{PAGES}/contacts/{{account}}{self.page}"

    @property
    def always(self) -> tuple[str, ...]:
        """Properties that every read needs for its own sake."""
        return (self.modified, MERGED_IDS) if self.merges else (self.modified,)


def fields(*infos: FieldInfo) -> Mapping[str, FieldInfo]:
    """The infos by their path, our key among them."""
    return {info.path: info for info in (*infos, KEY_FIELD)}
