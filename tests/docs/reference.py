"""The reference pages, written from the code. `python -m tests.docs.reference` writes them anew; a test compares them with the files."""

from collections.abc import Callable, Collection, Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from tests.docs.commands import Command, commands
from tests.docs.source import said

from crossfoot.app.opening import CARRIES, TITLES
from crossfoot.model.identity import Kind, Side
from crossfoot.model.operations import OperationState
from crossfoot.model.problems import Cause
from crossfoot.model.subjects import SubjectState
from crossfoot.proof.causes import DifferenceCause
from crossfoot.settings.billing import BillSettings
from crossfoot.settings.building import LENSES
from crossfoot.settings.choices import ConflictRule, DeletionRule, SyncState
from crossfoot.settings.connection import ConnectionSettings
from crossfoot.settings.defaults import KINDS, MODES
from crossfoot.settings.detecting import (
    AmountsSettings,
    DetectorSettings,
    DetectorsSettings,
    RenewalSettings,
)
from crossfoot.settings.document_defaults import DocumentSettings
from crossfoot.settings.filters import Operator
from crossfoot.settings.likeness import KeyForm
from crossfoot.settings.mappings import Direction
from crossfoot.settings.presets import default_settings
from crossfoot.settings.rules import Sync
from crossfoot.settings.shape import (
    ConditionSettings,
    HaltSettings,
    LensName,
    PairSettings,
    PartSettings,
    RuleSettings,
    SyncSettings,
)
from crossfoot.sync.stop import HaltCause

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "reference"
WRITTEN = (
    "<!-- Written from the code by `uv run --all-groups poe reference`. Change the code, not this page. -->"
)

LENS_SAYS: Mapping[LensName, str] = {
    LensName.TEXT: "A text of one line. Blanks around it and doubled blanks do not count.",
    LensName.LONG_TEXT: "A text of several lines.",
    LensName.EMAIL: "An e-mail address, carried as it was written and compared without case.",
    LensName.PHONE: "A telephone number, compared as an international number; `region` says whose numbers need no country code. "
    "What is no number stays as it is.",
    LensName.COUNTRY: "A country, compared by its ISO code. Written as its English name, or as the code on the sides in `codes`.",
    LensName.PERSON_NAME: "A person's name: one field with the full name, or first and last name as two fields. Splitting changes as "
    "little as possible.",
    LensName.DOMAIN: "An internet domain, without `www`, compared without case.",
    LensName.URL: "A web address, carried as it was written.",
    LensName.OPTION: "A choice from a list that both sides spell the same.",
    LensName.MONEY: "An amount, exact; with `digits`, rounded half up to so many digits on both sides.",
    LensName.NUMBER: "A number, exact; `digits` as for `money`.",
    LensName.DATE: "A calendar date.",
    LensName.MOMENT: "A moment, to the millisecond.",
    LensName.BOOLEAN: "Yes or no.",
    LensName.ADDRESS: "The street part of an address: one text with commas in HubSpot, up to four lines in Xero.",
    LensName.REFERENCE: "The record that this one belongs to, translated through its link. HubSpot may have up to three fields for it; the first whose "
    "record has a partner counts.",
    LensName.CODE: "A code or number that is text: SKU, account, tax type, tax number. Blanks around it do not count, zeros in front do.",
    LensName.LINES: "The lines of a document, merged line by line and part by part: `parts` says what both sides tell of a line, `new_lines` "
    "which account and tax type a new line gets in Xero, `tracking` under which options it is counted, `deposit_account` where lines go that take off "
    "a deposit again, `taxes` which HubSpot tax rate is which Xero tax type.",
    LensName.STATE: "How far a document has come: draft, open, paid, voided in HubSpot; DRAFT, SUBMITTED, AUTHORISED, PAID, VOIDED in Xero. "
    "`approve` says what finalising in HubSpot does, `paid: false` leaves a paid document open there.",
    LensName.STANDING: "How a document stands today, from Xero's status, amount paid, amount credited, amount due, due date and `Computed.Today`. "
    "`tells` says what of it: the `state` (draft, awaiting approval, awaiting payment, part paid, overdue, paid, settled by credit, voided), "
    "`overdue_since` when, for how long in steps (`aged`), or the number of `days_overdue`.",
    LensName.STAGE: "The stage of a deal, from how its invoices stand: `stages` names one for some of the words of `standing`. The deal moves once for "
    "each; where somebody moves it on, it stays.",
    LensName.BILLED: "What all invoices of a deal come to, without tax; a void one counts for nothing.",
    LensName.TO_BILL: "How much more the lines of a deal come to than its invoices, without tax.",
    LensName.LATER: "`days` after the other side's day.",
    LensName.VALUES: "Each HubSpot value stands for a Xero value, as `values` lists them. Works both ways if each Xero value occurs once; "
    "a value that is not listed is told, not guessed.",
    LensName.CONSTANT: "Always `value`, whatever the other side holds.",
    LensName.DEFAULT: "The other side's value, or `value` where it has none.",
    LensName.CONCAT: "Two to ten fields in one, those that are empty left out, with `separator` (a blank) between them.",
    LensName.UPPER: "The text in capital letters.",
    LensName.LOWER: "The text in small letters.",
}

