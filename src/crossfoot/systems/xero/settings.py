"""What an organisation has set up for its documents: currencies, tax rates, accounts, lock dates (Xero fact 7.9).

Tax rates and accounts are never written down anywhere else: every country has its own, and people make more (Xero fact 8.2).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from crossfoot.model.identity import Kind
from crossfoot.model.posting import Place
from crossfoot.systems.port import Account, FieldInfo, TaxRate, ValueType
from crossfoot.systems.xero.answers import Answer, Organisation, day
from crossfoot.systems.xero.http import API, XeroClient

Fields = Mapping[Kind, Mapping[str, FieldInfo]]

WHERE: Mapping[Place, str] = {
    "currencies": "Settings > Currencies",
    "taxes": "Accounting > Advanced > Tax rates",
    "accounts": "Accounting > Chart of accounts",
    "closed": "Accounting > Advanced > Financial settings > Lock dates",
}
"""Where on Xero's pages a person sets these things up."""


class CurrencyAnswer(Answer, frozen=True):
    """A currency that the organisation subscribes to."""

    code: str = ""
    description: str | None = None


class Currencies(Answer, frozen=True):
    """The envelope of currencies."""

    currencies: tuple[CurrencyAnswer, ...] = ()


class TaxRateAnswer(Answer, frozen=True):
    """A tax rate. Deleted ones are listed too."""

    name: str = ""
    tax_type: str = ""
    status: str | None = None
    can_apply_to_revenue: bool | None = None
    effective_rate: Decimal | None = None
    display_tax_rate: Decimal | None = None


class TaxRates(Answer, frozen=True):
    """The envelope of tax rates."""

    tax_rates: tuple[TaxRateAnswer, ...] = ()


class AccountAnswer(Answer, frozen=True):
    """An account of the chart. A bank account may have no code."""

    account_id: str = ""
    code: str | None = None
    name: str = ""
    type: str | None = None
    status: str | None = None
    system_account: str | None = None
    enable_payments_to_account: bool | None = None


class Accounts(Answer, frozen=True):
    """The envelope of accounts."""

    accounts: tuple[AccountAnswer, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """What was found."""

    currencies: tuple[CurrencyAnswer, ...]
    taxes: tuple[TaxRate, ...]
    accounts: tuple[Account, ...]


async def read_settings(client: XeroClient) -> Settings:
    """Three calls; none of the lists has pages (Xero fact 4.5)."""
    currencies = await client.read(f"{API}/Currencies", Currencies, what="read the currencies")
    taxes = await client.read(f"{API}/TaxRates", TaxRates, what="read the tax rates")
    accounts = await client.read(f"{API}/Accounts", Accounts, what="read the accounts")
    return Settings(
        currencies.currencies,
        tuple(_tax(each) for each in taxes.tax_rates),
        tuple(_account(each) for each in accounts.accounts),
    )


def _tax(told: TaxRateAnswer) -> TaxRate:
    """Of a rate with compound components, the effective one has them folded in (Xero fact 8.1)."""
    percent = told.display_tax_rate if told.effective_rate is None else told.effective_rate
    return TaxRate(
        id=told.tax_type,
        name=told.name,
        percent=Decimal(0) if percent is None else percent,
        active=told.status == "ACTIVE",
        for_sales=told.can_apply_to_revenue is True,
    )


_OPEN_SYSTEM_ACCOUNTS = ("", "ROUNDING")
"""The only ones of Xero's own accounts that lines are booked to (Xero fact 8.1)."""


def _account(told: AccountAnswer) -> Account:
    """Lines go to any account but banks and Xero's own; payments to banks and wherever they are enabled (Xero facts 7.6 and 7.9)."""
    bank = told.type == "BANK"
    return Account(
        code=told.code or told.account_id,
        name=told.name,
        sales=not bank and (told.system_account or "") in _OPEN_SYSTEM_ACCOUNTS,
        payments=bank or told.enable_payments_to_account is True,
        active=told.status == "ACTIVE",
    )


def in_currencies(fields: Fields, base: str, currencies: tuple[CurrencyAnswer, ...]) -> Fields:
    """The fields, in which an invoice is in one of the organisation's currencies."""
    names = {base: base, **{each.code: each.description or each.code for each in currencies}}
    invoice = dict(fields[Kind.INVOICE])
    invoice["CurrencyCode"] = replace(invoice["CurrencyCode"], type=ValueType.OPTION, options=names)
    return {**fields, Kind.INVOICE: invoice}


def closed_until(organisation: Organisation) -> date | None:
    """The later of the two lock dates. Nothing of that day or earlier can be posted or changed (Xero fact 7.4)."""
    days = [day(organisation.period_lock_date), day(organisation.end_of_year_lock_date)]
    return max((each for each in days if each is not None), default=None)


def facts(organisation: Organisation, left_today: int | None) -> dict[str, str]:
    """What is worth showing. Nothing dated on or before a lock date can be posted or changed (Xero fact 7.4)."""
    found = {
        "version": organisation.version,
        "plan": organisation.plan,
        "demo company": "yes" if organisation.is_demo_company else None,
        "period lock date": _iso(organisation.period_lock_date),
        "end of year lock date": _iso(organisation.end_of_year_lock_date),
        "calls left today": None if left_today is None else str(left_today),
    }
    return {name: value for name, value in found.items() if value}


def _iso(text: str | None) -> str | None:
    at = day(text)
    return at.isoformat() if at else None
