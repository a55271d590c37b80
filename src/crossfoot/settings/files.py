"""Settings as a YAML text: load with every mistake named and placed, write out, edit without losing comments, compare, check.

YAML 1.2 through ruamel: `NO` is Norway and `on` is a word. Account codes go in quotes; an unquoted number where a text belongs is refused,
not guessed.
"""

from collections.abc import Collection, Mapping
from typing import Any

from pydantic import ValidationError

from crossfoot.model.identity import Kind, Side
from crossfoot.settings.billing_fits import bill_misfits
from crossfoot.settings.changes import diff
from crossfoot.settings.checks import Account, Needs, Place, SettingsProblem, misfits
from crossfoot.settings.connection import DEALS, ConnectionSettings
from crossfoot.settings.texts import Plain, SettingsError, parse, position, written
from crossfoot.settings.wording import worded

__all__ = [
    "ConnectionSettings",
    "SettingsError",
    "SettingsProblem",
    "diff",
    "dump",
    "edit",
    "load",
    "validate",
]


def load(text: str, name: str = "settings.yaml") -> ConnectionSettings:
    """Read settings. Raises `SettingsError` with every mistake: `file:line:column: path: what is wrong. how to fix`."""
    tree = parse(text, name)
    if not isinstance(tree, dict):
        raise SettingsError(
            [
                SettingsProblem(
                    (),
                    "The settings are not a list of 'word: value' lines.",
                    "Begin with 'version: 1'.",
                    f"{name}:1:1",
                )
            ]
        )
    data = Plain(name).value(tree, ())
    try:
        settings = ConnectionSettings.model_validate(data)
    except ValidationError as error:
        raise SettingsError(worded(error, tree, name)) from None
    problems = [
        SettingsProblem(problem.place, problem.what, problem.fix, position(tree, problem.place, name))
        for problem in settings.mistakes()
    ]
    if problems:
        raise SettingsError(problems)
    return settings


def dump(settings: ConnectionSettings) -> str:
    """Settings as a text that `load` reads back as the same settings."""
    return written(_styled(_outline(settings)))


def edit(text: str, settings: ConnectionSettings) -> str:
    """The text changed to mean `settings`; comments, order and spelling of everything else stay. Raises `SettingsError` if it cannot be read."""
    before = _outline(load(text))
    tree = parse(text, "settings.yaml")
    _update(tree, before, _outline(settings))
    return written(tree)


def validate(
    settings: ConnectionSettings,
    descriptions: Mapping[Side, Account],
    needs: Mapping[Side, Mapping[Kind, Needs]] | None = None,
    makes: Collection[Side] | None = None,
    stage: tuple[str, ...] = (),
) -> list[SettingsProblem]:
    """What is wrong with settings that are written out in full, also against the connected accounts.

    `descriptions` are what `describe()` told of each side, `needs` the `capabilities.kinds` of each side, `makes` the
    sides with `capabilities.creates_fields`, `stage` the CRM's field that tells in which stage a deal is.
    """
    problems = list(settings.mistakes())
    for name, sync in settings.syncs.items():
        problems += misfits(name, sync, descriptions, needs or {}, makes)
        if name == DEALS:
            problems += bill_misfits(settings.documents.deals, sync, descriptions, stage)
    problems += settings.detectors.misfits(descriptions.get(Side.CRM))
    return problems


# ── writing ────────────────────────────────────────────────────────────────────────────────────────────────────────────

_TOLD = ("state", "direction", "creates", "conflicts", "deletion", "first_contact_clears")
"""What a file says about every sync, even where it is as by default."""


def _outline(settings: ConnectionSettings) -> dict[str, Any]:
    """Settings as plain values for a file: defaults left out, but for those that people look for."""
    syncs = {}
    for name, sync in settings.syncs.items():
        told = _simple(sync.model_dump(by_alias=True, exclude_defaults=True))
        kinds = {word: told.pop(word) for word in ("crm", "ledger") if word in told}
        rest = {
            word: told[word]
            for word in ("filters", "newcomers", "handover", "match", "mapping")
            if word in told
        }
        syncs[name] = kinds | {word: _simple(getattr(sync, word)) for word in _TOLD} | rest
    outline: dict[str, Any] = {"version": settings.version, "name": settings.name}
    if settings.region:
        outline["region"] = settings.region
    return outline | {
        "invoice": settings.invoice,
        "syncs": syncs,
        **{
            word: told
            for word, part in (("documents", settings.documents), ("detectors", settings.detectors))
            if (told := _simple(part.model_dump(by_alias=True, exclude_defaults=True)))
        },
        "halts": _simple(settings.halts.model_dump()),
    }


def _simple(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_simple(key): _simple(child) for key, child in value.items()}
    if isinstance(value, list | tuple):
        return [_simple(child) for child in value]
    return str(value) if isinstance(value, str) else value


def _styled(value: Any, place: Place = ()) -> Any:
    """Ruamel's tree for a part of the file: rows of a mapping, parts of a match rule and tests stand on one line."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq  # noqa: PLC0415 - 100 ms that only files need

    if isinstance(value, dict):
        node = CommentedMap((key, _styled(child, (*place, key))) for key, child in value.items())
        flat = place[2:3] == ("mapping",) and len(place) >= 4
        if flat or "field" in value or "compare" in value or place[-2:-1] in (("by",), ("against",)):
            node.fa.set_flow_style()
        return node
    if isinstance(value, list):
        seq = CommentedSeq(_styled(child, (*place, index)) for index, child in enumerate(value))
        if value and not any(isinstance(child, dict) for child in value):
            seq.fa.set_flow_style()
        return seq
    return value


def _update(tree: Any, before: dict[str, Any], after: dict[str, Any], place: Place = ()) -> None:
    """Change a tree that means `before` to mean `after`, touching nothing that is the same in both."""
    for word in [word for word in before if word not in after]:
        tree.pop(word, None)
    for word, new in after.items():
        old = before.get(word)
        if word in before and old == new:
            continue
        here = (*place, word)
        if isinstance(old, dict) and isinstance(new, dict) and isinstance(tree.get(word), dict):
            _update(tree[word], old, new, here)
        elif (
            isinstance(old, list)
            and isinstance(new, list)
            and isinstance(tree.get(word), list)
            and len(old) == len(new)
        ):
            for index, (one, two) in enumerate(zip(old, new, strict=True)):
                if isinstance(one, dict) and isinstance(two, dict):
                    _update(tree[word][index], one, two, (*here, index))
                elif one != two:
                    tree[word][index] = _styled(two, (*here, index))
        else:
            tree[word] = _styled(new, here)
