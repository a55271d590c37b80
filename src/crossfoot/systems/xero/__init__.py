"""Xero as the ledger: contacts, the persons inside them, and items, over the Accounting API 2.0.

`system.py` is the port; it walks through `listing.py`, `reading.py` and `writing.py` (persons: `person_writes.py`), which build
requests and read answers with the pure modules `contacts.py`, `persons.py`, `items.py`, `slots.py`, and call through `http.py`.
"""
