"""The doctor of our properties: what is wrong with them in a portal, and putting it right in as few calls as possible (HubSpot facts 5.1, 7.5)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from crossfoot.model.ailments import Ailment, AilmentKind
from crossfoot.model.identity import Kind
from crossfoot.systems.hubspot import errors
from crossfoot.systems.hubspot.http import Call, HubSpotClient
from crossfoot.systems.hubspot.kinds import object_type
from crossfoot.systems.hubspot.objects import BATCH, ObjectType
from crossfoot.systems.hubspot.paths import path
from crossfoot.systems.hubspot.properties import (
    GROUP,
    MADE,
    Definition,
    DefinitionPage,
    Definitions,
    creation,
    mismatch,
)
from crossfoot.systems.port import FieldInfo, Trouble

_GROUPED = frozenset({AilmentKind.MISSING, AilmentKind.ARCHIVED, AilmentKind.MOVED})
"""What needs our group."""

_THERE = "OBJECT_ALREADY_EXISTS"

_REBUILT = (
    "HubSpot does not let that be changed, and brings an archived property back as it was. "
    "Have the property deleted for good in HubSpot, then repair again."
)


class Refusal(msgspec.Struct):
    """Why one of several properties was not made."""

    message: str = ""
    category: str = ""


class BatchAnswer(msgspec.Struct):
    """The answer to properties made together; those that were refused are told one by one."""

    errors: list[Refusal] = []


class Doctor:
    """Looks after the properties of ours in one portal."""

    def __init__(self, client: HubSpotClient, definitions: Definitions, version: str) -> None:
        self._client = client
        self._definitions = definitions
        self._version = version

    async def examine(self, kind: Kind, wanted: Sequence[FieldInfo]) -> list[Ailment]:
        """What is wrong with these properties. One call; another one if any of them is not there."""
        of = object_type(kind)
        live = await self._properties(of)
        missing = [info for info in wanted if info.path not in live]
        archived = await self._properties(of, archived=True) if missing else {}
        return [each for info in wanted for each in ailments(info, live.get(info.path), archived)]

    async def mend(self, kind: Kind, wanted: Sequence[FieldInfo], *, tidy: bool = False) -> list[Ailment]:
        """Put right what can be, and look again: what is still wrong then is returned, with what HubSpot said to that.

        All new properties go in one call, each changed one in a call of its own (there is no batch update). A call whose fate is not known
        is not repeated: the second look tells.
        """
        of = object_type(kind)
        by_path = {info.path: info for info in wanted}
        found = await self.examine(kind, wanted)
        said: list[str] = []
        # What is brought back comes as it was, and may be wrong in another way: so twice.
        for _ in range(2):
            ill = [each for each in found if each.mendable and (tidy or not each.harmless)]
            if not ill or said:
                break
            said = await self._treat(of, [(each, by_path[each.path]) for each in ill])
            self._definitions.forget(kind)
            found = await self.examine(kind, wanted)
        fix = f"HubSpot said: {' '.join(dict.fromkeys(said))}" if said else ""
        return [each if each.fix or each.harmless else replace(each, fix=fix) for each in found]

    async def _treat(self, of: ObjectType, ill: Sequence[tuple[Ailment, FieldInfo]]) -> list[str]:
        """Do something about each of them; what HubSpot said to those that it refused."""
        said: list[str] = []
        if any(each.kind in _GROUPED for each, _ in ill):
            await self._definitions.make_group(of)
        new = [creation(info) for each, info in ill if each.kind is AilmentKind.MISSING]
        url = path("new properties", self._version, type=of.path)
        for start in range(0, len(new), BATCH):
            inputs = {"inputs": new[start : start + BATCH]}
            call = Call("POST", url, f"make {of.singular} properties", BatchAnswer, inputs)
            said += await self._send(of, call)
        url = path("properties", self._version, type=of.path)
        for each, info in ill:
            if each.kind is AilmentKind.ARCHIVED:
                what = f"bring back the {of.singular} property '{info.path}'"
                said += await self._send(of, Call("POST", url, what, Definition, creation(info)))
        changed: dict[str, tuple[FieldInfo, set[AilmentKind]]] = {}
        for each, info in ill:
            if each.kind not in (AilmentKind.MISSING, AilmentKind.ARCHIVED):
                changed.setdefault(info.path, (info, set()))[1].add(each.kind)
        live = await self._properties(of) if changed else {}
        for name, (info, kinds) in changed.items():
            url = path("property", self._version, type=of.path, id=name)
            change = dict(_change(info, live.get(name), kinds))
            what = f"repair the {of.singular} property '{name}'"
            said += await self._send(of, Call("PATCH", url, what, Definition, change))
        return said

    async def _send(self, of: ObjectType, call: Call[Any]) -> list[str]:
        """Send it; what HubSpot said where it refused, for the rest goes on all the same."""
        reply = await self._definitions.sent(of, call)
        if reply is None:
            return []
        if isinstance(reply.value, BatchAnswer):
            return [each.message for each in reply.value.errors if each.category != _THERE]
        return [reply.error.message] if reply.value is None and reply.status != 409 else []

    async def _properties(self, of: ObjectType, *, archived: bool = False) -> Mapping[str, Definition]:
        url = path("properties", self._version, type=of.path) + ("?archived=true" if archived else "")
        what = f"read the {'archived ' if archived else ''}{of.singular} properties"
        reply = await self._client.call(Call("GET", url, what, DefinitionPage, reads=True))
        if reply.value is None:
            raise Trouble(errors.unexpected(reply.status, reply.error, what))
        return {each.name: each for each in reply.value.results}


def ailments(info: FieldInfo, found: Definition | None, archived: Iterable[str] = ()) -> Iterator[Ailment]:
    """Everything that is wrong with one property of ours. What it is called and where it stands is said last."""

    def ailing(kind: AilmentKind, what: str, fix: str = "") -> Ailment:
        return Ailment(info.path, info.label, kind, what, fix)

    if found is None:
        if info.path in archived:
            yield ailing(AilmentKind.ARCHIVED, "is archived")
        else:
            yield ailing(AilmentKind.MISSING, "is missing")
        return
    wrong = mismatch(info, found)
    if wrong is not None:
        kind, what = wrong
        yield ailing(kind, what, _REBUILT if kind in (AilmentKind.UNIQUE, AilmentKind.READ_ONLY) else "")
    if found.label and found.label != info.label:
        yield ailing(AilmentKind.RENAMED, f"is called '{found.label}'")
    if found.group_name and found.group_name != GROUP:
        yield ailing(AilmentKind.MOVED, f"stands in the group '{found.group_name}'")


def _change(
    info: FieldInfo, found: Definition | None, kinds: Iterable[AilmentKind]
) -> Iterator[tuple[str, Any]]:
    """The body that repairs a property. Options are replaced as a whole by HubSpot, so those of other people are sent along."""
    made = creation(info)
    for kind in kinds:
        if kind is AilmentKind.TYPE:
            yield "type", MADE[info.type][0]
            yield "fieldType", MADE[info.type][1]
        if kind is AilmentKind.RENAMED:
            yield "label", info.label
        if kind is AilmentKind.MOVED:
            yield "groupName", GROUP
        if kind in (AilmentKind.TYPE, AilmentKind.OPTIONS) and "options" in made:
            there = found.options if found is not None and found.type == MADE[info.type][0] else []
            kept = [each.json() for each in there]
            known = {each.value for each in there}
            yield "options", kept + [each for each in made["options"] if each["value"] not in known]
