"""The cursor: nothing slips through between pages, and a repetition costs one call."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.systems.xero.world import Ledger

from crossfoot.model.identity import Kind
from crossfoot.systems.xero import listing
from crossfoot.systems.xero.answers import Contact, Contacts, Pagination
from crossfoot.systems.xero.listed import CONTACTS
from crossfoot.systems.xero.listing import Cursor, advance

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


def stamp(at: datetime) -> str:
    return f"/Date({int(at.timestamp() * 1000)}+0000)/"


def answer(*ages: float, now: datetime = NOON, pages: int | None = None) -> Contacts:
    """Rows that changed so many seconds before noon."""
    rows = tuple(Contact(updated_date_utc=stamp(NOON - timedelta(seconds=age))) for age in ages)
    return Contacts(stamp(now), None if pages is None else Pagination(pages), rows)


def ago(seconds: float) -> datetime:
    return NOON - timedelta(seconds=seconds)


def test_a_full_page_seeks_on_one_second_before_its_last_row() -> None:
    cursor, last = advance(Cursor(), answer(90, 50, 20.4), 3)
    assert (cursor, last) == (Cursor(since=ago(22)), False)


def test_xeros_page_count_saves_the_call_for_an_empty_page() -> None:
    cursor, last = advance(Cursor(), answer(900, 800, pages=1), 2)
    assert last
    assert cursor.since == ago(300)


def test_after_a_listing_the_cursor_stands_five_minutes_back_by_xeros_clock() -> None:
    cursor, last = advance(Cursor(), answer(900, now=NOON), 3)
    assert last
    assert cursor == Cursor(since=ago(300))


def test_the_overlap_never_makes_a_repetition_longer_than_one_call() -> None:
    cursor, last = advance(Cursor(since=ago(20)), answer(10, 5), 3)
    assert last
    assert cursor.since == ago(20)


def test_a_crowded_second_is_turned_page_by_page() -> None:
    cursor, last = advance(Cursor(since=ago(500)), answer(50, 50, 50), 3)
    assert (cursor.since, cursor.page, last) == (ago(500), 2, False)
    cursor, last = advance(cursor, answer(50, 50), 3)
    assert last
    assert cursor == Cursor(since=ago(5))


def test_a_change_while_pages_were_turned_goes_over_the_crowded_second_again() -> None:
    cursor, _ = advance(Cursor(since=ago(500)), answer(50, 50, 50), 3)
    cursor, last = advance(cursor, answer(50, -3, now=NOON + timedelta(seconds=4)), 3)
    assert not last
    assert cursor == Cursor(since=ago(500), repeats=1)


def test_a_crowded_second_that_never_rests_is_left_to_the_next_listing() -> None:
    cursor = Cursor(since=ago(500), crowded=ago(500), turned=NOON, page=2, repeats=listing.REPEATS)
    cursor, last = advance(cursor, answer(50, -3), 3)
    assert last
    assert cursor == Cursor(since=ago(500))


def test_an_answer_without_a_time_goes_by_its_newest_row() -> None:
    cursor, _ = advance(Cursor(), Contacts(None, None, answer(400, 360).contacts), 3)
    assert cursor.since == ago(660)
    cursor, last = advance(Cursor(), Contacts(), 3)
    assert (cursor, last) == (Cursor(), True)


@pytest.mark.parametrize(
    "cursor",
    [
        Cursor(),
        Cursor(since=NOON),
        Cursor(NOON, 3, NOON, NOON + timedelta(milliseconds=7), shifted=True, repeats=2),
    ],
)
def test_a_cursor_survives_being_stored(cursor: Cursor) -> None:
    assert Cursor.parse(cursor.text()) == cursor


async def listed(ledger: Ledger, size: int, cursor: str | None = None) -> tuple[list[str], str, int]:
    """Names, cursor and number of calls of a listing with small pages."""
    ledger.calls()
    names: list[str] = []
    async for page in listing.list_pages(
        ledger.system._client, CONTACTS, {Kind.CONTACT: ["Name"]}, cursor, size
    ):
        names += [str(seen.fields["Name"]) for seen in page.observations]
        cursor = page.cursor
    return names, str(cursor), len(ledger.calls())


@pytest.mark.parametrize("inclusive", [True, False])
@pytest.mark.parametrize("gap", [0, 0.3, 1, 7])
async def test_every_contact_is_listed_however_close_together_they_changed(
    ledger: Ledger, gap: float, inclusive: bool
) -> None:
    ledger.sandbox.xero.switches = replace(ledger.sandbox.xero.switches, modified_since_inclusive=inclusive)
    for n in range(23):
        ledger.contact(Name=f"C{n}")
        ledger.clock.clock.advance(gap)
    names, _, _ = await listed(ledger, 5)
    assert set(names) == {f"C{n}" for n in range(23)}


async def test_a_thousand_contacts_of_one_second_are_read_once(ledger: Ledger) -> None:
    for n in range(20):
        ledger.contact(Name=f"C{n}")
    ledger.clock.clock.advance(60)
    names, cursor, calls = await listed(ledger, 5)
    assert (len(names), calls) == (20, 4)
    assert await listed(ledger, 5, cursor) == ([], cursor, 1)


async def test_a_listing_can_go_on_in_another_process_after_any_page(ledger: Ledger) -> None:
    for n in range(12):
        ledger.contact(Name=f"C{n}")
        ledger.clock.clock.advance(2)
    for stop in range(1, 4):
        names, cursor, pages = [], None, 0
        async for page in listing.list_pages(ledger.system._client, CONTACTS, {}, None, 4):
            names += [str(seen.fields["Name"]) for seen in page.observations]
            cursor, pages = page.cursor, pages + 1
            if pages == stop:
                break
        rest, _, _ = await listed(ledger, 4, cursor)
        assert {*names, *rest} == {f"C{n}" for n in range(12)}


@pytest.mark.parametrize("gap", [0, 3])
async def test_no_contact_is_missed_while_a_colleague_edits_between_pages(ledger: Ledger, gap: float) -> None:
    contacts = {}
    for n in range(20):
        contacts[f"C{n}"] = ledger.contact(Name=f"C{n}")
        ledger.clock.clock.advance(gap)
    ledger.clock.clock.advance(60)
    names, edits = set(), iter(list(contacts.values())[:3])
    async for page in listing.list_pages(ledger.system._client, CONTACTS, {Kind.CONTACT: ["Name"]}, None, 5):
        names |= {str(seen.fields["Name"]) for seen in page.observations}
        edited = next(edits, None)
        if edited:
            ledger.organisation.person_edits("Contacts", edited, {"TaxNumber": "1"})
            ledger.clock.clock.advance(2)
    assert names == set(contacts)
