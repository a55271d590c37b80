"""What one of a deal's invoices is to hold, and what all of them come to together.

Every invoice of a deal is made by a sync of its own. To such a sync the deal looks as if it were that invoice: with the invoice's share of the
lines and a link of its own. And the invoice looks as if it were all of them: paid, due and billed are told of the deal, not of a part.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from crossfoot.model.identity import Side
from crossfoot.model.lines import Lines
from crossfoot.model.money import currency_digits
from crossfoot.model.problems import Cause, Problem
from crossfoot.model.records import Fields, Observation, Value
from crossfoot.model.splitting import ZERO, Share, Taken, amount_of, deposit, rest, worth
from crossfoot.settings.billing import Bill, Billing
from crossfoot.settings.document_lenses import LinesLens, is_void, state_of_all
from crossfoot.settings.mappings import ALL_INVOICES, LEFT_TO_BILL, FieldPair
from crossfoot.settings.rules import Sync
from crossfoot.sync.pricing import compared
from crossfoot.sync.refer import translated
from crossfoot.sync.subject import Billed, Surroundings

BEFORE = "Billed before"


def facing(
    sync: Sync, crm: Observation, ledger: Observation, around: Surroundings, base: Fields | None = None
) -> tuple[Observation, Observation]:
    """Two records as they are compared: references in the ledger's ids, prices without tax, a deal as the invoice that it is to become, an
    invoice as all of them. `base` is what both sides agreed on.
    """
    crm = translated(sync, crm, around)
    if sync.billing is not None and crm.live:
        deal = _Deal(sync, sync.billing, crm, ledger, around)
        crm, ledger = deal.as_invoice(), deal.as_all_invoices(ledger)
    return crm, compared(ledger, crm, _lines(sync, base or {}), around)


def prepared(sync: Sync, seen: Observation, around: Surroundings) -> Observation:
    """A record as one of the other side is made from it."""
    if seen.ref.side is Side.LEDGER:
        return compared(seen, None, None, around)
    crm = translated(sync, seen, around)
    if sync.billing is None or not crm.live:
        return crm
    return _Deal(sync, sync.billing, crm, None, around).as_invoice()


def _lines(sync: Sync, base: Fields) -> Value:
    """The lines among what both sides agreed on."""
    return next((base.get(pair.name) for pair in sync.pairs if isinstance(pair.lens, LinesLens)), None)


def addressed(sync: Sync, seen: Observation) -> Observation:
    """A deal with the link that the sync's invoice has, by which it is recognised."""
    source = _pair(sync, "source")
    if sync.billing is None or not sync.billing.address or source is None or seen.ref.side is Side.LEDGER:
        return seen
    link = seen.fields.get(source.crm[0])
    if not isinstance(link, str):
        return seen
    return replace(seen, fields={**seen.fields, source.crm[0]: link + sync.billing.address})


@dataclass(frozen=True, slots=True)
class Unbillable:
    """Why a deal becomes no invoice now."""

    reason: str
    problem: Problem | None = None
    """Where a person has to do something about it."""


def unbillable(sync: Sync, crm: Observation, around: Surroundings) -> Unbillable | None:
    """Why the sync's invoice of a deal cannot be made, before anything else is asked; None if it can."""
    if sync.billing is None:
        return None
    return _Deal(sync, sync.billing, crm, None, around).unbillable()


def not_due(sync: Sync, side: Side, around: Surroundings) -> str:
    """Why a record that no other sync takes is not this one's newcomer either; of a deal, when its invoice is made."""
    billing = sync.billing
    if billing is None or side is Side.LEDGER:
        return "no sync takes such records"
    labels = {path: info.label for path, info in around.fields[side].items()}
    number = f" {billing.place + 1} of {len(billing.bills)}" if billing.parted else ""
    return f"its invoice{number} is made when {billing.own.due.sentence(labels)}"