MODELS: tuple[tuple[type[BaseModel], str, str], ...] = (
    (ConnectionSettings, "The file", ""),
    (SyncSettings, "A sync", "`syncs.<name>`. What is left out is as by default for that name (see below)."),
    (PairSettings, "A row of a mapping", "`syncs.<name>.mapping.<row>`."),
    (RuleSettings, "A match rule", "One of the list `syncs.<name>.match`."),
    (PartSettings, "What a match rule compares", "One of the lists `by` and `against` of a match rule."),
    (
        ConditionSettings,
        "A condition",
        "`filters` and `newcomers` of a sync hold one under `crm`, `ledger` or both; `when` of an invoice of a deal is one. It is exactly one of `all`, `any`, `not` and `field`.",
    ),
    (
        DocumentSettings,
        "Documents",
        "`documents`: for the syncs `invoices`, `deals` and `payments`, as far as those say nothing else.",
    ),
    (BillSettings, "An invoice of a deal", "One of the list `documents.deals`."),
    (
        DetectorsSettings,
        "Detectors",
        "`detectors`: what `crossfoot prove` finds where sales and books tell different stories. See [how to read the proof](../guides/proof.md).",
    ),
    (DetectorSettings, "A detector", "`detectors.<name>`."),
    (AmountsSettings, "The detector of amounts", "`detectors.amounts_apart`."),
    (RenewalSettings, "The detector of renewals", "`detectors.overdue_on_renewal`."),
    (HaltSettings, "Halts", "`halts`."),
)

CHOICES: tuple[tuple[type[StrEnum], str], ...] = (
    (Direction, "Directions"),
    (ConflictRule, "Conflict rules"),
    (DeletionRule, "Deletion rules"),
    (SyncState, "States of a sync"),
    (KeyForm, "Forms in which a match rule compares"),
)


# ── settings ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def settings_page() -> str:
    """Every word of the settings file, from the models that check it; and what is written where nothing is said."""
    parts = [
        WRITTEN,
        "# Settings",
        (
            "One YAML file per connection. `crm` is HubSpot and `ledger` is Xero. Write it out with `crossfoot settings export`, "
            "check it with `crossfoot settings validate`. Examples are in the [settings guide](../guides/settings.md). "
            "Words that the file does not know are mistakes, and every mistake is told at once, with its line."
        ),
        'Numbers of accounts and codes go in quotes (`"0200"`): without them they are numbers.',
    ]
    for model, title, where in MODELS:
        parts += [f"## {title}", where, _table(("Word", "Takes", "Default", "Meaning"), _rows(model))]
    for choice, title in CHOICES:
        words = [(f"`{each}`", _sentence(said(choice)[each.name])) for each in choice if each != "none"]
        parts += [f"## {title}", _table(("Word", "Meaning"), words)]
    parts += [
        "## Operators",
        (
            "Texts are compared without case and needless blanks. Against an empty field only `is_empty`, `is_not`, `none_of` and "
            "`contains_not` hold."
        ),
        _table(("Operator", "Value"), [(f"`{each}`", _TAKES[each.takes]) for each in Operator]),
        "## What is so by default",
        "`invoice` says which syncs there are:",
        _table(
            ("`invoice`", "Syncs"),
            [(f"`{mode}`", ", ".join(f"`{name}`" for name in names)) for mode, names in MODES.items()],
        ),
    ]
    for sync in _default_syncs():
        parts += _default_sync(sync)
    return _joined(parts)


