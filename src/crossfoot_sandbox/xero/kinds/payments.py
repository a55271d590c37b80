"""What a payment is to Xero: money against one document, made once, never changed, only deleted (Xero fact 7.6)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from crossfoot_sandbox.xero import fields
from crossfoot_sandbox.xero.books.act import Act
from crossfoot_sandbox.xero.books.book import ACTIVE, DELETED, Book, XeroRecord
from crossfoot_sandbox.xero.books.organisation import Organisation
from crossfoot_sandbox.xero.kinds import exchange
from crossfoot_sandbox.xero.kinds.days import day, instant, lock_problems, show_day, today
from crossfoot_sandbox.xero.kinds.document_rules import AUTHORISED
from crossfoot_sandbox.xero.kinds.payment_shapes import embedded, payment_type
from crossfoot_sandbox.xero.kinds.resource import Form, Plan, UnknownIdError
from crossfoot_sandbox.xero.kinds.settling import OPEN_FIELD, settle
from crossfoot_sandbox.xero.kinds.sums import cents
from crossfoot_sandbox.xero.shape import ZERO_ID, Json, is_guid, ms_date, rounded, second
from crossfoot_sandbox.xero.where import Column

_DOCUMENT = fields.nested(
    dict.fromkeys(
        ("InvoiceID", "InvoiceNumber", "CreditNoteID", "CreditNoteNumber", "PrepaymentID", "OverpaymentID"),
        fields.text,
    )
)
_WRITABLE: Mapping[str, fields.Reader] = {
    "PaymentID": fields.text,
    **dict.fromkeys(("Invoice", "CreditNote", "Prepayment", "Overpayment"), _DOCUMENT),
    **dict.fromkeys(("InvoiceNumber", "CreditNoteNumber", "Code", "Reference"), fields.text),
    "Account": fields.nested(dict.fromkeys(("AccountID", "Code"), fields.text)),
    "Date": day,
    **dict.fromkeys(("Amount", "BankAmount", "CurrencyRate"), fields.number),
    "IsReconciled": fields.boolean,
    "Status": fields.enum("PaymentStatus", (AUTHORISED, DELETED)),
}
# Which document a payment names: the kind of record, the field of the payment, id and number within it
_TARGETS = (
    ("Invoices", "Invoice", "InvoiceID", "InvoiceNumber"),
    ("CreditNotes", "CreditNote", "CreditNoteID", "CreditNoteNumber"),
    ("Prepayments", "Prepayment", "PrepaymentID", ""),
    ("Overpayments", "Overpayment", "OverpaymentID", ""),
)


def _value(name: str) -> Any:
    return lambda record: record.values.get(name)


def _event_data(record: XeroRecord) -> Json:
    """By the pattern of the newer categories; the real schema is not known (fact 9)."""
    return {
        "Type": record.values["PaymentType"],
        "Status": record.status,
        "UpdatedDateUTCString": second(record.updated_ms),
    }


class Payments:
    """The payment's half of `api/writing.py` and `api/listing.py`."""

    key: ClassVar[str] = "Payments"
    type_name: ClassVar[str] = "Payment"
    columns: ClassVar[Mapping[str, Column]] = {
        "PaymentID": Column("Guid", lambda record: record.id),
        "Status": Column("String", lambda record: record.status),
        **{name: Column("String", _value(name)) for name in ("PaymentType", "Reference")},
        **{name: Column("Decimal", _value(name)) for name in ("Amount", "BankAmount", "CurrencyRate")},
        "Date": Column("DateTime", lambda record: instant(record.values["Date"])),
        "IsReconciled": Column("Boolean", _value("IsReconciled")),
        "Invoice.InvoiceID": Column("Guid", lambda record: record.values["Document"]["ID"]),
        "Account.AccountID": Column("Guid", lambda record: record.values["Account"]["AccountID"]),
        "UpdatedDateUTC": Column("DateTime", lambda record: record.updated),
    }

    read = staticmethod(fields.reader(_WRITABLE))

    @staticmethod
    def new_book(owner: str) -> Book:
        """Payments of one document are together; deleted ones stay readable."""
        return Book(
            "Payments",
            owner,
            {},
            documents=True,
            groups=lambda values: (values["Document"]["ID"],),
            event="PAYMENT",
            event_data=_event_data,
        )

    @staticmethod
    def named(book: Book, key: str) -> XeroRecord | None:
        """The payment with this id."""
        return book.live(key) if is_guid(key) else None

    @staticmethod
    def match(organisation: Organisation, changes: Json) -> XeroRecord | None:
        """A POST with a PaymentID means that payment, every other makes a new one."""
        wanted = changes.get("PaymentID", "")
        if not wanted or wanted == ZERO_ID:
            return None
        record = organisation.payments.live(wanted)
        if record is None:
            raise UnknownIdError("Payment could not be found")
        return record

    @staticmethod
    def plan(organisation: Organisation, record: XeroRecord | None, changes: Json, _places: int) -> Plan:
        """A new payment, or the deletion of one."""
        if record is None:
            return _new(organisation, changes)
        if any(name not in ("PaymentID", "Status") for name in changes):
            return Plan(["Only Status accepted for updates."])
        if changes.get("Status") != DELETED or record.status == DELETED:
            return Plan(["Payment not of valid status for modification"])
        if record.values["IsReconciled"]:
            return Plan(["This payment has been reconciled and cannot be deleted."])
        locked = lock_problems(organisation.details, record.values["Date"])
        moves = organisation.switches.payment_deletion_moves_date
        return Plan(locked, {}, DELETED, touch=moves)

    @staticmethod
    def follow(act: Act, record: XeroRecord, _changes: Json) -> None:
        """The document is settled anew."""
        document = record.values["Document"]
        settle(act, document["Kind"], act.organisation.book(document["Kind"])[document["ID"]])

    @staticmethod
    def shown(organisation: Organisation, record: XeroRecord, form: Form, places: int) -> Json:
        """The payment with its document, which is always called Invoice: whole by id and after a write, else by id and number."""
        values = record.values
        full = form in (Form.ONE, Form.WRITTEN)
        row: Json = {"PaymentID": record.id}
        show_day(row, "Date", values["Date"], twin=False)
        row |= {
            name: values[name]
            for name in ("BankAmount", "Amount", "Reference", "CurrencyRate")
            if name in values
        }
        row |= {"PaymentType": values["PaymentType"], "Status": record.status}
        row |= {
            "UpdatedDateUTC": ms_date(record.updated_ms),
            "UpdatedDateUTCString": second(record.updated_ms),
        }
        row |= {"HasAccount": True, "IsReconciled": values["IsReconciled"]}
        account = organisation.accounts[values["Account"]["AccountID"]]
        named = ("AccountID", "Code", "Name") if full else ("AccountID", "Code")
        row["Account"] = {name: account[name] for name in named if account.get(name)}
        document = values["Document"]
        row["Invoice"] = embedded(organisation, document["Kind"], document["ID"], full=full, places=places)
        row["HasValidationErrors"] = False
        return row

    @staticmethod
    def echo(sent: Json, record: XeroRecord | None, *, marked: bool) -> Json:
        """A refused payment as it comes back."""
        row: Json = {"PaymentID": record.id if record else ZERO_ID}
        show_day(row, "Date", sent.get("Date") or None, twin=False)
        row |= {
            name: sent[name] for name in ("Amount", "BankAmount", "CurrencyRate", "Reference") if name in sent
        }
        row |= {"Status": sent.get("Status", AUTHORISED), "HasAccount": "Account" in sent}
        row |= {
            name: sent[name]
            for name in ("Account", "Invoice", "CreditNote", "Prepayment", "Overpayment")
            if name in sent
        }
        row["HasValidationErrors"] = True
        if marked:
            row["StatusAttributeString"] = "ERROR"
        return row


