"""Which records deserve a look by whom, and what must be read before anything is written."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from tests.sync.given import ABILITIES, NAME, PEOPLE, STAFF, crm, ledger

from crossfoot.model.abilities import KindAbilities
from crossfoot.model.fields import FieldType
from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.lines import Lines
from crossfoot.model.operations import Act, FieldChange, Operation
from crossfoot.model.records import Observation, Standing, Value
from crossfoot.runtime.lease import SECONDS
from crossfoot.settings.choices import ConflictRule, SyncState
from crossfoot.settings.lenses import Lens
from crossfoot.settings.mappings import Direction, FieldPair
from crossfoot.settings.rules import Sync
from crossfoot.sync.detect import concerned, kinds_watched
from crossfoot.sync.fetch import (
    FRESH,
    GONE_AFTER,
    NEW_FOR,
    PROMPT,
    ages_from,
    as_known,
    given_up,
    left_out,
    needs_times,
    new_until,
    to_confirm,
    to_list_again,
    to_read,
)
from crossfoot.sync.merge import merge

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
ADA, EVA = Ref(Side.CRM, Kind.CONTACT, "1"), Ref(Side.LEDGER, Kind.CONTACT, "A")
PERSON = Ref(Side.LEDGER, Kind.CONTACT_PERSON, "A/p")


def test_every_active_sync_that_covers_a_changed_record_looks_at_it() -> None:
    paused = replace(PEOPLE, name="paused", state=SyncState.PAUSED)
    assert concerned([PEOPLE, STAFF, paused], [ADA, EVA, PERSON]) == {
        "people": [ADA, EVA],
        "staff": [ADA, PERSON],
    }
    assert concerned([STAFF], [EVA]) == {}


def test_only_kinds_of_active_syncs_are_watched() -> None:
    disabled = replace(STAFF, state=SyncState.DISABLED)
    assert kinds_watched([PEOPLE, disabled]) == {(Side.CRM, Kind.CONTACT), (Side.LEDGER, Kind.CONTACT)}


def test_what_was_never_seen_or_has_an_unanswered_signal_is_read() -> None:
    seen = {ADA: NOW, EVA: NOW}
    assert to_read([ADA, EVA, PERSON, ADA], seen, frozenset({ADA})) == {
        Side.CRM: [ADA],
        Side.LEDGER: [PERSON],
    }


def write(act: Act, target: str | None = "A") -> Operation:
    return Operation("people", act, Side.LEDGER, Kind.CONTACT, "1", target)


ABLE = dict.fromkeys(Side, ABILITIES)


def confirm(operations: Sequence[Operation], seen_at: Mapping[Ref, datetime]) -> dict[Side, list[Ref]]:
    return to_confirm(PEOPLE, operations, ABLE, seen_at, NOW)


@pytest.mark.parametrize("act", [Act.UPDATE, Act.ARCHIVE])
def test_a_write_rests_on_a_look_that_is_at_most_a_second_old(act: Act) -> None:
    fresh = {EVA: NOW - FRESH}
    stale = {EVA: NOW - FRESH - timedelta(milliseconds=1)}
    assert confirm([write(act)], fresh)[Side.LEDGER] == []
    assert confirm([write(act), write(act)], stale)[Side.LEDGER] == [EVA]
    assert confirm([write(act)], {})[Side.LEDGER] == [EVA]


def test_a_creation_that_nothing_would_refuse_a_second_time_rests_on_a_listing() -> None:
    twice = replace(ABILITIES, makes_twice=True)
    create, change = [write(Act.CREATE, None)], [write(Act.UPDATE)]
    assert to_list_again(create, twice, None, NOW), "nothing was heard yet"
    assert to_list_again(create, twice, NOW - NEW_FOR, NOW)
    assert not to_list_again(create, twice, NOW - NEW_FOR / 2, NOW)
    assert not to_list_again(change, twice, None, NOW)
    assert not to_list_again(create, ABILITIES, None, NOW), "a second one would be refused, or be the first"


def test_what_a_listing_told_holds_for_a_first_attempt_and_for_less_than_a_lease() -> None:
    twice = replace(ABILITIES, makes_twice=True)
    assert new_until(NOW, twice, 1) == NOW + NEW_FOR
    assert timedelta(seconds=SECONDS) > NEW_FOR, "else another worker may have taken over and made it"
    assert new_until(NOW, twice, 2) is None
    assert new_until(None, twice, 1) is None
    assert new_until(NOW, ABILITIES, 1) is None


def test_a_look_ages_from_its_question_and_of_a_slow_system_from_its_answer() -> None:
    """A system that takes two seconds for every answer can still be written to; an answer that took a minute tells what was a minute ago."""
    assert ages_from(NOW, NOW + timedelta(seconds=2), slow=False) == NOW
    assert ages_from(NOW, NOW + timedelta(seconds=2), slow=True) == NOW + timedelta(seconds=2)
    assert ages_from(NOW, NOW + PROMPT, slow=True) == NOW + PROMPT
    assert ages_from(NOW, NOW + timedelta(minutes=1), slow=True) == NOW


def test_only_what_is_not_found_for_a_whole_day_is_given_up() -> None:
    missing = crm("1", Standing.MISSING)
    assert given_up(missing, NOW - GONE_AFTER, NOW)
    assert not given_up(missing, NOW - GONE_AFTER + timedelta(seconds=1), NOW)
    for standing in set(Standing) - {Standing.MISSING}:
        assert not given_up(crm("1", standing), NOW - timedelta(days=99), NOW)


def test_what_changes_no_record_needs_no_look() -> None:
    operations = [write(Act.CREATE, None), write(Act.LINK), write(Act.UPDATE, None)]
    assert confirm(operations, {}) == {Side.CRM: [], Side.LEDGER: []}


def told(act: Act = Act.UPDATE, **values: Value) -> Operation:
    """A write to the CRM's record of what the ledger says."""
    fields = tuple(FieldChange(path, None, value, "") for path, value in values.items())
    return Operation("people", act, Side.CRM, Kind.CONTACT, "1", "A", values, fields)


