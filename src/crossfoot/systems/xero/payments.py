"""Payments of sales invoices: which fields they have, what an answer tells about one, and what a write sends (Xero fact 7.6).

A payment is made once and never changed, only deleted. Our key stands first in its reference, before what people read there: Xero keeps
no other text with a payment, and how long that one may be nobody knows.
"""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.posting import Posting
from crossfoot.model.problems import Cause, Problem
from crossfoot.model.records import Observation, Standing, Value
from crossfoot.systems.port import FieldInfo, ValueType, Write
from crossfoot.systems.xero.answers import day, moment
from crossfoot.systems.xero.documents import Payment
from crossfoot.systems.xero.settings import WHERE

TYPE = "ACCRECPAYMENT"

KEY_PATH = "Reference.Key"
"""Not a field of Xero's: the word of ours with which the reference begins."""

STATUSES: Mapping[str, str] = {"AUTHORISED": "Recorded", "DELETED": "Deleted"}

PATHS: Mapping[str, FieldInfo] = {
    info.path: info
    for info in (
        FieldInfo("Invoice", "Invoice", ValueType.REFERENCE, refers_to=Kind.INVOICE),
        FieldInfo("Account", "Account", max_length=36),
        FieldInfo("Amount", "Amount", ValueType.MONEY),
        FieldInfo("Date", "Date", ValueType.DATE),
        FieldInfo("Reference", "Reference"),
        FieldInfo(KEY_PATH, "Reference: what it was made from", writable=False, unique=True),
        FieldInfo("Currency", "Currency of the invoice", writable=False, max_length=3),
        FieldInfo("CurrencyRate", "Exchange rate", ValueType.NUMBER),
        FieldInfo("Status", "Status", ValueType.OPTION, options=STATUSES, writable=False),
        FieldInfo("IsReconciled", "Reconciled with the bank", ValueType.BOOLEAN, writable=False),
        FieldInfo("PaymentType", "Type", writable=False),
    )
}

REQUIRED = ("Invoice", "Account", "Amount", "Date")

POSTING = Posting(
    date="Date", pays="Invoice", amount="Amount", account="Account", reconciled="IsReconciled", where=WHERE
)
"""What Xero checks before it takes a payment (Xero fact 7.6)."""

_KEY = re.compile(r"([a-z]+:[^\s:]+:[a-z_]+:[^\s:]+)(?:\s+(.*))?", re.DOTALL)
"""`hubspot:48000001:payment:512`, as `model.identity.creation_key` makes it, and what stands after it."""

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

Getter = Callable[[Payment], Value]


def parts(payment: Payment) -> tuple[str | None, str | None]:
    """Our key, if the payment is our own making, and what people read in the reference."""
    text = (payment.reference or "").strip()
    found = _KEY.fullmatch(text)
    return (found[1], found[2] or None) if found else (None, text or None)


def _account(payment: Payment) -> Value:
    """The account's code; its id where it has none."""
    return (payment.account.code or payment.account.account_id or None) if payment.account else None


_READ: Mapping[str, Getter] = {
    "Invoice": lambda payment: (payment.invoice.invoice_id if payment.invoice else None) or None,
    "Account": _account,
    "Amount": lambda payment: payment.amount,
    "Date": lambda payment: day(None, payment.date),
    "Reference": lambda payment: parts(payment)[1],
    KEY_PATH: lambda payment: parts(payment)[0],
    "Currency": lambda payment: (payment.invoice.currency_code if payment.invoice else None) or None,
    "CurrencyRate": lambda payment: payment.currency_rate,
    "Status": lambda payment: payment.status or None,
    "IsReconciled": lambda payment: payment.is_reconciled,
    "PaymentType": lambda payment: payment.payment_type or None,
}

_MAY_BE_EMPTY = frozenset({"Reference", KEY_PATH})
"""Of everything else the absence from an answer tells nothing (Xero fact 4.3)."""


def wanted(paths: Mapping[Kind, Collection[str]]) -> tuple[str, ...]:
    """The paths to observe."""
    asked = paths.get(Kind.PAYMENT)
    return tuple(path for path in _READ if asked is None or path in asked)


def observe(payment: Payment, paths: Collection[str] = tuple(_READ)) -> Observation:
    """What an answer tells about a payment. A deleted one is archived."""
    fields = {path: _READ[path](payment) for path in paths}
    return Observation(
        ref=Ref(Side.LEDGER, Kind.PAYMENT, payment.payment_id),
        standing=Standing.ARCHIVED if payment.status == "DELETED" else Standing.LIVE,
        fields={path: value for path, value in fields.items() if value is not None or path in _MAY_BE_EMPTY},
        modified=moment(payment.updated_date_utc),
    )


def ours(payment: Payment) -> bool:
    """Whether it pays a sales invoice. Payments of bills and refunds are not."""
    return payment.payment_type == TYPE


def inexpressible(write: Write) -> Problem | None:
    """Why there cannot be such a payment, before it is sent."""
    for path in REQUIRED:
        if write.values.get(path) is None:
            return Problem(
                Cause.NOT_READY,
                f"A payment in Xero needs '{PATHS[path].label}', and this one has none.",
                "Fill it in, or map it.",
                path,
            )
    amount = write.values["Amount"]
    if not isinstance(amount, Decimal) or amount <= 0:
        return Problem(
            Cause.INVALID,
            f"A payment in Xero is more than nothing, and this one is {amount}.",
            "Correct the amount. What was paid back is a refund, which is entered in Xero.",
            "Amount",
        )
    if amount != round(amount, 2):
        return Problem(
            Cause.INEXPRESSIBLE,
            f"Xero keeps two decimals of a payment, and this one is {amount:f}.",
            "Correct the amount.",
            "Amount",
        )
    return None


def body(write: Write) -> dict[str, Any]:
    """The element that a creation sends."""
    element: dict[str, Any] = {}
    for path, value in write.values.items():
        if value is None or path == "Reference":
            continue
        if path == "Invoice":
            element[path] = {"InvoiceID": value}
        elif path == "Account":
            element[path] = {"AccountID" if _ID.fullmatch(str(value)) else "Code": value}
        else:
            element[path] = value.isoformat() if isinstance(value, date) else value
    reference = " ".join(str(text) for text in (write.key, write.values.get("Reference")) if text)
    if reference:
        element["Reference"] = reference
    return element


def undeletable(payment: Payment) -> Problem | None:
    """Why a payment cannot be deleted through the API."""
    if payment.is_reconciled:
        return Problem(
            Cause.INVALID,
            "The Xero payment is reconciled with a bank statement, so it cannot be deleted from here.",
            "Undo the reconciliation in Xero first (Bank accounts, Account transactions, Remove & Redo), then sync again.",
            "IsReconciled",
        )
    if payment.batch_payment_id:
        return Problem(
            Cause.INVALID,
            "The Xero payment is part of a batch payment, and such payments cannot be deleted one by one.",
            "Delete the batch payment in Xero, or leave the payment as it is.",
        )
    return None
