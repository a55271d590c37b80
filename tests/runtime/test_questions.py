"""A doubtful pair is asked about once, from the CRM's end where both ends are in doubt, and one answer settles it for both."""

from collections.abc import AsyncIterator
from itertools import count

import pytest
from tests.runtime.clocks import OwnClock
from tests.sync.given import PEOPLE, alone, crm, ledger

from crossfoot.model.identity import Ref, Side
from crossfoot.model.subjects import SubjectState
from crossfoot.runtime import questions
from crossfoot.runtime.joined import Joined
from crossfoot.settings.rules import Halts
from crossfoot.store import reviews, signals
from crossfoot.store.database import Database, open_database
from crossfoot.sync.match import Match, Verdict
from crossfoot.sync.subject import Decision


@pytest.fixture
async def joined() -> AsyncIterator[Joined]:
    database: Database = await open_database("sqlite://")
    numbers = count(1)
    yield Joined("c", (), Halts(), {}, {}, database, OwnClock(), lambda: f"q{next(numbers)}")
    await database.close()


def doubt(record: str, *twins: str) -> Decision:
    """A record in doubt: ids of small letters are the CRM's, others the ledger's."""
    seen = crm(record) if record.islower() else ledger(record)
    single = alone(seen, Match(Verdict.ASK, "email", twins, "same email"))
    return Decision(single, SubjectState.DOUBTFUL, "same email")


def sure(record: str) -> Decision:
    seen = crm(record) if record.islower() else ledger(record)
    return Decision(alone(seen), SubjectState.EXCLUDED, "left out")


async def decide(joined: Joined, *decisions: Decision) -> None:
    async with joined.database.write() as tx:
        await questions.reconcile(tx, joined, PEOPLE, decisions)


async def asked(joined: Joined) -> dict[str, list[str]]:
    """Who asks about whom."""
    async with joined.database.read() as tx:
        found = await reviews.waiting(tx, "c")
    return {review.crm_id or review.ledger_id: review.shown["twins"] for review in found}


async def to_look_at(joined: Joined) -> set[str]:
    async with joined.database.read() as tx:
        return {each.id for each in await signals.page(tx, "c", "people", None, 100)}


@pytest.mark.parametrize("order", [("a", "A"), ("A", "a")])
async def test_both_ends_in_doubt_are_one_question_whoever_comes_first(
    joined: Joined, order: tuple[str, str]
) -> None:
    for record in order:
        await decide(joined, doubt("a", "A") if record == "a" else doubt("A", "a"))
    assert await asked(joined) == {"a": ["A"]}
    await decide(joined, doubt("A", "a"), doubt("a", "A"))
    assert await asked(joined) == {"a": ["A"]}


async def test_the_ledgers_end_asks_about_those_who_do_not_ask_themselves(joined: Joined) -> None:
    await decide(joined, doubt("a", "A", "B"), doubt("A", "a", "b"), doubt("C", "c"))
    assert await asked(joined) == {"a": ["A", "B"], "A": ["b"], "C": ["c"]}


async def test_what_the_crms_end_no_longer_asks_is_looked_at_from_the_other(joined: Joined) -> None:
    await decide(joined, doubt("a", "A"), doubt("A", "a"))
    assert await to_look_at(joined) == set()
    await decide(joined, sure("a"))
    assert await asked(joined) == {}
    assert await to_look_at(joined) == {"A"}
    await decide(joined, doubt("A", "a"))
    assert await asked(joined) == {"A": ["a"]}


async def test_who_is_linked_is_asked_about_no_more_and_others_are_looked_at_again(joined: Joined) -> None:
    await decide(joined, doubt("a", "A", "B"), doubt("A", "b"), doubt("b", "B"))
    assert await asked(joined) == {"a": ["A", "B"], "A": ["b"], "b": ["B"]}
    async with joined.database.write() as tx:
        one, other = crm("a").ref, ledger("A").ref
        await questions.linked(tx, joined, PEOPLE, one, other)
    assert await asked(joined) == {"b": ["B"]}
    assert await to_look_at(joined) == {"B"}


@pytest.mark.parametrize("end", [Side.CRM, Side.LEDGER])
async def test_records_that_are_kept_apart_are_asked_about_from_neither_end(
    joined: Joined, end: Side
) -> None:
    # Two questions of before, when each end asked for itself.
    async with joined.database.write() as tx:
        for decision in (doubt("a", "A"), doubt("A", "a", "b")):
            await reviews.ask(tx, "c", questions._wanted(joined, PEOPLE, decision))
        record = Ref(end, PEOPLE.kind(end), "a" if end is Side.CRM else "A")
        await questions.parted(tx, joined, PEOPLE, record, ["A"] if end is Side.CRM else ["a", "b"])
    mine = {"a": ["A"]} if end is Side.CRM else {"A": ["a", "b"]}
    theirs = {"A": ["b"]} if end is Side.CRM else {}
    assert await asked(joined) == mine | theirs, "one's own is answered, the other's is narrowed"
