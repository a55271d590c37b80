"""The promises of `write`, asked of every system."""

import pytest
from tests.systems.contract.subjects import Sent, Subject

from crossfoot.model.problems import Cause
from crossfoot.model.records import Standing
from crossfoot.systems.port import Action, Answer, Applied, Refused, Unknown, Wait, Write
from crossfoot_sandbox.faults import Kind as Fault


def applied(answer: Answer) -> Applied:
    assert isinstance(answer, Applied), answer
    return answer


def refused(answer: Answer) -> Refused:
    assert isinstance(answer, Refused), answer
    return answer


async def made(subject: Subject, number: int = 1) -> str:
    [answer] = await subject.write(subject.new(number))
    return applied(answer).id


def writes(subject: Subject, since: int) -> list[Sent]:
    return [each for each in subject.sent()[since:] if each.writes]


def archives(subject: Subject, ids: list[str]) -> list[Write]:
    return [Write(f"op-{each}", Action.ARCHIVE, subject.kind, each) for each in ids]


async def test_nothing_to_write_is_no_call(subject: Subject) -> None:
    before = len(subject.sent())
    assert await subject.write() == []
    assert len(subject.sent()) == before


async def test_a_full_batch_is_one_call_and_answered_in_order(subject: Subject) -> None:
    size = min(subject.can.create_batch, 30)
    before = len(subject.sent())
    answers = await subject.write(*(subject.new(number) for number in range(size)))
    assert len(writes(subject, before)) == 1
    ids = [applied(answer).id for answer in answers]
    for start in range(0, size, subject.can.read_batch):
        seen = await subject.see(*ids[start : start + subject.can.read_batch])
        for number, each in enumerate(seen, start):
            assert subject.holds(each, number)


@pytest.mark.parametrize("place", [0, 1, 2])
async def test_one_bad_record_never_stops_the_others_and_answers_stay_in_order(
    subject: Subject, place: int
) -> None:
    batch = [subject.new(number, subject.bad() if number == place else None) for number in range(3)]
    answers = await subject.write(*batch)
    assert [type(answer) for answer in answers] == [
        Refused if number == place else Applied for number in range(3)
    ]
    for number, answer in enumerate(answers):
        if isinstance(answer, Applied):
            [seen] = await subject.see(answer.id)
            assert subject.holds(seen, number)
    assert subject.living() == 2


async def test_a_refusal_says_what_is_wrong_and_how_to_mend_it_and_never_a_secret(subject: Subject) -> None:
    [answer] = await subject.write(subject.new(1, subject.bad()))
    problem = refused(answer).problem
    assert problem.what.endswith(".")
    assert problem.fix.endswith(".")
    assert subject.secret not in f"{problem}{problem.said}"
    assert problem.cause in (Cause.INVALID, Cause.INEXPRESSIBLE)


async def test_what_an_answer_tells_is_what_the_record_holds(subject: Subject) -> None:
    [answer] = await subject.write(subject.new(1))
    told = applied(answer).observation
    [seen] = await subject.see(applied(answer).id)
    if told is not None:
        assert told.ref == seen.ref
        common = told.fields.keys() & seen.fields.keys()
        assert {path: told.fields[path] for path in common} == {path: seen.fields[path] for path in common}


async def test_an_update_sends_only_what_changes(changing: Subject) -> None:
    record_id = await made(changing)
    [seen] = await changing.see(record_id)
    before = len(changing.sent())
    applied((await changing.write(changing.change(seen, {changing.text: "changed"})))[0])
    [call] = writes(changing, before)
    assert changing.named(call) == {changing.text}


async def test_an_update_leaves_alone_what_somebody_else_changed_meanwhile(changing: Subject) -> None:
    record_id = await made(changing)
    [seen] = await changing.see(record_id)
    other = next(path for path in reversed(changing.values(1)) if path not in (changing.text, changing.price))
    value = "someone.test" if other in ("domain", "Web") else f"{changing.values(1)[other]}0"
    if other == changing.unique and changing.kind.value == "item":
        other, value = changing.price or other, "7"
    changing.person_edits(record_id, {other: value})
    [between] = await changing.see(record_id)
    applied((await changing.write(changing.change(seen, {changing.text: "changed"})))[0])
    [after] = await changing.see(record_id)
    assert after.fields == {**between.fields, changing.text: "changed"}


