"""References: fields that hold the id of another record. Their shared value is the ledger's id, found through that record's link."""

from collections.abc import Mapping
from dataclasses import replace

from crossfoot.model.fields import FieldType
from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.records import Observation, Value
from crossfoot.settings.rules import Sync
from crossfoot.sync.subject import Surroundings
from crossfoot.systems.port import FieldInfo


def references(sync: Sync, fields: Mapping[Side, Mapping[str, FieldInfo]]) -> dict[str, dict[Side, Kind]]:
    """The sync's fields that name another record: field name to the kind referred to on each side."""
    found: dict[str, dict[Side, Kind]] = {}
    for pair in sync.pairs:
        if pair.lens.type is FieldType.REFERENCE:
            infos = {side: fields[side].get(pair.paths(side)[0]) for side in Side}
            found[pair.name] = {
                side: info.refers_to for side, info in infos.items() if info and info.refers_to
            }
    return {name: kinds for name, kinds in found.items() if len(kinds) == len(Side)}


def translated(sync: Sync, crm: Observation, around: Surroundings) -> Observation:
    """The CRM's record with its references in the ledger's ids, which are the shared value of a reference.

    A reference to a record whose partner is only coming is written as `str(ref)`; one without any partner is left out, as not told.
    """
    changed: dict[str, Value] = {}
    dropped: set[str] = set()
    for name, kinds in around.references.items():
        path = sync.pair(name).crm[0]
        value = crm.fields.get(path)
        if not isinstance(value, str):
            continue
        ref = Ref(Side.CRM, kinds[Side.CRM], value)
        if ref in around.partners:
            changed[path] = around.partners[ref]
        elif ref in around.coming:
            changed[path] = str(ref)
        else:
            dropped.add(path)
    if not changed and not dropped:
        return crm
    return replace(
        crm,
        fields={path: changed.get(path, value) for path, value in crm.fields.items() if path not in dropped},
    )
