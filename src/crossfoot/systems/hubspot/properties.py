"""Property definitions: what fields a portal has, and making our own (HubSpot facts 7.5, 3.2)."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec

from crossfoot.model.ailments import AilmentKind
from crossfoot.model.identity import Kind
from crossfoot.model.problems import Cause, Problem
from crossfoot.systems.hubspot import errors
from crossfoot.systems.hubspot.http import Call, HubSpotClient, Later, Reply, Uncertain
from crossfoot.systems.hubspot.kinds import object_type
from crossfoot.systems.hubspot.objects import ObjectType
from crossfoot.systems.hubspot.paths import path
from crossfoot.systems.port import Clock, FieldInfo, Trouble, ValueType

GROUP = "crossfoot"
GROUP_LABEL = "Crossfoot"

STALE = timedelta(minutes=1)
"""How long definitions are trusted when an answer does not mention a custom property that they list."""

_TYPES: Mapping[str, ValueType] = {
    "number": ValueType.NUMBER,
    "bool": ValueType.BOOLEAN,
    "date": ValueType.DATE,
    "datetime": ValueType.MOMENT,
    "enumeration": ValueType.OPTION,
}

MADE: Mapping[ValueType, tuple[str, str]] = {
    ValueType.TEXT: ("string", "text"),
    ValueType.NUMBER: ("number", "number"),
    ValueType.MONEY: ("number", "number"),
    ValueType.BOOLEAN: ("bool", "booleancheckbox"),
    ValueType.DATE: ("date", "date"),
    ValueType.MOMENT: ("datetime", "date"),
    ValueType.OPTION: ("enumeration", "select"),
    ValueType.OPTIONS: ("enumeration", "checkbox"),
    ValueType.REFERENCE: ("string", "text"),
}
"""HubSpot's type and field type of a property that we make."""


T = TypeVar("T")


class Option(msgspec.Struct, rename="camel"):
    """One option of an enumeration: `value` is stored, `label` is shown."""

    value: str
    label: str = ""
    display_order: int = -1
    hidden: bool = False
    description: str | None = None

    def json(self) -> dict[str, Any]:
        """As it is sent back where the whole list is sent."""
        own = {
            "value": self.value,
            "label": self.label,
            "displayOrder": self.display_order,
            "hidden": self.hidden,
        }
        return own | ({"description": self.description} if self.description else {})


class Changeable(msgspec.Struct, rename={"read_only_value": "readOnlyValue"}):
    """What may be changed about a property."""

    read_only_value: bool = False


class Definition(msgspec.Struct, rename="camel"):
    """One property of a portal, or its group, of which only the name matters."""

    name: str
    label: str = ""
    type: str = "string"
    field_type: str = "text"
    group_name: str = ""
    options: list[Option] = []
    has_unique_value: bool | None = None
    hubspot_defined: bool | None = None
    calculated: bool | None = None
    show_currency_symbol: bool | None = None
    modification_metadata: Changeable | None = None


class DefinitionPage(msgspec.Struct):
    """All properties of an object type; this API does not page."""

    results: list[Definition] = []


def info_of(definition: Definition, known: FieldInfo | None) -> FieldInfo:
    """The field that a property is. What `known` says of type and reference goes before what the portal says."""
    kind = _TYPES.get(definition.type, ValueType.TEXT)
    if kind is ValueType.OPTION and definition.field_type == "checkbox":
        kind = ValueType.OPTIONS
    if kind is ValueType.NUMBER and definition.show_currency_symbol:
        kind = ValueType.MONEY
    if (
        known is not None
        and known.type in (ValueType.REFERENCE, ValueType.MONEY)
        and _trusted(known, definition)
    ):
        kind = known.type
    changeable = definition.modification_metadata
    return FieldInfo(
        path=definition.name,
        label=definition.label or definition.name,
        type=kind,
        writable=not definition.calculated and not (changeable and changeable.read_only_value),
        options={each.value: each.label or each.value for each in definition.options}
        if kind in (ValueType.OPTION, ValueType.OPTIONS)
        else {},
        unique=bool(definition.has_unique_value) or (known is not None and known.unique and not known.custom),
        refers_to=known.refers_to if known else None,
        custom=not definition.hubspot_defined,
    )


