"""What a new organisation starts with: chart of accounts, tax rates, currencies, tracking, themes, per country.

NZ rates are as recorded from the demo company; AU, UK and US follow Xero's page of tax types (Xero fact 8.2).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from crossfoot_sandbox.xero.shape import Json, guid, ms_date


@dataclass(frozen=True, slots=True)
class Country:
    """How Xero names a country and what is usual there. `year_end` is day and month."""

    code: str
    version: str
    currency: str
    time_zone: str
    year_end: tuple[int, int]
    tax_basis: str
    tax_period: str
    sales_tax: str
    purchases_tax: str
    no_tax: str


COUNTRIES: Mapping[str, Country] = {
    "NZ": Country(
        "NZ",
        "NZ",
        "NZD",
        "NEWZEALANDSTANDARDTIME",
        (31, 3),
        "PAYMENTS",
        "TWOMONTHS",
        "OUTPUT2",
        "INPUT2",
        "NONE",
    ),
    "AU": Country(
        "AU",
        "AU",
        "AUD",
        "AUSEASTERNSTANDARDTIME",
        (30, 6),
        "ACCRUALS",
        "QUARTERLY",
        "OUTPUT",
        "INPUT",
        "BASEXCLUDED",
    ),
    "GB": Country(
        "GB", "UK", "GBP", "GMTSTANDARDTIME", (31, 3), "ACCRUAL", "QUARTERLY", "OUTPUT2", "INPUT2", "NONE"
    ),
    "US": Country(
        "US", "US", "USD", "EASTERNSTANDARDTIME", (31, 12), "NONE", "NONE", "OUTPUT", "NONE", "NONE"
    ),
}

# Name, TaxType, ReportTaxType, percent, where it applies (Assets, Equity, eXpenses, Liabilities, Revenue), status
_Rate = tuple[str, str, str, str, str, str]
_RATES: Mapping[str, tuple[_Rate, ...]] = {
    "NZ": (
        ("12.5% GST on Expenses", "INPUT", "INPUT", "12.5", "AEXL", "DELETED"),
        ("12.5% GST on Income", "OUTPUT", "OUTPUT", "12.5", "AELR", "DELETED"),
        ("15% GST on Expenses", "INPUT2", "INPUT", "15.0", "AEXL", "ACTIVE"),
        ("15% GST on Income", "OUTPUT2", "OUTPUT", "15.0", "AELR", "ACTIVE"),
        ("GST on Imports", "GSTONIMPORTS", "GSTONIMPORTS", "0.0", "L", "ACTIVE"),
        ("No GST", "NONE", "NONE", "0.0", "AEXLR", "ACTIVE"),
        ("Zero Rated", "ZERORATED", "OUTPUT", "0.0", "LR", "ACTIVE"),
    ),
    "AU": (
        ("BAS Excluded", "BASEXCLUDED", "BASEXCLUDED", "0.0", "AEXLR", "ACTIVE"),
        ("GST Free Capital", "EXEMPTCAPITAL", "EXEMPTCAPITAL", "0.0", "A", "ACTIVE"),
        ("GST Free Expenses", "EXEMPTEXPENSES", "EXEMPTEXPENSES", "0.0", "AXL", "ACTIVE"),
        ("GST Free Exports", "EXEMPTEXPORT", "EXEMPTEXPORT", "0.0", "R", "ACTIVE"),
        ("GST Free Income", "EXEMPTOUTPUT", "EXEMPTOUTPUT", "0.0", "LR", "ACTIVE"),
        ("GST on Capital", "CAPEXINPUT", "CAPEXINPUT", "10.0", "A", "ACTIVE"),
        ("GST on Capital Imports", "GSTONCAPIMPORTS", "GSTONCAPIMPORTS", "0.0", "L", "ACTIVE"),
        ("GST on Expenses", "INPUT", "INPUT", "10.0", "AXL", "ACTIVE"),
        ("GST on Imports", "GSTONIMPORTS", "GSTONIMPORTS", "0.0", "L", "ACTIVE"),
        ("GST on Income", "OUTPUT", "OUTPUT", "10.0", "ELR", "ACTIVE"),
        ("Input Taxed", "INPUTTAXED", "INPUTTAXED", "0.0", "AXLR", "ACTIVE"),
    ),
    "GB": (
        ("20% (VAT on Expenses)", "INPUT2", "INPUT", "20.0", "AEXL", "ACTIVE"),
        ("20% (VAT on Income)", "OUTPUT2", "OUTPUT", "20.0", "AELR", "ACTIVE"),
        ("5% (VAT on Expenses)", "RRINPUT", "INPUT", "5.0", "AEXL", "ACTIVE"),
        ("5% (VAT on Income)", "RROUTPUT", "OUTPUT", "5.0", "AELR", "ACTIVE"),
        ("Domestic Reverse Charge @ 20% (VAT on Expenses)", "DRCHARGE20", "DRCHARGE", "0.0", "AXL", "ACTIVE"),
        ("Exempt Expenses", "EXEMPTINPUT", "INPUT", "0.0", "AEXL", "ACTIVE"),
        ("Exempt Income", "EXEMPTOUTPUT", "OUTPUT", "0.0", "AELR", "ACTIVE"),
        ("No VAT", "NONE", "NONE", "0.0", "AEXLR", "ACTIVE"),
        ("Zero Rated Expenses", "ZERORATEDINPUT", "INPUT", "0.0", "AEXL", "ACTIVE"),
        ("Zero Rated Income", "ZERORATEDOUTPUT", "OUTPUT", "0.0", "AELR", "ACTIVE"),
    ),
    "US": (
        ("Sales Tax on Imports", "GSTONIMPORTS", "GSTONIMPORTS", "0.0", "L", "ACTIVE"),
        ("Tax Exempt", "NONE", "NONE", "0.0", "AEXLR", "ACTIVE"),
        ("Tax on Purchases", "INPUT", "INPUT", "0.0", "AEXL", "ACTIVE"),
        ("Tax on Sales", "OUTPUT", "OUTPUT", "8.25", "AELR", "ACTIVE"),
    ),
}
APPLIES = {"A": "Assets", "E": "Equity", "X": "Expenses", "L": "Liabilities", "R": "Revenue"}
_TAX_NAME = {"NZ": "GST", "AU": "GST", "GB": "VAT", "US": "Tax"}

CLASS_OF_TYPE: Mapping[str, str] = {
    **dict.fromkeys(("BANK", "CURRENT", "FIXED", "INVENTORY", "NONCURRENT", "PREPAYMENT"), "ASSET"),
    **dict.fromkeys(("CURRLIAB", "LIABILITY", "TERMLIAB", "PAYG"), "LIABILITY"),
    **dict.fromkeys(("DEPRECIATN", "DIRECTCOSTS", "EXPENSE", "OVERHEADS"), "EXPENSE"),
    **dict.fromkeys(("OTHERINCOME", "REVENUE", "SALES"), "REVENUE"),
    "EQUITY": "EQUITY",
}
_REPORTING = {
    "ASSET": ("ASS", "Assets"),
    "LIABILITY": ("LIA", "Liabilities"),
    "EQUITY": ("EQU", "Equity"),
    "REVENUE": ("REV", "Revenue"),
    "EXPENSE": ("EXP", "Expenses"),
}
# Code, name, type, tax (Sales, Purchases, None), system account
_ACCOUNTS: tuple[tuple[str, str, str, str, str], ...] = (
    ("090", "Business Bank Account", "BANK", "N", ""),
    ("091", "Business Savings Account", "BANK", "N", ""),
    ("200", "Sales", "REVENUE", "S", ""),
    ("260", "Other Revenue", "REVENUE", "S", ""),
    ("270", "Interest Income", "REVENUE", "N", ""),
    ("300", "Purchases", "DIRECTCOSTS", "P", ""),
    ("310", "Cost of Goods Sold", "DIRECTCOSTS", "P", ""),
    ("400", "Advertising", "EXPENSE", "P", ""),
    ("404", "Bank Fees", "EXPENSE", "N", ""),
    ("408", "Cleaning", "EXPENSE", "P", ""),
    ("412", "Consulting & Accounting", "EXPENSE", "P", ""),
    ("416", "Depreciation", "DEPRECIATN", "N", ""),
    ("420", "Entertainment", "EXPENSE", "P", ""),
    ("425", "Freight & Courier", "EXPENSE", "P", ""),
    ("429", "General Expenses", "EXPENSE", "P", ""),
    ("433", "Insurance", "EXPENSE", "P", ""),
    ("437", "Interest Expense", "EXPENSE", "N", ""),
    ("441", "Legal expenses", "EXPENSE", "P", ""),
    ("445", "Light, Power, Heating", "EXPENSE", "P", ""),
    ("449", "Motor Vehicle Expenses", "EXPENSE", "P", ""),
    ("453", "Office Expenses", "EXPENSE", "P", ""),
    ("461", "Printing & Stationery", "EXPENSE", "P", ""),
    ("469", "Rent", "EXPENSE", "P", ""),
    ("473", "Repairs and Maintenance", "EXPENSE", "P", ""),
    ("477", "Salaries", "EXPENSE", "N", ""),
    ("485", "Subscriptions", "EXPENSE", "P", ""),
    ("489", "Telephone & Internet", "EXPENSE", "P", ""),
    ("493", "Travel - National", "EXPENSE", "P", ""),
    ("494", "Travel - International", "EXPENSE", "N", ""),
    ("497", "Bank Revaluations", "EXPENSE", "N", "BANKCURRENCYGAIN"),
    ("498", "Unrealised Currency Gains", "EXPENSE", "N", "UNREALISEDCURRENCYGAIN"),
    ("499", "Realised Currency Gains", "EXPENSE", "N", "REALISEDCURRENCYGAIN"),
    ("610", "Accounts Receivable", "CURRENT", "N", "DEBTORS"),
    ("620", "Prepayments", "CURRENT", "N", ""),
    ("630", "Inventory", "INVENTORY", "N", ""),
    ("710", "Office Equipment", "FIXED", "P", ""),
    ("720", "Computer Equipment", "FIXED", "P", ""),
    ("800", "Accounts Payable", "CURRLIAB", "N", "CREDITORS"),
    ("801", "Unpaid Expense Claims", "CURRLIAB", "N", "UNPAIDEXPCLM"),
    ("820", "GST", "CURRLIAB", "N", "GST"),
    ("825", "PAYE Payable", "CURRLIAB", "N", ""),
    ("830", "Income Tax Payable", "CURRLIAB", "N", ""),
    ("840", "Historical Adjustment", "CURRLIAB", "N", "HISTORICAL"),
    ("850", "Suspense", "CURRLIAB", "N", ""),
    ("860", "Rounding", "CURRLIAB", "N", "ROUNDING"),
    ("877", "Tracking Transfers", "CURRLIAB", "N", "TRACKINGTRANSFERS"),
    ("880", "Owner A Drawings", "EQUITY", "N", ""),
    ("881", "Owner A Funds Introduced", "EQUITY", "N", ""),
    ("900", "Loan", "TERMLIAB", "N", ""),
    ("960", "Retained Earnings", "EQUITY", "N", "RETAINEDEARNINGS"),
    ("970", "Owner A Share Capital", "EQUITY", "N", ""),
)
_PAYMENTS_TO = ("880", "881")
_CURRENCY_NAMES: Mapping[str, str] = {
    "AUD": "Australian Dollar",
    "CAD": "Canadian Dollar",
    "CHF": "Swiss Franc",
    "EUR": "Euro",
    "GBP": "British Pound",
    "HKD": "Hong Kong Dollar",
    "JPY": "Japanese Yen",
    "KWD": "Kuwaiti Dinar",
    "NZD": "New Zealand Dollar",
    "SGD": "Singapore Dollar",
    "USD": "United States Dollar",
    "ZAR": "South African Rand",
}


def currency(code: str) -> Json:
    """A row of `/Currencies`."""
    return {"Code": code, "Description": _CURRENCY_NAMES.get(code, code)}


def accounts(tenant_id: str, country: str, base: str, now_ms: int) -> dict[str, Json]:
    """The chart of accounts by AccountID."""
    taxes = COUNTRIES[country]
    tax_of = {"S": taxes.sales_tax, "P": taxes.purchases_tax, "N": taxes.no_tax}
    rows = {}
    for code, name, kind, tax, system in _ACCOUNTS:
        account_id = guid(tenant_id, "account", code)
        rows[account_id] = account_row(account_id, code, name, kind, tax_type=tax_of[tax], now_ms=now_ms)
        if system:
            rows[account_id]["SystemAccount"] = system
        if kind == "BANK":
            rows[account_id] |= {
                "BankAccountNumber": f"12010203456{code}00",
                "BankAccountType": "BANK",
                "CurrencyCode": base,
            }
        rows[account_id]["EnablePaymentsToAccount"] = code in _PAYMENTS_TO
    return rows


def account_row(account_id: str, code: str, name: str, kind: str, *, tax_type: str, now_ms: int) -> Json:
    """A row of `/Accounts`."""
    account_class = CLASS_OF_TYPE[kind]
    reporting_code, reporting_name = _REPORTING[account_class]
    return {
        "AccountID": account_id,
        "Code": code,
        "Name": name,
        "Status": "ACTIVE",
        "Type": kind,
        "TaxType": tax_type,
        "Class": account_class,
        "EnablePaymentsToAccount": False,
        "ShowInExpenseClaims": False,
        "ReportingCode": reporting_code,
        "ReportingCodeName": reporting_name,
        "HasAttachments": False,
        "UpdatedDateUTC": ms_date(now_ms),
        "AddToWatchlist": False,
    }


def tax_rates(country: str) -> dict[str, Json]:
    """The tax rates by TaxType, deleted ones included."""
    return {
        tax_type: tax_rate(
            name, tax_type, report, [(_TAX_NAME[country], Decimal(percent))], applies=applies, status=status
        )
        for name, tax_type, report, percent, applies, status in _RATES[country]
    }


def tax_rate(
    name: str,
    tax_type: str,
    report: str,
    components: list[tuple[str, Decimal]],
    *,
    applies: str = "AEXLR",
    status: str = "ACTIVE",
) -> Json:
    """A row of `/TaxRates`."""
    total = sum((rate for _, rate in components), Decimal("0.0"))
    return {
        "Name": name,
        "TaxType": tax_type,
        "ReportTaxType": report,
        **{f"CanApplyTo{word}": letter in applies for letter, word in APPLIES.items()},
        "DisplayTaxRate": total,
        "EffectiveRate": total,
        "Status": status,
        "TaxComponents": [
            {"Name": part, "Rate": rate, "IsCompound": False, "IsNonRecoverable": False}
            for part, rate in components
        ],
    }


def tracking(tenant_id: str) -> dict[str, Json]:
    """The tracking categories by id: a region, as in the demo company."""
    category = guid(tenant_id, "tracking category", "Region")
    return {
        category: {
            "Name": "Region",
            "Status": "ACTIVE",
            "TrackingCategoryID": category,
            "Options": [
                {
                    "TrackingOptionID": guid(tenant_id, "tracking option", name),
                    "Name": name,
                    "Status": "ACTIVE",
                    "HasValidationErrors": False,
                    "IsDeleted": False,
                    "IsArchived": False,
                    "IsActive": True,
                }
                for name in ("Eastside", "North", "South", "West Coast")
            ],
        }
    }


def themes(tenant_id: str) -> list[Json]:
    """The branding themes (shape recorded)."""
    return [
        {
            "BrandingThemeID": guid(tenant_id, "branding theme", name),
            "Name": name,
            "LogoUrl": "",
            "Type": "INVOICE",
            "SortOrder": order,
            "CreatedDateUTC": ms_date(946_684_800_000),
        }
        for order, name in enumerate(("Standard", "Special Projects"), start=1)
    ]
