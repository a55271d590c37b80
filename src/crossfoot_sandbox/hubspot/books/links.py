"""Who belongs to whom: the associations of one portal, in both directions, with their types (HubSpot fact 6)."""

from collections.abc import Iterator

from crossfoot_sandbox.hubspot.books.book import Book
from crossfoot_sandbox.hubspot.books.link_types import (
    CONTACT_TO_COMPANY,
    DEFINED,
    ENDS,
    PLAIN,
    PRIMARIES,
    Ends,
    Label,
    LinkType,
)


class Links:
    """The associations of one portal. Pure bookkeeping: modified dates and events are the portal's business."""

    def __init__(self, books: dict[str, Book]) -> None:
        self._books = books
        self.labels: dict[Ends, dict[LinkType, Label]] = {
            ends: dict(types) for ends, types in DEFINED.items()
        }
        self._held: dict[Ends, dict[str, dict[str, set[LinkType]]]] = {ends: {} for ends in DEFINED}
        self._next_label = 37

    def of(self, ends: Ends, record_id: str) -> Iterator[tuple[str, set[LinkType]]]:
        """The linked records that are neither archived nor gone, by id, with the types seen from this end."""
        book = self._books[ends[1]]
        for other, types in sorted(
            self._held.get(ends, {}).get(record_id, {}).items(), key=lambda item: int(item[0])
        ):
            if book[other].alive:
                yield other, types

    def every(self, ends: Ends, record_id: str) -> list[str]:
        """The ids of all linked records, those in the recycle bin too."""
        return sorted(self._held.get(ends, {}).get(record_id, {}), key=int)

    def types(self, ends: Ends, one: str, other: str) -> set[LinkType]:
        """The types of one pair, empty when it is not linked."""
        return set(self._held[ends].get(one, {}).get(other, ()))

    def inverse(self, ends: Ends, type_: LinkType) -> LinkType:
        """The same type as the other end sees it."""
        return self.labels[ends][type_].inverse

    def primary(self, record_id: str, ends: Ends = CONTACT_TO_COMPANY) -> str | None:
        """The primary company of a contact (or of a deal), archived or not."""
        for company, types in self._held[ends].get(record_id, {}).items():
            if PRIMARIES[ends] in types:
                return company
        return None

    def add(self, ends: Ends, one: str, other: str, types: set[LinkType]) -> None:
        """Link a pair; every labelled link is a plain one too, and a record has one primary company at most."""
        wanted = types | {PLAIN[ends]}
        if PRIMARIES.get(ends) in wanted:
            self._end_primary(ends, one)
        elif (back_ends := (ends[1], ends[0])) in PRIMARIES and self._holds_primary(ends, wanted):
            self._end_primary(back_ends, other)
        self._held[ends].setdefault(one, {}).setdefault(other, set()).update(wanted)
        back = {self.labels[ends][type_].inverse for type_ in wanted}
        self._held[ends[1], ends[0]].setdefault(other, {}).setdefault(one, set()).update(back)

    def remove(self, ends: Ends, one: str, other: str, types: set[LinkType] | None = None) -> bool:
        """Unlink a pair, or take only these types from it. Taking the plain type removes all labels of the pair."""
        held = self._held[ends].get(one, {}).get(other)
        if held is None:
            return False
        doomed = set(held) if types is None or PLAIN[ends] in types else types & held
        for type_ in doomed:
            self._discard(ends, one, other, type_)
            self._discard((ends[1], ends[0]), other, one, self.labels[ends][type_].inverse)
        return bool(doomed)

    def move(self, plural: str, old: str, new: str) -> set[tuple[str, str]]:
        """Give all links of one record to another, as a merge does. Returns types and ids at the other ends."""
        touched: set[tuple[str, str]] = set()
        for ends in ENDS:
            if ends[0] != plural:
                continue
            keeps_primary = ends in PRIMARIES and self.primary(new, ends) is not None
            for other, types in list(self._held[ends].get(old, {}).items()):
                carried = {type_ for type_ in types if not (keeps_primary and type_ == PRIMARIES[ends])}
                self.remove(ends, old, other)
                if other != new:
                    self.add(ends, new, other, carried)
                    touched.add((ends[1], other))
        return touched

    def forget(self, plural: str, record_id: str) -> None:
        """Drop all links of an erased record."""
        for ends in ENDS:
            if ends[0] == plural:
                for other in list(self._held[ends].get(record_id, {})):
                    self.remove(ends, record_id, other)

    def define(self, ends: Ends, name: str, label: str, inverse: str | None) -> list[tuple[LinkType, Label]]:
        """A label of the portal's own, and its counterpart from the other end."""
        here, there = (
            LinkType("USER_DEFINED", self._next_label),
            LinkType("USER_DEFINED", self._next_label + 1),
        )
        self._next_label += 2
        made = [(here, Label(label, there, name)), (there, Label(inverse or label, here, name))]
        self.labels[ends][here] = made[0][1]
        self.labels[ends[1], ends[0]][there] = made[1][1]
        return made

    def rename(self, ends: Ends, type_: LinkType, label: str) -> None:
        """Another text for a label of the portal's own."""
        self.labels[ends][type_] = self.labels[ends][type_]._replace(label=label)

    def undefine(self, ends: Ends, type_: LinkType) -> None:
        """Take a label away from the portal and from every pair that has it."""
        for one, others in self._held[ends].items():
            for other, types in others.items():
                if type_ in types:
                    self._discard(ends, one, other, type_)
                    self._discard((ends[1], ends[0]), other, one, self.labels[ends][type_].inverse)
        inverse = self.labels[ends].pop(type_).inverse
        self.labels[ends[1], ends[0]].pop(inverse, None)

    def _holds_primary(self, ends: Ends, types: set[LinkType]) -> bool:
        """Whether one of these, seen from the company's end, makes it somebody's primary company."""
        primary = PRIMARIES[ends[1], ends[0]]
        return any(self.labels[ends][type_].inverse == primary for type_ in types)

    def _end_primary(self, ends: Ends, record_id: str) -> None:
        company = self.primary(record_id, ends)
        if company is not None:
            type_ = PRIMARIES[ends]
            self._discard(ends, record_id, company, type_)
            self._discard((ends[1], ends[0]), company, record_id, self.labels[ends][type_].inverse)

    def _discard(self, ends: Ends, one: str, other: str, type_: LinkType) -> None:
        types = self._held[ends].get(one, {}).get(other)
        if types is not None:
            types.discard(type_)
            if not types:
                del self._held[ends][one][other]
