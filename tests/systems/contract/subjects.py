"""What the contract is asked of: one kind of record in one connected account, with the people who work in it and the network before it."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import msgspec
from tests.systems.contract import odd_system
from tests.systems.doors import (
    BASE,
    FixedTokens,
    RealBudget,
    VirtualClock,
    sandbox_send,
    stopped,
)

from crossfoot.model.fields import FieldType, same
from crossfoot.model.identity import Kind
from crossfoot.model.lines import Line, Lines
from crossfoot.model.problems import Cause, Problem
from crossfoot.model.records import Fields, Observation, Value
from crossfoot.systems.hubspot.defaults import CUSTOM_FIELDS
from crossfoot.systems.hubspot.objects import KEY_PATH
from crossfoot.systems.hubspot.system import HubSpotSystem
from crossfoot.systems.keeping import KeepsFields
from crossfoot.systems.port import Action, Answer, Page, Request, Response, Send, System, Trouble, Write
from crossfoot.systems.xero.system import XeroSystem
from crossfoot_sandbox.faults import Faults, Placed
from crossfoot_sandbox.faults import Kind as Fault
from crossfoot_sandbox.hubspot.api.oauth import ALL_SCOPES
from crossfoot_sandbox.sandbox import Sandbox
from crossfoot_sandbox.xero.pages.bookkeepers import Bookkeeper

PRICE = Decimal("12.3450")
Tamper = Callable[[bytes], bytes]


@dataclass
class Sent:
    """One call, and the seconds for which its answer forbade another one."""

    at: datetime
    request: Request | None
    writes: bool
    throttled_for: float = 0.0


@dataclass
class Tap:
    """Listens in on the network, and may rewrite what the vendor answers."""

    through: Send
    clock: VirtualClock
    is_write: Callable[[Request], bool]
    pause: Callable[[Response], float]
    sent: list[Sent] = field(default_factory=list)
    tamper: Tamper | None = None

    async def __call__(self, request: Request) -> Response:
        noted = Sent(self.clock.now(), request, self.is_write(request))
        self.sent.append(noted)
        response = await self.through(request)
        if response.status == 429:
            noted.throttled_for = self.pause(response)
        if self.tamper is not None and response.body:
            return Response(response.status, response.headers, self.tamper(response.body))
        return response


class Subject(ABC):
    """One kind of one system, made empty for each test."""

    kind: Kind
    text: str
    """A path that holds a text and may be emptied, without rules of its own."""
    unique: str = ""
    """A path that the system keeps unique, if it has one."""
    price: str = ""
    """A path that holds an amount, if it has one."""
    lines: str = ""
    """The path of a document's lines, if it is a document."""
    secret: str = "no secret"
    merges = True
    nobody: str
    """A well-formed id that no record has."""
    find_path: str
    """A path that records are found by."""
    more: tuple[str, ...] = ()
    """Further paths to ask for."""
    clock: VirtualClock
    system: System

    # ── what a test says ──

    @property
    def can(self) -> Any:
        """The kind's abilities."""
        return self.system.capabilities.kinds[self.kind]

    @property
    def paths(self) -> dict[Kind, frozenset[str]]:
        """What the tests ask for."""
        asked = {*self.values(0), self.text, *([self.can.key_path] if self.can.key_path else []), *self.more}
        return {self.kind: frozenset(asked)}

    def new(self, number: int, more: Fields | None = None) -> Write:
        """The creation of the n-th record, which nobody else has; `more` values besides, or instead."""
        key = f"origin:1:thing:{number}" if self.can.key_path else None
        return Write(
            f"op-{number}.1", Action.CREATE, self.kind, None, {**self.values(number), **(more or {})}, key
        )

    def change(self, seen: Observation, values: Fields) -> Write:
        """An update that rests on what was just seen."""
        return Write("op-u", Action.UPDATE, self.kind, seen.ref.id, values, seen=seen.fields)

    def holds(self, seen: Observation, number: int) -> bool:
        """Whether a record was seen to hold what the n-th one does. Of lines it counts what they say, not their ids."""
        values = self.values(number)
        lines = seen.fields.get(self.lines), values.pop(self.lines, None)
        return seen.fields.items() >= values.items() and same(FieldType.LINES, *lines)

    async def make(self, *numbers: int) -> list[str]:
        """Records that people made."""
        return [self.person_makes(self.values(number)) for number in numbers]

    async def write(self, *writes: Write) -> list[Answer]:
        return await self.system.write(writes)

    async def see(self, *ids: str) -> list[Observation]:
        return await self.system.read(self.kind, ids, self.paths)

    async def find(self, path: str, *values: str) -> list[Observation]:
        return await self.system.find(self.kind, path, values, self.paths)

    async def pages(self, cursor: str | None = None, system: System | None = None) -> list[Page]:
        return [page async for page in (system or self.system).list(self.kind, self.paths, cursor)]

    async def listed(self, cursor: str | None = None) -> dict[str, Observation]:
        return {each.ref.id: each for page in await self.pages(cursor) for each in page.observations}

    def pass_time(self, seconds: float = 60.0) -> None:
        """Time passes; whatever index lags has caught up."""
        self.clock.clock.advance(seconds)

    # ── what each system says ──

    @abstractmethod
    def values(self, number: int) -> dict[str, Value]:
        """What the n-th record holds."""

    @abstractmethod
    def bad(self) -> Fields:
        """Values that the system refuses."""

    @abstractmethod
    async def open(self) -> None:
        """Make everything ready that a connection makes ready once."""

    @abstractmethod
    def again(self) -> System:
        """The same account, as another process would open it."""

    @abstractmethod
    def elsewhere(self) -> System:
        """Credentials that lead to another account than before."""

    @abstractmethod
    def person_makes(self, values: Fields) -> str: ...

    @abstractmethod
    def person_edits(self, record_id: str, values: Fields) -> None: ...

    @abstractmethod
    def person_archives(self, record_id: str) -> None: ...

    @abstractmethod
    def person_merges(self, winner: str, loser: str) -> str: ...

    @abstractmethod
    def crowd(self, count: int) -> list[str]:
        """Many records at once, long enough ago for any index."""

    @abstractmethod
    def living(self) -> int:
        """How many live records the vendor's own books hold."""

    @abstractmethod
    def goes_wrong(self, fault: Fault, action: Action | None = None) -> None:
        """The next call goes wrong, or the next that does this."""

    @abstractmethod
    def goes_silent(self) -> None:
        """The next write that an embedded record takes is done, and its answer lost."""

    @abstractmethod
    def sent(self) -> list[Sent]:
        """The calls so far."""

    @abstractmethod
    def named(self, request: Sent) -> set[str]:
        """The fields of a record that a write's body names, apart from what says which record it is."""

    @abstractmethod
    def loses(self, what: str) -> None:
        """From now on the `consent`, the `scope` or the `vendor` is gone."""

    @abstractmethod
    def speaks_of_more(self) -> None:
        """From now on the vendor's answers have fields that nobody has heard of."""

    @abstractmethod
    def chooses_a_new_word(self, record_id: str) -> str:
        """A field of the record holds a word that no list of options knows; returns its path."""


