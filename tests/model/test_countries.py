"""Countries by name and by code."""

import pytest

from crossfoot.model import countries
from crossfoot.model.countries import country_code, country_name

CODES = sorted(countries._names())


def test_there_are_as_many_countries_as_in_the_world() -> None:
    assert 240 < len(CODES) < 270
    assert {"NZ", "GB", "US", "XK"} <= set(CODES)
    assert not {"EU", "UN", "ZZ"} & set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_every_way_that_we_write_a_country_is_understood_again(code: str) -> None:
    full, plain = country_name(code), country_name(code, letters_only=True)
    assert full
    assert plain
    assert country_code(code) == country_code(code.lower()) == code
    assert country_code(full) == code
    assert country_code(plain) == code
    assert plain.replace(" ", "").isalpha()
    assert plain.isascii()


@pytest.mark.parametrize("code", sorted(countries._ALIASES))
def test_every_alias_means_its_country_and_none_is_taken_by_another(code: str) -> None:
    assert {country_code(alias) for alias in countries._ALIASES[code]} == {code}


def test_what_is_no_country_has_no_code() -> None:
    assert country_code("Neverland") is None
    assert country_code("South") is None
    assert country_code("") is None
    assert country_name("XX") is None
