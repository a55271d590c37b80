"""What the books of the other side would refuse of a document or a payment, found before they are called.

Nothing here knows a system: each declares what it checks (`model.posting`), and tells its accounts, taxes, currencies and closed days.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from crossfoot.model.identity import Side
from crossfoot.model.lines import Line, Lines
from crossfoot.model.money import currency_digits
from crossfoot.model.posting import Place, Posting
from crossfoot.model.problems import Cause, Problem
from crossfoot.model.records import Fields, Observation, Value
from crossfoot.settings.document_lenses import LinesLens
from crossfoot.settings.rules import Sync
from crossfoot.sync.subject import Chart, Owed, Surroundings
from crossfoot.systems.port import TaxRate


def unready(
    sync: Sync,
    side: Side,
    values: Mapping[str, Value],
    target: Observation,
    source: Observation,
    around: Surroundings,
) -> Problem | None:
    """Why the books of `side` would not take these native values; None if they would, or nothing is known that speaks against it.

    `target` is the record as it stands there (nothing, for a new one), `source` the one across whose values these are.
    """
    posting = around.abilities[side].posting
    if posting is None:
        return None
    check = _Check(sync, side, posting, values, target.fields, source, around)
    return (
        check.currency()
        or check.payment()
        or check.account()
        or check.lacking()
        or check.closed()
        or check.whole()
        or check.lines()
    )


def owed(posting: Posting, fields: Fields) -> Owed:
    """What is due of a document, as far as it tells."""
    due, currency, number = (
        fields.get(path or "") for path in (posting.due, posting.currency, posting.number)
    )
    return Owed(
        due if isinstance(due, Decimal) else None,
        stands(posting, fields),
        currency if isinstance(currency, str) else None,
        number if isinstance(number, str) else "",
    )


def stands(posting: Posting, fields: Fields) -> bool:
    """Whether a record stands in the books."""
    return posting.state is None or fields.get(posting.state) in posting.posted


class _Check:
    """The checks of one write, each a question with a problem for an answer."""

    def __init__(
        self,
        sync: Sync,
        side: Side,
        posting: Posting,
        values: Mapping[str, Value],
        there: Fields,
        source: Observation,
        around: Surroundings,
    ) -> None:
        self._sync, self._side, self._posting, self._around = sync, side, posting, around
        self._values, self._there, self._source = values, there, source
        self._after: Fields = {**there, **values}
        self._chart = around.charts.get(side, Chart())
        self._title, self._across = around.titles[side], around.titles[side.other]

    def _where(self, place: Place) -> str:
        path = self._posting.where.get(place)
        return f" in {self._title} ({path})" if path else f" in {self._title}"

    def _label(self, path: str) -> str:
        info = self._around.fields[self._side].get(path)
        return info.label if info else path

    def _not_ready(self, what: str, fix: str, path: str | None) -> Problem:
        return Problem(Cause.NOT_READY, what, fix, path)

    def currency(self) -> Problem | None:
        """Whether the account has the currency."""
        path = self._posting.currency
        code = self._values.get(path) if path else None
        if not isinstance(code, str) or not self._chart.currencies or code in self._chart.currencies:
            return None
        return self._not_ready(
            f"The currency {code} is not enabled in {self._title}.",
            f"Enable {code}{self._where('currencies')}, or correct the currency in {self._across}.",
            path,
        )

    def account(self) -> Problem | None:
        """Whether money may go to the account that a payment names."""
        path = self._posting.account
        code = self._values.get(path) if path else None
        if not isinstance(code, str) or not self._chart.accounts:
            return None
        account = self._chart.accounts.get(code)
        if account is not None and account.active and account.payments:
            return None
        what = (
            f"There is no account {code} in {self._title}."
            if account is None
            else f"The account {code} ({account.name}) in {self._title} takes no payments."
            if account.active
            else f"The account {code} ({account.name}) is archived in {self._title}."
        )
        return self._not_ready(
            what,
            f"Name a bank account as 'payment_account' under 'documents' in the settings, or enable this one{self._where('accounts')}.",
            path,
        )

    def payment(self) -> Problem | None:
        """Whether the document that is paid is approved, in the same currency, and so much is due of it."""
        paid, amount = (self._values.get(path or "") for path in (self._posting.pays, self._posting.amount))
        document = self._around.owed.get(paid) if isinstance(paid, str) else None
        if document is None or not isinstance(amount, Decimal):
            return None
        name = f"the invoice {document.number} in {self._title}".replace("  ", " ")
        if not document.stands:
            return self._not_ready(
                f"{_cap(name)} is not open for payments: it is a draft, or void.",
                "Approve it there; this payment follows by itself.",
                self._posting.pays,
            )
        told = self._around.abilities[self._side.other].posting
        currency = self._source.fields.get(told.currency) if told and told.currency else None
        if isinstance(currency, str) and document.currency and currency != document.currency:
            return self._not_ready(
                f"The payment is in {currency}, and {name} in {document.currency}.",
                f"Correct the payment's currency in {self._across}, or record the payment in {self._title} by hand.",
                self._posting.amount,
            )
        if document.due is not None and amount > document.due:
            return self._not_ready(
                f"The payment of {_money(amount, document.currency)} is more than the {_money(document.due, document.currency)} that is still due of {name}.",
                f"See whether the same money is recorded in {self._title} already; if so, delete one of the two. What was paid "
                f"too much is entered in {self._title} as an overpayment.",
                self._posting.amount,
            )
        return None

    def lacking(self) -> Problem | None:
        """Whether something must be filled in before it can be approved."""
        if not self._becomes_posted():
            return None
        for path in self._posting.needs:
            known = not self._there or path in self._after
            if known and self._after.get(path) is None:
                return self._not_ready(
                    f"{self._title} approves no document without '{self._label(path)}', and this one has none.",
                    f"Fill in '{self._label(path)}'.",
                    path,
                )
        return None

    def closed(self) -> Problem | None:
        """Whether it is of a day whose books are closed."""
        last, path = self._chart.closed_until, self._posting.date
        posted = stands(self._posting, self._there) or stands(self._posting, self._after)
        if last is None or path is None or not posted:
            return None
        for day in (_day(self._there.get(path)), _day(self._after.get(path))):
            if day is not None and day <= last:
                return self._not_ready(
                    f"Its date is {day}, and the books in {self._title} are closed up to {last}.",
                    f"Give it a date after {last}, or open the period{self._where('closed')}; then it follows by itself.",
                    path,
                )
        return None

    def whole(self) -> Problem | None:
        """Whether people have given the document something as a whole that no line tells, and that these books have no place for."""
        across, here = (self._around.abilities[side].counting for side in (self._side.other, self._side))
        if across is None or here is None or here.arithmetic.adjustments or not self._counts():
            return None
        instead = {
            across.discounts: ("discount", f"Give the discount on its lines in {self._across} instead"),
            across.fees: ("fee", f"Make the fee a line in {self._across} instead"),
        }
        currency = self._source.fields.get(across.currency)
        for path, (name, fix) in instead.items():
            amount = self._source.fields.get(path) if path else None
            if isinstance(amount, Decimal) and amount > 0:
                return self._not_ready(
                    f"It has a {name} of {_money(amount, currency)} on the whole in {self._across}, which {self._title} cannot hold.",
                    f"{fix}; where its lines are fixed already, void it and make another one.",
                    self._posting.lines,
                )
        return None

    def lines(self) -> Problem | None:
        """Whether each line can be booked as it is."""
        path = self._posting.lines
        lines = self._after.get(path) if path else None
        written = path in self._values
        if not self._counts():
            return None
        if not isinstance(lines, Lines) or not len(lines):
            if path in self._around.abilities[self._side].required_paths:
                return self._not_ready(
                    f"A document in {self._title} has at least one line, and this one has none.",
                    f"Add a line in {self._across}.",
                    path,
                )
            return None
        seen = self._there.get(path or "")
        were = {line.id_on(self._side): line for line in seen} if isinstance(seen, Lines) else {}
        for place, line in enumerate(lines, start=1):
            name = f"line {place}" + (f" ('{_short(line.description)}')" if line.description else "")
            was = were.get(line.id_on(self._side)) if line.id_on(self._side) else None
            problem = self._line(name, line, was) or (
                self._tax_means_another(name, line) if written else None
            )
            if problem is not None:
                return problem
        return None

    def _line(self, name: str, line: Line, was: Line | None) -> Problem | None:
        path = self._posting.lines
        info = self._around.fields[self._side].get(path or "")
        limit = info.max_length if info else None
        length = len(line.description or "")
        if limit is not None and length > limit:
            return self._not_ready(
                f"The description of {name} has {length:,} characters, and {self._title} holds {limit:,}.",
                f"Shorten it in {self._across}.",
                path,
            )
        for part in sorted(self._posting.never_negative):
            value = getattr(line, part)
            if value is not None and value < 0 and (was is None or getattr(was, part) != value):
                return self._not_ready(
                    f"{_cap(name)} has a negative {part} ({_plain(value)}), and {self._title} takes none.",
                    f"Make it a {'discount of another line' if part == 'price' else 'line with a negative price'} in {self._across}, "
                    "or enter a credit note in the books.",
                    path,
                )
        return self._coding(name, line, was)

    def _coding(self, name: str, line: Line, was: Line | None) -> Problem | None:
        """Whether account and tax of a line are in use, and for sales."""
        path, anew = self._posting.lines, self._posting.every_line_anew
        code, tax = line.account, line.tax
        books = self._posting.coded and (self._becomes_posted() or stands(self._posting, self._there))
        if books and code is None and line.item is None and _says_something(line):
            return self._not_ready(
                f"{_cap(name)} has no account, and {self._title} approves no document without.",
                f"Name an account as 'account' under 'documents' in the settings, or on the line in {self._title}.",
                path,
            )
        if code is not None and self._chart.accounts and (anew or was is None or was.account != code):
            account = self._chart.accounts.get(code)
            if account is None or not account.active or not account.sales:
                why = (
                    "does not exist"
                    if account is None
                    else "is archived"
                    if not account.active
                    else "is not for sales"
                )
                return self._not_ready(
                    f"The account {code} of {name} {why} in {self._title}.",
                    f"Restore it{self._where('accounts')}, or name another one: on the line there, or as 'account' under 'documents' in the settings.",
                    path,
                )
        if tax is not None and self._chart.taxes and (anew or was is None or was.tax != tax):
            rate = self._chart.taxes.get(tax)
            if rate is None or not rate.active or not rate.for_sales:
                label = tax if rate is None else f"{tax} ({rate.name})"
                why = (
                    "does not exist"
                    if rate is None
                    else "is not in use any more"
                    if not rate.active
                    else "is not for sales"
                )
                return self._not_ready(
                    f"The tax {label} of {name} {why} in {self._title}.",
                    f"Put it into use again{self._where('taxes')}, or map another one under 'documents: taxes' in the settings.",
                    path,
                )
        return None

    def _tax_means_another(self, name: str, line: Line) -> Problem | None:
        """Whether the tax that the line has across and the one that it is to have here are still the same percentage."""
        there = _partner(line, self._source, self._side.other, self._around)
        lens = _lens(self._sync)
        if there is None or there.tax is None or lens is None:
            return None
        known = self._around.charts.get(self._side.other, Chart())
        told = known.taxes.get(there.tax)
        label = f"'{told.name}'" if told else there.tax
        if there.tax not in dict(lens.taxes) and self._side is Side.LEDGER:
            return self._not_ready(
                f"The tax {label} of {name} in {self._across} has no counterpart in {self._title} by the settings.",
                f"Name the tax of {self._title} that means the same under 'documents: taxes' in the settings, or choose another tax on the line.",
                self._posting.lines,
            )
        here = self._chart.taxes.get(line.tax or "")
        if told is None or here is None or told.percent == here.percent:
            return None
        return self._not_ready(
            f"The tax {label} of {name} is {_percent(told)} in {self._across}, and '{here.name}', which stands for it in {self._title}, "
            f"is {_percent(here)}.",
            f"Make both the same, or map {label} to another tax under 'documents: taxes' in the settings.",
            self._posting.lines,
        )

    def _counts(self) -> bool:
        """Whether this write says what the document comes to, or brings it into the books."""
        return self._posting.lines in self._values or self._becomes_posted()

    def _becomes_posted(self) -> bool:
        """Whether this write brings it into the books."""
        state = self._posting.state
        return (
            state in self._values
            and stands(self._posting, self._values)
            and not stands(self._posting, self._there)
        )


def _lens(sync: Sync) -> LinesLens | None:
    """How the sync's lines are mapped, if their taxes are."""
    lenses = (pair.lens for pair in sync.pairs)
    return next((lens for lens in lenses if isinstance(lens, LinesLens) and "tax" in lens.parts), None)


def _partner(line: Line, source: Observation, side: Side, around: Surroundings) -> Line | None:
    """The line across that a line is written from."""
    posting = around.abilities[side].posting
    lines = source.fields.get(posting.lines) if posting and posting.lines else None
    wanted = line.id_on(side)
    if not isinstance(lines, Lines) or not wanted:
        return None
    return next((each for each in lines if each.id_on(side) == wanted), None)


def _says_something(line: Line) -> bool:
    return bool(line.price or line.quantity)


def _day(value: Value) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def _money(amount: Decimal, currency: Value) -> str:
    """With the digits of the document's currency, unless it has more."""
    digits = currency_digits(currency) if isinstance(currency, str) else 2
    return f"{amount:,.{digits}f}" if round(amount, digits) == amount else f"{amount:,}"


def _percent(rate: TaxRate) -> str:
    return f"{_plain(rate.percent)} %"


def _plain(number: Decimal) -> str:
    """Without zeros at the end."""
    return f"{number.normalize():f}"


def _cap(text: str) -> str:
    return text[:1].upper() + text[1:]


def _short(text: str) -> str:
    first = text.splitlines()[0] if text else ""
    return first if len(first) <= 40 else first[:39] + "…"
