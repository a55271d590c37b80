"""Where Xero's files are wrong about Xero. Every exception names what shows it; the judge knows no others.

"fact n" is a section of the project's facts about the Xero API, "recorded" raw JSON of the demo company of September 2026.
"""

from collections.abc import Mapping

UNDESCRIBED: Mapping[str, Mapping[str, str]] = {
    "Phone": {"ValidationErrors": "recorded in refused contacts"},
    "Address": {"ValidationErrors": "recorded in refused contacts"},
    "ContactGroup": {"HasValidationErrors": "the files' own examples"},
    "TrackingOption": {
        "HasValidationErrors": "the files' own examples",
        "IsDeleted": "the files' own examples",
        "IsArchived": "the files' own examples",
        "IsActive": "the files' own examples",
    },
    "HistoryRecord": {"DateUTCString": "recorded (fact 4.2)", "ValidationErrors": "recorded of new notes"},
    "Account": {"CreatedDateUTC": "version 20.0.0 of the files (release notes)"},
    "Item": {
        "QuantityAvailable": "version 19, the official SDKs",
        "QuantityOnBackOrder": "version 19, the official SDKs",
    },
    "Invoice": {
        "RoundingAmount": "version 19, the official SDKs",
        "EnteredTotal": "version 19, the official SDKs",
        "UpdatedDateUTCString": "recorded; changelog of 16 July 2026",
        "DateString": "recorded (fact 4.2)",
        "DueDateString": "recorded (fact 4.2)",
        "InvoicePaymentServices": "recorded of sales invoices",
    },
    "CreditNote": {"DateString": "recorded", "ID": "recorded"},
    "Overpayment": {"DateString": "the files' own examples", "ID": "the files' own examples"},
    "Prepayment": {"DateString": "the files' own examples", "ID": "the files' own examples"},
    "BankTransaction": {
        "DateString": "the files' own examples",
        "Warnings": "as every other document has them",
    },
    "LineItem": {"ValidationErrors": "recorded in refused invoices"},
    "LineItemTracking": {"Options": "recorded: `[]` in list rows (fact 4.3)"},
}
"""Schema to the fields that Xero sends and its files leave out."""

ENVELOPE: Mapping[str, str] = {
    "Id": "recorded (fact 4.1)",
    "Status": "recorded (fact 4.1)",
    "ProviderName": "recorded (fact 4.1)",
    "DateTimeUTC": "recorded (fact 4.1)",
    "pagination": "recorded (fact 4.1)",
    "SummarizeErrors": "recorded of quotes (fact 4.1)",
}
"""What surrounds every answer, though the files name it for a few resources only."""

OPEN: Mapping[str, str] = {
    "Element": "echoes whatever was sent, merged into what is stored (fact 5), so any field of any resource",
}
"""Schemas that stay open to any field."""

PARAMETERS: Mapping[str, str] = {"allowBackorders": "version 17; changelog of 10 August 2026"}
"""Query parameters that the files do not have yet."""

CATEGORIES: Mapping[str, str] = {
    "PREPAYMENT": "changelog of 14 August 2026",
    "OVERPAYMENT": "changelog of 3 September 2026",
    "PAYMENT": "version 20.0.0 of the files (release notes), behind a switch of the stand-in",
}
"""Categories of webhook events that the files do not have yet; such events go unjudged."""

REFUSALS = (401, 403, 404, 405, 429, 500, 503)
"""No such answer is described anywhere in the files (fact 6 has their shapes); 404 and 405 may answer any path."""

UNDOCUMENTED_ANSWERS: Mapping[int, str] = {304: "open question 2: a switch of the stand-in, off by default"}
