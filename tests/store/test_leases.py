"""Leases and their fences. On both databases."""

from datetime import timedelta

from tests.store.children import START

from crossfoot.store import leases
from crossfoot.store.database import Database, open_database


async def acquire(database: Database, holder: str, seconds: float) -> int | None:
    async with database.write() as tx:
        return await leases.acquire(tx, "run:c", holder, START + timedelta(seconds=seconds), 60)


async def test_only_one_holds_a_lease_until_it_runs_out(database: Database, url: str) -> None:
    other = await open_database(url)
    first = await acquire(database, "a", 0)
    assert first is not None
    assert await acquire(other, "b", 59.9) is None
    assert await acquire(database, "a", 59.9) is None
    second = await acquire(other, "b", 60)
    assert second is not None
    assert second > first
    await other.close()


async def test_who_lost_a_lease_can_neither_renew_nor_release_nor_hold_it(database: Database) -> None:
    first, second = await acquire(database, "a", 0), await acquire(database, "b", 60)
    assert first is not None
    assert second is not None
    async with database.write() as tx:
        now = START + timedelta(seconds=61)
        assert not await leases.renew(tx, "run:c", "a", first, now, 60)
        await leases.release(tx, "run:c", "a", first)
        assert not await leases.held(tx, "run:c", "a", first)
        assert await leases.held(tx, "run:c", "b", second)


async def test_the_same_holder_waking_up_after_a_second_start_is_told_apart_by_its_fence(
    database: Database,
) -> None:
    first, second = await acquire(database, "a", 0), await acquire(database, "a", 60)
    assert first is not None
    assert second is not None
    async with database.read() as tx:
        assert not await leases.held(tx, "run:c", "a", first)
        assert await leases.held(tx, "run:c", "a", second)


async def test_a_lease_that_is_renewed_in_time_goes_on_and_one_that_ran_out_does_not(
    database: Database,
) -> None:
    fence = await acquire(database, "a", 0)
    assert fence is not None
    async with database.write() as tx:
        assert await leases.renew(tx, "run:c", "a", fence, START + timedelta(seconds=59), 60)
        assert not await leases.renew(tx, "run:c", "a", fence, START + timedelta(seconds=119), 60)
    assert await acquire(database, "b", 118) is None


async def test_a_released_lease_is_free_at_once_and_the_next_fence_is_higher(database: Database) -> None:
    first = await acquire(database, "a", 0)
    assert first is not None
    async with database.write() as tx:
        await leases.release(tx, "run:c", "a", first)
        assert not await leases.held(tx, "run:c", "a", first)
    second = await acquire(database, "b", 1)
    assert second is not None
    assert second > first
