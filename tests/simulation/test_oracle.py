"""The oracle itself: for every invariant a world, made by hand, that violates it, and one that does not."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.simulation import play as playing
from tests.simulation.books import Edit, Entry
from tests.simulation.evidence import Linked, View
from tests.simulation.naive import NaiveEngine
from tests.simulation.oracle import judge
from tests.simulation.play import play
from tests.simulation.scenario import Act, Config, Scenario
from tests.simulation.wire import Exchange
from tests.simulation.words import Ran, Typed
from tests.simulation.world import START

from crossfoot.systems.port import Request
from crossfoot_sandbox.direct import BASE

ADA, US = "person:ada", "app:1"


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def entry(
    side: str, record_id: str, *edits: tuple[float, str, Mapping[str, str]], kind: str = "person", **more: Any
) -> Entry:
    values: dict[str, str] = {}
    made = []
    for seconds, author, changed in edits:
        values |= changed
        made.append(Edit(at(seconds), author, dict(changed)))
    gone = values.get("archived") == "yes" or values.get("erased") == "yes"
    return Entry(side, kind, record_id, edits[0][1], not gone, gone, None, "", values, tuple(made), **more)


WHOLE = {"first": "Ada", "last": "Stone", "email": "ada@post.example", "phone": "98871000", "city": "Napier"}


def world(*entries: Entry, **more: Any) -> View:
    """A world in agreement: contact 1 of the CRM and contact a of the ledger are Ada."""
    found = list(entries) or [entry("crm", "1", (0, ADA, WHOLE)), entry("ledger", "a", (5, US, WHOLE))]
    view = View(entries=found, aliases={(each.side, each.kind, each.id): "person 1" for each in found})
    view.links = [Linked("l", "person", "1", "a", "active", dict(WHOLE))]
    view.memory = {(each.side, each.kind, each.id): dict(each.values) for each in found}
    view.runs = [Ran("w", at(0), at(1), ok=True), Ran("w", at(60), at(61), ok=True)]
    for name, value in more.items():
        setattr(view, name, value)
    return view


def call(
    seconds: float,
    method: str,
    path: str,
    *,
    body: object = None,
    answer: object = None,
    status: int = 200,
    system: str = "crm",
    **more: Any,
) -> Exchange:
    request = Request(method, f"{BASE}{path}", {}, json.dumps(body).encode() if body else b"", "call")
    found = Exchange(
        at(seconds),
        "w",
        system,
        f"{system} call",
        request,
        at(seconds),
        status=status,
        body=json.dumps(answer or {}).encode(),
    )
    for name, value in more.items():
        setattr(found, name, value)
    return found


READ = ("POST", "/hubspot/crm/objects/2026-09/contacts/batch/read")
UPDATE = ("POST", "/hubspot/crm/objects/2026-09/contacts/batch/update")
SEARCH = ("POST", "/hubspot/crm/objects/2026-09/contacts/search")


def update(seconds: float, *ids: str, **more: Any) -> Exchange:
    return call(
        seconds,
        *UPDATE,
        body={"inputs": [{"id": each, "properties": {"jobtitle": "x"}} for each in ids]},
        **more,
    )


def crm(*edits: tuple[float, str, Mapping[str, str]], **more: Any) -> Entry:
    return entry("crm", more.pop("id", "1"), *edits, **more)


def ledger(*edits: tuple[float, str, Mapping[str, str]], **more: Any) -> Entry:
    return entry("ledger", more.pop("id", "a"), *edits, **more)


TYPED = Typed(at(30), "crm", "person 1", "person", "1", "city", "Town 7")
GONE = (40, ADA, {"archived": "yes"})

BROKEN: list[tuple[str, View]] = [
    ("AGREE", world(crm((0, ADA, WHOLE), (30, ADA, {"city": "Town 7"})), ledger((5, US, WHOLE)))),
    ("AGREE", world(crm((0, ADA, WHOLE)), links=[])),
    ("KEEP", world(crm((0, ADA, WHOLE), (30, ADA, {"city": "Town 7"}), (60, US, {"city": "Napier"})), ledger((5, US, WHOLE)), typed=[TYPED])),
    ("KEEP", world(crm((0, ADA, WHOLE)), ledger((5, US, WHOLE), (30, ADA, {"city": "Town 7"}), (60, US, {"city": "Napier"}), (90, US, {"city": "Town 7"})))),
    (
        "KEEP",
        world(
            crm((0, ADA, WHOLE), (30, ADA, {"city": "Town 7"}), (60, ADA, {"city": "Town 8"}), (90, US, {"city": "Town 7"})),
            ledger((5, US, WHOLE), (40, US, {"city": "Town 7"})),
            typed=[replace(TYPED, at=at(60), value="Town 8")],
            told=["city: 'Town 8' in HubSpot was replaced by 'Town 7' (both sides changed it; the rule says the ledger wins)"],
        ),
    ),
    ("GAP", world(wire=[call(10, *READ, answer={"results": [{"id": "1"}]}), update(12, "1")])),
    ("GAP", world(wire=[update(12, "1")])),
    (
        "GAP",
        world(
            wire=[
                call(10, *READ, answer={"results": [{"id": "1"}]}),
                call(10.2, *UPDATE, body={"inputs": [{"id": "1", "properties": {"city": "Napier"}}]}, answer={"results": [{"id": "1"}]}),
            ]
        ),
    ),
    ("ONCE", world(crm((0, ADA, WHOLE)), ledger((5, US, WHOLE)), ledger((9, US, WHOLE), id="b"))),
    ("ONCE", world(crm((0, ADA, WHOLE)), ledger((5, ADA, WHOLE)), ledger((300, US, WHOLE), id="b"))),
    ("DEAD", world(crm((0, ADA, WHOLE)), ledger((5, US, WHOLE), GONE), ledger((90, US, WHOLE), id="b"))),
    ("DEAD", world(crm((0, ADA, WHOLE)), ledger((5, US, WHOLE), GONE, (50, US, {"archived": ""})))),
    ("SPARE", world(crm((0, ADA, WHOLE)), ledger((5, US, WHOLE), (50, US, {"archived": "yes"})), config=Config(deletion="archive"))),
    ("SPARE", world(crm((0, ADA, WHOLE), GONE), ledger((5, US, WHOLE), (50, US, {"archived": "yes"})))),
    ("CALM", world(again={"CALM": ["person 1 in the crm: city"]})),
    ("CALM", world(crm((0, ADA, WHOLE)), ledger((5, US, WHOLE), (6, US, {"city": "B"}), (7, US, {"city": "Napier"})))),
    ("AGAIN", world(again={"AGAIN": ["person 1 in the crm: city"]})),
    ("BASE", world(links=[Linked("l", "person", "1", "a", "active", {**WHOLE, "city": "Nowhere"})])),
    ("BASE", world(crm((0, ADA, WHOLE), (30, US, {"city": "B"})), ledger((5, US, WHOLE), (20, US, {"city": "B"})), links=[Linked("l", "person", "1", "a", "active", {"city": "B"})])),
    ("ONE2ONE", world(links=[Linked("l", "person", "1", "a", "active"), Linked("m", "person", "1", "b", "active")])),
    ("SAME", world(aliases={("crm", "person", "1"): "person 1", ("ledger", "person", "a"): "person 2"})),
    ("DEAD", world(crm((0, ADA, WHOLE)), ledger((5, US, WHOLE), (40, ADA, {"erased": "yes"})), ledger((90, US, WHOLE), id="b"))),
    ("HEARD", world(memory={("crm", "person", "1"): {**WHOLE, "city": "Old"}, ("ledger", "person", "a"): WHOLE})),
    ("HEARD", world(memory={("crm", "person", "1"): WHOLE})),
    ("DURABLE", world(unsettled=["create ledger contact: outcome not known"])),
    ("STOP", world(wire=[call(1, *SEARCH), *(update(2 + n / 10, str(n)) for n in range(6))])),
    ("POLITE", world(wire=[call(n / 10, *SEARCH) for n in range(6)])),
    ("POLITE", world(wire=[update(1, "1", status=429, retry_after=10.0), call(5, *READ)])),
    ("FAIR", world(standings={("crm", "person", "1"): ("failed", "somebody else's fault")})),
    ("DRY", world(dry=(1, 3, 3))),
    ("DRY", world(dry=(0, 3, 2))),
]  # fmt: skip


@pytest.mark.parametrize(
    ("invariant", "view"), BROKEN, ids=[f"{name}-{number}" for number, (name, _) in enumerate(BROKEN)]
)
def test_a_world_that_breaks_a_promise_is_flagged(invariant: str, view: View) -> None:
    assert [found.invariant for found in judge(view, [invariant])] == [invariant]


@pytest.mark.parametrize(
    ("caller", "shared", "stored", "flagged"),
    [
        ("other", True, True, True),
        ("other", True, False, False),
        ("other", False, False, True),
        ("w", True, False, True),
    ],
)
def test_a_refusal_binds_whoever_can_know_of_it(
    caller: str, *, shared: bool, stored: bool, flagged: bool
) -> None:
    """Processes know of each other's by the database only: who died before it is there took it along."""
    refused = update(1, "1", status=429, retry_after=10.0, stored=stored)
    view = world(wire=[refused, call(5, *READ, life=caller)], config=Config(shared_budget=shared))
    assert bool(judge(view, ["POLITE"])) is flagged


