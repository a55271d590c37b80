"""A sandbox served over real HTTP by uvicorn in a thread, for tests."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx2
from tests.witnesses.court import sit

from crossfoot_sandbox.asgi import listening, server
from crossfoot_sandbox.defaults import World
from crossfoot_sandbox.faults import Kind

UNHANDLED = (Kind.REFUSED, Kind.REQUEST_LOST, Kind.THROTTLED, Kind.ERROR_BEFORE, Kind.HTML)
"""With these faults Xero itself never sees the call."""


@dataclass(frozen=True)
class Served:
    url: str
    world: World
    http: httpx2.Client


@contextmanager
def served(world: World) -> Iterator[Served]:
    """Serve a world on a free port until the block ends. Where Xero's own files are present, every call to its API went through the court."""
    ready = threading.Event()
    socket = listening("127.0.0.1", 0)
    running = server(world, ready.set)
    thread = threading.Thread(target=lambda: asyncio.run(running.serve(sockets=[socket])))
    thread.start()
    url = f"http://127.0.0.1:{socket.getsockname()[1]}"
    try:
        assert ready.wait(10), "the sandbox did not start"
        with httpx2.Client(base_url=url, timeout=10, trust_env=False) as http:
            yield Served(url, world, http)
    finally:
        running.should_exit = True
        thread.join(10)
        socket.close()
    assert not thread.is_alive()
    court = sit()
    if court is not None:
        asked = [
            entry
            for entry in world.sandbox.journal.calls("xero")
            if entry.path.startswith(("/api.xro/", "/connections")) and entry.fault not in UNHANDLED
        ]
        assert court.heard_of(world.sandbox.xero) >= len(asked)
