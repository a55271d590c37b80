"""The last observation of each record, and the match index. All on both databases."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from tests.store.children import START

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.links import Link
from crossfoot.model.operations import Act, Operation
from crossfoot.model.records import Fields, Observation, Standing
from crossfoot.model.subjects import SubjectState
from crossfoot.store import history, keys, links, operations, records, reviews, subjects
from crossfoot.store.database import Database
from crossfoot.store.reviews import Review, ReviewKind

LATER = START + timedelta(minutes=1)


def crm(record_id: str, **fields: object) -> Observation:
    return Observation(Ref(Side.CRM, Kind.CONTACT, record_id), Standing.LIVE, fields, START)  # type: ignore[arg-type]


def ledger(record_id: str, *people: Observation, **fields: object) -> Observation:
    ref = Ref(Side.LEDGER, Kind.CONTACT, record_id)
    return Observation(ref, Standing.LIVE, fields, START, children=people)  # type: ignore[arg-type]


def person(record_id: str, **fields: object) -> Observation:
    return Observation(Ref(Side.LEDGER, Kind.CONTACT_PERSON, record_id), Standing.LIVE, fields)  # type: ignore[arg-type]


async def put(database: Database, *looks: Observation, at: datetime = START) -> list[Ref]:
    async with database.write() as tx:
        return await records.put(tx, "c", looks, at)


async def seen(database: Database, ref: Ref) -> Observation:
    async with database.read() as tx:
        return (await records.get(tx, "c", [ref]))[ref].observation


async def test_a_look_comes_back_as_it_was_with_the_moment_of_looking(database: Database) -> None:
    fields: Fields = {
        "email": "ada@example.com",
        "price": Decimal("1.10"),
        "born": date(1815, 12, 10),
        "since": START,
        "vip": True,
        "fax": None,
    }
    look = replace(crm("1"), fields=fields)
    assert await put(database, look, at=LATER) == [look.ref]
    async with database.read() as tx:
        found = await records.get(tx, "c", [look.ref, Ref(Side.CRM, Kind.COMPANY, "1")])
    assert found == {look.ref: records.Stored(look, LATER)}


async def test_only_records_with_new_content_are_returned(database: Database) -> None:
    await put(database, crm("1", email="a"), crm("2", email="b"), crm("3", email="c"))
    looks = crm("1", email="a"), crm("2", email="B"), replace(crm("3", email="c"), modified=LATER)
    assert await put(database, *looks, at=LATER) == [looks[1].ref]
    assert (await seen(database, looks[2].ref)).modified == LATER
    async with database.read() as tx:
        assert {stored.seen_at for stored in await records.page(tx, "c", Side.CRM, Kind.CONTACT)} == {LATER}


async def test_a_change_of_standing_or_survivor_is_new_content(database: Database) -> None:
    look = crm("1", email="a")
    await put(database, look)
    archived = replace(look, standing=Standing.ARCHIVED)
    merged = replace(look, standing=Standing.MERGED, survivor="2")
    assert await put(database, archived) == [look.ref]
    assert await put(database, archived) == []
    assert await put(database, merged) == [look.ref]
    assert await put(database, replace(merged, survivor="3")) == [look.ref]
    assert (await seen(database, look.ref)).survivor == "3"


async def test_paths_that_a_look_does_not_tell_are_kept_and_empty_ones_are_told(database: Database) -> None:
    await put(database, crm("1", email="a", phone="1", fax="2"))
    assert await put(database, crm("1", phone=None)) == [crm("1").ref]
    assert await put(database, crm("1", phone=None)) == []
    assert await put(database, replace(crm("1"), standing=Standing.MISSING)) == [crm("1").ref]
    assert (await seen(database, crm("1").ref)).fields == {"email": "a", "phone": None, "fax": "2"}


async def test_a_value_is_as_old_as_the_version_that_first_showed_it(database: Database) -> None:
    """A side may tell only when a whole record changed: what another field's edit left alone did not become new by it."""
    first = crm("1", name="Ada", email="a@x.test")
    third = LATER + timedelta(minutes=1)
    await put(database, first)
    await put(database, replace(crm("1", name="Ada", email="b@x.test"), modified=LATER))
    assert (await seen(database, first.ref)).since == {"name": START}
    # Of a field that no path of ours shows, only the time moves; and a path that was not told keeps what is known of it.
    await put(database, replace(crm("1", name="Ada"), modified=third))
    assert (await seen(database, first.ref)).since == {"name": START, "email": LATER}
    fourth = third + timedelta(minutes=1)
    await put(database, replace(crm("1", name="Eva", email="b@x.test", phone="1"), modified=fourth))
    assert (await seen(database, first.ref)).since == {"email": LATER}


