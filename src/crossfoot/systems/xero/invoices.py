"""Sales invoices: which fields they have, what an answer tells about one, and what a write sends (Xero fact 7.4).

Only ACCREC: a bill (ACCPAY) is no record of ours, however Xero answers.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from crossfoot.model.counting import Counting
from crossfoot.model.documents import Prices
from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.lines import Lines
from crossfoot.model.posting import Posting
from crossfoot.model.problems import Cause, Problem
from crossfoot.model.receivables import Receivable
from crossfoot.model.records import Observation, Standing, Value
from crossfoot.systems.port import Action, FieldInfo, ValueType, Write
from crossfoot.systems.xero import invoice_lines
from crossfoot.systems.xero.answers import day, moment
from crossfoot.systems.xero.arithmetic import ARITHMETIC
from crossfoot.systems.xero.documents import Invoice
from crossfoot.systems.xero.settings import WHERE

TYPE = "ACCREC"

STATUSES: Mapping[str, str] = {
    "DRAFT": "Draft",
    "SUBMITTED": "Awaiting approval",
    "AUTHORISED": "Awaiting payment",
    "PAID": "Paid",
    "VOIDED": "Voided",
}
"""Status to the label on Xero's pages. A DELETED invoice is archived, and not a state that anybody chooses."""

UNAPPROVED = frozenset({"DRAFT", "SUBMITTED"})
CLOSED = frozenset({"VOIDED", "DELETED"})

PRICES: Mapping[str, str] = {
    "Exclusive": "Tax exclusive",
    "Inclusive": "Tax inclusive",
    "NoTax": "No tax",
}

POSTING = Posting(
    currency="CurrencyCode",
    date="Date",
    state="Status",
    posted=frozenset({"AUTHORISED", "PAID", "VOIDED"}),
    needs=("DueDate",),
    lines=invoice_lines.PATH,
    coded=True,
    never_negative=frozenset({"quantity"}),
    number="InvoiceNumber",
    due="AmountDue",
    where=WHERE,
)
"""What Xero checks before it takes an invoice (Xero fact 7.4). Whether it takes quantities below zero is disputed, so none is sent."""

COUNTING = Counting(
    ARITHMETIC,
    currency="CurrencyCode",
    lines=invoice_lines.PATH,
    tax="TotalTax",
    total="Total",
    paid="AmountPaid",
    due="AmountDue",
    credited="AmountCredited",
    prices="LineAmountTypes",
    words={"Exclusive": Prices.EXCLUSIVE, "Inclusive": Prices.INCLUSIVE, "NoTax": Prices.NO_TAX},
)
RECEIVABLE = Receivable(
    customer="Contact",
    state="Status",
    paid="AmountPaid",
    credited="AmountCredited",
    due="AmountDue",
    due_on="DueDate",
    issued_on="Date",
    currency="CurrencyCode",
    rate="CurrencyRate",
    number="InvoiceNumber",
    last_paid_on="LastPaymentDate",
)
"""What an invoice tells of what its customer owes. The rate is units of its currency for one of the organisation's (Xero fact 8.3)."""

_MONEY: Mapping[str, tuple[str, str]] = {
    "SubTotal": ("sub_total", "Subtotal"),
    "TotalTax": ("total_tax", "Total tax"),
    "Total": ("total", "Total"),
    "TotalDiscount": ("total_discount", "Total discount"),
    "AmountPaid": ("amount_paid", "Amount paid"),
    "AmountCredited": ("amount_credited", "Amount credited"),
    "AmountDue": ("amount_due", "Amount due"),
}
"""What Xero computes: path to attribute and label."""

PATHS: Mapping[str, FieldInfo] = {
    info.path: info
    for info in (
        FieldInfo("Contact", "Contact", ValueType.REFERENCE, refers_to=Kind.CONTACT),
        FieldInfo("InvoiceNumber", "Invoice number", max_length=255, unique=True),
        FieldInfo("Reference", "Reference", max_length=255),
        FieldInfo("Url", "Link to the source", unique=True),
        FieldInfo("Date", "Issue date", ValueType.DATE),
        FieldInfo("DueDate", "Due date", ValueType.DATE),
        FieldInfo("CurrencyCode", "Currency", max_length=3),
        FieldInfo("CurrencyRate", "Exchange rate", ValueType.NUMBER),
        FieldInfo("LineAmountTypes", "Amounts are", ValueType.OPTION, options=PRICES),
        FieldInfo("Status", "Status", ValueType.OPTION, options=STATUSES),
        FieldInfo("BrandingThemeID", "Branding theme", max_length=36),
        FieldInfo("SentToContact", "Marked as sent", ValueType.BOOLEAN),
        FieldInfo("ExpectedPaymentDate", "Expected payment date", ValueType.DATE),
        FieldInfo(invoice_lines.PATH, "Lines", ValueType.LINES, max_length=invoice_lines.DESCRIPTION_MAX),
        *(FieldInfo(path, label, ValueType.MONEY, writable=False) for path, (_, label) in _MONEY.items()),
        FieldInfo("FullyPaidOnDate", "Fully paid on", ValueType.DATE, writable=False),
        FieldInfo("LastPaymentDate", "Last payment on", ValueType.DATE, writable=False),
        FieldInfo("Link", "Link to the invoice in Xero", writable=False),
        FieldInfo("UpdatedDateUTC", "Last changed", ValueType.MOMENT, writable=False),
    )
}