def unheard_of(value: Any) -> Any:
    """The same JSON with a field more in every object."""
    if isinstance(value, dict):
        return {**{name: unheard_of(each) for name, each in value.items()}, "brandNew": None}
    return [unheard_of(each) for each in value] if isinstance(value, list) else value


def _with_more(body: bytes) -> bytes:
    try:
        known = json.loads(body, parse_float=Decimal)
    except ValueError:
        return body
    return _ENCODER.encode(unheard_of(known))


_ENCODER = msgspec.json.Encoder(decimal_format="number")


def nested(values: Fields) -> dict[str, Any]:
    """`{"SalesDetails.UnitPrice": 1}` as Xero writes it."""
    found: dict[str, Any] = {}
    for path, value in values.items():
        group, _, name = path.partition(".")
        if name:
            found.setdefault(group, {})[name] = value
        else:
            found[group] = value
    return found


class OverSandbox(Subject):
    """A vendor of the sandbox."""

    sandbox: Sandbox
    tap: Tap
    vendor: str

    def goes_wrong(self, fault: Fault, action: Action | None = None) -> None:
        self.sandbox.faults.placed.append(Placed(fault, self.vendor, self.operation(action)))

    def operation(self, _action: Action | None) -> str:
        """The call that does this, where another one comes before it; else whichever comes next."""
        return ""

    def goes_silent(self) -> None:
        self.sandbox.faults.placed.append(Placed(Fault.REPLY_LOST, self.vendor, "POST /Contacts"))

    def sent(self) -> list[Sent]:
        return self.tap.sent

    def speaks_of_more(self) -> None:
        self.tap.tamper = _with_more

    def _body(self, request: Sent) -> Any:
        assert request.request is not None
        return msgspec.json.decode(request.request.body)