class _Deal:
    """A deal, and the invoice of it that a sync is about, among its other invoices."""

    def __init__(
        self,
        sync: Sync,
        billing: Billing,
        crm: Observation,
        own: Observation | None,
        around: Surroundings,
    ) -> None:
        self._sync, self._billing, self._crm, self._around = sync, billing, crm, around
        self._others = around.billed.get(crm.ref.id, ())
        self._own = own
        self._lines_pair = next((pair for pair in sync.pairs if isinstance(pair.lens, LinesLens)), None)
        told = crm.fields.get(self._lines_pair.crm[0]) if self._lines_pair else None
        self._told = self._lines_pair is not None and self._lines_pair.crm[0] in crm.fields
        self.lines = told if isinstance(told, Lines) else Lines()
        self.whole = worth(self.lines)

    # ── the deal as an invoice ──

    def as_invoice(self) -> Observation:
        """The deal with the link and the lines of the invoice that the sync makes from it."""
        seen = addressed(self._sync, self._crm)
        if self._lines_pair is None or not self._told:
            return seen
        fields: dict[str, Value] = dict(seen.fields)
        path = self._lines_pair.crm[0]
        if self._settled():
            # What is billed is billed: the last invoice follows the deal.
            del fields[path]
        else:
            wanted = self._counted(self._wanted() if self._billing.parted else self.lines)
            fields[path] = wanted if len(wanted) else None
        issued = _pair(self._sync, "date")
        if issued is not None and self._billing.own.share is not None and self._around.today is not None:
            fields[issued.crm[0]] = self._around.today
        return replace(seen, fields=fields)

    def _counted(self, lines: Lines) -> Lines:
        """The lines under the tracking options that fields of the deal name."""
        told = [each.of(self._crm.fields) for each in self._billing.tracking]
        options = tuple(each for each in told if each is not None)
        fixed = (
            self._lines_pair.lens.tracking
            if self._lines_pair and isinstance(self._lines_pair.lens, LinesLens)
            else ()
        )
        if not self._billing.tracking:
            return lines
        return Lines(tuple(replace(line, tracking=(*options, *fixed)) for line in lines))

    def _settled(self) -> bool:
        """Whether the invoice is one that the books own, and the deal still comes to what is billed, so that nobody needs to be asked."""
        if self._own is None or self._billing.own.share is None or not self._approved(self._own):
            return False
        return self.whole >= self._approved_amount() + self._net(self._own)

    def _wanted(self) -> Lines:
        share = self._billing.own.share
        if share is not None:
            return deposit(self.lines, self._amounts()[self._billing.place], self._label(self._billing.own))
        return rest(self.lines, self._taken())

    def _share(self, bill: Bill) -> Share:
        return bill.share_of(self._crm.fields) or Share()

    def _label(self, bill: Bill) -> str:
        return bill.label or str(self._share(bill))

    def _amounts(self) -> dict[int, Decimal]:
        """What each deposit bills that is not approved yet: its share, and never more than what is left."""
        left = self.whole - self._approved_amount()
        found: dict[int, Decimal] = {}
        for place, bill in enumerate(self._billing.bills):
            if bill.share is None or not (place == self._billing.place or self._counts_as_planned(place)):
                continue
            amount = self._share(bill).of(self.whole, self._digits())
            found[place] = max(ZERO, min(amount, left))
            left -= found[place]
        return found

    def _counts_as_planned(self, place: int) -> bool:
        """Whether another invoice is a draft, or about to be made."""
        other = self._other(place)
        if other is not None and other.linked:
            return (
                other.invoice is not None
                and other.invoice.live
                and not (self._stays(other) or self._void(other.invoice))
            )
        asked = other is not None and other.asked
        return asked or self._billing.bills[place].due.holds(self._crm.fields)

    def _taken(self) -> Iterator[Taken]:
        """What all other invoices bill, line by line."""
        planned = self._amounts()
        for place, bill in enumerate(self._billing.bills):
            if place == self._billing.place or bill.share is None:
                continue
            other = self._other(place)
            invoice = other.invoice if other is not None else None
            if other is not None and invoice is not None and self._stays(other):
                yield from self._approved_lines(place, invoice, other.lines)
            elif place in planned:
                for line in deposit(self.lines, planned[place], self._label(bill)):
                    yield Taken(
                        f"{place + 1}.{line.crm_id}",
                        f"{BEFORE}: {line.description}",
                        amount_of(line),
                        line.tax,
                    )

    def _approved_lines(self, place: int, invoice: Observation, known: Value) -> Iterator[Taken]:
        pair = self._lines_pair
        assert pair is not None
        told = invoice.fields.get(pair.ledger[0])
        partners = {line.ledger_id: line.crm_id for line in known} if isinstance(known, Lines) else {}
        own = {line.crm_id: line for line in self.lines}
        taxes = (
            {ledger: crm for crm, ledger in reversed(pair.lens.taxes)}
            if isinstance(pair.lens, LinesLens)
            else {}
        )
        within = self._tax_within(invoice, told)
        for line in told if isinstance(told, Lines) else ():
            crm_id = partners.get(line.ledger_id) or line.ledger_id
            sold = own.get(crm_id)
            net = line.net if line.net is not None else amount_of(line)
            yield Taken(
                f"{place + 1}.{crm_id}",
                f"{BEFORE}: {line.description or line.item or ''}".rstrip(": "),
                net - (line.tax_amount or ZERO) if within else net,
                taxes.get(line.tax or "", sold.tax if sold else None),
            )

    def _tax_within(self, invoice: Observation, told: Value) -> bool:
        """Whether the lines of an invoice are told with their tax in them, as their sum says."""
        net = self._told_net(invoice)
        if net is None or not isinstance(told, Lines):
            return False
        gross = sum((line.net or ZERO for line in told), ZERO)
        return gross != net and gross - sum((line.tax_amount or ZERO for line in told), ZERO) == net

    # ── what is billed ──

    def _other(self, place: int) -> Billed | None:
        return next((each for each in self._others if each.place == place), None)

    def _approved(self, invoice: Observation) -> bool:
        handover = self._sync.handover
        return (
            invoice.live
            and handover is not None
            and handover.holds(invoice.fields)
            and not self._void(invoice)
        )

    def _stays(self, other: Billed) -> bool:
        """Whether an invoice bills what it says, whatever becomes of the deal: it is approved, or a draft that somebody changed in the books."""
        invoice, pair = other.invoice, self._lines_pair
        if invoice is None or not invoice.live or self._void(invoice) or pair is None:
            return False
        held = pair.read(Side.LEDGER, invoice.fields)
        changed = (
            isinstance(other.lines, Lines) and isinstance(held, Lines) and not pair.same(held, other.lines)
        )
        return self._approved(invoice) or changed

    def _void(self, invoice: Observation) -> bool:
        posting = self._around.abilities[Side.LEDGER].posting
        return posting is not None and is_void(invoice.fields.get(posting.state or ""))

    def _told_net(self, invoice: Observation) -> Decimal | None:
        billed = _pair(self._sync, "billed")
        told = invoice.fields.get(billed.ledger[0]) if billed is not None else None
        return told if isinstance(told, Decimal) else None

    def _net(self, invoice: Observation) -> Decimal:
        """What an invoice bills, without tax."""
        told = self._told_net(invoice)
        if told is not None or self._lines_pair is None:
            return told or ZERO
        lines = invoice.fields.get(self._lines_pair.ledger[0])
        return worth(lines) if isinstance(lines, Lines) else ZERO

    def _approved_amount(self) -> Decimal:
        """What other invoices bill that stay as they are."""
        invoices = [each.invoice for each in self._others if each.invoice is not None and self._stays(each)]
        return sum(map(self._net, invoices), ZERO)

    def _digits(self) -> int:
        currency = self._currency()
        try:
            return currency_digits(currency) if currency else 2
        except ValueError:
            return 2

    def _currency(self) -> str:
        pair = _pair(self._sync, "currency")
        told = pair.read(Side.CRM, self._crm.fields) if pair is not None else None
        return told if isinstance(told, str) else ""

    # ── why there is none ──

    def unbillable(self) -> Unbillable | None:
        """See the function of this name."""
        numbers = ", ".join(filter(None, map(self._number, self._others)))
        approved = self._approved_amount()
        apart = next((each for each in self._others if self._in_another_currency(each)), None)
        if apart is not None:
            what = f"The deal is in {self._currency()}, and its invoice {self._number(apart)} in another currency."
            fix = "Correct the deal's currency, or void that invoice; this one follows by itself."
            return Unbillable(what, Problem(Cause.NOT_READY, what, fix))
        if approved and self.whole < approved:
            what = f"The deal comes to {self.whole:,f} {self._currency()} without tax, and {approved:,f} of it are billed already ({numbers})."
            fix = "Correct the deal's lines, or give the customer a credit note for what was billed too much."
            return Unbillable(what, Problem(Cause.NOT_READY, what, fix))
        if self._billing.parted and self.whole and not worth(self._wanted()):
            return Unbillable(
                f"all of the deal is billed already ({numbers})"
                if numbers
                else "nothing of the deal is to be billed yet"
            )
        return None

    def _number(self, other: Billed) -> str:
        posting = self._around.abilities[Side.LEDGER].posting
        told = other.invoice.fields.get(posting.number or "") if other.invoice and posting else None
        return told if isinstance(told, str) else ""

    def _in_another_currency(self, other: Billed) -> bool:
        pair = _pair(self._sync, "currency")
        if other.invoice is None or pair is None or not self._approved(other.invoice):
            return False
        told = other.invoice.fields.get(pair.ledger[0])
        return isinstance(told, str) and bool(self._currency()) and told != self._currency()

    # ── the invoice as all invoices ──

    def as_all_invoices(self, own: Observation) -> Observation:
        """The invoice, with what all invoices of the deal tell together beside what it tells itself."""
        fields: dict[str, Value] = dict(own.fields)
        found = {each.place: each.invoice for each in self._others if each.invoice is not None}
        found[self._billing.place] = own
        every = [each for _, each in sorted(found.items()) if each.live]
        valid = [each for each in every if not self._void(each)] or every
        billed = sum((self._net(each) for each in every if not self._void(each)), ZERO)
        left = self.whole - billed if len(self.lines) else ZERO
        for pair in self._sync.pairs:
            for path in pair.ledger:
                if pair.over == LEFT_TO_BILL and len(self.lines):
                    fields[pair.over + path] = left
                elif pair.over == ALL_INVOICES and all(path in each.fields for each in valid):
                    told = [(each, each.fields[path]) for each in valid]
                    fields[pair.over + path] = self._together(pair, path, told, left)
        billed_pair = _pair(self._sync, "billed")
        if billed_pair is not None:
            fields[billed_pair.over + billed_pair.ledger[0]] = billed
        return replace(own, fields=fields)

    def _together(
        self, pair: FieldPair, path: str, told: Sequence[tuple[Observation, Value]], left: Decimal
    ) -> Value:
        """One value for the values of all invoices."""
        values = [value for _, value in told if value is not None]
        posting = self._around.abilities[Side.LEDGER].posting
        if posting is not None and path == posting.state:
            return state_of_all([str(value) for value in values], complete=not left)
        if pair.name == "paid_on" and (left or len(values) < len(told)):
            return None
        if posting is not None and path in posting.needs:
            due = posting.due or ""
            open_ = [value for each, value in told if value is not None and each.fields.get(due)]
            return min(open_ or values, key=_day, default=None)
        if values and isinstance(values[0], bool):
            return all(values)
        if values and isinstance(values[0], Decimal):
            return sum((value for value in values if isinstance(value, Decimal)), ZERO)
        if values and isinstance(values[0], date):
            return max(values, key=_day)
        if posting is not None and path == posting.number:
            return ", ".join(sorted(map(str, values))) or None
        return values[-1] if values else None


def _day(value: Value) -> str:
    return value.isoformat() if isinstance(value, date) else ""


def _pair(sync: Sync, name: str) -> FieldPair | None:
    return next((pair for pair in sync.pairs if pair.name == name and pair.crm and pair.ledger), None)
