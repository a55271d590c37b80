"""The settings that a new connection begins with."""

from crossfoot.settings.connection import ConnectionSettings, Invoice
from crossfoot.settings.defaults import KINDS, MODES, SHARED, Carries
from crossfoot.settings.document_defaults import DocumentSettings
from crossfoot.settings.shape import SyncSettings

DOCUMENTS = ("invoices", "deals")
"""The syncs of documents that a connection may begin with. Payments as records need a portal that can hold them."""

__all__ = ["KINDS", "MODES", "SHARED", "Carries", "Invoice", "default_settings"]


def default_settings(
    name: str,
    region: str | None,
    invoice: Invoice = "both",
    *,
    crm_carries: Carries,
    ledger_carries: Carries,
    documents: DocumentSettings | None = None,
) -> ConnectionSettings:
    """Every preset of the mode, written out over what the two systems carry; with `documents` also those of invoices and deals."""
    presets = (*MODES[invoice], *(() if documents is None else DOCUMENTS))
    short = ConnectionSettings(
        name=name,
        region=region,
        invoice=invoice,
        syncs={preset: SyncSettings() for preset in presets},
        documents=documents or DocumentSettings(),
    )
    return short.completed(crm_carries, ledger_carries)
