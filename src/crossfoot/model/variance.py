"""Why two systems come to different totals for what is the same document, in words and to the cent.

The way from one total to the other is walked in single steps: first the ledger's own rules are exchanged for the CRM's, one after the
other, then what the two documents say is exchanged, line by line. What a step moves is what its rule costs. The steps begin at one total and
end at the other, so nothing is left over, whatever the document: a difference without a cause cannot hide between them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from difflib import SequenceMatcher

from crossfoot.model.arithmetic import Arithmetic, Totals, add_up, as_told
from crossfoot.model.documents import CountedLine, Document, Prices
from crossfoot.model.money import EXACT
from crossfoot.model.pricing import with_tax
from crossfoot.model.variance_rules import GUESSES, RULES, VarianceCause, how_much, on_lines


@dataclass(frozen=True, slots=True)
class Said:
    """The sums that a system itself says a document has."""

    net: Decimal
    tax: Decimal

    @property
    def total(self) -> Decimal:
        """With tax."""
        return EXACT.add(self.net, self.tax)


@dataclass(frozen=True, slots=True)
class Reckoned:
    """One side of a comparison: a document, how its system adds up, and what the system said, if it was asked."""

    document: Document
    arithmetic: Arithmetic
    said: Said | None = None
    before: Said | None = None
    """What the system said before it was last told something, for one that adds up late."""

    @property
    def counted(self) -> Said:
        """What the document comes to here."""
        return _sums(add_up(self.document, self.arithmetic))

    @property
    def sums(self) -> Said:
        """What the system said, or else what the document comes to."""
        return self.said or self.counted


@dataclass(frozen=True, slots=True)
class Variance:
    """A part of a difference, from the ledger to the CRM: positive where the CRM comes to more."""

    cause: VarianceCause
    net: Decimal
    tax: Decimal
    lines: tuple[int, ...]
    """The lines concerned, counted from 1; none where it is the document as a whole."""
    why: str
    """For people: which rules, how much, on which lines."""

    @property
    def total(self) -> Decimal:
        """What it moves the total by."""
        return EXACT.add(self.net, self.tax)


def explain_difference(ledger: Reckoned, crm: Reckoned) -> tuple[Variance, ...]:
    """Why the CRM's net, tax and total differ from the ledger's. The parts add up to the difference exactly; no difference, no parts.

    Raises ValueError for documents in different currencies, which have no difference.
    """
    currencies = [side.document.currency for side in (ledger, crm)]
    if len(set(currencies)) > 1:
        raise ValueError(f"An amount in {currencies[0]} and one in {currencies[1]} have no difference.")
    if ledger.sums == crm.sums:
        return ()
    with localcontext(EXACT):
        return tuple(_Walk(ledger, crm).steps())


@dataclass(frozen=True, slots=True)
class _Walk:
    ledger: Reckoned
    crm: Reckoned

    def steps(self) -> Iterator[Variance]:
        ledger, crm = self.ledger, self.crm
        if ledger.said is not None:
            cause, words = _why_said(ledger)
            yield from self._moved(cause, words, ledger.said, ledger.counted)
        document, rules = _start(ledger, crm), ledger.arithmetic
        here = add_up(document, rules)
        for cause, names, told in RULES:
            rules = replace(rules, **{name: getattr(crm.arithmetic, name) for name in names})
            there = add_up(document, rules)
            pairs = enumerate(zip(here.lines, there.lines, strict=False), 1)
            lines = tuple(number for number, (one, other) in pairs if one != other)
            words = told(ledger.arithmetic, crm.arithmetic)
            yield from self._moved(cause, words, _sums(here), _sums(there), lines)
            here = there
        for cause, rewritten, words, lines in self._rewritten(as_told(document, rules)):
            there = add_up(rewritten, crm.arithmetic)
            yield from self._moved(cause, words, _sums(here), _sums(there), lines)
            here = there
        there = add_up(crm.document, crm.arithmetic)
        words = f"{crm.arithmetic.title} has other discounts, fees or taxes of the whole than {ledger.arithmetic.title}"
        yield from self._moved(VarianceCause.EXTRAS, words, _sums(here), _sums(there))
        if crm.said is not None:
            cause, words = _why_said(crm)
            yield from self._moved(cause, words, crm.counted, crm.said)

    def _moved(
        self, cause: VarianceCause, words: str, here: Said, there: Said, lines: tuple[int, ...] = ()
    ) -> Iterator[Variance]:
        """A step, if it moves anything."""
        net, tax = there.net - here.net, there.tax - here.tax
        if net or tax:
            much = how_much(net, tax, self.ledger.document.currency, self.crm.arithmetic.title)
            yield Variance(cause, net, tax, lines, f"{words}: {much}{on_lines(lines)}.")

    def _rewritten(
        self, document: Document
    ) -> Iterator[tuple[VarianceCause, Document, str, tuple[int, ...]]]:
        """The ledger's document as it becomes the CRM's: its prices, then line by line; with what changed."""
        wanted = as_told(self.crm.document, self.crm.arithmetic)
        ours, theirs = self.ledger.arithmetic.title, self.crm.arithmetic.title
        if document.prices is not wanted.prices:
            document = replace(document, prices=wanted.prices, adjustments=())
            words = f"Tax is {wanted.prices} in {theirs} and not in {ours}".replace("_", " ")
            yield VarianceCause.LINES, document, words, ()
        old, new = document.lines, wanted.lines
        matched = SequenceMatcher(None, list(map(_money, old)), list(map(_money, new)), autojunk=False)
        for tag, i, old_end, j, new_end in matched.get_opcodes():
            if tag == "equal":
                lines = new[:new_end] + old[old_end:]
                words = f"{theirs} has other tax codes than {ours}"
                yield VarianceCause.LINES, replace(document, lines=lines), words, ()
                continue
            for step in range(max(old_end - i, new_end - j)):
                one, other = min(i + step, old_end), min(j + step, new_end)
                mine = old[one] if one < old_end else None
                yours = new[other] if other < new_end else None
                lines = new[: min(other + 1, new_end)] + old[min(one + 1, old_end) :]
                number = one + 1 if mine else other + 1
                rewritten = replace(document, lines=lines)
                told = next(iter(self.ledger.document.lines[one : one + 1]), None)
                if told and mine and yours and self._same_with_tax(told, mine, yours):
                    digits = self.ledger.arithmetic.unit_digits
                    words = f"{ours} keeps {digits} digits of a price with tax, {theirs} the price without"
                    yield VarianceCause.TAX_IN_PRICES, rewritten, words, (number,)
                    continue
                inclusive = (
                    self.ledger.document.prices is Prices.INCLUSIVE
                    and told is not None
                    and yours is not None
                    and told.price == yours.price
                )
                words = _differs(mine, yours, ours, theirs, inclusive=inclusive)
                yield VarianceCause.LINES, rewritten, words, (number,)

    def _same_with_tax(self, told: CountedLine, mine: CountedLine, yours: CountedLine) -> bool:
        """Whether the CRM's price comes to the very price with tax that the ledger has, and all else is the same."""
        if self.ledger.document.prices is not Prices.INCLUSIVE or None in (told.price, yours.price):
            return False
        assert told.price is not None
        assert yours.price is not None
        rate = told.tax.rate if told.tax else Decimal(0)
        priced = with_tax(yours.price, rate, self.ledger.arithmetic.unit_digits)
        return priced == told.price and _money(replace(mine, price=yours.price)) == _money(yours)


