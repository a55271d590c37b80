"""Decisions one after the other: what one will make is known to the next, and forgotten with its plan."""

import pytest
from tests.sync.given import PEOPLE, STAFF, abilities, alone, around, crm, ledger, linked

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.subjects import SubjectState
from crossfoot.sync.in_turn import decide_in_turn
from crossfoot.sync.subject import CLAIM

UNIQUE = abilities(unique_paths=("Name",))
PLACE = (Side.LEDGER, "Name", "ada")


def test_of_two_new_records_with_one_unique_name_the_second_waits_and_is_looked_at_again() -> None:
    where = around(ledger=UNIQUE)
    first, second = decide_in_turn(PEOPLE, [alone(crm("7", name="Ada")), alone(crm("8", name="Ada"))], where)
    assert (first.state, first.again) == (SubjectState.PENDING, False)
    assert (second.state, second.operations, second.again) == (SubjectState.NOT_READY, (), True)


@pytest.mark.parametrize(
    ("holder", "again"), [(CLAIM + "9", True), ("B", False)], ids=["planned before", "there"]
)
def test_only_what_is_planned_may_be_gone_at_the_next_look(holder: str, again: bool) -> None:
    where = around(ledger=UNIQUE, holders={PLACE: frozenset({holder})})
    new, renamed = decide_in_turn(
        PEOPLE,
        [
            alone(crm("7", name="Ada")),
            linked(crm("8", name="Ada"), ledger("A", Name="Eva"), base={"name": "Eva"}),
        ],
        where,
    )
    assert (new.state, new.again) == (SubjectState.NOT_READY, again)
    assert (renamed.state, renamed.again) == (SubjectState.NOT_READY, again)


def test_who_finds_a_record_full_of_people_that_are_only_planned_is_looked_at_again() -> None:
    embedded = abilities(embedded_in=Kind.CONTACT, embedded_max=1, parent_path="Company")
    firm = Ref(Side.CRM, Kind.COMPANY, "55")
    where = around(STAFF, ledger=embedded, partners={firm: Ref(Side.LEDGER, Kind.CONTACT, "K")})
    people = [alone(crm(number, name=name, company="55")) for number, name in (("7", "Ada"), ("8", "Ben"))]
    first, second = decide_in_turn(STAFF, people, where)
    assert (first.state, second.operations, second.again) == (SubjectState.PENDING, (), True)
