"""Prices that include tax. The ledger's documents may have them; the CRM knows prices without, and so does the shared value of lines.

This is the one place where a price goes from one to the other: `compared` when a document of the ledger is looked at, `as_priced` when lines
are written into one. The tax of a line is in its price at the rate that the books tell of its code; where they tell none, nothing is guessed.

Of all prices without tax that come to the same price with it, the one counts that both sides agreed on, or that the CRM has. So a price
that nobody touched stays what it is on either side, to the last digit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext

from crossfoot.model.counting import Counting
from crossfoot.model.documents import Prices
from crossfoot.model.identity import Side
from crossfoot.model.lines import Line, Lines
from crossfoot.model.money import EXACT, round_ratio
from crossfoot.model.pricing import DISCOUNT_DIGITS, with_tax, without_tax
from crossfoot.model.problems import Cause, Problem
from crossfoot.model.records import Observation, Value
from crossfoot.model.taxes import HUNDRED
from crossfoot.sync.subject import Chart, Surroundings
from crossfoot.systems.port import TaxRate

PRICE_DIGITS = 6
"""Digits of a price without tax where the CRM does not say how many it keeps."""

BY_HAND = Decimal("0.05")
"""By so much the tax of a line may differ from its rate: somebody corrected cents by hand. More, and by a part of the amount, is another rate."""

BY_HAND_PART = Decimal("0.0025")
"""The part of a line's amount. Rates that follow each other in time are half a percent apart, and mostly more."""

ZERO = Decimal(0)


def compared(ledger: Observation, crm: Observation | None, base: Value, around: Surroundings) -> Observation:
    """A document of the ledger as it is compared and carried: with prices without tax, and without taxes that are not taken.

    `base` are the lines on which both sides agreed. Lines that `unpriced` objects to are left out, as not told.
    """
    books = _Books.of(around, ledger)
    lines = books.lines if books else None
    if books is None or lines is None:
        return ledger
    fields = dict(ledger.fields)
    if books.prices is Prices.NO_TAX:
        fields[books.counting.lines] = Lines(tuple(map(books.untaxed, lines)))
    elif books.unpriced() is not None:
        del fields[books.counting.lines]
    else:
        known = _Known.of(crm, base, around)
        fields[books.counting.lines] = Lines(
            tuple(books.without(line, tuple(known.beside(line))) for line in lines)
        )
    return replace(ledger, fields=fields)


def unpriced(ledger: Observation, around: Surroundings) -> Problem | None:
    """Why the prices without tax of a document of the ledger cannot be known; None if they can."""
    books = _Books.of(around, ledger)
    return books.unpriced() if books else None


def as_priced(wanted: Lines, shared: Value, target: Observation, around: Surroundings) -> Lines | Problem:
    """Lines with prices without tax, as a document of the ledger holds them: in its own way of pricing.

    `wanted` are the ledger's own lines with their accounts and taxes, `shared` what they were made from, line by line.
    """
    books = _Books.of(around, target)
    if books is None:
        return wanted
    told = shared.all if isinstance(shared, Lines) else ()
    found: list[Line] = []
    for place, line in enumerate(wanted, start=1):
        asked = told[place - 1].tax if place <= len(told) else None
        priced = books.priced(place, line, asked)
        if isinstance(priced, Problem):
            return priced
        found.append(priced)
    return Lines(tuple(found))


@dataclass(frozen=True, slots=True)
class _Known:
    """Prices without tax that are known of a document's lines: the CRM's lines, and those on which both sides agreed."""

    crm: tuple[Line, ...]
    base: tuple[Line, ...]

    @classmethod
    def of(cls, crm: Observation | None, base: Value, around: Surroundings) -> "_Known":
        counting = around.abilities[Side.CRM].counting
        posting = around.abilities[Side.CRM].posting
        path = counting.lines if counting else posting.lines if posting else None
        told = crm.fields.get(path or "") if crm is not None else None
        return cls(told.all if isinstance(told, Lines) else (), base.all if isinstance(base, Lines) else ())

    def beside(self, line: Line) -> Iterator[Line]:
        """The CRM's line that is this one, then the one that was agreed on; of a line that nobody knows yet, all that the CRM has."""
        was = next((each for each in self.base if line.ledger_id and each.ledger_id == line.ledger_id), None)
        if was is None:
            yield from self.crm
            return
        yield from (each for each in self.crm if was.crm_id and each.crm_id == was.crm_id)
        yield was


