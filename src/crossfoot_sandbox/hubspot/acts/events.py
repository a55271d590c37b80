"""What happened in an account, in the words of webhooks (HubSpot fact 8)."""

from collections.abc import Mapping
from typing import Any

from crossfoot_sandbox.hubspot.books.account import Account
from crossfoot_sandbox.hubspot.books.book import HubRecord, Source
from crossfoot_sandbox.hubspot.books.kinds import BY_NAME, ObjectKind
from crossfoot_sandbox.hubspot.books.link_types import Ends, LinkType
from crossfoot_sandbox.hubspot.books.webhooks import Origin


def created(
    account: Account,
    kind: ObjectKind,
    record: HubRecord,
    source: Source,
    values: Mapping[str, str | None],
) -> None:
    """A new record: a creation and, for the same write, a propertyChange per value (A23)."""
    told(account, kind, record, source, "creation", changeFlag="CREATED")
    changed(account, kind, record, source, values)


def changed(
    account: Account,
    kind: ObjectKind,
    record: HubRecord,
    source: Source,
    values: Mapping[str, str | None],
) -> None:
    """Changed values, one event each."""
    if account.around.webhooks.subscribers:
        for name, value in values.items():
            fields = {"propertyName": name, "propertyValue": value or ""}
            told(account, kind, record, source, "propertyChange", name=name, **fields)


def merged(
    account: Account,
    kind: ObjectKind,
    primary: HubRecord,
    other: HubRecord,
    *,
    survivor: HubRecord,
    source: Source,
) -> None:
    """Two records became one."""
    told(
        account,
        kind,
        primary,
        source,
        "merge",
        primaryObjectId=int(primary.id),
        mergedObjectIds=[int(other.id)],
        newObjectId=int(survivor.id),
        numberOfPropertiesMoved=len(survivor.values),
    )


def associated(
    account: Account,
    ends: Ends,
    one: str,
    other: str,
    *,
    type_: LinkType,
    source: Source,
    removed: bool,
) -> None:
    """A type was added to or taken from a pair: one event per direction (B10)."""
    if not account.around.webhooks.subscribers:
        return
    inverse = account.links.inverse(ends, type_)
    for here, there, ours, theirs, seen in (
        (ends[0], ends[1], one, other, type_),
        (ends[1], ends[0], other, one, inverse),
    ):
        kind, to = BY_NAME[here], BY_NAME[there]
        told(
            account,
            kind,
            account.books[here][ours],
            source,
            "associationChange",
            associationType=f"{kind.upper}_TO_{to.upper}",
            associationTypeId=seen.type_id,
            associationCategory=seen.category,
            fromObjectId=int(ours),
            toObjectId=int(theirs),
            fromObjectTypeId=kind.type_id,
            toObjectTypeId=to.type_id,
            associationRemoved=removed,
            isPrimaryAssociation=account.links.labels[here, there][seen].label == "Primary",
        )


def told(
    account: Account,
    kind: ObjectKind,
    record: HubRecord,
    source: Source,
    word: str,
    *,
    name: str = "",
    **fields: Any,
) -> None:
    """One event, for every subscription that wants it."""
    origin = Origin(account.id, account.now(), source)
    account.around.webhooks.note(origin, kind, record.id, word, name, fields)
