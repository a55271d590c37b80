"""Help comes at once and says what each command does, in whole sentences."""

import re
import subprocess
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from crossfoot.cli.entry import main as begin
from crossfoot.cli.main import app, main

HEAVY = (
    "httpx2",
    "pydantic",
    "cryptography",
    "phonenumbers",
    "ruamel",
    "babel",
    "rapidfuzz",
    "rich.table",
    "psycopg",
)


def commands() -> Iterator[tuple[str, Any]]:
    for each in app.registered_commands:
        yield str(each.name), each.callback
    for group in app.registered_groups:
        assert group.typer_instance is not None
        for each in group.typer_instance.registered_commands:
            yield f"{group.name} {each.name}", each.callback


def test_every_command_of_the_first_stretch_is_there() -> None:
    names = {name for name, _ in commands()}
    assert {
        *("demo", "connect", "plan", "apply", "sync", "status", "prove", "explain", "undo", "log", "invoice", "doctor"),
        *("review list", "review accept", "review reject", "review keep-apart", "review choose"),
        *("syncs list", "syncs add", "syncs edit", "syncs pause", "syncs resume", "syncs disable", "syncs delete"),
        *("settings export", "settings validate", "settings diff", "settings apply"),
    } == names  # fmt: skip


@pytest.mark.parametrize(("name", "callback"), list(commands()), ids=[name for name, _ in commands()])
def test_a_command_says_what_it_does_and_never_calls_a_system_a_side(name: str, callback: Any) -> None:
    said = callback.__doc__ or ""
    assert said.strip().endswith("."), name
    options = " ".join(str(getattr(each, "help", "")) for each in _options(callback))
    assert " side" not in (said + options).lower().replace("on both sides", "").replace("each side", "")
    assert "ledger" not in said + options


def _options(callback: Any) -> Iterator[Any]:
    for annotation in callback.__annotations__.values():
        yield from getattr(annotation, "__metadata__", ())


def test_help_loads_nothing_heavy() -> None:
    code = "import sys, crossfoot.cli.main; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = set(done.stdout.split())
    assert not loaded & set(HEAVY)


def test_help_names_every_command_for_a_person() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "crossfoot.cli.main", "--help"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0
    for word in ("demo", "connect", "Every day", "Prove that HubSpot and Xero agree."):
        assert word in done.stdout


@pytest.mark.parametrize("path", [(), *(tuple(name.split()) for name, _ in commands())])
def test_help_says_what_is_written_behind_an_option_and_no_type_of_the_program(
    path: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["crossfoot", *path, "--help"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert "--help" in shown
    assert not re.search(r"<(bool|str|int|path|list|float)", shown)


class Interrupted(ModuleType):
    """A module during whose loading somebody presses Ctrl-C."""

    def __getattr__(self, name: str) -> object:
        raise KeyboardInterrupt


def test_ctrl_c_while_the_commands_are_loaded_shows_no_stack_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "crossfoot.cli.main", Interrupted("crossfoot.cli.main"))
    with pytest.raises(SystemExit) as ended:
        begin()
    assert ended.value.code == 130
