"""Deals and invoices against the stand-in: what belongs to them is read with them, and written in the order that HubSpot demands."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.systems.hubspot.test_against_sandbox import Portal

from crossfoot.model.identity import Kind, Ref
from crossfoot.model.lines import Line, Lines
from crossfoot.model.problems import Cause
from crossfoot.model.records import Fields, Observation, Value
from crossfoot.systems.hubspot import document_listing, reading
from crossfoot.systems.hubspot.documents import DEALS, INVOICES
from crossfoot.systems.hubspot.line_items import line_of, lines_of, properties_of
from crossfoot.systems.hubspot.records import Record
from crossfoot.systems.port import Action, Answer, Applied, Refused, Unknown, Wait, Write
from crossfoot_sandbox.faults import Faults, Placed
from crossfoot_sandbox.faults import Kind as Fault

WANTED = {
    Kind.INVOICE: frozenset(
        {"hs_invoice_status", "hs_currency", "hs_due_date", "company", "contact", "lines", "link"}
    ),
    Kind.DEAL: frozenset({"dealname", "amount", "company", "contact", "lines", "link"}),
}
MIRROR = Line(description="Mirror\noval, with frame", quantity=Decimal(2), price=Decimal("10.125"))
HOOK = Line(description="Hook", quantity=Decimal(10), price=Decimal("1.5"), discount_percent=Decimal("12.5"))


class Shop:
    """A portal with a customer."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.system = portal.system
        self.ada = portal.hub.bulk_load("contacts", [{"email": "ada@acme.test", "firstname": "Ada"}])[0]
        self.acme = portal.hub.bulk_load("companies", [{"name": "Acme"}])[0]

    async def read(self, kind: Kind, *ids: str) -> list[Observation]:
        return await self.system.read(kind, ids, WANTED)

    async def write(self, action: Action, kind: Kind, record: str | None, **values: Value) -> Answer:
        seen: Fields = {}
        if record is not None:
            seen = (await self.read(kind, record))[0].fields
        key = f"xero:t:invoice:{len(values)}" if action is Action.CREATE else None
        (answer,) = await self.system.write(
            [Write(f"op{self.portal.sandbox.journal.count}", action, kind, record, values, key, seen)]
        )
        return answer

    async def invoice(self) -> str:
        made = await self.write(
            Action.CREATE, Kind.INVOICE, None, hs_currency="EUR", hs_due_date=date(2026, 12, 20)
        )
        assert isinstance(made, Applied), made
        return made.id


async def shop(**how: Any) -> Shop:
    return Shop(await Portal(lag_min=0, lag_max=0, **how).with_our_fields())


async def test_an_invoice_gets_its_lines_and_its_customer_and_is_finalised_in_one_write() -> None:
    here = await shop()
    invoice = await here.invoice()
    answer = await here.write(
        Action.UPDATE,
        Kind.INVOICE,
        invoice,
        contact=here.ada,
        company=here.acme,
        lines=Lines((MIRROR, HOOK)),
        hs_invoice_status="open",
    )
    assert isinstance(answer, Applied), answer
    (seen,) = await here.read(Kind.INVOICE, invoice)
    told = seen.fields["lines"]
    assert isinstance(told, Lines)
    assert [(each.description, each.quantity, each.price, each.discount_percent) for each in told] == [
        ("Mirror\noval, with frame", Decimal(2), Decimal("10.125"), None),
        ("Hook", Decimal(10), Decimal("1.5"), Decimal("12.5")),
    ]
    assert all(each.crm_id for each in told)
    assert (seen.fields["contact"], seen.fields["company"]) == (here.ada, here.acme)
    assert seen.fields["hs_invoice_status"] == "open"
    assert seen.fields["link"] == f"https://app.hubspot.com/contacts/7/record/0-53/{invoice}"
    assert answer.observation is not None
    held = answer.observation.fields["lines"]
    assert isinstance(held, Lines)
    assert [each.crm_id for each in held] == [each.crm_id for each in told]


