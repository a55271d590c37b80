"""Reading records: by id, by a property's value, by search (HubSpot facts 3.1, 3.4, 3.5, 4)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crossfoot.model.identity import Kind
from crossfoot.model.records import Observation, Standing
from crossfoot.systems.hubspot import errors
from crossfoot.systems.hubspot.http import Call, HubSpotClient, Reply, encoded
from crossfoot.systems.hubspot.kinds import object_type
from crossfoot.systems.hubspot.objects import BATCH, HISTORY_BATCH, KEY_PATH, SEARCH_PAGE, ObjectType
from crossfoot.systems.hubspot.paths import path
from crossfoot.systems.hubspot.properties import Definitions
from crossfoot.systems.hubspot.records import Batch, Reader, Record, bare, merged
from crossfoot.systems.port import FieldInfo, Trouble

SEARCH_BODY = 3000
"""Characters of a search body (HubSpot fact 4)."""

Filters = Sequence[Mapping[str, Any]]
"""Conditions of which all must hold."""


def condition(name: str, operator: str, value: str | Sequence[str]) -> Mapping[str, Any]:
    """One condition of a search; several values for `IN`."""
    return {
        "propertyName": name,
        "operator": operator,
        "value" if isinstance(value, str) else "values": value,
    }


def search_body(filters: Filters, sort: str, properties: Collection[str]) -> dict[str, Any]:
    """A search for one page, ascending by `sort`; continued by a narrower filter, never by offset."""
    return {
        "filterGroups": [{"filters": list(filters)}],
        "sorts": [{"propertyName": sort, "direction": "ASCENDING"}],
        "properties": sorted(properties),
        "limit": SEARCH_PAGE,
    }


def fits(payload: Mapping[str, Any]) -> bool:
    """Whether a search body is short enough."""
    return len(encoded(payload)) <= SEARCH_BODY


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search."""

    rows: list[Record]
    """What the search listed, at least with id and modified date: by these one continues."""
    records: list[Record]
    """The records with their properties."""
    more: bool
    began: datetime