def _new(organisation: Organisation, changes: Json) -> Plan:
    document, kind, problems = _document(organisation, changes)
    account, account_problems = _account(organisation, changes)
    amount: Decimal = cents(changes.get("Amount", Decimal(0)), organisation.switches.half_cent)
    if amount <= 0:
        problems.append("Payment amount must be greater than zero")
    if document is not None and not problems:
        if document.status != AUTHORISED:
            problems.append("Payments can only be made against Authorised documents")
        if amount > document.values[OPEN_FIELD[kind]]:
            problems.append("Payment amount exceeds the amount outstanding on this document")
    if organisation.switches.payment_reference_limited:
        problems += fields.too_long(changes, {"Reference": 255})
    paid_on = changes.get("Date") or today(organisation.details, organisation.now_ms())
    problems += account_problems + lock_problems(organisation.details, paid_on)
    if problems or document is None or account is None:
        return Plan(problems)
    values: Json = {
        "Document": {"Kind": kind, "ID": document.id},
        "Account": {"AccountID": account["AccountID"]},
        "Date": paid_on,
        "Amount": amount,
        "Reference": changes.get("Reference") or None,
        "IsReconciled": changes.get("IsReconciled", False),
        "PaymentType": payment_type(document),
        **_in_two_currencies(organisation, document, account, amount, {**changes, "Date": paid_on}),
    }
    return Plan([], values, AUTHORISED)


