"""Opening the database, and transactions: the only way to either of them.

A write transaction is alone from its first statement: `BEGIN IMMEDIATE` in SQLite, an advisory lock in PostgreSQL. What was read inside it is
still true when it writes; without that, two processes that read and then write lose updates without an error.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from crossfoot.store.driver import Driver, Row
from crossfoot.store.migrate import migrate
from crossfoot.store.queries import queries
from crossfoot.store.sqlite import SQLite
from crossfoot.store.trouble import Collision, DatabaseTrouble

__all__ = ["Collision", "Database", "DatabaseTrouble", "Row", "Tx", "open_database"]


class Tx:
    """One transaction. Queries go by the names in `store/sql/`; a list or tuple given as a parameter is for `each(...)`."""

    __slots__ = ("_driver", "_queries")

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._queries = queries()

    async def all(self, query: str, /, **params: Any) -> list[Row]:
        """All rows."""
        return await self._driver.fetch(self._queries[query], params)

    async def one(self, query: str, /, **params: Any) -> Row | None:
        """The first row, or None."""
        rows = await self._driver.fetch(self._queries[query], params)
        return rows[0] if rows else None

    async def run(self, query: str, /, **params: Any) -> int:
        """Do it; the number of rows concerned. Raises `Collision` when a unique rule refuses."""
        return await self._driver.execute(self._queries[query], params)

    async def many(self, query: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Do it for each row. Raises `Collision` when a unique rule refuses."""
        if rows:
            await self._driver.execute_many(self._queries[query], rows)


class Database:
    """An open database. Tasks of this process queue for it: writers behind writers, readers behind readers.

    Never wait for anything but the database inside a transaction, least of all for a vendor.
    """

    def __init__(self, url: str, writer: Driver, reader: Driver) -> None:
        self.url = url
        """As given, without its password."""
        self._writer = _Turns(writer)
        # SQLite has a single connection: there, both doors lead through the same turnstile.
        self._reader = self._writer if reader is writer else _Turns(reader)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Tx]:
        """Read and write: all of it happens at the end of the block, or none of it when the block raises."""
        async with self._writer.turn(write=True) as tx:
            yield tx

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """Read one consistent moment."""
        async with self._reader.turn(write=False) as tx:
            yield tx

    async def close(self) -> None:
        """Let go of the database, after the transactions under way."""
        for turns in {self._writer, self._reader}:
            await turns.close()


class _Turns:
    """One driver, one transaction at a time."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._tx = Tx(driver)
        self._lock = asyncio.Lock()
        self._holder: asyncio.Task[Any] | None = None

    @asynccontextmanager
    async def turn(self, *, write: bool) -> AsyncIterator[Tx]:
        task = asyncio.current_task()
        if task is not None and self._holder is task:
            raise RuntimeError(
                "A transaction was begun inside a transaction; it would wait for itself for ever."
            )
        async with self._lock:
            self._holder = task
            try:
                await self._driver.begin(write=write)
                try:
                    yield self._tx
                except BaseException:
                    await self._driver.rollback()
                    raise
                await self._driver.commit()
            finally:
                self._holder = None

    async def close(self) -> None:
        async with self._lock:
            await self._driver.close()


async def open_database(url: str, *, durable: bool = True) -> Database:
    """Open the database at `url`, make it if need be, and bring its tables up to date.

    `sqlite:///crossfoot.db` is a file beside us, `sqlite:////var/lib/crossfoot.db` (four slashes) one by its full path, `sqlite://` lives in
    memory, `postgresql://user:password@host/name` is a server. `durable=False` trades the last commits at a power cut for speed (SQLite
    only); a crash of the program loses nothing either way. Raises `DatabaseTrouble`.
    """
    scheme, separator, rest = url.partition("://")
    writer: Driver
    reader: Driver
    if scheme == "sqlite" and separator:
        writer = reader = await SQLite.open(rest.removeprefix("/"), durable=durable)
        shown = url
    elif scheme in {"postgresql", "postgres"} and separator:
        # Most commands run on SQLite and need not pay for the import.
        from crossfoot.store.postgres import Postgres, without_password  # noqa: PLC0415

        shown = without_password(url)
        writer, reader = await Postgres.open(url), Postgres(url)
    else:
        raise DatabaseTrouble(
            f"'{scheme}' is not a kind of database that Crossfoot knows.",
            "Write sqlite:///crossfoot.db, or postgresql://user:password@host/name.",
            asked_wrongly=True,
        )
    try:
        await migrate(writer)
    except BaseException:
        await writer.close()
        raise
    return Database(shown, writer, reader)
