"""The object types of this stand-in, by every name HubSpot accepts for them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ObjectKind:
    """One object type. `plural` is its name in paths, books and the stand-in's own functions."""

    plural: str
    singular: str  # in webhooks and association names
    type_id: str
    modified: str  # name of the property that holds the modified date (HubSpot fact 3.2)
    defaults: tuple[str, ...]  # what comes back when no properties are asked for
    searched: tuple[str, ...]  # what a free `query` looks at
    required: tuple[str, ...]  # any one of these is needed on create; empty: none

    @property
    def upper(self) -> str:
        """The spelling in messages: `CONTACT`."""
        return self.singular.upper()

    @property
    def system(self) -> tuple[str, str, str]:
        """The properties that come back whatever was asked for."""
        return ("createdate", self.modified, "hs_object_id")


CONTACTS = ObjectKind(
    "contacts",
    "contact",
    "0-1",
    "lastmodifieddate",
    ("createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"),
    ("firstname", "lastname", "email", "hs_additional_emails", "phone", "mobilephone", "fax", "company"),
    (),
)
COMPANIES = ObjectKind(
    "companies",
    "company",
    "0-2",
    "hs_lastmodifieddate",
    ("createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"),
    ("name", "domain", "website", "phone"),
    ("name", "domain"),
)
PRODUCTS = ObjectKind(
    "products",
    "product",
    "0-7",
    "hs_lastmodifieddate",
    ("createdate", "description", "hs_lastmodifieddate", "hs_object_id", "name", "price"),
    ("name", "description", "price", "hs_sku"),
    ("name",),
)
KINDS = (CONTACTS, COMPANIES, PRODUCTS)

BY_NAME: dict[str, ObjectKind] = {
    name: kind for kind in KINDS for name in (kind.plural, kind.singular, kind.type_id)
}


def kind_named(name: str) -> ObjectKind:
    """The object type of a name that a person gave; ValueError when there is none."""
    kind = BY_NAME.get(name.lower())
    if kind is None:
        raise ValueError(
            f"HubSpot has no object type {name} here; there are contacts, companies and products"
        )
    return kind
