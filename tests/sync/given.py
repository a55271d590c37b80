"""A small world for the pure decisions: people here are contacts in a CRM called Kea and in a ledger called Tui."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from crossfoot.model.abilities import KindAbilities
from crossfoot.model.fields import FieldType
from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.links import Link
from crossfoot.model.records import Observation, Standing, Value
from crossfoot.settings.lenses import Inexpressible, Lens, Values
from crossfoot.settings.mappings import Direction, FieldPair
from crossfoot.settings.rules import Sync
from crossfoot.sync.match import Match, Verdict
from crossfoot.sync.refer import references
from crossfoot.sync.subject import Pair, Single, Surroundings
from crossfoot.systems.port import FieldInfo, ValueType

ABILITIES = KindAbilities(
    key_path=None, create_batch=10, update_batch=20, archive_batch=5, read_batch=50, list_page=50
)


def field_pair(name: str, about: FieldType = FieldType.TEXT, **more: Any) -> FieldPair:
    """`name` in the CRM, `Name` in the ledger."""
    more = {"crm": (name,), "ledger": (name.capitalize(),), "lens": Lens(about, about), **more}
    return FieldPair(name, **more)


NAME = field_pair("name")
EMAIL = field_pair("email", FieldType.EMAIL)
COMPANY = field_pair("company", FieldType.REFERENCE)

PEOPLE = Sync("people", Kind.CONTACT, Kind.CONTACT, pairs=(NAME, EMAIL))
STAFF = Sync("staff", Kind.CONTACT, Kind.CONTACT_PERSON, pairs=(NAME, COMPANY))
"""Persons who belong to a company: the CRM's company, the ledger's contact."""


@dataclass(frozen=True, slots=True)
class Speechless(Lens):
    """A lens whose ledger has no word for 'unspeakable'."""

    def native(self, side: Side, value: Value, old: Values) -> Values:
        if side is Side.LEDGER and value == "unspeakable":
            raise Inexpressible("there is no word for it.")
        return (value,)


def infos(*paths: str, **special: FieldInfo) -> dict[str, FieldInfo]:
    return {path: FieldInfo(path, path.capitalize()) for path in paths} | special


FIELDS = {
    Side.CRM: infos(
        "name",
        "email",
        "code",
        "company",
        company=FieldInfo("company", "Company", ValueType.REFERENCE, refers_to=Kind.COMPANY),
    ),
    Side.LEDGER: infos(
        "Name",
        "Email",
        "Code",
        Company=FieldInfo("Company", "Contact", ValueType.REFERENCE, refers_to=Kind.CONTACT),
    ),
}


def around(
    sync: Sync | None = None,
    *,
    crm: KindAbilities = ABILITIES,
    ledger: KindAbilities = ABILITIES,
    ledger_fields: Mapping[str, FieldInfo] | None = None,
    **more: Any,
) -> Surroundings:
    """What surrounds a decision: nothing special, unless said otherwise."""
    fields = {**FIELDS, Side.LEDGER: {**FIELDS[Side.LEDGER], **(ledger_fields or {})}}
    return Surroundings(
        accounts={Side.CRM: "kea:1", Side.LEDGER: "tui:1"},
        titles={Side.CRM: "Kea", Side.LEDGER: "Tui"},
        abilities={Side.CRM: crm, Side.LEDGER: ledger},
        fields=fields,
        references=references(sync or PEOPLE, fields),
        **more,
    )


def abilities(**more: Any) -> KindAbilities:
    return replace(ABILITIES, **more)


def crm(
    record_id: str = "1", standing: Standing = Standing.LIVE, /, survivor: str | None = None, **fields: Value
) -> Observation:
    """A contact as Kea shows it."""
    return Observation(Ref(Side.CRM, Kind.CONTACT, record_id), standing, fields, survivor=survivor)


def ledger(
    record_id: str = "A",
    standing: Standing = Standing.LIVE,
    /,
    *,
    kind: Kind = Kind.CONTACT,
    survivor: str | None = None,
    **fields: Value,
) -> Observation:
    """A contact as Tui shows it."""
    return Observation(Ref(Side.LEDGER, kind, record_id), standing, fields, survivor=survivor)


def linked(crm: Observation, ledger: Observation, *, sync: Sync = PEOPLE, **more: Any) -> Pair:
    """Two records that are the same thing; `base` is what they last agreed on."""
    return Pair(Link("L1", sync.name, crm.ref.id, ledger.ref.id, **more), crm, ledger)


AGREED = {"name": "Ada", "email": "ada@example.test"}
"""What both sides once held."""

NEW = Match(Verdict.NEW)


def alone(seen: Observation, match: Match = NEW, **more: Any) -> Single:
    """A record without a partner."""
    return Single(seen.ref.side, seen, match, **more)


def one_way(to: Direction, sync: Sync = PEOPLE) -> Sync:
    return replace(sync, direction=to)
