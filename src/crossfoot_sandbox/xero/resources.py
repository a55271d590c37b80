"""Every kind of record that is kept in a book, by its key. A new kind is a class like `Contacts` and a line here."""

from collections.abc import Mapping
from types import MappingProxyType

from crossfoot_sandbox.xero.allocations import Allocations
from crossfoot_sandbox.xero.bank_transactions import BankTransactions
from crossfoot_sandbox.xero.book import Book
from crossfoot_sandbox.xero.contacts import Contacts
from crossfoot_sandbox.xero.credit_notes import CreditNotes
from crossfoot_sandbox.xero.invoices import Invoices
from crossfoot_sandbox.xero.items import Items
from crossfoot_sandbox.xero.payments import Payments
from crossfoot_sandbox.xero.prepaid import Overpayments, Prepayments
from crossfoot_sandbox.xero.repeating import RepeatingInvoices
from crossfoot_sandbox.xero.resource import Resource

CONTACTS, ITEMS = Contacts(), Items()
RESOURCES: Mapping[str, Resource] = MappingProxyType(
    {
        "Contacts": CONTACTS,
        "Items": ITEMS,
        "Invoices": Invoices(),
        "CreditNotes": CreditNotes(),
        "Payments": Payments(),
        "Allocations": Allocations(),
        "Overpayments": Overpayments(),
        "Prepayments": Prepayments(),
        "BankTransactions": BankTransactions(),
        "RepeatingInvoices": RepeatingInvoices(),
    }
)


def new_books(owner: str) -> list[Book]:
    """The empty books of a new organisation."""
    return [resource.new_book(owner) for resource in RESOURCES.values()]
