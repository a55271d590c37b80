"""What pydantic found wrong with the shape of a settings file, in words for people."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from crossfoot.settings.billing import BillSettings
from crossfoot.settings.checks import Place, SettingsProblem
from crossfoot.settings.connection import ConnectionSettings
from crossfoot.settings.detecting import DetectorsSettings
from crossfoot.settings.document_defaults import DocumentSettings
from crossfoot.settings.shape import (
    ConditionSettings,
    HaltSettings,
    PairSettings,
    PartSettings,
    RuleSettings,
    SyncSettings,
)
from crossfoot.settings.texts import position


def worded(error: ValidationError, tree: Any, name: str) -> list[SettingsProblem]:
    """Every mistake in the order of the text, with its place there."""
    details = error.errors(include_url=False)
    places = [tuple(detail["loc"]) for detail in details]
    problems = [
        _worded(detail, tree, name)
        for detail, place in zip(details, places, strict=True)
        # A list counts as too short when its members are wrong; then they are the mistake.
        if detail["type"] != "too_short"
        or not any(len(other) > len(place) and other[: len(place)] == place for other in places)
    ]

    def order(problem: SettingsProblem) -> tuple[int, int]:
        _, line, column = problem.position.rsplit(":", 2)
        return int(line), int(column)

    return sorted(dict.fromkeys(problems), key=order)


_WORDS: Mapping[str, tuple[str, ...]] = {
    "settings": tuple(ConnectionSettings.model_fields),
    "sync": tuple(SyncSettings.model_fields),
    "pair": tuple(PairSettings.model_fields),
    "rule": tuple(RuleSettings.model_fields),
    "part": tuple(PartSettings.model_fields),
    "condition": tuple("not" if word == "not_" else word for word in ConditionSettings.model_fields),
    "documents": tuple(DocumentSettings.model_fields),
    "bill": tuple(BillSettings.model_fields),
    "halts": tuple(HaltSettings.model_fields),
}


def _words(place: Place) -> tuple[str, ...]:
    """The words that may stand beside the last step of a place."""
    match place[:-1]:
        case ():
            return _WORDS["settings"]
        case ("documents",):
            return _WORDS["documents"]
        case ("documents", "deals", _):
            return _WORDS["bill"]
        case ("halts",):
            return _WORDS["halts"]
        case ("detectors",):
            return tuple(DetectorsSettings.model_fields)
        case ("detectors", str(detector)) if detector in DetectorsSettings.model_fields:
            return tuple(type(DetectorsSettings().of(detector)).model_fields)
        case ("syncs", _):
            return _WORDS["sync"]
        case ("syncs", _, "mapping", _):
            return _WORDS["pair"]
        case ("syncs", _, "match", _):
            return _WORDS["rule"]
        case ("syncs", _, "match", _, _, _):
            return _WORDS["part"]
        case _:
            return _WORDS["condition"]


def _worded(detail: ErrorDetails, tree: Any, name: str) -> SettingsProblem:
    """A mistake as pydantic found it, in our words."""
    place: Place = tuple(detail["loc"])
    kind, given, context = detail["type"], detail["input"], detail.get("ctx", {})
    bad_key = place[-1:] == ("[key]",)
    place = place[:-1] if bad_key else place
    key = bad_key or kind == "extra_forbidden"
    what, fix = f"{detail['msg']}.", ""
    if kind == "extra_forbidden":
        words = _words(place)
        close = get_close_matches(str(place[-1]), words, n=1)
        what = f"There is no setting '{place[-1]}' here."
        fix = f"Did you mean '{close[0]}'?" if close else f"Possible are {', '.join(words)}."
    elif kind == "missing":
        what, fix = f"'{place[-1]}' is missing.", f"Add '{place[-1]}:'."
        place = place[:-1]
    elif kind in ("enum", "literal_error"):
        expected = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
        close = get_close_matches(str(given), expected.split(", "), n=1)
        what = f"'{given}' is not possible here."
        fix = f"Did you mean '{close[0]}'?" if close else f"Possible are {expected}."
    elif kind == "string_type":
        what = "A text is needed here."
        fix = (
            f'Write it in quotes, such as "{given}".'
            if isinstance(given, int | Decimal | date)
            else "Write one word or a text in quotes."
        )
    elif kind == "string_pattern_mismatch":
        what = f"'{given}' is not possible here."
        fix = (
            "Write two capital letters, for example NZ."
            if place[-1:] == ("region",)
            else "Use small letters, digits and underscores, and begin with a letter."
        )
    elif kind == "bool_type":
        what, fix = f"'{given}' is neither true nor false.", "Write true or false, without quotes."
    elif kind.startswith("date_"):
        what, fix = f"'{given}' is no day.", "Write it like 2026-12-31, without quotes."
    elif kind in ("int_type", "decimal_type", "decimal_parsing"):
        what, fix = f"'{given}' is not a number.", "Write a number without quotes."
    elif kind in ("greater_than", "greater_than_equal", "less_than", "less_than_equal"):
        what = f"{given} is out of range: {detail['msg'].lower()}."
    elif kind in ("model_type", "model_attributes_type", "dict_type", "mapping_type", "tuple_type"):
        what = (
            "A list of values is needed here."
            if kind == "tuple_type"
            else "Words with values are needed here, such as 'crm: email'."
        )
    elif kind in ("too_short", "string_too_short"):
        what, fix = "This must not be empty.", "Fill it in, or leave the line out."
    elif kind == "too_long":
        what = f"There are at most {context.get('max_length')} here."
    elif kind == "value_error":
        what = str(context.get("error", detail["msg"]))
        what = what[:1].upper() + what[1:] + "."
    return SettingsProblem(place, what, fix, position(tree, place, name, key=key))
