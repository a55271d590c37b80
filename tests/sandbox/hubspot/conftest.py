"""A HubSpot account with a client that says what it wants in one line."""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

import pytest

from crossfoot_sandbox.clock import Clock
from crossfoot_sandbox.hubspot.hub import HubSpot
from crossfoot_sandbox.hubspot.switches import Switches
from crossfoot_sandbox.wire import Request, Response

PORTAL = 1234
START = 1_800_000_000.25  # seconds


def _filter(name: str, operator: str, *values: str) -> dict[str, Any]:
    if operator in ("IN", "NOT_IN"):
        return {"propertyName": name, "operator": operator, "values": list(values)}
    return {
        "propertyName": name,
        "operator": operator,
        **dict(zip(("value", "highValue"), values, strict=False)),
    }


class Desk:
    """HubSpot and one caller with a static token. The clock stands still unless it is moved."""

    def __init__(self, switches: Switches | None = None) -> None:
        self.clock = Clock(lambda: START)
        self.hub = HubSpot(self.clock, switches or Switches(hidden_bump=0.0))
        self.portal = self.hub.add_portal(PORTAL)
        self.token = self.hub.static_token(PORTAL)

    def switch(self, **changes: Any) -> None:
        self.hub.switches = dataclasses.replace(self.hub.switches, **changes)

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        sent = {
            "Authorization": f"Bearer {token or self.token}",
            "Content-Type": "application/json",
            **(headers or {}),
        }
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.hub.handle("api", Request.of(method, path, sent, data))

    def do(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.ask(method, path, body)
        assert answer.status < 300, answer.body
        return answer.payload()

    def make(self, plural: str = "contacts", version: str = "2026-09", **properties: Any) -> str:
        return str(self.do("POST", f"/crm/objects/{version}/{plural}", {"properties": properties})["id"])

    def read(self, plural: str, record_id: str, *names: str) -> dict[str, Any]:
        found = self.do("GET", f"/crm/objects/2026-09/{plural}/{record_id}?properties={','.join(names)}")
        return dict(found["properties"])

    def find(self, plural: str = "contacts", *filters: tuple[str, ...], **more: Any) -> list[str]:
        return [found["id"] for found in self.search(plural, *filters, **more)["results"]]

    def search(self, plural: str = "contacts", *filters: tuple[str, ...], **more: Any) -> dict[str, Any]:
        self.switch(limits=False)
        group = [_filter(*one) for one in filters]
        body = {"filterGroups": [{"filters": group}] if group else [], **more}
        return dict(self.do("POST", f"/crm/objects/2026-09/{plural}/search", body))


@pytest.fixture
def desk() -> Desk:
    return Desk()
