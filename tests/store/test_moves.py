"""What decisions rest on is counted whenever it moves, and nothing else is."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.store.children import START

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.links import Link, LinkState
from crossfoot.model.operations import Act, Operation, OperationState
from crossfoot.model.records import Observation, Standing
from crossfoot.model.subjects import SubjectState
from crossfoot.store import (
    connections,
    descriptions,
    keys,
    links,
    moves,
    operations,
    records,
    requests,
    reviews,
    signals,
    subjects,
)
from crossfoot.store.connections import Connection
from crossfoot.store.database import Database, Tx

ADA = Ref(Side.CRM, Kind.CONTACT, "1")
BOB = Ref(Side.LEDGER, Kind.CONTACT, "x")
PERSON = Ref(Side.LEDGER, Kind.CONTACT_PERSON, "x/0")
SEEN = Observation(ADA, Standing.LIVE, {"email": "ada@example.org"}, START)
KEPT = Observation(BOB, Standing.LIVE, {}, children=(Observation(PERSON, Standing.LIVE, {}, parent="x"),))
LINK = Link("l", "people", "1", "x")
CREATE = Operation("people", Act.CREATE, Side.LEDGER, Kind.CONTACT, "1", None, id="o")

Change = Callable[[Tx], Awaitable[object]]

MOVING: Mapping[str, Change] = {
    "other content": lambda tx: records.put(tx, "c", [replace(SEEN, fields={"email": None})], START),
    "another standing": lambda tx: records.put(tx, "c", [replace(SEEN, standing=Standing.ARCHIVED)], START),
    "a later change": lambda tx: records.put(tx, "c", [replace(SEEN, modified=START + timedelta(1))], START),
    "a new record": lambda tx: records.put(
        tx, "c", [Observation(replace(ADA, id="2"), Standing.LIVE)], START
    ),
    "a person who left": lambda tx: records.put(tx, "c", [replace(KEPT, children=())], START + timedelta(1)),
    "an erased record": lambda tx: records.erase(tx, "c", [ADA], ["people"]),
    "a link": lambda tx: links.put(tx, "c", [replace(LINK, state=LinkState.ENDED)], START),
    "a link that moved": lambda tx: links.move(tx, "c", "l", Side.CRM, "3", START),
    "forgotten links": lambda tx: links.forget(tx, "c", "people"),
    "two kept apart": lambda tx: reviews.keep_apart(tx, "c", "people", [("r", "1", "x")], START, "ann"),
    "forgotten answers": lambda tx: reviews.forget(tx, "c", "people"),
    "a dropped index": lambda tx: keys.forget(tx, "c", "people"),
    "something asked for": lambda tx: requests.put(tx, "c", "deals", "1", START, "ann"),
    "something no longer asked for": lambda tx: requests.withdraw(tx, "c", "deals", "1"),
    "all that was asked for": lambda tx: requests.forget(tx, "c", "deals"),
    "other settings": lambda tx: connections.put(tx, Connection("c", "Bakery", START, "direction: to_crm")),
    "another account plan": lambda tx: descriptions.put(tx, "c", {Side.CRM: "three fields"}),
}

STILL: Mapping[str, Change] = {
    "the same once more": lambda tx: records.put(tx, "c", [SEEN, KEPT], START + timedelta(1)),
    "no link": lambda tx: links.put(tx, "c", [], START),
    "a signal": lambda tx: signals.note(tx, "c", "people", [ADA], True, START),
    "an operation": lambda tx: operations.put(tx, "c", "p", [CREATE], START),
    "a settled one": lambda tx: operations.settle_many(
        tx, "c", ["o"], OperationState.APPLIED, run="r", now=START
    ),
    "how a record stands": lambda tx: subjects.put(
        tx, "c", "people", [(ADA, SubjectState.PENDING, "", None)], START
    ),
    "keys of a planned one": lambda tx: keys.replace(
        tx, "c", "people", Side.LEDGER, {"+1": [("=Name", "a")]}
    ),
    "the same accounts": lambda tx: descriptions.put(tx, "c", {Side.CRM: "two fields"}),
    "another connection": lambda tx: links.put(tx, "d", [LINK], START),
}


async def moved(database: Database, change: Change) -> bool:
    async with database.write() as tx:
        await connections.put(tx, Connection("c", "Bakery", START))
        await descriptions.put(tx, "c", {Side.CRM: "two fields", Side.LEDGER: "one field"})
        await records.put(tx, "c", [SEEN, KEPT], START)
        await links.put(tx, "c", [LINK], START)
    async with database.write() as tx:
        before = await moves.number(tx, "c")
        await change(tx)
        return await moves.number(tx, "c") > before


@pytest.mark.parametrize("change", MOVING.values(), ids=MOVING)
async def test_what_decisions_rest_on_is_counted_when_it_moves(database: Database, change: Change) -> None:
    assert await moved(database, change)


@pytest.mark.parametrize("change", STILL.values(), ids=STILL)
async def test_what_no_decision_rests_on_is_not_counted(database: Database, change: Change) -> None:
    assert not await moved(database, change)
