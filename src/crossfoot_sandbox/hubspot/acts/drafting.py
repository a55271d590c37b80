"""The rules that every written value obeys: known, writable, of its type, and not somebody else's (HubSpot facts 3.2, 3.3)."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from crossfoot_sandbox.hubspot.behaviours.behaviour import Write
from crossfoot_sandbox.hubspot.behaviours.table import behaviour_of
from crossfoot_sandbox.hubspot.books.account import Account
from crossfoot_sandbox.hubspot.books.definitions import Definition
from crossfoot_sandbox.hubspot.books.kinds import CONTACTS, ObjectKind
from crossfoot_sandbox.hubspot.errors import (
    email_taken,
    invalid,
    invalid_properties,
    invalid_property,
    missing_required,
    not_linkable,
    value_taken,
)
from crossfoot_sandbox.hubspot.times import iso, parse_day, parse_moment

LONGEST_TEXT = 65_536  # characters; background knowledge only (open question 13.10)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_EMAIL = re.compile(r"[^@\s<>(),;:\"\[\]\\]+@[^@\s<>(),;:\"\[\]\\.]+(\.[^@\s<>(),;:\"\[\]\\.]+)+")


@dataclass(slots=True)
class Draft:
    """A write that passed the rules."""

    changes: dict[str, str | None]
    warnings: list[dict[str, Any]] = field(default_factory=list)


def text_of(value: Any) -> str | None:
    """A JSON value as the text that HubSpot stores (fact 3.2: numbers and booleans are read as text)."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return str(value)
    raise invalid(f"Invalid input JSON: a property value must be text, not {type(value).__name__}")


def draft(
    account: Account,
    kind: ObjectKind,
    properties: Any,
    *,
    version: str,
    record_id: str | None = None,
    claimed: dict[tuple[str, str], str] | None = None,
    wished: Collection[str] = (),
) -> Draft:
    """Check the properties of one record, new when `record_id` is None.

    `claimed` remembers the unique values of the other records of the same batch, `wished` are the object types that a
    new record will be associated with. Raises the Problem HubSpot would answer.
    """
    if not isinstance(properties, Mapping):
        raise invalid("Invalid input JSON: Some required fields were not set: [properties]")
    made = Draft({})
    entries: list[dict[str, Any]] = []
    definitions = account.definitions[kind.plural].live
    for name, sent in properties.items():
        definition = definitions.get(name)
        if definition is None:
            entries.append(
                invalid_property(
                    "PROPERTY_DOESNT_EXIST", name, f'Property "{name}" does not exist', account.id
                )
            )
            continue
        if definition.read_only:
            entries.append(
                invalid_property(
                    "READ_ONLY_VALUE",
                    name,
                    f'"{name}" is a read only property; its value cannot be set.',
                    account.id,
                )
            )
            continue
        value = text_of(sent)
        if value is None and not account.around.switches.null_clears:
            raise invalid(f"Invalid input JSON: property {name} is null")
        if not value:
            made.changes[name] = None
            continue
        try:
            made.changes[name] = _stored(account, definition, value, version, made.warnings)
        except _Wrong as wrong:
            entries.append(invalid_property(wrong.code, name, wrong.text, account.id))
    company_id = made.changes.get("associatedcompanyid")
    if kind is CONTACTS and company_id:
        company = account.books["companies"].survivor(company_id)
        if company is None or not company.alive:
            raise not_linkable("COMPANY", company_id)
    record = None if record_id is None else account.books[kind.plural][record_id]
    write = Write(account, kind, made.changes, record, version, wished)
    behaviour_of(kind).admit(write)
    entries += write.wrong
    if entries:
        raise invalid_properties(entries)
    _taken(account, kind, made.changes, record_id, claimed if claimed is not None else {})
    _required(account, kind, made.changes, version, record_id)
    return made


class _Wrong(Exception):  # a value that HubSpot refuses, not a fault of this program
    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


