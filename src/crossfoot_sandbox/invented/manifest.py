"""What `generate` made, as data: which records are the same thing, which stand alone, and what is awkward about each."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

What = Literal["people", "companies", "products", "deals", "invoices"]
Side = Literal["hubspot", "xero"]


@dataclass(frozen=True, slots=True)
class Pair:
    """A HubSpot record and a Xero record that are the same thing. `kind` names how they differ ("equal" if not at all)."""

    what: What
    kind: str
    hubspot: str
    xero: str


@dataclass(frozen=True, slots=True)
class Lone:
    """A record with no counterpart on the other side. `kind` names what is awkward about it ("plain" if nothing)."""

    side: Side
    what: What
    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Staff:
    """A HubSpot contact who works at a HubSpot company; `xero` is that company's Xero contact, or empty."""

    contact: str
    company: str
    xero: str


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice or bill in Xero. `kind` names what is awkward about it, or what became of it ("plain" if nothing)."""

    kind: str
    id: str
    contact: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that was made by one call with one seed."""

    seed: int | str
    pairs: tuple[Pair, ...]
    lone: tuple[Lone, ...]
    staff: tuple[Staff, ...]
    documents: tuple[Document, ...] = ()

    def pairs_of(self, what: What, kind: str | None = None) -> Iterator[Pair]:
        """The pairs of people, companies or products; of one kind, or of all."""
        return (pair for pair in self.pairs if pair.what == what and kind in (None, pair.kind))

    def lone_of(self, side: Side, what: What, kind: str | None = None) -> Iterator[Lone]:
        """The records of one side without a counterpart."""
        return (one for one in self.lone if (one.side, one.what) == (side, what) and kind in (None, one.kind))

    def counts(self) -> dict[str, dict[str, int]]:
        """How many of each kind, e.g. `{"people on both sides": {"equal": 140, ...}, "people only in Xero": ...}`."""
        counted: dict[str, Counter[str]] = {}
        for pair in self.pairs:
            counted.setdefault(f"{pair.what} on both sides", Counter())[pair.kind] += 1
        for one in self.lone:
            where = "HubSpot" if one.side == "hubspot" else "Xero"
            counted.setdefault(f"{one.what} only in {where}", Counter())[one.kind] += 1
        if self.staff:
            counted["people who work at a company"] = Counter(
                "company in Xero too" if one.xero else "company only in HubSpot" for one in self.staff
            )
        if self.documents:
            counted["invoices in Xero"] = Counter(one.kind for one in self.documents)
        return {title: dict(sorted(kinds.items())) for title, kinds in sorted(counted.items())}

    def as_data(self, *, detail: bool = True) -> dict[str, Any]:
        """Plain data; without `detail` only the counts."""
        data: dict[str, Any] = {"seed": self.seed, "counts": self.counts()}
        if detail:
            data |= {
                "pairs": [asdict(pair) for pair in self.pairs],
                "lone": [asdict(one) for one in self.lone],
                "staff": [asdict(one) for one in self.staff],
                "documents": [asdict(one) for one in self.documents],
            }
        return data
