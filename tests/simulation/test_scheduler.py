"""The scheduler: virtual time, keyed order, nothing from outside."""

import asyncio

import pytest
from tests.simulation.scheduler import Endless, Fenced, Scheduler, Stuck


def _race(seed: int) -> tuple[list[str], str]:
    loop = Scheduler(seed)
    order: list[str] = []

    async def runner(name: str) -> None:
        for lap in range(3):
            await asyncio.sleep(0)
            order.append(f"{name}{lap}")
            loop.note(f"{name} {lap}")

    async def main() -> None:
        await asyncio.gather(*(runner(name) for name in "abc"))

    loop.run(main())
    return order, loop.trace


def test_the_same_seed_gives_the_same_order_and_another_seed_another() -> None:
    assert _race(1) == _race(1)
    assert len({tuple(_race(seed)[0]) for seed in range(20)}) > 5


def test_an_hour_passes_at_once() -> None:
    loop = Scheduler()

    async def main() -> float:
        await asyncio.sleep(3600)
        return loop.time()

    assert loop.run(main()) == 3600


def test_timers_of_the_same_moment_and_timeouts_work_as_everywhere() -> None:
    loop = Scheduler()

    async def main() -> float:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.sleep(10), 2)
        async with asyncio.timeout(5):
            await asyncio.sleep(1)
        return loop.time()

    assert loop.run(main()) == 3


def test_waiting_for_nothing_is_said_and_not_waited_for() -> None:
    async def main() -> None:
        await asyncio.get_running_loop().create_future()

    with pytest.raises(Stuck):
        Scheduler().run(main())


def test_a_run_without_end_is_ended() -> None:
    async def main() -> None:
        while True:  # noqa: ASYNC110 - there is nothing to wait for, that is the point
            await asyncio.sleep(0)

    with pytest.raises(Endless):
        Scheduler().run(main())


def test_threads_are_fenced_off() -> None:
    async def main() -> None:
        await asyncio.to_thread(lambda: None)

    with pytest.raises(Fenced):
        Scheduler().run(main())


def test_tasks_left_behind_are_closed_before_the_run_returns() -> None:
    closed: list[str] = []

    async def forever() -> None:
        try:
            await asyncio.sleep(1e9)
        finally:
            closed.append("closed")

    async def main() -> None:
        asyncio.get_running_loop().create_task(forever(), name="left")
        await asyncio.sleep(1)

    Scheduler().run(main())
    assert closed == ["closed"]
