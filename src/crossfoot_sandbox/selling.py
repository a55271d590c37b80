"""Sales in HubSpot: deals in every stage and invoices in every state, as colleagues make them in the pages."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from crossfoot_sandbox.hubspot.behaviours.sums import ZERO, line_sums
from crossfoot_sandbox.hubspot.pages.portal import Portal
from crossfoot_sandbox.hubspot.times import iso
from crossfoot_sandbox.invented import sales
from crossfoot_sandbox.invented.choices import Choices, in_turn
from crossfoot_sandbox.invented.manifest import Lone, Manifest
from crossfoot_sandbox.invented.people import Values
from crossfoot_sandbox.invented.sales import LINE_TWISTS, Offer, Sale

STAGES = ("closedwon", "qualifiedtobuy", "contractsent", "closedwon", "closedlost", "presentationscheduled")
DEAL_TWISTS = (*LINE_TWISTS, "no line items", "no contact", "no company")
INVOICE_TWISTS = (
    *LINE_TWISTS,
    "no line items",
    "no contact",
    "discount, fee and tax",
    "open",
    "paid by hand",
    "voided",
    "not billable",
)
DUE = timedelta(days=20)
DAY = 86_400_000  # milliseconds


class Buyer(NamedTuple):
    """Who buys: a contact, and the company where they work or an empty text."""

    contact: str
    company: str
    name: str


def sell(portal: Portal, manifest: Manifest, *, deals: int, drafts: int, awkward: float) -> tuple[Lone, ...]:
    """Make deals and invoices for the people of a generated world; what was made, with what is awkward about each.

    Raises `ValueError` when there is nobody to sell to.
    """
    if not deals and not drafts:
        return ()
    seller = _Seller(portal, manifest)
    made = []
    for what, count, twists, make in (
        ("deal", deals, DEAL_TWISTS, seller.deal),
        ("invoice", drafts, INVOICE_TWISTS, seller.invoice),
    ):
        for number in range(count):
            kind = in_turn("plain", twists, number, awkward)
            choices = Choices(manifest.seed, what, number)
            sale = sales.invent(number, kind, seller.offers, portal.currencies.home, choices)
            made.append(Lone("hubspot", "deals" if what == "deal" else "invoices", kind, make(sale)))
    return tuple(made)


class _Seller:
    """A colleague with a list of buyers and a catalogue."""

    def __init__(self, portal: Portal, manifest: Manifest) -> None:
        self._portal = portal
        self._buyers = _buyers(portal, manifest)
        if not self._buyers:
            raise ValueError("there is nobody to sell to: deals and invoices need contacts")
        self._currencies = portal.currencies.codes()
        rates = [rate for rate in portal.commerce.tax_rates.values() if rate.active]
        self._taxed = next((rate.id for rate in rates if rate.rate > 0), "")
        self._tax_free = next((rate.id for rate in rates if rate.rate == 0), "")
        self.offers = _offers(portal, manifest)

    def deal(self, sale: Sale) -> str:
        """A deal with its lines, its contact and its company."""
        portal, buyer, currency = self._portal, self._buyer(sale), self._currency(sale)
        lines = [] if sale.kind == "no line items" else self._lines(sale)
        stage = STAGES[sale.number % len(STAGES)]
        deal = portal.person_creates(
            "deals",
            {
                "dealname": f"{buyer.name}, sale {sale.number + 1}",
                "dealstage": stage,
                "deal_currency_code": currency,
                "amount": f"{sum((_net(line, currency) for line in lines), ZERO):f}",
                "closedate": self._day(sale),
            },
        )
        if sale.kind != "no contact":
            portal.person_links("deals", deal, "contacts", buyer.contact)
        if buyer.company and sale.kind != "no company":
            portal.person_links("deals", deal, "companies", buyer.company)
        for line in lines:
            portal.person_adds_line("deals", deal, line)
        return deal

    def invoice(self, sale: Sale) -> str:
        """An invoice: a draft, unless its kind says otherwise."""
        portal, buyer = self._portal, self._buyer(sale)
        properties: dict[str, str | None] = {
            "hs_title": f"Sale {sale.number + 1}",
            "hs_currency": self._currency(sale),
            "hs_invoice_date": self._day(sale),
            "hs_due_date": self._day(sale, DUE),
        }
        if sale.kind == "not billable":
            properties |= {"hs_invoice_billable": "false", "hs_number": f"OUT-{sale.number + 1:04d}"}
        invoice = portal.person_drafts_invoice(
            properties,
            "" if sale.kind == "no contact" else buyer.contact,
            [] if sale.kind == "no line items" else self._lines(sale),
            company=buyer.company,
        )
        after = self._after.get(sale.kind)
        if after is not None:
            after(self, invoice)
        return invoice

    def _lines(self, sale: Sale) -> list[Values]:
        currency = self._currency(sale)
        return [sales.for_hubspot(line, currency, self._taxed, self._tax_free) for line in sale.lines]

    def _currency(self, sale: Sale) -> str:
        """The sale's currency where the portal has it, else the portal's own."""
        return sale.currency if sale.currency in self._currencies else self._portal.currencies.home

    def _buyer(self, sale: Sale) -> Buyer:
        return self._buyers[sale.number % len(self._buyers)]

    def _day(self, sale: Sale, later: timedelta = timedelta(0)) -> str:
        now = self._portal.now() - sale.days * DAY + later // timedelta(milliseconds=1)
        return iso(now - now % DAY)

    def _with_extras(self, invoice: str) -> None:
        for plural, type_, value in (
            ("discounts", "PERCENT", "10"),
            ("fees", "FIXED", "4.99"),
            ("taxes", "PERCENT", "2"),
        ):
            extra = self._portal.person_creates(
                plural, {"hs_type": type_, "hs_value": value, "hs_label": plural}
            )
            self._portal.person_links("invoices", invoice, plural, extra)

    def _finalised(self, invoice: str) -> None:
        self._portal.person_finalises(invoice)

    def _paid(self, invoice: str) -> None:
        self._portal.person_finalises(invoice)
        self._portal.person_records_payment(invoice)

    def _voided(self, invoice: str) -> None:
        self._portal.person_finalises(invoice)
        self._portal.person_voids(invoice)

    _after: dict[str, Callable[["_Seller", str], None]] = {  # noqa: RUF012  # never changed
        "discount, fee and tax": _with_extras,
        "open": _finalised,
        "paid by hand": _paid,
        "voided": _voided,
    }


def _net(line: Values, currency: str) -> Decimal:
    found = line_sums(line, currency, None, exact=False)
    return ZERO if found is None else found.net


def _buyers(portal: Portal, manifest: Manifest) -> list[Buyer]:
    """People who work at a company that is in Xero too; if there are none, anybody who is on both sides."""
    contacts, companies = portal.book("contacts"), portal.book("companies")
    found = [
        Buyer(one.contact, one.company, companies[one.company].values.get("name", ""))
        for one in manifest.staff
        if one.xero and contacts[one.contact].alive
    ]
    if not found:
        found = [
            Buyer(pair.hubspot, "", contacts[pair.hubspot].values.get("lastname", ""))
            for pair in manifest.pairs_of("people")
            if contacts[pair.hubspot].alive
        ]
    return found


def _offers(portal: Portal, manifest: Manifest) -> list[Offer]:
    """The products that are on both sides and have a price."""
    book = portal.book("products")
    records = [book[pair.hubspot] for pair in manifest.pairs_of("products")]
    return [
        Offer(one.id, one.values.get("name", ""), Decimal(one.values["price"]))
        for one in records
        if one.alive and "price" in one.values
    ]
