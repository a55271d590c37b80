"""Opening, transactions, crashes, and what people read when the database cannot be used. All on both databases."""

import asyncio
import re
import sqlite3
import stat
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from tests.store.children import START, finish, start

from crossfoot.model.identity import Kind, Side
from crossfoot.store import cursors, records
from crossfoot.store.database import Collision, Database, DatabaseTrouble, open_database
from crossfoot.store.migrate import migrate, migrations, statements
from crossfoot.store.queries import for_postgres, for_sqlite, parse, queries
from crossfoot.store.sqlite import SQLite


async def cursor_of(database: Database) -> str | None:
    async with database.read() as tx:
        found = await cursors.get(tx, "c", Side.CRM, Kind.CONTACT)
    return found.cursor if found else None


async def put_cursor(database: Database, text: str) -> None:
    async with database.write() as tx:
        await cursors.put(tx, "c", Side.CRM, Kind.CONTACT, text, START)


async def test_what_was_written_is_there_when_the_database_is_opened_again(url: str) -> None:
    first = await open_database(url)
    await put_cursor(first, "kept")
    await first.close()
    second = await open_database(url)
    assert await cursor_of(second) == "kept"
    await second.close()


async def test_an_exception_inside_a_write_leaves_nothing(database: Database) -> None:
    async def fail() -> None:
        async with database.write() as tx:
            await cursors.put(tx, "c", Side.CRM, Kind.CONTACT, "half", START)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await cursor_of(database) is None


async def test_a_task_that_is_cancelled_inside_a_write_leaves_nothing_and_holds_up_nobody(
    database: Database,
) -> None:
    inside = asyncio.Event()

    async def work() -> None:
        async with database.write() as tx:
            await cursors.put(tx, "c", Side.CRM, Kind.CONTACT, "half", START)
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await put_cursor(database, "whole")
    assert await cursor_of(database) == "whole"


async def test_a_transaction_inside_a_transaction_is_refused_instead_of_waiting_for_itself(
    database: Database,
) -> None:
    async with database.write():
        with pytest.raises(RuntimeError, match="inside a transaction"):
            async with database.write():
                pytest.fail("it began")


async def test_a_second_of_what_there_may_be_one_of_is_a_collision(database: Database) -> None:
    row = {"sync": "s", "reason": "r", "detail": "{}", "since": 1}
    async with database.write() as tx:
        await tx.run("connections.put", **connection("1"))
    with pytest.raises(Collision):
        async with database.write() as tx:
            await tx.run("connections.put", **connection("2"))
    async with database.write() as tx:
        await tx.run("runs.halt", connection="c", **row)
        assert await tx.run("runs.halt", connection="c", **row) == 0


def connection(record_id: str) -> dict[str, object]:
    return {
        "id": record_id,
        "name": "the same",
        "crm_identity": None,
        "ledger_identity": None,
        "settings": "",
        "state": "active",
        "created_at": 1,
    }


async def test_a_reading_transaction_sees_one_moment(url: str) -> None:
    reading, writing = await open_database(url), await open_database(url)
    await put_cursor(writing, "before")
    async with reading.read() as tx:
        first = await cursors.get(tx, "c", Side.CRM, Kind.CONTACT)
        await put_cursor(writing, "after")
        second = await cursors.get(tx, "c", Side.CRM, Kind.CONTACT)
    assert first == second
    assert await cursor_of(reading) == "after"
    await reading.close()
    await writing.close()


# ── several processes ─────────────────────────────────────────────────────────────────────────────────────────────────


async def test_two_processes_with_four_tasks_each_lose_no_increment(database: Database, url: str) -> None:
    children = [start("increment", url, 4, 25) for _ in range(2)]
    for child in children:
        finish(child)
    assert await cursor_of(database) == "200"


async def test_a_process_killed_inside_a_write_leaves_nothing_half_written(
    database: Database, url: str
) -> None:
    await put_cursor(database, "whole")
    child = start("die_inside_a_write", url)
    child.communicate(timeout=60)
    assert child.returncode == -9
    assert await cursor_of(database) == "whole"
    async with database.read() as tx:
        assert await records.counts(tx, "c") == {}
    await put_cursor(database, "next")
    assert await cursor_of(database) == "next"


async def test_a_writer_waits_for_another_process_without_holding_up_its_own_tasks(
    database: Database, url: str
) -> None:
    child = start("hold_a_write", url)
    assert child.stdout is not None
    assert child.stdin is not None
    assert child.stdout.readline() == "inside\n"
    waiting = asyncio.create_task(put_cursor(database, "mine"))
    for _ in range(20):
        await asyncio.sleep(0.001)
    assert not waiting.done()
    child.stdin.write("\n")
    finish(child)
    await waiting
    assert await cursor_of(database) == "mine"


