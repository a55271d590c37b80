"""The campaign: seeds, stories with every single mishap, kept failures, removed safeguards, and the same run twice.

`CROSSFOOT_SEEDS` says how many seeds (100 if not given), `CROSSFOOT_JOBS` in how many processes.
"""

import os
from pathlib import Path

import pytest
from tests.simulation import run, timeline
from tests.simulation.campaign import QUICKLY_CAUGHT, campaign, differing, elsewhere
from tests.simulation.guards import GUARDS, play_without
from tests.simulation.play import drawn, play
from tests.simulation.scenario import load
from tests.simulation.shrink import shrink
from tests.simulation.stories import STORIES

HERE = Path(__file__).parent
SEEDS = int(os.environ.get("CROSSFOOT_SEEDS", "100"))
JOBS = int(os.environ.get("CROSSFOOT_JOBS", str(min(2, os.cpu_count() or 1))))
KEPT = sorted((HERE / "seeds").glob("*.toml"))


def test_a_campaign_of_seeds_keeps_every_promise_and_meets_every_mishap() -> None:
    found = campaign(range(1, SEEDS + 1), jobs=JOBS)
    assert not found.failed, "\n\n".join(run.report(seed, play(drawn(seed))) for seed, *_ in found.failed[:3])
    assert found.sound, run.told(found)


@pytest.mark.parametrize("name", list(STORIES))
def test_every_single_mishap_of_a_story_ends_well(name: str) -> None:
    broken = run.story(name)
    assert not broken, "\n".join(
        f"{scenario.faults}: {verdict.violations[0]}" for scenario, verdict in broken[:3]
    )


@pytest.mark.parametrize("path", KEPT, ids=[path.stem for path in KEPT])
def test_a_failure_that_was_found_once_stays_mended(path: Path) -> None:
    scenario = load(path)
    assert scenario.sentence, "a kept failure tells its story in a sentence"
    verdict = play(scenario, every_call=True)
    assert not verdict.violations, timeline.told(verdict) + "\n" + str(verdict.violations[0])


def test_a_harness_that_has_gone_blind_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.simulation.campaign.play_without", lambda *_: "")
    monkeypatch.setattr("tests.simulation.campaign.CANARY_EVERY", 2)
    found = campaign(range(3, 5))
    assert (found.canaries, found.blind) == (1, [QUICKLY_CAUGHT[0]])
    assert not found.sound


def test_a_seed_is_the_same_run_in_every_process() -> None:
    seeds = [3, 4, 10, 26]
    here = [play(drawn(seed)).trace for seed in seeds]
    # The order of what was played before, the hash seed and the process make no difference.
    assert elsewhere(seeds[::-1], 0)[::-1] == here
    assert elsewhere(seeds, 4710) == here
    assert len(set(here)) == len(seeds)


def test_a_run_that_is_another_one_elsewhere_is_noticed() -> None:
    here = play(drawn(3)).trace
    assert differing({3: here, 4: "another run"}) == [4]


def test_a_run_with_its_mishaps_written_down_is_the_same_run() -> None:
    for seed in (3, 10, 26):
        verdict = play(drawn(seed))
        assert verdict.happened
        assert play(drawn(seed).exactly(verdict.happened)).trace == verdict.trace


def test_a_failure_shrinks_to_a_short_story() -> None:
    guard = GUARDS["fresh look before an update"]
    seed = next(seed for seed in range(1, 60) if play_without(guard, drawn(seed)))
    with guard.remove():
        verdict = play(drawn(seed))
        exact = drawn(seed).exactly(verdict.happened)
        result = shrink(exact, verdict.invariant, lambda candidate: play(candidate).invariant, most=120)
        assert play(result.scenario).invariant == verdict.invariant
    assert len(result.scenario.acts) <= 3
    assert len(result.scenario.faults or {}) <= 3


def test_the_story_of_a_run_is_told_in_columns() -> None:
    told = timeline.told(play(STORIES["edit on both sides"]))
    assert "HubSpot" in told.splitlines()[0]
    assert any("edit person 1 (city" in line and line.index("edit") < 60 for line in told.splitlines())
    assert any("edit person 1 (city" in line and line.index("edit") > 100 for line in told.splitlines())
    assert any("update contacts" in line for line in told.splitlines())
