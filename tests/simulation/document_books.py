"""The sandbox's books of documents in the words of the stories: invoices, deals and payments, with their lines, and who wrote what when.

A line is known by the mark with which it begins, on both sides and for ever, so nothing here depends on how Crossfoot pairs lines. What a deal
becomes in the ledger is a "deal" there too; an invoice that was not made from a deal is an "invoice".
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tests.simulation.books import (
    CRM_BOOK,
    CRM_NAMES,
    DOCUMENTS,
    KEY,
    LINE_WORDS,
    MONEY,
    Books,
    Edit,
    Entry,
    plain,
)

from crossfoot_sandbox.hubspot.books.book import HubRecord
from crossfoot_sandbox.hubspot.pages.portal import Portal
from crossfoot_sandbox.xero.books.book import XeroRecord

TAXES = {"OUTPUT2": "15", "ZERORATED": "0", "NONE": "", "EXEMPTOUTPUT": "0"}
"""The ledger's tax types that people here use, as percentages."""

PAGES = {"0-53": "invoice", "0-3": "deal"}
"""What stands in the address of a page of HubSpot, and the kind that it shows (HubSpot fact 1)."""

_OF_LINE = {
    "": "name",
    " quantity": "quantity",
    " price": "price",
    " discount": "hs_discount_percentage",
    " item": "hs_sku",
}
_MONEY = dict(
    zip(MONEY, ("SubTotal", "TotalTax", "Total", "AmountPaid", "AmountCredited", "AmountDue"), strict=True)
)


class AllBooks(Books):
    """The books of records and of documents."""

    def crm(self, kind: str, record_id: str) -> Entry | None:
        """One record of the CRM."""
        if kind not in DOCUMENTS:
            return super().crm(kind, record_id)
        record = self.portal.book(CRM_BOOK[kind]).get(record_id)
        return None if record is None else self._listed(kind, record, _of_crm(self.portal, kind, record))

    def ledger(self, kind: str, record_id: str) -> Entry | None:
        """One record of the ledger."""
        if kind not in DOCUMENTS:
            return super().ledger(kind, record_id)
        found = [each for each in self.all("ledger", kind) if each.id == record_id]
        return found[0] if found else None

    def all(self, side: str, kind: str) -> list[Entry]:
        """Every record ever of a kind."""
        if kind not in DOCUMENTS:
            return super().all(side, kind)
        if side == "crm":
            book = self.portal.book(CRM_BOOK[kind]).values()
            return [self._listed(kind, record, _of_crm(self.portal, kind, record)) for record in book]
        if kind == "payment":
            records = self.organisation.book("Payments").values()
            return [_payment(each) for each in records if each.values["Document"]["Kind"] == "Invoices"]
        records = self.organisation.book("Invoices").values()
        return [
            _invoice(kind, each)
            for each in records
            if each.values["Type"] == "ACCREC" and (_origin(each)[0] == "deal") is (kind == "deal")
        ]

    # ── what belongs together ──

    def lines(self, side: str, kind: str, record_id: str) -> Mapping[str, str]:
        """The lines of a document that are there now: mark to id. Twice the same mark is a line of its own, "#1 again"."""
        found: dict[str, str] = {}
        if side == "crm":
            ids = [each for each, _ in self.portal.links.of((CRM_BOOK[kind], "line_items"), record_id)]
            told = [(each, self.portal.books["line_items"][each].values.get("name")) for each in ids]
        else:
            rows = self.organisation.book("Invoices")[record_id].values.get("LineItems", ())
            told = [(str(row["LineItemID"]), row.get("Description")) for row in rows]
        for line_id, text in told:
            found[f"{mark(text)} again" if mark(text) in found else mark(text)] = line_id
        return found

    def customer(self, side: str, kind: str, record_id: str) -> tuple[str, str] | None:
        """The kind and id of whom a document is for."""
        if side == "ledger":
            contact = self.organisation.book("Invoices")[record_id].values["Contact"]["ContactID"]
            return next(
                (
                    (each, contact)
                    for each in ("person", "company")
                    if any(entry.id == contact for entry in self.all("ledger", each))
                ),
                None,
            )
        for one in ("company", "person"):
            linked = [each for each, _ in self.portal.links.of((CRM_BOOK[kind], CRM_BOOK[one]), record_id)]
            if linked:
                return one, linked[0]
        return None

    def paid_document(self, side: str, payment_id: str) -> str:
        """The invoice that a payment is for; "" if there is none."""
        if side == "ledger":
            return str(self.organisation.book("Payments")[payment_id].values["Document"]["ID"])
        linked = [each for each, _ in self.portal.links.of(("commerce_payments", "invoices"), payment_id)]
        return linked[0] if linked else ""

    def _listed(self, kind: str, record: HubRecord, entry: Entry) -> Entry:
        return replace(entry, listed_from=self._listed_from(kind, record))


