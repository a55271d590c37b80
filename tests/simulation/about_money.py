"""The invariants about money: that both sides say the same of a document, in which order things come, and who may change what."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from tests.simulation.books import DOCUMENTS, LINES, MONEY, Entry
from tests.simulation.evidence import Linked, View
from tests.simulation.wire import Exchange

FRESH = timedelta(seconds=1.3)
"""As for every write: what happened so shortly before it could not be seen."""
APPROVED = ("AUTHORISED", "PAID", "VOIDED")
_STATES: Mapping[str, tuple[str, ...]] = {
    "DRAFT": ("draft",),
    "SUBMITTED": ("draft",),
    "AUTHORISED": ("open",),
    "PAID": ("paid",),
    "VOIDED": ("voided",),
}
CENT = Decimal("0.01")


# ── CENT ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def cent(view: View) -> str | None:
    """Of every document that is on both sides, both say the same of its money, to the cent; and what HubSpot computes by itself is apart by rounding at most."""
    for link, crm, ledger in _pairs(view, "invoice", "deal"):
        for word in MONEY:
            here, there = _number(crm, word), _told(ledger, word)
            if here != there:
                return f"{view.alias(crm)}: {word} is {_plain(here)} in the CRM and {_plain(there)} in the ledger"
        for word, wanted in (("number", ledger.values["number"]), ("standing", _standing(ledger))):
            if crm.values[word] != wanted:
                return f"{view.alias(crm)}: {word} is '{crm.values[word]}' in the CRM and '{wanted}' in the ledger"
        if link.kind == "invoice" and (apart := _apart(view, crm, ledger)):
            return f"{view.alias(crm)}: {apart}"
    return None


def _apart(view: View, crm: Entry, ledger: Entry) -> str:
    """Whether the CRM's own total of the same lines is another one than rounding can explain."""
    words = [f"#{number}" for number in range(1, LINES + 1)]
    lines = [word for word in words if crm.values[word]]
    same = all(
        crm.values[f"{word}{part}"] == ledger.values[f"{word}{part}"]
        for word in words
        for part in ("", " quantity", " price", " discount", " tax")
    )
    billed, total = _number(crm, "billed"), _number(ledger, "total")
    if not same or billed is None or total is None:
        return ""
    # Discount, tax and the line itself are rounded, on either side in its own way.
    apart = abs(billed - total)
    view.counters["totals apart by rounding"] += 0 < apart <= 2 * CENT * len(lines)
    return (
        f"HubSpot's own total is {billed} and Xero's {total}, although their lines are the same"
        if apart > 2 * CENT * len(lines)
        else ""
    )


def _standing(ledger: Entry) -> str:
    """In which state a document is, as the product calls it: "overdue" is told by its due date."""
    match ledger.values["state"]:
        case "DRAFT":
            return "draft"
        case "SUBMITTED":
            return "awaiting_approval"
        case "VOIDED":
            return "voided"
        case "PAID":
            paid = _number(ledger, "paid") or Decimal(0)
            credited = _number(ledger, "credited") or Decimal(0)
            return "settled_by_credit" if credited and not paid else "paid"
    settled = (_number(ledger, "paid") or Decimal(0)) + (_number(ledger, "credited") or Decimal(0))
    return "part_paid" if settled else "awaiting_payment"


def _told(ledger: Entry, word: str) -> Decimal | None:
    """Nothing is due of what is void, although Xero goes on telling its full amount (Xero fact 7.4)."""
    if word == "due amount" and ledger.values["state"] == "VOIDED":
        return Decimal(0)
    return _number(ledger, word)


