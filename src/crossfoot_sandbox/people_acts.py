"""Acts of colleagues by name, so that they can be asked for over HTTP: what a person does in either product's own pages."""

from collections.abc import Callable, Mapping
from typing import Any

from crossfoot_sandbox.hubspot.portal import Portal
from crossfoot_sandbox.xero.organisation import Organisation


class BadAct(ValueError):
    """The act is not understood: what is wrong, in one sentence."""


class _Asked:
    """The words of one request; each is asked for by name, and a missing one is a mistake."""

    def __init__(self, words: Mapping[str, Any], default_by: str) -> None:
        self._words = words
        self.by = str(words.get("by", default_by))

    def text(self, name: str) -> str:
        value = self._words.get(name)
        if not isinstance(value, str) or not value:
            raise BadAct(f'"{name}" is missing or not text')
        return value

    def values(self) -> dict[str, Any]:
        value = self._words.get("values")
        if not isinstance(value, dict):
            raise BadAct('"values" is missing or not an object')
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        value = self._words.get(name, default)
        if not isinstance(value, bool):
            raise BadAct(f'"{name}" must be true or false')
        return value


Act = Callable[[_Asked], str | None]


def perform(portal: Portal, organisation: Organisation, words: Mapping[str, Any]) -> dict[str, Any]:
    """Do what a person asked for, e.g. `{"side": "xero", "act": "edit", "kind": "Contacts", "id": ..., "values": {...}}`.

    Answers `{"id": ...}`: of the record that was made, that survived a merge, or that was named. Raises `BadAct` for words that
    are not understood and `ValueError` when the product's page would refuse.
    """
    side = words.get("side")
    if side == "hubspot":
        acts, asked = _in_hubspot(portal), _Asked(words, "ada")
    elif side == "xero":
        acts, asked = _in_xero(organisation), _Asked(words, "ben")
    else:
        raise BadAct('"side" must be "hubspot" or "xero"')
    act = acts.get(str(words.get("act")))
    if act is None:
        raise BadAct(f'"act" must be one of {", ".join(acts)}')
    try:
        made = act(asked)
    except KeyError as error:
        raise BadAct(f"there is no kind of record called {error}") from None
    return {"id": made if made is not None else words.get("id", words.get("contact"))}


def _in_hubspot(portal: Portal) -> dict[str, Act]:
    return {
        "create": lambda a: portal.person_creates(a.text("kind"), a.values(), by=a.by),
        "edit": lambda a: portal.person_edits(a.text("kind"), a.text("id"), a.values(), by=a.by),
        "archive": lambda a: portal.person_archives(a.text("kind"), a.text("id"), by=a.by),
        "restore": lambda a: portal.person_restores(a.text("kind"), a.text("id"), by=a.by),
        "merge": lambda a: portal.person_merges(a.text("kind"), a.text("id"), a.text("other"), by=a.by),
        "erase": lambda a: portal.person_erases(a.text("kind"), a.text("id"), by=a.by),
        "associate": lambda a: portal.person_associates(
            a.text("contact"), a.text("company"), primary=a.flag("primary", default=True), by=a.by
        ),
        "dissociate": lambda a: portal.person_dissociates(a.text("contact"), a.text("company"), by=a.by),
    }


def _in_xero(organisation: Organisation) -> dict[str, Act]:
    return {
        "create": lambda a: organisation.person_creates(a.text("kind"), a.values(), by=a.by),
        "edit": lambda a: organisation.person_edits(a.text("kind"), a.text("id"), a.values(), by=a.by),
        "archive": lambda a: organisation.person_archives(a.text("kind"), a.text("id"), by=a.by),
        "restore": lambda a: organisation.person_restores(a.text("kind"), a.text("id"), by=a.by),
        "merge": lambda a: organisation.person_merges(a.text("id"), a.text("other"), by=a.by),
        "delete": lambda a: organisation.person_deletes(a.text("id"), by=a.by),
        "erase": lambda a: organisation.person_erases(a.text("id"), by=a.by),
    }