class Reading:
    """Reads of one connection."""

    def __init__(self, client: HubSpotClient, definitions: Definitions, version: str) -> None:
        self._client = client
        self._definitions = definitions
        self._version = version

    # ── observations ──

    async def read(
        self, kind: Kind, ids: Sequence[str], wanted: Collection[str], *, times: bool
    ) -> list[Observation]:
        """One observation per id, in the order asked."""
        of = object_type(kind)
        infos = await self._definitions.covering(kind, wanted)
        names = {*(each for each in wanted if each in infos), *of.always} - of.beside
        found = {
            each.id: each for each in await self.batch(of, list(dict.fromkeys(ids)), names, history=times)
        }
        survivors = {gone: record for record in found.values() for gone in record.merged_ids}
        lost = [each for each in dict.fromkeys(ids) if each not in found and each not in survivors]
        if lost and any(each not in ids for each in found):
            survivors.update(await self._survivors(of, lost, names))
            lost = [each for each in lost if each not in survivors]
        archived = (
            {each.id for each in await self.batch(of, lost, of.always, archived=True)} if lost else set()
        )
        observer = await self.reader(kind, infos, wanted, found.values())
        answers = []
        for each in ids:
            if each in found:
                answers.append(observer.observe(found[each]))
            elif each in survivors:
                answers.append(merged(of, each, survivors[each]))
            else:
                answers.append(bare(of, each, Standing.ARCHIVED if each in archived else Standing.MISSING))
        return answers

    async def find(
        self, kind: Kind, name: str, values: Sequence[str], wanted: Collection[str]
    ) -> list[Observation]:
        """Records whose property equals one of the values; by our key and unique properties as of now, else by search.

        Live ones only, but by our key those in the recycle bin too: what we made is ours wherever a person has put it since.
        """
        of = object_type(kind)
        asked = {*wanted, name}
        infos = await self._definitions.covering(kind, asked)
        names = {*(each for each in asked if each in infos), *of.always} - of.beside
        values = list(dict.fromkeys(each for each in values if each))
        if name == KEY_PATH or name in of.unique_paths:
            records = await self.batch(of, values, names, id_property=name)
        else:
            records = await self._with_values(of, name, values, names)
        sought = {each.casefold() for each in values}
        fit = [
            each
            for each in records
            if (each.properties.get(name) or "").casefold() in sought and not each.archived
        ]
        if name == KEY_PATH and len({each.id for each in fit}) < len(values):
            fit += await self._in_the_bin(
                of, sought - {(each.properties.get(name) or "").casefold() for each in fit}, names
            )
        observer = await self.reader(kind, infos, asked, fit)
        return [observer.observe(each) for each in {each.id: each for each in fit}.values()]

    async def reader(
        self, kind: Kind, infos: Mapping[str, FieldInfo], wanted: Collection[str], records: Iterable[Record]
    ) -> Reader:
        """How to observe these records, with care for properties that an answer does not mention."""
        custom = [each for each in wanted if each in infos and infos[each].custom]
        untold = (
            [each for each in custom if any(each not in record.properties for record in records)]
            if custom
            else []
        )
        if untold:
            infos = await self._definitions.verified(kind, untold)
        return Reader(object_type(kind), infos, wanted)

    # ── records ──

    async def batch(
        self,
        of: ObjectType,
        ids: Sequence[str],
        properties: Collection[str],
        *,
        id_property: str | None = None,
        archived: bool = False,
        history: bool = False,
    ) -> list[Record]:
        """The records that exist, in no order; an old id of a merge may give the survivor."""
        records: list[Record] = []
        url = path("read", self._version, type=of.path) + ("?archived=true" if archived else "")
        size = HISTORY_BATCH if history else BATCH
        for start in range(0, len(ids), size):
            payload: dict[str, Any] = {
                "inputs": [{"id": each} for each in ids[start : start + size]],
                "properties": sorted(properties),
            }
            if id_property:
                payload["idProperty"] = id_property
            if history:
                payload["propertiesWithHistory"] = sorted(properties)
            reply = await self._client.call(Call("POST", url, f"read {of.path}", Batch, payload, reads=True))
            records += _all_told(reply, f"read {of.path}")
        return records

    async def search(self, of: ObjectType, filters: Filters, sort: str, properties: Collection[str]) -> Found:
        """One page. When the properties do not fit into the body, they are read by id."""
        payload = search_body(filters, sort, properties)
        whole = fits(payload)
        if not whole:
            payload = search_body(filters, sort, (of.modified,))
        url = path("search", self._version, type=of.path)
        call = Call("POST", url, f"search {of.path}", Batch, payload, reads=True, searches=True)
        reply = await self._client.call(call)
        if reply.value is None:
            raise Trouble(errors.unexpected(reply.status, reply.error, call.what))
        rows = reply.value.results
        records = rows if whole else await self.batch(of, [each.id for each in rows], properties)
        more = bool(rows) and (reply.value.more or len(rows) >= SEARCH_PAGE)
        return Found(rows, records, more, reply.began)

    async def _survivors(
        self, of: ObjectType, ids: Sequence[str], properties: Collection[str]
    ) -> dict[str, Record]:
        """Old ids that a GET resolves to another record; needed only where a survivor does not name what it consumed."""
        survivors = {}
        query = "?properties=" + ",".join(sorted({*of.always} & {*properties}))
        for each in ids:
            url = path("record", self._version, type=of.path, id=each) + query
            reply = await self._client.call(Call("GET", url, f"read a {of.singular}", Record, reads=True))
            if reply.value is not None and reply.value.id != each:
                survivors[each] = reply.value
        return survivors

    async def _in_the_bin(
        self, of: ObjectType, keys: Collection[str], properties: Collection[str]
    ) -> list[Record]:
        """Archived records with one of our keys. The bin can only be paged through: archiving frees unique values (HubSpot fact 3.4)."""
        query = f"?archived=true&limit={BATCH}&properties=" + ",".join(sorted(properties))
        found: list[Record] = []
        after: str | None = None
        while True:
            url = path("list", self._version, type=of.path) + query + (f"&after={after}" if after else "")
            call = Call("GET", url, f"look for {of.path} in the recycle bin", Batch, reads=True)
            reply = await self._client.call(call)
            if reply.value is None:
                raise Trouble(errors.unexpected(reply.status, reply.error, call.what))
            found += [
                each
                for each in reply.value.results
                if (each.properties.get(KEY_PATH) or "").casefold() in keys
            ]
            if not reply.value.more:
                return found
            after = str((reply.value.paging or {})["next"]["after"])

    async def _with_values(
        self, of: ObjectType, name: str, values: Sequence[str], properties: Collection[str]
    ) -> list[Record]:
        """Every live record with one of the values, in as many searches as the body's length asks for."""
        records: list[Record] = []
        groups = [list(values)] if values else []
        while groups:
            group = groups.pop()
            sought = [
                condition(name, "IN", sorted({form for each in group for form in (each, each.lower())}))
            ]
            if len(group) > 1 and (len(group) > BATCH or not fits(_next(of, sought, "9" * 20))):
                half = len(group) // 2
                groups += [group[half:], group[:half]]
                continue
            after = "0"
            while True:
                found = await self.search(
                    of, [*sought, condition("hs_object_id", "GT", after)], "hs_object_id", properties
                )
                records += found.records
                if not found.more:
                    break
                after = str(max(int(each.id) for each in found.rows))
        return records


def _next(of: ObjectType, sought: Filters, after: str) -> dict[str, Any]:
    return search_body([*sought, condition("hs_object_id", "GT", after)], "hs_object_id", (of.modified,))


def _all_told(reply: Reply[Batch], what: str) -> list[Record]:
    """The results of a batch/read. Only "not found" may keep a record away: any other error must not look like a deletion."""
    if reply.value is None:
        if reply.status == 404 and reply.error.category == "OBJECT_NOT_FOUND":
            return []
        raise Trouble(errors.unexpected(reply.status, reply.error, what))
    for entry in reply.value.errors:
        error = errors.parsed(entry)
        if error.category not in ("", "OBJECT_NOT_FOUND"):
            raise Trouble(errors.unexpected(reply.status, error, what))
    return reply.value.results
