"""What invoices and credit notes have in common: contact, lines, days, currency, number, status (Xero facts 7.4 and 7.5)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from crossfoot_sandbox.xero import fields
from crossfoot_sandbox.xero.books.book import Book, XeroRecord
from crossfoot_sandbox.xero.books.organisation import Organisation
from crossfoot_sandbox.xero.errors import malformed
from crossfoot_sandbox.xero.kinds import exchange, lines
from crossfoot_sandbox.xero.kinds.days import day, due_by_terms, lock_problems, today
from crossfoot_sandbox.xero.kinds.document_contact import Chosen, chosen, read_contact
from crossfoot_sandbox.xero.kinds.document_rules import (
    AUTHORISED,
    DELETED,
    DRAFT,
    PAID,
    STATUSES,
    VOIDED,
    edit_problems,
    moves_date,
    status_problems,
)
from crossfoot_sandbox.xero.kinds.resource import Plan, UnknownIdError
from crossfoot_sandbox.xero.kinds.sums import EXCLUSIVE, INCLUSIVE, NO_TAX, ZERO, Totals, totals
from crossfoot_sandbox.xero.shape import ZERO_ID, Json, rounded

LONGEST = {"InvoiceNumber": 255, "CreditNoteNumber": 255, "Reference": 255}
_TOTALS = ("SubTotal", "TotalTax", "Total")
_DAYS = ("Date", "DueDate", "ExpectedPaymentDate", "PlannedPaymentDate")


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """One kind of document. `sales` is the type whose numbers are unique and given out; `due`: it can be due, and discounted."""

    key: str
    noun: str
    id_field: str
    number_field: str
    prefix: str
    sales: str
    purchases: str
    due: bool
    open_field: str  # what of the total is still open


def reader_of(kind: DocumentKind) -> Mapping[str, fields.Reader]:
    """The fields that a document may be sent with. Totals are read only to be compared."""
    texts = (kind.id_field, kind.number_field, "Reference", "Url", "BrandingThemeID", "CurrencyCode")
    return {
        **dict.fromkeys(texts, fields.text),
        "Type": fields.enum("InvoiceType", (kind.sales, kind.purchases)),
        "Status": fields.enum("InvoiceStatus", STATUSES),
        "LineAmountTypes": fields.enum("LineAmountTypes", (EXCLUSIVE, INCLUSIVE, NO_TAX)),
        "Contact": read_contact_block,
        "LineItems": lines.read_lines,
        **dict.fromkeys(_DAYS, day),
        "CurrencyRate": fields.number,
        "SentToContact": fields.boolean,
        **dict.fromkeys(_TOTALS, fields.number),
    }


def read_contact_block(name: str, value: Any) -> Json:
    """A reader of the contact of a document."""
    if not isinstance(value, dict):
        raise malformed(f"Error converting value to type '{name}'")
    return read_contact(value)


def new_book(
    kind: DocumentKind,
    owner: str,
    event: str,
    event_data: Callable[[XeroRecord], Json | None] = lambda _record: None,
) -> Book:
    """Numbers are unique among documents of the sales type, whatever their status; documents of one contact are together."""
    return Book(
        kind.key,
        owner,
        {kind.number_field: False},
        documents=True,
        numbered=lambda values: values.get("Type") == kind.sales,
        groups=lambda values: (values["Contact"]["ContactID"],),
        event=event,
        event_data=event_data,
    )


def plan(
    kind: DocumentKind, organisation: Organisation, record: XeroRecord | None, changes: Json, places: int
) -> Plan:
    """What a write would make of the document; the status is looked at first."""
    status = changes.get("Status") or (record.status if record else DRAFT)
    problems = status_problems(kind.noun, record, status)
    if problems or (record is not None and status in (VOIDED, DELETED)):
        if not problems and record is not None and status == VOIDED:
            problems = lock_problems(organisation.details, record.values["Date"])
        return Plan(problems, {}, status)
    return _Writing(kind, organisation, record, changes, status).plan(places)


class _Writing:
    """A document on its way into the book: field by field, with everything that is wrong with it."""

    def __init__(
        self,
        kind: DocumentKind,
        organisation: Organisation,
        record: XeroRecord | None,
        changes: Json,
        status: str,
    ) -> None:
        self.kind, self.organisation, self.record, self.changes = kind, organisation, record, changes
        self.status = status
        self.stored: Mapping[str, Any] = record.values if record else {}
        self.values: Json = {}
        self.problems: list[str] = []
        self.warnings: list[str] = []
        self.who: Chosen | None = None

    def plan(self, places: int) -> Plan:
        self._type()
        self._contact()
        sums = self._lines(places)
        self._days()
        self._currency()
        self._texts()
        self._number()
        after = {**self.values, **self._contact_after()}
        if self.record is not None and not self.problems:
            self.problems = edit_problems(self.kind.noun, self.record, after)
        if self.problems:
            return Plan(list(dict.fromkeys(self.problems)))
        if self.kind.number_field not in {**self.stored, **self.values} and self.selling:
            self.values[self.kind.number_field] = self.organisation.next_number(
                self.kind.key, self.kind.number_field, self.kind.prefix
            )
        if self.status == AUTHORISED and not sums.total and self.organisation.switches.zero_total_is_paid:
            self.status, self.values["FullyPaidOnDate"] = PAID, self.values["Date"]
        touch = self.record is None or moves_date(self.record, after, self.status)
        return Plan([], self.values, self.status, self.warnings, touch, self.who.settle if self.who else None)

    def _type(self) -> None:
        asked = self.changes.get("Type")
        if not asked and not self.record:
            self.problems.append(f"{self.kind.noun} Type must be specified.")
        elif self.record and asked not in (None, self.stored["Type"]):
            self.problems.append(f"The Type of an existing {self.kind.noun.lower()} cannot be changed.")
        self.values["Type"] = self.stored.get("Type") or asked
        self.selling = self.values["Type"] == self.kind.sales

    def _contact(self) -> None:
        if self.record is None or "Contact" in self.changes:
            self.who, problems = chosen(self.organisation, self.changes.get("Contact"))
            self.problems += problems

    def _contact_after(self) -> Json:
        """The document's field for its contact, as far as it is known before the contact is written."""
        if self.who is None or self.who.record is None:
            return {} if self.who is None else {"Contact": None}
        return {"Contact": {"ContactID": self.who.record.id}}

    def _lines(self, places: int) -> Totals:
        basis = self.changes.get("LineAmountTypes") or self.stored.get("LineAmountTypes", EXCLUSIVE)
        setting = lines.Setting(
            self.organisation,
            lines.Kind("SalesDetails" if self.selling else "PurchaseDetails", self.selling and self.kind.due),
            basis,
            self.stored.get("LineAmountTypes", basis),
            AUTHORISED if self.status == PAID else self.status,
            places,
        )
        planned = lines.planned(setting, self.stored.get("LineItems", []), self.changes.get("LineItems"))
        sums = totals(planned.rows, basis, self.organisation.switches.half_cent)
        self.values |= {"LineAmountTypes": basis, "LineItems": planned.rows} | self._amounts(sums)
        self.problems += planned.problems
        self.warnings += planned.warnings
        if self.status != DRAFT and not planned.rows:
            self.problems.append("One or more line items must be specified")
        if sums.total < 0:
            self.problems.append("The Total for this document must be greater than or equal to zero.")
        sent = self.changes.get("Total")
        if sent not in (None, sums.total) and self.organisation.switches.totals_mismatch == "refused":
            self.problems.append("The document total does not equal the sum of the lines.")
        return sums

    def _amounts(self, sums: Totals) -> Json:
        found: Json = {"SubTotal": sums.sub_total, "TotalTax": sums.total_tax, "Total": sums.total}
        if self.kind.due:
            found["TotalDiscount"] = sums.total_discount or None
        if self.record is None:
            return {**found, **_UNSETTLED[self.kind.key], self.kind.open_field: sums.total}
        open_before = self.stored[self.kind.open_field]
        return {**found, self.kind.open_field: open_before - self.stored["Total"] + sums.total}

    def _days(self) -> None:
        for name in _DAYS:
            if name in self.changes and (self.kind.due or name == "Date"):
                self.values[name] = self.changes[name] or None
        details = self.organisation.details
        issued: date = (
            self.values.get("Date") or self.stored.get("Date") or today(details, self.organisation.now_ms())
        )
        self.values["Date"] = issued
        posted = self.status in (AUTHORISED, PAID)
        if self.kind.due and posted and not {**self.stored, **self.values}.get("DueDate"):
            self.values["DueDate"] = (
                self._due(issued) if self.organisation.switches.due_date_from_terms else None
            )
            if self.values["DueDate"] is None:
                self.problems.append("The document DueDate field must be specified.")
        if posted:
            self.problems += lock_problems(details, issued, self.stored.get("Date", issued))

    def _due(self, issued: date) -> date | None:
        side = "Sales" if self.selling else "Bills"
        contact = self.who.record if self.who else None
        for terms in (
            contact.values.get("PaymentTerms", {}) if contact else {},
            self.organisation.details.get("PaymentTerms", {}),
        ):
            found = due_by_terms(terms.get(side, {}), issued)
            if found is not None:
                return found
        return None

    def _currency(self) -> None:
        base = str(self.organisation.details["BaseCurrency"])
        code = self.changes.get("CurrencyCode", "").upper() or self.stored.get("CurrencyCode", base)
        if code not in self.organisation.currencies:
            self.problems.append(f"Organisation is not subscribed to currency {code}")
        changed = code != self.stored.get("CurrencyCode", code)
        if changed and not self.organisation.switches.currency_can_change:
            self.problems.append(f"The currency of an existing {self.kind.noun.lower()} cannot be changed.")
        self.values["CurrencyCode"] = code
        rate = self.changes.get("CurrencyRate")
        if code == base:
            self.values["CurrencyRate"] = rounded(ZERO + 1, 1)
        elif rate is not None:
            if rate <= 0:
                self.problems.append("The currency rate must be greater than zero.")
            elif exchange.suspicious(rate, code, base, self.values["Date"]):
                self.warnings.append("The currency rate differs significantly from the day's market rate.")
            self.values["CurrencyRate"] = rounded(rate, exchange.PLACES)
        elif self.record is None or changed:
            self.values["CurrencyRate"] = exchange.day_rate(code, base, self.values["Date"])

    def _texts(self) -> None:
        for name in ("Url", "Reference"):
            if name in self.changes and (name != "Reference" or self.selling):
                self.values[name] = self.changes[name] or None
        if "xero" in (self.values.get("Url") or "").lower():
            self.problems.append("The Url cannot contain the word xero.")
        self.problems += fields.too_long(self.changes, LONGEST)
        was_sent = self.stored.get("SentToContact", False)
        approved = self.status in (AUTHORISED, PAID)
        self.values["SentToContact"] = self.changes.get("SentToContact", was_sent) if approved else was_sent
        themes = [row["BrandingThemeID"] for row in self.organisation.themes]
        theme = self.changes.get("BrandingThemeID", "").lower() or self.stored.get(
            "BrandingThemeID", themes[0]
        )
        if theme not in themes:
            self.problems.append("Branding theme could not be found.")
        if self.selling:
            self.values["BrandingThemeID"] = theme

    def _number(self) -> None:
        field = self.kind.number_field
        number = self.changes.get(field, "").strip()
        if not number:
            return
        self.values[field] = number
        holder = self.organisation.book(self.kind.key).find(field, number) if self.selling else None
        if holder is not None and holder is not self.record:
            self.problems.append(f"{self.kind.noun} # must be unique.")


_UNSETTLED: Mapping[str, Json] = {
    "Invoices": {
        "AmountPaid": ZERO,
        "AmountCredited": ZERO,
        "Payments": [],
        "CreditNotes": [],
        "Prepayments": [],
        "Overpayments": [],
    },
    "CreditNotes": {"Payments": [], "Allocations": []},
}


def match(kind: DocumentKind, organisation: Organisation, changes: Json) -> XeroRecord | None:
    """The document that a POST without id in the path edits: by id, else by the number of one of the sales type."""
    book = organisation.book(kind.key)
    wanted = changes.get(kind.id_field, "")
    if wanted and wanted != ZERO_ID:
        record = book.live(wanted)
        if record is None:
            raise UnknownIdError(
                f"An existing {kind.noun} with the specified {kind.id_field} could not be found"
            )
        return record
    number = changes.get(kind.number_field, "").strip()
    if not number or changes.get("Type") == kind.purchases or not organisation.switches.number_finds_document:
        return None
    return book.find(kind.number_field, number)
