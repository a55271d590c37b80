"""Directions, and what a sync makes of its parts."""

from typing import Any

import pytest

from crossfoot.model.fields import FieldType
from crossfoot.model.identity import Kind, Side
from crossfoot.settings.filters import Always, Operator, Test
from crossfoot.settings.lenses import Lens
from crossfoot.settings.likeness import KeyForm
from crossfoot.settings.mappings import Direction, FieldPair
from crossfoot.settings.rules import ConflictRule, MatchPart, MatchRule, Sync


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("other", Direction)
def test_the_narrower_of_two_directions_allows_what_both_allow(
    direction: Direction, other: Direction
) -> None:
    for side in Side:
        assert direction.within(other).allows(side) == (direction.allows(side) and other.allows(side))


@pytest.mark.parametrize(
    ("direction", "crm", "ledger"),
    [("both", True, True), ("to_crm", True, False), ("to_ledger", False, True), ("none", False, False)],
)
def test_a_direction_says_which_side_may_be_written_to(direction: str, crm: bool, ledger: bool) -> None:
    assert (Direction(direction).allows(Side.CRM), Direction(direction).allows(Side.LEDGER)) == (crm, ledger)


def _sync(**changes: Any) -> Sync:
    email = FieldPair("email", ("email",), ("EmailAddress",), Lens("email", FieldType.EMAIL))
    name = FieldPair(
        "name",
        ("first", "last"),
        ("Name",),
        Lens("text", FieldType.TEXT),
        Direction.TO_LEDGER,
        ConflictRule.CRM,
    )
    parts: dict[str, Any] = {
        "pairs": (email, name),
        "match": (
            MatchRule(
                "number",
                (MatchPart(("vat",), ("TaxNumber",), KeyForm.NUMBER),),
                against=(MatchPart(("site",), ("Web",)),),
            ),
        ),
        "filters": {Side.LEDGER: Test("IsPerson", Operator.IS, True)},
    }
    return Sync("people", Kind.CONTACT, Kind.CONTACT, **(parts | changes))


def test_a_sync_asks_for_every_path_of_its_mapping_filter_and_match_rules() -> None:
    assert _sync().paths(Side.CRM) == {"email", "first", "last", "vat", "site"}
    assert _sync().paths(Side.LEDGER) == {"EmailAddress", "Name", "TaxNumber", "Web", "IsPerson"}


def test_a_pair_without_rules_of_its_own_follows_the_sync() -> None:
    sync = _sync(conflicts=ConflictRule.ASK, direction=Direction.TO_LEDGER)
    assert [sync.rule(pair) for pair in sync.pairs] == [ConflictRule.ASK, ConflictRule.CRM]
    assert [sync.direction_of(pair) for pair in sync.pairs] == [Direction.TO_LEDGER, Direction.TO_LEDGER]
    assert _sync(direction=Direction.TO_CRM).direction_of(sync.pair("name")) is Direction.NONE


def test_a_pair_is_found_by_its_name() -> None:
    assert _sync().pair("name").paths(Side.CRM) == ("first", "last")
    with pytest.raises(KeyError):
        _sync().pair("nothing")


def test_a_side_without_a_filter_takes_everything() -> None:
    assert _sync().filter(Side.CRM) == Always()
    assert not _sync().filter(Side.LEDGER).holds({"IsPerson": False})
    assert (_sync().kind(Side.CRM), _sync().kind(Side.LEDGER)) == (Kind.CONTACT, Kind.CONTACT)
