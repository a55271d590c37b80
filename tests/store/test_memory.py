"""Links, signals, cursors, plans, operations, subjects, questions, history, runs and connections. All on both databases."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from tests.store.children import START

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.links import Link, LinkState, Verdict
from crossfoot.model.operations import Act, FieldChange, Operation, OperationState
from crossfoot.model.problems import Cause, Problem
from crossfoot.model.subjects import SubjectState
from crossfoot.store import (
    connections,
    cursors,
    history,
    links,
    operations,
    plans,
    reviews,
    runs,
    signals,
    subjects,
)
from crossfoot.store.connections import Connection, ConnectionState
from crossfoot.store.database import Collision, Database
from crossfoot.store.history import Line
from crossfoot.store.reviews import Review, ReviewKind
from crossfoot.store.runs import Halt, Run, RunState

LATER = START + timedelta(minutes=1)
PROBLEM = Problem(Cause.TAKEN, "The name is taken.", "Rename one.", "Name", "said")


def contact(record_id: str, side: Side = Side.CRM) -> Ref:
    return Ref(side, Kind.CONTACT, record_id)


# ── links ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_link_comes_back_as_it_was(database: Database) -> None:
    link = Link(
        "l",
        "people",
        "1",
        "x",
        {"price": Decimal("1.10"), "email": None},
        {"name": Verdict(Side.LEDGER, "Ada", None)},
        {"phone": "an undone write"},
        LinkState.EXCLUDED,
        "a filter",
    )
    async with database.write() as tx:
        await links.put(tx, "c", [link], START)
        assert await links.by_ids(tx, "c", ["l", "m"]) == {"l": link}
        assert await links.by_side_ids(tx, "c", "people", Side.CRM, ["1", "x"]) == {"1": link}
        assert await links.by_side_ids(tx, "c", "people", Side.LEDGER, ["1", "x"]) == {"x": link}
        assert await links.by_side_ids(tx, "c", "companies", Side.CRM, ["1"]) == {}
        assert await links.by_side_ids(tx, "d", "people", Side.CRM, ["1"]) == {}


@pytest.mark.parametrize("second", [Link("b", "s", "1", "y"), Link("b", "s", "2", "x")])
async def test_a_record_is_in_at_most_one_link(database: Database, second: Link) -> None:
    async def link_both() -> None:
        async with database.write() as tx:
            await links.put(tx, "c", [Link("a", "s", "1", "x"), second], START)

    with pytest.raises(Collision):
        await link_both()
    async with database.read() as tx:
        assert await links.counts(tx, "c") == {}


async def test_an_ended_link_is_remembered_and_its_records_may_be_linked_again(database: Database) -> None:
    first = Link("a", "s", "1", "x")
    ended = replace(first, state=LinkState.ENDED, reason="archived")
    again = Link("b", "s", "1", "y")
    async with database.write() as tx:
        await links.put(tx, "c", [first], START)
        await links.put(tx, "c", [again, ended], LATER)
        assert await links.by_side_ids(tx, "c", "s", Side.CRM, ["1"]) == {"1": again}
        assert await links.ended_by_side_ids(tx, "c", "s", Side.CRM, ["1"]) == {"1": [ended]}
        assert await links.ended_by_side_ids(tx, "c", "s", Side.LEDGER, ["x", "y"]) == {"x": [ended]}
        assert await links.counts(tx, "c") == {("s", LinkState.ACTIVE): 1, ("s", LinkState.ENDED): 1}


async def test_links_are_paged_in_order_and_forgotten_on_request(database: Database) -> None:
    made = [Link(f"l{n}", "s", str(n), str(n)) for n in range(5)]
    made[3] = replace(made[3], state=LinkState.ENDED)
    async with database.write() as tx:
        await links.put(tx, "c", made, START)
        assert await links.page(tx, "c", "s", limit=2) == made[:2]
        assert await links.page(tx, "c", "s", "l1") == made[2:]
        assert await links.page(tx, "c", "s", state=LinkState.ENDED) == [made[3]]
        assert await links.forget(tx, "c", "s") == 5
        assert await links.page(tx, "c", "s") == []


# ── signals ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_signal_that_comes_while_work_is_under_way_outlives_that_work(database: Database) -> None:
    async with database.write() as tx:
        await signals.note(tx, "c", "s", [contact("1"), contact("2")], False, START)
        taken = await signals.take(tx, "c", "s", 10)
        await signals.note(tx, "c", "s", [contact("1")], False, LATER)
        await signals.clear(tx, "c", "s", [(each.side, each.id, each.generation) for each in taken])
        (left,) = await signals.take(tx, "c", "s", 10)
    assert left.ref == contact("1")
    assert left.generation > max(each.generation for each in taken)


async def test_a_signal_that_asks_for_a_read_outlives_work_that_did_not_read(database: Database) -> None:
    async with database.write() as tx:
        await signals.note(tx, "c", "s", [contact("1")], False, START)
        before = await signals.generation(tx)  # here a read is sent
        await signals.note(tx, "c", "s", [contact("1")], True, LATER)
        await signals.read(tx, "c", [contact("1")], before)  # and here its answer comes
        (taken,) = await signals.take(tx, "c", "s", 10)
        done = [(taken.side, taken.id, taken.generation)]
        await signals.clear(tx, "c", "s", done)
        assert await signals.take(tx, "c", "s", 10) == [taken], (
            "the read cannot have shown what was signalled after it"
        )
        await signals.read(tx, "c", [contact("1")])
        await signals.clear(tx, "c", "s", done)
        assert await signals.take(tx, "c", "s", 10) == []


async def test_a_generation_is_never_used_again_even_after_everything_was_cleared(database: Database) -> None:
    async with database.write() as tx:
        await signals.note(tx, "c", "s", [contact("1")], False, START)
        (old,) = await signals.take(tx, "c", "s", 10)
        await signals.clear(tx, "c", "s", [(old.side, old.id, old.generation)])
        await signals.note(tx, "c", "s", [contact("1")], False, START)
        # A second worker that took the first signal too finishes only now.
        await signals.clear(tx, "c", "s", [(old.side, old.id, old.generation)])
        assert len(await signals.take(tx, "c", "s", 10)) == 1


async def test_a_signal_stays_unread_until_a_read_that_began_after_it(database: Database) -> None:
    async with database.write() as tx:
        await signals.note(tx, "c", "s", [contact("1")], True, START)
        await signals.note(tx, "c", "s", [contact("1")], False, START)
        await signals.note(tx, "c", "t", [contact("1"), contact("2")], True, START)
        began = await signals.generation(tx)
        await signals.note(tx, "c", "t", [contact("2")], True, START)
        await signals.read(tx, "c", [contact("1"), contact("2")], began)
        assert await signals.counts(tx, "c") == {"s": (1, 0), "t": (2, 1)}
        assert [each.id for each in await signals.take(tx, "c", "t", 10, unread=True)] == ["2"]
        assert [each.id for each in await signals.take(tx, "c", "t", 10, unread=False)] == ["1"]
        await signals.read(tx, "c", [contact("2")])
        assert await signals.counts(tx, "c") == {"s": (1, 0), "t": (2, 0)}


async def test_signals_are_taken_oldest_first_and_what_cannot_go_on_holds_up_nobody(
    database: Database,
) -> None:
    async with database.write() as tx:
        for minute, record_id in enumerate(["3", "1", "2"]):
            at = START + timedelta(minutes=minute)
            await signals.note(tx, "c", "s", [contact(record_id)], False, at)
        await signals.note(tx, "c", "s", [contact("3")], False, START + timedelta(hours=1))
        assert [each.id for each in await signals.take(tx, "c", "s", 2)] == ["3", "1"]
        await signals.postpone(tx, "c", "s", [(Side.CRM, "3")], START + timedelta(hours=2))
        assert [each.id for each in await signals.take(tx, "c", "s", 3)] == ["1", "2", "3"]
        await signals.forget(tx, "c", "s")
        assert await signals.take(tx, "c", "s", 3) == []


async def test_a_walk_over_the_signals_shows_each_once(database: Database) -> None:
    refs = [contact(record_id, side) for side in Side for record_id in ("1", "10", "2")]
    found: list[Ref] = []
    async with database.write() as tx:
        await signals.note(tx, "c", "s", refs, False, START)
        while page := await signals.page(tx, "c", "s", found[-1] if found else None, 2):
            found += [each.ref for each in page]
        await signals.note(tx, "c", "s", refs[:1], True, START)
        waiting = await signals.generations(tx, "c", "s", [*refs, contact("none")])
        known = await signals.generations(tx, "c", "s", refs, unread=False)
    assert found == sorted(refs)
    assert waiting.keys() == set(refs)
    assert known.keys() == set(refs[1:])


async def test_noting_nothing_is_nothing(database: Database) -> None:
    async with database.write() as tx:
        await signals.note(tx, "c", "s", [], True, START)
        assert await signals.generation(tx) == 0


# ── cursors and plans ─────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_cursor_remembers_the_last_complete_listing(database: Database) -> None:
    async with database.write() as tx:
        assert await cursors.get(tx, "c", Side.CRM, Kind.CONTACT) is None
        await cursors.put(tx, "c", Side.CRM, Kind.CONTACT, "one", START, START)
        await cursors.put(tx, "c", Side.CRM, Kind.CONTACT, "two", LATER)
        assert await cursors.get(tx, "c", Side.CRM, Kind.CONTACT) == cursors.Cursor("two", LATER, START)
        assert list(await cursors.all_of(tx, "c")) == [(Side.CRM, Kind.CONTACT)]
        await cursors.forget(tx, "c", Side.CRM, Kind.CONTACT)
        assert await cursors.all_of(tx, "c") == {}


async def test_a_new_plan_takes_the_place_of_open_ones(database: Database) -> None:
    async with database.write() as tx:
        await plans.put(tx, "c", plans.Plan("a", START, rests_on={"people": 3, "items": None}))
        await plans.put(tx, "c", plans.Plan("b", LATER))
        await plans.set_state(tx, "c", "a", plans.PlanState.APPLIED)
        await plans.supersede_open(tx, "c")
        assert await plans.get(tx, "c", "a") == plans.Plan(
            "a", START, plans.PlanState.APPLIED, {"people": 3, "items": None}
        )
        assert [each.state for each in await plans.latest(tx, "c")] == [plans.PlanState.SUPERSEDED]
        assert await plans.get(tx, "d", "a") is None


# ── operations ────────────────────────────────────────────────────────────────────────────────────────────────────────


def create(record_id: str) -> Operation:
    return Operation(
        "people",
        Act.CREATE,
        Side.LEDGER,
        Kind.CONTACT,
        record_id,
        None,
        {"Name": f"Ada {record_id}", "Limit": Decimal("1.10")},
        (FieldChange("name", None, "Ada", "new", overrules=True),),
        "new in HubSpot",
        f"hubspot:1:contact:{record_id}",
        (contact("7"),),
        id=f"o{record_id}",
    )


async def ids_in(database: Database, state: OperationState) -> Sequence[str]:
    async with database.read() as tx:
        found = await operations.by_plan(tx, "c", "p")
    return [each.operation.id for each in found if each.state is state]


async def test_an_operation_comes_back_as_it_was_in_the_order_of_its_plan(database: Database) -> None:
    first, second, third = create("3"), create("1"), create("2")
    async with database.write() as tx:
        await operations.put(tx, "c", "p", [first, second], START)
        await operations.put(tx, "c", "p", [third], LATER)
        found = await operations.planned(tx, "c", "p", "people", act=Act.CREATE, side=Side.LEDGER)
        assert [operation for _, operation in found] == [first, second, third]
        rest = await operations.planned(
            tx, "c", "p", "people", act=Act.CREATE, side=Side.LEDGER, after=found[0][0], limit=1
        )
        assert rest == found[1:2]
        assert await operations.planned(tx, "c", "p", "people", act=Act.CREATE, side=Side.CRM) == []
        assert await operations.planned_by_act(tx, "c", "p", "people") == {(Act.CREATE, Side.LEDGER): 3}
        assert await operations.planned_creates(tx, "c", "people", Side.CRM, ["1", "9"]) == {"1"}
        assert await operations.planned_creates(tx, "c", "people", Side.LEDGER, ["1", "9"]) == frozenset()


async def test_an_operation_goes_from_intention_to_its_end_with_its_attempts_counted(
    database: Database,
) -> None:
    async with database.write() as tx:
        await operations.put(tx, "c", "p", [create("1"), create("2"), create("3")], START)
        assert await operations.intend(tx, "c", ["o1", "o2"], run="r", now=START) == {"o1": 1, "o2": 1}
        assert [each.id for each in await operations.unfinished(tx, "c")] == ["o1", "o2"]
        await operations.release(tx, "c", ["o1"])
        assert await operations.intend(tx, "c", ["o1"], run="r", now=LATER) == {"o1": 2}
        first = [
            operations.Settlement("o1", OperationState.APPLIED, record_id="x"),
            operations.Settlement("o2", OperationState.UNKNOWN, note="no answer"),
        ]
        await operations.settle_each(tx, "c", first, LATER)
        assert [each.id for each in await operations.unfinished(tx, "c")] == ["o2"]
        assert await operations.settled_among(tx, "c", ["o1", "o2", "o3"]) == {"o1"}
        refusal = operations.Settlement("o2", OperationState.REFUSED, problem=PROBLEM)
        await operations.settle_each(tx, "c", [refusal], LATER)
        await operations.settle_many(tx, "c", ["o3"], OperationState.SUPERSEDED, run="r", now=LATER)
        applied, refused, superseded = await operations.by_ids(tx, "c", ["o1", "o2", "o3"])
    assert applied.operation.ledger_id == "x"
    assert applied.operation.crm_id == "1"
    assert (applied.attempts, applied.sent_at, applied.settled_at, applied.run) == (2, LATER, LATER, "r")
    assert refused.operation.problem == PROBLEM
    assert superseded.state is OperationState.SUPERSEDED


async def test_a_new_plan_supersedes_what_was_not_begun_and_nothing_else(database: Database) -> None:
    async with database.write() as tx:
        await operations.put(tx, "c", "p", [create("1"), create("2")], START)
        await operations.put(tx, "d", "q", [create("8")], START)
        await operations.intend(tx, "c", ["o1"], run="r", now=START)
        await operations.supersede_planned(tx, "c", LATER)
        assert await operations.planned_by_act(tx, "d", "q", "people") == {(Act.CREATE, Side.LEDGER): 1}
    assert await ids_in(database, OperationState.INTENDED) == ["o1"]
    assert await ids_in(database, OperationState.SUPERSEDED) == ["o2"]


async def test_what_was_done_about_a_record_is_found_by_either_end_and_counted(database: Database) -> None:
    link = Operation("people", Act.LINK, Side.CRM, Kind.CONTACT, "1", "x", id="l")
    undo = replace(create("2"), undoes="o1", id="u")
    company = replace(create("1"), sync="companies", id="k")
    async with database.write() as tx:
        await operations.put(tx, "c", "p", [create("1"), link, undo, company], START)
        await operations.intend(tx, "c", ["o1"], run="r", now=START)
        by_crm = await operations.of_record(tx, "c", contact("1"), ["people"])
        by_ledger = await operations.of_record(tx, "c", contact("x", Side.LEDGER), ["people", "companies"])
        assert [each.operation.id for each in by_crm] == ["l", "o1"]
        assert [each.operation.id for each in by_ledger] == ["l"]
        assert [each.operation.id for each in await operations.of_run(tx, "c", "r")] == ["o1"]
        assert [each.operation.id for each in await operations.undoing(tx, "c", ["o1"])] == ["u"]
        assert await operations.planned_pairs(tx, "c", "p", ["1", "2"]) == {link.place}
        expected = {
            ("companies", Act.CREATE, Side.LEDGER, OperationState.PLANNED): 1,
            ("people", Act.CREATE, Side.LEDGER, OperationState.INTENDED): 1,
            ("people", Act.CREATE, Side.LEDGER, OperationState.PLANNED): 1,
            ("people", Act.LINK, Side.CRM, OperationState.PLANNED): 1,
        }
        assert await operations.counts(tx, "c") == await operations.counts(tx, "c", plan="p") == expected
        assert list((await operations.counts(tx, "c", run="r")).values()) == [1]


async def test_how_a_record_stands_is_remembered_with_since_when(database: Database) -> None:
    ref, other = contact("1"), contact("1", Side.LEDGER)
    async with database.write() as tx:
        await subjects.put(tx, "c", "s", [(ref, SubjectState.FAILED, "taken", PROBLEM)], START)
        await subjects.put(tx, "c", "s", [(ref, SubjectState.FAILED, "still taken", None)], LATER)
        await subjects.put(tx, "c", "s", [(other, SubjectState.IN_STEP, "", None)], LATER)
        found = await subjects.get(tx, "c", "s", [ref, contact("2")])
        assert found == {ref: subjects.Stood(ref, SubjectState.FAILED, "still taken", None, START)}
        assert [each.ref for each in await subjects.page(tx, "c", "s", SubjectState.IN_STEP)] == [other]
        assert await subjects.page(tx, "c", "s", SubjectState.IN_STEP, other) == []
        assert await subjects.counts(tx, "c") == {
            ("s", Side.CRM, SubjectState.FAILED): 1,
            ("s", Side.LEDGER, SubjectState.IN_STEP): 1,
        }
        await subjects.put(tx, "c", "s", [(ref, SubjectState.IN_STEP, "", None)], LATER)
        assert (await subjects.get(tx, "c", "s", [ref]))[ref].since == LATER
        await subjects.forget(tx, "c", "s")
        assert await subjects.counts(tx, "c") == {}


# ── questions ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def question(record_id: str, value: str) -> Review:
    return Review(
        record_id, "s", ReviewKind.CONFLICT, START, "1", "x", "email", {"link": "l"}, {"crm": value}
    )


async def test_a_question_asked_again_while_open_stays_the_same_one_with_todays_values(
    database: Database,
) -> None:
    async with database.write() as tx:
        await reviews.ask(tx, "c", [question("r1", "old")])
        await reviews.ask(tx, "c", [question("r2", "new")])
        assert await reviews.waiting(tx, "c") == [replace(question("r1", "old"), shown={"crm": "new"})]
        assert await reviews.counts(tx, "c") == {("s", ReviewKind.CONFLICT): 1}
        assert len(await reviews.waiting_on(tx, "c", "s", Side.CRM, ["1"])) == 1
        assert len(await reviews.waiting_on(tx, "c", "s", Side.LEDGER, ["x"])) == 1
        assert await reviews.waiting_on(tx, "c", "s", Side.LEDGER, ["1"]) == []


async def test_a_question_is_answered_once_and_may_be_asked_anew_after_that(database: Database) -> None:
    async with database.write() as tx:
        await reviews.ask(tx, "c", [question("r1", "a")])
        assert await reviews.resolve(tx, "c", "r1", "crm", LATER, "ada")
        assert not await reviews.resolve(tx, "c", "r1", "ledger", LATER, "bob")
        answered = await reviews.get(tx, "c", "r1")
        assert answered == replace(
            question("r1", "a"), open=False, decision="crm", decided_at=LATER, decided_by="ada"
        )
        await reviews.ask(tx, "c", [question("r2", "b")])
        await reviews.withdraw(tx, "c", ["r2"], LATER)
        gone = await reviews.get(tx, "c", "r2")
        assert gone is not None
        assert (gone.open, gone.decision) == (False, None)
        assert [each.id for each in await reviews.of_record(tx, "c", contact("1"), ["s"])] == ["r1", "r2"]
        assert await reviews.of_record(tx, "c", contact("1"), ["t"]) == []
        await reviews.forget(tx, "c", "s")
        assert await reviews.get(tx, "c", "r1") is None


async def test_records_that_a_person_keeps_apart_are_told_from_both_ends(database: Database) -> None:
    async with database.write() as tx:
        pairs = [("a", "1", "x"), ("b", "1", "y"), ("d", "2", "x")]
        await reviews.keep_apart(tx, "c", "s", pairs, START, "ada")
        assert await reviews.kept_apart(tx, "c", "s", Side.CRM, ["1", "3"]) == {"1": frozenset("xy")}
        assert await reviews.kept_apart(tx, "c", "s", Side.LEDGER, ["x"]) == {"x": frozenset("12")}
        assert await reviews.kept_apart(tx, "c", "t", Side.CRM, ["1"]) == {}
        assert await reviews.waiting(tx, "c") == []


# ── history, runs, connections ────────────────────────────────────────────────────────────────────────────────────────


async def test_history_is_read_from_its_end_and_a_line_is_never_added_twice_or_changed(
    database: Database,
) -> None:
    lines = [Line(f"h{n}", START, "s", "e", f"line {n}", "r", "1", "x", {"n": n}) for n in range(5)]
    async with database.write() as tx:
        await history.add(tx, "c", lines)
        await history.add(tx, "c", [replace(lines[0], text="another past")])
        newest = await history.tail(tx, "c", 2)
        assert newest == [lines[4], lines[3]]
        assert await history.tail(tx, "c", 9, newest[-1]) == [lines[2], lines[1], lines[0]]
        assert await history.of_run(tx, "c", "r") == lines
        assert len(await history.of_record(tx, "c", contact("1"), ["s"])) == 5
        assert len(await history.of_record(tx, "c", contact("x", Side.LEDGER), ["s"], 3)) == 3
        assert await history.of_record(tx, "c", contact("1"), ["t"]) == []


async def test_a_run_is_remembered_as_it_stands(database: Database) -> None:
    run = Run("r", "manual", START)
    async with database.write() as tx:
        await runs.put(tx, "c", run)
        assert await runs.get(tx, "c", "r") == run
        ended = replace(run, ended_at=LATER, state=RunState.FAILED, counts={"applied": 3}, problem=PROBLEM)
        await runs.put(tx, "c", ended)
        assert await runs.latest(tx, "c") == [ended]


async def test_a_halt_keeps_its_first_reason_until_a_person_releases_it(database: Database) -> None:
    async with database.write() as tx:
        await runs.halt(tx, "c", Halt("s", "emptied", START, {"what": "all gone"}))
        await runs.halt(tx, "c", Halt("s", "mass_change", LATER))
        assert await runs.halted(tx, "c") == {"s": Halt("s", "emptied", START, {"what": "all gone"})}
        assert await runs.release(tx, "c", "s", LATER, "ada")
        assert not await runs.release(tx, "c", "s", LATER, "ada")
        assert await runs.halted(tx, "c") == {}
        await runs.halt(tx, "c", Halt("s", "mass_change", LATER))
        assert list(await runs.halted(tx, "c")) == ["s"]


async def test_a_connection_is_found_by_its_id_and_its_name(database: Database) -> None:
    made = Connection("1", "Shop", START, "version: 1\n", "hubspot:1", "xero:2")
    async with database.write() as tx:
        await connections.put(tx, made)
        await connections.put(tx, Connection("2", "Bakery", START))
        changed = replace(made, state=ConnectionState.NEEDS_CONSENT, settings="version: 2\n")
        await connections.put(tx, changed)
        assert await connections.get(tx, "1") == changed
        assert await connections.by_name(tx, "Shop") == changed
        assert await connections.by_name(tx, "shop") is None
        assert [each.name for each in await connections.every(tx)] == ["Bakery", "Shop"]