def _stored(
    account: Account, definition: Definition, value: str, version: str, warnings: list[dict[str, Any]]
) -> str:
    if len(value) > LONGEST_TEXT:
        raise _Wrong("PROPERTY_VALUE_TOO_LONG", f"Value is longer than {LONGEST_TEXT} characters")
    match definition.type:
        case "number":
            if not _NUMBER.fullmatch(value.strip()):
                raise _Wrong("INVALID_INTEGER", f"{value} was not a valid number.")
            return value.strip()
        case "bool" | "enumeration":
            allowed = frozenset(account.options(definition.drawn)) if definition.drawn else definition.values
            parts = value.split(";") if definition.field_type == "checkbox" else [value]
            wrong = [part for part in parts if part and part not in allowed]
            if wrong and definition.drawn == "currencies":
                text = f'"{wrong[0]}" is not a part of the current effective currency codes for portal {account.id}'
                raise _Wrong("INVALID_OPTION", text)
            if wrong:
                listed = ", ".join(sorted(allowed)[:50])
                raise _Wrong("INVALID_OPTION", f"{wrong[0]} was not one of the allowed options: [{listed}]")
            return value
        case "datetime":
            ms = parse_moment(value)
            if ms is None:
                raise _Wrong("INVALID_LONG", f"{value} was not a valid long.")
            return iso(ms)
        case "date":
            return _day(definition, value, version, warnings)
    if definition.name == "email":
        value = value.strip().lower()
        if not _EMAIL.fullmatch(value):
            raise _Wrong("INVALID_EMAIL", f"Email address {value} is invalid")
    return value


def _day(definition: Definition, value: str, version: str, warnings: list[dict[str, Any]]) -> str:
    day = parse_day(value)
    if day is None:
        raise _Wrong("INVALID_DATE", f"{value} was not a valid date.")
    text, exact = day
    if not exact and version != "2026-09":
        raise _Wrong("INVALID_DATE", f"{value} is at a time of day, not midnight UTC!")
    if not exact:
        warnings.append(
            {
                "category": "PROPERTY_VALUE_NORMALIZED",
                "context": {
                    "propertyName": [definition.name],
                    "rawValue": [value],
                    "normalizedValue": [text],
                },
                "message": f"The value of {definition.name} was normalized to {text}.",
            }
        )
    return text


def _taken(
    account: Account,
    kind: ObjectKind,
    changes: Mapping[str, str | None],
    record_id: str | None,
    claimed: dict[tuple[str, str], str],
) -> None:
    """Uniqueness is seen to last, when the values are stored: whoever is new has an id by then (see `value_taken`)."""
    book, switches = account.books[kind.plural], account.around.switches
    for name in book.unique:
        value = changes.get(name)
        if not value or (kind is CONTACTS and name == "hs_additional_emails"):
            continue
        holder = book.holder(name, value, switches)
        held_by = holder.id if holder is not None else claimed.get((name, value.lower()))
        claimed.setdefault((name, value.lower()), record_id or "")
        if held_by is None or (record_id is not None and held_by == record_id):
            continue
        if name == "email" and switches.taken_email == 409:
            raise email_taken(held_by)
        known = held_by or book.next_id()  # both come in one batch
        raise value_taken(account.id, kind.upper, name, value, record_id or book.next_id(), known)


def _required(
    account: Account,
    kind: ObjectKind,
    changes: Mapping[str, str | None],
    version: str,
    record_id: str | None,
) -> None:
    creating = record_id is None
    lacking = [group for group in kind.required if not any(changes.get(name) for name in group)]
    if creating and lacking:
        raise invalid(
            f"Error creating {kind.upper}. Some required properties were not set.",
            context={"properties": [" or ".join(group) for group in lacking]},
        )
    if version != "2026-09" or not account.around.switches.admin_rules:
        return
    if creating:
        missing = [name for name in sorted(account.required_on_create[kind.plural]) if not changes.get(name)]
        if missing:
            raise missing_required(missing)
    before: Mapping[str, str] = {} if record_id is None else account.books[kind.plural][record_id].values
    after = {**before, **changes}
    broken = [
        rule.needs
        for rule in account.conditional[kind.plural]
        if (rule.when in changes or rule.needs in changes)
        and after.get(rule.when) == rule.has
        and not after.get(rule.needs)
    ]
    if broken:
        raise missing_required(broken, "MISSING_CONDITIONAL_REQUIRED_PROPERTY")
