"""Three-way merge of a document's lines, line by line and part by part; the same idea as `merge`, one level down."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from crossfoot.model.fields import FieldType, canonical
from crossfoot.model.identity import Side
from crossfoot.model.lines import CONTENT, Line, Lines
from crossfoot.model.records import Value


@dataclass(frozen=True, slots=True)
class _Three:
    """One line: its place in the base and on each side, None where it is not there."""

    base: int | None
    crm: int | None
    ledger: int | None

    def on(self, side: Side) -> int | None:
        return self.crm if side is Side.CRM else self.ledger


class _Overlap(Exception):
    """Both sides changed the same part of a line to different values, and nobody said who wins."""


def joined(base: Value, crm: Value, ledger: Value, prefer: Side | None) -> Lines | None:
    """Both sides' edits in one list, each line with its ids on both sides. None if edits overlap and no side is preferred.

    The order is the ledger's, unless only the CRM changed it. Without a base nothing tells who changed what: then only the preferred side's
    lines count; they take the place of the lines across that say the same or stand in the same place, so that none is made anew without need.
    """
    was, here, there = _lines(base), _lines(crm), _lines(ledger)
    if base is None and here and there:
        if prefer is None:
            return None
        mine, yours = (here, there) if prefer is Side.CRM else (there, here)
        partners = _alike(mine, yours, by_place=True)
        return Lines(
            tuple(
                _with_ids(line, None if partner is None else yours[partner])
                for line, partner in zip(mine, partners, strict=True)
            )
        )
    merged: list[Line] = []
    threes = _threes(was, here, there)
    try:
        for three in _ordered(threes, prefer):
            line = _merge(three, was, here, there, prefer)
            if line is not None:
                merged.append(line)
    except _Overlap:
        return None
    return Lines(tuple(merged))


def carried(base: Value, crm: Value, ledger: Value, winner: Side) -> Lines | None:
    """The winner's lines alone, as if the other side had not moved, each with the ids that it has on both sides."""
    if base is None:
        return joined(None, crm, ledger, winner)
    return joined(base, crm, base, winner) if winner is Side.CRM else joined(base, base, ledger, winner)


def paired(base: Value, crm: Value, ledger: Value) -> Value:
    """Lines that both sides hold equal, each with its ids on both sides: the new base."""
    was, here, there = _lines(base), _lines(crm), _lines(ledger)
    if len(here) != len(there) or not here:
        return crm
    partner = {three.crm: three.ledger for three in _threes(was, here, there) if three.crm is not None}
    places = [partner.get(place) for place in range(len(here))]
    if any(
        there_at is None or _content(here[place]) != _content(there[there_at])
        for place, there_at in enumerate(places)
    ):
        places = list(range(len(here)))
    return Lines(
        tuple(_with_ids(here[place], there[at]) for place, at in enumerate(places) if at is not None)
    )


def numbered(sent: Value, told: object, side: Side) -> Value:
    """Lines that were sent, with the ids that the answer gives them: a document's lines come back in the order in which they were sent."""
    if not isinstance(sent, Lines) or not isinstance(told, Lines) or len(sent) != len(told):
        return sent
    return Lines(tuple(one.with_id(side, two.id_on(side)) for one, two in zip(sent, told, strict=True)))


def arrived(sent: Value, before: Value, told: Value) -> bool:
    """Whether lines that were sent are there now, though somebody may have gone on editing others: what was new of them, or what went."""
    was, wanted, now = ({_content(line) for line in _lines(value)} for value in (before, sent, told))
    new, gone = wanted - was, was - wanted
    return not new.isdisjoint(now) if new else bool(gone) and gone.isdisjoint(now)


def _lines(value: Value) -> tuple[Line, ...]:
    return value.all if isinstance(value, Lines) else ()


def _content(line: Line) -> Value:
    return canonical(FieldType.LINES, Lines((line,)))


def _with_ids(line: Line, other: Line | None) -> Line:
    """The line with the ids that it has on both sides."""
    if other is None:
        return line
    return replace(line, crm_id=line.crm_id or other.crm_id, ledger_id=line.ledger_id or other.ledger_id)


# ── which lines are the same line ──────────────────────────────────────────────────────────────────────────────────────


def _threes(was: Sequence[Line], here: Sequence[Line], there: Sequence[Line]) -> list[_Three]:
    """By the ids that the base remembers; a line that lost its id, or is new on both sides, by what it says."""
    crm = _known(Side.CRM, was, here)
    ledger = _known(Side.LEDGER, was, there)
    crm |= _made_anew(crm, here, ledger, there)
    ledger |= _made_anew(ledger, there, crm, here)
    new_here = [place for place in range(len(here)) if place not in crm.values()]
    new_there = [place for place in range(len(there)) if place not in ledger.values()]
    partners = _alike([here[place] for place in new_here], [there[place] for place in new_there])
    pairs = [
        (place, None if partner is None else new_there[partner])
        for place, partner in zip(new_here, partners, strict=True)
    ]
    met = {partner for _, partner in pairs}
    return [
        *(_Three(place, crm.get(place), ledger.get(place)) for place in range(len(was))),
        *(_Three(None, place, partner) for place, partner in pairs),
        *(_Three(None, None, place) for place in new_there if place not in met),
    ]


