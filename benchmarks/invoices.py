"""Calls for new invoices from HubSpot to Xero and for payments from Xero to HubSpot, against the least possible; and a generated year of invoices.

Least calls for N new invoices of L lines: their pages of 100, one call for each kind of association, their line items by 100; in Xero batches of 50; what
Xero made of them (number, state, amounts) back into HubSpot by 100. For N invoices that were paid in Xero: the listing by 1,000, and the updates by 100.
We look at every record once more before we write to it, because neither system refuses a write that rests on an old look; `looks` counts
these calls apart.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from math import ceil

from benchmarks.shown import Table, options, show
from tests.documents.world import Shop, shop

from crossfoot.model.identity import Kind, Side
from crossfoot.runtime.cycle import Cycle
from crossfoot_sandbox.generate import generate
from crossfoot_sandbox.xero.pages.bookkeepers import Bookkeeper

LINES = 5
CUSTOMERS = 100
TAXES = {"2148420997": "OUTPUT2", "2148420998": "ZERORATED"}
"""What means the same in both stand-ins, as `crossfoot connect` suggests it."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What it took to bring documents across."""

    documents: int
    calls: dict[str, int]
    least: int
    looks: int
    """Calls that only look again before a write."""

    @property
    def ratio(self) -> float:
        """All calls to the least possible."""
        return sum(self.calls.values()) / self.least

    @property
    def ratio_without_looks(self) -> float:
        """The same without the looks before the writes."""
        return (sum(self.calls.values()) - self.looks) / self.least


@dataclass(frozen=True, slots=True)
class Year:
    """Generated documents in both systems, brought into agreement and proved."""

    invoices: int
    proved: int
    agreeing: int
    unexplained: int
    green: bool
    twice: int
    """Documents that came to be twice: there must be none."""
    second_run_wrote: int


async def _customers(it: Shop) -> list[tuple[str, str]]:
    made = []
    for number in range(CUSTOMERS):
        company = it.portal.person_creates(
            "companies", {"name": f"Firm {number}", "domain": f"firm{number}.test"}
        )
        person = it.portal.person_creates(
            "contacts",
            {"firstname": f"Ada{number}", "email": f"ada@firm{number}.test", "associatedcompanyid": company},
        )
        made.append((company, person))
    await _quiet(it)
    return made


async def _quiet(it: Shop) -> int:
    """Runs until one has nothing left to do, whatever they change at once; how many operations were applied."""
    applied = 0
    for _ in range(12):
        it.clock.clock.advance(60)
        report = await Cycle(it.joined, "benchmark").run(approved=True)
        assert report.trouble is None, report.trouble
        applied += report.tally.applied
        if not report.tally.applied and not report.tally.superseded:
            break
    return applied


def _since(it: Shop, mark: int) -> dict[str, int]:
    calls = Counter(entry.operation for entry in it.world.sandbox.journal.calls("", mark))
    return dict(sorted(calls.items()))


async def moved(documents: int) -> tuple[Moved, Moved]:
    """New invoices to Xero in one run, then a payment of each in Xero back to HubSpot in one run."""
    it = await shop()
    customers = await _customers(it)
    for number in range(documents):
        company, person = customers[number % CUSTOMERS]
        lines = [
            {"name": f"Part {place}", "quantity": "2", "price": f"{place + 1}.25"} for place in range(LINES)
        ]
        it.portal.person_drafts_invoice(
            {"hs_currency": "NZD", "hs_due_date": "2026-12-20"}, person, lines, company, ""
        )
    it.clock.clock.advance(120)
    mark = it.world.sandbox.journal.count
    await Cycle(it.joined, "benchmark").run(approved=True)
    there = Moved(
        documents,
        _since(it, mark),
        ceil(documents / 100)
        + 3
        + ceil(documents * LINES / 100)
        + ceil(documents / 50)
        + ceil(documents / 100),
        0,
    )
    keeper = Bookkeeper(it.books)
    links = await it.linked("invoices")
    for invoice in links.values():
        keeper.approves("Invoices", invoice)
    await _quiet(it)
    for invoice in links.values():
        keeper.pays(invoice, Decimal(1))
    it.clock.clock.advance(120)
    mark = it.world.sandbox.journal.count
    await Cycle(it.joined, "benchmark").run(approved=True)
    calls = _since(it, mark)
    looks = sum(number for name, number in calls.items() if "batch/read" in name)
    back = Moved(len(links), calls, ceil(len(links) / 1000) + ceil(len(links) / 100), looks)
    return there, back


async def year(invoices: int) -> Year:
    """Generated invoices in Xero and deals in HubSpot, awkward ones among them, until both sides agree; then the proof and one more run."""
    it = await shop(documents={"taxes": TAXES})
    generate(
        it.world.sandbox, contacts=max(60, invoices // 10), seed=7, invoices=invoices, deals=invoices // 10
    )
    it.clock.clock.advance(200)
    await _quiet(it)
    proof, _ = await it.proof()
    assert proof.money is not None
    again = await _quiet(it)
    books = await it.all(Side.LEDGER, Kind.INVOICE)
    portal = await it.all(Side.CRM, Kind.INVOICE)
    origins = Counter(told for each in books.values() if (told := each.get("Url")))
    origins.update(told for each in portal.values() if (told := each.get("crossfoot_link")))
    return Year(
        invoices,
        proof.money.book.documents,
        proof.money.book.agreeing,
        proof.unexplained + proof.money.book.unexplained,
        proof.green,
        sum(number - 1 for number in origins.values()),
        again,
    )


def report(there: Moved, back: Moved, generated: Year) -> Iterator[Table]:
    """The tables."""
    yield Table(
        "Calls against the least possible",
        ("", "documents", "calls", "least", "times", "without looks"),
        tuple(
            (
                name,
                str(each.documents),
                str(sum(each.calls.values())),
                str(each.least),
                f"{each.ratio:.2f}",
                f"{each.ratio_without_looks:.2f}",
            )
            for name, each in (("new, HubSpot to Xero", there), ("payments, Xero to HubSpot", back))
        ),
    )
    yield Table(
        "Generated invoices",
        ("invoices", "proved", "agreeing", "unexplained", "made twice", "second run wrote"),
        (
            tuple(
                str(each)
                for each in (
                    generated.invoices,
                    generated.proved,
                    generated.agreeing,
                    generated.unexplained,
                    generated.twice,
                    generated.second_run_wrote,
                )
            ),
        ),
    )


def main() -> None:
    """The command."""
    chosen = options(__doc__, contacts=1000, runs=1)
    there, back = asyncio.run(moved(chosen.contacts))
    generated = asyncio.run(year(2 * chosen.contacts))
    data = {"new": asdict(there), "payments": asdict(back), "generated": asdict(generated)}
    show(chosen, data, report(there, back, generated))


if __name__ == "__main__":
    main()
