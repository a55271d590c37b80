"""PostgreSQL through psycopg 3, asynchronously. Our tables live in a schema of their own, `crossfoot`."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, cast

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row

from crossfoot.store.driver import Row, sent
from crossfoot.store.queries import Query
from crossfoot.store.trouble import Collision, DatabaseTrouble

PATIENCE = 30
"""Seconds that a writer waits for other processes before it gives up, and that a silent transaction may keep others waiting."""

_WRITERS = 0x58464F54
"""The advisory lock that makes a write transaction the only one."""

# Read committed on purpose: each statement after the lock sees what the writer before us committed.
_BEGIN_WRITE = f"begin isolation level read committed; select pg_advisory_xact_lock({_WRITERS})"
_BEGIN_READ = "begin isolation level repeatable read read only"
_SETTINGS = f"""
    set search_path to crossfoot;
    set lock_timeout to '{PATIENCE}s';
    set idle_in_transaction_session_timeout to '{PATIENCE}s';
    set timezone to 'UTC'
"""


class Postgres:
    """One connection to a server, made when it is first needed and made again when it was lost between transactions."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._open: psycopg.AsyncConnection[dict[str, Any]] | None = None

    @classmethod
    async def open(cls, url: str) -> "Postgres":
        """Connect, and make our schema if it is not there. Raises `DatabaseTrouble`."""
        opened = cls(url)
        await opened.begin(write=True)
        try:
            await opened._make_schema()
            await opened.commit()
        except BaseException:
            await opened.close()
            raise
        return opened

    async def begin(self, *, write: bool) -> None:
        statement = _BEGIN_WRITE if write else _BEGIN_READ
        kept = self._open is not None and not self._open.closed
        try:
            await (await self._connected()).execute(statement)
        except psycopg.OperationalError as error:
            lost = self._open is None or self._open.closed
            if not (kept and lost):
                await self.rollback()
                raise self._worded(error) from None
            try:
                await (await self._connected()).execute(statement)
            except psycopg.OperationalError as again:
                await self.rollback()
                raise self._worded(again) from None
        except asyncio.CancelledError:
            await self.rollback()
            raise

    async def commit(self) -> None:
        try:
            await self._connection.execute("commit")
        except psycopg.Error as error:
            await self.rollback()
            raise self._worded(error) from None

    async def rollback(self) -> None:
        if self._open is None:
            return
        try:
            await self._open.execute("rollback")
        except psycopg.Error:
            # The server forgets the transaction with the connection.
            await self._open.close()

    async def fetch(self, query: Query, params: Mapping[str, Any]) -> list[Row]:
        try:
            cursor = await self._connection.execute(query.postgres, sent(params))
            return cast(list[Row], await cursor.fetchall())
        except psycopg.Error as error:
            raise self._worded(error) from error

    async def execute(self, query: Query, params: Mapping[str, Any]) -> int:
        try:
            return (await self._connection.execute(query.postgres, sent(params))).rowcount
        except psycopg.Error as error:
            raise self._worded(error) from error

    async def execute_many(self, query: Query, rows: Sequence[Mapping[str, Any]]) -> None:
        try:
            await self._connection.cursor().executemany(query.postgres, rows)
        except psycopg.Error as error:
            raise self._worded(error) from error

    async def close(self) -> None:
        if self._open is not None:
            await self._open.close()

    @property
    def _connection(self) -> psycopg.AsyncConnection[dict[str, Any]]:
        assert self._open is not None, "a statement stands inside a transaction"
        return self._open

    async def _connected(self) -> psycopg.AsyncConnection[dict[str, Any]]:
        if self._open is None or self._open.closed:
            try:
                self._open = await psycopg.AsyncConnection.connect(
                    self._url,
                    autocommit=True,
                    row_factory=dict_row,
                    connect_timeout=10,
                    client_encoding="utf8",
                    keepalives_idle=10,
                    keepalives_interval=5,
                    keepalives_count=3,
                )
                await self._open.execute(_SETTINGS)
            except psycopg.ProgrammingError:
                # Its text repeats the URL, password included.
                raise DatabaseTrouble(
                    "The database's URL cannot be read.",
                    "Write postgresql://user:password@host:5432/name, with special characters percent-encoded.",
                    asked_wrongly=True,
                ) from None
        return self._open

    async def _make_schema(self) -> None:
        # "if not exists" alone would demand the right to create schemas even where ours is there already.
        found = await self._connection.execute("select 1 from pg_namespace where nspname = 'crossfoot'")
        if await found.fetchone() is None:
            try:
                await self._connection.execute("create schema crossfoot")
            except psycopg.errors.InsufficientPrivilege:
                raise DatabaseTrouble(
                    f"Our user may not make tables in {_place(self._url)}.",
                    "Let the database's owner run: create schema crossfoot authorization <our user>.",
                ) from None

    def _worded(self, error: psycopg.Error) -> Exception:
        """The server's error in words for people; an error of ours in the SQL stays what it is."""
        said, place = str(error).strip(), _place(self._url)
        if isinstance(error, psycopg.IntegrityError):
            return Collision(said)
        if isinstance(error, psycopg.errors.LockNotAvailable):
            return DatabaseTrouble(
                f"The database {place} is locked by another program.",
                "Wait until the other one has finished, or end it; then try again.",
            )
        if isinstance(error, psycopg.errors.InsufficientPrivilege):
            return DatabaseTrouble(
                f"Our user lacks a right in the database {place} ({said}).",
                "Give it all rights on the schema crossfoot.",
            )
        if "password authentication failed" in said or "no password supplied" in said:
            return DatabaseTrouble(
                f"The database {place} refused the user or the password.",
                "Correct them in the database's URL.",
            )
        if not isinstance(error, psycopg.OperationalError):
            return error
        if self._open is None:
            return DatabaseTrouble(
                f"The database {place} cannot be reached ({_told(said)}).",
                "Start it, or correct the host, port and name in the database's URL.",
            )
        return DatabaseTrouble(
            f"The connection to the database {place} was lost ({said.splitlines()[0]}).",
            "Nothing half-written is left. Try again.",
        )


def without_password(url: str) -> str:
    """The URL fit for a log."""
    return f"postgresql://{_place(url)}"


def _told(said: str) -> str:
    """The server's own words, or the library's about the last address that it tried; hints are indented."""
    lines = said.splitlines()
    return next((line for line in reversed(lines) if line and not line[0].isspace()), said)


def _place(url: str) -> str:
    try:
        told = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        return "(unreadable URL)"
    user, host, port = told.get("user"), told.get("host"), told.get("port")
    at = f"{host or 'local'}{f':{port}' if port else ''}/{told.get('dbname') or ''}"
    return f"{user}@{at}" if user else at
