"""HubSpot's record bodies: what an answer says about a record, and what a write sends."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from crossfoot.model.identity import Ref, Side
from crossfoot.model.records import Observation, Standing, Value
from crossfoot.systems.hubspot.objects import KEY_PATH, MERGED_IDS, ObjectType
from crossfoot.systems.hubspot.values import TYPED, moment, reader, something, written
from crossfoot.systems.port import Action, FieldInfo, Write


class Record(
    msgspec.Struct,
    rename={"history": "propertiesWithHistory", "updated": "updatedAt", "trace": "objectWriteTraceId"},
):
    """One record of an answer (HubSpot fact 3.2). Names it does not list are ignored."""

    id: str
    properties: dict[str, str | None] = {}
    history: dict[str, list[dict[str, Any]]] | None = None
    updated: str | None = None
    archived: bool = False
    trace: str | None = None

    @property
    def merged_ids(self) -> tuple[str, ...]:
        """The ids that became part of this record."""
        consumed = self.properties.get(MERGED_IDS)
        return tuple(each for each in consumed.split(";") if each and each != self.id) if consumed else ()


class Batch(msgspec.Struct):
    """The answer of a batch call or a search (HubSpot facts 3.5, 4)."""

    results: list[Record] = []
    errors: list[dict[str, Any]] = []
    paging: dict[str, Any] | None = None

    @property
    def more(self) -> bool:
        """Whether HubSpot says that another page follows."""
        return bool(self.paging and self.paging.get("next"))


class Reader:
    """Turns records of one object type into observations of the given fields."""

    def __init__(
        self, object_type: ObjectType, infos: Mapping[str, FieldInfo], paths: Collection[str]
    ) -> None:
        self._type = object_type
        known = [path for path in sorted(paths) if path in infos and path not in object_type.beside]
        self._texts = tuple(path for path in known if infos[path].type not in TYPED)
        given = object_type.counting.given if object_type.counting else frozenset()
        self._typed = tuple(
            (path, something if path in given else reader(infos[path].type))
            for path in known
            if infos[path].type in TYPED
        )

    def observe(self, record: Record, *, partly: bool = False) -> Observation:
        """The record as the answer tells it.

        A property that was asked for and is absent has no value: HubSpot's documents disagree on null or absent (HubSpot fact 3.2).
        `partly`: the answer of a write tells only some properties, and nothing is known about the absent ones.
        """
        told = record.properties
        fields: dict[str, Value] = {
            path: told.get(path) or None for path in self._texts if not partly or path in told
        }
        for path, read in self._typed:
            if not partly or path in told:
                fields[path] = read(told.get(path))
        return Observation(
            ref=Ref(Side.CRM, self._type.kind, record.id),
            standing=Standing.ARCHIVED if record.archived else Standing.LIVE,
            fields=fields,
            modified=modified(self._type, record),
            times=dict(_times(record.history)) if record.history else {},
        )

    def with_merged(self, record: Record) -> Iterator[Observation]:
        """The records that became part of this one, and the record itself."""
        for gone in record.merged_ids:
            yield merged(self._type, gone, record)
        yield self.observe(record)


def merged(object_type: ObjectType, gone: str, survivor: Record) -> Observation:
    """The old id of a merge."""
    return Observation(
        ref=Ref(Side.CRM, object_type.kind, gone),
        standing=Standing.MERGED,
        modified=modified(object_type, survivor),
        survivor=survivor.id,
    )


def bare(object_type: ObjectType, record_id: str, standing: Standing) -> Observation:
    """Nothing but in what standing a record is."""
    return Observation(ref=Ref(Side.CRM, object_type.kind, record_id), standing=standing)


def modified(object_type: ObjectType, record: Record) -> datetime | None:
    """When HubSpot says the record last changed; the property, because searches order by it."""
    text = record.properties.get(object_type.modified) or record.updated
    try:
        return moment(text) if text else None
    except ValueError:
        return None


def _times(history: Mapping[str, list[dict[str, Any]]]) -> Iterator[tuple[str, datetime]]:
    for path, versions in history.items():
        stamps = [moment(str(version["timestamp"])) for version in versions if version.get("timestamp")]
        if stamps:
            yield path, max(stamps)


# ── what a write sends ─────────────────────────────────────────────────────────────────────────────────────────────────


def properties(write: Write) -> dict[str, str]:
    """The property texts of a write: only what changes."""
    return {path: written(value) for path, value in write.values.items()}


def body(write: Write) -> dict[str, Any]:
    """One entry of a batch's `inputs`, traced by the operation's id.

    A create with a key is an upsert by our unique property, so that the same creation sent twice makes one record
    (HubSpot facts 3.1, 3.5).
    """
    if write.action is Action.ARCHIVE:
        return {"id": write.id}
    entry: dict[str, Any] = {"objectWriteTraceId": write.operation, "properties": properties(write)}
    if write.action is Action.UPDATE:
        entry["id"] = write.id
    elif write.key is not None:
        entry["id"] = write.key
        entry["idProperty"] = KEY_PATH
        entry["properties"][KEY_PATH] = write.key
    return entry
