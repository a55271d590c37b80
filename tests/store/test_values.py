"""What goes into a JSON column comes out as it was."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossfoot.model.identity import Side
from crossfoot.model.lines import Line, Lines
from crossfoot.model.problems import Cause, Problem
from crossfoot.store.operations import problem_from
from crossfoot.store.values import decode, encode, micros, moment, overlay

values = st.one_of(
    st.none(),
    st.booleans(),
    st.text(alphabet=st.characters(exclude_categories=["Cs"])),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(fold=0)),
)
fields = st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), values, max_size=6)


def exactly(value: object) -> tuple[type, str]:
    """Equal only for the same type and the same spelling: 1.10 is not 1.1."""
    return type(value), repr(value)


@given(fields.filter(lambda told: not (len(told) == 1 and next(iter(told)).startswith("$"))))
def test_fields_come_back_exactly(told: dict[str, object]) -> None:
    back = decode(encode(told))
    assert {path: exactly(value) for path, value in back.items()} == {
        path: exactly(value) for path, value in told.items()
    }


@given(fields, fields)
def test_an_overlay_is_the_old_fields_with_the_new_ones_laid_over(
    old: dict[str, object], new: dict[str, object]
) -> None:
    assert overlay(encode(old), new, encode(new)) == encode({**old, **new})


def test_equal_fields_are_equal_text_in_whatever_order_they_were_told() -> None:
    assert encode({"a": "1", "b": Decimal("2.0")}) == encode({"b": Decimal("2.0"), "a": "1"})


@pytest.mark.parametrize("text", ["1.10", "0.0000", "-0", "12345678901234567890.123456", "1E+3", "1E-30"])
def test_an_amount_keeps_every_digit_and_its_spelling(text: str) -> None:
    assert str(decode(encode({"amount": Decimal(text)}))["amount"]) == text


def test_the_lines_of_a_document_come_back_as_they_were() -> None:
    told = Lines(
        (
            Line(
                crm_id="88",
                ledger_id="5f",
                description="Mirror, oval\nwith frame",
                quantity=Decimal("2.0"),
                price=Decimal("10.1250"),
                discount_percent=Decimal("12.5"),
                item="MIR-1",
                account="0200",
                tax="OUTPUT2",
                tracking=(("Region", "North"), ("Shop", "$1")),
                net=Decimal("17.72"),
                tax_amount=Decimal("2.66"),
            ),
            Line(description="$lines"),
        )
    )
    back = decode(encode({"lines": told, "none": Lines()}))
    assert exactly(back["lines"]) == exactly(told)
    assert back["none"] == Lines()


def test_nested_data_and_dataclasses_become_plain_data() -> None:
    told = {"counts": {"new": 3}, "ids": ("a", "b"), "side": Side.CRM, "when": {"day": date(2026, 1, 31)}}
    assert decode(encode(told)) == {
        "counts": {"new": 3},
        "ids": ["a", "b"],
        "side": "crm",
        "when": {"day": date(2026, 1, 31)},
    }
    problem = Problem(Cause.TAKEN, "Taken.", "Rename it.", "Name", "said")
    assert problem_from(encode(problem)) == problem
    assert problem_from(None) is None


def test_what_would_not_come_back_as_it_was_is_refused() -> None:
    with pytest.raises(TypeError, match="float"):
        encode({"amount": 1.1})
    with pytest.raises(ValueError, match="no time zone"):
        encode({"at": datetime(2026, 1, 1)})  # noqa: DTZ001 - that is the mistake
    with pytest.raises(ValueError, match="no time zone"):
        micros(datetime(2026, 1, 1))  # noqa: DTZ001 - that is the mistake


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_is_kept_to_the_microsecond(at: datetime) -> None:
    assert moment(micros(at)) == at


def test_a_moment_in_another_zone_is_the_same_moment_in_utc() -> None:
    at = datetime(2026, 6, 1, 12, tzinfo=timezone(timedelta(hours=12)))
    assert moment(micros(at)) == at
    assert decode(encode({"at": at}))["at"].utcoffset() == timedelta(0)