def mark(text: object) -> str:
    """What a line is known by: the first word of its description, if it is a mark."""
    first = str(text or "").split(" ", 1)[0]
    return first if first.startswith("#") else ""


# ── the CRM ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _of_crm(portal: Portal, kind: str, record: HubRecord) -> Entry:
    names = CRM_NAMES[kind]
    told: list[tuple[datetime, str, dict[str, str]]] = []
    for version in record.versions:
        changed = {
            word: plain(kind, word, version.values[name] or "")
            for word, name in names.items()
            if name in version.values
        }
        if "archived" in version.values:
            changed["archived"] = "yes" if version.values["archived"] else ""
        told.append((version.at, version.author, changed))
    values = {word: plain(kind, word, record.values.get(name) or "") for word, name in names.items()}
    if kind != "payment":
        lines = portal.links.every((CRM_BOOK[kind], "line_items"), record.id)
        for line in (portal.books["line_items"][each] for each in lines):
            told += _of_crm_line(portal, line)
            if line.alive:
                values |= _crm_line(portal, line.values)
        values |= {word: "" for word in LINE_WORDS if word not in values}
    return Entry(
        "crm",
        kind,
        record.id,
        record.created_by,
        record.alive,
        record.archived is not None,
        record.merged_into,
        record.values.get(KEY, ""),
        values,
        _edits(told),
    )


def _of_crm_line(portal: Portal, line: HubRecord) -> Iterable[tuple[datetime, str, dict[str, str]]]:
    """Who wrote what of a line. One that is given another line's text is that line from then on, and no longer the one that it was."""
    state: dict[str, str | None] = {}
    before: dict[str, str] = {}
    for version in line.versions:
        state.update(version.values)
        now = {} if state.get("archived") else _crm_line(portal, state)
        words = dict.fromkeys(before, "") | now
        changed = {word: value for word, value in words.items() if before.get(word, "") != value}
        yield version.at, version.author, changed
        before = now


def _crm_line(portal: Portal, values: Mapping[str, str | None]) -> dict[str, str]:
    """What a line says, under its mark; nothing of one without a mark."""
    at = mark(values.get("name"))
    if not at:
        return {}
    rate = portal.commerce.tax_rates.get(values.get("hs_tax_rate_group_id") or "")
    told = {part: values.get(name) or "" for part, name in _OF_LINE.items()}
    # What the ledger has in one description stands in two places here.
    told[""] = f"{told['']} {values.get('description') or ''}"
    told[" tax"] = "" if rate is None else str(rate.rate)
    return line_words(at, told)


def line_words(at: str, told: Mapping[str, str]) -> dict[str, str]:
    """What a line says. One that is only a text has neither price nor quantity, whatever its page shows for nothing."""
    found = {part: plain("invoice", f"{at}{part}", text) for part, text in told.items()}
    if found[" price"] in ("", "0") and found[" quantity"] in ("", "0", "1"):
        found |= {" price": "", " quantity": ""}
    return {f"{at}{part}": text for part, text in found.items()}


