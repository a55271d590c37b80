"""Credentials survive everything but a withdrawn consent. On both databases, over two processes."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from tests.runtime.children import END, KEY, start
from tests.runtime.clocks import START, OwnClock
from tests.store.children import finish

from crossfoot.model.problems import Cause
from crossfoot.runtime.tokens import InvalidGrant, Pair, RotatingTokens, StaticTokens, keep_pair
from crossfoot.store import leases
from crossfoot.store.database import Database
from crossfoot.store.secrets import KeyRing, Secrets
from crossfoot.systems.port import NoAnswer, Trouble

SECRETS = Secrets(KeyRing([KEY]))


class Vendor:
    """Rotates: each refresh token is good once. `before` happens between the vendor's decision and its answer."""

    def __init__(self, clock: OwnClock) -> None:
        self.clock = clock
        self.good = "0"
        self.asked: list[str] = []
        self.failing: Exception | None = None

    async def refresh(self, token: str) -> Pair:
        self.asked.append(token)
        if self.failing is not None:
            raise self.failing
        if token != self.good:
            raise InvalidGrant
        self.good = str(int(token) + 1)
        return Pair(f"access {self.good}", self.good, self.clock.now() + timedelta(minutes=30))


class World:
    """One connection's tokens, used by two processes (here: two objects)."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = OwnClock()
        self.vendor = Vendor(self.clock)
        self.one, self.two = self.tokens("one"), self.tokens("two")

    def tokens(self, holder: str) -> RotatingTokens:
        return RotatingTokens(
            self.database,
            SECRETS,
            self.clock,
            self.vendor.refresh,
            connection="c",
            system="xero",
            holder=holder,
            title="Xero",
        )

    async def consent(self) -> None:
        async with self.database.write() as tx:
            pair = Pair("access 0", "0", START + timedelta(minutes=30))
            await keep_pair(tx, SECRETS, "c", "xero", pair)


@pytest.fixture
async def world(database: Database) -> World:
    made = World(database)
    await made.consent()
    return made


async def test_a_token_serves_until_shortly_before_its_end_and_is_then_replaced_ahead(world: World) -> None:
    world.clock.advance(24 * 60 + 59)
    assert await world.one.bearer() == "access 0"
    assert world.vendor.asked == []
    world.clock.advance(2)
    assert await world.one.bearer() == "access 1"
    assert await world.one.bearer() == "access 1"
    assert await world.two.bearer() == "access 1"
    assert world.vendor.asked == ["0"]


async def test_ten_calls_at_once_refresh_once(world: World) -> None:
    world.clock.advance(29 * 60)
    assert set(await asyncio.gather(*(world.one.bearer() for _ in range(10)))) == {"access 1"}
    refused = await asyncio.gather(*(world.one.expired("access 1") for _ in range(10)))
    assert set(refused) == {"access 2"}
    assert world.vendor.asked == ["0", "1"]


async def test_a_token_that_another_process_has_replaced_is_not_refreshed_again(world: World) -> None:
    assert await world.two.bearer() == "access 0"
    assert await world.one.expired("access 0") == "access 1"
    assert await world.two.expired("access 0") == "access 1"
    assert world.vendor.asked == ["0"]


async def test_while_another_process_refreshes_the_old_token_serves_on(world: World) -> None:
    world.clock.advance(26 * 60)
    async with world.database.write() as tx:
        assert await leases.acquire(tx, "tokens:c:xero", "other", world.clock.now(), 90)
    assert await world.one.bearer() == "access 0"
    assert world.vendor.asked == []


async def test_a_refresher_that_died_holds_up_others_no_longer_than_its_lease(world: World) -> None:
    async with world.database.write() as tx:
        assert await leases.acquire(tx, "tokens:c:xero", "dead", world.clock.now(), 90)
    assert await world.one.expired("access 0") == "access 1"
    assert 89 < (world.clock.now() - START).total_seconds() < 92


async def test_the_new_pair_is_stored_before_it_is_used(world: World) -> None:
    assert await world.one.expired("access 0") == "access 1"
    reopened = world.tokens("three")
    assert await reopened.bearer() == "access 1"
    async with world.database.read() as tx:
        secret = await SECRETS.get(tx, "c", "xero", "tokens")
    assert secret is not None
    assert '"refresh":"1"' in secret.text
    assert secret.generation == 2


async def test_a_lost_answer_is_no_trouble_while_the_old_token_serves(world: World) -> None:
    world.vendor.failing = NoAnswer()
    world.clock.advance(26 * 60)
    assert await world.one.bearer() == "access 0"
    world.clock.advance(5 * 60)
    with pytest.raises(Trouble) as told:
        await world.one.bearer()
    assert told.value.problem.cause is Cause.UNAVAILABLE
    assert told.value.retry_after is not None
    world.vendor.failing = None
    assert await world.one.bearer() == "access 1"


async def test_an_invalid_grant_is_forgiven_when_another_process_was_faster(world: World) -> None:
    vendor = world.vendor

    async def slow(token: str) -> Pair:
        # We sleep through our lease; meanwhile the other process refreshes.
        world.clock.advance(120)
        assert await world.two.expired("access 0") == "access 1"
        return await vendor.refresh(token)

    world.one._refresh = slow
    assert await world.one.expired("access 0") == "access 1"
    assert vendor.asked == ["0", "0"]


async def test_a_refresher_that_slept_through_its_lease_does_not_overwrite_the_newer_pair(
    world: World,
) -> None:
    async def slow(token: str) -> Pair:
        world.clock.advance(120)
        assert await world.two.expired("access 0") == "access 1"
        return Pair("access of a grace period", "late", END)

    world.one._refresh = slow
    assert await world.one.expired("access 0") == "access 1"
    assert await world.tokens("three").bearer() == "access 1"


async def test_a_withdrawn_consent_is_told_once_to_the_vendor_and_always_to_us(world: World) -> None:
    world.vendor.good = "revoked"
    for _ in range(3):
        with pytest.raises(Trouble, match="Connect Xero again") as told:
            await world.one.expired("access 0")
        assert told.value.problem.cause is Cause.CONSENT
        assert told.value.retry_after is None
    assert world.vendor.asked == ["0"]
    world.vendor.good = "0"
    await world.consent()
    assert await world.one.expired("access 0") == "access 1"


async def test_without_a_consent_there_is_no_token(database: Database) -> None:
    with pytest.raises(Trouble, match="Xero has no stored consent"):
        await World(database).one.bearer()


async def test_two_processes_use_each_refresh_token_once(
    database: Database, url: str, tmp_path: Path
) -> None:
    folder = tmp_path / "vendor"
    folder.mkdir()
    async with database.write() as tx:
        await keep_pair(tx, SECRETS, "c", "xero", Pair("access 0", "0", END))
    for child in [start("use_tokens", url, folder, holder, 3, 5) for holder in ("a", "b")]:
        finish(child)
    async with database.read() as tx:
        secret = await SECRETS.get(tx, "c", "xero", "tokens")
    used = sorted(int(path.name.removeprefix("used-")) for path in folder.iterdir())
    assert secret is not None
    assert used == list(range(secret.generation - 1))
    assert len(used) >= 5


async def test_a_static_token_never_changes_and_its_end_needs_a_person() -> None:
    tokens = StaticTokens("pat", "HubSpot")
    assert await tokens.bearer() == "pat"
    with pytest.raises(Trouble, match="HubSpot does not accept the access token") as told:
        await tokens.expired("pat")
    assert told.value.problem.cause is Cause.CONSENT


def test_tokens_do_not_show_in_a_repr() -> None:
    assert "hunter2" not in repr(Pair("hunter2", "hunter2", END))