_ALWAYS_WITH_LINES = "LineAmountTypes"
"""Sent with every list of lines, and therefore seen with it: lines without it count as exclusive of tax (Xero's OpenAPI file)."""

_CLEARABLE = frozenset({"Reference", "Url"})
"""Texts that an empty text empties; a date, a rate or a theme has no such form."""

_PAGE = "https://go.xero.com/AccountsReceivable/View.aspx?InvoiceID="
"""The page in whichever organisation is open (developer.xero.com, "Deep link to Xero")."""

Getter = Callable[[Invoice], Value]


def page(home: str | None, invoice_id: str) -> str:
    """Where a person sees the invoice. `home` is the address under which the organisation's pages stand, None if it has no short code."""
    return f"{home}invoicing/view/{invoice_id}" if home else f"{_PAGE}{invoice_id}"


def _money(attribute: str) -> Getter:
    return lambda invoice: getattr(invoice, attribute)


def _due(invoice: Invoice) -> Value:
    """Nothing is due of a voided or deleted invoice, although Xero goes on telling its full amount (Xero fact 7.4)."""
    return Decimal(0) if invoice.status in CLOSED else invoice.amount_due


def _discount(invoice: Invoice) -> Value:
    """Left out where there is none."""
    return (
        Decimal(0)
        if invoice.total_discount is None and invoice.is_discounted is False
        else invoice.total_discount
    )


def _last_payment(invoice: Invoice) -> Value:
    days = [day(None, payment.date) for payment in invoice.payments or ()]
    return max((each for each in days if each is not None), default=None)


_READ: Mapping[str, Getter] = {
    "Contact": lambda invoice: (invoice.contact.contact_id if invoice.contact else None) or None,
    "InvoiceNumber": lambda invoice: invoice.invoice_number or None,
    "Reference": lambda invoice: invoice.reference or None,
    "Url": lambda invoice: invoice.url or None,
    "Date": lambda invoice: day(invoice.date_string, invoice.date),
    "DueDate": lambda invoice: day(invoice.due_date_string, invoice.due_date),
    "CurrencyCode": lambda invoice: invoice.currency_code or None,
    "CurrencyRate": lambda invoice: invoice.currency_rate,
    "LineAmountTypes": lambda invoice: invoice.line_amount_types or None,
    "Status": lambda invoice: invoice.status or None,
    "BrandingThemeID": lambda invoice: invoice.branding_theme_id or None,
    "SentToContact": lambda invoice: invoice.sent_to_contact,
    "ExpectedPaymentDate": lambda invoice: day(None, invoice.expected_payment_date),
    invoice_lines.PATH: lambda invoice: (
        None if invoice.line_items is None else invoice_lines.observed(invoice.line_items)
    ),
    **{path: _money(attribute) for path, (attribute, _) in _MONEY.items()},
    "TotalDiscount": _discount,
    "AmountDue": _due,
    "FullyPaidOnDate": lambda invoice: day(None, invoice.fully_paid_on_date),
    "LastPaymentDate": _last_payment,
    "UpdatedDateUTC": lambda invoice: moment(invoice.updated_date_utc),
}

_NEVER_EMPTY = frozenset(
    {
        "Contact",
        "CurrencyCode",
        "CurrencyRate",
        "LineAmountTypes",
        "SentToContact",
        "Status",
        invoice_lines.PATH,
        *_MONEY,
    }
)
"""Their absence from an answer tells nothing: which of them Xero leaves out differs per call (Xero fact 4.3)."""


def _says_nothing(invoice: Invoice, path: str) -> bool:
    """Whether the absence of a value tells nothing."""
    if path == "LastPaymentDate":
        return invoice.payments is None and invoice.amount_paid != 0
    if path == "FullyPaidOnDate":
        return invoice.status == "PAID"
    return path in _NEVER_EMPTY