class HubSpotSubject(OverSandbox):
    """One object type of a portal."""

    vendor = "hubspot"

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.plural = {
            Kind.CONTACT: "contacts",
            Kind.COMPANY: "companies",
            Kind.PRODUCT: "products",
        }[kind]
        self.text = "description" if kind is Kind.PRODUCT else "city"
        self.unique = "email" if kind is Kind.CONTACT else ""
        self.price = "price" if kind is Kind.PRODUCT else ""
        self.merges = kind is not Kind.PRODUCT
        self.nobody = "999999999"
        self.find_path = KEY_PATH
        self.sandbox = Sandbox(stopped(), Faults())
        self.hub = self.sandbox.hubspot.add_portal(
            7, name="Example", currency="EUR", time_zone="Europe/Berlin"
        )
        self.sandbox.hubspot.add_portal(8, name="Other", currency="EUR", time_zone="Europe/Berlin")
        self.secret = self.sandbox.hubspot.static_token(7, ALL_SCOPES)
        self.clock = VirtualClock(self.sandbox.clock)
        self.tap = Tap(
            sandbox_send(self.sandbox),
            self.clock,
            lambda request: (
                request.method != "GET"
                and not request.url.partition("?")[0].endswith(("/search", "/batch/read"))
            ),
            lambda answer: 10.0 if b"TEN_SECONDLY" in answer.body else 1.0,
        )
        self.system = self._connect(self.secret)

    def _connect(self, token: str) -> System:
        return HubSpotSystem(
            self.tap, FixedTokens(token), self.clock, RealBudget(self.clock), base_url=f"{BASE}/hubspot"
        )

    async def open(self) -> None:
        assert isinstance(self.system, KeepsFields)
        for kind, infos in CUSTOM_FIELDS.items():
            assert await self.system.mend_fields(kind, infos) == []
        await self.system.describe()

    def again(self) -> System:
        return self._connect(self.secret)

    def elsewhere(self) -> System:
        return self._connect(self.sandbox.hubspot.static_token(8, ALL_SCOPES))

    def values(self, number: int) -> dict[str, Value]:
        if self.kind is Kind.CONTACT:
            return {"email": f"p{number}@example.test", "firstname": f"P{number}", "lastname": "Byron"}
        if self.kind is Kind.COMPANY:
            return {"name": f"Firm {number}", "domain": f"firm{number}.test"}
        return {"name": f"Tea {number}", "hs_sku": f"TEA-{number}", "price": PRICE}

    def bad(self) -> Fields:
        return {"email": "not an address"} if self.kind is Kind.CONTACT else {"no_such_property": "x"}

    def person_makes(self, values: Fields) -> str:
        return self.hub.person_creates(self.plural, _as_texts(values))

    def person_edits(self, record_id: str, values: Fields) -> None:
        self.hub.person_edits(self.plural, record_id, _as_texts(values))

    def person_archives(self, record_id: str) -> None:
        self.hub.person_archives(self.plural, record_id)

    def person_merges(self, winner: str, loser: str) -> str:
        return self.hub.person_merges(self.plural, winner, loser)

    def crowd(self, count: int) -> list[str]:
        rows = [
            {path: text or "" for path, text in _as_texts(self.values(number)).items()}
            for number in range(count)
        ]
        ids = self.hub.bulk_load(self.plural, rows)
        self.pass_time()
        return ids

    def living(self) -> int:
        return sum(record.alive for record in self.hub.book(self.plural).values())

    def named(self, request: Sent) -> set[str]:
        [entry] = self._body(request)["inputs"]
        return set(entry["properties"])

    def loses(self, what: str) -> None:
        if what == "consent":
            self.sandbox.hubspot.restrict(self.secret, ())
            self.system = self._connect("pat-revoked-9f8e7d")
        elif what == "scope":
            self.sandbox.hubspot.restrict(self.secret, ("oauth",))
            self.system = self._connect(self.secret)
        else:
            self.sandbox.faults.placed.append(Placed(Fault.ERROR_BEFORE, self.vendor, nth=0))

    def chooses_a_new_word(self, record_id: str) -> str:
        old, path = {
            Kind.CONTACT: (b'"Byron"', "lastname"),
            Kind.COMPANY: (b'"firm1.test"', "domain"),
            Kind.PRODUCT: (b'"TEA-1"', "hs_sku"),
        }[self.kind]
        self.tap.tamper = lambda body: body.replace(old, b'"never_heard_of"')
        return path


