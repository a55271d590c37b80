"""For each safeguard of money the shortest story in which it matters; see `guarded.py`."""

from collections.abc import Mapping
from dataclasses import replace

from tests.simulation.faults import UNSEEN
from tests.simulation.money_stories import KNOWN, PAID, PLAIN, document
from tests.simulation.scenario import Act, Config, Scenario

from crossfoot_sandbox.faults import Kind

REFUSED = Kind.REFUSED.value
MIRRORS = "2 x 10.125"
OLD = "2026-10-28"


def _told(
    sentence: str, *acts: Act, config: Config = PLAIN, faults: Mapping[str, str] | None = None, seed: int = 3
) -> Scenario:
    return Scenario(seed, config, (*KNOWN, *acts), sentence=sentence, faults=faults or {})


def _drafted(*lines: str, at: float = 0, **more: str) -> Act:
    return Act(at, "crm", "create", "invoice 1", document(*(lines or (MIRRORS,)), **more))


def _booked(*lines: str, at: float = 0) -> Act:
    return Act(at, "ledger", "create", "invoice 1", document(*(lines or (MIRRORS,)), state="AUTHORISED"))


def _edit(at: float, side: str, **values: str) -> Act:
    told = {f"#{word.removeprefix('line_').replace('_', ' ')}": value for word, value in values.items()}
    return Act(at, side, "edit", "invoice 1", told)


_NAIL = {"line_2": "#2 Nail", "line_2_quantity": "5", "line_2_price": "0.1", "line_2_tax": "15"}

MONEY_GUARDED: Mapping[str, Scenario] = {
    # ── whose the document is ──
    "the books own what they have approved": _told(
        "Ben types an approved invoice into Xero. Ada changes a price of its copy in HubSpot, which waits as a proposal.",
        _booked(),
        _edit(20, "crm", line_1_price="11"),
    ),
    "a copy that is gone takes nothing out of the books": _told(
        "Ada deletes the copy of an approved invoice in HubSpot, where it is still a draft for want of an answer; the rule is to archive. The invoice stays in the books.",
        _booked(),
        Act(20, "crm", "archive", "invoice 1"),
        config=replace(PLAIN, deletion="archive"),
        faults={"crm create line items, worker 1.1 run 1 #1": Kind.ERROR_BEFORE.value},
    ),
    "what was decided before approval is a proposal after it": _told(
        "Ada changes a price of an invoice that Xero has approved, and somebody answers that hers is right: what differs is not passed over in silence.",
        _booked(),
        _edit(20, "crm", line_1_price="11"),
        seed=5,
    ),
    # ── lines ──
    "lines are merged one by one": _told(
        "Ada changes the price of one line and Ben that of another; neither edit overrules the other.",
        _drafted(MIRRORS, "10 x 1.5"),
        _edit(45, "crm", line_1_price="11"),
        _edit(46, "ledger", line_2_price="1.75"),
    ),
    "a line item that is not found says nothing": _told(
        "Twice in a row HubSpot does not find a line item; it stays on the invoice in Xero.",
        _drafted(MIRRORS, "10 x 1.5"),
        _edit(20, "crm", line_1_price="11"),
        faults={f"crm read line_items, worker 1.1 run 2 #{number}": UNSEEN for number in (1, 2)},
    ),
    "what HubSpot refused is not unknown": _told(
        "HubSpot has finalised an invoice and takes no new line. It is told once, and not tried again in every run.",
        _drafted(),
        Act(0, "crm", "approve", "invoice 1"),
        _edit(20, "ledger", **_NAIL),
    ),
    "the steps of a document wait for nothing": _told(
        "HubSpot refuses the connection just when a new invoice gets its customer; the rest waits for a new look.",
        _booked(),
        faults={
            f"crm associate invoices with contacts, worker 1.1 run 1 #{number}": REFUSED for number in (1, 2)
        },
    ),
    # ── what the books would refuse ──
    "no payment is above what is due": _told(
        "Ada records in HubSpot the money that Ben has recorded in Xero already.",
        _drafted(),
        Act(0, "crm", "approve", "invoice 1"),
        Act(20, "ledger", "create", "payment 1", {"amount": "20"}, other="invoice 1"),
        Act(21, "crm", "create", "payment 2", {"amount": "20"}, other="invoice 1"),
        config=PAID,
    ),
    "two payments at once are not above what is due": _told(
        "Ada records two payments in HubSpot. Either may go, but with what Ben has recorded in Xero not both.",
        _drafted(),
        Act(0, "crm", "approve", "invoice 1"),
        Act(20, "ledger", "create", "payment 1", {"amount": "5"}, other="invoice 1"),
        Act(21, "crm", "create", "payment 2", {"amount": "12"}, other="invoice 1"),
        Act(22, "crm", "create", "payment 3", {"amount": "11"}, other="invoice 1"),
        config=PAID,
    ),
    "no payment before its invoice is approved": _told(
        "Ada finalises an invoice of a period that is closed in Xero, where it stays a draft, and records its payment.",
        _drafted(date=OLD),
        Act(15, "ledger", "lock", values={"until": "2026-10-31"}),
        Act(20, "crm", "approve", "invoice 1"),
        Act(21, "crm", "create", "payment 1", {"amount": "3"}, other="invoice 1"),
        config=PAID,
    ),
    "closed books stay closed": _told(
        "Ada finalises an invoice of a period that is closed in Xero.",
        _drafted(date=OLD),
        Act(15, "ledger", "lock", values={"until": "2026-10-31"}),
        Act(20, "crm", "approve", "invoice 1"),
    ),
}