async def test_what_a_new_invoice_lacks_is_told_as_empty() -> None:
    here = await shop()
    made = await here.write(Action.CREATE, Kind.INVOICE, None, hs_currency="EUR")
    assert isinstance(made, Applied)
    assert made.observation is not None
    assert {name: made.observation.fields[name] for name in ("lines", "contact", "company")} == {
        "lines": Lines(),
        "contact": None,
        "company": None,
    }


async def test_a_line_is_changed_in_place_added_taken_out_and_moved() -> None:
    here = await shop()
    invoice = await here.invoice()
    await here.write(Action.UPDATE, Kind.INVOICE, invoice, lines=Lines((MIRROR, HOOK)))
    (seen,) = await here.read(Kind.INVOICE, invoice)
    lines = seen.fields["lines"]
    assert isinstance(lines, Lines)
    mirror, hook = lines
    nail = Line(description="Nail", quantity=Decimal(100), price=Decimal("0.02"), discount_amount=Decimal(1))
    wanted = Lines((nail, replace(mirror, price=Decimal(12))))
    assert isinstance(await here.write(Action.UPDATE, Kind.INVOICE, invoice, lines=wanted), Applied)
    (seen,) = await here.read(Kind.INVOICE, invoice)
    after = seen.fields["lines"]
    assert isinstance(after, Lines)
    assert [(each.description, each.price) for each in after] == [
        ("Nail", Decimal("0.02")),
        ("Mirror\noval, with frame", 12),
    ]
    assert after.all[0].discount_amount == 1
    assert after.all[1].crm_id == mirror.crm_id, "it keeps its identity"
    assert hook.crm_id not in {each.crm_id for each in after}


async def test_lines_of_many_invoices_go_in_full_batches() -> None:
    here = await shop()
    ids = [
        (
            await here.system.write(
                [Write(f"c{n}", Action.CREATE, Kind.INVOICE, None, {"hs_currency": "EUR"}, key=f"k{n}")]
            )
        )[0]
        for n in range(40)
    ]
    before = here.portal.sandbox.journal.count
    answers = await here.system.write(
        [
            Write(
                f"u{n}",
                Action.UPDATE,
                Kind.INVOICE,
                made.id,
                {"lines": Lines((MIRROR, HOOK, MIRROR, HOOK, MIRROR)), "contact": here.ada},
                seen={"lines": Lines(), "contact": None},
            )
            for n, made in enumerate(ids)
            if isinstance(made, Applied)
        ]
    )
    assert [type(each) for each in answers] == [Applied] * 40
    calls = here.portal.calls(before)
    assert len(calls) == 3, calls


async def test_an_invoice_without_a_customer_is_refused_with_the_reason_and_the_others_go_on() -> None:
    here = await shop()
    first = await here.invoice()
    second = (
        await here.system.write(
            [Write("c", Action.CREATE, Kind.INVOICE, None, {"hs_currency": "EUR"}, key="k2")]
        )
    )[0]
    assert isinstance(second, Applied)
    await here.write(Action.UPDATE, Kind.INVOICE, first, lines=Lines((MIRROR,)))
    await here.write(Action.UPDATE, Kind.INVOICE, second.id, lines=Lines((MIRROR,)), contact=here.ada)
    answers = await here.system.write(
        [
            Write(f"o{each}", Action.UPDATE, Kind.INVOICE, each, {"hs_invoice_status": "open"})
            for each in (first, second.id)
        ]
    )
    assert isinstance(answers[0], Refused)
    assert isinstance(answers[1], Applied)


async def test_what_was_done_in_part_is_unknown_so_that_it_is_looked_at() -> None:
    here = await shop()
    invoice = await here.invoice()
    answer = await here.write(
        Action.UPDATE, Kind.INVOICE, invoice, lines=Lines((MIRROR,)), hs_invoice_status="open"
    )
    assert isinstance(answer, Unknown), "the lines are there, but it has no contact and stays a draft"
    (seen,) = await here.read(Kind.INVOICE, invoice)
    assert seen.fields["hs_invoice_status"] == "draft"


