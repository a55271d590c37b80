"""Bringing the tables up to date: numbered SQL files, one transaction each, recorded in the table `migrations`."""

import re
from functools import cache
from importlib.resources import files

from crossfoot.store.driver import Driver
from crossfoot.store.queries import Query
from crossfoot.store.trouble import DatabaseTrouble

_COMMENT = re.compile(r"--[^\n]*")


def statements(sql: str) -> list[Query]:
    """The statements of a migration, in both spellings.

    `bytes` is `blob` in SQLite and `bytea` in PostgreSQL; text compares byte by byte in both, whatever language the server was set to.
    `without rowid` is for SQLite alone.
    """
    return [
        Query(
            "migration",
            "",
            re.sub(r"\bbytes\b", "blob", statement),
            _for_postgres(statement),
        )
        for part in _COMMENT.sub("", sql).split(";")
        if (statement := part.strip())
    ]


def _for_postgres(statement: str) -> str:
    typed = re.sub(r"\bbytes\b", "bytea", re.sub(r"\btext\b", 'text collate "C"', statement))
    return typed.removesuffix(" without rowid")


@cache
def migrations() -> tuple[tuple[int, str, tuple[Query, ...]], ...]:
    """Number, file name and statements of each migration, in order."""
    found = sorted(
        (
            file
            for file in files("crossfoot.store").joinpath("migrations").iterdir()
            if file.name.endswith(".sql")
        ),
        key=lambda file: file.name,
    )
    return tuple(
        (int(file.name[:4]), file.name, tuple(statements(file.read_text("utf-8")))) for file in found
    )


_TABLE = statements("create table if not exists migrations (number integer primary key, name text not null)")[
    0
]
_APPLIED = statements("select number, name from migrations order by number")[0]
_RECORD = Query(
    "migration",
    "",
    "insert into migrations (number, name) values (:number, :name)",
    "insert into migrations (number, name) values (%(number)s, %(name)s)",
)


async def migrate(
    driver: Driver, known: tuple[tuple[int, str, tuple[Query, ...]], ...] | None = None
) -> None:
    """Apply what is missing. Raises `DatabaseTrouble` for a database that a newer Crossfoot has written."""
    known = migrations() if known is None else known
    while True:
        # Looked up again under the lock each time: another process may be migrating too.
        await driver.begin(write=True)
        try:
            await driver.execute(_TABLE, {})
            applied = {row["number"]: row["name"] for row in await driver.fetch(_APPLIED, {})}
            _refuse_newer(applied, newest=known[-1][0])
            missing = [migration for migration in known if migration[0] not in applied]
            if missing:
                number, name, steps = missing[0]
                for step in steps:
                    await driver.execute(step, {})
                await driver.execute(_RECORD, {"number": number, "name": name})
        except BaseException:
            await driver.rollback()
            raise
        await driver.commit()
        if len(missing) <= 1:
            return


def _refuse_newer(applied: dict[int, str], newest: int) -> None:
    if applied and max(applied) > newest:
        raise DatabaseTrouble(
            f"This database was written by a newer Crossfoot (schema {max(applied)}; this one knows {newest}).",
            "Install the newer Crossfoot again, or restore the backup from before its upgrade. Nothing was changed.",
        )
