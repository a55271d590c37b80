"""What a system can do with one kind of record, and what must be known of it there: declared by the connector, read by every decision."""

from dataclasses import dataclass

from crossfoot.model.counting import Counting
from crossfoot.model.identity import Kind
from crossfoot.model.posting import Posting
from crossfoot.model.receivables import Receivable
from crossfoot.model.selling import Selling


@dataclass(frozen=True, slots=True)
class KindAbilities:
    """What a system can do with one kind. Declared, never discovered by an exception."""

    key_path: str | None
    """Where our creation key is stored; looking up by it sees every record at once, without index lag. None: no such place."""
    create_batch: int
    update_batch: int
    """0: a record of this kind never changes once it is made."""
    archive_batch: int
    """0: this kind cannot be archived through the API."""
    read_batch: int
    list_page: int
    page: str | None = None
    """What stands before a record's id in the address of its page, `{account}` for the account's own number: a document that is made from it
    holds that address as its link. None: there are no such links."""
    unique_paths: tuple[str, ...] = ()
    """Paths whose value the system keeps unique among live records, compared without case."""
    required_paths: tuple[str, ...] = ()
    """Paths that a new record cannot do without."""
    later_paths: tuple[str, ...] = ()
    """Paths that a new record gets by an update once it is there, because a creation cannot carry them safely."""
    ours: frozenset[str] = frozenset()
    """Paths that are there for what the other side says, and that nobody but us writes to."""
    apart: frozenset[str] = frozenset()
    """Paths that are read by calls of their own, beside those for the rest of the record."""
    listed_with: Kind | None = None
    """Listed in one go with this kind, in whose listing it appears."""
    makes_twice: bool = False
    """Whether nothing there refuses a second record that is made from the same origin: a creation rests on a listing, as a change on a look."""
    embedded_in: Kind | None = None
    """Listed and written as a part of this kind; at most `embedded_max` in one parent, named by `parent_path`."""
    embedded_max: int = 0
    parent_path: str | None = None
    posting: Posting | None = None
    """Of documents and payments: what the books check of them."""
    selling: Selling | None = None
    """Of sales: where the system tells how one stands."""
    counting: Counting | None = None
    """Of documents: how the system adds them up, and where it tells their sums. None where it computes none."""
    receivable: Receivable | None = None
    """Of a ledger's documents: where they tell what their customer owes."""