async def test_a_lock_that_is_never_released_is_told_in_plain_words(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crossfoot.store.sqlite.PATIENCE", 0.01)
    monkeypatch.setattr(
        "crossfoot.store.postgres._SETTINGS", "set search_path to crossfoot; set lock_timeout to '50ms'"
    )
    holding, waiting = await open_database(url), await open_database(url)
    async with holding.write():
        with pytest.raises(DatabaseTrouble, match="locked by another program"):
            await put_cursor(waiting, "never")
    await put_cursor(waiting, "now")
    assert await cursor_of(holding) == "now"
    await holding.close()
    await waiting.close()


async def test_two_processes_may_open_a_new_database_at_the_same_time(empty_url: str) -> None:
    children = [start("increment", empty_url, 1, 1) for _ in range(3)]
    for child in children:
        finish(child)
    database = await open_database(empty_url)
    assert await cursor_of(database) == "3"
    await database.close()


# ── migrations ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_migration_that_fails_half_way_leaves_nothing_and_runs_whole_the_next_time(
    empty_url: str,
) -> None:
    database = await open_database(empty_url)
    driver = database._writer._driver
    number = migrations()[-1][0] + 1
    half = statements("create table later (id text primary key); insert into nowhere values (1)")
    whole = statements("create table later (id text primary key); insert into later values ('x')")
    with pytest.raises(Exception, match="nowhere"):
        await migrate(driver, (*migrations(), (number, "later.sql", tuple(half))))
    await migrate(driver, (*migrations(), (number, "later.sql", tuple(whole))))
    await database.close()


async def test_older_code_refuses_a_database_of_a_newer_schema_and_leaves_it_alone(empty_url: str) -> None:
    database = await open_database(empty_url)
    await put_cursor(database, "kept")
    number = migrations()[-1][0] + 41
    step = statements("create table later (id text primary key)")
    await migrate(database._writer._driver, (*migrations(), (number, "later.sql", tuple(step))))
    await database.close()
    with pytest.raises(DatabaseTrouble, match=f"newer Crossfoot .schema {number}; this one knows") as told:
        await open_database(empty_url)
    assert "restore the backup" in told.value.fix


# ── what can be wrong with a database ─────────────────────────────────────────────────────────────────────────────────


async def test_an_unknown_kind_of_database_is_refused_with_examples() -> None:
    with pytest.raises(DatabaseTrouble, match="'mysql' is not a kind of database"):
        await open_database("mysql://x")


async def test_a_file_that_is_not_a_database_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear Sir or Madam, " * 100)
    with pytest.raises(DatabaseTrouble, match="is not a database"):
        await open_database(f"sqlite:///{file}")
    assert file.read_text().startswith("Dear Sir")


async def test_a_database_of_another_program_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "photos.db"
    with sqlite3.connect(file) as other:
        other.execute("create table photos (id)")
    other.close()
    before = file.read_bytes()
    with pytest.raises(DatabaseTrouble, match="database of another program"):
        await open_database(f"sqlite:///{file}")
    assert file.read_bytes() == before


async def test_a_place_that_cannot_be_opened_is_told_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(DatabaseTrouble, match="cannot be opened: is a directory"):
        await open_database(f"sqlite:///{tmp_path}")
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseTrouble, match="cannot be opened: not a directory"):
        await open_database(f"sqlite:///{tmp_path / 'file' / 'x.db'}")


async def test_a_damaged_database_is_told_and_not_written_to(tmp_path: Path) -> None:
    file = tmp_path / "crossfoot.db"
    database = await open_database(f"sqlite:///{file}")
    await put_cursor(database, "kept")
    await database.close()
    content = bytearray(file.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    file.write_bytes(content)
    with pytest.raises(DatabaseTrouble, match="damaged"):
        await open_database(f"sqlite:///{file}")


async def test_folder_and_file_of_a_new_database_are_closed_to_others(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "er" / "crossfoot.db"
    database = await open_database(f"sqlite:///{file}")
    await put_cursor(database, "x")
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode)
        for path in (file.parent, file.parent.parent, *file.parent.iterdir())
    }
    await database.close()
    assert modes.pop("deep") == modes.pop("er") == 0o700
    assert "crossfoot.db-wal" in modes
    assert set(modes.values()) == {0o600}


async def test_a_database_in_memory_belongs_to_whoever_opened_it() -> None:
    first, second = await open_database("sqlite://"), await open_database("sqlite://")
    await put_cursor(first, "mine")
    assert await cursor_of(second) is None
    await first.close()
    await second.close()


async def test_a_server_that_is_not_there_is_told_without_the_password() -> None:
    with pytest.raises(DatabaseTrouble, match="cannot be reached") as told:
        await open_database("postgresql://ada:hunter2@127.0.0.1:1/crossfoot")
    assert "ada@127.0.0.1:1/crossfoot" in told.value.what
    assert "hunter2" not in str(told.value)
    assert told.value.__cause__ is None


async def test_a_url_that_cannot_be_read_is_told_without_the_password() -> None:
    with pytest.raises(DatabaseTrouble, match="URL cannot be read") as told:
        await open_database("postgresql://ada:hunter2@host/x?nonsense=1")
    assert "hunter2" not in str(told.value)


