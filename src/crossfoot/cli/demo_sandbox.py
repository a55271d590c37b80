# ruff: noqa: ASYNC240  a small local file now and then holds up nobody
"""The sandbox of the demo: a process of its own, spoken to over HTTP, ended in every case. And the clock that it shares with us."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from crossfoot.app.failure import Failure
from crossfoot.runtime.clock import SystemClock
from crossfoot.systems.port import Request, Send
from crossfoot.systems.sending import HttpSend

START_SECONDS = 60.0
"""How long it may take to start, with its records."""

END_SECONDS = 5.0
"""How long it may take to end before it is killed."""


class Sandbox:
    """A running sandbox."""

    def __init__(self, send: Send, card: dict[str, Any], pid: int) -> None:
        self._send = send
        self.card = card
        """Ids, tokens and addresses, as the sandbox told them."""
        self.url = str(card["url"])
        self.pid = pid

    async def skip(self, seconds: float) -> None:
        """Let time pass in both systems."""
        await self._post("clock", {"advance": seconds})

    async def act(self, words: dict[str, Any]) -> str:
        """What a colleague does in HubSpot's or Xero's own pages; the id of the record."""
        return str((await self._post("people", words))["id"])

    async def calls(self) -> dict[str, int]:
        """How many calls HubSpot and Xero have got so far."""
        found = await self._ask(Request("GET", f"{self.url}/sandbox/journal/counts", what="count the calls"))
        return {system: sum(found[system].values()) for system in ("hubspot", "xero")}

    async def _post(self, what: str, payload: dict[str, Any]) -> Any:
        body = json.dumps(payload).encode()
        headers = {"content-type": "application/json"}
        return await self._ask(Request("POST", f"{self.url}/sandbox/{what}", headers, body, what))

    async def _ask(self, request: Request) -> Any:
        answer = await self._send(request)
        told = json.loads(answer.body)
        if answer.status != 200:
            raise Failure(f"The sandbox refused to {request.what}: {told.get('error', answer.status)}")
        return told


@asynccontextmanager
async def running(folder: Path, contacts: int, seed: int, switches: dict[str, str]) -> AsyncIterator[Sandbox]:
    """A sandbox with so many invented contacts on each side, with invoices and deals among them. Its log is in `folder`. Raises `Failure` when it does not start."""
    ready, log = folder / "sandbox.json", folder / "sandbox.log"
    arguments = ["--port", "0", "--ready-file", str(ready), "--generate", str(contacts), "--seed", str(seed)]
    arguments += ["--invoices", str(contacts // 5), "--deals", str(contacts // 10)]
    for name, value in switches.items():
        arguments += ["--switch", f"{name}={value}"]
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "crossfoot_sandbox.cli",
            "serve",
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
    try:
        card = await _started(process, ready, log)
        async with HttpSend() as send:
            yield Sandbox(send, card, process.pid)
    finally:
        ready.unlink(missing_ok=True)
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), END_SECONDS)
            except TimeoutError:
                process.kill()
                await process.wait()


async def _started(process: asyncio.subprocess.Process, ready: Path, log: Path) -> dict[str, Any]:
    for _ in range(int(START_SECONDS / 0.05)):
        if ready.exists():
            card: dict[str, Any] = json.loads(ready.read_bytes())
            return card
        if process.returncode is not None:
            said = log.read_text("utf-8", "replace").strip().splitlines()[-1:]
            raise Failure("The sandbox did not start.", said[0] if said else "")
        await asyncio.sleep(0.05)
    raise Failure("The sandbox did not start in time.", f"Its log is {log}.")


class SkippingClock:
    """The sandbox's time: waiting costs nothing, because whoever waits moves the sandbox's clock. Implements `systems.port.Clock`."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._real = SystemClock()
        self.skipped = 0.0
        """Seconds that nobody had to wait."""

    def now(self) -> datetime:
        """Aware UTC, as the sandbox has it."""
        return self._real.now() + timedelta(seconds=self.skipped)

    async def sleep(self, seconds: float) -> None:
        """Let the time pass in the sandbox."""
        if seconds > 0:
            await self._sandbox.skip(seconds)
            self.skipped += seconds
