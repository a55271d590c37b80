"""How things are said on the screen: systems, kinds, states, values, moments. In words first; colour only underlines them."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from rich import box
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from crossfoot.app.opening import TITLES
from crossfoot.model.fields import as_text
from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.money import spelled
from crossfoot.model.operations import Act, OperationState
from crossfoot.model.records import Value
from crossfoot.model.subjects import SubjectState
from crossfoot.settings.choices import ConflictRule
from crossfoot.settings.mappings import Direction, Untold
from crossfoot.store.reviews import ReviewKind
from crossfoot.store.runs import RunState

LONGEST = 60  # characters of a value in a table

ACTS = {
    Act.CREATE: "create",
    Act.UPDATE: "change",
    Act.ARCHIVE: "archive",
    Act.LINK: "link",
    Act.UNLINK: "unlink",
}
DIRECTIONS = {
    Direction.BOTH: "both ways",
    Direction.TO_LEDGER: "HubSpot to Xero",
    Direction.TO_CRM: "Xero to HubSpot",
    Direction.NONE: "nowhere",
}
CONFLICTS = {
    ConflictRule.CRM: "HubSpot wins",
    ConflictRule.LEDGER: "Xero wins",
    ConflictRule.NEWEST: "the newest wins",
    ConflictRule.ASK: "you are asked",
}
STATES = {
    SubjectState.IN_STEP: ("in step", "green"),
    SubjectState.PENDING: ("on its way", "cyan"),
    SubjectState.EXCLUDED: ("left out", "dim"),
    SubjectState.ELSEWHERE: ("in another sync", "dim"),
    SubjectState.DOUBTFUL: ("doubtful", "yellow"),
    SubjectState.CONFLICT: ("conflict", "yellow"),
    SubjectState.NOT_READY: ("not ready", "yellow"),
    SubjectState.FAILED: ("failed", "red"),
    SubjectState.ENDED: ("ended", "dim"),
}
OUTCOMES = {
    OperationState.PLANNED: ("planned", "cyan"),
    OperationState.INTENDED: ("begun", "cyan"),
    OperationState.APPLIED: ("done", "green"),
    OperationState.REFUSED: ("refused", "red"),
    OperationState.UNKNOWN: ("no answer", "yellow"),
    OperationState.SUPERSEDED: ("planned again", "dim"),
}
RUNS = {
    RunState.RUNNING: ("under way", "cyan"),
    RunState.INTERRUPTED: ("was interrupted", "yellow"),
    RunState.DONE: ("done", "green"),
    RunState.HALTED: ("stopped", "red"),
    RunState.FAILED: ("failed", "red"),
}
QUESTIONS = {
    ReviewKind.DOUBTFUL: "the same?",
    ReviewKind.CONFLICT: "which value?",
    ReviewKind.HELD: "may it move?",
}


def kinds(kind: Kind, number: int = 2) -> str:
    """`contact`, `companies`, `people in contacts`: a kind, or several of it."""
    words = kind.replace("_", " ")
    if number == 1:
        return words
    return "companies" if kind is Kind.COMPANY else words + "s"


def state(of: SubjectState) -> Text:
    """How a record stands."""
    return Text(*STATES[of])


def run_state(of: RunState) -> Text:
    """How a run ended, if it did."""
    return Text(*RUNS[of])


def outcome(of: OperationState) -> Text:
    """What became of an operation."""
    return Text(*OUTCOMES[of])


def value(shown: Value | Untold, longest: int = LONGEST) -> Text:
    """A field's value in a table: nothing as "empty", amounts to the right, long texts shortened."""
    if isinstance(shown, Untold):
        return Text("not told", "dim")
    if shown is None or shown == "":
        return Text("empty", "dim")
    text = _told_reference(" ".join(as_text(shown).split()))
    return Text(short(text, longest), justify="right" if isinstance(shown, Decimal) else "default")