def _as_texts(values: Fields) -> dict[str, str | None]:
    return {path: None if value is None else str(value) for path, value in values.items()}


XERO_SCOPES = (
    "accounting.contacts",
    "accounting.invoices",
    "accounting.payments",
    "accounting.settings",
    "offline_access",
)


class XeroSubject(OverSandbox):
    """Contacts or items of an organisation."""

    vendor = "xero"
    book: str

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        if kind in (Kind.CONTACT, Kind.ITEM):
            self.book = "Contacts" if kind is Kind.CONTACT else "Items"
            self.text = "TaxNumber" if kind is Kind.CONTACT else "Description"
            self.unique = "Name" if kind is Kind.CONTACT else "Code"
            self.price = "SalesDetails.UnitPrice" if kind is Kind.ITEM else ""
            self.find_path = "Name"
        self.merges = kind is Kind.CONTACT
        self.nobody = "11111111-2222-3333-4444-555555555555"
        self.sandbox = Sandbox(stopped(), Faults())
        self.organisation = self.sandbox.xero.add_organisation(name="Ako Books")
        self.other = self.sandbox.xero.add_organisation(name="Other Books")
        self.sandbox.xero.add_app("app", "secret", XERO_SCOPES, ("https://crossfoot.example/back",))
        self.secret = self.sandbox.xero.grant("app", [self.organisation]).access_token
        self.clock = VirtualClock(self.sandbox.clock)
        self.tap = Tap(
            sandbox_send(self.sandbox),
            self.clock,
            lambda request: request.method != "GET",
            lambda answer: float(answer.headers["retry-after"]),
        )
        self.system = self._connect(self.secret)

    def _connect(self, token: str) -> System:
        return XeroSystem(
            send=self.tap,
            tokens=FixedTokens(token),
            clock=self.clock,
            budget=RealBudget(self.clock),
            tenant=self.organisation.tenant_id,
            base_url=f"{BASE}/xero",
        )

    async def open(self) -> None:
        await self.system.describe()

    def again(self) -> System:
        return self._connect(self.secret)

    def elsewhere(self) -> System:
        self.sandbox.xero.add_app("app2", "secret", XERO_SCOPES, ("https://crossfoot.example/back",))
        return self._connect(self.sandbox.xero.grant("app2", [self.other]).access_token)

    def values(self, number: int) -> dict[str, Value]:
        if self.kind is Kind.CONTACT:
            return {"Name": f"Firm {number}", "EmailAddress": f"p{number}@example.test"}
        return {"Code": f"TEA-{number}", "Name": f"Tea {number}", "SalesDetails.UnitPrice": PRICE}

    def bad(self) -> Fields:
        return {"TaxNumber": "9" * 51} if self.kind is Kind.CONTACT else {"Name": "T" * 51}

    def person_makes(self, values: Fields) -> str:
        return self.organisation.person_creates(self.book, nested(values))

    def person_edits(self, record_id: str, values: Fields) -> None:
        self.organisation.person_edits(self.book, record_id, nested(values))

    def person_archives(self, record_id: str) -> None:
        self.organisation.person_archives(self.book, record_id)

    def person_merges(self, winner: str, loser: str) -> str:
        self.organisation.person_merges(winner, loser)
        return winner

    def crowd(self, count: int) -> list[str]:
        ids = self.organisation.bulk_load(self.book, [nested(self.values(number)) for number in range(count)])
        self.pass_time(600)
        return ids

    def living(self) -> int:
        book = self.organisation.book(self.book)
        return sum(book.live(record_id) is not None for record_id in book)

    def named(self, request: Sent) -> set[str]:
        [element] = self._body(request)[self.book]
        # An item cannot be named without its code (Xero fact 7.3).
        return set(element) - {"ContactID", "ItemID"} - ({"Code"} if self.kind is Kind.ITEM else set())

    def loses(self, what: str) -> None:
        if what == "consent":
            self.sandbox.xero.disconnect("app", self.organisation)
        elif what == "scope":
            self.sandbox.xero.add_app("poor", "secret", ("offline_access",), ("https://x.example/back",))
            pair = self.sandbox.xero.grant("poor", [self.organisation], ("offline_access",))
            self.secret = pair.access_token
            self.system = self._connect(self.secret)
        else:
            self.sandbox.faults.placed.append(Placed(Fault.ERROR_BEFORE, self.vendor, nth=0))

    def chooses_a_new_word(self, record_id: str) -> str:
        old, path = (b"p1@example.test", "EmailAddress") if self.kind is Kind.CONTACT else (b"Tea 1", "Name")
        self.tap.tamper = lambda body: body.replace(old, b"never_heard_of").replace(
            b'"ContactStatus":"ACTIVE"', b'"ContactStatus":"never_heard_of"'
        )
        return path


