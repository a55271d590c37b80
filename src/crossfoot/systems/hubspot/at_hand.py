"""What is at hand of a document's lines when it is listed, so that they need not be read by their ids.

Lines are never older than the head that they are shown with: an invoice that has just been finalised must not appear with the price that it had
before. What the index shows of line items may be as old as the index lags: it will do for a document whose head has rested for longer. What memory
holds will do while the index shows no change, if the head has rested or says nothing new, as after a write of ours. Of any other document the
lines are read by id.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from crossfoot.model.lines import Lines
from crossfoot.model.records import Observation
from crossfoot.systems.hubspot.line_items import lines_of
from crossfoot.systems.hubspot.listing import INDEX_LAG
from crossfoot.systems.hubspot.objects import LINES_PATH
from crossfoot.systems.hubspot.records import Record


@dataclass(frozen=True, slots=True)
class AtHand:
    """What a listing has at hand of the documents that it shows."""

    began: datetime
    """When the index was first asked which line items have changed."""
    items: Mapping[str, Record] = field(default_factory=dict)
    """Every line item that has changed since the listing before, by id, as the index shows it."""
    heads: Mapping[str, Observation] = field(default_factory=dict)
    """The documents as they are listed, by id, without what belongs to them."""
    known: Mapping[str, Observation] = field(default_factory=dict)
    """The same as memory holds them."""

    def lines(self, document: str, items: Collection[str]) -> Lines | None:
        """The lines of a document to which these line items belong; None if they must be read."""
        head, known = self.heads[document], self.known.get(document)
        rested = head.modified is not None and head.modified + INDEX_LAG <= self.began
        changed = [self.items[each] for each in items if each in self.items]
        if rested and len(changed) == len(items):
            return lines_of(changed)
        if changed or known is None or not (rested or _says_the_same(head, known)):
            return None
        before = known.fields.get(LINES_PATH) if known.live else None
        return before if isinstance(before, Lines) and {line.crm_id for line in before} == {*items} else None


def _says_the_same(head: Observation, known: Observation) -> bool:
    return known.live and all(
        path in known.fields and known.fields[path] == value for path, value in head.fields.items()
    )
