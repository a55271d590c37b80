"""What is wrong with settings as a whole: parts that do not fit each other, and parts that do not fit the connected accounts."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Protocol

from crossfoot.model.identity import Kind, Side
from crossfoot.settings.building import LENSES, injective
from crossfoot.settings.mappings import Direction
from crossfoot.settings.shape import ConditionSettings, LensName, PairSettings, PartSettings, SyncSettings

Place = tuple[str | int, ...]
"""Where in the settings, from the outside in: ("syncs", "people", "mapping", "email", "lens")."""


@dataclass(frozen=True, slots=True)
class SettingsProblem:
    """One mistake in the settings, for people."""

    place: Place
    what: str
    fix: str = ""
    position: str = ""
    """`settings.yaml:12:5`, where the settings were read from a text."""

    def __str__(self) -> str:
        where = ".".join(str(step) for step in self.place)
        return ": ".join(part for part in (self.position, where, f"{self.what} {self.fix}".strip()) if part)


class NativeField(Protocol):
    """What a system tells about a field, as far as settings need it (`systems.port.FieldInfo`)."""

    @property
    def label(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def writable(self) -> bool: ...
    @property
    def options(self) -> Mapping[str, str]: ...


class Account(Protocol):
    """What a connected account has (`systems.port.Description`)."""

    @property
    def fields(self) -> Mapping[Kind, Mapping[str, NativeField]]: ...


class Needs(Protocol):
    """What a kind cannot do without (`systems.port.KindAbilities`)."""

    @property
    def required_paths(self) -> tuple[str, ...]: ...


# ── parts that do not fit each other ───────────────────────────────────────────────────────────────────────────────────

PARAMETERS = tuple(dict.fromkeys(word for lens in LENSES.values() for word in sorted(lens.takes)))
"""The words of a mapping's row that mean something to some lenses only."""

NAMES = {Side.CRM: "the CRM", Side.LEDGER: "the ledger"}


def contradictions(name: str, sync: SyncSettings) -> Iterator[SettingsProblem]:
    """What is wrong within one sync, whatever accounts are connected."""
    here: Place = ("syncs", name)
    if sync.direction is Direction.NONE:
        yield SettingsProblem(
            (*here, "direction"),
            "A sync without a direction does nothing.",
            "Write both, to_ledger or to_crm, or set its state to disabled.",
        )
        return
    if sync.creates is not Direction.NONE and sync.creates.within(sync.direction) is Direction.NONE:
        yield SettingsProblem(
            (*here, "creates"),
            f"Records cannot be created {_way(sync.creates)} while the sync goes {_way(sync.direction)}.",
            "Choose none, or the sync's direction.",
        )
    for pair, row in (sync.mapping or {}).items():
        yield from _pair_contradictions((*here, "mapping", pair), row, sync.direction)
    seen: set[str] = set()
    for index, rule in enumerate(sync.match or ()):
        if rule.name in seen:
            yield SettingsProblem(
                (*here, "match", index, "name"),
                f"There are two match rules called '{rule.name}'.",
                "Give each its own name.",
            )
        seen.add(rule.name)
        for key in ("by", "against"):
            parts: tuple[PartSettings, ...] = getattr(rule, key)
            for number, part in enumerate(parts):
                if not part.crm or not part.ledger:
                    yield SettingsProblem(
                        (*here, "match", index, key, number),
                        "A match rule compares something on both sides.",
                        "Name a field for crm and one for ledger.",
                    )


def _pair_contradictions(here: Place, pair: PairSettings, direction: Direction) -> Iterator[SettingsProblem]:
    lens = LENSES[pair.lens]
    effective = pair.direction.within(direction)
    if pair.direction is Direction.NONE:
        yield SettingsProblem(
            (*here, "direction"), "A field without a direction does nothing.", "Leave the row out instead."
        )
        return
    if effective is Direction.NONE:
        yield SettingsProblem(
            (*here, "direction"),
            f"This field goes {_way(pair.direction)}, but its sync goes {_way(direction)} only.",
            "Make them agree, or leave the row out.",
        )
        return
    for word in PARAMETERS:
        given = getattr(pair, word)
        if given not in (None, ()) and word not in lens.takes:
            users = " and ".join(f"'{name}'" for name, other in LENSES.items() if word in other.takes)
            yield SettingsProblem(
                (*here, word), f"The lens '{pair.lens}' has no use for '{word}'.", f"It belongs to {users}."
            )
        if given is None and word in lens.needs:
            yield SettingsProblem(
                (*here, "lens"), f"The lens '{pair.lens}' needs '{word}'.", f"Add '{word}:' to this row."
            )
    if (
        pair.lens is LensName.VALUES
        and pair.values is not None
        and effective is not Direction.TO_LEDGER
        and not injective(pair)
    ):
        yield SettingsProblem(
            (*here, "values"),
            "Two CRM values stand for the same ledger value, so the way back is not known.",
            "Set the direction of this field to to_ledger, or give each its own ledger value.",
        )
    if lens.one_way and effective is Direction.BOTH:
        yield SettingsProblem(
            (*here, "lens"),
            f"The lens '{pair.lens}' works one way only: it has no inverse, and this field goes both ways.",
            "Set the direction of this field to to_ledger or to_crm, or choose another lens.",
        )
        return
    for side in Side:
        least, most = lens.paths
        if lens.one_way and effective.allows(side):
            least, most = 1, 1
        count = len(pair.crm if side is Side.CRM else pair.ledger)
        if not least <= count <= most:
            yield SettingsProblem(
                (*here, str(side)),
                _count(pair.lens, side, count, least, most),
                "Correct the field names of this row.",
            )


