"""Fill both sides with realistic and awkward records, the same for the same seed, and say what was made."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from crossfoot_sandbox.hubspot.pages.portal import Portal
from crossfoot_sandbox.invented.goods import Accounts
from crossfoot_sandbox.invented.manifest import Lone, Manifest, Pair, Staff
from crossfoot_sandbox.invented.population import Later, Population, Ref, Size
from crossfoot_sandbox.invoicing import add_invoices
from crossfoot_sandbox.sandbox import Sandbox
from crossfoot_sandbox.selling import sell
from crossfoot_sandbox.xero.pages.office import Office

A_YEAR = timedelta(days=365)  # records are as if they had been made over the past year


def generate(
    sandbox: Sandbox,
    *,
    contacts: int,
    seed: int | str = 0,
    companies: int | None = None,
    products: int | None = None,
    invoices: int = 0,
    deals: int = 0,
    drafts: int = 0,
    overlap: float = 0.6,
    awkward: float = 0.3,
    portal: Portal | None = None,
    organisation: Office | None = None,
) -> Manifest:
    """Make `contacts` contacts on each side, with companies (default: a quarter as many) and products (a tenth, at least ten).

    `invoices` are made in Xero for its customers, with payments, credits and all else that becomes of them; `deals` and `drafts` in
    HubSpot for people who are on both sides: deals in every stage, invoices most of which are drafts. `overlap` is the share of each kind that exists on both sides, `awkward` the share that is anything but plain; both from
    0 to 1. Whoever is in the books already is not made again. Works on the first portal and organisation unless told otherwise. Raises `ValueError` for impossible numbers.
    """
    size = Size(
        contacts=contacts,
        companies=contacts // 4 if companies is None else companies,
        products=max(10, contacts // 10) if products is None else products,
        overlap=overlap,
        awkward=awkward,
    )
    _check(size, invoices=invoices, deals=deals, drafts=drafts)
    portal = portal or first_portal(sandbox)
    organisation = organisation or first_organisation(sandbox)
    population = Population(seed, size, accounts_of(organisation), _Taken(portal, organisation))
    builder = _Builder(portal, organisation, population)
    manifest = builder.build()
    documents = add_invoices(
        organisation,
        count=invoices,
        seed=seed,
        awkward=awkward,
        accounts=population.accounts,
        contacts=builder.made("Contacts"),
        items=builder.made("Items"),
    )
    sold = sell(portal, manifest, deals=deals, drafts=drafts, awkward=awkward)
    return replace(manifest, documents=documents, lone=(*manifest.lone, *sold))


def first_portal(sandbox: Sandbox) -> Portal:
    """The sandbox's first HubSpot portal."""
    return next(iter(sandbox.hubspot.portals.values()))


def first_organisation(sandbox: Sandbox) -> Office:
    """The sandbox's first Xero organisation."""
    return next(iter(sandbox.xero.organisations.values()))


def accounts_of(organisation: Office) -> Accounts:
    """The accounts that an organisation's own chart offers for goods: the first of each type, with its tax type."""
    sales = _account(organisation, "REVENUE", "SALES")
    purchases = _account(organisation, "DIRECTCOSTS", "EXPENSE")
    return Accounts(
        sales=sales["Code"],
        purchases=purchases["Code"],
        inventory=_account(organisation, "INVENTORY")["Code"],
        cost_of_goods=_account(organisation, "DIRECTCOSTS")["Code"],
        sales_tax=sales["TaxType"],
        purchases_tax=purchases["TaxType"],
    )


def _account(organisation: Office, *types: str) -> dict[str, Any]:
    for row in organisation.accounts.values():
        if row["Type"] in types and row.get("Status", "ACTIVE") == "ACTIVE" and row.get("Code"):
            return row
    raise ValueError(f"{organisation.name} has no account of type {' or '.join(types)}")


def _check(size: Size, **documents: int) -> None:
    for name in ("contacts", "companies", "products", *documents):
        count = documents[name] if name in documents else getattr(size, name)
        if count < 0:
            raise ValueError(f"{name} must be zero or more, not {count}")
    if size.companies > size.contacts:
        raise ValueError(
            f"{size.companies} companies do not fit into {size.contacts} contacts: in Xero every company is a contact"
        )
    for name in ("overlap", "awkward"):
        if not 0 <= getattr(size, name) <= 1:
            raise ValueError(f"{name} is a share from 0 to 1, not {getattr(size, name)}")


class _Taken:
    """What the books of a portal and an organisation hold already."""

    def __init__(self, portal: Portal, organisation: Office) -> None:
        self._emails, self._switches = portal.book("contacts"), portal.around.switches
        self._contacts, self._items = organisation.book("Contacts"), organisation.book("Items")

    def email(self, email: str) -> bool:
        return self._emails.holder("email", email.lower(), self._switches) is not None

    def name(self, name: str) -> bool:
        return self._contacts.find("Name", name) is not None

    def code(self, code: str) -> bool:
        return self._items.find("Code", code) is not None


class _Builder:
    """Brings a population into the books and learns the ids."""

    def __init__(self, portal: Portal, organisation: Office, population: Population) -> None:
        self._portal = portal
        self._organisation = organisation
        self._population = population
        self._ids: dict[tuple[str, str], list[str]] = {}

    def build(self) -> Manifest:
        population = self._population
        employers = {contact.index: company for contact, company, _twin in population.staff}
        self._load("companies")
        for index, company in employers.items():
            population.rows["hubspot", "contacts"][index]["associatedcompanyid"] = self._id(company)
        self._load("contacts")
        self._load("products")
        for book in ("Contacts", "Items"):
            rows = population.rows.get(("xero", book), [])
            self._ids["xero", book] = self._organisation.bulk_load(
                book, [_without_gaps(row) for row in rows], spread=A_YEAR
            )
        for act in population.later:
            self._perform(act)
        return Manifest(
            seed=population.seed,
            pairs=tuple(
                Pair(what, kind, self._id(crm), self._id(ledger))
                for what, kind, crm, ledger in population.pairs
            ),
            lone=tuple(Lone(ref.side, what, kind, self._id(ref)) for what, kind, ref in population.lone),
            staff=tuple(
                Staff(self._id(contact), self._id(company), self._id(twin) if twin else "")
                for contact, company, twin in population.staff
            ),
        )

    def made(self, book: str) -> list[str]:
        """The ids of what was made in one of Xero's books."""
        return self._ids["xero", book]

    def _load(self, book: str) -> None:
        rows = self._population.rows.get(("hubspot", book), [])
        self._ids["hubspot", book] = self._portal.bulk_load(
            book, [_without_gaps(row) for row in rows], spread=A_YEAR
        )

    def _id(self, ref: Ref) -> str:
        return self._ids[ref.side, ref.book][ref.index]

    def _perform(self, act: Later) -> None:
        record = act.record
        match record.side, act.act:
            case "hubspot", "archive":
                self._portal.person_archives(record.book, self._id(record))
            case "xero", "archive":
                self._organisation.person_archives(record.book, self._id(record))
            case "hubspot", "merge" if act.other:
                survivor = self._portal.person_merges(record.book, self._id(record), self._id(act.other))
                self._ids[record.side, record.book][record.index] = survivor
            case "xero", "merge" if act.other:
                self._organisation.person_merges(self._id(record), self._id(act.other))


def _without_gaps(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in ("", None, [])}
