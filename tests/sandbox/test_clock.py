"""The sandbox's clock follows its source, jumps forward, stops, and never runs backwards."""

from datetime import UTC, datetime

import pytest

from crossfoot_sandbox.clock import Clock


class Source:
    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


def test_the_clock_follows_its_source() -> None:
    source = Source()
    clock = Clock(source)
    source.seconds += 5
    assert clock.seconds() == 1_005.0


def test_advancing_jumps_ahead_and_the_clock_runs_on_from_there() -> None:
    source = Source()
    clock = Clock(source)
    clock.advance(60)
    source.seconds += 1
    assert clock.seconds() == 1_061.0


def test_a_frozen_clock_moves_only_when_it_is_advanced() -> None:
    source = Source()
    clock = Clock(source)
    clock.freeze()
    source.seconds += 99
    assert clock.seconds() == 1_000.0
    clock.advance(2.5)
    assert clock.seconds() == 1_002.5


def test_freezing_keeps_what_was_advanced_before() -> None:
    clock = Clock(Source())
    clock.advance(10)
    clock.freeze()
    assert clock.seconds() == 1_010.0


def test_time_does_not_run_backwards() -> None:
    clock = Clock(Source())
    with pytest.raises(ValueError, match="backwards"):
        clock.advance(-1)


def test_the_present_moment_is_utc_and_cut_to_milliseconds() -> None:
    clock = Clock(lambda: 1_790_000_000.123_987)
    assert clock.now() == datetime(2026, 9, 21, 14, 13, 20, 123_000, tzinfo=UTC)
