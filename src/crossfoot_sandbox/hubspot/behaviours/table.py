"""Which object type behaves how."""

from typing import Final

from crossfoot_sandbox.hubspot.behaviours.behaviour import Behaviour
from crossfoot_sandbox.hubspot.behaviours.deals import Deals
from crossfoot_sandbox.hubspot.behaviours.extras import Extras, Taxes
from crossfoot_sandbox.hubspot.behaviours.invoices import Invoices
from crossfoot_sandbox.hubspot.behaviours.line_items import LineItems
from crossfoot_sandbox.hubspot.behaviours.payments import Payments
from crossfoot_sandbox.hubspot.books.kinds import ObjectKind

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


def behaviour_of(kind: ObjectKind) -> Behaviour:
    """What an object type does of its own."""
    return _OWN.get(kind.plural, _PLAIN)