def _known(side: Side, was: Sequence[Line], now: Sequence[Line]) -> dict[int, int]:
    """Place in the base to place on a side."""
    at = {line.id_on(side): place for place, line in enumerate(now) if line.id_on(side)}
    found = {
        place: at[line.id_on(side)]
        for place, line in enumerate(was)
        if line.id_on(side) and line.id_on(side) in at
    }
    # Somebody took it out and typed it again, or the ledger gave new ids: it is still that line.
    lost = [place for place in range(len(was)) if place not in found]
    free = [place for place in range(len(now)) if place not in found.values()]
    again = _alike([was[place] for place in lost], [now[place] for place in free])
    found |= {place: free[one] for place, one in zip(lost, again, strict=True) if one is not None}
    return found


def _made_anew(
    known: dict[int, int], mine: Sequence[Line], across: dict[int, int], yours: Sequence[Line]
) -> dict[int, int]:
    """Lines that one side had taken out and got back in the other side's words, by a write of ours before a crash."""
    lost = [place for place in across if place not in known]
    free = [place for place in range(len(mine)) if place not in known.values()]
    again = _alike([yours[across[place]] for place in lost], [mine[place] for place in free])
    return {place: free[one] for place, one in zip(lost, again, strict=True) if one is not None}


def _alike(mine: Sequence[Line], yours: Sequence[Line], *, by_place: bool = False) -> list[int | None]:
    """For each of my lines the place of the one of yours that says the same, else (`by_place`) of the one that stands where mine does."""
    free = dict(enumerate(map(_content, yours)))
    found: list[int | None] = []
    for line in mine:
        says = _content(line)
        found.append(next((place for place, other in free.items() if other == says), None))
        free.pop(found[-1], None)  # type: ignore[arg-type]
    if by_place:
        for place, partner in enumerate(found):
            if partner is None and place in free:
                found[place] = place
                del free[place]
    return found


# ── what becomes of a line ─────────────────────────────────────────────────────────────────────────────────────────────


def _merge(
    three: _Three, was: Sequence[Line], here: Sequence[Line], there: Sequence[Line], prefer: Side | None
) -> Line | None:
    base = None if three.base is None else was[three.base]
    crm = None if three.crm is None else here[three.crm]
    ledger = None if three.ledger is None else there[three.ledger]
    if crm is not None and ledger is not None:
        parts = {name: _part(name, base, crm, ledger, prefer) for name in CONTENT}
        return Line(crm_id=crm.crm_id, ledger_id=ledger.ledger_id, **parts)  # type: ignore[arg-type]
    left, side = (crm, Side.CRM) if crm is not None else (ledger, Side.LEDGER)
    if left is None or base is None:
        return left
    if _content(left) == _content(base):
        return None
    # One side took out what the other side changed.
    if prefer is None:
        raise _Overlap
    # What was taken out across is made anew there, so it has no id there any more.
    return left.with_id(side.other, "") if prefer is side else None


def _part(name: str, base: Line | None, crm: Line, ledger: Line, prefer: Side | None) -> object:
    here, there = _one(name, crm), _one(name, ledger)
    if here == there:
        return getattr(crm, name)
    if base is not None and here == _one(name, base):
        return getattr(ledger, name)
    if base is not None and there == _one(name, base):
        return getattr(crm, name)
    if prefer is None:
        raise _Overlap
    return getattr(crm if prefer is Side.CRM else ledger, name)


def _one(name: str, line: Line) -> Value:
    """One part of a line in its canonical form."""
    return _content(replace(Line(), **{name: getattr(line, name)}))


# ── in which order ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _ordered(threes: Sequence[_Three], prefer: Side | None) -> list[_Three]:
    """In the ledger's order, or in the CRM's where only the CRM moved lines, or where both did and it is preferred.

    What the leading side does not have stands behind the line that it follows on the other side.
    """
    leader = Side.LEDGER
    if _moved(threes, Side.CRM) and (prefer is Side.CRM or not _moved(threes, Side.LEDGER)):
        leader = Side.CRM
    found = _on(threes, leader)
    previous: _Three | None = None
    for three in _on(threes, leader.other):
        if three.on(leader) is None:
            found.insert(0 if previous is None else found.index(previous) + 1, three)
        previous = three
    return found


def _on(threes: Sequence[_Three], side: Side) -> list[_Three]:
    """The lines of a side, in its order."""
    return sorted(
        (three for three in threes if three.on(side) is not None), key=lambda each: each.on(side) or 0
    )


def _moved(threes: Sequence[_Three], side: Side) -> bool:
    """Whether the lines that the base knows stand in another order on this side."""
    known = [three.base for three in _on(threes, side) if three.base is not None]
    return known != sorted(known)
