"""Invoices: who owns what until when, and whom they are for."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from tests.sync.given import ABILITIES

from crossfoot.model.fields import FieldType
from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.lines import Line, Lines
from crossfoot.model.links import Link, Verdict
from crossfoot.model.operations import Act, FieldChange, Operation
from crossfoot.model.records import Observation, Standing, Value
from crossfoot.model.subjects import SubjectState
from crossfoot.settings.document_lenses import LinesLens, StateLens
from crossfoot.settings.filters import Operator, Test
from crossfoot.settings.lenses import Lens, Naming
from crossfoot.settings.mappings import FieldPair
from crossfoot.settings.rules import ConflictRule, DeletionRule, Sync
from crossfoot.sync import match
from crossfoot.sync.lines import arrived
from crossfoot.sync.merge import PROPOSAL, merge
from crossfoot.sync.plan import decide
from crossfoot.sync.refer import references
from crossfoot.sync.settle import overruled, settle
from crossfoot.sync.subject import Pair, Single, Surroundings
from crossfoot.systems.port import FieldInfo, ValueType

LINES = FieldPair("lines", ("lines",), ("Lines",), LinesLens("lines", FieldType.LINES), handed=True)
DUE = FieldPair("due", ("due",), ("Due",), Lens("date", FieldType.DATE))
STATE = FieldPair("state", ("state",), ("State",), StateLens("state", FieldType.OPTION))
CUSTOMER = FieldPair(
    "customer", ("company", "contact"), ("Contact",), Naming("reference", FieldType.REFERENCE), handed=True
)
INVOICES = Sync(
    "invoices",
    Kind.INVOICE,
    Kind.INVOICE,
    pairs=(CUSTOMER, STATE, LINES, DUE),
    conflicts=ConflictRule.ASK,
    handover=Test("State", Operator.ANY_OF, ("AUTHORISED", "PAID", "VOIDED")),
)

FIELDS: Mapping[Side, Mapping[str, FieldInfo]] = {
    Side.CRM: {
        "company": FieldInfo("company", "Company", ValueType.REFERENCE, refers_to=Kind.COMPANY),
        "contact": FieldInfo("contact", "Contact", ValueType.REFERENCE, refers_to=Kind.CONTACT),
        "state": FieldInfo("state", "State"),
        "lines": FieldInfo("lines", "Lines", ValueType.LINES, max_length=4000),
        "due": FieldInfo("due", "Due", ValueType.DATE),
    },
    Side.LEDGER: {
        "Contact": FieldInfo("Contact", "Contact", ValueType.REFERENCE, refers_to=Kind.CONTACT),
        "State": FieldInfo("State", "State"),
        "Lines": FieldInfo("Lines", "Lines", ValueType.LINES, max_length=4000),
        "Due": FieldInfo("Due", "Due", ValueType.DATE),
    },
}
ACME = Ref(Side.CRM, Kind.COMPANY, "7")
ADA = Ref(Side.CRM, Kind.CONTACT, "8")
ACME_THERE = Ref(Side.LEDGER, Kind.CONTACT, "A")
ADA_THERE = Ref(Side.LEDGER, Kind.CONTACT, "B")
PARTNERS = {ACME: ACME_THERE, ACME_THERE: ACME, ADA: ADA_THERE, ADA_THERE: ADA}


def around(**more: object) -> Surroundings:
    return Surroundings(
        accounts={Side.CRM: "kea:1", Side.LEDGER: "tui:1"},
        titles={Side.CRM: "Kea", Side.LEDGER: "Tui"},
        abilities={
            side: replace(ABILITIES, key_path=None, unique_paths=(), required_paths=()) for side in Side
        },
        fields=FIELDS,
        references=references(INVOICES, FIELDS),
        partners=PARTNERS,
        **more,  # type: ignore[arg-type]
    )


def mirror(price: int, *, crm_id: str = "", ledger_id: str = "") -> Line:
    return Line(crm_id, ledger_id, description="Mirror", quantity=Decimal(1), price=Decimal(price))


def crm(**fields: Value) -> Observation:
    return Observation(Ref(Side.CRM, Kind.INVOICE, "1"), Standing.LIVE, fields)


def ledger(**fields: Value) -> Observation:
    return Observation(Ref(Side.LEDGER, Kind.INVOICE, "X"), Standing.LIVE, fields)


def both(price_crm: int, price_ledger: int, state: str = "DRAFT") -> tuple[Observation, Observation]:
    return (
        crm(
            state="open" if state == "AUTHORISED" else "draft", lines=Lines((mirror(price_crm, crm_id="c1"),))
        ),
        ledger(State=state, Lines=Lines((mirror(price_ledger, ledger_id="l1"),))),
    )


AGREED: dict[str, Value] = {"lines": Lines((mirror(10, crm_id="c1", ledger_id="l1"),)), "state": "draft"}
APPROVED: dict[str, Value] = {**AGREED, "state": "approved"}


def test_until_approval_lines_may_be_edited_on_either_side() -> None:
    assert [each.side for each in merge(INVOICES, AGREED, *both(12, 10)).to(Side.LEDGER)] == [Side.LEDGER]
    assert [each.side for each in merge(INVOICES, AGREED, *both(10, 12)).to(Side.CRM)] == [Side.CRM]
    assert [each.field for each in merge(INVOICES, AGREED, *both(12, 13)).conflicts] == ["lines"]


def test_after_approval_an_edit_of_money_in_the_crm_is_a_proposal() -> None:
    merged = merge(INVOICES, APPROVED, *both(12, 10, "AUTHORISED"))
    assert merged.changes == ()
    assert [(each.field, each.why) for each in merged.conflicts] == [("lines", PROPOSAL)]


def test_after_approval_the_books_win_and_the_lost_edit_is_named() -> None:
    merged = merge(INVOICES, APPROVED, *both(12, 13, "AUTHORISED"))
    assert [(each.field, each.side, each.overrules) for each in merged.changes] == [("lines", Side.CRM, True)]


def test_after_approval_other_fields_still_go_both_ways() -> None:
    paper, books = both(10, 10, "AUTHORISED")
    paper = replace(paper, fields={**paper.fields, "due": "2026-12-24"})
    books = replace(books, fields={**books.fields, "Due": "2026-12-20"})
    merged = merge(INVOICES, {**APPROVED, "due": "2026-12-20"}, paper, books)
    assert [(each.field, each.side) for each in merged.changes] == [("due", Side.LEDGER)]


def test_what_a_person_decided_for_the_crm_before_approval_is_a_proposal_after_it() -> None:
    paper, books = both(12, 10, "AUTHORISED")
    taken = Verdict(Side.CRM, LINES.read(Side.CRM, paper.fields), LINES.read(Side.LEDGER, books.fields))  # type: ignore[arg-type]
    merged = merge(INVOICES, APPROVED, paper, books, {"lines": taken})
    assert merged.changes == ()
    assert [(each.field, each.why) for each in merged.conflicts] == [("lines", PROPOSAL)]


@pytest.mark.parametrize(("state", "archived"), [("DRAFT", True), ("AUTHORISED", False), ("PAID", False)])
def test_a_copy_that_is_gone_takes_nothing_out_of_the_books(state: str, archived: bool) -> None:
    paper, books = both(10, 10, state)
    gone = replace(paper, standing=Standing.ARCHIVED)
    sync = replace(INVOICES, deletion=DeletionRule.ARCHIVE)
    link = Link("l", INVOICES.name, gone.ref.id, books.ref.id, APPROVED)
    decision = decide(sync, Pair(link, gone, books), around())
    assert [each.act for each in decision.operations] == [Act.ARCHIVE] * archived
    assert decision.state is (SubjectState.PENDING if archived else SubjectState.ENDED)


def test_a_person_may_take_the_books_value_for_a_proposal() -> None:
    paper, books = both(12, 10, "AUTHORISED")
    taken = Verdict(Side.LEDGER, LINES.read(Side.CRM, paper.fields), LINES.read(Side.LEDGER, books.fields))  # type: ignore[arg-type]
    merged = merge(INVOICES, APPROVED, paper, books, {"lines": taken})
    assert [(each.field, each.side) for each in merged.changes] == [("lines", Side.CRM)]


def test_both_sides_lines_meet_and_the_base_waits_for_both_writes() -> None:
    paper = crm(
        state="draft",
        lines=Lines((mirror(12, crm_id="c1"), Line("c2", description="Frame", price=Decimal(3)))),
    )
    books = ledger(
        State="DRAFT",
        Lines=Lines((mirror(10, ledger_id="l1"), Line("", "l2", description="Hook", price=Decimal(1)))),
    )
    link = Link("L", "invoices", "1", "X", base=AGREED)
    decision = decide(INVOICES, Pair(link, paper, books), around())
    to_ledger = next(each for each in decision.operations if each.side is Side.LEDGER)
    sent = to_ledger.values["Lines"]
    assert isinstance(sent, Lines)
    assert [(each.ledger_id, each.description, each.price) for each in sent] == [
        ("l1", "Mirror", Decimal(12)),
        ("", "Frame", Decimal(3)),
        ("l2", "Hook", Decimal(1)),
    ]
    now = ledger(
        State="DRAFT",
        Lines=Lines(
            tuple(each.with_id(Side.LEDGER, each.ledger_id or "l3").with_id(Side.CRM, "") for each in sent)
        ),
    )
    done = settle(INVOICES, to_ledger, link, paper, books, now, "X", around())
    assert done.link.base == AGREED, "the CRM still lacks the hook, so nothing is agreed on yet"
    assert done.look_again
    after = decide(INVOICES, Pair(done.link, paper, now), around())
    assert [each.side for each in after.operations] == [Side.CRM]


def test_a_new_invoice_is_based_on_what_both_hold_with_the_ids_of_both() -> None:
    paper = crm(state="draft", company="7", contact="8", lines=Lines((mirror(10, crm_id="c1"),)), due=None)
    (operation,) = decide(
        INVOICES, Single(Side.CRM, paper, match.Match(match.Verdict.NEW)), around()
    ).operations
    assert operation.values["Contact"] == "A"
    answer = ledger(
        Contact="A",
        State="DRAFT",
        Lines=Lines((replace(mirror(10, ledger_id="l1"), account="200"),)),
        Due=None,
    )
    done = settle(INVOICES, operation, None, paper, None, answer, "X", around())
    assert done.link.base["lines"] == Lines((mirror(10, crm_id="c1", ledger_id="l1"),))
    assert not done.look_again


@pytest.mark.parametrize(
    ("fields", "contact"),
    [
        ({"company": "7", "contact": "8"}, "A"),
        ({"company": None, "contact": "8"}, "B"),
        ({"company": "99", "contact": "8"}, "B"),
    ],
)
def test_an_invoice_is_for_the_first_customer_who_has_a_partner(
    fields: dict[str, str | None], contact: str
) -> None:
    paper = crm(state="draft", lines=Lines((mirror(10, crm_id="c1"),)), **fields)
    (operation,) = decide(
        INVOICES, Single(Side.CRM, paper, match.Match(match.Verdict.NEW)), around()
    ).operations
    assert operation.values["Contact"] == contact


@pytest.mark.parametrize(
    ("contact", "values"), [("A", {"company": "7"}), ("B", {"company": None, "contact": "8"})]
)
def test_the_ledgers_customer_is_named_where_the_crm_keeps_that_kind(
    contact: str, values: dict[str, str | None]
) -> None:
    link = Link("L", "invoices", "1", "X", base={"customer": "Z"})
    pair = Pair(
        link,
        crm(company="99", contact="98"),
        ledger(Contact=contact),
    )
    partners = {**PARTNERS, Ref(Side.CRM, Kind.COMPANY, "99"): Ref(Side.LEDGER, Kind.CONTACT, "Z")}
    (operation,) = decide(INVOICES, pair, replace(around(), partners=partners)).operations
    assert operation.values == values


def test_an_invoice_whose_customer_is_nowhere_in_the_ledger_is_not_ready() -> None:
    books = Single(
        Side.LEDGER,
        ledger(Contact="unknown", State="DRAFT", Lines=Lines((mirror(10, ledger_id="l1"),))),
        match.Match(match.Verdict.NEW),
    )
    decision = decide(INVOICES, books, around())
    assert decision.operations == ()
    assert decision.problem is not None
    assert "has no partner" in decision.problem.what


def test_lines_have_arrived_though_somebody_went_on_editing_another_one() -> None:
    hook, nail = mirror(5), mirror(7)
    before, sent = Lines((mirror(10), hook)), Lines((mirror(12), hook))
    assert arrived(sent, before, Lines((mirror(12), nail)))
    assert not arrived(sent, before, Lines((mirror(10), nail)))
    assert arrived(Lines((hook,)), before, Lines((hook, nail))), "what was taken out is gone"
    assert not arrived(Lines((hook,)), before, before)


def test_a_lost_edit_of_a_line_is_told_though_another_line_was_edited_since() -> None:
    lost, sent = Lines((mirror(10), mirror(5))), Lines((mirror(12), mirror(5)))
    change = FieldChange("lines", lost, sent, "both sides changed it", overrules=True)
    operation = Operation(
        INVOICES.name, Act.UPDATE, Side.LEDGER, Kind.INVOICE, "1", "X", {"Lines": sent}, (change,)
    )
    told = overruled(INVOICES, operation, ledger(Lines=Lines((mirror(12), mirror(7)))), around())
    assert [sentence.partition(" in Tui")[0] for sentence in told] == [
        "lines: 'Mirror: 1 x 10; Mirror: 1 x 5'"
    ]
    assert not overruled(INVOICES, operation, ledger(Lines=Lines((mirror(10), mirror(7)))), around())