def wanted(paths: Mapping[Kind, Collection[str]]) -> tuple[str, ...]:
    """The paths to observe; with the lines what their prices say about tax, because a write needs both."""
    asked = paths.get(Kind.INVOICE)
    if asked is None:
        return tuple(PATHS)
    more = {_ALWAYS_WITH_LINES} if invoice_lines.PATH in asked else set()
    return tuple(path for path in PATHS if path in asked or path in more)


def standing(invoice: Invoice) -> Standing:
    """A deleted draft is archived. A voided invoice stays a document of the books, and its state travels."""
    return Standing.ARCHIVED if invoice.status == "DELETED" else Standing.LIVE


def observe(
    invoice: Invoice,
    paths: Collection[str] = tuple(_READ),
    *,
    home: str | None = None,
    written: bool = False,
) -> Observation:
    """What an answer tells about an invoice. `written`: the answer is that of a write, of which only what it names is told."""
    fields: dict[str, Value] = {}
    for path in paths:
        if path == "Link":
            fields[path] = page(home, invoice.invoice_id)
            continue
        value = _READ[path](invoice)
        if value is not None or not (written or _says_nothing(invoice, path)):
            fields[path] = value
    return Observation(
        ref=Ref(Side.LEDGER, Kind.INVOICE, invoice.invoice_id),
        standing=standing(invoice),
        fields=fields,
        modified=moment(invoice.updated_date_utc),
    )


def ours(invoice: Invoice) -> bool:
    """Whether it is a sales invoice."""
    return invoice.type == TYPE


def inexpressible(write: Write) -> Problem | None:
    """Why the invoice cannot be as the write wants it, before it is sent."""
    for path, value in write.values.items():
        if (
            value is None
            and write.action is not Action.CREATE
            and path not in (*_CLEARABLE, invoice_lines.PATH)
        ):
            return Problem(
                Cause.INEXPRESSIBLE,
                f"Xero cannot empty '{PATHS[path].label}' of an invoice.",
                "Give it another value, or leave it as it is.",
                path,
            )
    create = write.action is Action.CREATE
    if create and not write.values.get("Contact"):
        return Problem(
            Cause.NOT_READY,
            "An invoice in Xero needs a contact, and none is named.",
            "Sync the customer first, so that the Xero contact exists.",
            "Contact",
        )
    if create or invoice_lines.PATH in write.values:
        problem = invoice_lines.inexpressible(write.values.get(invoice_lines.PATH))
        if problem is not None:
            return problem
    url = write.values.get("Url")
    if isinstance(url, str) and "xero" in url.lower():
        return Problem(
            Cause.INEXPRESSIBLE,
            f"Xero takes no link to a source that has 'xero' in it ({url}).",
            "Link to another address.",
            "Url",
        )
    return _impossible_state(write) if write.values.get("Status") is not None else None


def _impossible_state(write: Write) -> Problem | None:
    """Why nobody can bring the invoice into the state that is wanted (Xero fact 7.4, statuses)."""
    state, was = write.values["Status"], write.seen.get("Status")
    if state == "PAID":
        what, fix = "Only payments make an invoice paid in Xero.", "Record the payment."
    elif state == "DELETED":
        what, fix = (
            "An invoice is not deleted by its status.",
            "Archive it: a draft is deleted, an approved one voided.",
        )
    elif state == "VOIDED" and (write.action is Action.CREATE or was in UNAPPROVED):
        what, fix = "Xero voids approved invoices only; a draft is deleted.", "Delete the draft in Xero."
    elif state == "AUTHORISED" and _without_due_date(write):
        return Problem(
            Cause.NOT_READY,
            "Xero approves no invoice without a due date, and this one has none.",
            "Fill in the due date.",
            "DueDate",
        )
    else:
        return None
    return Problem(Cause.INEXPRESSIBLE, what, fix, "Status")


def _without_due_date(write: Write) -> bool:
    known = {**write.seen, **write.values}
    return known.get("DueDate") is None and (write.action is Action.CREATE or "DueDate" in known)


def body(write: Write) -> dict[str, Any]:
    """The element that a create or an update sends: what changes, and with the lines what their prices say about tax.

    Of the contact only the id is sent: anything else would change the contact itself (Xero fact 7.4, contact block).
    """
    element: dict[str, Any] = {"Type": TYPE} if write.id is None else {"InvoiceID": write.id}
    for path, value in write.values.items():
        if path == "Contact":
            element[path] = {"ContactID": value}
        elif isinstance(value, Lines):
            element["LineItems"] = invoice_lines.elements(value, write.seen.get(path))
            prices = write.seen.get(_ALWAYS_WITH_LINES)
            if prices is not None:
                element.setdefault(_ALWAYS_WITH_LINES, prices)
        elif isinstance(value, date):
            element[path] = value.isoformat()
        elif value is not None:
            element[path] = value
        elif write.action is not Action.CREATE:
            element[path] = ""
    return element
