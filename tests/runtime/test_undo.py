"""Undo in real runs: HubSpot with a third system. What a person has edited since is never taken back."""

from tests.systems.contract.test_third_system import PARTY, Shop, shop

from crossfoot.model.identity import Ref, Side
from crossfoot.model.operations import Act
from crossfoot.runtime.undo import UndoPlan, plan_undo, undo


async def carried_over() -> tuple[Shop, str, str]:
    """A company whose town was edited in HubSpot and carried to Odd; its ids in HubSpot and in Odd."""
    it = await shop()
    firm = it.portal.person_creates("companies", {"name": "Firm", "domain": "firm.test", "city": "Ōtaki"})
    await it.calm()
    it.portal.person_edits("companies", firm, {"city": "Napier"})
    await it.calm()
    assert town(it) == "Napier"
    return it, firm, it.odd_id(PARTY, "Title", "Firm")


def town(it: Shop) -> object:
    return it.odd(PARTY, "Title", "Firm")["Town"]


async def planned(it: Shop, odd_id: str) -> UndoPlan:
    it.clock.clock.advance(60)
    return await plan_undo(it.joined, record=Ref(Side.LEDGER, PARTY, odd_id))


async def test_the_last_change_is_taken_back_and_stays_so_until_a_person_says_which_is_right() -> None:
    it, firm, odd_id = await carried_over()
    plan = await planned(it, odd_id)
    assert [(op.act, dict(op.values)) for op in plan.inverse] == [(Act.UPDATE, {"Town": "Ōtaki"})]
    tally, refused = await undo(it.joined, "ada's terminal", plan, "ada")
    assert (tally.applied, refused) == (1, [])
    await it.calm()
    assert town(it) == "Ōtaki"
    assert it.portal.book("companies")[firm].values["city"] == "Napier"
    assert (await it.asked()).field == "city"

    again = await planned(it, odd_id)
    assert again.inverse == []
    assert [refusal.why for refusal in again.refusals] == ["It was taken back already."]


async def test_what_was_edited_since_is_not_taken_back() -> None:
    it, _, odd_id = await carried_over()
    it.books.edits(PARTY, odd_id, {"Town": "Thames"})
    plan = await planned(it, odd_id)
    assert plan.inverse == []
    assert [refusal.why for refusal in plan.refusals] == [
        "It was edited since in Odd: 'city' now holds 'Thames', not 'Napier'."
    ]


async def test_what_is_edited_while_a_person_looks_at_the_plan_is_not_taken_back() -> None:
    it, _, odd_id = await carried_over()
    plan = await planned(it, odd_id)
    it.books.edits(PARTY, odd_id, {"Town": "Thames"})
    it.clock.clock.advance(60)
    tally, refused = await undo(it.joined, "ada's terminal", plan, "ada")
    assert tally.applied == 0
    assert len(refused) == 1
    assert town(it) == "Thames"
