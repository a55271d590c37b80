"""A stand-in for HubSpot: contacts, companies, products, deals, invoices, payments and what belongs to them; OAuth, limits, webhooks.

Five floors; each knows those above it in this list, and none below::

    books/        what an account holds, account.py: object types and properties, records with all their versions, associations,
                  what an admin set up, workflows, and what waits: on the agenda, in the search index, for webhooks
    behaviours/   what each object type adds to the rules for all (behaviour.py), in one table (table.py)
    acts/         what can be done, and what follows: a new version (versions.py), associations (linking.py), merges;
                  drafting.py checks values first, records.py creates, edits, archives, restores, merges and erases;
                  what HubSpot does by itself a moment later is done in later.py
    pages/        what colleagues and buyers do in HubSpot's own pages
    api/          what apps do

A call comes in through::

    hub.py          which endpoint (api/paths.py), whose token (oauth.py), is there room (limits.py); then one of
    objects.py      one record: list, create, read, change, archive, merge, erase
    batch.py        many records, with the rules of 207
    search.py       filters.py, then finding.py over books/index.py, which lags behind the books
    associations.py, older_links.py, properties.py, pipelines.py, workflows.py, settings.py, currency_settings.py,
    money_settings.py                          the rest; showing.py says how a record looks

Beneath all: sent.py reads what was sent, times.py the clock's texts, errors.py refuses. What nobody knows for certain stands in switches.py; how true each behaviour is, in FIDELITY.md.
"""
