"""What a bank transaction is to Xero: money received or spent; the only way to an overpayment or a prepayment (Xero fact 7.7)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from crossfoot_sandbox.xero import fields
from crossfoot_sandbox.xero.books.act import Act
from crossfoot_sandbox.xero.books.book import Book, XeroRecord
from crossfoot_sandbox.xero.books.organisation import Organisation
from crossfoot_sandbox.xero.kinds import document_shapes as shapes
from crossfoot_sandbox.xero.kinds import exchange, lines
from crossfoot_sandbox.xero.kinds.days import day, lock_problems, show_day, today
from crossfoot_sandbox.xero.kinds.document_contact import Chosen, chosen
from crossfoot_sandbox.xero.kinds.document_rules import AUTHORISED, DELETED, SETTLED_TEXT, VOIDED, settled
from crossfoot_sandbox.xero.kinds.documents import read_contact_block
from crossfoot_sandbox.xero.kinds.resource import Form, Plan, UnknownIdError
from crossfoot_sandbox.xero.kinds.sums import EXCLUSIVE, INCLUSIVE, NO_TAX, totals
from crossfoot_sandbox.xero.shape import ZERO_ID, Json, is_guid, ms_date, rounded
from crossfoot_sandbox.xero.where import Column

_CREDIT: Mapping[str, str] = {
    "RECEIVE-OVERPAYMENT": "Overpayments",
    "SPEND-OVERPAYMENT": "Overpayments",
    "RECEIVE-PREPAYMENT": "Prepayments",
    "SPEND-PREPAYMENT": "Prepayments",
}
_TYPES = ("RECEIVE", "SPEND", *_CREDIT)
_WRITABLE: Mapping[str, fields.Reader] = {
    **dict.fromkeys(("BankTransactionID", "Reference", "CurrencyCode", "Url"), fields.text),
    "Type": fields.enum("BankTransactionType", _TYPES),
    "Contact": read_contact_block,
    "LineItems": lines.read_lines,
    "BankAccount": fields.nested(dict.fromkeys(("AccountID", "Code"), fields.text)),
    "IsReconciled": fields.boolean,
    "Date": day,
    "CurrencyRate": fields.number,
    "Status": fields.enum("BankTransactionStatus", (AUTHORISED, DELETED, VOIDED)),
    "LineAmountTypes": fields.enum("LineAmountTypes", (EXCLUSIVE, INCLUSIVE, NO_TAX)),
}


class BankTransactions:
    """The bank transaction's half of `api/writing.py` and `api/listing.py`."""

    key: ClassVar[str] = "BankTransactions"
    type_name: ClassVar[str] = "BankTransaction"
    columns: ClassVar[Mapping[str, Column]] = {
        **shapes.columns(
            ("Type", "Reference", "CurrencyCode"),
            ("SubTotal", "TotalTax", "Total", "CurrencyRate"),
            ("Date",),
        ),
        "BankTransactionID": Column("Guid", lambda record: record.id),
        "IsReconciled": Column("Boolean", lambda record: record.values["IsReconciled"]),
        "BankAccount.AccountID": Column("Guid", lambda record: record.values["BankAccount"]["AccountID"]),
    }

    read = staticmethod(fields.reader(_WRITABLE))

    @staticmethod
    def new_book(owner: str) -> Book:
        """Those of one contact are together."""
        return Book(
            "BankTransactions",
            owner,
            {},
            documents=True,
            groups=lambda values: (values["Contact"]["ContactID"],),
        )

    @staticmethod
    def named(book: Book, key: str) -> XeroRecord | None:
        """The one with this id."""
        return book.live(key) if is_guid(key) else None

    @staticmethod
    def match(organisation: Organisation, changes: Json) -> XeroRecord | None:
        """By id only."""
        wanted = changes.get("BankTransactionID", "")
        if not wanted or wanted == ZERO_ID:
            return None
        record = organisation.book("BankTransactions").live(wanted)
        if record is None:
            raise UnknownIdError("Bank transaction could not be found")
        return record

    @staticmethod
    def plan(organisation: Organisation, record: XeroRecord | None, changes: Json, places: int) -> Plan:
        """A new transaction, or the deletion of one; edits of any other kind are missing here."""
        if record is not None:
            return _deletion(organisation, record, changes)
        return _new(organisation, changes, places)

    @staticmethod
    def follow(act: Act, record: XeroRecord, _changes: Json) -> None:
        """An overpayment or prepayment is void together with its transaction."""
        kind = _CREDIT.get(record.values["Type"], "")
        if kind and record.status == DELETED:
            book = act.organisation.book(kind)
            act.change(kind, book[record.values[book.id_field]], {}, status=VOIDED)

    @staticmethod
    def shown(organisation: Organisation, record: XeroRecord, form: Form, places: int) -> Json:
        """As the OpenAPI examples have it; without page no lines."""
        values, written = record.values, form is Form.WRITTEN
        full = written or form is Form.ONE
        account = organisation.accounts[values["BankAccount"]["AccountID"]]
        row: Json = {"BankTransactionID": record.id}
        row["BankAccount"] = {
            name: account[name] for name in ("AccountID", "Code", "Name") if account.get(name)
        }
        row["Type"] = values["Type"]
        shapes.copied(values, ("Reference", "Url", "OverpaymentID", "PrepaymentID"), row)
        row |= {"IsReconciled": values["IsReconciled"], "CurrencyRate": values["CurrencyRate"]}
        if not written:
            row["HasAttachments"] = False
        row["Contact"] = shapes.contact_of(organisation, record, full=full, written=written)
        show_day(row, "Date", values["Date"])
        row |= {"Status": record.status, "LineAmountTypes": values["LineAmountTypes"]}
        kept = values["LineItems"] if form is not Form.LIST else []
        row["LineItems"] = lines.shown_lines(organisation, kept, places=places, one=full)
        shapes.copied(values, ("SubTotal", "TotalTax", "Total"), row)
        return {**row, "UpdatedDateUTC": ms_date(record.updated_ms), "CurrencyCode": values["CurrencyCode"]}

    @staticmethod
    def echo(sent: Json, record: XeroRecord | None, *, marked: bool) -> Json:
        """A refused element as it comes back."""
        row: Json = {"BankTransactionID": record.id if record else ZERO_ID}
        row |= {name: value for name, value in sent.items() if name not in ("BankTransactionID", "Date")}
        show_day(row, "Date", sent.get("Date") or None)
        return {**row, "StatusAttributeString": "ERROR"} if marked else row


