"""The properties of deals, line items, invoices, payments and their like; the columns are those of property_defaults.py.

`@currencies`, `@pipelines`, `@stages`: the options are the portal's own.
"""

from typing import Final

_OWN = """
hs_object_source             | Record creation source       | string/text              | {group} | ro
hs_object_source_id          | Record creation source ID    | string/text              | {group} | ro
hs_object_source_label       | Record source                | string/text              | {group} | ro
hs_object_id                 | Record ID                    | number/number            | {group} | ro unique
{created}                    | Create Date                  | datetime/date            | {group} | ro
hs_lastmodifieddate          | Last Modified Date           | datetime/date            | {group} | ro
hubspot_owner_id             | Owner                        | enumeration/select       | {group} | owner
"""


def _own(group: str, created: str = "hs_createdate") -> str:
    return _OWN.format(group=group, created=created).lstrip("\n")


DEALS: Final = """
dealname                     | Deal Name                    | string/text              | dealinformation |
amount                       | Amount                       | number/number            | dealinformation | money
deal_currency_code           | Currency                     | enumeration/select       | dealinformation | @currencies
amount_in_home_currency      | Amount in company currency   | number/number            | dealinformation | calc
hs_exchange_rate             | Exchange rate                | number/number            | dealinformation | calc
closedate                    | Close Date                   | datetime/date            | dealinformation |
pipeline                     | Pipeline                     | enumeration/select       | dealinformation | @pipelines
dealstage                    | Deal Stage                   | enumeration/radio        | dealinformation | @stages
dealtype                     | Deal Type                    | enumeration/radio        | dealinformation | =dealtype
description                  | Deal Description             | string/textarea          | dealinformation |
hs_priority                  | Priority                     | enumeration/select       | dealinformation | =priority
hs_next_step                 | Next step                    | string/textarea          | dealinformation |
closed_won_reason            | Closed Won Reason            | string/textarea          | dealinformation |
closed_lost_reason           | Closed Lost Reason           | string/textarea          | dealinformation |
hs_is_closed                 | Is Deal Closed?              | bool/booleancheckbox     | dealinformation | calc
hs_is_closed_won             | Is Closed Won                | bool/booleancheckbox     | dealinformation | calc
hs_is_closed_lost            | Is Closed Lost               | bool/booleancheckbox     | dealinformation | calc
hs_deal_stage_probability    | Deal probability             | number/number            | dealinformation | calc
hs_closed_amount             | Closed Deal Amount           | number/number            | deal_revenue    | calc
hs_closed_amount_in_home_currency | Closed Deal Amount In Home Currency | number/number | deal_revenue    | calc
hs_projected_amount          | Weighted amount              | number/number            | deal_revenue    | calc
num_associated_contacts      | Number of Associated Contacts | number/number           | dealinformation | calc
hs_num_of_associated_line_items | Number of associated line items | number/number     | dealinformation | calc
hs_primary_associated_company | Primary Associated Company  | number/number            | dealinformation | calc
hs_merged_object_ids         | Merged record IDs            | enumeration/checkbox     | dealinformation | ro
""" + _own("dealinformation", "createdate")

