"""The sandbox as a real server: the five vendor hosts over HTTP, the controls under `/sandbox`, a page for people at `/`."""

import asyncio
import socket
from collections.abc import Callable, Mapping

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from crossfoot_sandbox import control, page
from crossfoot_sandbox.defaults import World
from crossfoot_sandbox.direct import Direct
from crossfoot_sandbox.wire import Dropped, Refused

WITHOUT_BODY = (204, 304)
TRANSPORT = "crossfoot_sandbox.transport"


class BreakableConnection(H11Protocol):
    """HTTP/1.1 whose application can reach the connection, in order to break it like a failing network does."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, TRANSPORT: transport}


class VendorHosts:
    """ASGI application for everything under a vendor's prefix."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._direct = Direct(world.sandbox)
        self._slow = Direct(world.sandbox, self._think)

    async def _think(self, _system: str) -> None:
        await asyncio.sleep(self._world.answer_seconds)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _body(receive)
        if body is None:
            return
        query = scope["query_string"].decode("latin-1")
        target = scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
        direct = self._slow if self._world.answer_seconds else self._direct
        try:
            status, headers, answer = await direct.send(
                scope["method"], target, _joined(scope["headers"]), body
            )
        except (Dropped, Refused):
            await _break(scope, receive)
            return
        has_body = status not in WITHOUT_BODY
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": _wire(headers, answer, has_body=has_body),
            }
        )
        await send(
            {"type": "http.response.body", "body": answer if has_body and scope["method"] != "HEAD" else b""}
        )


async def _body(receive: Receive) -> bytes | None:
    """The whole request body, or None when the client hung up before it was sent."""
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _joined(pairs: list[tuple[bytes, bytes]]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in pairs:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _wire(headers: Mapping[str, str], body: bytes, *, has_body: bool) -> list[tuple[bytes, bytes]]:
    pairs = [
        (name.encode("latin-1"), value.encode("latin-1"))
        for name, value in headers.items()
        if name.lower() != "content-length"
    ]
    if has_body:
        pairs.append((b"Content-Length", str(len(body)).encode()))
    return pairs


async def _break(scope: Scope, receive: Receive) -> None:
    """Close the connection without an answer, and wait until it is gone so that no answer is made up for it."""
    transport: asyncio.Transport = scope["state"][TRANSPORT]
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass


def application(world: World) -> Starlette:
    """The whole server as an ASGI application. Run it with `server`: only there can connections break."""
    return Starlette(
        routes=[
            Route("/", page.index(world)),
            Mount("/sandbox", routes=control.routes(world), name="controls"),
            Route("/{rest:path}", VendorHosts(world)),
        ],
        exception_handlers=control.ERRORS,
    )


def listening(host: str, port: int) -> socket.socket:
    """A socket bound to host and port (0: any free one). Raises `OSError` when the port is taken."""
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    bound.set_inheritable(True)
    return bound


class Server(uvicorn.Server):
    """A uvicorn server that says when it is ready to answer."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


def server(world: World, ready: Callable[[], None] = lambda: None) -> Server:
    """The server of a world, to be run with `serve(sockets=[listening(...)])`; `ready` is called once it answers."""
    config = uvicorn.Config(
        application(world),
        http=BreakableConnection,
        loop="asyncio",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,  # the sandbox's answers carry its own clock
        timeout_graceful_shutdown=3,
    )
    return Server(config, ready)
