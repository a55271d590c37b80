"""A plan that was made and never carried out leaves nothing behind: whoever waited for it is decided anew, and the proof says so."""

from tests.systems.contract.test_third_system import PARTY, Shop, shop

from crossfoot.proof.causes import Difference, DifferenceCause
from crossfoot.proof.prove import prove
from crossfoot.runtime.cycle import Cycle

NAMESAKES = 2


async def namesakes() -> Shop:
    """Two companies in HubSpot of one name, which Odd allows once; and a plan that gives it to one of them, followed by none."""
    it = await shop()
    for number in range(NAMESAKES):
        it.portal.person_creates(
            "companies", {"name": "Fern", "domain": f"fern{number}.test", "city": "Ōtaki"}
        )
    it.clock.clock.advance(60)
    await Cycle(it.joined, "a worker").preview()
    await Cycle(it.joined, "a worker").preview()
    return it


async def proved(it: Shop) -> list[DifferenceCause]:
    found: list[Difference] = []
    it.clock.clock.advance(60)
    proof = await prove(it.joined, found.append, lambda *_: None)
    assert proof.green, [(each.cause, each.why) for each in found]
    return [each.cause for each in found]


async def test_the_proof_explains_who_waited_for_a_name_that_is_given_to_nobody() -> None:
    it = await namesakes()
    # Somebody renames the one that was to get it.
    [first, _] = it.portal.book("companies")
    it.portal.person_edits("companies", first, {"name": "Moss"})
    it.clock.clock.advance(60)
    await Cycle(it.joined, "a worker").preview()
    assert await proved(it) == [DifferenceCause.PENDING] * NAMESAKES


async def test_and_it_is_made_as_soon_as_the_name_is_free() -> None:
    it = await namesakes()
    [first, _] = it.portal.book("companies")
    it.portal.person_edits("companies", first, {"name": "Moss"})
    await it.calm()
    assert {row.values["Title"] for row in it.books.living(PARTY).values()} == {"Fern", "Moss"}
    assert await proved(it) == []
