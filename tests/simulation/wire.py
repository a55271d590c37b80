"""What went over the wire, as the vendors saw it: which records each call read or wrote, and when."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, urlsplit

from crossfoot.systems.port import Request
from crossfoot_sandbox import jsontext
from crossfoot_sandbox.wire import Response

_CRM_KINDS = {
    "contacts": "person",
    "companies": "company",
    "products": "product",
    "invoices": "invoice",
    "deals": "deal",
    "commerce_payments": "payment",
    "line_items": "line",
}
_LEDGER_KINDS = {"Items": "product", "Contacts": "contact", "Invoices": "invoice", "Payments": "payment"}
_IDS = {"product": "ItemID", "contact": "ContactID", "invoice": "InvoiceID", "payment": "PaymentID"}
_FINDS = frozenset({"IDs", "createdByMyApp", "InvoiceNumbers", "searchTerm"})
"""A question with one of these looks for certain records; so does one with more than one condition."""


@dataclass
class Exchange:
    """One call. `at` is the moment at which the vendor acted."""

    at: datetime
    life: str
    system: str
    label: str
    request: Request
    sent: datetime
    lost: str = ""
    status: int = 0
    body: bytes = b""
    run: int = 0
    injected: bool = False
    """Whether the answer was made up by a fault."""
    retry_after: float = 0.0
    unheard: bool = False
    """Whether the program died before the answer arrived."""
    stored: bool = False
    """Whether whoever asked came to its next commit: what the answer told is in the memory."""

    def answered(self, response: Response) -> None:
        """The vendor's answer, whether or not it arrived."""
        self.status = response.status
        self.body = response.body
        if self.status == 429:
            self.retry_after = float(response.headers.get("Retry-After", 0))

    @cached_property
    def path(self) -> str:
        """The path, without the host's prefix."""
        return urlsplit(self.request.url).path

    @cached_property
    def writes(self) -> bool:
        """Whether the call may change records."""
        if self.system == "crm":
            return (
                ("/objects/" in self.path or "/associations/" in self.path)
                and self.request.method != "GET"
                and not self.path.endswith(("/search", "/batch/read"))
            )
        return self.request.method != "GET" and "/api.xro/" in self.path

    @cached_property
    def lists(self) -> bool:
        """Whether it is a page of a listing."""
        if self.system == "crm":
            return self.path.endswith("/search")
        return (
            self.request.method == "GET"
            and self.path.rsplit("/", 1)[-1] in _LEDGER_KINDS
            and _FINDS.isdisjoint(self.query)
            and " AND " not in self.query.get("where", [""])[0]
        )

    @cached_property
    def query(self) -> dict[str, list[str]]:
        """The query's parameters."""
        return parse_qs(urlsplit(self.request.url).query)

    @cached_property
    def kind(self) -> str:
        """person, company, product, invoice, deal, payment, line; the ledger's contacts are "contact"."""
        if self.system == "crm":
            parts = self.path.split("/")
            return next((_CRM_KINDS[part] for part in parts if part in _CRM_KINDS), "")
        return next((kind for name, kind in _LEDGER_KINDS.items() if f"/{name}" in self.path), "")

    @cached_property
    def targets(self) -> list[tuple[str, dict[str, Any]]]:
        """What a write asked for: (id or "" for a new record, values), element by element."""
        if not self.writes:
            return []
        sent = _json(self.request.body)
        last = self.path.rsplit("/", 1)[-1]
        if self.system == "crm":
            if "/associations/" in self.path:
                return [
                    (str(each["from"]["id"]), {"associations": each.get("to")})
                    for each in sent.get("inputs", ())
                ]
            if isinstance(sent.get("inputs"), list):
                creates = self.path.endswith("/create") or self.path.endswith("/upsert")
                return [
                    ("" if creates else str(each.get("id", "")), each.get("properties", {}))
                    for each in sent["inputs"]
                ]
            return [(last if last.isdigit() else "", sent.get("properties", {}))]
        rows: list[Any] = next(
            (value for value in sent.values() if isinstance(value, list)), [sent] if sent else [{}]
        )
        name = _IDS.get(self.kind, "ContactID")
        alone = last if "-" in last else ""
        return [
            (str(row.get(name) or alone), {key: value for key, value in row.items() if key != name})
            for row in rows
        ]

    def place(self, record_id: str) -> tuple[str, str, str]:
        """A record that the call is about: (system, kind, id). Ids are unique per kind only in the CRM (HubSpot fact A8)."""
        return self.system, self.kind if self.system == "crm" else "", record_id

    @cached_property
    def heard(self) -> bool:
        """Whether a usable answer reached us."""
        return self.status < 300 and not self.lost and not self.unheard and bool(_json(self.body))

    @cached_property
    def refusals(self) -> int:
        """How many elements of a batch were refused while others may have been written."""
        told = _json(self.body)
        if self.system == "crm":
            return len(told.get("errors") or ())
        rows: list[Any] = next((value for value in told.values() if isinstance(value, list)), [])
        return sum(1 for row in rows if isinstance(row, dict) and row.get("ValidationErrors"))

    @cached_property
    def shown(self) -> frozenset[str]:
        """The ids of the records that the answer showed."""
        if self.status >= 300 or self.lost:
            return frozenset()
        told = _json(self.body)
        if self.system == "crm":
            found = told.get("results", [told])
            return frozenset(str(row.get("id")) for row in found if isinstance(row, dict))
        rows: list[Any] = next((value for value in told.values() if isinstance(value, list)), [])
        name = _IDS.get(self.kind, "")
        return frozenset(str(row.get(name)) for row in rows if isinstance(row, dict))


def _json(body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def unseen(response: Response) -> Response:
    """The answer of a replica that has not heard of the first record yet."""
    told = jsontext.loads(response.body) if response.status == 200 and response.body else None
    if not isinstance(told, dict):
        return response
    for name in ("results", "Contacts", "Items", "Invoices", "Payments"):
        if isinstance(told.get(name), list) and told[name]:
            return Response(response.status, response.headers, jsontext.dumps({**told, name: told[name][1:]}))
    return response