def test_a_world_in_agreement_is_not_flagged() -> None:
    view = world(
        wire=[
            call(1, *SEARCH),
            call(10, *READ, answer={"results": [{"id": "1"}]}),
            update(10.5, "1"),
            call(20, *READ, answer={"results": [{"id": str(n)} for n in range(5)]}),
            *(update(20 + n / 10, str(n)) for n in range(5)),
        ],
        dry=(0, 3, 3),
    )
    assert judge(view) == []


def test_an_edit_that_lost_a_conflict_is_no_silent_loss_when_history_tells_it() -> None:
    lost = world(
        crm((0, ADA, WHOLE), (30, ADA, {"city": "Town 7"}), (60, US, {"city": "Town 8"})),
        ledger((5, US, WHOLE), (31, ADA, {"city": "Town 8"})),
        typed=[TYPED],
    )
    assert judge(lost, ["KEEP"])
    lost.told = [
        "city: 'Town 7' in HubSpot was replaced by 'Town 8' (both sides changed it; the newer change wins)"
    ]
    assert judge(lost, ["KEEP"]) == []


@pytest.mark.parametrize(("linked", "lost"), [(5, True), (None, False), (95, False)])
def test_emptiness_counts_once_the_two_were_linked(linked: int | None, lost: bool) -> None:
    filled = world(
        crm((0, ADA, WHOLE), (80, ADA, {"phone": ""}), (120, US, {"phone": WHOLE["phone"]})),
        ledger((0, ADA, WHOLE)),
        typed=[replace(TYPED, at=at(80), word="phone", value="")],
        runs=[Ran("w", at(60), at(61), ok=True)],
    )
    if linked is not None:
        filled.linked["crm", "person", "1"] = {"a": at(linked)}
    assert bool(judge(filled, ("KEEP",))) is lost