_TAKES = {
    "nothing": "none",
    "one": "one: a text, number, date, `true` or `false`",
    "several": "a list, such as `[a, b]`",
    "text": "a text",
    "ordered": "a number or a date",
}


def _rows(model: type[BaseModel]) -> Iterable[tuple[str, ...]]:
    sentences = {
        name: text
        for base in reversed(model.__mro__)
        if base.__module__.startswith("crossfoot")
        for name, text in said(base).items()
    }
    for name, info in model.model_fields.items():
        word = info.alias or name
        yield f"`{word}`", _type(name, info.annotation), _default(info), _sentence(sentences[name])


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "needed"
    value = info.get_default(call_default_factory=True)
    if isinstance(value, BaseModel):
        return "see below"
    if value is None or value in ((), {}):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


_SPECIAL = {
    "value": "a value",
    "values": "values to values",
    "mapping": "names to [rows](#a-row-of-a-mapping)",
    "syncs": "names to [syncs](#a-sync)",
    "known": "names to days",
}


def _type(name: str, annotation: Any) -> str:
    """A type as a person writes it into the file."""
    if name in _SPECIAL:
        return _SPECIAL[name]
    if name in ("crm", "ledger") and annotation is not None and "Kind" not in str(annotation):
        return "a field, or a list"
    origin, args = get_origin(annotation), [each for each in get_args(annotation) if each is not NoneType]
    if origin in (Union, UnionType):
        return _type(name, args[0])
    if origin is Literal:
        return " · ".join(f"`{each}`" for each in args)
    if origin is tuple:
        return f"a list: {_type('', args[0])}"
    if origin is not None and hasattr(origin, "__metadata__"):
        return _type(name, args[0])
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        if annotation is LensName:
            return "a [lens](lenses.md)"
        if annotation is Operator:
            return "an [operator](#operators)"
        return " · ".join(f"`{each}`" for each in annotation if each != "none")
    titles = {model: title for model, title, _ in MODELS}
    if isinstance(annotation, type) and annotation in titles:
        title = titles[annotation]
        return f"[{title[0].lower()}{title[1:]}](#{title.lower().replace(' ', '-')})"
    if origin is not None and args and args[0] is Side:
        return "`crm`, `ledger`: [a condition](#a-condition)"
    if origin is not None and args:
        return _type(name, args[0])
    return {"bool": "`true` · `false`", "int": "a whole number", "Decimal": "a number"}.get(
        getattr(annotation, "__name__", ""), "a text"
    )


def _default_syncs() -> list[Sync]:
    settings = default_settings(
        "main", None, "both", crm_carries=CARRIES[Side.CRM], ledger_carries=CARRIES[Side.LEDGER]
    )
    return list(settings.compile(CARRIES[Side.CRM], CARRIES[Side.LEDGER]))


def _default_sync(sync: Sync) -> list[str]:
    crm, ledger = KINDS[sync.name]
    rows = [
        (
            f"`{pair.name}`",
            _paths(pair.crm),
            _paths(pair.ledger),
            f"`{pair.lens.name}`",
            f"`{pair.direction}`",
        )
        for pair in sync.pairs
    ]
    found = [
        f"### {sync.name}",
        f"HubSpot {_plural(crm)} with Xero {_plural(ledger)}.",
        _table(("Row", TITLES[Side.CRM], TITLES[Side.LEDGER], "Lens", "Direction"), rows),
    ]
    rules = "; ".join(f"{rule.name}{' (only asks)' if rule.similar else ''}" for rule in sync.match)
    found.append(f"Recognised by, in this order: {rules}.")
    for word, conditions in (("Takes part", sync.filters), ("A new record is this sync's", sync.newcomers)):
        for side, condition in conditions.items():
            found.append(f"{word} in {TITLES[side]}: {condition.sentence()}.")
    return found


def _plural(kind: Kind) -> str:
    words = kind.replace("_", " ")
    return "companies" if kind is Kind.COMPANY else words + "s"