@dataclass(frozen=True, slots=True)
class _Books:
    """A document of the ledger whose prices are not simply without tax."""

    prices: Prices
    counting: Counting
    lines: Lines | None
    digits: int
    """Of a price in the CRM."""
    title: str
    across: str
    chart: Chart
    where: str
    """Where on the ledger's pages a person sets up taxes; with a blank before it."""

    @classmethod
    def of(cls, around: Surroundings, seen: Observation) -> "_Books | None":
        """None where prices are the same on both sides."""
        if seen.ref.side is Side.CRM:
            return None
        counting, mine = (around.abilities[side].counting for side in (Side.LEDGER, Side.CRM))
        if counting is None or counting.prices is None or (mine is not None and mine.arithmetic.inclusive):
            return None
        prices = counting.words.get(str(seen.fields.get(counting.prices)), Prices.EXCLUSIVE)
        if prices is Prices.EXCLUSIVE:
            return None
        told, posting = seen.fields.get(counting.lines), around.abilities[Side.LEDGER].posting
        where = posting.where.get("taxes") if posting else None
        return cls(
            prices,
            counting,
            told if isinstance(told, Lines) else None,
            mine.arithmetic.unit_digits if mine else PRICE_DIGITS,
            around.titles[Side.LEDGER],
            around.titles[Side.CRM],
            around.charts.get(Side.LEDGER, Chart()),
            f" ({where})" if where else "",
        )

    # ── as it is looked at ──

    def untaxed(self, line: Line) -> Line:
        """A line of a document without tax: a tax that it names all the same is not taken."""
        rate = self.chart.taxes.get(line.tax or "")
        return replace(line, tax=None) if rate is None or rate.percent else line

    def without(self, line: Line, known: Sequence[Line]) -> Line:
        """The line with its price, and its amount of discount, without tax."""
        rate = self._rate(line)
        if rate is None:
            return line
        prices, discounts = [each.price for each in known], [each.discount_amount for each in known]
        return replace(
            line,
            price=_without(line.price, rate, (self.digits, self.counting.arithmetic.unit_digits), prices),
            discount_amount=_without(line.discount_amount, rate, _DISCOUNT, discounts),
        )

    def unpriced(self) -> Problem | None:
        """See the function of this name."""
        if self.prices is not Prices.INCLUSIVE:
            return None
        for place, line in enumerate(self.lines or (), start=1):
            if not (line.price or line.discount_amount):
                continue
            name = _name(place, line)
            if self._rate(line) is None:
                tax = f"The tax {line.tax} of {name}" if line.tax else f"The tax of {name}"
                return self._problem(
                    f"{tax} is in its price in {self.title}, which tells no rate for it; what it costs without tax cannot be known.",
                    f"Give the line one of the tax rates in {self.title}{self.where}, or write the invoice with prices without tax.",
                )
            problem = self._taxed_otherwise(name, line)
            if problem is not None:
                return problem
        return None

    def _taxed_otherwise(self, name: str, line: Line) -> Problem | None:
        """A line whose own tax says that its rate was another one when it was written."""
        rate, amount, tax = self._rate(line), line.net, line.tax_amount
        if rate is None or amount is None or tax is None:
            return None
        with localcontext(EXACT):
            made = round_ratio(amount * rate, HUNDRED + rate, self.counting.arithmetic.digits or 2)
            apart = abs(made - tax)
            if apart <= max(BY_HAND, abs(amount) * BY_HAND_PART):
                return None
        return self._problem(
            f"{self.title} says that {tax:,.2f} of {name} are tax, where its rate of {_plain(rate)} % comes to {made:,.2f}: "
            f"the rate was another one then, or somebody set the tax by hand. {self.across} would calculate it anew.",
            f"Let {self.title} calculate the tax of that line again, give it a tax that has the rate that it was written with{self.where}, "
            "or leave the document out with a filter.",
        )

    # ── as it is written ──

    def priced(self, place: int, line: Line, asked: str | None) -> Line | Problem:
        """A line in the document's own way of pricing. `asked` is the tax that the line is told to have, in the ledger's words."""
        there = next(
            (each for each in self.lines or () if line.ledger_id and each.ledger_id == line.ledger_id), None
        )
        name = _name(place, line)
        if self.prices is Prices.NO_TAX:
            known = self._known_rate(asked)
            if asked is not None and (known is None or known.percent):
                return self._problem(
                    f"The document in {self.title} is without tax, and {name} is to have the tax {known.name if known else asked}.",
                    f"Take the tax off the line in {self.across}, or let the document in {self.title} have tax.",
                )
            return replace(line, tax=asked or (there.tax if there else None))
        if not (line.price or line.discount_amount):
            return line
        # Of a line that loses its tax, or never had one, the ledger takes that of its account, whatever it is.
        untold = line.tax is None and (there is None or there.tax is not None)
        rate = None if untold else self._rate(line)
        if rate is None:
            tax = f"the tax {line.tax}, of which {self.title} tells no rate" if line.tax else "no tax"
            return self._problem(
                f"Prices of this document include tax in {self.title}, and {name} has {tax}: its price cannot be known there.",
                f"Choose a tax on the line in {self.across}, one that stands under 'documents: taxes' in the settings, or name one "
                "as 'tax' under 'documents'.",
            )
        was = there if there is not None and self._rate(there) == rate else Line()
        return replace(
            line,
            price=_with(line.price, rate, (self.digits, self.counting.arithmetic.unit_digits), was.price),
            discount_amount=_with(line.discount_amount, rate, _DISCOUNT, was.discount_amount),
        )

    # ── what is known of taxes ──

    def _known_rate(self, code: str | None) -> TaxRate | None:
        return self.chart.taxes.get(code or "")

    def _rate(self, line: Line) -> Decimal | None:
        """The percentage in a line's price; None where the books tell none. A line without a code and without tax has nothing in its price."""
        if line.tax is None:
            return None if line.tax_amount else ZERO
        rate = self._known_rate(line.tax)
        return None if rate is None or rate.percent <= -HUNDRED else rate.percent

    def _problem(self, what: str, fix: str) -> Problem:
        return Problem(Cause.NOT_READY, what[:1].upper() + what[1:], fix, self.counting.lines)


_DISCOUNT = (DISCOUNT_DIGITS, DISCOUNT_DIGITS)


def _without(
    amount: Decimal | None, rate: Decimal, digits: tuple[int, int], known: Sequence[Decimal | None]
) -> Decimal | None:
    """The amount without tax: a known one that comes to the same with tax, or else the exact one, rounded. `digits` without tax, and with it."""
    if amount is None or not rate:
        return amount
    mine, theirs = digits
    told = (each for each in known if each is not None and with_tax(each, rate, theirs) == amount)
    return next(told, None) or without_tax(amount, rate, mine)


def _with(
    amount: Decimal | None, rate: Decimal, digits: tuple[int, int], there: Decimal | None
) -> Decimal | None:
    """The amount with tax: the one that is there, if it is the same without, or else the exact one, rounded. `digits` as above."""
    if amount is None or not rate:
        return amount
    mine, theirs = digits
    if there is not None and without_tax(there, rate, mine) == amount:
        return there
    return with_tax(amount, rate, theirs)


def _name(place: int, line: Line) -> str:
    text = (line.description or line.item or "").split("\n", 1)[0]
    return f"line {place}" + (f" ('{text[:40]}')" if text else "")


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
