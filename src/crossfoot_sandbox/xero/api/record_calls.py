"""The calls on contacts and items, and what documents share with them: list, read one, write, delete, history."""

from collections.abc import Callable

from crossfoot_sandbox.xero.api.call import Call
from crossfoot_sandbox.xero.api.listing import list_book, truthy
from crossfoot_sandbox.xero.api.writing import write
from crossfoot_sandbox.xero.books.book import XeroRecord
from crossfoot_sandbox.xero.errors import MethodNotAllowed, NotFound, refused
from crossfoot_sandbox.xero.fields import only_one
from crossfoot_sandbox.xero.kinds import contacts, items
from crossfoot_sandbox.xero.kinds.resource import Form, Resource
from crossfoot_sandbox.xero.kinds.table import RESOURCES
from crossfoot_sandbox.xero.shape import Answer

CONTACTS, ITEMS = RESOURCES["Contacts"], RESOURCES["Items"]
_LONGEST_NOTE = 2_500


def contact_calls(call: Call) -> Answer:
    """`/Contacts`, `/Contacts/{id or number}`, `/Contacts/{id}/History`."""
    return record_calls(call, CONTACTS, _list_contacts)


def item_calls(call: Call) -> Answer:
    """`/Items`, `/Items/{id or code}`, `/Items/{id}/History`; DELETE exists for items only."""
    if call.method == "DELETE" and len(call.parts) == 1:
        record = named(call, ITEMS)
        if call.organisation.uses_item(record):
            raise refused("The item cannot be deleted as it is used on a transaction.", ItemID=record.id)
        items.delete(call.organisation, record, call.author)
        return Answer(204)
    return record_calls(call, ITEMS, _list_items)


def record_calls(call: Call, resource: Resource, listing: Callable[[Call], Answer]) -> Answer:
    """What every kind of record in a book answers; `listing` is what GET without an id says."""
    match (call.method, len(call.parts)):
        case ("GET", 0):
            return listing(call)
        case ("PUT" | "POST", 0):
            return write(call, resource, create_only=call.method == "PUT")
        case ("GET", 1):
            row = resource.shown(call.organisation, named(call, resource), Form.ONE, call.places)
            return call.answer(resource.key, [row])
        case ("POST", 1):
            return write(call, resource, create_only=False, target=named(call, resource))
        case (_, 2) if call.parts[1].lower() == "history":
            return _history(call, named(call, resource))
        case (_, 0 | 1):
            raise MethodNotAllowed
    raise NotFound


def named(call: Call, resource: Resource) -> XeroRecord:
    """The record that the path's first part means; 404 without one."""
    record = resource.named(call.organisation.book(resource.key), call.parts[0])
    if record is None:
        raise NotFound
    return record


def _list_contacts(call: Call) -> Answer:
    organisation, request = call.organisation, call.request
    ids = request.one("IDs")
    term = (request.one("searchTerm") or "").casefold()
    rows, pagination = list_book(
        request,
        organisation.switches,
        organisation.contacts,
        CONTACTS.columns,
        CONTACTS.type_name,
        ids={part.strip().lower() for part in ids.split(",")} if ids else None,
        matches=(lambda record: _mentions(record, term)) if term else None,
        archived=truthy(request.one("includeArchived")),
    )
    form = Form.LIST if pagination is None else Form.PAGE
    if truthy(request.one("summaryOnly")):
        form = Form.SUMMARY
    return listed(call, CONTACTS, rows, form, pagination)


def _mentions(record: XeroRecord, term: str) -> bool:
    return any(term in (record.values.get(name) or "").casefold() for name in contacts.Contacts.searched)


def _list_items(call: Call) -> Answer:
    organisation = call.organisation
    rows, _ = list_book(
        call.request, organisation.switches, organisation.items, ITEMS.columns, ITEMS.type_name, pages=False
    )
    return listed(call, ITEMS, rows, Form.LIST, None)


def listed(
    call: Call, resource: Resource, rows: list[XeroRecord], form: Form, pagination: dict[str, int] | None
) -> Answer:
    """Rows in the form that was asked for; 304 for nothing new, where the switch says so."""
    organisation, shown, places = call.organisation, resource.shown, call.places
    if not rows and organisation.switches.modified_since_304 and "if-modified-since" in call.request.headers:
        return Answer(304)
    return call.answer(resource.key, [shown(organisation, row, form, places) for row in rows], pagination)


def _history(call: Call, record: XeroRecord) -> Answer:
    organisation = call.organisation
    if call.method == "GET":
        return call.answer("HistoryRecords", organisation.history.of(record))
    if call.method != "PUT":
        raise MethodNotAllowed
    details = str(only_one(call.request.body, "HistoryRecords").get("Details") or "")
    if not details or len(details) > _LONGEST_NOTE:
        raise refused(f"Details must be between 1 and {_LONGEST_NOTE} characters.", Details=details)
    return call.answer("HistoryRecords", [organisation.history.note(record, details, call.ms)])
