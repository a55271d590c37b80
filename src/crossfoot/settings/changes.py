"""What changed between two settings, in sentences."""

from collections.abc import Iterator, Mapping

from crossfoot.model.identity import Side
from crossfoot.settings.checks import PARAMETERS
from crossfoot.settings.connection import ConnectionSettings
from crossfoot.settings.detecting import DetectorsSettings
from crossfoot.settings.document_defaults import DocumentSettings
from crossfoot.settings.shape import PairSettings, SyncSettings

_NAMES: Mapping[Side, str] = {Side.CRM: "the CRM", Side.LEDGER: "the ledger"}

_SYNC_WORDS = {
    "crm": "kind of CRM record",
    "ledger": "kind of ledger record",
    "state": "state",
    "direction": "direction",
    "creates": "place for new records",
    "conflicts": "conflict rule",
    "deletion": "deletion rule",
}


def diff(old: ConnectionSettings, new: ConnectionSettings, names: Mapping[Side, str] = _NAMES) -> list[str]:
    """One sentence for each change; none if both mean the same. `names` are the systems as people call them."""
    return list(_changes(old, new, names))


def _changes(old: ConnectionSettings, new: ConnectionSettings, names: Mapping[Side, str]) -> Iterator[str]:
    for word, label in (
        ("name", "name of the connection"),
        ("region", "region"),
        ("invoice", "choice of whom to invoice"),
    ):
        yield from _changed(f"The {label}", getattr(old, word), getattr(new, word))
    for word in DocumentSettings.model_fields:
        label = word.replace("_", " ")
        yield from _changed(
            f"For documents, '{label}'", getattr(old.documents, word), getattr(new.documents, word)
        )
    for name in DetectorsSettings.model_fields:
        before, after = old.detectors.of(name), new.detectors.of(name)
        for word in type(after).model_fields:
            label = f"For the detector '{name.replace('_', ' ')}', '{word.replace('_', ' ')}'"
            yield from _changed(label, getattr(before, word), getattr(after, word))
    yield from _changed("The share of records at which a run stops", old.halts.share, new.halts.share)
    yield from _changed("The number of records below which no run stops", old.halts.floor, new.halts.floor)
    for name in old.syncs:
        if name not in new.syncs:
            yield f"The sync '{name}' is removed."
    for name, sync in new.syncs.items():
        if name not in old.syncs:
            yield f"The sync '{name}' is added, {_row_count(sync)}."
        else:
            yield from _sync_changes(name, old.syncs[name], sync, names)


def _sync_changes(
    name: str, old: SyncSettings, new: SyncSettings, names: Mapping[Side, str]
) -> Iterator[str]:
    for word, label in _SYNC_WORDS.items():
        yield from _changed(f"In {name}, the {label}", getattr(old, word), getattr(new, word))
    if old.first_contact_clears != new.first_contact_clears:
        yield (
            f"In {name}, an empty field {'overwrites' if new.first_contact_clears else 'no longer overwrites'} "
            "a filled one when two records are linked for the first time."
        )
    if old.handover != new.handover:
        when = new.handover.condition().sentence() if new.handover else "never"
        yield f"In {name}, fields are handed over to {names[Side.LEDGER]} when {when}."
    yield from _filter_changes(name, old, new, names)
    rules = [list(sync.match or ()) for sync in (old, new)]
    if rules[0] != rules[1] or (old.match is None) != (new.match is None):
        order = ", then ".join(f"{rule.name}{' (asks)' if rule.similar else ''}" for rule in rules[1])
        yield f"In {name}, records are recognised by {order or ('the default rules' if new.match is None else 'nothing: never')}."
    before, after = old.mapping or {}, new.mapping or {}
    for pair in before:
        if pair not in after:
            yield f"In {name}, the field '{pair}' is no longer synced."
    for pair, row in after.items():
        if pair not in before:
            yield f"In {name}, the field '{pair}' is synced: {_row(row)}."
        elif row != before[pair]:
            yield f"In {name}, the field '{pair}' changes: {_row(before[pair])} becomes {_row(row)}."
    kept = [[pair for pair in mapping if pair in before and pair in after] for mapping in (before, after)]
    if kept[0] != kept[1]:
        yield f"In {name}, the order of the fields changes."


def _filter_changes(
    name: str, old: SyncSettings, new: SyncSettings, names: Mapping[Side, str]
) -> Iterator[str]:
    for what, told, before, after in (
        ("what takes part", "filters", old.filters, new.filters),
        ("which new records it takes", "newcomers", old.newcomers, new.newcomers),
    ):
        for side in Side:
            was, becomes = (
                conditions.get(side) if conditions is not None else None for conditions in (before, after)
            )
            if was != becomes:
                sentence = becomes.condition().sentence() if becomes else "every record"
                yield f"In {name}, {what} from {names[side]} changes: {sentence}."
        if (before is None) != (after is None):
            yield f"In {name}, the {told} are {'as by default' if after is None else 'written out'}."


def _changed(what: str, old: object, new: object) -> Iterator[str]:
    if old != new:
        yield f"{what} changes from {_said(old)} to {_said(new)}."


def _said(value: object) -> str:
    if isinstance(value, Mapping):
        value = ", ".join(f"{word} = {each}" for word, each in value.items()) or None
    if isinstance(value, tuple):
        value = "; ".join(map(str, value)) or None
    return "nothing" if value is None else f"'{value}'"


def _row_count(sync: SyncSettings) -> str:
    return "with the default mapping" if sync.mapping is None else f"with {len(sync.mapping)} fields"


def _row(row: PairSettings) -> str:
    arrow = {"both": "↔", "to_ledger": "→", "to_crm": "←"}.get(row.direction, "-")
    parts = [
        f"{' + '.join(row.crm) or 'nothing'} {arrow} {' + '.join(row.ledger) or 'nothing'}",
        f"as {row.lens}",
    ]
    if row.conflicts:
        parts.append(f"conflicts: {row.conflicts}")
    if not row.clears:
        parts.append("emptying does not travel")
    if row.only_new:
        parts.append("only into new records")
    if row.handed:
        parts.append("the ledger's once it is handed over")
    for word in PARAMETERS:
        given = getattr(row, word)
        if given not in (None, ()):
            shown = ", ".join(f"{a} = {b}" for a, b in given.items()) if isinstance(given, Mapping) else given
            parts.append(f"{word} {', '.join(given) if isinstance(given, tuple) else shown}")
    return ", ".join(parts)
