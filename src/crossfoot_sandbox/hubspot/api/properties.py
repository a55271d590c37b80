"""The properties API: definitions and groups (HubSpot fact 7.5, B6)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from crossfoot_sandbox.hubspot.api.batch import answer, inputs_of
from crossfoot_sandbox.hubspot.api.call import Call
from crossfoot_sandbox.hubspot.books.definitions import Definition, Definitions, Group, Option
from crossfoot_sandbox.hubspot.errors import Problem, invalid
from crossfoot_sandbox.hubspot.sent import listed, whole_number
from crossfoot_sandbox.wire import Response

MOST_UNIQUE = 10  # properties with unique values per object type
MOST_INPUTS = 100
_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")
_FIELD_TYPES = {
    "string": {"text", "textarea", "html", "file", "phonenumber", "calculation_equation"},
    "number": {"number", "calculation_equation"},
    "bool": {"booleancheckbox", "calculation_equation"},
    "enumeration": {"select", "radio", "checkbox", "booleancheckbox", "calculation_equation"},
    "date": {"date"},
    "datetime": {"date"},
}
_CHANGEABLE = {
    "label",
    "description",
    "displayOrder",
    "groupName",
    "hidden",
    "formField",
    "options",
    "fieldType",
    "type",
}


def list_(call: Call) -> Response:
    """All definitions, live ones or archived ones."""
    call.may_see_schema(call.kind())
    known = _known(call)
    shown = known.archived if call.flag("archived") else known.live
    return Response.json(200, {"results": [_show(call, one) for one in shown.values()]})


def read(call: Call) -> Response:
    """One definition; 404 when there is none."""
    call.may_see_schema(call.kind())
    known = _known(call)
    found = (known.archived if call.flag("archived") else known.live).get(call.params["name"])
    if found is None:
        raise _unknown(call, call.params["name"])
    return Response.json(200, _show(call, found))


def create(call: Call) -> Response:
    """A new definition. The name of an archived one brings that one back; a live one's name is a 409."""
    call.may_change_schema(call.kind())
    return Response.json(201, _create(call, call.fields()).json())


def edit(call: Call) -> Response:
    """Change a definition. `options` replaces the whole list; whether values are unique never changes."""
    call.may_change_schema(call.kind())
    known = _known(call)
    found = known.live.get(call.params["name"])
    if found is None:
        raise _unknown(call, call.params["name"])
    if found.hubspot_defined:
        raise invalid(f"Property {found.name} is defined by HubSpot and cannot be changed")
    fields = {name: value for name, value in call.fields().items() if name in _CHANGEABLE}
    changed = _from_json(known, {**_as_sent(found), **fields})
    known.live[found.name] = replace(
        changed, unique=found.unique, created=found.created, updated=call.now, formula=found.formula
    )
    return Response.json(200, known.live[found.name].json())


def archive(call: Call) -> Response:
    """Archive a definition of the portal's own. The records keep their values, unseen."""
    call.may_change_schema(call.kind())
    _archive(call, call.params["name"], strict=True)
    return Response(204)


def batch_read(call: Call) -> Response:
    """Definitions by name."""
    call.may_see_schema(call.kind())
    known = _known(call)
    shown = known.archived if call.fields().get("archived") else known.live
    return _batch(call, 200, lambda entry: _found(call, shown, str(entry.get("name", ""))).json())


def batch_create(call: Call) -> Response:
    """New definitions; those that fail are reported in a 207."""
    call.may_change_schema(call.kind())
    return _batch(call, 201, lambda entry: _create(call, entry).json())


def batch_archive(call: Call) -> Response:
    """Archive definitions; unknown names are passed over."""
    call.may_change_schema(call.kind())
    for entry in inputs_of(call, MOST_INPUTS):
        _archive(call, str(entry.get("name", "")), strict=False)
    return Response(204)


def groups(call: Call) -> Response:
    """All groups."""
    call.may_see_schema(call.kind())
    return Response.json(200, {"results": [group.json() for group in _known(call).groups.values()]})


def group(call: Call) -> Response:
    """One group."""
    call.may_see_schema(call.kind())
    return Response.json(200, _group(call).json())


def create_group(call: Call) -> Response:
    """A new group."""
    call.may_change_schema(call.kind())
    fields = call.fields()
    name, label = str(fields.get("name") or ""), str(fields.get("label") or "")
    if not name or not label:
        raise invalid("Invalid input JSON: Some required fields were not set: [name, label]")
    known = _known(call)
    if name in known.groups:
        raise Problem(409, f"Property group {name} already exists", "OBJECT_ALREADY_EXISTS")
    known.groups[name] = Group(name, label, whole_number(fields.get("displayOrder"), "displayOrder", -1))
    return Response.json(201, known.groups[name].json())


def edit_group(call: Call) -> Response:
    """Another label or place for a group."""
    call.may_change_schema(call.kind())
    found, fields = _group(call), call.fields()
    changed = Group(
        found.name,
        str(fields.get("label", found.label)),
        whole_number(fields.get("displayOrder"), "displayOrder", found.order),
    )
    _known(call).groups[found.name] = changed
    return Response.json(200, changed.json())


def archive_group(call: Call) -> Response:
    """Archive a group that has no properties left."""
    call.may_change_schema(call.kind())
    found, known = _group(call), _known(call)
    if any(definition.group == found.name for definition in known.live.values()):
        raise invalid(
            f"Property group {found.name} has active properties",
            subCategory="PropertyGroupError.GROUP_WITH_ACTIVE_PROPERTIES",
        )
    del known.groups[found.name]
    return Response(204)


