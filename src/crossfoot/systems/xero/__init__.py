"""Xero as the ledger: contacts, the persons inside them, items, sales invoices and their payments, over the Accounting API 2.0.

`system.py` is the port. Everything that Xero lists in pages is listed, read and found alike, by its row in `listed.py`: `listing.py`,
`reading.py`, `finding.py` and `document_finding.py`. Every batch is delivered and its verdicts are read by `writing.py`; what is special to
one kind stands in `contact_writes.py`, `person_writes.py`, `item_writes.py`, `invoice_writes.py`, `payment_writes.py`. They build requests
and read answers with the pure modules `contacts.py`, `persons.py`, `slots.py`, `items.py`, `invoices.py`, `invoice_lines.py` and
`payments.py`, in the shapes of `answers.py` and `documents.py`, and call through `http.py`.
"""