async def test_a_look_that_does_not_tell_when_leaves_the_age_of_what_it_confirms(database: Database) -> None:
    first = crm("1", name="Ada", email="a@x.test", phone="1")
    await put(database, first)
    await put(database, replace(crm("1", name="Eva", email="a@x.test", phone="1"), modified=LATER))
    await put(database, replace(crm("1", name="Eva", email="c@x.test", phone="1"), modified=None))
    assert (await seen(database, first.ref)).modified == LATER
    assert (await seen(database, first.ref)).since == {"phone": START}


async def test_a_record_that_is_not_found_is_known_since_when(database: Database) -> None:
    missing = replace(crm("1"), standing=Standing.MISSING)
    await put(database, missing)
    async with database.write() as tx:
        assert await records.put(tx, "c", [missing], LATER) == []
    async with database.read() as tx:
        first = (await records.get(tx, "c", [missing.ref]))[missing.ref].seen_at
    assert first < LATER
    # Found once and missed again, it is missed since then.
    await put(database, crm("1", email="a"))
    async with database.write() as tx:
        assert await records.put(tx, "c", [missing], LATER) == [missing.ref]
    async with database.read() as tx:
        assert (await records.get(tx, "c", [missing.ref]))[missing.ref].seen_at == LATER


async def test_a_listing_that_repeats_a_record_lays_the_later_look_over_the_earlier_one(
    database: Database,
) -> None:
    assert await put(database, crm("1", email="a", phone="1"), crm("1", email="b")) == [crm("1").ref]
    assert (await seen(database, crm("1").ref)).fields == {"email": "b", "phone": "1"}


async def test_a_listing_from_an_index_that_lags_is_told_apart_from_news(database: Database) -> None:
    newer = replace(crm("1", email="new"), modified=LATER)
    gone = replace(crm("2"), standing=Standing.ARCHIVED)
    await put(database, newer, gone, crm("3"))
    listed = [crm("1", email="old"), crm("2"), crm("3"), crm("4")]
    async with database.read() as tx:
        behind, contrary = await records.outdated(tx, "c", listed, LATER)
    assert behind == {crm("1").ref, crm("2").ref}
    assert contrary == {crm("2").ref}


async def test_the_same_version_in_a_listing_yields_to_a_later_look_at_it(database: Database) -> None:
    await put(database, replace(crm("1", company="7"), modified=LATER))
    listed = [replace(crm("1", company=None), modified=LATER)]
    async with database.write() as tx:
        await records.touch(tx, "c", [crm("1").ref], LATER)
        behind, contrary = await records.outdated(tx, "c", listed, LATER - timedelta(seconds=30))
        await records.touch(tx, "c", sorted(behind), LATER - timedelta(seconds=30))
        still, _ = await records.outdated(tx, "c", listed, LATER - timedelta(seconds=30))
    assert (behind, contrary, still) == ({crm("1").ref}, set(), {crm("1").ref})


async def test_a_record_that_was_seen_to_be_there_is_not_missed(database: Database) -> None:
    await put(database, crm("1"), crm("2"))
    async with database.write() as tx:
        await records.touch(tx, "c", [crm("1").ref], LATER)
        assert await records.unseen_since(tx, "c", Side.CRM, Kind.CONTACT, LATER) == [crm("2").ref]


