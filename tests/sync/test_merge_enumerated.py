"""Every merge there is: base, CRM and ledger value each empty or one of two texts, in all directions, under all conflict rules.

What is expected is read from the promise ("equal on both sides means agreed; changed on one side means copy; changed on both is a conflict, and only
then the conflict rule decides"), case by case, not from the code.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import product

import pytest

from crossfoot.model.fields import FieldType
from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.links import Verdict
from crossfoot.model.records import Observation, Standing, Value
from crossfoot.settings.lenses import Lens
from crossfoot.settings.mappings import Direction, FieldPair
from crossfoot.settings.rules import ConflictRule, Sync
from crossfoot.sync.merge import Merged, merge

EMPTY, OLD, NEW = None, "old", "new"
VALUES: tuple[str | None, ...] = (EMPTY, OLD, NEW)
NEVER = "never agreed"
DIRECTIONS = (Direction.BOTH, Direction.TO_LEDGER, Direction.TO_CRM)
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """One field of one pair of records, and what the user decided about it."""

    base: str | None
    crm: str | None
    ledger: str | None
    direction: Direction = Direction.BOTH
    rule: ConflictRule = ConflictRule.NEWEST
    newer: Side | None = Side.CRM
    """The side that changed last; None: at the same moment."""
    clears: bool = True
    first_clears: bool = False


def single_cases() -> Iterator[Case]:
    for base, crm, ledger, direction, rule, newer, clears, first in product(
        (*VALUES, NEVER),
        VALUES,
        VALUES,
        DIRECTIONS,
        ConflictRule,
        (Side.CRM, Side.LEDGER, None),
        (True, False),
        (True, False),
    ):
        yield Case(base, crm, ledger, direction, rule, newer, clears, first)


def sync_of(*cases: Case) -> Sync:
    first = cases[0]
    return Sync(
        "people",
        Kind.CONTACT,
        Kind.CONTACT,
        conflicts=first.rule,
        first_contact_clears=first.first_clears,
        pairs=tuple(
            FieldPair(
                f"field{number}",
                (f"crm{number}",),
                (f"ledger{number}",),
                Lens("text", FieldType.TEXT),
                direction=case.direction,
                conflicts=case.rule,
                clears=case.clears,
            )
            for number, case in enumerate(cases)
        ),
    )


def look(side: Side, values: tuple[str | None, ...], newer: Side | None) -> Observation:
    return Observation(
        Ref(side, Kind.CONTACT, "1"),
        Standing.LIVE,
        {f"{side}{number}": value for number, value in enumerate(values)},
        NOON + timedelta(minutes=1 if newer is side else 0),
    )


def merged(*cases: Case, sync: Sync | None = None) -> Merged:
    return merge(
        sync or sync_of(*cases),
        {f"field{number}": case.base for number, case in enumerate(cases) if case.base is not NEVER},
        look(Side.CRM, tuple(case.crm for case in cases), cases[0].newer),
        look(Side.LEDGER, tuple(case.ledger for case in cases), cases[0].newer),
    )


# ── the promise, read once more ────────────────────────────────────────────────────────────────────────────────────────

AGREED, HOLDS, STAYS = "agreed", "holds", "stays"


def promised(case: Case) -> str | tuple[Side, Value]:
    """AGREED; (the side that is written, the value); HOLDS until a person decides; or STAYS different, as the user wished."""
    if case.crm == case.ledger:
        return AGREED
    changed = who_changed(case)
    if changed == {Side.CRM, Side.LEDGER}:
        winner = who_wins(case)
        if winner is None:
            return HOLDS
    else:
        (winner,) = changed
    value = case.crm if winner is Side.CRM else case.ledger
    written = Side.LEDGER if winner is Side.CRM else Side.CRM
    forbidden = {Direction.TO_LEDGER: Side.CRM, Direction.TO_CRM: Side.LEDGER}.get(case.direction)
    if written is forbidden:
        return STAYS
    if value is EMPTY and not case.clears and case.base is not NEVER:
        return STAYS
    return written, value


def who_changed(case: Case) -> set[Side]:
    held = {Side.CRM: case.crm, Side.LEDGER: case.ledger}
    if case.base is NEVER:
        # "it does not overwrite a value with nothing on first contact", unless the user says that it should
        return {side for side, value in held.items() if value is not EMPTY or case.first_clears}
    return {side for side, value in held.items() if value != case.base}


def who_wins(case: Case) -> Side | None:
    if case.direction is Direction.TO_LEDGER:
        return Side.CRM
    if case.direction is Direction.TO_CRM:
        return Side.LEDGER
    return {
        ConflictRule.CRM: Side.CRM,
        ConflictRule.LEDGER: Side.LEDGER,
        ConflictRule.NEWEST: case.newer,
        ConflictRule.ASK: None,
    }[case.rule]


def outcome(found: Merged, name: str = "field0") -> str | tuple[Side, Value]:
    """What a merge says about one field; exactly one thing."""
    said: list[str | tuple[Side, Value]] = []
    said += [AGREED] if name in found.agreed else []
    said += [(change.side, change.value) for change in found.changes if change.field == name]
    said += [HOLDS for conflict in found.conflicts if conflict.field == name]
    said += [STAYS for difference in found.differences if difference.field == name]
    assert len(said) == 1, f"{name}: {said}"
    return said[0]


def applied(case: Case, found: Merged) -> Case:
    """The same pair after the changes were written, and the base has moved on evidence."""
    crm, ledger, base = case.crm, case.ledger, case.base
    for change in found.changes:
        if change.side is Side.CRM:
            crm = base = change.value  # type: ignore[assignment]
        else:
            ledger = base = change.value  # type: ignore[assignment]
    if "field0" in found.agreed:
        base = found.agreed["field0"]  # type: ignore[assignment]
    return Case(base, crm, ledger, case.direction, case.rule, case.newer, case.clears, case.first_clears)


# ── one field: everything ──────────────────────────────────────────────────────────────────────────────────────────────


def test_every_merge_of_one_field_does_what_is_promised() -> None:
    wrong = [case for case in single_cases() if outcome(merged(case)) != promised(case)]
    assert not wrong, wrong[:3]


def test_after_the_changes_are_written_both_sides_agree_and_nothing_more_is_written() -> None:
    for case in single_cases():
        found = merged(case)
        after = applied(case, found)
        again = merged(after)
        assert not again.changes, case
        if found.changes:
            assert "field0" in again.agreed, case


def test_nothing_is_written_without_a_reason() -> None:
    """A value travels only from a side that left the last agreement, and never onto a side that holds it already."""
    for case in single_cases():
        for change in merged(case).changes:
            source = case.crm if change.side is Side.LEDGER else case.ledger
            target = case.ledger if change.side is Side.LEDGER else case.crm
            assert change.value == source != target, case
            assert change.before == target, case
            assert source != case.base, case
            # An edit that loses is named, so that no edit is lost in silence.
            assert change.overrules == (who_changed(case) == {Side.CRM, Side.LEDGER}), case


def test_what_both_sides_hold_is_agreed_whatever_was_believed_before() -> None:
    for case in single_cases():
        if case.crm == case.ledger:
            assert merged(case).agreed == {"field0": case.crm}, case


@pytest.mark.parametrize(
    ("direction", "forbidden"), [(Direction.TO_LEDGER, Side.CRM), (Direction.TO_CRM, Side.LEDGER)]
)
def test_a_one_way_field_is_never_written_against_its_way(direction: Direction, forbidden: Side) -> None:
    cases = [case for case in single_cases() if case.direction is direction]
    assert cases
    assert not [case for case in cases if merged(case).to(forbidden)]


def test_under_the_rule_ask_nothing_contested_moves_until_a_person_decides() -> None:
    contested = [
        case
        for case in single_cases()
        if case.rule is ConflictRule.ASK and case.direction is Direction.BOTH and case.crm != case.ledger
        if who_changed(case) == {Side.CRM, Side.LEDGER}
    ]
    assert contested
    for case in contested:
        found = merged(case)
        assert not found.changes, case
        assert [conflict.field for conflict in found.conflicts] == ["field0"], case
        sync = sync_of(case)
        looks = look(Side.CRM, (case.crm,), None), look(Side.LEDGER, (case.ledger,), None)
        base = {} if case.base is NEVER else {"field0": case.base}
        for winner in Side:
            decided = merge(sync, base, *looks, {"field0": Verdict(winner, case.crm, case.ledger)})
            value = case.crm if winner is Side.CRM else case.ledger
            assert [(change.side, change.value) for change in decided.changes] == [(winner.other, value)], (
                case
            )
            stale = merge(sync, base, *looks, {"field0": Verdict(winner, "something", "else")})
            assert not stale.changes, case


def test_a_cleared_field_clears_the_other_side_only_where_the_user_lets_it() -> None:
    for case in single_cases():
        cleared = [change for change in merged(case).changes if change.value is EMPTY]
        if cleared:
            assert (case.base is not NEVER and case.clears) or (case.base is NEVER and case.first_clears), (
                case
            )


# ── three fields at once: no field minds the others ────────────────────────────────────────────────────────────────────


@cache
def alone(case: Case) -> str | tuple[Side, Value]:
    return outcome(merged(case))


@pytest.mark.parametrize("rule", list(ConflictRule))
def test_every_merge_of_three_fields_is_the_merge_of_each(rule: ConflictRule) -> None:
    """27 x 27 x 27 states, each field with a direction of its own; the states of one field are those of the enumeration above."""
    states = list(product(VALUES, VALUES, VALUES))
    sync = sync_of(*(Case(None, None, None, direction, rule) for direction in DIRECTIONS))
    fields = [[Case(*state, direction, rule) for state in states] for direction in DIRECTIONS]
    for cases in product(*fields):
        found = merged(*cases, sync=sync)
        for number, case in enumerate(cases):
            assert outcome(found, f"field{number}") == alone(case), (case, number)
