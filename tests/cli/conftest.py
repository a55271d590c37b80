"""A sandbox over real HTTP, and the command `crossfoot` against it: in this process where many calls are made, as a process of its own where that matters."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.sandbox.served import Served, served

from crossfoot.cli.main import main
from crossfoot_sandbox import defaults
from crossfoot_sandbox.generate import generate
from crossfoot_sandbox.switchboard import set_switch


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Served]:
    world = defaults.world(redirect_uris=["http://localhost:18653/callback"])
    generate(world.sandbox, contacts=60, seed=11)
    for vendor, switches in set_switch(
        world.sandbox, {"hubspot.lag_min": "0", "hubspot.lag_max": "0"}
    ).items():
        getattr(world.sandbox, vendor).switches = switches
    with served(world) as running:
        yield running


@dataclass
class Command:
    """`crossfoot`, run in this process in a folder of its own."""

    folder: Path
    sandbox: Served
    capture: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch
    columns: int = 160
    """As wide as a wide terminal, so that no sentence is broken; narrow ones have tests of their own."""

    def __call__(self, *arguments: str | Path, typed: str = "") -> Ended:
        self._minute_passes()
        self.patch.chdir(self.folder)
        self.patch.setenv("COLUMNS", str(self.columns))
        self.patch.setattr(sys, "argv", ["crossfoot", *map(str, arguments)])
        typing = self.folder / "typed"
        typing.write_text(typed)
        self.capture.readouterr()
        with typing.open() as keyboard:
            self.patch.setattr(sys, "stdin", keyboard)
            with pytest.raises(SystemExit) as ended:
                main()
        out, err = self.capture.readouterr()
        code = ended.value.code
        assert "Traceback" not in err
        return Ended(code if isinstance(code, int) else 0 if code is None else 1, out, err)

    @property
    def data(self) -> Path:
        return self.folder / "crossfoot-data"

    def _minute_passes(self) -> None:
        """Xero takes 60 calls a minute: between two commands one passes for the sandbox, and for what we remember of our calls."""
        self.sandbox.world.sandbox.clock.advance(61)
        file = self.data / "crossfoot.db"
        if file.exists() and file.read_bytes()[:6] == b"SQLite":
            with closing(sqlite3.connect(file)) as database:
                database.execute("delete from budget_slots")
                database.execute("delete from budget")
                database.commit()


@pytest.fixture
def crossfoot(
    sandbox: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Command:
    for name in [name for name in os.environ if name.startswith("CROSSFOOT_")]:
        monkeypatch.delenv(name)
    return Command(tmp_path, sandbox, capsys, monkeypatch)


def process(folder: Path, *arguments: str | Path, typed: str = "") -> Ended:
    """`crossfoot` as a process."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CROSSFOOT_")}
    done = subprocess.run(
        [sys.executable, "-m", "crossfoot.cli.main", *map(str, arguments)],
        cwd=folder,
        env=environment,
        input=typed,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class FirstSync:
    """A first sync, each command as a process of its own."""

    folder: Path
    plan: Ended
    declined: Ended
    written_before: int
    """Records that HubSpot and Xero were asked to write before anybody had said yes."""
    applied: Ended


@pytest.fixture(scope="session")
def first_sync(sandbox: Served, tmp_path_factory: pytest.TempPathFactory) -> FirstSync:
    folder = tmp_path_factory.mktemp("synced")
    connected = process(folder, "connect", "--sandbox", sandbox.url, "--xero", "custom", "--yes")
    assert connected.code == 0, connected
    plan = process(folder, "plan")
    declined = process(folder, "apply", typed="n\n")
    written = sum(
        entry.method in ("PUT", "POST") and ("/batch/u" in entry.path or entry.path.startswith("/api.xro"))
        for entry in sandbox.world.sandbox.journal.calls()
    )
    applied = process(folder, "apply", typed="y\n")
    assert applied.code == 0, applied
    return FirstSync(folder, plan, declined, written, applied)


@pytest.fixture(scope="session")
def synced(first_sync: FirstSync, sandbox: Served) -> Path:
    """The data folder of that first sync, once it has read back what it wrote."""
    sandbox.world.sandbox.clock.advance(61)
    ended = process(first_sync.folder, "sync")
    assert ended.code == 0, ended
    return first_sync.folder / "crossfoot-data"


@pytest.fixture
def at_work(crossfoot: Command, synced: Path) -> Command:
    """A copy of that folder, to go on with."""
    shutil.copytree(synced, crossfoot.data)
    return crossfoot


def person(sandbox: Served, **words: Any) -> str:
    """What a colleague does in HubSpot's or Xero's own pages."""
    answer = sandbox.http.post("/sandbox/people", json=words)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])
