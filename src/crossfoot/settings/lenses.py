"""Lenses: how the native values of each side stand for one shared value.

`get` sees the shared value in a side's native values; `put` writes a shared value into them. Two laws keep the two sides from
overwriting each other for ever, and are tested for every lens:

put-get: what was put is seen again as the same value;
get-put: putting back what is already there changes nothing, not even its spelling.

A lens that loses something (upper case, a constant) works one way only: `towards` is the side that it writes to, and only there does it
write. No lens cuts or invents anything; what the other side cannot hold is refused before the write, by `fits`.
"""

# ruff: noqa: ARG002 - a lens has the same signature for both sides, also where it treats them alike

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import ClassVar

from crossfoot.model.countries import country_name
from crossfoot.model.fields import FieldType, address_parts, as_text, canonical, same
from crossfoot.model.identity import Side
from crossfoot.model.money import round_to
from crossfoot.model.records import Value

Values = tuple[Value, ...]
"""The native values of a field pair on one side, in the order of its paths. Mostly one."""


@dataclass(frozen=True, slots=True)
class Lens:
    """One value on each side, the same but for its spelling. The shared value is the canonical one."""

    name: str
    type: FieldType
    towards: Side | None = None
    """The only side that may be written to; None for a lens with an inverse."""
    region: str | None = None
    """ISO 3166 code of the country whose telephone numbers need no country code."""

    nothing_is_nothing: ClassVar[bool] = True
    """Whether a side that holds nothing always means nothing. Most fields of most records are empty, so this spares many a look."""

    @property
    def two_way(self) -> bool:
        """Whether it has an inverse, so that both sides may be written to."""
        return self.towards is None

    def get(self, side: Side, values: Values) -> Value:
        """The shared value."""
        value = values[0]
        return None if value is None else canonical(self.type, value, self.region)

    def put(self, side: Side, value: Value, old: Values) -> Values:
        """The native values that stand for `value`; the old ones where they already do."""
        if self.same(self.get(side, old), value):
            return old
        return self.native(side, value, old)

    def native(self, side: Side, value: Value, old: Values) -> Values:
        """How the side spells a value that differs from the old one."""
        return (value,)

    def same(self, a: Value, b: Value) -> bool:
        """Whether two shared values mean the same."""
        return same(self.type, a, b, self.region)

    def obstacle(self, side: Side, values: Values) -> str | None:
        """Why these native values cannot be expressed on the other side, in one sentence; None if they can."""
        return None

    def says_nothing(self, value: Value) -> bool:
        """Whether a shared value is what a record holds before anybody has said anything; on first contact it is no change."""
        return value is None


@dataclass(frozen=True, slots=True)
class Verbatim(Lens):
    """Carried as people wrote it, without blanks around; only the comparison is canonical (e-mail, web addresses)."""

    def get(self, side: Side, values: Values) -> Value:
        return as_text(values[0]).strip() or None


@dataclass(frozen=True, slots=True)
class Naming(Lens):
    """The id of another record. Where a side has several paths, the first one carries the shared value (`sync.refer` says which counts)."""

    def native(self, side: Side, value: Value, old: Values) -> Values:
        return (value, *(None for _ in old[1:]))


@dataclass(frozen=True, slots=True)
class Country(Lens):
    """Shared as the ISO code; written as the English name, or as the code where the side wants it. Unknown names stay as they are."""

    codes: frozenset[Side] = frozenset()
    """The sides that hold the code instead of the name."""

    def native(self, side: Side, value: Value, old: Values) -> Values:
        code = as_text(value)
        if side in self.codes:
            return (value,)
        return (country_name(code, letters_only=side is Side.LEDGER) or value,)


@dataclass(frozen=True, slots=True)
class PersonName(Lens):
    """Shared as the full name; a side that keeps first and last name apart gets it split.

    The old first name stays while the full name still begins with it, else the old last name while it still ends with it. Only a wholly
    new name is split by its words: particles (van, de) and suffixes (Jr, III) go with the last name, a single word is a first name.
    """

    def get(self, side: Side, values: Values) -> Value:
        return _joined(values, " ")

    def native(self, side: Side, value: Value, old: Values) -> Values:
        full = as_text(canonical(self.type, value))
        if len(old) == 1:
            return (full or None,)
        first, last = (as_text(canonical(self.type, part)) for part in old)
        if first and full == first:
            return (old[0], None)
        if first and full.startswith(first + " "):
            return (old[0], full[len(first) + 1 :])
        if last and full.endswith(" " + last):
            return (full[: -len(last) - 1], old[1])
        return _split_name(full)


_SUFFIXES = frozenset(
    {
        "jr",
        "sr",
        "ii",
        "iii",
        "iv",
        "v",
        "phd",
        "md",
        "esq",
        "cpa",
        "mba",
        "qc",
        "kc",
        "obe",
        "mbe",
        "cbe",
        "onzm",
    }
)
_PARTICLES = frozenset(
    {
        "van",
        "von",
        "der",
        "den",
        "de",
        "del",
        "della",
        "da",
        "dos",
        "das",
        "di",
        "du",
        "la",
        "le",
        "ter",
        "ten",
        "bin",
        "ibn",
        "al",
        "zu",
    }
)


def _split_name(full: str) -> Values:
    words = full.split(" ")
    end = len(words)
    while end > 2 and words[end - 1].lower().replace(".", "").rstrip(",") in _SUFFIXES:
        end -= 1
    start = end - 1
    while start > 1 and words[start - 1].lower() in _PARTICLES:
        start -= 1
    if start < 1:
        return (full or None, None)
    return (" ".join(words[:start]), " ".join(words[start:]))


