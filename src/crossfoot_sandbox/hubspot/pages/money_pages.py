"""What colleagues and buyers do about money in HubSpot's own pages, without API limits."""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation

from crossfoot_sandbox.hubspot.acts import linking, records, versions
from crossfoot_sandbox.hubspot.acts.drafting import draft
from crossfoot_sandbox.hubspot.behaviours.sums import ZERO, number
from crossfoot_sandbox.hubspot.behaviours.table import behaviour_of
from crossfoot_sandbox.hubspot.books.book import Actor, HubRecord, Source
from crossfoot_sandbox.hubspot.books.currencies import CODES
from crossfoot_sandbox.hubspot.books.kinds import INVOICES, LINE_ITEMS, PAYMENTS, ObjectKind, kind_named
from crossfoot_sandbox.hubspot.books.link_types import ENDS, PLAIN
from crossfoot_sandbox.hubspot.pages.people import People, in_words
from crossfoot_sandbox.hubspot.times import iso

BUYER = Actor("vendor", Source("PAYMENTS", ""), "ui", "Payments")


class MoneyPages(People):
    """Each act raises ValueError with a plain message when the page would refuse."""

    def person_links(
        self, object_type: str, record_id: str, other_type: str, other_id: str, by: str = "ada"
    ) -> str:
        """A colleague associates two records; the id at the other end, which is a new one when a line item was copied."""
        ends, one, other = self._pair(object_type, record_id, other_type, other_id)
        return in_words(lambda: linking.link(self, ends, one.id, other.id, {PLAIN[ends]}, self._person(by)))[
            1
        ]

    def person_unlinks(
        self, object_type: str, record_id: str, other_type: str, other_id: str, by: str = "ada"
    ) -> None:
        """A colleague takes two records apart."""
        ends, one, other = self._pair(object_type, record_id, other_type, other_id)
        if not self.links.types(ends, one.id, other.id):
            raise ValueError(f"{object_type} {one.id} and {other_type} {other.id} are not associated")
        in_words(lambda: linking.unlink(self, ends, one.id, other.id, None, self._person(by)))

    def person_adds_line(
        self, parent_type: str, parent_id: str, properties: Mapping[str, str | None], by: str = "ada"
    ) -> str:
        """A colleague adds a line item to a deal or an invoice; its id."""
        parent, kind = self._alive(parent_type, parent_id), kind_named(parent_type)

        def act() -> str:
            behaviour_of(kind).linkable(self, parent, "line_items")
            values = {"hs_position_on_quote": str(self._lines_on(kind, parent)), **properties}
            line = self._make(LINE_ITEMS, values, self._person(by))
            linking.link(self, ("line_items", kind.plural), line.id, parent.id, set(), self._person(by))
            return line.id

        if ("line_items", kind.plural) not in ENDS:
            raise ValueError(f"{parent_type} have no line items")
        return in_words(act)

    def person_drafts_invoice(
        self,
        properties: Mapping[str, str | None],
        contact: str = "",
        lines: Iterable[Mapping[str, str | None]] = (),
        company: str = "",
        deal: str = "",
        by: str = "ada",
    ) -> str:
        """A colleague drafts an invoice, for a contact and with lines if they are given; its id."""
        currency = {"hs_currency": self.currencies.home}
        linked = {"contacts": contact, "companies": company, "deals": deal}
        found = {plural: self._alive(plural, other) for plural, other in linked.items() if other}
        invoice = in_words(lambda: self._make(INVOICES, currency | dict(properties), self._person(by)))
        for plural, other in found.items():
            self.person_links("invoices", invoice.id, plural, other.id, by)
        for line in lines:
            self.person_adds_line("invoices", invoice.id, line, by)
        return invoice.id

    def person_finalises(self, invoice_id: str, by: str = "ada") -> None:
        """A colleague finalises a draft: it is open from now on."""
        self._set_status(invoice_id, "open", by)

    def person_voids(self, invoice_id: str, by: str = "ada") -> None:
        """A colleague voids an invoice."""
        self._set_status(invoice_id, "voided", by)

    def person_records_payment(
        self,
        invoice_id: str,
        amount: Decimal | None = None,
        properties: Mapping[str, str | None] | None = None,
        by: str = "ada",
    ) -> str:
        """A colleague records that money came, all that is due unless an amount is given; the payment's id.

        No payment processing is needed for that (invoices guide: "possible in the platform").
        """
        return self._pay(
            invoice_id,
            amount,
            {"hs_payment_method_type": "wire_transfer", **(properties or {})},
            self._person(by),
        )

    def buyer_pays(self, invoice_id: str, amount: Decimal | None = None, fee: Decimal = ZERO) -> str:
        """The buyer pays by card through the portal's processor, which makes the payment; its id."""
        processor = self.commerce.processor
        if processor == "none":
            raise ValueError("the portal has no payment processing")
        made = {
            "hs_payment_method_type": "card",
            "hs_processor_type": processor,
            "hs_fees_amount": f"{fee:f}",
        }
        return self._pay(invoice_id, amount, made, BUYER)

    def person_refunds(self, payment_id: str, amount: Decimal | None = None, by: str = "ada") -> None:
        """A colleague gives money back, all of it unless an amount is given."""
        payment = self._alive("commerce_payments", payment_id)
        gross = number(payment.values, "hs_initial_amount") or ZERO
        already = number(payment.values, "hs_refunds_amount") or ZERO
        back = gross - already if amount is None else amount
        if not 0 < back <= gross - already:
            raise ValueError(f"{back} cannot be refunded: {gross - already} is left of payment {payment_id}")
        status = "refunded" if already + back == gross else "partially_refunded"
        values = {"hs_refunds_amount": f"{already + back:f}", "hs_latest_status": status}
        in_words(lambda: self._change(PAYMENTS, payment, values, self._person(by)))

    def data_sync_brings(self, properties: Mapping[str, str | None], contact: str = "") -> str:
        """HubSpot's own data-sync app for Xero brings an invoice, as it does where it is connected; its id (fact 0.8)."""
        invoice = self.person_drafts_invoice({"hs_invoice_billable": "false", **properties}, contact)
        versions.calculate(
            self, INVOICES, self.books["invoices"][invoice], {"hs_invoice_source": "data_sync"}
        )
        return invoice

    def admin_sets_up(self, wanted: Mapping[str, object]) -> None:
        """An admin changes what the portal does about money.

        `processor`, `deletes_open_invoices`, `number_prefix`, `next_number`; `tax_ids` (a list of texts);
        `tax_rates` (`[{"name", "rate", "label"?, "active"?}]`, those of a known name are changed) and `currencies`
        (`{"EUR": "1.08"}`, one unit in the portal's own currency).
        """
        plain = dict(wanted)
        rates, worth = plain.pop("tax_rates", []), plain.pop("currencies", {})
        self.commerce.set_up(plain)
        if not (isinstance(rates, list) and isinstance(worth, Mapping)):
            raise ValueError("tax_rates is a list, currencies an object")  # noqa: TRY004  # a person's mistake
        for rate in rates:
            self.commerce.set_tax_rate(rate, self.now())
        for code, value in worth.items():
            if code not in CODES or code == self.currencies.home:
                raise ValueError(f"{code} cannot be added as a currency")
            self.currencies.add(str(code), _decimal(value), self.now())

    def _pay(
        self, invoice_id: str, amount: Decimal | None, properties: Mapping[str, str | None], actor: Actor
    ) -> str:
        invoice = self._alive("invoices", invoice_id)
        versions.add_up(self, invoice.id)  # the page shows what is due now
        due = number(invoice.values, "hs_balance_due") or ZERO
        given = due if amount is None else amount
        if invoice.values.get("hs_invoice_status") != "open":
            raise ValueError(f"invoice {invoice_id} is {invoice.values.get('hs_invoice_status')}, not open")
        if not 0 < given <= due:
            raise ValueError(f"{given} cannot be paid on invoice {invoice_id}: {due} is due")
        values = {
            "hs_initial_amount": f"{given:f}",
            "hs_initiated_date": iso(self.now()),
            "hs_latest_status": "succeeded",
            "hs_currency_code": invoice.values["hs_currency"],
            **properties,
        }

        def act() -> str:
            payment = self._make(PAYMENTS, values, actor)
            linking.link(self, ("commerce_payments", "invoices"), payment.id, invoice.id, set(), actor)
            for plural in ("contacts", "companies", "deals"):
                for other_id, _ in list(self.links.of(("invoices", plural), invoice.id)):
                    linking.link(self, ("commerce_payments", plural), payment.id, other_id, set(), actor)
            return payment.id

        return in_words(act)

    def _set_status(self, invoice_id: str, status: str, by: str) -> None:
        invoice = self._alive("invoices", invoice_id)
        in_words(lambda: self._change(INVOICES, invoice, {"hs_invoice_status": status}, self._person(by)))

    def _make(self, kind: ObjectKind, values: Mapping[str, str | None], actor: Actor) -> HubRecord:
        return records.create(self, kind, draft(self, kind, values, version="ui"), actor)

    def _change(
        self, kind: ObjectKind, record: HubRecord, values: Mapping[str, str | None], actor: Actor
    ) -> None:
        records.edit(self, kind, record, draft(self, kind, values, version="ui", record_id=record.id), actor)

    def _lines_on(self, kind: ObjectKind, parent: HubRecord) -> int:
        return sum(1 for _ in self.links.of((kind.plural, "line_items"), parent.id))

    def _pair(
        self, object_type: str, record_id: str, other_type: str, other_id: str
    ) -> tuple[tuple[str, str], HubRecord, HubRecord]:
        ends = (kind_named(object_type).plural, kind_named(other_type).plural)
        if ends not in ENDS:
            raise ValueError(f"{object_type} and {other_type} cannot be associated")
        return ends, self._alive(object_type, record_id), self._alive(other_type, other_id)


def _decimal(value: object) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"{value} is no number") from None