class XeroInvoiceSubject(XeroSubject):
    """Sales invoices of an organisation. A person who archives one deletes the draft."""

    book = "Invoices"
    text = "Reference"
    unique = "InvoiceNumber"
    find_path = "Reference"
    lines = "Lines"
    more = ("Status",)

    def __init__(self, kind: Kind = Kind.INVOICE) -> None:
        super().__init__(kind)
        self.customer = self.organisation.person_creates("Contacts", {"Name": "Ada Ltd"})

    def values(self, number: int) -> dict[str, Value]:
        return {
            "Contact": self.customer,
            "DueDate": date(2026, 12, 1),
            "Lines": Lines(
                (
                    _line(f"Tea {number}", quantity=Decimal(2), price=PRICE),
                    _line("Carriage", quantity=Decimal(1), price=Decimal(5)),
                )
            ),
            "Url": f"https://example.test/{number}",
            "InvoiceNumber": f"N-{number}",
        }

    def bad(self) -> Fields:
        return {"CurrencyCode": "XAU"}

    def person_makes(self, values: Fields) -> str:
        return super().person_makes(_on_xeros_page({"Type": "ACCREC", **values}))

    def person_edits(self, record_id: str, values: Fields) -> None:
        super().person_edits(record_id, _on_xeros_page(values))

    def person_archives(self, record_id: str) -> None:
        self.organisation.person_edits(self.book, record_id, {"Status": "DELETED"})

    def crowd(self, count: int) -> list[str]:
        made = []
        for number in range(count):
            made.append(self.person_makes(self.values(number)))
            self.pass_time(0.3)
        self.pass_time(600)
        return made

    def living(self) -> int:
        return sum(record.status != "DELETED" for record in self.organisation.book(self.book).values())

    def operation(self, action: Action | None) -> str:
        return "" if action is None else f"{'PUT' if action is Action.CREATE else 'POST'} /Invoices"

    def named(self, request: Sent) -> set[str]:
        return super().named(request) - {"InvoiceID"}

    def chooses_a_new_word(self, record_id: str) -> str:
        self.tap.tamper = lambda body: body.replace(b'"DRAFT"', b'"never_heard_of"')
        return "Status"