async def test_a_wrong_password_is_told_without_it(postgres_server: str) -> None:
    folder = Path(urlsplit(postgres_server).query.removeprefix("host="))
    rules = folder / "pg_hba.conf"
    before = rules.read_text()
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute("create role ada login password 'right'")
        rules.write_text("local all ada scram-sha-256\n" + before)
        admin.execute("select pg_reload_conf()")
        try:
            url = postgres_server.replace("postgres:@", "ada:hunter2@")
            with pytest.raises(DatabaseTrouble, match="refused the user or the password") as told:
                await open_database(url)
        finally:
            rules.write_text(before)
            admin.execute("select pg_reload_conf()")
            admin.execute("drop role ada")
    assert "hunter2" not in str(told.value)


async def test_a_user_without_rights_is_told_what_to_ask_for(postgres_server: str) -> None:
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute("create role guest login")
        admin.execute("create database bare")
        try:
            with pytest.raises(DatabaseTrouble, match="may not make tables") as told:
                await open_database(
                    postgres_server.replace("postgres:@", "guest:@").replace("/postgres?", "/bare?")
                )
        finally:
            admin.execute("drop database bare with (force)")
            admin.execute("drop role guest")
    assert "create schema crossfoot" in told.value.fix


async def test_a_connection_lost_between_transactions_is_made_again_and_one_lost_within_is_told(
    shared_postgres: str,
) -> None:
    database = await open_database(shared_postgres)
    await put_cursor(database, "kept")
    with psycopg.connect(shared_postgres, autocommit=True) as admin:
        end_others = "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'shared' and pid <> pg_backend_pid()"
        admin.execute(end_others)
        assert await cursor_of(database) == "kept"
        await put_cursor(database, "again")

        async def lose() -> None:
            async with database.write() as tx:
                await cursors.put(tx, "c", Side.CRM, Kind.CONTACT, "half", START)
                admin.execute(end_others)
                await cursors.get(tx, "c", Side.CRM, Kind.CONTACT)

        with pytest.raises(DatabaseTrouble, match="was lost"):
            await lose()
        assert await cursor_of(database) == "again"
        async with database.write() as tx:
            await cursors.forget(tx, "c", Side.CRM, Kind.CONTACT)
    await database.close()


async def test_a_full_disk_is_told_and_leaves_the_database_whole(tmp_path: Path) -> None:
    file = tmp_path / "crossfoot.db"
    database = await open_database(f"sqlite:///{file}")
    driver = database._writer._driver
    assert isinstance(driver, SQLite)
    driver._connection.execute("pragma max_page_count = 80")
    with pytest.raises(DatabaseTrouble, match="no room"):
        async with database.write() as tx:
            await cursors.put(tx, "c", Side.CRM, Kind.CONTACT, "x" * 2_000_000, START)
    assert await cursor_of(database) is None
    await put_cursor(database, "small")
    assert await cursor_of(database) == "small"
    await database.close()


# ── the SQL itself ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_translation_is_all_of_the_difference_between_the_databases() -> None:
    sql = "select '%' from t where a = :a and id in each(:ids)"
    assert for_sqlite(sql) == "select '%' from t where a = :a and id in (select value from json_each(:ids))"
    assert for_postgres(sql) == (
        "select '%%' from t where a = %(a)s and id in (select json_array_elements_text(cast(%(ids)s as json)))"
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("-- name: a.x\nselect 1;", "needs a sentence"),
        ("-- name: a.x\n-- Says what.\n", "exactly one statement"),
        ("-- name: a.x\n-- Says what.\nselect 1; select 2;", "exactly one statement"),
        ("-- name: b.x\n-- Says what.\nselect 1;", "must be named 'a.<query>'"),
        ("select 1;\n-- name: a.x\n-- Says what.\nselect 1;", "before the first name line"),
    ],
)
def test_a_query_must_bear_its_files_name_and_say_what_it_is_for(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse("a", text)


async def test_the_database_understands_every_query(database: Database, url: str) -> None:
    if url.startswith("sqlite"):
        driver = database._writer._driver
        assert isinstance(driver, SQLite)
        for query in queries().values():
            names = dict.fromkeys(re.findall(r":(\w+)", query.sqlite))
            driver._connection.execute(f"explain {query.sqlite}", names)
        return
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("set search_path to crossfoot")
        for query in queries().values():
            used = re.findall(r"%\((\w+)\)s", query.postgres)
            numbered = query.postgres.replace("%%", "%")
            for number, name in enumerate(dict.fromkeys(used), 1):
                numbered = numbered.replace(f"%({name})s", f"${number}")
            connection.execute(f"prepare p as {numbered}")
            connection.execute("deallocate p")


def test_every_query_of_the_files_is_used_somewhere() -> None:
    source = Path(__file__).parents[2] / "src" / "crossfoot"
    code = "\n".join(path.read_text() for path in source.rglob("*.py"))
    code = re.sub(r"\{(ref\.|what|side\.)(side\.)?(value|other\.value)?\}", "{}", code)
    spelled = {
        name: (
            name,
            re.sub(r"_(crm|ledger)\b|_(crm|ledger)_", lambda m: m[0].replace(m[1] or m[2], "{}"), name),
        )
        for name in queries()
    }
    unused = [name for name, ways in spelled.items() if not any(f'"{way}"' in code for way in ways)]
    assert [name for name in unused if not name.startswith("privacy.")] == []
