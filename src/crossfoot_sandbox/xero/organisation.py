"""One organisation: its books, its settings, and the people who work in Xero's own pages."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from crossfoot_sandbox.clock import Clock
from crossfoot_sandbox.xero import charts
from crossfoot_sandbox.xero.act import Act
from crossfoot_sandbox.xero.allocations import Allocations
from crossfoot_sandbox.xero.balances import balances
from crossfoot_sandbox.xero.bank_transactions import BankTransactions
from crossfoot_sandbox.xero.book import ACTIVE, ARCHIVED, DELETED, ERASED, Book, XeroRecord
from crossfoot_sandbox.xero.contacts import Contacts
from crossfoot_sandbox.xero.credit_notes import CreditNotes
from crossfoot_sandbox.xero.documents import DocumentKind
from crossfoot_sandbox.xero.errors import ApiException
from crossfoot_sandbox.xero.fields import messages_of
from crossfoot_sandbox.xero.history import History
from crossfoot_sandbox.xero.invoices import Invoices
from crossfoot_sandbox.xero.items import Items
from crossfoot_sandbox.xero.payments import Payments
from crossfoot_sandbox.xero.prepaid import Overpayments, Prepayments
from crossfoot_sandbox.xero.repeating import RepeatingInvoices
from crossfoot_sandbox.xero.resource import Resource
from crossfoot_sandbox.xero.shape import Json, guid, ms_date, ms_of
from crossfoot_sandbox.xero.switches import Switches

_PEOPLES_PLACES = 4  # Xero's own pages keep four decimals of a unit price
_VENDOR_FIELDS = ("IsCustomer", "IsSupplier")  # Xero derives these from documents; loading may state them
_CONTACTS, _ITEMS = Contacts(), Items()
RESOURCES: Mapping[str, Resource] = MappingProxyType(
    {
        "Contacts": _CONTACTS,
        "Items": _ITEMS,
        "Invoices": Invoices(),
        "CreditNotes": CreditNotes(),
        "Payments": Payments(),
        "Allocations": Allocations(),
        "Overpayments": Overpayments(),
        "Prepayments": Prepayments(),
        "BankTransactions": BankTransactions(),
        "RepeatingInvoices": RepeatingInvoices(),
    }
)
DOCUMENTS = (
    "Invoices",
    "CreditNotes",
    "Overpayments",
    "Prepayments",
    "BankTransactions",
    "RepeatingInvoices",
)
_LOADABLE: Mapping[str, Contacts | Items] = MappingProxyType({"Contacts": _CONTACTS, "Items": _ITEMS})

Announce = Callable[[str, str, str, str, int, Json | None], None]


class Organisation:
    """A tenant. `announce` is told (tenant, category, record id, CREATE or UPDATE, milliseconds, data) of every change."""

    def __init__(
        self,
        tenant_id: str,
        details: Json,
        currencies: Iterable[str],
        *,
        clock: Clock,
        switches: Callable[[], Switches],
        announce: Announce,
    ) -> None:
        self.tenant_id = tenant_id
        self.details = details
        self._clock = clock
        self._switches = switches
        self._announce = announce
        now, country, base = self.now_ms(), str(details["CountryCode"]), str(details["BaseCurrency"])
        self.contacts: Book = Contacts.new_book(tenant_id)
        self.items: Book = Items.new_book(tenant_id)
        self.invoices: Book = Invoices.new_book(tenant_id)
        self.payments: Book = Payments.new_book(tenant_id)
        self.allocations: Book = Allocations.new_book(tenant_id)
        books = (self.contacts, self.items, self.invoices, self.payments, self.allocations)
        others = (CreditNotes, Overpayments, Prepayments, BankTransactions, RepeatingInvoices)
        self._books = {book.kind: book for book in (*books, *(kind.new_book(tenant_id) for kind in others))}
        self.accounts: dict[str, Json] = charts.accounts(tenant_id, country, base, now)
        self.tax_rates: dict[str, Json] = charts.tax_rates(country)
        self.currencies: dict[str, Json] = {c: charts.currency(c) for c in (base, *currencies)}
        self.tracking: dict[str, Json] = charts.tracking(tenant_id)
        self.themes: list[Json] = charts.themes(tenant_id)
        self.groups: dict[str, Json] = {}
        self.members: dict[str, set[str]] = {}  # group id -> contact ids
        self.history = History()
        self._numbers: dict[str, int] = {}  # last number given out, by prefix
        self._drawn = 0

    @property
    def name(self) -> str:
        """The name people see."""
        return str(self.details["Name"])

    @property
    def switches(self) -> Switches:
        """The stand-in's switches as they are now."""
        return self._switches()

    def now_ms(self) -> int:
        """The present in milliseconds since 1970."""
        return int(self._clock.seconds() * 1000)

    def book(self, kind: str) -> Book:
        """The records of a kind such as "Contacts" or "Invoices"; archived and deleted ones are in it. KeyError for no such kind."""
        return self._books[kind]

    def resource(self, kind: str) -> Resource:
        """What a kind of record is."""
        return RESOURCES[kind]

    def account(self, code: str) -> Json | None:
        """The account with this code."""
        return next((row for row in self.accounts.values() if row.get("Code") == code), None)

    def tax_percent(self, tax_type: str) -> Decimal:
        """The percentage that a tax type comes to, all its components together; zero for one that does not exist."""
        rate = self.tax_rates.get(tax_type)
        return Decimal(rate["EffectiveRate"]) if rate else Decimal(0)

    def uses_item(self, item: XeroRecord) -> bool:
        """Whether the item stands on a document."""
        code = item.values["Code"]
        return any(
            line.get("ItemCode") == code
            for kind in DOCUMENTS
            for document in self._books[kind].values()
            for line in document.values["LineItems"]
        )

    def uses_account(self, account: Json) -> bool:
        """Whether the account stands on a line, or money went to it or came from it."""
        code, account_id = account.get("Code"), account["AccountID"]
        return any(
            values.get("Account", values.get("BankAccount", {})).get("AccountID") == account_id
            or any(line.get("AccountCode") == code for line in values.get("LineItems", ()))
            for kind in (*DOCUMENTS, "Payments")
            for values in (record.values for record in self._books[kind].values())
        )

    def draw(self) -> int:
        """A number that was never drawn before, for ids of parts of a record."""
        self._drawn += 1
        return self._drawn

    def next_number(self, kind: DocumentKind) -> str:
        """The next free number of the organisation's own sequence, such as INV-0055."""
        book = self._books[kind.key]
        while True:
            self._numbers[kind.prefix] = self._numbers.get(kind.prefix, 0) + 1
            number = f"{kind.prefix}{self._numbers[kind.prefix]:04d}"
            if book.find(kind.number_field, number) is None:
                return number

    def balances(self, contact_id: str) -> Json | None:
        """What a contact owes and is owed, None when no document of theirs is open."""
        return balances(self, contact_id)

    def groups_of(self, contact_id: str) -> list[Json]:
        """The active groups that a contact is in, as a contact shows them."""
        if not self.members:
            return []
        return [
            {**self.groups[group], "HasValidationErrors": False}
            for group, members in self.members.items()
            if contact_id in members and self.groups[group]["Status"] == ACTIVE
        ]

    def announce(
        self, category: str, record_id: str, event: str, at_ms: int, data: Json | None = None
    ) -> None:
        """Tell webhooks of a change."""
        if category == "PAYMENT" and not self.switches.payment_webhooks:
            return
        self._announce(self.tenant_id, category, record_id, event, at_ms, data)

    # People

    def act_of(self, by: str) -> Act:
        """What a colleague does now."""
        return Act(self, self.now_ms(), f"person:{by}")

    def person_creates(self, kind: str, values: Json, by: str = "ben") -> str:
        """A colleague makes a contact, an item or a document; returns its id. ValueError when Xero's pages would refuse."""
        act = self.act_of(by)
        record = _written(act, RESOURCES[kind], None, values)
        if _stated(values):
            act.derive(RESOURCES[kind], record, _stated(values))
        act.tell()
        return record.id

    def person_edits(self, kind: str, record_id: str, values: Json, by: str = "ben") -> None:
        """A colleague edits fields, or gives a document another Status; lists are replaced, phones and addresses merged by slot."""
        record, act = self._live(kind, record_id), self.act_of(by)
        kept = {"Code": record.values["Code"]} if kind == "Items" else {}
        _written(act, RESOURCES[kind], record, {**kept, **values})
        derived = {name: value for name, value in _stated(values).items() if record.values.get(name) != value}
        if derived:
            act.derive(RESOURCES[kind], record, derived)
        act.tell()

    def person_archives(self, kind: str, record_id: str, by: str = "ben") -> None:
        """A colleague archives a contact; items cannot be archived."""
        record = self._live(kind, record_id)
        if kind != "Contacts" or record.status != ACTIVE:
            raise ValueError("only an active contact can be archived")
        self._change(kind, record, {}, by, status=ARCHIVED)

    def person_restores(self, kind: str, record_id: str, by: str = "ben") -> None:
        """A colleague un-archives a contact, which no app can do."""
        record = self._live(kind, record_id)
        if kind != "Contacts" or record.status != ARCHIVED:
            raise ValueError("only an archived contact can be restored")
        name = record.values.get("Name", "")
        if self.contacts.find("Name", name) is not None:
            raise ValueError(f"an active contact is already named {name}")
        self._change(kind, record, {}, by, status=ACTIVE)
        record.merged_to = None

    def person_merges(self, winner_id: str, loser_id: str, by: str = "ben") -> None:
        """A colleague merges two contacts: the loser becomes archived, keeps its id and points to the winner."""
        winner, loser = self._live("Contacts", winner_id), self._live("Contacts", loser_id)
        if winner is loser or winner.status != ACTIVE or loser.status != ACTIVE:
            raise ValueError("only two different active contacts can be merged")
        loser.merged_to = winner.id
        act = self.act_of(by)
        act.change(_CONTACTS, loser, {}, status=ARCHIVED)
        for kind in DOCUMENTS:
            for document in list(self._books[kind].grouped(loser.id)):
                act.change(RESOURCES[kind], document, {"Contact": {"ContactID": winner.id}}, touch=False)
        act.tell()
        for members in self.members.values():
            if loser.id in members:
                members.discard(loser.id)
                members.add(winner.id)

    def person_deletes(self, item_id: str, by: str = "ben") -> None:
        """A colleague deletes an item that no transaction uses."""
        record = self._live("Items", item_id)
        if self.uses_item(record):
            raise ValueError("the item is used on a transaction")
        self.delete_item(record, f"person:{by}")

    def person_erases(self, contact_id: str, by: str = "ben") -> None:
        """A colleague marks a contact as subject of an erasure request (status GDPRREQUEST); it can no longer be used."""
        record = self._live("Contacts", contact_id)
        if record.status == ERASED:
            raise ValueError("the contact is already marked for erasure")
        self._change("Contacts", record, {}, by, status=ERASED)

    def change_organisation(self, **changes: Any) -> None:
        """Settings of the organisation: any field of `/Organisation`, dates as `date`, and `currencies` (codes subscribed to)."""
        for name, value in changes.items():
            if name == "currencies":
                base = self.details["BaseCurrency"]
                self.currencies = {code: charts.currency(code) for code in (base, *value)}
            elif value is None:
                self.details.pop(name, None)
            else:
                self.details[name] = ms_date(ms_of(value)) if isinstance(value, date) else value

    def bulk_load(
        self, kind: str, rows: Iterable[Json], spread: timedelta = timedelta(days=365), by: str = "import"
    ) -> list[str]:
        """Many records at once, without rules and webhooks; returns their ids in order.

        UpdatedDateUTC is spread evenly over the past. A row may state `ContactStatus`; its values have the API's shapes.
        """
        resource = _LOADABLE[kind]
        given = list(rows)
        now, step = self.now_ms(), int(spread / timedelta(milliseconds=1)) / max(1, len(given))
        entries = []
        for index, values in enumerate(given):
            changes = resource.read(values)
            new = {**resource.merged(self, None, changes, _PEOPLES_PLACES), **_stated(values)}
            at = now - int((len(given) - 1 - index) * step)
            entries.append((new, at, str(changes.get("ContactStatus", ACTIVE))))
        return [record.id for record in self.book(kind).load(entries, f"person:{by}")]

    def delete_item(self, record: XeroRecord, author: str) -> None:
        """An item goes away; its versions stay in the book."""
        self.items.change(record, {}, self.now_ms(), author, status=DELETED)

    def _live(self, kind: str, record_id: str) -> XeroRecord:
        record = self.book(kind).live(record_id)
        if record is None:
            raise ValueError(f"{kind} has no record {record_id}")
        return record

    def _change(
        self, kind: str, record: XeroRecord, changes: Json, by: str, status: str | None = None
    ) -> None:
        act = self.act_of(by)
        act.change(RESOURCES[kind], record, changes, status=status)
        act.tell()


