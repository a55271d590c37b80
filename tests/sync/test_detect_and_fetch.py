"""Which records deserve a look by whom, and what must be read before anything is written."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.sync.given import NAME, PEOPLE, STAFF, crm, ledger

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.operations import Act, Operation
from crossfoot.model.records import Standing
from crossfoot.settings.choices import ConflictRule, SyncState
from crossfoot.sync.detect import concerned, kinds_watched
from crossfoot.sync.fetch import (
    FRESH,
    GONE_AFTER,
    PROMPT,
    ages_from,
    given_up,
    needs_times,
    to_confirm,
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


@pytest.mark.parametrize("act", [Act.UPDATE, Act.ARCHIVE])
def test_a_write_rests_on_a_look_that_is_at_most_a_second_old(act: Act) -> None:
    fresh = {EVA: NOW - FRESH}
    stale = {EVA: NOW - FRESH - timedelta(milliseconds=1)}
    assert to_confirm([write(act)], fresh, NOW)[Side.LEDGER] == []
    assert to_confirm([write(act), write(act)], stale, NOW)[Side.LEDGER] == [EVA]
    assert to_confirm([write(act)], {}, NOW)[Side.LEDGER] == [EVA]


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
    assert to_confirm(operations, {}, NOW) == {Side.CRM: [], Side.LEDGER: []}


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
