"""Associations: which records belong together (HubSpot fact 6). Read and made in batches, never one by one."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from crossfoot.model.identity import Kind
from crossfoot.systems.hubspot import errors
from crossfoot.systems.hubspot.http import Call, HubSpotClient, Reply
from crossfoot.systems.hubspot.paths import path
from crossfoot.systems.port import Trouble

READ_BATCH = 1000
"""Inputs of a batch read (HubSpot fact 6)."""

WRITE_BATCH = 2000
"""Inputs of a batch create (HubSpot fact 6)."""

PLURALS: Mapping[Kind, str] = {
    Kind.COMPANY: "companies",
    Kind.CONTACT: "contacts",
    Kind.DEAL: "deals",
    Kind.INVOICE: "invoices",
}
"""The kinds that others are associated with, by their names in paths."""

LINE_ITEMS = "line_items"


class Target(msgspec.Struct, rename={"id": "toObjectId", "types": "associationTypes"}):
    """The other end. Documents show its id as a number, the specification as a text (HubSpot fact 6)."""

    id: str | int
    types: list[dict[str, Any]] = []

    @property
    def primary(self) -> bool:
        """Whether it is labelled as the primary one."""
        return any(str(each.get("label") or "").casefold() == "primary" for each in self.types)


class End(msgspec.Struct):
    """One end."""

    id: str


class Row(msgspec.Struct, rename={"start": "from"}):
    """What one record is associated with."""

    start: End
    to: list[Target] = []
    paging: dict[str, Any] | None = None


class Rows(msgspec.Struct):
    """The answer of a batch call."""

    results: list[Any] = []
    errors: list[dict[str, Any]] = []


class Associations:
    """The associations of one connection."""

    def __init__(self, client: HubSpotClient, version: str) -> None:
        self._client = client
        self._version = version

    async def read(self, start: str, ids: Collection[str], end: str) -> dict[str, list[Target]]:
        """Of each record everything of the other type that it is associated with; primary ones first, else in the order of ids."""
        found: dict[str, list[Target]] = {each: [] for each in ids}
        asked: list[dict[str, str]] = [{"id": each} for each in found]
        while asked:
            batch, asked = asked[:READ_BATCH], asked[READ_BATCH:]
            url = path("associated", self._version, type=start, id=end)
            call = Call("POST", url, f"read {end} of {start}", Rows, {"inputs": batch}, reads=True)
            reply = await self._client.call(call)
            for row in _rows(reply, call.what):
                found.setdefault(row.start.id, []).extend(row.to)
                after = ((row.paging or {}).get("next") or {}).get("after")
                if after:
                    asked.append({"id": row.start.id, "after": str(after)})
        return {
            each: sorted(targets, key=lambda target: (not target.primary, int(target.id)))
            for each, targets in found.items()
        }

    async def add(self, start: str, pairs: Sequence[tuple[str, str]], end: str) -> Reply[Rows] | None:
        """Associate pairs without a label; None if there are none. Doing it twice makes one association."""
        return await self._write("associate", start, pairs, end)

    async def remove(self, start: str, pairs: Sequence[tuple[str, str]], end: str) -> Reply[Rows] | None:
        """Take associations away, whatever their label."""
        url = path("dissociate", self._version, type=start, id=end)
        inputs = [{"from": {"id": one}, "to": [{"id": other}]} for one, other in pairs]
        return await self._send(url, inputs, f"part {start} from {end}")

    async def _write(
        self, name: str, start: str, pairs: Sequence[tuple[str, str]], end: str
    ) -> Reply[Rows] | None:
        url = path(name, self._version, type=start, id=end)
        inputs = [{"from": {"id": one}, "to": {"id": other}} for one, other in pairs]
        return await self._send(url, inputs, f"associate {start} with {end}")

    async def _send(self, url: str, inputs: Sequence[Any], what: str) -> Reply[Rows] | None:
        reply: Reply[Rows] | None = None
        for begin in range(0, len(inputs), WRITE_BATCH):
            payload = {"inputs": list(inputs[begin : begin + WRITE_BATCH])}
            reply = await self._client.call(Call("POST", url, what, Rows, payload, at_once=True))
            if reply.value is None or reply.value.errors:
                return reply
        return reply


def _rows(reply: Reply[Rows], what: str) -> list[Row]:
    if reply.value is None:
        if reply.status == 404 and reply.error.category == "OBJECT_NOT_FOUND":
            return []
        raise Trouble(errors.unexpected(reply.status, reply.error, what))
    for entry in reply.value.errors:
        error = errors.parsed(entry)
        # A record without any association is told as an error of this category.
        if error.category not in ("", "OBJECT_NOT_FOUND"):
            raise Trouble(errors.unexpected(reply.status, error, what))
    return [msgspec.convert(each, Row) for each in reply.value.results]
