"""What a connection's invoices begin with: the ledger's sales account, and the taxes that mean the same on both sides."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from crossfoot.model.identity import Kind, Side
from crossfoot.settings.connection import ConnectionSettings
from crossfoot.settings.document_defaults import KINDS, DocumentSettings
from crossfoot.settings.mappings import Direction
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
    crm, ledger = descriptions[Side.CRM], descriptions[Side.LEDGER]
    known = {*documents.taxes.values(), *same_taxes(crm.taxes, ledger.taxes).values()}
    return [
        each
        for each in ledger.taxes
        if each.active and each.for_sales and each.percent and each.id not in known
    ]


def beginning(name: str, descriptions: Mapping[Side, Description]) -> dict[str, Any]:
    """What a new sync of this name begins with besides its preset: payment records are made in the CRM only where that is known to work."""
    if name == "payments" and not descriptions[Side.CRM].makes.get(Kind.PAYMENT, False):
        return {"creates": Direction.TO_LEDGER.value}
    return {}


def remarks(
    descriptions: Mapping[Side, Description], settings: ConnectionSettings, titles: Mapping[Side, str]
) -> tuple[str, ...]:
    """What people should know, or do in one of the systems, about the documents that are synced; a sentence or two each."""
    if settings.syncs.keys().isdisjoint(PRESETS):
        return ()
    found: list[str] = []
    if not settings.syncs.keys().isdisjoint({"invoices", "deals"}):
        found += _about_taxes(descriptions, settings.documents, titles)
    if "payments" in settings.syncs:
        found += _about_payments(descriptions[Side.CRM], settings, titles)
    return tuple(found)


def _about_taxes(
    descriptions: Mapping[Side, Description], documents: DocumentSettings, titles: Mapping[Side, str]
) -> Iterator[str]:
    crm, ledger = (descriptions[side].taxes for side in Side)
    here, there = titles[Side.CRM], titles[Side.LEDGER]
    if ledger and not crm:
        yield (
            f"{here} shows no tax rates: its library is empty, or the permission to read it is lacking (tax_rates.read). "
            f"Invoices carry no tax in {here} until that is mended; what {there} says of tax and totals is right."
        )
        return
    rates, types = {each.id: each for each in crm}, {each.id: each for each in ledger}
    for rate_id, tax in documents.taxes.items():
        rate, other = rates.get(rate_id), types.get(tax)
        why = (
            f"{here} has no tax rate {rate_id} any more"
            if rate is None
            else f"{there} has no tax {tax} any more"
            if other is None
            else f"'{other.name}' is not in use any more in {there}"
            if not other.active
            else f"'{rate.name}' is {percent(rate)} in {here}, and '{other.name}' {percent(other)} in {there}"
            if rate.percent != other.percent
            else ""
        )
        if why:
            yield f"{why}: invoices with this tax wait. Make both the same, or correct 'documents: taxes' in the settings."
    for rate_id, tax in same_taxes(crm, ledger).items():
        if rate_id not in documents.taxes and tax not in documents.taxes.values():
            yield (
                f"'{rates[rate_id].name}' in {here} and '{types[tax].name}' in {there} seem to be the same tax. "
                f"If so, add  '{rate_id}': {tax}  to 'documents: taxes' in the settings."
            )
    lacking = lacking_taxes(descriptions, documents)
    if lacking:
        names = ", ".join(f"'{each.name}' ({percent(each)})" for each in lacking)
        yield (
            f"{here}'s tax library lacks {names}. Invoices with such a tax show without it in {here}, until an administrator adds it there "
            f"(Settings > Commerce > Taxes) and it stands under 'documents: taxes' in the settings."
        )


def _about_payments(
    crm: Description, settings: ConnectionSettings, titles: Mapping[Side, str]
) -> Iterator[str]:
    here, there = titles[Side.CRM], titles[Side.LEDGER]
    able = crm.makes.get(Kind.PAYMENT)
    if able:
        return
    why = (
        f"{here} makes payment records only in portals with HubSpot payments or Stripe, and this one has neither"
        if able is False
        else "Whether this portal can make payment records could not be seen (it needs HubSpot payments or Stripe)"
    )
    yield (
        f"{why}. Payments in {there} therefore show as amounts and dates on invoices and deals; payments recorded in {here} reach {there}."
    )
    if able is None and not settings.syncs["payments"].creates.allows(Side.CRM):
        yield "If it has, let the records be made with 'crossfoot syncs edit payments creates=both'."


def percent(rate: TaxRate) -> str:
    """As people write it."""
    return f"{rate.percent.normalize():f} %"


PRESETS = tuple(KINDS)
"""The syncs that documents are about."""
