"""What two spellings of the same value have in common."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossfoot.model.fields import FieldType, address_parts, as_text, canonical, same
from crossfoot.model.records import Value

VALUES: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.text(max_size=40),
    st.booleans(),
    st.decimals(),
    st.dates(),
    st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=13))])),
)


@given(kind=st.sampled_from(FieldType), value=VALUES)
def test_the_canonical_form_of_a_canonical_form_is_itself(kind: FieldType, value: Value) -> None:
    once = canonical(kind, value, "NZ")
    assert canonical(kind, once, "NZ") == once
    assert same(kind, value, value, "NZ")
    assert same(kind, value, once, "NZ")


@given(number=st.from_regex(r"\+[1-9](?:[ ().+-]?[0-9]){5,15}", fullmatch=True))
def test_the_form_of_an_international_number_is_read_as_the_same_number(number: str) -> None:
    once = canonical(FieldType.PHONE, number)
    assert canonical(FieldType.PHONE, once) == once


@given(kind=st.sampled_from(FieldType), value=VALUES)
def test_what_has_no_canonical_form_is_the_same_as_nothing(kind: FieldType, value: Value) -> None:
    assert same(kind, None, value) == same(kind, value, None) == (canonical(kind, value) is None)


@pytest.mark.parametrize("kind", FieldType)
@pytest.mark.parametrize("hollow", ["https://", "www.", "mailto:", " , ", "\n", "\x1c", "0", "\u200b"])
def test_what_has_hardly_a_form_is_the_same_as_nothing_only_if_it_has_none(
    kind: FieldType, hollow: str
) -> None:
    assert same(kind, None, hollow) == (canonical(kind, hollow) is None)


@given(kind=st.sampled_from(FieldType), blank=st.text(" \t\r\n", max_size=5))
def test_blanks_are_nothing(kind: FieldType, blank: str) -> None:
    assert canonical(kind, blank) is None


@pytest.mark.parametrize(
    ("kind", "a", "b"),
    [
        ("text", "Acme  Ltd ", "Acme Ltd"),
        ("text", "Cafe\u0301", "Café"),
        ("text", "Acme\u00a0Ltd", "Acme Ltd"),
        ("long_text", "one \r\ntwo\r\n", "one\ntwo"),
        ("email", " Ada@Example.COM", "ada@example.com"),
        ("phone", "(09) 887-6543", "+64 9 8876543"),
        ("phone", "0064 9 887 6543", "09 887 6543"),
        ("phone", "09 887 6543 ext. 12", "+64 9 887 6543 x12"),
        ("country", "England", "GB"),
        ("country", "great britain", "UK"),
        ("country", "Deutschland", "Germany"),
        ("country", "Korea", "South Korea"),
        ("country", "Holland", "The Netherlands"),
        ("country", "U.S.A.", "United States of America"),
        ("country", "Cote d Ivoire", "Côte d\u2019Ivoire"),
        ("country", "Bosnia and Herzegovina", "Bosnia & Herzegovina"),
        ("domain", "https://www.acme.co.nz/shop?x=1", "ACME.co.nz"),
        ("domain", "bob@acme.co.nz", "acme.co.nz:443"),
        ("domain", "mailto:bob@acme.co.nz", "acme.co.nz:8080/shop"),
        ("url", "https://Acme.com/", "acme.com"),
        ("url", "http://acme.com/Shop", "https://acme.com/Shop/"),
        ("money", Decimal("1.50"), Decimal("1.5")),
        ("money", Decimal("1E+2"), "100.00"),
        ("number", Decimal("-0.0"), Decimal(0)),
        ("date", "2026-01-31", date(2026, 1, 31)),
        ("date", datetime(2026, 1, 31, 12, tzinfo=timezone(timedelta(hours=13))), date(2026, 1, 30)),
        ("moment", "2026-01-31T12:00:00+13:00", datetime(2026, 1, 30, 23, tzinfo=UTC)),
        ("moment", datetime(2026, 1, 1, 0, 0, 0, 999, tzinfo=UTC), date(2026, 1, 1)),
        ("boolean", "Yes", True),
        ("boolean", Decimal(0), False),
        ("address", "12 High St, Leeds", "12 High St\nLeeds\n"),
        ("reference", " 512 ", "512"),
    ],
)
def test_two_spellings_mean_the_same(kind: str, a: Value, b: Value) -> None:
    assert same(FieldType(kind), a, b, "NZ")


@pytest.mark.parametrize(
    ("kind", "a", "b"),
    [
        ("text", "acme", "Acme"),
        ("code", "0200", "200"),
        ("code", "a-1", "A-1"),
        ("phone", "09 887 6543", "09 887 6544"),
        ("phone", "09 887 6543", "09 887 6543 x1"),
        ("phone", "0800 FLOWERS", "0800 356 9377"),
        ("country", "Neverland", "Netherlands"),
        ("country", "Northern Korea", "KR"),
        ("money", Decimal("0.1"), Decimal("0.10000000000000000000000000000001")),
        ("boolean", "maybe", True),
        ("boolean", None, False),
        ("address", "12 High St", "12 High Street"),
        ("url", "acme.com/Shop", "acme.com/shop"),
        ("date", "soon", None),
    ],
)
def test_two_values_differ(kind: str, a: Value, b: Value) -> None:
    assert not same(FieldType(kind), a, b, "NZ")


@pytest.mark.parametrize(
    "words", ["ask for Bob", "021 123 456 / 09 123", "887-6543 (mornings)", "call +64 9 8876543"]
)
def test_a_telephone_number_that_is_none_stays_as_it_is(words: str) -> None:
    assert canonical(FieldType.PHONE, words, "NZ") == words


@pytest.mark.parametrize("number", ["0009-01-01", "00 9 01 01"])
def test_a_number_whose_form_would_be_read_as_another_number_stays_a_text(number: str) -> None:
    assert canonical(FieldType.PHONE, number, "NZ") == number


def test_a_national_number_needs_a_region_to_be_understood() -> None:
    assert canonical(FieldType.PHONE, "09 887 6543") == "09 887 6543"
    assert canonical(FieldType.PHONE, "09 887 6543", "nz") == "+6498876543"


@pytest.mark.parametrize("number", ["1E+999999", "NaN", "Infinity", "-Infinity", "1E-999999"])
def test_a_number_that_no_system_could_hold_is_only_a_text(number: str) -> None:
    assert canonical(FieldType.MONEY, Decimal(number)) == canonical(FieldType.MONEY, number) == number


def test_a_value_is_written_without_needless_digits_or_exponent() -> None:
    assert [
        as_text(value)
        for value in (Decimal("1.50"), Decimal("1E+2"), True, False, None, date(2026, 1, 31), "x")
    ] == [
        "1.5",
        "100",
        "true",
        "false",
        "",
        "2026-01-31",
        "x",
    ]


def test_an_address_falls_into_its_parts() -> None:
    assert address_parts(" Flat 3 ,12  High St\r\n\r\nLeeds,") == ["Flat 3", "12 High St", "Leeds"]
