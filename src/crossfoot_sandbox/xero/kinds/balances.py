"""What a contact owes and is owed (OpenAPI examples of `/Contacts`): raw sums over documents of all currencies."""

from decimal import Decimal

from crossfoot_sandbox.xero.books.organisation import Organisation
from crossfoot_sandbox.xero.kinds.days import today
from crossfoot_sandbox.xero.kinds.document_rules import AUTHORISED
from crossfoot_sandbox.xero.kinds.settling import CREDITS, OPEN_FIELD, sells
from crossfoot_sandbox.xero.kinds.sums import ZERO
from crossfoot_sandbox.xero.shape import Json


def balances(organisation: Organisation, contact_id: str) -> Json | None:
    """Outstanding is what is open less credit that is left, and may be below zero; overdue is what is open past its due date.

    None for a contact without open documents.
    """
    found = {
        side: {"Outstanding": ZERO, "Overdue": ZERO} for side in ("AccountsReceivable", "AccountsPayable")
    }
    any_open = False
    day = today(organisation.details, organisation.now_ms())
    for kind in ("Invoices", *CREDITS):
        for document in organisation.book(kind).grouped(contact_id):
            if document.status != AUTHORISED:
                continue
            any_open = True
            amount: Decimal = document.values[OPEN_FIELD[kind]]
            side = found["AccountsReceivable" if sells(document) else "AccountsPayable"]
            if kind != "Invoices":
                side["Outstanding"] -= amount
                continue
            side["Outstanding"] += amount
            if document.values["DueDate"] < day:
                side["Overdue"] += amount
    return found if any_open else None
