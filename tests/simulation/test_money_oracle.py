"""The oracle of money: for every way of breaking a promise about a document a world, made by hand, in which it is broken, and worlds in which it only seems so."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from tests.simulation.books import LINE_WORDS, Entry
from tests.simulation.evidence import Linked, Paper, View
from tests.simulation.oracle import INVARIANTS, judge
from tests.simulation.scenario import Config
from tests.simulation.test_oracle import ADA, BROKEN, US, at, call, entry
from tests.simulation.words import Ran, Typed

LINES = {
    **dict.fromkeys(LINE_WORDS, ""),
    "#1": "#1 Mirror",
    "#1 quantity": "2",
    "#1 price": "10.125",
    "#1 tax": "15",
}
SAYS = {**LINES, "reference": "PO 1", "due": "2026-12-20", "date": "2026-11-02", "currency": "NZD"}
MONEY = {"net": "20.25", "tax": "3.04", "total": "23.29", "paid": "0", "credited": "0", "due amount": "23.29"}
TOLD = {**MONEY, "number": "INV-0001", "standing": "awaiting_payment"}
PAPER = {**SAYS, "state": "open", "bills": "true", "billed": "23.29"}
"""Ada's invoice in the CRM."""
BOOKED = {**SAYS, **MONEY, "number": "INV-0001", "state": "AUTHORISED"}
"""Its copy in the ledger."""

Edits = tuple[float, str, Mapping[str, str]]
Place = tuple[str, str, str]


def here(*edits: Edits, kind: str = "invoice", **more: Any) -> Entry:
    return entry("crm", more.pop("id", "1"), (0, ADA, PAPER), (10, US, TOLD), *edits, kind=kind, **more)


def there(*edits: Edits, kind: str = "invoice", **more: Any) -> Entry:
    return entry("ledger", more.pop("id", "a"), (5, US, BOOKED), *edits, kind=kind, **more)


def draft(*edits: Edits) -> tuple[Entry, Entry]:
    """Both are drafts."""
    told = {"standing": "draft"}
    return here((1, ADA, {"state": "draft"}), (10, US, told), *edits), entry(
        "ledger", "a", (5, US, {**BOOKED, "state": "DRAFT"}), kind="invoice"
    )


def payment(side: str, record_id: str, *edits: Edits, by: str = ADA, amount: str = "3") -> Entry:
    return entry(side, record_id, (20, by, {"amount": amount}), *edits, kind="payment")


def product(side: str, record_id: str, seconds: float = 0) -> Entry:
    told = {"code": "SKU-1", "name": "Mirror", "description": "", "price": "1"}
    return entry(side, record_id, (seconds, ADA, told), kind="product")


def world(*entries: Entry, papers: Mapping[Place, Paper] | None = None, **more: Any) -> View:
    """A world in agreement: invoice 1 of the CRM and invoice a of the ledger are one."""
    found = list(entries) or [here(), there()]
    view = View(
        entries=found,
        aliases={(each.side, each.kind, each.id): f"{each.kind} 1" for each in found},
        config=Config(only="people,products,invoices,deals,payments"),
    )
    pairs = {"invoice": ("1", "a"), "deal": ("1", "a"), "payment": ("7", "p"), "product": ("20", "i")}
    for kind, (crm, ledger) in pairs.items():
        if {("crm", crm), ("ledger", ledger)} <= {
            (each.side, each.id) for each in found if each.kind == kind
        }:
            view.links.append(Linked(kind, kind, crm, ledger, "active"))
    view.memory = {(each.side, each.kind, each.id): dict(each.values) for each in found}
    view.papers = {
        (each.side, each.kind, each.id): Paper(customer="person 1", document="invoice 1")
        for each in found
        if each.kind in ("invoice", "deal", "payment")
    } | dict(papers or {})
    view.runs = [Ran("w", at(0), at(1), ok=True), Ran("w", at(60), at(61), ok=True)]
    for name, value in more.items():
        setattr(view, name, value)
    return view


def pays(seconds: float, amount: str, **more: Any) -> Any:
    body = {
        "Payments": [{"Invoice": {"InvoiceID": "a"}, "Account": {"Code": "090"}, "Amount": float(amount)}]
    }
    return call(seconds, "PUT", "/xero/api.xro/2.0/Payments", body=body, system="ledger", **more)


def shows(seconds: float, *ids: str) -> Any:
    rows = [{"InvoiceID": each} for each in ids]
    return call(seconds, "GET", "/xero/api.xro/2.0/Invoices", answer={"Invoices": rows}, system="ledger")


def changes(seconds: float, said: str) -> Any:
    rows = [{"InvoiceID": "a", "ValidationErrors": [{"Message": said}]}]
    return call(
        seconds,
        "POST",
        "/xero/api.xro/2.0/Invoices",
        body={"Invoices": [{"InvoiceID": "a", "Status": "AUTHORISED"}]},
        answer={"Invoices": rows},
        system="ledger",
    )