def _deletion(organisation: Organisation, record: XeroRecord, changes: Json) -> Plan:
    if changes.get("Status") != DELETED or record.status != AUTHORISED:
        return Plan(["This Bank Transaction cannot be edited."])
    if record.values["IsReconciled"]:
        return Plan(
            ["This Bank Transaction cannot be edited as it has been reconciled with a Bank Statement."]
        )
    kind = _CREDIT.get(record.values["Type"], "")
    if kind:
        book = organisation.book(kind)
        if settled(book[record.values[book.id_field]]):
            return Plan([SETTLED_TEXT])
    return Plan(lock_problems(organisation.details, record.values["Date"]), {}, DELETED)


def _new(organisation: Organisation, changes: Json, places: int) -> Plan:
    type_ = changes.get("Type", "")
    who, problems = chosen(organisation, changes.get("Contact"))
    if not type_:
        problems.append("Bank Transaction Type must be specified.")
    account, account_problems = _bank_account(organisation, changes)
    problems += account_problems
    kind = _CREDIT.get(type_, "")
    basis = NO_TAX if kind == "Overpayments" else changes.get("LineAmountTypes", EXCLUSIVE)
    sent = changes.get("LineItems", [])
    if kind == "Overpayments":  # posted to receivables, which no line may name
        sent = [{k: v for k, v in line.items() if k not in ("AccountCode", "AccountID")} for line in sent]
    side = lines.Kind("SalesDetails" if type_.startswith("RECEIVE") else "PurchaseDetails", discounts=False)
    status = "DRAFT" if kind == "Overpayments" else AUTHORISED
    planned = lines.planned(lines.Setting(organisation, side, basis, basis, status, places), [], sent)
    sums = totals(planned.rows, basis, organisation.switches.half_cent)
    problems += planned.problems
    if not planned.rows:
        problems.append("One or more line items must be specified")
    elif sums.total <= 0:
        problems.append("The Total for this document must be greater than zero.")
    received = changes.get("Date") or today(organisation.details, organisation.now_ms())
    problems += lock_problems(organisation.details, received)
    if problems or account is None or who is None:
        return Plan(list(dict.fromkeys(problems)))
    values: Json = {
        "Type": type_,
        "Date": received,
        "BankAccount": {"AccountID": account["AccountID"]},
        "IsReconciled": changes.get("IsReconciled", False),
        "Reference": changes.get("Reference") or None,
        "Url": changes.get("Url") or None,
        "LineAmountTypes": basis,
        "LineItems": planned.rows,
        "SubTotal": sums.sub_total,
        "TotalTax": sums.total_tax,
        "Total": sums.total,
        **_currency(organisation, account, changes, received),
    }
    return Plan([], values, AUTHORISED, planned.warnings, first=lambda act: _first(act, kind, who, values))


def _first(act: Act, kind: str, who: Chosen, values: Json) -> Json:
    """The contact, and the overpayment or prepayment that the transaction makes."""
    contact = who.settle(act)
    if not kind:
        return contact
    own = ("BankAccount", "IsReconciled", "Url")
    credit: Json = {name: value for name, value in values.items() if name not in own} | contact
    credit |= {"RemainingCredit": values["Total"], "Allocations": [], "Payments": []}
    record = act.create(kind, credit, AUTHORISED)
    return {**contact, act.organisation.book(kind).id_field: record.id}


def _bank_account(organisation: Organisation, changes: Json) -> tuple[Json | None, list[str]]:
    named = changes.get("BankAccount", {})
    account = organisation.accounts.get(named.get("AccountID", "").lower()) or organisation.account(
        named.get("Code", "")
    )
    if account is None or account["Status"] != "ACTIVE" or account["Type"] != "BANK":
        return None, ["Bank account could not be found."]
    return account, []


def _currency(organisation: Organisation, account: Json, changes: Json, received: Any) -> Json:
    """The bank account's currency; an overpayment may be in another (OpenAPI)."""
    base = str(organisation.details["BaseCurrency"])
    code = account.get("CurrencyCode") or base
    if changes.get("Type", "").endswith("OVERPAYMENT") and changes.get("CurrencyCode"):
        code = changes["CurrencyCode"].upper()
    if code == base:
        return {"CurrencyCode": code, "CurrencyRate": exchange.day_rate(base, base, received)}
    rate = changes.get("CurrencyRate")
    given = rounded(rate, exchange.PLACES) if rate and rate > 0 else exchange.day_rate(code, base, received)
    return {"CurrencyCode": code, "CurrencyRate": given}
