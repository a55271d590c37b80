"""The lenses of sales documents: their lines, and their state."""

# ruff: noqa: ARG002 - a lens has the same signature for both sides, also where it treats them alike

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from crossfoot.model.document_state import DocumentStanding
from crossfoot.model.fields import FieldType, as_text, canonical
from crossfoot.model.identity import Side
from crossfoot.model.lines import CONTENT, Line, Lines
from crossfoot.model.receivables import standing_of
from crossfoot.model.records import Value
from crossfoot.model.splitting import BEFORE
from crossfoot.settings.choices import StandingPart
from crossfoot.settings.lenses import Inexpressible, Lens, Values

SHARED_PARTS = ("description", "quantity", "price", "discount_percent", "discount_amount", "item")
"""What both sides tell of a line, unless the user maps more."""


@dataclass(frozen=True, slots=True)
class LinesLens(Lens):
    """The lines of a document. Shared is what both sides tell of a line; what only one tells stays there as it is.

    The shared value keeps both ids of a line as far as they are known, so that what is written finds its line.
    """

    parts: tuple[str, ...] = SHARED_PARTS
    """The parts of a line that both sides tell."""
    defaults: tuple[tuple[str, str], ...] = ()
    """For a line that is new in the ledger: part (`account`, `tax`) and its value, where the line itself tells none."""
    taxes: tuple[tuple[str, str], ...] = ()
    """Tax rate of the CRM and tax type of the ledger that mean the same; only where `parts` has `tax`."""
    deposit_account: str | None = None
    """The account of a line that takes off a deposit again."""
    tracking: tuple[tuple[str, str], ...] = ()
    """Category and option of a line that is new in the ledger."""
    _ledger_tax: Mapping[str, str] = field(init=False, repr=False, compare=False)
    _crm_tax: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_ledger_tax", dict(self.taxes))
        object.__setattr__(self, "_crm_tax", {ledger: crm for crm, ledger in reversed(self.taxes)})

    def get(self, side: Side, values: Values) -> Value:
        told = values[0]
        if not isinstance(told, Lines):
            return canonical(self.type, told)
        return Lines(tuple(self._shared(side, line) for line in told)) if len(told) else None

    def native(self, side: Side, value: Value, old: Values) -> Values:
        there = {line.id_on(side): line for line in old[0]} if isinstance(old[0], Lines) else {}
        lines = value if isinstance(value, Lines) else Lines()
        return (Lines(tuple(self._native(side, line, there.get(line.id_on(side))) for line in lines)),)

    def same(self, a: Value, b: Value) -> bool:
        return a is b or canonical(self.type, a) == canonical(self.type, b)

    def obstacle(self, side: Side, values: Values) -> str | None:
        """A tax that stands for nothing across is told as none; nothing else of a line can be in the way."""
        return None

    def _shared(self, side: Side, line: Line) -> Line:
        blank = {part: () if part == "tracking" else None for part in CONTENT if part not in self.parts}
        shared = replace(line, **blank, net=None, tax_amount=None)  # type: ignore[arg-type]
        if side is Side.CRM and shared.tax is not None:
            shared = replace(shared, tax=self._ledger_tax.get(shared.tax))
        return replace(shared, quantity=None, price=None) if _says_nothing(shared) else shared

    def _native(self, side: Side, line: Line, there: Line | None) -> Line:
        told = {part: getattr(line, part) for part in self.parts}
        if side is Side.CRM and told.get("tax") is not None:
            # Where the CRM has no rate for this tax, its own stays: the proof tells what that makes of the totals.
            told["tax"] = self._crm_tax.get(told["tax"], there.tax if there else None)
        if there is not None:
            return replace(there, crm_id=line.crm_id, ledger_id=line.ledger_id, **told)
        new = replace(Line(crm_id=line.crm_id, ledger_id=line.ledger_id), **told)
        if side is Side.LEDGER and not _says_nothing(new):
            lacking = {part: value for part, value in self.defaults if getattr(new, part) is None}
            if self.deposit_account and line.crm_id.startswith(BEFORE):
                lacking["account"] = self.deposit_account
            new = replace(new, **lacking, tracking=new.tracking or self.tracking)  # type: ignore[arg-type]
        return new


def _says_nothing(line: Line) -> bool:
    """Whether a line is only a text: no price, and no quantity that could matter."""
    return not line.price and line.quantity in (None, Decimal(0), Decimal(1))


