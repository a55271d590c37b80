"""What people do with documents on the two systems' own pages: draft, edit, approve, pay, void, credit, win, lock."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.simulation.books import CRM_BOOK, DOCUMENTS, LINE_PARTS, LINES, Entry
from tests.simulation.scenario import Act

from crossfoot_sandbox.xero.pages.bookkeepers import Bookkeeper

if TYPE_CHECKING:
    from tests.simulation.world import World

ABOUT_BOOKS = ("lock", "unlock")
"""Acts that are about no document in particular."""

RATES = {"15": "15% GST on Income", "0": "Zero Rated"}
TAX_TYPES = {"15": "OUTPUT2", "0": "ZERORATED"}
ACCOUNT = "200"

_CRM = {"reference": "hs_purchase_order_number", "due": "hs_due_date", "date": "hs_invoice_date"}
_LEDGER = {"reference": "Reference", "due": "DueDate", "date": "Date"}
_KEPT = (
    "LineItemID",
    "Description",
    "Quantity",
    "UnitAmount",
    "DiscountRate",
    "AccountCode",
    "TaxType",
    "ItemCode",
)
_OF_LINE = {
    "": "Description",
    " quantity": "Quantity",
    " price": "UnitAmount",
    " discount": "DiscountRate",
    " item": "ItemCode",
}


def about_documents(act: Act) -> bool:
    """Whether an act is done here."""
    return act.what in ABOUT_BOOKS or act.record.split(" ", 1)[0] in DOCUMENTS


def perform(world: "World", act: Act) -> bool:
    """Do it; whether there was anything to do it with. Raises ValueError where the page would refuse."""
    books = Bookkeeper(world.organisation)
    if act.what in ABOUT_BOOKS:
        until = date.fromisoformat(act.values["until"]) if act.what == "lock" else None
        books.locks(period=until)
        world.locks.append((world.now(), act.values["until"] if act.what == "lock" else ""))
        return True
    kind = act.record.split(" ", 1)[0]
    entry = world.find(act.side, act.record)
    if act.what == "create":
        if entry is not None and act.at > 0:
            return False
        made = _create(world, act, kind)
        if not made:
            return False
        world.known[act.side, kind, made] = act.record
        world.remember(act, kind, made)
        return True
    if entry is None:
        return False
    done = _in_crm(world, act, entry) if act.side == "crm" else _in_ledger(world, books, act, entry)
    if done and act.what == "edit":
        world.remember(act, kind, entry.id)
    return done


# ── new ones ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _create(world: "World", act: Act, kind: str) -> str:
    if kind == "payment":
        return _paid(world, act)
    customer = world.find(act.side, act.values["customer"])
    if customer is None or not customer.live:
        return ""
    marks = [f"#{number}" for number in range(1, LINES + 1) if act.values.get(f"#{number}")]
    if act.side == "ledger":
        made: str = world.organisation.person_creates(
            "Invoices",
            {
                "Type": "ACCREC",
                "Contact": {"ContactID": customer.id},
                "LineItems": [_row(world, {}, at, act.values) for at in marks],
                "Status": act.values.get("state", "DRAFT"),
                **{name: act.values[word] for word, name in _LEDGER.items() if word in act.values},
            },
        )
        return made
    portal = world.portal
    if kind == "deal":
        deal: str = portal.person_creates(
            "deals",
            {
                "dealname": act.values["reference"],
                "dealstage": act.values.get("stage", "appointmentscheduled"),
                "pipeline": "default",
                "deal_currency_code": "NZD",
                "closedate": f"{act.values['date']}T10:00:00Z",
            },
        )
        portal.person_links("deals", deal, CRM_BOOK[customer.kind], customer.id)
        for at in marks:
            portal.person_adds_line("deals", deal, _properties(world, at, act.values))
        return deal
    values = {name: act.values[word] for word, name in _CRM.items() if word in act.values}
    person = customer.id if customer.kind == "person" else ""
    company = customer.id if customer.kind == "company" else ""
    lines = [_properties(world, at, act.values) for at in marks]
    invoice: str = portal.person_drafts_invoice({"hs_currency": "NZD", **values}, person, lines, company, "")
    return invoice


def _paid(world: "World", act: Act) -> str:
    """Somebody records that money came for a document: so much, or all that is open."""
    document = world.find(act.side, act.other)
    if document is None or not document.live:
        return ""
    amount = Decimal(act.values["amount"]) if "amount" in act.values else None
    if act.side == "ledger":
        return Bookkeeper(world.organisation).pays(document.id, amount)
    if document.kind == "deal":
        return ""
    paid: str = world.portal.person_records_payment(document.id, amount)
    return paid


def _properties(world: "World", at: str, values: Mapping[str, str]) -> dict[str, str | None]:
    """A line as HubSpot's page has it. A new line from the library takes code, name and price from its product."""
    names = {"": "name", " quantity": "quantity", " price": "price", " discount": "hs_discount_percentage"}
    found: dict[str, str | None] = {
        names[part]: values[f"{at}{part}"] or None for part in names if f"{at}{part}" in values
    }
    if f"{at} tax" in values:
        wanted = RATES[values[f"{at} tax"]]
        rates = world.portal.commerce.tax_rates.values()
        found["hs_tax_rate_group_id"] = next(rate.id for rate in rates if rate.name == wanted)
    item = world.find("crm", values.get(f"{at} item", "")) if values.get(f"{at} item") else None
    if item is not None and item.live:
        found["hs_product_id"] = item.id
    return found


