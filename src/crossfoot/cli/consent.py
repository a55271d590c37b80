"""Consent in a browser: open the vendor's page, wait on this machine for the answer, and accept only the one that was asked for."""

import asyncio
import secrets
import webbrowser
from collections.abc import Callable
from html import escape
from urllib.parse import parse_qs, urlsplit

from crossfoot.app.access import Access, HubSpotAccess, consent_url
from crossfoot.app.failure import FAILED, Failure

PATIENCE = 600.0
"""Seconds that a person has to consent."""

_LINE = 8192  # bytes of a request line; a code has a few hundred


def redirect_uri(port: int) -> str:
    """Where the browser is sent back to. The same address must be registered with both apps."""
    return f"http://localhost:{port}/callback"


async def consent(access: Access, port: int, say: Callable[[str], None], *, browser: bool) -> str:
    """The code of a consent. Raises `Failure` when it was declined, did not come in time, or the port is taken."""
    title = "HubSpot" if isinstance(access, HubSpotAccess) else "Xero"
    state = secrets.token_urlsafe(24)
    answered: asyncio.Future[dict[str, str]] = asyncio.get_running_loop().create_future()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        told = _asked(await reader.readline())
        text = "This is not the answer that Crossfoot waits for."
        if told is not None and secrets.compare_digest(told.get("state", ""), state):
            text = f"{title} has answered. You can close this page and go back to Crossfoot."
            if not answered.done():
                answered.set_result(told)
        writer.write(_page(text))
        await writer.drain()
        writer.close()

    try:
        server = await asyncio.start_server(answer, "127.0.0.1", port, limit=_LINE)
    except OSError as error:
        raise Failure(
            f"Port {port} of this machine is taken.",
            "Choose another with --port, and register its address with both apps.",
        ) from error
    url = consent_url(access, state)
    async with server:
        say(f"Open this page and let Crossfoot connect to {title}:\n{url}")
        if browser:
            webbrowser.open(url)
        try:
            told = await asyncio.wait_for(answered, PATIENCE)
        except TimeoutError:
            raise Failure(f"Nobody consented in {title} in time.", "Connect again.", code=FAILED) from None
    if "code" not in told:
        raise Failure(
            f"{title} did not get the consent: {told.get('error_description') or told.get('error') or 'no reason told'}.",
            "Connect again, and agree on its page.",
        )
    return told["code"]


def _asked(line: bytes) -> dict[str, str] | None:
    """The query of `GET /callback?...`; None for anything else."""
    method, _, rest = line.decode("latin-1").partition(" ")
    parts = urlsplit(rest.partition(" ")[0])
    if method != "GET" or parts.path != "/callback":
        return None
    return {name: values[0] for name, values in parse_qs(parts.query).items()}


def _page(text: str) -> bytes:
    body = f"<!doctype html><meta charset=utf-8><title>Crossfoot</title><p>{escape(text)}</p>".encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body
