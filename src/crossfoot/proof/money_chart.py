"""Small charts as SVG text: no script, no font, no address. Colours come from the page's style, and every bar says in words what it shows."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from html import escape

from crossfoot.model.document_state import Phase
from crossfoot.model.identity import Side
from crossfoot.model.money import round_to, spelled
from crossfoot.proof.causes import DifferenceCause
from crossfoot.proof.money import ZERO, Measure
from crossfoot.proof.money_book import Row

WIDTH = 560
LABEL = 140
"""Room for the names at the left."""
NUMBER = 50
"""Room for a number at the right."""
BAR, GAP = 22, 10


def phase_bars(rows: Sequence[Row], currency: str, titles: Mapping[Side, str]) -> str:
    """One bar for each side: its documents' total, divided into what is draft, open and paid. Equal bars are equal money.

    `rows` are those of one currency and one kind.
    """
    amounts = {
        side: {row.phase: abs(row.sides[side].amounts.get(Measure.TOTAL, ZERO)) for row in rows}
        for side in (Side.LEDGER, Side.CRM)
    }
    longest = max(sum(each.values(), ZERO) for each in amounts.values())
    parts, words = [], []
    for at, (side, by_phase) in enumerate(amounts.items()):
        top, left = at * (BAR + GAP), Decimal(LABEL)
        parts.append(_label(titles[side], top))
        for phase in Phase:
            amount = by_phase.get(phase, ZERO)
            if amount:
                told = f"{titles[side]}, {phase}: {spelled(amount, currency)} {currency}"
                width = _scaled(amount, longest, WIDTH - LABEL)
                parts.append(_bar(f"phase-{phase}", left, top, width, told))
                words.append(told)
                left += width
    return _svg(parts, 2 * (BAR + GAP) - GAP, f"Totals in {currency}. {'. '.join(words)}.")


def cause_bars(causes: Mapping[DifferenceCause, int]) -> str:
    """One bar for each cause of differences: how many documents have it."""
    most = Decimal(max(causes.values(), default=1))
    parts, words = [], []
    for at, (cause, number) in enumerate(causes.items()):
        top, count = at * (BAR + GAP), f"{number:,}"
        width, told = _scaled(Decimal(number), most, WIDTH - LABEL - NUMBER), f"{cause.label}: {count}"
        parts += [
            _label(cause.label, top),
            _bar(f"cause-{cause}", Decimal(LABEL), top, width, told),
            f'<text x="{LABEL + width + 8}" y="{top + BAR - 6}">{count}</text>',
        ]
        words.append(told)
    return _svg(
        parts, len(causes) * (BAR + GAP) - GAP, f"Documents by cause of difference. {'. '.join(words)}."
    )


def _scaled(amount: Decimal, longest: Decimal, room: int) -> Decimal:
    """The length of a bar, to a tenth of a unit; what is there at all is seen."""
    return max(round_to(amount * room / longest, 1), Decimal("1.0"))


def _label(text: str, top: int) -> str:
    return f'<text x="0" y="{top + BAR - 6}">{escape(text)}</text>'


def _bar(name: str, left: Decimal, top: int, width: Decimal, told: str) -> str:
    return (
        f'<rect class="{name}" x="{left}" y="{top}" width="{width}" height="{BAR}">'
        f"<title>{escape(told)}</title></rect>"
    )


def _svg(parts: Iterable[str], height: int, told: str) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {max(height, 1)}" role="img" aria-label="{escape(told)}">{"".join(parts)}</svg>'
