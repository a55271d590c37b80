"""Fields that a mapping names and an account does not have yet: what they would have to be, so that they can be made."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from crossfoot.model.fields import as_text
from crossfoot.model.identity import Kind, Side
from crossfoot.settings.checks import Account
from crossfoot.settings.connection import ConnectionSettings
from crossfoot.settings.shape import LensName, PairSettings

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_TYPES = {
    LensName.MONEY: "money",
    LensName.NUMBER: "number",
    LensName.DATE: "date",
    LensName.MOMENT: "moment",
    LensName.BOOLEAN: "boolean",
}
_LIKE = 0.8  # from which likeness on a name is rather a slip of the pen, 0 to 1


@dataclass(frozen=True, slots=True)
class Lacking:
    """One field that is not there."""

    kind: Kind
    path: str
    label: str
    type: str
    """The native type by name: text, number, money, boolean, date, moment, option."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Of an option: stored value to label."""
    meant: str = ""
    """A field that is there and is called almost the same."""


def lacking(
    settings: ConnectionSettings, side: Side, accounts: Mapping[Side, Account]
) -> tuple[Lacking, ...]:
    """The fields of one side that rows of the mappings name and its account lacks, each once.

    The settings must be written out in full. A name with other signs than small letters, digits and `_` is not one for a new field, and
    a reference cannot be told from its name; both stay mistakes.
    """
    found: dict[tuple[Kind, str], Lacking] = {}
    for sync in settings.syncs.values():
        kind = sync.crm if side is Side.CRM else sync.ledger
        if kind is None or kind not in accounts[side].fields:
            continue
        known = accounts[side].fields[kind]
        across = sync.ledger if side is Side.CRM else sync.crm
        for row in (sync.mapping or {}).values():
            for path in row.crm if side is Side.CRM else row.ledger:
                if path in known or not _NAME.fullmatch(path) or row.lens is LensName.REFERENCE:
                    continue
                options = dict(_options(row, side, across, accounts))
                found.setdefault(
                    (kind, path),
                    Lacking(
                        kind,
                        path,
                        path.replace("_", " ").capitalize(),
                        "option" if options else _TYPES.get(row.lens, "text"),
                        options,
                        next(iter(get_close_matches(path, known, n=1, cutoff=_LIKE)), ""),
                    ),
                )
    return tuple(found.values())


def _options(
    row: PairSettings, side: Side, across: Kind | None, accounts: Mapping[Side, Account]
) -> Iterator[tuple[str, str]]:
    """The values that a row lists, or those that the field across has; none where neither tells any."""
    if row.lens is LensName.VALUES:
        for crm, ledger in (row.values or {}).items():
            word = as_text(crm if side is Side.CRM else ledger)
            yield word, word
    elif row.lens is LensName.OPTION and across is not None:
        fields = accounts[side.other].fields.get(across, {})
        for path in row.ledger if side is Side.CRM else row.crm:
            if path in fields:
                yield from fields[path].options.items()
