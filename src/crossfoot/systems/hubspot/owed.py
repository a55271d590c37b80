"""What the ledger says of a customer, in properties of ours on its contact or company."""

from collections.abc import Mapping

from crossfoot.systems.port import FieldInfo, ValueType

OWED_OF_OURS = (
    FieldInfo(
        "crossfoot_standing",
        "Xero state",
        ValueType.OPTION,
        custom=True,
        options={
            "nothing_due": "Nothing due",
            "awaiting_payment": "Awaiting payment",
            "overdue": "Overdue",
        },
    ),
    # No money with a sign: HubSpot would show that of the portal's currency, and these are in the books' own.
    FieldInfo("crossfoot_due", "Xero amount due (books' currency)", ValueType.NUMBER, custom=True),
    FieldInfo("crossfoot_overdue", "Xero amount overdue (books' currency)", ValueType.NUMBER, custom=True),
    FieldInfo("crossfoot_overdue_since", "Xero overdue since", ValueType.DATE, custom=True),
    FieldInfo("crossfoot_owed", "Xero amounts due by currency", custom=True),
    FieldInfo("crossfoot_last_invoice", "Xero last invoice", custom=True),
    FieldInfo("crossfoot_last_invoice_on", "Xero last invoice date", ValueType.DATE, custom=True),
    FieldInfo("crossfoot_last_payment_on", "Xero last payment", ValueType.DATE, custom=True),
    FieldInfo("crossfoot_reconciled", "Xero payments reconciled", ValueType.BOOLEAN, custom=True),
)
"""For people, lists, reports and workflows in HubSpot. Written one way, summed up over the customer's documents."""

OWED_CARRIES: Mapping[str, tuple[str, ...]] = {
    "owed_state": ("crossfoot_standing",),
    "owed_due": ("crossfoot_due",),
    "owed_overdue": ("crossfoot_overdue",),
    "owed_since": ("crossfoot_overdue_since",),
    "owed": ("crossfoot_owed",),
    "last_invoice": ("crossfoot_last_invoice",),
    "last_invoice_on": ("crossfoot_last_invoice_on",),
    "last_payment_on": ("crossfoot_last_payment_on",),
    "reconciled": ("crossfoot_reconciled",),
}
"""Which of them carries which shared field."""
