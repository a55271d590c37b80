"""Countries, towns and telephone numbers for made-up records: one truth, and the many ways in which people write it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Country:
    """`spellings` all mean the same country; the first is the one that Xero's and HubSpot's own lists use."""

    iso: str
    spellings: tuple[str, ...]
    dial: str
    trunk: str  # what is dialled before the area code inside the country
    phones: tuple[tuple[str, str], ...]  # (area code, pattern of the rest; # is a digit)
    towns: tuple[tuple[str, str, str], ...]  # (town, region, post code)


COUNTRIES = (
    Country(
        "NZ",
        ("New Zealand", "NZ", "new zealand", "NEW ZEALAND", "NZL"),
        "64",
        "0",
        (("21", "4## ####"), ("27", "5## ####"), ("9", "52# ####"), ("4", "38# ####")),
        (
            ("Auckland", "Auckland", "1010"),
            ("Wellington", "Wellington", "6011"),
            ("Christchurch", "Canterbury", "8011"),
        ),
    ),
    Country(
        "AU",
        ("Australia", "AU", "australia", "AUS"),
        "61",
        "0",
        (("2", "80## ####"), ("3", "90## ####")),
        (("Sydney", "NSW", "2000"), ("Melbourne", "VIC", "3000")),
    ),
    Country(
        "GB",
        ("United Kingdom", "UK", "GB", "Great Britain", "U.K."),
        "44",
        "0",
        (("20", "7946 0###"), ("161", "496 0###")),
        (("London", "Greater London", "SW1A 1AA"), ("Manchester", "Greater Manchester", "M1 1AE")),
    ),
    Country(
        "US",
        ("United States", "USA", "US", "U.S.A.", "United States of America"),
        "1",
        "",
        (("201", "555 01##"), ("415", "555 01##")),
        (("Jersey City", "New Jersey", "07302"), ("San Francisco", "California", "94103")),
    ),
    Country(
        "CA",
        ("Canada", "CA", "canada"),
        "1",
        "",
        (("604", "555 01##"), ("416", "555 01##")),
        (("Vancouver", "British Columbia", "V6B 1A1"), ("Toronto", "Ontario", "M5H 2N2")),
    ),
    Country(
        "DE",
        ("Germany", "DE", "Deutschland", "GERMANY"),
        "49",
        "0",
        (("30", "2345 6###"), ("89", "2123 4###")),
        (("Berlin", "Berlin", "10115"), ("München", "Bayern", "80331")),
    ),
)
ODD_COUNTRIES = ("Aotearoa / New Zealand", "Untied Kingdom", "Holland", "overseas", "N/A", "Zealand New")
ODD_PHONES = (
    "ask for Ben",
    "n/a",
    "021 555 0123 ext. 12",
    "09 555 0123 / 021 555 0124",
    "12345",
    "(+64) (0) 9 555-0123 after 5pm",
)


@dataclass(frozen=True, slots=True)
class Phone:
    """One telephone number, in its parts: country code, area code, the rest with blanks."""

    dial: str
    trunk: str
    area: str
    rest: str

    def international(self) -> str:
        """As `+64 21 412 3456`."""
        return f"+{self.dial} {self.area} {self.rest}"

    def spellings(self) -> tuple[str, ...]:
        """Other ways to write the same number. The last two mean it only to a reader who knows the country."""
        area_first = f"({self.trunk}{self.area}) {self.rest.replace(' ', '-')}"
        return (
            f"+{self.dial}{self.area}{self.rest.replace(' ', '')}",
            f"+{self.dial}-{self.area}-{self.rest.replace(' ', '-')}",
            area_first,
            f"{self.trunk}{self.area}{self.rest.replace(' ', '')}",
        )


def phone(country: Country, which: int, number: int) -> Phone:
    """The `number`-th telephone number of a country; `which` chooses the area."""
    area, pattern = country.phones[which % len(country.phones)]
    digits = f"{number % 10 ** pattern.count('#'):0{pattern.count('#')}d}"
    rest = iter(digits)
    return Phone(
        country.dial, country.trunk, area, "".join(next(rest) if sign == "#" else sign for sign in pattern)
    )