@dataclass(frozen=True, slots=True)
class Address(Lens):
    """The parts of a street address: one text with commas in the CRM, up to four lines in the ledger."""

    lines_max: int = 4

    def get(self, side: Side, values: Values) -> Value:
        return canonical(self.type, values[0])

    def native(self, side: Side, value: Value, old: Values) -> Values:
        parts = address_parts(as_text(value))
        if side is Side.LEDGER:
            lines = [*parts[: self.lines_max - 1], ", ".join(parts[self.lines_max - 1 :])]
            return ("\n".join(line for line in lines if line) or None,)
        return (", ".join(parts) or None,)


@dataclass(frozen=True, slots=True)
class Rounded(Lens):
    """A number of at most `digits` digits after the point on both sides; half goes up, away from nothing."""

    digits: int | None = None

    def get(self, side: Side, values: Values) -> Value:
        return self._round(canonical(self.type, values[0]))

    def native(self, side: Side, value: Value, old: Values) -> Values:
        return (self._round(canonical(self.type, value)),)

    def same(self, a: Value, b: Value) -> bool:
        if a is b:
            return True
        return self._round(canonical(self.type, a)) == self._round(canonical(self.type, b))

    def _round(self, value: Value) -> Value:
        if self.digits is None or not isinstance(value, Decimal):
            return value
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and -exponent <= self.digits:
            return value
        return canonical(self.type, round_to(value, self.digits))


@dataclass(frozen=True, slots=True)
class Choice(Lens):
    """Each crm value stands for a ledger value, as the user listed them. A value that is not listed cannot be expressed.

    The shared value is the crm's word, or the ledger's where only the ledger is written to.
    """

    nothing_is_nothing: ClassVar[bool] = False
    values: tuple[tuple[Value, Value], ...] = ()
    """Crm value and ledger value. Values written in both directions occur once on each side."""
    _shared: Mapping[Side, Mapping[str, str]] = field(init=False, repr=False, compare=False)
    _native: Mapping[Side, Mapping[str, Value]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        pairs = [{Side.CRM: crm, Side.LEDGER: ledger} for crm, ledger in self.values]
        words = self.towards or Side.CRM
        shared = {side: {as_text(pair[side]): as_text(pair[words]) for pair in pairs} for side in Side}
        native = {side: {as_text(pair[words]): pair[side] for pair in pairs} for side in Side}
        object.__setattr__(self, "_shared", shared)
        object.__setattr__(self, "_native", native)

    def get(self, side: Side, values: Values) -> Value:
        word = as_text(values[0]).strip()
        return self._shared[side].get(word, word) or None

    def put(self, side: Side, value: Value, old: Values) -> Values:
        if self.obstacle(side, old) is None and self.same(self.get(side, old), value):
            return old
        return self.native(side, value, old)

    def native(self, side: Side, value: Value, old: Values) -> Values:
        if value is None:
            return (None,)
        word = as_text(value)
        if word not in self._native[side]:
            raise Inexpressible(f"'{word}' is not among the listed values of the mapping.")
        return (self._native[side][word],)

    def obstacle(self, side: Side, values: Values) -> str | None:
        word = as_text(values[0]).strip()
        return (
            None
            if not word or word in self._shared[side]
            else f"'{word}' is not among the listed values of the mapping."
        )


class Inexpressible(ValueError):
    """A value was written that the side has no word for."""


@dataclass(frozen=True, slots=True)
class Constant(Lens):
    """Always the same value, whatever the other side holds. One way."""

    nothing_is_nothing: ClassVar[bool] = False
    value: Value = None

    def get(self, side: Side, values: Values) -> Value:
        return canonical(self.type, values[0] if side is self.towards else self.value)


@dataclass(frozen=True, slots=True)
class Default(Lens):
    """The value as it is, or this one where there is none. One way."""

    nothing_is_nothing: ClassVar[bool] = False
    value: Value = None

    def get(self, side: Side, values: Values) -> Value:
        seen = canonical(self.type, values[0])
        return canonical(self.type, self.value) if seen is None and side is not self.towards else seen


@dataclass(frozen=True, slots=True)
class Joined(Lens):
    """Several texts in one, those that are empty left out. One way."""

    separator: str = " "

    def get(self, side: Side, values: Values) -> Value:
        return canonical(
            self.type, _joined(values, self.separator) if side is not self.towards else values[0]
        )


@dataclass(frozen=True, slots=True)
class Later(Lens):
    """So many days after the day of the other side, such as a due date. One way."""

    days: int = 0

    def get(self, side: Side, values: Values) -> Value:
        day = canonical(self.type, values[0])
        return day + timedelta(days=self.days) if side is not self.towards and isinstance(day, date) else day


@dataclass(frozen=True, slots=True)
class Cased(Lens):
    """In capital or in small letters. One way."""

    upper: bool = True

    def get(self, side: Side, values: Values) -> Value:
        seen = canonical(self.type, values[0])
        if side is self.towards or not isinstance(seen, str):
            return seen
        return seen.upper() if self.upper else seen.lower()


def _joined(values: Values, separator: str) -> str | None:
    parts = [" ".join(as_text(value).split()) for value in values if value is not None]
    return separator.join([part for part in parts if part]) or None
