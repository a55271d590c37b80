"""Each safeguard is needed, and its loss is noticed: by the shortest story in which it matters, by a test, and in campaigns of drawn seeds."""

import json
import os
import re
import sys
from collections.abc import Sequence

import pytest
from tests.simulation import run, table, timeline
from tests.simulation.campaign import QUICKLY_CAUGHT, canary
from tests.simulation.guard import Guard
from tests.simulation.guarded import GUARDED
from tests.simulation.guards import GUARDS
from tests.simulation.play import play
from tests.simulation.removals import edited, replaced

TOLD = [guard.name for guard in GUARDS.values() if guard.story is not None]
TESTED = [guard.name for guard in GUARDS.values() if guard.tests]


def test_every_safeguard_has_a_story_or_a_test_and_every_story_a_safeguard() -> None:
    assert set(GUARDS) == set(TOLD) | set(TESTED)
    assert set(GUARDED) <= set(GUARDS)


@pytest.mark.parametrize("name", TOLD)
def test_a_story_ends_well_with_its_safeguard_and_breaks_a_promise_without(name: str) -> None:
    guard, story = GUARDS[name], GUARDED[name]
    safe = play(story, every_call=True)
    assert not safe.violations, f"{timeline.told(safe)}\n{safe.violations[0]}"
    with guard.remove():
        broken = play(story)
    assert broken.invariant in guard.seen_as, f"{timeline.told(broken)}\n{broken.violations}"
    happened, effects = {*safe.happened, *broken.happened}, {*safe.effects, *broken.effects}
    assert not story.faults or happened & set(story.faults), "the story's mishap never happened"
    assert {act.during for act in story.acts if act.during} <= effects, "a call of the story was never made"


@pytest.mark.parametrize("name", TESTED)
def test_a_test_fails_without_its_safeguard(name: str) -> None:
    assert _ended(name, GUARDS[name].tests) == pytest.ExitCode.TESTS_FAILED


def test_a_test_passes_without_a_safeguard_that_it_is_not_about() -> None:
    assert _ended("lease", GUARDS["an answer holds for what was shown"].tests) == pytest.ExitCode.OK


def _ended(name: str, tests: Sequence[str]) -> int:
    """How tests end without a safeguard. They run in a copy of this process, so that nothing need be imported again."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        code = 99
        try:
            quiet = os.open(os.devnull, os.O_WRONLY)
            os.dup2(quiet, 1)
            os.dup2(quiet, 2)
            plugins = ("-p", "no:cacheprovider", "-p", "no:xdist", "-p", "tests.simulation.removed")
            code = pytest.main(["-q", "-x", *plugins, "--without", name, *tests])
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def double(number: int) -> int:
    return number * 2


def test_a_removal_lasts_as_long_as_it_is_entered_and_reaches_every_import() -> None:
    imported = double
    with edited(double, ("number * 2", "number * 3"))():
        assert (double(2), imported(2)) == (6, 6)
    assert imported(2) == 4


def test_a_removal_that_no_longer_fits_what_is_written_is_an_error() -> None:
    with (
        pytest.raises(LookupError, match="double says 'number' 2 times, not once"),
        edited(double, ("number", "0"))(),
    ):
        pass
    assert double(2) == 4


def test_the_table_of_removed_safeguards_says_what_noticed_each_removal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    names = ["send only changed fields", "kept apart", "an answer holds for what was shown"]
    asked = [
        "--guards",
        "--first",
        "1",
        "--seeds",
        "2",
        *(word for name in names for word in ("--guard", name)),
    ]
    assert run.main(asked) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split("  ")[0] == "safeguard removed"
    assert [re.split(r" {2,}", line) for line in lines] == [
        [names[0], "2 of 2 (100.0%)", "1", "GAP 2", "GAP"],
        [names[1], "0 of 2", "only in its story", "AGREE"],
        [names[2], "out of the simulation's reach", "sync/test_plan.py"],
    ]
    assert run.main([*asked, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(row["safeguard"], row["runs"], row["seen_as"], row["story"]) for row in found] == [
        (names[0], 2, {"GAP": 2}, "GAP"),
        (names[1], 2, {}, "AGREE"),
        (names[2], 0, {}, ""),
    ]


def test_a_removal_that_nothing_notices_is_told_in_the_table(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    guard = Guard("a needless one", "nothing", replaced())
    monkeypatch.setattr(table, "GUARDS", {guard.name: guard})
    assert run.main(["--guards", "--seeds", "1"]) == 1
    assert "NOTHING" in capsys.readouterr().out


@pytest.mark.parametrize("name", QUICKLY_CAUGHT)
def test_without_a_safeguard_the_campaign_fails(name: str) -> None:
    assert canary(name, 1) is not None, f"without '{name}' every promise was kept: the harness has gone blind"
