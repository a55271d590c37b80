"""Xero on the ledger's side of the port."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence

from crossfoot.model.abilities import KindAbilities
from crossfoot.model.identity import Kind, Side
from crossfoot.model.problems import Cause, Problem
from crossfoot.model.records import Known, Observation, nothing_known
from crossfoot.systems.computed import with_computed
from crossfoot.systems.port import (
    Answer,
    Budget,
    Capabilities,
    Clock,
    Description,
    FieldInfo,
    Identity,
    Page,
    Send,
    Tokens,
    Trouble,
    Write,
)
from crossfoot.systems.xero import (
    contacts,
    document_finding,
    errors,
    finding,
    invoices,
    items,
    listing,
    payments,
    persons,
    reading,
    settings,
)
from crossfoot.systems.xero.answers import Organisation, Organisations
from crossfoot.systems.xero.auth import ConnectionAnswers
from crossfoot.systems.xero.contact_writes import write_contacts
from crossfoot.systems.xero.documents import Invoice
from crossfoot.systems.xero.http import API, XeroClient
from crossfoot.systems.xero.invoice_writes import write_invoices
from crossfoot.systems.xero.item_writes import write_items
from crossfoot.systems.xero.listed import CONTACTS, PAGE_SIZE, PAYMENTS, Listed, invoices_of
from crossfoot.systems.xero.payment_writes import write_payments
from crossfoot.systems.xero.person_writes import write_persons

BATCH = 50
"""Elements per write: Xero advises 50 and 3.5 MB (Xero fact 2.2)."""

FIELDS: Mapping[Kind, Mapping[str, FieldInfo]] = {
    Kind.CONTACT: contacts.PATHS,
    Kind.CONTACT_PERSON: persons.PATHS,
    Kind.ITEM: items.PATHS,
    Kind.INVOICE: invoices.PATHS,
    Kind.PAYMENT: payments.PATHS,
}

Observations = list[Observation]
Answers = list[Answer]
"""Named out here, because inside the class `list` is the port's verb."""

CAPABILITIES = Capabilities(
    kinds={
        Kind.CONTACT: KindAbilities(
            key_path="ContactNumber",
            create_batch=BATCH,
            update_batch=BATCH,
            archive_batch=BATCH,
            read_batch=reading.AT_ONCE,
            list_page=PAGE_SIZE,
            unique_paths=("Name",),
            required_paths=("Name",),
        ),
        Kind.CONTACT_PERSON: KindAbilities(
            key_path=None,
            create_batch=BATCH,
            update_batch=BATCH,
            archive_batch=BATCH,
            read_batch=reading.AT_ONCE,
            list_page=PAGE_SIZE,
            required_paths=("Contact",),
            embedded_in=Kind.CONTACT,
            embedded_max=persons.FURTHER_MAX + 1,
            parent_path="Contact",
        ),
        Kind.ITEM: KindAbilities(
            key_path=None,
            create_batch=BATCH,
            update_batch=BATCH,
            archive_batch=0,
            read_batch=PAGE_SIZE,
            list_page=PAGE_SIZE,
            unique_paths=("Code",),
            required_paths=("Code",),
        ),
        Kind.INVOICE: KindAbilities(
            # The address of what an invoice was made from stands in Url, a value of its own (docs/decisions/0008).
            key_path=None,
            create_batch=BATCH,
            update_batch=BATCH,
            archive_batch=BATCH,
            read_batch=reading.AT_ONCE,
            list_page=PAGE_SIZE,
            unique_paths=("Url", "InvoiceNumber"),
            required_paths=("Contact", "Lines"),
            posting=invoices.POSTING,
            counting=invoices.COUNTING,
            makes_twice=True,
            receivable=invoices.RECEIVABLE,
        ),
        Kind.PAYMENT: KindAbilities(
            key_path=payments.KEY_PATH,
            create_batch=BATCH,
            update_batch=0,
            archive_batch=10,
            read_batch=reading.NAMED_AT_ONCE,
            list_page=PAGE_SIZE,
            required_paths=payments.REQUIRED,
            posting=payments.POSTING,
            makes_twice=True,
        ),
    }
)


