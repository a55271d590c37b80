"""What the calls of a run are for, and the least that documents could take: the arithmetic beside each call that is counted."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil

from crossfoot.systems.port import Request

READ, WRITE, ASSOCIATED = 100, 100, 1000
"""What HubSpot's batches hold: records by id, records to write, inputs of an association read (HubSpot facts 3.1, 6)."""
SEARCH = 200
"""Results of a search page (HubSpot fact 4)."""
XERO_PAGE, XERO_BATCH = 1000, 50
"""Rows of a page, elements of a write as Xero advises them (Xero facts 2.2, 4.5)."""

PURPOSES: Mapping[str, str] = {
    "search": "hear what changed",
    "list": "hear what changed",
    "read": "read by id",
    "find": "look before a creation",
    "create": "write",
    "update": "write",
}
"""What a call is for, by the first word of its name."""

BELONGING = "read what belongs to documents"
LOOK = "look before an update"


@dataclass(frozen=True, slots=True)
class Least:
    """The least calls for a task, by the name of the call, each with its arithmetic."""

    calls: Mapping[str, int]
    arithmetic: str

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.calls.values())


def purpose(what: str) -> str:
    """What a call is for."""
    if what.startswith("read line_items") or " of " in what:
        return BELONGING
    if what == "read invoices":
        return LOOK
    return PURPOSES.get(what.partition(" ")[0], "other")


def named(sent: Iterable[Request]) -> dict[str, int]:
    """The calls, counted by name."""
    return dict(sorted(Counter(request.what for request in sent).items()))


def least_new(documents: int, lines: int) -> Least:
    """New invoices to Xero, taken by themselves: read in batches by id, made, and what Xero made of them written back."""
    return Least(
        {
            "search invoices": ceil(documents / READ),
            "read companies of invoices": 1,
            "read contacts of invoices": 1,
            "read line_items of invoices": 1,
            "read line_items": ceil(documents * lines / READ),
            "create invoices": ceil(documents / XERO_BATCH),
            "update invoices": ceil(documents / WRITE),
        },
        "pages and lines by 100, one read for each kind of association, creations by 50, what Xero made of them back by 100",
    )


def least_paid(documents: int, customers: int = 0) -> Least:
    """Payments back to HubSpot, taken by themselves: on the invoices, and on the customers, who owe less."""
    return Least(
        {"list invoices": ceil(documents / XERO_PAGE), "update invoices": ceil(documents / WRITE)}
        | ({"update companies": ceil(customers / WRITE)} if customers else {}),
        "Xero's listing by 1,000, updates of invoices and of their customers by 100",
    )


HEARD = (
    "search companies",
    "search contacts",
    "search deals",
    "search invoices",
    "search line_items",
    "search products",
    "list contacts",
    "list invoices",
    "list items",
)
"""Every kind on both sides, asked for once: the price of a run in which nothing happens."""


def least_new_heard(documents: int, lines: int) -> Least:
    """The same in a run that hears both systems by asking: every kind once, and what it wrote itself once more."""
    associated = ceil(documents / ASSOCIATED)
    searched = ceil(documents / SEARCH)
    return Least(
        dict.fromkeys(HEARD, 1)
        | {
            "search invoices": 2 * searched,
            "search line_items": ceil(documents * lines / SEARCH),
            "read companies of invoices": associated,
            "read contacts of invoices": associated,
            "read line_items of invoices": associated,
            "create invoices": ceil(documents / XERO_BATCH),
            "list invoices": 1 + ceil(documents / XERO_PAGE),
            "update invoices": ceil(documents / WRITE),
        },
        "every kind asked once; documents and lines by 200 with the search that tells of them; creations by 50, updates by 100; "
        "and what was written listed again, for no listing leaves out one's own writes",
    )


def least_paid_heard(documents: int, customers: int = 0) -> Least:
    """The same of payments."""
    return Least(
        dict.fromkeys(HEARD, 1)
        | {
            "list invoices": ceil(documents / XERO_PAGE),
            "update invoices": ceil(documents / WRITE),
            "search invoices": 1 + ceil(documents / SEARCH),
        }
        | (
            {
                "update companies": ceil(customers / WRITE),
                "search companies": 1 + ceil(customers / SEARCH),
            }
            if customers
            else {}
        ),
        "every kind asked once, updates by 100, and what was written listed again by 200",
    )
