"""One record at a time: list, create, read, change, archive, merge, erase (HubSpot fact 3)."""

from collections.abc import Mapping
from typing import Any

from crossfoot_sandbox.faults import draw
from crossfoot_sandbox.hubspot.acts import linking, records
from crossfoot_sandbox.hubspot.acts.drafting import draft
from crossfoot_sandbox.hubspot.api import showing
from crossfoot_sandbox.hubspot.api.call import Call
from crossfoot_sandbox.hubspot.behaviours.table import behaviour_of
from crossfoot_sandbox.hubspot.books.account import Account
from crossfoot_sandbox.hubspot.books.book import HubRecord
from crossfoot_sandbox.hubspot.books.kinds import BY_NAME, CONTACTS, KINDS, ObjectKind
from crossfoot_sandbox.hubspot.books.link_types import Ends, LinkType
from crossfoot_sandbox.hubspot.errors import Problem, invalid, not_linkable, unknown_path, unknown_record
from crossfoot_sandbox.hubspot.sent import listed
from crossfoot_sandbox.wire import Response

LOCK = 2_000  # milliseconds
Wish = tuple[Ends, str, set[LinkType]]


def list_(call: Call) -> Response:
    """Records in the order of their ids; `after` is the id of the next one, so pages survive changes (B8)."""
    kind = call.kind()
    call.may_read(kind)
    asked, history = call.names("properties"), call.names("propertiesWithHistory")
    limit = call.number("limit", 10, 50 if history else 100)
    book = call.account.book(kind.plural)
    after = call.request.one("after") or "0"
    if not (after.isascii() and after.isdigit()):
        raise invalid(f"Invalid after: {after}")
    keys = book.shelved if call.flag("archived") else book.live
    start = keys.rank(int(after))
    page = keys.between(start, start + limit + 1)
    results = [_with_extras(call, kind, book[str(number)], asked, history) for number in page[:limit]]
    answer: dict[str, Any] = {"results": results}
    if len(page) > limit:
        following = str(page[limit])
        link = f"https://api.hubapi.com/crm/v3/objects/{kind.plural}?limit={limit}&after={following}"
        answer["paging"] = {"next": {"after": following, "link": link}}
    return Response.json(200, answer)


def create(call: Call) -> Response:
    """A new record; 409 for a contact whose e-mail is taken."""
    kind = call.kind()
    call.may_write(kind)
    fields = call.fields()
    wishes = association_wishes(call, kind, fields.get("associations"))
    wished = {ends[1] for ends, _, _ in wishes}
    made = draft(call.account, kind, fields.get("properties"), version=call.version, wished=wished)
    record = records.create(call.account, kind, made, call.actor)
    link_as_wished(call, record, wishes)
    shown = showing.written(call.account, kind, record, list(fields["properties"]))
    return Response.json(201, add_extras(shown, fields, made.warnings))


def read(call: Call) -> Response:
    """A record by id, or by a unique property. The id of a merged one answers with the survivor (A3)."""
    kind = call.kind()
    call.may_read(kind)
    found = by_key(call.account, kind, call.params["id"], call.request.one("idProperty"))
    if found is None or (found.archived is not None) != call.flag("archived"):
        raise unknown_record(kind.upper, call.params["id"])
    asked, history = call.names("properties"), call.names("propertiesWithHistory")
    return Response.json(200, _with_extras(call, kind, found, asked, history))


def edit(call: Call) -> Response:
    """Change some properties; "" clears one."""
    kind = call.kind()
    call.may_write(kind)
    found = by_key(call.account, kind, call.params["id"], call.request.one("idProperty"))
    if found is None or not found.alive:
        raise unknown_record(kind.upper, call.params["id"])
    fields = call.fields()
    made = draft(call.account, kind, fields.get("properties"), version=call.version, record_id=found.id)
    meet_lock(call, kind, found)
    records.edit(call.account, kind, found, made, call.actor)
    shown = showing.written(call.account, kind, found, list(fields["properties"]))
    return Response.json(200, add_extras(shown, fields, made.warnings))


def archive(call: Call) -> Response:
    """Into the recycle bin; an archived record stays there without complaint."""
    kind = call.kind()
    call.may_write(kind)
    found = call.account.book(kind.plural).survivor(call.params["id"])
    if found is None:
        raise unknown_record(kind.upper, call.params["id"])
    records.archive(call.account, kind, found, call.actor)
    return Response(204)


def merge(call: Call) -> Response:
    """Two records become one."""
    kind = call.kind()
    call.may_write(kind)
    if not kind.mergeable:
        raise unknown_path()
    fields = call.fields()
    both = []
    for name in ("primaryObjectId", "objectIdToMerge"):
        record_id = str(fields.get(name, ""))
        found = call.account.book(kind.plural).survivor(record_id)
        if found is None or not found.alive:
            raise unknown_record(kind.upper, record_id)
        both.append(found)
    survivor = records.merge(call.account, kind, both[0], both[1], call.actor)
    return Response.json(
        200, showing.record(call.account, kind, survivor, ["hs_merged_object_ids", *kind.defaults])
    )