LINE_ITEMS: Final = """
name                         | Name                         | string/text              | lineiteminformation |
description                  | Description                  | string/textarea          | lineiteminformation |
hs_product_id                | Product ID                   | number/number            | lineiteminformation |
hs_sku                       | SKU                          | string/text              | lineiteminformation |
quantity                     | Quantity                     | number/number            | lineiteminformation |
price                        | Unit price                   | number/number            | lineiteminformation | money
amount                       | Net price                    | number/number            | lineiteminformation | calc money
discount                     | Unit discount                | number/number            | lineiteminformation | money
hs_discount_percentage       | Discount percentage          | number/number            | lineiteminformation |
hs_total_discount            | Calculated Total Discount    | number/number            | lineiteminformation | calc money
hs_pre_discount_amount       | Pre Discount Amount          | number/number            | lineiteminformation | calc money
hs_line_item_currency_code   | Currency                     | string/text              | lineiteminformation |
hs_tax_rate_group_id         | Tax rate ID                  | string/text              | lineiteminformation |
hs_tax_rate                  | Tax rate                     | number/number            | lineiteminformation | calc
hs_tax_label                 | Tax label                    | string/text              | lineiteminformation | calc
hs_tax_amount                | Tax amount                   | number/number            | lineiteminformation | calc money
hs_post_tax_amount           | Post tax amount              | number/number            | lineiteminformation | calc money
hs_external_tax_rate_id      | External tax rate ID         | string/text              | lineiteminformation |
hs_position_on_quote         | Position on quote            | number/number            | lineiteminformation |
hs_cost_of_goods_sold        | Unit cost                    | number/number            | lineiteminformation | money
hs_product_type              | Product type                 | enumeration/select       | lineiteminformation | =producttype
hs_recurring_billing_period  | Term                         | string/text              | lineiteminformation |
recurringbillingfrequency    | Billing frequency            | enumeration/select       | lineiteminformation | =billing
hs_recurring_billing_start_date | Billing start date        | date/date                | lineiteminformation |
hs_recurring_billing_end_date | Billing end date            | date/date                | lineiteminformation | calc
hs_recurring_billing_number_of_payments | Number of payments | number/number            | lineiteminformation |
hs_pricing_model             | Pricing model                | enumeration/select       | lineiteminformation | =pricing
hs_url                       | URL                          | string/text              | lineiteminformation |
hs_images                    | Image URL                    | string/file              | lineiteminformation |
""" + _own("lineiteminformation", "createdate")

INVOICES: Final = """
hs_title                     | Title                        | string/text              | invoiceinformation |
hs_number                    | Number                       | string/text              | invoiceinformation |
hs_invoice_status            | Invoice status               | enumeration/select       | invoiceinformation | =invoicestatus
hs_currency                  | Currency                     | enumeration/select       | invoiceinformation | @currencies
hs_invoice_date              | Invoice date                 | datetime/date            | invoiceinformation |
hs_due_date                  | Due date                     | datetime/date            | invoiceinformation |
hs_amount_billed             | Amount billed                | number/number            | invoiceinformation | money
hs_amount_paid               | Amount paid                  | number/number            | invoiceinformation | calc money
hs_balance_due               | Balance due                  | number/number            | invoiceinformation | calc money
hs_subtotal                  | Subtotal                     | number/number            | invoiceinformation | calc money
hs_discounts_total           | Total discounts              | number/number            | invoiceinformation | calc money
hs_fees_total                | Total fees                   | number/number            | invoiceinformation | calc money
hs_taxes_total               | Total taxes                  | number/number            | invoiceinformation | calc money
hs_payment_date              | Payment date                 | datetime/date            | invoiceinformation |
hs_external_createdate       | External create date         | datetime/date            | invoiceinformation |
hs_external_status           | External invoice status      | string/text              | invoiceinformation |
hs_external_recipient        | External recipient           | string/text              | invoiceinformation |
hs_invoice_source            | Invoice source               | enumeration/select       | invoiceinformation | ro =invoicesource
hs_invoice_billable          | Billable                     | bool/booleancheckbox     | invoiceinformation |
hs_purchase_order_number     | Purchase order number        | string/text              | invoiceinformation |
hs_comments                  | Comments                     | string/textarea          | invoiceinformation |
hs_tax_id                    | Tax ID                       | string/text              | invoiceinformation |
hs_allowed_payment_methods   | Allowed payment methods      | enumeration/checkbox     | invoiceinformation | =paymentmethods
hs_invoice_payment_collection_method | Payment collection method | enumeration/select  | invoiceinformation | =collection
hs_allow_partial_payments    | Allow partial payments       | bool/booleancheckbox     | invoiceinformation |
hs_collect_address_types     | Collected address types      | enumeration/checkbox     | invoiceinformation | =addresstypes
hs_recipient_shipping_address | Recipient shipping address  | string/text              | invoiceinformation |
hs_recipient_shipping_address2 | Recipient shipping address 2 | string/text            | invoiceinformation |
hs_recipient_shipping_city   | Recipient shipping city      | string/text              | invoiceinformation |
hs_recipient_shipping_state  | Recipient shipping state     | string/text              | invoiceinformation |
hs_recipient_shipping_zip    | Recipient shipping zip       | string/text              | invoiceinformation |
hs_recipient_shipping_country | Recipient shipping country  | string/text              | invoiceinformation |
hs_recipient_company_address | Recipient company address    | string/text              | invoiceinformation |
hs_recipient_company_address2 | Recipient company address 2 | string/text              | invoiceinformation |
hs_recipient_company_city    | Recipient company city       | string/text              | invoiceinformation |
hs_recipient_company_state   | Recipient company state      | string/text              | invoiceinformation |
hs_recipient_company_zip     | Recipient company zip        | string/text              | invoiceinformation |
hs_recipient_company_country | Recipient company country    | string/text              | invoiceinformation |
hs_language                  | Language                     | string/text              | invoiceinformation |
hs_locale                    | Locale                       | string/text              | invoiceinformation |
hs_custom_fields             | Custom fields                | string/text              | invoiceinformation |
hs_invoice_link              | Invoice link                 | string/text              | invoiceinformation | ro
hs_pdf_download_link         | PDF download link            | string/text              | invoiceinformation | ro
""" + _own("invoiceinformation")

