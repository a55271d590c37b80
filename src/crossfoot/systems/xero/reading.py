"""Records by id and by value, in as few calls as possible."""

from collections.abc import Collection, Mapping, Sequence

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.records import Observation, Standing
from crossfoot.systems.xero import contacts, items, persons
from crossfoot.systems.xero.answers import Contact, Contacts, Items
from crossfoot.systems.xero.http import API, XeroClient
from crossfoot.systems.xero.listing import PAGE_SIZE

CONTACTS_AT_ONCE = 50
"""Ids in one URL: 50 of 36 characters."""

ITEMS_BY_ID = 20
"""Up to so many items are named in a filter; of more, the whole price list is read, which is one call as well."""

FILTER_LENGTH = 1500
"""Characters of a filter in one URL."""

Paths = Mapping[Kind, Collection[str]]


def _missing(kind: Kind, record_id: str) -> Observation:
    return Observation(Ref(Side.LEDGER, kind, record_id), Standing.MISSING)


async def contacts_by_id(client: XeroClient, ids: Collection[str]) -> dict[str, Contact]:
    """The contacts, archived and merged ones among them, by lower-case id. At most `CONTACTS_AT_ONCE`.

    Paged, because only then the answer names a merged contact's survivor (Xero fact 7.1).
    """
    query = {"IDs": ",".join(ids), "page": "1", "pageSize": str(PAGE_SIZE), "includeArchived": "true"}
    answer = await client.read(f"{API}/Contacts", Contacts, query, what="read contacts")
    return {contact.contact_id.lower(): contact for contact in answer.contacts}


async def read_contacts(client: XeroClient, ids: Sequence[str], paths: Paths) -> list[Observation]:
    """One observation per id, in order."""
    if not ids:
        return []
    found = await contacts_by_id(client, dict.fromkeys(ids))
    wanted = contacts.wanted(paths)
    return [
        contacts.observe(found[key.lower()], wanted) if key.lower() in found else _missing(Kind.CONTACT, key)
        for key in ids
    ]


async def read_persons(client: XeroClient, ids: Sequence[str]) -> list[Observation]:
    """One observation per id, in order. A person who is no longer in a contact that was read is archived: the list is complete."""
    if not ids:
        return []
    found = await contacts_by_id(client, dict.fromkeys(persons.parent_of(key) for key in ids))
    return [_person(found, key) for key in ids]


def _person(found: Mapping[str, Contact], person_id: str) -> Observation:
    parent = persons.parent_of(person_id)
    contact = found.get(parent.lower())
    if contact is None:
        return _missing(Kind.CONTACT_PERSON, person_id)
    standing = contacts.standing(contact)
    for person in persons.observe(contact, standing):
        if person.ref.id == person_id:
            return person
    gone = Standing.ERASED if standing is Standing.ERASED else Standing.ARCHIVED
    return Observation(Ref(Side.LEDGER, Kind.CONTACT_PERSON, person_id), gone, parent=parent)


async def read_items(client: XeroClient, ids: Sequence[str], paths: Paths) -> list[Observation]:
    """One observation per id, in order."""
    if not ids:
        return []
    query = {"unitdp": "4"}
    if len(ids) <= ITEMS_BY_ID:
        query["where"] = " OR ".join(f'ItemID==Guid("{key}")' for key in dict.fromkeys(ids))
    answer = await client.read(f"{API}/Items", Items, query, what="read items")
    wanted = items.wanted(paths)
    found = {item.item_id.lower(): item for item in answer.items}
    return [
        items.observe(found[key.lower()], wanted) if key.lower() in found else _missing(Kind.ITEM, key)
        for key in ids
    ]


def _askable(value: str) -> bool:
    """Whether a filter can hold the value: Xero has no escape for a double quote (Xero fact 4.4), and none known for a backslash."""
    return '"' not in value and "\\" not in value and value.isprintable()


