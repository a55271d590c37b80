"""A stand-in for HubSpot: contacts, companies, products, deals, invoices, payments and what belongs to them; OAuth, limits, webhooks.

A call walks through these files::

    hub.py          which endpoint (paths.py), whose token (oauth.py), is there room (limits.py); then one of
    objects.py      one record: list, create, read, change, archive, merge, erase
    batch.py        many records, with the rules of 207
    search.py       filters.py, then finding.py over index.py, which lags behind the books
    associations.py, older_links.py, properties.py, pipelines.py, flows_api.py, settings.py, currency_settings.py,
    money_settings.py                          the rest; showing.py says how a record looks

and every write, from an API call, a colleague (portal.py, money_pages.py) or a workflow, goes on through::

    writing.py      the rules for values, from definitions.py; then what the object type adds, behaviours.py:
                    deals.py, line_items.py, invoices.py, extras.py, payments.py
    account.py      the acts: one version, the modified date, the events; merging.py, linking.py over links.py
    book.py         every record with all its versions
    webhooks.py     what subscribers are told about it
    flow_runs.py    the workflows (flows.py) that it starts

What HubSpot does by itself a moment later (totals, steps of workflows) waits in agenda.py. Money is added up in sums.py and
amounts.py; what an admin set up stands in commerce.py, currencies.py, stages.py.

What nobody knows for certain stands in switches.py; how true each behaviour is, in FIDELITY.md.
"""
