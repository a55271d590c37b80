"""One Xero organisation in the sandbox, and the connector on it."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.systems.doors import BASE, FixedTokens, UnlimitedBudget, VirtualClock, sandbox_send

from crossfoot.model.identity import Kind
from crossfoot.model.records import Fields, Observation
from crossfoot.systems.port import Action, Answer, Applied, Request, Response, Write
from crossfoot.systems.xero.system import XeroSystem
from crossfoot_sandbox.faults import Faults, Placed
from crossfoot_sandbox.faults import Kind as Fault
from crossfoot_sandbox.sandbox import Sandbox
from crossfoot_sandbox.xero.pages.bookkeepers import Bookkeeper
from crossfoot_sandbox.xero.pages.office import Office

SCOPES = (
    "accounting.contacts",
    "accounting.invoices",
    "accounting.payments",
    "accounting.settings",
    "offline_access",
)


@dataclass
class Ledger:
    """The sandbox's organisation beside the connector that works on it.

    `sent` keeps the requests. As everywhere, every call is judged by Xero's own OpenAPI files where they are present.
    """

    sandbox: Sandbox
    organisation: Office
    system: XeroSystem
    clock: VirtualClock
    budget: UnlimitedBudget
    tokens: FixedTokens
    sent: list[Request] = field(default_factory=list)
    calls_left: int | None = None
    """After so many more calls somebody disconnects the organisation in Xero."""

    def later(self, seconds: float) -> None:
        """Time passes, and the tokens are renewed meanwhile."""
        self.clock.clock.advance(seconds)
        self.tokens._tokens[:] = [self.sandbox.xero.grant("app", [self.organisation]).access_token]

    def calls(self) -> list[str]:
        """The calls so far, and forget them."""
        told = [f"{request.method} {request.url.removeprefix(BASE + '/xero')}" for request in self.sent]
        self.sent.clear()
        return told

    def fault(self, fault: Fault, operation: str, nth: int = 1) -> None:
        """The nth call of an operation from now on goes wrong."""
        self.sandbox.faults.placed.append(Placed(fault, "xero", operation, nth=nth))

    def contact(self, **values: Any) -> str:
        """A colleague makes a contact."""
        return self.organisation.person_creates("Contacts", values)

    def item(self, **values: Any) -> str:
        """A colleague makes an item."""
        return self.organisation.person_creates("Items", values)

    def invoice(self, contact: str | None = None, **values: Any) -> str:
        """A colleague makes an invoice of 40.00 and 15 % tax for a contact; a draft unless told otherwise."""
        filled = {
            "Type": "ACCREC",
            "Contact": {
                "ContactID": contact or self.contact(Name=f"Customer {len(self.organisation.contacts)}")
            },
            "DueDate": "2026-12-01",
            "LineItems": [
                {
                    "Description": "Tyres",
                    "Quantity": Decimal(2),
                    "UnitAmount": Decimal(20),
                    "AccountCode": "200",
                }
            ],
        }
        return self.organisation.person_creates("Invoices", {**filled, **values})

    @property
    def bookkeeper(self) -> Bookkeeper:
        """A colleague who works with documents."""
        return Bookkeeper(self.organisation)

    def holds(self, kind: str, record_id: str) -> dict[str, Any]:
        """What Xero's own books say."""
        return dict(self.organisation.book(kind)[record_id].values)

    async def listed(self, kind: Kind, cursor: str | None = None) -> tuple[list[Observation], str]:
        """A whole listing and the cursor after it."""
        found: list[Observation] = []
        async for page in self.system.list(kind, {}, cursor):
            found += page.observations
            cursor = page.cursor
        assert page.last
        return found, page.cursor


def connected() -> Ledger:
    clock = VirtualClock()
    sandbox = Sandbox(clock=clock.clock, faults=Faults())
    organisation = sandbox.xero.add_organisation(name="Ako Books")
    sandbox.xero.add_app("app", "secret", SCOPES, ("https://crossfoot.example/back",))
    pair = sandbox.xero.grant("app", [organisation])
    budget, tokens, sent = UnlimitedBudget(), FixedTokens(pair.access_token), []
    through = sandbox_send(sandbox)

    async def send(request: Request) -> Response:
        sent.append(request)
        if ledger.calls_left is not None:
            ledger.calls_left -= 1
            if ledger.calls_left < 0:
                sandbox.xero.disconnect("app", organisation)
        return await through(request)

    system = XeroSystem(
        send=send,
        tokens=tokens,
        clock=clock,
        budget=budget,
        tenant=organisation.tenant_id,
        base_url=f"{BASE}/xero",
    )
    ledger = Ledger(sandbox, organisation, system, clock, budget, tokens, sent)
    return ledger


def create(kind: Kind, values: Fields, key: str | None = None, operation: str = "op") -> Write:
    return Write(operation, Action.CREATE, kind, None, values, key)


def update(
    kind: Kind, record_id: str, values: Fields, seen: Fields | None = None, operation: str = "op"
) -> Write:
    return Write(operation, Action.UPDATE, kind, record_id, values, seen=seen or {})


def archive(kind: Kind, record_id: str, operation: str = "op") -> Write:
    return Write(operation, Action.ARCHIVE, kind, record_id)


def applied(answer: Answer) -> Applied:
    assert isinstance(answer, Applied), answer
    return answer
