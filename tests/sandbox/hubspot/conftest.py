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

    def line(self, parent: str = "", parent_id: str = "", **properties: Any) -> str:
        """A line item, on a deal or an invoice if one is named."""
        ends = {"deals": 20, "invoices": 410}
        linked = [
            {
                "to": {"id": parent_id},
                "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": ends[parent]}],
            }
            for _ in [parent]
            if parent
        ]
        body = {"properties": {"name": "Tea", **properties}, "associations": linked}
        return str(self.do("POST", "/crm/objects/2026-09/line_items", body)["id"])

    def associate(self, one: str, one_id: str, other: str, other_id: str) -> Response:
        path = f"/crm/objects/2026-09/{one}/{one_id}/associations/default/{other}/{other_id}"
        return self.ask("PUT", path)

    def linked(self, one: str, one_id: str, other: str) -> list[str]:
        found = self.do("GET", f"/crm/objects/2026-09/{one}/{one_id}/associations/{other}")
        return [str(entry["toObjectId"]) for entry in found["results"]]

    def change(self, plural: str, record_id: str, **properties: Any) -> Response:
        return self.ask("PATCH", f"/crm/objects/2026-09/{plural}/{record_id}", {"properties": properties})

    def ready_invoice(self, **properties: Any) -> str:
        """A draft with a contact and a line of 2 times 10.00; its totals are computed."""
        ada = self.make(email=f"ada{len(self.portal.book('contacts'))}@example.test")
        invoice = self.make("invoices", hs_currency="USD", **properties)
        self.associate("invoices", invoice, "contacts", ada)
        self.line("invoices", invoice, price="10.00", quantity="2")
        self.clock.advance(5)
        return invoice

    def open_invoice(self) -> str:
        """The same, finalised."""
        invoice = self.ready_invoice()
        assert self.change("invoices", invoice, hs_invoice_status="open").status == 200
        return invoice


@pytest.fixture
def desk() -> Desk:
    return Desk()
