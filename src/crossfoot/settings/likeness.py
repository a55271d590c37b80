"""Likeness: texts reduced to what two records of the same thing have in common, and how alike two names are.

Equal keys mean "the same thing". Likeness is weaker: it only ever makes us ask a person.
"""

# ruff: noqa: SIM905 - as lists the two tables would take three screens

import unicodedata
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from crossfoot.model.fields import FieldType, as_text, canonical
from crossfoot.model.lines import Lines
from crossfoot.model.money import round_to
from crossfoot.model.phones import e164
from crossfoot.model.records import Value
from crossfoot.model.splitting import worth


class KeyForm(StrEnum):
    """How values are reduced before they are compared."""

    EXACT = "exact"  # ids and references: as they are
    TEXT = "text"  # without case, accents and punctuation
    EMAIL = "email"  # without case
    DOMAIN = "domain"  # of a web or e-mail address; those of public providers are no one's
    PHONE = "phone"  # as an international number
    NUMBER = "number"  # tax and registration numbers: letters and digits only
    CODE = "code"  # without case and needless blanks
    AMOUNT = "amount"  # of money, or what lines come to; to the cent
    PERSON_NAME = "person_name"  # as text; first and last name make one
    COMPANY_NAME = "company_name"  # as text, without legal forms such as Ltd or GmbH


def reduced(form: KeyForm, values: tuple[Value, ...], region: str | None = None) -> str | None:
    """What the values come to in this form; None if nothing is left. Several values make one text, or the first domain."""
    if form is KeyForm.DOMAIN:
        return next((domain for domain in map(own_domain, values) if domain), None)
    if form is KeyForm.AMOUNT:
        return _amount(values[0])
    text = " ".join(as_text(value) for value in values if value is not None)
    if not text:
        return None
    if form is KeyForm.EMAIL:
        return as_text(canonical(FieldType.EMAIL, text)) or None
    if form is KeyForm.PHONE:
        return e164(text, region) or None
    if form is KeyForm.NUMBER:
        return "".join(sign for sign in text.casefold() if sign.isalnum()) or None
    if form is KeyForm.CODE:
        return " ".join(text.split()).casefold() or None
    if form is KeyForm.EXACT:
        return text.strip() or None
    return (company_name(text) if form is KeyForm.COMPANY_NAME else plain(text)) or None


def _amount(value: Value) -> str | None:
    amount = worth(value) if isinstance(value, Lines) else value
    return f"{round_to(amount, 2):f}" if isinstance(amount, Decimal) and amount else None


_SILENT = frozenset(".'`\u2019\u00b4")
_LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i", "&": " and "}
)
_ASCII = {
    place: None if sign in _SILENT else _LETTERS.get(place, sign.lower() if sign.isalnum() else " ")
    for place, sign in enumerate(map(chr, range(128)))
}
"""What `plain` makes of each sign of a text without accents: most texts are such."""


@lru_cache(maxsize=1 << 13)  # few enough that memory does not grow with the number of records
def plain(text: str) -> str:
    """Words in small letters, without accents, stops and apostrophes: `O'Brien-Łasky, J.R.` is `obrien lasky jr`."""
    if text.isascii():
        return " ".join(text.translate(_ASCII).split())
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_LETTERS)
    kept = (sign for sign in folded if sign not in _SILENT and not unicodedata.combining(sign))
    return " ".join("".join(sign if sign.isalnum() else " " for sign in kept).split())


_LEGAL_FORMS = frozenset(
    (
        "ltd limited pty proprietary inc incorporated llc llp lp plc corp corporation co company gmbh mbh ag kg ohg ug kgaa se "
        "sa sas sarl srl spa snc bv nv ab as asa oy oyj aps sl slu lda ltda sro doo kft zrt pvt private pte sdn bhd kk cic nl"
    ).split()
)


