"""Answers in the shapes that Xero was recorded to give (Xero facts 4, 5, 6 and 7.4), and a connector that hears them.

They stand beside the sandbox, which is another reading of the same facts. Every call is judged by Xero's own OpenAPI files where present.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
from tests.systems.doors import FixedTokens, Script, UnlimitedBudget, VirtualClock
from tests.witnesses.court import sit

from crossfoot.systems.port import NoAnswer, Request, Response
from crossfoot.systems.xero.system import XeroSystem
from crossfoot_sandbox.wire import Request as Asked

API = "https://api.xero.com"
CONTACT = "430fa14a-f945-44d3-9f97-5df5e28441b8"
INVOICE = "ed255415-e141-4150-aab7-89c3bbbb851c"
LINE = "5f7a612b-fdcc-4d33-90fa-a9f6bc6db32f"
PAYMENT = "99ea7f6b-c513-4066-bc27-b7c65dcd76c2"
ACCOUNT = "5690f1e8-1d02-4893-90c2-ee1a69eff942"
NOBODY = "00000000-0000-0000-0000-000000000000"
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

_encoder = msgspec.json.Encoder(decimal_format="number")


def stamp(at: datetime | date) -> str:
    """`/Date(1494201600000+0000)/`."""
    moment = at if isinstance(at, datetime) else datetime.combine(at, time(), UTC)
    return f"/Date({int(moment.timestamp() * 1000)}+0000)/"


def line(**more: Any) -> dict[str, Any]:
    """A line as every answer has it."""
    told: dict[str, Any] = {
        "LineItemID": LINE,
        "Description": "Acme tyres",
        "Quantity": Decimal("2.0000"),
        "UnitAmount": Decimal("20.00"),
        "AccountCode": "200",
        "TaxType": "OUTPUT2",
        "TaxAmount": Decimal("6.00"),
        "LineAmount": Decimal("40.00"),
        "Tracking": [],
    }
    return {name: value for name, value in {**told, **more}.items() if value is not None}


def row(**more: Any) -> dict[str, Any]:
    """An approved, unpaid invoice in a paged list: empty collections there, the contact a stub (fact 4.3). None leaves a key out."""
    told: dict[str, Any] = {
        "Type": "ACCREC",
        "InvoiceID": INVOICE,
        "InvoiceNumber": "INV-0055",
        "Reference": "",
        "Payments": [],
        "CreditNotes": [],
        "Prepayments": [],
        "Overpayments": [],
        "AmountDue": Decimal("46.00"),
        "AmountPaid": Decimal("0.00"),
        "AmountCredited": Decimal("0.00"),
        "CurrencyRate": Decimal("1.000000"),
        "IsDiscounted": False,
        "HasAttachments": False,
        "HasErrors": False,
        "Contact": {
            "ContactID": CONTACT,
            "Name": "Acme Ltd",
            "Addresses": [],
            "Phones": [],
            "ContactGroups": [],
        },
        "DateString": "2026-10-20T00:00:00",
        "Date": stamp(date(2026, 10, 20)),
        "DueDateString": "2026-11-20T00:00:00",
        "DueDate": stamp(date(2026, 11, 20)),
        "Status": "AUTHORISED",
        "LineAmountTypes": "Exclusive",
        "LineItems": [line()],
        "SubTotal": Decimal("40.00"),
        "TotalTax": Decimal("6.00"),
        "Total": Decimal("46.00"),
        "UpdatedDateUTC": stamp(NOW),
        "UpdatedDateUTCString": "2026-11-02T09:00:00Z",
        "CurrencyCode": "NZD",
    }
    return {name: value for name, value in {**told, **more}.items() if value is not None}


def written(**more: Any) -> dict[str, Any]:
    """The same in the answer to a write: without payments, credit notes and AmountCredited, and with a verdict (facts 4.3 and 5)."""
    return row(
        **{
            "Payments": None,
            "CreditNotes": None,
            "AmountCredited": None,
            "StatusAttributeString": "OK",
            **more,
        }
    )


def refused_element(*messages: str, **more: Any) -> dict[str, Any]:
    """A refused element: the merged echo with what was asked for, and why."""
    return written(
        StatusAttributeString="ERROR",
        HasErrors=True,
        ValidationErrors=[{"Message": message} for message in messages],
        **more,
    )


def payment(**more: Any) -> dict[str, Any]:
    """A payment in a list: the account by id and code, the invoice in brief (fact 7.6 and Xero's OpenAPI file)."""
    told: dict[str, Any] = {
        "PaymentID": PAYMENT,
        "Date": stamp(date(2026, 10, 28)),
        "BankAmount": Decimal("46.00"),
        "Amount": Decimal("46.00"),
        "CurrencyRate": Decimal("1.000000"),
        "PaymentType": "ACCRECPAYMENT",
        "Status": "AUTHORISED",
        "UpdatedDateUTC": stamp(NOW),
        "UpdatedDateUTCString": "2026-11-02T09:00:00Z",
        "HasAccount": True,
        "IsReconciled": False,
        "Account": {"AccountID": ACCOUNT, "Code": "090"},
        "Invoice": {
            "Type": "ACCREC",
            "InvoiceID": INVOICE,
            "InvoiceNumber": "INV-0055",
            "Payments": [],
            "CreditNotes": [],
            "Prepayments": [],
            "Overpayments": [],
            "HasErrors": False,
            "IsDiscounted": False,
            "LineItems": [],
            "Contact": {"ContactID": CONTACT, "Name": "Acme Ltd"},
        },
        "HasValidationErrors": False,
    }
    return {name: value for name, value in {**told, **more}.items() if value is not None}


def answer(*invoices: dict[str, Any], pages: int | None = 1, resource: str = "Invoices") -> Response:
    """A 200 with these; `pages` None leaves the pagination out, as the answer to a write does."""
    told: dict[str, Any] = {
        "Id": "900c500b-e83c-4ce2-902a-b8ba04751748",
        "Status": "OK",
        "ProviderName": "Crossfoot",
        "DateTimeUTC": f"/Date({int(NOW.timestamp() * 1000)})/",
    }
    if pages is not None:
        told["pagination"] = {"page": 1, "pageSize": 1000, "pageCount": pages, "itemCount": len(invoices)}
    told[resource] = invoices
    return Response(200, {"content-type": "application/json; charset=utf-8"}, _encoder.encode(told))


def refused_call(*messages: str, number: int = 10, kind: str = "ValidationException") -> Response:
    """A 400, as it comes for a whole call."""
    elements = [{"ValidationErrors": [{"Message": message} for message in messages]}]
    told: dict[str, Any] = {"ErrorNumber": number, "Type": kind, "Message": messages[0]}
    if number == 10:
        told |= {"Message": "A validation exception occurred", "Elements": elements}
    return Response(400, {"content-type": "application/json; charset=utf-8"}, _encoder.encode(told))


LOST = NoAnswer("the connection dropped")


@dataclass
class Recorded:
    """The connector, and what it asked."""

    system: XeroSystem
    script: Script
    budget: UnlimitedBudget

    def asked(self) -> list[str]:
        """Method and path of every call."""
        return [
            f"{call.method} {urlsplit(call.url).path.removeprefix('/api.xro/2.0')}"
            for call in self.script.asked
        ]

    def query(self, place: int = -1) -> dict[str, str]:
        """The query of a call."""
        return dict(parse_qsl(urlsplit(self.script.asked[place].url).query))

    def sent(self, place: int = -1) -> list[dict[str, Any]]:
        """The elements of a write."""
        [elements] = json.loads(self.script.asked[place].body, parse_float=Decimal).values()
        return list(elements)


def hearing(answers: Sequence[Response | Exception]) -> Recorded:
    """A connector that gets these answers, one after the other."""
    script, court = Script(answers), sit()

    async def send(request: Request) -> Response:
        response = await script(request)
        if court is not None:
            target, kind = request.url.removeprefix(API), response.headers.get("content-type", "")
            asked = Asked.of(request.method, target, request.headers, request.body)
            court.weigh("xero", asked, response.status, kind, response.body)
        return response

    budget = UnlimitedBudget()
    system = XeroSystem(
        send=send,
        tokens=FixedTokens(),
        clock=VirtualClock(),
        budget=budget,
        tenant="tenant",
        base_url=API,
    )
    return Recorded(system, script, budget)
