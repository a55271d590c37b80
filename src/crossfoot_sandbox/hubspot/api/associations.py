"""Associations, single and in batches, and their labels (HubSpot fact 6, B5)."""

from collections.abc import Mapping
from typing import Any

from crossfoot_sandbox.hubspot.acts import linking
from crossfoot_sandbox.hubspot.api.batch import answer, inputs_of
from crossfoot_sandbox.hubspot.api.call import Call
from crossfoot_sandbox.hubspot.books.account import Account
from crossfoot_sandbox.hubspot.books.kinds import BY_NAME
from crossfoot_sandbox.hubspot.books.link_types import ENDS, PLAIN, Ends, LinkType
from crossfoot_sandbox.hubspot.errors import Problem, invalid, not_linkable, unknown_record
from crossfoot_sandbox.hubspot.sent import listed, whole_number
from crossfoot_sandbox.wire import Response

MOST_READ, MOST_CREATED = 1_000, 2_000
PAGE = 500


def list_(call: Call) -> Response:
    """The records linked to one record, with the types of each link."""
    ends = ends_of(call)
    call.may_read(call.kind(), call.kind("to"))
    one = _record(call.account, ends[0], call.params["id"])
    results, after = _linked(
        call.account, ends, one, call.number("limit", PAGE, PAGE), call.request.one("after")
    )
    return Response.json(200, {"results": results} | _paging(after))


def link(call: Call) -> Response:
    """The plain link, in both directions."""
    ends = ends_of(call)
    call.may_write(call.kind(), call.kind("to"))
    one, other = pair_of(call, ends)
    one, other = linking.link(call.account, ends, one, other, {PLAIN[ends]}, call.actor)
    return answer(call, 200, _both_ways(call.account, ends, one, other), [])


def label(call: Call) -> Response:
    """A link with labels; the list replaces the labels the pair had."""
    ends = ends_of(call)
    call.may_write(call.kind(), call.kind("to"))
    one, other = pair_of(call, ends)
    types = _types(call.account, ends, call.body)
    one, other = linking.relabel(call.account, ends, one, other, types, call.actor)
    return Response.json(201, _labels_between(call.account, ends, one, other))


def unlink(call: Call) -> Response:
    """Take a pair apart."""
    ends = ends_of(call)
    call.may_write(call.kind(), call.kind("to"))
    linking.unlink(call.account, ends, call.params["id"], call.params["to_id"], None, call.actor)
    return Response(204)


def batch_read(call: Call) -> Response:
    """The links of up to 1,000 records; records without any are reported in a 207."""
    ends = ends_of(call)
    call.may_read(call.kind(), call.kind("to"))
    results: list[dict[str, Any]] = []
    missing: list[str] = []
    for entry in inputs_of(call, MOST_READ):
        record_id = str(entry.get("id", ""))
        found = call.account.book(ends[0]).survivor(record_id)
        linked, after = (
            ([], None) if found is None else _linked(call.account, ends, found.id, PAGE, entry.get("after"))
        )
        if linked:
            results.append({"from": {"id": record_id}, "to": linked} | _paging(after))
        else:
            missing.append(record_id)
    errors = [_no_links(ends, record_id) for record_id in missing]
    return answer(call, 200, results, errors)


def batch_link(call: Call) -> Response:
    """Plain links for up to 2,000 pairs."""
    return _batch_create(call, plain=True)


def batch_label(call: Call) -> Response:
    """Labelled links for up to 2,000 pairs."""
    return _batch_create(call, plain=False)


def batch_unlink(call: Call) -> Response:
    """Take pairs apart: `inputs: [{from, to: [...]}]`. 204 in v4, 200 with a body in dated versions (fact 1)."""
    ends = ends_of(call)
    call.may_write(call.kind(), call.kind("to"))
    for entry in inputs_of(call, MOST_CREATED):
        for target in listed(entry.get("to"), "to"):
            linking.unlink(call.account, ends, _id(entry.get("from")), _id(target), None, call.actor)
    return Response(204) if call.version == "v4" else answer(call, 200, [], [])


def batch_unlabel(call: Call) -> Response:
    """Take labels from pairs; taking the plain type takes them apart."""
    ends = ends_of(call)
    call.may_write(call.kind(), call.kind("to"))
    for entry in inputs_of(call, MOST_CREATED):
        types = _types(call.account, ends, entry.get("types"))
        linking.unlink(call.account, ends, _id(entry.get("from")), _id(entry.get("to")), types, call.actor)
    return Response(204) if call.version == "v4" else answer(call, 200, [], [])


def labels(call: Call) -> Response:
    """The types a pair of object types can have."""
    ends = ends_of(call)
    call.may_see_schema(call.kind())
    known = call.account.links.labels[ends]
    return Response.json(200, {"results": [_type(call.account, ends, type_) for type_ in sorted(known)]})


def define(call: Call) -> Response:
    """A label of the portal's own, in both directions."""
    ends = ends_of(call)
    call.may_change_schema(call.kind())
    fields = call.fields()
    name, text = fields.get("name"), fields.get("label")
    if not name or not text:
        raise invalid("Invalid input JSON: Some required fields were not set: [name, label]")
    if any(known.name == name for known in call.account.links.labels[ends].values()):
        raise Problem(409, f"An association label named {name} already exists", "OBJECT_ALREADY_EXISTS")
    made = call.account.links.define(ends, str(name), str(text), fields.get("inverseLabel"))
    results = [
        {"category": type_.category, "typeId": type_.type_id, "label": described.label}
        for type_, described in made
    ]
    return Response.json(200, {"results": results})