def test_an_edit_that_reached_the_other_side_and_was_edited_there_is_no_loss() -> None:
    newer = Typed(at(90), "ledger", "person 1", "person", "a", "city", "Town 8")
    view = world(
        crm((0, ADA, WHOLE), (30, ADA, {"city": "Town 7"}), (99, US, {"city": "Town 8"})),
        ledger((5, US, WHOLE), (60, US, {"city": "Town 7"}), (90, ADA, {"city": "Town 8"})),
        typed=[TYPED, newer],
    )
    assert judge(view, ["KEEP"]) == []


def test_an_edit_loses_to_what_somebody_across_has_typed_though_it_is_told_so() -> None:
    """The same sentence of history, for an edit that had a rival and for one that lost to a copy of what was there before it."""
    told = [
        "city: 'Town 8' in HubSpot was replaced by 'Town 7' (both sides changed it; the rule says the ledger wins)"
    ]
    edits = (
        (0, ADA, WHOLE),
        (30, ADA, {"city": "Town 7"}),
        (60, ADA, {"city": "Town 8"}),
        (90, US, {"city": "Town 7"}),
    )
    typed = [replace(TYPED, at=at(60), value="Town 8")]
    for author, verdict in ((ADA, []), (US, ["KEEP"])):
        view = world(
            crm(*edits), ledger((5, US, WHOLE), (40, author, {"city": "Town 7"})), typed=typed, told=told
        )
        assert [found.invariant for found in judge(view, ["KEEP"])] == verdict


