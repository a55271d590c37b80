"""A stand-in for Xero: identity, settings, contacts, items, documents and payments. What is how true stands in `FIDELITY.md`.

A call walks through these files::

    ledger.py          which host; token, organisation, outage, limits, scope, idempotency key
        -> login.py, identity.py            consent, tokens, connections
        -> settings.py, groupings.py        organisation, accounts, taxes, currencies, themes; tracking, contact groups
        -> endpoints.py                     contacts and items, by way of
             listing.py, where.py           reading many
             writing.py, fields.py          writing many
             contacts.py, items.py          what each kind of record is (`resource.py`: what all must answer)
             act.py                         what one request or person writes, which stands or falls together
             book.py                        the records, with every version
        -> document_calls.py                documents and payments: the same way, with filters and calls of their own
             invoices.py, credit_notes.py   what each kind of document is, by way of
             documents.py                   contact, days, currency, number, status, totals
             document_rules.py              statuses, and what may be edited when
             document_contact.py            the contact block
             lines.py, line_rules.py        lines and what they may name
             sums.py, days.py, exchange.py  arithmetic, calendar, day rates
             payments.py, allocations.py    what settles a document, and
             settling.py, balances.py       what becomes of it, and of what its contact owes
             bank_transactions.py           money without an invoice, which makes
             prepaid.py                     overpayments and prepayments
             repeating.py                   templates of invoices
    shape.py, errors.py                     the answer as JSON or XML, each refusal in its own shape
    organisation.py                         an organisation's books, and the people who work in Xero's own pages
    bookkeepers.py                          those of them who deal with money
    history.py                              what happened to a record
    webhooks.py                             what Xero tells apps of changes

A new kind of record is a class like `Contacts`, a book in `organisation.py` and a line in `ledger.py`'s table of routes.
"""
