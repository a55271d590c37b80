"""A privacy deletion in real runs: HubSpot with a third system that says what it has erased."""

from tests.systems.contract.test_third_system import PARTY, shop

from crossfoot.model.identity import Ref, Side
from crossfoot.model.links import LinkState
from crossfoot.model.records import Standing
from crossfoot.store import history, links, operations, records


async def test_of_what_a_system_has_erased_nothing_is_kept_and_it_does_not_come_back() -> None:
    it = await shop()
    firm = it.portal.person_creates("companies", {"name": "Firm", "domain": "firm.test", "city": "Ōtaki"})
    await it.calm()
    it.portal.person_edits("companies", firm, {"city": "Napier"})
    await it.calm()
    party = Ref(Side.LEDGER, PARTY, it.odd_id(PARTY, "Title", "Firm"))
    row = it.books.rows[PARTY][party.id]
    row.standing, row.values = Standing.ERASED, dict.fromkeys(row.values)
    it.books.touch(row)
    await it.calm()

    async with it.joined.database.read() as tx:
        [link] = await links.page(tx, "shop", "companies")
        kept = (await records.get(tx, "shop", [party]))[party].observation
        done = await operations.of_record(tx, "shop", party, ["companies"])
        told = await history.tail(tx, "shop", limit=100)
    assert (link.state, link.base) == (LinkState.ENDED, {})
    assert (kept.standing, kept.fields) == (Standing.ERASED, {})
    assert len(done) == 2
    assert all(not entry.operation.values and not entry.operation.fields for entry in done)
    assert not any("Napier" in line.text or "Firm" in line.text for line in told)

    # Its partner is edited on, and makes no newcomer of it.
    it.portal.person_edits("companies", firm, {"city": "Thames"})
    await it.calm()
    assert it.books.living(PARTY) == {}