async def test_a_field_is_emptied_by_nothing(changing: Subject) -> None:
    record_id = await made(changing)
    changing.person_edits(record_id, {changing.text: "something"})
    [seen] = await changing.see(record_id)
    applied((await changing.write(changing.change(seen, {changing.text: None})))[0])
    [after] = await changing.see(record_id)
    assert after.fields[changing.text] is None
    assert after.live


async def test_creating_twice_under_one_key_makes_one_record(keyed: Subject) -> None:
    first = await made(keyed)
    again = keyed.new(1)
    twice = Write("op-1.2", again.action, again.kind, None, again.values, again.key)
    [answer] = await keyed.write(twice)
    assert applied(answer).id == first
    assert keyed.living() == 1
    [seen] = await keyed.find(keyed.can.key_path, str(again.key))
    assert seen.ref.id == first


async def test_a_unique_value_that_is_taken_is_refused_with_the_record_in_the_way(unique: Subject) -> None:
    [twin] = await unique.make(1)
    taken = unique.values(1)[unique.unique]
    answers = await unique.write(unique.new(2, {unique.unique: taken}), unique.new(3))
    assert (refused(answers[0]).problem.cause, refused(answers[0]).twin) == (Cause.TAKEN, twin)
    applied(answers[1])
    assert unique.living() == 2


async def test_an_archived_record_takes_no_update(changing_and_archiving: Subject) -> None:
    subject = changing_and_archiving
    [record_id] = await subject.make(1)
    [seen] = await subject.see(record_id)
    subject.person_archives(record_id)
    [answer] = await subject.write(subject.change(seen, {subject.text: "changed"}))
    assert refused(answer).problem.cause in (Cause.ARCHIVED, Cause.MISSING)


async def test_an_update_of_a_record_that_is_not_there_is_refused(changing: Subject) -> None:
    one, _ = await changing.make(1, 2)
    [seen] = await changing.see(one)
    lost = Write(
        "op-x", Action.UPDATE, changing.kind, changing.nobody, {changing.text: "x"}, seen=seen.fields
    )
    answers = await changing.write(lost, changing.change(seen, {changing.text: "changed"}))
    assert refused(answers[0]).problem.cause is Cause.MISSING
    applied(answers[1])


async def test_archiving_is_done_and_may_be_repeated(archiving: Subject) -> None:
    ids = await archiving.make(1, 2)
    for _ in range(2):
        answers = await archiving.write(*archives(archiving, ids))
        assert [applied(answer).id for answer in answers] == ids
        assert [each.standing for each in await archiving.see(*ids)] == [Standing.ARCHIVED] * 2


async def test_where_there_is_no_archive_archiving_is_refused_in_words(unarchiving: Subject) -> None:
    ids = await unarchiving.make(1, 2)
    answers = await unarchiving.write(*archives(unarchiving, ids))
    assert {refused(answer).problem.cause for answer in answers} == {Cause.INEXPRESSIBLE}
    assert unarchiving.living() == 2


DONE = [Fault.REPLY_LOST, Fault.ERROR_AFTER, Fault.GARBLED]
NOT_DONE = [Fault.REQUEST_LOST, Fault.ERROR_BEFORE, Fault.HTML]


@pytest.mark.parametrize("fault", [*DONE, *NOT_DONE])
async def test_a_creation_without_a_usable_answer_is_unknown_and_never_repeated(
    subject: Subject, fault: Fault
) -> None:
    await made(subject)
    before = len(subject.sent())
    subject.goes_wrong(fault, Action.CREATE)
    answers = await subject.write(subject.new(2), subject.new(3))
    assert [type(answer) for answer in answers] == [Unknown, Unknown]
    assert len(writes(subject, before)) == 1
    assert subject.living() == (3 if fault in DONE else 1)
    if subject.can.key_path is not None:
        found = await subject.find(subject.can.key_path, "origin:1:thing:2")
        assert bool(found) is (fault in DONE)


