from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossfoot.model.records import Value
from crossfoot.systems.hubspot.values import milliseconds, moment, reader, written
from crossfoot.systems.port import ValueType


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (ValueType.TEXT, "Ada", "Ada"),
        (ValueType.TEXT, "", None),
        (ValueType.TEXT, None, None),
        (ValueType.NUMBER, "12345678901234567890.123456", Decimal("12345678901234567890.123456")),
        (ValueType.MONEY, "20.00", Decimal("20.00")),
        (ValueType.MONEY, " 20 ", Decimal(20)),
        (ValueType.MONEY, "", None),
        (ValueType.BOOLEAN, "true", True),
        (ValueType.BOOLEAN, "false", False),
        (ValueType.DATE, "2026-01-17", date(2026, 1, 17)),
        (ValueType.DATE, "2026-01-17T00:00:00Z", date(2026, 1, 17)),
        (ValueType.DATE, "1768608000000", date(2026, 1, 17)),
        (ValueType.MOMENT, "2026-01-17T19:55:04.281Z", datetime(2026, 1, 17, 19, 55, 4, 281000, UTC)),
        (ValueType.MOMENT, "2026-01-17T19:55:04Z", datetime(2026, 1, 17, 19, 55, 4, tzinfo=UTC)),
        (ValueType.MOMENT, "1768679704281", datetime(2026, 1, 17, 19, 55, 4, 281000, UTC)),
        (ValueType.OPTION, "NEW", "NEW"),
        (ValueType.OPTIONS, "a;b", "a;b"),
        (ValueType.REFERENCE, "15000000001", "15000000001"),
    ],
)
def test_a_property_text_is_read_by_its_type(kind: ValueType, text: str | None, value: Value) -> None:
    read = reader(kind)(text)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (ValueType.NUMBER, "a dozen"),
        (ValueType.NUMBER, "NaN"),
        (ValueType.BOOLEAN, "maybe"),
        (ValueType.DATE, "soon"),
        (ValueType.MOMENT, "9" * 40),
    ],
)
def test_a_text_that_does_not_fit_its_type_is_kept(kind: ValueType, text: str) -> None:
    assert reader(kind)(text) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.1000"), "0.1000"),
        (date(2026, 1, 17), "2026-01-17"),
        (datetime(2026, 1, 17, 21, 0, tzinfo=timezone(timedelta(hours=2))), "2026-01-17T19:00:00.000Z"),
        ("O'Neil", "O'Neil"),
    ],
)
def test_a_value_is_written_as_hubspot_reads_it(value: Value, text: str) -> None:
    assert written(value) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_what_is_written_of_a_number_reads_back_exactly(number: Decimal) -> None:
    assert reader(ValueType.NUMBER)(written(number)) == number


@given(st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - Hypothesis wants them bare
def test_what_is_written_of_a_moment_reads_back_to_the_millisecond(at: datetime) -> None:
    read = reader(ValueType.MOMENT)(written(at))
    assert isinstance(read, datetime)
    assert milliseconds(read) == milliseconds(at)
    assert moment(str(milliseconds(at))) == read
