"""The promises of `list`, asked of every system."""

from tests.systems.contract.subjects import Subject

from crossfoot.systems.port import Page


def ids(pages: list[Page]) -> set[str]:
    return {each.ref.id for page in pages for each in page.observations}


async def test_an_empty_account_lists_nothing_in_one_page_that_can_be_continued(subject: Subject) -> None:
    [page] = await subject.pages()
    assert (page.observations, page.last) == ((), True)
    [made] = await subject.make(1)
    subject.pass_time()
    assert made in await subject.listed(page.cursor)


async def test_a_first_listing_shows_every_live_record_as_reading_does(subject: Subject) -> None:
    made = await subject.make(1, 2, 3, 4, 5)
    subject.pass_time()
    listed = await subject.listed()
    assert set(listed) == set(made)
    for seen in await subject.see(*made[: subject.can.read_batch]):
        assert listed[seen.ref.id].fields == seen.fields
        assert listed[seen.ref.id].live
        assert listed[seen.ref.id].modified is not None


async def test_only_the_last_page_says_so_and_each_has_a_cursor(subject: Subject) -> None:
    made = subject.crowd(subject.can.list_page * 2 + 1)
    pages = await subject.pages()
    assert [page.last for page in pages] == [False] * (len(pages) - 1) + [True]
    assert len(pages) > 1
    assert all(page.cursor for page in pages)
    assert ids(pages) == set(made)


async def test_a_listing_never_misses_a_record_that_changed_before_it_began(changing: Subject) -> None:
    made = await changing.make(*range(9))
    changing.pass_time()
    cursor = (await changing.pages())[-1].cursor
    for turn, record_id in enumerate(made[:4]):
        changing.person_edits(record_id, {changing.text: f"changed {turn}"})
        changing.pass_time(7.3)
        changing.pass_time(changing.system.capabilities.index_lag_seconds)
        pages = await changing.pages(cursor)
        cursor = pages[-1].cursor
        told = {each.ref.id: each for page in pages for each in page.observations}
        assert told[record_id].fields[changing.text] == f"changed {turn}"


async def test_what_a_lagging_index_hid_from_one_listing_is_in_a_later_one(changing: Subject) -> None:
    made = await changing.make(1, 2, 3)
    changing.pass_time()
    cursor = (await changing.pages())[-1].cursor
    changing.pass_time()
    changing.person_edits(made[1], {changing.text: "just now"})
    told: set[object] = set()
    for _ in range(12):
        pages = await changing.pages(cursor)
        cursor = pages[-1].cursor
        told |= {each.fields.get(changing.text) for page in pages for each in page.observations}
        changing.pass_time(4)
    assert "just now" in told


async def test_a_record_made_since_the_last_listing_is_in_the_next(subject: Subject) -> None:
    await subject.make(1, 2)
    subject.pass_time()
    cursor = (await subject.pages())[-1].cursor
    [late] = await subject.make(3)
    subject.pass_time()
    assert late in await subject.listed(cursor)


async def test_a_change_while_we_list_is_shown_now_or_by_the_next_listing(changing: Subject) -> None:
    made = changing.crowd(changing.can.list_page + 5)
    found: dict[str, object] = {}
    cursor = ""
    turns = 0
    async for page in changing.system.list(changing.kind, changing.paths, None):
        found |= {each.ref.id: each.fields.get(changing.text) for each in page.observations}
        cursor = page.cursor
        if turns == 0:
            changing.person_edits(made[0], {changing.text: "meanwhile"})
            changing.person_edits(made[-1], {changing.text: "meanwhile"})
        turns += 1
    changing.pass_time()
    later = {key: seen.fields.get(changing.text) for key, seen in (await changing.listed(cursor)).items()}
    found |= later
    assert set(made) <= set(found)
    assert (found[made[0]], found[made[-1]]) == ("meanwhile", "meanwhile")


async def test_a_cursor_survives_a_restart_in_the_middle_of_a_listing(subject: Subject) -> None:
    made = subject.crowd(subject.can.list_page * 2 + 1)
    seen: set[str] = set()
    async for page in subject.system.list(subject.kind, subject.paths, None):
        seen |= {each.ref.id for each in page.observations}
        cursor = page.cursor
        break
    assert seen < set(made)
    rest = await subject.pages(cursor, subject.again())
    assert seen | ids(rest) == set(made)


async def test_a_cursor_is_plain_text_that_another_process_can_start_from(subject: Subject) -> None:
    await subject.make(1, 2, 3)
    subject.pass_time()
    cursor = str((await subject.pages())[-1].cursor.encode().decode())
    subject.pass_time()
    [made] = await subject.make(4)
    subject.pass_time()
    assert made in ids(await subject.pages(cursor, subject.again()))


async def test_an_immediate_second_listing_is_one_page_in_one_call(subject: Subject) -> None:
    subject.crowd(subject.can.list_page * 2 + 1)
    cursor = (await subject.pages())[-1].cursor
    for _ in range(3):
        before = len(subject.sent())
        [page] = await subject.pages(cursor)
        assert page.last
        assert len(subject.sent()) == before + 1
        cursor = page.cursor


async def test_an_archived_record_is_absent_from_a_listing_or_shown_as_archived(archiving: Subject) -> None:
    kept, gone = await archiving.make(1, 2)
    archiving.pass_time()
    cursor = (await archiving.pages())[-1].cursor
    archiving.person_archives(gone)
    archiving.pass_time()
    for start in (None, cursor):
        listed = await archiving.listed(start)
        assert gone not in listed or not listed[gone].live
    assert (await archiving.listed())[kept].live


async def test_a_listing_tells_what_was_asked_for_and_an_empty_field_as_empty(subject: Subject) -> None:
    await subject.make(1)
    subject.pass_time()
    asked = {subject.kind: frozenset({subject.text})}
    [page] = [each async for each in subject.system.list(subject.kind, asked, None)]
    [seen] = page.observations
    assert subject.text in seen.fields
    untouched = {path for path in subject.values(1) if path != subject.text} - {subject.unique}
    assert not untouched <= set(seen.fields)
