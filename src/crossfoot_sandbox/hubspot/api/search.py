"""Search: filters, one sort, offset paging, and an index that lags behind (HubSpot fact 4; A1, A2)."""

from collections.abc import Mapping
from typing import Any

from crossfoot_sandbox.hubspot.api import showing
from crossfoot_sandbox.hubspot.api.call import Call
from crossfoot_sandbox.hubspot.api.filters import parse_groups
from crossfoot_sandbox.hubspot.api.finding import Question, find
from crossfoot_sandbox.hubspot.errors import invalid
from crossfoot_sandbox.hubspot.sent import listed, page_size, whole_number
from crossfoot_sandbox.wire import Response

MOST_RESULTS = 10_000
LONGEST_BODY = 3_000  # characters
LARGEST_PAGE = 200


def search(call: Call) -> Response:
    """Records as the index knows them: not yet the newest ones, and changed ones with their old values."""
    kind = call.kind()
    call.may_read(kind)
    if len(call.request.body.decode("utf-8", "replace")) > LONGEST_BODY:
        raise invalid(f"The request body is longer than {LONGEST_BODY} characters")
    fields = call.fields()
    limit = page_size(fields.get("limit") or None, 10, LARGEST_PAGE)
    start = _offset(fields.get("after"))
    if start + limit > MOST_RESULTS:
        raise invalid(f"Paging is limited to {MOST_RESULTS} results: after={start}, limit={limit}")
    groups = parse_groups(fields.get("filterGroups"), fields.get("filters"))
    name, descending = _sort(fields.get("sorts"))
    book = call.account.book(kind.plural)
    book.index.catch_up(call.now)
    known = call.account.definitions[kind.plural].live
    for filters in groups:
        for one in filters:
            if one.name not in known and not one.association:
                raise invalid(f"There was a problem with the request. Property {one.name} does not exist")
    if name not in known:
        raise invalid(f"There was a problem with the request. Property {name} does not exist")
    query = str(fields.get("query") or "")
    question = Question(call.account, kind, groups, name, descending, query, start, limit)
    page = find(question)
    asked = [str(asked_name) for asked_name in listed(fields.get("properties"), "properties")]
    results = []
    for entry in page.seen:
        shown = showing.properties(call.account, kind, entry.values, asked)
        results.append(showing.frame(call.account, kind, entry.values, shown))
    body: dict[str, Any] = {"total": page.total, "results": results}
    if start + limit < page.total:
        body["paging"] = {"next": {"after": str(start + limit)}}
    return Response.json(200, body)


def _offset(after: Any) -> int:
    start = whole_number(after, "after", 0)
    if start < 0:
        raise invalid(f"Invalid after: {after}")
    return start


def _sort(sorts: Any) -> tuple[str, bool]:
    if not sorts:
        return "hs_object_id", False
    if not isinstance(sorts, list) or len(sorts) > 1:
        raise invalid("Only one sort can be applied to a search")
    first = sorts[0]
    if isinstance(first, Mapping):
        return str(first.get("propertyName", "")), first.get("direction") == "DESCENDING"
    text = str(first)
    return text.lstrip("-"), text.startswith("-")
