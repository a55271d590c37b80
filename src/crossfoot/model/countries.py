"""Countries: from the names that people write to ISO 3166 alpha-2, and back to an English name."""

import unicodedata
from functools import cache, lru_cache

_ALIASES: dict[str, tuple[str, ...]] = {
    "AE": ("UAE", "Emirates"),
    "AT": ("Österreich", "Oesterreich"),
    "BE": ("Belgique", "België", "Belgien"),
    "BN": ("Brunei Darussalam",),
    "BO": ("Bolivia, Plurinational State of",),
    "BR": ("Brasil",),
    "BS": ("The Bahamas",),
    "CD": ("DR Congo", "DRC", "Democratic Republic of the Congo"),
    "CG": ("Republic of the Congo", "Congo"),
    "CH": ("Schweiz", "Suisse", "Svizzera"),
    "CI": ("Ivory Coast",),
    "CN": ("PRC", "People's Republic of China", "Mainland China"),
    "CV": ("Cabo Verde",),
    "CZ": ("Czech Republic", "The Czech Republic"),
    "DE": ("Deutschland", "Federal Republic of Germany"),
    "DK": ("Danmark",),
    "ES": ("España",),
    "FI": ("Suomi",),
    "FM": ("Federated States of Micronesia",),
    "GB": (
        "UK",
        "Great Britain",
        "Britain",
        "England",
        "Scotland",
        "Wales",
        "Northern Ireland",
        "United Kingdom of Great Britain and Northern Ireland",
        "The United Kingdom",
    ),
    "GM": ("The Gambia",),
    "HK": ("Hong Kong", "Hong Kong SAR"),
    "IE": ("Éire", "Republic of Ireland"),
    "IR": ("Iran, Islamic Republic of",),
    "IT": ("Italia",),
    "KP": ("Democratic People's Republic of Korea", "Korea, North", "DPRK"),
    "KR": ("Korea", "Republic of Korea", "Korea, Republic of", "Korea, South"),
    "LA": ("Lao PDR", "Lao People's Democratic Republic"),
    "MD": ("Republic of Moldova", "Moldova, Republic of"),
    "MK": ("Macedonia",),
    "MM": ("Myanmar", "Burma"),
    "MO": ("Macau", "Macao"),
    "MX": ("México",),
    "NL": ("Holland", "The Netherlands", "Nederland"),
    "NO": ("Norge",),
    "NZ": ("Aotearoa", "Aotearoa New Zealand"),
    "PH": ("The Philippines",),
    "PL": ("Polska",),
    "PS": ("Palestine", "State of Palestine"),
    "RU": ("Russian Federation",),
    "SE": ("Sverige",),
    "SY": ("Syrian Arab Republic",),
    "SZ": ("Swaziland",),
    "TR": ("Turkey",),
    "TW": ("Republic of China", "Taiwan, Province of China"),
    "TZ": ("Tanzania, United Republic of",),
    "US": ("USA", "America", "United States of America", "The United States", "The United States of America"),
    "VA": ("Holy See", "Vatican"),
    "VE": ("Venezuela, Bolivarian Republic of",),
    "VN": ("Viet Nam",),
    "ZA": ("RSA", "Republic of South Africa"),
}
"""Names that people write and Babel's English list lacks. Case, accents, stops and blanks make no difference."""

_NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"})


@lru_cache(maxsize=1 << 14)
def country_code(text: str) -> str | None:
    """The ISO 3166 alpha-2 code of a country written as a code or an English (or common local) name; None if it is none that we know."""
    return _codes().get(_letters(text))


@lru_cache(maxsize=1 << 10)
def country_name(code: str, *, letters_only: bool = False) -> str | None:
    """The English name of a country, or None if there is no such code.

    `letters_only` leaves nothing but the letters A to Z and blanks, as Xero wants it (Xero fact 7.1): `Cote d Ivoire`. `country_code`
    understands both.
    """
    name = _names().get(code)
    if name is None or not letters_only:
        return name
    plain = "".join(
        sign
        for sign in unicodedata.normalize("NFKD", name.replace("&", "and"))
        if not unicodedata.combining(sign)
    )
    return " ".join("".join(sign if sign.isascii() and sign.isalpha() else " " for sign in plain).split())


def _letters(text: str) -> str:
    """The letters alone, so that accents, stops and blanks make no difference, and `&` is "and"."""
    plain = unicodedata.normalize("NFKD", text.replace("&", "and")).casefold()
    return "".join(sign for sign in plain if sign.isalpha())


@cache
def _names() -> dict[str, str]:
    from babel import Locale  # noqa: PLC0415 - a program that meets no country need not load Babel

    territories: dict[str, str] = dict(Locale.parse("en").territories)
    return {
        code: name
        for code, name in territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES
    }


@cache
def _codes() -> dict[str, str]:
    names = _names()
    codes = {_letters(code): code for code in names}
    for code, name in names.items():
        codes[_letters(name)] = code
        bare = name.partition(" (")[0]
        codes.setdefault(_letters(bare), code)
        codes.setdefault(_letters(country_name(code, letters_only=True) or name), code)
        if bare.startswith("St. "):
            codes.setdefault(_letters("Saint " + bare[4:]), code)
    for code, aliases in _ALIASES.items():
        for alias in aliases:
            codes.setdefault(_letters(alias), code)
    return codes
