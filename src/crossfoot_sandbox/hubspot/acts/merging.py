"""Merging two records of one type, in both ways that HubSpot has (HubSpot fact 3.4, A3)."""

from crossfoot_sandbox.hubspot.acts import linking, versions
from crossfoot_sandbox.hubspot.books.account import Account
from crossfoot_sandbox.hubspot.books.book import Actor, HubRecord
from crossfoot_sandbox.hubspot.books.kinds import CONTACTS, ObjectKind
from crossfoot_sandbox.hubspot.errors import Problem, invalid
from crossfoot_sandbox.hubspot.times import iso

MOST_IDENTITIES = 250
_OWN = frozenset(
    {
        "createdate",
        "lastmodifieddate",
        "hs_lastmodifieddate",
        "hs_object_id",
        "associatedcompanyid",
        "num_associated_contacts",
        "num_associated_deals",
    }
)


def merge_records(
    account: Account, kind: ObjectKind, primary: HubRecord, other: HubRecord, actor: Actor
) -> HubRecord:
    """The primary's values win, the other's fill the gaps; both old ids answer for the survivor from now on.

    A third record with a new id survives, or the primary itself (`Switches.merge`).
    """
    if primary.id == other.id:
        raise invalid("Cannot merge an object with itself")
    consumed = [primary, other] if account.around.switches.merge == "new id" else [other]
    merged_ids = _merged_ids(primary, other, consumed)
    if len(merged_ids) > MOST_IDENTITIES:
        raise Problem(414, "Cannot have more than 250 identities on a profile", "VALIDATION_ERROR")
    now = account.now()
    switches = account.around.switches
    book = account.books[kind.plural]
    values = _carried(kind, primary, other) | {"hs_merged_object_ids": ";".join(merged_ids)}
    if kind is CONTACTS:
        values["hs_calculated_merged_vids"] = ";".join(f"{record.id}:{now}" for record in consumed)
    survivor = primary
    if primary in consumed:
        created = min(primary.created, other.created)
        survivor = HubRecord(book.next_id(), {}, actor.author, created, now)
        values |= {kind.created: iso(created), "hs_object_id": survivor.id}
    for record in consumed:
        record.merged_into = survivor.id
        book.leave(record, now, switches)
    if survivor is not primary:
        book.add(survivor)
    touched: set[tuple[str, str]] = set()
    for record in consumed:
        touched |= account.links.move(kind.plural, record.id, survivor.id)
    changes: dict[str, str | None] = dict(values)
    book.write(
        survivor, now, changes | linking.linked_changes(account, kind.plural, survivor), actor, switches
    )
    linking.after_linking(account, touched, actor)
    versions.follow(account, kind, survivor)
    return survivor


def _merged_ids(primary: HubRecord, other: HubRecord, consumed: list[HubRecord]) -> list[str]:
    earlier = [
        merged
        for record in (primary, other)
        for merged in record.values.get("hs_merged_object_ids", "").split(";")
        if merged
    ]
    return [*earlier, *(record.id for record in consumed)]


def _carried(kind: ObjectKind, primary: HubRecord, other: HubRecord) -> dict[str, str]:
    values = {
        name: value for name, value in (dict(other.values) | dict(primary.values)).items() if name not in _OWN
    }
    if kind is CONTACTS:
        mails = [
            mail
            for record in (primary, other)
            for mail in (
                record.values.get("email", ""),
                *record.values.get("hs_additional_emails", "").split(";"),
            )
            if mail
        ]
        further = [mail for mail in dict.fromkeys(mails) if mail != values.get("email")]
        if further:
            values["hs_additional_emails"] = ";".join(further)
    return values
