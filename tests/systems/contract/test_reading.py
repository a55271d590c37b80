"""The promises of `describe`, `read` and `find`, asked of every system."""

from decimal import Decimal

import pytest
from tests.systems.contract.subjects import PRICE, Subject

from crossfoot.model.identity import Ref
from crossfoot.model.records import Standing
from crossfoot.systems.port import Applied


async def test_the_account_says_who_it_is_the_same_way_every_time(subject: Subject) -> None:
    first, second = await subject.system.describe(), await subject.again().describe()
    assert first.identity == second.identity
    assert first.identity.key.startswith(f"{subject.system.name}:")
    assert len(first.identity.currency) == 3


async def test_what_the_abilities_name_are_fields_of_the_account(subject: Subject) -> None:
    fields = (await subject.system.describe()).fields[subject.kind]
    can = subject.can
    for path in (can.key_path, can.parent_path, *can.unique_paths, *can.required_paths):
        assert path is None or path in fields
    for path in subject.values(0):
        assert fields[path].writable
    assert any(not info.writable for info in fields.values())
    assert all(path == info.path and info.label for path, info in fields.items())


async def test_batches_and_pages_have_sizes_and_embedded_kinds_a_parent(subject: Subject) -> None:
    for can in subject.system.capabilities.kinds.values():
        assert min(can.create_batch, can.read_batch, can.list_page) >= 1
        assert min(can.update_batch, can.archive_batch) >= 0
        assert (can.embedded_in is None) == (can.parent_path is None)
        assert (can.embedded_in is None) == (can.embedded_max == 0)
        assert can.embedded_in is None or can.embedded_in in subject.system.capabilities.kinds


async def test_reading_keeps_order_and_length_and_tells_missing_as_missing(subject: Subject) -> None:
    one, two = await subject.make(1, 2)
    asked = [two, subject.nobody, one]
    seen = await subject.see(*asked)
    assert [each.ref for each in seen] == [Ref(subject.system.side, subject.kind, each) for each in asked]
    assert [each.standing for each in seen] == [Standing.LIVE, Standing.MISSING, Standing.LIVE]
    again = await subject.see(one, one)
    assert [each.ref.id for each in again] == [one, one]
    assert await subject.see() == []


async def test_reading_takes_a_full_batch(subject: Subject) -> None:
    made = (
        await subject.make(*range(subject.can.read_batch))
        if subject.can.read_batch < 200
        else await subject.make(1)
    )
    assert [each.ref.id for each in await subject.see(*made)] == made


async def test_reading_shows_the_record_as_it_is_now_without_index_lag(changing: Subject) -> None:
    [made] = await changing.make(1)
    for turn in range(3):
        changing.person_edits(made, {changing.text: f"turn {turn}"})
        [seen] = await changing.see(made)
        assert seen.fields[changing.text] == f"turn {turn}"


async def test_what_was_asked_for_is_told_and_emptiness_is_told_as_empty(subject: Subject) -> None:
    [made] = await subject.make(1)
    [seen] = await subject.see(made)
    assert set(seen.fields) >= subject.paths[subject.kind]
    assert subject.holds(seen, 1)
    assert seen.fields.get(subject.text) in (None, subject.values(1).get(subject.text))


async def test_an_archived_record_is_told_as_archived_not_as_missing(archiving: Subject) -> None:
    [made] = await archiving.make(1)
    archiving.person_archives(made)
    [seen] = await archiving.see(made)
    assert (seen.ref.id, seen.standing) == (made, Standing.ARCHIVED)


async def test_a_merged_record_is_told_as_merged_and_names_the_survivor(merging: Subject) -> None:
    winner, loser = await merging.make(1, 2)
    survivor = merging.person_merges(winner, loser)
    gone, kept = await merging.see(loser, survivor)
    assert (gone.ref.id, gone.standing, gone.survivor) == (loser, Standing.MERGED, survivor)
    assert kept.live
    merging.pass_time()
    listed = await merging.listed()
    assert listed[survivor].live
    assert loser not in listed or listed[loser].survivor == survivor


async def test_an_id_is_spelled_the_same_wherever_it_is_seen(subject: Subject) -> None:
    made: list[str] = []
    for number in (1, 2, 3):
        [answer] = await subject.write(subject.new(number))
        assert isinstance(answer, Applied)
        made.append(answer.id)
    subject.pass_time()
    assert set(await subject.listed()) == set(made)
    assert [each.ref.id for each in await subject.see(*made)] == made
    if subject.unique:
        found = await subject.find(subject.unique, str(subject.values(2)[subject.unique]))
        assert [each.ref.id for each in found] == [made[1]]


async def test_a_lookup_by_key_sees_a_new_record_at_once(keyed: Subject) -> None:
    assert await keyed.find(keyed.can.key_path, "origin:1:thing:1") == []
    [answer] = await keyed.write(keyed.new(1))
    assert isinstance(answer, Applied)
    [found] = await keyed.find(keyed.can.key_path, "origin:1:thing:1", "origin:1:thing:2")
    assert found.ref.id == answer.id
    assert found.fields[keyed.can.key_path] == "origin:1:thing:1"


async def test_a_lookup_by_a_unique_value_sees_a_new_record_at_once_in_any_case(unique: Subject) -> None:
    for number, path in enumerate(unique.can.unique_paths, start=1):
        [answer] = await unique.write(unique.new(number))
        assert isinstance(answer, Applied)
        value = str(unique.values(number)[path])
        for spelling in (value, value.upper(), value.lower()):
            assert [each.ref.id for each in await unique.find(path, spelling)] == [answer.id]


async def test_a_lookup_shows_live_records_only(archiving: Subject) -> None:
    path = archiving.unique or next(iter(archiving.values(1)))
    kept, gone = await archiving.make(1, 2)
    archiving.person_archives(gone)
    archiving.pass_time()
    sought = [str(archiving.values(number)[path]) for number in (1, 2)]
    assert [each.ref.id for each in await archiving.find(path, *sought)] == [kept]


@pytest.mark.parametrize("text", ["12.3450", "0.01", "0", "12345678901234567.8901"])
async def test_decimals_are_exact_both_ways(priced: Subject, text: str) -> None:
    [answer] = await priced.write(priced.new(1, {priced.price: Decimal(text)}))
    assert isinstance(answer, Applied)
    [seen] = await priced.see(answer.id)
    price = seen.fields[priced.price]
    assert isinstance(price, Decimal)
    assert price == Decimal(text)
    by_hand = await priced.make(2)
    [seen] = await priced.see(*by_hand)
    assert seen.fields[priced.price] == PRICE


async def test_fields_that_nobody_has_heard_of_change_nothing(subject: Subject) -> None:
    made = await subject.make(1, 2)
    subject.pass_time()
    before = await subject.see(*made)
    listed = await subject.listed()
    subject.speaks_of_more()
    assert await subject.see(*made) == before
    assert await subject.listed() == listed
    [answer] = await subject.write(subject.new(3))
    assert isinstance(answer, Applied)


async def test_a_word_that_no_list_of_options_knows_is_read_as_it_is(subject: Subject) -> None:
    [made] = await subject.make(1)
    path = subject.chooses_a_new_word(made)
    [seen] = await subject.see(made)
    assert seen.live
    assert seen.fields[path] == "never_heard_of"
