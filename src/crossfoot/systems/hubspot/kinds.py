"""The kinds that this connector knows."""

from collections.abc import Mapping

from crossfoot.model.identity import Kind
from crossfoot.systems.hubspot.companies import COMPANIES
from crossfoot.systems.hubspot.contacts import CONTACTS
from crossfoot.systems.hubspot.documents import DEALS, INVOICES, PAYMENTS
from crossfoot.systems.hubspot.objects import ObjectType
from crossfoot.systems.hubspot.products import PRODUCTS

OBJECTS: Mapping[Kind, ObjectType] = {
    each.kind: each for each in (COMPANIES, CONTACTS, PRODUCTS, DEALS, INVOICES, PAYMENTS)
}


def object_type(kind: Kind) -> ObjectType:
    """The object type of a kind. Raises ValueError for a kind that HubSpot has not."""
    if kind not in OBJECTS:
        raise ValueError(f"HubSpot has no records of kind '{kind}', only {', '.join(OBJECTS)}.")
    return OBJECTS[kind]