async def test_what_a_too_many_came_before_is_given_back_because_its_look_would_be_stale_after_the_pause() -> (
    None
):
    here = await shop(
        faults=Faults(placed=[Placed(Fault.THROTTLED, operation="POST /crm/objects/invoices/batch/update")])
    )
    dated = await here.invoice()
    other = await here.write(Action.CREATE, Kind.INVOICE, None, hs_currency="EUR")
    assert isinstance(other, Applied), other
    lined = other.id
    before = list(here.portal.clock.slept)
    seen = {each.ref.id: each.fields for each in await here.read(Kind.INVOICE, dated, lined)}
    told: Mapping[str, Fields] = {
        dated: {"hs_due_date": date(2026, 12, 24)},
        lined: {"lines": Lines((MIRROR,)), "contact": here.ada},
    }
    answers = await here.system.write(
        [
            Write(f"op {number}", Action.UPDATE, Kind.INVOICE, each, values, None, seen[each])
            for number, (each, values) in enumerate(told.items())
        ]
    )
    assert [type(answer) for answer in answers] == [Wait, Wait]
    assert here.portal.clock.slept == before, "a person may write into the second one meanwhile"
    (again,) = await here.read(Kind.INVOICE, lined)
    assert again.fields["lines"] == Lines(), "nothing of it was done"


async def test_a_lost_answer_about_lines_is_unknown() -> None:
    here = await shop(
        faults=Faults(
            placed=[Placed(Fault.REPLY_LOST, operation="POST /crm/objects/line_items/batch/create")]
        )
    )
    invoice = await here.invoice()
    assert isinstance(await here.write(Action.UPDATE, Kind.INVOICE, invoice, lines=Lines((MIRROR,))), Unknown)
    (seen,) = await here.read(Kind.INVOICE, invoice)
    told = seen.fields["lines"]
    assert isinstance(told, Lines)
    assert len(told) == 1, "it had happened"


async def test_a_negative_price_is_refused_before_anything_is_sent() -> None:
    here = await shop()
    invoice = await here.invoice()
    before = here.portal.sandbox.journal.count
    answer = await here.system.write(
        [
            Write(
                "n",
                Action.UPDATE,
                Kind.INVOICE,
                invoice,
                {"lines": Lines((replace(HOOK, price=Decimal(-5)),))},
                seen={"lines": Lines()},
            )
        ]
    )
    assert isinstance(answer[0], Refused)
    assert answer[0].problem.cause is Cause.INEXPRESSIBLE
    assert "Hook" in answer[0].problem.what
    assert here.portal.calls(before) == []


async def test_a_changed_line_item_shows_its_document_though_the_document_did_not_change() -> None:
    here = await shop(hidden_bump=0.0, association_bumps=False)
    invoice = await here.invoice()
    await here.write(Action.UPDATE, Kind.INVOICE, invoice, lines=Lines((MIRROR,)))
    here.portal.sandbox.clock.advance(100)
    pages = [page async for page in here.system.list(Kind.INVOICE, WANTED, None)]
    here.portal.sandbox.clock.advance(100)
    quiet = [page async for page in here.system.list(Kind.INVOICE, WANTED, pages[-1].cursor)]
    assert [each for page in quiet for each in page.observations] == []
    (seen,) = await here.read(Kind.INVOICE, invoice)
    lines = seen.fields["lines"]
    assert isinstance(lines, Lines)
    here.portal.hub.person_edits("line_items", lines.all[0].crm_id, {"description": "round"})
    here.portal.sandbox.clock.advance(100)
    pages = [page async for page in here.system.list(Kind.INVOICE, WANTED, quiet[-1].cursor)]
    shown = {each.ref.id: each.fields["lines"] for page in pages for each in page.observations}
    told = shown[invoice]
    assert isinstance(told, Lines)
    assert told.all[0].description == "Mirror\nround"


