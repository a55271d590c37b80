"""Both vendors on one clock: routes a request to the host that it means, lets faults happen, keeps the log.

The hosts are told apart by a path prefix, because a stand-in has one port where the vendors have four host names:

=====================  ==============================================
`/hubspot`             api.hubapi.com
`/hubspot-app`         app.hubspot.com (the consent page)
`/xero`                api.xero.com
`/xero-identity`       identity.xero.com
`/xero-login`          login.xero.com (the consent page)
=====================  ==============================================
"""

from collections.abc import Mapping
from dataclasses import replace
from email.utils import formatdate
from typing import Protocol

from crossfoot_sandbox.clock import Clock
from crossfoot_sandbox.faults import Faults, Kind
from crossfoot_sandbox.hubspot.hub import HubSpot
from crossfoot_sandbox.journal import Entry, Journal, Words
from crossfoot_sandbox.wire import Dropped, Refused, Request, Response
from crossfoot_sandbox.xero.ledger import Xero


class Vendor(Protocol):
    """What the sandbox asks of a stand-in."""

    name: str

    def operation(self, host: str, request: Request) -> tuple[str, str]:
        """The call's name and subject for faults and the log, e.g. `("POST /crm/objects/contacts/batch/create", "3")`."""
        ...

    def handle(self, host: str, request: Request) -> Response:
        """Act and answer, with the vendor's rules, limits and errors. Never raises for bad input."""
        ...

    def throttled(self, host: str, request: Request) -> Response:
        """The vendor's own 429, as it looks when the short-term limit is used up."""
        ...


class Sandbox:
    """HubSpot and Xero, their books, one clock."""

    def __init__(self, clock: Clock | None = None, faults: Faults | None = None) -> None:
        self.clock = clock or Clock()
        self.faults = faults or Faults()
        self.journal = Journal()
        self.hubspot = HubSpot(self.clock)
        self.xero = Xero(self.clock)
        self._hosts: dict[str, tuple[Vendor, str]] = {
            "/hubspot": (self.hubspot, "api"),
            "/hubspot-app": (self.hubspot, "app"),
            "/xero": (self.xero, "api"),
            "/xero-identity": (self.xero, "identity"),
            "/xero-login": (self.xero, "login"),
        }

    def call(
        self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Response:
        """One call to whichever host the path means.

        Raises `Refused` when a fault kept the call from arriving, `Dropped` when the answer was lost.
        """
        request = Request.of(method, target, headers, body)
        prefix = "/" + request.path.split("/", 2)[1]
        found = self._hosts.get(prefix)
        if found is None:
            return Response(404, {"Content-Type": "text/plain"}, b"The sandbox has no such host.")
        vendor, host = found
        return self._act(vendor, host, request.under(prefix))

    def _act(self, vendor: Vendor, host: str, request: Request) -> Response:
        name, subject = vendor.operation(host, request)
        call = self.faults.named(vendor.name, name, subject)
        fault = self.faults.fate(call)
        at = self.clock.now()
        response: Response | None = None
        if fault is Kind.THROTTLED:
            response = vendor.throttled(host, request)
        elif fault is Kind.ERROR_BEFORE:
            response = Response(503, {"Content-Type": "text/plain"}, b"Service temporarily unavailable")
        elif fault is Kind.HTML:
            response = Response(
                502, {"Content-Type": "text/html"}, b"<html><body><h1>502 Bad Gateway</h1></body></html>"
            )
        elif fault not in (Kind.REFUSED, Kind.REQUEST_LOST):
            response = vendor.handle(host, request)
            if fault is Kind.ERROR_AFTER:
                response = Response(500, {"Content-Type": "text/plain"}, b"An error occurred")
            elif fault is Kind.GARBLED:
                response = Response(
                    response.status, response.headers, response.body[: len(response.body) // 2]
                )
        lost = fault in (Kind.REFUSED, Kind.REQUEST_LOST, Kind.REPLY_LOST)
        heard = None if lost else response
        secret = host != "api" or request.path.startswith("/oauth/")
        self.journal.note(
            Entry(
                at=at,
                system=vendor.name,
                method=request.method,
                path=name.partition(" ")[2] if secret else request.path,
                operation=name,
                status=heard.status if heard else 0,
                fault=fault or "",
                correlation=f"{self.journal.count + 1:08d}",
            ),
            Words.of(request, heard) if self.journal.wants_words and not secret else None,
        )
        if fault is Kind.REFUSED:
            raise Refused(f"{vendor.name} refused the connection")
        if response is None or fault is Kind.REPLY_LOST:
            raise Dropped(f"{vendor.name} closed the connection without an answer")
        # every origin server with a clock says what time it is (RFC 9110, 6.6.1)
        date = formatdate(int(self.clock.seconds()), usegmt=True)
        return replace(response, headers={"Date": date, **response.headers})
