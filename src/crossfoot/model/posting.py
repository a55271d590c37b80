"""What books check before they take a document or a payment, and where a kind of record tells it.

Declared by each system for its kinds, so that what it would refuse is found before it is called. A path is None where there is no such check.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Place = Literal["currencies", "taxes", "accounts", "closed"]
"""What a person sets up in a system, and may have to mend there."""


@dataclass(frozen=True, slots=True)
class Posting:
    """The checks of one kind. All names are native paths."""

    currency: str | None = None
    """Must be one that the account has enabled."""
    date: str | None = None
    """Must be after the last closed day, once the record stands in the books."""
    state: str | None = None
    """Tells whether it stands in the books; a kind without it always does."""
    posted: frozenset[str] = frozenset()
    """The values of `state` with which it does."""
    needs: tuple[str, ...] = ()
    """What must be filled in before it does."""
    lines: str | None = None
    """Their accounts and taxes must be in use, and for sales."""
    coded: bool = False
    """Whether each line must name an account or an item before the record stands in the books."""
    never_negative: frozenset[str] = frozenset()
    """The parts of a line that are never below zero: `price`, `quantity`."""
    every_line_anew: bool = True
    """Whether a write of lines is checked for all of them; if not, for those parts only that it changes."""
    number: str | None = None
    """How people name it."""
    due: str | None = None
    """What is still to be paid of it."""
    pays: str | None = None
    """Of a payment: the document that it pays, which must stand in the books with so much due."""
    amount: str | None = None
    """Of a payment: how much."""
    account: str | None = None
    """Of a payment: the account that it goes to, which must be in use and for payments."""
    reconciled: str | None = None
    """Of a payment: whether the bank statement confirms it."""
    where: Mapping[Place, str] = field(default_factory=dict)
    """Where on the system's pages a person sets these things up."""

    @property
    def paths(self) -> frozenset[str]:
        """What must be known of a record for the checks."""
        named = (
            self.currency,
            self.date,
            self.state,
            self.lines,
            self.number,
            self.due,
            self.pays,
            self.amount,
            self.reconciled,
        )
        return frozenset(path for path in (*named, *self.needs) if path)