async def listed(
    here: Shop, cursor: str | None, memory: dict[Ref, Observation]
) -> tuple[dict[str, Lines], str, list[str]]:
    """What a listing of all documents shows, a while later: their lines by id; where it stands; and the calls that it took."""

    async def known(refs: Collection[Ref]) -> Mapping[Ref, Observation]:
        return {ref: memory[ref] for ref in refs if ref in memory}

    here.portal.sandbox.clock.advance(100)
    mark = here.portal.sandbox.journal.count
    pages = [page async for page in here.system.list(Kind.INVOICE, WANTED, cursor, known)]
    assert [page.last for page in pages] == [False] * (len(pages) - 1) + [True]
    found = {each.ref: each for page in pages for each in page.observations}
    memory.update(found)
    lines = {ref.id: told for ref, each in found.items() if isinstance(told := each.fields["lines"], Lines)}
    return lines, pages[-1].cursor, here.portal.calls(mark)


def drafts(here: Shop, many: int = 1) -> list[str]:
    """Invoices of two lines that a person drafts."""
    made: list[str] = [
        here.portal.hub.person_drafts_invoice(
            {"hs_currency": "EUR"},
            here.ada,
            [{"name": "Mirror", "price": "2"}, {"name": "Hook"}],
            here.acme,
            "",
        )
        for _ in range(many)
    ]
    return made


async def test_changed_lines_are_asked_for_once_and_need_not_be_read_by_id() -> None:
    here = await shop()
    memory: dict[Ref, Observation] = {}
    _, cursor, _ = await listed(here, None, memory)
    invoices = drafts(here, 3)
    lines, cursor, calls = await listed(here, cursor, memory)
    assert all([line.description for line in lines[each]] == ["Mirror", "Hook"] for each in invoices)
    assert calls.count("POST /crm/objects/line_items/search") == 1
    assert "POST /crm/objects/line_items/batch/read" not in calls
    again, _, calls = await listed(here, cursor, memory)
    assert again == {}
    assert len(calls) == 3, "quiet: one call for deals, for invoices and for lines"


async def test_after_a_write_to_the_head_lines_are_those_of_memory_but_one_taken_out_is_missed() -> None:
    here = await shop()
    memory: dict[Ref, Observation] = {}
    _, cursor, _ = await listed(here, None, memory)
    one, other = drafts(here, 2)
    lines, cursor, _ = await listed(here, cursor, memory)
    here.portal.hub.person_archives("line_items", lines[other].all[1].crm_id)
    here.portal.sandbox.clock.advance(100)
    for invoice in (one, other):
        answer = await here.write(Action.UPDATE, Kind.INVOICE, invoice, hs_due_date=date(2026, 12, 24))
        assert isinstance(answer, Applied)
        assert answer.observation is not None
        ref = answer.observation.ref
        memory[ref] = replace(answer.observation, fields={**memory[ref].fields, **answer.observation.fields})
    shown, _, calls = await listed(here, cursor, memory)
    assert shown[one] == lines[one]
    assert [line.description for line in shown[other]] == ["Mirror"]
    assert calls.count("POST /crm/objects/line_items/batch/read") == 1


async def test_a_price_that_the_index_does_not_show_yet_is_not_missed_by_an_invoice_that_is_finalised() -> (
    None
):
    here = await shop()
    memory: dict[Ref, Observation] = {}
    _, cursor, _ = await listed(here, None, memory)
    (invoice,) = drafts(here)
    lines, cursor, _ = await listed(here, cursor, memory)
    here.portal.sandbox.clock.advance(100)
    switches = here.portal.sandbox.hubspot.switches
    here.portal.sandbox.hubspot.switches = replace(switches, lag_min=25.0, lag_max=25.0)
    here.portal.hub.person_edits("line_items", lines[invoice].all[0].crm_id, {"price": "99"})
    here.portal.sandbox.hubspot.switches = replace(switches, lag_min=0.0, lag_max=0.0)
    here.portal.hub.person_finalises(invoice)
    here.portal.sandbox.clock.advance(1)
    pages = [page async for page in here.system.list(Kind.INVOICE, WANTED, cursor, lambda _: told(memory))]
    (seen,) = [each for page in pages for each in page.observations]
    assert seen.fields["hs_invoice_status"] == "open"
    shown = seen.fields["lines"]
    assert isinstance(shown, Lines)
    assert shown.all[0].price == Decimal(99)