def rename(call: Call) -> Response:
    """Another text for a label of the portal's own."""
    ends = ends_of(call)
    call.may_change_schema(call.kind())
    fields = call.fields()
    type_ = _own_label(call.account, ends, str(fields.get("associationTypeId", "")))
    call.account.links.rename(ends, type_, str(fields.get("label", "")))
    return Response(204)


def undefine(call: Call) -> Response:
    """Delete a label of the portal's own, everywhere."""
    ends = ends_of(call)
    call.may_change_schema(call.kind())
    call.account.links.undefine(ends, _own_label(call.account, ends, call.params["label"]))
    return Response(204)


def _batch_create(call: Call, *, plain: bool) -> Response:
    ends = ends_of(call)
    call.may_write(call.kind(), call.kind("to"))
    results: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    for entry in inputs_of(call, MOST_CREATED):
        try:
            one = _record(call.account, ends[0], _id(entry.get("from")))
            other = _target(call.account, ends[1], _id(entry.get("to")))
            types = {PLAIN[ends]} if plain else _types(call.account, ends, entry.get("types"))
            one, other = linking.link(call.account, ends, one, other, types, call.actor)
        except Problem as problem:
            errors.append(problem.entry())
            continue
        if plain:
            results += _both_ways(call.account, ends, one, other)
        else:
            results.append(_labels_between(call.account, ends, one, other))
    return answer(call, 200 if plain else 201, results, errors)


def ends_of(call: Call) -> Ends:
    """The two object types of the path; 400 when they have nothing to do with each other."""
    ends = (call.kind().plural, call.kind("to").plural)
    if ends not in ENDS:
        raise invalid(f"{call.kind().upper} and {call.kind('to').upper} cannot be associated")
    return ends


def pair_of(call: Call, ends: Ends) -> tuple[str, str]:
    """The two records of the path, which must be there."""
    one = _record(call.account, ends[0], call.params["id"])
    return one, _target(call.account, ends[1], call.params["to_id"])


def _record(account: Account, plural: str, record_id: str) -> str:
    found = account.book(plural).survivor(record_id)
    if found is None or not found.alive:
        raise unknown_record(BY_NAME[plural].upper, record_id)
    return found.id


def _target(account: Account, plural: str, record_id: str) -> str:
    found = account.book(plural).survivor(record_id)
    if found is None or not found.alive:
        raise not_linkable(BY_NAME[plural].upper, record_id)
    return found.id


def _id(sent: Any) -> str:
    return str(sent.get("id", "")) if isinstance(sent, Mapping) else ""


def _types(account: Account, ends: Ends, sent: Any) -> set[LinkType]:
    try:
        types = {LinkType(str(one["associationCategory"]), int(one["associationTypeId"])) for one in sent}
    except (KeyError, TypeError, ValueError):
        raise invalid("Invalid input JSON: associationCategory and associationTypeId are needed") from None
    for type_ in types:
        if type_ not in account.links.labels[ends]:
            expected = next(
                (BY_NAME[known[0]].type_id for known, held in account.links.labels.items() if type_ in held),
                "",
            )
            here = BY_NAME[ends[0]].type_id
            raise invalid(
                f"invalid from object type {here} for associations to be created. expected: {expected}"
            )
    return types


def _type(account: Account, ends: Ends, type_: LinkType) -> dict[str, Any]:
    return {
        "category": type_.category,
        "typeId": type_.type_id,
        "label": account.links.labels[ends][type_].label,
    }


def _linked(
    account: Account, ends: Ends, record_id: str, limit: int, after: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    start = whole_number(after, "after", 0)
    as_text = account.around.switches.association_ids_as_text
    every = [(other, types) for other, types in account.links.of(ends, record_id) if int(other) >= start]
    results = [
        {
            "toObjectId": other if as_text else int(other),
            "associationTypes": [_type(account, ends, type_) for type_ in sorted(types)],
        }
        for other, types in every[:limit]
    ]
    return results, every[limit][0] if len(every) > limit else None


def _paging(after: str | None) -> dict[str, Any]:
    return {} if after is None else {"paging": {"next": {"after": after, "link": ""}}}


def _both_ways(account: Account, ends: Ends, one: str, other: str) -> list[dict[str, Any]]:
    plain = PLAIN[ends]
    ways = ((one, other, plain), (other, one, account.links.inverse(ends, plain)))
    return [
        {
            "from": {"id": source},
            "to": {"id": target},
            "associationSpec": {"associationCategory": type_.category, "associationTypeId": type_.type_id},
        }
        for source, target, type_ in ways
    ]


def _labels_between(account: Account, ends: Ends, one: str, other: str) -> dict[str, Any]:
    types = account.links.types(ends, one, other)
    return {
        "fromObjectTypeId": BY_NAME[ends[0]].type_id,
        "fromObjectId": one,
        "toObjectTypeId": BY_NAME[ends[1]].type_id,
        "toObjectId": other,
        "labels": [text for type_ in sorted(types) if (text := account.links.labels[ends][type_].label)],
    }


def _no_links(ends: Ends, record_id: str) -> dict[str, Any]:
    one, other = BY_NAME[ends[0]].singular, BY_NAME[ends[1]].singular
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": f"No {other} is associated with {one} {record_id}.",
        "context": {"fromObjectId": [record_id]},
        "errors": [],
    }


def _own_label(account: Account, ends: Ends, type_id: str) -> LinkType:
    for type_ in account.links.labels[ends]:
        if type_.category == "USER_DEFINED" and str(type_.type_id) == type_id:
            return type_
    raise Problem(404, f"There is no label {type_id} of the account's own", "OBJECT_NOT_FOUND")
