"""Adding up many documents as they come: sums by currency, kind and phase, and the way from one side's total to the other's by cause.

What is kept grows with the currencies, kinds and phases that occur, and not with the documents.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from heapq import heappush, heappushpop

from crossfoot.model.document_state import Phase
from crossfoot.model.identity import Kind, Side
from crossfoot.model.money import EXACT
from crossfoot.proof.causes import DifferenceCause
from crossfoot.proof.money import ZERO, Compared, Measure, MoneyDifference, Seen


@dataclass(slots=True)
class Sums:
    """So many documents, and what they come to."""

    count: int = 0
    amounts: dict[Measure, Decimal] = field(default_factory=dict)
    """A measure that no document told is absent."""

    def add(self, seen: Seen) -> None:
        """One more document."""
        self.count += 1
        for measure in Measure:
            amount = seen.amount(measure)
            if amount is not None:
                self.amounts[measure] = EXACT.add(self.amounts.get(measure, ZERO), amount)


@dataclass(frozen=True, slots=True)
class Row:
    """Documents of one currency, kind and phase, on both sides."""

    currency: str
    kind: Kind
    phase: Phase
    sides: dict[Side, Sums]

    @property
    def differs(self) -> tuple[str, ...]:
        """What both sides tell and is not equal: `number`, and the names of measures."""
        crm, ledger = self.sides[Side.CRM], self.sides[Side.LEDGER]
        both = [each for each in Measure if each in crm.amounts and each in ledger.amounts]
        amounts = [each.value for each in both if crm.amounts[each] != ledger.amounts[each]]
        return (*(("number",) if crm.count != ledger.count else ()), *amounts)

    @property
    def agrees(self) -> bool:
        """Whether count and every amount that both sides tell are equal."""
        return not self.differs


@dataclass(frozen=True, slots=True)
class Part:
    """What one cause adds to the CRM's side over the ledger's."""

    cause: DifferenceCause
    amount: Decimal
    count: int
    """Differences; a document has one for each measure and cause."""


@dataclass(frozen=True, slots=True)
class Bridge:
    """The way from the ledger's total to the CRM's: ledger + parts = crm, to the cent."""

    currency: str
    kind: Kind
    measure: Measure
    ledger: Decimal
    parts: tuple[Part, ...]
    crm: Decimal

    @property
    def leftover(self) -> Decimal:
        """What no part accounts for. Nothing, or the proof itself is wrong."""
        reached = self.ledger
        for part in self.parts:
            reached = EXACT.add(reached, part.amount)
        return EXACT.subtract(self.crm, reached)

    @property
    def unexplained(self) -> bool:
        """Whether a part of the way has no cause."""
        return bool(self.leftover) or any(part.cause is DifferenceCause.UNEXPLAINED for part in self.parts)


EXAMPLES = 5
"""Differences kept for each cause: the largest."""


class MoneyBook:
    """Adds up documents, one after the other."""

    def __init__(self) -> None:
        self.documents = 0
        """Documents of either side; one that both sides have counts once."""
        self.agreeing = 0
        """Those without any difference."""
        self.copies: Counter[bool] = Counter()
        """Documents of both sides by whether the CRM shows the ledger's amounts to the cent, in fields that are kept for that."""
        self.causes: Counter[DifferenceCause] = Counter()
        """Documents by cause; one with two causes counts under both."""
        self._sums: dict[tuple[str, Kind, Phase, Side], Sums] = {}
        self._parts: dict[tuple[str, Kind, Measure, DifferenceCause], Part] = {}
        self._examples: dict[DifferenceCause, list[tuple[Decimal, int, MoneyDifference]]] = {}

    def add(self, compared: Compared) -> None:
        """One more document with its differences."""
        self.documents += 1
        self.agreeing += not compared.differences
        if compared.copied is not None:
            self.copies[compared.copied] += 1
        self.causes.update({each.cause for each in compared.differences})
        for side, seen in ((Side.CRM, compared.crm), (Side.LEDGER, compared.ledger)):
            if seen is not None:
                self._sums.setdefault((seen.currency, compared.kind, seen.phase, side), Sums()).add(seen)
        for each in compared.differences:
            if each.measure is not None:
                key = (each.currency, each.kind, each.measure, each.cause)
                old = self._parts.get(key, Part(each.cause, ZERO, 0))
                self._parts[key] = Part(each.cause, EXACT.add(old.amount, each.amount), old.count + 1)
        for cause in DifferenceCause:
            self._keep(cause, [each for each in compared.differences if each.cause is cause])

    def _keep(self, cause: DifferenceCause, found: list[MoneyDifference]) -> None:
        """The largest of a document's differences of one cause, if it is among the largest of all."""
        if not found:
            return
        each = max(found, key=lambda one: (abs(one.amount), one.measure is Measure.TOTAL))
        kept = self._examples.setdefault(cause, [])
        entry = (abs(each.amount), -self.documents, each)
        if len(kept) < EXAMPLES:
            heappush(kept, entry)
        else:
            heappushpop(kept, entry)

    @property
    def present(self) -> dict[DifferenceCause, int]:
        """How many documents each cause concerns, those that nothing explains first."""
        order = sorted(DifferenceCause, key=lambda cause: cause is not DifferenceCause.UNEXPLAINED)
        return {cause: self.causes[cause] for cause in order if self.causes[cause]}

    @property
    def unexplained(self) -> int:
        """Documents with a difference that nothing explains, and totals that the parts do not reach."""
        lost = sum(bool(bridge.leftover) for bridge in self.bridges())
        return self.causes[DifferenceCause.UNEXPLAINED] + lost

    @property
    def green(self) -> bool:
        """Whether every cent of every difference is explained."""
        return self.unexplained == 0

    def rows(self) -> list[Row]:
        """The sums, in order of currency, kind and phase."""
        keys = sorted({key[:3] for key in self._sums}, key=_order)
        return [Row(*key, {side: self._sums.get((*key, side), Sums()) for side in Side}) for key in keys]

    def bridges(self) -> Iterator[Bridge]:
        """The way from side to side of every currency, kind and measure that a side tells."""
        totals: dict[tuple[str, Kind, Measure], dict[Side, Decimal]] = {}
        for (currency, kind, _, side), sums in self._sums.items():
            for measure, amount in sums.amounts.items():
                both = totals.setdefault((currency, kind, measure), dict.fromkeys(Side, ZERO))
                both[side] = EXACT.add(both[side], amount)
        for key in sorted(
            totals, key=lambda key: (key[0], list(Kind).index(key[1]), list(Measure).index(key[2]))
        ):
            parts = tuple(
                self._parts[*key, cause] for cause in DifferenceCause if (*key, cause) in self._parts
            )
            yield Bridge(*key, totals[key][Side.LEDGER], parts, totals[key][Side.CRM])

    def examples(self, cause: DifferenceCause) -> list[MoneyDifference]:
        """The largest differences of a cause, the largest first."""
        kept = sorted(self._examples.get(cause, ()), key=lambda entry: entry[:2], reverse=True)
        return [each for _, _, each in kept]


def _order(key: tuple[str, Kind, Phase]) -> tuple[str, int, int]:
    currency, kind, phase = key
    return currency, list(Kind).index(kind), list(Phase).index(phase)
