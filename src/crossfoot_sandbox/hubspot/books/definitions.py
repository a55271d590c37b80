"""Property definitions: what fields an object type has, and which values they take (HubSpot facts 3.2, 3.3, 7.5)."""

from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from crossfoot_sandbox.hubspot.books.kinds import ObjectKind
from crossfoot_sandbox.hubspot.books.property_defaults import GROUPS, OPTIONS, TABLES
from crossfoot_sandbox.hubspot.times import iso


@dataclass(frozen=True, slots=True)
class Option:
    """One allowed value of an enumeration."""

    value: str
    label: str
    order: int = -1
    hidden: bool = False
    description: str = ""

    def json(self) -> dict[str, Any]:
        """As the properties API shows it."""
        return {
            "label": self.label,
            "value": self.value,
            "description": self.description,
            "displayOrder": self.order,
            "hidden": self.hidden,
        }


@dataclass(frozen=True, slots=True)
class Definition:
    """One property. `read_only` is what `modificationMetadata.readOnlyValue` says."""

    name: str
    label: str
    type: str  # string, number, bool, enumeration, date, datetime
    field_type: str
    group: str
    description: str = ""
    options: tuple[Option, ...] = ()
    unique: bool = False
    read_only: bool = False
    calculated: bool = False
    hubspot_defined: bool = False
    hidden: bool = False
    form_field: bool = True
    drawn: str = ""  # the options are the portal's own: owners, currencies, pipelines, stages
    money: bool = False
    order: int = -1
    formula: str = ""
    created: int = 0
    updated: int = 0
    archived: int | None = None
    values: frozenset[str] = field(default=frozenset(), compare=False)  # the options' values, for speed

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", frozenset(option.value for option in self.options))

    def json(self) -> dict[str, Any]:
        """As the properties API shows it."""
        shown: dict[str, Any] = {
            "updatedAt": iso(self.updated),
            "createdAt": iso(self.created),
            "name": self.name,
            "label": self.label,
            "type": self.type,
            "fieldType": self.field_type,
            "description": self.description,
            "groupName": self.group,
            "options": [option.json() for option in self.options],
            "displayOrder": self.order,
            "calculated": self.calculated,
            "externalOptions": self.drawn == "owners",
            "archived": self.archived is not None,
            "hasUniqueValue": self.unique,
            "hidden": self.hidden,
            "hubspotDefined": self.hubspot_defined,
            "modificationMetadata": {
                "archivable": not self.hubspot_defined,
                "readOnlyDefinition": self.hubspot_defined,
                "readOnlyOptions": self.hubspot_defined and self.read_only,
                "readOnlyValue": self.read_only,
            },
            "formField": self.form_field and not self.read_only,
            "dataSensitivity": "non_sensitive",
        }
        if self.drawn == "owners":
            shown["referencedObjectType"] = "OWNER"
        if self.money:
            shown["showCurrencySymbol"] = True
        if self.formula:
            shown["calculationFormula"] = self.formula
        if self.archived is not None:
            shown["archivedAt"] = iso(self.archived)
        return shown


@dataclass(frozen=True, slots=True)
class Group:
    """A heading under which properties are shown."""

    name: str
    label: str
    order: int = -1

    def json(self) -> dict[str, Any]:
        """As the properties API shows it."""
        return {"name": self.name, "label": self.label, "displayOrder": self.order, "archived": False}


def _definition(line: str, order: int) -> Definition:
    name, label, types, group, flags = (part.strip() for part in line.split("|"))
    type_, field_type = types.split("/")
    marks = set(flags.split())
    chosen = next((mark[1:] for mark in marks if mark.startswith("=")), "bool" if type_ == "bool" else "")
    options = tuple(
        Option(value, shown, place) for place, (value, shown) in enumerate(OPTIONS.get(chosen, ()))
    )
    return Definition(
        name=name,
        label=label,
        type=type_,
        field_type=field_type,
        group=group,
        options=options,
        unique="unique" in marks,
        read_only=bool(marks & {"ro", "calc"}),
        calculated="calc" in marks,
        hubspot_defined=True,
        drawn="owners" if "owner" in marks else next((mark[1:] for mark in marks if mark[0] == "@"), ""),
        money="money" in marks,
        order=order,
    )


@cache
def _defaults(plural: str) -> tuple[Definition, ...]:
    return tuple(_definition(line, order) for order, line in enumerate(TABLES[plural].strip().splitlines()))


class Definitions:
    """The properties and groups of one object type in one portal."""

    def __init__(self, kind: ObjectKind, now: int) -> None:
        self.kind = kind
        self.live: dict[str, Definition] = {
            definition.name: replace(definition, created=now, updated=now)
            for definition in _defaults(kind.plural)
        }
        self.archived: dict[str, Definition] = {}
        self.groups = {
            name: Group(name, label, place) for place, (name, label) in enumerate(GROUPS[kind.plural].items())
        }

    def uniques(self) -> list[str]:
        """Names of the properties that two records cannot share (`hs_object_id`, being the id, aside)."""
        return [name for name, found in self.live.items() if found.unique and name != "hs_object_id"]


@dataclass(frozen=True, slots=True)
class Conditional:
    """An admin's rule: when `when` has the value `has`, then `needs` must have one (2026-09 only)."""

    when: str
    has: str
    needs: str
