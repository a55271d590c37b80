"""Short stories about money."""

from collections.abc import Mapping
from dataclasses import replace

from tests.simulation.people import whole
from tests.simulation.scenario import Act, Config, Scenario

CUSTOMER = whole("person", 1)
GOODS = {**whole("product", 3), "code": "SKU-3"}

ALL = "people,products,invoices,deals,payments"
PLAIN = Config(until=66.0, interval=25.0, lag=2.0, invoice="people", only="people,invoices")
PAID = replace(PLAIN, only="people,invoices,payments")
SOLD = replace(PLAIN, only="people,deals")
WITH_ITEMS = replace(PLAIN, only="people,products,invoices")


def lines(*each: str) -> dict[str, str]:
    """Lines in short: "2 x 10.125", with "-12.5%" for a discount, "free" for no tax, and "of product 1" for what is in the library."""
    found: dict[str, str] = {}
    for number, text in enumerate(each, start=1):
        quantity, _, rest = text.partition(" x ")
        price, *more = rest.split(" ", 1)
        how = more[0] if more else ""
        at = f"#{number}"
        found |= {
            at: f"{at} Article {number}",
            f"{at} quantity": quantity,
            f"{at} price": price,
            f"{at} tax": "0" if "free" in how else "15",
        }
        if "%" in how:
            found[f"{at} discount"] = how.partition("-")[2].partition("%")[0]
        if "of product" in how:
            found[f"{at} item"] = how[how.index("of ") + 3 :]
    return found


def document(
    *each: str, customer: str = "person 1", date: str = "2026-11-02", due: str = "2026-12-20", **more: str
) -> dict[str, str]:
    """The values of a new document."""
    return {"customer": customer, "date": date, "due": due, "reference": "PO 1", **lines(*each), **more}


KNOWN = (
    Act(0, "crm", "create", "person 1", CUSTOMER),
    Act(0, "ledger", "create", "person 1", CUSTOMER),
)
"""The customer is known on both sides from the beginning."""


def _story(seed: int, sentence: str, *acts: Act, config: Config = PLAIN) -> Scenario:
    return Scenario(seed, config, (*KNOWN, *acts), sentence=sentence, faults={})


MONEY: Mapping[str, Scenario] = {
    "a deal is won": _story(
        21,
        "Ada wins a deal; it becomes one invoice in Xero, whatever becomes of its stage, and its payment shows on the deal.",
        Act(
            0,
            "crm",
            "create",
            "deal 1",
            {**document("2 x 10.125", "10 x 1.5 -12.5%"), "reference": "Mirrors"},
        ),
        Act(5, "crm", "win", "deal 1"),
        Act(40, "crm", "lose", "deal 1"),
        Act(41, "crm", "win", "deal 1"),
        Act(42, "ledger", "approve", "deal 1"),
        Act(43, "ledger", "create", "payment 1", {"amount": "10"}, other="deal 1"),
        config=SOLD,
    ),
    "an invoice from the ledger": _story(
        22,
        "Ben types an approved invoice into Xero and records a payment; both appear in HubSpot, once.",
        Act(
            6,
            "ledger",
            "create",
            "invoice 1",
            {**document("2 x 10.125", "1 x 4.2 free"), "state": "AUTHORISED"},
        ),
        Act(7, "ledger", "create", "payment 1", {"amount": "10"}, other="invoice 1"),
        config=PAID,
    ),
    "a draft that both edit": _story(
        23,
        "Ada drafts an invoice; both go on editing its lines, and everybody's edits are on both sides.",
        Act(0, "crm", "create", "invoice 1", document("2 x 10.125", "10 x 1.5 -12.5%")),
        Act(20, "crm", "edit", "invoice 1", {"#1 price": "11", "#2": ""}),
        Act(21, "ledger", "edit", "invoice 1", {"#1 quantity": "3"}),
        Act(
            22,
            "ledger",
            "edit",
            "invoice 1",
            {"#3": "#3 Nail", "#3 quantity": "5", "#3 price": "0.1", "#3 tax": "15"},
        ),
    ),
    "approval hands over": _story(
        24,
        "Ada finalises her invoice, and Xero approves it; Ben changes its reference, and a price, which HubSpot takes on no more.",
        Act(0, "crm", "create", "invoice 1", document("2 x 10.125")),
        Act(20, "crm", "approve", "invoice 1"),
        Act(50, "ledger", "edit", "invoice 1", {"reference": "PO 2"}),
    ),
    "a payment is deleted": _story(
        25,
        "Ben records a payment in full, and deletes it: in HubSpot the invoice is open again, and the payment gone.",
        Act(0, "ledger", "create", "invoice 1", {**document("2 x 10.125"), "state": "AUTHORISED"}),
        Act(0, "ledger", "create", "payment 1", {}, other="invoice 1"),
        Act(45, "ledger", "archive", "payment 1"),
        config=PAID,
    ),
    "money recorded in the CRM": _story(
        26,
        "Ada records in HubSpot that money came for an invoice; it is recorded in Xero, once.",
        Act(0, "crm", "create", "invoice 1", document("2 x 10.125")),
        Act(0, "crm", "approve", "invoice 1"),
        Act(0, "crm", "create", "payment 1", {"amount": "3"}, other="invoice 1"),
        config=PAID,
    ),
    "void before the push": _story(
        27,
        "Ben voids an approved invoice just while Ada's new due date is on its way.",
        Act(0, "crm", "create", "invoice 1", document("2 x 10.125")),
        Act(0, "crm", "approve", "invoice 1"),
        Act(38, "crm", "edit", "invoice 1", {"reference": "PO 2"}),
        Act(39, "ledger", "void", "invoice 1", during="ledger update invoices, worker 1.1 run 2 #1"),
    ),
    "a credit note": _story(
        28,
        "Ben credits a part of an invoice, which is then paid; what is due follows in HubSpot.",
        Act(0, "ledger", "create", "invoice 1", {**document("2 x 10.125"), "state": "AUTHORISED"}),
        Act(25, "ledger", "credit", "invoice 1", {"amount": "13.29"}),
        Act(26, "ledger", "create", "payment 1", {"amount": "10"}, other="invoice 1"),
    ),
    "an item goes first": _story(
        29,
        "Ada drafts an invoice over a product for a customer whom Xero does not know yet: both go first, then the invoice.",
        Act(4, "crm", "create", "product 1", GOODS),
        Act(4, "crm", "create", "person 2", whole("person", 4)),
        Act(5, "crm", "create", "invoice 1", document("3 x 7.77 of product 1", customer="person 2")),
        config=WITH_ITEMS,
    ),
}
