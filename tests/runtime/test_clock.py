"""The only clock."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from crossfoot.runtime.clock import SystemClock


async def test_now_is_aware_utc_and_sleeping_for_a_time_that_is_over_returns_at_once() -> None:
    clock = SystemClock()
    before = clock.now()
    await clock.sleep(-5)
    assert before.tzinfo is UTC
    assert clock.now() - before < timedelta(seconds=5)
    assert abs(datetime.now(UTC) - before) < timedelta(seconds=5)


def test_nothing_else_in_the_program_asks_the_machine_for_the_time() -> None:
    source = Path(__file__).parents[2] / "src" / "crossfoot"
    asking = [
        path.relative_to(source).as_posix()
        for path in source.rglob("*.py")
        if any(word in path.read_text() for word in ("datetime.now(", "time.time(", "utcnow("))
    ]
    assert asking == ["runtime/clock.py"]
