"""SQLite through the standard library, called directly: the file is local and a statement takes microseconds, less than a thread's hand-over.

Nothing here waits except a write transaction for another process, and that wait is asynchronous.
"""

import asyncio
import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from crossfoot.store.driver import Row, sent
from crossfoot.store.queries import Query
from crossfoot.store.trouble import Collision, DatabaseTrouble

APPLICATION = 0x58464F54
"""`XFOT` in the file's header: this database is Crossfoot's."""

PATIENCE = 30.0
"""Seconds that a writer waits for other processes before it gives up."""

_BUSY_SECONDS = 0.02  # SQLite's own waiting holds up the whole event loop, so it gets little of it
_PAUSES = (0.001, 0.002, 0.005, 0.01, 0.025, 0.05)
_CACHE_KIB = 8 * 1024  # fixed, so that memory does not grow with the number of records


class SQLite:
    """One connection to a file, or to a database of its own in memory."""

    def __init__(self, connection: sqlite3.Connection, path: str) -> None:
        self._connection = connection
        self._path = path

    @classmethod
    async def open(cls, path: str, *, durable: bool) -> "SQLite":
        """Open the file at `path`, made if it is not there; memory when `path` is empty. Raises `DatabaseTrouble`."""
        if path:
            path = _make_private(path)
        connection = sqlite3.connect(
            path or ":memory:", isolation_level=None, timeout=_BUSY_SECONDS, cached_statements=256
        )
        opened = cls(connection, path or "in memory")
        try:
            # Another process that opens the same new file at this moment makes ours busy.
            await opened._patiently(lambda: _prepare(connection, path, durable=durable))
        except BaseException:
            connection.close()
            raise
        return opened

    async def begin(self, *, write: bool) -> None:
        statement = "begin immediate" if write else "begin"
        await self._patiently(lambda: self._connection.execute(statement))

    async def commit(self) -> None:
        try:
            self._connection.execute("commit")
        except sqlite3.DatabaseError as error:
            await self.rollback()
            raise _worded(error, self._path) from error

    async def rollback(self) -> None:
        # SQLite has rolled back by itself after some errors (disk full); to say it twice would hide the first one.
        if self._connection.in_transaction:
            self._connection.execute("rollback")

    async def fetch(self, query: Query, params: Mapping[str, Any]) -> list[Row]:
        try:
            return cast(list[Row], self._connection.execute(query.sqlite, sent(params)).fetchall())
        except sqlite3.DatabaseError as error:
            raise _worded(error, self._path) from error

    async def execute(self, query: Query, params: Mapping[str, Any]) -> int:
        try:
            return self._connection.execute(query.sqlite, sent(params)).rowcount
        except sqlite3.DatabaseError as error:
            raise _worded(error, self._path) from error

    async def execute_many(self, query: Query, rows: Sequence[Mapping[str, Any]]) -> None:
        try:
            self._connection.executemany(query.sqlite, rows)
        except sqlite3.DatabaseError as error:
            raise _worded(error, self._path) from error

    async def close(self) -> None:
        self._connection.close()

    async def _patiently(self, act: Callable[[], object]) -> None:
        waited, turn = 0.0, 0
        while True:
            try:
                act()
            except sqlite3.DatabaseError as error:
                if not _busy(error) or waited >= PATIENCE:
                    raise _worded(error, self._path) from error
            else:
                return
            pause = _PAUSES[min(turn, len(_PAUSES) - 1)]
            await asyncio.sleep(pause)
            waited, turn = waited + pause + _BUSY_SECONDS, turn + 1


def _make_private(named: str) -> str:
    """Make the folders (0700) and the file (0600), before SQLite would make them readable for everyone; the file's path."""
    path = Path(named).expanduser()
    try:
        for folder in reversed([folder for folder in path.parents if not folder.exists()]):
            folder.mkdir(mode=0o700, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise DatabaseTrouble(
            f"The database {path} cannot be opened: {(error.strerror or str(error)).lower()}.",
            "Give the user that runs Crossfoot the right to read and write it, or name another place.",
        ) from error
    return str(path)


def _prepare(connection: sqlite3.Connection, path: str, *, durable: bool) -> None:
    connection.row_factory = sqlite3.Row
    owner = connection.execute("pragma application_id").fetchone()[0]
    if owner != APPLICATION and connection.execute("select count(*) from sqlite_schema").fetchone()[0]:
        raise DatabaseTrouble(
            f"{path} is a database of another program.", "Name another file; this one was left as it is."
        )
    for setting in (
        "journal_mode = wal",
        f"synchronous = {'full' if durable else 'off'}",
        f"cache_size = -{_CACHE_KIB}",
        "temp_store = memory",
        "trusted_schema = off",
    ):
        connection.execute(f"pragma {setting}")
    if owner != APPLICATION:
        connection.execute(f"pragma application_id = {APPLICATION}")


def _busy(error: sqlite3.DatabaseError) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def _worded(error: sqlite3.DatabaseError, path: str) -> Exception:
    """SQLite's error in words for people; an error of ours in the SQL stays what it is."""
    said = str(error)
    if isinstance(error, sqlite3.IntegrityError):
        return Collision(said)
    if _busy(error):
        return DatabaseTrouble(
            f"The database {path} is locked by another program.",
            "Wait until the other one has finished, or end it; then try again.",
        )
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_NOTADB:
            return DatabaseTrouble(
                f"{path} is not a database.", "Name another file; this one was left as it is."
            )
        case sqlite3.SQLITE_CORRUPT:
            return DatabaseTrouble(f"The database {path} is damaged ({said}).", "Restore it from a backup.")
        case sqlite3.SQLITE_FULL:
            return DatabaseTrouble(f"There is no room to write to {path}.", "Free some space on the disk.")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return DatabaseTrouble(
                f"The database {path} cannot be written to ({said}).",
                "Give the user that runs Crossfoot the right to write the file and its folder.",
            )
        case sqlite3.SQLITE_IOERR:
            return DatabaseTrouble(f"Reading or writing {path} failed ({said}).", "Check the disk.")
    return error
