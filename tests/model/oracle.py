"""Adding up once more, from the rules in the vendors' facts and with fractions only. Shares no line with what it judges."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from crossfoot.model.arithmetic import Arithmetic
from crossfoot.model.documents import CountedLine, Document

DIGITS = {"NZD": 2, "USD": 2, "EUR": 2, "JPY": 0, "KWD": 3, "CLF": 4}


def rounded(exact: Fraction, digits: int, half: str) -> Fraction:
    """The nearest multiple of a unit; of two equally near ones the one away from nothing, or the even one."""
    units = exact * 10**digits
    below = units.numerator // units.denominator
    distance = units - below
    if distance > Fraction(1, 2):
        chosen = below + 1
    elif distance < Fraction(1, 2):
        chosen = below
    elif half == "ROUND_HALF_EVEN":
        chosen = below if below % 2 == 0 else below + 1
    else:
        assert half == "ROUND_HALF_UP"
        chosen = below + 1 if units > 0 else below
    return Fraction(chosen, 10**digits)


def percentage(line: CountedLine) -> Fraction:
    """Tax as a fraction of the net amount: what one unit of money grows by when simple taxes, then compound ones, are put on it."""
    if line.tax is None:
        return Fraction(0)
    simple = Fraction(1)
    for part in line.tax.parts:
        if not part.compound:
            simple += Fraction(part.rate) / 100
    grown = simple
    for part in line.tax.parts:
        if part.compound:
            grown *= 1 + Fraction(part.rate) / 100
    return grown - 1


@dataclass
class Sums:
    amounts: list[Fraction]
    nets: list[Fraction]
    taxes: list[Fraction]
    discounts: list[Fraction]
    off: Fraction = Fraction(0)
    fees: Fraction = Fraction(0)
    document_tax: Fraction = Fraction(0)

    @property
    def net(self) -> Fraction:
        return sum(self.nets, Fraction(0)) - self.off + self.fees

    @property
    def tax(self) -> Fraction:
        return sum(self.taxes, Fraction(0)) + self.document_tax

    @property
    def total(self) -> Fraction:
        return self.net + self.tax

    @property
    def discount(self) -> Fraction:
        return sum(self.discounts, Fraction(0)) + self.off


def sums(document: Document, arithmetic: Arithmetic) -> Sums:
    digits = DIGITS[document.currency] if arithmetic.digits is None else arithmetic.digits

    def cents(exact: Fraction) -> Fraction:
        return rounded(exact, digits, arithmetic.half)

    def price(exact: Fraction) -> Fraction:
        return rounded(exact, arithmetic.unit_digits, arithmetic.half)

    prices = str(document.prices)
    stripped = prices == "inclusive" and not arithmetic.inclusive
    told = "exclusive" if stripped else prices
    found = Sums([], [], [], [])
    exact_taxes: dict[int, Fraction] = {}
    for at, line in enumerate(document.lines):
        growth = percentage(line)
        quantity = Fraction(line.quantity or 0)
        unit = Fraction(line.price or 0)
        unit = price(unit / (1 + growth)) if stripped else price(unit)
        list_price = cents(quantity * unit)
        percent = amount_off = Fraction(0)
        if line.discount is not None:
            percent = Fraction(line.discount.percent or 0)
            amount_off = Fraction(line.discount.amount or 0)
            if stripped:
                amount_off = rounded(amount_off / (1 + growth), 4, "ROUND_HALF_UP")
            if arithmetic.discount_per_unit:
                amount_off = price(amount_off / quantity) * quantity if quantity else Fraction(0)
        if line.discount is None:
            amount = list_price
        elif str(arithmetic.discounts) == "apart":
            amount = list_price - cents(list_price * percent / 100 + amount_off)
        else:
            amount = cents(quantity * unit * (100 - percent) / 100 - amount_off)
        found.amounts.append(amount)
        found.discounts.append(list_price - amount)
        if told == "no_tax":
            found.taxes.append(Fraction(0))
        elif line.tax_override is not None and arithmetic.overrides:
            found.taxes.append(cents(Fraction(line.tax_override)))
        else:
            exact_taxes[at] = amount * growth / (1 + growth) if told == "inclusive" else amount * growth
            found.taxes.append(cents(exact_taxes[at]))
    _group(document, arithmetic, exact_taxes, found, digits)
    for amount, tax in zip(found.amounts, found.taxes, strict=True):
        found.nets.append(amount - tax if told == "inclusive" else amount)
    _adjust(document, arithmetic, found, cents)
    return found


def _adjust(
    document: Document, arithmetic: Arithmetic, found: Sums, cents: Callable[[Fraction], Fraction]
) -> None:
    """What applies to the whole: discounts, then fees to what they left, then taxes."""
    for kind in ("discount", "fee", "tax"):
        before, so_far = found.net, Fraction(0)
        for adjustment in document.adjustments:
            if str(adjustment.kind) == kind:
                base = before + (so_far if arithmetic.running else 0)
                exact = Fraction(adjustment.amount or 0) + base * Fraction(adjustment.percent or 0) / 100
                change = -cents(exact) if kind == "discount" else cents(exact)
                so_far += change
                found.off -= change if kind == "discount" else 0
                found.fees += change if kind == "fee" else 0
                found.document_tax += change if kind == "tax" else 0


def _group(
    document: Document, arithmetic: Arithmetic, exact: dict[int, Fraction], found: Sums, digits: int
) -> None:
    """Taxes rounded on several lines together, shared out: whole cents first, then one more to those that lost most."""
    if str(arithmetic.tax) == "line":
        return
    for code in {document.lines[at].tax for at in exact}:
        rated = [
            at
            for at in exact
            if document.lines[at].tax is not None
            and (document.lines[at].tax == code or str(arithmetic.tax) == "document")
        ]
        whole = rounded(sum((exact[at] for at in rated), Fraction(0)), digits, arithmetic.half)
        unit = Fraction(1, 10**digits)
        for at in rated:
            magnitude = abs(exact[at]) // unit * unit
            found.taxes[at] = magnitude if exact[at] >= 0 else -magnitude
        while (left := whole - sum(found.taxes[at] for at in rated)) != 0:
            direction = 1 if left > 0 else -1
            loser = max(rated, key=lambda at: (direction * (exact[at] - found.taxes[at]), -at))
            found.taxes[loser] += direction * unit
