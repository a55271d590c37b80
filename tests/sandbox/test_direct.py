"""The sandbox by function call: the same answers as over HTTP, and Xero's limit of five calls at once."""

import asyncio

import pytest

from crossfoot_sandbox import defaults, jsontext
from crossfoot_sandbox.clock import Clock
from crossfoot_sandbox.defaults import World
from crossfoot_sandbox.direct import BASE, Direct
from crossfoot_sandbox.faults import Faults, Kind, Placed
from crossfoot_sandbox.wire import Dropped, Refused


@pytest.fixture
def world() -> World:
    return defaults.world(Clock(lambda: 1_790_000_000.0))


def to_xero(world: World) -> dict[str, str]:
    pair = world.sandbox.xero.grant(defaults.XERO_CLIENT_ID, [world.organisation])
    return {
        "Authorization": f"Bearer {pair.access_token}",
        "xero-tenant-id": world.organisation.tenant_id,
        "Accept": "application/json",
    }


async def test_a_full_url_reaches_the_host_behind_its_prefix(world: World) -> None:
    headers = {"Authorization": f"Bearer {defaults.HUBSPOT_TOKEN}"}
    status, answered, body = await Direct(world.sandbox).send(
        "GET", f"{BASE}/hubspot/account-info/v3/details", headers
    )
    assert status == 200
    assert answered["Content-Type"].startswith("application/json")
    assert jsontext.loads(body)["portalId"] == defaults.PORTAL_ID


async def test_an_unknown_host_is_not_found(world: World) -> None:
    status, _, _ = await Direct(world.sandbox).send("GET", f"{BASE}/elsewhere/x", {})
    assert status == 404


@pytest.mark.parametrize(
    ("kind", "raised"), [(Kind.REFUSED, Refused), (Kind.REPLY_LOST, Dropped), (Kind.REQUEST_LOST, Dropped)]
)
async def test_lost_calls_are_exceptions(world: World, kind: Kind, raised: type[Exception]) -> None:
    world.sandbox.faults = Faults(placed=[Placed(kind)])
    with pytest.raises(raised):
        await Direct(world.sandbox).send("GET", f"{BASE}/xero/connections", {})


async def together(world: World, calls: int) -> list[tuple[int, dict[str, str], bytes]]:
    gate = asyncio.Event()

    async def pause(system: str) -> None:
        assert system == "xero"
        await gate.wait()

    direct, headers = Direct(world.sandbox, pause), to_xero(world)
    url = f"{BASE}/xero/api.xro/2.0/Organisation"
    under_way = [asyncio.ensure_future(direct.send("GET", url, headers)) for _ in range(calls)]
    for _ in range(3):
        await asyncio.sleep(0)
    gate.set()
    return await asyncio.gather(*under_way)


async def test_five_calls_at_once_are_answered_and_the_sixth_is_too_many(world: World) -> None:
    answers = await together(world, 6)
    assert [status for status, _, _ in answers] == [200] * 5 + [429]
    _, headers, body = answers[-1]
    assert headers["X-Rate-Limit-Problem"] == "concurrent"
    assert "Retry-After" not in headers
    assert body == b""


async def test_calls_that_are_done_make_room_again(world: World) -> None:
    for _ in range(2):
        assert [status for status, _, _ in await together(world, 5)] == [200] * 5
    assert not any(world.sandbox.xero.in_flight.values())


async def test_a_call_that_is_lost_makes_room_again(world: World) -> None:
    async def pause(_system: str) -> None:
        await asyncio.sleep(0)

    world.sandbox.faults = Faults(placed=[Placed(Kind.REPLY_LOST, nth=0)])
    direct, headers = Direct(world.sandbox, pause), to_xero(world)
    for _ in range(8):
        with pytest.raises(Dropped):
            await direct.send("GET", f"{BASE}/xero/api.xro/2.0/Organisation", headers)
    assert not any(world.sandbox.xero.in_flight.values())


async def test_without_a_pause_nothing_is_ever_in_flight(world: World) -> None:
    direct, headers = Direct(world.sandbox), to_xero(world)
    calls = (direct.send("GET", f"{BASE}/xero/api.xro/2.0/Organisation", headers) for _ in range(12))
    assert {status for status, _, _ in await asyncio.gather(*calls)} == {200}