def _row(world: "World", before: Mapping[str, Any], at: str, values: Mapping[str, str]) -> dict[str, Any]:
    """A line as Xero's page has it."""
    found: dict[str, Any] = {name: before[name] for name in _KEPT if name in before}
    if not before:
        found |= {"AccountCode": ACCOUNT, "Quantity": Decimal(1)}
    for part in LINE_PARTS:
        text = values.get(f"{at}{part}")
        if text is None:
            continue
        if part == " tax":
            found["TaxType"] = TAX_TYPES[text]
        elif part == " item":
            item = world.find("ledger", text)
            if item is not None and item.live:
                found["ItemCode"] = item.values["code"]
        elif part == "":
            found["Description"] = text
        else:
            found[_OF_LINE[part]] = Decimal(text or "0")
    return found


# ── what becomes of them ───────────────────────────────────────────────────────────────────────────────────────────────


def _in_crm(world: "World", act: Act, entry: Entry) -> bool:
    portal, kind = world.portal, entry.kind
    match act.what:
        case "edit":
            _edit_in_crm(world, act, entry)
        case "approve" if kind == "invoice":
            portal.person_finalises(entry.id)
        case "void" if kind == "invoice":
            portal.person_voids(entry.id)
        case "archive":
            portal.person_archives(CRM_BOOK[kind], entry.id)
        case "restore":
            portal.person_restores(CRM_BOOK[kind], entry.id)
        case "win" if kind == "deal":
            date_of = entry.values.get("date") or "2026-11-02"
            portal.person_edits(
                "deals", entry.id, {"dealstage": "closedwon", "closedate": f"{date_of}T10:00:00Z"}
            )
        case "lose" if kind == "deal":
            portal.person_edits("deals", entry.id, {"dealstage": "closedlost"})
        case _:
            raise ValueError(f"nobody can {act.what} a {kind} there")
    return True


def _edit_in_crm(world: "World", act: Act, entry: Entry) -> None:
    portal, kind = world.portal, entry.kind
    if kind == "payment":
        portal.person_edits("commerce_payments", entry.id, {"hs_initial_amount": act.values["amount"]})
        return
    there = world.books.lines("crm", kind, entry.id)
    for at in _marks(act):
        if act.values.get(at) == "":
            if at not in there:
                raise ValueError(f"there is no line {at}")
            portal.person_archives("line_items", there[at])
        elif at in there:
            portal.person_edits("line_items", there[at], _properties(world, at, act.values))
        elif act.values.get(at):
            portal.person_adds_line(CRM_BOOK[kind], entry.id, _properties(world, at, act.values))
        else:
            raise ValueError(f"there is no line {at}")
    names = _CRM if kind == "invoice" else {"reference": "dealname"}
    values = {name: act.values[word] or None for word, name in names.items() if word in act.values}
    if values:
        portal.person_edits(CRM_BOOK[kind], entry.id, values)


def _in_ledger(world: "World", books: Bookkeeper, act: Act, entry: Entry) -> bool:
    kind = entry.kind
    match act.what:
        case "archive" if kind == "payment":
            books.removes_payment(entry.id)
        case "edit" if kind != "payment":
            _edit_in_ledger(world, act, entry)
        case "approve" if kind != "payment":
            changes = {} if entry.values["due"] else {"DueDate": "2026-12-20"}
            books.approves("Invoices", entry.id, **changes)
        case "void" if kind != "payment":
            books.voids("Invoices", entry.id)
        case "archive":
            if entry.values["state"] not in ("DRAFT", "SUBMITTED"):
                raise ValueError("only a draft is deleted")
            books.voids("Invoices", entry.id)
        case "credit" if kind != "payment":
            books.credits(entry.id, Decimal(act.values["amount"]) if "amount" in act.values else None)
        case "uncredit" if kind != "payment":
            made = world.organisation.book("Allocations").values()
            mine = [
                each
                for each in made
                if each.values["Invoice"]["InvoiceID"] == entry.id and each.status != "DELETED"
            ]
            if not mine:
                raise ValueError("nothing is allocated to it")
            books.removes_allocation(mine[-1].id)
        case _:
            raise ValueError(f"nobody can {act.what} a {kind} there")
    return True


def _edit_in_ledger(world: "World", act: Act, entry: Entry) -> None:
    changes: dict[str, Any] = {name: act.values[word] for word, name in _LEDGER.items() if word in act.values}
    marks = _marks(act)
    if marks:
        there = world.books.lines("ledger", entry.kind, entry.id)
        stored = {
            str(row["LineItemID"]): row
            for row in world.organisation.book("Invoices")[entry.id].values["LineItems"]
        }
        rows = []
        for at, line_id in there.items():
            if at in marks and act.values.get(at) == "":
                continue
            rows.append(_row(world, stored[line_id], at, act.values if at in marks else {}))
        for at in (at for at in marks if at not in there):
            if not act.values.get(at):
                raise ValueError(f"there is no line {at}")
            rows.append(_row(world, {}, at, act.values))
        changes["LineItems"] = rows
    world.organisation.person_edits("Invoices", entry.id, changes)


def _marks(act: Act) -> list[str]:
    """The lines that an act is about."""
    return list(dict.fromkeys(word.split(" ", 1)[0] for word in act.values if word.startswith("#")))