REFUSED = {"Payments": [{"ValidationErrors": [{"Message": "no"}]}]}
ORGANISATION = call(
    1, "GET", "/xero/api.xro/2.0/Organisation", answer={"Organisations": [{}]}, system="ledger"
)
LOCKED = "The document date cannot be before the period lock date, currently set at 30-Nov-2026"
PRICE = Typed(at(30), "crm", "invoice 1", "invoice", "1", "#1 price", "11")
PROPOSED = (30, ADA, {"#1 price": "11"})
PAID = (30, ADA, {"state": "PAID", "paid": "23.29", "due amount": "0"})
DEAL: Place = ("crm", "deal", "1")


def asked(state: str, reason: str, place: Place = ("crm", "invoice", "1")) -> dict[Place, tuple[str, str]]:
    return {place: (state, reason)}


WRONG: list[tuple[str, View]] = [
    # ── to the cent ──
    ("CENT", world(here(), there((30, ADA, {"paid": "3", "due amount": "20.29"})))),
    ("CENT", world(here((30, US, {"total": "23.28"})), there())),
    ("CENT", world(here((30, US, {"tax": ""})), there())),
    ("CENT", world(here((30, US, {"number": "INV-0002"})), there())),
    ("CENT", world(here((30, US, {"standing": "paid"})), there())),
    ("CENT", world(here((30, "vendor", {"billed": "23.32"})), there())),
    ("CENT", world(here(kind="deal"), there((30, ADA, {"credited": "1", "due amount": "22.29"}), kind="deal"))),
    # ── the same on both sides ──
    ("AGREE", world(here((30, ADA, {"state": "voided"})), there())),
    ("AGREE", world(here((30, ADA, {"bills": "false"}), (40, US, {"state": "paid"})), there())),
    ("AGREE", world(here(PROPOSED), there())),
    ("AGREE", world(*draft((30, ADA, {"#2": "#2 Hook", "#2 price": "1"})))),
    ("AGREE", world(papers={("crm", "invoice", "1"): Paper(customer="person 2")})),
    ("AGREE", world(here(), there(), payment("crm", "7"), payment("ledger", "p", by=US), papers={("crm", "payment", "7"): Paper(document="invoice 2")})),
    ("AGREE", world(here(), there(), payment("ledger", "p"), papers={("ledger", "payment", "p"): Paper(document_at=("invoice", "a"))})),
    ("AGREE", world(entry("crm", "1", (0, ADA, {**PAPER, "stage": "closedwon"}), kind="deal"), standings=asked("excluded", "no sync takes it", DEAL))),
    # ── once ──
    ("ONCE", world(here(kind="deal"), there(kind="deal"), there(kind="deal", id="b"))),
    ("ONCE", world(here(), there(), there(id="b"))),
    ("ONCE", world(payment("crm", "7"), payment("ledger", "p", by=US), payment("ledger", "q", by=US))),
    ("ONCE", world(here(), there(), entry("crm", "2", (90, US, PAPER), kind="invoice"))),
    ("ONCE", world(papers={("crm", "invoice", "1"): Paper(odd=("a line #1 again",))})),
    # ── in order, and whose it is ──
    ("ORDER", world(here(PROPOSED), there((40, US, {"#1 price": "11"})))),
    ("ORDER", world(here(), there((40, US, {"state": "VOIDED"})))),
    ("ORDER", world(here(), there((40, US, {"date": "2026-11-09"})))),
    ("ORDER", world(here(), there((0, US, {"#1 item": "SKU-1"})), product("crm", "20"), product("ledger", "i", 60))),
    ("ORDER", world(here(), there(), entry("ledger", "c", (9, US, {"name": "Ada"})), papers={("ledger", "invoice", "a"): Paper(customer_at=("person", "c"))})),
    ("ORDER", world(*draft(), wire=[pays(20, "3")])),
    # ── what the books would refuse ──
    ("READY", world(here(), there(PAID), wire=[shows(40, "a"), pays(41, "3", answer=REFUSED)])),
    ("READY", world(wire=[shows(20, "a"), pays(21, "23.30", answer=REFUSED)])),
    ("READY", world(*draft(), wire=[ORGANISATION, shows(20, "a"), changes(21, LOCKED)], locks=[(at(0), "2026-11-30")])),
    # ── edits, deletions, memory ──
    ("KEEP", world(*draft(PROPOSED, (60, US, {"#1 price": "10.125"})), typed=[PRICE])),
    ("KEEP", world(*draft((30, ADA, {"#2": "#2 Hook"}), (60, US, {"#2": ""})), typed=[replace(PRICE, word="#2", value="#2 Hook")])),
    ("DEAD", world(here((30, US, {"state": "voided"}), (60, US, {"state": "open"})), there((20, ADA, {"state": "VOIDED"})))),
    ("DEAD", world(here(), there((30, ADA, {"archived": "yes"})), entry("ledger", "b", (90, US, BOOKED), kind="invoice"))),
    ("SPARE", world(payment("crm", "7", (40, ADA, {"archived": "yes"})), payment("ledger", "p", (50, US, {"archived": "yes"}), by=US))),
    ("SPARE", world(payment("crm", "7", (50, US, {"archived": "yes"})), payment("ledger", "p", by=US))),
    ("HEARD", world(memory={("crm", "invoice", "1"): {**PAPER, "#1 price": "9"}, ("ledger", "invoice", "a"): BOOKED})),
    ("BASE", world(links=[Linked("l", "invoice", "1", "a", "active", {"#1 price": "12"})])),
    ("FAIR", world(standings=asked("not_ready", "Its date is 2026-11-02, and the books in Xero are closed up to 2026-10-31."))),
    ("FAIR", world(here(), there(), payment("crm", "7"), standings=asked("not_ready", "The payment of 3.00 is more than the 2.00 that is still due", ("crm", "payment", "7")), papers={("crm", "payment", "7"): Paper(document_at=("invoice", "1"))})),
    ("FAIR", world(standings=asked("not_ready", "Xero needs a value for 'Lines', and this record has none."))),
]  # fmt: skip


