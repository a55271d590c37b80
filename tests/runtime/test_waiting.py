"""Who waits for what another record has, a name or a place, is looked at as soon as it is free: by no full comparison, and with no call of its own."""

import pytest
from tests.systems.contract.odd_system import PERSONS_MAX
from tests.systems.contract.test_third_system import PARTY, PERSON, Shop, person, shop

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.proof.causes import Difference
from crossfoot.proof.prove import prove
from crossfoot.runtime.answers import keep_apart
from crossfoot.store import keys, links, records, reviews


def titles(it: Shop) -> set[object]:
    return {row.values["Title"] for row in it.books.living(PARTY).values()}


async def namesakes(*, apart: bool = True) -> tuple[Shop, str, str]:
    """Two companies of one name in HubSpot, which Odd allows once: the one that got it, and the one that waits.

    Doubtful, whether it is the one in Odd; or, once a person keeps it `apart`, for the name.
    """
    it = await shop()

    def fern(number: int) -> str:
        values = {"name": "Fern", "domain": f"fern{number}.test", "city": "Ōtaki"}
        return it.portal.person_creates("companies", values)

    first = fern(0)
    await it.calm()
    second = fern(1)
    await it.calm()
    async with it.joined.database.read() as tx:
        [question] = await reviews.waiting(tx, "shop")
    if apart:
        await keep_apart(it.joined, question.id, "Ada")
        await it.calm()
    assert titles(it) == {"Fern"}
    return it, first, second


async def green(it: Shop) -> bool:
    found: list[Difference] = []
    it.clock.clock.advance(60)
    return (await prove(it.joined, found.append, lambda *_: None)).green


@pytest.mark.parametrize("apart", [True, False], ids=["kept apart", "doubtful"])
@pytest.mark.parametrize("where", ["HubSpot", "Odd"])
async def test_who_waits_for_a_name_is_made_as_soon_as_the_name_is_free(where: str, apart: bool) -> None:
    it, first, _ = await namesakes(apart=apart)
    if where == "HubSpot":
        it.portal.person_edits("companies", first, {"name": "Moss"})
    else:
        [party] = it.books.living(PARTY)
        it.books.edits(PARTY, party, {"Title": "Moss"})
    await it.calm()
    assert titles(it) == {"Fern", "Moss"}
    assert await green(it)


async def test_the_name_of_an_archived_record_is_free_for_who_is_kept_apart_from_it() -> None:
    it, _, _ = await namesakes()
    [party] = it.books.living(PARTY)
    it.books.archives(PARTY, party)
    await it.calm()
    [made] = it.books.living(PARTY)
    assert made != party
    assert titles(it) == {"Fern"}
    assert await green(it)


async def test_who_may_be_an_archived_record_stays_in_question() -> None:
    it, _, _ = await namesakes(apart=False)
    [party] = it.books.living(PARTY)
    it.books.archives(PARTY, party)
    await it.calm()
    assert it.books.living(PARTY) == {}
    assert await green(it)


async def test_of_records_that_share_a_name_the_last_is_no_longer_doubtful_because_of_the_others() -> None:
    it = await shop()
    ferns = [
        it.portal.person_creates("companies", {"name": "Fern", "city": f"Town {number}"})
        for number in range(2)
    ]
    it.books.makes(PARTY, {"Title": "Fern", "Web": "", "Town": "Napier"})
    await it.calm()
    async with it.joined.database.read() as tx:
        assert await links.page(tx, "shop", "companies") == []
    it.portal.person_edits("companies", ferns[0], {"name": "Moss"})
    await it.calm()
    async with it.joined.database.read() as tx:
        joined = {link.crm_id for link in await links.page(tx, "shop", "companies")}
    assert joined == set(ferns)
    assert await green(it)


async def test_who_waits_to_be_renamed_is_renamed_as_soon_as_the_name_is_free() -> None:
    it = await shop()
    fern, moss = (
        it.portal.person_creates(
            "companies", {"name": name, "domain": f"{name.lower()}.test", "city": "Ōtaki"}
        )
        for name in ("Fern", "Moss")
    )
    await it.calm()
    it.portal.person_edits("companies", moss, {"name": "Fern"})
    await it.calm()
    assert titles(it) == {"Fern", "Moss"}
    it.portal.person_edits("companies", fern, {"name": "Rata"})
    await it.calm()
    assert titles(it) == {"Rata", "Fern"}
    assert await green(it)


async def test_who_finds_a_record_full_of_people_gets_a_place_as_soon_as_one_is_free() -> None:
    it = await shop()
    firm = it.portal.person_creates("companies", {"name": "Fern", "domain": "fern.test", "city": "Ōtaki"})
    people = [it.portal.person_creates("contacts", person(f"Ada{n}", firm)) for n in range(PERSONS_MAX + 1)]
    await it.calm()
    inside = it.books.living(PERSON)
    assert len(inside) == PERSONS_MAX
    [outside] = {f"Ada{n}" for n in range(len(people))} - {row.values["First"] for row in inside.values()}
    gone = next(iter(inside))
    it.books.archives(PERSON, gone)
    await it.calm()
    assert outside in {row.values["First"] for row in it.books.living(PERSON).values()}
    assert await green(it)


async def test_who_was_erased_waits_for_nothing_and_leaves_no_trace_of_what_it_waited_for() -> None:
    it, _, second = await namesakes()
    waiting, sought = ["?" + second], [("?=Title", "fern")]
    async with it.joined.database.read() as tx:
        assert await keys.of_records(tx, "shop", "companies", Side.LEDGER, waiting) == {waiting[0]: sought}
    async with it.joined.database.write() as tx:
        await records.erase(tx, "shop", [Ref(Side.CRM, Kind.COMPANY, second)], ["companies"])
    async with it.joined.database.read() as tx:
        assert await keys.of_records(tx, "shop", "companies", Side.LEDGER, waiting) == {}


async def test_who_does_not_wait_any_more_is_not_remembered_as_waiting() -> None:
    it, _, second = await namesakes()
    it.portal.person_edits("companies", second, {"name": "Rata"})
    await it.calm()
    async with it.joined.database.read() as tx:
        assert await keys.of_records(tx, "shop", "companies", Side.LEDGER, ["?" + second]) == {}