def _count(lens: LensName, side: Side, count: int, least: int, most: int) -> str:
    allowed = "no field" if most == 0 else "one field" if most == 1 else f"{least} to {most} fields"
    return f"The lens '{lens}' needs {allowed} of {NAMES[side]} here, and {count or 'none'} {'are' if count > 1 else 'is'} named."


def _start(side: Side) -> str:
    return "T" + NAMES[side][1:]


def _way(direction: Direction) -> str:
    return {
        Direction.BOTH: "both ways",
        Direction.TO_LEDGER: "to the ledger",
        Direction.TO_CRM: "to the CRM",
        Direction.NONE: "nowhere",
    }[direction]


# ── parts that do not fit the accounts ─────────────────────────────────────────────────────────────────────────────────


def misfits(
    name: str,
    sync: SyncSettings,
    accounts: Mapping[Side, Account],
    needs: Mapping[Side, Mapping[Kind, Needs]],
    makes: Collection[Side] | None = None,
) -> Iterator[SettingsProblem]:
    """What one sync asks of the connected accounts that they do not have. `makes`: the sides that can be given new fields, if that is known."""
    here: Place = ("syncs", name)
    for side, account in accounts.items():
        kind = sync.crm if side is Side.CRM else sync.ledger
        if kind is None:
            continue
        if kind not in account.fields:
            yield SettingsProblem(
                (*here, str(side)),
                f"{_start(side)} has no records of the kind '{kind}'.",
                f"It has {', '.join(account.fields)}.",
            )
            continue
        fields = account.fields[kind]
        for pair, row in (sync.mapping or {}).items():
            own = None if makes is None else side in makes
            yield from _pair_misfits((*here, "mapping", pair), side, row, sync.direction, fields, own)
        for place, path in _compared(sync, side):
            yield from _unknown((*here, *place), side, path, fields)
        for word, conditions in (("filters", sync.filters), ("newcomers", sync.newcomers)):
            condition = (conditions or {}).get(side)
            if condition:
                yield from filter_misfits((*here, word, str(side)), side, condition, fields)
        if sync.handover and side is Side.LEDGER:
            yield from filter_misfits((*here, "handover"), side, sync.handover, fields)
        if sync.creates.within(sync.direction).allows(side) and kind in needs.get(side, {}):
            yield from _incomplete(here, side, sync, needs[side][kind].required_paths, fields)


def _pair_misfits(
    here: Place,
    side: Side,
    pair: PairSettings,
    direction: Direction,
    fields: Mapping[str, NativeField],
    own: bool | None,
) -> Iterator[SettingsProblem]:
    written = pair.direction.within(direction).allows(side)
    for path in pair.crm if side is Side.CRM else pair.ledger:
        unknown = list(_unknown((*here, str(side)), side, path, fields, own))
        yield from unknown
        if unknown:
            continue
        info = fields[path]
        if written and not info.writable:
            other = Direction.TO_CRM if side is Side.LEDGER else Direction.TO_LEDGER
            yield SettingsProblem(
                (*here, "direction"),
                f"{_start(side)} calculates '{info.label}' ({path}) itself, so it cannot be written.",
                f"Set the direction of this field to {other}, or leave the row out.",
            )
        elif written and _NATURAL.get(info.type, pair.lens) is not pair.lens and pair.lens in _TEXTS:
            yield SettingsProblem(
                (*here, "lens"),
                f"'{info.label}' ({path}) is a {info.type} field of {NAMES[side]}, and the lens '{pair.lens}' writes texts.",
                f"Choose the lens '{_NATURAL[info.type]}'.",
            )
        if pair.values and info.options:
            for crm, ledger in pair.values.items():
                word = str(crm if side is Side.CRM else ledger)
                if word not in info.options:
                    yield SettingsProblem(
                        (*here, "values"),
                        f"'{info.label}' ({path}) of {NAMES[side]} has no option '{word}'.",
                        meant(word, info.options) or f"Its options are {some(info.options)}.",
                    )