def _trusted(known: FieldInfo, definition: Definition) -> bool:
    """Whether what we know of a property goes before what the portal says: of our own only as long as it is what we made."""
    return not known.custom or definition.type == MADE[known.type][0]


def creation(info: FieldInfo) -> dict[str, Any]:
    """The body that makes a property of ours."""
    type_name, field_type = MADE[info.type]
    made: dict[str, Any] = {
        "name": info.path,
        "label": info.label,
        "groupName": GROUP,
        "type": type_name,
        "fieldType": field_type,
        "description": "Kept by Crossfoot.",
    }
    if info.unique:
        made["hasUniqueValue"] = True
    if info.type is ValueType.MONEY:
        made["showCurrencySymbol"] = True
    options = {"true": "Yes", "false": "No"} if info.type is ValueType.BOOLEAN else dict(info.options)
    if options:
        made["options"] = [
            {"value": value, "label": label, "displayOrder": order, "hidden": False}
            for order, (value, label) in enumerate(options.items())
        ]
    return made


def mismatch(info: FieldInfo, found: Definition) -> tuple[AilmentKind, str] | None:
    """What is wrong with an existing property, as a clause, that shall serve as the wanted one; None when it can. Uniqueness cannot be added later."""
    wanted, _ = MADE[info.type]
    if found.type != wanted:
        return AilmentKind.TYPE, f"is of type '{found.type}', and '{wanted}' is needed"
    if found.calculated:
        return AilmentKind.READ_ONLY, "is calculated by HubSpot, so nothing can be written to it"
    if info.unique and not found.has_unique_value:
        return AilmentKind.UNIQUE, "does not keep its values unique"
    missing = sorted(set(info.options) - {each.value for each in found.options})
    if info.type in (ValueType.OPTION, ValueType.OPTIONS) and missing:
        return AilmentKind.OPTIONS, f"lacks the options {', '.join(missing)}"
    return None


