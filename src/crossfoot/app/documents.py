"""What a connection's invoices begin with: the ledger's sales account, and the taxes that mean the same on both sides."""

from collections.abc import Mapping
from datetime import date

from crossfoot.model.identity import Kind, Side
from crossfoot.settings.document_defaults import KINDS, DocumentSettings
from crossfoot.systems.port import Description, TaxRate


def can_invoice(descriptions: Mapping[Side, Description]) -> bool:
    """Whether both accounts let us see invoices."""
    return all(Kind.INVOICE in description.fields for description in descriptions.values())


def suggested(descriptions: Mapping[Side, Description], *, since: date | None = None) -> DocumentSettings:
    """Settings that both accounts suggest; a person looks them over in the file."""
    crm, ledger = descriptions[Side.CRM], descriptions[Side.LEDGER]
    accounts = [each for each in ledger.accounts if each.active and each.sales]
    payments = [each for each in ledger.accounts if each.active and each.payments]
    return DocumentSettings(
        account=accounts[0].code if accounts else None,
        payment_account=payments[0].code if payments else None,
        taxes=same_taxes(crm.taxes, ledger.taxes),
        since=since,
    )


def same_taxes(crm: tuple[TaxRate, ...], ledger: tuple[TaxRate, ...]) -> dict[str, str]:
    """The CRM's tax rates with the ledger's that mean the same: of equal percentage, and where several are, of the same name.

    A rate that could mean several taxes is left out, for a guess would end up on an invoice.
    """
    found: dict[str, str] = {}
    for rate in crm:
        alike = [
            each
            for each in ledger
            if rate.active and each.active and each.for_sales and each.percent == rate.percent
        ]
        named = [each for each in alike if each.name.casefold() == rate.name.casefold()]
        if len(named or alike) == 1:
            found[rate.id] = (named or alike)[0].id
    return found


def lacking_taxes(descriptions: Mapping[Side, Description], documents: DocumentSettings) -> list[TaxRate]:
    """The ledger's sales taxes for which the CRM's library has no rate: its totals lack them until an administrator adds them there."""
    known = set(documents.taxes.values())
    return [
        each
        for each in descriptions[Side.LEDGER].taxes
        if each.active and each.for_sales and each.percent and each.id not in known
    ]


PRESETS = tuple(KINDS)
"""The syncs that documents are about."""
