"""Made-up people, companies and products, and where they live: what `generate.py` fills both sides with."""
