"""References: fields that hold the id of another record. Their shared value is the ledger's id, found through that record's link."""

from collections.abc import Mapping
from dataclasses import replace

from crossfoot.model.fields import FieldType
from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.records import Observation, Value
from crossfoot.settings.rules import Sync
from crossfoot.sync.subject import Reference, Surroundings
from crossfoot.systems.port import FieldInfo


def references(sync: Sync, fields: Mapping[Side, Mapping[str, FieldInfo]]) -> dict[str, Reference]:
    """The sync's fields that name another record on both sides."""
    found: dict[str, Reference] = {}
    for pair in sync.pairs:
        if pair.lens.type is FieldType.REFERENCE:
            crm, ledger = (_named(pair.paths(side), fields[side]) for side in Side)
            if crm and ledger:
                found[pair.name] = Reference(crm, ledger)
    return found


def _named(paths: tuple[str, ...], fields: Mapping[str, FieldInfo]) -> dict[str, Kind]:
    return {path: info.refers_to for path in paths if (info := fields.get(path)) and info.refers_to}


def translated(sync: Sync, crm: Observation, around: Surroundings) -> Observation:
    """The CRM's record with its references in the ledger's ids, which are the shared value of a reference.

    A reference to a record whose partner is only coming is written as `str(ref)`; one without any partner is left out, as not told. Of several
    paths the first one that has a partner is told, in the place of the field's first path.
    """
    told: dict[str, Value] = {}
    dropped: set[str] = set()
    for name, reference in around.references.items():
        named = [
            Ref(Side.CRM, kind, value)
            for path, kind in reference.crm.items()
            if isinstance(value := crm.fields.get(path), str)
        ]
        if not named:
            continue
        first = sync.pair(name).crm[0]
        shared = next((value for ref in named if (value := _shared(ref, around)) is not None), None)
        if shared is None:
            dropped.add(first)
        else:
            told[first] = shared
    if not told and not dropped:
        return crm
    return replace(
        crm, fields={path: value for path, value in {**crm.fields, **told}.items() if path not in dropped}
    )


def _shared(ref: Ref, around: Surroundings) -> str | None:
    if ref in around.partners:
        return around.partners[ref].id
    return str(ref) if ref in around.coming else None


def named_in_crm(reference: Reference, ledger_id: str, around: Surroundings) -> dict[str, Value] | None:
    """What the CRM's paths must hold to name the partner of a ledger record; None if it has none.

    Paths before the one that names it are emptied, for the first that has a partner counts; those behind it say something else and stay.
    """
    (ledger_kind,) = reference.ledger.values()
    ref = Ref(Side.LEDGER, ledger_kind, ledger_id)
    partner = around.partners.get(ref)
    kind, value = (partner.kind, partner.id) if partner is not None else (around.coming.get(ref), str(ref))
    values: dict[str, Value] = {}
    for path, named in reference.crm.items():
        if named is kind:
            values[path] = value
            return values
        values[path] = None
    return None
