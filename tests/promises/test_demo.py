"""The demo keeps its promise: everything in one command, ending with a green proof, and nothing left behind."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

COMMAND = [sys.executable, "-m", "crossfoot.cli.main", "demo"]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("demo")
    done = subprocess.run(
        [*COMMAND, "--yes", "--json", "--contacts", "120", "--svg", "pictures"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    result["folder"] = folder
    return result


def test_it_ends_with_a_green_proof_within_a_minute(told: dict[str, Any]) -> None:
    assert told["proof"]["green"] is True
    assert told["proof"]["unexplained"] == 0
    assert all(each["linked"] == each["agreeing"] > 0 for each in told["proof"]["syncs"])
    assert told["seconds"] < 60


def test_the_money_is_proved_to_the_cent(told: dict[str, Any]) -> None:
    money = told["proof"]["money"]
    assert money["green"] is True
    assert money["documents"] > 0
    assert all(not bridge["leftover"] or float(bridge["leftover"]) == 0 for bridge in money["bridges"])
    assert {"NZD"} < {row["currency"] for row in money["sums"]}


def test_the_plan_foretells_what_is_then_done(told: dict[str, Any]) -> None:
    planned = sum(each["number"] for each in told["plan"]["counts"])
    tally = told["applied"]["tally"]
    assert planned == tally["applied"] + tally["refused"] + tally["superseded"] + tally["waiting"]
    assert tally["unknown"] == 0
    assert told["calls"]["taken"]["hubspot"] <= 3 * told["calls"]["writing"]["hubspot"]
    assert told["calls"]["taken"]["xero"] <= 3 * told["calls"]["writing"]["xero"]


def test_what_two_colleagues_did_is_carried_over_and_their_conflict_is_decided_and_told(
    told: dict[str, Any],
) -> None:
    written = {
        (field["field"], operation["operation"]["system"])
        for operation in told["sync"]["operations"]
        for field in operation["operation"]["fields"]
        if operation["state"] == "applied"
    }
    for edit in told["edits"]:
        if edit["field"] == "stage":
            made = [
                each["operation"]
                for each in told["sync"]["operations"]
                if each["operation"]["act"] == "create"
            ]
            assert ("deals_2", "xero") in {(each["sync"], each["system"]) for each in made}, (
                "of a won deal the rest is invoiced"
            )
        elif edit["field"] and not edit["conflict"]:
            other = "xero" if edit["system"] == "hubspot" else "hubspot"
            assert (edit["field"], other) in written, edit
    assert [each["field"] for each in told["conflicts"]] == ["phone"]
    assert told["conflicts"][0]["lost_in"] == "hubspot", "Ben in Xero was the later one"


def test_the_sandbox_is_gone_and_so_is_the_data(told: dict[str, Any]) -> None:
    assert not alive(told["sandbox"]["pid"])
    assert [each.name for each in told["folder"].iterdir()] == ["pictures"]


@pytest.mark.parametrize("name", ["plan.svg", "proof.svg"])
def test_its_pictures_stand_for_themselves(told: dict[str, Any], name: str) -> None:
    drawn = (told["folder"] / "pictures" / name).read_text()
    assert drawn.startswith("<svg")
    assert set(re.findall(r"https?://[^\"' )]*", drawn)) == {"http://www.w3.org/2000/svg"}
    assert "@font-face" not in drawn
    assert 25 <= len(set(re.findall(r'<text[^>]* y="([^"]*)"', drawn))) <= 45, (
        "as many lines as the top of a page has room for"
    )


def test_a_no_to_the_plan_ends_it_with_1_and_nothing_written(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "--contacts", "40"],
        cwd=tmp_path,
        input="n\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "Nothing was done" in done.stderr
    assert "What would be done" in done.stdout
    assert "Two colleagues" not in done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
@pytest.mark.parametrize("asked", [False, True], ids=["at work", "while it asks"])
def test_whoever_stops_it_stops_the_sandbox_too(
    tmp_path: Path, number: signal.Signals, *, asked: bool
) -> None:
    with subprocess.Popen(
        [*COMMAND, "--contacts", "40", "--keep"],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        ready = tmp_path / "crossfoot-demo" / "sandbox.json"
        deadline = time.monotonic() + 30
        while not ready.exists() and process.poll() is None and time.monotonic() < deadline:
            os.sched_yield()
        url = json.loads(ready.read_text())["url"]
        told = ""
        while asked and not told.endswith("[y/N] "):
            told += process.stderr.read(1) or pytest.fail(told)
        process.send_signal(number)
        # Nothing is typed: it ends while it still waits for an answer.
        process.wait(timeout=30)
        told += process.stderr.read()
    assert process.returncode == 130, told
    assert "Traceback" not in told
    assert not _answers(url)


def _answers(url: str) -> bool:
    import socket
    from urllib.parse import urlsplit

    with socket.socket() as knock:
        return knock.connect_ex(("127.0.0.1", urlsplit(url).port or 0)) == 0
