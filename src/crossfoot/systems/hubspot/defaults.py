"""Which HubSpot property carries which shared field; the default mapping is the join with the other side's table."""

from collections.abc import Mapping

from crossfoot.model.identity import Kind
from crossfoot.systems.hubspot.objects import KEY_FIELD
from crossfoot.systems.hubspot.products import SALES_ACCOUNT, SALES_TAX
from crossfoot.systems.port import FieldInfo

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
}
"""Shared field name to native paths, in the order that the field's lens expects."""

CUSTOM_FIELDS: Mapping[Kind, tuple[FieldInfo, ...]] = {
    Kind.CONTACT: (KEY_FIELD,),
    Kind.COMPANY: (KEY_FIELD,),
    Kind.PRODUCT: (KEY_FIELD, SALES_ACCOUNT, SALES_TAX),
}
"""Properties of ours that the default mapping and exactly-once creation need, made by `create_field`."""
