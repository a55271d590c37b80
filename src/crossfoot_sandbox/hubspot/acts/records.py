"""What can be done to a record, by whatever door it comes: create, edit, archive, restore, merge, erase.

Each of them makes new versions, moves the dates, and tells the webhooks and workflows (`versions.py`).
"""

from crossfoot_sandbox.hubspot.acts import events, linking, versions
from crossfoot_sandbox.hubspot.acts.drafting import Draft
from crossfoot_sandbox.hubspot.acts.merging import merge_records
from crossfoot_sandbox.hubspot.acts.versions import follow, write
from crossfoot_sandbox.hubspot.behaviours.behaviour import Leaving
from crossfoot_sandbox.hubspot.behaviours.table import behaviour_of
from crossfoot_sandbox.hubspot.books.account import Account
from crossfoot_sandbox.hubspot.books.book import Actor, HubRecord, Version
from crossfoot_sandbox.hubspot.books.kinds import DEALS, INVOICES, LINE_ITEMS, ObjectKind
from crossfoot_sandbox.hubspot.errors import Problem
from crossfoot_sandbox.hubspot.times import moment

_CURRENCIES = frozenset({"hs_currency", "deal_currency_code"})
"""What line items without a currency of their own are in."""


def create(account: Account, kind: ObjectKind, draft: Draft, actor: Actor) -> HubRecord:
    """A new record from checked values."""
    company = draft.changes.pop("associatedcompanyid", None)
    record = versions.create(account, kind, draft.changes, actor)
    if company is not None:
        linking.choose_primary(account, record, company, actor)
    return record


def edit(account: Account, kind: ObjectKind, record: HubRecord, draft: Draft, actor: Actor) -> None:
    """Change a record with checked values."""
    if "associatedcompanyid" in draft.changes:
        linking.choose_primary(account, record, draft.changes.pop("associatedcompanyid"), actor)
    write(account, kind, record, draft.changes, actor, actor.source)
    follow(account, kind, record)
    if not _CURRENCIES.isdisjoint(draft.changes):
        for line in _lines(account, kind, record):
            follow(account, LINE_ITEMS, line)


def archive(account: Account, kind: ObjectKind, record: HubRecord, actor: Actor) -> None:
    """Into the recycle bin, and a deal's or invoice's line items with it; archiving twice does nothing.

    Raises the Problem of a record that must stay.
    """
    if record.archived is None:
        behaviour_of(kind).removable(Leaving(account, kind, record, actor))
        for line in _lines(account, kind, record):
            _shelve(account, LINE_ITEMS, line, actor)
        _shelve(account, kind, record, actor)


def restore(account: Account, kind: ObjectKind, record: HubRecord, actor: Actor) -> None:
    """Out of the recycle bin, with the line items that went there with it. Refused when its e-mail has been taken meanwhile."""
    if record.archived is None:
        return
    book = account.books[kind.plural]
    for name in book.unique:
        value = record.values.get(name)
        holder = book.holder(name, value, account.around.switches) if value else None
        if holder is not None:
            raise Problem(409, f"{name} {value} is now used by record {holder.id}", "CONFLICT")
    together = [line for line in _lines(account, kind, record) if line.archived == record.archived]
    _unshelve(account, kind, record, actor)
    for line in together:
        _unshelve(account, LINE_ITEMS, line, actor)


def merge(
    account: Account, kind: ObjectKind, primary: HubRecord, other: HubRecord, actor: Actor
) -> HubRecord:
    """Two records become one; the old ids answer for the survivor (A3)."""
    survivor = merge_records(account, kind, primary, other, actor)
    events.merged(account, kind, primary, other, survivor=survivor, source=actor.source)
    return survivor


def erase(account: Account, kind: ObjectKind, record: HubRecord, actor: Actor) -> None:
    """Privacy deletion: the record and every value it ever had are gone for good."""
    now = account.now()
    account.links.forget(kind.plural, record.id)
    book = account.books[kind.plural]
    merged = [
        book[merged_id] for merged_id in record.values.get("hs_merged_object_ids", "").split(";") if merged_id
    ]
    record.erased = True
    book.leave(record, now, account.around.switches)
    for part in (record, *merged):
        part.values = {}
        part.versions = [Version(moment(now), {}, actor.author)]
        part.sources = [actor.source]
    for word in ("privacyDeletion", "deletion"):
        events.told(account, kind, record, actor.source, word)


def _lines(account: Account, kind: ObjectKind, record: HubRecord) -> list[HubRecord]:
    """The line items that belong to a record, archived ones too."""
    if kind not in (DEALS, INVOICES):
        return []
    ids = account.links.every((kind.plural, "line_items"), record.id)
    return [account.books["line_items"][line_id] for line_id in ids]


def _shelve(account: Account, kind: ObjectKind, record: HubRecord, actor: Actor) -> None:
    if record.archived is None:
        now = account.now()
        account.books[kind.plural].archive(record, now, account.around.switches)
        record.versions.append(Version(moment(now), {"archived": "true"}, actor.author))
        record.sources.append(actor.source)
        events.told(account, kind, record, actor.source, "deletion")
        follow(account, kind, record)


def _unshelve(account: Account, kind: ObjectKind, record: HubRecord, actor: Actor) -> None:
    now = account.now()
    account.books[kind.plural].restore(record, now, account.around.switches)
    record.versions.append(Version(moment(now), {"archived": None}, actor.author))
    record.sources.append(actor.source)
    events.told(account, kind, record, actor.source, "restore")
    follow(account, kind, record)
