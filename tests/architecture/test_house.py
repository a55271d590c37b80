"""The house is as its plan says; and each rule is shown to notice when it is broken."""

from collections.abc import Callable, Iterator

import pytest
from tests.architecture.house import (
    DOORS,
    LINES_MAX,
    SHARED_FILES,
    SRC,
    Source,
    back_doors,
    circles,
    floats,
    imports,
    imports_of,
    impure_imports,
    missing_files,
    sources,
    time_and_chance,
    too_long,
    undocumented,
    unused_queries,
    wrong_floors,
    wrong_imports,
)

from crossfoot.store.queries import queries

CROSSFOOT = sources("crossfoot")
SANDBOX = sources("crossfoot_sandbox")

Rule = Callable[[Source], Iterator[str]]


# ── the house as it stands ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_house_was_found() -> None:
    names = {source.module for source in CROSSFOOT}
    assert {"crossfoot.sync.merge", "crossfoot.systems.port", "crossfoot.runtime.cycle"} <= names
    assert "crossfoot_sandbox.sandbox" in {source.module for source in SANDBOX}


@pytest.mark.parametrize(
    "rule", [wrong_imports, impure_imports, floats, back_doors], ids=lambda rule: rule.__name__
)
def test_no_rule_of_the_house_is_broken(rule: Rule) -> None:
    assert [broken for source in CROSSFOOT for broken in rule(source)] == []


def test_crossfoot_and_its_sandbox_know_nothing_of_each_other() -> None:
    assert [broken for source in CROSSFOOT for broken in imports_of(source, "crossfoot_sandbox")] == []
    assert [broken for source in SANDBOX for broken in imports_of(source, "crossfoot")] == []


@pytest.mark.parametrize("package", [CROSSFOOT, SANDBOX], ids=["crossfoot", "crossfoot_sandbox"])
def test_every_file_can_be_read_after_those_that_it_imports(package: list[Source]) -> None:
    assert circles(package) == []


def test_each_stand_in_is_built_floor_upon_floor_and_knows_nothing_of_the_other() -> None:
    assert [broken for source in SANDBOX for broken in wrong_floors(source)] == []


def test_every_door_is_still_used() -> None:
    """A door that nobody goes through any more is one that nobody watches."""
    used = {source.module: time_and_chance(source) for source in CROSSFOOT}
    assert [
        (module, door) for module, doors in DOORS.items() for door in doors - used.get(module, set())
    ] == []


def test_every_public_function_and_class_says_what_it_means() -> None:
    rooms = ("model", "settings", "sync", "systems.port", "runtime", "store", "proof")
    watched = [
        source
        for source in CROSSFOOT
        if source.module.startswith(tuple(f"crossfoot.{room}" for room in rooms))
    ]
    assert [missing for source in watched for missing in undocumented(source)] == []


def test_no_module_is_too_long_to_be_read_at_one_sitting() -> None:
    assert [source.module for source in [*CROSSFOOT, *SANDBOX] if too_long(source)] == []


@pytest.mark.parametrize("system", ["hubspot", "xero"])
def test_each_connector_has_the_same_file_names(system: str) -> None:
    folder = SRC / "crossfoot" / "systems" / system
    assert missing_files(file.stem for file in folder.glob("*.py")) == []


def test_every_named_query_is_asked_by_somebody() -> None:
    assert unused_queries(queries(), CROSSFOOT) == []


# ── each rule notices when it is broken ────────────────────────────────────────────────────────────────────────────────