class XeroPaymentSubject(XeroInvoiceSubject):
    """Payments of one large invoice. Nobody changes a payment."""

    book = "Payments"
    text = "Reference"
    unique = ""
    find_path = "Invoice"
    lines = ""

    def __init__(self) -> None:
        super().__init__(Kind.PAYMENT)
        self.paid = self.large_invoice()

    def large_invoice(self) -> str:
        """An approved invoice that takes many payments."""
        much = {"Description": "Everything", "Quantity": 1, "UnitAmount": 9_000_000, "AccountCode": "200"}
        invoice = {
            "Type": "ACCREC",
            "Contact": {"ContactID": self.customer},
            "DueDate": "2026-12-01",
            "Status": "AUTHORISED",
            "LineItems": [much],
        }
        return self.organisation.person_creates("Invoices", invoice)

    def crowd(self, count: int) -> list[str]:
        made: list[str] = []
        while len(made) < count:
            some = min(count - len(made), 20)
            invoice = self.large_invoice()
            made += [self.bookkeeper.pays(invoice, Decimal(1)) for _ in range(some)]
            self.pass_time(5)
        self.pass_time(600)
        return made

    def values(self, number: int) -> dict[str, Value]:
        return {
            "Invoice": self.paid,
            "Account": "090",
            "Amount": Decimal(number) + Decimal("0.01"),
            "Date": date(2026, 10, 1),
        }

    def bad(self) -> Fields:
        return {"Account": "0000"}

    def person_makes(self, values: Fields) -> str:
        amount, day = values["Amount"], values["Date"]
        assert isinstance(amount, Decimal)
        assert isinstance(day, date)
        return self.bookkeeper.pays(self.paid, amount, account=str(values["Account"]), on=day)

    def person_archives(self, record_id: str) -> None:
        self.bookkeeper.removes_payment(record_id)

    def operation(self, action: Action | None) -> str:
        return "" if action is None else f"{'PUT' if action is Action.CREATE else 'POST'} /Payments"

    @property
    def bookkeeper(self) -> Bookkeeper:
        """A colleague who works with documents."""
        return Bookkeeper(self.organisation)

    def chooses_a_new_word(self, record_id: str) -> str:
        self.tap.tamper = lambda body: body.replace(b'"AUTHORISED"', b'"never_heard_of"')
        return "Status"


_line = partial(Line, "", "", account="200", tax="OUTPUT2")


def _on_xeros_page(values: Fields) -> dict[str, Any]:
    """Values as one fills in an invoice."""
    filled: dict[str, Any] = {**values}
    if "Contact" in filled:
        filled["Contact"] = {"ContactID": filled["Contact"]}
    if "DueDate" in filled:
        filled["DueDate"] = f"{filled['DueDate']}"
    if isinstance(lines := filled.pop("Lines", None), Lines):
        filled["LineItems"] = [
            {
                "Description": line.description,
                "Quantity": line.quantity,
                "UnitAmount": line.price,
                "AccountCode": line.account,
                "TaxType": line.tax,
            }
            for line in lines
        ]
    return filled