# ── AGREE ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def agree(view: View) -> str | None:
    """Both sides say the same of a document's state and of whom it is for, and a payment is for the same invoice."""
    for _, crm, ledger in _pairs(view, "invoice"):
        states = _STATES[ledger.values["state"]]
        if ledger.values["state"] == "PAID" and crm.values["bills"] != "false":
            states = (
                "paid",
                "open",
            )  # only its own payments make it paid there; our properties say that it is
        if crm.values["state"] not in states and not _waits(view, crm, ledger):
            return f"{view.alias(crm)} is {crm.values['state']} in the CRM and {ledger.values['state']} in the ledger, and nobody is told why"
    for _, crm, ledger in _pairs(view, "invoice", "deal"):
        here, there = view.papers[_place(crm)].customer, view.papers[_place(ledger)].customer
        if here and there and here != there and not _waits(view, crm, ledger):
            return f"{view.alias(crm)} is for {here} in the CRM and for {there} in the ledger, and nobody is told why"
    for _, crm, ledger in _pairs(view, "payment"):
        here, there = view.papers[_place(crm)].document, view.papers[_place(ledger)].document
        if here != there and not _waits(view, crm, ledger):
            return f"{view.alias(crm)} is for {here} in the CRM and for {there} in the ledger"
    return None


def _waits(view: View, crm: Entry, ledger: Entry) -> bool:
    if any((crm.id, ledger.id) == (here, there) for here, there, _ in view.questions):
        return True
    return any(
        view.standings.get(_place(each), ("", ""))[0] in ("not_ready", "failed", "conflict")
        for each in (crm, ledger)
    )


# ── ONCE ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def once(view: View) -> str | None:
    """No line of a document is there twice, and none appears that nobody typed."""
    for entry in view.entries:
        paper = view.papers.get(_place(entry))
        if paper is not None and entry.live and paper.odd:
            return f"{view.alias(entry)} in the {entry.side}: {', '.join(paper.odd)}"
    return None


# ── ORDER ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def order(view: View) -> str | None:
    """A document comes after its customer and items, a payment after the approval of its invoice; and what the books have approved we never change."""
    for entry in view.entries:
        if entry.kind not in DOCUMENTS:
            continue
        if entry.ours and entry.kind != "payment" and (early := _early(view, entry)):
            return early
        if entry.side == "ledger" and entry.kind != "payment" and (changed := _overwritten(view, entry)):
            return changed
    return _paid_too_early(view)


def _early(view: View, entry: Entry) -> str:
    """Whether we made a document before what it names was there."""
    for edit in entry.edits:
        if not edit.ours:
            continue
        for number in range(1, LINES + 1):
            code = edit.values.get(f"#{number} item")
            if code and not any(
                each.created_at <= edit.at and code in each.ever("code")
                for each in view.entries
                if (each.side, each.kind) == (entry.side, "product")
            ):
                return f"{view.alias(entry)} in the {entry.side} got a line with the item {code}, which was not there yet"
    paper = view.papers.get(_place(entry))
    customer = view.entry(entry.side, *paper.customer_at) if paper and paper.customer_at else None
    if customer is not None and customer.created_at > entry.created_at + FRESH:
        return f"{view.alias(entry)} in the {entry.side} was made before its customer {view.alias(customer)}"
    return ""


def _overwritten(view: View, entry: Entry) -> str:
    """Whether we changed what an approved document comes to. What it says beside (reference, due date) both may edit."""
    approved: datetime | None = None
    fresh = FRESH + timedelta(seconds=view.config.answers)
    for edit in entry.edits:
        about_money = [
            word
            for word in edit.values
            if word.startswith("#") or word in ("date", "currency", "customer", "net", "tax", "total")
        ]
        if edit.ours and edit.values.get("state") in ("VOIDED", "DELETED"):
            about_money.append("state")
        if edit.ours and about_money and approved is not None and edit.at - approved > fresh:
            return f"{view.alias(entry)}: {', '.join(about_money[:3])} of an approved invoice was written to the ledger"
        if edit.values.get("state") in APPROVED and approved is None:
            approved = edit.at
    return ""


