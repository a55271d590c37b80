"""Telephone numbers: one form for every way to write the same number."""

from functools import lru_cache

_EXTENSION_WORDS = frozenset({"x", "ext", "extn", "extension", "tel"})
"""Words that belong to a number. Any other ("ask for Bob", a letter number) makes it a text that nobody may rewrite."""


@lru_cache(maxsize=1 << 13)  # few enough that memory does not grow with the number of records
def e164(text: str, region: str | None = None) -> str:
    """The number as `+6498876543` (with `;ext=5` where it has an extension), or the text itself with single blanks if it is none.

    `region` is the ISO 3166 code of the country whose national numbers are meant; without it only numbers with a country code are known.
    """
    plain = " ".join(text.split())
    if any(sign.isalpha() for sign in plain) and not _EXTENSION_WORDS.issuperset(_words(plain)):
        return plain
    form = _formatted(plain, region.upper() if region else None)
    if form is None:
        return plain
    # What we write must be read back as the same number, or two systems would correct each other for ever. An international number is read
    # by its digits alone: where they are those of the form, the form has just been read.
    return form if _digits(plain) == form or _formatted(form, None) == form else plain


def _formatted(text: str, region: str | None) -> str | None:
    import phonenumbers  # noqa: PLC0415 - 40 ms that a program without telephone numbers need not spend

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    form: str = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{form};ext={number.extension}" if number.extension else form


def _digits(text: str) -> str:
    """An international number without the blanks and signs between its digits; a text of another sort as it is."""
    return "+" + text[1:].translate(_BETWEEN) if text.startswith("+") else text


_BETWEEN = str.maketrans("", "", " -().")


def _words(text: str) -> list[str]:
    return "".join(sign if sign.isalpha() else " " for sign in text.lower()).split()
