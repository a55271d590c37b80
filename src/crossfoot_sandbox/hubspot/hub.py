"""HubSpot itself (being built)."""

from crossfoot_sandbox.clock import Clock
from crossfoot_sandbox.hubspot.switches import Switches
from crossfoot_sandbox.wire import Request, Response


class HubSpot:
    name = "hubspot"

    def __init__(self, clock: Clock, switches: Switches | None = None) -> None:
        self.clock = clock
        self.switches = switches or Switches()

    def operation(self, host: str, request: Request) -> tuple[str, str]:
        return f"{request.method} {request.path}", ""

    def handle(self, host: str, request: Request) -> Response:
        return Response(404)

    def throttled(self, host: str, request: Request) -> Response:
        return Response(429)
