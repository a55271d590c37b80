"""Making and ending associations, and what follows from it: counts, primaries, single parents, copied values (HubSpot fact 6)."""

from crossfoot_sandbox.hubspot.acts import events, versions
from crossfoot_sandbox.hubspot.behaviours.behaviour import Changes
from crossfoot_sandbox.hubspot.behaviours.invoices import COUNTED
from crossfoot_sandbox.hubspot.behaviours.table import behaviour_of
from crossfoot_sandbox.hubspot.books.account import Account
from crossfoot_sandbox.hubspot.books.book import VENDOR, Actor, HubRecord
from crossfoot_sandbox.hubspot.books.kinds import BY_NAME
from crossfoot_sandbox.hubspot.books.link_types import (
    CONTACT_TO_COMPANY,
    PLAIN,
    PRIMARIES,
    PRIMARY,
    Ends,
    LinkType,
)

_COUNTS = {
    ("contacts", "deals"): "num_associated_deals",
    ("companies", "contacts"): "num_associated_contacts",
    ("companies", "deals"): "num_associated_deals",
    ("deals", "contacts"): "num_associated_contacts",
    ("deals", "line_items"): "hs_num_of_associated_line_items",
}
_PARENTS = ("deals", "invoices")
"""What a line item can belong to: one of them, not both (fact 7.1)."""


def link(
    account: Account,
    ends: Ends,
    one: str,
    other: str,
    types: set[LinkType],
    actor: Actor,
    *,
    born: bool = False,
) -> tuple[str, str]:
    """Associate a pair with these types; the pair that was linked, which is another one when a line item was copied.

    A record's first company becomes its primary one (switchable). An invoice that is `born` with its associations
    may be a finalised one.
    """
    one, other = _single_parent(account, ends, one, other, actor)
    before = account.links.types(ends, one, other)
    if not before:
        checked = [(ends[1], other, ends[0]), *([] if born else [(ends[0], one, ends[1])])]
        for plural, record_id, there in checked:
            record = account.books[plural][record_id]
            behaviour_of(BY_NAME[plural]).linkable(account, record, there)
    wanted = set(types)
    earlier = _earlier_primary(account, ends, one, other, wanted)
    account.links.add(ends, one, other, wanted)
    added = account.links.types(ends, one, other) - before
    for type_ in sorted(added):
        events.associated(account, ends, one, other, type_=type_, source=actor.source, removed=False)
    if added:
        touched = {(ends[0], one), (ends[1], other)}
        after_linking(account, touched | ({("companies", earlier)} if earlier else set()), actor)
        _add_up(account, ends, one, other)
        if not before:
            _inherit(account, ends, one, other)
    return one, other


def unlink(
    account: Account, ends: Ends, one: str, other: str, types: set[LinkType] | None, actor: Actor
) -> None:
    """Take a pair apart, or take only these types from it."""
    before = account.links.types(ends, one, other)
    if before and (types is None or PLAIN[ends] in types) and actor is not VENDOR:
        for plural, record_id, there in ((ends[0], one, ends[1]), (ends[1], other, ends[0])):
            if plural == "invoices":
                behaviour_of(BY_NAME[plural]).linkable(account, account.books[plural][record_id], there)
    if account.links.remove(ends, one, other, types):
        for type_ in sorted(before - account.links.types(ends, one, other)):
            events.associated(account, ends, one, other, type_=type_, source=actor.source, removed=True)
        after_linking(account, {(ends[0], one), (ends[1], other)}, actor)
        _add_up(account, ends, one, other)


def relabel(
    account: Account, ends: Ends, one: str, other: str, types: set[LinkType], actor: Actor
) -> tuple[str, str]:
    """Make these the pair's only labels."""
    stale = account.links.types(ends, one, other) - types - {PLAIN[ends]}
    if stale:
        unlink(account, ends, one, other, stale, actor)
    return link(account, ends, one, other, types, actor)


