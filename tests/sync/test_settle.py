"""What an answer proves: the base moves field by field, on evidence, and what is left over is looked at again."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.sync.given import AGREED, PEOPLE, STAFF, alone, around, crm, ledger, linked

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.links import Link, LinkState, Verdict
from crossfoot.model.operations import Act, FieldChange, Operation
from crossfoot.model.records import Observation, Standing
from crossfoot.settings.choices import ConflictRule, DeletionRule
from crossfoot.settings.rules import Sync
from crossfoot.sync.match import Match
from crossfoot.sync.match import Verdict as Found
from crossfoot.sync.plan import decide
from crossfoot.sync.settle import Settled, join, part, settle, undone
from crossfoot.sync.subject import Pair, Surroundings

WHEN = datetime(2026, 11, 2, 9, tzinfo=UTC)
EMAIL = "ada@example.test"


def renamed(**link: Any) -> Pair:
    """Somebody renamed Ada in Kea; both sides agreed on everything before."""
    return linked(
        crm(name="Augusta", email=EMAIL), ledger(Name="Ada", Email=EMAIL), **{"base": AGREED, **link}
    )


def planned(pair: Pair, sync: Sync = PEOPLE) -> Operation:
    [operation] = decide(sync, pair, around()).operations
    return operation


def settled(
    pair: Pair, now: Observation | None, *, sync: Sync = PEOPLE, record_id: str | None = None
) -> Settled:
    """After the one operation of a pair was applied and the system answered `now`."""
    operation = planned(pair, sync)
    side = operation.side
    return settle(
        sync,
        operation,
        pair.link,
        pair.on(side.other),
        pair.on(side),
        now,
        record_id or pair.on(side).ref.id,
        around(),
    )


def test_what_was_sent_and_acknowledged_is_the_new_base() -> None:
    found = settled(renamed(), ledger(Name="Augusta", Email=EMAIL))
    assert found.link.base == {"name": "Augusta", "email": EMAIL}
    assert not found.look_again
    assert found.history == ()


def test_without_an_answers_body_the_record_is_taken_to_hold_what_was_seen_and_what_was_sent() -> None:
    pair = renamed()
    seen = replace(pair.ledger, modified=WHEN, parent="K")
    found = settled(replace(pair, ledger=seen), None)
    assert found.observation == replace(seen, fields={"Name": "Augusta", "Email": EMAIL})
    assert found.link.base["name"] == "Augusta"
    assert not found.look_again


def test_an_answer_that_tells_only_a_part_is_completed_by_what_was_seen() -> None:
    found = settled(renamed(), ledger(Name="Augusta"))
    assert found.observation is not None
    assert found.observation.fields == {"Name": "Augusta", "Email": EMAIL}
    assert found.link.base == {"name": "Augusta", "email": EMAIL}


def test_a_value_that_the_system_normalised_is_looked_at_again_and_travels_back() -> None:
    """The base is what was sent: what differs from it is the other side's doing, and the next look copies it, once."""
    found = settled(renamed(), ledger(Name="AUGUSTA", Email=EMAIL))
    assert found.look_again
    assert found.link.base["name"] == "Augusta"
    assert found.observation is not None
    back = decide(PEOPLE, Pair(found.link, renamed().crm, found.observation), around())
    [operation] = back.operations
    assert (operation.side, operation.values) == (Side.CRM, {"name": "AUGUSTA"})


def test_a_spelling_that_means_the_same_needs_no_second_look() -> None:
    pair = linked(crm(name="Ada", email="new@example.test"), ledger(Name="Ada", Email=EMAIL), base=AGREED)
    found = settled(pair, ledger(Name="Ada", Email="NEW@example.test"))
    assert not found.look_again
    assert found.link.base["email"] == "new@example.test"


def test_an_edit_that_arrives_with_the_answer_is_kept_and_looked_at() -> None:
    """Somebody changed the e-mail in Tui while we wrote the name."""
    found = settled(renamed(), ledger(Name="Augusta", Email="other@example.test"))
    assert found.look_again
    assert found.link.base == {"name": "Augusta", "email": EMAIL}
    assert found.observation is not None
    [operation] = decide(PEOPLE, Pair(found.link, renamed().crm, found.observation), around()).operations
    assert operation.values == {"email": "other@example.test"}


def test_a_conflict_that_arrives_with_the_answer_is_looked_at() -> None:
    asking = replace(PEOPLE, conflicts=ConflictRule.ASK)
    pair = linked(
        crm(name="Augusta", email="mine@example.test"), ledger(Name="Ada", Email=EMAIL), base={"name": "Ada"}
    )
    found = settled(pair, ledger(Name="Augusta", Email="yours@example.test"), sync=asking)
    assert found.look_again
    assert "email" not in found.link.base


