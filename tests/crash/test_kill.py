"""kill -9 at every call that a run makes, before and after the vendor acts. Whatever is killed, each person ends up on both sides once."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from tests.sandbox.served import Served, served

from crossfoot_sandbox import defaults
from crossfoot_sandbox.defaults import World
from crossfoot_sandbox.wire import Response

KILLS = 24


class Killer:
    """Stands between the server and the stand-ins, and kills the engine at its n-th call."""

    def __init__(self, world: World) -> None:
        self.call = world.sandbox.call
        world.sandbox.call = self  # type: ignore[method-assign]
        self.victim: subprocess.Popen[bytes] | None = None
        self.countdown = 0
        self.after = False

    def aim(self, victim: "subprocess.Popen[bytes]", nth: int, *, after: bool) -> None:
        self.victim, self.countdown, self.after = victim, nth, after

    def put_down(self) -> None:
        """The victim has ended; whoever calls next is not meant."""
        self.victim, self.countdown = None, 0

    def __call__(
        self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Response:
        self.countdown -= 1
        doomed = self.countdown == 0 and self.victim is not None
        if doomed and not self.after:
            self._kill()
        response = self.call(method, target, headers, body)
        if doomed and self.after:
            self._kill()
        return response

    def _kill(self) -> None:
        assert self.victim is not None
        os.kill(self.victim.pid, signal.SIGKILL)
        self.victim.wait(10)


@pytest.fixture
def sandbox() -> Iterator[Served]:
    world = defaults.world()
    world.sandbox.hubspot.switches = replace(
        world.sandbox.hubspot.switches, limits=False, lag_min=0.0, lag_max=0.0
    )
    world.sandbox.xero.switches = replace(world.sandbox.xero.switches, limits=False)
    with served(world) as running:
        yield running


def engine(sandbox: Served, database: Path, access: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [
            sys.executable,
            str(Path(__file__).with_name("engine.py")),
            sandbox.url,
            f"sqlite:///{database}",
            defaults.HUBSPOT_TOKEN,
            access,
            sandbox.world.organisation.tenant_id,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_whatever_is_killed_each_person_ends_up_on_both_sides_once(sandbox: Served, tmp_path: Path) -> None:
    world = sandbox.world
    killer = Killer(world)
    access = world.sandbox.xero.grant(
        defaults.XERO_CLIENT_ID, [world.organisation], defaults.XERO_SCOPES
    ).access_token
    make_our_properties(sandbox)
    killed = 0
    for turn in range(KILLS):
        world.portal.person_creates(
            "contacts", {"firstname": "Cora", "lastname": f"Crm{turn}", "email": f"cora{turn}@post.example"}
        )
        world.organisation.person_creates(
            "Contacts",
            {
                "Name": f"Lena Ledger{turn}",
                "FirstName": "Lena",
                "LastName": f"Ledger{turn}",
                "EmailAddress": f"lena{turn}@post.example",
            },
        )
        victim = engine(sandbox, tmp_path / "crossfoot.db", access)
        # Calls 1 to 5 describe the accounts; from then on every call is a listing, a read or a write.
        killer.aim(victim, 6 + turn // 2, after=bool(turn % 2))
        _, err = victim.communicate(timeout=60)
        killer.put_down()
        killed += victim.returncode == -signal.SIGKILL
        assert victim.returncode in (0, -signal.SIGKILL), err.decode()
    assert killed > KILLS // 2, "the engine was hardly ever killed, so this proves nothing"

    last = engine(sandbox, tmp_path / "crossfoot.db", access)
    out, err = last.communicate(timeout=60)
    assert last.returncode == 0, (out + err).decode()
    on_crm = Counter(
        record.values.get("email")
        for record in world.portal.book("contacts").values()
        if record.archived_at is None
    )
    on_ledger = Counter(
        record.values.get("EmailAddress")
        for record in world.organisation.book("Contacts").values()
        if record.status == "ACTIVE"
    )
    everyone = {f"{name}{turn}@post.example": 1 for turn in range(KILLS) for name in ("cora", "lena")}
    assert on_crm == everyone
    assert on_ledger == everyone

    calls = world.sandbox.journal.count
    again = engine(sandbox, tmp_path / "crossfoot.db", access)
    again.communicate(timeout=60)
    writes = [
        entry.operation
        for entry in world.sandbox.journal.calls(since=calls)
        if entry.operation.startswith(("PUT", "POST /crm/objects/contacts/batch/up"))
    ]
    assert writes == []


def make_our_properties(sandbox: Served) -> None:
    """As connecting does: the properties in which Crossfoot keeps its key."""
    for object_type in ("contacts", "companies", "products"):
        headers = {"authorization": f"Bearer {defaults.HUBSPOT_TOKEN}", "content-type": "application/json"}
        sandbox.world.sandbox.call(
            "POST",
            f"/hubspot/crm/properties/2026-03/{object_type}/groups",
            headers,
            b'{"name":"crossfoot","label":"Crossfoot"}',
        )
        answer = sandbox.world.sandbox.call(
            "POST",
            f"/hubspot/crm/properties/2026-03/{object_type}",
            headers,
            b'{"name":"crossfoot_key","label":"Crossfoot key","type":"string","fieldType":"text","groupName":"crossfoot","hasUniqueValue":true}',
        )
        assert answer.status == 201, answer.body
