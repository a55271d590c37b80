"""When to stop and call a person: exactly beyond the bound, never at it, and never for what destroys nothing."""

from decimal import Decimal

import pytest
from tests.sync.given import PEOPLE

from crossfoot.model.identity import Kind, Side
from crossfoot.model.operations import Act
from crossfoot.settings.rules import Halts
from crossfoot.sync.stop import HaltCause, emptied, mass_change, wrong_account

TITLES = {Side.CRM: "Kea", Side.LEDGER: "Tui"}
HALTS = Halts(Decimal("0.10"), 5)


@pytest.mark.parametrize("act", [Act.UPDATE, Act.ARCHIVE])
@pytest.mark.parametrize(
    ("count", "linked", "halts"),
    [
        (5, 0, False),
        (6, 0, True),
        (5, 50, False),
        (6, 50, True),
        (10, 100, False),
        (11, 100, True),
        (11, 119, False),
    ],
)
def test_more_than_a_tenth_and_more_than_the_floor_at_once_calls_a_person(
    act: Act, count: int, linked: int, halts: bool
) -> None:
    halt = mass_change(PEOPLE, {(act, Side.LEDGER): count}, linked, HALTS, TITLES)
    assert (halt is not None) is halts
    if halt is not None:
        assert halt.cause is HaltCause.MASS_CHANGE
        assert f"{act} {count} contacts in Tui" in halt.what
        assert f"at most {max(5, linked // 10)}" in halt.what
        assert "crossfoot apply" in halt.fix


def test_changes_of_the_two_sides_are_not_added_up() -> None:
    counts = {(Act.UPDATE, Side.CRM): 5, (Act.UPDATE, Side.LEDGER): 5, (Act.ARCHIVE, Side.CRM): 5}
    assert mass_change(PEOPLE, counts, 0, HALTS, TITLES) is None


@pytest.mark.parametrize("act", [Act.CREATE, Act.LINK, Act.UNLINK])
def test_what_destroys_nothing_never_halts(act: Act) -> None:
    assert mass_change(PEOPLE, {(act, Side.CRM): 10_000}, 0, HALTS, TITLES) is None


@pytest.mark.parametrize(
    ("seen", "known", "halts"),
    [
        (0, 0, False),
        (0, 5, False),
        (0, 6, True),
        (95, 100, False),
        (90, 100, False),
        (89, 100, True),
        (120, 100, False),
    ],
)
def test_a_listing_that_shows_far_too_little_calls_a_person(seen: int, known: int, halts: bool) -> None:
    halt = emptied(Side.CRM, Kind.COMPANY, seen, known, HALTS, TITLES)
    assert (halt is not None) is halts
    if halt is not None:
        assert halt.cause is HaltCause.EMPTIED
        assert (
            halt.what
            == f"Kea shows {seen} companies where {known} were known; {known - seen} are missing at once."
        )
        assert halt.fix


def test_another_account_than_the_one_the_links_belong_to_is_never_written_to() -> None:
    assert wrong_account(Side.LEDGER, "tui:1", "tui:1", TITLES) is None
    halt = wrong_account(Side.LEDGER, "tui:1", "tui:2", TITLES)
    assert halt is not None
    assert halt.cause is HaltCause.WRONG_ACCOUNT
    assert halt.what == "Tui answers as tui:2, but this connection belongs to tui:1."
    assert halt.fix


def test_kinds_are_named_in_the_plural_as_people_say_it() -> None:
    words = {kind: str(emptied(Side.CRM, kind, 0, 9, HALTS, TITLES)) for kind in Kind}
    for kind, plural in {
        Kind.CONTACT_PERSON: "contact persons",
        Kind.COMPANY: "companies",
        Kind.ITEM: "items",
    }.items():
        assert f"shows 0 {plural} where" in words[kind]
