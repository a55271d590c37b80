"""One organisation: its books and its settings. What can be done to them stands above, in the kinds of records and `office.py`."""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from crossfoot_sandbox.clock import Clock
from crossfoot_sandbox.xero.books import charts
from crossfoot_sandbox.xero.books.book import ACTIVE, Book, XeroRecord
from crossfoot_sandbox.xero.books.history import History
from crossfoot_sandbox.xero.shape import Json, guid, ms_date, ms_of
from crossfoot_sandbox.xero.switches import Switches

DOCUMENTS = (
    "Invoices",
    "CreditNotes",
    "Overpayments",
    "Prepayments",
    "BankTransactions",
    "RepeatingInvoices",
)
Announce = Callable[[str, str, str, str, int, Json | None], None]


class Organisation:
    """A tenant. `announce` is told (tenant, category, record id, CREATE or UPDATE, milliseconds, data) of every change."""

    def __init__(
        self,
        tenant_id: str,
        details: Json,
        currencies: Iterable[str],
        books: Iterable[Book],
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
        self._books = {book.kind: book for book in books}
        self.contacts, self.items = self._books["Contacts"], self._books["Items"]
        self.invoices, self.payments = self._books["Invoices"], self._books["Payments"]
        self.allocations = self._books["Allocations"]
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

    def next_number(self, kind: str, field: str, prefix: str) -> str:
        """The next free number of the organisation's own sequence, such as INV-0055."""
        book = self._books[kind]
        while True:
            self._numbers[prefix] = self._numbers.get(prefix, 0) + 1
            number = f"{prefix}{self._numbers[prefix]:04d}"
            if book.find(field, number) is None:
                return number

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
