"""The settings that a new connection begins with."""

from crossfoot.settings.connection import ConnectionSettings, Invoice
from crossfoot.settings.defaults import KINDS, MODES, SHARED, Carries
from crossfoot.settings.shape import SyncSettings

__all__ = ["KINDS", "MODES", "SHARED", "Carries", "Invoice", "default_settings"]


def default_settings(
    name: str,
    region: str | None,
    invoice: Invoice = "both",
    *,
    crm_carries: Carries,
    ledger_carries: Carries,
) -> ConnectionSettings:
    """Every preset of the mode, written out over what the two systems carry."""
    short = ConnectionSettings(
        name=name, region=region, invoice=invoice, syncs={preset: SyncSettings() for preset in MODES[invoice]}
    )
    return short.completed(crm_carries, ledger_carries)