PLANTED: list[tuple[Rule, str, str]] = [
    (wrong_imports, "crossfoot.model.money", "from crossfoot.settings.rules import Sync"),
    (wrong_imports, "crossfoot.settings.rules", "import crossfoot.sync.plan"),
    (wrong_imports, "crossfoot.sync.plan", "from crossfoot.store import links"),
    (wrong_imports, "crossfoot.sync.plan", "from crossfoot.systems import xero"),
    (wrong_imports, "crossfoot.sync.plan", "from ..runtime import cycle"),
    (wrong_imports, "crossfoot.systems.hubspot.http", "from crossfoot.systems.xero.http import XeroClient"),
    (wrong_imports, "crossfoot.systems.hubspot.http", "from crossfoot.settings.filters import Test"),
    (wrong_imports, "crossfoot.systems.hubspot.http", "from crossfoot.systems.sending import HttpSend"),
    (wrong_imports, "crossfoot.systems.port", "from crossfoot.store.database import Tx"),
    (wrong_imports, "crossfoot.store.links", "from crossfoot.sync.subject import Pair"),
    (wrong_imports, "crossfoot.runtime.cycle", "from crossfoot.systems.xero import system"),
    (wrong_imports, "crossfoot.runtime.cycle", "from crossfoot.app import opening"),
    (wrong_imports, "crossfoot.proof.prove", "from crossfoot.cli import main"),
    (wrong_imports, "crossfoot.cli.main", "def late():\n    from crossfoot.systems.hubspot import defaults"),
    (wrong_imports, "crossfoot.cellar.wine", "import os"),
    (
        wrong_floors,
        "crossfoot_sandbox.hubspot.books.book",
        "from crossfoot_sandbox.hubspot.acts import later",
    ),
    (
        wrong_floors,
        "crossfoot_sandbox.hubspot.pages.portal",
        "from crossfoot_sandbox.hubspot.api import call",
    ),
    (wrong_floors, "crossfoot_sandbox.xero.kinds.items", "from crossfoot_sandbox.xero.ledger import Xero"),
    (wrong_floors, "crossfoot_sandbox.xero.shape", "from crossfoot_sandbox.xero.books.book import Book"),
    (wrong_floors, "crossfoot_sandbox.xero.ledger", "from crossfoot_sandbox.hubspot import switches"),
    (impure_imports, "crossfoot.sync.plan", "import asyncio"),
    (impure_imports, "crossfoot.sync.plan", "from httpx2 import AsyncClient"),
    (impure_imports, "crossfoot.sync.plan", "def late():\n    import sqlite3"),
    (impure_imports, "crossfoot.model.money", "from time import time"),
    (impure_imports, "crossfoot.settings.rules", "import random"),
    (floats, "crossfoot.model.money", "amount = float(text)"),
    (floats, "crossfoot.store.values", "Decimal(0.1)"),
    (back_doors, "crossfoot.runtime.cycle", "from datetime import datetime\nnow = datetime.now()"),
    (back_doors, "crossfoot.runtime.cycle", "import datetime as dt\nnow = dt.datetime.now(dt.UTC)"),
    (back_doors, "crossfoot.sync.plan", "from datetime import date\ntoday = date.today()"),
    (back_doors, "crossfoot.runtime.cycle", "import time\nnow = time.time()"),
    (back_doors, "crossfoot.runtime.cycle", "from time import time as now\nnow()"),
    (back_doors, "crossfoot.runtime.cycle", "import asyncio\nasync def f(): await asyncio.sleep(1)"),
    (back_doors, "crossfoot.runtime.cycle", "from uuid import uuid4\nmake = uuid4"),
    (back_doors, "crossfoot.runtime.cycle", "import random\nrandom.random()"),
    (back_doors, "crossfoot.runtime.cycle", "from secrets import token_hex\ntoken_hex()"),
    (back_doors, "crossfoot.runtime.clock", "import time\ntime.monotonic()"),
    (undocumented, "crossfoot.sync.plan", '"""A module."""\ndef decide(): ...'),
    (undocumented, "crossfoot.sync.plan", '"""A module."""\nclass Pair: ...'),
    (undocumented, "crossfoot.sync.plan", '"""A module."""\nasync def look(): ...'),
    (undocumented, "crossfoot.sync.plan", "x = 1"),
]


@pytest.mark.parametrize(
    ("rule", "module", "text"), PLANTED, ids=[f"{rule.__name__} {text}" for rule, _, text in PLANTED]
)
def test_a_planted_violation_is_noticed(rule: Rule, module: str, text: str) -> None:
    assert list(rule(Source(module, text)))


