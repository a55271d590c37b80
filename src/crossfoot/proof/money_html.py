"""The money proof as one page that can be printed, sent and kept: a single file, without script and without any address of another.

The page is made in pieces, one after the other, so that it can be written as it is made. Everything that a person typed is escaped.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from html import escape
from itertools import groupby

from crossfoot.model.document_state import Phase
from crossfoot.model.identity import Kind, Side
from crossfoot.model.money import spelled
from crossfoot.proof.causes import DifferenceCause
from crossfoot.proof.detectors import Detector, Finding
from crossfoot.proof.findings import Age
from crossfoot.proof.money import Measure, MoneyDifference
from crossfoot.proof.money_book import Bridge, Row
from crossfoot.proof.money_chart import cause_bars, phase_bars
from crossfoot.proof.money_report import MoneyProof
from crossfoot.proof.money_style import STYLE

NARROW = 4
"""So many columns have room on a telephone."""

SIDES = (Side.LEDGER, Side.CRM)
"""The order of columns: from the books to what sales see."""


def page(proof: MoneyProof) -> Iterator[str]:
    """The whole page, piece by piece."""
    title = f"Money proof of {proof.accounts[Side.CRM]} and {proof.accounts[Side.LEDGER]}"
    yield (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>"
    )
    yield from _head(proof, title)
    if not proof.halt:
        yield from _money(proof)
        yield from _causes(proof)
        yield from _findings(proof)
    yield "</main></body></html>\n"


def _head(proof: MoneyProof, title: str) -> Iterator[str]:
    yield f"<h1>{escape(title)}</h1>"
    accounts = " · ".join(f"{proof.titles[side]}: {proof.accounts[side]}" for side in Side)
    yield f"<p class=quiet>Both read afresh {proof.read_at:%Y-%m-%d %H:%M} UTC. {escape(accounts)}</p>"
    color = "good" if proof.green else "bad"
    yield f'<p class="verdict {color}">{escape(proof.verdict)}</p>'
    yield "<h2>What was compared</h2>"
    yield from (f"<p>{escape(each)}</p>" for each in proof.compared)
    if proof.scope.left_out:
        yield "<p>Left out:</p>" + _list(proof.scope.left_out)


def _money(proof: MoneyProof) -> Iterator[str]:
    bridges = list(proof.book.bridges())
    for (currency, kind), group in groupby(proof.book.rows(), key=lambda row: (row.currency, row.kind)):
        rows = list(group)
        yield f"<h2>{escape(currency)}: {escape(_plural(kind))}</h2>"
        yield phase_bars(rows, currency, proof.titles)
        yield _legend(rows)
        yield _by_phase(proof, rows)
        yield _cross_foot(proof, [each for each in bridges if (each.currency, each.kind) == (currency, kind)])


def _legend(rows: Sequence[Row]) -> str:
    """What the colours mean, as far as they are seen."""
    seen = {row.phase for row in rows if any(sums.amounts.get(Measure.TOTAL) for sums in row.sides.values())}
    return (
        "<p class=legend>"
        + "".join(f'<i class="phase-{phase}"></i>{phase} ' for phase in Phase if phase in seen)
        + "</p>"
    )


def _by_phase(proof: MoneyProof, rows: Sequence[Row]) -> str:
    head = [
        "Status",
        *(f"{proof.titles[side]}, {what}" for what in ("number", "total") for side in SIDES),
        "",
    ]
    body = []
    for row in rows:
        told = [row.sides[side] for side in SIDES]
        numbers = [f"{sums.count:,}" for sums in told]
        amounts = [_amount(sums.amounts.get(Measure.TOTAL), row.currency) for sums in told]
        differing = " and ".join(filter(None, (", ".join(row.differs[:-1]), *row.differs[-1:])))
        found = f"{differing} differ{'' if len(row.differs) > 1 else 's'}" if differing else "agrees"
        body.append([row.phase, *numbers, *amounts, found])
    return _table("By status", head, body, numbers=range(1, 5))


def _cross_foot(proof: MoneyProof, bridges: Sequence[Bridge]) -> str:
    """One line for each measure: from the ledger's total over the causes to the CRM's, which must be reached."""
    causes = [
        cause
        for cause in DifferenceCause
        if any(part.cause is cause for each in bridges for part in each.parts)
    ]
    lost = any(each.unexplained for each in bridges)
    head = [
        "",
        proof.titles[Side.LEDGER],
        *(_start(cause.label) for cause in causes),
        proof.titles[Side.CRM],
        *([""] if lost else []),
    ]
    body = []
    for each in bridges:
        parts = {part.cause: part.amount for part in each.parts}
        moved = [_signed(parts.get(cause), each.currency) for cause in causes]
        found = ["UNEXPLAINED" if each.unexplained else "adds up"] if lost else []
        ends = _amount(each.ledger, each.currency), _amount(each.crm, each.currency)
        body.append([each.measure, ends[0], *moved, ends[1], *found])
    caption = "From total to total" if lost else "From total to total: each line adds up"
    return _table(caption, head, body, numbers=range(1, len(causes) + 3))


def _causes(proof: MoneyProof) -> Iterator[str]:
    yield "<h2>What differs, and why</h2>"
    causes = proof.book.present
    if not causes:
        yield "<p>Nothing differs.</p>"
        return
    yield cause_bars(causes)
    for cause, count in causes.items():
        yield f"<h3>{escape(_start(cause.label))}: {count:,} document{'' if count == 1 else 's'}</h3>"
        yield f"<p>{escape(cause.sentence)}</p>"
        yield _differences(proof, proof.book.examples(cause), count)


def _differences(proof: MoneyProof, found: Sequence[MoneyDifference], count: int) -> str:
    head = ["Document", "", proof.titles[Side.LEDGER], proof.titles[Side.CRM], "Difference", "Why"]
    body = [
        [
            each.label or each.ledger_id or each.crm_id or "",
            each.measure or "status",
            _amount(each.ledger, each.currency),
            _amount(each.crm, each.currency),
            f"{_signed(each.amount, each.currency)} {each.currency}" if each.amount else "",
            each.why,
        ]
        for each in found
    ]
    return _table("The largest" if count > len(found) else "", head, body, numbers=range(2, 5))


def _findings(proof: MoneyProof) -> Iterator[str]:
    findings = proof.findings
    yield "<h2>What to look at</h2>"
    if not findings.count:
        yield "<p>Nothing: deals and invoices tell the same story.</p>"
    ages = [age for age in Age if any(tally.ages[age] for _, _, tally in findings.tallies())]
    muted = any(tally.muted for _, _, tally in findings.tallies())
    head = ["", "Number", "Amount", *(age.capitalize() for age in ages), *(["Silenced"] if muted else [])]
    body = [
        [
            detector.sentence,
            f"{tally.count:,}",
            f"{_amount(tally.amount, currency)} {currency}",
            *(f"{tally.ages[age]:,}" if tally.ages[age] else "" for age in ages),
            *([f"{tally.muted:,}" if tally.muted else ""] if muted else []),
        ]
        for detector, currency, tally in findings.tallies()
    ]
    if body:
        yield _table("By age", head, body, numbers=range(1, len(head)))
    for detector in Detector:
        examples = findings.examples(detector)
        if examples:
            yield f"<h3>{escape(detector.sentence)}</h3><p>{escape(detector.fix)}</p>"
            yield _list(_told(each, proof) for each in examples)


def _told(finding: Finding, proof: MoneyProof) -> str:
    days = finding.age(proof.findings.today)
    if days is None:
        return finding.why
    return f"{finding.why} {'Since today.' if not days else f'For {days:,} day{_s(days)}.'}"


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def _table(caption: str, head: Sequence[str], body: Sequence[Sequence[str]], numbers: Iterable[int]) -> str:
    """A table; on a narrow screen each row of a wide one becomes a card, in which every cell says what it is."""
    numeric = set(numbers)
    heads = "".join(
        f"<th scope=col{' class=number' if at in numeric else ''}>{escape(cell)}</th>"
        for at, cell in enumerate(head)
    )

    def cells(row: Sequence[str]) -> str:
        return "".join(
            f'<td data-label="{escape(label)}"{" class=number" if at in numeric else ""}>{escape(cell)}</td>'
            for at, (label, cell) in enumerate(zip(head, row, strict=True))
        )

    wide = " class=wide" if len(head) > NARROW else ""
    titled = f"<caption>{escape(caption)}</caption>" if caption else ""
    rows = "".join(f"<tr>{cells(row)}</tr>" for row in body)
    inner = f"{titled}<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody>"
    return f"<div class=scroll><table{wide}>{inner}</table></div>"


def _list(sentences: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(each)}</li>" for each in sentences) + "</ul>"


def _amount(value: object, currency: str) -> str:
    """An amount with the digits of its currency; a dash where a side tells none."""
    if value is None:
        return "\N{EN DASH}"
    return spelled(value, currency) if isinstance(value, Decimal) else str(value)


def _signed(amount: Decimal | None, currency: str) -> str:
    if not amount:
        return ""
    return f"{'+' if amount > 0 else chr(0x2212)}{spelled(abs(amount), currency)}"


def _start(words: str) -> str:
    return words[:1].upper() + words[1:]


def _plural(kind: Kind | str) -> str:
    return f"{kind.replace('_', ' ')}s"