PAYMENTS: Final = """
hs_initial_amount            | Gross amount                 | number/number            | paymentinformation | money
hs_initiated_date            | Payment date                 | datetime/date            | paymentinformation |
hs_latest_status             | Status                       | enumeration/select       | paymentinformation | =paymentstatus
hs_currency_code             | Currency                     | enumeration/select       | paymentinformation | @currencies
hs_customer_email            | Customer email               | string/text              | paymentinformation |
hs_fees_amount               | Fees                         | number/number            | paymentinformation | money
hs_refunds_amount            | Refunds                      | number/number            | paymentinformation | money
hs_net_amount                | Net amount                   | number/number            | paymentinformation | calc money
hs_net_amount_after_refunds  | Net amount after refunds     | number/number            | paymentinformation | calc money
hs_payment_method_type       | Payment method               | enumeration/select       | paymentinformation | =paymenttype
hs_payment_method_last_4     | Last 4                       | string/text              | paymentinformation |
hs_payment_method_bank_or_issuer | Bank or issuer           | string/text              | paymentinformation |
hs_payout_date               | Payout date                  | datetime/date            | paymentinformation |
hs_processor_type            | Processor                    | enumeration/select       | paymentinformation | =processor
hs_reference_number          | Reference number             | string/text              | paymentinformation |
hs_internal_comment          | Internal comment             | string/textarea          | paymentinformation |
hs_line_item_discounts_amount | Line item discounts         | number/number            | paymentinformation | money
hs_billing_address_city      | Billing city                 | string/text              | paymentinformation |
hs_billing_address_country   | Billing country              | string/text              | paymentinformation |
hs_billing_address_line_1    | Billing address              | string/text              | paymentinformation |
hs_billing_address_zip       | Billing zip                  | string/text              | paymentinformation |
hs_payment_id                | Payment ID                   | string/text              | paymentinformation | ro
hs_payment_source_app        | Payment source               | enumeration/select       | paymentinformation | ro =paymentsource
hs_payment_source_id         | Payment source ID            | string/text              | paymentinformation | ro
hs_platform_fee              | Platform fee                 | number/number            | paymentinformation | ro money
hs_settlement_currency_code  | Settlement currency          | enumeration/select       | paymentinformation | ro @currencies
hs_has_associated_invoice    | Has associated invoice       | bool/booleancheckbox     | paymentinformation | calc
hs_number_of_associated_invoices | Number of associated invoices | number/number       | paymentinformation | calc
""" + _own("paymentinformation")

