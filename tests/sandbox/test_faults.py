"""Faults: each kind does what it says, placed ones hit the call they name, drawn ones depend on nothing but the call's name."""

from collections.abc import Iterator

import pytest

from crossfoot_sandbox import defaults, jsontext
from crossfoot_sandbox.clock import Clock
from crossfoot_sandbox.defaults import World
from crossfoot_sandbox.faults import Call, Faults, Kind, Placed, draw
from crossfoot_sandbox.wire import Dropped, Refused, Response

CONTACTS = "/hubspot/crm/objects/2026-03/contacts"
HEADERS = {
    "Authorization": f"Bearer {defaults.HUBSPOT_TOKEN}",
    "Content-Type": "application/json",
}


def a_world(*placed: Placed, rates: dict[Kind, float] | None = None) -> World:
    return defaults.world(Clock(lambda: 1_790_000_000.0), Faults(7, rates, placed))


def create(world: World, email: str = "ada@home.example") -> Response:
    body = jsontext.dumps({"properties": {"email": email}})
    return world.sandbox.call("POST", CONTACTS, HEADERS, body)


def made(world: World) -> int:
    return len(world.portal.book("contacts"))


def test_without_faults_a_call_goes_through() -> None:
    world = a_world()
    assert create(world).status == 201
    assert made(world) == 1


def test_a_refused_connection_has_no_effect() -> None:
    world = a_world(Placed(Kind.REFUSED))
    with pytest.raises(Refused):
        create(world)
    assert made(world) == 0


def test_a_lost_request_has_no_effect_but_the_caller_cannot_know() -> None:
    world = a_world(Placed(Kind.REQUEST_LOST))
    with pytest.raises(Dropped):
        create(world)
    assert made(world) == 0


def test_a_lost_reply_has_its_effect_and_the_caller_cannot_know() -> None:
    world = a_world(Placed(Kind.REPLY_LOST))
    with pytest.raises(Dropped):
        create(world)
    assert made(world) == 1


def test_an_error_before_has_no_effect() -> None:
    world = a_world(Placed(Kind.ERROR_BEFORE))
    assert create(world).status == 503
    assert made(world) == 0


def test_an_error_after_has_its_effect() -> None:
    world = a_world(Placed(Kind.ERROR_AFTER))
    assert create(world).status == 500
    assert made(world) == 1


def test_a_garbled_answer_is_a_success_whose_body_cannot_be_read() -> None:
    world = a_world(Placed(Kind.GARBLED))
    response = create(world)
    assert response.status == 201
    with pytest.raises(ValueError, match=r".+"):
        response.payload()
    assert made(world) == 1


def test_a_proxy_page_is_html_and_has_no_effect() -> None:
    world = a_world(Placed(Kind.HTML))
    response = create(world)
    assert (response.status, response.headers["Content-Type"]) == (502, "text/html")
    assert made(world) == 0


def test_throttling_is_hubspots_own_429_and_has_no_effect() -> None:
    world = a_world(Placed(Kind.THROTTLED))
    response = create(world)
    assert response.status == 429
    assert response.payload()["policyName"] == "TEN_SECONDLY_ROLLING"
    assert made(world) == 0


def test_throttling_is_xeros_own_429_with_an_empty_body() -> None:
    world = a_world(Placed(Kind.THROTTLED, system="xero"))
    response = world.sandbox.call("GET", "/xero/api.xro/2.0/Contacts")
    assert (response.status, response.body) == (429, b"")
    assert response.headers["X-Rate-Limit-Problem"] == "minute"


def test_every_fault_is_in_the_log_and_calls_without_an_answer_have_no_status() -> None:
    world = a_world(Placed(Kind.REPLY_LOST), Placed(Kind.ERROR_AFTER, nth=1))
    with pytest.raises(Dropped):
        create(world)
    create(world, "ben@home.example")
    create(world, "cat@home.example")
    seen = [(entry.status, entry.fault) for entry in world.sandbox.journal.calls("hubspot")]
    assert seen == [(0, "reply lost"), (500, "error after"), (201, "")]


def test_a_placed_fault_hits_only_the_call_it_names() -> None:
    faults = Faults(placed=[Placed(Kind.REFUSED, "xero", "PUT /Contacts", "3", nth=2)])
    others = [
        ("hubspot", "PUT /Contacts", "3"),
        ("xero", "GET /Contacts", "3"),
        ("xero", "PUT /Contacts", "1"),
    ]
    assert [faults.fate(faults.named(*name)) for name in others] == [None, None, None]
    named = [faults.fate(faults.named("xero", "PUT /Contacts", "3")) for _ in range(3)]
    assert named == [None, Kind.REFUSED, None]


def test_a_fault_placed_for_every_call_hits_every_call() -> None:
    faults = Faults(placed=[Placed(Kind.HTML, nth=0)])
    assert [faults.fate(faults.named("xero", "GET /Items")) for _ in range(3)] == [Kind.HTML] * 3
    assert faults.happened == {Kind.HTML: 3}


def calls() -> Iterator[tuple[str, str, str]]:
    for number in range(400):
        yield ("hubspot" if number % 2 else "xero", f"POST /thing/{number % 7}", str(number % 50))


def fates(faults: Faults, without: int | None = None) -> dict[Call, Kind | None]:
    named = [name for place, name in enumerate(calls()) if place != without]
    return {call: faults.fate(call) for call in (faults.named(*name) for name in named)}


RATES = {Kind.REPLY_LOST: 0.1, Kind.THROTTLED: 0.1}


def test_drawn_faults_are_the_same_for_the_same_seed_and_differ_between_seeds() -> None:
    assert fates(Faults(1, RATES)) == fates(Faults(1, RATES))
    assert fates(Faults(1, RATES)) != fates(Faults(2, RATES))


@pytest.mark.parametrize("without", [0, 17, 399])
def test_taking_one_call_out_leaves_every_other_fate_as_it_was(without: int) -> None:
    whole, less = fates(Faults(1, RATES)), fates(Faults(1, RATES), without)
    gone = set(whole) - set(less)
    assert len(gone) == 1
    assert all(whole[call] == fate for call, fate in less.items())


def test_taking_one_kind_of_fault_out_leaves_the_others_where_they_were() -> None:
    both, one = fates(Faults(1, RATES)), fates(Faults(1, {Kind.THROTTLED: 0.1}))
    assert {c for c, f in both.items() if f is Kind.THROTTLED} <= {
        c for c, f in one.items() if f is Kind.THROTTLED
    }


def test_drawn_faults_come_about_as_often_as_asked() -> None:
    hit = sum(1 for fate in fates(Faults(3, {Kind.REPLY_LOST: 0.25})).values() if fate)
    assert 60 < hit < 140


def test_a_draw_depends_on_its_name_alone_and_stays_below_one() -> None:
    drawn = [draw(5, "x", number) for number in range(1_000)]
    assert drawn == [draw(5, "x", number) for number in range(1_000)]
    assert all(0 <= number < 1 for number in drawn)
    assert len(set(drawn)) == 1_000


def test_reads_and_searches_are_no_writes() -> None:
    assert not Call("hubspot", "GET /crm/objects/contacts").is_write
    assert not Call("hubspot", "POST /crm/objects/contacts/search").is_write
    assert not Call("hubspot", "POST /crm/objects/contacts/batch/read").is_write
    assert Call("hubspot", "POST /crm/objects/contacts/batch/create").is_write