def choose_primary(account: Account, contact: HubRecord, company_id: str | None, actor: Actor) -> None:
    """What writing `associatedcompanyid` does: the primary company, or none."""
    current = account.links.primary(contact.id)
    if company_id is None:
        if current is not None:
            unlink(account, CONTACT_TO_COMPANY, contact.id, current, None, actor)
        return
    company = account.books["companies"].survivor(company_id)
    if company is not None and current != company.id:
        link(account, CONTACT_TO_COMPANY, contact.id, company.id, {PRIMARY}, actor)


def linked_changes(account: Account, plural: str, record: HubRecord) -> Changes:
    """The properties that mirror a record's associations, where they are out of step."""
    due: Changes = {}
    if plural == "contacts":
        due["associatedcompanyid"] = account.links.primary(record.id)
    for ends, name in _COUNTS.items():
        if ends[0] == plural:
            count = sum(1 for _ in account.links.of(ends, record.id))
            due[name] = str(count) if count or name in record.values else None
    return {name: value for name, value in due.items() if record.values.get(name) != value}


def after_linking(account: Account, touched: set[tuple[str, str]], actor: Actor) -> None:
    """Let both ends follow: mirrored and computed properties, modified dates, totals."""
    for plural, record_id in sorted(touched):
        record = account.books[plural].get(record_id)
        if record is not None and record.alive:
            versions.touch(account, BY_NAME[plural], record, linked_changes(account, plural, record), actor)
            versions.follow(account, BY_NAME[plural], record)


def _earlier_primary(account: Account, ends: Ends, one: str, other: str, wanted: set[LinkType]) -> str | None:
    """The company that was the primary one so far, if there can be one; the first company is made it."""
    for forth, primary in PRIMARIES.items():
        if ends not in (forth, (forth[1], forth[0])):
            continue
        record_id = one if ends == forth else other
        if account.around.switches.first_company_is_primary and not any(account.links.of(forth, record_id)):
            wanted.add(primary if ends == forth else account.links.inverse(forth, primary))
        return account.links.primary(record_id, forth)
    return None


def _single_parent(account: Account, ends: Ends, one: str, other: str, actor: Actor) -> tuple[str, str]:
    """A line item that has a parent already: it moves, is copied, or stands on both (`second_parent`)."""
    line_first = ends[0] == "line_items"
    parent = ends[1] if line_first else ends[0]
    line_id, parent_id = (one, other) if line_first else (other, one)
    if "line_items" not in ends or parent not in _PARENTS:
        return one, other
    held = [
        (plural, held_id)
        for plural in _PARENTS
        for held_id, _ in account.links.of(("line_items", plural), line_id)
        if (plural, held_id) != (parent, parent_id)
    ]
    if not held or account.links.types(ends, one, other):
        return one, other
    match account.around.switches.second_parent:
        case "copies":
            kind = BY_NAME["line_items"]
            values = account.books["line_items"][line_id].values
            known = account.definitions["line_items"].live
            own: Changes = {
                name: value for name, value in values.items() if name in known and not known[name].read_only
            }
            line_id = versions.create(account, kind, own, actor).id
        case "moves":
            for plural, held_id in held:
                unlink(account, ("line_items", plural), line_id, held_id, None, actor)
    return (line_id, parent_id) if line_first else (parent_id, line_id)


def _add_up(account: Account, ends: Ends, one: str, other: str) -> None:
    """An invoice that got or lost something that counts will have other totals."""
    for plural, invoice_id, there in ((ends[0], one, ends[1]), (ends[1], other, ends[0])):
        if plural == "invoices" and there in COUNTED:
            versions.add_up_later(account, invoice_id)


def _inherit(account: Account, ends: Ends, one: str, other: str) -> None:
    """The values that one end takes over from the other."""
    for here, there, ours, theirs in ((ends[0], ends[1], one, other), (ends[1], ends[0], other, one)):
        kind, record = BY_NAME[here], account.books[here][ours]
        versions.calculate(
            account, kind, record, behaviour_of(kind).linked(record, account.books[there][theirs], there)
        )