@pytest.mark.parametrize(("shown", "verdict"), [(20, ["KEEP"]), (40, []), (None, [])])
def test_a_copy_that_was_edited_before_it_was_ever_shown_may_be_taken_for_an_edit(
    shown: float | None, verdict: list[str]
) -> None:
    """The answer to a creation was lost, and somebody edited another field of what it had made."""
    made = dict(WHOLE, city="Town 7")
    view = world(
        crm((0, ADA, made), (20, ADA, {"city": "Town 8"}), (90, US, {"city": "Town 7"})),
        ledger((5, US, made), (30, ADA, {"phone": "98871001"})),
        typed=[replace(TYPED, at=at(20), value="Town 8")],
        told=[
            "city: 'Town 8' in HubSpot was replaced by 'Town 7' (both sides changed it; the newer change wins)"
        ],
        runs=[],
    )
    if shown is not None:
        answer = {"Contacts": [{"ContactID": "a"}]}
        view.wire = [
            call(shown, "GET", "/xero/api.xro/2.0/Contacts", answer=answer, system="ledger", stored=True)
        ]
    assert [found.invariant for found in judge(view, ["KEEP"])] == verdict


def test_merged_records_are_all_of_their_stories() -> None:
    gone = replace(crm((0, ADA, WHOLE), id="2"), live=False, merged_into="1")
    view = world(crm((0, ADA, WHOLE)), gone, ledger((5, ADA, WHOLE)))
    view.aliases |= {("crm", "person", "2"): "person 2", ("ledger", "person", "a"): "person 2"}
    assert judge(view, ["SAME"]) == []
    assert judge(replace(view, entries=[view.entries[0], view.entries[2]]), ["SAME"])


def test_an_edit_in_the_moment_between_look_and_write_is_counted_not_flagged() -> None:
    view = world(
        crm((0, ADA, WHOLE), (30, ADA, {"city": "Town 7"}), (30.5, US, {"city": "Town 8"})),
        ledger((5, US, WHOLE), (20, ADA, {"city": "Town 8"})),
        typed=[TYPED],
    )
    assert judge(view, ["KEEP"]) == []
    assert view.counters["edits in the gap"] == 1


def test_a_difference_about_which_a_person_is_asked_is_no_disagreement() -> None:
    view = world(crm((0, ADA, WHOLE), (30, ADA, {"city": "Town 7"})), ledger((5, US, WHOLE)))
    view.questions = [("1", "a", "city")]
    assert judge(view, ["AGREE"]) == []


def test_a_naive_engine_is_found_out() -> None:
    """An engine that copies without memory makes everything twice, and never comes to rest."""
    story = Scenario(
        1,
        replace(Config(), until=120.0, interval=40.0, invoice="people", lag=2.0),
        (Act(0, "crm", "create", "person 1", dict(WHOLE, phone="+6498871000")),),
        faults={},
    )
    found = play(story, NaiveEngine)
    assert {"ONCE", "AGREE"} <= {violation.invariant for violation in found.violations}


def test_a_scenario_is_written_and_read_without_loss() -> None:
    from tests.simulation.scenario import from_toml, to_toml

    for seed in range(30):
        scenario = playing.drawn(seed)
        assert from_toml(to_toml(scenario)) == scenario
        assert from_toml(to_toml(scenario.exactly({"crm read #1": "slow"}))) == scenario.exactly(
            {"crm read #1": "slow"}
        )
