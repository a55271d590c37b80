"""Records by what they hold, in as few calls as possible. Xero compares texts without case (Xero fact 4.4), and so do we."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from crossfoot.model.records import Observation, Standing
from crossfoot.systems.xero import contacts, items, persons
from crossfoot.systems.xero.answers import Contact, Items, Row
from crossfoot.systems.xero.http import API, XeroClient
from crossfoot.systems.xero.listed import CONTACTS, FOUR_DECIMALS, PAGE_SIZE, Listed, Paths, filters, page
from crossfoot.systems.xero.reading import AT_ONCE, rows_by_id

R = TypeVar("R", bound=Row)


def askable(value: str) -> bool:
    """Whether a filter can hold the value: Xero has no escape for a double quote (Xero fact 4.4), and none known for a backslash."""
    return '"' not in value and "\\" not in value and value.isprintable()


def equal(path: str, value: str) -> str:
    """A clause of a filter."""
    return f'{path}=="{value}"'


async def all_rows(
    client: XeroClient,
    listed: Listed[R],
    questions: Sequence[Mapping[str, str]],
    holds: Callable[[R], bool],
) -> list[R]:
    """Every record that one of the questions finds and that holds what is sought, each once."""
    found: dict[str, R] = {}
    for question in questions:
        number, more = 1, True
        while more:
            answer = await client.read(
                f"{API}/{listed.resource}",
                listed.shape,
                {**question, **page(number)},
                what=f"find {listed.resource.lower()}",
            )
            found |= {listed.id(row): row for row in answer.rows if listed.ours(row) and holds(row)}
            more, number = len(answer.rows) >= PAGE_SIZE, number + 1
    return list(found.values())


# ── contacts and the people in them ────────────────────────────────────────────────────────────────────────────────────

FINDABLE: Mapping[str, str] = {
    "ContactNumber": "contact_number",
    "Name": "name",
    "EmailAddress": "email_address",
}
"""Contact paths that both filters and the search term look at."""


def _value(contact: Contact, path: str) -> str:
    value: str | None = getattr(contact, FINDABLE[path])
    return (value or "").casefold()


async def contacts_with(
    client: XeroClient, clauses: Sequence[tuple[str, str]], *, archived: bool = False
) -> list[Contact]:
    """Every contact that has one of the (path, value) pairs."""
    more = CONTACTS.query if archived else {}
    texts = filters([equal(path, value) for path, value in clauses if askable(value)])
    terms = dict.fromkeys(value for _, value in clauses if not askable(value))
    asked = {(path, value.casefold()) for path, value in clauses}
    return await all_rows(
        client,
        CONTACTS,
        [*({"where": text, **more} for text in texts), *({"searchTerm": term, **more} for term in terms)],
        lambda contact: any((path, _value(contact, path)) in asked for path in FINDABLE),
    )


async def find_contacts(
    client: XeroClient, path: str, values: Sequence[str], paths: Paths
) -> list[Observation]:
    """Live contacts by `ContactNumber`, `Name` or `EmailAddress`; by our key, the `ContactNumber`, archived and merged ones too."""
    if path not in FINDABLE:
        raise ValueError(f"Xero contacts are found by {', '.join(FINDABLE)}, not by {path}.")
    wanted = contacts.wanted(paths)
    by_key = path == "ContactNumber"
    found = await contacts_with(client, [(path, value) for value in values], archived=by_key)
    seen = [contacts.observe(contact, wanted) for contact in found]
    kept = (Standing.ARCHIVED, Standing.MERGED) if by_key else ()
    return [each for each in seen if each.live or each.standing in kept]


async def find_persons(client: XeroClient, path: str, values: Sequence[str]) -> list[Observation]:
    """The people of the contacts with these ids."""
    if path != "Contact":
        raise ValueError(f"People in Xero contacts are found by Contact, not by {path}.")
    found: list[Observation] = []
    for begin in range(0, len(values), AT_ONCE):
        some = await rows_by_id(client, CONTACTS, values[begin : begin + AT_ONCE])
        for contact in some.values():
            found += [
                person for person in persons.observe(contact, contacts.standing(contact)) if person.live
            ]
    return found


# ── items ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def find_items(client: XeroClient, path: str, values: Sequence[str], paths: Paths) -> list[Observation]:
    """Items by `Code` or `Name`; by the whole price list where a filter cannot hold a value."""
    if path not in ("Code", "Name"):
        raise ValueError(f"Xero items are found by Code or Name, not by {path}.")
    texts = filters([equal(path, value) for value in values])
    query = dict(FOUR_DECIMALS)
    if len(texts) == 1 and all(map(askable, values)):
        query["where"] = texts[0]
    answer = await client.read(f"{API}/Items", Items, query, what="find items")
    asked = {value.casefold() for value in values}
    observations = (items.observe(item, items.wanted(paths)) for item in answer.items)
    return [
        observation
        for observation, item in zip(observations, answer.items, strict=True)
        if ((item.code if path == "Code" else item.name) or "").casefold() in asked
    ]
