"""The association types that HubSpot defines, by the ids of its own table (HubSpot fact 6, associate-records guide)."""

from typing import Final, NamedTuple


class LinkType(NamedTuple):
    """One kind of association in one direction. Ids are unique within a category only."""

    category: str  # HUBSPOT_DEFINED or USER_DEFINED
    type_id: int


class Label(NamedTuple):
    """A type's name as people see it (None for the plain one), and the type seen from the other end."""

    label: str | None
    inverse: LinkType
    name: str = ""


Ends = tuple[str, str]  # (from, to), both plural


def hubspot(number: int) -> LinkType:
    """A type of HubSpot's own."""
    return LinkType("HUBSPOT_DEFINED", number)


CONTACT_TO_COMPANY: Final[Ends] = ("contacts", "companies")
COMPANY_TO_CONTACT: Final[Ends] = ("companies", "contacts")
DEAL_TO_COMPANY: Final[Ends] = ("deals", "companies")
PRIMARY: Final = hubspot(1)
PRIMARIES: Final[dict[Ends, LinkType]] = {CONTACT_TO_COMPANY: PRIMARY, DEAL_TO_COMPANY: hubspot(5)}
"""Where a record has one primary company at most, and the type that says so."""

# from, to, the plain type, the same seen from the other end; then labelled ones
_TABLE = """
contacts           contacts           449 449
contacts           companies          279 280   1/2:Primary:Primary
contacts           deals                4   3
companies          companies          450 450   13/14:Child Company:Parent Company
companies          deals              342 341   6/5:Primary:Primary
deals              deals              451 451
deals              line_items          19  20
invoices           contacts           177 178
invoices           companies          179 180
invoices           deals              175 176
invoices           line_items         409 410
invoices           discounts          411 412
invoices           fees               413 414
invoices           taxes              415 416
invoices           commerce_payments  541 542
commerce_payments  contacts           387 388
commerce_payments  companies          389 390
commerce_payments  deals              391 392
commerce_payments  line_items         395 396
line_items         discounts          368 367
notes              contacts           202 201
notes              companies          190 189
notes              deals              214 213
tasks              contacts           204 203
tasks              companies          192 191
tasks              deals              216 215
"""


def _defined() -> tuple[dict[Ends, LinkType], dict[Ends, dict[LinkType, Label]]]:
    plain: dict[Ends, LinkType] = {}
    known: dict[Ends, dict[LinkType, Label]] = {}
    for line in _TABLE.strip().splitlines():
        one, other, forth, back, *labels = line.split(maxsplit=4)
        here, there = (one, other), (other, one)
        plain[here], plain[there] = hubspot(int(forth)), hubspot(int(back))
        known.setdefault(here, {})[plain[here]] = Label(None, plain[there])
        known.setdefault(there, {})[plain[there]] = Label(None, plain[here])
        for text in labels:
            ids, seen_here, seen_there = text.split(":")
            a, b = (hubspot(int(number)) for number in ids.split("/"))
            known[here][a] = Label(seen_here, b)
            known[there][b] = Label(seen_there, a)
    return plain, known


PLAIN, DEFINED = _defined()
ENDS: Final[tuple[Ends, ...]] = tuple(DEFINED)
