"""What Crossfoot computes of a ledger's records, as fields that a mapping may name. Whoever is a ledger shows them beside its own."""

from collections.abc import Mapping

from crossfoot.model import computed
from crossfoot.model.identity import Kind
from crossfoot.model.receivables import CustomerState
from crossfoot.systems.port import FieldInfo, ValueType

CUSTOMER_STATES: Mapping[str, str] = {
    CustomerState.NOTHING_DUE: "Nothing due",
    CustomerState.AWAITING_PAYMENT: "Awaiting payment",
    CustomerState.OVERDUE: "Overdue",
}
"""How a customer stands, with what people read."""

DOCUMENT = (
    FieldInfo(computed.TODAY, "Today, where the organisation is", ValueType.DATE, writable=False),
    FieldInfo(computed.OVERDUE, "Overdue", ValueType.MONEY, writable=False),
    FieldInfo(
        computed.RECONCILED,
        "All payments reconciled with the bank (needs the sync of payments)",
        ValueType.BOOLEAN,
        writable=False,
    ),
)
"""Of a sales document."""

CUSTOMER = (
    FieldInfo(
        computed.STATE,
        "How the customer stands",
        ValueType.OPTION,
        writable=False,
        options=CUSTOMER_STATES,
    ),
    FieldInfo(computed.DUE, "Due, in the books' currency", ValueType.MONEY, writable=False),
    FieldInfo(computed.OVERDUE, "Overdue, in the books' currency", ValueType.MONEY, writable=False),
    FieldInfo(computed.OVERDUE_SINCE, "Overdue since", ValueType.DATE, writable=False),
    FieldInfo(computed.OWED, "Due and overdue in each currency", writable=False),
    FieldInfo(computed.LAST_NUMBER, "Number of the last invoice", writable=False),
    FieldInfo(computed.LAST_ISSUED, "Date of the last invoice", ValueType.DATE, writable=False),
    FieldInfo(computed.LAST_PAID, "Date of the last payment", ValueType.DATE, writable=False),
    FieldInfo(
        computed.RECONCILED,
        "All payments reconciled with the bank (needs the sync of payments)",
        ValueType.BOOLEAN,
        writable=False,
    ),
)
"""Of a customer, over all of its documents that are approved."""

CARRIES: Mapping[Kind, Mapping[str, tuple[str, ...]]] = {
    Kind.CONTACT: {
        "owed_state": (computed.STATE,),
        "owed_due": (computed.DUE,),
        "owed_overdue": (computed.OVERDUE,),
        "owed_since": (computed.OVERDUE_SINCE,),
        "owed": (computed.OWED,),
        "last_invoice": (computed.LAST_NUMBER,),
        "last_invoice_on": (computed.LAST_ISSUED,),
        "last_payment_on": (computed.LAST_PAID,),
        "reconciled": (computed.RECONCILED,),
    },
    Kind.INVOICE: {
        "today": (computed.TODAY,),
        "overdue": (computed.OVERDUE,),
        "reconciled": (computed.RECONCILED,),
    },
}
"""Shared field to the computed one, for the ledger's own table."""


def with_computed(
    fields: Mapping[Kind, Mapping[str, FieldInfo]],
) -> dict[Kind, Mapping[str, FieldInfo]]:
    """A ledger's fields with those that are computed of its documents and their customers."""
    more = {Kind.INVOICE: DOCUMENT, Kind.CONTACT: CUSTOMER}
    return {kind: {**own, **{info.path: info for info in more.get(kind, ())}} for kind, own in fields.items()}
