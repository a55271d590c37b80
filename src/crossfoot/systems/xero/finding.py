"""Records by what they hold, in as few calls as possible. Xero compares texts without case (Xero fact 4.4), and so do we."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from crossfoot.model.records import Observation, Standing
from crossfoot.systems.xero import contacts, items, persons
from crossfoot.systems.xero.answers import Contact, Items, Row
from crossfoot.systems.xero.documents import Invoice
from crossfoot.systems.xero.errors import UnaskableError
from crossfoot.systems.xero.http import API, XeroClient
from crossfoot.systems.xero.listed import CONTACTS, FOUR_DECIMALS, PAGE_SIZE, Listed, Paths, page
from crossfoot.systems.xero.reading import AT_ONCE, rows_by_id

FILTER_LENGTH = 1500
"""Characters of a filter in one URL."""

R = TypeVar("R", bound=Row)


def askable(value: str) -> bool:
    """Whether a filter can hold the value: Xero has no escape for a double quote (Xero fact 4.4), and none known for a backslash."""
    return '"' not in value and "\\" not in value and value.isprintable()


def filters(clauses: Sequence[str]) -> list[str]:
    """The clauses joined by OR, in filters that are each short enough for a URL."""
    found: list[str] = []
    for clause in dict.fromkeys(clauses):
        if found and len(found[-1]) + len(clause) + 4 <= FILTER_LENGTH:
            found[-1] += f" OR {clause}"
        else:
            found.append(clause)
    return found


def _equal(path: str, value: str) -> str:
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
    texts = filters([_equal(path, value) for path, value in clauses if askable(value)])
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
    texts = filters([_equal(path, value) for value in values])
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


# ── invoices ───────────────────────────────────────────────────────────────────────────────────────────────────────────

_INVOICE_PATHS: Mapping[str, Callable[[Invoice], str | None]] = {
    "Url": lambda invoice: invoice.url,
    "InvoiceNumber": lambda invoice: invoice.invoice_number,
    "Reference": lambda invoice: invoice.reference,
}
"""What invoices are found by."""


async def find_invoices(
    client: XeroClient, listed: Listed[Invoice], path: str, values: Sequence[str], paths: Paths
) -> list[Observation]:
    """Live invoices by `Url`, `InvoiceNumber` or `Reference`; by `Url`, which names what we made them from, deleted ones too."""
    if path not in _INVOICE_PATHS:
        raise ValueError(f"Xero invoices are found by {', '.join(_INVOICE_PATHS)}, not by {path}.")
    if not values:
        return []
    asked, told = {value.casefold() for value in values}, _INVOICE_PATHS[path]
    questions = {"Url": _by_url, "InvoiceNumber": _by_number, "Reference": _by_reference}[path](
        listed, values
    )

    def holds(invoice: Invoice) -> bool:
        return (told(invoice) or "").casefold() in asked

    try:
        found = await all_rows(client, listed, questions, holds)
    except UnaskableError:
        if path != "Url":
            raise
        found = await all_rows(client, listed, [_made_by_us(listed)], holds)
    wanted = listed.wanted(paths)
    seen = [listed.observe(invoice, wanted) for invoice in found]
    return [each for each in seen if each.live or path == "Url"]


def _also(listed: Listed[R], clauses: Sequence[str]) -> list[dict[str, str]]:
    """The listing's own question, narrowed down to each of the clauses."""
    return [{**listed.query, "where": f"{listed.query['where']} AND ({text})"} for text in filters(clauses)]


def _made_by_us(listed: Listed[Invoice]) -> dict[str, str]:
    """All that our app made. Ordered by what never changes, so that none slips between two pages."""
    return {**listed.query, "createdByMyApp": "true", "order": "InvoiceID ASC"}


def _by_url(listed: Listed[Invoice], values: Sequence[str]) -> list[dict[str, str]]:
    if not all(map(askable, values)):
        return [_made_by_us(listed)]
    clauses = [_equal("Url", value) for value in values]
    return [{**question, "createdByMyApp": "true"} for question in _also(listed, clauses)]


def _by_number(listed: Listed[Invoice], values: Sequence[str]) -> list[dict[str, str]]:
    """By Xero's own list of numbers, in every likely spelling: whether it minds case is not known. A comma would end a number."""
    spellings = [
        text for value in values if "," not in value for text in (value, value.upper(), value.lower())
    ]
    lists = _joined(list(dict.fromkeys(spellings)))
    with_comma = [_equal("InvoiceNumber", value) for value in values if "," in value and askable(value)]
    return [*({**listed.query, "InvoiceNumbers": text} for text in lists), *_also(listed, with_comma)]


def _by_reference(listed: Listed[Invoice], values: Sequence[str]) -> list[dict[str, str]]:
    terms = dict.fromkeys(value for value in values if not askable(value))
    clauses = [_equal("Reference", value) for value in values if askable(value)]
    return [*_also(listed, clauses), *({**listed.query, "searchTerm": term} for term in terms)]


def _joined(values: Sequence[str]) -> list[str]:
    """The values with commas between them, in texts that are each short enough for a URL."""
    found: list[str] = []
    for value in values:
        if found and len(found[-1]) + len(value) + 1 <= FILTER_LENGTH:
            found[-1] += f",{value}"
        else:
            found.append(value)
    return found
