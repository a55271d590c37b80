"""The CSV files that HubSpot and Xero export, read and checked: what `load.py` fills both sides from."""
