"""The sandbox over real HTTP on an ephemeral port of loopback, for SDKs that know nothing of it."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import pytest

from crossfoot_sandbox.clock import Clock
from crossfoot_sandbox.sandbox import Sandbox
from crossfoot_sandbox.wire import Dropped, Refused


class Served(NamedTuple):
    """A running sandbox: where it listens, and its books."""

    url: str
    sandbox: Sandbox


def _handler(sandbox: Sandbox) -> type[BaseHTTPRequestHandler]:
    turn = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = (
            True  # headers and body go out in two writes, which Nagle would hold apart for 40 ms
        )

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            try:
                with turn:
                    answer = sandbox.call(self.command, self.path, dict(self.headers.items()), body)
            except (Dropped, Refused):
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.status != 204:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _pass_on  # noqa: N815  # the base class names them so

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it so
            pass

    return Handler


class _Server(ThreadingHTTPServer):
    """Does not outlive a test: connections that an SDK's pool keeps open are closed with the server."""

    daemon_threads = True
    block_on_close = False


@pytest.fixture
def sandbox_http() -> Iterator[Served]:
    sandbox = Sandbox(Clock())
    sandbox.clock.freeze()
    server = _Server(("127.0.0.1", 0), _handler(sandbox))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield Served(f"http://127.0.0.1:{server.server_address[1]}", sandbox)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(params=["2026-03", "2026-09"])
def version(request: pytest.FixtureRequest) -> str:
    """The versions of HubSpot's paths that its newer SDK is tried on; it speaks the first one by itself."""
    return str(request.param)


def newer_sdk(served: Served, token: str, version: str) -> Any:
    """HubSpot's `hubspot-sdk`, made to speak another version than its own; what it sends and reads stays the same."""
    hubspot_sdk = pytest.importorskip(
        "hubspot_sdk", reason="the witnesses are an optional group of dependencies"
    )

    def speak(request: Any) -> None:
        path: bytes = request.url.raw_path
        request.url = request.url.copy_with(raw_path=path.replace(b"/2026-03", f"/{version}".encode(), 1))

    return hubspot_sdk.HubSpot(
        access_token=token,
        base_url=f"{served.url}/hubspot",
        max_retries=0,
        http_client=hubspot_sdk.DefaultHttpxClient(event_hooks={"request": [speak]}),
    )
