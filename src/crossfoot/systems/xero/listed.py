"""What Xero lists in pages, kind by kind: under which name, with which questions, and how a row is observed."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from crossfoot.model.identity import Kind
from crossfoot.model.records import Observation
from crossfoot.systems.xero import contacts, invoices, payments
from crossfoot.systems.xero.answers import Contact, Contacts, Pages, Row
from crossfoot.systems.xero.documents import Invoice, Invoices, Payment, Payments

PAGE_SIZE = 1000

R = TypeVar("R", bound=Row)
Paths = Mapping[Kind, Collection[str]]


@dataclass(frozen=True, slots=True)
class Listed(Generic[R]):
    """One kind that is listed in pages."""

    kind: Kind
    resource: str
    shape: type[Pages[R]]
    id: Callable[[R], str]
    wanted: Callable[[Paths], tuple[str, ...]]
    """The paths to observe, of those asked for."""
    observe: Callable[[R, Collection[str]], Observation]
    query: Mapping[str, str]
    """What is asked besides the page, so that nothing is hidden."""
    ours: Callable[[R], bool] = lambda _: True
    """Whether the row is a record of this kind at all."""
    id_path: str = ""
    """What the id is called in a filter, where there is no list of ids to ask for."""


CONTACTS: Listed[Contact] = Listed(
    Kind.CONTACT,
    "Contacts",
    Contacts,
    lambda contact: contact.contact_id,
    contacts.wanted,
    contacts.observe,
    # Without it archiving would never be seen (Xero fact 4.4).
    {"includeArchived": "true"},
)

FOUR_DECIMALS: Mapping[str, str] = {"unitdp": "4"}
"""Prices to four decimals, on reading and on writing (Xero fact 7.4)."""


def invoices_of(home: str | None) -> Listed[Invoice]:
    """Sales invoices with their lines, which only pages have (Xero fact 4.5). `home` is where the organisation's pages stand."""
    return Listed(
        Kind.INVOICE,
        "Invoices",
        Invoices,
        lambda invoice: invoice.invoice_id,
        invoices.wanted,
        partial(invoices.observe, home=home),
        {"where": f'Type=="{invoices.TYPE}"', "includeArchived": "true", **FOUR_DECIMALS},
        invoices.ours,
    )


PAYMENTS: Listed[Payment] = Listed(
    Kind.PAYMENT,
    "Payments",
    Payments,
    lambda payment: payment.payment_id,
    payments.wanted,
    payments.observe,
    {"where": f'PaymentType=="{payments.TYPE}"'},
    payments.ours,
    id_path="PaymentID",
)


FILTER_LENGTH = 1500
"""Characters of a filter in one URL."""


def filters(clauses: Iterable[str]) -> list[str]:
    """The clauses joined by OR, in filters that are each short enough for a URL."""
    found: list[str] = []
    for clause in dict.fromkeys(clauses):
        if found and len(found[-1]) + len(clause) + 4 <= FILTER_LENGTH:
            found[-1] += f" OR {clause}"
        else:
            found.append(clause)
    return found


def narrowed(listed: Listed[R], clauses: Iterable[str], guard: str = "") -> list[dict[str, str]]:
    """The listing's own question, narrowed down to the clauses; `guard` must hold before any of them is looked at."""
    known = " AND ".join(text for text in (listed.query["where"], guard) if text)
    return [{**listed.query, "where": f"{known} AND ({text})"} for text in filters(clauses)]


def page(number: int, size: int = PAGE_SIZE) -> dict[str, str]:
    """One page of a question."""
    return {"page": str(number), "pageSize": str(size)}
