"""Acts of colleagues by name, so that they can be asked for over HTTP: what a person does in either product's own pages."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from crossfoot_sandbox.hubspot.pages.portal import Portal
from crossfoot_sandbox.xero.pages.bookkeepers import BANK, Bookkeeper
from crossfoot_sandbox.xero.pages.office import Office


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

    def values_or_none(self) -> dict[str, Any]:
        return self.values() if "values" in self._words else {}

    def day(self, name: str) -> date | None:
        """A calendar day such as 2026-11-23; None when it is missing."""
        text = self.maybe(name)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise BadAct(f'"{name}" is no day such as 2026-11-23: {text}') from None

    def maybe(self, name: str) -> str:
        """Text that may be missing, which reads as empty."""
        return self.text(name) if self._words.get(name) else ""

    def amount(self, name: str) -> Decimal | None:
        """An amount of money, as text or as a number of JSON; None when it is missing."""
        value = self._words.get(name)
        if value is None:
            return None
        try:
            return Decimal(str(value))
        except InvalidOperation:
            raise BadAct(f'"{name}" is no amount: {value}') from None

    def lines(self) -> list[dict[str, Any]]:
        """A list of objects under `lines`, empty when it is missing."""
        value = self._words.get("lines", [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise BadAct('"lines" must be a list of objects')
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        value = self._words.get(name, default)
        if not isinstance(value, bool):
            raise BadAct(f'"{name}" must be true or false')
        return value


Act = Callable[[_Asked], str | None]


def perform(portal: Portal, organisation: Office, words: Mapping[str, Any]) -> dict[str, Any]:
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
        **_money_in_hubspot(portal),
    }


def _money_in_hubspot(portal: Portal) -> dict[str, Act]:
    """What is done about money: `kind` and `id` name a record, `other_kind` and `other` the one at the other end."""
    return {
        "link": lambda a: portal.person_links(
            a.text("kind"), a.text("id"), a.text("other_kind"), a.text("other"), by=a.by
        ),
        "unlink": lambda a: portal.person_unlinks(
            a.text("kind"), a.text("id"), a.text("other_kind"), a.text("other"), by=a.by
        ),
        "add line": lambda a: portal.person_adds_line(a.text("kind"), a.text("id"), a.values(), by=a.by),
        "draft invoice": lambda a: portal.person_drafts_invoice(
            a.values(), a.maybe("contact"), a.lines(), a.maybe("company"), a.maybe("deal"), by=a.by
        ),
        "finalise": lambda a: portal.person_finalises(a.text("id"), by=a.by),
        "void": lambda a: portal.person_voids(a.text("id"), by=a.by),
        "record payment": lambda a: portal.person_records_payment(a.text("id"), a.amount("amount"), by=a.by),
        "pay": lambda a: portal.buyer_pays(a.text("id"), a.amount("amount"), a.amount("fee") or Decimal(0)),
        "refund": lambda a: portal.person_refunds(a.text("id"), a.amount("amount"), by=a.by),
        "data sync": lambda a: portal.data_sync_brings(a.values(), a.maybe("contact")),
        "set up money": lambda a: portal.admin_sets_up(a.values()),
    }


def _in_xero(organisation: Office) -> dict[str, Act]:
    return {
        "create": lambda a: organisation.person_creates(a.text("kind"), a.values(), by=a.by),
        "edit": lambda a: organisation.person_edits(a.text("kind"), a.text("id"), a.values(), by=a.by),
        "archive": lambda a: organisation.person_archives(a.text("kind"), a.text("id"), by=a.by),
        "restore": lambda a: organisation.person_restores(a.text("kind"), a.text("id"), by=a.by),
        "merge": lambda a: organisation.person_merges(a.text("id"), a.text("other"), by=a.by),
        "delete": lambda a: organisation.person_deletes(a.text("id"), by=a.by),
        "erase": lambda a: organisation.person_erases(a.text("id"), by=a.by),
        **_money_in_xero(organisation),
    }


def _money_in_xero(organisation: Office) -> dict[str, Act]:
    """What a bookkeeper does: `id` names a document, payment or allocation; acts that make something answer with its id."""

    def keeper(a: _Asked) -> Bookkeeper:
        return Bookkeeper(organisation, a.by)

    return {
        "approve": lambda a: keeper(a).approves(
            a.maybe("kind") or "Invoices", a.text("id"), **a.values_or_none()
        ),
        "void": lambda a: keeper(a).voids(a.maybe("kind") or "Invoices", a.text("id")),
        "pay": lambda a: keeper(a).pays(
            a.text("id"),
            a.amount("amount"),
            account=a.maybe("account") or BANK,
            on=a.day("date"),
            reference=a.maybe("reference"),
            reconciled=a.flag("reconciled", default=False),
        ),
        "remove payment": lambda a: keeper(a).removes_payment(a.text("id")),
        "reconcile": lambda a: keeper(a).reconciles(
            a.text("id"), reconciled=a.flag("reconciled", default=True)
        ),
        "credit": lambda a: keeper(a).credits(a.text("id"), a.amount("amount")),
        "allocate": lambda a: keeper(a).allocates(a.text("id"), a.text("other"), a.amount("amount")),
        "remove allocation": lambda a: keeper(a).removes_allocation(a.text("id")),
        "receive": lambda a: keeper(a).receives(
            a.text("contact"),
            a.amount("amount") or Decimal(0),
            (a.maybe("kind") or "overpayment").upper(),
            currency=a.maybe("currency"),
        ),
        "repeat": lambda a: keeper(a).repeats(a.text("id"), a.day("date")),
        "lock": lambda a: keeper(a).locks(a.day("period"), a.day("year")),
        "archive account": lambda a: keeper(a).archives_account(
            a.text("code"), archived=a.flag("archived", default=True)
        ),
    }
