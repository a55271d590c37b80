"""Xero as the sandbox sees it (being written)."""

from collections import Counter

from crossfoot_sandbox.clock import Clock
from crossfoot_sandbox.wire import Request, Response
from crossfoot_sandbox.xero.switches import Switches

_DEFAULT = Switches()


class Xero:
    """All of Xero: identity, login and api hosts."""

    name = "xero"

    def __init__(self, clock: Clock, switches: Switches = _DEFAULT) -> None:
        self.clock = clock
        self.switches = switches
        self.in_flight: Counter[str] = Counter()

    def operation(self, host: str, request: Request) -> tuple[str, str]:
        return f"{request.method} {request.path}", host

    def handle(self, host: str, request: Request) -> Response:
        return Response(404, {"Content-Type": "text/html; charset=utf-8"}, b"The resource you're looking for cannot be found")

    def throttled(self, host: str, request: Request) -> Response:
        return Response(429, {"X-Rate-Limit-Problem": "minute", "Retry-After": "26"}, b"")
