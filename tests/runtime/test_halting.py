"""Halts in real runs: HubSpot with a third system. Nothing is written while one stands, and only a person's word ends it."""

from dataclasses import replace

import pytest
from tests.systems.contract.odd_system import OddSystem
from tests.systems.contract.test_third_system import PARTY, Shop, shop

from crossfoot.model.identity import Side
from crossfoot.runtime.cycle import Cycle
from crossfoot.runtime.report import Report
from crossfoot.store import connections
from crossfoot.sync.stop import HaltCause

FIRMS = 12


async def firms() -> tuple[Shop, list[str]]:
    """A dozen companies, in agreement on both sides; their ids in HubSpot."""
    it = await shop()
    made = [
        it.portal.person_creates(
            "companies", {"name": f"Firm {n}", "domain": f"firm{n}.test", "city": "Ōtaki"}
        )
        for n in range(FIRMS)
    ]
    await it.calm()
    assert len(it.books.living(PARTY)) == FIRMS
    return it, made


async def run(it: Shop, *, full: bool = False, approved: bool = False) -> tuple[Report, int]:
    """A run, and how many of its calls wrote to Odd."""
    it.clock.clock.advance(60)
    before = sum(call.writes for call in it.books.calls)
    report = await Cycle(it.joined, "a worker").run(full=full, approved=approved)
    return report, sum(call.writes for call in it.books.calls) - before


@pytest.mark.parametrize("applying", [True, False])
async def test_another_account_than_the_one_that_the_links_belong_to_is_never_written_to(
    applying: bool,
) -> None:
    it, made = await firms()
    it.portal.person_edits("companies", made[0], {"city": "Napier"})
    it.clock.clock.advance(60)
    plan, _ = await Cycle(it.joined, "a worker").preview()
    it.books.account = "2"
    elsewhere = await OddSystem(it.books, it.clock, account="2").describe()
    it.joined = replace(it.joined, descriptions={**it.joined.descriptions, Side.LEDGER: elsewhere})
    before = sum(call.writes for call in it.books.calls)
    for _ in range(2):
        cycle = Cycle(it.joined, "a worker")
        report = await (cycle.apply(plan) if applying else cycle.run(approved=True))
        assert report.halt is not None, "no person's word makes another account the right one"
        assert report.halt.cause is HaltCause.WRONG_ACCOUNT
    assert sum(call.writes for call in it.books.calls) == before

    async with it.joined.database.write() as tx:
        known = await connections.get(tx, "shop")
        assert known is not None
        await connections.put(tx, replace(known, ledger_identity=elsewhere.identity.key))
    report, wrote = await run(it)
    assert report.ok
    assert wrote == 1, "it was the account, and nothing else, that stood in the way"


async def test_a_side_that_shows_far_too_little_halts_until_a_person_says_so() -> None:
    it, made = await firms()
    for firm in made[:6]:
        it.portal.person_archives("companies", firm)
    it.portal.person_edits("companies", made[-1], {"city": "Napier"})
    report, wrote = await run(it, full=True)
    assert report.halt is not None
    assert report.halt.cause is HaltCause.EMPTIED
    assert wrote == 0

    # An ordinary run would notice nothing; the halt stands all the same.
    report, wrote = await run(it)
    assert report.halt is not None
    assert report.halt.cause is HaltCause.EMPTIED
    assert wrote == 0

    report, wrote = await run(it, full=True, approved=True)
    assert report.ok
    assert wrote == 1
    assert (await run(it))[0].ok


async def test_a_few_records_less_are_nothing_unusual() -> None:
    it, made = await firms()
    for firm in made[:5]:
        it.portal.person_archives("companies", firm)
    assert (await run(it, full=True))[0].ok