class OddSubject(Subject):
    """Parties or goods of the third system."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.text = "Town" if kind is Kind.CONTACT else "Label"
        self.unique = "Title" if kind is Kind.CONTACT else ""
        self.price = "Price" if kind is Kind.ITEM else ""
        self.merges = kind is Kind.CONTACT
        self.nobody = "c9999ab"
        self.find_path = "Tag"
        self.more = ("Mood",) if kind is Kind.CONTACT else ()
        self.clock = VirtualClock()
        self.books = odd_system.Books(self.clock)
        self.system = odd_system.OddSystem(self.books, self.clock)

    async def open(self) -> None:
        await self.system.describe()

    def again(self) -> System:
        return odd_system.OddSystem(self.books, self.clock)

    def elsewhere(self) -> System:
        return odd_system.OddSystem(odd_system.Books(self.clock, account="2"), self.clock)

    def values(self, number: int) -> dict[str, Value]:
        if self.kind is Kind.CONTACT:
            return {"Title": f"Firm {number}", "Web": f"firm{number}.test"}
        return {"Code": f"TEA-{number}", "Label": f"Tea {number}", "Price": PRICE}

    def bad(self) -> Fields:
        return {"Title": "T" * 41} if self.kind is Kind.CONTACT else {"Code": "C" * 21}

    def person_makes(self, values: Fields) -> str:
        return self.books.makes(self.kind, values)

    def person_edits(self, record_id: str, values: Fields) -> None:
        self.books.edits(self.kind, record_id, values)

    def person_archives(self, record_id: str) -> None:
        self.books.archives(self.kind, record_id)

    def person_merges(self, winner: str, loser: str) -> str:
        return self.books.merges(self.kind, winner, loser)

    def crowd(self, count: int) -> list[str]:
        return [self.person_makes(self.values(number)) for number in range(count)]

    def living(self) -> int:
        return len(self.books.living(self.kind))

    def goes_wrong(self, fault: Fault, action: Action | None = None) -> None:
        self.books.faults.append(fault)

    def goes_silent(self) -> None:
        self.books.silent.append(Fault.REPLY_LOST)

    def sent(self) -> list[Sent]:
        return [
            Sent(
                call.at,
                None,
                call.writes,
                odd_system.BUSY_SECONDS if call.fault is Fault.THROTTLED else 0.0,
            )
            for call in self.books.calls
        ]

    def named(self, request: Sent) -> set[str]:
        writes: Sequence[Mapping[str, Value]] = self.books.calls[-1].sent
        return {path for values in writes for path in values}

    def loses(self, what: str) -> None:
        words = {
            "consent": Problem(Cause.CONSENT, "Odd was disconnected.", "Connect it again."),
            "scope": Problem(Cause.FORBIDDEN, "Odd lets us see no goods.", "Ask for the right."),
            "vendor": Problem(Cause.UNAVAILABLE, "Odd is closed.", "It is tried again."),
        }
        self.books.trouble = Trouble(words[what], 60.0 if what == "vendor" else None)

    def speaks_of_more(self) -> None:
        for row in self.books.rows[self.kind].values():
            row.values["BrandNew"] = "surprise"

    def chooses_a_new_word(self, record_id: str) -> str:
        path = "Mood" if self.kind is Kind.CONTACT else "Label"
        self.person_edits(record_id, {path: "never_heard_of"})
        return path


SUBJECTS: dict[str, Callable[[], Subject]] = {
    "HubSpot contacts": lambda: HubSpotSubject(Kind.CONTACT),
    "HubSpot companies": lambda: HubSpotSubject(Kind.COMPANY),
    "HubSpot products": lambda: HubSpotSubject(Kind.PRODUCT),
    "Xero contacts": lambda: XeroSubject(Kind.CONTACT),
    "Xero items": lambda: XeroSubject(Kind.ITEM),
    "Xero invoices": XeroInvoiceSubject,
    "Xero payments": XeroPaymentSubject,
    "Odd parties": lambda: OddSubject(Kind.CONTACT),
    "Odd goods": lambda: OddSubject(Kind.ITEM),
}
