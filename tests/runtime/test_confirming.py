"""Looks and writes under limits, in real runs: HubSpot with a third system."""

from datetime import datetime, timedelta

from tests.systems.contract.test_third_system import PARTY, shop

from crossfoot.model.identity import Side
from crossfoot.sync.fetch import FRESH
from crossfoot.systems.hubspot.system import HubSpotSystem
from crossfoot.systems.port import Request, Response


async def test_room_for_a_write_is_made_before_the_look_that_it_rests_on() -> None:
    """Another process has used up all calls but one: the look must not take that one and leave the write to wait."""
    it = await shop()
    firm = it.portal.person_creates("companies", {"name": "Firm", "domain": "firm.test", "city": "Ōtaki"})
    await it.calm()
    it.books.edits(PARTY, it.odd_id(PARTY, "Title", "Firm"), {"Town": "Napier"})
    hubspot = it.joined.systems[Side.CRM]
    assert isinstance(hubspot, HubSpotSystem)
    client = hubspot._client
    send, made = client._send, list[tuple[datetime, str]]()

    async def crowded(request: Request) -> Response:
        if not made:
            await client._budget.spend(client.account, client.allowance, client.allowance.calls - 1)
        made.append((it.clock.now(), request.what))
        return await send(request)

    client._send = crowded
    await it.run()
    assert it.portal.book("companies")[firm].values["city"] == "Napier"
    looked = max(at for at, what in made if what == "read companies")
    written = next(at for at, what in made if what == "update companies")
    assert written - looked <= FRESH
    assert written - made[0][0] > timedelta(seconds=client.allowance.seconds / 2), "there was room for both"
