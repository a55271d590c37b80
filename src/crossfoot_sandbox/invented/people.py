"""Made-up people: the truth about a person, how each side would hold it, and the ways in which the two go apart."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from crossfoot_sandbox.invented import names, places
from crossfoot_sandbox.invented.choices import Choices

Values = dict[str, Any]

JOBS = (
    "Director",
    "Office manager",
    "Buyer",
    "Bookkeeper",
    "Site manager",
    "Head of sales",
    "Owner",
    "Engineer",
    "",
)
STREETS = (
    "High Street",
    "Queen Street",
    "Marine Parade",
    "Station Road",
    "Mill Lane",
    "Victoria Avenue",
    "Beach Road",
)


@dataclass(frozen=True, slots=True)
class Person:
    """What is true of one person. `email` and `phone` may be missing."""

    given: str
    family: str
    email: str
    phone: places.Phone | None
    country: places.Country
    town: tuple[str, str, str]
    street: str
    job: str
    company: str = ""

    @property
    def name(self) -> str:
        """Given name, blank, family name."""
        return f"{self.given} {self.family}".strip()


def invent(index: int, choices: Choices, *, domain: str = "", company: str = "") -> Person:
    """The `index`-th person. No two share a name or an e-mail."""
    given, family = names.person(index)
    country = choices.one_of(places.COUNTRIES)
    host = domain or choices.one_of(("post.example", "mail.example", "home.example"))
    return Person(
        given=given,
        family=family,
        email=f"{names.address_part(given)}.{names.address_part(family)}{'' if domain else index}@{host}",
        phone=places.phone(country, choices.below(8), index + choices.below(1000)),
        country=country,
        town=choices.one_of(country.towns),
        street=f"{1 + index % 199} {choices.one_of(STREETS)}",
        job=choices.one_of(JOBS),
        company=company,
    )


def in_another_alphabet(person: Person, index: int) -> Iterator[Person]:
    """The same person with a Greek, Cyrillic, Chinese, Arabic or accented name; each next one is longer, the last is unique."""
    _alphabet, givens, families = names.OTHER_ALPHABETS[index % len(names.OTHER_ALPHABETS)]
    given, given_ascii = givens[index // 5 % len(givens)]
    family, family_ascii = families[index // 25 % len(families)]
    foreign = replace(
        person, given=given, family=family, email=f"{given_ascii}.{family_ascii}.{person.email}"
    )
    yield foreign
    yield replace(foreign, family=f"{family}-{person.family}")
    yield replace(foreign, given=f"{given} {person.given}", family=f"{family}-{person.family}")


def for_hubspot(person: Person) -> Values:
    """As properties of a HubSpot contact."""
    town, region, code = person.town
    return {
        "firstname": person.given,
        "lastname": person.family,
        "email": person.email,
        "phone": person.phone.international() if person.phone else "",
        "jobtitle": person.job,
        "company": person.company,
        "address": person.street,
        "city": town,
        "state": region,
        "zip": code,
        "country": person.country.spellings[0],
    }


def for_xero(person: Person) -> Values:
    """As a Xero contact that is a person."""
    return {
        "Name": person.name,
        "FirstName": person.given,
        "LastName": person.family,
        "EmailAddress": person.email,
        "Phones": [xero_phone(person.phone)] if person.phone else [],
        "Addresses": xero_addresses(person.street, person.town, person.country),
    }


def xero_phone(phone: places.Phone) -> Values:
    """A number as Xero's pages hold it, in three parts."""
    return {
        "PhoneType": "DEFAULT",
        "PhoneCountryCode": phone.dial,
        "PhoneAreaCode": phone.area,
        "PhoneNumber": phone.rest,
    }


def xero_addresses(street: str, town: tuple[str, str, str], country: places.Country) -> list[Values]:
    """Billing (POBOX) and delivery (STREET) address, alike."""
    place = {
        "AddressLine1": street,
        "City": town[0],
        "Region": town[1],
        "PostalCode": town[2],
        "Country": country.spellings[0],
    }
    return [{"AddressType": "POBOX", **place}, {"AddressType": "STREET", **place}]


def _spelled_differently(crm: Values, ledger: Values, person: Person, choices: Choices) -> None:
    crm["email"] = crm["email"].title()
    crm["country"] = choices.one_of(person.country.spellings[1:])
    if person.phone:
        crm["phone"] = choices.one_of(person.phone.spellings())
    if choices.below(2):
        ledger["EmailAddress"] = ledger["EmailAddress"].upper()


def _one_field_differs(crm: Values, ledger: Values, person: Person, choices: Choices) -> None:
    which = choices.below(4)
    if which == 0:
        crm["city"] = "Old Town"
    elif which == 1:
        crm["zip"] = "0000"
    elif which == 2:
        other = places.phone(person.country, choices.below(4), choices.below(1000) * 7 + 1)
        ledger["Phones"] = [xero_phone(other)]
    else:
        crm["address"] = f"Unit 2, {crm['address']}"


def _without_email(crm: Values, ledger: Values, _person: Person, _choices: Choices) -> None:
    crm["email"] = ledger["EmailAddress"] = ""


def _another_email(crm: Values, _ledger: Values, person: Person, _choices: Choices) -> None:
    crm["email"] = f"private.{person.email}"


def _gaps_in_xero(_crm: Values, ledger: Values, _person: Person, _choices: Choices) -> None:
    ledger["Phones"], ledger["Addresses"] = [], []


def _gaps_in_hubspot(crm: Values, _ledger: Values, _person: Person, _choices: Choices) -> None:
    for name in ("phone", "address", "city", "state", "zip", "country"):
        crm[name] = ""


def _odd_phone(crm: Values, ledger: Values, _person: Person, choices: Choices) -> None:
    odd = choices.one_of(places.ODD_PHONES)
    crm["phone"] = odd
    ledger["Phones"] = [{"PhoneType": "DEFAULT", "PhoneNumber": odd}]


def _odd_country(crm: Values, ledger: Values, _person: Person, choices: Choices) -> None:
    crm["country"] = choices.one_of(places.ODD_COUNTRIES)
    ledger["Addresses"] = [{**address, "Country": "overseas"} for address in ledger["Addresses"]]


Twist = Callable[[Values, Values, Person, Choices], None]

TWISTS: Mapping[str, Twist] = {
    "spelled differently": _spelled_differently,
    "one field differs": _one_field_differs,
    "no e-mail": _without_email,
    "another e-mail": _another_email,
    "gaps in Xero": _gaps_in_xero,
    "gaps in HubSpot": _gaps_in_hubspot,
    "odd phone": _odd_phone,
    "odd country": _odd_country,
}
"""What can set the two records of one person apart, by name."""
