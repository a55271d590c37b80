"""The doctor of our fields in HubSpot: which ones a connection needs, what is wrong with them, and putting it right."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crossfoot.app.failure import FAILED, Failure
from crossfoot.model.ailments import Ailment
from crossfoot.model.identity import Kind, Side
from crossfoot.model.problems import Cause, Problem
from crossfoot.settings.rules import Sync, SyncState
from crossfoot.systems.hubspot.defaults import CUSTOM_FIELDS
from crossfoot.systems.hubspot.objects import KEY_PATH
from crossfoot.systems.keeping import KeepsFields
from crossfoot.systems.port import Description, FieldInfo, System, Trouble, ValueType

Wanted = Mapping[Kind, tuple[FieldInfo, ...]]
"""Per kind of HubSpot's records, the fields of ours that must be there."""

_SHOWN = 3

_SORTS = {ValueType.MONEY: ValueType.NUMBER, ValueType.OPTIONS: ValueType.OPTION}
"""What takes the same values: an amount may be shown with a sign or without, an option alone or among several."""


@dataclass(frozen=True, slots=True)
class Examined:
    """The fields of ours of one kind of record."""

    kind: Kind
    fields: tuple[FieldInfo, ...]
    ailments: tuple[Ailment, ...]

    @property
    def broken(self) -> tuple[Ailment, ...]:
        """What keeps something from working."""
        return tuple(each for each in self.ailments if not each.harmless)


def wanted(syncs: Iterable[Sync]) -> dict[Kind, tuple[FieldInfo, ...]]:
    """The fields of ours that these syncs need: the key of what we create, and what their mappings name."""
    named: dict[Kind, set[str]] = {}
    for sync in syncs:
        if sync.state is not SyncState.DISABLED:
            named.setdefault(sync.crm, {KEY_PATH}).update(sync.paths(Side.CRM))
    return {
        kind: tuple(info for info in infos if info.path in named[kind])
        for kind, infos in CUSTOM_FIELDS.items()
        if kind in named
    }


async def examine(system: System, needed: Wanted) -> list[Examined]:
    """Look at them; nothing is changed. Raises `Trouble`."""
    keeper = _keeper(system)
    return [
        Examined(kind, infos, tuple(await keeper.examine_fields(kind, infos)))
        for kind, infos in needed.items()
    ]


async def mend(system: System, needed: Wanted, *, tidy: bool = False) -> list[Examined]:
    """Put right what can be, and tell what is still wrong. `tidy`: names and groups too. Raises `Trouble`."""
    keeper = _keeper(system)
    return [
        Examined(kind, infos, tuple(await keeper.mend_fields(kind, infos, tidy=tidy)))
        for kind, infos in needed.items()
    ]


async def make(system: System, needed: Wanted) -> None:
    """Make them, and repair those that are there. Raises `Trouble` where one cannot be as it must."""
    for examined in await mend(system, needed) if needed else ():
        for each in examined.broken:
            raise Trouble(
                Problem(
                    Cause.INVALID,
                    f"The {system.title} {examined.kind} property '{each.path}' cannot be used: it {each.what}.",
                    each.fix or "Try again; if it stays like this, make the property by hand.",
                    field=each.path,
                )
            )


def check(syncs: Iterable[Sync], description: Description, title: str) -> None:
    """Raises `Failure` where a field of ours that the syncs need is not there or is not as it must be, by what the account told of itself.

    Without them each record would fail by itself, and without the key what we create could be created twice.
    """
    ill = [
        (kind, info)
        for kind, infos in wanted(syncs).items()
        if kind in description.fields
        for info in infos
        if not _serves(info, description.fields[kind].get(info.path))
    ]
    if ill:
        raise Failure(
            f"{title} lacks {_named(ill)} of Crossfoot's own, or they are not as they must be. Nothing was synced.",
            "See what is wrong with 'crossfoot doctor', and let it be repaired with 'crossfoot doctor --repair'.",
            code=FAILED,
        )


def _serves(info: FieldInfo, found: FieldInfo | None) -> bool:
    return (
        found is not None
        and found.writable
        and _SORTS.get(found.type, found.type) is _SORTS.get(info.type, info.type)
        and (found.unique or not info.unique)
        and info.options.keys() <= found.options.keys()
    )


def _named(ill: Sequence[tuple[Kind, FieldInfo]]) -> str:
    shown = ", ".join(f"'{info.label}' of the {kind} ({info.path})" for kind, info in ill[:_SHOWN])
    more = len(ill) - _SHOWN
    number = "a property" if len(ill) == 1 else f"{len(ill)} properties"
    return f"{number} ({shown}{f' and {more} more' if more > 0 else ''})"


def _keeper(system: System) -> KeepsFields:
    assert isinstance(system, KeepsFields), f"{system.title} keeps no fields of ours"
    return system
