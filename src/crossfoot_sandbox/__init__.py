"""Stand-ins for HubSpot and Xero: their behaviour, limits and nastiest rules, without an account.

Written from the vendors' facts and never from Crossfoot's connectors; neither package imports the other.
What is recorded, documented, assumed or missing stands endpoint by endpoint in `FIDELITY.md`.

One call walks through these files::

    asgi.py (real HTTP) or direct.py (function call)
        -> sandbox.py     which vendor's host is meant; faults; the log of requests
        -> hubspot/ or xero/   the vendor's behaviour, a pure function of its books, the request and the clock
"""