@pytest.mark.parametrize("fault", [Fault.REPLY_LOST, Fault.REQUEST_LOST])
async def test_an_update_without_an_answer_is_unknown_and_never_repeated(
    changing: Subject, fault: Fault
) -> None:
    record_id = await made(changing)
    [seen] = await changing.see(record_id)
    before = len(changing.sent())
    changing.goes_wrong(fault, Action.UPDATE)
    [answer] = await changing.write(changing.change(seen, {changing.text: "changed"}))
    assert isinstance(answer, Unknown)
    assert len(writes(changing, before)) == 1
    [after] = await changing.see(record_id)
    assert (after.fields[changing.text] == "changed") is (fault is Fault.REPLY_LOST)


async def waits_out(subject: Subject, write: Write) -> Answer:
    """The answer to a write that first meets a limit."""
    before = len(subject.sent())
    subject.goes_wrong(Fault.THROTTLED, write.action)
    [answer] = await subject.write(write)
    first, *more = writes(subject, before)
    assert first.throttled_for > 0
    assert all((each.at - first.at).total_seconds() >= first.throttled_for for each in more)
    if isinstance(answer, Wait):
        assert not more
        assert answer.seconds >= first.throttled_for
        assert answer.why
    else:
        assert applied(answer).id
    return answer


async def test_too_many_is_waited_out_and_a_creation_never_repeated_before_its_time(subject: Subject) -> None:
    await made(subject)
    answer = await waits_out(subject, subject.new(2))
    assert subject.living() == (1 if isinstance(answer, Wait) else 2)


async def test_too_many_is_waited_out_and_an_update_never_repeated_before_its_time(changing: Subject) -> None:
    [seen] = await changing.see(await made(changing))
    await waits_out(changing, changing.change(seen, {changing.text: "changed"}))
    assert changing.living() == 1


async def test_what_never_changes_says_so(unchanging: Subject) -> None:
    [seen] = await unchanging.see(await made(unchanging))
    before = len(unchanging.sent())
    [answer] = await unchanging.write(unchanging.change(seen, {unchanging.text: "changed"}))
    assert refused(answer).problem.cause is Cause.READ_ONLY
    assert refused(answer).problem.fix
    assert len(unchanging.sent()) == before


async def test_a_read_waits_until_it_may_call_again(subject: Subject) -> None:
    record_id = await made(subject)
    before = len(subject.sent())
    subject.goes_wrong(Fault.THROTTLED)
    [seen] = await subject.see(record_id)
    first, second = subject.sent()[before:]
    assert (second.at - first.at).total_seconds() >= first.throttled_for > 0
    assert seen.live


async def test_a_connection_that_could_not_be_made_certainly_did_nothing(subject: Subject) -> None:
    await made(subject)
    subject.goes_wrong(Fault.REFUSED, Action.CREATE)
    [answer] = await subject.write(subject.new(2))
    assert isinstance(answer, Applied | Wait)
    assert subject.living() == (2 if isinstance(answer, Applied) else 1)


async def test_a_lost_answer_to_a_read_is_asked_for_again(subject: Subject) -> None:
    record_id = await made(subject)
    for fault in (Fault.REPLY_LOST, Fault.ERROR_BEFORE, Fault.GARBLED):
        subject.goes_wrong(fault)
        [seen] = await subject.see(record_id)
        assert seen.live


async def test_calls_that_were_kept_free_go_without_a_pause(changing: Subject) -> None:
    record_id = await made(changing)
    await changing.system.ready(2)
    slept = len(changing.clock.slept)
    [seen] = await changing.see(record_id)
    await changing.write(changing.change(seen, {changing.text: "changed"}))
    assert len(changing.clock.slept) == slept
