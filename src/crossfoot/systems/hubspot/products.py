"""Products of the product library. Prices are tax-exclusive amounts in the portal's currency (HubSpot facts 7.1, 7.2)."""

from crossfoot.model.identity import Kind
from crossfoot.systems.hubspot.objects import ObjectType, fields
from crossfoot.systems.port import FieldInfo, ValueType

SALES_ACCOUNT = FieldInfo("crossfoot_sales_account", "Sales account code", custom=True)
SALES_TAX = FieldInfo("crossfoot_sales_tax", "Sales tax type", custom=True)

PATHS = fields(
    FieldInfo("name", "Name"),
    FieldInfo("description", "Description"),
    FieldInfo("price", "Unit price", ValueType.MONEY),
    FieldInfo("hs_sku", "SKU"),
    FieldInfo("hs_cost_of_goods_sold", "Unit cost", ValueType.MONEY),
    SALES_ACCOUNT,
    SALES_TAX,
    FieldInfo("hs_object_id", "Record ID", writable=False),
    FieldInfo("createdate", "Create date", ValueType.MOMENT, writable=False),
    FieldInfo("hs_lastmodifieddate", "Last modified date", ValueType.MOMENT, writable=False),
)

PRODUCTS = ObjectType(
    kind=Kind.PRODUCT,
    path="products",
    singular="product",
    type_id="0-7",
    modified="hs_lastmodifieddate",
    paths=PATHS,
    merges=False,
    required_paths=("name",),
)
