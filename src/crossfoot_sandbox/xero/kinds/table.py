"""Every kind of record that is kept in a book, by its key. A new kind is a class like `Contacts` and a line here."""

from collections.abc import Mapping
from types import MappingProxyType

from crossfoot_sandbox.xero.books.book import Book
from crossfoot_sandbox.xero.kinds.allocations import Allocations
from crossfoot_sandbox.xero.kinds.bank_transactions import BankTransactions
from crossfoot_sandbox.xero.kinds.contacts import Contacts
from crossfoot_sandbox.xero.kinds.credit_notes import CreditNotes
from crossfoot_sandbox.xero.kinds.invoices import Invoices
from crossfoot_sandbox.xero.kinds.items import Items
from crossfoot_sandbox.xero.kinds.payments import Payments
from crossfoot_sandbox.xero.kinds.prepaid import Overpayments, Prepayments
from crossfoot_sandbox.xero.kinds.repeating import RepeatingInvoices
from crossfoot_sandbox.xero.kinds.resource import Resource

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