class Definitions:
    """The portal's properties, asked for when needed and remembered."""

    def __init__(self, client: HubSpotClient, clock: Clock, version: str) -> None:
        self._client = client
        self._clock = clock
        self._version = version
        self._loaded: dict[Kind, tuple[datetime, Mapping[str, FieldInfo]]] = {}

    async def load(self, kind: Kind) -> Mapping[str, FieldInfo]:
        """Every property of the kind, as of now."""
        of = object_type(kind)
        reply = await self._client.call(
            Call(
                "GET",
                path("properties", self._version, type=of.path),
                f"read the {of.singular} properties",
                DefinitionPage,
                reads=True,
            )
        )
        if reply.value is None:
            raise Trouble(errors.unexpected(reply.status, reply.error, f"show the {of.singular} properties"))
        infos = {each.name: info_of(each, of.paths.get(each.name)) for each in reply.value.results}
        infos |= {path: of.paths[path] for path in of.beside}
        self._loaded[kind] = (self._clock.now(), infos)
        return infos

    async def covering(self, kind: Kind, wanted: Collection[str]) -> Mapping[str, FieldInfo]:
        """Infos for the wanted paths as far as they exist, without a call when all of them are known."""
        loaded = self._loaded.get(kind)
        known = loaded[1] if loaded else object_type(kind).paths
        if all(each in known for each in wanted) or (loaded and not self._stale(loaded[0])):
            return known
        return await self.load(kind)

    async def verified(self, kind: Kind, untold: Collection[str]) -> Mapping[str, FieldInfo]:
        """Infos after custom properties were absent from an answer: deleted ones must not look empty.

        HubSpot drops unknown names from an answer without a word (HubSpot fact 3.2).
        """
        loaded = self._loaded.get(kind)
        if loaded and not self._stale(loaded[0]):
            return loaded[1]
        known = loaded[1] if loaded else object_type(kind).paths
        if any(known[each].custom for each in untold if each in known):
            return await self.load(kind)
        return known

    async def create(self, kind: Kind, info: FieldInfo) -> None:
        """Make the property, unless one that can serve is there. Raises `Trouble`."""
        of = object_type(kind)
        found = await self._find(of, info)
        if found is None:
            await self.make_group(of)
            found = await self._make(of, info) or await self._find(of, info)
        wrong = mismatch(info, found) if found else (AilmentKind.MISSING, "is not shown after it was made")
        if wrong:
            raise Trouble(
                Problem(
                    Cause.INVALID,
                    f"The HubSpot {of.singular} property '{info.path}' cannot be used: it {wrong[1]}.",
                    f"Delete or rename the property '{info.path}' in HubSpot's settings, then try again.",
                    field=info.path,
                )
            )
        self.forget(kind)

    def forget(self, kind: Kind) -> None:
        """Ask again when they are needed next."""
        self._loaded.pop(kind, None)

    def _stale(self, loaded: datetime) -> bool:
        return self._clock.now() - loaded > STALE

    async def _find(self, of: ObjectType, info: FieldInfo) -> Definition | None:
        url = path("property", self._version, type=of.path, id=info.path)
        reply = await self._client.call(
            Call("GET", url, f"read the {of.singular} property {info.path}", Definition, reads=True)
        )
        if reply.value is None and reply.status != 404:
            raise Trouble(errors.unexpected(reply.status, reply.error, f"show the property '{info.path}'"))
        return reply.value

    async def make_group(self, of: ObjectType) -> None:
        """The group in which our properties stand, if it is not there."""
        url = path("groups", self._version, type=of.path)
        payload = {"name": GROUP, "label": GROUP_LABEL, "displayOrder": -1}
        await self._post(of, url, payload, f"make the property group '{GROUP}' for {of.path}")

    async def _make(self, of: ObjectType, info: FieldInfo) -> Definition | None:
        url = path("properties", self._version, type=of.path)
        return await self._post(of, url, creation(info), f"make the {of.singular} property '{info.path}'")

    async def _post(self, of: ObjectType, url: str, payload: Any, what: str) -> Definition | None:
        """Make it; None when it is there already or nobody knows: the caller looks. Making one twice makes one."""
        reply = await self.sent(of, Call("POST", url, what, Definition, payload))
        if reply is not None and reply.value is None and reply.status != 409:
            raise Trouble(errors.unexpected(reply.status, reply.error, what))
        return reply.value if reply else None

    async def sent(self, of: ObjectType, call: Call[T]) -> Reply[T] | None:
        """The answer to a call that makes or changes properties; None where nobody knows what became of it. Raises `Trouble`."""
        try:
            return await self._client.call(call)
        except Uncertain:
            return None
        except Later as later:
            raise Trouble(errors.unavailable(call.what, str(later)), later.seconds) from None
        except Trouble as trouble:
            raise _scope_hint(of, trouble) from None


def _scope_hint(of: ObjectType, trouble: Trouble) -> Trouble:
    """Product properties can be made with one old scope only (HubSpot fact 2.3)."""
    if of.kind is not Kind.PRODUCT or trouble.problem.cause is not Cause.FORBIDDEN:
        return trouble
    problem = Problem(
        Cause.FORBIDDEN,
        "HubSpot does not let Crossfoot make product properties: the scope 'e-commerce' is needed.",
        "Add the scope 'e-commerce' to the app in HubSpot and connect again, or make the properties by hand.",
        said=trouble.problem.said,
    )
    return Trouble(problem, trouble.retry_after)
