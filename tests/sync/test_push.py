"""From an operation to a write, and from what came back to what became of it. Unknown is resolved by looking, never by repeating."""

from typing import Any

import pytest
from tests.sync.given import PEOPLE, STAFF, abilities, crm, ledger

from crossfoot.model.abilities import KindAbilities
from crossfoot.model.identity import Kind, Side
from crossfoot.model.operations import Act, FieldChange, Operation, OperationState
from crossfoot.model.problems import Cause, Problem
from crossfoot.model.records import Observation, Standing
from crossfoot.sync.push import Lookup, Outcome, batch_size, holds, lookup, outcome, resolved, to_write
from crossfoot.systems.port import Action, Answer, Applied, Refused, Unknown, Wait


def operation(act: Act = Act.CREATE, **more: Any) -> Operation:
    told = {"values": {"Name": "Ada"}, "id": "0001", "ledger_id": None if act is Act.CREATE else "A", **more}
    told.setdefault("fields", (FieldChange("name", None, "Ada", "new"),))
    return Operation("people", act, Side.LEDGER, Kind.CONTACT, "1", **told)


def test_each_act_is_sent_in_the_batches_that_the_system_takes() -> None:
    sizes = abilities(create_batch=3, update_batch=7, archive_batch=0)
    assert [
        batch_size(act, sizes) for act in (Act.CREATE, Act.UPDATE, Act.ARCHIVE, Act.LINK, Act.UNLINK)
    ] == [
        3,
        7,
        1,
        100,
        100,
    ]


def test_a_write_says_exactly_what_the_operation_says_and_each_attempt_has_its_own_id() -> None:
    write = to_write(operation(key="kea:1:contact:1"), 2, {"Email": "a@x.test"})
    assert (write.operation, write.action, write.kind, write.id) == (
        "0001.2",
        Action.CREATE,
        Kind.CONTACT,
        None,
    )
    assert (write.values, write.key, write.seen) == (
        {"Name": "Ada"},
        "kea:1:contact:1",
        {"Email": "a@x.test"},
    )
    assert to_write(operation(Act.UPDATE), 1, {}).id == "A"
    assert to_write(operation(), 1, {}).operation != to_write(operation(), 2, {}).operation


TAKEN = Problem(Cause.TAKEN, "The name is taken.", "Rename one.")


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        (Applied("A", ledger()), Outcome(OperationState.APPLIED, "A", ledger())),
        (Applied("A"), Outcome(OperationState.APPLIED, "A")),
        (Refused(TAKEN, "B"), Outcome(OperationState.REFUSED, problem=TAKEN, twin="B")),
        (Unknown("no answer"), Outcome(OperationState.UNKNOWN, note="no answer")),
        (Wait("too many", 30), Outcome(OperationState.PLANNED, wait_seconds=30, note="too many")),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_answer_means_one_of_applied_refused_unknown_and_wait(answer: Answer, meaning: Outcome) -> None:
    assert outcome(answer) == meaning


UNIQUE = abilities(unique_paths=("Code", "Name"))
KEYED = abilities(key_path="Number", unique_paths=("Name",))
EMBEDDED = abilities(key_path="Number", embedded_in=Kind.CONTACT, parent_path="Contact")


@pytest.mark.parametrize(
    ("asked", "can", "look"),
    [
        (operation(Act.UPDATE), KEYED, Lookup(record_id="A")),
        (operation(Act.ARCHIVE), KEYED, Lookup(record_id="A")),
        (operation(key="k"), KEYED, Lookup(path="Number", value="k")),
        (operation(key=None), KEYED, Lookup(path="Name", value="Ada")),
        (operation(), UNIQUE, Lookup(path="Name", value="Ada")),
        (operation(values={"Name": None, "Code": True}), UNIQUE, None),
        (operation(key="k"), abilities(), None),
        (operation(key="k", values={"Contact": "K"}), EMBEDDED, Lookup(record_id="K/")),
    ],
    ids=["update", "archive", "key", "no key", "unique", "nothing unique", "no way", "inside another"],
)
def test_an_unknown_outcome_is_looked_up_by_what_only_our_record_has(
    asked: Operation, can: KindAbilities, look: Lookup | None
) -> None:
    assert lookup(asked, can) == look


def gone(standing: Standing) -> Observation:
    return ledger("A", standing, Name="Ada")


@pytest.mark.parametrize(
    ("act", "found", "state"),
    [
        (Act.CREATE, None, OperationState.SUPERSEDED),
        (Act.CREATE, ledger("N", Name="Ada"), OperationState.APPLIED),
        (Act.CREATE, gone(Standing.ARCHIVED), OperationState.APPLIED),
        (Act.CREATE, gone(Standing.MERGED), OperationState.APPLIED),
        (Act.CREATE, gone(Standing.ERASED), OperationState.SUPERSEDED),
        (Act.UPDATE, None, OperationState.SUPERSEDED),
        (Act.UPDATE, ledger("A", Name="Ada"), OperationState.APPLIED),
        (Act.UPDATE, ledger("A", Name="Eva"), OperationState.SUPERSEDED),
        (Act.UPDATE, ledger("A"), OperationState.SUPERSEDED),
        (Act.UPDATE, gone(Standing.ARCHIVED), OperationState.SUPERSEDED),
        (Act.ARCHIVE, gone(Standing.ARCHIVED), OperationState.APPLIED),
        (Act.ARCHIVE, ledger("A", Name="Ada"), OperationState.SUPERSEDED),
        (Act.ARCHIVE, gone(Standing.MISSING), OperationState.SUPERSEDED),
    ],
)
def test_a_look_proves_that_it_happened_or_it_is_planned_anew(
    act: Act, found: Observation | None, state: OperationState
) -> None:
    came = resolved(PEOPLE, operation(act), found)
    assert (came.state, came.seen) == (state, found)
    if state is OperationState.APPLIED:
        assert found is not None
        assert came.record_id == found.ref.id
    else:
        assert came.record_id is None


def test_a_record_holds_what_was_written_as_the_field_compares_it() -> None:
    change = FieldChange("email", None, "ada@example.test", "new")
    assert holds(PEOPLE, operation(fields=(change,)), ledger(Email="ADA@example.test"))
    assert not holds(PEOPLE, operation(fields=(change,)), ledger(Email="eva@example.test"))
    assert not holds(PEOPLE, operation(fields=(change,)), ledger(Name="not told"))
    back = Operation("staff", Act.UPDATE, Side.CRM, Kind.CONTACT, "1", "A", fields=(change,))
    assert not holds(PEOPLE, back, crm(email=None))
    assert holds(STAFF, operation(fields=()), ledger())
