"""Two people edit the lines of one document, and neither loses anything."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossfoot.model.fields import FieldType, same
from crossfoot.model.identity import Side
from crossfoot.model.lines import Line, Lines
from crossfoot.sync.lines import carried, joined, paired


def line(place: int, **parts: object) -> Line:
    """A line that both sides know."""
    plain = Line(
        f"c{place}", f"l{place}", description=f"line {place}", quantity=Decimal(1), price=Decimal(place)
    )
    return replace(plain, **parts)  # type: ignore[arg-type]


def lines(*them: Line) -> Lines:
    return Lines(them)


def on(side: Side, them: Lines) -> Lines:
    """What a side tells: its own ids only."""
    return Lines(tuple(each.with_id(side.other, "") for each in them))


def says(them: Lines | None) -> list[tuple[object, object]]:
    assert them is not None
    return [(each.description, each.price) for each in them]


BASE = lines(line(1), line(2), line(3))
CRM, LEDGER = on(Side.CRM, BASE), on(Side.LEDGER, BASE)


def changed(them: Lines, place: int, **parts: object) -> Lines:
    return Lines(
        tuple(replace(each, **parts) if at == place else each for at, each in enumerate(them.all, start=1))  # type: ignore[arg-type]
    )


def without(them: Lines, place: int) -> Lines:
    return Lines(tuple(each for at, each in enumerate(them.all, start=1) if at != place))


def test_edits_of_different_lines_are_both_kept_and_keep_their_ids() -> None:
    both = joined(
        BASE, changed(CRM, 1, price=Decimal(10)), changed(LEDGER, 3, description="thirty"), prefer=None
    )
    assert says(both) == [("line 1", 10), ("line 2", 2), ("thirty", 3)]
    assert both is not None
    assert [(each.crm_id, each.ledger_id) for each in both] == [("c1", "l1"), ("c2", "l2"), ("c3", "l3")]


def test_edits_of_different_parts_of_one_line_are_both_kept() -> None:
    both = joined(
        BASE, changed(CRM, 2, price=Decimal(20)), changed(LEDGER, 2, quantity=Decimal(5)), prefer=None
    )
    assert both is not None
    assert both.all[1].price == 20
    assert both.all[1].quantity == 5


@pytest.mark.parametrize(("prefer", "price"), [(Side.CRM, 20), (Side.LEDGER, 22)])
def test_one_part_changed_to_two_values_is_a_conflict_until_somebody_wins(prefer: Side, price: int) -> None:
    crm = changed(changed(CRM, 2, price=Decimal(20)), 1, description="one")
    ledger = changed(LEDGER, 2, price=Decimal(22))
    assert joined(BASE, crm, ledger, prefer=None) is None
    assert says(joined(BASE, crm, ledger, prefer)) == [("one", 1), ("line 2", price), ("line 3", 3)]


def test_new_lines_of_both_sides_stand_behind_those_that_they_followed() -> None:
    crm = Lines((CRM.all[0], Line("c9", description="from sales", price=Decimal(9)), *CRM.all[1:]))
    ledger = Lines((*LEDGER.all, Line("", "l8", description="from the books", price=Decimal(8))))
    both = joined(BASE, crm, ledger, prefer=None)
    assert says(both) == [
        ("line 1", 1),
        ("from sales", 9),
        ("line 2", 2),
        ("line 3", 3),
        ("from the books", 8),
    ]
    assert both is not None
    assert [each.ledger_id for each in both] == ["l1", "", "l2", "l3", "l8"]


def test_a_line_taken_out_on_one_side_goes_unless_the_other_side_changed_it() -> None:
    assert says(joined(BASE, without(CRM, 2), LEDGER, prefer=None)) == [("line 1", 1), ("line 3", 3)]
    ledger = changed(LEDGER, 2, price=Decimal(22))
    assert joined(BASE, without(CRM, 2), ledger, prefer=None) is None
    assert says(joined(BASE, without(CRM, 2), ledger, Side.CRM)) == [("line 1", 1), ("line 3", 3)]
    kept = joined(BASE, without(CRM, 2), ledger, Side.LEDGER)
    assert says(kept) == [("line 1", 1), ("line 2", 22), ("line 3", 3)]
    assert kept is not None
    assert kept.all[1].crm_id == "", "it is made anew in the CRM"


def test_the_order_of_whoever_moved_lines_stands() -> None:
    turned = Lines(tuple(reversed(CRM.all)))
    assert says(joined(BASE, turned, LEDGER, prefer=None)) == [("line 3", 3), ("line 2", 2), ("line 1", 1)]
    ledger = Lines((LEDGER.all[1], LEDGER.all[0], LEDGER.all[2]))
    assert says(joined(BASE, turned, ledger, prefer=None)) == [("line 2", 2), ("line 1", 1), ("line 3", 3)]
    assert says(joined(BASE, turned, ledger, Side.CRM))[0] == ("line 3", 3)


def test_a_line_under_a_new_id_is_still_that_line() -> None:
    """The ledger gives new ids to lines that were sent without one (Xero fact 7.4)."""
    ledger = Lines(tuple(each.with_id(Side.LEDGER, f"new{at}") for at, each in enumerate(LEDGER.all)))
    both = joined(BASE, changed(CRM, 2, price=Decimal(20)), ledger, prefer=None)
    assert both is not None
    assert [(each.crm_id, each.ledger_id) for each in both] == [
        ("c1", "new0"),
        ("c2", "new1"),
        ("c3", "new2"),
    ]
    assert says(both)[1] == ("line 2", 20)


def test_at_first_contact_only_the_winners_lines_count_and_take_the_places_of_those_there() -> None:
    crm = changed(CRM, 1, price=Decimal(5))
    assert joined(None, crm, LEDGER, prefer=None) is None
    won = carried(None, crm, LEDGER, Side.CRM)
    assert says(won) == says(crm)
    assert won is not None
    assert [each.ledger_id for each in won] == ["l1", "l2", "l3"]


def test_equal_lines_are_remembered_with_both_ids_whatever_their_order_in_the_base() -> None:
    twice = lines(line(1), line(1, crm_id="c4", ledger_id="l4"), line(2))
    crm = on(Side.CRM, twice)
    ledger = on(Side.LEDGER, twice)
    assert paired(None, crm, ledger) == twice
    assert paired(twice, crm, ledger) == twice


edits = st.lists(st.sampled_from([line(place) for place in range(1, 6)]), unique=True, max_size=5)
prices = st.sampled_from([Decimal(1), Decimal(2), Decimal("2.50"), Decimal(7)])


@st.composite
def documents(draw: st.DrawFn) -> Lines:
    return Lines(tuple(replace(each, price=draw(prices)) for each in draw(edits)))


def alike(a: Lines | None, b: Lines | None) -> bool:
    return same(FieldType.LINES, a, b)


@given(documents(), documents())
def test_where_one_side_moved_its_lines_are_the_outcome(base: Lines, crm: Lines) -> None:
    assert alike(joined(base, on(Side.CRM, crm), on(Side.LEDGER, base), prefer=None), crm)
    assert alike(carried(base, on(Side.CRM, crm), on(Side.LEDGER, base), Side.CRM), crm)


@given(documents(), documents(), documents(), st.sampled_from(Side), st.sampled_from(Side))
def test_a_crash_after_one_of_both_writes_changes_nothing_about_the_outcome(
    base: Lines, crm: Lines, ledger: Lines, prefer: Side, written: Side
) -> None:
    both = joined(base, on(Side.CRM, crm), on(Side.LEDGER, ledger), prefer)
    assert both is not None
    # The side that was written to holds it, and has given ids to lines that are new there.
    held = on(
        written,
        Lines(
            tuple(
                each if each.id_on(written) else each.with_id(written, f"n{at}")
                for at, each in enumerate(both)
            )
        ),
    )
    sides = (held, on(Side.LEDGER, ledger)) if written is Side.CRM else (on(Side.CRM, crm), held)
    again = joined(base, *sides, prefer)
    assert again is not None
    assert sorted(says(again), key=str) == sorted(says(both), key=str)
