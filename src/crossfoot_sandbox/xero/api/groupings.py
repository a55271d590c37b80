"""The calls on an organisation's groupings: TrackingCategories with their options, ContactGroups with their members."""

from typing import Any

from crossfoot_sandbox.xero import fields
from crossfoot_sandbox.xero.api.call import Call
from crossfoot_sandbox.xero.api.listing import list_rows, truthy
from crossfoot_sandbox.xero.api.settings import column, found, only, read_named, texts
from crossfoot_sandbox.xero.books.book import ACTIVE, ARCHIVED, DELETED
from crossfoot_sandbox.xero.errors import MethodNotAllowed, NotFound, refused
from crossfoot_sandbox.xero.shape import ZERO_ID, Answer, Json, guid

MOST_GROUPS = 100
MOST_CATEGORIES = 2
LONGEST_NAME = 100
_TRACKING_COLUMNS = {**texts("Name", "Status"), "TrackingCategoryID": column("Guid", "TrackingCategoryID")}
_GROUP_COLUMNS = {**texts("Name", "Status"), "ContactGroupID": column("Guid", "ContactGroupID")}


def tracking_calls(call: Call) -> Answer:
    """`/TrackingCategories`, `/{id}`, `/{id}/Options`, `/{id}/Options/{id}`."""
    categories = call.organisation.tracking
    if not call.parts:
        if call.method == "GET":
            archived = truthy(call.request.one("includeArchived"))
            rows = [
                row
                for row in categories.values()
                if row["Status"] == ACTIVE or (archived and row["Status"] == ARCHIVED)
            ]
            return call.answer(
                "TrackingCategories", list_rows(call.request, rows, _TRACKING_COLUMNS, "TrackingCategory")
            )
        only(call, "PUT")
        name = _new_name(call, "TrackingCategories", categories.values())
        if sum(row["Status"] == ACTIVE for row in categories.values()) >= MOST_CATEGORIES:
            raise refused(f"Only {MOST_CATEGORIES} active tracking categories are allowed.", Name=name)
        category = guid(call.organisation.tenant_id, "tracking category", name, call.number)
        categories[category] = {"Name": name, "Status": ACTIVE, "TrackingCategoryID": category, "Options": []}
        return call.answer("TrackingCategories", [categories[category]])
    row = found(call, categories)
    if len(call.parts) == 1:
        if call.method != "GET":
            _rename(call, row, "TrackingCategories")
        if row["Status"] == DELETED:
            del categories[row["TrackingCategoryID"]]
        return call.answer("TrackingCategories", [row])
    if call.parts[1].lower() != "options":
        raise NotFound
    return _option_calls(call, row)


def _option_calls(call: Call, category: Json) -> Answer:
    options: list[Json] = category["Options"]
    if len(call.parts) == 2:
        only(call, "PUT")
        name = _new_name(call, "Options", options)
        option = {
            "TrackingOptionID": guid(call.organisation.tenant_id, "tracking option", name, call.number),
            "Name": name,
            "Status": ACTIVE,
            "TrackingCategoryID": category["TrackingCategoryID"],
        }
        options.append(option)
        return call.answer("Options", [option])
    chosen = next((option for option in options if option["TrackingOptionID"] == call.parts[2].lower()), None)
    if chosen is None:
        raise NotFound
    _rename(call, chosen, "Options")
    if chosen["Status"] == DELETED:
        options.remove(chosen)
    return call.answer("Options", [chosen])


def group_calls(call: Call) -> Answer:
    """`/ContactGroups`, `/{id}` (with members), `/{id}/Contacts`, `/{id}/Contacts/{contact id}`."""
    organisation = call.organisation
    groups = organisation.groups
    if not call.parts:
        active = [row for row in groups.values() if row["Status"] == ACTIVE]
        if call.method == "GET":
            rows = list_rows(call.request, active, _GROUP_COLUMNS, "ContactGroup")
            return call.answer(
                "ContactGroups", [{**row, "Contacts": [], "HasValidationErrors": False} for row in rows]
            )
        only(call, "PUT")
        name = _new_name(call, "ContactGroups", active)
        if len(active) >= MOST_GROUPS:
            raise refused(f"You've reached the limit of {MOST_GROUPS} contact groups.", Name=name)
        group = guid(organisation.tenant_id, "contact group", name, call.number)
        groups[group] = {"ContactGroupID": group, "Name": name, "Status": ACTIVE}
        organisation.members[group] = set()
        return call.answer("ContactGroups", [_group(call, groups[group])])
    row = found(call, groups)
    if row["Status"] == DELETED:
        raise NotFound
    if len(call.parts) == 1:
        if call.method != "GET":
            only(call, "POST")
            _rename(call, row, "ContactGroups")
        return call.answer("ContactGroups", [_group(call, row)])
    if call.parts[1].lower() != "contacts" or len(call.parts) > 3:
        raise NotFound
    return _member_calls(call, organisation.members[row["ContactGroupID"]])


def _member_calls(call: Call, members: set[str]) -> Answer:
    if call.method == "DELETE":
        if len(call.parts) == 3:
            if call.parts[2].lower() not in members:
                raise refused("The contact is not a member of this group.", ContactID=call.parts[2].lower())
            members.discard(call.parts[2].lower())
        else:
            members.clear()
        return Answer(204)
    if len(call.parts) == 3:
        raise MethodNotAllowed
    only(call, "PUT")
    rows = []
    for element in fields.elements_of(call.request.body, "Contacts"):
        contact_id = str(read_named(element).get("ContactID", "")).lower()
        contact = call.organisation.contacts.live(contact_id)
        if contact is None or contact.status != ACTIVE:
            raise refused("The contact could not be found.", ContactID=contact_id or ZERO_ID)
        rows.append(contact.id)
    members.update(rows)
    return call.answer("Contacts", [_stub(contact_id) for contact_id in rows])


def _group(call: Call, row: Json) -> Json:
    contacts = call.organisation.contacts
    members = sorted(call.organisation.members[row["ContactGroupID"]])
    shown = [{**_stub(member), "Name": contacts[member].values["Name"]} for member in members]
    return {**row, "Contacts": shown, "HasValidationErrors": False}


def _stub(contact_id: str) -> Json:
    return {
        "ContactID": contact_id,
        "Addresses": [],
        "Phones": [],
        "ContactGroups": [],
        "ContactPersons": [],
        "HasValidationErrors": False,
    }


def _new_name(call: Call, key: str, rows: Any) -> str:
    name = str(read_named(fields.only_one(call.request.body, key)).get("Name", "")).strip()
    if not name or len(name) > LONGEST_NAME:
        raise refused("Name must be between 1 and 100 characters.", Name=name)
    if any(row["Name"].casefold() == name.casefold() for row in rows):
        raise refused("Please enter a unique Name.", Name=name)
    return name


def _rename(call: Call, row: Json, key: str) -> None:
    if call.method == "DELETE":
        row["Status"] = DELETED
        return
    only(call, "POST")
    sent = read_named(fields.only_one(call.request.body, key))
    row |= {name: sent[name] for name in ("Name", "Status") if name in sent}
