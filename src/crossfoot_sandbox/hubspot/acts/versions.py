"""A new version of a record, and what follows from it: events, workflows, computed properties, totals a moment later."""

from crossfoot_sandbox.hubspot.acts import events
from crossfoot_sandbox.hubspot.acts.enrolling import enrol
from crossfoot_sandbox.hubspot.behaviours.behaviour import Changes
from crossfoot_sandbox.hubspot.behaviours.invoices import COUNTED, recalculated
from crossfoot_sandbox.hubspot.behaviours.table import behaviour_of
from crossfoot_sandbox.hubspot.books.account import Account
from crossfoot_sandbox.hubspot.books.agenda import AddUp
from crossfoot_sandbox.hubspot.books.book import VENDOR, Actor, HubRecord, Source
from crossfoot_sandbox.hubspot.books.kinds import DEALS, INVOICES, LINE_ITEMS, ObjectKind
from crossfoot_sandbox.hubspot.times import iso


def create(account: Account, kind: ObjectKind, sent: Changes, actor: Actor) -> HubRecord:
    """A new record and its first version, from checked values."""
    now = account.now()
    book = account.book(kind.plural)
    record = HubRecord(book.next_id(), {}, actor.author, now, now)
    book.add(record)
    changes = {name: value for name, value in sent.items() if value is not None}
    born: Changes = {
        kind.created: iso(now),
        "hs_object_id": record.id,
        "hs_object_source": actor.source.change_source,
        "hs_object_source_id": actor.source.source_id,
        "hs_object_source_label": actor.label,
        **changes,
    }
    book.write(record, now, born, actor, account.around.switches)
    events.created(account, kind, record, actor.source, changes)
    enrol(account, kind, record, None)
    follow(account, kind, record)
    if kind is INVOICES:
        add_up_later(account, record.id)
    return record


def write(
    account: Account, kind: ObjectKind, record: HubRecord, changes: Changes, actor: Actor, source: Source
) -> None:
    """One more version of a record, and all who hear of it."""
    before = record.values
    book = account.books[kind.plural]
    changed = book.write(record, account.now(), changes, actor, account.around.switches)
    events.changed(account, kind, record, source, changed)
    if changed:
        enrol(account, kind, record, before)


def touch(account: Account, kind: ObjectKind, record: HubRecord, changes: Changes, actor: Actor) -> None:
    """A change that follows from another one, such as a count or the primary company's id."""
    if changes or account.around.switches.association_bumps:
        write(account, kind, record, changes, actor, Source("CALCULATED", ""))


def calculate(account: Account, kind: ObjectKind, record: HubRecord, changes: Changes) -> None:
    """Values that HubSpot computes, where they differ from what the record has."""
    due = {name: value for name, value in changes.items() if record.values.get(name) != value}
    if due:
        write(account, kind, record, due, VENDOR, VENDOR.source)


def follow(account: Account, kind: ObjectKind, record: HubRecord) -> None:
    """After a change: the record's computed properties at once, the totals of its invoice a moment later."""
    if record.alive:
        calculate(account, kind, record, behaviour_of(kind).derived(account, record))
    if kind is LINE_ITEMS and account.around.switches.lines_set_deal_amount:
        for deal_id, _ in account.links.of(("line_items", "deals"), record.id):
            follow(account, DEALS, account.books["deals"][deal_id])
    if kind.plural in COUNTED:
        for invoice_id, _ in account.links.of((kind.plural, "invoices"), record.id):
            add_up_later(account, invoice_id)


def add_up_later(account: Account, invoice_id: str) -> None:
    """Compute an invoice's totals after the moment that HubSpot takes for it (B1)."""
    delay = int(account.around.switches.totals_after * 1000)
    account.agenda.add(account.now() + delay, AddUp(invoice_id))


def add_up(account: Account, invoice_id: str) -> None:
    """Bring an invoice's totals up to date, and with them its state."""
    invoice = account.books["invoices"].get(invoice_id)
    if invoice is not None and invoice.alive:
        calculate(account, INVOICES, invoice, recalculated(account, invoice))
