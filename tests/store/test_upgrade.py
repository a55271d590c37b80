"""A database that an earlier Crossfoot has filled: the newest one takes it over with everything in it."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.records import Observation, Standing
from crossfoot.store import records
from crossfoot.store.database import Database, open_database
from crossfoot.store.driver import Driver
from crossfoot.store.migrate import migrate, migrations
from crossfoot.store.queries import Query, for_postgres, for_sqlite

THEN = datetime(2026, 11, 2, 9, tzinfo=UTC)
LATER = datetime(2026, 11, 2, 10, tzinfo=UTC)
ADA = Ref(Side.CRM, Kind.CONTACT, "1")
FIRST = migrations()[:1]
SAMPLES: Mapping[str, Any] = {"text": "told", "bigint": 7, "integer": 1, "blob": b"sealed"}

FILLED: Mapping[str, Any] = {
    "connection": "c",
    "side": "crm",
    "kind": "contact",
    "id": "1",
    "standing": "live",
    "fields": '{"name":"Ada","city":"Napier"}',
    "modified": int(THEN.timestamp() * 1_000_000),
    "survivor": None,
    "parent": None,
    "seen_at": int(THEN.timestamp() * 1_000_000),
}


def query(sql: str) -> Query:
    return Query("test", "", for_sqlite(sql), for_postgres(sql))


def columns(create: str) -> tuple[str, dict[str, str]]:
    """The name of a table and the types of its columns, out of what makes it."""
    name, body = re.findall(r"create table (\w+) \((.*)\)", create, re.DOTALL)[0]
    found = re.findall(r"^\s+(\w+) (text|bigint|integer|blob)\b", body, re.MULTILINE)
    return name, dict(found)


TABLES = dict(columns(step.sqlite) for step in FIRST[0][2] if step.sqlite.startswith("create table"))


async def insert(driver: Driver, table: str, row: Mapping[str, Any]) -> None:
    names = ", ".join(row)
    values = ", ".join(f":{name}" for name in row)
    await driver.execute(query(f"insert into {table} ({names}) values ({values})"), row)


@pytest.fixture
async def upgraded(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A database of the first schema with a row in every table, opened by this Crossfoot."""
    with monkeypatch.context() as earlier:
        earlier.setattr("crossfoot.store.migrate.migrations", lambda: FIRST)
        old = await open_database(empty_url)
    driver = old._writer._driver
    await driver.begin(write=True)
    for table, types in TABLES.items():
        await insert(driver, table, {name: SAMPLES[kind] for name, kind in types.items()})
    await insert(driver, "records", FILLED)
    await driver.commit()
    await old.close()
    opened = await open_database(empty_url)
    yield opened
    await opened.close()


async def test_every_row_of_an_earlier_database_is_there_after_the_upgrade(upgraded: Database) -> None:
    assert len(TABLES) > 10
    assert [number for number, _, _ in migrations()] == [*range(1, len(migrations()) + 1)]
    driver = upgraded._writer._driver
    await driver.begin(write=False)
    for table, types in TABLES.items():
        rows = await driver.fetch(query(f"select {', '.join(types)} from {table}"), {})
        sample = {name: SAMPLES[kind] for name, kind in types.items()}
        assert sample in [dict(row) for row in rows], table  # type: ignore[call-overload]
    await driver.rollback()


async def test_it_is_brought_up_to_date_once(upgraded: Database) -> None:
    await migrate(upgraded._writer._driver)
    driver = upgraded._writer._driver
    await driver.begin(write=False)
    applied = await driver.fetch(query("select number from migrations order by number"), {})
    await driver.rollback()
    assert [row["number"] for row in applied] == [number for number, _, _ in migrations()]


async def test_what_is_known_of_a_record_is_as_old_as_that_version_of_it_after_the_upgrade(
    upgraded: Database,
) -> None:
    async with upgraded.write() as tx:
        known = (await records.get(tx, "c", [ADA]))[ADA].observation
        assert (known.fields, known.modified, known.since) == ({"name": "Ada", "city": "Napier"}, THEN, {})
        look = Observation(ADA, Standing.LIVE, {"name": "Ada", "city": "Gore"}, LATER)
        await records.put(tx, "c", [look], LATER)
        assert (await records.get(tx, "c", [ADA]))[ADA].observation.since == {"name": THEN}