def _document(organisation: Organisation, changes: Json) -> tuple[XeroRecord | None, str, list[str]]:
    """The one document that a payment names, and its kind."""
    found: list[tuple[XeroRecord | None, str]] = []
    for kind, field, id_field, number_field in _TARGETS:
        named = changes.get(field, {})
        number = named.get(number_field) or changes.get(number_field, "")
        if named.get(id_field):
            found.append((organisation.book(kind).live(named[id_field]), kind))
        elif number:
            found.append((organisation.book(kind).find(number_field, number), kind))
    if len(found) > 1:
        return None, "", ["Payment is applied to more than one document."]
    if not found or found[0][0] is None:
        return None, "", ["Document could not be found"]
    return (*found[0], [])


def _account(organisation: Organisation, changes: Json) -> tuple[Json | None, list[str]]:
    """Where the money goes: a bank account, or one that takes payments."""
    named = changes.get("Account", {})
    code = named.get("Code") or changes.get("Code", "")
    account = organisation.accounts.get(named.get("AccountID", "").lower()) or (
        organisation.account(code) if code else None
    )
    if account is None or account["Status"] != ACTIVE:
        return None, ["Account could not be found."]
    if account["Type"] != "BANK" and not account.get("EnablePaymentsToAccount"):
        return None, ["Account type is invalid for making a payment to/from."]
    return account, []


def _in_two_currencies(
    organisation: Organisation, document: XeroRecord, account: Json, amount: Decimal, sent: Json
) -> Json:
    """The rate of the document's currency on the day, and the amount in the currency of the bank account (fact 7.6)."""
    base = str(organisation.details["BaseCurrency"])
    currency: str = document.values["CurrencyCode"]
    banked = account.get("CurrencyCode") or base
    mode = organisation.switches.half_cent
    rate = exchange.day_rate(currency, base, sent["Date"])
    if currency != base and sent.get("CurrencyRate", 0) > 0:
        rate = rounded(sent["CurrencyRate"], exchange.PLACES)
    if banked == currency:
        return {"BankAmount": amount, "CurrencyRate": rate}
    if sent.get("BankAmount", 0) > 0:
        bank_amount = cents(sent["BankAmount"], mode)
        known = rounded(amount / bank_amount, exchange.PLACES) if banked == base else rate
        return {"BankAmount": bank_amount, "CurrencyRate": known}
    in_bank = amount / rate * exchange.day_rate(banked, base, sent["Date"])
    return {"BankAmount": cents(in_bank, mode), "CurrencyRate": rate}
