"""Which HubSpot property carries which shared field; the default mapping is the join with the other side's table."""

from collections.abc import Mapping

from crossfoot.model.identity import Kind
from crossfoot.systems.hubspot.documents import BILLING_OF_OURS, DEALS, STATE_OF_OURS
from crossfoot.systems.hubspot.objects import KEY_FIELD, LINES_PATH, LINK_PATH
from crossfoot.systems.hubspot.owed import OWED_CARRIES, OWED_OF_OURS
from crossfoot.systems.hubspot.products import SALES_ACCOUNT, SALES_TAX
from crossfoot.systems.port import FieldInfo

_OURS: Mapping[str, tuple[str, ...]] = {
    info.path.removeprefix("crossfoot_"): (info.path,) for info in STATE_OF_OURS
}
"""What the ledger says of a document, in properties of ours: `number`, `standing`, `net`, `due` and so on."""

CARRIES: Mapping[Kind, Mapping[str, tuple[str, ...]]] = {
    Kind.CONTACT: {
        "email": ("email",),
        "first_name": ("firstname",),
        "last_name": ("lastname",),
        "full_name": ("firstname", "lastname"),
        "phone": ("phone",),
        "mobile": ("mobilephone",),
        "fax": ("fax",),
        "website": ("website",),
        "job_title": ("jobtitle",),
        "address": ("address",),
        "city": ("city",),
        "region": ("state",),
        "postal_code": ("zip",),
        "country": ("country",),
        "company": ("associatedcompanyid",),
        **OWED_CARRIES,
    },
    Kind.COMPANY: {
        "name": ("name",),
        "domain": ("domain",),
        "phone": ("phone",),
        "website": ("website",),
        "address": ("address",),
        "city": ("city",),
        "region": ("state",),
        "postal_code": ("zip",),
        "country": ("country",),
        **OWED_CARRIES,
    },
    Kind.PRODUCT: {
        "code": ("hs_sku",),
        "name": ("name",),
        "description": ("description",),
        "price": ("price",),
        "cost": ("hs_cost_of_goods_sold",),
        "sales_account": (SALES_ACCOUNT.path,),
        "sales_tax": (SALES_TAX.path,),
    },
    Kind.INVOICE: {
        "customer": ("company", "contact"),
        "state": ("hs_invoice_status", "hs_invoice_billable"),
        "lines": (LINES_PATH,),
        "currency": ("hs_currency",),
        "date": ("hs_invoice_date",),
        "due_date": ("hs_due_date",),
        "reference": ("hs_purchase_order_number",),
        "source": (LINK_PATH,),
        "bills_itself": ("hs_invoice_billable",),
        "own_number": ("hs_number",),
        **_OURS,
    },
    Kind.DEAL: {
        "customer": ("company", "contact"),
        "lines": (LINES_PATH,),
        "currency": ("deal_currency_code",),
        "date": ("closedate",),
        "reference": ("dealname",),
        "source": (LINK_PATH,),
        "won": ("hs_is_closed_won",),
        "stage": ("dealstage",),
        **_OURS,
        "billed": ("crossfoot_billed",),
        "to_bill": ("crossfoot_to_bill",),
        "page": (DEALS.page,),
    },
    Kind.PAYMENT: {
        "document": ("invoice",),
        "amount": ("hs_initial_amount",),
        "currency": ("hs_currency_code",),
        "date": ("hs_initiated_date",),
        "reference": ("hs_reference_number",),
        "payment_state": ("hs_latest_status",),
        "processor": ("hs_processor_type",),
    },
}
"""Shared field name to native paths, in the order that the field's lens expects. `page` alone is no path: it is what the address of such a
record's page contains, by which a document is known to be made from it."""

CUSTOM_FIELDS: Mapping[Kind, tuple[FieldInfo, ...]] = {
    Kind.CONTACT: (KEY_FIELD, *OWED_OF_OURS),
    Kind.COMPANY: (KEY_FIELD, *OWED_OF_OURS),
    Kind.PRODUCT: (KEY_FIELD, SALES_ACCOUNT, SALES_TAX),
    Kind.DEAL: (KEY_FIELD, *STATE_OF_OURS, *BILLING_OF_OURS),
    Kind.INVOICE: (KEY_FIELD, *STATE_OF_OURS),
    Kind.PAYMENT: (KEY_FIELD,),
}
"""Properties of ours, for the mapping and for exactly-once creation. Which of them a connection needs, its settings say."""
