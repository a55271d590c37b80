"""Calls for new invoices from HubSpot to Xero and for payments from Xero to HubSpot, against the least possible; and a generated year of invoices.

Two floors, side by side. *The task alone*: what reading, writing and nothing else takes. *Heard by asking*: a run that is not told what changed must
ask for every kind on both sides, and is shown its own writes again. `document_calls.py` has the arithmetic. Answers take time, as they do in life: an
answer at once hides what the age of a look costs, and what HubSpot's index shows only later.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal

from benchmarks.document_calls import (
    Least,
    least_new,
    least_new_heard,
    least_paid,
    least_paid_heard,
    named,
    purpose,
)
from benchmarks.first_sync import LIFELIKE
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
    """What it took to bring documents across in one run."""

    documents: int
    calls: Mapping[str, int]
    """By their name."""
    alone: Least
    """The least for the task alone."""
    heard: Least
    """The least for a run that hears by asking."""

    @property
    def total(self) -> int:
        """All calls."""
        return sum(self.calls.values())

    @property
    def ratio(self) -> float:
        """All calls to the least for the task alone."""
        return self.total / self.alone.total

    @property
    def ratio_heard(self) -> float:
        """All calls to the least of a run that hears by asking."""
        return self.total / self.heard.total


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


async def _counted(it: Shop) -> dict[str, int]:
    """The calls of one run, begun when both systems have rested for a while."""
    it.clock.clock.advance(120)
    mark = len(it.sent)
    report = await Cycle(it.joined, "benchmark").run(approved=True)
    assert report.ok, report
    return named(it.sent[mark:])


async def moved(documents: int, answer_seconds: Mapping[str, float] = LIFELIKE) -> tuple[Moved, Moved]:
    """New invoices to Xero in one run, then a payment of each in Xero back to HubSpot in one run."""
    it = await shop(answer_seconds=answer_seconds)
    customers = await _customers(it)
    for number in range(documents):
        company, person = customers[number % CUSTOMERS]
        lines = [
            {"name": f"Part {place}", "quantity": "2", "price": f"{place + 1}.25"} for place in range(LINES)
        ]
        it.portal.person_drafts_invoice(
            {"hs_currency": "NZD", "hs_due_date": "2026-12-20"}, person, lines, company, ""
        )
        it.clock.clock.advance(0.25)
    there = Moved(
        documents,
        await _counted(it),
        least_new(documents, LINES),
        least_new_heard(documents, LINES),
    )
    keeper = Bookkeeper(it.books)
    links = await it.linked("invoices")
    assert len(links) == min(documents, 1000), len(links)
    for invoice in links.values():
        keeper.approves("Invoices", invoice)
    await _quiet(it)
    it.clock.clock.advance(600)
    await _quiet(it)
    for invoice in links.values():
        keeper.pays(invoice, Decimal(1))
        it.clock.clock.advance(0.25)
    owing = min(CUSTOMERS, len(links))
    back = Moved(
        len(links), await _counted(it), least_paid(len(links), owing), least_paid_heard(len(links), owing)
    )
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
    both = (("new invoices, HubSpot to Xero", there), ("payments, Xero to HubSpot", back))
    for name, each in both:
        rows = [
            (what, purpose(what), str(each.calls.get(what, 0)), *_floor(each, what))
            for what in sorted({*each.calls, *each.alone.calls, *each.heard.calls}, key=_order)
        ]
        total = ("all", "", str(each.total), str(each.alone.total), str(each.heard.total))
        heads = ("call", "for", "calls", "least, the task alone", "least, heard by asking")
        yield Table(f"{each.documents} {name}", heads, (*rows, total))
    yield Table(
        "Calls against the least possible",
        ("", "calls", "times the task alone", "times heard by asking"),
        tuple((name, str(each.total), f"{each.ratio:.2f}", f"{each.ratio_heard:.2f}") for name, each in both),
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


def _order(what: str) -> tuple[str, str]:
    return purpose(what), what


def _floor(each: Moved, what: str) -> tuple[str, str]:
    return str(each.alone.calls.get(what, 0)), str(each.heard.calls.get(what, 0))


def main() -> None:
    """The command."""
    chosen = options(__doc__, contacts=1000, runs=1)
    there, back = asyncio.run(moved(chosen.contacts))
    generated = asyncio.run(year(2 * chosen.contacts))
    data = {"new": asdict(there), "payments": asdict(back), "generated": asdict(generated)}
    show(chosen, data, report(there, back, generated))


if __name__ == "__main__":
    main()
