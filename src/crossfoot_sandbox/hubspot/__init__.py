"""A stand-in for HubSpot: contacts, companies, products, their properties and associations, owners, OAuth, limits, webhooks.

A call walks through these files::

    hub.py          which endpoint (paths.py), whose token (oauth.py), is there room (limits.py); then one of
    objects.py      one record: list, create, read, change, archive, merge, erase
    batch.py        many records, with the rules of 207
    search.py       filters.py, then finding.py over index.py, which lags behind the books
    associations.py, properties.py, settings.py   the rest; showing.py says how a record looks

and every write, from an API call or from a colleague (portal.py), goes on through::

    writing.py      the rules for values, from definitions.py
    account.py      the acts: one version, the modified date, the events; merging.py, links.py
    book.py         every record with all its versions
    webhooks.py     what subscribers are told about it

What nobody knows for certain stands in switches.py; how true each behaviour is, in FIDELITY.md.
"""