def _paid_too_early(view: View) -> str | None:
    for call in view.wire:
        if call.system != "ledger" or call.kind != "payment" or not call.writes:
            continue
        for record_id, values in call.targets:
            invoice = view.document((values.get("Invoice") or {}).get("InvoiceID", ""))
            if record_id or invoice is None:
                continue
            if not any(edit.values.get("state") in APPROVED and edit.at <= call.at for edit in invoice.edits):
                return f"{call.label}: a payment of {view.alias(invoice)}, which was not approved yet"
    return None


# ── READY ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def ready(view: View) -> str | None:
    """What the books would refuse is said before they are called: no write was refused for what we had been shown."""
    for call in view.wire:
        if call.system != "ledger" or not call.writes or call.injected or not call.refusals:
            continue
        if call.kind == "payment":
            found = _known_unpayable(view, call)
        elif call.kind == "invoice":
            found = _known_closed(view, call)
        else:
            continue
        if found:
            return f"{call.label}: {found}"
    return None


def _known_unpayable(view: View, call: Exchange) -> str:
    together: dict[str, Decimal] = defaultdict(Decimal)
    for record_id, values in call.targets:
        invoice = view.document((values.get("Invoice") or {}).get("InvoiceID", ""))
        if record_id or invoice is None or "Amount" not in values:
            continue
        seen = _shown_at(view, call, invoice)
        together[invoice.id] += Decimal(str(values["Amount"]))
        if seen is None:
            continue
        due, state = invoice.held("due amount", seen), invoice.held("state", seen)
        if state not in APPROVED or together[invoice.id] > Decimal(due or "0"):
            return (
                f"{together[invoice.id]} was sent for {view.alias(invoice)}, of which {due} was due ({state})"
            )
    return ""


def _known_closed(view: View, call: Exchange) -> str:
    looked = max(
        (
            each.at
            for each in view.wire
            if each.life == call.life
            and each.path.endswith("/Organisation")
            and each.heard
            and each.at < call.at
        ),
        default=None,
    )
    if looked is None or b"lock date" not in call.body:
        return ""
    for record_id, _ in call.targets:
        invoice = view.document(record_id)
        seen = _shown_at(view, call, invoice) if invoice is not None else None
        closed = [until for at, until in view.locks if at <= looked]
        if invoice is None or seen is None or not closed or not closed[-1]:
            continue
        if invoice.held("date", seen) <= closed[-1]:
            return f"{view.alias(invoice)} is of {invoice.held('date', seen)}, and the books were closed up to {closed[-1]}"
    return ""


def _shown_at(view: View, call: Exchange, entry: Entry) -> datetime | None:
    """When its side last showed a record in the run that a call belongs to."""
    return max(
        (
            each.at
            for each in view.wire
            if each.run == call.run
            and each.system == entry.side
            and each.heard
            and each.at < call.at
            and entry.id in each.shown
        ),
        default=None,
    )


# ── FAIR ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def its_own_fault(view: View, entry: Entry, reason: str) -> bool:
    """Whether what is said to be in the way of a document really is."""
    paper = view.papers.get(_place(entry))
    if paper is None:
        return False
    partners = view.partners(entry, active=True)
    bearers = [entry, *partners]
    ledger = next((each for each in bearers if each.side == "ledger"), None)
    if "books" in reason and "closed up to" in reason:
        until = view.locks[-1][1] if view.locks else ""
        return bool(until) and any(each.values.get("date", "9") <= until for each in bearers)
    if entry.kind == "payment":
        return _unpayable(view, entry, reason)
    if "a draft is deleted" in reason:
        # Ada voided what the books have not approved, or never had.
        crm = next((each for each in bearers if each.side == "crm"), None)
        unapproved = ledger is None or ledger.values["state"] in ("DRAFT", "SUBMITTED")
        return unapproved and crm is not None and crm.values["state"] == "voided"
    if "'Contact'" in reason:
        return not _customer_is_across(view, entry)
    if "'Lines'" in reason or "has at least one line" in reason:
        return not all(any(each.values[f"#{number}"] for number in range(1, LINES + 1)) for each in bearers)
    if "HubSpot" in reason or "finalised" in reason or "cannot be changed" in reason:
        # What HubSpot has finalised and bills itself it keeps as it is.
        crm = next((each for each in bearers if each.side == "crm"), None)
        return crm is not None and crm.values.get("state") in ("open", "paid", "voided")
    if ledger is not None and ("nothing of it can be changed" in reason or "VOIDED" in reason):
        return ledger.values["state"] in ("VOIDED", "DELETED")
    if ledger is not None and ("payments or credits on it" in reason or "is paid" in reason):
        return ledger.values["state"] == "PAID" or bool(
            _number(ledger, "paid") or _number(ledger, "credited")
        )
    return False


