"""What a field can hold, said before it is written."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from crossfoot.model.records import Value
from crossfoot.settings.fits import fits


@pytest.mark.parametrize(
    ("value", "make", "clause"),
    [
        ("x" * 51, {"max_length": 50}, "it holds 50 characters, and '" + "x" * 39 + "…' has 51"),
        ("x" * 50, {"max_length": 50}, None),
        (None, {"max_length": 0}, None),
        ("x", {"writable": False}, "it is kept by the system itself and cannot be written"),
        (None, {"writable": False}, "it is kept by the system itself and cannot be written"),
        ("dear", {"type": "money"}, "it holds numbers, and 'dear' is none"),
        (Decimal(1), {"type": "number"}, None),
        ("perhaps", {"type": "boolean"}, "it holds yes or no, and 'perhaps' is neither"),
        (False, {"type": "boolean"}, None),
        ("soon", {"type": "date"}, "it holds dates, and 'soon' is none"),
        (date(2026, 1, 31), {"type": "date"}, None),
        (
            datetime(2026, 1, 31, tzinfo=UTC),
            {"type": "date"},
            "it holds a day, and '2026-01-31T00:00:00+00:00' has a time",
        ),
        (datetime(2026, 1, 31, tzinfo=UTC), {"type": "moment"}, None),
        ("C", {"type": "option", "options": {"A": "a", "B": "b"}}, "it has no option 'C'; it has A, B"),
        ("A", {"type": "option", "options": {"A": "a"}}, None),
        ("A;C", {"type": "options", "options": {"A": "a"}}, "it has no option 'C'; it has A"),
        ("A; B", {"type": "options", "options": {"A": "a", "B": "b"}}, None),
        ("anything", {"type": "option"}, None),
    ],
)
def test_a_value_fits_or_a_clause_says_why_not(
    value: Value, make: dict[str, Any], clause: str | None
) -> None:
    assert fits(value, **make) == clause


def test_many_options_are_not_all_listed() -> None:
    options = {f"option {number}": "" for number in range(20)}
    assert str(fits("x", type="option", options=options)).endswith("option 7 and 12 more")


def test_the_clause_begins_with_the_label() -> None:
    assert fits("x", label="Status", type="boolean") == "Status holds yes or no, and 'x' is neither"
