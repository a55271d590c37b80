"""Where a system tells how a sale stands, before and after it is invoiced."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Selling:
    """Declared by each system for its kind of sale. All names are native paths."""

    name: str
    amount: str
    """What people say that it is worth."""
    currency: str
    won: str
    closed: str
    """Won or lost."""
    closed_on: str
    document: str | None = None
    """An invoice that people made for it by themselves."""

    @property
    def paths(self) -> frozenset[str]:
        """What must be known of a sale."""
        return frozenset({self.name, self.amount, self.currency, self.won, self.closed, self.closed_on})
