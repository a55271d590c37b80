"""A contact's phone and address slots: one text per phone, a few texts per address.

Xero keeps a phone as country code, area code and number, and an address as four lines and parts (Xero fact 7.1). A slot is always
written as a whole, so that nothing depends on whether Xero merges what was left out.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from crossfoot.model.records import Fields, Value
from crossfoot.systems.xero.answers import Address, Phone

PHONES: Mapping[str, str] = {"DEFAULT": "Phone", "DDI": "Direct dial", "FAX": "Fax", "MOBILE": "Mobile"}
"""Phone type to the label on Xero's pages."""

ADDRESSES: Mapping[str, str] = {"POBOX": "Billing address", "STREET": "Delivery address"}
"""Address type to the label on Xero's pages."""

LINES = 4

PARTS: Mapping[str, tuple[str, str, int]] = {
    "City": ("city", "city", 255),
    "Region": ("region", "region", 255),
    "PostalCode": ("postal_code", "postal code", 50),
    "Country": ("country", "country", 50),
    "AttentionTo": ("attention_to", "attention", 255),
}
"""Address member to attribute, label and greatest length."""


def phone_text(phones: Iterable[Phone], slot: str) -> str | None:
    """`+64 9 8876543`: country code, area and number of a slot, as one text."""
    for phone in phones:
        if phone.phone_type == slot:
            country = (phone.phone_country_code or "").strip()
            if country.isdigit():
                country = f"+{country.removeprefix('00')}"
            parts = (country, (phone.phone_area_code or "").strip(), (phone.phone_number or "").strip())
            return " ".join(part for part in parts if part) or None
    return None


@lru_cache(maxsize=4096)
def _split(text: str) -> tuple[str, str, str]:
    """Country code, area and number; everything is the number where that would lose anything."""
    import phonenumbers  # noqa: PLC0415 - its tables take a while to load, and only writes of phones need them

    if not text.startswith("+"):
        return "", "", text
    try:
        parsed = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return "", "", text
    if parsed.extension or not phonenumbers.is_valid_number(parsed):
        return "", "", text
    national = phonenumbers.national_significant_number(parsed)
    area = phonenumbers.length_of_national_destination_code(parsed)
    return f"+{parsed.country_code}", national[:area], national[area:]


def phone_slot(slot: str, text: str) -> dict[str, str]:
    """The whole slot for one text; "" empties it. It reads back as the same number by E.164."""
    country, area, number = _split(text.strip())
    return {"PhoneType": slot, "PhoneNumber": number, "PhoneAreaCode": area, "PhoneCountryCode": country}


def address_value(addresses: Iterable[Address], slot: str, member: str) -> str | None:
    """One member of an address; `Lines` are the lines that hold something, one below the other."""
    for address in addresses:
        if address.address_type == slot:
            if member != "Lines":
                text: str | None = getattr(address, PARTS[member][0])
                return text or None
            lines = (
                address.address_line1,
                address.address_line2,
                address.address_line3,
                address.address_line4,
            )
            return "\n".join(line for line in lines if line and line.strip()) or None
    return None


def lines(text: str) -> list[str]:
    """The lines of an address text that hold something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def address_slot(slot: str, values: Fields, seen: Fields) -> dict[str, str]:
    """The whole address: what changes, completed from what was seen. A member that nobody knows is left out."""
    address = {"AddressType": slot}
    for member in ("Lines", *PARTS):
        path = f"Addresses.{slot}.{member}"
        if path not in values and path not in seen:
            continue
        text = _text(values[path] if path in values else seen[path])
        if member == "Lines":
            kept = lines(text)
            address |= {f"AddressLine{n + 1}": kept[n] if n < len(kept) else "" for n in range(LINES)}
        else:
            address[member] = text
    return address


def _text(value: Value) -> str:
    return "" if value is None else str(value)