@lru_cache(maxsize=1 << 13)
def company_name(text: str) -> str:
    """A company's name without legal forms at its end and "the" at its beginning: `The Acme Co. (Pty) Ltd` is `acme`."""
    words = plain(text).split()
    start, end = 0, len(words)
    while end - start > 1 and words[start] == "the":
        start += 1
    while end - start > 1 and (words[end - 1] in _LEGAL_FORMS or words[end - 1] == "and"):
        end -= 1
    return " ".join(words[start:end])


_PUBLIC = frozenset(
    (
        "gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk hotmail.fr hotmail.de live.com live.co.uk msn.com yahoo.com "
        "yahoo.co.uk yahoo.co.nz yahoo.com.au yahoo.fr yahoo.de ymail.com icloud.com me.com mac.com aol.com proton.me protonmail.com "
        "pm.me gmx.com gmx.de gmx.net web.de t-online.de mail.com mail.ru yandex.ru yandex.com zoho.com fastmail.com hey.com tutanota.com "
        "xtra.co.nz slingshot.co.nz bigpond.com bigpond.net.au optusnet.com.au iinet.net.au btinternet.com sky.com virginmedia.com "
        "talktalk.net ntlworld.com comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net shaw.ca rogers.com "
        "sympatico.ca telus.net orange.fr wanadoo.fr free.fr laposte.net libero.it qq.com 163.com 126.com "
        "facebook.com linkedin.com instagram.com twitter.com x.com youtube.com tiktok.com etsy.com sites.google.com linktr.ee"
    ).split()
)


def own_domain(value: Value) -> str | None:
    """The domain of a web or e-mail address, unless it is a mail provider's or a network's and so says nothing about whose it is."""
    domain = canonical(FieldType.DOMAIN, value)
    return domain if isinstance(domain, str) and "." in domain and domain not in _PUBLIC else None


_TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "dame"})


def blocks(form: KeyForm, key: str) -> frozenset[str]:
    """Short keys of which two alike names nearly always share one, so that only few pairs need a closer look.

    A person gets one for each order of two words: the beginning of one and the initial of another, so that `A. Lovelace`, `Lovelace Ada`
    and `Ada Lovelaec` meet. Anything else gets the beginning of its first word and of all its letters.
    """
    words = [word for word in key.split() if word not in _TITLES] or key.split()
    if form is KeyForm.PERSON_NAME and any(len(word) > 1 for word in words) and len(words) > 1:
        return frozenset(
            f"{one[:4]} {two[0]}"
            for here, one in enumerate(words)
            for there, two in enumerate(words)
            if here != there and len(one) > 1
        )
    return frozenset({words[0][:5], "".join(words)[:6]}) if words else frozenset()


def likeness(form: KeyForm, a: str, b: str) -> int:
    """How alike two reduced values are, from 0 to 100. Only 100 is equal."""
    from rapidfuzz import fuzz  # noqa: PLC0415 - 50 ms that only a search for twins needs

    if a == b:
        return 100
    if form in _STRICT:
        return 0
    score = max(fuzz.token_sort_ratio(a, b), fuzz.ratio(a.replace(" ", ""), b.replace(" ", "")))
    if score < _INITIALS and form is KeyForm.PERSON_NAME and _initials_fit(a, b):
        score = _INITIALS
    return min(99, int(score))


_INITIALS = 92.0
"""How alike a name and the same name with its first names shortened to initials are at least."""


_STRICT = frozenset(
    {KeyForm.EXACT, KeyForm.AMOUNT, KeyForm.EMAIL, KeyForm.DOMAIN, KeyForm.PHONE, KeyForm.NUMBER}
)


def _initials_fit(a: str, b: str) -> bool:
    """Whether one name is the other with first names shortened to initials: `a lovelace` and `ada lovelace`."""
    one, two = ([word for word in name.split() if word not in _TITLES] for name in (a, b))
    if len(one) != len(two) or len(one) < 2 or one[-1] != two[-1]:
        return False
    return all(x == y or (min(len(x), len(y)) == 1 and x[0] == y[0]) for x, y in zip(one, two, strict=True))