@dataclass(frozen=True, slots=True)
class StateLens(Lens):
    """How far a document has come: `draft`, `approved`, `paid`, `voided`.

    The CRM says draft, open, paid, voided; the ledger DRAFT, SUBMITTED, AUTHORISED, PAID, VOIDED. What comes before `approved` in the ledger
    is a draft to the CRM. Only payments make a document paid in the ledger, so that word is never written there.

    The CRM's second path, where it is given, says whether the CRM bills itself: then only its own payments make a document paid there, it stays
    open, and properties of ours say that it is paid.
    """

    approved: str = "AUTHORISED"
    """What the ledger is told when the CRM finalises: AUTHORISED, or SUBMITTED or DRAFT where somebody approves in the ledger."""
    paid_in_crm: bool = True
    """Whether the CRM takes the word `paid` for what others bill."""

    def get(self, side: Side, values: Values) -> Value:
        word = as_text(values[0]).strip()
        if side is Side.CRM:
            return _FROM_CRM.get(word.lower(), word) or None
        word = word.upper()
        if word in _APPROVAL:
            return "approved" if _APPROVAL.index(word) >= _APPROVAL.index(self.approved) else "draft"
        return ("approved" if word == "PAID" and not self.paid_in_crm else word.lower()) or None

    def native(self, side: Side, value: Value, old: Values) -> Values:
        state = as_text(value)
        if side is Side.CRM:
            if state == "paid" and len(old) > 1 and old[1] is not False:
                return old
            return (_TO_CRM.get(state, state), *old[1:])
        if state == "paid":
            raise Inexpressible("only payments make it paid there; record the payment")
        if state == "approved":
            return (self.approved,)
        return (_TO_LEDGER.get(state, state),)

    def says_nothing(self, value: Value) -> bool:
        """A document begins as a draft."""
        return value in (None, "draft")


_FROM_CRM = {"draft": "draft", "open": "approved", "paid": "paid", "voided": "voided"}
_TO_CRM = {state: word for word, state in _FROM_CRM.items()}
_APPROVAL = ("DRAFT", "SUBMITTED", "AUTHORISED")
_TO_LEDGER = {"draft": "DRAFT", "voided": "VOIDED"}


@dataclass(frozen=True, slots=True)
class StandingLens(Lens):
    """How a document stands today, for people. One way.

    Read from the ledger's status, amount paid, amount credited, amount due, due date and the day that it is, in this order.
    """

    tells: StandingPart = "state"
    """What of it is told."""

    def get(self, side: Side, values: Values) -> Value:
        if side is self.towards:
            return canonical(self.type, values[0])
        status, paid, credited, due, due_on, today = values
        stands = standing_of(as_text(status).upper(), paid, credited, due, due_on, today)
        return None if stands is None else _PARTS[self.tells](stands)


@dataclass(frozen=True, slots=True)
class StageLens(StandingLens):
    """The stage to which a deal moves for how its document stands. One way; where no stage is named for that, it says nothing."""

    stages: tuple[tuple[str, str], ...] = ()

    def get(self, side: Side, values: Values) -> Value:
        told = StandingLens.get(self, side, values)
        return told if side is self.towards else dict(self.stages).get(as_text(told))


def is_void(status: Value) -> bool:
    """Whether a document of the ledger is void: it bills nothing."""
    return as_text(status).upper() == "VOIDED"


def state_of_all(statuses: Sequence[str], *, complete: bool) -> str | None:
    """One status for the ledger's documents of one deal: the one that asks for most, payment first, then approval.

    `complete`: whether all of the deal is billed; what is not billed is not paid either.
    """
    first = min(
        statuses, key=lambda each: _FIRST.index(each) if each in _FIRST else len(_FIRST), default=None
    )
    mixed = first == "PAID" and not (complete and set(statuses) == {"PAID"})
    return "AUTHORISED" if mixed else first


_FIRST = ("AUTHORISED", "PAID", "SUBMITTED", "DRAFT", "VOIDED")

_PARTS: Mapping[StandingPart, Callable[[DocumentStanding], Value]] = {
    "state": lambda stands: stands.state.value,
    "overdue_since": lambda stands: stands.overdue_since,
    "aged": lambda stands: stands.aged and stands.aged.value,
    "days_overdue": lambda stands: Decimal(stands.days_overdue) if stands.days_overdue else None,
}

STANDING_TYPES: Mapping[StandingPart, FieldType] = {
    "state": FieldType.OPTION,
    "overdue_since": FieldType.DATE,
    "aged": FieldType.OPTION,
    "days_overdue": FieldType.NUMBER,
}
"""What each part of how a document stands is."""
