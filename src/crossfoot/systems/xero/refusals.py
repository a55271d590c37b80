"""What Xero says when it refuses a record, and what that means for people (Xero fact 6.1).

The full text is classified by its beginning, never by a part of it: a name may quote another message.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from crossfoot.model.problems import Cause, Problem

SAID = 500
"""Characters of Xero's own words that are kept."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One sentence of Xero's. `what` names the value that the pattern's group `value` finds."""

    pattern: re.Pattern[str]
    cause: Cause
    what: str
    fix: str
    field: str | None = None


RECORDS = (
    Refusal(
        re.compile(r"The contact name (?P<value>.*) is already assigned to another contact\."),
        Cause.TAKEN,
        "Another active Xero contact already has the name '{value}'; names are unique there.",
        "Link the two if they are the same, or give one of them another name.",
        "Name",
    ),
    Refusal(
        re.compile(r"The contact number (?P<value>.*) is already assigned to another contact\."),
        Cause.TAKEN,
        "Another Xero contact already has the contact code '{value}'.",
        "Look whether that contact is the same one; contact codes are unique in Xero.",
        "ContactNumber",
    ),
    Refusal(
        re.compile(r"The specified contact details matched an archived contact\."),
        Cause.ARCHIVED,
        "The Xero contact is archived, and archived contacts cannot be changed through the API.",
        "Restore the contact in Xero (Contacts, Archived, Restore), then sync again.",
        None,
    ),
    Refusal(
        re.compile(r"Price List Item with Code '(?P<value>.*)' already exists"),
        Cause.TAKEN,
        "Another Xero item already has the code '{value}'; codes are unique there.",
        "Link the two if they are the same, or give one of them another code.",
        "Code",
    ),
    Refusal(
        re.compile(r".* could not be found$"),
        Cause.MISSING,
        "Xero does not know the record any more.",
        "Look for it in Xero; it may have been deleted.",
        None,
    ),
    Refusal(
        re.compile(r"The Contact must contain at least 1 of the following elements"),
        Cause.INVALID,
        "The contact has no name, and Xero does not keep a contact without one.",
        "Fill in the name.",
        "Name",
    ),
    Refusal(
        re.compile(r"Email address must be valid"),
        Cause.INVALID,
        "Xero does not accept the e-mail address.",
        "Correct the e-mail address.",
        "EmailAddress",
    ),
    Refusal(
        re.compile(r"Account code '(?P<value>.*)' (?:is not a valid code|has been archived)"),
        Cause.INVALID,
        "The account '{value}' is not in use in Xero for this purpose.",
        "Choose an active account of Xero's chart of accounts.",
        None,
    ),
    Refusal(
        re.compile(r"The TaxType code '?(?P<value>[^' ]*)'? (?:does not exist|cannot be used)"),
        Cause.INVALID,
        "The tax rate '{value}' cannot be used here in Xero.",
        "Choose an active tax rate that suits the account.",
        None,
    ),
    Refusal(
        re.compile(
            r"(?:The current organisation|Organisation) is not subscribed to currency '?(?P<value>\w+)"
        ),
        Cause.INVALID,
        "The Xero organisation does not use the currency {value}.",
        "Add the currency in Xero (Settings, Currencies), or change it here.",
        "DefaultCurrency",
    ),
)
"""About contacts and items."""


_LOCKED = (
    re.compile(
        r"The \w+ date cannot be before the (?P<which>period|end of year) lock date, currently set at (?P<value>.*?)\.?$"
    ),
    Cause.INVALID,
    "The books are closed: Xero's {which} lock date is {value}, and the date of this is not after it.",
    "Give it a later date, or have the lock date moved in Xero by someone who may.",
    "Date",
)
_CURRENCY = (
    re.compile(
        r"(?:The current organisation|Organisation) is not subscribed to currency '?(?P<value>\w+)",
        re.IGNORECASE,
    ),
    Cause.INVALID,
    "The Xero organisation does not use the currency {value}.",
    "Add the currency in Xero (Settings, Currencies), or change it here.",
    "CurrencyCode",
)

NOT_OF_THIS_STATE = re.compile(
    r"Invoice not of valid status for modification"
    r"|This document cannot be edited as it has a payment or credit note allocated to it"
    r"|The status \w+ cannot be applied to the invoice because it has payments or credit notes allocated to it"
)
"""Refusals that only the invoice's own state explains; which state that is, Xero does not say."""

