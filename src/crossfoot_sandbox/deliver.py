"""Posting what the vendors' webhooks owe: the queues and signatures are theirs, the HTTP is here. To this machine only."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2

from crossfoot_sandbox.hubspot.books.webhooks import Delivery as HubSpotDelivery
from crossfoot_sandbox.sandbox import Sandbox
from crossfoot_sandbox.xero.books.webhooks import Delivery as XeroDelivery

PATIENCE = 5.0  # seconds both vendors wait for an answer (HubSpot fact 8.2, Xero fact 9)
AT_ONCE = 10
EVERY = 0.25  # seconds between looks when delivery is automatic
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Posted:
    """One delivery and what the receiver said; status 0 when it said nothing in time."""

    system: str
    url: str
    status: int
    events: int


def stays_here(url: str) -> bool:
    """Whether a URL leads to this machine. The sandbox posts nowhere else."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and parts.hostname in THIS_MACHINE


async def deliver(sandbox: Sandbox) -> list[Posted]:
    """Post everything that is due now, until nothing is; retries become due by the sandbox's clock."""
    posted: list[Posted] = []
    slots = asyncio.Semaphore(AT_ONCE)
    async with httpx2.AsyncClient(timeout=PATIENCE, trust_env=False) as client:
        while True:
            to_hubspot = sandbox.hubspot.webhooks.due()
            to_xero = sandbox.xero.webhooks.due()
            if not to_hubspot and not to_xero:
                return posted
            posted += await asyncio.gather(
                *(_from_hubspot(sandbox, client, slots, one) for one in to_hubspot),
                *(_from_xero(sandbox, client, slots, one) for one in to_xero),
            )


async def keep_delivering(sandbox: Sandbox) -> None:
    """Deliver for ever, as the vendors do."""
    while True:
        await deliver(sandbox)
        await asyncio.sleep(EVERY)


async def _from_hubspot(
    sandbox: Sandbox, client: httpx2.AsyncClient, slots: asyncio.Semaphore, delivery: HubSpotDelivery
) -> Posted:
    request = delivery.signed(int(sandbox.clock.seconds() * 1000))
    async with slots:
        status, _seconds, _cookies = await _post(client, request.url, request.headers, request.body)
    sandbox.hubspot.webhooks.settle(delivery, status or None)
    return Posted("hubspot", request.url, status, len(delivery.events))


async def _from_xero(
    sandbox: Sandbox, client: httpx2.AsyncClient, slots: asyncio.Semaphore, delivery: XeroDelivery
) -> Posted:
    async with slots:
        status, seconds, cookies = await _post(client, delivery.url, delivery.headers, delivery.body)
    sandbox.xero.webhooks.answered(delivery, status, seconds, cookies=cookies)
    return Posted("xero", delivery.url, status, delivery.body.count(b'"resourceId"'))


async def _post(client: httpx2.AsyncClient, url: str, headers: Any, body: bytes) -> tuple[int, float, bool]:
    """Status (0: none), real seconds, whether the answer set cookies."""
    started = time.monotonic()
    try:
        answer = await client.post(url, content=body, headers=dict(headers))
    except httpx2.TransportError:
        return 0, time.monotonic() - started, False
    return answer.status_code, time.monotonic() - started, "set-cookie" in answer.headers
