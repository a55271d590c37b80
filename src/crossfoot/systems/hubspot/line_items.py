"""Line items: records of their own in HubSpot, the lines of one document to us (HubSpot fact 7.1).

A line item belongs to one document. It is made with that association, changed in place, and archived when its line is taken out.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from crossfoot.model.identity import Kind
from crossfoot.model.lines import Line, Lines
from crossfoot.model.money import round_to
from crossfoot.systems.hubspot.associations import LINE_ITEMS
from crossfoot.systems.hubspot.objects import ObjectType
from crossfoot.systems.hubspot.records import Record
from crossfoot.systems.hubspot.values import reader, written
from crossfoot.systems.port import ValueType

PLACE = "hs_position_on_quote"
"""The place of a line item in its document, counted from 0."""

PROPERTIES = (
    "hs_lastmodifieddate",
    "hs_object_id",
    "name",
    "description",
    "quantity",
    "price",
    "hs_discount_percentage",
    "discount",
    "hs_sku",
    "hs_tax_rate_group_id",
    "amount",
    "hs_tax_amount",
    PLACE,
)

ITEMS = ObjectType(
    kind=Kind.LINE_ITEM,
    path=LINE_ITEMS,
    singular="line_item",
    type_id="0-8",
    modified="hs_lastmodifieddate",
    paths={},
    merges=False,
)
"""Line items as an object type. No sync is about them: they are read and written with their documents."""

_DOCUMENT: Mapping[Kind, int] = {Kind.DEAL: 20, Kind.INVOICE: 410}
"""The association type of a line item with its document (HubSpot fact 6)."""

_number = reader(ValueType.NUMBER)


def _amount(record: Record, name: str) -> Decimal | None:
    value = _number(record.properties.get(name))
    return value if isinstance(value, Decimal) else None


def line_of(record: Record) -> Line:
    """What a line item says. The name is the first line of the description, the description what follows."""
    told = record.properties
    texts = [text for text in (told.get("name"), told.get("description")) if text]
    per_unit, quantity = _amount(record, "discount"), _amount(record, "quantity")
    return Line(
        crm_id=record.id,
        description="\n".join(texts) or None,
        quantity=quantity,
        price=_amount(record, "price"),
        discount_percent=_amount(record, "hs_discount_percentage") or None,
        discount_amount=_of_all(per_unit, quantity),
        item=told.get("hs_sku") or None,
        tax=told.get("hs_tax_rate_group_id") or None,
        net=_amount(record, "amount"),
        tax_amount=_amount(record, "hs_tax_amount"),
    )


def _of_all(per_unit: Decimal | None, quantity: Decimal | None) -> Decimal | None:
    """The discount of the whole line, to the four decimals that amounts of a line have; HubSpot's is per unit."""
    if not per_unit:
        return None
    return round_to(per_unit * (1 if quantity is None else quantity), 4)


def _of_one(whole: Decimal | None, quantity: Decimal | None) -> Decimal | None:
    """The reverse, with digits enough that the whole comes back."""
    return round_to(whole / quantity, 12) if whole and quantity else whole


def lines_of(records: Collection[Record]) -> Lines:
    """The lines of one document, in their order."""
    return Lines(tuple(line_of(each) for each in sorted(records, key=_place)))


def _place(record: Record) -> tuple[Decimal, int]:
    place = _amount(record, PLACE)
    return (Decimal("Infinity") if place is None else place, int(record.id))


def properties_of(line: Line, place: int) -> dict[str, str]:
    """The properties of a line item that stands for a line."""
    name, _, description = (line.description or "").partition("\n")
    told: dict[str, Any] = {
        "name": name or line.item,
        "description": description or None,
        "quantity": Decimal(1) if line.quantity is None else line.quantity,
        "price": Decimal(0) if line.price is None else line.price,
        "hs_discount_percentage": line.discount_percent,
        "discount": _of_one(line.discount_amount, line.quantity),
        "hs_sku": line.item,
        "hs_tax_rate_group_id": line.tax,
        PLACE: Decimal(place),
    }
    return {path: written(value) for path, value in told.items()}


@dataclass(frozen=True, slots=True)
class LineWrites:
    """What must happen to line items so that a document has the lines that are wanted."""

    create: list[dict[str, Any]] = field(default_factory=list)
    update: list[dict[str, Any]] = field(default_factory=list)
    archive: list[dict[str, Any]] = field(default_factory=list)
    move: list[dict[str, Any]] = field(default_factory=list)
    """Lines that only stand in another place; HubSpot takes that of a document of which it takes nothing else any more."""

    def __bool__(self) -> bool:
        return bool(self.create or self.update or self.archive or self.move)


def changes(of: ObjectType, document: str, wanted: Lines, there: Lines, trace: str) -> LineWrites:
    """From the lines that are there to the lines that are wanted; what stays as it is is not written."""
    known = {line.crm_id: (place, line) for place, line in enumerate(there)}
    kept = {line.crm_id for line in wanted if line.crm_id in known}
    found = LineWrites(archive=[{"id": each} for each in known if each not in kept])
    for place, line in enumerate(wanted):
        told = properties_of(line, place)
        if line.crm_id not in known:
            # An empty text would clear, and there is nothing to clear.
            new = {path: text for path, text in told.items() if text}
            found.create.append(
                {
                    "objectWriteTraceId": f"{trace}.{place}",
                    "properties": new,
                    "associations": [_belongs(of, document)],
                }
            )
            continue
        was = properties_of(known[line.crm_id][1], known[line.crm_id][0])
        moved = {path: text for path, text in told.items() if was[path] != text}
        if moved:
            entry = {"objectWriteTraceId": f"{trace}.{place}", "id": line.crm_id, "properties": moved}
            (found.move if moved.keys() == {PLACE} else found.update).append(entry)
    return found


def _belongs(of: ObjectType, document: str) -> dict[str, Any]:
    return {
        "to": {"id": document},
        "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": _DOCUMENT[of.kind]}],
    }


def negative(lines: Lines) -> Line | None:
    """A line that HubSpot cannot hold: its prices are not negative (HubSpot fact 7.1)."""
    return next((line for line in lines if line.price is not None and line.price < 0), None)


def batches(
    writes: Sequence[LineWrites], pick: Callable[[LineWrites], list[dict[str, Any]]], size: int
) -> Iterator[list[dict[str, Any]]]:
    """Entries in batches that part no document in two where it fits into one: a document with half of its lines is to be rare."""
    batch: list[dict[str, Any]] = []
    for write in writes:
        entries = pick(write)
        if batch and len(batch) + len(entries) > size:
            yield batch
            batch = []
        while len(entries) > size:
            yield entries[:size]
            entries = entries[size:]
        batch += entries
    if batch:
        yield batch