_NATURAL = {
    "number": LensName.NUMBER,
    "money": LensName.MONEY,
    "boolean": LensName.BOOLEAN,
    "date": LensName.DATE,
    "moment": LensName.MOMENT,
}
_TEXTS = frozenset(
    {
        LensName.TEXT,
        LensName.LONG_TEXT,
        LensName.CODE,
        LensName.EMAIL,
        LensName.PHONE,
        LensName.URL,
        LensName.DOMAIN,
        LensName.ADDRESS,
    }
)


def _compared(sync: SyncSettings, side: Side) -> Iterator[tuple[Place, str]]:
    for index, rule in enumerate(sync.match or ()):
        for key in ("by", "against"):
            parts: tuple[PartSettings, ...] = getattr(rule, key)
            for number, part in enumerate(parts):
                for path in part.crm if side is Side.CRM else part.ledger:
                    yield ("match", index, key, number, str(side)), path


def filter_misfits(
    here: Place, side: Side, node: ConditionSettings, fields: Mapping[str, NativeField]
) -> Iterator[SettingsProblem]:
    """What a condition asks of an account's fields that they do not have."""
    for word, nodes in (("all", node.all), ("any", node.any)):
        for index, child in enumerate(nodes or ()):
            yield from filter_misfits((*here, word, index), side, child, fields)
    if node.not_:
        yield from filter_misfits((*here, "not"), side, node.not_, fields)
    if node.field is None:
        return
    unknown = list(_unknown((*here, "field"), side, node.field, fields))
    yield from unknown
    if unknown or node.operator is None:
        return
    info = fields[node.field]
    wanted = node.value if isinstance(node.value, tuple) else (node.value,)
    if info.options and node.operator.takes in ("one", "several") and info.type == "option":
        stored = {option.casefold() for option in info.options}
        for value in wanted:
            if str(value).casefold() not in stored:
                yield SettingsProblem(
                    (*here, "value"),
                    f"'{info.label}' ({node.field}) has no option '{value}'.",
                    meant(str(value), info.options) or f"Its options are {some(info.options)}.",
                )
    if node.operator.takes == "ordered" and info.type not in ("number", "money", "date", "moment"):
        yield SettingsProblem(
            (*here, "operator"),
            f"'{info.label}' ({node.field}) has no order, so '{node.operator}' says nothing about it.",
            "Use is, any_of or contains.",
        )
    if (
        info.type == "boolean"
        and node.operator.takes in ("one", "several")
        and not all(isinstance(value, bool) for value in wanted)
    ):
        yield SettingsProblem(
            (*here, "value"),
            f"'{info.label}' ({node.field}) is either true or false.",
            "Write true or false, without quotes.",
        )


def _incomplete(
    here: Place, side: Side, sync: SyncSettings, required: tuple[str, ...], fields: Mapping[str, NativeField]
) -> Iterator[SettingsProblem]:
    written = {
        path
        for pair in (sync.mapping or {}).values()
        if pair.direction.within(sync.direction).allows(side)
        for path in (pair.crm if side is Side.CRM else pair.ledger)
    }
    for path in required:
        if path not in written:
            label = fields[path].label if path in fields else path
            way = Direction.TO_LEDGER if side is Side.CRM else Direction.TO_CRM
            yield SettingsProblem(
                (*here, "mapping"),
                f"A new record in {NAMES[side]} cannot do without '{label}' ({path}), and no row of the mapping fills it in.",
                f"Add a row for it, or set 'creates' to {way if sync.direction is Direction.BOTH else Direction.NONE}.",
            )


def _unknown(
    here: Place, side: Side, path: str, fields: Mapping[str, NativeField], own: bool | None = None
) -> Iterator[SettingsProblem]:
    """`own`: whether the side can be given fields of one's own, where that would help."""
    if path in fields:
        return
    known = meant(path, fields)
    if own is False:
        yield SettingsProblem(
            here,
            f"{_start(side)} has no field '{path}', and it cannot be given fields of one's own.",
            known or "Name one of its fields.",
        )
        return
    yield SettingsProblem(
        here,
        f"{_start(side)} has no field '{path}'.",
        (known or "Look up the field's internal name there.")
        + (
            " A new one is made with --create-fields; its name has only small letters, digits and _."
            if own
            else ""
        ),
    )


def meant(word: str, known: Mapping[str, object]) -> str:
    """The word that somebody who wrote another one may have meant, as a question."""
    close = get_close_matches(word, known, n=1, cutoff=0.7) or [
        name for name in known if name.casefold() == word.casefold()
    ]
    return f"Did you mean '{close[0]}'?" if close else ""


def some(options: Mapping[str, str]) -> str:
    """The first of many options."""
    names = list(options)
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
