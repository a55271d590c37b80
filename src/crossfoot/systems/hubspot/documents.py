"""Deals and invoices: records whose customer is an association and whose lines are records of their own (HubSpot facts 6, 7).

What belongs to a document is read and written beside its properties, by `associations` and `line_items`.
"""

from collections.abc import Mapping

from crossfoot.model.counting import Counting
from crossfoot.model.identity import Kind
from crossfoot.model.posting import Place, Posting
from crossfoot.model.selling import Selling
from crossfoot.systems.hubspot.arithmetic import ARITHMETIC
from crossfoot.systems.hubspot.objects import LINES_PATH, LINK_PATH, ObjectType, fields
from crossfoot.systems.port import FieldInfo, ValueType

_MONEY_OF_OURS = (
    FieldInfo("crossfoot_net", "Xero net", ValueType.MONEY, custom=True),
    FieldInfo("crossfoot_tax", "Xero tax", ValueType.MONEY, custom=True),
    FieldInfo("crossfoot_total", "Xero total", ValueType.MONEY, custom=True),
    FieldInfo("crossfoot_paid", "Xero amount paid", ValueType.MONEY, custom=True),
    FieldInfo("crossfoot_credited", "Xero amount credited", ValueType.MONEY, custom=True),
    FieldInfo("crossfoot_due", "Xero amount due", ValueType.MONEY, custom=True),
    FieldInfo("crossfoot_overdue", "Xero amount overdue", ValueType.MONEY, custom=True),
)

STATE_OF_OURS = (
    FieldInfo("crossfoot_number", "Xero invoice number", custom=True),
    FieldInfo("crossfoot_link", "Xero link", custom=True),
    FieldInfo(
        "crossfoot_standing",
        "Xero state",
        ValueType.OPTION,
        custom=True,
        options={
            "draft": "Draft",
            "awaiting_approval": "Awaiting approval",
            "awaiting_payment": "Awaiting payment",
            "part_paid": "Part paid",
            "overdue": "Overdue",
            "paid": "Paid",
            "settled_by_credit": "Settled by credit",
            "voided": "Voided",
        },
    ),
    FieldInfo("crossfoot_due_on", "Xero due date", ValueType.DATE, custom=True),
    FieldInfo("crossfoot_paid_on", "Xero paid on", ValueType.DATE, custom=True),
    FieldInfo("crossfoot_last_payment_on", "Xero last payment", ValueType.DATE, custom=True),
    FieldInfo("crossfoot_overdue_since", "Xero overdue since", ValueType.DATE, custom=True),
    FieldInfo(
        "crossfoot_aged",
        "Xero overdue for",
        ValueType.OPTION,
        custom=True,
        options={
            "up_to_30": "1 to 30 days",
            "up_to_60": "31 to 60 days",
            "up_to_90": "61 to 90 days",
            "over_90": "Over 90 days",
        },
    ),
    FieldInfo("crossfoot_days_overdue", "Xero days overdue", ValueType.NUMBER, custom=True),
    FieldInfo("crossfoot_reconciled", "Xero payments reconciled", ValueType.BOOLEAN, custom=True),
    *_MONEY_OF_OURS,
)
"""What the ledger says of a document, for people, lists, reports and workflows in HubSpot. Written one way, computed by the ledger."""

BILLING_OF_OURS = (
    FieldInfo("crossfoot_billed", "Xero billed without tax", ValueType.MONEY, custom=True),
    FieldInfo("crossfoot_to_bill", "Left to bill", ValueType.MONEY, custom=True),
)
"""Of a deal: what its invoices come to, and what it comes to more than they."""

_OURS = frozenset(each.path for each in STATE_OF_OURS)
_ENDS = {"company": Kind.COMPANY, "contact": Kind.CONTACT}
_BELONGINGS = (
    FieldInfo("company", "Company", ValueType.REFERENCE, refers_to=Kind.COMPANY),
    FieldInfo("contact", "Contact", ValueType.REFERENCE, refers_to=Kind.CONTACT),
    FieldInfo(LINES_PATH, "Line items", ValueType.LINES, max_length=65_536),
    FieldInfo(LINK_PATH, "Link to the record", writable=False),
)

WHERE: Mapping[Place, str] = {
    "currencies": "Settings > Account defaults > Currency",
    "taxes": "Settings > Commerce > Taxes",
}
"""Where on HubSpot's pages an administrator sets these things up."""


def _posting(currency: str) -> Posting:
    """A document's checks: no price below zero, a rate of the library that is in use on what is new (HubSpot facts 7.1, 7.2)."""
    return Posting(
        currency=currency,
        lines=LINES_PATH,
        never_negative=frozenset({"price"}),
        every_line_anew=False,
        where=WHERE,
    )