def _written(act: Act, resource: Resource, record: XeroRecord | None, values: Json) -> XeroRecord:
    """Xero's own pages know the rules of the API, keep four decimals of a price and save nothing when nothing changed."""
    if "ContactNumber" in values:
        raise ValueError("people cannot write ContactNumber; only apps can")
    try:
        changes = resource.read(values)
    except ApiException as error:
        raise ValueError(messages_of(error)) from None
    plan = resource.plan(act.organisation, record, changes, _PEOPLES_PLACES)
    if plan.problems:
        raise ValueError(" ".join(plan.problems))
    unchanged = (
        all(record.values.get(name) == value for name, value in plan.values.items()) if record else False
    )
    if record is not None and unchanged and plan.status in (None, record.status) and plan.first is None:
        return record
    return act.write(resource, record, changes, plan)


def _stated(values: Json) -> Json:
    return {name: bool(values[name]) for name in _VENDOR_FIELDS if name in values}


def new_details(tenant_id: str, name: str, country: str, *, base: str, short_code: str, now_ms: int) -> Json:
    """The fields of a new organisation, as recorded from a demo company."""
    return {
        "Name": name,
        "LegalName": name,
        "PaysTax": True,
        "Version": charts.COUNTRIES[country].version,
        "OrganisationType": "COMPANY",
        "BaseCurrency": base,
        "CountryCode": charts.COUNTRIES[country].code,
        "IsDemoCompany": False,
        "OrganisationStatus": "ACTIVE",
        "FinancialYearEndDay": charts.COUNTRIES[country].year_end[0],
        "FinancialYearEndMonth": charts.COUNTRIES[country].year_end[1],
        "SalesTaxBasis": charts.COUNTRIES[country].tax_basis,
        "SalesTaxPeriod": charts.COUNTRIES[country].tax_period,
        "DefaultSalesTax": "Remember previous",
        "DefaultPurchasesTax": "Remember previous",
        "CreatedDateUTC": ms_date(now_ms, offset=False),
        "OrganisationEntityType": "COMPANY",
        "Timezone": charts.COUNTRIES[country].time_zone,
        "ShortCode": short_code or "!" + guid("short code", tenant_id)[:5],
        "OrganisationID": guid("organisation", tenant_id),
        "Edition": "BUSINESS",
        "Class": "PREMIUM",
        "Addresses": [],
        "Phones": [],
        "ExternalLinks": [],
        "PaymentTerms": {},
    }
