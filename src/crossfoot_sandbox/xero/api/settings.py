"""The calls on an organisation's settings: Organisation, Accounts, TaxRates, Currencies, BrandingThemes."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from crossfoot_sandbox.xero import fields
from crossfoot_sandbox.xero.api.call import Call
from crossfoot_sandbox.xero.api.listing import list_rows, since
from crossfoot_sandbox.xero.books import charts
from crossfoot_sandbox.xero.books.book import ACTIVE, ARCHIVED, DELETED
from crossfoot_sandbox.xero.errors import MethodNotAllowed, NotFound, refused
from crossfoot_sandbox.xero.shape import ZERO_ID, Answer, Json, guid, moment, ms_date, rounded
from crossfoot_sandbox.xero.where import Column

_ACTIONS = (
    "CreateApprovedInvoice",
    "CreateDraftPurchaseOrder",
    "CreateApprovedBill",
    "AttachFilesIntoInvoice",
    "UseMulticurrency",
    "CreateDraftInvoice",
    "CreateRepeatingInvoice",
    "CreateRepeatingBill",
    "CreateSentQuote",
    "CreateInvoicePayment",
    "CreateApprovedPurchaseOrder",
    "CreateDraftQuote",
    "CreateDraftBill",
)


def texts(*names: str) -> dict[str, Column]:
    """Text columns of plain rows."""
    return {name: column("String", name) for name in names}


def column(kind: str, name: str) -> Column:
    """A column that shows a row's field of the same name."""
    return Column(kind, lambda row: row.get(name))


def _updated(row: Json) -> datetime:
    return moment(_updated_ms(row))


def _updated_ms(row: Json) -> int:
    return int(row["UpdatedDateUTC"][6:].split("+")[0])


_ACCOUNT_COLUMNS: Mapping[str, Column] = {
    **texts(
        "Code",
        "Name",
        "Status",
        "Type",
        "TaxType",
        "Class",
        "SystemAccount",
        "Description",
        "BankAccountNumber",
    ),
    "AccountID": column("Guid", "AccountID"),
    "EnablePaymentsToAccount": column("Boolean", "EnablePaymentsToAccount"),
    "ShowInExpenseClaims": column("Boolean", "ShowInExpenseClaims"),
    "UpdatedDateUTC": Column("DateTime", _updated),
}
_TAX_COLUMNS: Mapping[str, Column] = {
    **texts("Name", "TaxType", "Status", "ReportTaxType"),
    **{f"CanApplyTo{word}": column("Boolean", f"CanApplyTo{word}") for word in charts.APPLIES.values()},
    "EffectiveRate": column("Decimal", "EffectiveRate"),
    "DisplayTaxRate": column("Decimal", "DisplayTaxRate"),
}
_CURRENCY_COLUMNS = texts("Code", "Description")

_read_account = fields.reader(
    {
        **dict.fromkeys(
            ("AccountID", "Code", "Name", "Description", "TaxType", "BankAccountNumber", "CurrencyCode"),
            fields.text,
        ),
        "Type": fields.enum("AccountType", charts.CLASS_OF_TYPE),
        "Status": fields.enum("AccountStatus", (ACTIVE, ARCHIVED, DELETED)),
        **dict.fromkeys(("EnablePaymentsToAccount", "ShowInExpenseClaims", "AddToWatchlist"), fields.boolean),
        "BankAccountType": fields.enum_or_empty("BankAccountType", ("BANK", "CREDITCARD", "PAYPAL", "NONE")),
    }
)
_read_rate = fields.reader(
    {
        **dict.fromkeys(("Name", "TaxType", "ReportTaxType"), fields.text),
        "Status": fields.enum("TaxRateStatus", (ACTIVE, DELETED, ARCHIVED, "PENDING")),
        "TaxComponents": fields.listed({"Name": fields.text, "Rate": fields.number}),
    }
)
read_named = fields.reader(
    {
        **dict.fromkeys(("Name", "Code", "ContactID"), fields.text),
        "Status": fields.enum("Status", (ACTIVE, ARCHIVED, DELETED)),
    }
)


def organisation_calls(call: Call) -> Answer:
    """`/Organisation` and `/Organisation/Actions`."""
    only(call, "GET")
    if not call.parts:
        return call.answer("Organisations", [call.organisation.details])
    if [part.lower() for part in call.parts] != ["actions"]:
        raise NotFound
    several = len(call.organisation.currencies) > 1
    rows = [
        {"Name": name, "Status": "ALLOWED" if several or name != "UseMulticurrency" else "NOT-ALLOWED"}
        for name in _ACTIONS
    ]
    return call.answer("Actions", rows)


