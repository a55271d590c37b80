"""The object types of this stand-in, by every name HubSpot accepts for them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ObjectKind:
    """One object type. `plural` is its name in paths, books and the stand-in's own functions."""

    plural: str
    singular: str  # in webhooks and association names
    type_id: str
    defaults: tuple[str, ...]  # what comes back when no properties are asked for
    searched: tuple[str, ...]  # what a free `query` looks at
    required: tuple[tuple[str, ...], ...] = ()  # one property of each group is needed on create
    modified: str = "hs_lastmodifieddate"  # name of the property that holds the modified date (fact 3.2)
    created: str = "createdate"  # name of the property that holds the create date (fact 3.2)
    scoped: tuple[str, ...] = ()  # the names in its scopes, any of which will do; empty: `plural`
    broad: tuple[str, ...] = ()  # older scopes that do as well
    mergeable: bool = False

    @property
    def upper(self) -> str:
        """The spelling in messages: `CONTACT`."""
        return self.singular.upper()

    @property
    def system(self) -> tuple[str, str, str]:
        """The properties that come back whatever was asked for."""
        return (self.created, self.modified, "hs_object_id")

    def scopes(self, family: str, right: str) -> tuple[str, ...]:
        """The scopes, any of which gives this right; `family` is `objects` or `schemas` (fact 2.3)."""
        return tuple(f"crm.{family}.{name}.{right}" for name in self.scoped or (self.plural,))


CONTACTS = ObjectKind(
    "contacts",
    "contact",
    "0-1",
    ("createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"),
    ("firstname", "lastname", "email", "hs_additional_emails", "phone", "mobilephone", "fax", "company"),
    modified="lastmodifieddate",
    mergeable=True,
)
COMPANIES = ObjectKind(
    "companies",
    "company",
    "0-2",
    ("createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"),
    ("name", "domain", "website", "phone"),
    (("name", "domain"),),
    mergeable=True,
)
PRODUCTS = ObjectKind(
    "products",
    "product",
    "0-7",
    ("createdate", "description", "hs_lastmodifieddate", "hs_object_id", "name", "price"),
    ("name", "description", "price", "hs_sku"),
    (("name",),),
    broad=("e-commerce",),
)
DEALS = ObjectKind(
    "deals",
    "deal",
    "0-3",
    (
        "amount",
        "closedate",
        "createdate",
        "dealname",
        "dealstage",
        "hs_lastmodifieddate",
        "hs_object_id",
        "pipeline",
    ),
    ("dealname", "pipeline", "dealstage", "description", "dealtype"),
    (("dealname",), ("dealstage",), ("pipeline",)),
    mergeable=True,
)
LINE_ITEMS = ObjectKind(
    "line_items",
    "line_item",
    "0-8",
    ("amount", "createdate", "hs_lastmodifieddate", "hs_object_id", "price", "quantity"),
    ("name", "description", "hs_sku"),
    broad=("e-commerce",),
)
INVOICES = ObjectKind(
    "invoices",
    "invoice",
    "0-53",
    ("hs_createdate", "hs_lastmodifieddate", "hs_object_id"),
    ("hs_number", "hs_title", "hs_purchase_order_number"),
    (("hs_currency",),),
    created="hs_createdate",
)
PAYMENTS = ObjectKind(
    "commerce_payments",
    "commerce_payment",
    "0-101",
    ("hs_createdate", "hs_lastmodifieddate", "hs_object_id"),
    ("hs_customer_email", "hs_reference_number"),
    (("hs_initial_amount",), ("hs_initiated_date",)),
    created="hs_createdate",
    scoped=("commercepayments",),
)
_EXTRA = ("hs_createdate", "hs_lastmodifieddate", "hs_object_id", "hs_type", "hs_value")
DISCOUNTS = ObjectKind(
    "discounts",
    "discount",
    "0-84",
    _EXTRA,
    ("hs_label",),
    created="hs_createdate",
    scoped=("line_items",),
)
FEES = ObjectKind(
    "fees", "fee", "0-85", _EXTRA, ("hs_label",), created="hs_createdate", scoped=("line_items",)
)
TAXES = ObjectKind(
    "taxes", "tax", "0-86", _EXTRA, ("hs_label",), created="hs_createdate", scoped=("line_items",)
)
_ACTIVITY = ("contacts", "companies", "deals")
NOTES = ObjectKind(
    "notes",
    "note",
    "0-46",
    ("hs_createdate", "hs_lastmodifieddate", "hs_object_id"),
    ("hs_note_body",),
    (("hs_timestamp",),),
    created="hs_createdate",
    scoped=_ACTIVITY,
)
TASKS = ObjectKind(
    "tasks",
    "task",
    "0-27",
    ("hs_createdate", "hs_lastmodifieddate", "hs_object_id"),
    ("hs_task_subject", "hs_task_body"),
    (("hs_timestamp",),),
    created="hs_createdate",
    scoped=_ACTIVITY,
)
EXTRAS = (DISCOUNTS, FEES, TAXES)
KINDS = (
    CONTACTS,
    COMPANIES,
    PRODUCTS,
    DEALS,
    LINE_ITEMS,
    INVOICES,
    PAYMENTS,
    *EXTRAS,
    NOTES,
    TASKS,
)

BY_NAME: dict[str, ObjectKind] = {
    name: kind for kind in KINDS for name in (kind.plural, kind.singular, kind.type_id)
}


def kind_named(name: str) -> ObjectKind:
    """The object type of a name that a person gave; ValueError when there is none."""
    kind = BY_NAME.get(name.lower())
    if kind is None:
        known = [one.plural for one in KINDS]
        raise ValueError(
            f"HubSpot has no object type {name} here; there are {', '.join(known[:-1])} and {known[-1]}"
        )
    return kind
