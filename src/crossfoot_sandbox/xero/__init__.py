"""A stand-in for Xero: identity, settings, contacts, items, documents and payments. What is how true stands in `FIDELITY.md`.

From the ground up; no file knows one that is named further down::

    errors.py, shape.py                 each refusal in its own shape; dates, ids, the answer as JSON or XML
    fields.py, where.py, listing.py     reading what was sent; filters, order and pages
    sums.py, days.py, exchange.py       arithmetic, calendar, day rates
    book.py, charts.py, history.py      the records of one kind, with every version; what an organisation starts with
    organisation.py                     all books and settings of one organisation, which does nothing to itself
    act.py                              what one request or person writes, which stands or falls together
    resource.py                         what every kind of record must answer, and how a planned write is carried out
    lines.py, line_rules.py             lines of documents and what they may name
    settling.py, balances.py            what payments and allocations make of a document, and of what its contact owes
    contacts.py, items.py               two kinds of record (contact_fields.py)
    documents.py                        contact, days, currency, number, status, totals of any document
        document_contact.py, document_rules.py, document_shapes.py
    invoices.py, credit_notes.py        kinds of document
    payments.py, allocations.py         what settles them (payment_shapes.py)
    bank_transactions.py, prepaid.py    money without an invoice: overpayments and prepayments
    repeating.py                        templates of invoices
    resources.py                        all kinds in one table
    office.py, bookkeepers.py           the people who work in Xero's own pages; those of them who deal with money

A call comes in through::

    ledger.py          which host; token, organisation, outage, limits, scope, idempotency key
        -> login.py, identity.py            consent, tokens, connections
        -> settings.py, groupings.py        organisation, accounts, taxes, currencies, themes; tracking, contact groups
        -> endpoints.py                     contacts and items: listing.py reads many, writing.py writes many
        -> document_calls.py                documents and payments: the same way, with filters and calls of their own
    webhooks.py        what Xero tells apps of changes

A new kind of record is a class like `Contacts`, a line in `resources.py` and one in `ledger.py`'s table of routes.
"""
