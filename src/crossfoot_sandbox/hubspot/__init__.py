"""A stand-in for HubSpot: contacts, companies, products, deals, invoices, payments and what belongs to them; OAuth, limits, webhooks.

From the ground up; no file knows one that is named further down::

    kinds.py, link_types.py, definitions.py    what there is: object types, association types, properties
    book.py, links.py                          every record with all its versions; who belongs to whom
    stages.py, currencies.py, commerce.py,     what an admin set up, workflows too (flows.py, flow_filters.py),
    enrolments.py, agenda.py, webhooks.py      what workflows did, what is due later, what subscribers will be told
    account.py                                 all of this together: one account, which does nothing to itself
    sums.py, amounts.py                        what lines and invoices come to
    behaviour.py                               what an object type may add to the rules for all: deals.py, line_items.py,
    behaviours.py                              invoices.py, extras.py, payments.py, each with its own; all in one table
    events.py, enrolling.py                    who hears of a change: webhooks, workflows
    versions.py                                one more version of a record, and what follows from it at once
    linking.py, merging.py                     associations and merges, and what follows from those
    writing.py                                 the rules that sent values obey before anything is written
    acts.py                                    what can be done to a record
    flow_actions.py, later.py                  what HubSpot does by itself a moment later: steps of workflows, totals
    people.py, money_pages.py, portal.py       what colleagues and buyers do in HubSpot's own pages

A call comes in through::

    hub.py          which endpoint (paths.py), whose token (oauth.py), is there room (limits.py); then one of
    objects.py      one record: list, create, read, change, archive, merge, erase
    batch.py        many records, with the rules of 207
    search.py       filters.py, then finding.py over index.py, which lags behind the books
    associations.py, older_links.py, properties.py, pipelines.py, flows_api.py, settings.py, currency_settings.py,
    money_settings.py                          the rest; sent.py reads what was sent, showing.py says how a record looks

What nobody knows for certain stands in switches.py; how true each behaviour is, in FIDELITY.md.
"""