_EXTRA: Final = """
hs_label                     | Label                        | string/text              | {group} |
hs_type                      | Type                         | enumeration/select       | {group} | =extratype
hs_value                     | Value                        | number/number            | {group} |
hs_sort_order                | Sort order                   | number/number            | {group} |
"""


def _extra(group: str) -> str:
    return _EXTRA.format(group=group) + _own(group)


NOTES: Final = """
hs_note_body                 | Note body                    | string/html              | engagement |
hs_timestamp                 | Activity date                | datetime/date            | engagement |
hs_attachment_ids            | Attached file IDs            | enumeration/checkbox     | engagement |
""" + _own("engagement")
TASKS: Final = """
hs_task_subject              | Task title                   | string/text              | engagement |
hs_task_body                 | Task notes                   | string/html              | engagement |
hs_task_status               | Task status                  | enumeration/select       | engagement | =taskstatus
hs_task_priority             | Priority                     | enumeration/select       | engagement | =taskpriority
hs_task_type                 | Task type                    | enumeration/select       | engagement | =tasktype
hs_timestamp                 | Due date                     | datetime/date            | engagement |
""" + _own("engagement")

TABLES: Final = {
    "deals": DEALS,
    "line_items": LINE_ITEMS,
    "invoices": INVOICES,
    "commerce_payments": PAYMENTS,
    "discounts": _extra("discountinformation"),
    "fees": _extra("feeinformation"),
    "taxes": _extra("taxinformation"),
    "notes": NOTES,
    "tasks": TASKS,
}

GROUPS: Final = {
    "deals": {"dealinformation": "Deal information", "deal_revenue": "Deal revenue"},
    "line_items": {"lineiteminformation": "Line item information"},
    "invoices": {"invoiceinformation": "Invoice information"},
    "commerce_payments": {"paymentinformation": "Payment information"},
    "discounts": {"discountinformation": "Discount information"},
    "fees": {"feeinformation": "Fee information"},
    "taxes": {"taxinformation": "Tax information"},
    "notes": {"engagement": "Engagement information"},
    "tasks": {"engagement": "Engagement information"},
}


def _named(*values: str) -> tuple[tuple[str, str], ...]:
    return tuple((value, value.replace("_", " ").capitalize()) for value in values)


OPTIONS: Final = {
    "dealtype": (("newbusiness", "New Business"), ("existingbusiness", "Existing Business")),
    "priority": _named("low", "medium", "high"),
    "invoicestatus": _named("draft", "open", "paid", "voided"),
    "invoicesource": (("HUBSPOT", "HubSpot"), ("data_sync", "Data Sync"), ("legacy", "Legacy integration")),
    "paymentmethods": _named("credit_or_debit_card", "ach", "sepa", "bacs", "pads"),
    "collection": _named("manual", "none"),
    "addresstypes": _named("billing_address", "shipping_address"),
    "paymentstatus": _named(
        "processing",
        "succeeded",
        "failed",
        "partially_refunded",
        "refunded",
        "processing_refund",
        "disputed_won",
        "disputed_lost",
        "disputed_action_required",
        "disputed_awaiting_decision",
    ),
    "paymenttype": _named("card", "ach", "cash", "check", "wire_transfer", "other", "sepa", "bacs", "pads"),
    "processor": _named("hs_payments", "byo_stripe", "none", "quickbooks", "xero"),
    "paymentsource": _named("SALES_CHECKOUT", "QUOTE", "INVOICE", "MIGRATION", "SUBSCRIPTION"),
    "extratype": (("PERCENT", "Percent"), ("FIXED", "Fixed")),
    "taskstatus": _named("NOT_STARTED", "IN_PROGRESS", "WAITING", "COMPLETED", "DEFERRED"),
    "taskpriority": _named("NONE", "LOW", "MEDIUM", "HIGH"),
    "tasktype": _named("TODO", "EMAIL", "CALL"),
}