async def test_people_that_left_the_complete_list_of_their_contact_become_archived(
    database: Database,
) -> None:
    ada, bob, eve = (person(f"x/{name}", FirstName=name) for name in ("ada", "bob", "eve"))
    other = ledger("y", person("y/zoe"))
    await put(database, ledger("x", ada, bob, eve), other)
    changed = await put(database, ledger("x", ada), replace(other, children=None), at=LATER)
    assert sorted(changed) == sorted([bob.ref, eve.ref])
    assert (await seen(database, bob.ref)).standing is Standing.ARCHIVED
    assert (await seen(database, bob.ref)).fields == {"FirstName": "bob"}
    assert (await seen(database, Ref(Side.LEDGER, Kind.CONTACT_PERSON, "y/zoe"))).live
    assert await put(database, ledger("x", ada), at=LATER) == []
    assert await put(database, ledger("x", ada, bob), at=LATER) == [bob.ref]
    async with database.read() as tx:
        kept = await records.children(tx, "c", [ledger("x").ref])
    assert [(each.observation.ref.id, each.observation.live) for each in kept[ledger("x").ref]] == [
        ("x/ada", True),
        ("x/bob", True),
        ("x/eve", False),
    ]


async def test_a_person_who_moved_to_another_contact_is_not_archived(database: Database) -> None:
    ada = person("p", FirstName="ada")
    await put(database, ledger("x", ada), ledger("y"))
    assert await put(database, ledger("x"), ledger("y", ada), at=LATER) == []
    stored = await seen(database, ada.ref)
    assert stored.live
    assert stored.parent == "y"


async def test_pages_follow_the_order_of_ids_and_show_each_record_once(database: Database) -> None:
    ids = ["1", "10", "2", "a", "B", "ä", "Z"]
    await put(database, *(crm(record_id) for record_id in ids))
    found: list[str] = []
    while True:
        async with database.read() as tx:
            page = await records.page(tx, "c", Side.CRM, Kind.CONTACT, found[-1] if found else "", 2)
        if not page:
            break
        found += [stored.observation.ref.id for stored in page]
    assert found == sorted(ids)


async def test_after_a_complete_listing_what_it_did_not_show_is_found(database: Database) -> None:
    gone = replace(crm("3"), standing=Standing.ARCHIVED)
    await put(database, crm("1"), crm("2"), gone)
    await put(database, crm("2"), at=LATER)
    async with database.read() as tx:
        assert await records.unseen_since(tx, "c", Side.CRM, Kind.CONTACT, LATER) == [crm("1").ref]
        assert await records.counts(tx, "c") == {
            (Side.CRM, Kind.CONTACT, Standing.LIVE): 2,
            (Side.CRM, Kind.CONTACT, Standing.ARCHIVED): 1,
        }
        assert await records.counts(tx, "another connection") == {}


async def test_what_was_erased_stays_so_when_it_is_not_found_any_more(database: Database) -> None:
    erased = replace(crm("1"), standing=Standing.ERASED)
    await put(database, crm("1", email="ada@example.test"))
    await put(database, erased)
    assert await put(database, replace(crm("1"), standing=Standing.MISSING), at=LATER) == []
    assert (await seen(database, erased.ref)).standing is Standing.ERASED


async def test_a_repeated_look_that_does_not_tell_when_leaves_the_moment_of_the_other(
    database: Database,
) -> None:
    look = replace(crm("1", name="Ada"), modified=LATER)
    await put(database, look, replace(crm("1"), modified=None))
    assert (await seen(database, look.ref)).modified == LATER


async def test_of_a_record_seen_erased_nothing_is_kept(database: Database) -> None:
    await put(database, crm("1", email="ada@example.com"))
    await put(database, replace(crm("1", email="still told"), standing=Standing.ERASED))
    assert (await seen(database, crm("1").ref)).fields == {}