def test_what_nobody_else_writes_is_written_without_a_look_at_it() -> None:
    due = FieldPair("due", ("due",), ("Due",), Lens("number", FieldType.NUMBER), Direction.TO_CRM)
    sync = replace(PEOPLE, pairs=(*PEOPLE.pairs, due))
    showing = {**ABLE, Side.CRM: replace(ABILITIES, ours=frozenset({"due"}))}
    stale: Mapping[Ref, datetime] = {}

    def looked_at(sync: Sync, operation: Operation, abilities: Mapping[Side, KindAbilities]) -> list[Ref]:
        return to_confirm(sync, [operation], abilities, stale, NOW)[Side.CRM]

    assert looked_at(sync, told(due=Decimal(5)), showing) == []
    assert looked_at(sync, told(due=Decimal(5), name="Eva"), showing) == [ADA], "a name is people's"
    assert looked_at(sync, told(due=Decimal(5)), ABLE) == [ADA], "this due is no field of ours"
    assert looked_at(sync, told(Act.ARCHIVE, due=Decimal(5)), showing) == [ADA]
    both_ways = replace(sync, pairs=(*PEOPLE.pairs, replace(due, direction=Direction.BOTH)))
    assert looked_at(both_ways, told(due=Decimal(5)), showing) == [ADA], (
        "an edit of it would go to the ledger"
    )


def test_a_look_before_a_write_leaves_out_what_takes_calls_of_its_own_and_is_not_written() -> None:
    slow = replace(ABILITIES, apart=frozenset({"lines", "name"}))
    assert left_out(PEOPLE, [told(email="eva@example.test")], Side.CRM, slow) == {"lines", "name"}
    assert left_out(PEOPLE, [told(name="Eva"), told(email="e")], Side.CRM, slow) == {"lines"}
    assert left_out(PEOPLE, [write(Act.UPDATE), told(email="e")], Side.CRM, slow) == {"lines", "name"}
    assert left_out(PEOPLE, [told(Act.ARCHIVE), told(email="e")], Side.CRM, slow) == frozenset()
    assert left_out(PEOPLE, [told(email="e")], Side.CRM, ABILITIES) == frozenset()


def test_a_look_at_a_part_stands_for_the_whole_only_while_it_shows_the_known_version() -> None:
    known = Observation(ADA, Standing.LIVE, {"name": "Ada", "lines": Lines()}, NOW)
    seen = Observation(ADA, Standing.LIVE, {"name": "Ada"}, NOW)
    assert as_known(seen, known, {"name"})
    assert not as_known(seen, None, {"name"})
    assert not as_known(replace(seen, fields={"name": "Eva"}), known, {"name"})
    assert not as_known(replace(seen, modified=NOW + timedelta(seconds=1)), known, {"name"}), "it has moved"
    assert not as_known(replace(seen, modified=None), replace(known, modified=None), {"name"})
    assert not as_known(replace(seen, standing=Standing.ARCHIVED), known, {"name"})
    assert not as_known(seen, replace(known, fields={}), {"name"}), "nobody has seen the name yet"


@pytest.mark.parametrize(
    ("rule", "earlier", "wanted"),
    [
        (ConflictRule.NEWEST, timedelta(hours=1), True),
        (ConflictRule.NEWEST, timedelta(0), True),
        (ConflictRule.CRM, timedelta(hours=1), False),
        (ConflictRule.ASK, timedelta(hours=1), False),
    ],
)
def test_the_moments_of_fields_are_asked_for_only_where_the_newer_change_wins(
    rule: ConflictRule, earlier: timedelta, wanted: bool
) -> None:
    sync = replace(PEOPLE, pairs=(replace(NAME, conflicts=rule),), conflicts=ConflictRule.LEDGER)
    here = replace(crm(name="Augusta"), modified=NOW)
    there = replace(ledger(Name="Eva"), modified=NOW - earlier)
    assert needs_times(sync, merge(sync, {"name": "Ada"}, here, there)) is wanted
    assert not needs_times(sync, merge(sync, {"name": "Ada"}, here, replace(there, fields={"Name": "Ada"})))
