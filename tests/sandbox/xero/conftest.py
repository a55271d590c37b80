"""A small world for tests of the Xero stand-in. Every call to its API host passes the court of `tests/witnesses`, except where a test goes round it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from tests.witnesses.court import in_recess

from crossfoot_sandbox import jsontext
from crossfoot_sandbox.clock import Clock
from crossfoot_sandbox.wire import Request, Response
from crossfoot_sandbox.xero.api.identity import Pair
from crossfoot_sandbox.xero.ledger import Xero
from crossfoot_sandbox.xero.pages.office import Office

START = 1_795_392_000.0  # 2026-11-23T00:00:00Z
SCOPES = ("accounting.contacts", "accounting.settings")
DOCUMENTS = "accounting.transactions"  # the broad scope, for documents of every kind
LINE = {"Description": "Bolts", "Quantity": 2, "UnitAmount": Decimal("10.5"), "AccountCode": "200"}
CALLBACK = "http://localhost/callback"


@dataclass
class World:
    """One organisation, one app that is connected to it, a clock that only moves when told."""

    clock: Clock
    xero: Xero
    organisation: Office
    pair: Pair
    contacts_made: int = 0

    def call(
        self, method: str, path: str, body: Any = None, *, query: dict[str, Any] | None = None, **headers: str
    ) -> Response:
        target = path + (f"?{urlencode(query)}" if query else "")
        sent = body if isinstance(body, bytes) else jsontext.dumps(body) if body is not None else b""
        request = self.request(method, target, sent, **headers)
        return self.xero.handle("api", request)

    def raw(self, method: str, target: str, body: bytes = b"", **headers: str) -> Response:
        """A call that goes round the court, because Xero's files do not describe what it tries."""
        with in_recess():
            return self.xero.handle("api", self.request(method, target, body, **headers))

    def request(self, method: str, target: str, body: bytes = b"", **headers: str) -> Request:
        sent = {
            "Authorization": f"Bearer {self.pair.access_token}",
            "xero-tenant-id": self.organisation.tenant_id,
            "Accept": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return Request.of(method, f"/api.xro/2.0{target}", sent, body)

    def get(self, path: str, **options: Any) -> Response:
        return self.call("GET", path, **options)

    def put(self, path: str, body: Any, **options: Any) -> Response:
        return self.call("PUT", path, body, **options)

    def post(self, path: str, body: Any, **options: Any) -> Response:
        return self.call("POST", path, body, **options)

    def rows(self, kind: str, **options: Any) -> list[dict[str, Any]]:
        return list(self.get(f"/{kind}", **options).payload()[kind])

    def contact(self, **values: Any) -> dict[str, Any]:
        answer = self.put("/Contacts", {"Contacts": [values]})
        assert answer.status == 200, answer.body
        return dict(answer.payload()["Contacts"][0])

    def item(self, **values: Any) -> dict[str, Any]:
        answer = self.put("/Items", {"Items": [values]}, query={"unitdp": "4"})
        assert answer.status == 200, answer.body
        return dict(answer.payload()["Items"][0])

    def invoice(self, **values: Any) -> dict[str, Any]:
        """A sales invoice of one line at 15 % tax, a draft for a new contact unless told otherwise."""
        if "Contact" not in values:
            self.contacts_made += 1
            values["Contact"] = {
                "ContactID": self.contact(Name=f"Customer {self.contacts_made}")["ContactID"]
            }
        sent = {"Type": "ACCREC", "DueDate": "2026-12-20", "LineItems": [LINE], **values}
        sent = {name: value for name, value in sent.items() if value is not None}
        answer = self.put("/Invoices", {"Invoices": [sent]}, query={"unitdp": "4"})
        assert answer.status == 200, answer.body
        return dict(answer.payload()["Invoices"][0])

    def switch(self, **changes: Any) -> None:
        self.xero.switches = replace(self.xero.switches, **changes)

    def token(self, fields: dict[str, str], headers: dict[str, str] | None = None) -> Response:
        request = Request.of("POST", "/connect/token", headers or {}, urlencode(fields).encode())
        return self.xero.handle("identity", request)

    def connections(self, token: str = "", query: str = "", method: str = "GET", rest: str = "") -> Response:
        headers = {"Authorization": f"Bearer {token or self.pair.access_token}"}
        request = Request.of(method, f"/connections{rest}{query}", headers)
        return self.xero.handle("api", request)


def names(rows: Iterable[dict[str, Any]]) -> list[str]:
    return [row["Name"] for row in rows]


def messages(answer: Response) -> list[str]:
    return [
        error["Message"] for element in answer.payload()["Elements"] for error in element["ValidationErrors"]
    ]


@pytest.fixture
def world() -> World:
    clock = Clock(lambda: START)
    xero = Xero(clock)
    organisation = xero.add_organisation("Kiwi Trading", "NZ")
    xero.add_app("app", "secret", (*SCOPES, DOCUMENTS), [CALLBACK], name="Crossfoot")
    return World(clock, xero, organisation, xero.grant("app", [organisation]))
