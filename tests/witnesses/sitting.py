"""The court at every test: a test whose calls were condemned fails, and so does a run of tests in which a suite had nothing judged.

The functions are pytest's hooks; `tests/conftest.py` takes them up. With xdist every process has a court of its own, and the counts
meet in the process that reports. Whether a suite had something judged is known only when all is over, in whatever order and process
its tests ran; then the run of tests fails, with the suite's name.
"""

import os
import tempfile
from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.witnesses.court import Court, sit

RECORD = "CROSSFOOT_SANDBOX_RECORD"
"""Tells every sandbox that a test starts as a process to record its calls (see `crossfoot-sandbox serve --help`)."""

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Suite:
    """Tests that talk to a stand-in: so many of them, with one of these fixtures, are not passed without a call."""

    place: str
    fixtures: tuple[str, ...] = ()
    least: int = 1
    vendors: tuple[str, ...] = ("xero", "hubspot")

    def has(self, item: pytest.Item) -> bool:
        """Whether a test belongs to it."""
        place = item.nodeid.partition("::")[0]
        return (place == self.place or place.startswith(f"{self.place}/")) and (
            not self.fixtures or not set(self.fixtures).isdisjoint(getattr(item, "fixturenames", ()))
        )


SUITES = (
    Suite("tests/sandbox/xero", ("world", "three"), 12, ("xero",)),
    Suite("tests/sandbox/hubspot", ("desk",), 30, ("hubspot",)),
    Suite("tests/sandbox/test_cli.py", ("card",)),
    Suite("tests/systems/xero", ("ledger",), 4, ("xero",)),
    Suite("tests/systems/hubspot/test_against_sandbox.py", (), 4, ("hubspot",)),
    Suite("tests/systems/contract", ("subject", "unique", "priced", "merging"), 24),
    Suite("tests/witnesses/test_xero_python.py", ("driver",), 1, ("xero",)),
    Suite("tests/witnesses/test_hubspot_sdk.py", ("client",), 2, ("hubspot",)),
    Suite("tests/cli", ("at_work", "synced", "first_sync")),
    Suite("tests/crash", ("sandbox",)),
    Suite("tests/promises", ("told",)),
    Suite("tests/simulation/test_simulation.py", (), 3),
)


@dataclass
class Sitting:
    """The court in this process, and what came of it in all of them."""

    court: Court
    recording: Path
    read: int = 0
    passed: Counter[str] = field(default_factory=Counter)
    heard: Counter[str] = field(default_factory=Counter)

    def verdicts(self) -> list[str]:
        """What was condemned since the last time, here and in sandboxes that are processes of their own."""
        if self.recording.exists():
            self.read = self.court.read(self.recording, self.read)
        return self.court.taken()

    def silent(self, *, whole: bool) -> list[str]:
        """The suites that ought to have had calls to a vendor judged, and had not."""
        return [
            f"{suite.place}: {_PRESENT[vendor]} are present, yet not one call was judged by them"
            for suite in SUITES
            for vendor in suite.vendors
            if vendor in self.court.judges
            and not self.heard[f"{vendor} {suite.place}"]
            and (whole or self.passed[suite.place] >= suite.least)
        ]


_PRESENT = {"xero": "Xero's OpenAPI files", "hubspot": "the models of HubSpot's SDK"}
_SITTING: pytest.StashKey[Sitting] = pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    """The court sits down, where a vendor's words are present."""
    court = sit()
    if court is not None:
        folder = Path(tempfile.mkdtemp(prefix="crossfoot-court-"))
        config.stash[_SITTING] = Sitting(court, folder / "calls.jsonl")
        os.environ[RECORD] = str(folder / "calls.jsonl")


def pytest_unconfigure(config: pytest.Config) -> None:
    """It leaves nothing behind."""
    sitting = config.stash.get(_SITTING, None)
    if sitting is not None:
        sitting.recording.unlink(missing_ok=True)
        sitting.recording.parent.rmdir()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """Whose calls are heard now."""
    sitting = item.config.stash.get(_SITTING, None)
    if sitting is not None:
        sitting.court.suite = _place(item)
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """A test fails when calls were condemned that it, or a fixture for it, made."""
    sitting = item.config.stash.get(_SITTING, None)
    if sitting is None:
        return (yield)
    try:
        result = yield
    except BaseException as error:
        for verdict in sitting.verdicts()[:3]:
            error.add_note(f"The vendor's own words condemn: {verdict}")
        raise
    _condemn(sitting)
    sitting.passed[_place(item)] += 1
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, Any, Any]:
    """The same for calls that are made while everything is taken down."""
    result = yield
    sitting = item.config.stash.get(_SITTING, None)
    if sitting is not None:
        _condemn(sitting)
    return result


def _condemn(sitting: Sitting) -> None:
    verdicts = list(dict.fromkeys(sitting.verdicts()))
    if verdicts:
        more = f"\nand {len(verdicts) - 5} more" if len(verdicts) > 5 else ""
        pytest.fail("The vendor's own words condemn:\n" + "\n".join(verdicts[:5]) + more, pytrace=False)


def _place(item: pytest.Item) -> str:
    return next((suite.place for suite in SUITES if suite.has(item)), "")


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A process of xdist has ended: its counts are added."""
    told = getattr(node, "workeroutput", {}).get("court")
    sitting = node.config.stash.get(_SITTING, None)
    if told and sitting is not None:
        sitting.passed.update(told["passed"])
        sitting.heard.update(told["heard"])


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process of xdist tells its counts; the one that reports fails when a suite was silent."""
    sitting = session.config.stash.get(_SITTING, None)
    if sitting is None:
        return
    sitting.heard.update(sitting.court.heard)
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["court"] = {"passed": dict(sitting.passed), "heard": dict(sitting.heard)}
    elif sitting.silent(whole=_whole(session)) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Which suites were silent."""
    sitting = config.stash.get(_SITTING, None)
    session = getattr(terminalreporter, "_session", None)
    if sitting is None or session is None:
        return
    for silent in sitting.silent(whole=_whole(session)):
        terminalreporter.write_line(f"FAILED {silent}", red=True)


def _whole(session: pytest.Session) -> bool:
    """Whether all tests were asked for, and all of them ran."""
    config = session.config
    return (
        config.args_source is pytest.Config.ArgsSource.TESTPATHS
        and not any(
            config.getoption(name, None) for name in ("keyword", "markexpr", "lf", "deselect", "collectonly")
        )
        and not session.shouldfail
        and not session.shouldstop
    )
