"""Made-up companies with the people who work there: HubSpot companies and Xero contacts that are not a person."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from crossfoot_sandbox.invented import names, places
from crossfoot_sandbox.invented.choices import Choices
from crossfoot_sandbox.invented.people import STREETS, Person, Values, xero_addresses, xero_phone


@dataclass(frozen=True, slots=True)
class Firm:
    """What is true of one company. `legal` holds two spellings of its legal form."""

    base: str
    legal: tuple[str, str]
    domain: str
    phone: places.Phone
    country: places.Country
    town: tuple[str, str, str]
    street: str
    tax_number: str

    @property
    def name(self) -> str:
        """The name with its legal form."""
        return f"{self.base} {self.legal[0]}"


def invent(index: int, choices: Choices) -> Firm:
    """The `index`-th company. No two share a name or a domain."""
    base = names.company(index)
    country = choices.one_of(places.COUNTRIES)
    return Firm(
        base=base,
        legal=choices.one_of(names.LEGAL_FORMS),
        domain=f"{names.address_part(base).replace('.', '-')}.example",
        phone=places.phone(country, choices.below(8), index * 3 + choices.below(1000)),
        country=country,
        town=choices.one_of(country.towns),
        street=f"{1 + index % 299} {choices.one_of(STREETS)}",
        tax_number=f"{100 + index % 900}-{(index * 37) % 1000:03d}-{(index * 101) % 1000:03d}",
    )


def for_hubspot(firm: Firm) -> Values:
    """As properties of a HubSpot company."""
    town, region, code = firm.town
    return {
        "name": firm.name,
        "domain": firm.domain,
        "website": f"https://{firm.domain}",
        "phone": firm.phone.international(),
        "address": firm.street,
        "city": town,
        "state": region,
        "zip": code,
        "country": firm.country.spellings[0],
    }


def for_xero(firm: Firm, staff: list[Person]) -> Values:
    """As a Xero contact: the first of the staff is its primary person, the next five its further persons."""
    primary = staff[0] if staff else None
    values: Values = {
        "Name": firm.name,
        "EmailAddress": primary.email if primary and primary.email else f"accounts@{firm.domain}",
        "TaxNumber": firm.tax_number,
        "Phones": [xero_phone(firm.phone)],
        "Addresses": xero_addresses(firm.street, firm.town, firm.country),
    }
    if primary:
        values |= {"FirstName": primary.given, "LastName": primary.family}
    if staff[1:]:
        values["ContactPersons"] = [
            {
                "FirstName": person.given,
                "LastName": person.family,
                "EmailAddress": person.email,
                "IncludeInEmails": False,
            }
            for person in staff[1:6]
        ]
    return values


def _other_legal_form(_crm: Values, ledger: Values, firm: Firm, _choices: Choices) -> None:
    ledger["Name"] = f"{firm.base} {firm.legal[1]}" if firm.legal[1] != firm.legal[0] else firm.name.upper()


def _other_case(crm: Values, _ledger: Values, firm: Firm, choices: Choices) -> None:
    crm["name"] = firm.name.upper()
    crm["country"] = choices.one_of(firm.country.spellings[1:])
    crm["phone"] = choices.one_of(firm.phone.spellings())


def _similar_name(crm: Values, ledger: Values, firm: Firm, _choices: Choices) -> None:
    """Only a person can tell whether it is the same company: no common domain, names alike but not equal."""
    crm["name"] = f"{firm.base} Group"
    crm["domain"] = crm["website"] = ""
    ledger["TaxNumber"] = ""


def _no_domain(crm: Values, _ledger: Values, _firm: Firm, _choices: Choices) -> None:
    crm["domain"] = crm["website"] = ""


def _one_field_differs(crm: Values, ledger: Values, _firm: Firm, choices: Choices) -> None:
    if choices.below(2):
        crm["city"] = "Old Town"
    else:
        ledger["Addresses"] = [{**address, "PostalCode": "0000"} for address in ledger["Addresses"]]


Twist = Callable[[Values, Values, Firm, Choices], None]

TWISTS: Mapping[str, Twist] = {
    "other legal form": _other_legal_form,
    "spelled differently": _other_case,
    "similar name": _similar_name,
    "no domain": _no_domain,
    "one field differs": _one_field_differs,
}
"""What can set the two records of one company apart, by name. "seven people" is made in `generate.py`."""
