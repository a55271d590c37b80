"""One decision about one subject: what is written, what waits for whom, what is left alone, and why."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from tests.sync.given import (
    AGREED,
    COMPANY,
    EMAIL,
    NAME,
    PEOPLE,
    STAFF,
    Speechless,
    abilities,
    alone,
    around,
    crm,
    field_pair,
    ledger,
    linked,
    one_way,
)

from crossfoot.model.fields import FieldType
from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.links import LinkState
from crossfoot.model.links import Verdict as Choice
from crossfoot.model.operations import Act, Operation
from crossfoot.model.problems import Cause
from crossfoot.model.records import Observation, Standing
from crossfoot.model.subjects import SubjectState
from crossfoot.settings.choices import ConflictRule, DeletionRule
from crossfoot.settings.filters import Operator, Test
from crossfoot.settings.lenses import PersonName
from crossfoot.settings.mappings import Direction, FieldPair
from crossfoot.settings.rules import Sync
from crossfoot.sync.match import Match, Verdict
from crossfoot.sync.merge import Why
from crossfoot.sync.plan import decide
from crossfoot.sync.refer import references, translated
from crossfoot.sync.subject import CLAIM, Decision, Pair, Reference, Subject, Surroundings
from crossfoot.systems.port import FieldInfo, ValueType

SAME_EMAIL = "same email"


def decided(subject: Subject, sync: Sync = PEOPLE, where: Surroundings | None = None) -> Decision:
    return decide(sync, subject, where or around())


def only(decision: Decision) -> Operation:
    [operation] = decision.operations
    return operation


def same_as(twin: Observation) -> Match:
    return Match(Verdict.SAME, "email", (twin.ref.id,), SAME_EMAIL, twin)


# ── a linked pair ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_two_records_that_agree_are_in_step_and_nothing_is_written() -> None:
    pair = linked(crm(**AGREED), ledger(Name="Ada", Email="ADA@example.test"), base=AGREED)
    decision = decided(pair)
    assert decision == Decision(pair, SubjectState.IN_STEP, "")


def test_agreement_that_was_not_known_yet_is_remembered_without_a_write() -> None:
    decision = decided(linked(crm(**AGREED), ledger(Name="Ada", Email="ada@example.test")))
    assert (decision.state, decision.operations) == (SubjectState.IN_STEP, ())
    assert decision.link is not None
    assert decision.link.base == AGREED


def test_agreement_ends_a_held_field_and_a_decision_that_waited() -> None:
    choice = Choice(Side.CRM, "Ada", "Eva")
    pair = linked(
        crm(name="Ada", email="x@example.test"),
        ledger(Name="Ada", Email="y@example.test"),
        base={},
        verdicts={"name": choice, "email": Choice(Side.CRM, "old", "older")},
        held={"name": "taken back", "email": "taken back"},
    )
    link = decided(pair).link
    assert link is not None
    assert set(link.verdicts) == {"email"}
    assert set(link.held) == {"email"}


@pytest.mark.parametrize("moved", list(Side))
def test_a_change_on_one_side_is_copied_to_the_other_with_only_that_field(moved: Side) -> None:
    here, there = ("Augusta", "Ada") if moved is Side.CRM else ("Ada", "Augusta")
    operation = only(
        decided(
            linked(
                crm(name=here, email="ada@example.test"),
                ledger(Name=there, Email="ada@example.test"),
                base=AGREED,
            )
        )
    )
    assert (operation.act, operation.side) == (Act.UPDATE, moved.other)
    assert operation.values == {("Name" if moved is Side.CRM else "name"): "Augusta"}
    assert (operation.crm_id, operation.ledger_id) == ("1", "A")
    [change] = operation.fields
    assert (change.before, change.after, change.overrules) == ("Ada", "Augusta", False)
    assert operation.reason == "name: changed there since both sides agreed"


def test_changes_in_both_directions_make_one_update_for_each_side() -> None:
    decision = decided(
        linked(
            crm(name="Augusta", email="ada@example.test"),
            ledger(Name="Ada", Email="new@example.test"),
            base=AGREED,
        )
    )
    assert {(each.side, tuple(each.values.items())) for each in decision.operations} == {
        (Side.LEDGER, (("Name", "Augusta"),)),
        (Side.CRM, (("email", "new@example.test"),)),
    }
    assert decision.state is SubjectState.PENDING


def test_a_conflict_waits_for_a_person_and_the_other_fields_go_on() -> None:
    asking = replace(PEOPLE, conflicts=ConflictRule.ASK)
    torn = linked(crm(name="Augusta", email="a@x.test"), ledger(Name="Eva", Email="a@x.test"), base=AGREED)
    decision = decided(torn, asking)
    assert (decision.state, decision.operations) == (SubjectState.CONFLICT, ())
    assert decision.reason == "waits for a decision on name"
    assert [conflict.field for conflict in decision.conflicts] == ["name"]

    both = linked(
        crm(name="Augusta", email="b@x.test"),
        ledger(Name="Eva", Email="a@x.test"),
        base={"name": "Ada", "email": "a@x.test"},
    )
    decision = decided(both, asking)
    assert decision.state is SubjectState.PENDING
    assert only(decision).values == {"Email": "b@x.test"}
    assert [conflict.field for conflict in decision.conflicts] == ["name"]


def test_a_decision_of_a_person_is_carried_out_for_exactly_the_values_that_were_shown() -> None:
    asking = replace(PEOPLE, conflicts=ConflictRule.ASK)
    torn = crm(name="Augusta", email="a@x.test"), ledger(Name="Eva", Email="a@x.test")
    shown = linked(*torn, base=AGREED, verdicts={"name": Choice(Side.LEDGER, "Augusta", "Eva")})
    operation = only(decided(shown, asking))
    assert (operation.side, operation.values) == (Side.CRM, {"name": "Eva"})
    moved = linked(*torn, base=AGREED, verdicts={"name": Choice(Side.LEDGER, "Augusta", "Evelyn")})
    assert decided(moved, asking).state is SubjectState.CONFLICT


def test_an_emptied_field_travels_unless_its_pair_says_otherwise() -> None:
    emptied = linked(
        crm(name="Ada", email=None), ledger(Name="Ada", Email="a@x.test"), base={"email": "a@x.test"}
    )
    assert only(decided(emptied)).values == {"Email": None}
    keeping = replace(PEOPLE, pairs=(NAME, replace(EMAIL, clears=False)))
    decision = decided(emptied, keeping)
    assert (decision.state, decision.operations) == (SubjectState.IN_STEP, ())
    assert [each.why for each in decision.differences] == ["an emptied field does not empty the other side"]


def test_an_edit_that_loses_by_the_rule_is_marked_so_that_history_can_tell_of_it() -> None:
    operation = only(
        decided(
            linked(crm(name="Augusta", email="a@x.test"), ledger(Name="Eva", Email="a@x.test"), base=AGREED),
            replace(PEOPLE, conflicts=ConflictRule.LEDGER),
        )
    )
    assert (operation.side, operation.values) == (Side.CRM, {"name": "Eva"})
    assert operation.fields[0].overrules


def test_a_difference_that_may_not_travel_is_told_and_left_alone() -> None:
    decision = decided(
        linked(crm(name="Augusta", email="a@x.test"), ledger(Name="Ada", Email="a@x.test"), base=AGREED),
        one_way(Direction.TO_CRM),
    )
    assert (decision.state, decision.operations) == (SubjectState.IN_STEP, ())
    assert [each.field for each in decision.differences] == ["name"]


def test_only_the_native_fields_that_differ_are_sent() -> None:
    """A full name touches first and last name, of which one stays as it is."""
    sync = replace(
        PEOPLE,
        pairs=(
            FieldPair(
                "full_name", ("first", "last"), ("Name",), PersonName("person_name", FieldType.PERSON_NAME)
            ),
        ),
    )
    fields = around().fields
    where = replace(
        around(),
        fields={
            **fields,
            Side.CRM: {**fields[Side.CRM], "first": FieldInfo("first", "F"), "last": FieldInfo("last", "L")},
        },
    )
    operation = only(
        decided(
            linked(
                crm(first="Ada", last="Byron"),
                ledger(Name="Ada Lovelace"),
                base={"full_name": "Ada Byron"},
            ),
            sync,
            where,
        )
    )
    assert operation.values == {"last": "Lovelace"}


def test_two_field_pairs_that_share_a_native_field_do_not_overwrite_each_other() -> None:
    """The first row of the mapping writes; what is left of the other shows at the next look."""
    sync = replace(PEOPLE, pairs=(NAME, field_pair("nick", crm=("nick",), ledger=("Name",))))
    pair = linked(crm(name="Augusta", nick="Gus"), ledger(Name="Ada"), base={"name": "Ada", "nick": "Ada"})
    decision = decided(pair, sync)
    assert only(decision).values == {"Name": "Augusta"}
    assert [change.field for change in only(decision).fields] == ["name"]
    assert decision.again
    agreeing = linked(
        crm(name="Augusta", nick="Augusta"), ledger(Name="Ada"), base={"name": "Ada", "nick": "Ada"}
    )
    decision = decided(agreeing, sync)
    assert not decision.again
    assert [change.field for change in only(decision).fields] == ["name", "nick"]


@pytest.mark.parametrize("side", list(Side))
def test_a_record_erased_for_privacy_ends_the_link_and_leaves_nothing_behind(side: Side) -> None:
    gone = Standing.ERASED
    pair = linked(
        crm("1", gone if side is Side.CRM else Standing.LIVE),
        ledger("A", gone if side is Side.LEDGER else Standing.LIVE),
        base=AGREED,
        held={"name": "taken back"},
    )
    decision = decided(pair)
    assert decision.state is SubjectState.ENDED
    assert decision.erase == (pair.on(side).ref,)
    assert decision.link is not None
    assert (decision.link.state, dict(decision.link.base), dict(decision.link.held)) == (
        LinkState.ENDED,
        {},
        {},
    )
    assert around().titles[side] in decision.reason


@pytest.mark.parametrize("side", list(Side))
def test_after_a_merge_the_link_moves_to_the_survivor_which_is_then_looked_at(side: Side) -> None:
    one = crm("1", Standing.MERGED, survivor="9") if side is Side.CRM else crm()
    two = ledger("A", Standing.MERGED, survivor="9") if side is Side.LEDGER else ledger()
    decision = decided(linked(one, two, base=AGREED))
    assert decision.state is SubjectState.PENDING
    assert decision.link is not None
    assert decision.link.id_on(side) == "9"
    assert decision.link.base == AGREED
    assert decision.look_at == (Ref(side, Kind.CONTACT, "9"),)


def test_a_merge_into_a_record_that_has_a_partner_of_its_own_ends_the_link_and_says_what_to_do() -> None:
    pair = linked(crm("1", Standing.MERGED, survivor="9"), ledger(), base=AGREED)
    survivor = Ref(Side.CRM, Kind.CONTACT, "9")
    decision = decided(pair, where=around(linked={survivor: "L2"}))
    assert (decision.state, decision.operations) == (SubjectState.ENDED, ())
    assert decision.link is not None
    assert (decision.link.state, decision.link.crm_id) == (LinkState.ENDED, "1")
    assert "merge the two in Tui too" in decision.reason
    assert decision.look_at == (survivor,)
    assert decided(pair, where=around(linked={survivor: "L1"})).link == pair.link.moved(Side.CRM, "9")


@pytest.mark.parametrize("standing", [Standing.MISSING, Standing.MERGED])
def test_a_record_that_is_not_found_is_read_again_and_nothing_is_concluded(standing: Standing) -> None:
    pair = linked(crm("1", standing), ledger(), base=AGREED)
    decision = decided(pair, replace(PEOPLE, deletion=DeletionRule.ARCHIVE))
    assert (decision.state, decision.operations, decision.link) == (SubjectState.PENDING, (), None)
    assert decision.absent == (pair.crm.ref,)
    assert decision.reason == "Kea does not find it just now"
    both = linked(crm("1", Standing.MISSING), ledger("A", Standing.MISSING))
    assert decided(both).absent == (both.crm.ref, both.ledger.ref)


def test_a_record_that_has_not_been_found_for_a_day_puts_the_link_to_sleep_and_nothing_is_written() -> None:
    pair = linked(crm(), ledger("A", Standing.MISSING), base=AGREED)
    decision = decided(
        replace(pair, gone=frozenset({Side.LEDGER})), replace(PEOPLE, deletion=DeletionRule.ARCHIVE)
    )
    assert (decision.state, decision.operations, decision.absent) == (SubjectState.ENDED, (), ())
    assert "has not found it for a day" in decision.reason
    assert decision.link is not None
    assert (decision.link.state, decision.link.base) == (LinkState.DORMANT, AGREED)
    # It shows again: the link wakes, and what was agreed still is.
    assert decided(Pair(decision.link, crm(), ledger())).link == replace(pair.link, state=LinkState.ACTIVE)
    both = linked(crm("1", Standing.MISSING), ledger("A", Standing.MISSING))
    assert decided(replace(both, gone=frozenset({Side.CRM}))).state is SubjectState.PENDING


def test_an_archived_record_puts_the_link_to_sleep_and_the_other_side_is_left_alone_by_default() -> None:
    decision = decided(linked(crm("1", Standing.ARCHIVED), ledger(), base=AGREED))
    assert (decision.state, decision.operations) == (SubjectState.ENDED, ())
    assert decision.reason == "archived in Kea"
    assert decision.link is not None
    assert decision.link.state is LinkState.DORMANT
    assert decision.link.base == AGREED
    again = decided(Pair(decision.link, crm("1", Standing.ARCHIVED), ledger()))
    assert (again.state, again.link) == (SubjectState.ENDED, None)


@pytest.mark.parametrize("gone", list(Side))
def test_where_the_user_chose_so_archiving_travels(gone: Side) -> None:
    pair = linked(
        crm("1", Standing.ARCHIVED if gone is Side.CRM else Standing.LIVE),
        ledger("A", Standing.ARCHIVED if gone is Side.LEDGER else Standing.LIVE),
    )
    operation = only(decided(pair, replace(PEOPLE, deletion=DeletionRule.ARCHIVE)))
    assert (operation.act, operation.side, operation.target_id) == (
        Act.ARCHIVE,
        gone.other,
        pair.on(gone.other).ref.id,
    )
    assert operation.values == {}


ARCHIVING = replace(PEOPLE, deletion=DeletionRule.ARCHIVE)


@pytest.mark.parametrize(
    ("sync", "pair", "where"),
    [
        (ARCHIVING, linked(crm("1", Standing.ARCHIVED), ledger("A", Standing.ARCHIVED)), around()),
        (ARCHIVING, linked(crm("1", Standing.ARCHIVED), ledger("A", Standing.MISSING)), around()),
        (ARCHIVING, linked(crm("1", Standing.ARCHIVED), ledger(), state=LinkState.EXCLUDED), around()),
        (one_way(Direction.TO_CRM, ARCHIVING), linked(crm("1", Standing.ARCHIVED), ledger()), around()),
        (
            ARCHIVING,
            linked(crm("1", Standing.ARCHIVED), ledger()),
            around(ledger=abilities(archive_batch=0)),
        ),
    ],
    ids=["both gone", "other missing", "excluded", "other direction", "cannot archive"],
)
def test_archiving_does_not_travel_where_it_must_not(sync: Sync, pair: Pair, where: Surroundings) -> None:
    decision = decided(pair, sync, where)
    assert (decision.state, decision.operations) == (SubjectState.ENDED, ())
    assert decision.link is not None
    assert decision.link.state is LinkState.DORMANT


def test_both_sides_archived_are_both_named() -> None:
    decision = decided(linked(crm("1", Standing.ARCHIVED), ledger("A", Standing.ARCHIVED)))
    assert decision.reason == "archived in Kea and Tui"


def test_parted_records_stay_parted_whatever_they_hold() -> None:
    pair = linked(crm(name="Ada"), ledger(Name="Eva"), state=LinkState.ENDED, reason="a person parted them")
    assert decided(pair) == Decision(pair, SubjectState.ENDED, "a person parted them")


def test_a_record_that_comes_back_from_the_archive_is_kept_in_step_again() -> None:
    pair = linked(
        crm(name="Augusta", email="a@x.test"),
        ledger(Name="Ada", Email="a@x.test"),
        base=AGREED,
        state=LinkState.DORMANT,
        reason="archived in Kea",
    )
    decision = decided(pair)
    assert only(decision).values == {"Name": "Augusta"}
    assert decision.link is not None
    assert (decision.link.state, decision.link.reason) == (LinkState.ACTIVE, "")


NO_ADAS = {Side.LEDGER: Test("Name", Operator.IS_NOT, "Ada")}


def test_a_pair_that_leaves_the_filter_is_excluded_neither_written_nor_forgotten() -> None:
    sync = replace(PEOPLE, filters=NO_ADAS)
    pair = linked(crm(name="Augusta", email="a@x.test"), ledger(Name="Ada", Email="a@x.test"), base=AGREED)
    decision = decided(pair, sync)
    assert (decision.state, decision.operations) == (SubjectState.EXCLUDED, ())
    assert decision.reason == "the filter for Tui asks that Name is not 'Ada'"
    assert decision.link is not None
    assert (decision.link.state, decision.link.base) == (LinkState.EXCLUDED, AGREED)
    assert decided(Pair(decision.link, pair.crm, pair.ledger), sync).link is None


def test_a_pair_that_passes_the_filters_of_both_sides_takes_part() -> None:
    sync = replace(PEOPLE, filters={Side.CRM: Test("name", Operator.IS_FILLED), **NO_ADAS})
    passing = linked(crm(name="Eva", email="a@x.test"), ledger(Name="Eva", Email="a@x.test"))
    assert decided(passing, sync).state is SubjectState.IN_STEP


def test_a_pair_that_comes_back_into_the_filter_is_kept_in_step_again() -> None:
    pair = linked(
        crm(name="Ada", email="a@x.test"),
        ledger(Name="Eva", Email="a@x.test"),
        base={"name": "Ada", "email": "a@x.test"},
        state=LinkState.EXCLUDED,
        reason="filter",
    )
    decision = decided(pair, replace(PEOPLE, filters=NO_ADAS))
    assert decision.link is not None
    assert decision.link.state is LinkState.ACTIVE
    assert only(decision).values == {"name": "Eva"}


# ── a record without a partner ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_record_is_created_across_with_what_it_holds() -> None:
    operation = only(decided(alone(crm("7", name="Ada", email="ada@example.test"))))
    assert (operation.act, operation.side, operation.kind) == (Act.CREATE, Side.LEDGER, Kind.CONTACT)
    assert (operation.crm_id, operation.ledger_id, operation.target_id) == ("7", None, None)
    assert operation.values == {"Name": "Ada", "Email": "ada@example.test"}
    assert operation.reason == "new in Kea"
    assert operation.key is None
    across = only(decided(alone(ledger("B", Name="Ada"))))
    assert (across.side, across.crm_id, across.ledger_id) == (Side.CRM, None, "B")
    assert across.values == {"name": "Ada"}


def test_a_creation_carries_its_key_where_the_other_side_can_hold_one() -> None:
    where = around(ledger=abilities(key_path="Number"))
    assert only(decided(alone(crm("7", name="Ada")), where=where)).key == "kea:1:contact:7"


@pytest.mark.parametrize(
    ("seen", "state", "reason"),
    [
        (crm("1", Standing.ARCHIVED), SubjectState.ENDED, "archived in Kea"),
        (crm("1", Standing.MISSING), SubjectState.ENDED, "Kea does not find it"),
        (crm("1", Standing.ERASED), SubjectState.ENDED, "erased for privacy in Kea"),
        (crm("1", Standing.MERGED, survivor="9"), SubjectState.ENDED, "merged into 9 in Kea"),
        (crm("1", Standing.MERGED), SubjectState.ENDED, "merged into another record in Kea"),
    ],
    ids=lambda value: str(value.standing) if isinstance(value, Observation) else None,
)
def test_a_record_that_is_not_alive_makes_nothing(
    seen: Observation, state: SubjectState, reason: str
) -> None:
    decision = decided(alone(seen))
    assert (decision.state, decision.reason, decision.operations) == (state, reason, ())
    assert decision.erase == ((seen.ref,) if seen.standing is Standing.ERASED else ())
    assert decision.look_at == ((Ref(Side.CRM, Kind.CONTACT, "9"),) if seen.survivor else ())


def test_what_once_had_a_partner_never_comes_back_to_life() -> None:
    decision = decided(alone(crm(name="Ada"), ended=True))
    assert (decision.state, decision.operations) == (SubjectState.ENDED, ())


def test_a_copy_that_may_have_been_made_is_not_made_again_until_somebody_has_looked() -> None:
    """Its answer was lost, and the other side has no key by which it could be looked up."""
    decision = decided(alone(crm(name="Ada"), begun=True))
    assert (decision.state, decision.operations) == (SubjectState.PENDING, ())
    assert decision.reason.startswith("Tui did not say whether it made the copy")
    twin = ledger("B", Name="Ada")
    assert decided(alone(crm(name="Ada"), same_as(twin), begun=True)).operations[0].act is Act.LINK


def test_a_record_that_has_a_partner_in_another_sync_is_left_to_that() -> None:
    decision = decided(alone(crm(name="Ada"), elsewhere="staff", covered="staff"))
    assert (decision.state, decision.reason) == (SubjectState.ELSEWHERE, "belongs to the sync 'staff'")
    resting = decided(alone(crm(name="Ada"), elsewhere="staff"))
    assert resting.state is SubjectState.EXCLUDED, "nobody takes care of it now"
    assert resting.reason == "belongs to the sync 'staff', which does not run"


def test_a_record_outside_the_filter_is_excluded_with_the_filter_in_words() -> None:
    decision = decided(alone(ledger(Name="Ada")), replace(PEOPLE, filters=NO_ADAS))
    assert (decision.state, decision.operations) == (SubjectState.EXCLUDED, ())
    assert "Name is not 'Ada'" in decision.reason


def test_a_newcomer_of_another_sync_is_left_to_that_but_a_partner_is_not_let_go() -> None:
    sync = replace(PEOPLE, newcomers={Side.CRM: Test("company", Operator.IS_EMPTY)})
    hired = crm(name="Ada", email="a@x.test", company="55")
    decision = decided(alone(hired, covered="staff"), sync)
    assert (decision.state, decision.operations) == (SubjectState.ELSEWHERE, ())
    assert decision.reason == "the sync 'staff' takes such records"
    nobody = decided(alone(hired), sync)
    assert (nobody.state, nobody.reason) == (SubjectState.EXCLUDED, "no sync takes such records")
    assert only(decided(alone(crm(name="Ada", company=None)), sync)).act is Act.CREATE
    partner = linked(hired, ledger(Name="Ada", Email="a@x.test"))
    assert decided(partner, sync).state is SubjectState.IN_STEP


def test_nothing_is_created_while_a_twin_is_plausible() -> None:
    doubt = Match(Verdict.ASK, "email", ("A", "B"), "2 records across have the same email")
    decision = decided(alone(crm(name="Ada"), doubt))
    assert (decision.state, decision.operations) == (SubjectState.DOUBTFUL, ())
    assert decision.reason == "2 records across have the same email"


def test_a_sure_match_is_linked_and_brought_into_agreement_in_one_plan() -> None:
    twin = ledger("B", Name="Ada", Email=None)
    decision = decided(alone(crm("7", name=None, email="ada@example.test"), same_as(twin)))
    assert decision.state is SubjectState.PENDING
    link, *updates = decision.operations
    assert (link.act, link.side, link.crm_id, link.ledger_id) == (Act.LINK, Side.CRM, "7", "B")
    assert link.reason == SAME_EMAIL
    assert {(each.act, each.side, tuple(each.values.items())) for each in updates} == {
        (Act.UPDATE, Side.LEDGER, (("Email", "ada@example.test"),)),
        (Act.UPDATE, Side.CRM, (("name", "Ada"),)),
    }


def test_a_match_is_linked_the_same_whichever_side_it_is_found_from() -> None:
    here, there = crm("7", name="Ada", email="a@x.test"), ledger("B", Name="Ada", Email="a@x.test")
    assert decided(alone(here, same_as(there))).operations == decided(alone(there, same_as(here))).operations


def test_a_match_whose_twin_the_filter_leaves_out_waits_for_a_person() -> None:
    decision = decided(
        alone(crm(name="Ada"), same_as(ledger("B", Name="Ada"))), replace(PEOPLE, filters=NO_ADAS)
    )
    assert (decision.state, decision.operations) == (SubjectState.DOUBTFUL, ())
    assert decision.reason == "same email, but the filter for Tui asks that Name is not 'Ada'"


def test_a_problem_of_the_first_agreement_is_told_with_the_link() -> None:
    where = around(ledger_fields={"Name": FieldInfo("Name", "Name", max_length=3)})
    decision = decided(
        alone(crm(name="Augusta", email="a@x.test"), same_as(ledger(Name=None, Email="a@x.test"))),
        where=where,
    )
    assert only(decision).act is Act.LINK
    assert decision.problem is not None
    assert decision.problem.cause is Cause.INEXPRESSIBLE


@pytest.mark.parametrize(
    "sync", [replace(PEOPLE, creates=Direction.TO_CRM), one_way(Direction.TO_CRM)], ids=["creates", "sync"]
)
def test_a_sync_creates_only_where_it_may(sync: Sync) -> None:
    decision = decided(alone(crm(name="Ada")), sync)
    assert (decision.state, decision.reason) == (
        SubjectState.EXCLUDED,
        "this sync does not create records in Tui",
    )
    assert only(decided(alone(ledger(Name="Ada")), sync)).side is Side.CRM


def test_a_new_record_gets_no_empty_no_untold_and_no_forbidden_field() -> None:
    sync = replace(
        PEOPLE,
        pairs=(NAME, EMAIL, field_pair("code", direction=Direction.TO_CRM), field_pair("phone")),
    )
    operation = only(decided(alone(crm(name="Ada", email=None, code="C1")), sync))
    assert operation.values == {"Name": "Ada"}
    assert [(change.field, change.before, change.after, change.why) for change in operation.fields] == [
        ("name", None, "Ada", "new")
    ]


def test_of_two_field_pairs_that_share_a_native_field_the_first_fills_a_new_record() -> None:
    sync = replace(PEOPLE, pairs=(NAME, field_pair("nick", crm=("nick",), ledger=("Name",))))
    operation = only(decided(alone(crm(name="Ada", nick="Countess")), sync))
    assert operation.values == {"Name": "Ada"}
    assert [change.field for change in operation.fields] == ["name"]


# ── what the other side would refuse ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("known", "label"), [(True, "Code"), (False, "Number")])
def test_what_a_new_record_cannot_do_without_is_asked_for_by_its_label(known: bool, label: str) -> None:
    where = around(ledger=abilities(required_paths=("Code" if known else "Number",)))
    decision = decided(alone(crm(name="Ada")), where=where)
    assert (decision.state, decision.operations) == (SubjectState.NOT_READY, ())
    assert decision.reason == f"Tui needs a value for '{label}', and this record has none."
    assert decision.problem is not None
    assert decision.problem.cause is Cause.NOT_READY
    assert decision.problem.fix


def test_a_new_record_with_everything_it_needs_is_created() -> None:
    where = around(ledger=abilities(required_paths=("Name", "Email")))
    assert only(decided(alone(crm(name="Ada", email="a@x.test")), where=where)).act is Act.CREATE


LONG = FieldInfo("Name", "Name", max_length=3)
NO_COLON = FieldInfo("Name", "Name", forbidden="<:")
KEPT = FieldInfo("Name", "Name", writable=False)
CHOSEN = FieldInfo("Name", "Name", ValueType.OPTION, options={"eva": "Eva"})


@pytest.mark.parametrize(
    ("info", "value", "words"),
    [
        (LONG, "Augusta", "holds 3 characters"),
        (NO_COLON, "a:b", "may not contain :"),
        (KEPT, "Ada", "kept by the system itself"),
        (CHOSEN, "Ada", "has no option 'Ada'"),
    ],
    ids=["too long", "forbidden sign", "read only", "no such option"],
)
def test_a_value_that_does_not_fit_is_told_before_anything_is_sent(
    info: FieldInfo, value: str, words: str
) -> None:
    where = around(ledger_fields={"Name": info})
    new = decided(alone(crm(name=value)), where=where)
    assert (new.state, new.operations) == (SubjectState.EXCLUDED, ())
    assert words in new.reason
    changed = decided(
        linked(crm(name=value, email="a@x.test"), ledger(Name="Ed", Email="a@x.test"), base={"name": "Ed"}),
        where=where,
    )
    assert (changed.state, changed.operations) == (SubjectState.NOT_READY, ())
    assert words in changed.reason


def test_one_field_that_does_not_fit_does_not_hold_up_the_others() -> None:
    pair = linked(
        crm(name="Augusta", email="new@x.test"), ledger(Name="Ada", Email="ada@example.test"), base=AGREED
    )
    decision = decided(pair, where=around(ledger_fields={"Name": LONG}))
    assert only(decision).values == {"Email": "new@x.test"}
    assert decision.state is SubjectState.PENDING
    assert decision.problem is not None
    assert decision.problem.field == "Name"


def test_a_field_that_the_account_has_not_got_is_a_mistake_of_the_mapping() -> None:
    sync = replace(PEOPLE, pairs=(field_pair("shoe"),))
    decision = decided(alone(crm(shoe="42")), sync)
    assert decision.state is SubjectState.NOT_READY
    assert decision.problem is not None
    assert decision.problem.cause is Cause.INVALID
    assert "has no field 'Shoe'" in decision.problem.what


def test_a_number_never_falls_to_the_forbidden_signs_of_texts() -> None:
    sync = replace(PEOPLE, pairs=(field_pair("price", FieldType.MONEY),))
    price = FieldInfo("Price", "Price", ValueType.MONEY, forbidden=".")
    where = around(ledger_fields={"Price": price})
    assert only(decided(alone(crm(price=Decimal("1.5"))), sync, where)).values == {"Price": Decimal("1.5")}


def test_a_value_that_the_other_side_has_no_word_for_excludes_a_newcomer_and_holds_a_field() -> None:
    sync = replace(PEOPLE, pairs=(replace(NAME, lens=Speechless(FieldType.TEXT, FieldType.TEXT)), EMAIL))
    new = decided(alone(crm(name="unspeakable")), sync)
    assert (new.state, new.operations) == (SubjectState.EXCLUDED, ())
    assert new.reason.startswith("Tui has no way to say 'unspeakable' for 'name'")
    old = decided(
        linked(crm(name="unspeakable", email="a@x.test"), ledger(Name="Ada", Email="a@x.test"), base=AGREED),
        sync,
    )
    assert (old.state, old.operations) == (SubjectState.NOT_READY, ())


UNIQUE = abilities(unique_paths=("Name",))


def held_by(*ids: str) -> dict[tuple[Side, str, str], frozenset[str]]:
    return {(Side.LEDGER, "Name", "ada"): frozenset(ids)}


@pytest.mark.parametrize(
    ("holders", "told"),
    [
        (("B",), "'ADA' belongs to another contact there (B)."),
        (("B", CLAIM + "8"), "'ADA' belongs to another contact there (B)."),
        (
            (CLAIM + "8",),
            "'ADA' goes to another record that this plan would create or change, for the contact 8 in Kea.",
        ),
    ],
    ids=["a record", "a record and a planned one", "a planned record"],
)
def test_a_name_that_belongs_to_another_record_is_not_asked_for(holders: tuple[str, ...], told: str) -> None:
    where = around(ledger=UNIQUE, holders=held_by(*holders))
    new = decided(alone(crm("7", name="ADA")), where=where)
    assert (new.state, new.operations) == (SubjectState.NOT_READY, ())
    assert new.problem is not None
    assert new.problem.cause is Cause.TAKEN
    assert new.problem.what.endswith(told)
    renamed = linked(
        crm("7", name="Ada", email="a@x.test"), ledger(Name="Eva", Email="a@x.test"), base={"name": "Eva"}
    )
    assert decided(renamed, where=where).state is SubjectState.NOT_READY


def test_what_the_newer_change_won_and_cannot_be_written_yet_wins_again_after_our_own_write() -> None:
    """The ledger tells only when a whole record changed. After we wrote another field of it, that is our own moment, and no change of the name."""
    sync, where = replace(PEOPLE, conflicts=ConflictRule.NEWEST), around(ledger=UNIQUE, holders=held_by("B"))
    early, late = datetime(2026, 11, 2, 9, tzinfo=UTC), datetime(2026, 11, 2, 10, tzinfo=UTC)
    base = {"name": "Lea", "email": "o@x.test"}
    seen = replace(crm("7", name="Ada", email="n@x.test"), modified=late)
    before = replace(ledger(Name="Eva", Email="o@x.test"), modified=early)
    assert only(decided(linked(seen, before, base=base), sync, where)).values == {"Email": "n@x.test"}
    ours = replace(
        ledger(Name="Eva", Email="n@x.test"), modified=late + timedelta(minutes=1), since={"Name": early}
    )
    base = {**base, "email": "n@x.test"}
    again = decided(linked(seen, ours, base=base), sync, where)
    assert (again.state, again.operations) == (SubjectState.NOT_READY, ())
    free = only(decided(linked(seen, ours, base=base), sync, around(ledger=UNIQUE)))
    assert (free.side, free.values, free.fields[0].why) == (Side.LEDGER, {"Name": "Ada"}, Why.RULE_NEWEST)
    # Somebody wrote the name there since.
    newer = replace(ledger(Name="Mia", Email="n@x.test"), modified=ours.modified)
    assert only(decided(linked(seen, newer, base=base), sync, where)).side is Side.CRM


def test_a_tie_stays_a_tie_after_our_own_write_of_another_field() -> None:
    sync = replace(PEOPLE, conflicts=ConflictRule.NEWEST)
    at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    base = {"name": "Lea", "email": "o@x.test"}
    seen = replace(crm("7", name="Ada", email="o@x.test"), modified=at)
    ours = replace(
        ledger(Name="Eva", Email="o@x.test"), modified=at + timedelta(minutes=1), since={"Name": at}
    )
    tied = decided(linked(seen, ours, base=base), sync)
    assert (tied.state, tied.operations) == (SubjectState.CONFLICT, ())
    newer = decided(linked(seen, replace(ours, since={}), base=base), sync)
    assert only(newer).side is Side.CRM


def test_ones_own_name_and_ones_own_claim_are_in_nobodys_way() -> None:
    mine = decided(alone(crm("7", name="Ada")), where=around(ledger=UNIQUE, holders=held_by(CLAIM + "7")))
    assert only(mine).act is Act.CREATE
    respelled = linked(crm("7", name="Ada L"), ledger("A", Name="Ada"), base={"name": "Ada"})
    holders = {(Side.LEDGER, "Name", "ada l"): frozenset({"A", CLAIM + "7"})}
    assert only(decided(respelled, where=around(ledger=UNIQUE, holders=holders))).values == {"Name": "Ada L"}


def test_a_unique_field_that_is_not_written_is_not_looked_at() -> None:
    pair = linked(
        crm(name="Ada", email="n@x.test"), ledger(Name="Ada", Email="o@x.test"), base={"email": "o@x.test"}
    )
    operation = only(decided(pair, where=around(ledger=UNIQUE, holders=held_by("B"))))
    assert operation.values == {"Email": "n@x.test"}


# ── references ─────────────────────────────────────────────────────────────────────────────────────────────────────────

KAURI = Ref(Side.CRM, Kind.COMPANY, "55")
FERN = Ref(Side.LEDGER, Kind.CONTACT, "F")
PARTNERS = {KAURI: Ref(Side.LEDGER, Kind.CONTACT, "K"), FERN: Ref(Side.CRM, Kind.COMPANY, "66")}
COMING = {KAURI: Kind.CONTACT, FERN: Kind.COMPANY}
EMBEDDED = abilities(embedded_in=Kind.CONTACT, embedded_max=2, parent_path="Company")


def staff(where: Surroundings, **fields: str | None) -> Decision:
    return decided(alone(crm("7", **fields)), STAFF, where)


def test_only_fields_that_refer_on_both_sides_are_references() -> None:
    assert references(STAFF, around(STAFF).fields) == {
        "company": Reference({"company": Kind.COMPANY}, {"Company": Kind.CONTACT})
    }
    text = around(ledger_fields={"Company": FieldInfo("Company", "Company")})
    assert references(STAFF, text.fields) == {}
    plain = replace(STAFF, pairs=(NAME, replace(COMPANY, lens=NAME.lens)))
    assert references(plain, around().fields) == {}
    constant = replace(STAFF, pairs=(field_pair("code"), field_pair("unheard_of")))
    assert references(constant, around(STAFF).fields) == {}


def test_a_reference_is_written_as_the_partners_id() -> None:
    operation = only(staff(around(STAFF, ledger=EMBEDDED, partners=PARTNERS), name="Ada", company="55"))
    assert operation.values == {"Name": "Ada", "Company": "K"}
    assert operation.waits_for == ()
    across = decided(
        alone(ledger("P", kind=Kind.CONTACT_PERSON, Name="Ada", Company="F")),
        STAFF,
        around(STAFF, partners=PARTNERS),
    )
    assert only(across).values == {"name": "Ada", "company": "66"}


def test_a_reference_to_a_record_that_is_only_planned_waits_for_it() -> None:
    operation = only(staff(around(STAFF, ledger=EMBEDDED, coming=COMING), name="Ada", company="55"))
    assert operation.waits_for == (KAURI,)
    assert operation.values["Company"] == str(KAURI)
    across = decided(
        alone(ledger("P", kind=Kind.CONTACT_PERSON, Name="Ada", Company="F")),
        STAFF,
        around(STAFF, coming=COMING),
    )
    assert only(across).waits_for == (FERN,)


def test_a_part_of_a_record_without_a_partner_is_not_ready_yet() -> None:
    decision = staff(around(STAFF, ledger=EMBEDDED), name="Ada", company="55")
    assert (decision.state, decision.operations) == (SubjectState.NOT_READY, ())
    assert decision.problem is not None
    assert (decision.problem.cause, decision.problem.field) == (Cause.NOT_READY, "Company")


def test_a_part_that_left_the_record_that_held_it_is_not_ready_and_not_torn_out() -> None:
    pair = linked(
        crm(name="Augusta", company=None),
        ledger("P", kind=Kind.CONTACT_PERSON, Name="Ada", Company="F"),
        sync=STAFF,
        base={"name": "Ada", "company": "F"},
    )
    decision = decided(pair, STAFF, around(STAFF, ledger=EMBEDDED, partners=PARTNERS))
    assert only(decision).values == {"Name": "Augusta"}
    assert decision.problem is not None
    assert (decision.problem.cause, decision.problem.field) == (Cause.NOT_READY, "Company")


def test_a_reference_to_a_ledger_record_without_a_partner_is_not_ready_yet() -> None:
    person = ledger("P", kind=Kind.CONTACT_PERSON, Name="Ada", Company="F")
    decision = decided(alone(person), STAFF, around(STAFF))
    assert (decision.state, decision.operations) == (SubjectState.NOT_READY, ())
    assert "has no partner in Kea yet" in decision.reason


def test_a_reference_without_a_partner_never_empties_the_one_across() -> None:
    pair = linked(
        crm(name="Ada", company="55"),
        ledger("P", kind=Kind.CONTACT_PERSON, Name="Ada", Company="F"),
        sync=STAFF,
        base={"name": "Ada", "company": "F"},
    )
    decision = decided(pair, STAFF, around(STAFF))
    assert (decision.state, decision.operations) == (SubjectState.IN_STEP, ())


def test_a_reference_that_was_emptied_travels_as_emptiness() -> None:
    pair = linked(
        crm(name="Ada", company=None),
        ledger("P", kind=Kind.CONTACT_PERSON, Name="Ada", Company="F"),
        sync=STAFF,
        base={"name": "Ada", "company": "F"},
    )
    assert only(decided(pair, STAFF, around(STAFF, partners=PARTNERS))).values == {"Company": None}
    back = linked(
        crm(name="Ada", company="55"),
        ledger("P", kind=Kind.CONTACT_PERSON, Name="Ada", Company=None),
        sync=STAFF,
        base={"name": "Ada", "company": "K"},
    )
    assert only(decided(back, STAFF, around(STAFF, partners=PARTNERS))).values == {"company": None}


@pytest.mark.parametrize(("inside", "fits"), [(1, True), (2, False)])
def test_a_record_that_holds_others_holds_only_so_many(inside: int, fits: bool) -> None:
    where = around(STAFF, ledger=EMBEDDED, partners=PARTNERS, crowds={"K": inside})
    decision = staff(where, name="Ada", company="55")
    assert bool(decision.operations) is fits
    if not fits:
        assert decision.state is SubjectState.EXCLUDED
        assert (
            decision.reason == "Tui holds at most 2 people in one contact, and there are that many already."
        )


def test_a_crowd_whose_holder_has_no_kind_of_its_own_is_named_by_its_own_kind() -> None:
    where = around(STAFF, ledger=replace(EMBEDDED, embedded_in=None), partners=PARTNERS, crowds={"K": 2})
    assert "in one contact person," in staff(where, name="Ada", company="55").reason


def test_a_crm_record_without_references_is_translated_into_itself() -> None:
    seen = crm(name="Ada", company=None)
    assert translated(STAFF, seen, around(STAFF)) is seen
    told = translated(STAFF, crm(company="55", name="Ada"), around(STAFF, partners=PARTNERS))
    assert told.fields == {"company": "K", "name": "Ada"}


# ── the same knowledge, the same decision ──────────────────────────────────────────────────────────────────────────────


def test_deciding_again_after_the_write_finds_nothing_left_to_do() -> None:
    """Repeated runs are free of writes."""
    before = linked(crm(name="Augusta", email="a@x.test"), ledger(Name="Ada", Email="b@x.test"), base=AGREED)
    sync = replace(PEOPLE, conflicts=ConflictRule.CRM)
    held: Mapping[Side, dict[str, object]] = {
        Side.CRM: dict(before.crm.fields),
        Side.LEDGER: dict(before.ledger.fields),
    }
    for operation in decided(before, sync).operations:
        held[operation.side].update(operation.values)
    after = linked(crm(**held[Side.CRM]), ledger(**held[Side.LEDGER]), base=AGREED)  # type: ignore[arg-type]
    decision = decided(after, sync)
    assert (decision.state, decision.operations) == (SubjectState.IN_STEP, ())


def test_leaving_a_list_of_persons_is_no_archiving_that_travels() -> None:
    """Who is no longer kept in a contact may stand elsewhere, or under a new e-mail; nothing is archived in the other system for that."""
    sync = replace(STAFF, deletion=DeletionRule.ARCHIVE)
    pair = linked(crm("1", name="Ada"), ledger("K/ada", Standing.ARCHIVED, Name="Ada"))
    decision = decide(sync, pair, around(STAFF, ledger=EMBEDDED, partners=PARTNERS))
    assert (decision.state, decision.operations) == (SubjectState.ENDED, ())
    assert decision.link is not None
    assert decision.link.state is LinkState.DORMANT
    assert only(decide(sync, pair, around(STAFF))).act is Act.ARCHIVE