@pytest.mark.parametrize(
    ("rule", "module", "text"),
    [
        (wrong_imports, "crossfoot.sync.plan", "from crossfoot.systems.port import Clock"),
        (wrong_imports, "crossfoot.sync.plan", "from crossfoot.systems import port"),
        (wrong_imports, "crossfoot.sync.plan", "from . import merge"),
        (wrong_imports, "crossfoot.app.opening", "from crossfoot.systems.xero import system"),
        (
            wrong_floors,
            "crossfoot_sandbox.hubspot.acts.later",
            "from crossfoot_sandbox.hubspot.books import book",
        ),
        (
            wrong_floors,
            "crossfoot_sandbox.hubspot.books.book",
            "from crossfoot_sandbox.hubspot import switches",
        ),
        (wrong_floors, "crossfoot_sandbox.sandbox", "from crossfoot_sandbox.hubspot.hub import HubSpot"),
        (impure_imports, "crossfoot.model.fields", "from datetime import time"),
        (impure_imports, "crossfoot.runtime.cycle", "import asyncio"),
        (floats, "crossfoot.systems.xero.limits", "seconds = float(text)"),
        (floats, "crossfoot.model.money", "Decimal('0.1')"),
        (back_doors, "crossfoot.store.records", "from crossfoot.store import secrets\nsecrets.put()"),
        (back_doors, "crossfoot.runtime.cycle", "now = clock.now()\nclock.sleep(1)"),
        (undocumented, "crossfoot.sync.plan", '"""A module."""\ndef _own(): ...'),
    ],
)
def test_what_is_allowed_is_left_alone(rule: Rule, module: str, text: str) -> None:
    assert list(rule(Source(module, text))) == []


def test_a_package_resolves_its_relative_imports_from_itself() -> None:
    assert set(imports(Source("crossfoot.sync", "from . import plan", package=True))) == {
        "crossfoot.sync",
        "crossfoot.sync.plan",
    }
    assert set(imports(Source("crossfoot.sync.plan", "from .. import store"))) == {
        "crossfoot",
        "crossfoot.store",
    }


def test_either_world_importing_the_other_is_noticed() -> None:
    assert list(imports_of(Source("crossfoot.app", "import crossfoot_sandbox.faults"), "crossfoot_sandbox"))
    assert list(imports_of(Source("crossfoot_sandbox.cli", "from crossfoot import model"), "crossfoot"))
    assert not list(
        imports_of(Source("crossfoot_sandbox.cli", "from crossfoot_sandbox import wire"), "crossfoot")
    )


@pytest.mark.parametrize(
    "back",
    [
        "from crossfoot.sync.plan import Plan",
        "from crossfoot.sync import plan",
        "import crossfoot.sync.plan",
        "from . import plan",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from crossfoot.sync.plan import Plan",
        "def late():\n    from crossfoot.sync.plan import Plan",
    ],
)
def test_a_circle_of_imports_is_noticed(back: str) -> None:
    circle = [
        Source("crossfoot.sync.plan", "from crossfoot.sync.merge import merge"),
        Source("crossfoot.sync.merge", "from crossfoot.sync.match import match"),
        Source("crossfoot.sync.match", back),
    ]
    above = Source("crossfoot.runtime.cycle", "from crossfoot.sync import plan")
    below = Source("crossfoot.sync.push", "import asyncio")
    assert circles([*circle, above, below]) == [
        "crossfoot.sync.match imports crossfoot.sync.plan",
        "crossfoot.sync.merge imports crossfoot.sync.match",
        "crossfoot.sync.plan imports crossfoot.sync.merge",
    ]


def test_a_package_that_hands_on_the_names_of_its_modules_closes_no_circle() -> None:
    face = Source("crossfoot.sync", "from crossfoot.sync.plan import Plan", package=True)
    plan = Source("crossfoot.sync.plan", "from crossfoot.sync import merge")
    merge = Source("crossfoot.sync.merge", "x = 1")
    assert circles([face, plan, merge]) == []
    assert circles([face, Source("crossfoot.sync.plan", "from crossfoot.sync import Plan"), merge])


def test_a_module_of_one_line_too_many_is_noticed() -> None:
    assert not too_long(Source("crossfoot.sync.plan", "x = 1\n" * LINES_MAX))
    assert too_long(Source("crossfoot.sync.plan", "x = 1\n" * (LINES_MAX + 1)))


def test_a_connector_without_a_shared_file_is_noticed() -> None:
    assert missing_files(name for name in SHARED_FILES if name != "limits") == ["limits"]


def test_a_query_that_nobody_asks_is_noticed() -> None:
    text = 'tx.all("links.put"); tx.all(f"links.by_{side.value}_ids"); tx.all(f"privacy.{what}")'
    known = [
        "links.put",
        "links.by_crm_ids",
        "links.by_ids",
        "links.forgotten",
        "privacy.keys",
        "privacy",
    ]
    found = unused_queries(known, [Source("crossfoot.store.links", text)])
    assert found == ["links.by_ids", "links.forgotten", "privacy"]