def _unpayable(view: View, entry: Entry, reason: str) -> bool:
    """Whether a payment cannot be recorded across."""
    side = "ledger" if entry.side == "crm" else "crm"
    at = view.papers[_place(entry)].document_at
    mine = None if at is None else view.entry(entry.side, at[0], at[1])
    across = (
        [each for each in view.partners(mine, active=True) if each.side == side] if mine is not None else []
    )
    if "has no partner" in reason or "'Invoice'" in reason:
        return not across
    if not across or side == "crm":
        return False
    due = _told(across[0], "due amount") or Decimal(0)
    if "is more than the" in reason:
        return Decimal(entry.values["amount"]) > due
    if "is not open for payments" in reason:
        return across[0].values["state"] not in APPROVED
    return False


def _customer_is_across(view: View, entry: Entry) -> bool:
    paper = view.papers[_place(entry)]
    if paper.customer_at is None:
        return False
    customer = view.survivor(entry.side, *paper.customer_at)
    return customer is not None and customer.live and bool(view.partners(customer, active=True))


def left_out(view: View, entry: Entry) -> bool:
    """Whether a document without a partner need not have one: a deal that was not won, what is paid of an invoice that is a deal's.

    An invoice that HubSpot's own payments have paid before Xero ever had it is left out too, and told so.
    """
    if entry.kind == "invoice" and entry.side == "crm" and entry.values["state"] == "paid":
        return "only payments make it paid" in view.standings.get(_place(entry), ("", ""))[1]
    if entry.kind == "deal":
        return entry.side == "crm" and entry.values["stage"] != "closedwon"
    if entry.kind == "payment" and entry.side == "ledger":
        at = view.papers[_place(entry)].document_at
        document = view.entry("ledger", *at) if at else None
        return document is None or document.kind == "deal" or not view.partners(document, active=True)
    return False


# ── words ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _pairs(view: View, *kinds: str) -> Iterator[tuple[Linked, Entry, Entry]]:
    """What is linked and live on both sides."""
    for link in view.links:
        if link.state != "active" or link.kind not in kinds:
            continue
        crm, ledger = view.entry("crm", link.kind, link.crm), view.entry("ledger", link.kind, link.ledger)
        if crm is not None and ledger is not None and crm.live and ledger.live:
            yield link, crm, ledger


def _place(entry: Entry) -> tuple[str, str, str]:
    return entry.side, entry.kind, entry.id


def _number(entry: Entry, word: str) -> Decimal | None:
    text = entry.values.get(word, "")
    return Decimal(text) if text else None


def _plain(number: Decimal | None) -> str:
    return "nothing" if number is None else str(number)


def reopened(view: View) -> str | None:
    """What the books have voided or deleted never becomes open again by our hand, on either side."""
    for _, crm, ledger in _pairs(view, "invoice"):
        voided = next((edit.at for edit in ledger.edits if edit.values.get("state") == "VOIDED"), None)
        if voided is None:
            continue
        for before, now in pairwise([edit for edit in crm.edits if "state" in edit.values]):
            if now.ours and before.values["state"] == "voided" and now.at > voided + FRESH:
                return f"{view.alias(crm)} was voided, and Crossfoot made it {now.values['state']} again"
    return None
