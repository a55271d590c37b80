"""Crossfoot keeps HubSpot and Xero in agreement, both ways, and proves it to the cent.

One record walks through these folders, in this order::

    systems/<side>  -> a vendor's answer becomes observations
    sync/           -> detect, fetch, match, merge, plan: what to do, decided by pure functions
    runtime/        -> cycle.py calls those steps in order and does the I/O between them
    systems/<side>  -> operations become the vendor's requests
    sync/settle     -> what the answers prove becomes the new base
    proof/          -> both sides, read again and compared
"""
