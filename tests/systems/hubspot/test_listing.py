from datetime import timedelta
from typing import Any

import pytest
from tests.systems.doors import START
from tests.systems.hubspot.answers import Told, answer, asked, record

from crossfoot.model.identity import Kind
from crossfoot.model.records import Standing
from crossfoot.systems.hubspot.listing import INDEX_LAG, Cursor, Mode
from crossfoot.systems.hubspot.values import milliseconds, moment, written
from crossfoot.systems.port import Page, Request, Response

PATHS = {Kind.CONTACT: ("email",), Kind.COMPANY: ("name",)}


class Books:
    """Companies by id and modified moment, searched as HubSpot searches them, without lag."""

    def __init__(self, told: dict[int, int]) -> None:
        self.told = told
        self.searches = 0

    def __call__(self, request: Request) -> Response:
        if not request.url.endswith("/search"):
            ids = [int(each["id"]) for each in asked(request)["inputs"]]
            return answer(200, {"results": [self._record(each, full=True) for each in ids]})
        self.searches += 1
        body = asked(request)
        assert len(request.body) <= 3000
        assert "after" not in body, "never by offset"
        found = [
            each
            for each in self.told
            if all(self._holds(each, test) for test in body["filterGroups"][0]["filters"])
        ]
        by_id = body["sorts"][0] == {"propertyName": "hs_object_id", "direction": "ASCENDING"}
        found.sort(key=lambda each: (each,) if by_id else (self.told[each], -each))
        page = [self._record(each, full=False) for each in found[: body["limit"]]]
        return answer(200, {"total": len(found), "results": page})

    def _holds(self, number: int, test: dict[str, Any]) -> bool:
        mine = number if test["propertyName"] == "hs_object_id" else self.told[number]
        wanted = int(test["value"])
        return {"GT": mine > wanted, "GTE": mine >= wanted, "EQ": mine == wanted}[test["operator"]]

    def _record(self, number: int, *, full: bool) -> dict[str, Any]:
        stamp = written(moment(str(self.told[number])))
        return record(
            str(number),
            hs_lastmodifieddate=stamp,
            name=f"Company {number}",
            **({"more": "x"} if full else {}),
        )


async def pages(books: Books, cursor: str | None = None, paths: Any = None) -> list[Page]:
    told = Told(*[books] * 40)
    return [page async for page in told.system.list(Kind.COMPANY, paths or PATHS, cursor)]


def ids(listed: list[Page]) -> list[int]:
    return [int(each.ref.id) for page in listed for each in page.observations]


NOW = milliseconds(START)


async def test_a_full_listing_seeks_by_id_in_pages_of_two_hundred() -> None:
    books = Books(dict.fromkeys(range(1, 451), NOW))
    listed = await pages(books)
    assert ids(listed) == list(range(1, 451))
    assert [len(page.observations) for page in listed] == [200, 200, 50]
    assert [page.last for page in listed] == [False, False, True]


async def test_a_listing_goes_on_from_any_cursor_in_another_process() -> None:
    books = Books(dict.fromkeys(range(1, 451), NOW))
    first, *_ = await pages(books)
    rest = await pages(books, first.cursor)
    assert ids(rest) == list(range(201, 451))


async def test_the_next_listing_starts_when_this_one_began_less_the_index_lag() -> None:
    [page] = await pages(Books({1: NOW}))
    assert Cursor.parse(page.cursor) == Cursor(Mode.CHANGED, since=milliseconds(START - INDEX_LAG))


async def test_after_a_quiet_time_a_listing_is_one_empty_call() -> None:
    books = Books(dict.fromkeys(range(1, 451), NOW - 31000))
    cursor = (await pages(books))[-1].cursor
    books.searches = 0
    assert ids(await pages(books, cursor)) == []
    assert books.searches == 1


async def test_changed_records_come_in_the_order_of_change_and_none_is_missed_at_a_page_end() -> None:
    books = Books({number: NOW + number // 3 for number in range(1, 1000)})
    listed = await pages(books, str(Cursor(Mode.CHANGED, since=NOW + 50)))
    assert set(ids(listed)) == set(range(150, 1000))
    assert len(ids(listed)) < 850 + 3 * len(listed)
    stamps = [each.modified for page in listed for each in page.observations]
    assert stamps == sorted(stamps, key=str)


async def test_an_import_of_thousands_in_one_millisecond_is_listed_by_id_inside_it() -> None:
    books = Books({number: NOW + (1 if number <= 950 else 2) for number in range(1, 1000)})
    listed = await pages(books, str(Cursor(Mode.CHANGED, since=NOW)))
    assert set(ids(listed)) == set(range(1, 1000))
    assert listed[-1].last
    assert Cursor.parse(listed[-1].cursor).since == milliseconds(START - INDEX_LAG)


async def test_a_record_that_changes_while_we_page_makes_no_other_slip_through() -> None:
    books = Books({number: NOW + number for number in range(1, 451)})
    told = Told(*[books] * 40)
    seen: set[int] = set()
    async for page in told.system.list(Kind.COMPANY, PATHS, str(Cursor(Mode.CHANGED, since=NOW))):
        seen.update(ids([page]))
        books.told[min(books.told)] = NOW + 10_000
        books.told[5] = NOW + 20_000
    assert seen == set(range(1, 451))


async def test_properties_that_do_not_fit_into_a_search_are_read_by_id() -> None:
    names = {f"a_custom_property_with_a_long_name_{number}" for number in range(90)}
    definitions = answer(200, {"results": [{"name": name} for name in [*names, "name"]]})
    books = Books(dict.fromkeys(range(1, 252), NOW))
    told = Told(definitions, *[books] * 10)
    listed = [page async for page in told.system.list(Kind.COMPANY, {Kind.COMPANY: [*names, "name"]}, None)]
    assert ids(listed) == list(range(1, 252))
    assert listed[0].observations[0].fields["name"] == "Company 1"
    assert len(told.script.asked) == 1 + 2 + 3


async def test_a_survivor_brings_the_old_ids_along() -> None:
    told = Told(answer(200, {"results": [record("9", email="a@b.c", hs_merged_object_ids="1;5")]}))
    [page] = [page async for page in told.system.list(Kind.CONTACT, PATHS, None)]
    assert [(each.ref.id, each.standing, each.survivor) for each in page.observations] == [
        ("1", Standing.MERGED, "9"),
        ("5", Standing.MERGED, "9"),
        ("9", Standing.LIVE, None),
    ]


async def test_without_hubspots_date_our_clock_counts_less_five_minutes() -> None:
    told = Told(Response(200, {}, b'{"results":[]}'))
    [page] = [page async for page in told.system.list(Kind.COMPANY, PATHS, None)]
    assert Cursor.parse(page.cursor).since == milliseconds(START - timedelta(minutes=5) - INDEX_LAG)


async def test_time_spent_waiting_for_the_answer_is_taken_off() -> None:
    slow = Told(lambda _: answer(200, {"results": []}))

    async def send(request: Request) -> Response:
        slow.clock.clock.advance(20)
        return await slow.script(request)

    slow.system._client._send = send
    [page] = [page async for page in slow.system.list(Kind.COMPANY, PATHS, None)]
    assert Cursor.parse(page.cursor).since == milliseconds(START - timedelta(seconds=20) - INDEX_LAG)


@pytest.mark.parametrize("text", ["", "{}", '{"mode":"sideways"}', "7"])
async def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not the cursor"):
        await pages(Books({}), text)
