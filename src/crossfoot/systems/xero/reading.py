"""Records by id, in as few calls as possible."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.records import Observation, Standing
from crossfoot.systems.xero import contacts, items, persons
from crossfoot.systems.xero.answers import Contact, Items, Row
from crossfoot.systems.xero.http import API, XeroClient
from crossfoot.systems.xero.listed import CONTACTS, FOUR_DECIMALS, Listed, Paths, narrowed, page

AT_ONCE = 50
"""Ids in one URL: 50 of 36 characters."""

NAMED_AT_ONCE = 25
"""Ids in one URL where each must be named in a filter."""

ITEMS_BY_ID = 20
"""Up to so many items are named in a filter; of more, the whole price list is read, which is one call as well."""

R = TypeVar("R", bound=Row)


def _missing(kind: Kind, record_id: str) -> Observation:
    return Observation(Ref(Side.LEDGER, kind, record_id), Standing.MISSING)


async def rows_by_id(client: XeroClient, listed: Listed[R], ids: Iterable[str]) -> dict[str, R]:
    """The records, archived and merged ones among them, by lower-case id. At most `AT_ONCE`.

    Paged, because only then an answer has the lines of invoices, and names a merged contact's survivor (Xero facts 4.5 and 7.1).
    """
    asked = list(dict.fromkeys(ids))
    if not asked:
        return {}
    if listed.id_path:
        questions = narrowed(listed, (f'{listed.id_path}==Guid("{each}")' for each in asked))
    else:
        questions = [{**listed.query, "IDs": ",".join(asked)}]
    found: dict[str, R] = {}
    for question in questions:
        answer = await client.read(
            f"{API}/{listed.resource}",
            listed.shape,
            {**question, **page(1)},
            what=f"read {listed.resource.lower()}",
        )
        found |= {listed.id(row).lower(): row for row in answer.rows if listed.ours(row)}
    return found


async def read_rows(
    client: XeroClient, listed: Listed[R], ids: Sequence[str], paths: Paths
) -> list[Observation]:
    """One observation per id, in order."""
    found = await rows_by_id(client, listed, ids)
    wanted = listed.wanted(paths)
    return [
        listed.observe(found[key.lower()], wanted) if key.lower() in found else _missing(listed.kind, key)
        for key in ids
    ]


async def read_persons(client: XeroClient, ids: Sequence[str]) -> list[Observation]:
    """One observation per id, in order. A person who is no longer in a contact that was read is archived: the list is complete."""
    found = await rows_by_id(client, CONTACTS, (persons.parent_of(key) for key in ids))
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
    query = dict(FOUR_DECIMALS)
    if len(ids) <= ITEMS_BY_ID:
        query["where"] = " OR ".join(f'ItemID==Guid("{key}")' for key in dict.fromkeys(ids))
    answer = await client.read(f"{API}/Items", Items, query, what="read items")
    wanted = items.wanted(paths)
    found = {item.item_id.lower(): item for item in answer.items}
    return [
        items.observe(found[key.lower()], wanted) if key.lower() in found else _missing(Kind.ITEM, key)
        for key in ids
    ]
