"""Lines that need not be read: what the index shows of them, and what memory holds; and when neither is good enough."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.lines import Line, Lines
from crossfoot.model.records import Observation, Standing
from crossfoot.systems.hubspot.at_hand import AtHand
from crossfoot.systems.hubspot.listing import INDEX_LAG
from crossfoot.systems.hubspot.records import Record

ASKED = datetime(2026, 11, 2, 9, tzinfo=UTC)
RESTED = Observation(
    Ref(Side.CRM, Kind.INVOICE, "1"), Standing.LIVE, {"hs_invoice_status": "draft"}, ASKED - INDEX_LAG
)
JUST_MOVED = replace(RESTED, modified=ASKED - INDEX_LAG + timedelta(milliseconds=1))
OLD = Lines((Line("7", description="Mirror", price=Decimal(1)), Line("8", description="Hook")))
KNOWN = replace(RESTED, fields={**RESTED.fields, "lines": OLD})
MIRROR = Record("7", {"name": "Mirror", "price": "2", "hs_position_on_quote": "0"})
HOOK = Record("8", {"name": "Hook", "price": "3", "hs_position_on_quote": "1"})


def prices(
    head: Observation, *items: Record, known: Observation | None = None
) -> list[Decimal | None] | None:
    """The prices of the lines 7 and 8 of a document, where they are at hand."""
    there = AtHand(ASKED, {each.id: each for each in items}, {"1": head}, {"1": known} if known else {})
    lines = there.lines("1", ["7", "8"])
    return None if lines is None else [line.price for line in lines]


def test_a_new_document_that_has_rested_gets_its_lines_from_the_index() -> None:
    assert prices(RESTED, HOOK, MIRROR) == [Decimal(2), Decimal(3)]
    assert prices(RESTED, MIRROR) is None, "one that the index does not show is read, and the other with it"


def test_a_document_that_moved_just_now_never_gets_them_from_the_index() -> None:
    """Somebody corrects a price and finalises the invoice in the next second; the index shows the one, and not yet the other."""
    assert prices(JUST_MOVED, HOOK, MIRROR) is None
    assert prices(JUST_MOVED, HOOK, MIRROR, known=KNOWN) is None


def test_lines_that_did_not_change_are_those_that_memory_holds() -> None:
    assert prices(RESTED, known=KNOWN) == [Decimal(1), None]
    assert prices(JUST_MOVED, known=KNOWN) == [Decimal(1), None], (
        "a write of ours moved it, and says nothing new"
    )
    assert prices(RESTED) is None, "nothing is known of it"


def test_memory_does_not_do_where_anything_speaks_against_it() -> None:
    finalised = replace(JUST_MOVED, fields={"hs_invoice_status": "open"})
    assert prices(finalised, known=KNOWN) is None, "the head says something new, and lines may be newer still"
    assert prices(JUST_MOVED, MIRROR, known=KNOWN) is None, "one of the lines has changed"
    assert prices(RESTED, known=replace(KNOWN, standing=Standing.ARCHIVED)) is None
    assert prices(RESTED, known=replace(KNOWN, fields=RESTED.fields)) is None, "its lines were never seen"
    fewer = replace(KNOWN, fields={**RESTED.fields, "lines": Lines(OLD.all[:1])})
    assert prices(RESTED, known=fewer) is None, "a line was added or taken out"


def test_a_document_without_lines_has_none() -> None:
    there = AtHand(ASKED, {}, {"1": RESTED})
    assert there.lines("1", []) == Lines()
