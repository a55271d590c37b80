"""Fields that a mapping wants and a system does not have yet: found before anything is stored, made on request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from crossfoot.app import doctor
from crossfoot.app.accounts import Descriptions
from crossfoot.app.changing import read
from crossfoot.app.doctor import wanted
from crossfoot.app.opening import CAPABILITIES, compiled
from crossfoot.model.identity import Kind, Side
from crossfoot.settings.connection import ConnectionSettings
from crossfoot.settings.lacking import lacking
from crossfoot.systems.port import Description, FieldInfo, System, ValueType


@dataclass(frozen=True, slots=True)
class NewField:
    """A field that is to be made."""

    side: Side
    kind: Kind
    info: FieldInfo


@dataclass(frozen=True, slots=True)
class Checked:
    """Settings that would fit the accounts once some fields are made."""

    settings: ConnectionSettings
    new: tuple[NewField, ...]
    descriptions: Descriptions
    """The accounts as they will be then."""


def checked(text: str, name: str | None, descriptions: Descriptions, *, surely: bool = False) -> Checked:
    """Settings from a text, checked against the accounts. Raises `SettingsError`.

    A field that is not there and is called almost like one that is there is a mistake, unless the person `surely` wants new ones.
    """
    settings = read(text, name)
    own = ours(settings, descriptions)
    descriptions = _with(descriptions, own)
    new = own + tuple(
        NewField(
            side,
            each.kind,
            FieldInfo(each.path, each.label, ValueType(each.type), options=each.options, custom=True),
        )
        for side in Side
        if CAPABILITIES[side].creates_fields
        for each in lacking(settings, side, descriptions)
        if surely or not each.meant
    )
    then = _with(descriptions, new)
    return Checked(read(text, name, then), new, then)


def ours(settings: ConnectionSettings, descriptions: Descriptions) -> tuple[NewField, ...]:
    """The fields of ours that the syncs need in HubSpot and that are not there."""
    told = descriptions[Side.CRM].fields
    return tuple(
        NewField(Side.CRM, kind, info)
        for kind, infos in wanted(compiled(settings)).items()
        if kind in told
        for info in infos
        if info.path not in told[kind]
    )


async def make(systems: Mapping[Side, System], new: Sequence[NewField]) -> None:
    """Make them; one that is there already and can serve is left alone. Raises `Trouble`."""
    for side, system in systems.items():
        needed: dict[Kind, tuple[FieldInfo, ...]] = {}
        for each in new:
            if each.side is side:
                needed[each.kind] = (*needed.get(each.kind, ()), each.info)
        await doctor.make(system, needed)


def _with(descriptions: Descriptions, new: Sequence[NewField]) -> dict[Side, Description]:
    found = dict(descriptions)
    for each in new:
        told = found[each.side]
        found[each.side] = replace(
            told,
            fields={**told.fields, each.kind: {**told.fields[each.kind], each.info.path: each.info}},
        )
    return found
