"""The network door, against real sockets on loopback."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx2
import pytest

from crossfoot.systems.port import NoAnswer, NotSent, Request
from crossfoot.systems.sending import USER_AGENT, HttpSend

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Server:
    def __init__(self, url: str) -> None:
        self.url = url
        self.connections = 0
        self.heads: list[str] = []


@asynccontextmanager
async def serving(*replies: bytes | None) -> AsyncIterator[Server]:
    """Answers with these bytes, in order; None closes the connection instead."""
    left = list(replies)
    writers: list[asyncio.StreamWriter] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.connections += 1
        writers.append(writer)
        try:
            while left:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
                served.heads.append(head)
                length = head.partition("content-length: ")[2].partition("\r\n")[0]
                await reader.readexactly(int(length or 0))
                reply = left.pop(0)
                if reply is None:
                    break
                writer.write(reply)
                await writer.drain()
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    served = Server(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    try:
        yield served
    finally:
        server.close()
        for writer in writers:
            writer.close()
        await server.wait_closed()


def http(status: str, body: bytes = b"", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


async def test_an_answer_comes_back_as_bytes_with_lower_case_headers() -> None:
    async with (
        serving(http("207 Multi-Status", b'{"a":1.10}', "X-HubSpot-RateLimit-Max: 190")) as server,
        HttpSend() as send,
    ):
        response = await send(Request("POST", server.url + "/x?y=%2F", {"authorization": "Bearer t"}, b"{}"))
    assert (response.status, response.body) == (207, b'{"a":1.10}')
    assert response.headers["x-hubspot-ratelimit-max"] == "190"
    assert "post /x?y=%2f http/1.1" in server.heads[0]
    assert f"user-agent: {USER_AGENT}" in server.heads[0]
    assert "authorization: bearer t" in server.heads[0]


async def test_connections_are_reused_and_cookies_forgotten() -> None:
    reply = http("200 OK", b"{}", "Set-Cookie: __cf_bm=abc; path=/")
    async with serving(reply, reply, reply) as server, HttpSend() as send:
        for _ in range(3):
            await send(Request("GET", server.url))
    assert server.connections == 1
    assert not any("cookie" in head for head in server.heads)


async def test_a_redirect_is_an_answer_and_not_followed() -> None:
    async with serving(http("302 Found", b"", "Location: /elsewhere")) as server, HttpSend() as send:
        assert (await send(Request("GET", server.url))).status == 302
    assert len(server.heads) == 1


async def test_a_closed_port_means_that_nothing_was_sent() -> None:
    async with serving() as server:
        url = server.url
    async with HttpSend() as send:
        with pytest.raises(NotSent, match=r"^no connection could be made \("):
            await send(Request("POST", url, {}, b"{}"))


@pytest.mark.parametrize("url", ["ftp://example.org", "http://"])
async def test_an_address_that_cannot_be_called_means_that_nothing_was_sent(url: str) -> None:
    async with HttpSend() as send:
        with pytest.raises(NotSent, match=r"^the address is none that can be called"):
            await send(Request("GET", url))


@pytest.mark.parametrize(
    "reply",
    [None, b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf", b"this is not HTTP\r\n\r\n"],
    ids=["closed", "cut in half", "not http"],
)
async def test_a_connection_that_breaks_leaves_the_outcome_open(reply: bytes | None) -> None:
    async with serving(reply) as server, HttpSend() as send:
        with pytest.raises(NoAnswer):
            await send(Request("POST", server.url, {}, b"{}"))


async def test_a_timeout_after_sending_leaves_the_outcome_open() -> None:
    async with serving(b"", b"") as server, HttpSend(timeout=httpx2.Timeout(5.0, read=0.05)) as send:
        with pytest.raises(NoAnswer, match=r"^no answer came in time$"):
            await send(Request("POST", server.url, {}, b"{}"))