def test_what_both_sides_turn_out_to_hold_joins_the_base() -> None:
    found = settled(renamed(base={"name": "Ada"}), ledger(Name="Augusta", Email=EMAIL))
    assert found.link.base == {"name": "Augusta", "email": EMAIL}


def test_an_edit_that_lost_is_told_in_history() -> None:
    pair = linked(crm(name="Augusta", email=EMAIL), ledger(Name="Eva", Email=EMAIL), base=AGREED)
    found = settled(pair, None, sync=replace(PEOPLE, conflicts=ConflictRule.CRM))
    assert found.history == (
        "name: 'Eva' in Tui was replaced by 'Augusta' (both sides changed it; the rule says the CRM wins)",
    )
    emptied = linked(crm(name=None, email=EMAIL), ledger(Name="Eva", Email=EMAIL), base=AGREED)
    [line] = settled(emptied, None, sync=replace(PEOPLE, conflicts=ConflictRule.CRM)).history
    assert "'Eva' in Tui was replaced by 'nothing'" in line


def test_a_carried_out_decision_and_a_held_field_are_done_with_and_the_others_stay() -> None:
    pair = renamed(
        verdicts={"name": Verdict(Side.CRM, "Augusta", "Ada"), "email": Verdict(Side.CRM, "a", "b")},
        held={"email": "taken back"},
        state=LinkState.EXCLUDED,
        reason="a filter",
    )
    link = settled(pair, None).link
    assert set(link.verdicts) == {"email"}
    assert set(link.held) == {"email"}
    assert (link.state, link.reason) == (LinkState.ACTIVE, "")


def test_the_link_follows_a_record_whose_id_changed_with_the_write() -> None:
    assert settled(renamed(), None, record_id="A2").link.ledger_id == "A2"
    back = linked(crm(name="Ada", email=EMAIL), ledger(Name="Augusta", Email=EMAIL), base=AGREED)
    assert settled(back, None, record_id="12").link.crm_id == "12"


@pytest.mark.parametrize("side", list(Side))
def test_a_creation_makes_the_link(side: Side) -> None:
    source = crm("7", name="Ada", email=EMAIL) if side is Side.CRM else ledger("B", Name="Ada", Email=EMAIL)
    [operation] = decide(PEOPLE, alone(source), around()).operations
    found = settle(PEOPLE, operation, None, source, None, None, "new", around())
    assert found.link == Link(
        "", "people", *(("7", "new") if side is Side.CRM else ("new", "B")), base=AGREED
    )
    assert found.observation is not None
    assert found.observation.ref == Ref(side.other, Kind.CONTACT, "new")
    assert not found.look_again


def test_archiving_puts_the_link_to_sleep_with_its_reason() -> None:
    sync = replace(PEOPLE, deletion=DeletionRule.ARCHIVE)
    pair = linked(crm("1", Standing.ARCHIVED), ledger(Name="Ada"), base=AGREED)
    found = settled(pair, None, sync=sync)
    assert found.link.state is LinkState.DORMANT
    assert found.link.base == AGREED
    assert found.history == ("archived in Kea, and then in Tui by the deletion rule",)
    assert found.observation == replace(pair.ledger, standing=Standing.ARCHIVED)
    told = ledger("A", Standing.ARCHIVED)
    assert settled(pair, told, sync=sync).observation is told
    unseen = settle(sync, planned(pair, sync), pair.link, pair.crm, None, None, "A", around())
    assert unseen.observation == Observation(pair.ledger.ref, Standing.ARCHIVED)


# ── references ─────────────────────────────────────────────────────────────────────────────────────────────────────────

KAURI = Ref(Side.CRM, Kind.COMPANY, "55")
FERN = Ref(Side.LEDGER, Kind.CONTACT, "K")
MEET = {KAURI: FERN, FERN: KAURI}


def staff(**more: Any) -> Surroundings:
    return around(STAFF, **more)


def person(**fields: Any) -> Observation:
    return ledger("K/p", kind=Kind.CONTACT_PERSON, **fields)


def test_a_reference_that_was_only_coming_is_based_on_the_partner_it_got() -> None:
    source = crm("7", name="Ada", company="55")
    [operation] = decide(STAFF, alone(source), staff(coming={KAURI: Kind.CONTACT})).operations
    assert operation.values["Company"] == str(KAURI)
    filled = replace(operation, values={**operation.values, "Company": "K"})
    found = settle(STAFF, filled, None, source, None, None, "K/p", staff(partners={KAURI: FERN}))
    assert found.link.base == {"name": "Ada", "company": "K"}
    assert not found.look_again