def erase(call: Call) -> Response:
    """Privacy deletion of a contact, by id or e-mail."""
    kind = call.kind()
    call.may_write(kind)
    if kind is not CONTACTS:
        raise unknown_path()
    fields = call.fields()
    key = str(fields.get("objectId", ""))
    by = fields.get("idProperty")
    found = by_key(call.account, kind, key, None if by is None else str(by))
    if found is not None:
        records.erase(call.account, kind, found, call.actor)
    elif not by:
        raise unknown_record(kind.upper, key)
    return Response(204)


def by_key(account: Account, kind: ObjectKind, key: str, property_: str | None) -> HubRecord | None:
    """The record of an id (merges followed), or of a value of a unique property; 400 when it is not unique."""
    book = account.book(kind.plural)
    if not property_ or property_ == "hs_object_id":
        return book.survivor(key)
    definition = account.definitions[kind.plural].live.get(property_)
    if definition is None:
        raise invalid(f"Property {property_} does not exist and cannot be used as idProperty")
    if property_ not in book.unique or property_ == "hs_additional_emails":
        raise invalid(f"Unable to perform update/upsert by non-unique {kind.type_id} property {property_}")
    return book.holder(property_, key, account.around.switches)


def meet_lock(call: Call, kind: ObjectKind, found: HubRecord) -> None:
    """423 for two seconds when the draw says that somebody else is writing to the record (A17)."""
    switches = call.account.around.switches
    name = ("lock", switches.seed, kind.plural, found.id, found.writes, call.now)
    if found.locked_until <= call.now and switches.lock_share and draw(*name) < switches.lock_share:
        found.locked_until = call.now + LOCK
    if found.locked_until > call.now:
        raise Problem(423, "The record is locked by another write. Wait at least 2 seconds.", "LOCKED")


def association_wishes(call: Call, kind: ObjectKind, sent: Any) -> list[Wish]:
    """The `associations` of a create, checked before anything is made."""
    wishes: list[Wish] = []
    for entry in listed(sent, "associations"):
        try:
            other_id = str(entry["to"]["id"])
            types = {
                LinkType(type_["associationCategory"], int(type_["associationTypeId"]))
                for type_ in entry["types"]
            }
        except (KeyError, TypeError, ValueError):
            raise invalid("Invalid input JSON: an association needs to.id and types") from None
        for type_ in types:
            ends = next(
                (
                    (kind.plural, other.plural)
                    for other in KINDS
                    if type_ in call.account.links.labels.get((kind.plural, other.plural), {})
                ),
                None,
            )
            if ends is None:
                raise invalid(_wrong_end(call.account, kind, type_))
            target = call.account.book(ends[1]).survivor(other_id)
            if target is None or not target.alive:
                raise not_linkable(BY_NAME[ends[1]].upper, other_id)
            behaviour_of(BY_NAME[ends[1]]).linkable(call.account, target, kind.plural)
            wishes.append((ends, target.id, {type_}))
    return wishes


def link_as_wished(call: Call, record: HubRecord, wishes: list[Wish]) -> None:
    """Make the associations of a create."""
    for ends, other_id, types in wishes:
        linking.link(call.account, ends, record.id, other_id, types, call.actor, born=True)


def add_extras(
    shown: dict[str, Any], fields: Mapping[str, Any], warnings: list[dict[str, Any]]
) -> dict[str, Any]:
    """The write trace id and the warnings of a write's answer."""
    if "objectWriteTraceId" in fields:
        shown["objectWriteTraceId"] = fields["objectWriteTraceId"]
    if warnings:
        shown["warnings"] = warnings
    return shown


def _with_extras(
    call: Call, kind: ObjectKind, found: HubRecord, asked: list[str], history: list[str]
) -> dict[str, Any]:
    shown = showing.record(call.account, kind, found, asked)
    if history:
        shown["propertiesWithHistory"] = showing.history(found, history)
    if wanted := call.names("associations"):
        told = showing.associations(call.account, kind, found, wanted)
        if told:
            shown["associations"] = told
    return shown


def _wrong_end(account: Account, kind: ObjectKind, type_: LinkType) -> str:
    for ends, types in account.links.labels.items():
        if type_ in types:
            expected = next(other.type_id for other in KINDS if other.plural == ends[0])
            return f"invalid from object type {kind.type_id} for associations to be created. expected: {expected}"
    return f"Association type {type_.type_id} ({type_.category}) does not exist"
