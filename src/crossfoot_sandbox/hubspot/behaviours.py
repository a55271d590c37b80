"""Which object type behaves how."""

from typing import Final

from crossfoot_sandbox.hubspot.behaviour import Behaviour
from crossfoot_sandbox.hubspot.deals import Deals
from crossfoot_sandbox.hubspot.extras import Extras, Taxes
from crossfoot_sandbox.hubspot.invoices import Invoices
from crossfoot_sandbox.hubspot.kinds import ObjectKind
from crossfoot_sandbox.hubspot.line_items import LineItems
from crossfoot_sandbox.hubspot.payments import Payments

_PLAIN: Final = Behaviour()
_OWN: Final[dict[str, Behaviour]] = {
    "deals": Deals(),
    "line_items": LineItems(),
    "invoices": Invoices(),
    "commerce_payments": Payments(),
    "discounts": Extras(),
    "fees": Extras(),
    "taxes": Taxes(),
}


def of(kind: ObjectKind) -> Behaviour:
    """What an object type does of its own."""
    return _OWN.get(kind.plural, _PLAIN)