def test_from_the_ledger_the_reference_is_its_own() -> None:
    source = person(Name="Ada", Company="K")
    [operation] = decide(STAFF, alone(source), staff(coming={FERN: Kind.COMPANY})).operations
    partners = MEET
    found = settle(STAFF, operation, None, source, None, None, "7", staff(partners=partners))
    assert found.link.base["company"] == "K"


def test_a_reference_whose_source_is_not_told_any_more_keeps_what_was_planned() -> None:
    [operation] = decide(
        STAFF, alone(crm("7", name="Ada", company="55")), staff(coming={KAURI: Kind.CONTACT})
    ).operations
    silent = crm("7", name="Ada")
    found = settle(STAFF, operation, None, silent, None, None, "K/p", staff())
    assert found.link.base["company"] == str(KAURI)


def test_the_crms_own_id_for_a_reference_is_no_sign_that_the_value_did_not_stick() -> None:
    pair = linked(
        crm("7", name="Ada", company=None),
        person(Name="Ada", Company="K"),
        sync=STAFF,
        base={"name": "Ada", "company": None},
    )
    where = staff(partners=MEET)
    [operation] = decide(STAFF, pair, where).operations
    assert operation.values == {"company": "55"}
    found = settle(
        STAFF, operation, pair.link, pair.ledger, pair.crm, crm("7", name="Ada", company="55"), "7", where
    )
    assert found.link.base["company"] == "K"
    assert not found.look_again


# ── links that people make and part ────────────────────────────────────────────────────────────────────────────────────


def test_a_new_link_is_based_on_what_both_sides_agree_on_and_the_rest_is_looked_at() -> None:
    here, there = crm("7", name="Ada", email=EMAIL), ledger("B", Name="Ada", Email=None)
    match = Match(Found.SAME, "name", ("B",), "same name", there)
    operation = decide(PEOPLE, alone(here, match), around()).operations[0]
    found = join(PEOPLE, operation, here, there, around())
    assert found.link == Link("", "people", "7", "B", {"name": "Ada"})
    assert found.history == ("linked: same name",)
    assert found.look_again
    alike = join(PEOPLE, operation, here, replace(there, fields={"Name": "Ada", "Email": EMAIL}), around())
    assert not alike.look_again


def test_what_was_taken_back_is_held_until_a_person_says_which_value_is_right() -> None:
    link = Link("L1", "people", "1", "A", AGREED, held={"phone": "taken back before"})
    back = Operation(
        "people",
        Act.UPDATE,
        Side.LEDGER,
        Kind.CONTACT,
        "1",
        "A",
        fields=(FieldChange("name", "Augusta", "Ada", "undo"),),
    )
    held = undone(link, back)
    assert held.held == {"phone": "taken back before", "name": "a person took the last change back"}
    assert held.state is LinkState.ACTIVE
    pair = Pair(held, crm(name="Augusta", email=EMAIL), ledger(Name="Ada", Email=EMAIL))
    decision = decide(PEOPLE, pair, around())
    assert decision.operations == ()
    assert [conflict.field for conflict in decision.conflicts] == ["name"]


@pytest.mark.parametrize(
    ("undoes", "state", "words"),
    [
        (None, LinkState.DORMANT, "archived in Kea, and then in Tui by the deletion rule"),
        ("0042", LinkState.ENDED, "archived in Tui: a person took its creation back"),
    ],
    ids=["the deletion rule", "an undo"],
)
def test_what_we_archive_sleeps_or_is_over(undoes: str | None, state: LinkState, words: str) -> None:
    """The deletion rule's work wakes when the record is restored; a creation that was taken back does not come back to life."""
    archive = Operation("people", Act.ARCHIVE, Side.LEDGER, Kind.CONTACT, "1", "A", undoes=undoes)
    link = Link("L1", "people", "1", "A", AGREED)
    settled = settle(PEOPLE, archive, link, crm(name="Ada"), ledger(Name="Ada"), None, "A", around())
    assert (settled.link.state, settled.link.reason, settled.history) == (state, words, (words,))
    assert settled.observation is not None
    assert settled.observation.standing is Standing.ARCHIVED


def test_parted_records_are_remembered_as_parted() -> None:
    parted = part(Link("L1", "people", "1", "A", AGREED), "a person parted them")
    assert (parted.state, parted.reason, parted.base) == (LinkState.ENDED, "a person parted them", AGREED)
