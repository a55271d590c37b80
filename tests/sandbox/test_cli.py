"""The command `crossfoot-sandbox` as people run it: a process, its output, its exit code."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from crossfoot_sandbox import defaults

COMMAND = [sys.executable, "-m", "crossfoot_sandbox.cli"]


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False
    )


@contextmanager
def serving(*arguments: str | Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """A served sandbox and the card that it printed."""
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", "--json", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.stderr.read() if process.stderr else ""
        yield process, json.loads(line)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=10)


@pytest.fixture(scope="module")
def card() -> Iterator[dict[str, Any]]:
    with serving() as (_, printed):
        yield printed


def get(url: str, **options: Any) -> Any:
    return httpx2.get(url, timeout=10, trust_env=False, **options).json()


def test_serve_prints_everything_that_a_client_needs_as_json(card: dict[str, Any]) -> None:
    assert card == get(f"{card['url']}/sandbox/world")
    headers = {"Authorization": f"Bearer {card['hubspot']['token']}"}
    account = get(f"{card['hubspot']['api_url']}/account-info/2026-03/details", headers=headers)
    assert account["portalId"] == card["hubspot"]["portal_id"] == defaults.PORTAL_ID
    tokens = httpx2.post(
        card["xero"]["token_url"],
        data={"grant_type": "client_credentials"},
        auth=(
            card["xero"]["custom_connection"]["client_id"],
            card["xero"]["custom_connection"]["client_secret"],
        ),
        timeout=10,
        trust_env=False,
    ).json()
    headers = {"Authorization": f"Bearer {tokens['access_token']}", "Accept": "application/json"}
    organisation = get(f"{card['xero']['api_url']}/api.xro/2.0/Organisation", headers=headers)
    assert organisation["Organisations"][0]["Name"] == card["xero"]["organisation_name"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_serve_ends_cleanly_when_asked_to(number: signal.Signals) -> None:
    with serving() as (process, printed):
        get(f"{printed['url']}/sandbox/health")
        process.send_signal(number)
        _, said = process.communicate(timeout=15)
    assert process.returncode == 0
    assert said.strip().splitlines() == ["The sandbox has stopped."]


def test_serve_fills_both_sides_freezes_the_clock_sets_switches_and_says_when_it_is_ready(
    tmp_path: Path,
) -> None:
    export = tmp_path / "people.csv"
    export.write_text("First Name,Email\nAda,ada@home.test\n", encoding="utf-8")
    ready = tmp_path / "ready.json"
    options: list[str | Path] = [
        "--generate",
        "30",
        "--seed",
        "4",
        "--load",
        export,
        "--frozen-clock",
        "--ready-file",
        ready,
    ]
    with serving(*options, "--switch", "hubspot.lag_max=0", "--switch", "half_cent=even") as (
        process,
        printed,
    ):
        url = printed["url"]
        assert json.loads(ready.read_text(encoding="utf-8")) == printed
        assert get(f"{url}/sandbox/books/xero/Contacts")["count"] == 30
        assert get(f"{url}/sandbox/books/hubspot/contacts")["count"] == 31
        assert get(f"{url}/sandbox/clock") == get(f"{url}/sandbox/clock")
        switches = get(f"{url}/sandbox/switches")
        assert (switches["hubspot"]["lag_max"], switches["xero"]["half_cent"]) == (0, "even")
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=15)
    assert "Loaded 1 records from 1 files." in said


def test_serve_tells_people_what_they_need_on_standard_output() -> None:
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    assert process.stderr.readline() == "Press Ctrl-C to stop.\n"
    process.send_signal(signal.SIGTERM)
    told, _ = process.communicate(timeout=15)
    assert process.returncode == 0
    assert defaults.HUBSPOT_TOKEN in told
    assert defaults.XERO_CLIENT_SECRET in told


def test_every_call_is_recorded_with_its_words_but_without_credentials(tmp_path: Path) -> None:
    file = tmp_path / "calls.jsonl"
    file.write_text('{"from": "an earlier run"}\n', encoding="utf-8")
    with serving("--record", file) as (_, printed):
        headers = {"Authorization": f"Bearer {printed['hubspot']['token']}"}
        get(f"{printed['hubspot']['api_url']}/crm/objects/2026-03/contacts?limit=1", headers=headers)
        get(f"{printed['xero']['api_url']}/api.xro/2.0/Contacts")
    _, found, refused = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    assert (found["system"], found["status"], found["words"]["query"]) == ("hubspot", 200, [["limit", "1"]])
    assert json.loads(found["words"]["answer"]) == {"results": []}
    assert (refused["operation"], refused["status"]) == ("GET /Contacts", 401)
    assert printed["hubspot"]["token"] not in file.read_text(encoding="utf-8")


def test_a_file_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    done = run("serve", "--port", "0", "--record", tmp_path / "nowhere" / "calls.jsonl")
    assert done.returncode == 2
    assert done.stderr.startswith("crossfoot-sandbox: Cannot write to ")
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_further_redirect_address_is_allowed_by_both_apps() -> None:
    with serving("--redirect-uri", "http://localhost:4711/back") as (_, printed):
        assert "http://localhost:4711/back" in printed["redirect_uris"]
        asked = {
            "response_type": "code",
            "client_id": printed["xero"]["client_id"],
            "redirect_uri": "http://localhost:4711/back",
            "scope": "offline_access",
            "consent": "yes",
        }
        answer = httpx2.get(printed["xero"]["authorize_url"], params=asked, timeout=10, trust_env=False)
        assert answer.headers["location"].startswith("http://localhost:4711/back?code=")
        asked |= {"client_id": printed["hubspot"]["client_id"], "scope": "oauth"}
        answer = httpx2.get(printed["hubspot"]["authorize_url"], params=asked, timeout=10, trust_env=False)
        assert answer.headers["location"].startswith("http://localhost:4711/back?code=")


def test_a_taken_port_is_one_clear_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = run("serve", "--port", port)
    assert result.returncode == 1
    assert result.stderr == (
        f"crossfoot-sandbox: Cannot listen on 127.0.0.1 port {port}: address already in use. "
        "Choose another with --port (0 takes any free one).\n"
    )


def test_generate_fills_a_running_sandbox(card: dict[str, Any]) -> None:
    as_data = run("generate", "--contacts", "20", "--seed", "9", "--url", card["url"], "--json")
    assert as_data.returncode == 0
    assert len(json.loads(as_data.stdout)["pairs"]) > 10
    for_people = run("generate", "--contacts", "20", "--seed", "10", "--url", card["url"])
    assert for_people.returncode == 0
    assert "people on both sides" in for_people.stdout


def test_load_fills_a_running_sandbox_or_names_every_problem(card: dict[str, Any], tmp_path: Path) -> None:
    good, bad = tmp_path / "people.csv", tmp_path / "items.csv"
    good.write_bytes(b"\xef\xbb\xbfFirst Name;Email\r\nZora;zora@home.test\r\n")
    bad.write_text("*ItemCode,SalesUnitPrice\nD,x\n,1\n", encoding="utf-8")
    before = get(f"{card['url']}/sandbox/books/hubspot/contacts")["count"]
    refused = run("load", good, bad, "--url", card["url"])
    assert refused.returncode == 1
    first, second, last = refused.stderr.splitlines()
    assert first.startswith(
        'crossfoot-sandbox: items.csv, line 2, column 2 ("SalesUnitPrice"): "x" is not a number. Write'
    )
    assert second.startswith('items.csv, line 3, column 1 ("*ItemCode"): The item has no code. Give')
    assert last == "Nothing was loaded."
    assert get(f"{card['url']}/sandbox/books/hubspot/contacts")["count"] == before
    loaded = run("load", good, "--url", card["url"], "--json")
    assert loaded.returncode == 0
    assert json.loads(loaded.stdout)["records"] == [
        {"file": "people.csv", "kind": "HubSpot contacts", "count": 1}
    ]
    assert get(f"{card['url']}/sandbox/books/hubspot/contacts")["count"] == before + 1


def test_serve_with_a_bad_export_does_not_start(tmp_path: Path) -> None:
    bad = tmp_path / "items.csv"
    bad.write_text("*ItemCode,SalesUnitPrice\nD,x\n", encoding="utf-8")
    result = run("serve", "--port", "0", "--load", bad)
    assert result.returncode == 1
    assert "items.csv, line 2" in result.stderr


WRONG = {
    "no number": (["generate", "--contacts", "many"], 2, "'--contacts'"),
    "a share above one": (["generate", "--contacts", "1", "--overlap", "2"], 2, "'--overlap'"),
    "nothing to generate": (["generate"], 2, "--contacts"),
    "no files": (["load"], 2, "Missing argument"),
    "an unknown command": (["dance"], 2, "dance"),
    "an unknown option": (["serve", "--fast"], 2, "--fast"),
    "a port that cannot be": (["serve", "--port", "70000"], 2, "'--port'"),
    "a switch without value": (["serve", "--port", "0", "--switch", "limits"], 2, "name=value"),
    "an unknown switch": (["serve", "--port", "0", "--switch", "limit=off"], 2, 'There is no switch "limit"'),
    "a switch with a wrong value": (["serve", "--port", "0", "--switch", "merge=x"], 2, "must be one of"),
    "a redirect address that Xero refuses": (
        ["serve", "--port", "0", "--redirect-uri", "http://10.0.0.1/"],
        2,
        "Xero refuses the redirect URI",
    ),
    "a file that is not there": (["load", "nowhere.csv"], 1, "Cannot read nowhere.csv"),
    "nobody at the address": (
        ["generate", "--contacts", "1", "--url", "http://127.0.0.1:9"],
        1,
        "No sandbox answers",
    ),
    "an address that is none": (["generate", "--contacts", "1", "--url", "nowhere"], 1, "No sandbox answers"),
    "more companies than contacts": (["generate", "--contacts", "1", "--companies", "2"], 1, "do not fit"),
}


@pytest.mark.parametrize(("arguments", "code", "message"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_one_clear_line_and_an_exit_code(
    card: dict[str, Any], arguments: list[str], code: int, message: str
) -> None:
    if "--companies" in arguments:
        arguments = [*arguments, "--url", card["url"]]
    result = run(*arguments)
    assert result.returncode == code
    assert message in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert result.stdout == ""


def test_help_speaks_to_people() -> None:
    overview = run("--help")
    assert overview.returncode == 0
    for word in ("serve", "generate", "load", "switches", "no account"):
        assert word in overview.stdout
    assert "--frozen-clock" in run("serve", "--help").stdout


def test_switches_are_listed_with_their_defaults() -> None:
    listed = run("switches")
    assert "xero.half_cent=up" in listed.stdout.splitlines()
    assert json.loads(run("switches", "--json").stdout)["hubspot"]["limits"] is True
