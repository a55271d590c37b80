from tests.store.databases import database, empty_url, postgres_server, shared_postgres, url

__all__ = ["database", "empty_url", "postgres_server", "shared_postgres", "url"]
