"""Kinds that are kept inside another one: persons in a contact of Xero, persons in a party of Odd."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from tests.systems.contract.subjects import OddSubject, Subject, XeroSubject

from crossfoot.model.abilities import KindAbilities
from crossfoot.model.identity import Kind
from crossfoot.model.records import Fields, Observation
from crossfoot.systems.port import Action, Answer, Applied, Refused, Unknown, Write

PERSON = Kind.CONTACT_PERSON


@dataclass
class Household:
    """A parent with room for persons."""

    subject: Subject
    first: str
    email: str
    parent: str

    @property
    def can(self) -> KindAbilities:
        """What the system can do with persons."""
        return self.subject.system.capabilities.kinds[PERSON]

    def new(self, number: int) -> Write:
        """The n-th person."""
        assert self.can.parent_path is not None
        values: Fields = {
            self.first: f"Ada{number}",
            self.email: f"ada{number}@example.test",
            self.can.parent_path: self.parent,
        }
        return Write(f"op-{number}", Action.CREATE, PERSON, None, values)

    async def write(self, *writes: Write) -> list[Answer]:
        return await self.subject.system.write(writes)

    async def inside(self) -> dict[str, Observation]:
        """The persons that the parent shows, by first name."""
        [seen] = await self.subject.see(self.parent)
        return _named(seen, self.first)

    async def listed(self) -> dict[str, Observation]:
        """The same, as a listing shows them."""
        self.subject.pass_time()
        return _named((await self.subject.listed())[self.parent], self.first)


def _named(seen: Observation, first: str) -> dict[str, Observation]:
    assert seen.children is not None
    found = {str(each.fields[first]): each for each in seen.children if each.fields[first]}
    assert all(each.ref.kind is PERSON and each.parent == seen.ref.id for each in found.values())
    return found


HOUSEHOLDS: dict[str, tuple[Callable[[], Subject], str, str]] = {
    "Xero": (lambda: XeroSubject(Kind.CONTACT), "FirstName", "EmailAddress"),
    "Odd": (lambda: OddSubject(Kind.CONTACT), "First", "Mail"),
}


@pytest.fixture(params=list(HOUSEHOLDS))
async def household(request: pytest.FixtureRequest) -> Household:
    make, first, email = HOUSEHOLDS[request.param]
    subject = make()
    await subject.open()
    [parent] = await subject.make(1)
    return Household(subject, first, email, parent)


async def test_a_parent_shows_all_its_persons_listed_and_read(household: Household) -> None:
    answers = [(await household.write(household.new(number)))[0] for number in (1, 2)]
    inside = await household.inside()
    assert set(inside) == {"Ada1", "Ada2"}
    assert await household.listed() == inside
    ids = [answer.id for answer in answers if isinstance(answer, Applied)]
    assert [inside[name].ref.id for name in ("Ada1", "Ada2")] == ids
    seen = await household.subject.system.read(PERSON, ids, {})
    assert [each.fields[household.first] for each in seen] == ["Ada1", "Ada2"]


async def test_persons_are_written_in_a_batch_and_answered_in_order(household: Household) -> None:
    answers = await household.write(household.new(2), household.new(1))
    inside = await household.inside()
    assert [answer.id for answer in answers if isinstance(answer, Applied)] == [
        inside["Ada2"].ref.id,
        inside["Ada1"].ref.id,
    ]


async def test_a_changed_person_is_found_under_the_id_that_the_answer_tells(household: Household) -> None:
    await household.write(household.new(1), household.new(2))
    before = await household.inside()
    write = Write(
        "op-u",
        Action.UPDATE,
        PERSON,
        before["Ada2"].ref.id,
        {household.email: "countess@example.test"},
        seen=before["Ada2"].fields,
    )
    [answer] = await household.write(write)
    assert isinstance(answer, Applied)
    after = await household.inside()
    assert set(after) == {"Ada1", "Ada2"}
    assert after["Ada2"].ref.id == answer.id
    assert after["Ada2"].fields[household.email] == "countess@example.test"
    assert after["Ada1"] == before["Ada1"]


async def test_more_persons_than_fit_are_refused_in_words_and_the_others_stay(household: Household) -> None:
    for number in range(household.can.embedded_max + 2):
        [answer] = await household.write(household.new(number))
    assert isinstance(answer, Refused)
    assert answer.problem.what.endswith(".")
    assert answer.problem.fix.endswith(".")
    assert len(await household.inside()) <= household.can.embedded_max


async def test_a_person_whose_creation_got_no_answer_is_seen_by_reading_the_parent(
    household: Household,
) -> None:
    await household.write(household.new(1))
    before = sum(each.writes for each in household.subject.sent())
    household.subject.goes_silent()
    [answer] = await household.write(household.new(2))
    assert isinstance(answer, Unknown)
    assert sum(each.writes for each in household.subject.sent()) == before + 1
    assert set(await household.inside()) == {"Ada1", "Ada2"}


async def test_persons_cannot_be_listed_alone(household: Household) -> None:
    with pytest.raises((ValueError, AssertionError)):
        [page async for page in household.subject.system.list(PERSON, {}, None)]