def amount(shown: Decimal | None, currency: str) -> Text:
    """An amount of money with the digits of its currency: 1,234.50."""
    if shown is None:
        return Text("-", "dim", justify="right")
    return Text(spelled(shown, currency), justify="right")


def _told_reference(text: str) -> str:
    """A reference to a record as people say it; any other text as it is."""
    try:
        ref = Ref.parse(text)
    except ValueError:
        return text
    return f"{TITLES[ref.side]} {kinds(ref.kind, 1)} {ref.id}"


def short(text: str, longest: int = LONGEST) -> str:
    """A text cut to fit, with an ellipsis."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def change(before: Value | Untold, after: Value | Untold, longest: int) -> str:
    """A value before and after; of long ones the part in which they differ."""
    old, new = value(before, 10_000).plain, value(after, 10_000).plain
    if max(len(old), len(new)) > longest:
        same = next((place for place, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), len(old))
        start = old.rfind(" ", 0, max(0, same - longest // 4)) + 1
        if start:
            old, new = f"…{old[start:]}", f"…{new[start:]}"
    return f"{short(old, longest)} → {short(new, longest)}"


def moment(at: datetime | None) -> str:
    """A moment in the time zone of this machine."""
    return at.astimezone().strftime("%d %b %Y %H:%M") if at else "never"


def clock_time(at: datetime) -> str:
    """A moment of a log, to the second."""
    return at.astimezone().strftime("%d %b %H:%M:%S")


def day(at: datetime) -> str:
    """A moment as a file name may have it."""
    return at.astimezone(UTC).strftime("%Y-%m-%d")


def reference(ref: Ref) -> str:
    """A reference that can be typed again."""
    system = TITLES[ref.side].lower()
    return f"{system}/{ref.kind}/{ref.id}"


def sentence(text: str) -> str:
    """With a capital at the beginning and a full stop at the end."""
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?" else ".")


def why(text: str, side: Side | None = None) -> str:
    """A reason with the systems by their names. `side` is where the record is that the reason speaks of: "here", as against "across"."""
    for told, meant in (("the CRM", Side.CRM), ("the ledger", Side.LEDGER)):
        text = text.replace(told, TITLES[meant])
    if side is not None:
        text = re.sub(r"\b(records?) here\b", rf"\1 in {TITLES[side]}", text)
        text = re.sub(r"\b(records?) across\b", rf"\1 in {TITLES[side.other]}", text)
    return sentence(text)


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 record`, `1,204 records`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def table(title: str, *columns: str, numbers: Iterable[str] = ()) -> Table:
    """An empty table in the one look that all have; `numbers` are set to the right."""
    made = Table(
        title=title,
        title_style="bold",
        title_justify="left",
        box=box.SIMPLE_HEAD,
        header_style="bold",
        pad_edge=False,
        collapse_padding=True,
    )
    right = set(numbers)
    for column in columns:
        made.add_column(
            column,
            justify="right" if column in right else "left",
            overflow="ellipsis",
            min_width=_TYPED if column in _TYPED_AGAIN else None,
        )
    return made


_TYPED_AGAIN = {"No.", "Run"}
_TYPED = (
    8  # characters of a number that is typed again: all of it must be there, however narrow the screen is
)


class Fitting:
    """A table, and what is shown instead where the screen is too narrow for its words."""

    def __init__(self, wide: Table, narrow: RenderableType) -> None:
        self.wide = wide
        self.narrow = narrow

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """What fits."""
        needed = Measurement.get(console, options.update(max_width=_ANY), self.wide).minimum
        yield self.wide if needed <= options.max_width else self.narrow


_ANY = 1000


def number(amount: int, style: str = "") -> Text:
    """A number in a table; nothing as a dash."""
    return Text(f"{amount:,}", style) if amount else Text("-", "dim")


def both(sides: Sequence[Side] = tuple(Side)) -> str:
    """`HubSpot and Xero`."""
    return " and ".join(TITLES[side] for side in sides)
