"""What a line may name: accounts, tax types, tracking options; each refusal with Xero's own words (facts 6.1 and 7.4)."""

from collections.abc import Mapping

from crossfoot_sandbox.xero import fields
from crossfoot_sandbox.xero.books.book import ACTIVE, ARCHIVED, DELETED
from crossfoot_sandbox.xero.books.charts import APPLIES
from crossfoot_sandbox.xero.books.organisation import Organisation
from crossfoot_sandbox.xero.kinds.sums import NO_TAX
from crossfoot_sandbox.xero.shape import Json

MOST_TRACKING = 2
_CLOSED = frozenset(  # system accounts that no line may use
    (
        "DEBTORS",
        "CREDITORS",
        "BANKCURRENCYGAIN",
        "UNREALISEDCURRENCYGAIN",
        "REALISEDCURRENCYGAIN",
        "UNPAIDEXPCLM",
        "RETAINEDEARNINGS",
        "HISTORICAL",
        "TRACKINGTRANSFERS",
    )
)
_APPLIES_TO: Mapping[str, str] = {
    "ASSET": APPLIES["A"],
    "EQUITY": APPLIES["E"],
    "EXPENSE": APPLIES["X"],
    "LIABILITY": APPLIES["L"],
    "REVENUE": APPLIES["R"],
}

read_tracking = fields.listed(
    dict.fromkeys(("TrackingCategoryID", "TrackingOptionID", "Name", "Option"), fields.text)
)


def account_of(
    organisation: Organisation, line: Json, given: Json, status: str, warnings: list[str]
) -> list[str]:
    """Resolve a line's account by code or id. On a draft an unknown code is taken off with a warning; elsewhere it is refused."""
    by_id = given.get("AccountID", "").lower()
    if by_id and "AccountCode" not in given:
        account = organisation.accounts.get(by_id)
        if account is None or not account.get("Code"):
            return ["Account could not be found."]
        line["AccountCode"] = account["Code"]
    line.pop("AccountID", None)
    code = line.get("AccountCode", "")
    account = organisation.account(code) if code else None
    if code and account is None and status == "DRAFT" and "AccountCode" in given:
        warnings.append(f"Account code '{code}' has been removed as it does not match a recognised account.")
        del line["AccountCode"]
    return []


def coding_problems(organisation: Organisation, line: Json, status: str, basis: str) -> list[str]:
    """What is wrong with the account and the tax type of a line of a document that would have this status."""
    if "LineAmount" not in line:
        return []
    code = line.get("AccountCode", "")
    account = organisation.account(code) if code else None
    problems = []
    if account is None:
        if code:
            problems.append(f"Account code '{code}' is not a valid code for this document.")
        elif status == "AUTHORISED":
            problems.append("Account code must be specified")
    elif account["Status"] in (ARCHIVED, DELETED):
        problems.append(
            f"Account code '{code}' has been archived, or has been deleted. Each line item must reference a valid account."
        )
    elif account["Type"] == "BANK" or account.get("SystemAccount") in _CLOSED:
        problems.append(f"Account code '{code}' is not a valid code for this document.")
    if basis == NO_TAX or "TaxType" not in line:
        return problems
    tax_type = line["TaxType"]
    rate = organisation.tax_rates.get(tax_type)
    if rate is None or rate["Status"] != ACTIVE:
        problems.append(
            f"The TaxType code {tax_type} does not exist or cannot be used for this type of transaction."
        )
    elif account is not None and not rate[f"CanApplyTo{_APPLIES_TO[account['Class']]}"]:
        problems.append(f"The TaxType code '{tax_type}' cannot be used with account code '{code}'.")
    return problems


def tracking_of(
    organisation: Organisation, given: Json, before: Json, problems: list[str], warnings: list[str]
) -> list[Json]:
    """The tracking of a line: as sent, else as it was. An option that does not exist is left out with a warning, or refused."""
    if "Tracking" not in given:
        return list(before.get("Tracking", []))
    found = []
    for entry in given["Tracking"]:
        resolved = _resolved(organisation, entry)
        if resolved is not None:
            found.append(resolved)
            continue
        named = entry.get("Option") or entry.get("TrackingOptionID") or ""
        within = entry.get("Name") or entry.get("TrackingCategoryID") or ""
        message = f"Tracking option '{named}' of category '{within}' is not an active tracking option."
        (warnings if organisation.switches.unknown_tracking == "ignored" else problems).append(message)
    if len(found) > MOST_TRACKING:
        problems.append(f"A line item cannot have more than {MOST_TRACKING} tracking categories.")
    return found


def _resolved(organisation: Organisation, entry: Json) -> Json | None:
    category_id, name = entry.get("TrackingCategoryID", "").lower(), entry.get("Name", "").casefold()
    option_id, option = entry.get("TrackingOptionID", "").lower(), entry.get("Option", "").casefold()
    for category in organisation.tracking.values():
        if category["Status"] != ACTIVE or not (
            category["TrackingCategoryID"] == category_id
            if category_id
            else category["Name"].casefold() == name or (not name and option_id)
        ):
            continue
        for one in category["Options"]:
            right = one["TrackingOptionID"] == option_id if option_id else one["Name"].casefold() == option
            if right and one["Status"] == ACTIVE:
                return {
                    "TrackingCategoryID": category["TrackingCategoryID"],
                    "TrackingOptionID": one["TrackingOptionID"],
                    "Name": category["Name"],
                    "Option": one["Name"],
                }
    return None