def _start(ledger: Reckoned, crm: Reckoned) -> Document:
    """The document to set out from: the CRM's own, if the ledger was told just that in its own words, else the ledger's."""
    rules = ledger.arithmetic
    told, held = as_told(crm.document, rules), as_told(ledger.document, rules)
    same = told.prices is held.prices and list(map(_money, told.lines)) == list(map(_money, held.lines))
    return crm.document if same and add_up(told, rules) == add_up(held, rules) else ledger.document


def _differs(
    mine: CountedLine | None, yours: CountedLine | None, ours: str, theirs: str, *, inclusive: bool
) -> str:
    if mine is None or yours is None:
        only, line = (theirs, yours) if mine is None else (ours, mine)
        return f"Only {only} has the line '{line.description if line else ''}'"
    names = ("quantity", "price", "discount", "tax rate", "tax set by hand")
    pairs = zip(names, _money(mine), _money(yours), strict=True)
    differing = [name for name, one, other in pairs if one != other]
    if inclusive and differing == ["price"]:
        return f"{theirs} takes a price that includes tax in {ours} for one without"
    if differing == ["tax rate"]:
        return f"{theirs} takes {_percentage(yours)} where {ours} takes {_percentage(mine)}"
    return f"{theirs} has another {' and '.join(differing)} than {ours}"


def _percentage(line: CountedLine) -> str:
    return f"{line.tax.rate.normalize():f} %" if line.tax else "no tax"


def _why_said(side: Reckoned) -> tuple[VarianceCause, str]:
    """Why a system says something else than its lines come to, as far as that can be known."""
    said, counted, rules = side.said, side.counted, side.arithmetic
    assert said is not None
    words = f"{rules.title} says {said.total:,f} where the lines come to {counted.total:,f}"
    if rules.delayed and said in (Said(Decimal(0), Decimal(0)), side.before):
        return VarianceCause.NOT_YET, f"{words}, for it has not added up yet"
    for cause, told, guess in GUESSES:
        if said != counted and said == _sums(add_up(side.document, guess(rules))):
            return cause, f"{words}, which is right if {told}"
    return VarianceCause.UNEXPLAINED, words


def _sums(totals: Totals) -> Said:
    return Said(totals.net, totals.tax)


def _money(line: CountedLine) -> Sequence[object]:
    """What of a line moves money."""
    return line.quantity, line.price, line.discount, line.tax and line.tax.rate, line.tax_override
