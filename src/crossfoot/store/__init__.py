"""Memory: what was seen, agreed, planned, done and decided. Named SQL over SQLite or PostgreSQL, one text for both.

`database.py` opens it and gives transactions; every other module holds the plain functions of one subject, each taking a transaction first.
The SQL stands in `sql/<subject>.sql`, the tables in `migrations/`. See docs/decisions/0002-sql-in-the-open.md.
"""