async def test_a_privacy_deletion_leaves_no_trace_of_a_persons_values_anywhere(database: Database) -> None:
    secret = "ada.lovelace"
    ref, other = crm("1").ref, Ref(Side.CRM, Kind.COMPANY, "1")
    operation = Operation(
        "people", Act.UPDATE, Side.LEDGER, Kind.CONTACT, "1", "x", {"Name": secret}, reason=secret, id="o"
    )
    async with database.write() as tx:
        await records.put(
            tx, "c", [crm("1", email=secret), Observation(other, Standing.LIVE, {"name": "kept"})], START
        )
        await keys.replace(tx, "c", "people", Side.CRM, {"1": [("email", secret)]})
        await keys.replace(tx, "c", "companies", Side.CRM, {"1": [("name", "kept")]})
        await links.put(
            tx, "c", [Link("l", "people", "1", "x", {"email": secret}, held={"email": secret})], START
        )
        await links.put(tx, "c", [Link("m", "companies", "1", "y", {"name": "kept"})], START)
        await operations.put(tx, "c", "p", [operation], START)
        question = Review("r", "people", ReviewKind.CONFLICT, START, "1", "x", "email", shown={"crm": secret})
        await reviews.ask(tx, "c", [question])
        await subjects.put(tx, "c", "people", [(ref, SubjectState.FAILED, secret, None)], START)
        await history.add(
            tx,
            "c",
            [history.Line("h", START, "people", "e", f"{secret} did", crm_id="1", detail={"x": secret})],
        )
    async with database.write() as tx:
        await records.erase(tx, "c", [ref], ["people"])
    async with database.read() as tx:
        found = str(
            [
                await records.get(tx, "c", [ref]),
                await keys.candidates(tx, "c", "people", Side.CRM, [("email", secret)]),
                await links.by_ids(tx, "c", ["l"]),
                await operations.by_plan(tx, "c", "p"),
                await reviews.get(tx, "c", "r"),
                await subjects.get(tx, "c", "people", [ref]),
                await history.tail(tx, "c"),
            ]
        )
        assert secret not in found
        assert (await records.get(tx, "c", [ref]))[ref].observation.standing is Standing.ERASED
        assert (await records.get(tx, "c", [other]))[other].observation.fields == {"name": "kept"}
        assert await keys.candidates(tx, "c", "companies", Side.CRM, [("name", "kept")])
        assert (await links.by_ids(tx, "c", ["m"]))["m"].base == {"name": "kept"}


# ── the match index ───────────────────────────────────────────────────────────────────────────────────────────────────


async def test_records_are_found_by_exactly_the_keys_they_were_last_given(database: Database) -> None:
    async with database.write() as tx:
        await keys.replace(
            tx, "c", "s", Side.CRM, {"1": [("email", "a"), ("name", "x")], "2": [("name", "x")]}
        )
        await keys.replace(tx, "c", "s", Side.CRM, {"1": [("email", "b"), ("name", "x"), ("name", "x")]})
        await keys.replace(tx, "c", "s", Side.LEDGER, {"9": [("name", "x")]})
    asked = [("email", "a"), ("email", "b"), ("name", "x"), ("name", "y")]
    async with database.read() as tx:
        assert await keys.candidates(tx, "c", "s", Side.CRM, asked) == {
            ("email", "b"): ["1"],
            ("name", "x"): ["1", "2"],
        }
        assert await keys.candidates(tx, "c", "other", Side.CRM, asked) == {}
    async with database.write() as tx:
        await keys.replace(tx, "c", "s", Side.CRM, {"1": []})
        await keys.forget(tx, "c", "none")
        assert await keys.candidates(tx, "c", "s", Side.CRM, [("name", "x")]) == {("name", "x"): ["2"]}
        await keys.forget(tx, "c", "s")
        assert await keys.candidates(tx, "c", "s", Side.LEDGER, [("name", "x")]) == {}


@pytest.mark.parametrize("key", ["x" * 100_000, "nul\0inside", 'it\'s "quoted" % :name', "Ω 名前 \U0001f600"])
async def test_any_text_may_be_a_key(database: Database, key: str) -> None:
    async with database.write() as tx:
        await keys.replace(tx, "c", "s", Side.CRM, {"1": [("name", key)], "2": [("name", key + "!")]})
        found = await keys.candidates(tx, "c", "s", Side.CRM, [("name", key)])
    assert found == {("name", key): ["1"]}


async def test_claims_of_planned_records_are_dropped_and_keys_of_real_ones_stay(database: Database) -> None:
    async with database.write() as tx:
        await keys.replace(
            tx, "c", "s", Side.CRM, {"+1": [("=name", "x")], "1": [("=name", "y")], ",": [("=name", "z")]}
        )
        await keys.replace(tx, "d", "s", Side.CRM, {"+1": [("=name", "x")]})
        await keys.drop_claims(tx, "c")
        asked = [("=name", text) for text in "xyz"]
        assert set(await keys.candidates(tx, "c", "s", Side.CRM, asked)) == {("=name", "y"), ("=name", "z")}
        assert set(await keys.candidates(tx, "d", "s", Side.CRM, asked)) == {("=name", "x")}