def _paths(paths: tuple[str, ...]) -> str:
    return " + ".join(f"`{path}`" for path in paths)


# ── lenses, statuses ───────────────────────────────────────────────────────────────────────────────────────────────────


def lenses_page() -> str:
    """Every lens, what it takes and whether it has a way back."""
    rows = [
        (
            f"`{name}`",
            "one way" if lens.one_way else "both ways",
            ", ".join(f"`{word}`{' (needed)' if word in lens.needs else ''}" for word in sorted(lens.takes)),
            LENS_SAYS[name],
        )
        for name, lens in LENSES.items()
    ]
    return _joined(
        [
            WRITTEN,
            "# Lenses",
            (
                "A lens says how a value of HubSpot and a value of Xero stand for each other. What it writes reads back as equal, or the two "
                "sides would overwrite each other for ever; a lens that loses something works one way only, and a row that uses it needs a "
                "direction. No lens cuts a value: what the other side cannot hold is told, not mangled."
            ),
            _table(("Lens", "Works", "Takes", "Meaning"), rows),
        ]
    )


STATUSES: tuple[tuple[str, str, type[StrEnum]], ...] = (
    ("How a record stands", "What `crossfoot status` counts and `crossfoot explain` says.", SubjectState),
    ("What became of an operation", "What `crossfoot log` shows for every write.", OperationState),
    (
        "Why two sides differ",
        "What `crossfoot prove` says about every difference. Only a proof without `unexplained` is green.",
        DifferenceCause,
    ),
    (
        "Why something could not be done",
        "The cause behind a message; the message itself says what is wrong and how to mend it.",
        Cause,
    ),
    (
        "Why a run halted",
        "A halt is a deliberate stop that calls a person; until then nothing is written.",
        HaltCause,
    ),
)


def statuses_page() -> str:
    """Every status with its sentence."""
    parts = [
        WRITTEN,
        "# Statuses",
        "The words in which Crossfoot says how things stand, each with its meaning. In JSON they appear as written here.",
    ]
    for title, where, statuses in STATUSES:
        rows = [
            (f"`{each}`", _sentence(getattr(each, "sentence", None) or said(statuses)[each.name]))
            for each in statuses
        ]
        parts += [f"## {title}", where, _table(("Status", "Meaning"), rows)]
    return _joined(parts)


# ── commands ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def cli_page() -> str:
    """Every command with its arguments and options, as its own help says them."""
    every = commands()
    common = set.intersection(
        *({option.names for option in each.options} for each in every.values() if each.program == "crossfoot")
    )
    parts = [
        WRITTEN,
        "# Commands",
        "Exit code 0: done; 1: it failed, or a proof that is not green; 2: it was asked for wrongly. Results go to standard output, progress and messages to standard error.",
        "## Options of every `crossfoot` command",
        _options(next(iter(every.values())), common),
    ]
    for program in ("crossfoot", "crossfoot-sandbox"):
        parts.append(f"## {program}")
        for each in every.values():
            if each.program == program:
                parts += [f"### {each.path}", each.help]
                if each.arguments:
                    parts.append(
                        _table(
                            ("Argument", "Meaning"), [(f"`{name}`", text) for name, text in each.arguments]
                        )
                    )
                parts.append(_options(each, common if program == "crossfoot" else frozenset(), without=True))
    return _joined(parts)


def _options(command: Command, names: Collection[tuple[str, ...]], *, without: bool = False) -> str:
    """A table of the options of these names, or of all others."""
    rows = [
        (", ".join(f"`{name}`" for name in option.names), option.takes, option.help)
        for option in command.options
        if (option.names in names) is not without
    ]
    return _table(("Option", "Takes", "Meaning"), rows) if rows else ""


# ── Markdown ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [
        head,
        tuple("---" for _ in head),
        *(tuple(cell.replace("|", "\\|") for cell in row) for row in rows),
    ]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + ("" if text.endswith(".") else ".")


def _joined(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"


PAGES: Mapping[str, Callable[[], str]] = {
    "cli.md": cli_page,
    "lenses.md": lenses_page,
    "settings.md": settings_page,
    "statuses.md": statuses_page,
}
"""File name to what writes it."""


def main() -> None:
    """Write all pages."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