# ── the ledger ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _origin(record: XeroRecord) -> tuple[str, str]:
    """The kind and id of the record in the CRM from which an invoice was made, by its link."""
    if not record.created_by.startswith("app:"):
        return "", ""
    address = str(record.versions[0].changes.get("Url") or "")
    _, _, page = address.partition("/record/")
    kind, _, record_id = page.partition("/")
    return PAGES.get(kind, ""), record_id


def _invoice(kind: str, record: XeroRecord) -> Entry:
    origin, origin_id = _origin(record)
    told: list[tuple[datetime, str, dict[str, str]]] = []
    state: dict[str, Any] = {}
    before: dict[str, str] = {}
    for version in record.versions:
        state.update(version.changes)
        now = _shared(kind, state)
        changed = {word: value for word, value in now.items() if before.get(word, "") != value}
        if "Status" in version.changes:
            changed["archived"] = "yes" if version.changes["Status"] == "DELETED" else ""
            if not before:
                del changed["archived"]
        told.append((version.at, version.author, changed))
        before = now
    return Entry(
        "ledger",
        kind,
        record.id,
        record.created_by,
        record.status != "DELETED",
        record.status == "DELETED",
        None,
        f"hubspot:page:{origin}:{origin_id}" if origin else "",
        _shared(kind, {**record.values, "Status": record.status}),
        _edits(told),
    )


def _shared(kind: str, values: Mapping[str, Any]) -> dict[str, str]:
    found = {
        "reference": plain(kind, "reference", values.get("Reference") or ""),
        "due": _day(values.get("DueDate")),
        "date": _day(values.get("Date")),
        "currency": str(values.get("CurrencyCode") or ""),
        "customer": str((values.get("Contact") or {}).get("ContactID") or ""),
        "number": str(values.get("InvoiceNumber") or ""),
        "state": str(values.get("Status") or ""),
        **{word: _amount(values.get(name)) for word, name in _MONEY.items()},
        **dict.fromkeys(LINE_WORDS, ""),
    }
    for row in values.get("LineItems") or ():
        at = mark(row.get("Description"))
        if not at:
            continue
        parts = {
            "": row.get("Description"),
            " quantity": row.get("Quantity"),
            " price": row.get("UnitAmount"),
            " discount": row.get("DiscountRate"),
            " tax": TAXES.get(row.get("TaxType", ""), row.get("TaxType", "")),
            " item": row.get("ItemCode"),
        }
        found |= line_words(at, {part: "" if value is None else str(value) for part, value in parts.items()})
    return found


def _payment(record: XeroRecord) -> Entry:
    told: list[tuple[datetime, str, dict[str, str]]] = []
    for number, version in enumerate(record.versions):
        changed = {"amount": _amount(version.changes["Amount"])} if "Amount" in version.changes else {}
        if number and "Status" in version.changes:
            changed["archived"] = "yes" if version.changes["Status"] == "DELETED" else ""
        told.append((version.at, version.author, changed))
    word = str(record.values.get("Reference") or "").split(" ", 1)[0]
    deleted = record.status == "DELETED"
    return Entry(
        "ledger",
        "payment",
        record.id,
        record.created_by,
        not deleted,
        deleted,
        None,
        word if word.count(":") >= 3 else "",
        {"amount": _amount(record.values["Amount"]), "date": _day(record.values["Date"])},
        _edits(told),
    )


def _edits(told: Iterable[tuple[datetime, str, dict[str, str]]]) -> tuple[Edit, ...]:
    """In the order of time; what changes nothing that the stories know is left out, but for the first."""
    found: list[Edit] = []
    for at, author, changed in sorted(told, key=lambda each: each[0]):
        if changed or not found:
            found.append(Edit(at, author, changed))
    return tuple(found)


def _amount(value: object) -> str:
    return plain("invoice", "total", str(value)) if isinstance(value, Decimal | int) else ""


def _day(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value or "")[:10]