INVOICES = (
    Refusal(
        re.compile(r"Invoice # must be unique"),
        Cause.TAKEN,
        "Another Xero invoice already has this number; numbers are unique there, and voided and deleted invoices keep theirs.",
        "Link the two if they are the same, or let Xero give the number.",
        "InvoiceNumber",
    ),
    Refusal(
        re.compile(r"Invoice not of valid status for creation"),
        Cause.INVALID,
        "Xero creates invoices as draft, awaiting approval or awaiting payment only.",
        "Choose one of these states.",
        "Status",
    ),
    Refusal(
        NOT_OF_THIS_STATE,
        Cause.INVALID,
        "The state of the Xero invoice does not allow this change.",
        "Look at the invoice in Xero: paid, voided and deleted ones are closed, and payments or credits on one forbid most changes.",
        "Status",
    ),
    Refusal(
        re.compile(r"You have reached the limit of invoices you can approve"),
        Cause.LIMIT,
        "The Xero plan of this organisation allows no more approved invoices this month.",
        "Approve it next month, let it be a draft, or change the plan in Xero.",
        "Status",
    ),
    Refusal(
        re.compile(r"A Contact must be specified for this type of transaction"),
        Cause.NOT_READY,
        "An invoice in Xero needs a contact, and none is named.",
        "Sync the customer first, so that the Xero contact exists.",
        "Contact",
    ),
    Refusal(
        re.compile(r"The (?:specified )?contact (?!name |number )[^.]*\barchived", re.IGNORECASE),
        Cause.NOT_READY,
        "The Xero contact of this invoice is archived, and archived contacts take no new invoices.",
        "Restore the contact in Xero (Contacts, Archived, Restore), then sync again.",
        "Contact",
    ),
    Refusal(
        re.compile(r"One or more line items must be specified"),
        Cause.INVALID,
        "An invoice in Xero has at least one line, and this one has none.",
        "Add a line.",
        "Lines",
    ),
    Refusal(
        re.compile(r"Account code must be specified"),
        Cause.NOT_READY,
        "A line of the invoice has no account, and Xero approves no invoice without.",
        "Choose the account for new lines in the settings of this sync, or fill it in in Xero.",
        "Lines",
    ),
    Refusal(
        re.compile(r"Account code '(?P<value>.*?)' is not a valid code for this document"),
        Cause.INVALID,
        "Xero has no account '{value}' that an invoice could be booked to.",
        "Choose an active revenue account of Xero's chart of accounts.",
        "Lines",
    ),
    Refusal(
        re.compile(r"Account code '(?P<value>.*?)' has been archived"),
        Cause.INVALID,
        "The account '{value}' is archived or deleted in Xero.",
        "Restore the account in Xero, or choose another one.",
        "Lines",
    ),
    Refusal(
        re.compile(
            r"The TaxType code '?(?P<value>[^' ]*)'? cannot be used with account code '?(?P<account>[^' ]*?)'?\.?$"
        ),
        Cause.INVALID,
        "Xero does not use the tax rate '{value}' with the account '{account}'.",
        "Choose a tax rate that suits the account.",
        "Lines",
    ),
    Refusal(
        re.compile(r"The TaxType code '?(?P<value>[^' ]*)'? (?:does not exist|cannot be used)"),
        Cause.INVALID,
        "The tax rate '{value}' is not active in Xero, or not for sales.",
        "Choose an active tax rate for sales.",
        "Lines",
    ),
    Refusal(*_LOCKED),
    Refusal(*_CURRENCY),
)
"""About invoices (Xero facts 6.1 and 7.4). The one about archived contacts is known by its sense only."""

PAYMENTS = (
    Refusal(
        re.compile(r"Payments can only be made against Authorised documents"),
        Cause.NOT_READY,
        "The Xero invoice is not open for payments: it is a draft, or paid, voided or deleted.",
        "Approve the invoice in Xero, or look whether this payment is recorded there already.",
        "Invoice",
    ),
    Refusal(
        re.compile(r"Payment amount exceeds the amount outstanding on this document"),
        Cause.INVALID,
        "The payment is more than what is still due of the Xero invoice, and Xero makes no overpayment of the rest by itself.",
        "Look whether it is recorded there already; else correct the amount, or enter the overpayment in Xero.",
        "Amount",
    ),
    Refusal(
        re.compile(r"Payment not of valid status for modification"),
        Cause.ARCHIVED,
        "The Xero payment is deleted, and nothing of it can be changed any more.",
        "Record a new payment if one is needed.",
    ),
    Refusal(
        re.compile(r"(?:This |The )?payment\b[^.]*\breconciled", re.IGNORECASE),
        Cause.INVALID,
        "The Xero payment is reconciled with a bank statement, so it cannot be deleted from here.",
        "Undo the reconciliation in Xero first, then sync again.",
        "IsReconciled",
    ),
    Refusal(
        re.compile(r"Account\b", re.IGNORECASE),
        Cause.INVALID,
        "Xero takes no payments to this account.",
        "Choose a bank account, or one for which payments are enabled in Xero's chart of accounts.",
        "Account",
    ),
    Refusal(*_LOCKED),
    Refusal(*_CURRENCY),
)
"""About payments (Xero facts 6.1 and 7.6). Those about accounts and reconciliation are known by their sense only."""


def problem(messages: Iterable[str], known: Iterable[Refusal] = RECORDS) -> Problem:
    """One problem for all that Xero said about one record: the first sentence of the table that it said, else its own words."""
    said = [message.strip() for message in messages if message.strip()]
    whole = " ".join(said)[:SAID]
    for each in known:
        for message in said:
            found = each.pattern.match(message)
            if found:
                return Problem(each.cause, each.what.format(**found.groupdict()), each.fix, each.field, whole)
    return Problem(
        Cause.INVALID,
        f"Xero refused the record: {whole}" if whole else "Xero refused the record and gave no reason.",
        "Correct the value in question and sync again.",
        None,
        whole,
    )
