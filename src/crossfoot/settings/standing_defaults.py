"""How documents and their customers stand, as the CRM shows it: rows that go one way, from what the ledger tells and what is computed of it."""

from collections.abc import Mapping

from crossfoot.model.identity import Kind
from crossfoot.settings.choices import StandingPart
from crossfoot.settings.mappings import Direction
from crossfoot.settings.shape import LensName, PairSettings, SyncSettings

Carried = Mapping[str, tuple[str, ...]]

_READS = ("state", "paid", "credited", "due", "due_date", "today")
"""What the lens `standing` reads, in its order."""

_STANDING: Mapping[str, StandingPart] = {
    "standing": "state",
    "overdue_since": "overdue_since",
    "aged": "aged",
    "days_overdue": "days_overdue",
}

_CUSTOMER: Mapping[str, LensName] = {
    "owed_state": LensName.OPTION,
    "owed_due": LensName.MONEY,
    "owed_overdue": LensName.MONEY,
    "owed_since": LensName.DATE,
    "owed": LensName.TEXT,
    "last_invoice": LensName.TEXT,
    "last_invoice_on": LensName.DATE,
    "last_payment_on": LensName.DATE,
    "reconciled": LensName.BOOLEAN,
}


def standing_paths(ledger: Carried) -> tuple[str, ...]:
    """What tells how a document stands; nothing if any of it is not carried."""
    if not ledger.keys() >= {*_READS}:
        return ()
    return tuple(path for name in _READS for path in ledger[name][:1])


def document_standing(crm: Carried, ledger: Carried, *, count_days: bool) -> dict[str, PairSettings]:
    """How a document stands, since when and for how long it is overdue, and whether the bank confirms what was paid.

    `count_days`: whether the number of days is written too, every day anew (docs/decisions/0014).
    """
    rows: dict[str, PairSettings] = {}
    if paths := standing_paths(ledger):
        for name, tells in _STANDING.items():
            if name in crm and (count_days or tells != "days_overdue"):
                rows[name] = PairSettings(
                    crm=crm[name],
                    ledger=paths,
                    lens=LensName.STANDING,
                    direction=Direction.TO_CRM,
                    tells=tells,
                )
    for name, (own, lens) in {
        "overdue": ("overdue", LensName.MONEY),
        "due_on": ("due_date", LensName.DATE),
        "reconciled": ("reconciled", LensName.BOOLEAN),
    }.items():
        if name in crm and own in ledger:
            rows[name] = PairSettings(
                crm=crm[name], ledger=ledger[own], lens=lens, direction=Direction.TO_CRM
            )
    return rows


def with_customer_standing(sync: SyncSettings, crm: Carried, ledger: Carried) -> SyncSettings:
    """A sync of customers with rows for what they owe, unless it has rows of these names or for these fields of the CRM."""
    if sync.ledger is not Kind.CONTACT or sync.crm not in (Kind.CONTACT, Kind.COMPANY):
        return sync
    mapping = dict(sync.mapping or {})
    taken = {path for row in mapping.values() for path in row.crm}
    for name, lens in _CUSTOMER.items():
        if name in crm and name in ledger and name not in mapping and taken.isdisjoint(crm[name]):
            mapping[name] = PairSettings(
                crm=crm[name], ledger=ledger[name], lens=lens, direction=Direction.TO_CRM
            )
    return sync.model_copy(update={"mapping": mapping})