@pytest.mark.parametrize(
    ("invariant", "view"), WRONG, ids=[f"{name}-{number}" for number, (name, _) in enumerate(WRONG)]
)
def test_a_world_that_breaks_a_promise_about_money_is_flagged(invariant: str, view: View) -> None:
    assert [found.invariant for found in judge(view, [invariant])] == [invariant]


def test_every_invariant_has_a_world_that_breaks_it() -> None:
    assert {name for name, _ in (*BROKEN, *WRONG)} == set(INVARIANTS)


VOID = (30, ADA, {"state": "VOIDED"})

RIGHT: list[tuple[str, View]] = [
    ("an invoice on both sides", world(runs=[Ran("w", at(0), at(1), ok=True)])),
    ("totals that rounding sets apart", world(here((30, "vendor", {"billed": "23.31"})), there())),
    (
        "nothing is due of what is void",
        world(here((40, US, {"state": "voided", "standing": "voided", "due amount": "0"})), there(VOID)),
    ),
    (
        "HubSpot bills it, so only our properties say that it is paid",
        world(here((40, US, {"standing": "paid", "paid": "23.29", "due amount": "0"})), there(PAID)),
    ),
    ("a question is open", world(here(PROPOSED), there(), questions=[("1", "a", "lines")])),
    ("approved a moment before our write", world(here(), there((5.9, US, {"#1 quantity": "2"})))),
    ("a reference of an approved invoice", world(here((30, ADA, {"reference": "PO 2"})), there((40, US, {"reference": "PO 2"})))),
    (
        "Ben paid it after we had looked",
        world(
            here((50, US, {"standing": "paid", "paid": "23.29", "due amount": "0"})),
            there(PAID),
            wire=[shows(20, "a"), pays(31, "3", answer=REFUSED)],
        ),
    ),
    (
        "Ben closed the books after we had looked",
        world(wire=[ORGANISATION, shows(20, "a"), changes(21, LOCKED)], locks=[(at(2), "2026-11-30")]),
    ),
    (
        "the books really are closed",
        world(
            standings=asked("not_ready", "Its date is 2026-11-02, and the books in Xero are closed up to 2026-11-30."),
            locks=[(at(0), "2026-11-30")],
        ),
    ),
    (
        "Ben wrote another price of the same draft",
        world(
            *draft(PROPOSED, (60, US, {"#1 price": "12"}))[:1],
            entry("ledger", "a", (5, US, {**BOOKED, "state": "DRAFT"}), (31, ADA, {"#1 price": "12"}), kind="invoice"),
            typed=[PRICE],
            told=[
                "lines: '#1 Mirror: 2 x 11' in HubSpot was replaced by '#1 Mirror: 2 x 12' (both sides changed it; the newer change wins)"
            ],
        ),
    ),
    (
        "a person took the books' value for a proposal",
        world(
            here(PROPOSED, (60, US, {"#1 price": "10.125"})),
            there(),
            typed=[PRICE],
            decided=[(at(50), "1", "ledger")],
        ),
    ),
    ("a deal that is not won", world(entry("crm", "1", (0, ADA, {**PAPER, "stage": "closedlost"}), kind="deal"))),
    (
        "a payment that the books have deleted",
        world(
            here(), there(), payment("crm", "7", (50, US, {"archived": "yes"}), by=US), payment("ledger", "p", (40, ADA, {"archived": "yes"}))
        ),
    ),
]  # fmt: skip


@pytest.mark.parametrize("view", [view for _, view in RIGHT], ids=[name for name, _ in RIGHT])
def test_a_world_in_which_every_promise_about_money_is_kept_is_not_flagged(view: View) -> None:
    assert judge(view, [name for name in INVARIANTS if name not in ("GAP", "BASE")]) == []
