"""Associations in the manner of v3: the type is part of the path, and lists name it (HubSpot fact 6, payments and invoices guides)."""

from typing import Any

from crossfoot_sandbox.hubspot.acts import linking
from crossfoot_sandbox.hubspot.api import showing
from crossfoot_sandbox.hubspot.api.associations import ends_of, pair_of
from crossfoot_sandbox.hubspot.api.call import Call
from crossfoot_sandbox.hubspot.books.link_types import Ends, LinkType
from crossfoot_sandbox.hubspot.errors import invalid, unknown_record
from crossfoot_sandbox.hubspot.sent import whole_number
from crossfoot_sandbox.wire import Response

PAGE = 500


def list_(call: Call) -> Response:
    """The records linked to one record, once for each type."""
    ends = ends_of(call)
    call.may_read(call.kind(), call.kind("to"))
    found = call.account.book(ends[0]).survivor(call.params["id"])
    if found is None or not found.alive:
        raise unknown_record(call.kind().upper, call.params["id"])
    start = whole_number(call.request.one("after"), "after", 0)
    limit = call.number("limit", PAGE, PAGE)
    told = showing.associations(call.account, call.kind(), found, [ends[1]]).get(ends[1], {"results": []})
    every = [entry for entry in told["results"] if int(entry["id"]) >= start]
    answer: dict[str, Any] = {"results": every[:limit]}
    if len(every) > limit:
        answer["paging"] = {"next": {"after": every[limit]["id"], "link": ""}}
    return Response.json(200, answer)


def link(call: Call) -> Response:
    """Associate with one type; the record comes back with its associations."""
    ends = ends_of(call)
    call.may_write(call.kind(), call.kind("to"))
    one, other = pair_of(call, ends)
    linking.link(call.account, ends, one, other, {_type(call, ends)}, call.actor)
    kind, found = call.kind(), call.account.books[ends[0]][one]
    shown = showing.record(call.account, kind, found)
    shown["associations"] = showing.associations(call.account, kind, found, [ends[1]])
    return Response.json(200, shown)


def unlink(call: Call) -> Response:
    """Take one type from a pair."""
    ends = ends_of(call)
    call.may_write(call.kind(), call.kind("to"))
    type_ = _type(call, ends)
    linking.unlink(call.account, ends, call.params["id"], call.params["to_id"], {type_}, call.actor)
    return Response(204)


def _type(call: Call, ends: Ends) -> LinkType:
    """A type by its number, or by its name such as `invoice_to_line_item`."""
    sent = call.params["type_id"]
    for type_ in call.account.links.labels[ends]:
        if sent in (str(type_.type_id), showing.type_name(call.account, ends, type_)):
            return type_
    raise invalid(f"{sent} is no association type from {ends[0]} to {ends[1]}")
