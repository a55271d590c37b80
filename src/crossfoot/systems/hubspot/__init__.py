"""HubSpot, the CRM side. Start at `system.py`; the vendor's rules are cited as "HubSpot fact" with their number."""
