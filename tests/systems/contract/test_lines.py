"""The promises of a document's lines, asked of every system whose documents have them: a line stays itself until somebody takes it out."""

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.systems.contract.subjects import Subject
from tests.systems.contract.test_writing import applied, made, writes

from crossfoot.model.fields import FieldType, same
from crossfoot.model.lines import Line, Lines
from crossfoot.model.records import Observation


def lines_of(lined: Subject, seen: Observation) -> tuple[Line, ...]:
    lines = seen.fields[lined.lines]
    assert isinstance(lines, Lines)
    return lines.all


def ids_of(lined: Subject, seen: Observation) -> list[str]:
    return [line.id_on(lined.system.side) for line in lines_of(lined, seen)]


async def document(lined: Subject) -> Observation:
    """A document of two lines."""
    [seen] = await lined.see(await made(lined))
    assert len(set(ids_of(lined, seen)) - {""}) == 2
    return seen


async def rewrite(lined: Subject, seen: Observation, *lines: Line) -> Observation:
    """The document after its lines were written."""
    answer = (await lined.write(lined.change(seen, {lined.lines: Lines(lines)})))[0]
    [after] = await lined.see(applied(answer).id)
    told = applied(answer).observation
    if told is not None and lined.lines in told.fields:
        assert told.fields[lined.lines] == after.fields[lined.lines]
    return after


async def test_lines_written_back_as_they_were_read_stay_the_same_lines(lined: Subject) -> None:
    before = await document(lined)
    after = await rewrite(lined, before, *lines_of(lined, before))
    assert lines_of(lined, after) == lines_of(lined, before)


async def test_a_line_that_changes_keeps_its_identity(lined: Subject) -> None:
    before = await document(lined)
    first, second = lines_of(lined, before)
    changed = replace(first, description="Better tea", quantity=Decimal("2.5"), price=Decimal("7.125"))
    after = await rewrite(lined, before, changed, second)
    assert ids_of(lined, after) == ids_of(lined, before)
    told, other = lines_of(lined, after)
    assert (told.description, told.quantity, told.price) == ("Better tea", Decimal("2.5"), Decimal("7.125"))
    assert other == second


async def test_a_new_line_gets_an_id_where_it_stands_and_the_others_keep_theirs(lined: Subject) -> None:
    before = await document(lined)
    first, second = lines_of(lined, before)
    new = replace(second.with_id(lined.system.side, ""), description="Gift wrap", price=Decimal("0.5"))
    after = await rewrite(lined, before, first, new, second)
    one, two, three = ids_of(lined, after)
    assert [one, three] == ids_of(lined, before)
    assert two not in ("", one, three)
    assert lines_of(lined, after)[1].description == "Gift wrap"


async def test_a_line_that_is_left_out_is_gone(lined: Subject) -> None:
    before = await document(lined)
    after = await rewrite(lined, before, lines_of(lined, before)[1])
    assert ids_of(lined, after) == ids_of(lined, before)[1:]


async def test_lines_stand_in_the_order_in_which_they_were_written(lined: Subject) -> None:
    before = await document(lined)
    after = await rewrite(lined, before, *reversed(lines_of(lined, before)))
    assert ids_of(lined, after) == ids_of(lined, before)[::-1]


@pytest.mark.parametrize(("percent", "amount"), [(Decimal("12.5"), None), (None, Decimal("1.25"))])
async def test_a_discount_is_held_as_it_was_given_and_taken_back(
    lined: Subject, percent: Decimal | None, amount: Decimal | None
) -> None:
    before = await document(lined)
    first, second = lines_of(lined, before)
    cheaper = replace(first, discount_percent=percent, discount_amount=amount)
    discounted = await rewrite(lined, before, cheaper, second)
    line, _ = lines_of(lined, discounted)
    assert (line.discount_percent, line.discount_amount) == (percent, amount)
    assert line.net is None or first.net is None or line.net < first.net
    bare = replace(line, discount_percent=None, discount_amount=None)
    after = await rewrite(lined, discounted, bare, second)
    assert same(FieldType.LINES, after.fields[lined.lines], before.fields[lined.lines])
    assert lines_of(lined, after)[0].net == first.net


async def test_a_line_may_only_describe(lined: Subject) -> None:
    before = await document(lined)
    text = Line(description="Thank you for your order")
    after = await rewrite(lined, before, *lines_of(lined, before), text)
    *_, told = lines_of(lined, after)
    assert told.description == text.description
    assert not told.price
    assert not told.net


async def test_other_fields_change_without_touching_the_lines(lined: Subject) -> None:
    before = await document(lined)
    since = len(lined.sent())
    [answer] = await lined.write(lined.change(before, {lined.text: "changed"}))
    [call] = writes(lined, since)
    assert lined.named(call) == {lined.text}
    [after] = await lined.see(applied(answer).id)
    assert after.fields[lined.lines] == before.fields[lined.lines]