def filters(clauses: Sequence[tuple[str, str]]) -> list[str]:
    """Filters that together find every record with one of the (path, value) pairs, each short enough for a URL."""
    found: list[str] = []
    for path, value in dict.fromkeys(clauses):
        clause = f'{path}=="{value}"'
        if found and len(found[-1]) + len(clause) + 4 <= FILTER_LENGTH:
            found[-1] += f" OR {clause}"
        else:
            found.append(clause)
    return found


async def contacts_with(
    client: XeroClient, clauses: Sequence[tuple[str, str]], *, archived: bool = False
) -> list[Contact]:
    """Every contact that has one of the (path, value) pairs. Xero compares texts without case (Xero fact 4.4), and so do we."""
    questions = [{"where": text} for text in filters([clause for clause in clauses if _askable(clause[1])])]
    questions += [
        {"searchTerm": value} for value in dict.fromkeys(value for _, value in clauses if not _askable(value))
    ]
    asked = {(path, value.casefold()) for path, value in clauses}
    found: dict[str, Contact] = {}
    for question in questions:
        page, more = 1, True
        while more:
            query = {**question, "page": str(page), "pageSize": str(PAGE_SIZE)}
            if archived:
                query["includeArchived"] = "true"
            answer = await client.read(f"{API}/Contacts", Contacts, query, what="find contacts")
            for contact in answer.contacts:
                if any((path, _value(contact, path)) in asked for path in FINDABLE):
                    found[contact.contact_id] = contact
            more, page = len(answer.contacts) >= PAGE_SIZE, page + 1
    return list(found.values())


FINDABLE: Mapping[str, str] = {
    "ContactNumber": "contact_number",
    "Name": "name",
    "EmailAddress": "email_address",
}
"""Contact paths that both filters and the search term look at."""


def _value(contact: Contact, path: str) -> str:
    value: str | None = getattr(contact, FINDABLE[path])
    return (value or "").casefold()


async def find_contacts(
    client: XeroClient, path: str, values: Sequence[str], paths: Paths
) -> list[Observation]:
    """Live contacts by `ContactNumber`, `Name` or `EmailAddress`; by our key, the `ContactNumber`, archived ones too."""
    if path not in FINDABLE:
        raise ValueError(f"Xero contacts are found by {', '.join(FINDABLE)}, not by {path}.")
    wanted = contacts.wanted(paths)
    by_key = path == "ContactNumber"
    found = await contacts_with(client, [(path, value) for value in values], archived=by_key)
    seen = [contacts.observe(contact, wanted) for contact in found]
    return [each for each in seen if each.live or (by_key and each.standing is Standing.ARCHIVED)]


async def find_persons(client: XeroClient, path: str, values: Sequence[str]) -> list[Observation]:
    """The people of the contacts with these ids."""
    if path != "Contact":
        raise ValueError(f"People in Xero contacts are found by Contact, not by {path}.")
    found: list[Observation] = []
    for begin in range(0, len(values), CONTACTS_AT_ONCE):
        some = await contacts_by_id(client, dict.fromkeys(values[begin : begin + CONTACTS_AT_ONCE]))
        for contact in some.values():
            found += [
                person for person in persons.observe(contact, contacts.standing(contact)) if person.live
            ]
    return found


async def find_items(client: XeroClient, path: str, values: Sequence[str], paths: Paths) -> list[Observation]:
    """Items by `Code` or `Name`; by the whole price list where a filter cannot hold a value."""
    if path not in ("Code", "Name"):
        raise ValueError(f"Xero items are found by Code or Name, not by {path}.")
    if not values:
        return []
    texts = filters([(path, value) for value in values])
    query = {"unitdp": "4"}
    if len(texts) == 1 and all(_askable(value) for value in values):
        query["where"] = texts[0]
    answer = await client.read(f"{API}/Items", Items, query, what="find items")
    asked = {value.casefold() for value in values}
    observations = (items.observe(item, items.wanted(paths)) for item in answer.items)
    return [
        observation
        for observation, item in zip(observations, answer.items, strict=True)
        if ((item.code if path == "Code" else item.name) or "").casefold() in asked
    ]