async def told(memory: Mapping[Ref, Observation]) -> Mapping[Ref, Observation]:
    return memory


async def test_of_more_changed_lines_than_are_held_at_once_none_is_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(document_listing, "GATHERED", 1)
    monkeypatch.setattr(reading, "SEARCH_PAGE", 2)
    here = await shop(hidden_bump=0.0, association_bumps=False)
    memory: dict[Ref, Observation] = {}
    invoices = drafts(here, 4)
    lines, cursor, _ = await listed(here, None, memory)
    for invoice in invoices:
        here.portal.hub.person_edits("line_items", lines[invoice].all[0].crm_id, {"description": "round"})
        here.portal.sandbox.clock.advance(1)
    shown, _, _ = await listed(here, cursor, memory)
    assert {each: shown[each].all[0].description for each in invoices} == dict.fromkeys(
        invoices, "Mirror\nround"
    )


async def test_a_listing_that_broke_off_goes_on_and_misses_no_line_that_changed_meanwhile() -> None:
    """It died after the deals, in the first listing of all; then somebody changed a line of a deal, and nothing else."""
    here = await shop(hidden_bump=0.0, association_bumps=False)
    deal = here.portal.hub.person_creates(
        "deals", {"dealname": "Bathroom", "dealstage": "appointmentscheduled", "pipeline": "default"}
    )
    answer = await here.write(Action.UPDATE, Kind.DEAL, deal, lines=Lines((MIRROR,)))
    assert isinstance(answer, Applied)
    assert answer.observation is not None
    held = answer.observation.fields["lines"]
    assert isinstance(held, Lines)
    (invoice,) = drafts(here)
    here.portal.sandbox.clock.advance(100)
    pages = here.system.list(Kind.INVOICE, WANTED, None)
    broken = await anext(pages)
    assert [each.ref.id for each in broken.observations] == [deal]
    here.portal.sandbox.clock.advance(100)
    here.portal.hub.person_edits("line_items", held.all[0].crm_id, {"description": "round"})
    lines, _, _ = await listed(here, broken.cursor, {})
    assert [each.description for each in lines[deal]] == ["Mirror\nround"]
    assert invoice in lines


@pytest.mark.parametrize(
    "line",
    [
        MIRROR,
        HOOK,
        Line(description="Only a text"),
        replace(HOOK, discount_amount=Decimal(10), discount_percent=None, quantity=Decimal(3)),
    ],
)
def test_a_line_item_reads_back_as_the_line_that_was_written(line: Line) -> None:
    back = line_of(Record("9", {name: text or None for name, text in properties_of(line, 0).items()}))
    assert (back.description, back.price or None, back.discount_percent) == (
        line.description,
        line.price,
        line.discount_percent,
    )
    assert (back.discount_amount or None) == line.discount_amount


def test_lines_stand_in_their_order_and_those_without_a_place_last() -> None:
    told = [
        Record("30", {"name": "c"}),
        Record("10", {"name": "b", "hs_position_on_quote": "1"}),
        Record("20", {"name": "a", "hs_position_on_quote": "0"}),
    ]
    assert [each.description for each in lines_of(told)] == ["a", "b", "c"]


def test_documents_get_late_what_a_creation_cannot_carry() -> None:
    assert set(INVOICES.later_paths) == {"company", "contact", "lines", "hs_invoice_status"}
    assert set(DEALS.later_paths) == {"company", "contact", "lines"}