DEALS = ObjectType(
    kind=Kind.DEAL,
    path="deals",
    singular="deal",
    type_id="0-3",
    modified="hs_lastmodifieddate",
    paths=fields(
        FieldInfo("dealname", "Deal name"),
        FieldInfo("dealstage", "Deal stage", ValueType.OPTION),
        FieldInfo("pipeline", "Pipeline", ValueType.OPTION),
        FieldInfo("amount", "Amount", ValueType.MONEY),
        FieldInfo("deal_currency_code", "Currency", ValueType.OPTION),
        FieldInfo("closedate", "Close date", ValueType.MOMENT),
        FieldInfo("hs_is_closed", "Is closed", ValueType.BOOLEAN, writable=False),
        FieldInfo("hs_is_closed_won", "Is closed won", ValueType.BOOLEAN, writable=False),
        FieldInfo("hs_object_id", "Record ID", writable=False),
        FieldInfo("createdate", "Create date", ValueType.MOMENT, writable=False),
        FieldInfo("hs_lastmodifieddate", "Last modified date", ValueType.MOMENT, writable=False),
        *_BELONGINGS,
        FieldInfo("invoice", "Invoice", ValueType.REFERENCE, writable=False, refers_to=Kind.INVOICE),
        *STATE_OF_OURS,
        *BILLING_OF_OURS,
    ),
    merges=True,
    required_paths=("dealname", "dealstage", "pipeline"),
    ends=_ENDS,
    seen_with={"invoice": Kind.INVOICE},
    has_lines=True,
    posting=_posting("deal_currency_code"),
    selling=Selling(
        name="dealname",
        amount="amount",
        currency="deal_currency_code",
        won="hs_is_closed_won",
        closed="hs_is_closed",
        closed_on="closedate",
        document="invoice",
    ),
    listed_with=Kind.INVOICE,
    ours=_OURS,
)

INVOICES = ObjectType(
    kind=Kind.INVOICE,
    path="invoices",
    singular="invoice",
    type_id="0-53",
    modified="hs_lastmodifieddate",
    paths=fields(
        FieldInfo("hs_invoice_status", "Invoice status", ValueType.OPTION),
        FieldInfo("hs_number", "Number", writable=False),
        FieldInfo("hs_currency", "Currency", ValueType.OPTION),
        FieldInfo("hs_invoice_date", "Invoice date", ValueType.DATE),
        FieldInfo("hs_due_date", "Due date", ValueType.DATE),
        FieldInfo("hs_purchase_order_number", "PO number"),
        FieldInfo("hs_comments", "Comments to recipient"),
        FieldInfo("hs_invoice_billable", "Invoice billable", ValueType.BOOLEAN),
        FieldInfo("hs_subtotal", "Subtotal", ValueType.MONEY, writable=False),
        FieldInfo("hs_discounts_total", "Discounts total", ValueType.MONEY, writable=False),
        FieldInfo("hs_fees_total", "Fees total", ValueType.MONEY, writable=False),
        FieldInfo("hs_taxes_total", "Taxes total", ValueType.MONEY, writable=False),
        FieldInfo("hs_amount_billed", "Amount billed", ValueType.MONEY, writable=False),
        FieldInfo("hs_amount_paid", "Amount paid", ValueType.MONEY, writable=False),
        FieldInfo("hs_balance_due", "Balance due", ValueType.MONEY, writable=False),
        FieldInfo("hs_object_id", "Record ID", writable=False),
        FieldInfo("hs_createdate", "Create date", ValueType.MOMENT, writable=False),
        FieldInfo("hs_lastmodifieddate", "Last modified date", ValueType.MOMENT, writable=False),
        *_BELONGINGS,
        FieldInfo("deal", "Deal", ValueType.REFERENCE, writable=False, refers_to=Kind.DEAL),
        *STATE_OF_OURS,
    ),
    merges=False,
    required_paths=("hs_currency",),
    ends=_ENDS,
    seen_with={"deal": Kind.DEAL},
    has_lines=True,
    draft="hs_invoice_status",
    posting=_posting("hs_currency"),
    counting=Counting(
        ARITHMETIC,
        currency="hs_currency",
        lines=LINES_PATH,
        tax="hs_taxes_total",
        total="hs_amount_billed",
        paid="hs_amount_paid",
        due="hs_balance_due",
        discounts="hs_discounts_total",
        fees="hs_fees_total",
        sale="deal",
    ),
    ours=_OURS,
    begins_as="draft",
)

PAYMENTS = ObjectType(
    kind=Kind.PAYMENT,
    path="commerce_payments",
    singular="commerce_payment",
    type_id="0-101",
    modified="hs_lastmodifieddate",
    paths=fields(
        FieldInfo("hs_initial_amount", "Amount", ValueType.MONEY),
        FieldInfo("hs_initiated_date", "Payment date", ValueType.MOMENT),
        FieldInfo("hs_currency_code", "Currency", ValueType.OPTION),
        FieldInfo("hs_latest_status", "Status", ValueType.OPTION),
        FieldInfo("hs_payment_method_type", "Payment method", ValueType.OPTION),
        FieldInfo("hs_processor_type", "Processor", ValueType.OPTION),
        FieldInfo("hs_reference_number", "Reference number"),
        FieldInfo("hs_fees_amount", "Fees", ValueType.MONEY),
        FieldInfo("hs_refunds_amount", "Refunds", ValueType.MONEY),
        FieldInfo("hs_object_id", "Record ID", writable=False),
        FieldInfo("hs_createdate", "Create date", ValueType.MOMENT, writable=False),
        FieldInfo("hs_lastmodifieddate", "Last modified date", ValueType.MOMENT, writable=False),
        FieldInfo("invoice", "Invoice", ValueType.REFERENCE, refers_to=Kind.INVOICE),
        FieldInfo(LINK_PATH, "Link to the record", writable=False),
    ),
    merges=False,
    required_paths=("hs_initial_amount", "hs_initiated_date"),
    ends={"invoice": Kind.INVOICE},
    posting=Posting(currency="hs_currency_code", where=WHERE),
)
