"""A stand-in for Xero: identity, connections, settings, contacts and items. What is how true stands in `FIDELITY.md`.

A call walks through these files::

    ledger.py          which host; token, organisation, outage, limits, scope, idempotency key
        -> login.py, identity.py            consent, tokens, connections
        -> settings.py, groupings.py        organisation, accounts, taxes, currencies, themes; tracking, contact groups
        -> endpoints.py                     contacts and items, by way of
             listing.py, where.py           reading many
             writing.py, fields.py          writing many
             contacts.py, items.py          what each kind of record is (`resource.py`: what both must answer)
             book.py                        the records, with every version
    shape.py, errors.py                     the answer as JSON or XML, each refusal in its own shape
    organisation.py                         an organisation's books, and the people who work in Xero's own pages
    webhooks.py                             what Xero tells apps of changes

A new kind of record is a class like `Contacts`, a book in `organisation.py` and a line in `ledger.py`'s table of routes.
"""
