"""What Xero answers about documents and money: invoices with their lines, payments, tax rates, accounts (see `answers.py`)."""

from decimal import Decimal

from crossfoot.systems.xero.answers import Answer, Pages, Row


class Customer(Answer, frozen=True):
    """The contact of an invoice, of which only the id matters here."""

    contact_id: str = ""


class TrackingAnswer(Answer, frozen=True):
    """The option of a tracking category that a line is counted under."""

    name: str = ""
    option: str = ""


class LineItemItem(Answer, frozen=True):
    """The item of a line, where the answer embeds it."""

    code: str | None = None


class LineItem(Answer, frozen=True):
    """One line. A line that only describes has nothing but its description (Xero fact 7.4)."""

    line_item_id: str = ""
    description: str | None = None
    quantity: Decimal | None = None
    unit_amount: Decimal | None = None
    discount_rate: Decimal | None = None
    discount_amount: Decimal | None = None
    item_code: str | None = None
    item: LineItemItem | None = None
    account_code: str | None = None
    tax_type: str | None = None
    tax_amount: Decimal | None = None
    line_amount: Decimal | None = None
    tracking: tuple[TrackingAnswer, ...] = ()


class PaidIn(Answer, frozen=True):
    """A payment as an invoice shows it: without account and state (Xero fact 7.6)."""

    date: str | None = None


class Invoice(Row, frozen=True):
    """A sales invoice or a bill. `line_items` and `payments` are None where the answer leaves them out."""

    type: str | None = None
    invoice_id: str = ""
    invoice_number: str | None = None
    reference: str | None = None
    url: str | None = None
    contact: Customer | None = None
    date: str | None = None
    date_string: str | None = None
    due_date: str | None = None
    due_date_string: str | None = None
    expected_payment_date: str | None = None
    fully_paid_on_date: str | None = None
    currency_code: str | None = None
    currency_rate: Decimal | None = None
    line_amount_types: str | None = None
    status: str | None = None
    branding_theme_id: str | None = None
    sent_to_contact: bool | None = None
    is_discounted: bool | None = None
    sub_total: Decimal | None = None
    total_tax: Decimal | None = None
    total: Decimal | None = None
    total_discount: Decimal | None = None
    amount_paid: Decimal | None = None
    amount_credited: Decimal | None = None
    amount_due: Decimal | None = None
    payments: tuple[PaidIn, ...] | None = None
    line_items: tuple[LineItem, ...] | None = None


class Invoices(Pages[Invoice], frozen=True):
    """The envelope of invoices."""

    invoices: tuple[Invoice, ...] = ()

    @property
    def rows(self) -> tuple[Invoice, ...]:
        """The invoices."""
        return self.invoices


class Paid(Answer, frozen=True):
    """The invoice that a payment pays, of which only id and currency matter here."""

    invoice_id: str = ""
    currency_code: str | None = None


class PaidTo(Answer, frozen=True):
    """The account that a payment went to. Not every account has a code."""

    account_id: str = ""
    code: str | None = None


class Payment(Row, frozen=True):
    """A payment of any kind, or a refund; `payment_type` tells."""

    payment_id: str = ""
    batch_payment_id: str | None = None
    payment_type: str | None = None
    invoice: Paid | None = None
    account: PaidTo | None = None
    amount: Decimal | None = None
    date: str | None = None
    reference: str | None = None
    currency_rate: Decimal | None = None
    status: str | None = None
    is_reconciled: bool | None = None


class Payments(Pages[Payment], frozen=True):
    """The envelope of payments."""

    payments: tuple[Payment, ...] = ()

    @property
    def rows(self) -> tuple[Payment, ...]:
        """The payments."""
        return self.payments
