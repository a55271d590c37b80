"""Whoever only looks at what is remembered calls nobody, and a run that died says so."""

import shutil
import sqlite3
from contextlib import closing

import pytest
from tests.cli.conftest import Command
from tests.sandbox.served import Served

from crossfoot_sandbox import defaults


@pytest.mark.parametrize(
    "command",
    [
        "status",
        "log",
        "log --record {name}",
        "review list",
        "explain {name}",
        "syncs list",
        "settings export",
        "settings diff mine.yaml",
    ],
)
def test_commands_that_look_at_memory_call_nobody(sandbox: Served, at_work: Command, command: str) -> None:
    (at_work.folder / "mine.yaml").write_text(at_work("settings", "export").out)
    with closing(sqlite3.connect(at_work.data / "crossfoot.db")) as database:
        ((record,),) = database.execute(
            "select crm_id from links where sync = 'people' order by crm_id limit 1"
        ).fetchall()
    calls = sandbox.world.sandbox.journal.count
    ended = at_work(*command.format(name=f"hubspot/contact/{record}").split())
    assert ended.code == 0, ended.err
    assert sandbox.world.sandbox.journal.count == calls


def test_what_both_accounts_told_is_kept_at_connect_and_looked_at_again_by_a_plan(
    sandbox: Served, at_work: Command
) -> None:
    def told() -> list[tuple[str, str]]:
        with closing(sqlite3.connect(at_work.data / "crossfoot.db")) as database:
            return database.execute("select side, told from descriptions order by side").fetchall()

    assert [side for side, _ in told()] == ["crm", "ledger"]
    answer = sandbox.http.post(
        "/hubspot/crm/v3/properties/companies",
        json={"name": "loyalty", "label": "Loyalty", "groupName": "companyinformation"}
        | {"type": "string", "fieldType": "text"},
        headers={"authorization": f"Bearer {defaults.HUBSPOT_TOKEN}"},
    )
    assert answer.status_code in (200, 201), answer.text
    assert not any('"loyalty"' in text for _, text in told())
    assert at_work("status").code == 0
    assert not any('"loyalty"' in text for _, text in told())
    assert at_work("plan").code == 0
    assert any('"loyalty"' in text for _, text in told())


def test_a_run_that_died_was_interrupted_and_the_next_one_goes_on(at_work: Command) -> None:
    shutil.copytree(at_work.data, at_work.folder / "before")
    with closing(sqlite3.connect(at_work.data / "crossfoot.db")) as database:
        database.execute(
            "insert into runs (id, connection, trigger, started_at, state, counts) "
            "select '0-died0001', connection, 'by hand', max(started_at) + 1, 'running', '{}' from runs"
        )
        database.commit()
    drawn = " ".join(at_work("status").out.split())
    assert "was interrupted" in drawn
    assert "crossfoot log --run died0001" in drawn
    log = at_work("log")
    assert "was interrupted" in log.out
    assert at_work("log", "--json").data["runs"][0]["state"] == "interrupted"
    assert at_work("sync").code == 0
    with closing(sqlite3.connect(at_work.data / "crossfoot.db")) as database:
        states = dict(database.execute("select id, state from runs").fetchall())
    assert states.pop("0-died0001") == "interrupted"
    assert set(states.values()) == {"done"}


def test_what_was_written_to_a_record_is_shown_without_an_empty_history(at_work: Command) -> None:
    with closing(sqlite3.connect(at_work.data / "crossfoot.db")) as database:
        ((record,),) = database.execute(
            "select crm_id from operations where sync = 'people' and act = 'create' and side = 'ledger' "
            "and state = 'applied' and crm_id not in (select coalesce(crm_id, '') from history) limit 1"
        ).fetchall()
    log = at_work("log", "--record", f"hubspot/contact/{record}")
    assert "What was written" in log.out
    assert "Nothing happened yet" not in log.out