def account_calls(call: Call) -> Answer:
    """`/Accounts`: list, read, PUT one, POST `/{id}`, DELETE one that nothing uses."""
    accounts = call.organisation.accounts
    if not call.parts:
        if call.method == "GET":
            start = since(call.request, call.organisation.switches)
            rows = [row for row in accounts.values() if row["Status"] != DELETED]
            rows = [row for row in rows if start is None or _updated_ms(row) >= start]
            return call.answer("Accounts", list_rows(call.request, rows, _ACCOUNT_COLUMNS, "Account"))
        only(call, "PUT")
        sent = _read_account(fields.only_one(call.request.body, "Accounts"))
        if not sent.get("Name") or not sent.get("Type") or (not sent.get("Code") and sent["Type"] != "BANK"):
            raise refused("Account Code, Name and Type must be specified.", AccountID=ZERO_ID)
        _check_account(call, sent, None)
        account_id = guid(call.organisation.tenant_id, "account", sent.get("Code"), call.number)
        tax_type = sent.get("TaxType") or "NONE"
        row = charts.account_row(
            account_id,
            sent.get("Code", ""),
            sent["Name"],
            sent["Type"],
            tax_type=tax_type,
            now_ms=call.ms,
        )
        accounts[account_id] = {**row, **sent, "AccountID": account_id}
        return call.answer("Accounts", [accounts[account_id]])
    row = found(call, accounts)
    if call.method == "GET":
        return call.answer("Accounts", [row])
    if call.method == "DELETE":
        if row.get("SystemAccount"):
            raise refused("System accounts cannot be deleted.", AccountID=row["AccountID"])
        if call.organisation.uses_account(row):
            raise refused(
                "The account cannot be deleted as it is used on a transaction.", AccountID=row["AccountID"]
            )
        sent = {"Status": DELETED}
    else:
        only(call, "POST")
        sent = _read_account(fields.only_one(call.request.body, "Accounts"))
        sent.pop("AccountID", None)
        _check_account(call, sent, row)
    accounts[row["AccountID"]] = {**row, **sent, "UpdatedDateUTC": ms_date(call.ms)}
    return call.answer("Accounts", [accounts[row["AccountID"]]])


def _check_account(call: Call, sent: Json, row: Json | None) -> None:
    problems = fields.too_long(sent, {"Code": 10, "Name": 150})
    others = [a for a in call.organisation.accounts.values() if a is not row and a["Status"] != DELETED]
    if any(a["Name"].casefold() == sent.get("Name", "").casefold() for a in others):
        problems.append("Please enter a unique Name.")
    if sent.get("Code") and any(a.get("Code") == sent["Code"] for a in others):
        problems.append("Please enter a unique Code.")
    currency = sent.get("CurrencyCode", "")
    if currency and currency not in call.organisation.currencies:
        problems.append(f"The current organisation is not subscribed to currency '{currency}'.")
    if row and row.get("SystemAccount") and sent.get("Status") in (ARCHIVED, DELETED):
        problems.append("System accounts cannot be archived.")
    if problems:
        raise refused(*problems, AccountID=row["AccountID"] if row else ZERO_ID)


def tax_rate_calls(call: Call) -> Answer:
    """`/TaxRates`: list (deleted ones included), read by TaxType, PUT or POST one."""
    rates = call.organisation.tax_rates
    if call.method == "GET":
        if not call.parts:
            return call.answer("TaxRates", list_rows(call.request, rates.values(), _TAX_COLUMNS, "TaxRate"))
        if call.parts[0] not in rates or len(call.parts) > 1:
            raise NotFound
        return call.answer("TaxRates", [rates[call.parts[0]]])
    if call.parts or call.method not in ("PUT", "POST"):
        raise MethodNotAllowed
    sent = _read_rate(fields.only_one(call.request.body, "TaxRates"))
    known = rates.get(sent.get("TaxType", "")) or next(
        (r for r in rates.values() if r["Name"] == sent.get("Name")), None
    )
    if known and not known["TaxType"].startswith("TAX"):
        raise refused("System tax rates cannot be updated.", **sent)
    if known and call.method == "PUT":
        raise refused("A tax rate with this name already exists.", **sent)
    components = [
        (str(part.get("Name", "")), rounded(Decimal(part.get("Rate", 0)), 4))
        for part in sent.get("TaxComponents", [])
    ]
    if known is None and (not sent.get("Name") or not components):
        raise refused("A tax rate needs a Name and TaxComponents.", **sent)
    before = known or {
        "Name": "",
        "TaxType": _next_tax_type(rates),
        "ReportTaxType": "NONE",
        "TaxComponents": [],
    }
    row = charts.tax_rate(
        str(sent.get("Name") or before["Name"]),
        str(before["TaxType"]),
        str(sent.get("ReportTaxType") or before["ReportTaxType"]),
        components or [(part["Name"], part["Rate"]) for part in before["TaxComponents"]],
        status=sent.get("Status", ACTIVE),
    )
    rates[row["TaxType"]] = row
    return call.answer("TaxRates", [row])


def _next_tax_type(rates: Mapping[str, Json]) -> str:
    return f"TAX{1 + sum(1 for code in rates if code.startswith('TAX')):03d}"


def currency_calls(call: Call) -> Answer:
    """`/Currencies`: the subscribed ones; PUT subscribes another."""
    currencies = call.organisation.currencies
    if call.parts:
        raise NotFound
    if call.method == "GET":
        return call.answer(
            "Currencies", list_rows(call.request, currencies.values(), _CURRENCY_COLUMNS, "Currency")
        )
    only(call, "PUT")
    code = str(read_named(fields.only_one(call.request.body, "Currencies")).get("Code", "")).upper()
    if len(code) != 3 or not code.isalpha():
        raise refused("Currency code is not valid.", Code=code)
    currencies.setdefault(code, charts.currency(code))
    return call.answer("Currencies", [currencies[code]])


def theme_calls(call: Call) -> Answer:
    """`/BrandingThemes`: read only."""
    only(call, "GET")
    themes = call.organisation.themes
    if not call.parts:
        return call.answer("BrandingThemes", themes)
    row = next((row for row in themes if row["BrandingThemeID"] == call.parts[0].lower()), None)
    if row is None or len(call.parts) > 1:
        raise NotFound
    return call.answer("BrandingThemes", [row])


def found(call: Call, rows: Mapping[str, Json]) -> Json:
    """The row that the path's id means."""
    row = rows.get(call.parts[0].lower())
    if row is None or row.get("Status") == DELETED:
        raise NotFound
    return row


def only(call: Call, method: str) -> None:
    """Refuse every other method."""
    if call.method != method:
        raise MethodNotAllowed
