"""A stand-in for HubSpot: contacts, companies, products, their properties and associations, owners, OAuth, limits, webhooks.

A call walks through these files::

    hub.py          which endpoint (paths.py), whose token (oauth.py), may it (limits.py), then
    objects.py      one record: list, create, read, change, archive, merge, erase
    batch.py        many records, with the rules of 207
    search.py       the search grammar over searching.py, an index that lags behind
    associations.py, properties.py, settings.py   the rest of the CRM
    portal.py       the books of one account (book.py), its people, and the rules every write obeys (writing.py)
    webhooks.py     what subscribers are told about it
"""