def _known(call: Call) -> Definitions:
    return call.account.definitions[call.kind().plural]


def _group(call: Call) -> Group:
    found = _known(call).groups.get(call.params["group"])
    if found is None:
        raise Problem(404, f"Property group {call.params['group']} does not exist", "OBJECT_NOT_FOUND")
    return found


def _found(call: Call, shown: Mapping[str, Definition], name: str) -> Definition:
    found = shown.get(name)
    if found is None:
        raise _unknown(call, name)
    return found


def _batch(call: Call, status: int, act: Callable[[Mapping[str, Any]], dict[str, Any]]) -> Response:
    results, errors = [], []
    for entry in inputs_of(call, MOST_INPUTS):
        try:
            results.append(act(entry))
        except Problem as problem:
            errors.append(problem.entry())
    return answer(call, status, results, errors)


def _create(call: Call, fields: Mapping[str, Any]) -> Definition:
    known = _known(call)
    name = str(fields.get("name") or "")
    if name in known.live:
        raise Problem(
            409,
            f"A property named '{name}' already exists.",
            "OBJECT_ALREADY_EXISTS",
            subCategory="Properties.PROPERTY_WITH_NAME_EXISTS",
            context={"name": [name]},
        )
    if name in known.archived:
        revived = replace(known.archived.pop(name), archived=None, updated=call.now)
        known.live[name] = revived
        return revived
    made = replace(_from_json(known, fields), created=call.now, updated=call.now)
    if made.unique and len(known.uniques()) >= MOST_UNIQUE:
        raise invalid(f"An object type can have at most {MOST_UNIQUE} properties with unique values")
    known.live[name] = made
    if made.unique:
        call.account.books[known.kind.plural].watch_unique([name], call.account.around.switches)
    return made


def _archive(call: Call, name: str, *, strict: bool) -> None:
    known = _known(call)
    found = known.live.get(name)
    if found is None:
        if strict and name not in known.archived:
            raise _unknown(call, name)
        return
    if found.hubspot_defined:
        raise invalid(f"Property {name} is defined by HubSpot and cannot be archived")
    if any(name in one.formula for one in known.live.values()):
        raise invalid(
            f"Property {name} is used in a calculation",
            subCategory="PropertyValidationError.CANNOT_DELETE_PROPERTY_IN_USE",
        )
    known.archived[name] = replace(known.live.pop(name), archived=call.now)


def _from_json(known: Definitions, fields: Mapping[str, Any]) -> Definition:
    missing = [name for name in ("name", "label", "type", "fieldType", "groupName") if not fields.get(name)]
    if missing:
        raise invalid(f"Invalid input JSON: Some required fields were not set: [{', '.join(missing)}]")
    name, type_, field_type = str(fields["name"]), str(fields["type"]), str(fields["fieldType"])
    if not _NAME.fullmatch(name):
        raise invalid(
            f"Property name '{name}' is invalid: it starts with a letter; lower case, digits and underscores follow"
        )
    if field_type not in _FIELD_TYPES.get(type_, ()):
        raise invalid(f"Property type {type_} and field type {field_type} do not fit together")
    if fields["groupName"] not in known.groups:
        raise invalid(f"Property group {fields['groupName']} does not exist")
    options = tuple(_option(option) for option in listed(fields.get("options"), "options"))
    if type_ == "bool" and not options:
        options = (Option("true", "True", 0), Option("false", "False", 1))
    texts = [option.value for option in options]
    if len(set(texts)) != len(texts):
        raise invalid(f"Property {name} has two options with the same value")
    unique = bool(fields.get("hasUniqueValue", False))
    if unique and type_ not in ("string", "number"):
        raise invalid(f"Property {name} of type {type_} cannot have unique values")
    formula = str(fields.get("calculationFormula") or "")
    return Definition(
        name=name,
        label=str(fields["label"]),
        type=type_,
        field_type=field_type,
        group=str(fields["groupName"]),
        description=str(fields.get("description") or ""),
        options=options,
        unique=unique,
        read_only=bool(formula),
        calculated=bool(formula),
        hidden=bool(fields.get("hidden", False)),
        form_field=bool(fields.get("formField", False)),
        order=whole_number(fields.get("displayOrder"), "displayOrder", -1),
        formula=formula,
    )


def _option(sent: Any) -> Option:
    if not isinstance(sent, Mapping):
        raise invalid("Invalid input JSON: an option must be an object")
    return Option(
        str(sent.get("value", "")),
        str(sent.get("label", "")),
        whole_number(sent.get("displayOrder"), "displayOrder", -1),
        bool(sent.get("hidden", False)),
        str(sent.get("description") or ""),
    )


def _as_sent(found: Definition) -> dict[str, Any]:
    return {**found.json(), "calculationFormula": found.formula}


def _show(call: Call, found: Definition) -> dict[str, Any]:
    if not found.drawn:
        return found.json()
    options = call.account.options(found.drawn)
    return found.json() | {
        "options": [
            Option(value, label, place).json() for place, (value, label) in enumerate(options.items())
        ]
    }


def _unknown(call: Call, name: str) -> Problem:
    return Problem(
        404,
        f'Property "{name}" does not exist for {call.kind().upper}',
        "OBJECT_NOT_FOUND",
        context={"name": [name]},
    )
