"""Phones and addresses as texts."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossfoot.systems.xero import slots
from crossfoot.systems.xero.answers import Address, Phone, decoded


def read_back(slot: dict[str, str]) -> str | None:
    phone = Phone(slot["PhoneType"], slot["PhoneNumber"], slot["PhoneAreaCode"], slot["PhoneCountryCode"])
    return slots.phone_text([phone], slot["PhoneType"])


@pytest.mark.parametrize(
    ("country", "area", "number", "text"),
    [
        ("64", "9", "8876543", "+64 9 8876543"),
        ("+64", "9", "887 6543", "+64 9 887 6543"),
        ("0064", None, "9 8876543", "+64 9 8876543"),
        (None, "09", "8876543", "09 8876543"),
        ("", "", "+64 9 8876543", "+64 9 8876543"),
        ("", "", "", None),
    ],
)
def test_a_phone_is_one_text(country: str | None, area: str | None, number: str, text: str | None) -> None:
    assert slots.phone_text([Phone("FAX", "1"), Phone("DEFAULT", number, area, country)], "DEFAULT") == text


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("+64 9 887 6543", ("+64", "9", "8876543")),
        ("+44 20 7946 0958", ("+44", "20", "79460958")),
        ("+39 06 6982 1234", ("+39", "06", "69821234")),
        ("+1 212 555 0199 ext. 5", ("", "", "+1 212 555 0199 ext. 5")),
        ("09 887 6543", ("", "", "09 887 6543")),
        ("ask for Bo", ("", "", "ask for Bo")),
        ("+999 1", ("", "", "+999 1")),
        ("", ("", "", "")),
    ],
)
def test_a_phone_is_split_only_where_nothing_is_lost(text: str, parts: tuple[str, str, str]) -> None:
    slot = slots.phone_slot("DEFAULT", text)
    assert (slot["PhoneCountryCode"], slot["PhoneAreaCode"], slot["PhoneNumber"]) == parts


@given(st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)))
def test_a_written_phone_reads_back_as_the_same_number(region: str) -> None:
    for kind in (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE):
        example = phonenumbers.example_number_for_type(region, kind)
        if example is None:
            continue
        text = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        slot = slots.phone_slot("DEFAULT", text)
        assert len(slot["PhoneAreaCode"]) <= 10
        assert phonenumbers.parse(str(read_back(slot)), None) == phonenumbers.parse(text, None)


@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), min_size=1, max_size=50))
def test_a_text_that_is_no_number_is_kept_as_it_is(text: str) -> None:
    slot = slots.phone_slot("FAX", text)
    if not slot["PhoneCountryCode"]:
        assert read_back(slot) == text


def test_an_addresss_lines_stand_one_below_the_other() -> None:
    address = Address("STREET", "1 High Street", "", "  ", "Kumeu", city="")
    assert slots.address_value([address], "STREET", "Lines") == "1 High Street\nKumeu"
    assert slots.address_value([address], "STREET", "City") is None
    assert slots.address_value([address], "POBOX", "Lines") is None


def test_a_changed_address_is_completed_from_what_was_seen() -> None:
    values = {"Addresses.POBOX.Lines": "1 High Street\n\n Kumeu ", "Addresses.POBOX.Region": None}
    seen = {
        "Addresses.POBOX.City": "Auckland",
        "Addresses.POBOX.Region": "North",
        "Addresses.STREET.City": "Bonn",
    }
    assert slots.address_slot("POBOX", values, seen) == {
        "AddressType": "POBOX",
        "AddressLine1": "1 High Street",
        "AddressLine2": "Kumeu",
        "AddressLine3": "",
        "AddressLine4": "",
        "City": "Auckland",
        "Region": "",
    }


def test_unknown_fields_and_values_of_xero_are_passed_over() -> None:
    phone = decoded(b'{"PhoneType":"HOLOGRAM","PhoneNumber":"1","PhoneColour":7}', Phone)
    assert phone.phone_type == "HOLOGRAM"
