"""A stand-in for Xero: identity, settings, contacts, items, documents and payments. What is how true stands in `FIDELITY.md`.

Four floors; each knows those above it in this list, and none below::

    books/      what an organisation holds, organisation.py: records with all their versions, settings, history, and what webhooks
                will tell; an act (act.py) writes all that belongs together, or nothing
    kinds/      what each kind of record is (resource.py), in one table (table.py)
                    contacts.py, items.py
                    invoices.py, credit_notes.py    documents.py has what they share: contact, lines, numbers, status, totals
                    payments.py, allocations.py     what settles them; settling.py and balances.py say what comes of it
                    bank_transactions.py            money without an invoice, which makes the overpayments and prepayments of
                    prepaid.py
                    repeating.py                    templates of invoices
    pages/      what people do in Xero's own pages: office.py; with money, bookkeepers.py
    api/        what apps do

A call comes in through::

    ledger.py       which host; token, organisation, outage, limits, scope, idempotency key; then one of
    login.py, identity.py            consent, tokens, connections
    settings.py, groupings.py        organisation, accounts, taxes, currencies, themes; tracking, contact groups
    record_calls.py                  contacts and items: listing.py reads many, writing.py writes many
    document_calls.py                documents and payments: the same way, with filters and calls of their own

Beneath all: fields.py reads what was sent, where.py filters and orders, shape.py and errors.py make the answer, as JSON or XML.

A new kind of record is a class like `Contacts`, a line in `kinds/table.py` and one in `ledger.py`'s table of routes.
"""