class XeroSystem:
    """One organisation (tenant) of Xero. An empty `tenant` is a custom connection, whose token knows its organisation."""

    name = "xero"
    title = "Xero"
    side = Side.LEDGER
    capabilities = CAPABILITIES

    def __init__(
        self,
        *,
        send: Send,
        tokens: Tokens,
        clock: Clock,
        budget: Budget,
        tenant: str,
        base_url: str = "https://api.xero.com",
    ) -> None:
        self._tenant = tenant
        self._organisation: Organisation | None = None
        self._client = XeroClient(
            send=send, tokens=tokens, clock=clock, budget=budget, tenant=tenant, base_url=base_url
        )

    async def describe(self) -> Description:
        """Whether the organisation is still connected, who it is, and what it uses. The fields are the same in every organisation, but for their currencies."""
        tenant, name = await self._connected()
        organisation = await self._read_organisation()
        found = await settings.read_settings(self._client)
        return Description(
            identity=Identity(
                key=f"xero:{tenant}",
                name=organisation.name or name,
                currency=organisation.base_currency,
                country=organisation.country_code,
                time_zone=organisation.timezone,
                url=_home(organisation.short_code),
            ),
            fields=with_computed(
                settings.in_currencies(FIELDS, organisation.base_currency, found.currencies)
            ),
            currencies=tuple(currency.code for currency in found.currencies),
            taxes=found.taxes,
            accounts=found.accounts,
            closed_until=settings.closed_until(organisation),
            facts=settings.facts(organisation, self._client.left_today),
        )

    async def _read_organisation(self) -> Organisation:
        answer = await self._client.read(f"{API}/Organisation", Organisations, what="read the organisation")
        if not answer.organisations:
            raise errors.unavailable("Xero did not tell which organisation this is.", 60.0)
        self._organisation = answer.organisations[0]
        return self._organisation

    async def _invoices(self, paths: Mapping[Kind, Collection[str]]) -> Listed[Invoice]:
        """How invoices are listed. Their pages stand under the organisation's own, which is asked for once, and only if links are wanted."""
        if self._organisation is None and "Link" in invoices.wanted(paths):
            await self._read_organisation()
        return invoices_of(self._pages())

    def _pages(self) -> str | None:
        """The address under which the organisation's pages stand, as far as it is known."""
        return _under(_home(self._organisation.short_code)) if self._organisation else None

    async def _connected(self) -> tuple[str, str]:
        """Tenant id and name. A disconnect is not announced; only the missing row tells (Xero fact 1.5)."""
        answers = await self._client.read("/connections", ConnectionAnswers, what="list connections")
        connections = [answer.connection() for answer in answers]
        for connection in connections:
            if connection.tenant.lower() == self._tenant.lower() or not self._tenant:
                return connection.tenant, connection.name
        if connections:
            raise errors.wrong_organisation(self._tenant, [connection.name for connection in connections])
        raise errors.consent_gone()

    async def create_field(self, kind: Kind, info: FieldInfo) -> None:
        """Xero has no custom fields."""
        raise Trouble(
            Problem(
                Cause.INEXPRESSIBLE,
                f"Xero cannot have a custom field '{info.label}' on a {kind.replace('_', ' ')}.",
                "Map to one of Xero's own fields.",
                info.path,
            )
        )

    def list(
        self,
        kind: Kind,
        paths: Mapping[Kind, Collection[str]],
        cursor: str | None,
        known: Known = nothing_known,  # noqa: ARG002 - a page of Xero's tells records whole
    ) -> AsyncIterator[Page]:
        """Contacts with their persons, items, invoices with their lines, or payments. Persons are not listed alone: they come as children of contacts."""
        match _known(kind):
            case Kind.CONTACT:
                return listing.list_pages(self._client, CONTACTS, paths, cursor)
            case Kind.ITEM:
                return listing.list_items(self._client, paths, cursor)
            case Kind.INVOICE:
                return self._list_invoices(paths, cursor)
            case Kind.PAYMENT:
                return listing.list_pages(self._client, PAYMENTS, paths, cursor)
            case _:
                raise ValueError("People in Xero contacts are listed with the contacts.")

    async def _list_invoices(
        self, paths: Mapping[Kind, Collection[str]], cursor: str | None
    ) -> AsyncIterator[Page]:
        async for page in listing.list_pages(self._client, await self._invoices(paths), paths, cursor):
            yield page

    async def read(
        self,
        kind: Kind,
        ids: Sequence[str],
        paths: Mapping[Kind, Collection[str]],
        *,
        times: bool = False,  # noqa: ARG002 - Xero keeps no times of fields, as the capabilities say
    ) -> Observations:
        """One observation per id, in the order asked."""
        if not ids:
            return []
        match _known(kind):
            case Kind.CONTACT:
                return await reading.read_rows(self._client, CONTACTS, ids, paths)
            case Kind.CONTACT_PERSON:
                return await reading.read_persons(self._client, ids)
            case Kind.INVOICE:
                return await reading.read_rows(self._client, await self._invoices(paths), ids, paths)
            case Kind.PAYMENT:
                return await reading.read_rows(self._client, PAYMENTS, ids, paths)
            case _:
                return await reading.read_items(self._client, ids, paths)

    async def find(
        self, kind: Kind, path: str, values: Sequence[str], paths: Mapping[Kind, Collection[str]]
    ) -> Observations:
        """Contacts by ContactNumber, Name or EmailAddress; persons by Contact; items by Code or Name; invoices by Url, InvoiceNumber or Reference;
        payments by our key, Reference or Invoice.

        None of it lags.
        """
        if not values:
            return []
        match _known(kind):
            case Kind.CONTACT:
                return await finding.find_contacts(self._client, path, values, paths)
            case Kind.CONTACT_PERSON:
                return await finding.find_persons(self._client, path, values)
            case Kind.INVOICE:
                return await document_finding.find_invoices(
                    self._client, await self._invoices(paths), path, values, paths
                )
            case Kind.PAYMENT:
                return await document_finding.find_payments(self._client, PAYMENTS, path, values, paths)
            case _:
                return await finding.find_items(self._client, path, values, paths)

    async def write(self, writes: Sequence[Write]) -> Answers:
        """Writes of one kind and one action, at most `BATCH`."""
        if not writes:
            return []
        assert len({(write.kind, write.action) for write in writes}) == 1, "one kind and one action per batch"
        match _known(writes[0].kind):
            case Kind.CONTACT:
                return await write_contacts(self._client, writes)
            case Kind.CONTACT_PERSON:
                return await write_persons(self._client, writes)
            case Kind.INVOICE:
                return await write_invoices(self._client, invoices_of(self._pages()), writes, self._pages())
            case Kind.PAYMENT:
                return await write_payments(self._client, writes)
            case _:
                return await write_items(self._client, writes)

    async def ready(self, calls: int) -> None:
        """Wait until so many calls may be made at once."""
        await self._client.ready(calls)

    def url(self, account: Identity, kind: Kind, record_id: str) -> str | None:
        """The contact's page (a person's is its contact's), or the invoice's. The page of an item is not documented."""
        pages = _under(account.url)
        if kind is Kind.INVOICE:
            return invoices.page(pages, record_id)
        if pages is None or kind not in (Kind.CONTACT, Kind.CONTACT_PERSON):
            return None
        return f"{pages}contacts/contact/{persons.parent_of(record_id)}"


def _known(kind: Kind) -> Kind:
    if kind not in CAPABILITIES.kinds:
        raise ValueError(f"Xero has no records of the kind '{kind}'.")
    return kind


_HOME = "homepage"


def _home(short_code: str | None) -> str | None:
    return f"https://go.xero.com/app/{short_code}/{_HOME}" if short_code else None


def _under(home: str | None) -> str | None:
    """Where the organisation's other pages stand beside its home page."""
    return home.removesuffix(_HOME) if home else None
